"""Problems on the line of the YAML where they stand, in a review on GitHub: as its runner's workflow commands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from bootstrap.cli import console
from bootstrap.model.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.engine.plan import Change
    from bootstrap.engine.review import PlanReview
    from bootstrap.model.errors import Problem
    from bootstrap.model.resource import Address, Resource
    from bootstrap.workflow import Planned


class Annotations(StrEnum):
    """OrganizationRef annotations are written."""

    GITHUB = "github"


InAnnotations: TypeAlias = Annotated[
    Annotations | None,
    typer.Option("--annotations", help="Tell problems as annotations, too, on the line of the YAML: for a CI."),
]

# What would end a command, or one of its properties, is spelled as in a URL; the percent sign first.
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_TEXT, **str.maketrans({":": "%3A", ",": "%2C"})}


@contextmanager
def annotated(whose: Annotations | None, *, aside: bool = False) -> Iterator[None]:
    """Annotate the problems of the YAML that end this, and let them go on."""
    try:
        yield
    except SpecError as error:
        if whose:
            for problem in error.problems:
                console.for_runner(_problem(problem), aside=aside)
        raise


def annotate(whose: Annotations | None, planned: Planned, directory: Path, *, aside: bool = False) -> None:
    """Annotate what stands against a plan as errors, and what to look at closely as warnings."""
    if whose:
        for line in _proposal(planned.review, planned.want, directory):
            console.for_runner(line, aside=aside)


def _problem(problem: Problem) -> str:
    text = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
    return _command(
        "error", text, file=_seen(Path(problem.file)), line=problem.line, col=problem.column, title="The YAML is wrong"
    )


def _proposal(review: PlanReview, want: Mapping[Address, Resource], directory: Path) -> Iterator[str]:
    from bootstrap.render.risky_changes import risky_changes

    places = {change.address: _place(_origin(change, want), directory) for change in review.plan.changes}
    for blocker in review.blockers:
        remedies = [blocker.hint, f"consent with: --approve {blocker.token}" if blocker.token else ""]
        text = "\n".join([f"{blocker.address}: {blocker.reason}", *filter(None, remedies)])
        yield _command("error", text, **places.get(blocker.address, {}), title="Refused")
    for closer in risky_changes(review):
        change = closer.change
        text = f"{change.action} {change.address}{closer.more}: something goes away, or rights change"
        yield _command("warning", text, **places.get(change.address, {}), title="Look closely")


def _origin(change: Change, want: Mapping[Address, Resource]) -> str:
    """The YAML line behind a change; a removal is shown on the line of the thing that it belonged to."""
    thing = change.owner
    of_thing = (want.get(here) for here in (change.address, thing))
    return next((found.origin for found in (change.after, *of_thing) if found and found.origin), "")


def _place(origin: str, directory: Path) -> dict[str, str]:
    """A `file:line` below the folder; what goes away altogether has none."""
    file, _, line = origin.rpartition(":")
    return {"file": _seen(directory / file), "line": line} if file else {}


def _seen(file: Path) -> str:
    """As seen from the root of the repository: there GitHub looks for it, wherever the command was typed."""
    absolute = file.resolve()
    root = next((folder for folder in absolute.parents if (folder / ".git").exists()), None)
    return (absolute.relative_to(root) if root else file).as_posix()


def _command(level: str, text: str, **properties: str | int) -> str:
    told = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    return f"::{level} {told}::{text.translate(_IN_TEXT)}"
