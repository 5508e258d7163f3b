"""Text of others in a comment on GitHub: shown as it is, and nothing else.

A resource may be called `</table>`, `[x](https://evil.example)` or `@everybody`.
https://github.github.com/gfm/
"""

import html
import re

LONGEST = 300
"""Characters of a text that are shown in a line."""
LONGEST_BLOCK = 10_000
"""Characters of a text that are shown with its lines."""

_MARKS = re.compile(r"[\\`*_{}\[\]()#+!|~$:]|(?<=www)\.")
_REFERENCES = re.compile(r"@|&#35;|\bGH-(?=\d)", re.IGNORECASE)
"""What GitHub links where Markdown is HTML already, and an entity a character: people, issues.

https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
"""
_APART, _APART_IN_CODE = "&#8203;", "<!-- -->"
"""No reference and no address goes over them. The second is not copied along with the text."""
_NOT_IN_LINK = re.compile(r"[<>\s\\|]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_RULE = re.compile(r"[\s=-]*")
_ALIGNED = re.compile(r":?-+:?")


def text(value: str, longest: int = LONGEST) -> str:
    """Any text as one line of prose that mentions nobody and links nowhere."""
    return _REFERENCES.sub(rf"\g<0>{_APART}", _marked(value, longest))


def lines(value: str) -> list[str]:
    """Any text of prose, lists and tables: these stay, and what stands in them is prose."""
    return [_line(line.strip()) for line in value.split("\n")]


def _line(line: str) -> str:
    if len(line) > 1 and line[0] == line[-1] == "|":
        return f"| {' | '.join(map(_cell, line[1:-1].split('|')))} |"
    if _RULE.fullmatch(line):
        # Under prose it makes a heading of it.
        return ""
    item = line.startswith("- ")
    return f"{'- ' if item else ''}{text(line.removeprefix('- '), LONGEST_BLOCK)}"


def _cell(cell: str) -> str:
    return cell.strip() if _ALIGNED.fullmatch(cell.strip()) else text(cell)


def code(value: str) -> str:
    """Any text as one line of code, in which GitHub looks for addresses alone."""
    return f"<code>{_marked(value, LONGEST).replace('@', f'@{_APART_IN_CODE}') or ' '}</code>"


def block(value: str) -> str:
    """Any text with its lines, as the engine has printed it."""
    printed = _CONTROL.sub(" ", value).strip()[:LONGEST_BLOCK]
    return f"<pre>{html.escape(printed, quote=False)}</pre>"


def link(label: str, url: str) -> str:
    """A link. label: Markdown."""
    return f"[{label}](<{_NOT_IN_LINK.sub('', url)}>)"


def _marked(value: str, longest: int) -> str:
    line = _SPACE.sub(" ", value).strip()
    short = line if len(line) <= longest else line[: longest - 1] + "…"
    escaped = html.escape(short, quote=False)
    # Entities stand for the character and never for its meaning in Markdown; "&" is done already.
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", escaped)
