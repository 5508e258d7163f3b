"""AWS's Price List with products of our own making: none of these answers was ever recorded."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from prices.catalog import FIGURES, Figure, figure_of

Product = dict[str, Any]


def product(usd: str | Mapping[str, str], sku: str = "SKU1", **attributes: str) -> Product:
    """A product as GetProducts has it. usd: by where its tiers begin, or of its only one."""
    tiers = {"0": usd} if isinstance(usd, str) else usd
    dimensions = {
        f"{sku}.T.{start}": {
            "unit": "Hrs",
            "beginRange": start,
            "endRange": "Inf",
            "pricePerUnit": {"USD": amount},
        }
        for start, amount in tiers.items()
    }
    return {
        "product": {"sku": sku, "productFamily": "any", "attributes": attributes},
        "serviceCode": "any",
        "terms": {"OnDemand": {f"{sku}.T": {"priceDimensions": dimensions}}},
        "publicationDate": "2026-11-20T18:00:00Z",
    }


def figure(item: str) -> Figure:
    found = figure_of(item)
    assert found
    return found


def pricing_client() -> Any:
    return boto3.client(
        "pricing", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@contextmanager
def price_list(*pages: list[Product], asked: Any = ANY, service: Any = ANY) -> Iterator[Any]:
    """A client that gets these pages, one for each request."""
    client = pricing_client()
    with Stubber(client) as stubber:
        for page in pages:
            expected = {"ServiceCode": service, "Filters": asked, "FormatVersion": "aws_v1"}
            answer = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(one) for one in page]}
            stubber.add_response("get_products", answer, expected)
        yield client
        stubber.assert_no_pending_responses()


@pytest.fixture
def catalog() -> Callable[..., Any]:
    """A client that is asked for every figure of some regions, and has products of these."""

    def answering(regions: int, **products: list[Product]) -> Any:
        named = {item.replace("_", " "): found for item, found in products.items()}
        return price_list(*[named.get(one.item, []) for one in FIGURES] * regions)

    return answering
