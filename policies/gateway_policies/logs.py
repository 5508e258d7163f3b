"""Rules for logs and traces: whether anybody can tell what happened."""

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import (
    POSITIVE,
    TRUE,
    Demand,
    demanded,
    one_of,
    property_rule,
    reference,
    whether,
)
from gateway_policies.resource import Stack
from gateway_policies.rule import (
    Control,
    Family,
    Findings,
    Limits,
    located,
    stack_rule,
    violation,
)
from gateway_policies.stages import (
    EVERY_METHOD,
    HTTP_STAGE,
    METHOD_SETTINGS,
    STAGE,
    stages_without_settings,
)

STATE_MACHINE = "aws:sfn/stateMachine:StateMachine"

_DOCS = "https://docs.aws.amazon.com"
_API = f"{_DOCS}/apigateway/latest/developerguide"

_destination = Demand("accessLogSettings.destinationArn", reference("the ARN of a log group"))
api_access_log = property_rule(
    Control(
        id="api-access-log",
        title="Every stage of an API has an access log",
        family=Family.LOGGING,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_76", "APIGateway.9", "AwsSolutions-APIG1"),
        fix="Set accessLogSettings.",
        url=f"{_API}/set-up-logging.html",
    ),
    "It alone says who called what, when and with what result.",
    {STAGE: (_destination,), HTTP_STAGE: (_destination,)},
)

api_tracing = property_rule(
    Control(
        id="api-tracing",
        title="Requests to an API are traced",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("CKV_AWS_73", "APIGateway.3"),
        fix="Set xrayTracingEnabled to true.",
        url=f"{_API}/apigateway-xray.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "A trace tells whether the API, the integration or the model was slow.",
    {STAGE: (Demand("xrayTracingEnabled", TRUE, default=False),)},
)

_LEVEL = Demand("settings.loggingLevel", one_of("ERROR", "INFO"), default="OFF")


@stack_rule(
    Control(
        id="api-execution-log",
        title="Every stage logs the failures of its methods",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("CKV2_AWS_4", "APIGateway.1", "AwsSolutions-APIG6"),
        fix=f"Set loggingLevel to ERROR, for {EVERY_METHOD} first.",
        url=f"{_API}/set-up-logging.html",
        level=EnforcementLevel.ADVISORY,
    )
)
def api_execution_log(stack: Stack, _: Limits) -> Findings:
    """The access log has a status; why a mapping or a permission failed stands only here."""
    for settings in stack.of_type(METHOD_SETTINGS):
        yield from located(settings.urn, demanded(settings.stated(), _LEVEL))
    for stage in stages_without_settings(stack):
        yield violation(
            f"methodSettings {EVERY_METHOD}",
            seen="missing, which means no log",
            allowed=_LEVEL.expected.allowed,
            urn=stage.urn,
        )


log_group_retention = property_rule(
    Control(
        id="log-group-retention",
        title="Log groups keep what they hold for a stated time",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("CKV_AWS_66",),
        fix="Set retentionInDays.",
        url=f"{_DOCS}/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "Left alone, logs stay for ever: what they cost grows, and so does what can leak.",
    {
        "aws:cloudwatch/logGroup:LogGroup": (
            Demand(
                "retentionInDays",
                POSITIVE,
                default=0,
                # AWS keeps such a group for two days, whatever is asked for.
                when=whether("logGroupClass", lambda value: value != "DELIVERY"),
            ),
        )
    },
)


state_machine_logs = property_rule(
    Control(
        id="state-machine-logs",
        title="State machines log their executions",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("StepFunctions.1", "AwsSolutions-SF1"),
        fix="Set loggingConfiguration.level and its logDestination.",
        url=f"{_DOCS}/step-functions/latest/dg/cw-logs.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "An express workflow keeps no history at all, any other only for 90 days.",
    {
        STATE_MACHINE: (
            Demand("loggingConfiguration.level", one_of("ALL", "ERROR", "FATAL"), default="OFF"),
        )
    },
)

state_machine_tracing = property_rule(
    Control(
        id="state-machine-tracing",
        title="State machines are traced",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("CKV_AWS_284", "AwsSolutions-SF2"),
        fix="Set tracingConfiguration.enabled to true.",
        url=f"{_DOCS}/step-functions/latest/dg/concepts-xray-tracing.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "A trace shows which of a machine's services was slow or failed.",
    {STATE_MACHINE: (Demand("tracingConfiguration.enabled", TRUE, default=False),)},
)

RULES = (
    api_access_log,
    api_tracing,
    api_execution_log,
    log_group_retention,
    state_machine_logs,
    state_machine_tracing,
)
