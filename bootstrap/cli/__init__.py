"""The command line: arguments in, exit code out. No other package prints, prompts or exits."""

from __future__ import annotations

import sys

from bootstrap.cli import exits

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C exits quietly even while modules are being imported."""
    try:
        from bootstrap.cli.app import run

        run()
    except KeyboardInterrupt:
        sys.exit(exits.ERROR)
