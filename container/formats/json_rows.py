"""Parses JSON into rows, strictly: what is not meant is refused, by place."""

import json
from collections.abc import Callable, Sequence

from container.errors import Code, RequestError, shown
from container.formats.include import listed_extras
from container.formats.rows import (
    FLOAT32_OVERFLOW,
    MAX_ROWS,
    Row,
    check_count,
    check_size,
    decoded,
    distinct_keys,
    invalid_cell,
    wrong_width,
)
from container.predictions import Extra
from container.signature import NEVER_SEEN, Signature

SEND = 'Send {"instances": [[...], ...]}.'


def parse_json(body: bytes, signature: Signature) -> tuple[list[Row], frozenset[Extra]]:
    """Rows and extras of `{"instances": [[5.1, 3.5, 1.4, 0.2], ...], "include": ["set"]}`.

    An instance is an array in the order of the features, or an object with exactly their names;
    `include` may be missing. Raises RequestError: InvalidJson, InvalidRequest (the object around
    the rows), PayloadTooLarge (more than MAX_ROWS), InvalidRow or InvalidCell.
    """
    # Each row opens one bracket, the object and its arrays three more; there is a comma between
    # any two values. Texts may hold any character.
    check_size(
        body,
        len(signature.features),
        opened=MAX_ROWS * (1 + signature.brackets_in_texts) + 3,
        commas=MAX_ROWS * (len(signature.features) + signature.commas_in_texts) + len(Extra) + 1,
    )
    document = _document(body)
    if not isinstance(document, dict):
        raise RequestError(
            Code.INVALID_REQUEST, f"The body is {shown(document)}, not an object. {SEND}"
        )
    for key in document:
        if key not in {"instances", "include"}:
            raise RequestError(
                Code.INVALID_REQUEST,
                f'Unknown key {shown(key)}. Allowed are "instances" and "include". Remove it.',
            )
    if "instances" not in document:
        raise RequestError(Code.INVALID_REQUEST, f'Key "instances" is missing. {SEND}')
    include = listed_extras(document.get("include", []))
    return checked_rows(document["instances"], signature), include


def _document(body: bytes) -> object:
    try:
        document: object = json.loads(
            decoded(body, Code.INVALID_JSON),
            # Integers are features like all numbers; float also knows no limit of digits.
            parse_int=float,
            object_pairs_hook=distinct_keys,
        )
    except json.JSONDecodeError as error:
        raise RequestError(
            Code.INVALID_JSON,
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
        ) from error
    except RecursionError as error:
        raise RequestError(Code.INVALID_JSON, "The body is nested too deeply.") from error
    return document


def checked_rows(instances: object, signature: Signature) -> list[Row]:
    """Rows of parsed JSON whose every number is a float: an array of arrays or records.

    Raises RequestError.
    """
    if not isinstance(instances, list):
        raise RequestError(
            Code.INVALID_REQUEST, f"instances: {shown(instances)} is not an array of rows."
        )
    check_count(len(instances))
    return [checked_row(row, index, signature, _place) for index, row in enumerate(instances)]


def checked_row(
    row: object, index: int, signature: Signature, place: Callable[[int, int | None], str]
) -> Row:
    """One row of parsed JSON whose every number is a float; `place` names it, or a cell of it.

    Raises RequestError InvalidRow or InvalidCell.
    """
    width = len(signature.features)
    if isinstance(row, dict):
        row = _in_order(row, index, place(index, None), signature.names)
    if not isinstance(row, list):
        raise RequestError(
            Code.INVALID_ROW,
            f"{place(index, None)}: {shown(row)} is neither an array nor an object. "
            f"Send {width} values.",
            row=index,
        )
    if len(row) != width:
        raise wrong_width(place(index, None), len(row), width, index)
    cells: Row = []
    for column, (value, codes) in enumerate(zip(row, signature.codes, strict=True)):
        if codes is None:
            # NaN fails the comparison.
            if type(value) is not float or not -FLOAT32_OVERFLOW < value < FLOAT32_OVERFLOW:
                raise invalid_cell(place(index, column), value, index, column)
            cells.append(value)
        elif type(value) is str:
            cells.append(codes.get(value, NEVER_SEEN))
        else:
            raise RequestError(
                Code.INVALID_CELL,
                # No category of the model's: it is training data, and not for all who may call.
                f"{place(index, column)}: {shown(value)} is not a text. Send a text.",
                row=index,
                column=column,
            )
    return cells


def _in_order(
    record: dict[str, object], index: int, place: str, names: Sequence[str]
) -> list[object]:
    """The record's values in the order of the features, which must be its keys."""
    for name in names:
        if name not in record:
            message = f"{place}: feature {shown(name)} is missing. Send every feature once."
            raise RequestError(Code.INVALID_ROW, message, row=index)
    if len(record) != len(names):
        known = set(names)
        unknown = next(key for key in record if key not in known)
        message = f"{place}: {shown(unknown)} is no feature of the model. Remove it."
        raise RequestError(Code.INVALID_ROW, message, row=index)
    return [record[name] for name in names]


def _place(row: int, column: int | None) -> str:
    return f"instances[{row}]" + ("" if column is None else f"[{column}]")
