import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.advisories import Acceptance, Advice, Advisories
from gateway_policies.message import Message, without
from gateway_policies.rule import Verdict

MESSAGE = Message("versioning", "missing", "true", "Turn it on.", "https://example.com/a")
LINE = "versioning: missing. Allowed: true. Turn it on. https://example.com/a"
ACCEPTANCE = Acceptance("2026-12-31", "ml@example.com", "it holds copies")
PIECES = st.sampled_from(["a", ":", ": ", ".", ". ", " by ", "accepted until ", ";", " "])
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def advice(rule: str) -> Advice:
    return Advice(rule, Verdict.UNKNOWN, MESSAGE)


def reported(advisories: Advisories, subject: str) -> list[tuple[str, str | None]]:
    messages: list[tuple[str, str | None]] = []
    advisories.report(subject, lambda text, urn: messages.append((text, urn)))
    return messages


def test_what_was_kept_is_reported_once_with_the_rule_it_comes_from():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [(advice("rule-1"), None), (advice("rule-1"), "urn:b")])
    advisories.keep("urn:a", "rule-2", [(advice("rule-2"), None)])
    assert reported(advisories, "urn:a") == [
        (f"rule-1: unknown. {LINE}", None),
        (f"rule-1: unknown. {LINE}", "urn:b"),
        (f"rule-2: unknown. {LINE}", None),
    ]
    assert reported(advisories, "urn:a") == []


def test_subjects_are_kept_apart():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [(advice("rule-1"), None)])
    assert reported(advisories, "urn:b") == []


def test_a_second_run_of_a_rule_replaces_the_first():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [(advice("before"), None)])
    advisories.keep("urn:a", "rule-1", [(advice("after"), None)])
    assert reported(advisories, "urn:a") == [(f"after: unknown. {LINE}", None)]


@pytest.mark.parametrize(
    ("why", "line"),
    [
        (Verdict.EXEMPT, f"rule-1: exempt. {LINE}"),
        (
            ACCEPTANCE,
            f"rule-1: accepted until 2026-12-31 by ml@example.com: it holds copies. {LINE}",
        ),
    ],
)
def test_advice_is_one_line_that_is_read_again(why, line):
    said = Advice("rule-1", why, MESSAGE)
    assert str(said) == line
    assert Advice.parse(line) == said


@given(TEXTS, TEXTS)
def test_neither_owner_nor_reason_can_pose_as_a_finding(owner, reason):
    said = Advice("rule-1", Acceptance("2026-12-31", owner, reason), MESSAGE)
    read = Advice.parse(str(said))
    assert read
    assert read == Advice(
        "rule-1",
        Acceptance("2026-12-31", without(without(owner, ": "), ". "), without(reason, ". ")),
        MESSAGE,
    )


@pytest.mark.parametrize("text", ["", LINE, f"rule-1: {LINE}", f"rule-1: sure. {LINE}"])
def test_text_of_another_form_is_no_advice(text):
    assert Advice.parse(text) is None
