import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.velocity import TemplateError
from local.api_gateway.vtl import MappingTemplate, TemplateInput

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def render(template, **inputs):
    return MappingTemplate(template).render(TemplateInput(**inputs)).text


@given(JSON_VALUES)
def test_input_json_of_the_root_is_the_body(value):
    assert json.loads(render("$input.json('$')", body=json.dumps(value))) == value


@given(st.text())
def test_escaped_javascript_reads_back_as_json_once_its_apostrophes_are_undone(text):
    template = "$util.escapeJavaScript($input.path('$.t'))"
    escaped = render(template, body=json.dumps({"t": text})).replace(r"\'", "'")
    assert json.loads(f'"{escaped}"') == text
    assert escaped.isascii()


def test_escaped_javascript_is_that_of_commons_lang():
    template = "$util.escapeJavaScript($input.path('$'))"
    assert render(template, body=json.dumps("'\"\\/\n\x01\x7fé😀")) == (
        r"\'\"\\\/\n\u0001" + "\x7f" + r"\u00E9\uD83D\uDE00"
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_util_encodes_it_decodes(text):
    body = json.dumps(text)
    for codec in ("url", "base64"):
        template = f"$util.{codec}Decode($util.{codec}Encode($input.path('$')))"
        assert render(template, body=body) == text


@pytest.mark.parametrize(("function", "encoded"), [("urlEncode", "a%3F"), ("base64Encode", "YT8=")])
def test_half_a_surrogate_pair_is_encoded_as_a_question_mark(function, encoded):
    assert render(f"$util.{function}($input.path('$'))", body=r'"a\ud83d"') == encoded


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$input.body", '{"a": {"b": 1.50}, "n": null, "l": [1, "x"]}'),
        ("$input.json('$.a')", '{"b":1.5}'),
        ("$input.json('$.n')", "null"),
        ("$input.json('$.nope')", '""'),
        ("$input.path('$.a')", "{b=1.5}"),
        ("$input.path('$.l')", '[1,"x"]'),
        ("$input.path('$.nope')", ""),
        ("$input.path('$').l.size()", "2"),
        ("$input.params('name')", "path"),
        ("$input.params('q')", "query"),
        ("$input.params('X-Header')", "header"),
        ("$input.params('nope')", ""),
        ("$input.params().header.get('X-HEADER')", "header"),
        ("$input.params().header.containsKey('X-Header')", "true"),
        ("#foreach($k in $input.params().querystring.keySet())$k,#end", "name,q,"),
        ("$context.identity.sourceIp $context.nope", "10.0.0.1 "),
        ("$stageVariables.tier", "gold"),
        ("$util.parseJson('{\"a\": [1]}').a[0]", "1"),
        ("$util.urlEncode('a b~*/é')", "a+b%7E*%2F%C3%A9"),
        ("$util.base64Decode('/w==')", "\ufffd"),
        ("$input $util", "$input $util"),
    ],
)
def test_a_variable_of_the_service_gives_what_the_service_gives(template, text):
    assert text == render(
        template,
        body='{"a": {"b": 1.50}, "n": null, "l": [1, "x"]}',
        path={"name": "path"},
        query={"name": "shadowed", "q": "query"},
        headers={"x-header": "header", "q": "shadowed"},
        context={"identity": {"sourceIp": "10.0.0.1"}},
        stage_variables={"tier": "gold"},
    )


def test_an_empty_body_reads_as_an_empty_object():
    assert render("$input.body $input.json('$')") == "{} {}"


@pytest.mark.parametrize("body", ["a,b", "[" * 100_000], ids=["text", "nested too deeply"])
def test_a_body_that_is_not_json_has_nothing_at_any_path(body):
    template = "$input.body|$input.json('$')|$input.path('$.a')"
    assert render(template, body=body) == f'{body}|""|'


def test_overrides_are_handed_out_and_read_back():
    template = MappingTemplate(
        "#set($context.responseOverride.status = 418)"
        "#set($context.responseOverride.header.Retry-After = '1')"
        "#set($context.requestOverride.querystring['q'] = 'x')"
        "$context.requestOverride.path.id"
    )
    context = {"requestOverride": {"path": {"id": "7"}}}
    rendered = template.render(TemplateInput(context=context))
    assert rendered.text == "7"
    assert rendered.response_override == {"header": {"Retry-After": "1"}, "status": 418}
    assert rendered.request_override == {
        "header": {},
        "querystring": {"q": "x"},
        "path": {"id": "7"},
    }


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "$util.parseJson('<html>')",
            "does not render: Expecting value: line 1 column 1 (char 0)",
        ),
        ("$util.base64Decode('?')", "does not render: Only base64 data is allowed"),
        ("$util.nope()", "does not render: $util has no nope(). Known: escapeJavaScript, "
         "parseJson, urlEncode, urlDecode, base64Encode, base64Decode"),
        ("$input.upper()", "does not render: $input has no upper(). Known: json, path, params"),
    ],
)  # fmt: skip
def test_a_template_that_fails_says_why(template, message):
    with pytest.raises(TemplateError) as failure:
        render(template)
    assert str(failure.value) == message
