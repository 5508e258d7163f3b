"""The black-box tests know a stack by its outputs alone, and not where it runs."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "acceptance"
MODULES = sorted(FOLDER.glob("*.py"))
ALLOWED = sys.stdlib_module_names | {"boto3", "botocore", "pytest", "tests", "urllib3"}
TELLING = re.compile(r"\b(local|localhost|127\.0\.0\.1|AWS_ENDPOINT_URL|environ|moto)\b")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_it_imports_clients_of_aws_and_nothing_of_the_project(module: Path):
    imported = list(_imported(ast.parse(module.read_text())))
    assert not [name for name in imported if name.partition(".")[0] not in ALLOWED]
    of_tests = [name for name in imported if name.startswith("tests")]
    assert not [name for name in of_tests if not name.startswith("tests.acceptance.")]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_it_does_not_ask_where_it_runs(module: Path):
    assert TELLING.findall(module.read_text()) == []


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
