"""docs/config.md: every key of a stack's YAML, for people; made from the config's JSON Schema."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from components.config.provider import REGION, region_schema
from components.config.schema import REFERENCE, Schema, blocks
from components.config.stack import NAMESPACE, StackConfig

EXAMPLE = Path(__file__).with_name("example.yaml")
"""A stack's YAML with comments, of which each section shows its part."""

_HEAD = f"""\
# Every key of a stack's YAML

Made by `make docs` from `components/config/`; do not edit.

`Pulumi.<stack>.yaml` says what exists, under `config:`. `{REGION}` is required:
{{region}}. Every other key stands below, with `{NAMESPACE}:` before
those of the first table. A block takes no other keys than those of its table. Quantities carry
their unit, as in `1200/min` or `30d`. What is right by itself and does not go together is refused
by the program, with AWS's reason, before anything is created.

Editors with YAML's language server say the same while one types: the first line of each stack's
YAML names [config.schema.json](config.schema.json).
"""


def markdown() -> str:
    """The whole page."""
    made = blocks()
    places: dict[str, list[str]] = {name: [] for name in made}
    for name, place in _places(made, StackConfig.__name__, ""):
        places[name].append(place)
    examples = _examples()
    sections = [_HEAD.format(region=region_schema()["title"])]
    for name, block in made.items():
        sections.append(_section(name, block, places[name]))
        if shown := "".join(examples.pop(place, "") for place in _example_keys(places[name])):
            sections.append(f"```yaml\nconfig:\n{shown}```\n")
    return "\n".join(sections)


def _places(made: Mapping[str, Schema], name: str, place: str) -> Iterator[tuple[str, str]]:
    """Every block with its place in the config; one that has several comes as often."""
    yield name, place
    for key, value in made[name]["properties"].items():
        inner = f"{place}.{key}" if place else f"{NAMESPACE}:{key}"
        target = _given(value)
        if "additionalProperties" in target:
            inner, target = f"{inner}.<name>", target["additionalProperties"]
        if block := _referred(target):
            yield from _places(made, block, inner)


def _example_keys(places: list[str]) -> list[str]:
    """The keys of the example that the section of a block shows."""
    if places == [""]:
        return [REGION, f"{NAMESPACE}:image"]
    return [place.removesuffix(".<name>") for place in places]


def _section(name: str, block: Schema, places: list[str]) -> str:
    where = ", ".join(f"`{place}`" for place in places if place)
    rows = [
        f"| `{key}` | {_cell(_words(value))} | {_default(key, value, block)} "
        f"| {_cell(value['description'])} |"
        for key, value in block["properties"].items()
    ]
    return "\n".join(
        [f"## {_heading(name)}\n", f"{block['description']}\n"]
        + [f"Where: {where}\n"] * bool(where)
        + ["| key | takes | default | what it is |", "|---|---|---|---|", *rows, ""]
    )


def _heading(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Config")).capitalize()
    return words.upper() if words in ("Cors", "Vpc", "Waf") else words


def _link(name: str) -> str:
    heading = _heading(name)
    return f"[{heading}](#{heading.lower().replace(' ', '-')})"


def _words(schema: Schema) -> str:
    """What a key takes."""
    schema = _given(schema)
    if block := _referred(schema):
        return _link(block)
    match schema.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "array":
            return f"a list, {_size(schema, 'Items')}; each {schema['items']['title']}"
        case "object":
            size = _size(schema, "Properties")
            name = schema["propertyNames"]["title"]
            return f"{_words(schema['additionalProperties'])} by name, {size}; a name is {name}"
    return str(schema["title"])


def _size(schema: Schema, what: str) -> str:
    least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}")
    return f"{least} to {most}" if most else f"{least} or more"


def _default(key: str, value: Schema, block: Schema) -> str:
    if key in block.get("required", ()):
        return "required"
    default = value.get("default")
    if _referred(value):
        return "its defaults"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if default else "none"


def _given(schema: Schema) -> Schema:
    """What a key takes where it is given: nothing may stand in the place of any optional one."""
    return schema["anyOf"][0] if "anyOf" in schema else schema


def _referred(schema: Schema) -> str | None:
    return schema["$ref"].removeprefix(REFERENCE) if "$ref" in schema else None


def _cell(text: str) -> str:
    """Text in a table; between backticks nothing but the table's own sign has to be escaped."""
    parts = text.replace("|", r"\|").split("`")
    return "`".join(
        part if place % 2 else part.replace("<", "&lt;") for place, part in enumerate(parts)
    )


def _examples() -> dict[str, str]:
    """The lines of each key of the example, with the comments before it."""
    parts: dict[str, str] = {}
    comments = ""
    key = ""
    for line in EXAMPLE.read_text().splitlines(keepends=True)[1:]:
        if match := re.match(r"  ([a-z-]+:[a-z]+):", line):
            key = match[1]
            parts[key], comments = comments + line, ""
        elif line.startswith("  #"):
            comments += line
        else:
            parts[key] += line
    return parts
