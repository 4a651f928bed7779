"""What a run did, line by line in a file: for whoever asks later, and safe to attach to a ticket.

It holds addresses, actions, account ids, codes and times; no parameter or answer of a call, so no secret.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

from bootstrap import __version__
from bootstrap.cli import console
from bootstrap.engine.apply import Failed, Skipped
from bootstrap.model.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bootstrap.aws.metrics import Attempt
    from bootstrap.engine.apply import Outcome

FOLDER: Final = ".org-bootstrap"


class Journal:
    """One file of JSON lines, each with its time (UTC) and `event`: begin, call, change, end."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path: Path | None = path
        self._file = file
        self._lock = threading.Lock()

    def write(self, event: str, **facts: object) -> None:
        """Add a line, and see it on the disk: the process may die at any moment."""
        line = json.dumps({"time": _now().isoformat(timespec="milliseconds"), "event": event, **facts})
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def call(self, attempt: Attempt) -> None:
        self.write(
            "call",
            action=attempt.action,
            account=attempt.account,
            seconds=round(attempt.seconds, 3),
            outcome=attempt.outcome,
            **_reason(attempt.reason),
        )

    def change(self, outcome: Outcome) -> None:
        facts = {"action": outcome.change.action.value, "address": str(outcome.change.address)}
        match outcome:
            case Failed(error=error):
                code = error.code if isinstance(error, AwsError) else type(error).__name__
                self.write("change", **facts, outcome="failed", error=code, **_reason(error.reason))
            case Skipped(because=because):
                self.write("change", **facts, outcome="skipped", because=str(because or "interrupted"))
            case _:
                self.write("change", **facts, outcome="done")


@contextmanager
def journal(directory: Path, *, verb: str, **facts: object) -> Iterator[Journal]:
    """The journal of one run, in `.org-bootstrap/runs/` of the organization's folder.

    `facts` stand in its first line. Where it cannot be written, that is said, and the run goes on: the state is
    what AWS has, not this.
    """
    folder = directory / FOLDER
    path = folder / "runs" / f"{_now():%Y%m%dT%H%M%S%fZ}-{verb}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")  # a record of one machine, not of the organization
        file = path.open("x", encoding="utf-8")
    except OSError as error:
        console.talk(f"No journal is kept: {path} cannot be written ({(error.strerror or str(error)).lower()}).")
        yield _Nowhere()
        return
    with file:
        kept = Journal(path, file)
        kept.write("begin", verb=verb, version=__version__, **facts)
        try:
            yield kept
        except BaseException as error:
            kept.write("end", by=type(error).__name__)
            raise
        kept.write("end", by="itself")


def _reason(reason: str) -> dict[str, str]:
    """AWS's `Reason` or `FailureReason`, where it gave one: a code, as the error is."""
    return {"reason": reason} if reason else {}


class _Nowhere(Journal):
    """Keeps nothing."""

    def __init__(self) -> None:
        self.path = None

    def write(self, event: str, **facts: object) -> None:
        del event, facts


def _now() -> datetime:
    return datetime.now(UTC)
