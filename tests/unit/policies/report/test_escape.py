"""What others wrote is shown as they wrote it, by the parser that GitHub reads Markdown with."""

from html.parser import HTMLParser

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from hypothesis import example, given
from hypothesis import strategies as st

from gateway_policies.report.escape import LONGEST, LONGEST_BLOCK, block, code, lines, link, text

HOSTILE = [
    "</table><img src=x onerror=alert(1)>",
    "[x](https://evil.example)",
    "a|b`c`*d*_e_~f~",
    "&lt;b&gt; &#124;",
    "\\| \\\\",
    "**bold** $x$ ![i](j)",
    "line\nbreak\r\n\r\n# heading",
    "www.evil.example",
    "see www.evil.example/x (www.evil.example)",
    "https://evil.example http://evil.example ftp://evil.example",
    "me@evil.example",
    "mailto:me@evil.example xmpp:me@evil.example/x",
]


class Reader(HTMLParser):
    """Cells of a table, and the tags in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th"):
            self.cells.append("")
            self.inside = True
        else:
            self.tags.append(tag)

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data


def shown(cell: str) -> Reader:
    return read(f"| a | b |\n|---|---|\n| {cell} | last |\n")


def read(markdown: str) -> Reader:
    return Reader(github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))


def one_line(value: str) -> str:
    return " ".join("".join(c if ord(c) > 31 and ord(c) != 127 else " " for c in value).split())


TEXTS = st.text(st.characters(codec="utf-8"), max_size=LONGEST)
PARTS = st.sampled_from([*"@.:/#<>()*_`|\\& ", "www.", "http://", "ftp://", "mailto:", "a", "b.c"])
TABLE = ["table", "thead", "tr", "tbody", "tr"]


@given(TEXTS)
@pytest.mark.parametrize("escape", [text, code])
def test_any_text_is_one_cell_that_shows_it(escape, value):
    cells = shown(escape(value)).cells
    assert len(cells) == 4
    assert one_line(cells[2].replace("\u200b", "")) == one_line(value.replace("\u200b", ""))
    assert cells[3] == "last"


@given(TEXTS | st.lists(PARTS).map("".join))
def test_no_text_makes_a_tag_a_link_or_emphasis(value):
    assert shown(text(value)).tags == TABLE
    assert shown(code(value)).tags == [*TABLE, "code"]


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_hostile_makes_a_tag_a_link_or_emphasis(value):
    assert shown(text(value)).tags == TABLE
    assert shown(code(value)).tags == [*TABLE, "code"]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_names_are_shown_as_they_are(value):
    assert shown(code(value)).cells[2] == one_line(value)


def test_prose_mentions_nobody_and_links_nowhere():
    assert text("@everybody") == "@&#8203;everybody"
    assert text("#12 a/b#12 GH-12 gh-7") == (
        "&#35;&#8203;12 a/b&#35;&#8203;12 GH-&#8203;12 gh-&#8203;7"
    )
    assert text("high-1 GH-x") == "high-1 GH-x"


def test_code_is_copied_without_characters_that_nobody_sees():
    value = "repository@sha256:0 #1 GH-1 www.x"
    assert shown(code(value)).cells[2] == value


def test_long_text_is_cut_with_a_mark():
    assert shown(code("x" * (LONGEST + 1))).cells[2] == "x" * (LONGEST - 1) + "…"
    assert shown(code("x" * LONGEST)).cells[2] == "x" * LONGEST


def test_a_block_keeps_its_lines_and_nothing_gets_out_of_it():
    assert block("a\n  b & <img>\x1b[31m\n") == "<pre>a\n  b &amp; &lt;img&gt; [31m</pre>"
    assert len(block("x" * 2 * LONGEST_BLOCK)) == LONGEST_BLOCK + len("<pre></pre>")
    assert "</pre>" not in block("</pre>").removesuffix("</pre>")


def rendered(value: str) -> Reader:
    return read("\n".join(lines(value)))


def test_lines_keep_their_tables_and_lists():
    found = rendered("| a | b |\n| :-- | --: |\n| iris | ~1.00 + ? |\n\nWords.\n\n- one\n- two")
    assert found.cells == ["a", "b", "iris", "~1.00 + ?"]
    assert [tag for tag in found.tags if tag not in TABLE] == ["p", "ul", "li", "li"]


@pytest.mark.parametrize("value", [*HOSTILE, "words\n---", "words\n===", "    code", "```", "> q"])
def test_no_line_is_more_than_prose(value):
    assert set(rendered(value).tags) <= {"p"}
    assert set(rendered(f"- {value}").tags) <= {"p", "ul", "li"}


@given(st.sampled_from(HOSTILE) | TEXTS)
@example("x |\n\n# y")
def test_no_cell_of_a_line_makes_a_tag_a_link_or_emphasis(value):
    found = rendered(f"| a | b |\n|---|---|\n| {value} | 1 |")
    assert set(found.tags) <= {*TABLE, "p", "ul", "li"}


def test_a_line_of_prose_may_be_longer_than_a_cell():
    assert lines("x" * 2 * LONGEST) == ["x" * 2 * LONGEST]
    assert lines(f"|{'x' * 2 * LONGEST}|") == [f"| {'x' * (LONGEST - 1)}… |"]


def test_a_link_cannot_be_left():
    assert link("AWS", "https://example.com/>) [x](<y z|\\") == (
        "[AWS](<https://example.com/)[x](yz>)"
    )
