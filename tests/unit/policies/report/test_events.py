import json

import pytest

from gateway_policies.report.events import Change, EventLogError, Property, read
from tests.unit.policies.report.recorded import ENDPOINT, LOG, log_of, said, step

RECORDED = read(LOG.read_text())
BUCKET = "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::b"
URN = "urn:pulumi:dev::shop::{}::x"


def operations(text: str) -> list[str]:
    return [change.operation for change in read(text).changes]


def test_what_the_engine_would_do_is_told_once_for_each_resource_and_losses_come_first():
    assert [(one.operation, one.urn.rpartition("::")[2]) for one in RECORDED.changes] == [
        ("replace", "iris-forest-scaling-in"),
        ("replace", "iris-forest-scaling"),
        ("delete", "direct-newcomer"),
        ("delete", "ml-gateway-local-iris-7e025"),
        ("update", "iris"),
        ("create", "direct-analyst"),
        ("create", "ml-gateway-local-iris-75d05"),
    ]
    assert RECORDED.unchanged == 2


def test_properties_that_change_are_named_and_those_that_replace_are_told_apart():
    by_name = {one.urn: one.properties for one in RECORDED.changes}
    assert by_name[ENDPOINT] == [Property("endpointConfigName", replaces=False)]
    detailed = {"b": {"diffKind": "update-replace"}, "a[0].c": {"diffKind": "add"}}
    [change] = read(log_of(step("replace", BUCKET, detailedDiff=detailed, diffs=["b"]))).changes
    assert change.properties == [Property("a[0].c", False), Property("b", True)]


def test_a_provider_without_detailed_differences_names_keys():
    change = step("update", BUCKET, diffs=["tags", "bucket"], keys=["bucket"], detailedDiff=None)
    assert read(log_of(change)).changes == [
        Change("update", BUCKET, [Property("bucket", True), Property("tags", False)])
    ]


def test_no_value_of_a_property_is_kept():
    assert "ml-gateway-local-newcomer" in LOG.read_text()
    assert "ml-gateway-local-newcomer" not in str(RECORDED)
    secret = {"inputs": {"password": "hunter2"}, "custom": True}
    assert "hunter2" not in str(read(log_of(step("create", BUCKET, new=secret))))


@pytest.mark.parametrize(
    ("steps", "operation"),
    [
        (["create-replacement", "replace", "delete-replaced"], ["replace"]),
        (["delete", "create"], ["delete"]),
        (["import-replacement"], ["replace"]),
        (["import"], ["import"]),
        (["read"], []),
        (["same"], []),
        (["refresh", "same"], []),
        (["teleport", "delete"], ["teleport"]),
    ],
)
def test_of_several_steps_the_one_to_heed_most_is_told_also_one_that_is_not_known(steps, operation):
    assert operations(log_of(*(step(one, BUCKET) for one in steps))) == operation


def test_components_and_providers_are_no_resources_of_the_account():
    component = step("create", URN.format("shop:index:Cart"), new={"urn": "x"})
    provider = step("create", URN.format("pulumi:providers:aws"))
    assert read(log_of(component, provider)).changes == []


def test_a_deleted_resource_is_known_by_what_it_was():
    gone = step("delete", BUCKET, old={"urn": BUCKET, "custom": True}, new=None)
    assert operations(log_of(gone)) == ["delete"]


def test_a_policy_says_its_description_and_then_its_message():
    [event] = read(log_of(said("a-rule", "first\nsecond", BUCKET))).policy_events
    assert (event.policy, event.pack, event.mandatory) == ("a-rule", "ml-gateway", True)
    assert (event.description, event.message) == ("What it demands. Why.", "first\nsecond")
    assert event.urn == BUCKET


def test_the_engines_colours_are_no_text():
    coloured = {
        "policyEvent": {
            **said("a-rule", "")["policyEvent"],
            "message": "<{%fg 13%}>Why.\nseen<{%reset%}>\n",
        }
    }
    [event] = read(log_of(coloured)).policy_events
    assert (event.description, event.message) == ("Why.", "seen")


def test_only_a_line_feed_ends_a_line():
    event = said("a-rule", "one\x85two\u2028three")["policyEvent"]
    text = json.dumps({"policyEvent": event}, ensure_ascii=False) + "\n" + log_of()
    assert read(text).policy_events[0].message == "one\x85two\u2028three"


def test_what_is_reported_twice_is_told_once():
    assert len(read(log_of(said("a", "b"), said("a", "b"))).policy_events) == 1


def test_errors_and_what_the_program_printed_are_kept_and_other_talk_is_not():
    talk = [
        {"diagnosticEvent": {"severity": severity, "message": f"{severity}\n", "prefix": "p: "}}
        for severity in ("debug", "info", "info#err", "warning", "error")
    ]
    log = read(log_of(*talk, succeeded=False))
    assert (log.errors, log.printed) == (["error"], ["info#err"])


def test_the_end_says_whether_it_succeeded_and_who_has_judged_it():
    assert RECORDED.packs == {"ml-gateway": "0.1.0"}
    assert RECORDED.judged
    assert not RECORDED.succeeded
    assert read(log_of()).succeeded
    assert not read(log_of(judged=False)).judged


@pytest.mark.parametrize(
    ("packs", "judged"),
    [
        (["theirs"], False),
        (["theirs", "ml-gateway"], True),
        (["ml-gateway", "theirs"], True),
        (["ml-gateway|local|/pack"], True),
    ],
)
def test_a_stack_is_judged_only_where_this_pack_has_seen_it(packs, judged):
    events = [{"policyAnalyzeStackSummaryEvent": {"policyPackName": pack}} for pack in packs]
    assert read(log_of(*events, judged=False)).judged is judged


def test_an_event_of_a_kind_that_is_not_known_is_let_be():
    assert read(log_of({"weatherEvent": {"rain": True}})) == read(log_of())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "it is no JSON (Expecting property name enclosed in double quotes: line 1 column 2 "
         "(char 1))"),
        ("[]", "it is [], and not an object"),
        ('{"policyEvent": 3}', "policyEvent is 3, and not an object"),
        ('{"policyEvent": {"policyName": null}}', "message is null, and not a text"),
        ('{"resourcePreEvent": {}}', "metadata is null, and not an object"),
        ('{"resourcePreEvent": {"metadata": {"new": {"custom": true}}}}', "type is null, and not a "
         "text"),
        ('{"resourcePreEvent": {"metadata": {"new": {"custom": true}, "type": "a", "urn": "b", '
         '"op": "update", "diffs": {}}}}', "diffs is {}, and not a list"),
        ('{"resourcePreEvent": {"metadata": {"new": {"custom": true}, "type": "a", "urn": "b", '
         '"op": "update", "detailedDiff": {"x": 1}}}}', "detailedDiff is 1, and not an object"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named_with_what_is_wrong(line, message):
    with pytest.raises(EventLogError) as error:
        read(f'{{"cancelEvent": {{}}}}\n\n{line}\n')
    assert str(error.value) == (
        f"line 3 is no event of the engine: {message}. Run the preview again."
    )


def test_a_log_that_ends_too_early_is_not_taken_for_a_preview():
    with pytest.raises(EventLogError, match=r"ends before the preview did\. Run the preview again"):
        read('{"cancelEvent": {}}\n')
    with pytest.raises(EventLogError):
        read("")
