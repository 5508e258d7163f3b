"""Parses JSON Lines into rows, as strictly as json_rows.py parses JSON.

https://jsonlines.org
"""

import json

from container.errors import Code, RequestError
from container.formats.json_rows import checked_row
from container.formats.rows import (
    MAX_ROWS,
    Row,
    check_count,
    check_size,
    decoded,
    distinct_keys,
    in_line,
)
from container.signature import Signature


def parse_json_lines(body: bytes, signature: Signature) -> list[Row]:
    """Rows of a body that has one on each line, all in the order of the features.

    A line is an array, in the order of the features, or an object with exactly their names.
    Raises RequestError: InvalidRequest (not UTF-8, no rows), PayloadTooLarge (more than
    MAX_ROWS), InvalidJson, InvalidRow or InvalidCell.
    """
    check_size(
        body,
        len(signature.features),
        # Texts may hold any character.
        opened=MAX_ROWS * (1 + signature.brackets_in_texts),
        commas=MAX_ROWS * (len(signature.features) + signature.commas_in_texts),
    )
    text = decoded(body, Code.INVALID_REQUEST).removesuffix("\n")
    # Not splitlines: a text in JSON may hold other characters that end a line.
    check_count(text.count("\n") + 1 if body else 0)
    return [
        checked_row(_value(line, index), index, signature, in_line)
        for index, line in enumerate(text.split("\n"))
    ]


def _value(line: str, index: int) -> object:
    place = in_line(index)
    try:
        value: object = json.loads(line, parse_int=float, object_pairs_hook=distinct_keys)
    except json.JSONDecodeError as error:
        message = f"{place}: not JSON: {error.msg} at column {error.colno}."
        raise RequestError(Code.INVALID_JSON, message, row=index) from error
    except RecursionError as error:
        message = f"{place}: nested too deeply."
        raise RequestError(Code.INVALID_JSON, message, row=index) from error
    except RequestError as error:
        raise RequestError(error.code, f"{place}: {error}", row=index) from error
    return value
