"""Command lines for the reader to copy."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bootstrap.cli.options import HERE

if TYPE_CHECKING:
    from pathlib import Path


def command(verb: str, directory: Path, *options: str) -> str:
    """A verb with its options, quoted for a shell."""
    where = () if directory == HERE else ("-C", str(directory))
    return shlex.join(["org-bootstrap", *verb.split(), *where, *options])


def examples(*commands: str) -> str:
    """The end of a verb's help. click keeps the lines of a paragraph that begins with a backspace."""
    return "\n".join(["\b", "Examples:", *(f"  org-bootstrap {text}" for text in commands)])
