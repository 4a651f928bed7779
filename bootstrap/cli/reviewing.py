"""Plans that are kept and reviewed: written to a file, read from it, and held against the plan of now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.files import check_writable, read_file, write_file
from bootstrap.cli.options import command

if TYPE_CHECKING:
    from bootstrap.planfile import PlanFile
    from bootstrap.workflow import Planned


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody said yes to: a plan, the digest of one, or neither; and in which turn, if there are any."""

    plan: PlanFile | None = None
    digest: str | None = None
    turn: int | None = None

    @property
    def consents(self) -> tuple[str, ...]:
        """Those that the reviewed plan was made with, and those to how much of it is left."""
        from bootstrap import extent
        from bootstrap.redaction import hidden

        if self.plan is None:
            return ()
        refused = (refusal.token for refusal in self.plan.refusals)
        touched = hidden(self.plan.touched, self.plan.organization.account)
        return (*(consented.token for consented in self.plan.consented), *extent.reviewed(refused, touched))

    @property
    def only(self) -> tuple[str, ...]:
        """What the reviewed plan was narrowed to."""
        return tuple(self.plan.only) if self.plan else ()

    def check(self, planned: Planned) -> None:
        """Raise RefusedError if the plan of now does more than what was reviewed, or otherwise."""
        from bootstrap.binding import check_expected, check_reviewed, check_turn

        if self.turn:
            check_turn(self.turn, planned.world.live.parameters)
        if self.plan:
            check_reviewed(self.plan, planned.proposal)
        if self.digest is not None:
            check_expected(self.digest, planned.proposal)

    def words(self, path: Path | None) -> tuple[str, ...]:
        """How the review is typed again."""
        return (*([str(path)] if path else []), *(["--expect", self.digest] if self.digest is not None else []))


def read_review(path: Path | None, digest: str | None, turn: int | None) -> Review:
    """What was typed of a review, and of whose turn it is. Raises for what is no plan, or no digest of one."""
    from bootstrap.binding import parts_of
    from bootstrap.planfile import read

    if digest is not None:
        parts_of(digest)
    plan = read(read_file(path, "`org-bootstrap plan --out FILE` writes one"), str(path)) if path else None
    return Review(plan, digest, turn)


def check_can_keep_plan(path: Path) -> None:
    from bootstrap.readback import PLAN

    check_writable(path, PLAN)


def keep_plan(planned: Planned, path: Path) -> None:
    from bootstrap.planfile import describe, text
    from bootstrap.readback import PLAN

    write_file(path, text(describe(planned.proposal)), PLAN)


def tell_how_to_bind(planned: Planned, directory: Path, path: Path | None) -> None:
    """How to have just this plan applied, unless it is refused. A file says itself what it was made with; a digest
    does not.
    """
    from bootstrap.planfile import as_typed, digest

    if planned.plan and not (planned.refusals or planned.idle):
        review = (str(path),) if path else ("--expect", digest(planned.proposal), *as_typed(planned.proposal))
        console.talk(f"To apply this and no more: {command('apply', directory, *review)}")
