"""What a document is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.config.gateway import Auth, Cors

Json = dict[str, Any]

JSON = "application/json"
CONTENT_TYPES = (JSON, "text/csv", "application/jsonlines")
"""What a route with rows in the body takes and answers."""

TEMPLATES = Path(__file__).parents[1] / "templates"

STAGE_NAME = "live"
"""Versions of a model stand side by side as paths, so there is one stage."""


@dataclass(frozen=True)
class Route:
    """A path that API Gateway maps straight onto a SageMaker endpoint."""

    path: str
    """Path of the API, such as /iris."""
    endpoint_name: str
    """The endpoint that answers."""
    asynchronous: bool = False
    """Whether requests are objects in S3, of which the client names the address."""
    query: Sequence[str] = ()
    """Features in the model's order, one row of which is the query of a GET; else it is a POST."""
    target_variant: bool = False
    """Whether clients may choose the variant."""
    target_model: str = ""
    """Which of a multi-model endpoint's models answers: its file's name; nothing for another's."""

    @property
    def method(self) -> str:
        """HTTP method."""
        return "GET" if self.query else "POST"

    @property
    def name(self) -> str:
        """Name of the operation: no path has an underscore, so no two share a name."""
        return self.path.strip("/").replace("/", "_")


@dataclass(frozen=True)
class PageFile:
    """A file of the web page, as an object of S3."""

    name: str
    """Last part of its path."""
    content_type: str
    """What browsers are told."""
    key: str
    """Of the object: it changes with the content, and so redeploys the API."""


@dataclass(frozen=True)
class Page:
    """The web page, which anybody may have: it holds no secret."""

    path: str
    """Folder of the API, such as /try."""
    bucket: str
    """Where the files are, and nothing else."""
    role_arn: str
    """Role that API Gateway reads them as."""
    files: Sequence[PageFile]
    """No two of one name."""


@dataclass(frozen=True)
class Api:
    """Routes, and who may call them from where."""

    title: str
    """Name of the API."""
    region: str
    """Where API and endpoints are."""
    account_id: str
    """Whose principals IAM may let in."""
    role_arn: str
    """Role that API Gateway invokes the endpoints as."""
    auth: Auth
    """API keys, or signed requests."""
    routes: Sequence[Route]
    """No two of one path."""
    cors: Cors | None = None
    """A web page of another origin that may call."""
    page: Page | None = None
    """A web page of its own."""
