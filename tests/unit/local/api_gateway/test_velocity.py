import contextlib

import airspeed
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.api_gateway.velocity import Program, TemplateError


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("$nope|${nope.deeper}|$!nope", "||"),
        ("#if($nope)yes#end", "yes"),
        ("#if($no)yes#{else}no#end", "no"),
        ("#if(!$no)yes#end", "yes"),
        ("#if(!$nope)yes#end", ""),
        ("#set($g = [[1, 2]])$g[0][1]$g[0][9]$g[-1][0]$g.get(0)[0]", "21"),
        ("#if($user.name == 'Ada' && $user.age > 30)yes#end", "yes"),
        ("#set($n = 7 / 2)$n", "3"),
        ("$user.tags[1] $user['name'] $user.tags[9]", "b Ada "),
        ("#foreach($t in $user.tags)$foreach.count/$foreach.index:$t#if($foreach.hasNext),#end#end",
         "1/0:a,2/1:b"),
        ("#foreach($v in $user)$v;#end", "Ada;36;[a, b];"),
        ("#foreach($c in 'text')$c#end", ""),
        ("#foreach($n in [3..1])$n#end", "321"),
        ("#foreach($e in $user.entrySet())$e.key,#end", "name,age,tags,"),
        ("#define($hi)hi $user.name#end$hi", "hi Ada"),
        ("#macro(twice $x)$x$x#end#twice('a')", "aa"),
        ("Stuff#* gone *#\nmore", "Stuff\nmore"),
        ("a## gone\nb", "ab"),
        (r"\$user \\$user.name #fff", r"$user \Ada #fff"),
        ("$user.upper", ""),
        ("$user.name.__class__", ""),
        ("{\"price\": \"5$\", \"#\": 1}", "{\"price\": \"5$\", \"#\": 1}"),
    ],
)  # fmt: skip
def test_a_template_renders_as_on_the_service(template, text):
    variables = {"user": {"name": "Ada", "age": 36, "tags": ["a", "b"]}, "no": False}
    assert Program(template).render(variables) == text


@pytest.mark.parametrize(
    "template",
    [
        "#if($x)open",
        "#if $x #end",
        "#foreach($x of $y)#end",
        "#set($x = )",
        "#set($x = 1 not 2)",
        "#break",
        "#include('file')",
        "#parse('file')",
        "#return($x)",
        "#end",
        "${x",
    ],
)
def test_what_velocity_or_the_service_lacks_does_not_parse(template):
    with pytest.raises(TemplateError, match=r"^does not parse: "):
        Program(template)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("$text.upper()", r"does not render: upper\(\) is not supported\. Known: add, .*"),
        ("#set($nope.x = 1)", "does not render: 'nope'"),
        ("$text.substring(9)", r"does not render: substring\(9, 3\) is outside a text of length 3"),
        (
            "#foreach($n in [1..1001])$n#end",
            "does not render: #foreach over 1001 items; allowed: 1000",
        ),
        ("#define($x)$x#end$x", "does not render: maximum recursion depth exceeded.*"),
    ],
)
def test_a_failing_template_says_why(template, message):
    with pytest.raises(TemplateError, match=f"^{message}$"):
        Program(template).render({"text": "abc"})


def test_rendering_leaves_the_variables_as_they_were():
    variables = {"x": 1}
    Program("#set($x = 2)#set($y = 3)$x$y").render(variables)
    assert variables == {"x": 1}


def test_airspeed_itself_stays_untouched():
    assert airspeed.Template("$x.upper()").merge({"x": "a"}) == "A"


@given(st.text(alphabet="$#{}()[]!.\\\"' \nabif=12setndlo", max_size=60))
def test_any_text_parses_or_is_a_template_error(source):
    with contextlib.suppress(TemplateError):
        Program(source).render({"a": {"b": [1]}})
