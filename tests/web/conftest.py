"""The page in a real browser, before an API that a stub stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.browser import Browser, chromium, missing
from tests.web.stub_gateway import API, KEY, Stub, stub_gateway


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the tests here say what is missing."""
    if reason := missing():
        for item in items:
            if item.path.is_relative_to(__file__.rpartition("/")[0]):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    """One browser for all tests: what a page keeps goes with it."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def server() -> Iterator[Stub]:
    with stub_gateway() as stub:
        yield stub


@pytest.fixture
def stub(server: Stub) -> Iterator[Stub]:
    """The API; a test may change how it answers."""
    yield server
    if server.held:
        server.held.set()
    server.api, server.held, server.failures = API, None, []


@dataclass(frozen=True)
class Page:
    """The page in the browser."""

    browser: Browser
    stub: Stub

    def enter(self, key: str = KEY) -> None:
        """Pastes a key."""
        self._set("key", key)

    def says(self, text: str) -> str:
        """What is announced, once it holds a text."""
        return self.browser.until(lambda: (said := self.said) and text in said and said)  # type: ignore[return-value]

    @property
    def said(self) -> str:
        """What is announced, seen or only heard."""
        return str(self.browser.run("return document.getElementById('status').textContent"))

    def choose(self, field: str, name: str) -> None:
        """Chooses an entry of a list."""
        self.browser.run(
            "const [id, name] = arguments; const list = document.getElementById(id);"
            "list.value = [...list.options].find((one) => one.text === name).value;"
            "list.dispatchEvent(new Event('change'));",
            field,
            name,
        )

    def fill(self, feature: str, value: str) -> None:
        """Writes into the field of a feature what was not there."""
        self._set(self.field(feature), value)

    def field(self, feature: str) -> str:
        """Id of the field of a feature."""
        return str(
            self.browser.run(
                "const labels = [...document.querySelectorAll('.feature label')];"
                "return labels.find((label) => label.textContent === arguments[0]).htmlFor",
                feature.replace("_", " "),
            )
        )

    def value(self, feature: str) -> str:
        """What is in the field of a feature."""
        script = "return document.getElementById(arguments[0]).value"
        return str(self.browser.run(script, self.field(feature)))

    def note(self, feature: str) -> str:
        """What is said beside the field of a feature."""
        return self.browser.text(f"#{self.field(feature)}-note")

    def _set(self, field: str, value: str) -> None:
        """As pasting does it: at once, however busy the machine is."""
        self.browser.run(
            "const [id, value] = arguments; const field = document.getElementById(id);"
            "field.value = value; field.dispatchEvent(new Event('input'));",
            field,
            value,
        )

    def calls(self) -> list[dict[str, Any]]:
        """Requests for predictions since the last look."""
        return [
            request
            for request in self.browser.requests()
            if "/live/try/" not in urlsplit(request["url"]).path
        ]


@pytest.fixture
def open_page(window: Browser, stub: Stub) -> Iterator[Callable[[], Page]]:
    """Opens the page anew. At the end the console must not have complained: see `complaints`."""

    def opened() -> Page:
        window.open("about:blank")
        window.log("browser")
        window.log("performance")
        window.size(1280, 1000)
        window.prefer(color_scheme="light")
        window.open(stub.url)
        window.until(lambda: window.find_all("#reference details"))
        return Page(window, stub)

    yield opened
    complaints = [e["message"] for e in window.log("browser") if e["level"] == "SEVERE"]
    # Chromium itself notes every answer that is an error: the tests ask for those.
    assert [c for c in complaints if "Failed to load resource" not in c] == []


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    """The page as it is before anything is done."""
    return open_page()
