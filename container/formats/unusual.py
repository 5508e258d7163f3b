"""Names what a row holds that the model has not seen in training: its answer is a guess there."""

import struct
from collections.abc import Mapping, Sequence

from container.formats.rows import Row
from container.signature import NEVER_SEEN, Signature

OUT_OF_RANGE = "outOfRange"
NEVER_SEEN_KEY = "neverSeen"


def unusual(rows: Sequence[Row], signature: Signature) -> list[Mapping[str, object]] | None:
    """For each row, under `outOfRange` the features whose number lies outside their range, under
    `neverSeen` those whose text is none of their categories; a key is there if any feature is.

    None if that is true of no row.
    """
    if not signature.bounds or _all_inside(rows, signature.bounds):
        return None
    found = [_of_row(row, signature) for row in rows]
    return found if any(found) else None


def _all_inside(rows: Sequence[Row], bounds: Sequence[tuple[int, float, float]]) -> bool:
    for row in rows:  # loops: all() of a generator costs a row as much again
        for column, low, high in bounds:
            if not low <= row[column] <= high:
                return False
    return True


def _of_row(row: Row, signature: Signature) -> Mapping[str, object]:
    out_of_range, never_seen = [], []
    for value, feature in zip(row, signature.features, strict=True):
        if feature.categories is not None:
            if value == NEVER_SEEN:
                never_seen.append(feature.name)
        elif feature.range is not None:
            low, high = feature.range
            if not low <= value <= high and not _reaches(value, low, high):
                out_of_range.append(feature.name)
    named = {OUT_OF_RANGE: out_of_range, NEVER_SEEN_KEY: never_seen}
    return {key: names for key, names in named.items() if names}


def _reaches(value: float, low: float, high: float) -> bool:
    """Whether the value lies in the range as the model gets it.

    The decimal 4.3 does not in that of the float32 nearest to it, which is a little larger.
    """
    return _float32(low) <= _float32(value) <= _float32(high)


def _float32(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)
