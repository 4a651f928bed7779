"""What many tests begin with, made once in a process: a folder's Spec, what it asks for, and its first convergence."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING
from unittest.mock import patch

from bootstrap import workflow
from bootstrap.emulator.options import CURRENT
from bootstrap.resources.registry import KINDS
from bootstrap.spec.yaml_parser import parse_yaml
from bootstrap.workflow.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bootstrap.emulator import Emulator
    from bootstrap.emulator.copying import Saved
    from bootstrap.model.resource import Address, Resource
    from bootstrap.spec.source_file import Node, SourceFile
    from bootstrap.spec.spec import Spec

_SAVED: dict[str, Saved] = {}
_SPECS: dict[str, Spec] = {}
_NODES: dict[tuple[str, str], Node] = {}
_WANTED: dict[int, tuple[Spec, Mapping[Address, Resource]]] = {}


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
        with patch("bootstrap.spec.load.parse_yaml", _parse_once):
            _SPECS[content] = validate(directory)
    return _SPECS[content]


def _parse_once(source: SourceFile) -> Node:
    """Most edits of a test leave all files but one as they are."""
    key = (source.file, source.text)
    if key not in _NODES:
        _NODES[key] = parse_yaml(source)
    return _NODES[key]


def desire_once(spec: Spec) -> Mapping[Address, Resource]:
    """What a Spec asks for. The Spec is kept, so that no other one gets its id."""
    if id(spec) not in _WANTED:
        _WANTED[id(spec)] = (spec, workflow.desire(spec, KINDS))
    return _WANTED[id(spec)][1]


def _name(emulator: Emulator, directory: Path) -> str:
    """What decides how it ends: the YAML, how the AWS behaves, and where its ids come from."""
    return f"{CURRENT.profile} {CURRENT.polls} {CURRENT.seed} {emulator._speed} {_digest(directory)}"


def _digest(directory: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        digest.update(f"\n{path.relative_to(directory)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
