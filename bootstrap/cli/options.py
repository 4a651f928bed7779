"""The options that several verbs share, each described once, and how a command with them is typed."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

HERE: Final = Path()

Directory: TypeAlias = Annotated[
    Path, typer.Option("--dir", "-C", help="The folder that holds account_specs/, scps/ and secrets_layout/.")
]
InEmulator: TypeAlias = Annotated[
    bool, typer.Option("--emulated", help="Use an embedded, empty AWS of this command's own.")
]
Approve: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--approve", metavar="TOKEN", help="Consent to what a blocker names. Repeat for several."),
]
Target: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        metavar="THING",
        help="Narrow it to account:KEY, ou:PATH or environment:NAME, with what they need. Repeat for several.",
    ),
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before applying (for CI).")]


ShowApiCalls: TypeAlias = Annotated[
    bool, typer.Option("--show-api-calls", help="Show with each change the AWS calls that make it, too.")
]


class Format(StrEnum):
    """What a plan is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


class DriftFormat(StrEnum):
    """What drift is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


InFormat: TypeAlias = Annotated[
    Format,
    typer.Option(
        "--format",
        help="text for a terminal, markdown for a comment of at most 65,536 characters, json for a program, or html "
        "for one page with a picture of the organization, which opens offline.",
    ),
]


def command(verb: str, directory: Path, *options: str) -> str:
    """A command line for the reader to copy."""
    where = () if directory == HERE else ("-C", str(directory))
    return shlex.join(["org-bootstrap", *verb.split(), *where, *options])


def example(text: str) -> str:
    """The end of a verb's help. The backspace keeps the command on one line."""
    return f"\b\nExample:\n  {text}"
