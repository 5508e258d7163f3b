import json

import pytest
from pulumi_policy import Severity

from gateway_policies.iam.document import Kind
from gateway_policies.iam.places import PLACES, ROLE, document_rule, places
from gateway_policies.resource import UNKNOWN, Resource
from gateway_policies.rule import Control, Family, violation
from tests.unit.policies.iam.conftest import allow, policy

IDENTITY = policy(allow("s3:GetObject", "arn:aws:s3:::b/*"))
PUBLIC = policy(allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*"))
CONTROL = Control(
    id="x", title="X", family=Family.IAM, severity=Severity.LOW, fix="Mend it.", url="https://x"
)


def found(token: str, **values: object) -> list[tuple[str, Kind]]:
    return [(p.path, p.document.kind) for p in places(Resource("", values, token, "urn"))]


@pytest.mark.parametrize("token", PLACES)
@pytest.mark.parametrize("value", [IDENTITY, json.dumps(IDENTITY), UNKNOWN])
def test_a_document_is_found_where_its_type_has_it(token, value):
    name, kind = PLACES[token]
    assert found(token, **{name: value}) == [(name, kind)]
    assert found(token) == []


def test_a_role_has_inline_policies_beside_its_trust():
    inline = [{}, {"name": "a", "policy": json.dumps(IDENTITY)}, {"name": "b", "policy": UNKNOWN}]
    assert found(ROLE, assumeRolePolicy=json.dumps(PUBLIC), inlinePolicies=inline) == [
        ("assumeRolePolicy", Kind.TRUST),
        ("inlinePolicies[1].policy", Kind.IDENTITY),
        ("inlinePolicies[2].policy", Kind.IDENTITY),
    ]
    assert found(ROLE, inlinePolicies=UNKNOWN) == [("inlinePolicies[*].policy", Kind.IDENTITY)]


@pytest.mark.parametrize("name", ["policy", "accessPolicies", "policyDocument", "resourcePolicy"])
def test_elsewhere_a_document_is_told_by_what_it_says(name):
    token = "aws:opensearch/domainPolicy:DomainPolicy"
    assert found(token, **{name: json.dumps(PUBLIC)}) == [(name, Kind.RESOURCE)]
    assert found(token, **{name: IDENTITY}) == [(name, Kind.IDENTITY)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("policy", json.dumps({"rules": []})),
        ("policy", "TLS-1-2"),
        ("policy", "[" * 100_000),
        ("policy", UNKNOWN),
        ("policyArn", json.dumps(PUBLIC)),
        ("description", json.dumps(PUBLIC)),
    ],
)
def test_what_is_no_document_is_left_alone(name, value):
    assert found("aws:ecr/lifecyclePolicy:LifecyclePolicy", **{name: value}) == []


def test_the_policy_in_an_apis_document_is_found():
    body = {"openapi": "3.0.1", "x-amazon-apigateway-policy": PUBLIC}
    for value in (body, json.dumps(body)):
        assert found("aws:apigateway/restApi:RestApi", body=value) == [
            ("body.x-amazon-apigateway-policy", Kind.RESOURCE)
        ]


def test_a_rule_over_documents_looks_at_its_kinds_and_names_whole_paths():
    @document_rule(CONTROL, kinds=[Kind.TRUST])
    def rule(resource, document):
        """Because."""
        yield violation("Statement[0].Principal", seen=resource.urn, allowed="y")

    role = Resource(
        "", {"assumeRolePolicy": PUBLIC, "inlinePolicies": [{"policy": IDENTITY}]}, ROLE, "urn"
    )
    assert [f.path for f in rule.check(role)] == ["assumeRolePolicy.Statement[0].Principal"]
    assert rule.check.__doc__ == "Because."
    assert rule.is_for("aws:anything/at:All")
    assert not rule.is_for("kubernetes:core/v1:Pod")
