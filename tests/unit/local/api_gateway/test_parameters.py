import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    substitute,
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
def test_the_message_string_is_a_json_string(message):
    text = substitute(
        '{"message":$context.error.messageString}', Scopes({"error": {"message": message}})
    )
    assert json.loads(text) == {"message": message}
