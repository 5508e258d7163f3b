import boto3
import pytest
from botocore.exceptions import NoCredentialsError

import prices.__main__ as program
from tests.unit.prices.conftest import product

OLD = '{"eu-central-1": {"KMS key": {"usd": "1", "unit": "month", "source": "s", "date": "2024"}}}'


@pytest.fixture
def data(tmp_path, monkeypatch):
    path = tmp_path / "prices.json"
    path.write_text(OLD)
    monkeypatch.setattr(program, "DATA", path)
    monkeypatch.setattr("sys.argv", ["prices"])
    return path


def run(monkeypatch, client):
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    return program.main()


def test_new_prices_are_written(data, monkeypatch, catalog, capsys):
    with catalog(1, KMS_key=[product("2", usagetype="KMS-Keys")]) as client:
        assert run(monkeypatch, client) == 0
    assert '"KMS key": {"usd": "2", "unit": "month", "source": "AWS Price List"' in data.read_text()
    said = capsys.readouterr()
    assert said.out.startswith(f"1 prices are new in {data}. Next: read the change, commit it.\n")
    assert "no price  eu-central-1 alarm\n" in said.out
    assert said.err == ""


def test_a_price_that_is_kept_is_named_and_the_command_fails(data, monkeypatch, catalog, capsys):
    with catalog(1) as client:
        assert run(monkeypatch, client) == 1
    assert capsys.readouterr().err == "kept  eu-central-1 KMS key: no SKU. Allowed: one\n"


def test_without_credentials_nothing_changes_and_the_text_says_what_is_needed(
    data, monkeypatch, capsys
):
    class Locked:
        def get_paginator(self, _):
            raise NoCredentialsError

    assert run(monkeypatch, Locked()) == 1
    assert data.read_text() == OLD
    assert capsys.readouterr().err == (
        "The Price List was not read, so no price has changed: Unable to locate credentials. "
        "Needed: credentials with pricing:GetProducts, and a way to AWS.\n"
    )
