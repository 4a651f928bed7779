"""A reviewed plan, as a file or a digest, and the check that an apply does no more than it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.files import read_file
from bootstrap.cli.usage import command

if TYPE_CHECKING:
    from bootstrap.planfile import PlanFile
    from bootstrap.workflow import Planned


@dataclass(frozen=True, slots=True)
class Review:
    """The review that an apply is bound to: a plan file, a digest, or none; and the serial of the run, if any."""

    plan: PlanFile | None = None
    digest: str | None = None
    serial: int | None = None

    @property
    def approvals(self) -> frozenset[str]:
        """The tokens that the reviewed plan was made with, and those for its own size, since an apply does no more."""
        if self.plan is None:
            return frozenset()
        blocked = {blocker.token for blocker in self.plan.blocked}
        deletes = sum(change.after is None for change in self.plan.changes)
        size = {f"accounts:{len(self.plan.affected)}", f"deletes:{deletes}"}
        return frozenset({blocker.token for blocker in self.plan.approved} | size - blocked)

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.plan.targets) if self.plan else ()

    def check(self, planned: Planned) -> None:
        """Raise BlockedError if the plan would do more than was reviewed, or a later serial has already applied."""
        from bootstrap.planfile.verify import verify_digest, verify_plan, verify_serial
        from bootstrap.workflow.applied import applied_shards

        if self.serial:
            verify_serial(self.serial, planned.context.read(applied_shards))
        if self.plan:
            verify_plan(self.plan, planned.review)
        if self.digest is not None:
            verify_digest(self.digest, planned.review)

    def typed(self, path: Path | None) -> tuple[str, ...]:
        """The review as arguments of `apply`."""
        return (*([str(path)] if path else []), *(["--expect", self.digest] if self.digest is not None else []))


def read_review(path: Path | None, digest: str | None, serial: int | None) -> Review:
    """The review of a command line. Raises BootstrapError if the file is not a plan or the digest is malformed."""
    from bootstrap.planfile import read
    from bootstrap.planfile.verify import parts_of

    if digest is not None:
        parts_of(digest)
    plan = read(read_file(path, "write one with: org-bootstrap plan --out FILE"), str(path)) if path else None
    return Review(plan, digest, serial)


def log_how_to_apply(planned: Planned, directory: Path, path: Path | None) -> None:
    """Log the command that applies exactly this plan, unless it is blocked or cannot be applied. A file holds its own
    approvals and targets; with a digest they are typed again.
    """
    from bootstrap.planfile import as_typed, digest

    if planned.plan and planned.review.binds and not (planned.review.blockers or planned.unneeded):
        review = (str(path),) if path else ("--expect", digest(planned.review), *as_typed(planned.review))
        console.log(f"To apply exactly this plan: {command('apply', directory, *review)}")
