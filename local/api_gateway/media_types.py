"""Content types of payloads, and which of them an API treats as binary."""

from collections.abc import Collection

DEFAULT_CONTENT_TYPE = "application/json"


def media_type(content_type: str | None) -> str:
    """The type without its parameters, in lower case; application/json where there is none."""
    return (content_type or "").partition(";")[0].strip().lower() or DEFAULT_CONTENT_TYPE


def is_binary(binary_media_types: Collection[str], header: str | None) -> bool:
    """Whether a Content-Type or an Accept header names a binary type; of several the first counts.

    binary_media_types: the API's, as image/png, image/* or */*.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
    """
    type_ = media_type((header or "").partition(",")[0])
    family = f"{type_.partition('/')[0]}/*"
    return any(binary.lower() in (type_, family, "*/*") for binary in binary_media_types)
