import pytest

from gateway_policies.advisories import Acceptance, Advice
from gateway_policies.message import Message
from gateway_policies.report.events import read
from gateway_policies.report.findings import Effect, ReportedFinding, costs, findings
from gateway_policies.rule import Verdict
from tests.unit.policies.report.recorded import ENDPOINT, LOG, STAGE, log_of, said

MESSAGE = Message("acl", "missing", "private", "Set it.", "https://example.com/acl")
URN = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b"
ACCEPTANCE = Acceptance("2026-12-31", "ml@example.com", "it holds copies")


def found(*events) -> list[ReportedFinding]:
    return list(findings(read(log_of(*events))))


def test_a_recorded_preview_has_one_violation_three_warnings_and_one_exception():
    recorded = findings(read(LOG.read_text()))
    assert [(one.effect, one.rule, one.severity) for one in recorded] == [
        (Effect.VIOLATION, "variant-bounded", "high"),
        (Effect.WARNING, "endpoint-instances", "low"),
        (Effect.WARNING, "endpoint-rollback", "low"),
        (Effect.WARNING, "model-vpc", "low"),
        (Effect.ACCEPTED, "api-waf", ""),
    ]
    assert recorded[0].urn == ENDPOINT
    assert recorded[-1].urn == STAGE
    assert recorded[-1].acceptance == Acceptance(
        "2027-01-31", "ml@example.com", "only reachable from this machine"
    )


def test_a_finding_has_the_parts_of_its_message():
    assert found(said("a-rule", str(MESSAGE), URN)) == [
        ReportedFinding(Effect.VIOLATION, "a-rule", URN, "", MESSAGE)
    ]


def test_the_path_leaves_out_the_resource_which_is_named_already():
    message = Message(f"{URN} variant a", "12", "1..10", "Less.", "https://example.com/")
    [finding] = found(said("a-rule", str(message), URN))
    assert finding.path == "variant a"


@pytest.mark.parametrize("policy", ["resource-advisories", "stack-advisories"])
@pytest.mark.parametrize(
    ("why", "effect"),
    [
        (Verdict.UNKNOWN, Effect.UNKNOWN),
        (Verdict.EXEMPT, Effect.EXEMPT),
        (Verdict.VIOLATION, Effect.WARNING),
        (ACCEPTANCE, Effect.ACCEPTED),
    ],
)
def test_advice_is_of_the_rule_that_gave_it(policy, why, effect):
    [finding] = found(said(policy, str(Advice("a-rule", why, MESSAGE)), URN, "advisory"))
    assert (finding.effect, finding.rule, finding.what) == (effect, "a-rule", MESSAGE)
    assert finding.acceptance == (ACCEPTANCE if why is ACCEPTANCE else None)


@pytest.mark.parametrize(
    ("policy", "level", "effect"),
    [
        ("exceptions-in-force", "mandatory", Effect.VIOLATION),
        ("a-rule", "remediate", Effect.VIOLATION),
        ("a-rule", "advisory", Effect.WARNING),
        ("resource-advisories", "advisory", Effect.WARNING),
    ],
)
def test_words_of_another_form_are_shown_as_they_are(policy, level, effect):
    [finding] = found(said(policy, "nothing needs it. Remove it.", level=level))
    assert (finding.effect, finding.rule, finding.what) == (
        effect,
        policy,
        "nothing needs it. Remove it.",
    )
    assert (finding.path, finding.urn) == ("", None)


def test_a_policy_that_says_nothing_more_is_shown_by_its_description():
    event = said("other", "")["policyEvent"] | {"message": "Buckets are private"}
    [finding] = found({"policyEvent": event})
    assert finding.what == "Buckets are private"


NAMES = ["monthly-cost", "resource-advisories", "stack-advisories"]
ADVICE = str(Advice("a-rule", Verdict.UNKNOWN, MESSAGE))


@pytest.mark.parametrize("policy", NAMES)
@pytest.mark.parametrize(
    ("level", "pack", "effect"),
    [
        ("mandatory", "theirs", Effect.VIOLATION),
        ("advisory", "theirs", Effect.WARNING),
        ("mandatory", "ml-gateway", Effect.VIOLATION),
    ],
)
def test_what_bears_the_name_of_a_report_and_blocks_or_is_of_another_pack_is_a_finding(
    policy, level, pack, effect
):
    event = said(policy, ADVICE, URN, level, pack)
    [finding] = found(event)
    assert (finding.effect, finding.rule) == (effect, policy)
    assert costs(read(log_of(event))) == []


def test_the_worst_comes_first():
    rules = ("b", ""), ("a", ""), ("c", "low"), ("d", "critical"), ("e", "dreadful")
    events = [
        {"policyEvent": said(rule, "words")["policyEvent"] | {"severity": severity}}
        for rule, severity in rules
    ]
    assert [one.rule for one in found(*events)] == ["d", "c", "a", "b", "e"]
    warning = said("f", "words", level="advisory")["policyEvent"] | {"severity": "critical"}
    assert found({"policyEvent": warning}, said("g", "words"))[0].rule == "g"


def test_the_costs_are_a_table_and_no_finding():
    table = "\n| component | USD |\n|---|---|\n| iris | 84.00 |"
    log = read(log_of(said("monthly-cost", table, level="advisory")))
    assert costs(log) == ["| component | USD |\n|---|---|\n| iris | 84.00 |"]
    assert findings(log) == []
