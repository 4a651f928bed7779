"""Placeholders for the ids that AWS assigns, so that a policy can be measured and evaluated before they exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.model.resource import Address, Ids
from bootstrap.policy.language import PolicyError

if TYPE_CHECKING:
    from bootstrap.model.resource import Body, Json
    from bootstrap.spec.spec import Spec

# As long as a real one: AWS allows up to 32 characters after the dash, and has assigned ten so far.
_ORGANIZATION: Final = "o-standin000"
_FIRST_ACCOUNT: Final = 900000000001
_PATTERNS: Final = {"organization": r"o-[a-z0-9]{10,32}", "account": r"[0-9]{12}"}


class PlaceholderIds:
    """An id of the right form and length for the organization and for each of its accounts."""

    def __init__(self, spec: Spec) -> None:
        self.organization = _ORGANIZATION
        self._ids = Ids(_PATTERNS)
        self._ids[Address("organization", spec.organization.name)] = _ORGANIZATION
        for number, key in enumerate(sorted(spec.accounts), start=_FIRST_ACCOUNT):
            self._ids[Address("account", key)] = str(number)

    def fill_body(self, body: Body) -> Body:
        """The body with every reference replaced by an id. Raises PolicyError for a reference to nothing."""
        return {name: self.fill(part) for name, part in body.items()}

    def fill(self, value: Json) -> Json:
        """`value` with every reference replaced by an id. Raises PolicyError for a reference to nothing."""
        try:
            return self._ids.fill(value)
        except KeyError as error:
            message = f"${{{error.args[0]}}} refers to nothing in the YAML"
            raise PolicyError(message) from None
