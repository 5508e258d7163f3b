"""Which extras a request asks for: in its body in JSON, in a header in every format."""

from collections.abc import Iterable

from container.errors import Code, RequestError, shown
from container.predictions import Extra

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
"""The one header of the client's own making that SageMaker hands to the container.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""


def listed_extras(value: object) -> frozenset[Extra]:
    """The extras in `include` of a body in JSON. Raises RequestError InvalidRequest."""
    if not isinstance(value, list):
        raise RequestError(
            Code.INVALID_REQUEST,
            f"include: {shown(value)} is not an array. Send an array of {', '.join(Extra)}.",
        )
    return _extras("include", value)


def attribute_extras(attributes: str | None) -> frozenset[Extra]:
    """The extras in the header ATTRIBUTES, such as `include=set,intervals`.

    Between semicolons it may hold attributes of others, which are theirs to read.
    Raises RequestError InvalidRequest.
    """
    if not attributes:
        return frozenset()
    pairs = (attribute.partition("=") for attribute in attributes.split(";"))
    asked = [value for name, _, value in pairs if name.strip() == "include"]
    return _extras(
        f"{ATTRIBUTES}: include",
        (name.strip() for value in asked for name in value.split(",")),
    )


def _extras(place: str, names: Iterable[object]) -> frozenset[Extra]:
    extras = set()
    for name in names:
        if name not in list(Extra):
            raise RequestError(
                Code.INVALID_REQUEST,
                f"{place}: {shown(name)} is unknown. Allowed: {', '.join(Extra)}.",
            )
        extras.add(Extra(str(name)))
    return frozenset(extras)
