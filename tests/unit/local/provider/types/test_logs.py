import pytest

from local.aws import Aws
from local.provider.types import RESOURCE_TYPES

GROUP = "aws:cloudwatch/logGroup:LogGroup"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-00000000000{}"


@pytest.fixture
def group(provider, unique):
    inputs = {"name": f"/{unique}", "retentionInDays": 30, "kmsKeyId": KEY.format(1)}
    return provider.make(GROUP, {**inputs, "tags": {"team": "a"}})


def test_a_log_group_lives_and_changes_in_place(group):
    assert group.is_clean()
    group.change(retentionInDays=7, tags={"team": "b"})
    assert group.is_clean()
    group.change(retentionInDays=None)
    assert group.is_clean()
    assert group.goes()


def test_a_retention_that_someone_took_off_shows_as_drift(group, aws):
    aws.call("logs", "DeleteRetentionPolicy", {"logGroupName": group.id})
    inputs, _ = group.refresh()
    assert inputs["retentionInDays"] is None


def test_a_log_group_that_is_to_stay_stays(provider, unique):
    made = provider.make(GROUP, {"name": f"/{unique}", "skipDestroy": True})
    assert not made.goes()


@pytest.mark.parametrize(
    ("key", "call"),
    [
        (KEY.format(2), ("AssociateKmsKey", {"logGroupName": "g", "kmsKeyId": KEY.format(2)})),
        (None, ("DisassociateKmsKey", {"logGroupName": "g"})),
    ],
)
def test_the_key_of_a_log_group_changes_in_place(key, call):
    """moto has neither operation."""
    aws = RecordingAws()
    old = {"name": "g", "kmsKeyId": KEY.format(1)}
    RESOURCE_TYPES[GROUP].send_change(aws, "g", old, {"name": "g", "kmsKeyId": key})
    assert aws.calls == [call]


class RecordingAws(Aws):
    def __init__(self):
        self.calls = []

    def call(self, service, operation, request):
        self.calls.append((operation, request))
        return {}
