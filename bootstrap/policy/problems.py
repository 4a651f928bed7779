"""Problems of policies, with the file and line of the YAML that they come from."""

from __future__ import annotations

from bootstrap.model.errors import Problem


def problem_at(origin: str, message: str, hint: str = "") -> Problem:
    """A problem at `origin`, a `file:line`. An origin without a line means the first line of the file."""
    file, _, line = origin.rpartition(":")
    if not line.isdigit():
        return Problem(origin, 1, 1, message, hint)
    return Problem(file, int(line), 1, message, hint)
