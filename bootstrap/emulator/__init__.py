"""The emulator: a server on loopback that answers as AWS documents."""

from __future__ import annotations

from bootstrap.emulator.gate.faults import Fault
from bootstrap.emulator.gate.request import Call
from bootstrap.emulator.server import Emulator

__all__ = ["Call", "Emulator", "Fault"]
