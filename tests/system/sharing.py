"""What many tests begin with, made once in a process: the Spec of a folder, and the first convergence of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from bootstrap.emulator.options import CURRENT
from bootstrap.workflow.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bootstrap.emulator import Emulator
    from bootstrap.emulator.copying import Saved
    from bootstrap.spec.spec import Spec

_SAVED: dict[str, Saved] = {}
_SPECS: dict[str, Spec] = {}


def converge_once(emulator: Emulator, directory: Path, converge: Callable[[], None]) -> None:
    """Converge an AWS that nobody has touched; where the same was done before, bring back what came of it."""
    if not _is_untouched(emulator):
        converge()
        return
    name = _name(emulator, directory)
    if name in _SAVED:
        emulator.restore(_SAVED[name])
        return
    converge()
    with suppress(RuntimeError):  # an AWS that takes its time is still at work
        _SAVED[name] = emulator.save()


def _is_untouched(emulator: Emulator) -> bool:
    """Nothing was called since it was empty, and nothing is planned to go wrong."""
    planned = emulator._running_listener().gate.session._faults._planned
    return not emulator.calls() and not planned and CURRENT.failures._failures == [*CURRENT.profile.failures]


def validate_once(directory: Path) -> Spec:
    """The Spec of a folder; one that was validated with the same content is the same Spec."""
    content = _digest(directory)
    if content not in _SPECS:
        _SPECS[content] = validate(directory)
    return _SPECS[content]


def _name(emulator: Emulator, directory: Path) -> str:
    """What decides how it ends: the YAML, how the AWS behaves, and where its ids come from."""
    return f"{CURRENT.profile} {CURRENT.polls} {CURRENT.seed} {emulator._speed} {_digest(directory)}"


def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        digest.update(f"\n{path.relative_to(directory)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
