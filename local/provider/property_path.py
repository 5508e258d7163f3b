"""Paths to properties, as Pulumi writes them: `rules[0].name`, `tags["a.b"]`, `rules[*].name`.

https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
"""

import re
from collections.abc import Sequence

Path = Sequence[str | int]

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_STEP = re.compile(r"""\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]""")


def parse(text: str) -> list[str | int]:
    """The steps of a path; `*` stands for every item. Raises ValueError if it is none."""
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(f"{text}: no path to a property")
        name, index, quoted = step.groups()
        if index is not None:
            steps.append(int(index) if index != "*" else index)
        else:
            steps.append(re.sub(r"\\(.)", r"\1", quoted) if name is None else name)
        position = step.end()
    return steps


def write(path: Path) -> str:
    """The path as text."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def within(path: Path, other: Path) -> bool:
    """Whether `path` is `other` or lies below it."""
    return len(path) >= len(other) and all(
        there in ("*", here) for here, there in zip(path, other, strict=False)
    )
