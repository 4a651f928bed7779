"""The embedded AWS: a server on loopback that answers as AWS documents."""

from __future__ import annotations

from bootstrap.sandbox.server import Sandbox

__all__ = ["Sandbox"]
