"""What every block of the config is: closed, frozen, and documented by its fields' docstrings."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from components.config.values import config_fault


class Strict(BaseModel):
    """A block. Its keys are the fields' names in camel case; any other key is a mistake."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )


def keys_of(block: type[BaseModel]) -> dict[str, str]:
    """The fields of a block by their keys, as users write those."""
    return {field.alias or name: name for name, field in block.model_fields.items()}


def exactly_one(block: Strict, *keys: str) -> None:
    """Raises the fault of a block that has none or several of keys that exclude each other."""
    fields = keys_of(type(block))
    given = [key for key in keys if getattr(block, fields[key]) is not None]
    if len(given) != 1:
        raise config_fault(
            f"exactly one of {', '.join(keys[:-1])} or {keys[-1]}",
            "Remove the others" if given else "Add one",
            seen=" and ".join(given) or "none of them",
        )
