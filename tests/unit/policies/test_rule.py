from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.resource import UNKNOWN
from gateway_policies.rule import (
    Control,
    Family,
    Finding,
    Limit,
    Verdict,
    located,
    rule,
    shown,
    some,
    stack_rule,
    unknown,
    violation,
    why,
)
from gateway_policies.rules import RULES

CONTROL = Control(
    id="bucket-versioned",
    title="Buckets keep old versions",
    family=Family.ENCRYPTION,
    severity=Severity.LOW,
    fix="Turn versioning on.",
    url="https://example.com/versioning",
)


def test_a_message_has_path_value_allowed_fix_and_link():
    finding = violation("versioning", seen=shown(None), allowed="true")
    assert finding.message(CONTROL) == (
        "versioning: missing. Allowed: true. Turn versioning on. https://example.com/versioning"
    )


def test_of_a_long_list_the_first_are_named_and_the_others_counted():
    assert some(["a", "b", "a", "c"]) == "a, b, c"
    assert some(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_a_finding_may_know_a_better_fix():
    finding = Finding(Verdict.EXEMPT, "a", "b", "c", fix="Do this.")
    assert finding.message(CONTROL) == "a: b. Allowed: c. Do this. https://example.com/versioning"


def test_an_unknown_value_says_that_the_update_checks_it():
    assert unknown("versioning", allowed="true").message(CONTROL) == (
        "versioning: not known at preview, so not checked before the update. Allowed: true. Make "
        "it a plain value, or name what it refers to, to have it checked at preview. "
        "https://example.com/versioning"
    )


def test_values_are_shown_as_json():
    assert [shown(value) for value in (None, "", True, 3, ["a"])] == [
        "missing",
        '""',
        "true",
        "3",
        '["a"]',
    ]


def test_values_that_json_has_not_are_shown_too():
    assert shown(["a", UNKNOWN, {"b": b"c"}]) == '["a", "not known", {"b": "bytes"}]'


def test_a_finding_of_one_resource_gets_its_urn():
    [found] = located("urn:a", iter([violation("a", seen="b", allowed="c")]))
    assert found == violation("a", seen="b", allowed="c", urn="urn:a")


def test_a_rule_is_made_of_a_function_and_its_docstring_is_the_reason():
    @rule(CONTROL, types=["bucket"])
    def versioned(resource):
        """An overwritten object
        is lost.
        """
        yield from ()

    @stack_rule(CONTROL, limits={"most": Limit(3, "Most buckets")})
    def few(stack, limits):
        """Buckets cost."""
        yield from ()

    assert versioned.is_for("bucket")
    assert not versioned.is_for("queue")
    assert why(versioned) == "An overwritten object is lost."
    assert few.limits["most"].default == 3
    assert why(few) == "Buckets cost."


def test_a_rule_is_mandatory_unless_it_says_otherwise():
    assert CONTROL.level is EnforcementLevel.MANDATORY


def test_every_rule_of_the_pack_tells_its_reason_fix_and_source():
    controls = [rule.control for rule in RULES]
    assert len({control.id for control in controls}) == len(controls)
    assert all(why(rule) for rule in RULES)
    assert all(control.fix.endswith(".") for control in controls)
    assert all(not control.title.endswith(".") for control in controls)
    assert all(control.url.startswith("https://docs.aws.amazon.com/") for control in controls)
