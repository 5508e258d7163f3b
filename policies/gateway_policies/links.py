"""Which resources of a stack belong to which: by a name, or by what feeds a property."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gateway_policies.resource import UNKNOWN, Resource, Unknown


class Links:
    """Resources that name another one, such as the settings of a bucket that name the bucket.

    Looking one up takes the same time however many there are.
    """

    def __init__(
        self, owners: Sequence[Resource], parts: Iterable[Resource], key: str, *, own: str
    ) -> None:
        """key: property of a part that names its owner. own: property with the owner's name."""
        self._own = own
        self._named: dict[str, list[Resource]] = defaultdict(list)
        self._fed: dict[str, list[Resource]] = defaultdict(list)
        self._loose = False
        urns = {owner.urn for owner in owners}
        # An owner and its part may both be named by a third resource.
        sources = {urn for owner in owners for urn in owner.dependencies.get(own, ())}
        for part in parts:
            name = part.get(key)
            feeding = part.dependencies.get(key, ())
            if isinstance(name, str):
                self._named[name].append(part)
            if name is UNKNOWN or not urns.isdisjoint(feeding):
                for urn in feeding:
                    self._fed[urn].append(part)
            if name is UNKNOWN and (urns | sources).isdisjoint(feeding):
                self._loose = True

    def of(self, owner: Resource) -> Sequence[Resource] | Unknown:
        """The parts of an owner; UNKNOWN if there are none but some that may be.

        Those cannot be told at preview, as neither their name is known nor what feeds it.
        """
        name = owner.get(self._own)
        found = {part.urn: part for part in self._fed.get(owner.urn, ())}
        if isinstance(name, str):
            found |= {part.urn: part for part in self._named.get(name, ())}
        elif name is UNKNOWN:
            for urn in owner.dependencies.get(self._own, ()):
                found |= {part.urn: part for part in self._fed.get(urn, ())}
        return list(found.values()) or (UNKNOWN if self._loose else [])
