"""The exit codes of the command."""

from __future__ import annotations

from typing import Final

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
BLOCKED: Final = 3


class Ended(Exception):  # noqa: N818 (not an error: the verb did its work and reported it)
    """A verb ended with an exit code other than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
