"""Rules for endpoints that stay up, and for data that can be brought back."""

import re

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import (
    TRUE,
    Demand,
    Expected,
    blocks,
    demanded,
    property_rule,
    whether,
)
from gateway_policies.resource import Resource, Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    located,
    rule,
    shown,
    stack_rule,
    violation,
)
from gateway_policies.sagemaker import (
    ENDPOINT,
    ENDPOINT_CONFIGURATION,
    ROLLBACK_ALARMS,
    all_serverless,
)

_DOCS = "https://docs.aws.amazon.com"
_SAGEMAKER = f"{_DOCS}/sagemaker/latest"

endpoint_instances = property_rule(
    Control(
        id="endpoint-instances",
        title="Variants start with two instances or more",
        family=Family.AVAILABILITY,
        severity=Severity.LOW,
        standards=("SageMaker.4",),
        fix="Set initialInstanceCount to 2, so that AWS places them in two zones.",
        url=f"{_SAGEMAKER}/dg/deployment-best-practices.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "One instance is gone with its zone, and while AWS replaces it nobody answers.",
    {
        ENDPOINT_CONFIGURATION: (
            Demand(
                "initialInstanceCount",
                Expected(
                    "2 or more", lambda value: not isinstance(value, int | float) or value >= 2
                ),
                default=1,
                within="productionVariants[]",
                when=whether("serverlessConfig", lambda value: value is None),
            ),
        )
    },
)


@stack_rule(
    Control(
        id="endpoint-rollback",
        title="Alarms take a bad update of an endpoint back",
        family=Family.AVAILABILITY,
        severity=Severity.LOW,
        fix="Set deploymentConfig with blueGreenUpdatePolicy and autoRollbackConfiguration.alarms.",
        url=f"{_SAGEMAKER}/dg/deployment-guardrails.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def endpoint_rollback(stack: Stack, _: Limits) -> Findings:
    """Without it a model that fails answers all requests until somebody notices."""
    demand = Demand(
        ROLLBACK_ALARMS.removesuffix("[].alarmName"),
        Expected("the names of one alarm or more", bool, reference=True),
    )
    serverless = [
        config
        for config in stack.of_type(ENDPOINT_CONFIGURATION)
        if all_serverless(list(blocks(config, "productionVariants[]")))
    ]
    names = [name for config in serverless if isinstance(name := config.get("name"), str)]
    urns = {config.urn for config in serverless}
    for endpoint in stack.of_type(ENDPOINT):
        # A serverless endpoint has no fleet that another one could replace.
        if endpoint.get("endpointConfigName") not in names and urns.isdisjoint(
            endpoint.dependencies.get("endpointConfigName", ())
        ):
            yield from located(endpoint.urn, demanded(endpoint, demand))


_GENERATED = re.compile(r"(.*[-_.])?[0-9a-f]{7,}|.*\d{8,}")
"""A name that ends in what a hash, a time or the engine's own naming adds."""


@rule(
    Control(
        id="endpoint-config-name",
        title="Endpoint configurations have a new name whenever they change",
        family=Family.AVAILABILITY,
        severity=Severity.MEDIUM,
        fix="Leave the name out, or end it with a hash of what the configuration says.",
        url=f"{_SAGEMAKER}/APIReference/API_UpdateEndpoint.html",
    ),
    types=(ENDPOINT_CONFIGURATION,),
)
def endpoint_config_name(config: Resource) -> Findings:
    """A configuration cannot be changed: of the same name, the live one goes before the new one."""
    name = config.get("name")
    if isinstance(name, str) and not _GENERATED.fullmatch(name):
        yield violation(
            "name", seen=shown(name), allowed="none, or one that ends in something generated"
        )


table_recovery = property_rule(
    Control(
        id="table-recovery",
        title="DynamoDB tables can be taken back to any point in time",
        family=Family.AVAILABILITY,
        severity=Severity.LOW,
        standards=("CKV_AWS_28", "DynamoDB.2"),
        fix="Set pointInTimeRecovery.enabled to true.",
        url=f"{_DOCS}/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "What a faulty program overwrites is else gone.",
    {"aws:dynamodb/table:Table": (Demand("pointInTimeRecovery.enabled", TRUE, default=False),)},
)

RULES = (endpoint_instances, endpoint_rollback, endpoint_config_name, table_recovery)
