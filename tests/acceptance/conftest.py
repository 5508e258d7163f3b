"""Black-box tests of a deployed stack: `make acceptance STACK=...`, see README.md.

Each test names in its arguments what it is about, and runs once for each of those that the stack
has. What the stack does not have is not collected, so nothing is ever skipped.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.acceptance.answers import Patience
from tests.acceptance.caller import Caller
from tests.acceptance.deployed import LEAST_SHARE, OutputsError, Stack, read_stack

FEW = 20
"""Burst up to which a plan's throttle is tried out: it takes a few times as many requests."""

SUBJECTS: Mapping[str, Callable[[Stack], Sequence[object]]] = {
    "route": lambda stack: stack.example_routes,
    "any_route": lambda stack: stack.routes,
    "key_route": lambda stack: [r for r in stack.routes if r.auth == "apiKey"],
    "iam_route": lambda stack: [r for r in stack.routes if r.auth == "iam"],
    "row_route": lambda stack: stack.row_routes,
    "query_route": lambda stack: stack.query_routes,
    "queued_route": lambda stack: stack.queued_routes,
    "split_route": lambda stack: stack.split_routes,
    "choosing_route": lambda stack: [r for r in stack.row_routes if r.target_variant],
    "model_route": lambda stack: [r for r in stack.row_routes if r.model],
    "deciding_route": lambda stack: [r for r in stack.row_routes if not r.target_variant],
    "captured_route": lambda stack: stack.captured_routes,
    "plan": lambda stack: stack.plans,
    "small_plan": lambda stack: [
        plan
        for plan in stack.plans
        if max(plan.burst, plan.rate) <= FEW and plan.quota >= 100 * FEW and plan.route.body
    ],
    "endpoint": lambda stack: stack.endpoints,
    "private_endpoint": lambda stack: [e for e in stack.endpoints if e.private],
    "scaled_variant": lambda stack: stack.scaled_variants,
    "rollback_alarm": lambda stack: stack.rollback_alarms,
    "scaling_alarm": lambda stack: stack.scaling_alarms,
    "bucket": lambda stack: stack.buckets,
    "page": lambda stack: stack.pages,
    "log_group": lambda stack: stack.log_groups,
}
"""What a test can be about, by the name of its argument."""

_NONE = "none"
_STACK = pytest.StashKey[Stack]()
_CALLER = pytest.StashKey[Caller]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--outputs",
        type=Path,
        help="file with the stack's outputs: pulumi stack output --json --show-secrets",
    )
    parser.addoption(
        "--patience",
        type=float,
        default=math.inf,
        help="seconds to wait for anything at the most (default: as long as AWS may take)",
    )


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--outputs", None)
    if path is None:
        return
    try:
        config.stash[_STACK] = stack = read_stack(path)
    except OutputsError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[_CALLER] = Caller(stack)
    Patience.seconds = config.getoption("--patience")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Without a stack there is nothing to test."""
    return None if _STACK in config.stash else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in metafunc.fixturenames:
        if name in SUBJECTS:
            found = SUBJECTS[name](metafunc.config.stash[_STACK])
            metafunc.parametrize(name, found or [None], ids=str if found else [_NONE])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if all(s is not None for s in _subjects(item).values())]


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    """The deployed stack."""
    return pytestconfig.stash[_STACK]


@pytest.fixture(scope="session")
def caller(pytestconfig: pytest.Config) -> Caller:
    """A client of the stack."""
    return pytestconfig.stash[_CALLER]


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Callable[[str], Any]:
    """Gives the boto3 client of a service, made with whatever the environment says."""
    return cache(lambda service: boto3.client(service, region_name=stack.region))


@pytest.fixture(autouse=True)
def _subject(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Leaves in the report what the test was about, for the summary."""
    for subject in _subjects(request.node).values():
        record_property("subject", str(subject))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says what was covered, by route, endpoint, alarm and so on."""
    if _CALLER not in config.stash:
        terminalreporter.write_line("No --outputs: no stack was tested. make acceptance does it.")
        return
    terminalreporter.section("what was covered")
    for subject, checks in sorted(_covered(terminalreporter).items()):
        terminalreporter.write_line(f"{subject}: {', '.join(checks)}")
    missing = [name for name, select in SUBJECTS.items() if not select(config.stash[_STACK])]
    if missing:
        terminalreporter.write_line(f"The stack has no {', '.join(missing).replace('_', ' ')}.")
    for route in config.stash[_STACK].routes:
        if route not in config.stash[_STACK].example_routes:
            terminalreporter.write_line(f"{route} has no example: nothing was predicted.")
    for text in _unseen(config.stash[_STACK]):
        terminalreporter.write_line(text)
    terminalreporter.write_line(f"{config.stash[_CALLER].requests} requests")


def _covered(terminalreporter: Any) -> dict[str, list[str]]:
    """Names of the tests that passed, by what they were about."""
    covered: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("passed"):
        name = report.nodeid.rpartition("::")[2].partition("[")[0].removeprefix("test_")
        for key, subject in report.user_properties:
            checks = covered.setdefault(subject, []) if key == "subject" else []
            if name not in checks:
                checks.append(name)
    return {
        subject: [name.replace("_", " ") for name in names] for subject, names in covered.items()
    }


def _unseen(stack: Stack) -> Iterator[str]:
    """What is too rare to be looked for."""
    for endpoint in stack.endpoints:
        for variant in endpoint.variants:
            if endpoint.share(variant) < LEAST_SHARE:
                yield f"{endpoint}/{variant} answers too few requests to be waited for."
        if endpoint.capture and endpoint.capture["sample"] < LEAST_SHARE * 100:
            yield f"{endpoint} captures too few requests for one to be looked for."


def _subjects(item: Any) -> dict[str, object]:
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params if callspec else {}
    return {name: value for name, value in parameters.items() if name in SUBJECTS}
