"""The options that several verbs share, and command lines for the reader to copy."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

HERE: Final = Path()


class Format(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


class DriftFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


Directory: TypeAlias = Annotated[
    Path, typer.Option("--dir", "-C", help="Folder that contains account_specs/, scps/ and secrets_layout/.")
]
Emulated: TypeAlias = Annotated[
    bool, typer.Option("--emulated", help="Use an empty AWS emulator that runs inside this command.")
]
Approve: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--approve", metavar="TOKEN", help="Approve a blocked change by the token in the plan. Repeatable."),
]
Target: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="ADDRESS",
        help="Limit the plan to account:KEY, ou:PATH or environment:NAME and what they need. Repeatable.",
    ),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Skip the confirmation prompt (for CI).")]
ShowApiCalls: TypeAlias = Annotated[
    bool, typer.Option("--show-api-calls", help="Show the AWS API calls that make each change.")
]


def command(verb: str, directory: Path, *options: str) -> str:
    """A verb with its options, quoted for a shell."""
    where = () if directory == HERE else ("-C", str(directory))
    return shlex.join(["org-bootstrap", *verb.split(), *where, *options])
