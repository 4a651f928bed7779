"""How a command ends: four exit codes, and nothing else."""

from __future__ import annotations

from typing import Final

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
REFUSED: Final = 3


class Ended(Exception):  # noqa: N818 (no error: the verb did its work, and has said how it went)
    """A verb is over, with an exit code other than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
