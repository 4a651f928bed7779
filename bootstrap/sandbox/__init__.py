"""The embedded AWS: a server on loopback that answers as AWS documents."""

from __future__ import annotations

from bootstrap.sandbox.gate.faults import Fault
from bootstrap.sandbox.gate.recorder import Call
from bootstrap.sandbox.server import Sandbox

__all__ = ["Call", "Fault", "Sandbox"]
