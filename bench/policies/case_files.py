"""Our own case files, rule by rule, beside the checks of Checkov's that ask for the same."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.environments import environment
from bench.policies.ours import READS
from bench.policies.peers import scan
from bench.policies.reasons import UNEXPLAINED
from bench.policies.terraform import Resources, terraform
from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.document import Document
from gateway_policies.iam.escalation import escalations
from gateway_policies.iam.places import places
from gateway_policies.reference import examples
from gateway_policies.resource import Resource
from gateway_policies.rules import RULES

AGREED, PASSES_BAD, FAILS_GOOD, SILENT = "agreed", "passes bad", "fails good", "no verdict"
SILENCE = "it is about another form (a data source, CloudFormation) or resource"
RUNTIMES = "checkov/terraform/checks/resource/aws/DeprecatedLambdaRuntime.py"


@dataclass(frozen=True)
class Comparison:
    """What a check says of a rule's examples, and why, where it is not what the rule says."""

    rule: str
    check: str
    outcome: str
    reason: str = ""


def compared() -> tuple[str, list[Comparison]]:
    """Checkov's name and release, and each check beside our rule. Raises CommandError."""
    checks = {
        rule.control.id: [name for name in rule.control.standards if name.startswith("CKV")]
        for rule in RULES
    }
    files = examples()
    folders = {
        f"{rule}/{side}": terraform(files[rule][side])
        for rule, names in checks.items()
        if names
        for side in ("bad", "good")
    }
    scanned = scan(folders, sorted({name for names in checks.values() for name in names}))
    said: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for verdict in scanned.verdicts:
        said[verdict.folder, verdict.check].add(verdict.passed)
    return scanned.title, [
        _comparison(
            rule, check, said[f"{rule}/bad", check], said[f"{rule}/good", check], files[rule]
        )
        for rule, names in checks.items()
        for check in names
    ]


def _comparison(
    rule: str, check: str, bad: set[bool], good: set[bool], files: Mapping[str, Resources]
) -> Comparison:
    if False in good:
        return Comparison(rule, check, FAILS_GOOD, _reason(check, files["good"]))
    if False in bad:
        return Comparison(rule, check, AGREED)
    if bad:
        return Comparison(rule, check, PASSES_BAD, _reason(check, files["bad"]))
    reason = _reason(check, files["bad"]) if check in _REASONS else SILENCE
    return Comparison(rule, check, SILENT, reason)


def _reason(check: str, resources: Resources) -> str:
    """The reason for which a check differs, if it holds for these resources."""
    text, holds = _REASONS.get(check, (UNEXPLAINED, lambda _: True))
    return text if holds(resources) else UNEXPLAINED


def _values(resources: Resources, *path: str) -> list[Any]:
    """The values at a path of the resources that have one."""
    found = [resource["properties"] for resource in resources.values()]
    for key in path:
        found = [value[key] for value in found if key in value]
    return found


def _documents(resources: Resources) -> list[Document]:
    return [
        place.document
        for name, described in resources.items()
        for place in places(Resource("", described["properties"], described["type"], name))
    ]


def _actions(resources: Resources) -> list[str]:
    return [a for d in _documents(resources) for s in d.allowing for a in s.actions]


def _only_read(resources: Resources) -> bool:
    known = [catalogue().get(action.lower()) for action in _actions(resources)]
    return all(action is not None and action.level in READS for action in known)


def _outside_list(resources: Resources) -> bool:
    [source] = environment("checkov").parent.glob(f"lib/*/site-packages/{RUNTIMES}")
    text = source.read_text()
    return not any(f'"{runtime}"' in text for runtime in _values(resources, "runtime"))


def _closed(name: str) -> Callable[[Resources], bool]:
    return lambda resources: _values(resources, name) == [True]


_STAR = ("it means the action * alone, not a service", lambda r: "*" not in _actions(r))
_OTHER = "the example breaks another of the four settings"
_REASONS: Mapping[str, tuple[str, Callable[[Resources], bool]]] = {
    "CKV_AWS_62": _STAR,
    "CKV_AWS_63": _STAR,
    "CKV_AWS_61": (
        "it gives no verdict where Statement is one object and no list",
        lambda r: not any(isinstance(t["Statement"], list) for t in _values(r, "assumeRolePolicy")),
    ),
    "CKV_AWS_290": ("it is about writing, and the action reads", _only_read),
    "CKV_AWS_286": (
        "it judges each document alone, and none has a whole way to more rights",
        lambda r: not any(list(escalations(d)) for d in _documents(r)),
    ),
    "CKV_AWS_274": (
        "it knows AdministratorAccess alone",
        lambda r: not any("/AdministratorAccess" in arn for arn in _values(r, "policyArn")),
    ),
    "CKV2_AWS_29": (
        "the example names the stage by its ARN, and it follows references alone",
        lambda r: (
            not any(
                "resourceArn" in one.get("dependencies", {})
                for one in r.values()
                if "resourceArn" in one["properties"]
            )
        ),
    ),
    "CKV_AWS_363": ("the runtime is not in its list", _outside_list),
    "CKV_AWS_45": (
        "it knows keys of AWS by their form, ours secrets by the name of their variable",
        lambda r: not any("AKIA" in str(v) for v in _values(r, "environment", "variables")),
    ),
    "CKV_AWS_53": (_OTHER, _closed("blockPublicAcls")),
    "CKV_AWS_54": (_OTHER, _closed("blockPublicPolicy")),
    "CKV_AWS_55": (_OTHER, _closed("ignorePublicAcls")),
    "CKV2_AWS_6": (
        "it asks for two of the four settings",
        lambda r: _closed("blockPublicAcls")(r) and _closed("blockPublicPolicy")(r),
    ),
    "CKV_AWS_57": (
        "it is about writing by everybody, and the example lets everybody read",
        lambda r: "public-read-write" not in _values(r, "acl"),
    ),
    "CKV_AWS_319": (
        "it asks whether actions are enabled, not whether there are any",
        lambda r: False not in _values(r, "actionsEnabled"),
    ),
}
"""Why a check differs from our rule, and what must hold of the example for it to be the reason."""
