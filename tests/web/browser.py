"""Chromium without a screen, driven by the W3C's WebDriver protocol: nothing but HTTP and JSON.

https://www.w3.org/TR/webdriver2/
"""

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key under which the protocol hands over an element."""

ANSWER_SECONDS = 60.0
"""For the driver's slowest answer, a new browser; and for its own end."""
SOON_SECONDS = 20.0
"""More than any answer takes; a test waits no longer than until it is there."""


def missing() -> str | None:
    """Why no browser can be started on this machine; None where one can."""
    if not any(map(shutil.which, BROWSERS)) or not shutil.which(DRIVER):
        return f"needs Chromium and {DRIVER}: scripts/browser.sh installs them"
    return None


class StaleElementError(AssertionError):
    """The element is in the page no longer."""


@dataclass(frozen=True)
class Browser:
    """A window. session: URL of the driver's session."""

    session: str

    def open(self, url: str) -> None:
        """Loads a page, and waits for its modules."""
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function returns in the page, once it is no promise any more."""
        body = {"script": f"return (async () => {{ {script} }})();", "args": _sent(arguments)}
        return self._ask("POST", "/execute/sync", body)

    def find(self, selector: str) -> "Element":
        """The first element of a CSS selector."""
        return self.find_all(selector)[0]

    def find_all(self, selector: str) -> list["Element"]:
        """All elements of a CSS selector."""
        found = self._ask("POST", "/elements", {"using": "css selector", "value": selector})
        return [Element(self, each[ELEMENT]) for each in found]

    def text(self, selector: str) -> str:
        """What people read in an element: nothing where it is not there, or hidden."""
        while True:
            try:
                return "\n".join(element.text for element in self.find_all(selector))
            except StaleElementError:
                continue  # the page has drawn it anew meanwhile

    def press(self, *keys: str) -> None:
        """Presses keys, one after the other, wherever the focus is."""
        events = [{"type": t, "value": key} for key in keys for t in ("keyDown", "keyUp")]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "k", "actions": events}]})

    def until(self, look: Callable[[], T]) -> T:
        """What `look` finds as soon as it finds something. Raises AssertionError after a while."""
        deadline = time.monotonic() + SOON_SECONDS
        while not (found := look()):
            assert time.monotonic() < deadline, f"not there: {self.text('body')[:2000]}"
            time.sleep(0.02)
        return found

    def devtools(self, command: str, **parameters: Any) -> Any:
        """Chromium's own protocol. https://chromedevtools.github.io/devtools-protocol/"""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What came since the last look: `browser` (the console) or `performance` (requests)."""
        return list(self._ask("POST", "/se/log", {"type": kind}))

    def requests(self) -> list[dict[str, Any]]:
        """Every request since the last look: url, method, headers, postData."""
        events = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
        return [
            event["params"]["request"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def size(self, width: int, height: int) -> None:
        """The window's inner size, in CSS pixels; a narrow one as on a phone."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def prefer(self, **features: str) -> None:
        """What the reader's system prefers, such as color_scheme="dark"."""
        wanted = [
            {"name": f"prefers-{k.replace('_', '-')}", "value": v} for k, v in features.items()
        ]
        self.devtools("Emulation.setEmulatedMedia", features=wanted)

    def picture(self) -> bytes:
        """The window as PNG."""
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return ask(method, f"{self.session}{path}", body)


@dataclass(frozen=True)
class Element:
    """An element of the page."""

    browser: Browser
    id: str

    @property
    def text(self) -> str:
        """What people read in it."""
        return str(self._ask("GET", "/text"))

    def click(self) -> None:
        """Clicks into its middle, once it is in sight."""
        self._ask("POST", "/click", {})

    def type(self, text: str) -> None:
        """Types into it what is typed into a field; what is in it stays."""
        self._ask("POST", "/value", {"text": text})

    def clear(self) -> None:
        """Empties a field."""
        self._ask("POST", "/clear", {})

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return ask(method, f"{self.browser.session}/element/{self.id}{path}", body)


def _sent(arguments: Sequence[Any]) -> list[Any]:
    return [{ELEMENT: one.id} if isinstance(one, Element) else one for one in arguments]


_LOOPBACK = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""No proxy of the environment's stands between a test and its browser."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A new browser, with nothing of any other in it."""
    binary = next(found for name in BROWSERS if (found := shutil.which(name)))
    driver = subprocess.Popen(
        [DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert driver.stdout
        line = next(each for each in driver.stdout if "started successfully on port" in each)
        url = f"http://127.0.0.1:{line.rpartition(' ')[2].strip().rstrip('.')}"
        # As root Chromium starts only without its sandbox; it sees loopback pages of ours alone.
        flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]
        options = {"binary": binary, "args": flags}
        wanted = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        body = {"capabilities": {"alwaysMatch": wanted}}
        session = f"{url}/session/{ask('POST', f'{url}/session', body)['sessionId']}"
        yield Browser(session)
        ask("DELETE", session)
    finally:
        driver.terminate()
        driver.wait(ANSWER_SECONDS)
        if driver.stdout:
            driver.stdout.close()


def ask(method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    """The value that the driver answers.

    Raises AssertionError with its words for an error, StaleElementError for that one.
    """
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310
    try:
        with _LOOPBACK.open(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            value = json.load(error)["value"]
        stale = value["error"] == "stale element reference"
        raise (StaleElementError if stale else AssertionError)(
            f"{value['error']}: {value['message']}"
        ) from error
