"""Variants that an update takes away from Application Auto Scaling."""

import pytest

from components.endpoint.scalable_targets import changed_variants, deregister_changed_variants

NAME = "ml-gateway-prod-iris"


SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}


def configuration(**machines):
    """DescribeEndpointConfig's answer: instance type or serverless configuration by variant."""
    return {
        "ProductionVariants": [
            {
                "VariantName": name,
                "ServerlessConfig" if isinstance(machine, dict) else "InstanceType": machine,
            }
            for name, machine in machines.items()
        ]
    }


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        ({"forest": "ml.m5.large", "boosting": "ml.m5.large"}, []),
        ({"forest": "ml.m5.xlarge", "boosting": "ml.m5.large"}, ["forest"]),
        ({"boosting": "ml.m5.large"}, ["forest"]),
        ({"forest": "ml.m5.large", "boosting": SERVERLESS}, ["boosting"]),
        ({"forest": "ml.m5.large", "boosting": "ml.m5.large", "neural": "ml.g5.xlarge"}, []),
        ({"neural": "ml.m5.large"}, ["forest", "boosting"]),
    ],
)
def test_only_what_goes_or_runs_elsewhere_has_changed(wanted, changed):
    live = configuration(forest="ml.m5.large", boosting="ml.m5.large")
    assert changed_variants(live, configuration(**wanted)) == changed


@pytest.mark.parametrize(("kept", "changed"), [(7, []), (None, ["forest"])])
def test_a_serverless_variant_changes_once_nothing_of_it_is_provisioned(kept, changed):
    live = configuration(forest=SERVERLESS | {"ProvisionedConcurrency": 5})
    provisioned = {"ProvisionedConcurrency": kept} if kept else {}
    assert changed_variants(live, configuration(forest=SERVERLESS | provisioned)) == changed


class FakeSageMaker:
    configurations = {
        "iris-1": configuration(forest="ml.m5.large", boosting="ml.m5.large"),
        "iris-2": configuration(forest="ml.m5.xlarge", boosting="ml.m5.large"),
    }

    def describe_endpoint(self, *, EndpointName):
        assert EndpointName == NAME
        return {"EndpointConfigName": "iris-1"}

    def describe_endpoint_config(self, *, EndpointConfigName):
        return self.configurations[EndpointConfigName]


class FakeAutoscaling:
    def __init__(self, *registered):
        self.registered = [f"endpoint/{NAME}/variant/{variant}" for variant in registered]

    def describe_scalable_targets(self, *, ServiceNamespace, ResourceIds):
        assert ServiceNamespace == "sagemaker"
        found = [resource for resource in self.registered if resource in ResourceIds]
        dimension = "sagemaker:variant:DesiredInstanceCount"
        return {
            "ScalableTargets": [{"ResourceId": r, "ScalableDimension": dimension} for r in found]
        }

    def deregister_scalable_target(self, *, ServiceNamespace, ResourceId, ScalableDimension):
        assert (ServiceNamespace, ScalableDimension) == (
            "sagemaker",
            "sagemaker:variant:DesiredInstanceCount",
        )
        self.registered.remove(ResourceId)


def test_a_variant_on_other_machines_is_deregistered_and_the_others_stay():
    autoscaling = FakeAutoscaling("forest", "boosting")
    gone = deregister_changed_variants(FakeSageMaker(), autoscaling, NAME, "iris-2")
    assert gone == ["forest"]
    assert autoscaling.registered == [f"endpoint/{NAME}/variant/boosting"]


def test_a_variant_that_never_scaled_is_left_alone():
    autoscaling = FakeAutoscaling("boosting")
    assert deregister_changed_variants(FakeSageMaker(), autoscaling, NAME, "iris-2") == []
    assert autoscaling.registered == [f"endpoint/{NAME}/variant/boosting"]


def test_an_update_on_the_same_machines_asks_nothing_of_autoscaling():
    assert deregister_changed_variants(FakeSageMaker(), None, NAME, "iris-1") == []
