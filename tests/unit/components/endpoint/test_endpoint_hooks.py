"""What runs around each step on an endpoint."""

import pulumi
import pytest
from botocore.exceptions import ClientError

from components.endpoint.endpoint_check import EndpointMismatch
from components.endpoint.endpoint_hooks import EndpointHookError, endpoint_hooks
from tests.unit.components.conftest import CONTEXT

NAME = "ml-gateway-prod-iris"
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Any")


class Aws:
    """All services as one client, which keeps what is asked of it."""

    def __init__(self, service=None, region_name=None):
        self.asked = []
        self.failing = False

    def client(self, service, region_name):
        assert service in ("sagemaker", "s3", "application-autoscaling")
        assert region_name == "eu-central-1"
        return self

    def describe_endpoint(self, *, EndpointName):
        if self.failing:
            raise DENIED
        return {"EndpointConfigName": configuration(2), "EndpointStatus": "InService"}

    def describe_endpoint_config(self, *, EndpointConfigName):
        machine = "ml.m5.large" if EndpointConfigName == configuration(2) else "ml.m5.xlarge"
        variant = {"VariantName": "forest", "InstanceType": machine, "ModelName": "iris-forest-2"}
        return {"ProductionVariants": [variant]}

    def describe_scalable_targets(self, *, ServiceNamespace, ResourceIds):
        target = {"ResourceId": ResourceIds[0], "ScalableDimension": "instances"}
        return {"ScalableTargets": [target]}

    def get_paginator(self, operation):
        return self.Pages(operation)

    class Pages:
        def __init__(self, operation):
            self.operation = operation

        def paginate(self, **_):
            return {
                "list_endpoint_configs": [
                    {"EndpointConfigs": [{"EndpointConfigName": configuration(n)}]}
                    for n in (2, 1, 0)
                ],
                "list_models": [{"Models": [{"ModelName": f"iris-forest-{n}"}]} for n in (0, 2)],
                "list_objects_v2": [{"Contents": [{"Key": f"{NAME}/0/model.tar.gz"}]}],
            }[self.operation]

    def describe_model(self, *, ModelName):
        return {"ExecutionRoleArn": f"arn:aws:iam::123456789012:role/{NAME}-execution"}

    def __getattr__(self, operation):
        def ask(**request):
            self.asked.append((operation, *request.values()))

        return ask


def configuration(number):
    return f"{NAME}-0000{number}-1a2b3c4"


def hook_args(wanted=None, before=None):
    return pulumi.ResourceHookArgs(
        urn="urn:pulumi:prod::ml-gateway::aws:sagemaker/endpoint:Endpoint::iris",
        id=NAME,
        name="iris",
        type="aws:sagemaker/endpoint:Endpoint",
        new_inputs={"endpointConfigName": wanted} if wanted else None,
        old_outputs={"endpointConfigName": before} if before else None,
        new_outputs={"endpointConfigName": configuration(2)},  # as AWS's provider says
    )


@pytest.fixture
def aws():
    return Aws()


@pytest.fixture
def run(deploy, aws):
    """Makes the hooks as the program does, and calls one as the engine does."""

    def call(kind, args, number=0):
        def program():
            hook = getattr(endpoint_hooks(CONTEXT, aws.client).binding, kind)[number]
            try:
                hook(args)
            except (EndpointHookError, EndpointMismatch) as error:
                return f"{type(error).__name__}: {error}"
            return None

        return deploy(program).result

    return call


@pytest.mark.parametrize("kind", ["after_create", "after_update"])
def test_a_step_after_which_something_else_is_live_fails(run, kind):
    assert run(kind, hook_args(wanted=configuration(2))) is None
    assert run(kind, hook_args(wanted=configuration(3))).startswith(
        f"EndpointMismatch: {NAME}: live is {configuration(2)}, InService; "
        f"wanted is {configuration(3)}, InService."
    )


def test_before_an_update_what_changes_is_taken_from_autoscaling(run, aws):
    run("before_update", hook_args(wanted=configuration(3)))
    resource = f"endpoint/{NAME}/variant/forest"
    assert aws.asked == [("deregister_scalable_target", "sagemaker", resource, "instances")]


def test_after_an_update_what_nothing_can_return_to_goes(run, aws):
    # The first update was rolled back, so what was live before the second stays.
    args = hook_args(wanted=configuration(2), before=configuration(0))
    run("after_update", args, number=1)
    store = "ml-gateway-prod-models-123456789012-eu-central-1"
    assert aws.asked == [
        ("delete_endpoint_config", configuration(1)),
        ("delete_model", "iris-forest-0"),
        ("delete_object", store, f"{NAME}/0/model.tar.gz"),
    ]


def test_after_a_delete_all_goes(run, aws):
    run("after_delete", hook_args(before=configuration(2)))
    gone = [what for operation, what, *_ in aws.asked if operation == "delete_endpoint_config"]
    assert gone == [configuration(2), configuration(1), configuration(0)]


@pytest.mark.parametrize(
    ("kind", "number", "consequence"),
    [
        ("before_update", 0, "variants that change were not taken from autoscaling"),
        ("after_create", 0, "what is live was not read"),
        ("after_update", 1, "the update is done, but what it replaced was not removed"),
    ],
)
def test_what_aws_does_not_let_a_hook_do_is_said_with_its_consequence(
    run, aws, kind, number, consequence
):
    aws.failing = True
    assert run(kind, hook_args(wanted=configuration(2)), number) == (
        f"EndpointHookError: {NAME}: {consequence} (An error occurred (AccessDenied) when calling "
        "the Any operation: no). Mend that, mostly a permission of the deployer, and deploy again."
    )


def test_hooks_have_fixed_names_and_only_a_failing_pruning_is_a_warning(deploy, aws):
    def program():
        binding = endpoint_hooks(CONTEXT, aws.client).binding
        return {
            kind: [
                (hook.name, bool(hook.opts and hook.opts.ignore_errors))
                for hook in getattr(binding, kind) or []
            ]
            for kind in ("before_update", "after_create", "after_update", "after_delete")
        }

    assert deploy(program).result == {
        "before_update": [("deregister-changed-variants", False)],
        "after_create": [("check-live-endpoint", False)],
        "after_update": [("check-live-endpoint", False), ("prune-leftovers", True)],
        "after_delete": [("remove-leftovers", False)],
    }


def test_in_a_deploy_without_any_step_a_mismatch_is_a_warning(deploy, aws, monkeypatch):
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)

    def program():
        warn_unless_live = endpoint_hooks(CONTEXT, aws.client).warn_unless_live
        warn_unless_live(NAME, configuration(2))
        warn_unless_live(NAME, configuration(3))

    deploy(program)
    [warning] = warnings
    assert warning.startswith(f"{NAME}: live is {configuration(2)}, InService; wanted is ")


def test_in_a_deploy_without_any_step_nobody_may_look_and_that_is_a_warning(
    deploy, aws, monkeypatch
):
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    aws.failing = True
    deploy(lambda: endpoint_hooks(CONTEXT, aws.client).warn_unless_live(NAME, configuration(2)))
    [warning] = warnings
    assert warning.startswith(
        f"{NAME}: whether what is live is what was wanted is not known (An error occurred "
        "(AccessDenied)"
    )
