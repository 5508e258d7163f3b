import pytest

ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/first"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/k"
VARIANT = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
    "InitialVariantWeight": 9.0,
}
SERVERLESS = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 20,
    "DestinationS3Uri": "s3://data/captured",
    "KmsKeyId": KEY,
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
}
ASYNC = {
    "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
    "OutputConfig": {"S3OutputPath": "s3://data/results", "KmsKeyId": KEY},
}


@pytest.mark.parametrize(
    "form",
    [
        {"ProductionVariants": [VARIANT], "KmsKeyId": KEY},
        {"ProductionVariants": [VARIANT, {**VARIANT, "VariantName": "b"}]},
        {"ProductionVariants": [VARIANT], "DataCaptureConfig": CAPTURE},
        {"ProductionVariants": [VARIANT], "AsyncInferenceConfig": ASYNC},
        {"ProductionVariants": [SERVERLESS]},
        {
            "ProductionVariants": [VARIANT],
            "ShadowProductionVariants": [{**VARIANT, "VariantName": "shadow"}],
        },
        {
            "ProductionVariants": [
                {
                    **VARIANT,
                    "VolumeSizeInGB": 8,
                    "ModelDataDownloadTimeoutInSeconds": 60,
                    "ContainerStartupHealthCheckTimeoutInSeconds": 60,
                }
            ]
        },
    ],
)
def test_a_configuration_reads_back_whole_in_every_form(configure, sagemaker, now, form):
    configure("other")  # and with it its models
    tags = [{"Key": "team", "Value": "a"}]
    sagemaker.create_endpoint_config(EndpointConfigName="first", **form, Tags=tags)
    found = sagemaker.describe_endpoint_config(EndpointConfigName="first")
    del found["ResponseMetadata"]
    stamped = {"EndpointConfigName": "first", "EndpointConfigArn": ARN, "CreationTime": now}
    assert found == {**form, **stamped}
    assert sagemaker.list_tags(ResourceArn=ARN)["Tags"] == tags


def test_configurations_are_listed_and_deleted(configure, sagemaker, refusal):
    configure("first")
    configure("other")
    found = sagemaker.list_endpoint_configs(NameContains="fir")["EndpointConfigs"]
    assert [item["EndpointConfigArn"] for item in found] == [ARN]
    sagemaker.delete_endpoint_config(EndpointConfigName="first")
    assert refusal(sagemaker.describe_endpoint_config, EndpointConfigName="first") == (
        "ValidationException",
        f'Could not find endpoint configuration "{ARN}".',
    )


def test_its_models_must_exist(sagemaker, refusal):
    request = {"EndpointConfigName": "first", "ProductionVariants": [VARIANT]}
    assert refusal(sagemaker.create_endpoint_config, **request)[1] == (
        'Could not find model "arn:aws:sagemaker:eu-central-1:123456789012:model/iris-forest".'
    )


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            "does not have VpcConfig of endpoint configurations"),
        ({"ProductionVariants": [{"VariantName": "a", "ModelName": "Iris-Forest"}]},
            "needs InitialInstanceCount, InstanceType of variants with instances"),
        ({"ProductionVariants": [{**VARIANT, "EnableSSMAccess": True}]},
            "does not have EnableSSMAccess of variants with instances"),
        ({"ProductionVariants": [{**SERVERLESS, "InstanceType": "ml.m5.large"}]},
            "does not have InstanceType of serverless variants"),
        ({"ShadowProductionVariants": [{**VARIANT, "VariantName": "b", "RoutingConfig": {
            "RoutingStrategy": "RANDOM"}}]},
            "does not have RoutingConfig of variants with instances"),
        ({"AsyncInferenceConfig": {"OutputConfig": {}}},
            "needs S3OutputPath of asynchronous inference's output"),
        ({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://a/b",
            "NotificationConfig": {}}}},
            "does not have NotificationConfig of asynchronous inference's output"),
    ],
)  # fmt: skip
def test_what_would_change_nothing_here_is_refused(configure, sagemaker, refusal, form, message):
    configure("other")
    request = {"EndpointConfigName": "first", "ProductionVariants": [VARIANT], **form}
    assert refusal(sagemaker.create_endpoint_config, **request) == (
        "ValidationException",
        f"the local cloud {message}",
    )


def test_a_mode_of_capture_that_aws_does_not_have_is_refused(configure, sagemaker, refusal):
    configure("other")
    capture = {**CAPTURE, "CaptureOptions": [{"CaptureMode": "Both"}]}
    request = {"ProductionVariants": [VARIANT], "DataCaptureConfig": capture}
    assert refusal(sagemaker.create_endpoint_config, EndpointConfigName="first", **request)[1] == (
        "CaptureMode Both. Allowed: Input, Output, InputAndOutput."
    )
