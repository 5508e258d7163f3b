import json

import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider import wire
from local.provider.errors import ProviderError
from local.provider.tags import Tagging, WholeTagging, default_tags, merged

ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model/iris"
LISTED = Tagging(
    service="sagemaker",
    tag="AddTags",
    untag="DeleteTags",
    read="ListTags",
    address={"ResourceArn": "arn"},
)
MAPPED = Tagging(
    service="apigateway",
    tag="TagResource",
    untag="UntagResource",
    read="GetTags",
    address={"resourceArn": "arn"},
    pair=None,
    create="tags",
    member="tags",
    keys="tagKeys",
    found="tags",
)
WHOLE = WholeTagging(
    service="s3",
    tag="PutBucketTagging",
    untag="DeleteBucketTagging",
    read="GetBucketTagging",
    address={"Bucket": "bucket"},
)
NAMES = {"arn": ARN, "bucket": "b"}


class FakeAws(Aws):
    """Keeps the calls; answers one thing, or raises it."""

    def __init__(self, answer=None):
        self.answer = answer or {}
        self.calls = []

    def call(self, service, operation, request):
        self.calls.append((operation, request))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def pairs(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.mark.parametrize(
    ("tagging", "sent"),
    [(LISTED, {"Tags": pairs(team="a")}), (MAPPED, {"tags": {"team": "a"}}), (WHOLE, {})],
)
def test_create_takes_tags_as_the_service_has_it(tagging, sent):
    assert tagging.at_create({"team": "a"}) == sent
    assert tagging.at_create({}) == {}


@pytest.mark.parametrize(
    ("tagging", "answer"),
    [
        (LISTED, {"Tags": pairs(team="a", **{"aws:stack": "s"})}),
        (MAPPED, {"tags": {"team": "a", "aws:stack": "s"}}),
        (WHOLE, {"TagSet": pairs(team="a")}),
    ],
)
def test_tags_are_read_without_those_of_aws(tagging, answer):
    assert tagging.current(FakeAws(answer), NAMES) == {"team": "a"}
    assert tagging.current(FakeAws({}), NAMES) == {}


def test_a_bucket_without_tags_has_none():
    error = ClientError({"Error": {"Code": "NoSuchTagSet", "Message": ""}}, "GetBucketTagging")
    assert WHOLE.current(FakeAws(error), NAMES) == {}
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetBucketTagging")
    with pytest.raises(ClientError):
        WHOLE.current(FakeAws(denied), NAMES)


@pytest.mark.parametrize(
    ("tagging", "old", "new", "calls"),
    [
        (LISTED, {"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "3"}, [
            ("DeleteTags", {"ResourceArn": ARN, "TagKeys": ["c"]}),
            ("AddTags", {"ResourceArn": ARN, "Tags": pairs(b="2", d="3")}),
        ]),
        (MAPPED, {"a": "1"}, {"b": "1"}, [
            ("UntagResource", {"resourceArn": ARN, "tagKeys": ["a"]}),
            ("TagResource", {"resourceArn": ARN, "tags": {"b": "1"}}),
        ]),
        (MAPPED, {"a": "1"}, {"a": "1"}, []),
        (WHOLE, {"a": "1"}, {"a": "1", "b": "1"}, [
            ("PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": pairs(a="1", b="1")}}),
        ]),
        (WHOLE, {"a": "1"}, {}, [("DeleteBucketTagging", {"Bucket": "b"})]),
    ],
)  # fmt: skip
def test_only_what_changed_is_sent(tagging, old, new, calls):
    aws = FakeAws()
    tagging.change(aws, NAMES, old, new)
    assert aws.calls == calls


def test_a_tag_that_the_api_forbids_is_not_sent():
    aws = FakeAws()
    with pytest.raises(ProviderError, match=r"AddTags.Tags\[0\].Value: 257 characters are over"):
        LISTED.change(aws, NAMES, {}, {"team": "a" * 257})
    assert aws.calls == []


def test_a_tag_that_was_dropped_is_an_error():
    LISTED.check(FakeAws({"Tags": pairs(team="a")}), NAMES, {"team": "a"})
    with pytest.raises(ProviderError) as error:
        LISTED.check(FakeAws({"Tags": []}), NAMES, {"team": "a"})
    assert str(error.value) == (
        "AddTags: tags were sent as {'team': 'a'} and read back as {}; "
        "the local cloud must not drop them"
    )


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        (json.dumps({"tags": {"team": "a"}}), {"team": "a"}),
        ({"tags": {"team": "a"}}, {"team": "a"}),
        ({}, {}),
        (None, {}),
        (wire.UNKNOWN, wire.UNKNOWN),
        (json.dumps({"tags": {"team": wire.UNKNOWN}}), wire.UNKNOWN),
    ],
)
def test_default_tags_are_found_in_a_providers_configuration(given, tags):
    assert default_tags({"defaultTags": given}) == tags


@pytest.mark.parametrize(
    ("defaults", "tags", "all_tags"),
    [
        ({"team": "a", "cost": "1"}, {"team": "b"}, {"team": "b", "cost": "1"}),
        ({"team": "a"}, None, {"team": "a"}),
        ({}, {"team": "a"}, {"team": "a"}),
        ({"team": "a"}, wire.UNKNOWN, wire.UNKNOWN),
        (wire.UNKNOWN, {"team": "a"}, wire.UNKNOWN),
    ],
)
def test_a_resources_own_tags_win(defaults, tags, all_tags):
    assert merged(defaults, tags) == all_tags
