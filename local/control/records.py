"""Records of resource types that have no behaviour of their own: kept whole, so nothing drops."""

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from local.control.service import AwsError

Record = dict[str, Any]


class Records:
    """The records of one type in one region, under keys of one or more parts.

    noun: how AWS's messages name the type. missing, taken: error codes of the service. shown: how
    the messages name a record, from its key's parts with slashes between.
    """

    def __init__(
        self, noun: str, missing: str, taken: str, shown: Callable[[str], str] = repr
    ) -> None:
        self._noun = noun
        self._missing = missing
        self._taken = taken
        self._shown = shown
        self._records: dict[tuple[str, ...], Record] = {}
        self._lock = threading.Lock()

    def create(self, key: Sequence[str], record: Record) -> None:
        """Adds a record. Raises AwsError if the key is taken."""
        with self._lock:
            if tuple(key) in self._records:
                name = self._shown("/".join(key))
                raise AwsError(self._taken, f"Cannot create already existing {self._noun} {name}")
            self._records[tuple(key)] = copy.deepcopy(record)

    def put(self, key: Sequence[str], members: Record) -> None:
        """Adds a record, or changes the members named of the one that is there."""
        with self._lock:
            self._records.setdefault(tuple(key), {}).update(copy.deepcopy(members))

    def get(self, key: Sequence[str]) -> Record:
        """A copy of a record. Raises AwsError if there is none."""
        with self._lock:
            return copy.deepcopy(self._existing(key))

    def find(self, key: Sequence[str]) -> Record | None:
        """A copy of a record, if there is one."""
        with self._lock:
            return copy.deepcopy(self._records.get(tuple(key)))

    def update(self, key: Sequence[str], members: Record) -> None:
        """Changes the members named. Raises AwsError if there is no such record."""
        with self._lock:
            self._existing(key).update(copy.deepcopy(members))

    def replace(self, key: Sequence[str], record: Record) -> None:
        """Puts a record in the place of one. Raises AwsError if there is no such record."""
        with self._lock:
            self._existing(key)
            self._records[tuple(key)] = copy.deepcopy(record)

    def delete(self, key: Sequence[str]) -> None:
        """Removes a record. Raises AwsError if there is none."""
        with self._lock:
            self._existing(key)
            del self._records[tuple(key)]

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], Record]]:
        with self._lock:
            return iter(copy.deepcopy(list(self._records.items())))

    def _existing(self, key: Sequence[str]) -> Record:
        if tuple(key) not in self._records:
            name = self._shown("/".join(key))
            raise AwsError(self._missing, f"Could not find {self._noun} {name}.")
        return self._records[tuple(key)]
