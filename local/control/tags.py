"""Tags of resources, by ARN."""

import threading
from collections.abc import Iterable, Mapping

from local.control.records import Record


class Tags:
    """The tags of one service in one region."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def add(self, arn: str, tags: Iterable[Mapping[str, str]]) -> None:
        """Adds tags to a resource, each a Key and a Value; one of the same key is replaced."""
        with self._lock:
            self._tags.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        """Takes tags off a resource; a key that it does not have is no fault, as on AWS."""
        with self._lock:
            for key in keys:
                self._tags.get(arn, {}).pop(key, None)

    def of(self, arn: str) -> list[Record]:
        """A resource's tags, sorted by key."""
        with self._lock:
            tags = sorted(self._tags.get(arn, {}).items())
        return [{"Key": key, "Value": value} for key, value in tags]

    def forget(self, arn: str) -> None:
        """Forgets a resource that is gone."""
        with self._lock:
            self._tags.pop(arn, None)
