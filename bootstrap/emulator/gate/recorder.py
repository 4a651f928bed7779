"""The record of every call, in the order in which the calls took effect or were refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bootstrap.emulator.answer import Answer

PATH = "/_emulator/calls"


@dataclass(frozen=True, slots=True)
class Call:
    action: str
    """`service.Operation`, with boto3's name of the service."""
    account: str
    """The account of its credentials."""
    region: str
    write: bool
    at: float
    """The time of its arrival, in seconds of the emulator's clock since the last reset."""
    outcome: str
    """`ok`, the error code of the answer, or the fault that struck it (`throttled` is one)."""
    status: int
    """The HTTP status; 0 if the client got no answer."""
    effect: bool
    """Whether the call took effect, whatever the client was told."""


class Recorder:
    def __init__(self) -> None:
        self._calls: list[Call] = []

    def record(self, call: Call) -> None:
        self._calls.append(call)

    def calls(self) -> list[Call]:
        return list(self._calls)

    def answer(self) -> Answer:
        """All calls as JSON."""
        body = json.dumps([asdict(call) for call in self.calls()])
        return Answer.made(200, "application/json", body.encode())
