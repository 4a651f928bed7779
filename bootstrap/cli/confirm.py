"""The question before a write."""

from __future__ import annotations

import sys

import typer

from bootstrap.model.errors import BlockedError


def confirm(question: str) -> None:
    """Raise BlockedError unless a person answers yes."""
    if not sys.stdin.isatty():
        message = "confirmation required, but stdin is not a terminal; nothing was changed"
        raise BlockedError(message, hint="review the plan, then re-run with --yes")
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        message = "not confirmed; nothing was changed"
        raise BlockedError(message)
