"""Prices of AWS as data: what a unit of something costs in a region, by whose word, of which day.

prices.json is that data; `make prices` writes it anew. No figure is in the code.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("prices.json")
REFERENCE_REGION = "us-east-1"
"""Whose figure stands in, marked, where a region's own is not known."""

UNDATED = "undated"
"""The date of a figure that its source gives none of."""

_TEXTS = ("unit", "source", "date")


@dataclass(frozen=True)
class Price:
    """What an item costs. Each tier holds for what is used above its start, as on AWS's bill."""

    unit: str
    """What one is: `hour`, `GB-month`, `request`."""
    tiers: tuple[tuple[float, float], ...]
    """Starts, ascending from 0 units of a month, each with its USD for one unit."""
    source: str
    date: str
    """Of the source: a day, a month, a year, or UNDATED."""
    confirmed: bool
    """Whether AWS says so, and not somebody else."""

    def of(self, quantity: float) -> float:
        """USD for a month in which so many units are used."""
        borders = [*(start for start, _ in self.tiers), math.inf]
        used = [max(0.0, min(quantity, end) - start) for start, end in pairwise(borders)]
        return sum(units * usd for units, (_, usd) in zip(used, self.tiers, strict=True))


@dataclass(frozen=True)
class PriceList:
    """All prices that are known."""

    regions: Mapping[str, Mapping[str, Price]]
    """Region -> item, such as `hosting ml.m5.large` -> price."""

    def find(self, region: str, item: str) -> Price | None:
        """What an item costs in a region; None where that is not known, which is not zero."""
        return self.regions.get(region, {}).get(item)


@cache
def known_prices() -> PriceList:
    """The prices that come with the pack."""
    return parse(DATA.read_text())


def parse(text: str) -> PriceList:
    """The prices in a file. Raises ValueError, naming region and item, for one that makes none."""
    regions: dict[str, dict[str, Price]] = {}
    for region, items in _object(json.loads(text), "the file").items():
        regions[region] = {}
        for item, fields in _object(items, region).items():
            try:
                regions[region][item] = parse_price(_object(fields, "the figure"))
            except ValueError as error:
                raise ValueError(f"{region} {item}: {error}") from error
    return PriceList(regions)


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is {json.dumps(value)}. Allowed: an object")
    return value


def parse_price(fields: Mapping[str, Any]) -> Price:
    """One figure of a file. Raises ValueError for one that is no price."""
    for key in _TEXTS:
        if not isinstance(fields.get(key), str):
            raise ValueError(f"{key} is {json.dumps(fields.get(key))}. Allowed: a text")
    confirmed = fields.get("confirmed", True)
    if not isinstance(confirmed, bool):
        raise ValueError(f"confirmed is {json.dumps(confirmed)}. Allowed: true or false")
    unit, source, date = (fields[key] for key in _TEXTS)
    return Price(unit, _tiers(fields.get("usd")), source, date, confirmed)


def _tiers(usd: Any) -> tuple[tuple[float, float], ...]:
    steps = usd if isinstance(usd, dict) else {"0": usd}
    try:
        tiers = sorted((float(start), float(amount)) for start, amount in steps.items())
    except (TypeError, ValueError):
        tiers = []
    if not tiers or tiers[0][0] != 0 or any(not 0 < amount < math.inf for _, amount in tiers):
        raise ValueError(f"{usd}. Allowed: USD above 0, in tiers of which one starts at 0")
    return tuple(tiers)
