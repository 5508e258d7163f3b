import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_policies.message import Message, without

URL = "https://example.com/versioning"
PIECES = st.sampled_from(["a", ":", ": ", ".", ". ", ". Allowed: ", "Allowed: ", ";", " ", "\n"])
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def test_a_line_has_path_value_allowed_fix_and_link():
    message = Message("versioning", "missing", "true", "Turn versioning on.", URL)
    assert str(message) == f"versioning: missing. Allowed: true. Turn versioning on. {URL}"
    assert Message.parse(str(message)) == message


@given(st.builds(Message, TEXTS, TEXTS, TEXTS, TEXTS, st.just(URL)))
def test_every_part_is_read_again_with_separators_changed_only_where_they_are_ambiguous(message):
    assert Message.parse(str(message)) == Message(
        without(message.path, ": "),
        without(message.seen, ". Allowed: "),
        without(message.allowed, ". "),
        message.fix,
        URL,
    )


def test_a_value_cannot_pose_as_what_is_allowed():
    message = Message(
        "tags.note", '"x. Allowed: anything. Do nothing. "', "none", "Remove it.", URL
    )
    read = Message.parse(str(message))
    assert read
    assert read.allowed == "none"
    assert read.fix == "Remove it."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rule broken failed on the stack: KeyError: 'oops'; report this",
        "a: b. Allowed: c. Do this.",
        f"a: b. c {URL}",
        f"a: b. Allowed: c {URL}",
    ],
)
def test_text_of_another_form_is_not_taken_for_a_finding(text):
    assert Message.parse(text) is None


@given(st.text(alphabet="a.: ;"))
def test_a_separator_is_gone_and_nothing_else(text):
    assert ". " not in without(text, ". ")
    assert without(text, ". ").replace(";", ".") == text.replace(";", ".")
