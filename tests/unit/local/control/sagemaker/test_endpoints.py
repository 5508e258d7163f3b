import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.instance import DeploymentError

ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/iris"
CONFIGURATION_ARN = "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/"
SECOND_MODEL = "s3://models/second.tar.gz"
VARIANT = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 2,
    "InitialVariantWeight": 9.0,
}
SERVERLESS: dict[str, Any] = {
    "VariantName": "forest",
    "ModelName": "Iris-Forest",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}
ASYNC = {"OutputConfig": {"S3OutputPath": "s3://data/results"}}
CANARY = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "WaitIntervalInSeconds": 600,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
        }
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


class TestCreation:
    def test_an_endpoint_comes_into_service(self, iris, runtime, now):
        endpoint = iris.create(Tags=[{"Key": "team", "Value": "a"}])
        assert (endpoint["EndpointStatus"], endpoint["EndpointArn"]) == ("InService", ARN)
        assert (endpoint["EndpointConfigName"], endpoint["CreationTime"]) == ("first", now)
        [variant] = runtime.fleets["iris"].variants
        assert (variant.name, variant.weight, variant.instances) == ("forest", 9.0, 2)
        assert runtime.calls == [("route", "iris", "first", 1.0)]

    def test_its_tags_are_its_own(self, iris, sagemaker):
        iris.create(Tags=[{"Key": "team", "Value": "a"}])
        sagemaker.add_tags(ResourceArn=ARN, Tags=[{"Key": "cost", "Value": "1"}])
        sagemaker.delete_tags(ResourceArn=ARN, TagKeys=["team"])
        assert sagemaker.list_tags(ResourceArn=ARN)["Tags"] == [{"Key": "cost", "Value": "1"}]

    def test_one_that_cannot_start_fails_with_the_reason_and_can_only_be_deleted(
        self, iris, runtime, sagemaker, refusal
    ):
        runtime.break_model("s3://models/forest.tar.gz", "no such object")
        endpoint = iris.create()
        assert (endpoint["EndpointStatus"], endpoint["FailureReason"]) == (
            "Failed",
            "no such object",
        )
        assert refusal(sagemaker.update_endpoint, EndpointName="iris", EndpointConfigName="second")[
            1
        ] == (f'Cannot update endpoint "{ARN}" while it is Failed. Delete it.')
        sagemaker.delete_endpoint(EndpointName="iris")
        assert sagemaker.list_endpoints()["Endpoints"] == []

    def test_an_error_of_our_own_fails_it_instead_of_leaving_it_in_creation(self, iris, runtime):
        runtime.broken["s3://models/forest.tar.gz"] = OSError(28, "No space left on device")
        assert iris.create()["FailureReason"] == (
            "The local cloud failed: OSError(28, 'No space left on device'). Look into its log."
        )

    def test_a_name_is_given_once(self, iris, sagemaker, refusal):
        iris.create()
        request = {"EndpointName": "iris", "EndpointConfigName": "second"}
        assert refusal(sagemaker.create_endpoint, **request) == (
            "ValidationException",
            f'Cannot create already existing endpoint "{ARN}".',
        )

    def test_its_configuration_and_models_must_exist(self, iris, sagemaker, refusal):
        request = {"EndpointName": "iris", "EndpointConfigName": "other"}
        assert refusal(sagemaker.create_endpoint, **request)[1] == (
            f'Could not find endpoint configuration "{CONFIGURATION_ARN}other".'
        )
        sagemaker.delete_model(ModelName="Iris-Forest")
        request["EndpointConfigName"] = "first"
        assert refusal(sagemaker.create_endpoint, **request)[1].startswith("Could not find model")

    def test_a_faulty_deployment_config_is_refused_and_a_good_one_kept(
        self, iris, sagemaker, refusal, alarm_states
    ):
        request = {"EndpointName": "iris", "EndpointConfigName": "first"}
        assert refusal(sagemaker.create_endpoint, **request, DeploymentConfig=CANARY)[1] == (
            "Alarms of AutoRollbackConfiguration that do not exist: errors. Without them nothing "
            "would roll the update back. Create them first."
        )
        alarm_states["errors"] = "OK"
        assert iris.create(DeploymentConfig=CANARY)["LastDeploymentConfig"] == CANARY


class TestUpdate:
    def test_another_configuration_comes_into_service(self, iris, runtime):
        iris.create()
        endpoint = iris.update()
        assert endpoint["EndpointConfigName"] == "second"
        assert runtime.fleets["iris"].variants[0].model.model_data_url == SECOND_MODEL

    def test_one_that_fails_leaves_the_old_configuration_in_service(self, iris, runtime):
        iris.create()
        runtime.break_model(SECOND_MODEL, "it does not ping")
        endpoint = iris.update()
        assert endpoint["EndpointStatus"] == "InService"
        assert endpoint["EndpointConfigName"] == "first"
        assert endpoint["FailureReason"] == "it does not ping"
        runtime.broken.clear()
        assert "FailureReason" not in iris.update()

    def test_it_goes_as_the_deployment_config_says(self, iris, runtime, alarm_states):
        iris.create()
        alarm_states["errors"] = "OK"
        endpoint = iris.update(DeploymentConfig=CANARY)
        assert [call[2:] for call in runtime.calls[1:]] == [("second", 0.1), ("second", 1.0)]
        assert endpoint["LastDeploymentConfig"] == CANARY

    def test_an_alarm_rolls_it_back(self, iris, runtime, alarm_states):
        iris.create()
        alarm_states["errors"] = "ALARM"
        endpoint = iris.update(DeploymentConfig=CANARY)
        assert endpoint["EndpointStatus"] == "InService"
        assert endpoint["EndpointConfigName"] == "first"
        assert endpoint["FailureReason"] == ("The update was rolled back: errors in state ALARM.")
        assert runtime.calls[1:] == [("discard", "iris", "second")]

    def test_the_last_deployment_config_is_used_again_on_demand(
        self, iris, configure, runtime, alarm_states
    ):
        alarm_states["errors"] = "OK"
        iris.create(DeploymentConfig=CANARY)
        iris.update(RetainDeploymentConfig=True)
        assert ("route", "iris", "second", 0.1) in runtime.calls
        configure("third")
        assert "LastDeploymentConfig" not in iris.update("third")
        assert ("route", "iris", "third", 0.1) not in runtime.calls

    def test_scaled_counts_and_weights_are_retained_on_demand(self, iris, configure, runtime):
        iris.create()
        iris.scale(DesiredInstanceCount=5, DesiredWeight=3.0)
        iris.update(RetainAllVariantProperties=True)
        [variant] = runtime.fleets["iris"].variants
        assert (variant.instances, variant.weight) == (5, 3.0)
        configure("third")
        iris.update("third")
        [variant] = runtime.fleets["iris"].variants
        assert (variant.instances, variant.weight) == (2, 9.0)

    def test_kinds_that_are_excluded_come_from_the_configuration(self, iris, runtime):
        iris.create()
        iris.scale(DesiredInstanceCount=5, DesiredWeight=3.0)
        excluded = [{"VariantPropertyType": "DesiredWeight"}]
        iris.update(RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=excluded)
        [variant] = runtime.fleets["iris"].variants
        assert (variant.instances, variant.weight) == (5, 9.0)

    def test_the_old_configuration_must_still_exist(self, iris, sagemaker, refusal):
        iris.create()
        sagemaker.delete_endpoint_config(EndpointConfigName="first")
        request = {"EndpointName": "iris", "EndpointConfigName": "second"}
        assert refusal(sagemaker.update_endpoint, **request) == (
            "ValidationException",
            f'Could not find endpoint configuration "{CONFIGURATION_ARN}first".',
        )

    def test_two_at_once_are_one(self, iris, sagemaker):
        iris.create()
        outcomes = []

        def attempt():
            try:
                sagemaker.update_endpoint(EndpointName="iris", EndpointConfigName="second")
                outcomes.append("accepted")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])

        threads = [threading.Thread(target=attempt) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [*["ValidationException"] * 3, "accepted"]
        assert iris.settled()["EndpointConfigName"] == "second"


class TestRefusedUpdates:
    @pytest.fixture
    def refused(self, iris, sagemaker, refusal):
        """The message with which an update to a configuration is refused."""

        def refused(configuration, **more):
            request = {"EndpointName": "iris", "EndpointConfigName": configuration, **more}
            code, message = refusal(sagemaker.update_endpoint, **request)
            assert code == "ValidationException"
            return message

        return refused

    @pytest.fixture
    def registered(self, iris, aws):
        iris.create()
        aws.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId="endpoint/iris/variant/forest",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            MinCapacity=1,
            MaxCapacity=4,
        )

    def test_the_configuration_has_to_be_another_one(self, iris, refused):
        iris.create()
        assert refused("first") == (
            "EndpointConfigName is first, which endpoint iris has already. Allowed: a new "
            "endpoint configuration."
        )

    @pytest.mark.parametrize(
        "variant", [{**VARIANT, "InstanceType": "ml.c5.large"}, {**VARIANT, "VariantName": "b"}]
    )
    def test_a_registered_variant_keeps_its_type_and_stays(
        self, registered, configure, refused, variant
    ):
        configure("third", variant)
        assert refused("third") == (
            'The variant(s) "[forest]" must be deregistered as scalable targets with AWS Auto '
            "Scaling before they can be removed or have their instance type updated."
        )

    def test_another_model_and_another_variant_are_no_fault(self, registered, configure, iris):
        configure("third", {**VARIANT, "ModelName": "second"}, {**VARIANT, "VariantName": "b"})
        assert iris.update("third")["EndpointConfigName"] == "third"

    def test_a_guarded_update_keeps_the_names_of_the_variants(
        self, iris, configure, refused, alarm_states
    ):
        iris.create()
        alarm_states["errors"] = "OK"
        configure("third", VARIANT, {**VARIANT, "VariantName": "b"})
        assert refused("third", DeploymentConfig=CANARY) == (
            "ProductionVariants are b, forest. Allowed with DeploymentConfig: the names of the "
            "live ones, forest."
        )

    def test_an_asynchronous_endpoint_stays_one(self, iris, configure, refused):
        configure("async", AsyncInferenceConfig=ASYNC)
        iris.create("async")
        assert refused("first") == (
            "The AsyncInferenceConfig parameter cannot be removed from this endpoint iris."
        )

    def test_instances_do_not_become_serverless_but_the_other_way_round(
        self, iris, configure, refused
    ):
        configure("serverless", SERVERLESS)
        iris.create("serverless")
        iris.update("first")
        assert refused("serverless") == "Endpoint iris has instances and cannot become serverless."


class TestUnderWay:
    @pytest.fixture
    def creating(self, iris, runtime, sagemaker):
        runtime.gate.clear()
        sagemaker.create_endpoint(EndpointName="iris", EndpointConfigName="first")
        yield
        runtime.gate.set()
        iris.settled()

    def test_an_endpoint_is_left_alone(self, creating, sagemaker, refusal):
        in_progress = ("ValidationException", f'Cannot update in-progress endpoint "{ARN}".')
        calls: dict[Any, dict[str, Any]] = {
            sagemaker.delete_endpoint: {},
            sagemaker.update_endpoint: {"EndpointConfigName": "second"},
            sagemaker.update_endpoint_weights_and_capacities: {
                "DesiredWeightsAndCapacities": [{"VariantName": "forest"}]
            },
        }
        for call, members in calls.items():
            assert refusal(call, EndpointName="iris", **members) == in_progress

    def test_creation_shows_what_is_coming(self, creating, sagemaker, now):
        endpoint = sagemaker.describe_endpoint(EndpointName="iris")
        assert endpoint["EndpointStatus"] == "Creating"
        assert endpoint["EndpointConfigName"] == "first"
        assert "ProductionVariants" not in endpoint
        pending = endpoint["PendingDeploymentSummary"]
        assert (pending["EndpointConfigName"], pending["StartTime"]) == ("first", now)
        [variant] = pending["ProductionVariants"]
        assert variant["VariantStatus"] == [{"Status": "Creating"}]
        assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (0, 2)

    def test_an_update_shows_the_old_and_the_new(self, iris, runtime, sagemaker):
        iris.create()
        runtime.gate.clear()
        sagemaker.update_endpoint(EndpointName="iris", EndpointConfigName="second")
        endpoint = sagemaker.describe_endpoint(EndpointName="iris")
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == (
            "Updating",
            "first",
        )
        assert endpoint["PendingDeploymentSummary"]["EndpointConfigName"] == "second"
        runtime.gate.set()
        assert "PendingDeploymentSummary" not in iris.settled()

    def test_a_roll_out_ends_when_the_cloud_is_closed(self, iris, runtime, sagemaker, services):
        iris.create()
        runtime.gate.clear()
        sagemaker.update_endpoint(EndpointName="iris", EndpointConfigName="second")
        services.sagemaker.close()
        runtime.gate.set()
        endpoint = iris.settled()
        assert endpoint["EndpointConfigName"] == "first"
        assert endpoint["FailureReason"] == "The local cloud was stopped during the update."
        assert runtime.calls[1:] == [("discard", "iris", "second")]


class TestScaling:
    def test_capacity_and_weight_reach_the_data_plane(self, iris, runtime):
        iris.create()
        endpoint = iris.scale(DesiredInstanceCount=3, DesiredWeight=1.0)
        assert runtime.calls[1:] == [
            ("resize", "iris", "forest", 3),
            ("reweigh", "iris", {"forest": 1.0}),
        ]
        [variant] = endpoint["ProductionVariants"]
        assert (variant["DesiredInstanceCount"], variant["DesiredWeight"]) == (3, 1.0)
        assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (3, 1.0)

    def test_another_provisioned_concurrency_reaches_the_data_plane(self, iris, runtime, configure):
        provisioned = SERVERLESS["ServerlessConfig"] | {"ProvisionedConcurrency": 1}
        variant = SERVERLESS | {"ServerlessConfig": provisioned}
        configure("warm", variant)
        iris.create("warm")
        iris.scale(ServerlessUpdateConfig={"ProvisionedConcurrency": 3})
        iris.scale(DesiredWeight=1.0)
        assert [call for call in runtime.calls if call[0] == "resize"] == [
            ("resize", "iris", "forest", 3)
        ]

    def test_what_is_desired_shows_before_it_is_there(self, iris, runtime, sagemaker):
        iris.create()
        runtime.gate.clear()
        desired = {"VariantName": "forest", "DesiredInstanceCount": 3}
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="iris", DesiredWeightsAndCapacities=[desired]
        )
        endpoint = sagemaker.describe_endpoint(EndpointName="iris")
        [variant] = endpoint["ProductionVariants"]
        assert endpoint["EndpointStatus"] == "Updating"
        assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (2, 3)
        runtime.gate.set()
        iris.settled()

    def test_one_that_fails_leaves_the_endpoint_as_it_was(self, iris, runtime):
        iris.create()

        def resize(name, variant, instances):
            raise DeploymentError("it does not ping")

        runtime.resize = resize
        endpoint = iris.scale(DesiredInstanceCount=3)
        assert endpoint["EndpointStatus"] == "InService"
        assert endpoint["FailureReason"] == "it does not ping"
        assert endpoint["ProductionVariants"][0]["DesiredInstanceCount"] == 2


class TestDeletion:
    def test_a_deleted_endpoint_is_out_of_service_and_not_scaled(
        self, iris, runtime, sagemaker, refusal, aws
    ):
        scaling = aws.client("application-autoscaling")
        iris.create()
        scaling.register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId="endpoint/iris/variant/forest",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            MinCapacity=1,
            MaxCapacity=4,
        )
        sagemaker.delete_endpoint(EndpointName="iris")
        assert runtime.fleets == {}
        found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")
        assert found["ScalableTargets"] == []
        assert refusal(sagemaker.describe_endpoint, EndpointName="iris") == (
            "ValidationException",
            f'Could not find endpoint "{ARN}".',
        )
        assert iris.create()["EndpointStatus"] == "InService"

    def test_one_that_is_going_is_left_alone(self, iris, runtime, sagemaker, refusal):
        iris.create()
        entered, leave = threading.Event(), threading.Event()

        def remove(name):
            entered.set()
            assert leave.wait(10)

        runtime.remove = remove
        thread = threading.Thread(target=sagemaker.delete_endpoint, kwargs={"EndpointName": "iris"})
        thread.start()
        assert entered.wait(10)
        endpoint = sagemaker.describe_endpoint(EndpointName="iris")
        assert endpoint["EndpointStatus"] == "Deleting"
        request = {"EndpointName": "iris", "EndpointConfigName": "first"}
        assert refusal(sagemaker.create_endpoint, **request)[1].startswith("Cannot create already")
        assert refusal(sagemaker.delete_endpoint, EndpointName="iris")[1] == (
            f'Cannot update in-progress endpoint "{ARN}".'
        )
        leave.set()
        thread.join()
