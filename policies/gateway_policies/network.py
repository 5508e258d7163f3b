"""Rules for what reaches what over the network."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import (
    TRUE,
    Demand,
    Expected,
    blocks,
    demanded,
    not_one_of,
    property_rule,
)
from gateway_policies.resource import UNKNOWN, Block, Resource, Stack, Unknown
from gateway_policies.rule import Control, Family, Findings, Limits, located, stack_rule
from gateway_policies.sagemaker import (
    DATA_QUALITY_JOB,
    ENDPOINT_CONFIGURATION,
    MODEL,
    MONITORING_SCHEDULE,
    SCHEDULED_JOB,
    VARIANTS,
    all_serverless,
)

_DG = "https://docs.aws.amazon.com/sagemaker/latest/dg"

_ISOLATED = Demand("enableNetworkIsolation", TRUE, default=False)
_IN_VPC = Demand(
    "vpcConfig.subnets",
    Expected("subnets, with securityGroupIds", lambda value: bool(value), reference=True),
)


@stack_rule(
    Control(
        id="model-isolation",
        title="Model containers reach no network",
        family=Family.NETWORK,
        severity=Severity.HIGH,
        standards=("CKV_AWS_370", "SageMaker.5"),
        fix="Set enableNetworkIsolation to true.",
        url=f"{_DG}/mkt-algo-model-internet-free.html",
    )
)
def model_isolation(stack: Stack, _: Limits) -> Findings:
    """A model file is code that others wrote: shut in, it cannot carry requests away."""
    for model in models_on_instances(stack):
        yield from located(model.urn, demanded(model, _ISOLATED))


@stack_rule(
    Control(
        id="model-vpc",
        title="Model containers run in a VPC of one's own",
        family=Family.NETWORK,
        severity=Severity.LOW,
        fix="Set vpcConfig to private subnets that have endpoints for S3, ECR and CloudWatch.",
        url=f"{_DG}/host-vpc.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def model_vpc(stack: Stack, _: Limits) -> Findings:
    """There, security groups and endpoint policies bound where artifacts come from."""
    for model in models_on_instances(stack):
        yield from located(model.urn, demanded(model, _IN_VPC))


def models_on_instances(stack: Stack) -> Iterator[Resource]:
    """Models that may have a network of their own: AWS offers none to serverless endpoints.

    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    users: dict[str, list[Block]] = {}
    fed: dict[str, list[Block]] = {}
    for config in stack.of_type(ENDPOINT_CONFIGURATION):
        found = [block for key in VARIANTS for block in blocks(config, f"{key}[]")]
        for variant in found:
            name = variant.get("modelName")
            if isinstance(name, str):
                users.setdefault(name, []).append(variant)
        for key in VARIANTS:
            for urn in config.dependencies.get(key, ()):
                fed.setdefault(urn, []).extend(found)
    for model in stack.of_type(MODEL):
        name = model.get("name")
        served = users.get(name, []) if isinstance(name, str) else []
        if not all_serverless(served or fed.get(model.urn, [])):
            yield model


monitoring_isolation = property_rule(
    Control(
        id="monitoring-isolation",
        title="Monitoring jobs reach no network",
        family=Family.NETWORK,
        severity=Severity.MEDIUM,
        standards=("SageMaker.11", "SageMaker.14"),
        fix="Set enableNetworkIsolation to true.",
        url=f"{_DG}/model-monitor.html",
    ),
    "A job reads every captured request: shut in, it cannot carry them away.",
    {
        DATA_QUALITY_JOB: (Demand("networkConfig.enableNetworkIsolation", TRUE, default=False),),
        MONITORING_SCHEDULE: (
            Demand(
                "networkConfig.enableNetworkIsolation", TRUE, default=False, within=SCHEDULED_JOB
            ),
        ),
    },
)

_TRAFFIC = "networkConfig.enableInterContainerTrafficEncryption"
monitoring_traffic = property_rule(
    Control(
        id="monitoring-traffic",
        title="Instances of a monitoring job encrypt what they tell each other",
        family=Family.NETWORK,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_369", "SageMaker.9"),
        fix="Set enableInterContainerTrafficEncryption to true.",
        url=f"{_DG}/model-monitor.html",
    ),
    "They pass parts of the captured data on to each other.",
    {
        DATA_QUALITY_JOB: (Demand(_TRAFFIC, TRUE, default=False),),
        MONITORING_SCHEDULE: (Demand(_TRAFFIC, TRUE, default=False, within=SCHEDULED_JOB),),
    },
)


def _serves_clear_text(listener: Block) -> bool | Unknown:
    """Plain HTTP that does nothing but send clients on to HTTPS is no leak."""
    actions = listener.get("defaultActions")
    if actions is UNKNOWN:
        return UNKNOWN
    redirects = [
        action.get("redirect") if isinstance(action, dict) else None
        for action in (actions if isinstance(actions, list) else [])
    ]
    return not redirects or not all(
        isinstance(redirect, dict) and redirect.get("protocol") == "HTTPS" for redirect in redirects
    )


_listener = (
    Demand(
        "protocol",
        not_one_of("HTTP", allowed="HTTPS, or a redirect to it"),
        when=_serves_clear_text,
    ),
)
listener_https = property_rule(
    Control(
        id="listener-https",
        title="Load balancers serve nothing over plain HTTP",
        family=Family.NETWORK,
        severity=Severity.HIGH,
        standards=("CKV_AWS_2", "ELB.1"),
        fix="Set protocol to HTTPS with a certificate, or redirect to the listener that has it.",
        url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
    ),
    "What goes over plain HTTP is read, and changed, by whoever is on the way.",
    {"aws:lb/listener:Listener": _listener, "aws:alb/listener:Listener": _listener},
)

RULES = (model_isolation, model_vpc, monitoring_isolation, monitoring_traffic, listener_https)
