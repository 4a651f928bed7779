"""Problems as annotations on lines of the YAML in a GitHub review, by workflow commands.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from bootstrap.cli import console
from bootstrap.engine.plan import Change
from bootstrap.model.errors import SpecError
from bootstrap.model.resource import Address, Resource

if TYPE_CHECKING:
    from bootstrap.workflow import Planned


class Annotations(StrEnum):
    GITHUB = "github"


AnnotationsOption: TypeAlias = Annotated[
    Annotations | None,
    typer.Option("--annotations", help="Also print problems as CI annotations on the lines of the YAML."),
]

# Characters that end a command or one of its properties are percent-encoded, the percent sign included.
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = {**_IN_TEXT, **str.maketrans({":": "%3A", ",": "%2C"})}


@contextmanager
def annotated(style: Annotations | None, *, aside: bool = False) -> Iterator[None]:
    """Annotate the YAML problems that are raised, and raise them again."""
    try:
        yield
    except SpecError as error:
        for problem in error.problems if style else ():
            text = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
            place: dict[str, str | int] = {
                "file": _from_root(Path(problem.file)),
                "line": problem.line,
                "col": problem.column,
            }
            console.result(_command("error", text, **place, title="Invalid YAML"), aside=aside)
        raise


def annotate(style: Annotations | None, planned: Planned, directory: Path, *, aside: bool = False) -> None:
    """Annotate the blockers of a plan as errors, and changes to review carefully as warnings."""
    from bootstrap.render.changes import risky_changes

    if not style:
        return
    review = planned.review
    places = {change.address: _place(change, planned.want, directory) for change in review.plan.changes}
    for blocker in review.blockers:
        remedies = [blocker.hint, f"approve with: --approve {blocker.token}" if blocker.token else ""]
        text = "\n".join([f"{blocker.address}: {blocker.reason}", *filter(None, remedies)])
        line = _command("error", text, **places.get(blocker.address, {}), title="Blocked")
        console.result(line, aside=aside)
    for change, group in risky_changes(review):
        text = f"{change.action} {change.address}{group.more}: deletion or permission change"
        line = _command("warning", text, **places.get(change.address, {}), title="Review carefully")
        console.result(line, aside=aside)


def _place(change: Change, want: Mapping[Address, Resource], directory: Path) -> dict[str, str]:
    """File and line of a change in the YAML; for a removal, of the resource that it belonged to. Empty if that is no
    longer in the YAML either.
    """
    found = (change.after, want.get(change.address), want.get(change.owner))
    origin = next((resource.origin for resource in found if resource and resource.origin), "")
    file, _, line = origin.rpartition(":")
    return {"file": _from_root(directory / file), "line": line} if file else {}


def _from_root(file: Path) -> str:
    """The path from the root of the repository, which is where GitHub looks for it."""
    absolute = file.resolve()
    root = next((folder for folder in absolute.parents if (folder / ".git").exists()), None)
    return (absolute.relative_to(root) if root else file).as_posix()


def _command(level: str, text: str, **properties: str | int) -> str:
    told = ",".join(f"{name}={str(value).translate(_IN_PROPERTY)}" for name, value in properties.items())
    return f"::{level} {told}::{text.translate(_IN_TEXT)}"
