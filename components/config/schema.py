"""JSON Schema of a stack's YAML, for editors; made from the models of the config.

It says what a value may be by itself. Not in it is what does not go together, and what only the
program knows, such as which dates exist. docs/decisions/0011-schema-of-the-config.md
"""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DictSchema

from components.config.provider import REGION, region_schema
from components.config.stack import NAMESPACE, StackConfig
from components.config.strict import Strict
from components.config.units import Quantity

Schema = dict[str, Any]

REFERENCE = "#/definitions/"


class _Generator(GenerateJsonSchema):
    """Titles are our validators' words, and names in mappings have a schema of their own."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def dict_schema(self, schema: DictSchema) -> Schema:
        """An editor says of a name why it is refused, which pydantic's patternProperties do not.

        Nor do those keep the titles of the values.
        """
        made = super().dict_schema(schema)
        del made["patternProperties"]
        names = self.generate_inner(schema["keys_schema"])
        values = self.generate_inner(schema["values_schema"])
        return made | {"propertyNames": names, "additionalProperties": values}


def stack_file_schema() -> Schema:
    """JSON Schema of a whole Pulumi.<stack>.yaml."""
    found = blocks()
    stack = found.pop(StackConfig.__name__)
    keys = {f"{NAMESPACE}:{key}": value for key, value in stack["properties"].items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by `make docs` from components/config/; do not edit.",
        "title": "A stack of ml-gateway",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {REGION: region_schema()} | keys,
                "patternProperties": {"^pulumi:": {"description": "The engine's own."}},
                "additionalProperties": False,
                "required": [REGION, *(f"{NAMESPACE}:{key}" for key in stack["required"])],
            }
        },
        "required": ["config"],
        "definitions": found,
    }


def blocks() -> dict[str, Schema]:
    """JSON Schema of every block by its model's name, in the order in which the config has them."""
    stack = StackConfig.model_json_schema(
        ref_template=f"{REFERENCE}{{model}}", schema_generator=_Generator
    )
    made = {StackConfig.__name__: stack} | stack.pop("$defs")
    for model in (models := [*_models(StackConfig)]):
        for field in model.model_fields.values():
            schema = made[model.__name__]["properties"][field.alias]
            schema["description"] = " ".join(schema["description"].split())
            _say_default(field, schema)
    return {model.__name__: made[model.__name__] for model in models}


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A block and all blocks below it, each once, those of a key before the next key's."""
    found = {model: None}
    for field in model.model_fields.values():
        for block in _blocks_in(field.annotation):
            found |= dict.fromkeys(_models(block))
    yield from found


def _blocks_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _blocks_in(part)


def _say_default(field: FieldInfo, schema: Schema) -> None:
    """The default as users write it; none where it only says that nothing is there."""
    default = field.default
    if default is None or isinstance(default, Strict):
        schema.pop("default", None)
    for quantity in field.metadata:
        if isinstance(quantity, Quantity) and "default" in schema:
            schema["default"] = quantity.text(default)
