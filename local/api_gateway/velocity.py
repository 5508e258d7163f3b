"""Velocity as API Gateway runs it, on airspeed's parser.

airspeed names its classes in its own module and offers no way to put others in their place, and
it looks names up on Python objects, which must not leak. So this module runs a COPY of airspeed's
module under a name of its own and replaces there what differs. `import airspeed` elsewhere in the
process is not touched.
https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
"""

import re
from collections.abc import Mapping
from importlib.util import find_spec, module_from_spec
from typing import Any

from local.api_gateway import java_methods
from local.api_gateway.java_operators import BINARY_OPERATORS, is_true
from local.api_gateway.java_text import to_text

MAX_ITERATIONS = 1000
"""Iterations of one #foreach.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html"""

_DIRECTIVE = re.compile(
    r"#\{?(break|define|evaluate|foreach|if|include|macro|parse|return|set|stop)\b"
)
_REFERENCE_AHEAD = re.compile(r"\$!?\{?[A-Za-z]")


class TemplateError(Exception):
    """A template that does not parse or does not render; the message is for its author."""


class Program:
    """A parsed template; many threads may render it at once. Raises TemplateError."""

    def __init__(self, source: str) -> None:
        self._template = _airspeed.Template(source, "template")
        try:
            self._template.ensure_compiled()
        except Exception as error:  # airspeed leaks KeyError, RecursionError and its own
            raise TemplateError(f"does not parse: {error}") from error

    def render(self, variables: Mapping[str, Any]) -> str:
        """The template's text, $name being variables["name"]. Raises TemplateError."""
        try:
            return str(self._template.merge(dict(variables)))
        except Exception as error:  # whatever an expression raised, wrapped or not
            cause = error.__cause__ or error
            raise TemplateError(f"does not render: {cause}") from error


def _resolve(name: Any, target: Any, loader: Any, namespace: Any) -> Any:
    """$name, or what follows a dot: .name, .name(arguments), .name[index]."""
    if isinstance(target, _airspeed.LocalNamespace):
        try:
            value = target[name.name]
        except KeyError:
            return None
        if isinstance(value, _airspeed.DefineDefinition):
            return _run_define(name, target, loader, namespace)
    elif name.parameters is not None:
        value = java_methods.call(target, name.name, name.parameters.calculate(namespace, loader))
    else:
        value = java_methods.member(target, name.name)
    if name.index is None:
        return value
    return java_methods.element(value, name.index.calculate(namespace, loader))


def _resolve_rest(rest: Any, target: Any, loader: Any, namespace: Any) -> Any:
    """What follows a name: .expression, or [index] and what follows that."""
    if not isinstance(rest.expression, _airspeed.ArrayIndex):
        return rest.expression.calculate(target, loader, namespace)
    value = java_methods.element(target, rest.expression.calculate(namespace, loader))
    return rest.subexpression.calculate(value, loader, namespace) if rest.subexpression else value


def _foreach(loop: Any, stream: Any, namespace: Any, loader: Any) -> None:
    """Maps give their values; what is no collection gives nothing."""
    items = loop.value.calculate(namespace, loader)
    if isinstance(items, Mapping):
        items = list(items.values())
    if not isinstance(items, list | range):
        return
    if len(items) > MAX_ITERATIONS:
        raise ValueError(f"#foreach over {len(items)} items; allowed: {MAX_ITERATIONS}")
    for count, item in enumerate(items, 1):
        scope = _airspeed.LocalNamespace(namespace)
        scope["velocityCount"] = count
        scope["velocityHasNext"] = count < len(items)
        scope["foreach"] = {
            "count": count,
            "index": count - 1,
            "hasNext": count < len(items),
            "first": count == 1,
            "last": count == len(items),
        }
        scope[loop.loop_var_name] = item
        loop.block.evaluate(stream, scope, loader)


def _parse_text(text: Any) -> None:
    r"""Of two backslashes before a reference Velocity prints one."""
    _parse_plain_text(text)
    if text.text == r"\\" and _REFERENCE_AHEAD.match(text.full_text(), text.end):
        text.text = "\\"


def _parse_hash(text: Any) -> None:
    """A "#" that starts no directive is text; a broken or unknown directive is an error."""
    directive = _DIRECTIVE.match(text.full_text(), text.end)
    if directive:
        raise text.syntax_error(f"a well-formed #{directive[1]} of those supported here")
    _parse_plain_hash(text)


def _no_such_directive(directive: Any) -> None:
    raise _airspeed.NoMatch


def _load_airspeed() -> Any:
    spec = find_spec("airspeed.operators")
    if spec is None or spec.loader is None:
        raise ImportError("airspeed-ext is not installed")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_airspeed = _load_airspeed()
_run_define = _airspeed.NameOrCall.calculate
_calculate_reference = _airspeed.VariableExpression.calculate
_parse_plain_text = _airspeed.Text.parse
_parse_plain_hash = _airspeed.FallthroughHashText.parse


def _reference(expression: Any, target: Any, loader: Any, namespace: Any = None) -> Any:
    """An undefined reference is the empty text, as on API Gateway."""
    value = _calculate_reference(expression, target, loader, namespace)
    return "" if value is None else value


def _condition(condition: Any, namespace: Any, loader: Any) -> bool:
    return is_true(condition.expression.calculate(namespace, loader))


def _negation(unary: Any, namespace: Any, loader: Any) -> bool:
    return not is_true(unary.value.calculate(namespace, loader))


_airspeed.NameOrCall.calculate = _resolve
_airspeed.SubExpression.calculate = _resolve_rest
_airspeed.VariableExpression.calculate = _reference
_airspeed.Condition.calculate = _condition
_airspeed.UnaryOperatorValue.calculate = _negation
_airspeed.BinaryOperator.OPERATORS = BINARY_OPERATORS
_airspeed.ForeachDirective.evaluate_raw = _foreach
_airspeed.Text.parse = _parse_text
_airspeed.FallthroughHashText.parse = _parse_hash
_airspeed.Comment.COMMENT = re.compile(r"#(?:#.*?(?:\n|$)|\*.*?\*#)(.*)$", re.M | re.S)
_airspeed.value_to_string = to_text
# AppSync's #return, and directives that read files, do not exist on API Gateway.
for _foreign in ("ReturnDirective", "IncludeDirective", "ParseDirective"):
    getattr(_airspeed, _foreign).parse = _no_such_directive
