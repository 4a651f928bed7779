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
        """The tokens that the reviewed plan was made with, and those of the blast radius of any part of it."""
        from bootstrap.engine import blast_radius
        from bootstrap.secrecy.redact import hidden

        if self.plan is None:
            return frozenset()
        blocked = (blocker.token for blocker in self.plan.blockers)
        touched = hidden(self.plan.touched, self.plan.organization.account)
        return frozenset({approved.token for approved in self.plan.consented}) | {
            *blast_radius.reviewed(blocked, touched)
        }

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(self.plan.only) if self.plan else ()

    def check(self, planned: Planned) -> None:
        """Raise BlockedError if the plan would do more than was reviewed, or a later serial has already applied."""
        from bootstrap.planfile.verify import check_expected, check_reviewed, check_serial

        if self.serial:
            check_serial(self.serial, planned.context.inventory.parameters)
        if self.plan:
            check_reviewed(self.plan, planned.review)
        if self.digest is not None:
            check_expected(self.digest, planned.review)

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
    """Log the command that applies exactly this plan, unless it is blocked. A file holds its own approvals and
    targets; with a digest they are typed again.
    """
    from bootstrap.planfile import as_typed, digest

    if planned.plan and not (planned.blockers or planned.idle):
        review = (str(path),) if path else ("--expect", digest(planned.review), *as_typed(planned.review))
        console.log(f"To apply exactly this plan: {command('apply', directory, *review)}")
