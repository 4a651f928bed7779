"""Ids that stand in for those of AWS, so that a policy can be measured and asked before anything exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import Address, Ids
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bootstrap.model.resource import Json
    from bootstrap.policy.language import PolicyStatement
    from bootstrap.spec.spec import Spec

# As long as a real one: AWS allows up to 32 characters after the dash, and has given out ten.
_ORGANIZATION: Final = "o-standin000"
_FIRST_ACCOUNT: Final = 900000000001


class StandIns:
    """The organization and its accounts, each with an id of the right form and length."""

    def __init__(self, spec: Spec) -> None:
        self.organization = _ORGANIZATION
        self._ids = Ids()
        self._ids[Address("organization", spec.organization.name)] = _ORGANIZATION
        for number, key in enumerate(sorted(spec.accounts), start=_FIRST_ACCOUNT):
            self._ids[Address("account", key)] = str(number)

    def fill(self, value: Json) -> Json:
        """`value` as it will be at the moment of a call; PolicyError for a reference to nothing."""
        try:
            return self._ids.fill(value)
        except KeyError as error:
            message = f"${{{error.args[0]}}} refers to nothing that the YAML has"
            raise PolicyError(message) from None

    def filled(self, statements: Sequence[PolicyStatement]) -> list[PolicyStatement]:
        return [{element: self.fill(value) for element, value in statement.items()} for statement in statements]
