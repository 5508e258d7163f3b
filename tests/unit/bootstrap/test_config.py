"""The account's config: what is valid, and the line that each mistake gets."""

import json
from pathlib import Path

import pytest
import yaml

from bootstrap.config import load_config
from components.config.stack import ConfigError

FOLDER = Path(__file__).parents[3] / "bootstrap"
VALID = {
    "repository": "example/ml-gateway",
    "environments": ["dev", "prod"],
    "notify": "ml@example.com",
}


def values(**changed):
    given = {name: value for name, value in (VALID | changed).items() if value is not None}
    keys = {
        f"ml-gateway-bootstrap:{name}": value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }
    return {"aws:region": "eu-central-1"} | keys


def mistakes(given):
    with pytest.raises(ConfigError) as refused:
        load_config(given)
    return [line.removeprefix("  ") for line in str(refused.value).splitlines()[1:]]


def test_a_config_is_read():
    config = load_config(values(repository="example@12/ml-gateway@345"))
    assert config.repository == "example@12/ml-gateway@345"
    assert config.environments == ["dev", "prod"]
    assert config.notify == "ml@example.com"


def test_the_local_account_in_the_repository_is_valid():
    config = yaml.safe_load((FOLDER / "Pulumi.local.yaml").read_text())["config"]
    load_config({k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()})


def test_a_real_account_trusts_nobody_until_someone_is_named():
    config = yaml.safe_load((FOLDER / "Pulumi.account.yaml").read_text())["config"]
    assert [line.split(": missing")[0] for line in mistakes(config)] == [
        "ml-gateway-bootstrap:repository",
        "ml-gateway-bootstrap:environments",
        "ml-gateway-bootstrap:notify",
    ]


KEY = "ml-gateway-bootstrap:"
ENVIRONMENTS = f"{KEY}environments: a list. Allowed: "
APART = (
    "environments each of which is named once, and of which none begins with another's name and "
    "a dash, since its names would then be the other's too"
)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"repository": "example/*"},
            f'{KEY}repository: "example/*". Allowed: owner/name of a GitHub repository, or '
            "owner@id/name@id. Write it as the subject of the repository's tokens names it.",
        ),
        (
            {"notify": "nobody"},
            f'{KEY}notify: "nobody". Allowed: an e-mail address. '
            "Write it like ml-platform@example.com.",
        ),
        (
            {"environments": ["Dev"]},
            f'{KEY}environments[0]: "Dev". Allowed: 1 to 17 lower-case letters, digits and single '
            "dashes between them: the name of a stack. Rename it.",
        ),
        (
            {"environments": []},
            f"{KEY}environments: []. Allowed: 1 or more entries. Add one.",
        ),
        (
            {"environments": ["dev", "dev-eu"]},
            f"{ENVIRONMENTS}{APART}. Rename dev or dev-eu.",
        ),
        (
            {"environments": ["dev", "dev"]},
            f"{ENVIRONMENTS}{APART}. Leave one dev out.",
        ),
        (
            {"environments": ["secrets"]},
            f"{ENVIRONMENTS}other names than publish, secrets, shared, which the account's own "
            "role and keys have. Rename secrets.",
        ),
    ],
)
def test_a_mistake_is_named_with_key_value_allowed_and_fix(changed, line):
    assert mistakes(values(**changed)) == [line]


def test_all_mistakes_are_named_at_once():
    given = values(notify="x", repository=None) | {"aws:profile": "me", "ml-gateway:image": "x"}
    assert [line.split(": ")[0] for line in mistakes(given)] == [
        "aws:profile",
        "ml-gateway:image",
        "ml-gateway-bootstrap:repository",
        "ml-gateway-bootstrap:notify",
    ]
