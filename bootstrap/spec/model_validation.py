"""A file's YAML to its model, and pydantic's errors to problems."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bootstrap.model.errors import SpecError
from bootstrap.spec.models import PATTERN_WORDS
from bootstrap.spec.problems import did_you_mean, nearest, type_of
from bootstrap.spec.source_file import PROBLEMS_MAX
from bootstrap.spec.spec import ParsedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from bootstrap.model.errors import Problem
    from bootstrap.spec.models import Model
    from bootstrap.spec.source_file import Node, Path, Plain, SourceFile

M = TypeVar("M", bound="Model")

_KEY_MARK: Final = "[key]"  # pydantic's last step in the path of an invalid key
# The type that is expected, by pydantic's error about a value of another type.
_EXPECTED_TYPES: Final = {
    "string_type": "a string",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
# The rule that a value of the right type breaks, and the hint, by pydantic's error.
_RULES: Final = {
    "string_too_short": ("a string of at least {min_length} characters", "write a longer text"),
    "string_too_long": ("a string of at most {max_length} characters", "shorten it"),
    "too_short": (
        "a list or mapping of {min_length} or more items",
        "add an item, or remove the key if it is optional",
    ),
    "too_long": ("a list of at most {max_length} items", "remove items"),
    "greater_than": ("greater than {gt}", "change the value"),
    "greater_than_equal": ("at least {ge}", "change the value"),
    "less_than_equal": ("at most {le}", "change the value"),
    "literal_error": ("{expected}", "use one of these"),
}


def validate_model(
    source: SourceFile, root: Node, model: type[M], hints: Mapping[str, str] | None = None
) -> ParsedFile[M]:
    """The file as a model. Raises SpecError with everything that does not fit the model.

    `hints` are for unknown keys that need a better hint than the known keys.
    """
    try:
        return ParsedFile(source, root, model.model_validate(root.value))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)[:PROBLEMS_MAX]
    errors = [_without_branches(detail, root) for detail in details]
    raise SpecError(list(_Translation(source, root, model, errors, hints or {}).problems()))


@dataclass(frozen=True, slots=True)
class _ModelError:
    """One error of pydantic. Its path leaves out the steps that only name a branch of a union."""

    kind: str
    path: Path
    is_key: bool
    context: Mapping[str, object]

    @property
    def name(self) -> str:
        return str(self.path[-1]) if self.path else ""


def _without_branches(detail: ErrorDetails, root: Node) -> _ModelError:
    path: Path = ()
    node = root
    for step in detail["loc"]:
        if step in node.children:
            node = node.children[step]
            path = (*path, step)
    if detail["type"] == "missing":
        path = (*path, detail["loc"][-1])
    return _ModelError(detail["type"], path, detail["loc"][-1:] == (_KEY_MARK,), detail.get("ctx", {}))


@dataclass(frozen=True, slots=True)
class _Translation:
    """Translates the errors of one file to problems."""

    source: SourceFile
    root: Node
    model: type[BaseModel]
    errors: Sequence[_ModelError]
    hints: Mapping[str, str]

    def problems(self) -> Iterator[Problem]:
        """One problem for each mistake: a misspelt key is reported as unknown, and not as missing too."""
        unknown = {error.path for error in self.errors if error.kind == "extra_forbidden"}
        misspelt = {(*path[:-1], nearest(str(path[-1]), self.allowed(path[:-1]))) for path in unknown}
        for error in self.errors:
            if error.kind == "extra_forbidden":
                yield self.unknown_key(error)
            elif error.kind == "missing":
                if error.path not in misspelt:
                    yield self.missing_key(error)
            elif error.is_key or error.kind not in _EXPECTED_TYPES:
                yield self.broken_rule(error)
        yield from self.wrong_types()

    def unknown_key(self, error: _ModelError) -> Problem:
        hint = self.hints.get(error.name.lower())
        hint = hint or did_you_mean(error.name, self.allowed(error.path[:-1]), what="allowed keys")
        return self.source.problem(self.root.key_place(error.path), f"unknown key `{error.name}`", hint)

    def missing_key(self, error: _ModelError) -> Problem:
        hint = f"add `{error.name}:`, indented below this line" if len(error.path) > 1 else f"add `{error.name}:`"
        place = self.root.key_place(error.path[:-1])
        return self.source.problem(place, f"missing key `{error.name}`", hint)

    def broken_rule(self, error: _ModelError) -> Problem:
        subject = f"the key `{error.name}`" if error.is_key else _subject(error.path)
        place = self.root.key_place(error.path) if error.is_key else self.root.value_place(error.path)
        rule, hint = _rule(error)
        return self.source.problem(place, f"{subject} must be {rule}", hint)

    def wrong_types(self) -> Iterator[Problem]:
        """One problem for each value, however many branches of a union reject it.

        If one branch fails deeper than the others (a list with one bad item), that branch was meant.
        """
        expected_types: dict[Path, dict[str, None]] = {}
        for error in self.errors:
            if error.kind in _EXPECTED_TYPES and not error.is_key:
                expected_types.setdefault(error.path, {})[_EXPECTED_TYPES[error.kind]] = None
        shallow = {path[:length] for path in expected_types for length in range(len(path))}
        for path, types in expected_types.items():
            if path not in shallow:
                value = self.root.find(path).value
                expected = _alternatives(list(types))
                message = f"{_subject(path)} must be {expected}, not {type_of(value)}"
                place = self.root.value_place(path)
                yield self.source.problem(place, message, _type_hint(value, list(types)))

    def allowed(self, path: Path) -> Sequence[str]:
        """The keys that the model has at `path`."""
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


def _rule(error: _ModelError) -> tuple[str, str]:
    """The rule that a key, or a value of the right type, breaks, and the hint."""
    if error.kind == "string_pattern_mismatch":
        return PATTERN_WORDS.get(str(error.context["pattern"]), "in another form"), "change it to that form"
    rule, hint = _RULES.get(error.kind, ("another value", "change the value"))
    if error.kind == "string_too_short" and error.name in {"email", "owner"}:
        hint = "write it like `aws+name@example.com`"
    return rule.format(**error.context).replace("'", "`"), hint


def _type_hint(value: Plain, expected: Sequence[str]) -> str:
    """How to fix a value of the wrong type."""
    if value is None:
        return "write a value after the `:`"
    if "a string" in expected and isinstance(value, bool | int | float):
        return "put it in quotes"
    if "an integer" in expected and isinstance(value, str):
        return "write digits only, without quotes"
    return f"write {_alternatives(expected)}"


def _alternatives(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def _inside(annotation: object, step: str | int) -> object:
    """The annotation of the value at `step` inside a value that `annotation` describes."""
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        return _bare(field.annotation) if field else None
    arguments = get_args(annotation)
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: object) -> object:
    """The annotation without Annotated, and without the None of an optional value."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(part for part in get_args(annotation) if part is not NoneType))
    return annotation
