"""Problems of policies at their place in the YAML."""

from __future__ import annotations

from bootstrap.model.errors import Problem


def problem(origin: str, message: str, hint: str = "") -> Problem:
    """A problem at an origin, `file:line`; the first line where the origin names no line."""
    file, _, line = origin.rpartition(":")
    if not line.isdigit():
        return Problem(origin, 1, 1, message, hint)
    return Problem(file, int(line), 1, message, hint)
