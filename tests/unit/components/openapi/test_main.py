"""`python -m components.openapi`."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from components.openapi.__main__ import main

STACK = yaml.safe_load(Path("Pulumi.local.yaml").read_text())
REFUSED = "The stack's config has 1 mistake; nothing was created.\n  "


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the command on these two files; gives its code and what it wrote."""

    def run(stack_file, *, project_file="name: ml-gateway", stack="local", account=()):
        (tmp_path / "Pulumi.yaml").write_text(project_file)
        (tmp_path / "Pulumi.local.yaml").write_bytes(stack_file)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["openapi", "--stack", stack, *account])
        return main(), *capsys.readouterr()

    return run


def test_the_document_of_a_stack_is_printed(run):
    code, written, _ = run(yaml.safe_dump(STACK).encode(), account=("--account", "210987654321"))
    assert code == 0
    document = json.loads(written)
    assert document["info"]["title"] == "ml-gateway-local-direct"
    made = document["paths"]["/iris"]["post"]["x-amazon-apigateway-integration"]
    assert made["credentials"].startswith("arn:aws:iam::210987654321:role/")
    assert f":{STACK['config']['aws:region']}:" in made["uri"]


@pytest.mark.parametrize("text", [b"", b"[]", b"config:", b"encryptionsalt: x"])
def test_a_file_without_config_is_named(run, text):
    assert run(text) == (
        1,
        "",
        f"{REFUSED}Pulumi.local.yaml: config: missing. Allowed: an object. Correct the file.\n",
    )


@pytest.mark.parametrize(
    ("config", "mistake"),
    [
        ({"aws:region": "mars"}, 'aws:region: "mars". '),
        ({"ml-gateway:data": yaml.safe_load("2027-01-01")}, 'ml-gateway:data: "2027-01-01". '),
        ({1: 2}, "ml-gateway:endpoints: missing. "),
    ],
)
def test_the_mistakes_of_a_config_are_listed(run, config, mistake):
    code, written, told = run(yaml.safe_dump({"config": config}).encode())
    assert (code, written) == (1, "")
    assert mistake in told


@pytest.mark.parametrize("text", [b"config: {", b"\xff\xfe\x00", b"config: [1]"])
def test_a_file_that_cannot_be_read_is_no_traceback(run, text):
    code, written, told = run(text)
    assert (code, written) == (1, "")
    assert told


def test_a_stack_without_a_file_is_named(run):
    assert run(b"", stack="prod")[2] == (
        "[Errno 2] No such file or directory: 'Pulumi.prod.yaml'\n"
    )


def test_a_project_without_a_name_is_named(run):
    assert run(b"", project_file="runtime: python")[2] == (
        f"{REFUSED}Pulumi.yaml: name: missing. Allowed: text. Correct the file.\n"
    )
