"""How a function becomes an operation of moto's Organizations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from moto.organizations.models import organizations_backends
from moto.organizations.responses import OrganizationsResponse

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations.state import error, invalid, not_in_use
from bootstrap.emulator.patching import replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bootstrap.emulator.organizations.state import State
    from bootstrap.emulator.profile import Span

    Request = dict[str, Any]
    Answer = dict[str, Any] | None
    Operation = Callable[[State, Request], Answer]

Item = TypeVar("Item")
PAGE = 20  # API model: MaxResults of every list operation is 1 to 20


def operation(name: str, *, members: bool = False, without_organization: bool = False) -> Callable[..., Any]:
    """Make the decorated function answer the operation of this (snake_case) name.

    All operations but those with `members` need the management account: "This operation can be called only from the
    organization's management account or by a member account that is a delegated administrator".
    """

    def register(answer: Operation) -> Operation:
        def respond(response: Any) -> str:
            state: State = response.organizations_backend
            if state.org is None and not without_organization:
                member_of = organizations_backends.master_accounts.get(response.current_account)
                if member_of is None:
                    raise not_in_use()
                if not members:
                    raise error("AccessDeniedException", f"You don't have permissions to perform {name}.")
                management_id, partition = member_of
                state = organizations_backends[management_id][partition]
            return json.dumps(answer(state, response.request_params) or {})

        replaces(OrganizationsResponse, name)(respond)
        return answer

    return register


def later(state: State, span: Span, action: Callable[[], object]) -> None:
    """Run an action after a delay of this span, unless the organization is deleted before."""
    organization = state.org

    def unless_deleted() -> None:
        if state.org is organization:
            action()

    CURRENT.scheduler.after(span.pick(CURRENT.random), unless_deleted)


def page_of(name: str, items: Sequence[Item], described: Callable[[Item], object], request: Request) -> Answer:
    """The page of described items that the NextToken of the request names, and the NextToken of the page after it."""
    size = request.get("MaxResults") or PAGE
    if not 1 <= size <= PAGE:
        reason = "MIN_VALUE_EXCEEDED" if size < 1 else "MAX_VALUE_EXCEEDED"
        raise invalid(reason, f"MaxResults must be between 1 and {PAGE}.")
    token = request.get("NextToken") or "0"
    if not token.isdigit():
        raise invalid("INVALID_NEXT_TOKEN", "The NextToken value is not valid.")
    end = int(token) + size
    page = {name: [described(item) for item in items[int(token) : end]]}
    return {**page, "NextToken": str(end)} if end < len(items) else page
