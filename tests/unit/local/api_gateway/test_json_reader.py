import pytest

from local.api_gateway.json_reader import DocumentError, Node, required


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda n: n["text"].members(), 'root.text: "x" is not supported. Supported: an object.'),
        (lambda n: n["text"].items(), 'root.text: "x" is not supported. Supported: a list.'),
        (lambda n: n["list"].text(), "root.list: [true] is not supported. Supported: a string."),
        (
            lambda n: n["text"].one_of(("a", "b")),
            'root.text: "x" is not supported. Supported: a or b.',
        ),
        (
            lambda n: n["list"].items()[0].integer(1, 5),
            "root.list[0]: true is not supported. Supported: a whole number, 1 to 5.",
        ),
        (
            lambda n: n["text"].integer(1, 5),
            'root.text: "x" is not supported. Supported: a whole number, 1 to 5.',
        ),
        (
            lambda n: n["a b"].members_of(("d",)),
            'root["a b"].c: 1 is not supported. Supported: the keys d.',
        ),
        (
            lambda n: required(n, "gone", Node("root", {}), "a thing"),
            "root.gone: null is not supported. Supported: a thing.",
        ),
        (
            lambda n: n["list"].items()[0].number(),
            "root.list[0]: true is not supported. Supported: a number.",
        ),
        (
            lambda n: n["text"].boolean(),
            'root.text: "x" is not supported. Supported: true or false.',
        ),
        (
            lambda n: n["long"].integer(1, 2),
            f'root.long: "{"y" * 76}... is not supported. Supported: a whole number, 1 to 2.',
        ),
    ],
)
def test_a_refusal_names_path_value_and_what_is_supported(read, message):
    value = {"text": "x", "list": [True], "a b": {"c": 1}, "long": "y" * 200}
    with pytest.raises(DocumentError) as refusal:
        read(Node("root", value).members())
    assert str(refusal.value) == message


@pytest.mark.parametrize(("value", "number"), [(5, 5), ("5", 5), ("05", 5)])
def test_a_whole_number_may_be_written_as_digits(value, number):
    assert Node("n", value).integer(1, 5) == number


def test_a_word_is_read_whatever_its_case():
    assert Node("n", "when_NO_match").one_of(("WHEN_NO_MATCH",)) == "WHEN_NO_MATCH"
