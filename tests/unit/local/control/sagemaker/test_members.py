import pytest

from local.control.sagemaker.members import members
from local.control.service import AwsError

LAMPS = members("lamps", needed="Name Socket", taken="Colour", only={"Shape": "round"})


def refusal(given):
    with pytest.raises(AwsError) as error:
        LAMPS.check(given)
    assert error.value.code == "ValidationException"
    return error.value.message


def test_what_is_needed_and_taken_passes():
    LAMPS.check({"Name": "a", "Socket": "b", "Colour": "red", "Shape": "round"})
    LAMPS.check({"Name": "a", "Socket": "b"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Colour": "red"}, "the local cloud needs Name, Socket of lamps"),
        (
            {"Name": "a", "Socket": "b", "Smell": 1, "Age": 2},
            "the local cloud does not have Age, Smell of lamps",
        ),
        (
            {"Name": "a", "Socket": "b", "Shape": "square"},
            "the local cloud does not have Shape square of lamps. Allowed: round.",
        ),
    ],
)
def test_anything_else_is_refused_by_name(given, message):
    assert refusal(given) == message
