"""The journal of a run: one JSON object per line, safe to attach to a ticket.

It contains addresses with secrets masked, actions, account ids, error codes and times, and no parameter or answer of an
API call.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bootstrap import __version__
from bootstrap.cli import console
from bootstrap.engine.apply import Failed, Outcome, Skipped
from bootstrap.engine.review import mask_address
from bootstrap.model.errors import AwsError, os_reason

if TYPE_CHECKING:
    from bootstrap.aws.metrics import Attempt


class Journal:
    """A file of JSON lines with `time` (UTC) and `event`: begin, call, change or end. Without a file, nothing."""

    def __init__(self, path: Path | None = None, file: TextIO | None = None) -> None:
        self.path = path
        self._file = file
        self._lock = threading.Lock()

    def write(self, event: str, **facts: object) -> None:
        """Append a line and flush it: the process may be killed at any moment."""
        if self._file is None:
            return
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
        facts = {"action": outcome.change.action.value, "address": str(mask_address(outcome.change.address))}
        match outcome:
            case Failed(error=error):
                code = error.code if isinstance(error, AwsError) else type(error).__name__
                self.write("change", **facts, outcome="failed", error=code, **_reason(error.reason))
            case Skipped(because=because):
                why = str(mask_address(because)) if because else "interrupted"
                self.write("change", **facts, outcome="skipped", because=why)
            case _:
                self.write("change", **facts, outcome="done")


@contextmanager
def journal(directory: Path, *, verb: str, **facts: object) -> Iterator[Journal]:
    """The journal of one run, in `.org-bootstrap/runs/` of the organization's folder. `facts` go into its first line.

    A run without a journal is only warned about: the state is in AWS, not in the journal.
    """
    folder = directory / ".org-bootstrap"
    path = folder / "runs" / f"{_now():%Y%m%dT%H%M%S%fZ}-{verb}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")  # it belongs to this machine, not to the organization
        file = path.open("x", encoding="utf-8")
    except OSError as error:
        console.log(f"Warning: no journal of this run: cannot write {path}: {os_reason(error)}.")
        yield Journal()
        return
    with file:
        kept = Journal(path, file)
        kept.write("begin", verb=verb, version=__version__, **facts)
        try:
            yield kept
        except BaseException as error:
            kept.write("end", outcome="aborted", error=type(error).__name__)
            raise
        kept.write("end", outcome="finished")


def _reason(reason: str) -> dict[str, str]:
    """The `Reason` or `FailureReason` of an AWS answer, which is a code."""
    return {"reason": reason} if reason else {}


def _now() -> datetime:
    return datetime.now(UTC)
