"""Requests and responses as the data plane passes them between its parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HttpRequest:
    """One request. Header names are lower case; path starts with "/" and is not decoded.

    target: path and query as they stood in the request line, where that matters.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    target: str = ""


@dataclass(frozen=True)
class HttpResponse:
    """One response. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
