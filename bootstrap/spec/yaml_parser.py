"""YAML text to a tree of Nodes, each with its place: a small YAML 1.2 parser on top of libyaml's events.

It works on events because PyYAML's constructors follow YAML 1.1, and its C composer is recursive: a file of ten
thousand brackets kills the process. Here the open collections are a list, and every limit is checked while
reading. An alias is a second use of one Node, so it costs nothing however large its value is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

import yaml

from bootstrap.model.errors import SpecError
from bootstrap.spec.source_file import PROBLEMS_MAX, START, Node, Place

if TYPE_CHECKING:
    from bootstrap.model.errors import Problem
    from bootstrap.spec.source_file import Plain, SourceFile

NODES_MAX: Final = 50_000
"""The most values in one file. An alias counts as all values below it. A thousand accounts have 9,000 values."""
DEPTH_MAX: Final = 32
"""The deepest value of the models is nine levels down."""

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_MERGE: Final = "<<"

_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

# A part of libyaml's message (src/scanner.c, src/parser.c), our message, and the hint.
_SYNTAX_ERRORS: Final = (
    ("tab character", "tab character in the indentation", "indent with spaces"),
    ("mapping values are not allowed", "unexpected `:`", "put a text that contains `: ` in quotes"),
    ("block sequence entries are not allowed", "unexpected `-`", "start the list on a new line"),
    ("expected '-' indicator", "expected a list item, found a key", "indent the line, or start it with `- `"),
    ("expected key", "the line does not fit the lines above", "check its indentation, and the quotes above"),
    ("',' or '}'", "unclosed `{`", "add the `}`, or put a text that contains braces in quotes"),
    ("',' or ']'", "unclosed `[`", "add the `]`, or put a text that contains brackets in quotes"),
    ("unexpected end of stream", "unclosed quote", "add the quote where the text ends"),
    ("could not find expected ':'", "missing `:` after a key", "write `key: value`"),
    ("escape", "unknown escape sequence", "write `\\\\` for a backslash, or use single quotes"),
    ("expected node content", "missing value", "write a value; put it in quotes if it has special characters"),
    ("expected <document start>", "unexpected text", "write `key: value`, with a space after the `:`"),
    ("expected comment or line break", "unexpected text after `|` or `>`", "start the text on the next line"),
    ("", "invalid YAML", "check the indentation, the quotes and the brackets"),
)
# For these errors libyaml points at the end of the file; the start of the bracket or quote is more useful.
_UNCLOSED: Final = ("',' or '}'", "',' or ']'", "unexpected end of stream")


def parse_yaml(source: SourceFile) -> Node:
    """The file's one document. Raises SpecError with every problem that is found before parsing stops."""
    return _Parser(source).parse()


def scalar_value(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar, by the core schema of YAML 1.2.

    PyYAML follows YAML 1.1, where `no` and `on` are booleans, `1:30` is ninety, `2026-11-23` a date and `0736` octal.
    Here all of these are strings. A number with a leading zero or with more than eighteen digits is a string too: it
    is an id, such as that of an account, and reading it as a number would change it.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text, base=0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


@dataclass(slots=True)
class _Open:
    """A list or a mapping whose end has not been read yet."""

    start: Place
    anchor: str | None
    is_mapping: bool
    keys: dict[str, Place] = field(default_factory=dict)
    children: dict[str | int, Node] = field(default_factory=dict)
    bases: list[Node] = field(default_factory=list)
    key: str | None = None
    is_merge: bool = False

    @property
    def awaits_key(self) -> bool:
        return self.is_mapping and self.key is None

    def close(self, end: Place) -> Node:
        for base in self.bases:
            for step, child in base.children.items():
                if step not in self.children:
                    self.keys[str(step)] = base.keys[str(step)]
                    self.children[step] = child
        below = self.children.values()
        value: Plain = [child.value for child in below]
        if self.is_mapping:
            value = {str(step): child.value for step, child in self.children.items()}
        return Node(
            value,
            Place(self.start.line, self.start.column, end.end_line, end.end_column),
            self.keys,
            self.children,
            size=1 + sum(child.size for child in below),
            depth=1 + max((child.depth for child in below), default=0),
        )


class _Parser:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, Node | None] = {}  # None while the anchor's own value is being read
        self.root: Node | None = None
        self.nodes = 0

    def parse(self) -> Node:
        loader = yaml.CSafeLoader(self.source.text)
        try:
            while event := loader.get_event():
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.problems.append(_syntax_problem(self.source, error))
        finally:
            loader.dispose()
        if self.root is None and not self.problems:
            self.report(START, "the file is empty", "add its content, or delete the file")
        if self.problems or self.root is None:
            raise SpecError(self.problems)
        return self.root

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self.take_scalar(event, _place(event))
            case yaml.DocumentStartEvent() if self.root is not None:
                place = _place(event)
                self.stop(place, "a second YAML document starts here", "keep one document in a file: remove the `---`")
            case yaml.AliasEvent():
                self.take_alias(event.anchor or "", _place(event))
            case yaml.CollectionStartEvent():
                self.enter(event, _place(event))
            case yaml.CollectionEndEvent():
                done = self.open.pop()
                self.add(done.close(_place(event)), done.anchor)

    def take_scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        self.refuse_tag(event.tag, place)
        text: str = event.value
        if found := _CONTROL.search(text):
            self.report(place, f"the text contains the character U+{ord(found[0]):04X}", "remove it")
        is_plain = not event.style
        if self.open and self.open[-1].awaits_key:
            self.take_key(self.open[-1], text, place, is_merge=is_plain and text == _MERGE)
            node = Node(text, place)
            if event.anchor:
                self.anchors[event.anchor] = node
            return
        self.count(1, place)
        self.add(Node(scalar_value(text) if is_plain else text, place), event.anchor)

    def take_key(self, inside: _Open, key: str, place: Place, *, is_merge: bool) -> None:
        if key in inside.keys:
            first = inside.keys[key]
            self.report(place, f"duplicate key `{key}`", f"first defined on line {first.line}")
        elif not is_merge:
            inside.keys[key] = place
        inside.key, inside.is_merge = key, is_merge

    def take_alias(self, anchor: str, place: Place) -> None:
        if self.open and self.open[-1].awaits_key:
            self.stop(place, "a key must be a string, not an alias", "write the key itself")
        if anchor not in self.anchors:
            self.stop(place, f"undefined alias `*{anchor}`", f"put `&{anchor}` before a value above")
        node = self.anchors[anchor]
        if node is None:
            self.stop(place, f"the alias `*{anchor}` is inside its own value", "write the value itself")
        self.count(node.size, place)
        self.refuse_depth(len(self.open) + node.depth, place)
        self.add(node, None)

    def enter(self, event: yaml.CollectionStartEvent, place: Place) -> None:
        self.refuse_tag(event.tag, place)
        self.refuse_depth(len(self.open) + 1, place)
        if self.open and self.open[-1].awaits_key:
            self.stop(place, "a key must be a string, not a list or a mapping", "put it in quotes")
        self.count(1, place)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(place, event.anchor, isinstance(event, yaml.MappingStartEvent)))

    def add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        inside = self.open[-1]
        if not inside.is_mapping:
            inside.children[len(inside.children)] = node
        elif inside.is_merge:
            inside.bases += self.bases(node)
        elif inside.key is not None:
            inside.children.setdefault(inside.key, node)
        inside.key = None

    def bases(self, node: Node) -> list[Node]:
        """The mappings that `<<` merges: one, or a list of them. The first one wins."""
        found = list(node.children.values()) if isinstance(node.value, list) else [node]
        if not all(isinstance(base.value, dict) for base in found):
            self.report(node.place, "the value of `<<` must be a mapping", "write `<<: *name`, or remove the line")
            return []
        return found

    def count(self, nodes: int, place: Place) -> None:
        self.nodes += nodes
        if self.nodes > NODES_MAX:
            self.stop(place, f"the file has more than {NODES_MAX:,} values, counting aliases", "split the file")

    def refuse_depth(self, depth: int, place: Place) -> None:
        if depth > DEPTH_MAX:
            self.stop(place, f"nested more than {DEPTH_MAX} levels deep", "remove levels: no file needs more than nine")

    def refuse_tag(self, tag: str | None, place: Place) -> None:
        if tag:
            self.report(place, f"unsupported tag `{tag}`", "remove it; to make a value a string, put it in quotes")

    def report(self, place: Place, message: str, hint: str) -> None:
        self.problems.append(self.source.problem(place, message, hint))
        if len(self.problems) >= PROBLEMS_MAX:
            raise SpecError(self.problems)

    def stop(self, place: Place, message: str, hint: str) -> NoReturn:
        self.report(place, message, hint)
        raise SpecError(self.problems)


def _place(event: yaml.Event) -> Place:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:  # never from libyaml, but the types allow it
        return START
    return Place(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _syntax_problem(source: SourceFile, error: yaml.MarkedYAMLError) -> Problem:
    """The one error that libyaml reports; it cannot continue after it."""
    found = error.problem or ""
    mark = (any(part in found for part in _UNCLOSED) and error.context_mark) or error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message, hint = next((message, hint) for part, message, hint in _SYNTAX_ERRORS if part in found)
    if "cannot start any token" in found:
        text = source.lines[line - 1] if line <= len(source.lines) else ""
        character = text[column - 1 : column]
        if character == "\t":
            message, hint = _SYNTAX_ERRORS[0][1:]
        else:
            message, hint = f"a value cannot start with `{character}`", "put it in quotes"
    return source.problem(Place(line, column, line, column + 1), message, hint)
