import pytest

from local.control.records import Records
from local.control.service import AwsError


@pytest.fixture
def records():
    return Records("stage", missing="NotFoundException", taken="ConflictException")


def test_what_is_kept_is_a_copy(records):
    record = {"variables": {"a": "1"}}
    records.create(["api", "v1"], record)
    record["variables"]["a"] = "2"
    records.get(["api", "v1"])["variables"]["a"] = "3"
    for _, found in records:
        found["variables"]["a"] = "4"
    assert records.get(["api", "v1"]) == {"variables": {"a": "1"}}


def test_an_update_changes_only_the_members_named(records):
    records.create(["k"], {"a": 1, "b": 2})
    records.update(["k"], {"b": 3})
    assert records.get(["k"]) == {"a": 1, "b": 3}


def test_a_put_adds_and_then_changes(records):
    records.put(["k"], {"a": 1})
    records.put(["k"], {"b": 2})
    assert list(records) == [(("k",), {"a": 1, "b": 2})]


def test_a_key_is_taken_once(records):
    records.create(["api", "v1"], {})
    with pytest.raises(AwsError, match="^Cannot create already existing stage 'api/v1'$") as error:
        records.create(["api", "v1"], {})
    assert error.value.code == "ConflictException"


@pytest.mark.parametrize(
    "act",
    [
        lambda records: records.get(["api", "v1"]),
        lambda records: records.update(["api", "v1"], {}),
        lambda records: records.delete(["api", "v1"]),
    ],
)
def test_what_is_not_there_is_an_error_of_aws(records, act):
    with pytest.raises(AwsError, match="^Could not find stage 'api/v1'.$") as error:
        act(records)
    assert error.value.code == "NotFoundException"


def test_a_deleted_key_is_free_again(records):
    records.create(["k"], {})
    records.delete(["k"])
    records.create(["k"], {"a": 1})
    assert records.get(["k"]) == {"a": 1}


def test_what_may_be_missing_is_found_as_a_copy(records):
    assert records.find(["k"]) is None
    records.create(["k"], {"a": {"b": 1}})
    records.find(["k"])["a"]["b"] = 2
    assert records.find(["k"]) == {"a": {"b": 1}}


def test_messages_name_a_record_as_the_service_does():
    models = Records("model", "Missing", "Taken", shown=lambda name: f'"arn:model/{name}"')
    with pytest.raises(AwsError, match='^Could not find model "arn:model/a".$'):
        models.get(["a"])
    models.create(["a"], {})
    with pytest.raises(AwsError, match='^Cannot create already existing model "arn:model/a"$'):
        models.create(["a"], {})
