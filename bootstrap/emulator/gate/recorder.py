"""What the emulator saw: every call, in the order in which they took effect or were refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bootstrap.emulator.answer import Answer

PATH = "/_emulator/calls"


@dataclass(frozen=True, slots=True)
class Call:
    action: str
    """`service.Operation`, the service as boto3 calls it."""
    account: str
    """Whose credentials it came with."""
    region: str
    write: bool
    at: float
    """When it arrived, in seconds of the emulator's clock since it was empty."""
    outcome: str
    """`ok`, the error code that AWS answers, or the fault that struck it (`throttled` is one)."""
    status: int
    """Of HTTP; 0 where the client got no answer."""
    effect: bool
    """Whether AWS did what was asked, whatever the client was told."""


class Recorder:
    def __init__(self) -> None:
        self._calls: list[Call] = []

    def note(self, call: Call) -> None:
        self._calls.append(call)

    def calls(self) -> list[Call]:
        return list(self._calls)

    def answer(self) -> Answer:
        """The same as JSON."""
        body = json.dumps([asdict(call) for call in self.calls()])
        return Answer.made(200, "application/json", body.encode())
