"""Which members of a request are had. Any other asks for a behaviour that would be missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from local.control.records import Record
from local.control.service import AwsError


@dataclass(frozen=True)
class Members:
    """The members of one structure.

    noun: how messages name it. needed: here, also where AWS does not. taken: have an effect, or
    none that could be seen on one machine. only: members that have one allowed value.
    """

    noun: str
    needed: frozenset[str]
    taken: frozenset[str]
    only: Mapping[str, object]

    def check(self, given: Record) -> None:
        """Raises AwsError for a member that is missing, not had, or has a value that is not had."""
        if missing := sorted(self.needed - given.keys()):
            raise invalid(f"the local cloud needs {', '.join(missing)} of {self.noun}")
        if unknown := sorted(given.keys() - self.needed - self.taken - self.only.keys()):
            raise invalid(f"the local cloud does not have {', '.join(unknown)} of {self.noun}")
        for member, allowed in self.only.items():
            if given.get(member, allowed) != allowed:
                raise invalid(
                    f"the local cloud does not have {member} {given[member]} of {self.noun}. "
                    f"Allowed: {allowed}."
                )


def members(
    noun: str, needed: str = "", taken: str = "", only: Mapping[str, object] | None = None
) -> Members:
    """The members of a structure. needed, taken: names with blanks between."""
    return Members(noun, frozenset(needed.split()), frozenset(taken.split()), only or {})


def invalid(message: str) -> AwsError:
    """SageMaker's one error code for whatever is wrong with a request, missing things included.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
    """
    return AwsError("ValidationException", message)
