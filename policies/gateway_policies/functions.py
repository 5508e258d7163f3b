"""Rules for Lambda functions: who may call them, what they run on and what they carry."""

import re

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import (
    CUSTOMER_KEY,
    Demand,
    Expected,
    not_one_of,
    one_of,
    property_rule,
    whether,
)
from gateway_policies.resource import UNKNOWN, Block, Resource, Unknown
from gateway_policies.rule import Control, Family, Findings, rule, shown, unknown, violation

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
_DOCS = "https://docs.aws.amazon.com/lambda/latest/dg"

DEPRECATED_RUNTIMES = frozenset(
    {
        *("nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x"),
        *("nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x"),
        *("python2.7", "python3.6", "python3.7", "python3.8", "python3.9"),
        *("ruby2.5", "ruby2.7", "ruby3.2", "java8", "go1.x", "provided"),
        *("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1"),
        *("dotnet5.0", "dotnet6", "dotnet7"),
    }
)
"""Runtimes that AWS had stopped patching by the middle of 2026.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""


@rule(
    Control(
        id="function-public",
        title="Not everybody may call a function",
        family=Family.ACCESS,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_301", "Lambda.1"),
        fix="Name the service, the account or the role that calls it.",
        url=f"{_DOCS}/access-control-resource-based.html",
    ),
    types=(PERMISSION,),
)
def function_public(permission: Resource) -> Findings:
    """A function that anybody may invoke acts with its role for anybody."""
    principal = permission.get("principal")
    allowed = "a principal, or principalOrgId"
    if permission.get("principalOrgId") or not isinstance(principal, str | Unknown):
        return
    if principal is UNKNOWN:
        yield unknown("principal", allowed=allowed)
    elif "*" in principal.split(":"):
        yield violation("principal", seen=shown(principal), allowed=allowed)


def _is_service(permission: Block) -> bool | Unknown:
    """An account or a role is a caller of its own; a service is one for whoever uses it."""
    principal = permission.get("principal")
    if permission.get("eventSourceToken") or permission.get("sourceAccount"):
        return False
    if principal is UNKNOWN:
        return UNKNOWN
    return isinstance(principal, str) and ".amazonaws.com" in principal


function_source = property_rule(
    Control(
        id="function-source",
        title="A service calls a function for one source only",
        family=Family.ACCESS,
        severity=Severity.HIGH,
        standards=("CKV_AWS_364",),
        fix="Set sourceArn, or sourceAccount.",
        url=f"{_DOCS}/access-control-resource-based.html",
    ),
    "The service would else call it for a bucket, topic or API of any account.",
    {
        PERMISSION: (
            Demand(
                "sourceArn",
                Expected(
                    "the ARN of the source, or sourceAccount",
                    lambda value: isinstance(value, str) and value not in ("", "*"),
                    reference=True,
                ),
                when=_is_service,
            ),
        )
    },
)

function_url_auth = property_rule(
    Control(
        id="function-url-auth",
        title="Function URLs ask who calls",
        family=Family.ACCESS,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_258",),
        fix="Set authorizationType to AWS_IAM.",
        url=f"{_DOCS}/urls-auth.html",
    ),
    "Without it the URL is a door that everybody finds sooner or later.",
    {"aws:lambda/functionUrl:FunctionUrl": (Demand("authorizationType", one_of("AWS_IAM")),)},
)

function_runtime = property_rule(
    Control(
        id="function-runtime",
        title="Functions run on supported runtimes",
        family=Family.SUPPLY_CHAIN,
        severity=Severity.HIGH,
        standards=("CKV_AWS_363", "Lambda.2"),
        fix="Move on to a newer release of the language.",
        url=f"{_DOCS}/lambda-runtimes.html",
    ),
    "AWS no longer patches the others, and some day refuses to update functions on them.",
    {
        FUNCTION: (
            Demand(
                "runtime",
                not_one_of(*DEPRECATED_RUNTIMES, allowed="a runtime that AWS supports"),
            ),
        )
    },
)


function_environment_cmk = property_rule(
    Control(
        id="function-environment-cmk",
        title="Variables of functions are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.LOW,
        standards=("CKV_AWS_173",),
        fix="Set kmsKeyArn.",
        url=f"{_DOCS}/configuration-envvars-encryption.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "Without one, whoever in the account may read the function's settings reads them too.",
    {FUNCTION: (Demand("kmsKeyArn", CUSTOMER_KEY, when=whether("environment.variables", bool)),)},
)

function_tracing = property_rule(
    Control(
        id="function-tracing",
        title="Functions are traced",
        family=Family.LOGGING,
        severity=Severity.LOW,
        standards=("CKV_AWS_50", "Lambda.7"),
        fix="Set tracingConfig.mode to Active.",
        url=f"{_DOCS}/services-xray.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "A trace tells a slow function from a slow service behind it.",
    {FUNCTION: (Demand("tracingConfig.mode", one_of("Active"), default="PassThrough"),)},
)

_SECRET_NAME = re.compile(
    r"(.*_)?(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bsk_live_[A-Za-z0-9]{16,}"
    r"|\bAIza[\w-]{35}\b"
    r"|://[^/\s:@]+:[^/\s:@{}$]+@"
)
"""Keys of AWS, private keys, tokens of GitHub, Slack, Stripe and Google, passwords in URLs."""
_SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_REFERENCE = re.compile(r"arn:|/|\{\{resolve:|(ssm|secretsmanager):|\$\{|\d+$|(true|false)$", re.I)
"""Values that say where a secret is, or that are no secret."""


@rule(
    Control(
        id="function-secrets",
        title="Functions carry no secrets in their variables",
        family=Family.ACCESS,
        severity=Severity.CRITICAL,
        standards=("CKV_AWS_45",),
        fix="Keep it in Secrets Manager, and give the function its ARN.",
        url=f"{_DOCS}/configuration-envvars.html",
    ),
    types=(FUNCTION,),
)
def function_secrets(function: Resource) -> Findings:
    """Variables show up in consoles, templates and logs, to people who need no secret."""
    environment = function.get("environment")
    variables = environment.get("variables") if isinstance(environment, dict) else None
    for name, value in variables.items() if isinstance(variables, dict) else ():
        if isinstance(value, str) and _is_secret(str(name), value):
            yield violation(
                f"environment.variables.{name}",
                seen=f"what looks like a secret, {len(value)} characters",
                allowed="the name or ARN of a secret",
            )


def _is_secret(name: str, value: str) -> bool:
    if _SECRET_VALUE.search(value):
        return True
    if not value or _REFERENCE.match(value):
        return False
    return bool(_SECRET_NAME.fullmatch(name) or (_SECRET_KEY.search(value) and _is_mixed(value)))


def _is_mixed(value: str) -> bool:
    """Whether it is no word and no hash: those do with fewer kinds of characters."""
    kinds = (str.islower, str.isupper, str.isdigit)
    return all(any(map(kind, value)) for kind in kinds)


RULES = (
    function_public,
    function_source,
    function_url_auth,
    function_runtime,
    function_environment_cmk,
    function_tracing,
    function_secrets,
)
