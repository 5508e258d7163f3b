"""Whoever reads the page, by whatever means."""

import pytest

CONTROLS = {"textbox", "combobox", "slider", "spinbutton", "link", "button"}
TAB, DOWN, RIGHT = "\ue004", "\ue015", "\ue014"

CONTRASTS = """
const channels = (color) => color.match(/[\\d.]+/g).map(Number);
const luminance = (color) => {
  const [r, g, b] = channels(color).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (node) => {
  const color = getComputedStyle(node).backgroundColor;
  return channels(color)[3] === 0 ? behind(node.parentElement) : color;
};
return [...document.querySelectorAll("body *")]
  .filter((node) => node.checkVisibility() && [...node.childNodes].some(
    (child) => child.nodeType === Node.TEXT_NODE && child.data.trim()))
  .map((node) => {
    const [dark, light] = [getComputedStyle(node).color, behind(node)].map(luminance)
      .sort((one, other) => one - other);
    return [node.tagName, node.textContent.slice(0, 30), (light + 0.05) / (dark + 0.05)];
  });
"""
"""WCAG 2's ratio for every element with a text. https://www.w3.org/TR/WCAG22/#contrast-minimum"""


@pytest.fixture
def whole(page):
    """The page with as much on it as can be."""
    page.choose("rival", "boosting")
    page.enter()
    page.fill("petal_width_cm", "9")
    page.browser.until(lambda: page.browser.text(".warnings"))
    page.browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return page


def nodes(page):
    """Role, name and properties of what assistive technology sees."""
    page.browser.devtools("Accessibility.enable")
    tree = page.browser.devtools("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""), node)
        for node in tree
        if not node["ignored"]
    ]


def test_everything_that_can_be_used_has_a_name(whole):
    named = [(role, name) for role, name, _ in nodes(whole) if role in CONTROLS]
    assert all(name for _, name in named)
    assert ("textbox", "API key") in named
    assert ("slider", "petal width cm, slider") in named
    assert ("spinbutton", "petal width cm") in named
    assert ("combobox", "Compared with") in named


def test_headings_and_landmarks_say_what_is_where(whole):
    seen = nodes(whole)
    headings = whole.browser.run(
        "return [...document.querySelectorAll('h1, h2, h3')]"
        ".map((heading) => `${heading.tagName} ${heading.textContent}`)"
    )
    assert headings == [
        *("H1 Try the models", "H2 Call", "H2 Row", "H2 Answer"),
        *("H3 By weight", "H3 boosting", "H2 Reference"),
    ]
    assert {n for r, n, _ in seen if r == "heading"} == {h[3:] for h in headings}
    regions = [name for role, name, _ in seen if role == "region"]
    assert {"Call", "Row", "Answer", "Answer: boosting", "Reference"} <= set(regions)
    assert [role for role, _, _ in seen if role in ("banner", "main")] == ["banner", "main"]


def test_the_answer_is_announced_politely(whole):
    [(_, _, node)] = [found for found in nodes(whole) if found[0] == "status"]
    live = {each["name"]: each["value"]["value"] for each in node["properties"]}
    assert live["live"] == "polite"
    assert whole.said.startswith("virginica, ")


def test_a_flag_is_part_of_what_describes_its_field(whole):
    [described] = [
        node["description"]["value"]
        for role, name, node in nodes(whole)
        if (role, name) == ("spinbutton", "petal width cm")
    ]
    assert described == "outside the range of the training data"


def test_tables_have_captions_and_heads(whole):
    for role, name, _ in nodes(whole):
        if role in ("table", "columnheader", "rowheader"):
            assert name, role


def test_bars_are_for_the_eye_alone(whole):
    hidden = (
        "return [...document.querySelectorAll('.bar')].every((bar) => bar.ariaHidden === 'true')"
    )
    assert whole.browser.find_all(".bar")
    assert whole.browser.run(hidden)


def focused(page):
    return page.browser.run(
        "const it = document.activeElement; return it.id || it.ariaLabel || it.textContent.trim()"
    )


def test_the_whole_page_is_used_by_keys_alone(page):
    way: list[str] = []
    page.browser.press(TAB)
    while (place := focused(page)) not in way and place != "":
        way.append(place)
        page.browser.press(TAB)
    assert way[:8] == [
        *("Skip to the answer", "key", "route", "variant", "rival"),
        *("sepal length cm, slider", "feature-0", "sepal width cm, slider"),
    ]
    assert "The OpenAPI document" in way
    assert "POST /iris" in way
    page.browser.run("document.getElementById('key').focus()")
    page.browser.press(*"a-key-of-the-tests")
    page.says("setosa")
    page.browser.press(TAB, TAB, DOWN)
    page.browser.until(lambda: page.browser.text(".panel h3") == "forest")
    page.browser.press(TAB, TAB, *[TAB] * 4, *[RIGHT] * 3)
    page.browser.until(lambda: page.value("petal_length_cm") == "1.7")


def test_the_focus_is_seen(page):
    page.browser.press(TAB, TAB)
    outline = "return getComputedStyle(document.activeElement).outline"
    assert page.browser.run(outline).endswith(" solid 3px")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(whole, theme):
    whole.browser.prefer(color_scheme=theme)
    found = whole.browser.run(CONTRASTS)
    assert len(found) > 60
    assert [each for each in found if each[2] < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_of_another_row_is_pale_but_can_be_read(whole, theme):
    color = "return getComputedStyle(document.querySelector('.headline')).color"
    whole.browser.prefer(color_scheme=theme)
    before = whole.browser.run(color)
    whole.fill("petal_width_cm", "")
    whole.says("Give")
    assert whole.browser.run(color) != before
    assert [each for each in whole.browser.run(CONTRASTS) if each[2] < 4.5] == []


def test_dark_and_light_are_two_themes(page):
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = page.browser.run(ground)
    page.browser.prefer(color_scheme="dark")
    assert page.browser.run(ground) != light


def test_nothing_moves_by_itself(whole):
    assert whole.browser.run("return document.getAnimations().length") == 0


@pytest.mark.parametrize("width", [320, 360, 701, 768, 1024, 1100, 1280])
def test_nothing_is_wider_than_the_window_or_its_panel(whole, width):
    whole.choose("variant", "forest")
    whole.browser.until(lambda: "9 in 10 trees" in whole.browser.text(".panel"))
    whole.browser.size(width, 800)
    assert whole.browser.run("return document.documentElement.scrollWidth") <= width
    wider = (
        "return [...document.querySelectorAll('.panel')]"
        ".map((panel) => panel.scrollWidth - panel.offsetWidth)"
    )
    assert whole.browser.run(wider) == [0, 0]


IN_SIGHT = """
const shown = [...document.querySelectorAll(arguments[0])].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const [x, y] = [left + Math.min(width, 20) / 2, top + height / 2];
  const it = document.elementFromPoint(x, y);
  return it !== null && (it === one || one.contains(it)) && it.textContent;
});
return shown;
"""
"""The texts of elements at whose place nothing else is seen; false for another."""


@pytest.mark.parametrize(
    ("width", "height", "place"),
    [
        (360, 640, "#status"),
        (700, 640, "#status"),
        (701, 640, ".headline"),
        (1024, 768, ".headline"),
    ],
)
def test_label_and_probability_are_in_sight_while_any_slider_moves(page, width, height, place):
    page.browser.size(width, height)
    page.enter()
    page.says("setosa")
    for slider in range(4):
        page.browser.run(
            "const slider = document.querySelectorAll('[type=range]')[arguments[0]];"
            "slider.scrollIntoView({ block: 'center' }); slider.focus();",
            slider,
        )
        assert page.browser.run(IN_SIGHT, place) == ["setosa, > 99.9 %"]


@pytest.mark.parametrize(("width", "columns"), [(700, 1), (701, 2)])
def test_the_answer_stands_beside_the_row_where_there_is_room(page, width, columns):
    page.browser.size(width, 800)
    edges = page.browser.run(
        "return ['#call-heading', '#answer-heading'].map((heading) =>"
        " document.querySelector(heading).getBoundingClientRect().left)"
    )
    assert len(set(edges)) == columns


@pytest.mark.parametrize("field", ["feature-0", "feature-3"])
def test_what_gets_the_focus_is_not_behind_the_line_at_the_bottom(page, field):
    page.browser.size(360, 640)
    page.enter()
    page.says("setosa")
    edges = page.browser.run(
        "const field = document.getElementById(arguments[0]);"
        "scrollBy(0, field.getBoundingClientRect().bottom - innerHeight); field.focus();"
        "return [field, document.getElementById('status')].map((one) =>"
        " one.getBoundingClientRect()).map(({ bottom, top }, place) => place ? top : bottom)",
        field,
    )
    assert edges[0] <= edges[1]
