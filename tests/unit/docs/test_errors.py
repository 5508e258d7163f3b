"""docs/errors.md: the codes that a client can get, all of them and no others."""

import json
import re
from pathlib import Path

from components.openapi.answers import integration_responses
from components.openapi.api import Route
from components.openapi.gateway_responses import RESPONSES
from components.openapi.page import UNAVAILABLE
from container.errors import Code

PAGE = Path(__file__).parents[3] / "docs/errors.md"


def test_the_page_has_every_code_and_no_other():
    mapped = json.dumps(integration_responses(Route("/iris", "p-iris"), None))
    codes = {code for code, _ in RESPONSES.values()}
    codes |= set(re.findall(r'\\"code\\":\\"([A-Za-z]+)\\"', mapped)) | set(Code)
    codes.add(UNAVAILABLE[0])
    assert set(re.findall(r"`([A-Z][A-Za-z]+)`", PAGE.read_text())) == codes
