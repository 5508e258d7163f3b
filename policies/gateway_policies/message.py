"""The one line of text in which a finding goes through the engine.

The engine hands on nothing but text, so whoever reports on its event log reads the line again.
"""

from dataclasses import dataclass

_SEEN, _ALLOWED, _FIX = ": ", ". Allowed: ", ". "


@dataclass(frozen=True)
class Message:
    """What a reviewer needs to act on a finding.

    As a line it has separators between its parts. One that stands within a part is changed there,
    its first character to a semicolon: what `parse` reads may differ from what was seen in that.
    """

    path: str
    seen: str
    allowed: str
    fix: str
    url: str

    def __str__(self) -> str:
        """`path: seen. Allowed: allowed. fix url`.

        A separator within the part that it ends is changed, so that `parse` finds the others: a
        path `a: b` becomes `a; b`, an allowed `x. y` becomes `x; y`.
        """
        path = without(self.path, _SEEN)
        seen = without(self.seen, _ALLOWED)
        allowed = without(self.allowed, _FIX)
        return f"{path}{_SEEN}{seen}{_ALLOWED}{allowed}{_FIX}{self.fix} {self.url}"

    @classmethod
    def parse(cls, text: str) -> "Message | None":
        """What a line says; None if it is not of this form."""
        path, _, rest = text.partition(_SEEN)
        seen, _, rest = rest.partition(_ALLOWED)
        allowed, _, rest = rest.partition(_FIX)
        fix, _, url = rest.rpartition(" ")
        return cls(path, seen, allowed, fix, url) if url.startswith("https://") else None


def without(text: str, separator: str) -> str:
    """A text in which a separator, which starts with punctuation, starts with a semicolon."""
    return text.replace(separator, ";" + separator[1:])
