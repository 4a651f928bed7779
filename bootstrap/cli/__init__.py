"""The command line: arguments in, exit code out. Nothing else prints, prompts or exits."""

from __future__ import annotations

from bootstrap.cli.app import main

__all__ = ["main"]
