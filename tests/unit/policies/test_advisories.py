from gateway_policies.advisories import Advisories, Message


def reported(advisories: Advisories, subject: str) -> list[Message]:
    messages: list[Message] = []
    advisories.report(subject, lambda text, urn: messages.append((text, urn)))
    return messages


def test_what_was_kept_is_reported_once_with_the_rule_it_comes_from():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [("one", None), ("two", "urn:b")])
    advisories.keep("urn:a", "rule-2", [("three", None)])
    assert reported(advisories, "urn:a") == [
        ("rule-1: one", None),
        ("rule-1: two", "urn:b"),
        ("rule-2: three", None),
    ]
    assert reported(advisories, "urn:a") == []


def test_subjects_are_kept_apart():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [("one", None)])
    assert reported(advisories, "urn:b") == []


def test_a_second_run_of_a_rule_replaces_the_first():
    advisories = Advisories()
    advisories.keep("urn:a", "rule-1", [("before", None)])
    advisories.keep("urn:a", "rule-1", [("after", None)])
    assert reported(advisories, "urn:a") == [("rule-1: after", None)]
