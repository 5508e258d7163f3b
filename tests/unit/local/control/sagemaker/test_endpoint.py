from datetime import UTC, datetime

from local.control.sagemaker.endpoint import Deployment, Endpoint
from local.sagemaker.plan import EndpointPlan, ModelPlan, ServerlessPlan, VariantPlan
from local.sagemaker.rollout import Stage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 1, 13, tzinfo=UTC)
PINNED = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/ml-gateway@sha256:" + "0" * 64
MODEL = ModelPlan(PINNED, "s3://a/b", "role")
FOREST = VariantPlan("forest", MODEL, 9.0, 2)
SHADOW = VariantPlan("shadow", MODEL, 4.5, 1)


def endpoint(plan, configuration=None, **more):
    live = Deployment(configuration or {}, plan, NOON)
    return Endpoint(
        name="iris",
        arn="arn",
        status="InService",
        created=NOON,
        modified=NOON,
        configuration_name=plan.configuration,
        live=live,
        **more,
    )


def variant(name, weight, count, **more):
    image = {"SpecifiedImage": PINNED, "ResolvedImage": PINNED, "ResolutionTime": NOON}
    return {
        "VariantName": name,
        "DeployedImages": [image],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": count,
        **more,
    }


def test_it_tells_what_serves():
    plan = EndpointPlan("first", (FOREST,), (SHADOW,))
    assert endpoint(plan).description({"forest": (1, 2)}) == {
        "EndpointName": "iris",
        "EndpointArn": "arn",
        "EndpointStatus": "InService",
        "CreationTime": NOON,
        "LastModifiedTime": NOON,
        "EndpointConfigName": "first",
        "ProductionVariants": [variant("forest", 9.0, 2, CurrentInstanceCount=1)],
        "ShadowProductionVariants": [variant("shadow", 4.5, 1)],
    }


def test_an_image_without_a_digest_is_not_said_to_be_resolved():
    model = ModelPlan("ml-gateway:1", "s3://a/b", "role")
    plan = EndpointPlan("first", (VariantPlan("forest", model, 1.0, 1),))
    [found] = endpoint(plan).description({})["ProductionVariants"]
    assert found["DeployedImages"] == [{"SpecifiedImage": "ml-gateway:1", "ResolutionTime": NOON}]


def test_a_serverless_variant_has_concurrency_instead_of_instances():
    serverless = VariantPlan("a", MODEL, 1.0, 0, ServerlessPlan(2048, 5, 2))
    [found] = endpoint(EndpointPlan("c", (serverless,))).description({})["ProductionVariants"]
    expected = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2}
    assert found["CurrentServerlessConfig"] == found["DesiredServerlessConfig"] == expected
    assert "CurrentInstanceCount" not in found


def test_capture_and_asynchronous_inference_are_told():
    capture = {
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": "s3://data/captured",
        "KmsKeyId": "key",
        "CaptureOptions": [],
    }
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://a/b"}}
    configuration = {"DataCaptureConfig": capture, "AsyncInferenceConfig": asynchronous}
    found = endpoint(EndpointPlan("c", (FOREST,)), configuration).description({})
    assert found["AsyncInferenceConfig"] == asynchronous
    assert found["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 20,
        "DestinationS3Uri": "s3://data/captured",
        "KmsKeyId": "key",
    }
    capture["EnableCapture"] = False
    found = endpoint(EndpointPlan("c", (FOREST,)), configuration).description({})
    assert found["DataCaptureConfig"]["CaptureStatus"] == "Stopped"


def test_what_is_coming_has_instances_once_they_are_there():
    pending = Deployment({}, EndpointPlan("second", (FOREST,), (SHADOW,)), NOON)
    coming = endpoint(EndpointPlan("first", (FOREST,)), pending=pending)
    for stage, count in ((Stage.CREATING, 0), (Stage.BAKING, 2)):
        summary = coming.at_stage(stage).description({})["PendingDeploymentSummary"]
        [found] = summary["ProductionVariants"]
        assert found == variant(
            "forest",
            9.0,
            2,
            CurrentInstanceCount=count,
            VariantStatus=[{"Status": stage.value}],
        )
        assert summary["ShadowProductionVariants"][0]["VariantName"] == "shadow"
        assert (summary["EndpointConfigName"], summary["StartTime"]) == ("second", NOON)


def test_after_a_change_nothing_is_pending():
    pending = Deployment({}, EndpointPlan("second", (FOREST,)), NOON)
    coming = endpoint(EndpointPlan("first", (FOREST,)), pending=pending)
    done = coming.settled(pending, None, ONE)
    assert (done.status, done.configuration_name, done.modified) == ("InService", "second", ONE)
    failed = coming.settled(None, "why", ONE)
    assert (failed.status, failed.configuration_name) == ("InService", "first")
    assert failed.failure_reason == "why"
    assert done.pending is failed.pending is None
