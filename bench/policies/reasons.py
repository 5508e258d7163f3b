"""Why a checker does not see what another one sees in a document.

Every reason follows from the document and from what the checker knows. What is not seen, yet has
no reason, is UNEXPLAINED: then one of the two reads documents otherwise than is written here.
"""

from collections.abc import Iterable, Mapping, Sequence

from bench.policies.ours import READS, Way
from bench.policies.peers import Engine
from gateway_policies.iam.actions import catalogue
from gateway_policies.iam.conditions import narrows_request
from gateway_policies.iam.document import Condition, Document, Statement
from gateway_policies.iam.escalation import PASSED_TO
from gateway_policies.iam.grants import Grant, grants, is_broad, names_action

UNEXPLAINED = "UNEXPLAINED"

NO_PEER = "no peer has the control by itself"
NO_VERDICT = "theirs gives no verdict on the document"
CONDITION = "theirs passes any Condition; this one narrows neither what is done nor to what"
TAGGED = "a Condition asks that a tag is there, whatever its value; ours takes it for no limit"
PASSED = "theirs passes any Condition; this one names the service that the role is passed to"
NARROWED = "a Condition narrows the request; ours is strict and asks for names all the same"
ANOTHER_STAR = 'theirs sees only Resource "*", not a wildcard in an ARN'
BESIDE_STAR = 'theirs sees "*" only where it stands alone, not beside other resources'
NOT_RESOURCE = "theirs does not read NotResource"
LIMITED_NEXT = 'theirs wants every action of the way on "*", ours the first one'
DENIED_IN_PART = "theirs takes a Deny that holds in part for a whole one"
NEWER_WAY = "theirs does not know this way to more rights"
LONGER_WAY = "theirs asks for more actions than the way needs"
NOT_LISTED = "theirs does not list the action"
NO_DATA = "theirs has no data of the action"
TAKES_NONE = "theirs has the action as one that takes no resource"
OTHER_LEVEL = "theirs does not count the action's level of access"
OTHER_SPELLING = "theirs knows a whole service only as `service:*`"

MEANT = "ours passes an action that takes no resource and is named"
OTHER_RULE = "ours finds it by another rule"
ONLY_READS = "theirs counts an action that only reads"
GONE = "ours says unknown: AWS no longer documents the action"
LOSS = "LOSS: ours does not list the action"


def why_missed(
    reads: str, document: Document, found: Iterable[Way], engine: Engine
) -> frozenset[str]:
    """Why a peer sees none of the ways that we find.

    reads: the property of cloudsplaining's PolicyDocument that it asks for.
    """
    reasons = [_hidden(reads, way, document, engine) for way in found]
    if not reasons or not all(reasons):
        return frozenset({UNEXPLAINED})
    return frozenset().union(*reasons)


def _hidden(reads: str, way: Way, document: Document, engine: Engine) -> set[str]:
    if reads == "service_wildcard":
        return _hidden_service(way[0], document)
    if reads == "allows_privilege_escalation":
        return _hidden_way(way, document, engine)
    action = way[0].lower()
    lists = {
        "allows_data_exfiltration_actions": engine.data,
        "credentials_exposure": engine.credentials,
    }
    if action not in lists.get(reads, (action,)):
        return {NOT_LISTED}
    if action not in engine.known:
        return {NO_DATA}
    levels = {
        "permissions_management_without_constraints": engine.permissions,
        "infrastructure_modification": engine.modifying,
        "write_actions_without_constraints": engine.writing,
    }
    if reads not in lists and action not in engine.restrictable:
        return {TAKES_NONE}
    if action not in levels.get(reads, engine.known):
        return {OTHER_LEVEL}
    return _hidden_action(action, document, engine, alone=reads == "infrastructure_modification")


def _hidden_service(pattern: str, document: Document) -> set[str]:
    if pattern != "*" and not pattern.endswith(":*"):
        return {OTHER_SPELLING}
    holding = [s for s in document.allowing if not s.except_actions and pattern in s.actions]
    if not all(statement.conditions for statement in holding):
        return set()
    return {_by_condition(statement) for statement in holding}


def _hidden_way(way: Way, document: Document, engine: Engine) -> set[str]:
    actions = {action.lower() for action in way}
    known = [method for method in engine.methods if method <= actions]
    if not known:
        return {LONGER_WAY if any(actions < method for method in engine.methods) else NEWER_WAY}
    reasons: set[str] = set()
    for method in known:
        hidden = [_hidden_action(action, document, engine) for action in sorted(method)]
        if not any(hidden):
            return set()
        reasons = reasons.union(*hidden)
    return reasons


def _hidden_action(
    action: str, document: Document, engine: Engine, *, alone: bool = False
) -> set[str]:
    """Why a peer does not take an action for one that is allowed on everything.

    alone: whether `*` must be the one resource.
    """
    if action not in engine.known:
        return {NO_DATA}
    found = list(grants(document, action))
    if any(_is_read(g.statement, action in engine.restrictable, alone) for g in found):
        denied = any(names_action(s, action) for s in document.statements if not s.allows)
        return {DENIED_IN_PART} if denied else set()
    return {_unread(grant) for grant in _telling(found)}


def _is_read(statement: Statement, restrictable: bool, alone: bool) -> bool:
    """Whether a peer takes a statement for one that limits its actions by nothing."""
    if statement.conditions:
        return False
    return not restrictable or (
        "*" in statement.resources and not (alone and len(statement.resources) > 1)
    )


def _telling(found: Sequence[Grant]) -> Sequence[Grant]:
    """The grants for which ours finds an action: those that limit it least."""
    broad = [grant for grant in found if grant.broad]
    open_ = [g for g in broad if not narrows_request(g.statement, besides=PASSED_TO)]
    return open_ or broad or found


def _unread(grant: Grant) -> str:
    statement = grant.statement
    if not grant.broad:
        return LIMITED_NEXT
    if statement.conditions:
        return _by_condition(statement)
    if statement.except_resources:
        return NOT_RESOURCE
    return BESIDE_STAR if "*" in statement.resources else ANOTHER_STAR


def _by_condition(statement: Statement) -> str:
    if not narrows_request(statement):
        return TAGGED if any(map(_asks_for_tag, statement.conditions)) else CONDITION
    return NARROWED if narrows_request(statement, besides=PASSED_TO) else PASSED


def _asks_for_tag(condition: Condition) -> bool:
    there = condition.operator.lower() == "null" and condition.values == ("false",)
    return "resourcetag/" in condition.key.lower() and (there or condition.values == ("*",))


def why_passed(
    control: str, document: Document, named: Sequence[str], said: Mapping[str, Sequence[str]]
) -> frozenset[str]:
    """Why ours passes a document of which a peer names actions.

    said: verdicts of our rules by their ids.
    """
    reasons = [_passed(control, action, document, said) for action in named]
    return frozenset(reasons) if reasons else frozenset({UNEXPLAINED})


def _passed(control: str, name: str, document: Document, said: Mapping[str, Sequence[str]]) -> str:
    action = catalogue().get(name.lower())
    if action is None:
        return GONE if "unknown" in said.get("iam-resource-wildcard", ()) else UNEXPLAINED
    if control == "InfrastructureModification" and action.level in READS:
        return ONLY_READS
    if control == "CredentialsExposure" and action.name.startswith("sts:AssumeRole"):
        return OTHER_RULE if "iam-assume-role-wildcard" in said else UNEXPLAINED
    literally = any(name.lower() in s.exact_actions for s in document.allowing)
    if control == "CredentialsExposure" and not action.arns and literally:
        return MEANT
    broad = any(is_broad(s, action) for s in document.allowing if names_action(s, action.name))
    listed = control in ("CredentialsExposure", "DataExfiltration")
    return LOSS if broad and listed else UNEXPLAINED
