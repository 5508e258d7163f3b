"""docs/config.md and the schema beside it: as the models are, and with examples that work."""

import json
import re

import pytest
import yaml

from components.config.__main__ import pages
from components.config.reference import EXAMPLE, markdown
from components.config.stack import load_config

PAGE = markdown()


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_the_page_is_up_to_date(path):
    assert path.read_text() == pages()[path], "run make docs"


def test_the_example_is_a_stack():
    config = yaml.safe_load(EXAMPLE.read_text())["config"]
    values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    assert load_config(values).endpoints.keys() == {"iris", "churn", "risk"}


def test_the_page_shows_the_whole_example_in_parts():
    shown: dict[str, object] = {}
    for part in re.findall("```yaml\n(.*?)```", PAGE, re.DOTALL):
        shown |= yaml.safe_load(part)["config"]
    assert shown == yaml.safe_load(EXAMPLE.read_text())["config"]


def test_every_link_leads_to_a_block():
    headings = re.findall("^## (.*)$", PAGE, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#(.*?)\)", PAGE)) == anchors - {"stack"}


@pytest.mark.parametrize(
    "row",
    [
        "| `weight` | a whole number from 1 to 1000 | `1` | Its share of the requests, relative to "
        "the other variants. |",
        "| `share` | a whole percentage from 1% to 50% | required | Share of the capacity that "
        "goes first: `10%`. |",
        "| `auth` | one of apiKey, iam | `apiKey` | Who may call: `apiKey` or `iam`. |",
        "| `tracing` | `true` or `false` | `true` | Whether requests are traced by X-Ray. |",
        "| `subnets` | a list, 2 to 16; each a subnet's id | required | Subnets by id, in two or "
        "more availability zones. |",
        "| `network` | [Network](#network) | its defaults | What its containers can reach: "
        "nothing, unless changed. |",
        "| `cache` | a time of up to 1h | none | How long an answer is kept, at most 1h; for a GET "
        "route only, whose key has every feature. |",
    ],
)
def test_a_key_has_what_it_takes_its_default_and_what_it_is(row):
    assert row in PAGE.splitlines()


def test_a_block_says_everywhere_that_it_may_stand():
    [where] = [line for line in PAGE.splitlines() if "routes.<name>.throttle" in line]
    assert where == (
        "Where: `ml-gateway:direct.routes.<name>.throttle`, "
        "`ml-gateway:direct.plans.<name>.throttle`, `ml-gateway:direct.throttle`"
    )
