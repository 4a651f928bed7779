"""The command line: arguments in, exit code out. Nothing else prints, prompts or exits."""

from __future__ import annotations

import sys

from bootstrap.cli import exits

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C while it is still being loaded ends it as quietly as later."""
    try:
        from bootstrap.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(exits.ERROR)
