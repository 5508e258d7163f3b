"""New figures in the place of old ones, where AWS gives exactly one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gateway_policies.cost.prices import PriceList, parse
from prices.catalog import FIGURES, Figure, figure_of
from prices.errors import PriceListError
from prices.price_list import Fields, new_figure, products_by_item


@dataclass
class Refreshed:
    """What became of the prices."""

    regions: dict[str, dict[str, Fields]]
    taken: int = 0
    kept: list[str] = field(default_factory=list)
    """Why a figure is the old one still, or none."""
    absent: list[str] = field(default_factory=list)
    """What AWS gives no price of, in a region that has never had one."""

    def text(self) -> str:
        """As prices.json has it: a figure on each line, for whoever reads the change."""
        regions = ",\n".join(map(_region, sorted(self.regions.items())))
        return f"{{\n{regions}\n}}\n"


def _region(named: tuple[str, dict[str, Fields]]) -> str:
    region, items = named
    figures = ",\n".join(
        f"    {json.dumps(item)}: {json.dumps(fields)}" for item, fields in sorted(items.items())
    )
    return f"  {json.dumps(region)}: {{\n{figures}\n  }}"


def refresh(client: Any, text: str, regions: Iterable[str]) -> Refreshed:
    """The prices of a file, asked for anew. regions: to ask for beside those that are in it.

    client: boto3's, of `pricing`. Raises what botocore raises, before anything is lost.
    """
    old = parse(text)
    done = Refreshed({region: dict(items) for region, items in json.loads(text).items()})
    for region in sorted({*done.regions, *regions}):
        for figure in FIGURES:
            _take(done, client, figure, region, old)
    return done


def _take(done: Refreshed, client: Any, figure: Figure, region: str, old: PriceList) -> None:
    items = done.regions.setdefault(region, {})
    had = {item for item in items if figure_of(item) == figure}
    answers = products_by_item(client, figure, region)
    for item, products in answers.items():
        try:
            items[item] = new_figure(products, figure.unit, old.find(region, item))
            done.taken += 1
        except PriceListError as error:
            done.kept.append(f"{region} {item}: {error}")
    done.kept += [f"{region} {item}: no SKU. Allowed: one" for item in sorted(had - set(answers))]
    if not answers and not had:
        done.absent.append(f"{region} {figure.item}")
