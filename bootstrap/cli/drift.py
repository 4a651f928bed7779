from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from bootstrap.cli import console, exits
from bootstrap.cli.connection import connect, read
from bootstrap.cli.options import HERE, Directory, DriftFormat, command
from bootstrap.cli.planning import Request, load
from bootstrap.engine.plan import Inaccessible
from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Address
from bootstrap.secrecy.mask import mask_text


def drift(
    directory: Directory = HERE,
    form: Annotated[
        DriftFormat, typer.Option("--format", help="text for a terminal, markdown for an issue, json for a program.")
    ] = DriftFormat.TEXT,
) -> None:
    """Detect changes made outside org-bootstrap (drift). Read-only.

    Compares AWS with what was last applied, also inside the accounts. Exits with 2 if anything drifted. The next apply
    reverts the drift that a plan shows, unless that needs approval. It does not revert drift inside an account, such as
    an edited role policy: CloudFormation considers the stack unchanged. An unmanaged resource that is new since the
    last apply is drift; the next apply records it and leaves it alone.
    """
    from bootstrap import workflow
    from bootstrap.engine.review import mask_address
    from bootstrap.render.drift import describe_drift, find_drift, render_drift
    from bootstrap.resources.registry import KINDS

    spec = load(directory)
    request = Request(spec)
    inaccessible: list[Inaccessible] = []

    def miss(address: Address, text: str) -> None:
        found = Inaccessible(mask_address(address), mask_text(text))
        console.log(f"  {found.address}: {found.reason}")
        inaccessible.append(found)

    with connect(spec, emulated=False, say=console.result if form is DriftFormat.TEXT else console.log) as connection:
        planned = read(connection, lambda: request.plan(connection.aws))
        if not planned.remembered:
            message = "no completed apply is on record, so drift cannot be told from pending changes"
            raise BootstrapError(message, hint=f"apply once, to completion: {command('apply', directory)}")
        inspect = partial(workflow.inspect, planned, KINDS, miss)
        findings = read(connection, inspect, doing="Reading inside the accounts")
    if form is DriftFormat.JSON:
        text = describe_drift(planned.review, findings, inaccessible)
    else:
        text = render_drift(planned.review, findings, inaccessible, markdown=form is DriftFormat.MARKDOWN)
    console.result(text.rstrip("\n"))
    if find_drift(planned.review, findings):
        raise typer.Exit(exits.PENDING)
