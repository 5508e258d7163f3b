"""Sections of a comment, as long as GitHub takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

LONGEST = 65_536
"""GitHub's limit on a comment is in characters; that of bytes is on the safe side of it."""


@dataclass(frozen=True)
class Section:
    """A heading, and rows under it of which the last may be left out."""

    title: str
    rows: Sequence[str]
    head: str = ""
    """What stands before the first row, such as a table's head."""
    folded: bool = False
    left_out: int = 0

    def __str__(self) -> str:
        body = "\n".join([*filter(None, [self.head]), *self.rows])
        if self.left_out:
            body += f"\n\n*{self.left_out} more are left out, to keep to GitHub's limit.*"
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{body}\n\n</details>"
        return f"#### {self.title}\n\n{body}"


def fitting(head: str, sections: Sequence[Section]) -> str:
    """The comment, its longest sections cut where it would be too long."""
    while len((text := _joined(head, sections)).encode()) > LONGEST and any(
        section.rows for section in sections
    ):
        longest = max(sections, key=lambda section: len("".join(section.rows).encode()))
        cut = replace(
            longest,
            rows=longest.rows[: len(longest.rows) // 2],
            left_out=longest.left_out + (len(longest.rows) + 1) // 2,
        )
        sections = [cut if section is longest else section for section in sections]
    return text


def _joined(head: str, sections: Sequence[Section]) -> str:
    return "\n\n".join([head, *map(str, sections)]) + "\n"
