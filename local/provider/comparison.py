"""Whether what AWS answers holds what was sent, in the forms in which AWS may say the same."""

import json
from datetime import UTC, datetime
from typing import Any


def contains(found: Any, sent: Any) -> bool:
    """Whether `found` has everything that is in `sent`; members that AWS adds are welcome.

    JSON documents are equal by their content, times by their instant, and an empty text or list
    is the same as none.
    """
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(contains(found.get(k), v) for k, v in sent.items())
    if isinstance(sent, list):
        items = found if found is not None else []
        return (
            isinstance(items, list)
            and len(items) == len(sent)
            and all(contains(f, s) for f, s in zip(items, sent, strict=True))
        )
    if found == sent or (sent == "" and found is None):
        return True
    if isinstance(found, datetime):
        return found == _instant(sent)
    return isinstance(sent, str) and _same_document(found, sent)


def same_text(one: Any, other: Any) -> bool:
    """Whether two values are equal, or both JSON documents with one content."""
    return bool(one == other) or (
        isinstance(one, str) and isinstance(other, str) and _same_document(one, other)
    )


def _same_document(found: Any, sent: str) -> bool:
    """Policies come back as text with other spaces, or already parsed."""
    wanted = _document(sent)
    return wanted is not None and wanted == (_document(found) if isinstance(found, str) else found)


def _document(text: str) -> Any:
    """A JSON object or array; None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _instant(text: Any) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
