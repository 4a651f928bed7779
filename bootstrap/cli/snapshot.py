"""The verb `snapshot`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bootstrap.cli import console
from bootstrap.cli.connection import connect
from bootstrap.cli.files import check_writable, write_file
from bootstrap.cli.load import load
from bootstrap.cli.options import HERE, Directory
from bootstrap.cli.planning import read
from bootstrap.cli.usage import command, examples

EXAMPLES: Final = examples("snapshot --out snapshot.json --redact")


def snapshot(
    out: Annotated[Path, typer.Option(dir_okay=False, help="File to write.")],
    directory: Directory = HERE,
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Replace e-mail addresses with tokens; a plan resolves those that the YAML has."),
    ] = False,
) -> None:
    """Save what a plan reads from AWS, for `plan --snapshot FILE`.

    With the file anybody can plan without credentials, in a fork or on a laptop. It contains account ids, names, e-mail
    addresses, policies and templates, and never the value of a secret.
    """
    from bootstrap import workflow
    from bootstrap.planfile.artifact import SNAPSHOT
    from bootstrap.resources.registry import KINDS
    from bootstrap.workflow.snapshot import write_snapshot

    spec = load(directory)
    check_writable(out, SNAPSHOT)
    with connect(spec, emulated=False) as connection:
        want, taken = workflow.desire(spec, KINDS), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = read(connection, lambda: workflow.take_snapshot(want, KINDS, connection.aws, taken, redact=redact))
    write_file(out, write_snapshot(found), SNAPSHOT)
    console.result(f"+ {out.as_posix()}")
    console.log(f"Next: {command('plan', directory, '--snapshot', str(out))}")
