"""Schemathesis on the OpenAPI document, against the stack as it is deployed on this machine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from bench.environments import environment
from tests.fuzz.budget import seconds
from tests.stack.conftest import REPOSITORY, LocalCloud, project_with

CHECKS = (
    *("fails_only_for_a_while", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
)

# TRACE, which the local gateway's HTTP server does not know, it answers with 501.
CONFIG = """
[phases.coverage]
unexpected-methods = ["get", "put", "post", "delete", "options", "patch"]
"""
OWN_CHECK = Path(__file__).with_name("gateway_checks.py")


def unlimited_with_a_get_route() -> dict[str, Any]:
    """The local stack's gateway, with both kinds of routes, and a plan that refuses nothing."""
    settings = yaml.safe_load((REPOSITORY / "Pulumi.local.yaml").read_text())
    direct: dict[str, Any] = settings["config"]["ml-gateway:direct"]
    direct["routes"]["/lookup"] = {"endpoint": "iris", "query": ["a", "b", "c", "d"]}
    direct["throttle"] = {"rate": "5000/s", "burst": 5000}
    for plan in direct["plans"].values():
        plan |= {"throttle": {"rate": "5000/s", "burst": 5000}, "quota": "100000000/day"}
    return {"ml-gateway:direct": direct}


def document_with_examples(project: Path, routes: list[dict[str, Any]]) -> dict[str, Any]:
    """The gateway's document. Of rows it says nothing: what right ones are, examples tell."""
    command = [sys.executable, "-m", "components.openapi"]
    printed = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
    document: dict[str, Any] = json.loads(printed.stdout)
    for route in routes:
        path = "/" + route["url"].rpartition("/")[2]
        for operation in document["paths"][path].values():
            if route["body"]:
                operation["requestBody"]["content"]["application/json"]["example"] = route["body"]
            for parameter in operation["parameters"]:
                if parameter["in"] == "query":
                    parameter["example"] = str(route["query"][parameter["name"]])
    return document


def test_the_gateway_answers_as_its_document_says(tmp_path: Path):
    project = project_with(tmp_path / "project", unlimited_with_a_get_route())
    cloud = LocalCloud(tmp_path / "home")
    try:
        up = cloud.up(folder=project)
        assert up.returncode == 0, up.stdout
        routes = json.loads(cloud.run("routes").stdout)
        (tmp_path / "schemathesis.toml").write_text(CONFIG)
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(document_with_examples(project, routes)))
        done = subprocess.run(
            [
                *(environment("schemathesis") / "schemathesis", "--no-color", "run", document),
                *("--url", routes[0]["url"].rpartition("/")[0]),
                *("--header", f"x-api-key: {routes[0]['headers']['x-api-key']}"),
                *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
                *("--max-time", str(int(seconds("gateway"))), "--request-timeout", "35"),
                *("--suppress-health-check", "all", "--generation-database", "none"),
            ],
            cwd=tmp_path,
            env={
                "PATH": "",
                "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("gateway_checks.py")),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        cloud.run("down")
