import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from local.provider import wire


@pytest.fixture
def invoke(provider):
    def invoke(token, **args):
        request = pb.InvokeRequest(tok=token, args=wire.encode(args))
        return wire.decode(getattr(provider.stub.Invoke(request), "return"))[0]

    return invoke


def test_the_caller_is_of_the_local_account(invoke):
    identity = invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert identity["accountId"] == identity["id"] == "123456789012"
    assert identity["arn"].startswith("arn:aws:sts::123456789012:")


@pytest.mark.parametrize(
    ("args", "region"), [({}, "eu-central-1"), ({"region": "eu-west-1"}, "eu-west-1")]
)
def test_the_region_is_the_providers_or_the_one_asked_for(invoke, args, region):
    assert invoke("aws:index/getRegion:getRegion", **args) == {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
    }


def test_the_partition_is_the_commercial_one(invoke):
    assert invoke("aws:index/getPartition:getPartition") == {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
    }
