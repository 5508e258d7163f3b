"""Each type through its whole life, over the provider and the control plane as they are."""

import hashlib
import json

import grpc
import pytest
from botocore.exceptions import ClientError

from local.provider import wire
from tests.unit.local.control.test_apigateway import mock_document

BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
KMS_KEY = "aws:kms/key:Key"
API = "aws:apigateway/restApi:RestApi"
DEPLOYMENT = "aws:apigateway/deployment:Deployment"
STAGE = "aws:apigateway/stage:Stage"
PLAN = "aws:apigateway/usagePlan:UsagePlan"
API_KEY = "aws:apigateway/apiKey:ApiKey"
PLAN_KEY = "aws:apigateway/usagePlanKey:UsagePlanKey"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
TLS_ONLY = json.dumps({"Version": "2012-10-17", "Statement": []})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
INVOKE = {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*"}


def policy_of(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Resource:
    """One resource, with what the engine would remember of it."""

    def __init__(self, provider, kind, inputs):
        self._provider = provider
        self.kind = kind
        self.inputs, failures = provider.check(kind, inputs)
        assert failures == []
        self.id, self.outputs, _ = provider.create(kind, self.inputs)
        assert self.is_there()

    def is_there(self):
        found, outputs = self._provider.read(self.kind, self.id, self.inputs)
        assert not found or outputs == self.outputs
        return bool(found)

    def update(self, **changes):
        new, failures = self._provider.check(self.kind, {**self.inputs, **changes}, self.inputs)
        assert failures == []
        assert not self._provider.diff(self.kind, self.inputs, new).replaces
        self.outputs, _ = self._provider.update(self.kind, self.id, self.inputs, new, self.outputs)
        self.inputs = new
        assert self.is_there()

    def delete(self):
        """Deletes it twice: what is gone is no error."""
        self._provider.delete(self.kind, self.id, self.inputs)
        self._provider.delete(self.kind, self.id, self.inputs)


@pytest.fixture
def make(provider):
    return lambda kind, **inputs: Resource(provider, kind, inputs)


@pytest.fixture
def bucket(make, unique):
    return make(BUCKET, bucket=unique, forceDestroy=True)


@pytest.fixture
def api(make):
    return make(API, body=json.dumps(mock_document()), endpointConfiguration={"types": "REGIONAL"})


@pytest.fixture
def stage(make, api):
    deployment = make(DEPLOYMENT, restApi=api.id)
    return make(STAGE, restApi=api.id, stageName="v1", deployment=deployment.id)


@pytest.fixture
def file(tmp_path):
    def file(content):
        path = tmp_path / "model.tar.gz"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return {wire.SIGNATURE: wire.ASSET, "hash": digest, "path": str(path)}

    return file


class TestS3:
    def test_a_bucket_says_where_it_is(self, bucket, unique):
        assert bucket.outputs["arn"] == f"arn:aws:s3:::{unique}"
        assert bucket.outputs["bucketRegionalDomainName"] == (
            f"{unique}.s3.eu-central-1.amazonaws.com"
        )
        bucket.delete()
        assert not bucket.is_there()

    def test_only_us_east_1_has_no_location(self, aws, connect, unique):
        connect("us-east-1").create(BUCKET, {"bucket": unique, "region": "us-east-1"})
        assert aws.call("s3", "GetBucketLocation", {"Bucket": unique})["LocationConstraint"] is None

    def test_a_bucket_that_may_be_emptied_goes_with_every_version_in_it(
        self, make, bucket, aws, file
    ):
        make(VERSIONING, bucket=bucket.id, versioningConfiguration={"status": "Enabled"})
        made = make(OBJECT, bucket=bucket.id, key="a/model", source=file(b"one"))
        made.update(source=file(b"two"))
        aws.call("s3", "DeleteObject", {"Bucket": bucket.id, "Key": "a/model"})
        bucket.delete()
        assert not bucket.is_there()

    def test_a_bucket_that_may_not_be_emptied_stays(self, make, unique, file):
        bucket = make(BUCKET, bucket=unique)
        make(OBJECT, bucket=unique, key="a", source=file(b"one"))
        with pytest.raises(grpc.RpcError) as error:
            bucket.delete()
        assert "BucketNotEmpty" in str(error.value.details())

    def test_an_object_is_put_put_again_and_deleted(self, make, bucket, aws, file):
        made = make(
            OBJECT,
            bucket=bucket.id,
            key="a/model",
            source=file(b"one"),
            serverSideEncryption="aws:kms",
            kmsKeyId="arn:aws:kms:eu-central-1:123456789012:key/k",
        )
        address = {"Bucket": bucket.id, "Key": "a/model"}
        assert aws.call("s3", "GetObject", address)["Body"].read() == b"one"
        made.update(source=file(b"two"))
        assert aws.call("s3", "GetObject", address)["Body"].read() == b"two"
        made.delete()
        assert not made.is_there()

    def test_an_object_without_a_file_is_refused_by_name(self, provider):
        _, failures = provider.check(OBJECT, {"bucket": "b", "key": "k", "content": "x"})
        assert failures == [
            ("content", "content: the local cloud knows no member of PutObjectRequest for it")
        ]

    def test_versioning_is_suspended_when_it_is_deleted(self, make, bucket, aws):
        made = make(VERSIONING, bucket=bucket.id, versioningConfiguration={"status": "Enabled"})
        made.delete()
        answer = aws.call("s3", "GetBucketVersioning", {"Bucket": bucket.id})
        assert answer == {"Status": "Suspended"}

    def test_the_settings_of_a_bucket_come_and_go(self, make, bucket):
        encryption = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:::key/k"}
        for kind, inputs in (
            (
                "aws:s3/bucketServerSideEncryptionConfiguration:"
                "BucketServerSideEncryptionConfiguration",
                {
                    "rules": [
                        {
                            "applyServerSideEncryptionByDefault": encryption,
                            "bucketKeyEnabled": True,
                        }
                    ]
                },
            ),
            (
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                {
                    "blockPublicAcls": True,
                    "blockPublicPolicy": True,
                    "ignorePublicAcls": True,
                    "restrictPublicBuckets": True,
                },
            ),
            ("aws:s3/bucketPolicy:BucketPolicy", {"policy": TLS_ONLY}),
        ):
            made = make(kind, bucket=bucket.id, **inputs)
            assert made.id == bucket.id
            made.delete()
            assert not made.is_there()


class TestIam:
    def test_a_role_and_its_policy(self, make, unique):
        role = make("aws:iam/role:Role", name=unique, assumeRolePolicy=TRUST)
        assert role.outputs["arn"] == f"arn:aws:iam::123456789012:role/{unique}"
        policy = make(
            "aws:iam/rolePolicy:RolePolicy", role=unique, name="p", policy=policy_of(INVOKE)
        )
        assert policy.id == f"{unique}:p"
        policy.update(policy=policy_of({**INVOKE, "Effect": "Deny"}))
        for made in (policy, role):
            made.delete()
            assert not made.is_there()


class TestKms:
    def test_a_key_rotates_changes_and_waits_for_its_deletion(self, make, aws):
        key = make(KMS_KEY, description="a", enableKeyRotation=True, policy=TRUST)
        address = {"KeyId": key.id}
        assert aws.call("kms", "GetKeyRotationStatus", address)["KeyRotationEnabled"]
        key.update(description="b", enableKeyRotation=False)
        assert not aws.call("kms", "GetKeyRotationStatus", address)["KeyRotationEnabled"]
        assert aws.call("kms", "DescribeKey", address)["KeyMetadata"]["Description"] == "b"
        key.delete()
        state = aws.call("kms", "DescribeKey", address)["KeyMetadata"]["KeyState"]
        assert state == "PendingDeletion"

    def test_an_alias_moves_to_another_key(self, make, unique):
        first, second = make(KMS_KEY), make(KMS_KEY)
        alias = make("aws:kms/alias:Alias", name=f"alias/{unique}", targetKeyId=first.id)
        assert alias.outputs["arn"].endswith(f":alias/{unique}")
        alias.update(targetKeyId=second.id)
        alias.delete()
        assert not alias.is_there()


class TestLogs:
    def test_a_log_group_keeps_its_lines_as_long_as_it_is_told(self, make, aws, unique):
        group = make(LOG_GROUP, name=f"/{unique}", retentionInDays=7)

        def retention():
            request = {"logGroupNamePrefix": f"/{unique}"}
            [found] = aws.call("logs", "DescribeLogGroups", request)["logGroups"]
            return found.get("retentionInDays")

        assert retention() == 7
        group.update(retentionInDays=30)
        assert retention() == 30
        group.update(retentionInDays=None)
        assert retention() is None
        group.delete()
        assert not group.is_there()

    def test_a_change_that_it_cannot_make_is_an_error(self, make, unique):
        group = make(LOG_GROUP, name=f"/{unique}")
        with pytest.raises(grpc.RpcError) as error:
            group.update(kmsKeyId="arn:aws:kms:eu-central-1:123456789012:key/k")
        assert str(error.value.details()).startswith("CreateLogGroup: kmsKeyId was sent as 'arn:")


class TestApiGateway:
    def test_an_api_changes_its_name_and_its_document(self, api, make, services):
        assert api.outputs["executionArn"] == (
            f"arn:aws:execute-api:eu-central-1:123456789012:{api.id}"
        )
        api.update(name="roses", body=json.dumps(mock_document(status="418")))
        deployment = make(DEPLOYMENT, restApi=api.id, triggers={"document": "x"})
        make(STAGE, restApi=api.id, stageName="v1", deployment=deployment.id)
        _, document = services.api_gateway.stage(api.id, "v1")
        assert document.resources[0].methods["GET"].integration.responses[0].status == 418
        api.delete()
        assert not api.is_there()

    def test_a_stage_says_where_it_answers(self, api, stage, aws):
        assert stage.id == f"ags-{api.id}-v1"
        assert stage.outputs["invokeUrl"] == f"{aws.gateway_url}/{api.id}/v1"
        stage.delete()
        assert not stage.is_there()

    def test_a_stage_moves_logs_and_changes_its_variables(self, api, stage, make, aws):
        moved = make(DEPLOYMENT, restApi=api.id)
        log = {"destinationArn": "arn:aws:logs:x", "format": "$context.requestId"}
        stage.update(deployment=moved.id, accessLogSettings=log, variables={"a": "1", "b": "2"})
        stage.update(variables={"b": "3"}, description="x")
        address = {"restApiId": api.id, "stageName": "v1"}
        found = aws.call("apigateway", "GetStage", address)
        assert found["deploymentId"] == moved.id
        assert found["accessLogSettings"] == log
        assert found["variables"] == {"b": "3"}
        stage.update(accessLogSettings=None)
        assert not aws.call("apigateway", "GetStage", address).get("accessLogSettings")

    def test_a_stage_logs_from_its_creation_on(self, api, make, aws):
        deployment = make(DEPLOYMENT, restApi=api.id)
        log = {"destinationArn": "arn:aws:logs:x", "format": "$context.requestId"}
        common = {"restApi": api.id, "deployment": deployment.id}
        make(STAGE, stageName="v2", accessLogSettings=log, **common)
        found = aws.call("apigateway", "GetStage", {"restApiId": api.id, "stageName": "v2"})
        assert found["accessLogSettings"] == log

    def test_a_plan_changes_its_limits_and_its_stages(self, make, aws):
        plan = make(
            PLAN,
            apiStages=[{"apiId": "a", "stage": "v1"}],
            throttleSettings={"rateLimit": 50, "burstLimit": 100},
            quotaSettings={"limit": 1000, "period": "DAY"},
        )
        plan.update(
            apiStages=[{"apiId": "a", "stage": "v2"}],
            throttleSettings={"rateLimit": 5.5, "burstLimit": 10},
        )
        found = aws.call("apigateway", "GetUsagePlan", {"usagePlanId": plan.id})
        assert found["apiStages"] == [{"apiId": "a", "stage": "v2"}]
        assert found["throttle"] == {"rateLimit": 5.5, "burstLimit": 10}
        assert found["quota"] == {"limit": 1000, "period": "DAY"}
        plan.delete()
        assert not plan.is_there()

    def test_a_key_joins_a_plan(self, make, aws):
        plan, key = make(PLAN), make(API_KEY, enabled=True)
        member = make(PLAN_KEY, usagePlanId=plan.id, keyId=key.id, keyType="API_KEY")
        assert member.outputs["value"] == key.outputs["value"]
        key.update(enabled=False)
        assert not aws.call("apigateway", "GetApiKey", {"apiKey": key.id})["enabled"]
        member.delete()
        key.delete()
        assert not key.is_there()

    def test_a_list_that_no_patch_can_change_is_refused(self, api):
        with pytest.raises(grpc.RpcError) as error:
            api.update(endpointConfiguration={"types": "PRIVATE"})
        message = "Invalid patch path types: only a single value can be replaced"
        assert message in str(error.value.details())


class TestAutoScaling:
    def test_a_target_and_its_policy(self, make, aws):
        key = {
            "serviceNamespace": "sagemaker",
            "resourceId": "endpoint/e/variant/v",
            "scalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        target = make(TARGET, minCapacity=1, maxCapacity=2, **key)
        target.update(maxCapacity=5)
        metric = {"predefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
        tracking = {"targetValue": 1200, "predefinedMetricSpecification": metric}
        policy = make(
            POLICY,
            name="p",
            policyType="TargetTrackingScaling",
            targetTrackingScalingPolicyConfiguration=tracking,
            **key,
        )
        policy.update(targetTrackingScalingPolicyConfiguration={**tracking, "scaleInCooldown": 300})
        for made in (policy, target):
            made.delete()
            assert not made.is_there()


class TestSageMaker:
    CONTAINER = {"image": "ml-gateway:1", "modelDataUrl": "s3://models/forest"}

    @pytest.fixture
    def configuration(self, make):
        role = "arn:aws:iam::123456789012:role/execution"
        model = make(
            "aws:sagemaker/model:Model", executionRoleArn=role, primaryContainer=self.CONTAINER
        )
        variant = {
            "variantName": "forest",
            "modelName": model.id,
            "instanceType": "ml.m5.large",
            "initialInstanceCount": 1,
            "initialVariantWeight": 9,
        }
        return lambda: make(
            "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
            kmsKeyArn="arn:aws:kms:eu-central-1:123456789012:key/k",
            productionVariants=[variant],
        )

    def test_an_endpoint_moves_to_another_configuration(self, make, configuration, runtime):
        first, second = configuration(), configuration()
        kind = "aws:sagemaker/endpoint:Endpoint"
        endpoint = make(kind, name="iris", endpointConfigName=first.id)
        assert endpoint.outputs["arn"].endswith(":endpoint/iris")
        endpoint.update(endpointConfigName=second.id)
        for made in (endpoint, first, second):
            made.delete()
            assert not made.is_there()
        assert runtime.fleets == {}

    def test_an_endpoint_that_cannot_start_is_made_again_by_the_next_up(
        self, make, configuration, runtime, aws
    ):
        runtime.break_model("s3://models/forest", "it does not ping")
        kind, config = "aws:sagemaker/endpoint:Endpoint", configuration().id
        with pytest.raises(grpc.RpcError) as error:
            make(kind, name="iris", endpointConfigName=config)
        assert error.value.details() == "iris failed: it does not ping"
        with pytest.raises(ClientError, match="Could not find endpoint 'iris'"):
            aws.call("sagemaker", "DescribeEndpoint", {"EndpointName": "iris"})
        runtime.broken.clear()
        assert make(kind, name="iris", endpointConfigName=config).is_there()
