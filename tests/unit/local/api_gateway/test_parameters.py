import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.json_reader import DocumentError, Node
from local.api_gateway.parameters import (
    CONTEXT,
    INTEGRATION_HEADER,
    METHOD_HEADER,
    METHOD_PATH,
    METHOD_QUERY,
    STAGE_VARIABLES,
    STATIC,
    Scopes,
    Source,
    look_up,
    parse_mapping,
    substitute,
    substitute_in_uri,
)

SCOPES = Scopes(
    context={"requestId": "r-1", "identity": {"sourceIp": "10.0.0.1"}, "epoch": 1.5},
    stage_variables={"tier": "gold"},
    headers={"x-a": "header"},
    query={"q": "query"},
    path={"p": "path"},
    integration_headers={"x-b": "answered"},
)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (Source(STATIC, "fixed"), "fixed"),
        (Source(CONTEXT, "identity.sourceIp"), "10.0.0.1"),
        (Source(CONTEXT, "identity"), None),
        (Source(CONTEXT, "requestId.deeper"), None),
        (Source(STAGE_VARIABLES, "tier"), "gold"),
        (Source(METHOD_HEADER, "x-a"), "header"),
        (Source(METHOD_QUERY, "q"), "query"),
        (Source(METHOD_PATH, "p"), "path"),
        (Source(INTEGRATION_HEADER, "x-b"), "answered"),
        (Source(METHOD_HEADER, "absent"), None),
    ],
)
def test_a_source_gives_its_value_or_nothing(source, value):
    assert SCOPES.value(source) == value


def test_a_target_whose_source_is_absent_is_left_out():
    mapping = {"kept": Source(STATIC, "1"), "dropped": Source(METHOD_HEADER, "absent")}
    assert SCOPES.values(mapping) == {"kept": "1"}


def test_a_value_of_the_context_is_text():
    assert look_up(SCOPES.context, "epoch") == "1.5"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$context.requestId.", "r-1."),
        ("$stageVariables.tier-$context.nope-", "gold--"),
        ("#if($context.requestId)$input.body#end", "#if(r-1)$input.body#end"),
    ],
)
def test_a_gateway_template_is_substitution_and_no_vtl(template, text):
    assert substitute(template, SCOPES) == text


@given(st.text())
def test_what_is_wrong_with_a_body_is_escaped_as_in_a_json_string(why):
    scopes = Scopes({"error": {"validationErrorString": why}})
    text = substitute('{"why":"$context.error.validationErrorString"}', scopes)
    assert json.loads(text) == {"why": why}


def test_a_uri_has_the_stages_variables():
    uri = "/endpoints/${stageVariables.endpoint}/${stageVariables.kind}invocations"
    variables = {"endpoint": "iris", "kind": "async-"}
    assert substitute_in_uri(uri, variables) == "/endpoints/iris/async-invocations"
    with pytest.raises(LookupError) as error:
        substitute_in_uri(uri, {"endpoint": "iris"})
    assert str(error.value) == "the stage has no variable kind"


def test_two_mappings_to_one_header_are_refused_whatever_its_case():
    node = Node("m", {"to.header.X-A": "'1'", "to.header.x-a": "'2'"})
    with pytest.raises(DocumentError) as refusal:
        parse_mapping(node, ("to.header",), (), None)
    assert str(refusal.value) == (
        'm["to.header.x-a"]: "\'2\'" is not supported. '
        "Supported: one mapping to the header x-a, whatever its case."
    )


def test_two_mappings_to_query_parameters_differ_by_case():
    node = Node("m", {"to.querystring.A": "'1'", "to.querystring.a": "'2'"})
    mapping = parse_mapping(node, ("to.querystring",), (), None)
    assert mapping == {"to.querystring": {"A": Source(STATIC, "1"), "a": Source(STATIC, "2")}}


def test_a_static_value_may_have_quotes_of_its_own():
    mapped = parse_mapping(
        Node("m", {"to.header.x": "'default-src 'none''"}), ("to.header",), (), ()
    )
    assert mapped["to.header"]["x"].name == "default-src 'none'"
