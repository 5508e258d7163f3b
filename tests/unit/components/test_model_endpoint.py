"""Endpoints in all their forms."""

import re

import pulumi
import pytest

from components.artifacts.artifact_store import ArtifactStore
from components.artifacts.model_set import ModelSet
from components.config.endpoint import Endpoint
from components.data_bucket import DataBucket
from components.endpoint.endpoint_hooks import EndpointHooks
from components.endpoint.execution_role import ExecutionRole
from components.endpoint.hosted_model import images
from components.endpoint.live_endpoint import LiveEndpoint
from components.model_endpoint import ModelEndpoint
from tests.unit.components.conftest import (
    CONTEXT,
    IMAGE,
    KEY_ARN,
    REGISTERED,
    packed,
    private_network,
)

CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
MODEL = "aws:sagemaker/model:Model"
NAME = "ml-gateway-prod-iris"
FOREST = {
    "artifact": "build/f",
    "instances": {"type": "ml.m5.large", "min": 2, "max": 6},
    "weight": 9,
}
BOOSTING = {"artifact": "build/b", "instances": {"type": "ml.m5.large", "min": 2, "max": 4}}
PLAIN = {
    "variants": {"forest": FOREST, "boosting": BOOSTING},
    "scaling": {"target": "1200/min"},
}
ONE = PLAIN | {"variants": {"forest": FOREST}}
SHADOW = {
    "shadow": {
        "name": "next",
        "artifact": "build/n",
        "instances": {"type": "ml.m5.large", "count": 1},
        "sample": "50%",
    }
}
SERVERLESS = {
    "variants": {
        "forest": {"artifact": "build/f", "serverless": {"memory": "2GB", "concurrency": 9}}
    }
}
CANARY = {"canary": {"share": "10%", "bake": "10m"}, "rollbackOn": {"errorRate": "1%"}}
LINEAR = {"linear": {"step": "50%", "wait": "5m"}, "rollbackOn": {"errorRate": "1%"}}
VPC = {"subnets": ["subnet-0000000a", "subnet-0000000b"], "securityGroups": ["sg-0000000c"]}
ASYNC = {"async": {"concurrency": 4, "retention": "7d"}, "scaling": {"backlog": 5}}


def no_hooks(warn_unless_live=lambda name, configuration: None):
    return EndpointHooks(pulumi.ResourceHookBinding(), warn_unless_live)


@pytest.fixture
def serve(deploy):
    """Deploys the endpoint iris of a config block; the result is what its users see of it.

    hooks, network: make them, within the program.
    """

    def run(block, live=None, hooks=no_hooks, network=lambda: None, **sources):
        settings = Endpoint.model_validate(block)
        names = [*settings.variants, *([settings.shadow.name] if settings.shadow else [])]

        def program():
            store = ArtifactStore("models", {"context": CONTEXT, "key_arn": KEY_ARN})
            data = None
            if settings.asynchronous or settings.capture:
                data = DataBucket(
                    "data",
                    {
                        "context": CONTEXT,
                        "endpoints": {"iris": settings},
                        "key_arn": KEY_ARN,
                        "delete_on_destroy": False,
                    },
                )
            models = {name: packed(name[0]) for name in names} | sources
            role = ExecutionRole(
                "iris-execution",
                {
                    "context": CONTEXT,
                    "endpoint_name": NAME,
                    "settings": settings,
                    "sources": models,
                    "images": images(settings, IMAGE),
                    "artifact_bucket": store.bucket_name,
                    "data": data.folders(NAME) if data else None,
                    "vpc": None,
                    "key_arn": KEY_ARN,
                },
            )
            endpoint = ModelEndpoint(
                "iris",
                {
                    "context": CONTEXT,
                    "image": IMAGE,
                    "settings": settings,
                    "sources": models,
                    "live": live,
                    "key_arn": KEY_ARN,
                    "log_retention_days": 30,
                    "role": role,
                    "store": store,
                    "data": data,
                    "network": network(),
                    "hooks": hooks(),
                },
            )
            return {
                "name": endpoint.endpoint_name,
                "arn": endpoint.arn,
                "asynchronous": endpoint.asynchronous,
                "models": endpoint.model_names,
                "examples": {name or "": known.example for name, known in endpoint.models.items()},
                "example_input": endpoint.example_input,
            }

        return deploy(program)

    return run


def counts(stack):
    variants = stack.one(CONFIGURATION).inputs["productionVariants"]
    return [variant["initialInstanceCount"] for variant in variants]


def test_name_and_arn_are_known_at_preview(serve):
    stack = serve(PLAIN)
    assert stack.result == {
        "name": NAME,
        "arn": f"arn:aws:sagemaker:eu-central-1:123456789012:endpoint/{NAME}",
        "asynchronous": False,
        "models": (),
        "examples": {"": {"instances": [["f"]]}},
        "example_input": None,
    }
    assert stack.one(ENDPOINT).inputs == {
        "name": NAME,
        "endpointConfigName": f"{stack.one(CONFIGURATION).name}-1a2b3c4",
    }


def test_the_configuration_has_every_variant_and_no_name_of_its_own(serve):
    stack = serve(PLAIN)
    configuration = stack.one(CONFIGURATION)
    assert not {"name", "namePrefix"} & configuration.inputs.keys()
    variants = {v["variantName"]: v for v in configuration.inputs["productionVariants"]}
    assert {name: v["initialVariantWeight"] for name, v in variants.items()} == {
        "forest": 9.0,
        "boosting": 1.0,
    }
    for name, variant in variants.items():
        assert variant["modelName"] in {f"{model.name}-1a2b3c4" for model in stack.all(MODEL)}
        assert variant["modelName"].startswith(f"iris-{name}-")


def test_a_configurations_longest_name_is_one_that_aws_takes(serve):
    name = serve(PLAIN).one(CONFIGURATION).name
    assert re.fullmatch(rf"{NAME}-[0-9a-f]{{5}}", name)
    longest = "p" * 28 + "-" + "e" * 20 + name.removeprefix(NAME) + "-1a2b3c4"
    assert len(longest) == 63


def test_a_scaled_endpoint_keeps_its_configuration_and_a_changed_one_its_capacity(serve):
    fresh, scaled = (
        serve(PLAIN),
        serve(PLAIN, LiveEndpoint({"forest": 5}, serverless=False, guarded=False)),
    )
    assert counts(fresh) == [2, 2]
    assert counts(scaled) == [5, 2]
    assert fresh.one(CONFIGURATION).name == scaled.one(CONFIGURATION).name
    assert fresh.one(CONFIGURATION).ignored == ["productionVariants[*].initialInstanceCount"]


LIMITS = PLAIN | {
    "variants": {
        "forest": FOREST,
        "boosting": BOOSTING | {"instances": {"type": "ml.m5.large", "min": 3, "max": 9}},
    }
}
WEIGHT = PLAIN | {"variants": {"forest": FOREST | {"weight": 4}, "boosting": BOOSTING}}
MACHINES = PLAIN | {
    "variants": {
        "forest": FOREST,
        "boosting": BOOSTING | {"instances": {"type": "ml.m5.xlarge", "min": 2, "max": 4}},
    }
}
PINNED = PLAIN | {
    "variants": {"forest": FOREST, "boosting": BOOSTING | {"image": f"other@sha256:{'1' * 64}"}}
}


@pytest.mark.parametrize(
    ("block", "another"),
    [
        (PLAIN | {"scaling": {"concurrency": 3}}, False),
        (LIMITS, False),
        (WEIGHT, True),
        (MACHINES, True),
        (PINNED, True),
        (ONE, True),
        (PLAIN | {"capture": {"sample": "20%", "retention": "30d"}}, True),
        (PLAIN | {"network": {"isolation": False}}, True),
        (PLAIN | {"rollout": CANARY}, True),
    ],
)
def test_what_a_configuration_says_makes_another_one_and_scaling_does_not(serve, block, another):
    changed = serve(block).one(CONFIGURATION).name != serve(PLAIN).one(CONFIGURATION).name
    assert changed is another


def test_another_artifact_makes_another_model_and_another_configuration(serve):
    before, after = serve(PLAIN), serve(PLAIN, forest=packed("e"))
    assert before.one(CONFIGURATION).name != after.one(CONFIGURATION).name
    assert len({m.name for m in before.all(MODEL)} & {m.name for m in after.all(MODEL)}) == 1


def test_variants_of_one_model_have_an_object_each_so_that_none_goes_with_the_other(serve):
    stack = serve(PLAIN, forest=packed("m"), boosting=packed("m"))
    objects = stack.all("aws:s3/bucketObjectv2:BucketObjectv2")
    assert len({found.inputs["key"] for found in objects}) == len(objects) == 2


@pytest.mark.parametrize(
    ("rollout", "another"),
    [
        (LINEAR, True),
        (CANARY | {"rollbackOn": {"errorRate": "0.1%"}}, False),
        (CANARY | {"rollbackOn": {"latencyP90": "300ms"}}, True),
        (CANARY | {"rollbackOn": {"errorRate": "1%", "latencyP90": "300ms"}}, True),
    ],
)
def test_what_the_endpoint_is_told_of_a_roll_out_makes_another_configuration(
    serve, rollout, another
):
    """The alarms by name; their thresholds are the alarms' own."""
    names = {
        serve(PLAIN | {"rollout": found}).one(CONFIGURATION).name for found in (CANARY, rollout)
    }
    assert len(names) == (2 if another else 1)


def test_volumes_logs_and_artifacts_are_encrypted_with_the_stacks_key(serve):
    stack = serve(PLAIN)
    assert stack.one(CONFIGURATION).inputs["kmsKeyArn"] == KEY_ARN
    assert stack.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": f"/aws/sagemaker/Endpoints/{NAME}",
        "kmsKeyId": KEY_ARN,
        "retentionInDays": 30,
    }
    objects = stack.all("aws:s3/bucketObjectv2:BucketObjectv2")
    assert [artifact.inputs["kmsKeyId"] for artifact in objects] == [KEY_ARN, KEY_ARN]


def test_what_a_roll_back_returns_to_outlives_its_replacement(serve):
    retained = {resource.type for resource in serve(PLAIN).resources if resource.retained}
    assert retained == {"aws:s3/bucketObjectv2:BucketObjectv2", CONFIGURATION, MODEL}


def test_every_variant_scales_within_its_own_bounds_once_the_endpoint_is_there(serve):
    stack = serve(PLAIN)
    targets = stack.all("aws:appautoscaling/target:Target")
    assert [
        (t.inputs["resourceId"], t.inputs["minCapacity"], t.inputs["maxCapacity"]) for t in targets
    ] == [
        (f"endpoint/{NAME}/variant/boosting", 2, 4),
        (f"endpoint/{NAME}/variant/forest", 2, 6),
    ]
    # The engine has children wait for what their component depends on.
    for component in stack.all("ml-gateway:index:Autoscaling"):
        assert f"{ENDPOINT}::iris" in component.depends_on


def test_a_shadow_has_a_model_of_its_own_and_does_not_scale(serve):
    stack = serve(ONE | SHADOW)
    [shadow] = stack.one(CONFIGURATION).inputs["shadowProductionVariants"]
    assert shadow["modelName"].startswith("iris-next-")
    assert [t.name for t in stack.all("aws:appautoscaling/target:Target")] == [
        "iris-forest-scaling"
    ]
    assert stack.result["examples"] == {"": {"instances": [["f"]]}}


def test_a_serverless_endpoint_has_no_key_no_isolation_and_nothing_that_scales(serve):
    stack = serve(SERVERLESS)
    assert "kmsKeyArn" not in stack.one(CONFIGURATION).inputs
    assert stack.one(CONFIGURATION).ignored == []
    assert stack.one(MODEL).inputs["enableNetworkIsolation"] is False
    assert stack.all("ml-gateway:index:Autoscaling") == []


def test_an_async_endpoint_has_an_example_in_the_data_bucket(serve):
    stack = serve(ONE | ASYNC)
    bucket = "ml-gateway-prod-data-123456789012-eu-central-1"
    assert stack.result["asynchronous"]
    assert stack.result["example_input"] == f"s3://{bucket}/examples/{NAME}/request.json"
    asynchronous = stack.one(CONFIGURATION).inputs["asyncInferenceConfig"]
    assert asynchronous["outputConfig"]["s3OutputPath"] == f"s3://{bucket}/async/{NAME}/output"


def test_a_multi_model_endpoint_has_an_example_of_each_model(serve):
    several = {"models": {"iris": "build/f", "wine": "build/e"}, "instances": FOREST["instances"]}
    block = PLAIN | {"variants": {"all": several}}
    stack = serve(block, all=ModelSet({"iris": packed("f"), "wine": packed("e")}))
    assert stack.result["models"] == ("iris", "wine")
    assert stack.result["examples"] == {
        "iris": {"instances": [["f"]]},
        "wine": {"instances": [["e"]]},
    }


def test_an_endpoint_whose_first_model_is_not_local_has_no_example(serve):
    stack = serve(ONE | ASYNC, forest=REGISTERED)
    assert stack.result["examples"] == {"": None}
    assert stack.result["example_input"] is None


def test_a_roll_out_is_guarded_before_the_endpoint_is_updated(serve):
    endpoint = serve(PLAIN | {"rollout": CANARY}).one(ENDPOINT)
    assert len(endpoint.inputs["deploymentConfig"]["autoRollbackConfiguration"]["alarms"]) == 2
    waits = {dependency.partition("::")[2] for dependency in endpoint.depends_on}
    assert {"iris-rollback-forest-errors", "iris-rollback-alarms", "iris-logs"} <= waits


def test_a_roll_out_that_the_config_no_longer_has_is_reset_and_stays_guarded(serve):
    endpoint = serve(PLAIN, LiveEndpoint({}, serverless=False, guarded=True)).one(ENDPOINT)
    policy = endpoint.inputs["deploymentConfig"]["blueGreenUpdatePolicy"]
    assert policy["trafficRoutingConfiguration"]["type"] == "ALL_AT_ONCE"
    assert "autoRollbackConfiguration" in endpoint.inputs["deploymentConfig"]


def test_hooks_run_around_the_endpoints_steps(serve):
    def hooks():
        hook = pulumi.ResourceHook("check", lambda args: None)
        return EndpointHooks(pulumi.ResourceHookBinding(after_update=[hook]), lambda *_: None)

    assert serve(PLAIN, hooks=hooks).one(ENDPOINT).hooks == {"after_update": ["check"]}


def test_what_is_live_is_looked_at_once_the_endpoint_is_there(serve):
    looked = []
    serve(PLAIN, hooks=lambda: no_hooks(lambda *pair: looked.append(pair)))
    [(endpoint, configuration)] = looked
    assert endpoint == "id:iris"
    assert configuration.startswith(f"{NAME}-")


@pytest.mark.parametrize("block", [PLAIN, ONE | SHADOW, ONE | ASYNC])
def test_in_the_stacks_own_network_all_models_are_other_ones_and_the_endpoint_stays(serve, block):
    """So a network that comes or goes is a new configuration, and an update of the endpoint."""
    without, within = serve(block), serve(block, network=private_network)
    for type_ in (MODEL, CONFIGURATION):
        names = [{resource.name for resource in stack.all(type_)} for stack in (without, within)]
        assert names[0] != names[1]
    assert {m.name for m in without.all(MODEL)}.isdisjoint(m.name for m in within.all(MODEL))
    for model in within.all(MODEL):
        assert model.inputs["vpcConfig"]["subnets"] == ["id:network-a", "id:network-b"]
    assert without.one(ENDPOINT).inputs["name"] == within.one(ENDPOINT).inputs["name"]
    assert without.one(ENDPOINT).name == within.one(ENDPOINT).name


def test_the_endpoint_waits_for_the_ways_out_of_its_network_and_goes_before_them(serve):
    waits = set(serve(PLAIN, network=private_network).one(ENDPOINT).depends_on)
    assert {
        f"aws:ec2/vpcEndpoint:VpcEndpoint::network-endpoints-{service}"
        for service in ("s3", "ecr.api", "ecr.dkr", "logs", "monitoring")
    } <= waits
    assert "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::network-to-s3" in waits


@pytest.mark.parametrize("keys", [SERVERLESS, ONE | {"network": {"vpc": VPC}}])
def test_an_endpoint_outside_the_stacks_network_does_not_know_of_it(serve, keys):
    without, within = serve(keys), serve(keys, network=private_network)
    for type_ in (MODEL, CONFIGURATION):
        assert [(r.name, r.inputs) for r in without.all(type_)] == [
            (r.name, r.inputs) for r in within.all(type_)
        ]
    assert without.one(ENDPOINT).depends_on == within.one(ENDPOINT).depends_on


def test_all_are_children_of_the_endpoint_or_of_a_part_of_it(serve):
    component = "ml-gateway:index:ModelEndpoint::iris"
    stack = serve(PLAIN | {"rollout": CANARY})
    for type_ in (
        ENDPOINT,
        CONFIGURATION,
        "ml-gateway:index:HostedModel",
        "ml-gateway:index:Autoscaling",
        "ml-gateway:index:UpdateGuard",
    ):
        assert {resource.parent for resource in stack.all(type_)} == {component}
