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
    """What somebody said yes to: a plan, the digest of one, or neither; and in which serial, if there are any."""

    plan: PlanFile | None = None
    digest: str | None = None
    serial: int | None = None

    @property
    def consents(self) -> tuple[str, ...]:
        """The approvals that the reviewed plan was made with. It approves its own size: apply does no more than it."""
        if self.plan is None:
            return ()
        blocked = {blocker.token for blocker in self.plan.blocked}
        size = (f"accounts:{len(self.plan.affected)}", f"deletes:{sum(c.after is None for c in self.plan.changes)}")
        return (*(blocker.token for blocker in self.plan.approved), *(token for token in size if token not in blocked))

    @property
    def only(self) -> tuple[str, ...]:
        """What the reviewed plan was narrowed to."""
        return tuple(self.plan.targets) if self.plan else ()

    def check(self, planned: Planned) -> None:
        """Raise BlockedError if the plan of now does more than what was reviewed, or otherwise."""
        from bootstrap.planfile.verify import verify_digest, verify_plan, verify_serial
        from bootstrap.workflow.applied import applied_shards

        if self.serial:
            verify_serial(self.serial, planned.context.read(applied_shards))
        if self.plan:
            verify_plan(self.plan, planned.review)
        if self.digest is not None:
            verify_digest(self.digest, planned.review)

    def words(self, path: Path | None) -> tuple[str, ...]:
        """How the review is typed again."""
        return (*([str(path)] if path else []), *(["--expect", self.digest] if self.digest is not None else []))


def read_review(path: Path | None, digest: str | None, serial: int | None) -> Review:
    """What was typed of a review, and of whose serial it is. Raises for what is no plan, or no digest of one."""
    from bootstrap.planfile import read
    from bootstrap.planfile.verify import parts_of

    if digest is not None:
        parts_of(digest)
    plan = read(read_file(path, "`org-bootstrap plan --out FILE` writes one"), str(path)) if path else None
    return Review(plan, digest, serial)


def check_can_keep_plan(path: Path) -> None:
    from bootstrap.planfile.artifact import PLAN

    check_writable(path, PLAN)


def keep_plan(planned: Planned, path: Path) -> None:
    from bootstrap.planfile import describe, text
    from bootstrap.planfile.artifact import PLAN

    write_file(path, text(describe(planned.review)), PLAN)


def tell_how_to_bind(planned: Planned, directory: Path, path: Path | None) -> None:
    """How to have just this plan applied, unless it is refused. A file says itself what it was made with; a digest
    does not.
    """
    from bootstrap.planfile import as_typed, digest

    if planned.plan and not (planned.review.blockers or planned.unneeded) and planned.review.binds:
        review = (str(path),) if path else ("--expect", digest(planned.review), *as_typed(planned.review))
        console.talk(f"To apply this and no more: {command('apply', directory, *review)}")
