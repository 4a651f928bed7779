"""The exit codes of the command. A verb that ends with another than 0 raises `typer.Exit`."""

from __future__ import annotations

from typing import Final

OK: Final = 0
ERROR: Final = 1
PENDING: Final = 2
BLOCKED: Final = 3
