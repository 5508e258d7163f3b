"""A request's body, in any format that the server speaks, as rows for the model."""

from container.formats.csv_rows import parse_csv
from container.formats.include import attribute_extras
from container.formats.json_lines import parse_json_lines
from container.formats.json_rows import parse_json
from container.formats.media_types import Format
from container.formats.npy import parse_npy
from container.formats.plain_json import plain_rows
from container.formats.rows import Row
from container.predictions import Extra
from container.signature import Signature


def parse_request(
    requested: Format, body: bytes, signature: Signature, custom_attributes: str | None
) -> tuple[list[Row], frozenset[Extra]]:
    """The rows in a body of one format, and the extras that it asks for.

    Rows (rows, features), 1 to MAX_ROWS of them; a number that was written without a point may be
    an int.
    custom_attributes: the header include.ATTRIBUTES, by which all formats ask for extras; None
    where it is missing. Raises RequestError.
    """
    include = attribute_extras(custom_attributes)
    match requested:
        case Format.JSON:
            rows = plain_rows(body, len(signature.features)) if signature.numeric else None
            if rows is None:
                rows, listed = parse_json(body, signature)
                include |= listed
        case Format.CSV:
            rows = parse_csv(body, signature)
        case Format.JSON_LINES:
            rows = parse_json_lines(body, signature)
        case Format.NPY:
            rows = parse_npy(body, signature)
    return rows, include
