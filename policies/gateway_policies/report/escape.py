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

_MARKS = re.compile(r"[\\`*_{}\[\]()#+!|~$:]")
_NOT_IN_LINK = re.compile(r"[<>\s\\|]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")


def text(value: str) -> str:
    """Any text as one line of prose that mentions nobody and links nowhere."""
    return _marked(value).replace("@", "@&#8203;").replace("www.", "www&#46;")


def code(value: str) -> str:
    """Any text as one line of code."""
    return f"<code>{_marked(value) or ' '}</code>"


def block(value: str) -> str:
    """Any text with its lines, as the engine has printed it."""
    lines = _CONTROL.sub(" ", value).strip()[:LONGEST_BLOCK]
    return f"<pre>{html.escape(lines, quote=False)}</pre>"


def link(label: str, url: str) -> str:
    """A link. label: Markdown."""
    return f"[{label}](<{_NOT_IN_LINK.sub('', url)}>)"


def _marked(value: str) -> str:
    line = _SPACE.sub(" ", value).strip()
    short = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
    escaped = html.escape(short, quote=False)
    # Entities stand for the character and never for its meaning in Markdown; "&" is done already.
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", escaped)
