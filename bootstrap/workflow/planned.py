"""A plan as the verbs hand it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bootstrap import extent
from bootstrap.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bootstrap.aws.door import Door
    from bootstrap.kind import World
    from bootstrap.model import Address, Resource
    from bootstrap.plan import Plan, Refusal
    from bootstrap.proposal import Proposal

# Of more, each stands in the plan.
_CONSENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that its reader has to know, the door to its AWS, the world that it was made in, what the
    YAML wants, what differs and was not selected, and what the YAML says of how much is usual.

    `words_left` tells the consents to how much is done that the rest takes, once some of the changes are made.
    `halves` are what there will be of things of which only a part was selected, `idle` the consents that nothing asks
    for.
    """

    proposal: Proposal
    door: Door
    world: World
    want: Mapping[Address, Resource] = field(default_factory=dict)
    left_out: frozenset[Address] = frozenset()
    limits: extent.Limits = extent.USUAL
    words_left: Callable[[Collection[Address]], list[str]] = lambda _done: []
    halves: tuple[Resource, ...] = ()
    idle: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.proposal.plan

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return self.proposal.refusals

    @property
    def remembered(self) -> bool:
        """Whether an apply that came to its end is remembered."""
        found = self.world.memory
        return found is not None and found.complete

    def check(self) -> None:
        """Raise RefusedError if anything stands against the plan, or against what was said to it."""
        if self.idle:
            message = f"nothing in this plan asks for --allow {' '.join(self.idle)}"
            raise RefusedError(message, hint="leave it out: the plan says what takes a word, if anything does")
        if self.refusals:
            tokens = sorted({refusal.token for refusal in self.refusals if refusal.token})
            consent = " ".join(f"--allow {token}" for token in tokens[:_CONSENTS_SHOWN])
            rest = f", and {len(tokens) - _CONSENTS_SHOWN} more" if len(tokens) > _CONSENTS_SHOWN else ""
            raise RefusedError(
                f"the plan is refused for {len(self.refusals)} reason{'s' * (len(self.refusals) > 1)}",
                hint=f"after reading them, consent with: {consent}{rest}" if consent else "",
            )
