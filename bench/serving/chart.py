"""Bars on a logarithmic scale, as an SVG that a page shows in its light and its dark theme."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABELS, RIGHT = 860, 270, 70
"""Of the picture, of the names at its left, and of the figures beside the longest bar."""
TOP, BAR, GAP, FOOT = 64, 15, 14, 34

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.small { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0 }
.b0 { fill: #0969da } .b1 { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .small { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .b0 { fill: #4493f8 } .b1 { fill: #d29922 }
}
"""


@dataclass(frozen=True)
class Group:
    """A name and its bars, one of each series."""

    name: str
    values: Sequence[float]
    """Positive."""


def chart(title: str, series: Sequence[str], groups: Sequence[Group]) -> str:
    """The picture: a group of bars below the other, powers of ten as its grid."""
    values = [value for group in groups for value in group.values]
    first, last = math.floor(math.log10(min(values))), math.log10(max(values))
    scale = (WIDTH - LABELS - RIGHT) / (last - first or 1)
    step = len(series) * BAR + GAP
    height = TOP + len(groups) * step + FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}</text>',
        *_legend(series),
    ]
    for power in range(first, math.floor(last) + 1):
        lines += _grid(power, LABELS + (power - first) * scale, height - FOOT)
    for index, group in enumerate(groups):
        lengths = [(math.log10(value) - first) * scale for value in group.values]
        lines += _bars(group, lengths, TOP + index * step)
    return "\n".join([*lines, "</svg>", ""])


def _legend(series: Sequence[str]) -> Iterator[str]:
    for index, name in enumerate(series):
        left = LABELS + index * 130
        yield f'<rect class="b{index}" x="{left}" y="32" width="12" height="12" rx="2"/>'
        yield f'<text class="small" x="{left + 18}" y="42">{escape(name)}</text>'


def _grid(power: int, left: float, bottom: int) -> Iterator[str]:
    yield f'<line class="grid" x1="{left:.1f}" x2="{left:.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
    yield (
        f'<text class="small" x="{left:.1f}" y="{bottom + 16}" text-anchor="middle">'
        f"{10**power:,}</text>"
    )


def _bars(group: Group, lengths: Sequence[float], top: int) -> Iterator[str]:
    middle = top + len(lengths) * BAR / 2 + 4
    name = escape(group.name)
    yield f'<text x="{LABELS - 10}" y="{middle:.1f}" text-anchor="end">{name}</text>'
    for index, (value, length) in enumerate(zip(group.values, lengths, strict=True)):
        above, beside = top + index * BAR, LABELS + length + 6
        yield (
            f'<rect class="b{index}" x="{LABELS}" y="{above}" '
            f'width="{max(length, 1):.1f}" height="{BAR - 2}" rx="2"/>'
        )
        yield (f'<text class="small" x="{beside:.1f}" y="{above + 10}">{value:,.0f}</text>')
