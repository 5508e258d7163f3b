"""The media types that the server speaks, and which of them a request and its answer are in."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

from container.errors import Code, RequestError, shown


class Format(StrEnum):
    """Media types of requests and answers."""

    JSON = "application/json"
    CSV = "text/csv"
    JSON_LINES = "application/jsonlines"
    NPY = "application/x-npy"


def negotiate(content_type: str | None, accept: str | None) -> tuple[Format, Format]:
    """The formats of a request and of its answer, by its headers; None where one is missing.

    A pure function of two short texts that hardly ever differ from request to request: made to
    be cached. Raises RequestError UnsupportedMediaType or NotAcceptable.
    """
    media_type, parameters = parse_options_header(content_type)
    requested = request_format(media_type.lower(), parameters.get("charset"))
    return requested, answer_format(parse_accept_header(accept, MIMEAccept), requested)


def request_format(media_type: str, charset: str | None) -> Format:
    """How a request's body is to be read.

    media_type: of Content-Type, lower case, without parameters; "" where the header is missing,
    which counts as JSON (as it does for API Gateway). charset: its parameter, if given.
    Raises RequestError UnsupportedMediaType.
    """
    if charset is not None and charset.lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise RequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type: charset {shown(charset)} is not supported. Send UTF-8.",
        )
    try:
        return Format(media_type or Format.JSON)
    except ValueError as error:
        raise RequestError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Type: {shown(media_type)} is not supported. Send {_either(list(Format))}.",
        ) from error


def answer_format(accept: Sequence[tuple[str, float]], requested: Format) -> Format:
    """The format the client accepts most; between equals, the one of its request.

    accept: media ranges of the Accept header with their qualities, the most specific first;
    empty where the header is missing. NPY answers NPY alone: through API Gateway, where nobody can
    send it, binary would not arrive as it was. Raises RequestError NotAcceptable.
    https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    if not accept:
        return requested
    offers = [offer for offer in Format if offer is not Format.NPY or offer is requested]
    offered = sorted(offers, key=lambda offer: offer is not requested)
    best = max(offered, key=lambda offer: _quality(accept, offer))
    if not _quality(accept, best):
        ranges = ", ".join(media_range for media_range, _ in accept)
        raise RequestError(
            Code.NOT_ACCEPTABLE,
            f"Accept: {shown(ranges)} allows no answer. Accept {_either(offers)}.",
        )
    return best


def _either(formats: Sequence[Format]) -> str:
    return f"{', '.join(formats[:-1])} or {formats[-1]}"


def _quality(accept: Iterable[tuple[str, float]], offer: Format) -> float:
    family = offer.partition("/")[0]
    for media_range, quality in accept:
        if media_range.partition(";")[0].strip().lower() in {offer, f"{family}/*", "*/*"}:
            return quality
    return 0.0
