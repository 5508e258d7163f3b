"""Resources that are named by what they say: another content, another resource.

Models and endpoint configurations cannot be changed, and the ones that an update replaces are
still needed: an automatic roll-back returns to them. So a change makes new ones beside them, and a
change that is taken back finds the old ones where they were.
"""

import hashlib
import json
from typing import Any

Content = dict[str, Any]

ID_LENGTH = 5
"""Hex digits. The longest name is a configuration's, of 63 characters: the stack's prefix (28),
the endpoint's name (20), these, Pulumi's random suffix (7), and three dashes."""


def content_id(*contents: Content | None) -> str:
    """Hex digits that stand for plain data, whatever the order of its keys."""
    text = json.dumps(contents, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]
