"""Figures out of the answers of the Price List API."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway_policies.cost.prices import Price, parse_price
from prices.catalog import Figure
from prices.errors import PriceListError

API_REGION = "us-east-1"
"""One of those that have the Price List API; it knows the prices of all."""
SOURCE = "AWS Price List"
MOST_CHANGE = 10
"""Times that a price may rise or fall at once; more is another unit, or another product."""
Product = Mapping[str, Any]
Fields = Mapping[str, Any]
"""A figure as prices.json has it."""


def products_by_item(client: Any, figure: Figure, region: str) -> dict[str, list[Product]]:
    """What AWS has of a figure in a region. client: boto3's, of `pricing`.

    Raises what botocore raises.
    """
    found: dict[str, list[Product]] = defaultdict(list)
    for product in _products(client, figure, region):
        if item := _item(figure, product["product"]["attributes"]):
            found[item].append(product)
    return found


def _products(client: Any, figure: Figure, region: str) -> Iterator[Product]:
    terms = {figure.region_key: region, **figure.terms}
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in terms.items()
    ]
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=figure.service, Filters=filters, FormatVersion="aws_v1"
    )
    for page in pages:
        yield from map(json.loads, page["PriceList"])


def _item(figure: Figure, attributes: Mapping[str, str]) -> str | None:
    """What a product is the figure of; None if its usage type is another one."""
    try:
        usage, item = figure.usage.format_map(attributes), figure.item.format_map(attributes)
    except KeyError:
        return None
    usage_type = f"-{attributes.get('usagetype', '')}"
    return item if not usage or usage_type.endswith(f"-{usage}") else None


def new_figure(products: Sequence[Product], unit: str, before: Price | None) -> Fields:
    """The figure of an item. before: the price until now.

    Raises PriceListError if it is not one product, has no price, or cannot be the same thing.
    """
    if len(products) != 1:
        skus = ", ".join(sorted(str(product["product"]["sku"]) for product in products))
        raise PriceListError(f"{len(products)} SKUs, {skus}. Allowed: one")
    try:
        fields = _fields(products[0], unit)
        price = parse_price(fields)
    except (LookupError, ValueError, ArithmeticError) as error:
        raise PriceListError(f"no price can be read: {type(error).__name__} {error}") from error
    ratio = price.tiers[0][1] / before.tiers[0][1] if before else 1
    if not 1 / MOST_CHANGE <= ratio <= MOST_CHANGE:
        raise PriceListError(f"{ratio:.3g} times what it was. Allowed: up to {MOST_CHANGE} times")
    return fields


def _fields(product: Product, unit: str) -> Fields:
    [term] = product["terms"]["OnDemand"].values()
    dimensions = sorted(term["priceDimensions"].values(), key=lambda one: float(one["beginRange"]))
    tiers = {one["beginRange"]: _plain(one["pricePerUnit"]["USD"]) for one in dimensions}
    usd = tiers["0"] if len(tiers) == 1 else tiers
    return {"usd": usd, "unit": unit, "source": SOURCE, "date": product["publicationDate"][:10]}


def _plain(usd: str) -> str:
    """Without the zeros that end it: 3.5000000000 as 3.5."""
    return f"{Decimal(usd).normalize():f}"
