"""`python -m tests.web.pictures`: draws the pages of docs/images/, before the tests' stub.

No test compares them: fonts differ from machine to machine. Who changes how the page looks draws
them anew, and looks at them.
"""

from pathlib import Path

from tests.web.browser import Browser, chromium
from tests.web.stub_gateway import KEY, MIXED, stub_gateway

IMAGES = Path("docs/images")
PICTURES = (
    ("page-light", "light", 1100, 1600),
    ("page-dark", "dark", 1100, 1600),
    ("page-phone", "light", 360, 1500),
)
"""Name, theme, width and height in CSS pixels."""

ROW = ["5.1", "1.8", "4.9", "1.6"]
COMPARED = """
const set = (id, value, kind) => {
  const field = document.getElementById(id);
  field.value = value;
  field.dispatchEvent(new Event(kind));
};
set("variant", "forest", "change");
if (arguments[1]) set("rival", "boosting", "change");
arguments[0].forEach((value, place) => set(`feature-${place}`, value, "input"));
document.getElementById("key").blur();
"""


def draw(browser: Browser, url: str, name: str, theme: str, width: int, height: int) -> None:
    """One picture: on a wide window two variants side by side."""
    browser.size(width, height)
    browser.prefer(color_scheme=theme)
    browser.open(url)
    browser.until(lambda: browser.find_all("#reference details"))
    browser.find("#key").type(KEY)
    browser.until(lambda: browser.text("#panels"))
    browser.run(COMPARED, ROW, width > 600)
    browser.until(lambda: browser.text(".warnings"))
    (IMAGES / f"{name}.png").write_bytes(browser.picture())


def main() -> None:
    """Draws all of them."""
    IMAGES.mkdir(exist_ok=True)
    with stub_gateway() as stub, chromium() as browser:
        stub.api = MIXED
        for picture in PICTURES:
            draw(browser, stub.url, *picture)


if __name__ == "__main__":
    main()
