"""Plain data to models, and what does not fit to problems."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bootstrap.model.errors import SpecError
from bootstrap.spec import words
from bootstrap.spec.parsed import Parsed
from bootstrap.spec.source import PROBLEMS_MAX
from bootstrap.spec.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.places import Node, Path
    from bootstrap.spec.source import Source

M = TypeVar("M", bound="Model")

_KEY_MARK: Final = "[key]"  # pydantic's last step in the path of a key that is wrong itself


def read_shape(source: Source, root: Node, model: type[M], hints: Mapping[str, str] | None = None) -> Parsed[M]:
    """The file as a model. Raises SpecError with everything that does not fit.

    `hints` are for unknown keys about which there is more to say than that they are unknown.
    """
    try:
        return Parsed(source, root, model.model_validate(root.value))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[:PROBLEMS_MAX]
    wrong = [_without_branches(detail, root) for detail in details]
    raise SpecError(list(_Translation(source, root, model, wrong, hints or {}).problems()))


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One error of pydantic, its path without the steps that are only branches of a union."""

    kind: str
    path: Path
    of_key: bool
    context: Mapping[str, object]

    @property
    def name(self) -> str:
        return str(self.path[-1]) if self.path else ""


def _without_branches(detail: ErrorDetails, root: Node) -> _Wrong:
    path: Path = ()
    node = root
    for step in detail["loc"]:
        if step in node.children:
            node = node.children[step]
            path = (*path, step)
    if detail["type"] == "missing":
        path = (*path, detail["loc"][-1])
    return _Wrong(detail["type"], path, detail["loc"][-1:] == (_KEY_MARK,), detail.get("ctx", {}))


@dataclass(frozen=True, slots=True)
class _Translation:
    """The errors of one file, on their way to problems."""

    source: Source
    root: Node
    model: type[BaseModel]
    wrong: Sequence[_Wrong]
    hints: Mapping[str, str]

    def problems(self) -> Iterator[Problem]:
        """Each error once: a missing key is no second problem where an unknown one is that key, misspelt."""
        unknown = {one.path for one in self.wrong if one.kind == "extra_forbidden"}
        misspelt = {(*path[:-1], nearest(str(path[-1]), self.allowed(path[:-1]))) for path in unknown}
        for one in self.wrong:
            if one.of_key:
                yield self.wrong_key(one)
            elif one.kind == "extra_forbidden":
                yield self.unknown_key(one)
            elif one.kind == "missing":
                if one.path not in misspelt:
                    yield self.missing_key(one)
            elif one.kind not in words.SORTS:
                yield self.out_of_bounds(one)
        yield from self.wrong_sorts()

    def unknown_key(self, one: _Wrong) -> Problem:
        hint = self.hints.get(one.name.lower())
        hint = hint or did_you_mean(one.name, self.allowed(one.path[:-1]), what="allowed here")
        return self.source.problem(self.root.key_place(one.path), f"unknown key `{one.name}`", hint)

    def missing_key(self, one: _Wrong) -> Problem:
        hint = f"add `{one.name}:`, indented below it" if len(one.path) > 1 else f"add `{one.name}:`"
        place = self.root.key_place(one.path[:-1])
        return self.source.problem(place, f"the key `{one.name}` is missing", hint)

    def wrong_key(self, one: _Wrong) -> Problem:
        message = f"the key `{one.name}` must be {words.bound(one.kind, one.context)}"
        return self.source.problem(self.root.key_place(one.path), message, words.bound_hint(one.kind, one.name))

    def out_of_bounds(self, one: _Wrong) -> Problem:
        message = f"{_subject(one.path)} must be {words.bound(one.kind, one.context)}"
        return self.source.problem(self.root.value_place(one.path), message, words.bound_hint(one.kind, one.name))

    def wrong_sorts(self) -> Iterator[Problem]:
        """One problem a value, however many branches of a union refused it.

        Where one branch got further in than the others (a list with one bad item), it is what was meant.
        """
        expected: dict[Path, dict[str, None]] = {}
        for one in self.wrong:
            if one.kind in words.SORTS and not one.of_key:
                expected.setdefault(one.path, {})[words.SORTS[one.kind]] = None
        shallow = {path[:length] for path in expected for length in range(len(path))}
        for path, sorts in expected.items():
            if path not in shallow:
                value = self.root.find(path).value
                message = f"{_subject(path)} must be {words.listed(list(sorts))}, not {words.sort_of(value)}"
                place = self.root.value_place(path)
                yield self.source.problem(place, message, words.sort_hint(value, list(sorts)))

    def allowed(self, path: Path) -> Sequence[str]:
        """The keys that the models know at `path`."""
        found: object = self.model
        for step in path:
            found = _inside(found, step)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return sorted(found.model_fields)
        return []


def _subject(path: Path) -> str:
    match path:
        case (*_, str() as name, int() as index):
            return f"item {index + 1} of `{name}`"
        case (*_, last):
            return f"`{last}`"
    return "the file"


def _inside(annotation: object, step: str | int) -> object:
    """The annotation of what stands at `step` inside of what `annotation` describes."""
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return _bare(field.annotation) if field else None
    arguments = get_args(annotation)
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: object) -> object:
    """Without what surrounds it: Annotated, and the None of an optional value."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not NoneType))
    return annotation
