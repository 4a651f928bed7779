"""A plan as the verbs hand it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bootstrap.engine import blast_radius
from bootstrap.model.errors import BlockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bootstrap.aws.client import AwsClient
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Blocker, Plan
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.resource import Address, Resource

# Of more, each stands in the plan.
_CONSENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that its reader has to know, the door to its AWS, the context that it was made in, what the
    YAML wants, what differs and was not selected, and what the YAML says of how much is usual.

    `words_left` tells the consents to how much is done that the rest takes, once some of the changes are made.
    `halves` are what there will be of things of which only a part was selected, `idle` the consents that nothing asks
    for.
    """

    review: PlanReview
    door: AwsClient
    context: Context
    want: Mapping[Address, Resource] = field(default_factory=dict)
    left_out: frozenset[Address] = frozenset()
    limits: blast_radius.Limits = blast_radius.USUAL
    words_left: Callable[[Collection[Address]], list[str]] = lambda _done: []
    halves: tuple[Resource, ...] = ()
    idle: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.review.plan

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        return self.review.blockers

    @property
    def remembered(self) -> bool:
        """Whether an apply that came to its end is remembered."""
        found = self.context.memory
        return found is not None and found.complete

    def check(self) -> None:
        """Raise BlockedError if anything stands against the plan, or against what was said to it."""
        if self.idle:
            message = f"nothing in this plan asks for --approve {' '.join(self.idle)}"
            raise BlockedError(message, hint="leave it out: the plan says what takes a word, if anything does")
        if self.blockers:
            tokens = sorted({blocker.token for blocker in self.blockers if blocker.token})
            consent = " ".join(f"--approve {token}" for token in tokens[:_CONSENTS_SHOWN])
            rest = f", and {len(tokens) - _CONSENTS_SHOWN} more" if len(tokens) > _CONSENTS_SHOWN else ""
            raise BlockedError(
                f"the plan is refused for {len(self.blockers)} reason{'s' * (len(self.blockers) > 1)}",
                hint=f"after reading them, consent with: {consent}{rest}" if consent else "",
            )
