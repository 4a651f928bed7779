"""The verb `demo`: the main job from end to end, on an emulator, on three screens."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bootstrap.cli import console
from bootstrap.cli.connection import Connection, connect, read
from bootstrap.cli.emulator import running_emulator
from bootstrap.cli.offline import add_developer, init, validate
from bootstrap.cli.options import HERE
from bootstrap.cli.planning import Request, load
from bootstrap.cli.show import show

if TYPE_CHECKING:
    from bootstrap.workflow import Planned

_EMAIL: Final = "aws+carol@example.com"
_OWNER: Final = "carol@example.com"
_VALUES: Final = 4


def demo() -> None:
    """Watch the main job on an AWS emulator.

    Describes an example organization in YAML, plans and applies it, shows that a second plan is empty, adds a
    developer, and shows the resulting tree. The first plan is saved in full as an HTML page in the folder for temporary
    files.
    """
    from tempfile import TemporaryDirectory

    began = time.monotonic()
    with running_emulator() as server, TemporaryDirectory() as folder, chdir(folder):
        os.environ.update(server.variables())
        console.quiet = True
        try:
            _create_organization()
            _add_developer()
        finally:
            console.quiet = False
    console.result(
        f"\nDone in {time.monotonic() - began:.0f} s, without an AWS account. Try it: org-bootstrap emulator"
    )


def _create_organization() -> None:
    from tempfile import NamedTemporaryFile

    from bootstrap.render.html.page import render_html

    _step("An organization described in YAML", "init")
    init()
    _show_yaml("account_specs/organization.yaml", (1, 12), (2, 8))
    _show_yaml("account_specs/developers/alice.yaml", (0, 4))
    _step("Validate it offline, with the tests of each guardrail", "validate")
    validate()
    _step("Plan: exactly what will change", "plan")
    planned, _ = _plan()
    _show_counts(planned)
    with NamedTemporaryFile("w", encoding="utf-8", prefix="org-bootstrap-demo-", suffix=".html", delete=False) as page:
        page.write(render_html(planned.review))
    console.result(f"The whole plan, with a picture of the organization:\n{Path(page.name).as_uri()}")
    _step("Apply", "apply")
    _apply(*_plan())
    _step("Plan again: AWS itself is the state, and there is nothing left to do", "plan")
    planned, _ = _plan()
    _show_counts(planned)


def _add_developer() -> None:
    _step("Add a developer", f"developer add carol --email {_EMAIL} --owner {_OWNER}")
    add_developer("carol", email=_EMAIL, owner=_OWNER)
    _step("Apply: one account and its baseline", "apply")
    planned, connection = _plan()
    _show_short(planned)
    _apply(planned, connection)
    _step("The organization in AWS now", "show")
    show()


def _step(title: str, command: str) -> None:
    console.result(f"\n# {title}\n$ org-bootstrap {command}")


def _show_yaml(file: str, *parts: tuple[int, int]) -> None:
    """Parts of a file without comments, each the number of a paragraph and of the lines to show."""
    console.result(f"\n{file}")
    paragraphs = Path(file).read_text("utf-8").split("\n\n")
    for number, lines in parts:
        found = [f"    {line}" for line in paragraphs[number].splitlines() if not line.startswith("#")]
        console.result("\n".join(found[:lines] + ["      …"] * (len(found) > lines)))


def _plan() -> tuple[Planned, Connection]:
    spec = load(HERE)
    request = Request(spec)
    with connect(spec, emulated=False, say=console.log) as connection:
        return read(connection, lambda: request.plan(connection.aws)), connection


def _apply(planned: Planned, connection: Connection) -> None:
    from bootstrap.cli.execution import Invocation, ProgressByKind, execute

    execute(planned, connection, Invocation("apply", HERE), ProgressByKind)
    console.result(f"{connection.aws.metrics}.")


def _show_counts(planned: Planned) -> None:
    """The number of changes by kind, and the summary."""
    from bootstrap.render.sentences import summarize

    counts = Counter((change.address.kind, change.action) for change in planned.plan.changes)
    for (kind, action), count in counts.items():
        console.result(f"  {kind:<16}{count:>3} to {action}")
    console.result(summarize(planned.review))


def _show_short(planned: Planned) -> None:
    """Each change with its first values."""
    from bootstrap.render.changes import headline
    from bootstrap.render.details import Details
    from bootstrap.render.sentences import summarize

    plan = planned.review.plan
    details = Details(console.width(), plan)
    for change in plan.changes:
        lines = list(details.of(change))
        console.result("\n".join([headline(change), *lines[:_VALUES], f"    … {len(lines) - _VALUES} more lines"]))
    console.result(summarize(planned.review))
