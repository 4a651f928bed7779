"""A plan with its context, as the commands pass it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bootstrap.engine import blast_radius
from bootstrap.model.errors import BlockedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Resource

# The plan lists all.
_TOKENS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with raw values, to be applied; and its review, in which secrets are masked, to be shown.

    `want` is what the YAML wants, `have` what AWS has. `left_out` are the changes outside the targets, `unneeded` the
    approvals that override nothing.
    """

    plan: Plan
    review: PlanReview
    context: Context
    want: Mapping[Address, Resource] = field(default_factory=dict)
    have: Mapping[Address, Resource] = field(default_factory=dict)
    left_out: frozenset[Address] = frozenset()
    limits: blast_radius.Limits = blast_radius.DEFAULT
    unneeded: tuple[str, ...] = ()

    @property
    def remembered(self) -> bool:
        """Whether there is a record of a finished apply."""
        known = self.context.last_applied
        return known is not None and known.complete

    def check(self) -> None:
        """Raise BlockedError if anything blocks the plan, or an approval is not needed."""
        if self.unneeded:
            message = f"nothing in this plan needs --approve {' '.join(self.unneeded)}"
            raise BlockedError(message, hint="remove this --approve: the plan does not need it")
        blockers = self.review.blockers
        if blockers:
            tokens = sorted({blocker.token for blocker in blockers if blocker.token})
            options = " ".join(f"--approve {token}" for token in tokens[:_TOKENS_SHOWN])
            more = f", and {len(tokens) - _TOKENS_SHOWN} more" if len(tokens) > _TOKENS_SHOWN else ""
            raise BlockedError(
                f"the plan is blocked for {len(blockers)} reason{'s' * (len(blockers) > 1)}",
                hint=f"review each reason, then re-run with: {options}{more}" if options else "",
            )
