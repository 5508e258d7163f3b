"""Which properties the local cloud uses, and which it only keeps: `python -m local.provider.inert`.

Prints local/inert.md; a test compares the file with what this prints.
"""

import sys

from local.provider.types import RESOURCE_TYPES

_HEAD = """\
# Properties of the local cloud's resource types

Made by `python -m local.provider.inert > local/inert.md`; do not edit.

A property that is *used* changes what the local cloud does. One that is *kept* is checked, stored
and read back, so that it shows in a refresh, and changes nothing on one machine. Any other property
of a type is refused by its name when its inputs are checked. A listed property stands for all that
lies below it. `tags` are kept on every type that has them; `region` says where a resource lives.

| type | used | kept |
|---|---|---|
"""


def markdown() -> str:
    """The whole table as Markdown."""
    rows = [
        f"| {token} | {_listed(kind.used)} | {_listed(kind.inert)} |"
        for token, kind in sorted(RESOURCE_TYPES.items())
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _listed(paths: frozenset[str]) -> str:
    return ", ".join(f"`{path}`" for path in sorted(paths)) or "none"


if __name__ == "__main__":
    sys.stdout.write(markdown())
