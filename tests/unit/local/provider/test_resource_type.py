import dataclasses

import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from local.provider.errors import ProviderError, is_missing
from local.provider.resource_type import ResourceType
from local.provider.types import RESOURCE_TYPES

ENDPOINT = RESOURCE_TYPES["aws:sagemaker/endpoint:Endpoint"]
ENDPOINT_INPUTS = {"name": "e", "endpointConfigName": "a"}
PLAN = ResourceType(
    pulumi_type="aws:apigateway/usagePlan:UsagePlan",
    service="apigateway",
    create="CreateUsagePlan",
    read="GetUsagePlan",
    delete="DeleteUsagePlan",
    key={},
    generated_key="usagePlanId",
    renames={"throttleSettings": "throttle"},
    outputs={"arn": "links.arn"},
    used=frozenset({"name", "apiStages", "throttleSettings"}),
)
MODEL_ARN = "arn:aws:sagemaker:eu-central-1:123456789012:model/m"
PLAN_INPUTS = {
    "name": "standard",
    "region": "eu-central-1",
    "apiStages": [{"apiId": "a", "stage": "v1"}, {"apiId": "a", "stage": "v2"}],
    "throttleSettings": {"rateLimit": 5, "burstLimit": 10},
}


class FakeAws(Aws):
    """Keeps one record, less the members it is told to drop, and the names of the calls.

    answers: what single operations answer instead; a list is used up one by one.
    """

    def __init__(self, drop=lambda record: record, **answers):
        self.drop = drop
        self.answers = answers
        self.calls = []
        self.record = None
        self.region = "eu-central-1"
        self.gateway_url = "http://127.0.0.1:1"

    def call(self, service, operation, request):
        self.calls.append(operation)
        if operation in self.answers:
            answer = self.answers[operation]
            answer = answer.pop(0) if isinstance(answer, list) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer
        if operation.startswith("Create"):
            self.record = self.drop({**request, "id": "p1"})
        if operation.startswith("Delete"):
            self.record = None
        elif self.record is None:
            raise aws_error("NotFoundException")
        return self.record


def aws_error(code, message="no"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_what_reads_back_as_it_was_sent_is_made():
    aws = FakeAws()
    assert PLAN.make(aws, PLAN_INPUTS) == ("p1", aws.record)
    assert aws.record == {
        "id": "p1",
        "name": "standard",
        "apiStages": [{"apiId": "a", "stage": "v1"}, {"apiId": "a", "stage": "v2"}],
        "throttle": {"rateLimit": 5.0, "burstLimit": 10},
    }


@pytest.mark.parametrize(
    ("dropped", "seen"),
    [
        ({"throttle": None}, "None"),
        ({"throttle": {"rateLimit": 5.0}}, "{'rateLimit': 5.0}"),
        (
            {"throttle": {"rateLimit": 5.0, "burstLimit": 11}},
            "{'rateLimit': 5.0, 'burstLimit': 11}",
        ),
        ({"throttle": "5.0"}, "'5.0'"),
    ],
)
def test_a_member_that_was_dropped_or_changed_is_an_error_that_shows_both(dropped, seen):
    aws = FakeAws(drop=lambda record: {**record, **dropped})
    with pytest.raises(ProviderError) as error:
        PLAN.make(aws, PLAN_INPUTS)
    assert str(error.value) == (
        "CreateUsagePlan: throttle was sent as {'rateLimit': 5.0, 'burstLimit': 10} and reads back "
        f"as {seen}; the local cloud must not drop it"
    )


@pytest.mark.parametrize("stages", [[], [{"apiId": "a", "stage": "v1"}], None])
def test_a_list_that_lost_an_item_is_an_error(stages):
    aws = FakeAws(drop=lambda record: {**record, "apiStages": stages})
    with pytest.raises(ProviderError, match="apiStages was sent as"):
        PLAN.make(aws, PLAN_INPUTS)


def test_members_that_the_service_adds_are_welcome():
    stages = [{"apiId": "a", "stage": stage, "more": 1} for stage in ("v1", "v2")]
    aws = FakeAws(lambda r: {**r, "apiStages": stages, "more": 1})
    assert PLAN.make(aws, PLAN_INPUTS) == ("p1", aws.record)


def test_a_member_that_no_read_returns_is_not_compared():
    kind = dataclasses.replace(PLAN, not_read=frozenset({"throttle"}))
    aws = FakeAws(drop=lambda r: {**r, "throttle": None})
    assert kind.make(aws, PLAN_INPUTS) == ("p1", aws.record)


def test_what_could_not_be_made_as_asked_is_removed_so_that_it_can_be_made_again():
    aws = FakeAws(drop=lambda record: {**record, "throttle": None})
    with pytest.raises(ProviderError):
        PLAN.make(aws, PLAN_INPUTS)
    assert aws.calls == ["CreateUsagePlan", "GetUsagePlan", "DeleteUsagePlan"]
    assert aws.record is None


def test_a_creation_that_left_nothing_is_an_error():
    aws = FakeAws(GetUsagePlan=aws_error("NotFoundException"))
    with pytest.raises(ProviderError, match=r"^CreateUsagePlan: p1 is not there after the call$"):
        PLAN.make(aws, PLAN_INPUTS)


def endpoint(status, **more):
    return {"EndpointName": "e", "EndpointStatus": status, **more}


def waiting():
    """The endpoint's type with a clock that does not run, and the waits it asked for."""
    waits: list[float] = []
    return dataclasses.replace(ENDPOINT, sleep=waits.append), waits


def test_a_creation_is_over_when_the_resource_has_settled():
    states = [endpoint("Creating"), endpoint("SystemUpdating"), endpoint("InService")]
    kind, waits = waiting()
    assert kind.make(FakeAws(DescribeEndpoint=states), ENDPOINT_INPUTS)[0] == "e"
    assert (states, len(waits)) == ([], 2)


def test_a_creation_that_failed_says_why_and_leaves_nothing():
    failed = endpoint("Failed", FailureReason="The container exited with 65.")
    aws = FakeAws(DescribeEndpoint=failed)
    with pytest.raises(ProviderError, match=r"^e is Failed: The container exited with 65\.$"):
        ENDPOINT.make(aws, ENDPOINT_INPUTS)
    assert aws.calls[-1] == "DeleteEndpoint"


def test_a_roll_out_that_is_seen_rolling_back_has_failed_as_upstream():
    states = [endpoint("Updating"), endpoint("RollingBack")]
    aws = FakeAws(DescribeEndpoint=states, UpdateEndpoint={})
    kind, _ = waiting()
    with pytest.raises(ProviderError, match=r"^e is RollingBack: no reason given$"):
        kind.change(aws, "e", ENDPOINT_INPUTS, {**ENDPOINT_INPUTS, "endpointConfigName": "b"})


def test_a_roll_out_that_was_rolled_back_is_a_success_as_upstream():
    old = endpoint("InService", EndpointConfigName="a", FailureReason="it does not ping")
    aws = FakeAws(DescribeEndpoint=old, UpdateEndpoint={})
    ENDPOINT.change(aws, "e", ENDPOINT_INPUTS, {**ENDPOINT_INPUTS, "endpointConfigName": "b"})
    assert aws.calls == ["UpdateEndpoint", "DescribeEndpoint"]


def test_a_change_that_does_not_read_back_is_an_error():
    kind = dataclasses.replace(PLAN, update="UpdateUsagePlan", generated_key="usagePlanId")
    aws = FakeAws(UpdateUsagePlan={})
    kind.make(aws, PLAN_INPUTS)
    kind = _Silent(**{f.name: getattr(kind, f.name) for f in dataclasses.fields(kind)})
    with pytest.raises(ProviderError, match="name was sent as 'gold' and reads back as 'standard'"):
        kind.change(aws, "p1", PLAN_INPUTS, {**PLAN_INPUTS, "name": "gold"})


def test_a_change_of_tags_alone_does_nothing_else():
    kind = RESOURCE_TYPES["aws:sagemaker/endpoint:Endpoint"]
    tags = [{"Key": "team", "Value": "a"}]
    aws = FakeAws(DescribeEndpoint=endpoint("InService"), AddTags={}, ListTags={"Tags": tags})
    aws.answers["DescribeEndpoint"]["EndpointArn"] = MODEL_ARN
    kind.change(aws, "e", ENDPOINT_INPUTS, {**ENDPOINT_INPUTS, "tags": {"team": "a"}})
    assert aws.calls == ["DescribeEndpoint", "AddTags", "ListTags"]


def test_a_request_that_the_model_forbids_is_never_sent():
    kind = dataclasses.replace(ENDPOINT, sleep=lambda seconds: None)
    aws = FakeAws()
    for call in (
        lambda: kind.make(aws, {**ENDPOINT_INPUTS, "name": "bad_name!"}),
        lambda: kind.change(aws, "e", ENDPOINT_INPUTS, {"name": "e", "endpointConfigName": "_"}),
    ):
        with pytest.raises(ProviderError, match="does not match"):
            call()
    assert aws.calls == []


def test_tags_that_were_dropped_at_the_creation_are_an_error():
    aws = FakeAws(DescribeModel={"ModelName": "m", "ModelArn": MODEL_ARN}, ListTags={"Tags": []})
    inputs = {"name": "m", "tags": {"team": "a"}}
    with pytest.raises(ProviderError, match="tags were sent as {'team': 'a'} and read back as {}"):
        RESOURCE_TYPES["aws:sagemaker/model:Model"].make(aws, inputs)
    assert aws.calls == ["CreateModel", "DescribeModel", "ListTags", "DeleteModel"]


class _Silent(ResourceType):
    """Its update changes nothing."""

    def send_change(self, aws, resource_id, old, new):
        aws.call(self.service, self.update, {})


def test_what_is_gone_is_no_record_and_no_error_to_delete():
    aws = FakeAws(DeleteUsagePlan=aws_error("NotFoundException"))
    assert PLAN.look_up(aws, "p1", PLAN_INPUTS) is None
    PLAN.remove(aws, "p1", PLAN_INPUTS)


def test_any_other_error_is_raised():
    denied = aws_error("AccessDeniedException")
    aws = FakeAws(DeleteUsagePlan=denied, GetUsagePlan=denied)
    for call in (PLAN.look_up, PLAN.remove):
        with pytest.raises(ClientError):
            call(aws, "p1", PLAN_INPUTS)


def test_outputs_are_found_in_the_record():
    record = {"links": {"arn": "arn:p"}}
    assert PLAN.attributes(FakeAws(), "p1", record, PLAN_INPUTS) == {"arn": "arn:p"}


@pytest.mark.parametrize(
    ("code", "message", "missing"),
    [
        ("NoSuchBucket", "", True),
        ("NoSuchEntity", "", True),
        ("404", "Not Found", True),
        ("NoSuchTagSet", "", True),
        ("WAFNonexistentItemException", "", True),
        ("ObjectNotFoundException", "", True),
        ("ResourceNotFound", "", True),
        ("ResourceNotFoundException", "", True),
        ("ServerSideEncryptionConfigurationNotFoundError", "", True),
        ("ValidationException", "Could not find endpoint 'e'.", True),
        ("ValidationException", "Cannot update endpoint", False),
        ("AccessDenied", "", False),
    ],
)
def test_errors_of_absence_are_told_from_others(code, message, missing):
    assert is_missing(aws_error(code, message)) is missing
