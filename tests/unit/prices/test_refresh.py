import json

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from gateway_policies.cost.prices import DATA, parse
from prices.catalog import FIGURES
from prices.refresh import Refreshed, refresh
from tests.unit.prices.conftest import pricing_client, product

OLD = {"usd": "1", "unit": "month", "source": "hearsay", "date": "2024-07", "confirmed": False}
NEW = {"usd": "2", "unit": "month", "source": "AWS Price List", "date": "2026-11-20"}
KEY = product("2", usagetype="KMS-Keys")


def text(**items):
    return json.dumps(
        {"eu-central-1": {name.replace("_", " "): one for name, one in items.items()}}
    )


def test_what_aws_gives_is_taken_with_its_date_and_no_longer_doubted(catalog):
    with catalog(1, KMS_key=[KEY]) as client:
        done = refresh(client, text(KMS_key=OLD), [])
    assert done.regions == {"eu-central-1": {"KMS key": NEW}}
    assert (done.taken, done.kept) == (1, [])


def test_what_aws_gives_twice_stays_as_it_is_and_is_named(catalog):
    with catalog(1, KMS_key=[KEY, KEY]) as client:
        done = refresh(client, text(KMS_key=OLD), [])
    assert done.regions == {"eu-central-1": {"KMS key": OLD}}
    assert done.kept == ["eu-central-1 KMS key: 2 SKUs, SKU1, SKU1. Allowed: one"]


def test_what_aws_no_longer_gives_stays_as_it_is_and_is_named(catalog):
    with catalog(1) as client:
        done = refresh(client, text(KMS_key=OLD), [])
    assert done.regions == {"eu-central-1": {"KMS key": OLD}}
    assert done.kept == ["eu-central-1 KMS key: no SKU. Allowed: one"]
    assert "eu-central-1 alarm" in done.absent
    assert "eu-central-1 KMS key" not in done.absent


def test_a_type_that_is_gone_is_named_beside_those_that_are_not(catalog):
    listed = {"hosting {instanceName}": [product("1", instanceName="ml.a")]}
    old = {"hosting ml.a": OLD, "hosting ml.b": OLD}
    with catalog(1, **listed) as client:
        done = refresh(client, json.dumps({"eu-central-1": old}), [])
    assert done.kept == ["eu-central-1 hosting ml.b: no SKU. Allowed: one"]
    assert done.taken == 1


def test_a_region_can_be_added(catalog):
    with catalog(2, KMS_key=[KEY]) as client:
        done = refresh(client, text(), ["eu-north-1"])
    assert done.regions == {"eu-central-1": {"KMS key": NEW}, "eu-north-1": {"KMS key": NEW}}


def test_a_refusal_of_aws_goes_to_whoever_asked():
    client = pricing_client()
    with Stubber(client) as stubber:
        stubber.add_client_error("get_products", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            refresh(client, text(), [])


def test_the_text_is_read_as_it_was_written_with_a_figure_on_each_line():
    regions = json.loads(DATA.read_text())
    written = Refreshed(regions).text()
    assert written == DATA.read_text()
    assert parse(written).find("us-east-1", "KMS key")
    assert sum(line.startswith("    ") for line in written.splitlines()) == sum(
        len(items) for items in regions.values()
    )


def test_all_figures_are_asked_for(catalog):
    with catalog(1) as client:
        done = refresh(client, text(), [])
    assert len(done.absent) == len(FIGURES)
