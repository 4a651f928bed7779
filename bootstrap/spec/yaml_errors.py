"""libyaml's error messages, translated for a person who edits the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.spec.node import Place

if TYPE_CHECKING:
    import yaml

    from bootstrap.model.errors import Problem
    from bootstrap.spec.source_file import SourceFile

# A part of libyaml's message (src/scanner.c, src/parser.c), our message, and the hint.
_MESSAGES: Final = (
    ("tab character", "tab character in the indentation", "indent with spaces"),
    (
        "mapping values are not allowed",
        "unexpected `:`",
        "put a text that contains `: ` in quotes",
    ),
    ("block sequence entries are not allowed", "unexpected `-`", "start the list on a new line"),
    ("expected '-' indicator", "expected a list item, found a key", "indent the line, or start it with `- `"),
    (
        "expected key",
        "the line does not fit the lines above",
        "check its indentation, and the quotes above",
    ),
    ("',' or '}'", "unclosed `{`", "add the `}`, or put a text that contains braces in quotes"),
    ("',' or ']'", "unclosed `[`", "add the `]`, or put a text that contains brackets in quotes"),
    ("unexpected end of stream", "unclosed quote", "add the quote where the text ends"),
    ("could not find expected ':'", "missing `:` after a key", "write `key: value`"),
    ("escape", "unknown escape sequence", "write `\\\\` for a backslash, or use single quotes"),
    ("expected node content", "missing value", "write a value; put it in quotes if it has special characters"),
    (
        "expected <document start>",
        "unexpected text",
        "write `key: value`, with a space after the `:`",
    ),
    ("expected comment or line break", "unexpected text after `|` or `>`", "start the text on the next line"),
)
# For these errors libyaml points at the end of the file; the start of the bracket or quote is more useful.
_UNCLOSED: Final = ("',' or '}'", "',' or ']'", "unexpected end of stream")
_UNKNOWN: Final = ("invalid YAML", "check the indentation, the quotes and the brackets")


def syntax_problem(source: SourceFile, error: yaml.MarkedYAMLError) -> Problem:
    """The one error that libyaml reports; it cannot continue after it."""
    is_unclosed = any(part in (error.problem or "") for part in _UNCLOSED)
    mark = (is_unclosed and error.context_mark) or error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message, hint = _message(error.problem or "", _character(source, line, column))
    return source.problem(Place(line, column, line, column + 1), message, hint)


def _message(problem: str, character: str) -> tuple[str, str]:
    if "cannot start any token" in problem:
        if character == "\t":
            return "tab character in the indentation", "indent with spaces"
        return f"a value cannot start with `{character}`", "put it in quotes"
    for part, message, hint in _MESSAGES:
        if part in problem:
            return message, hint
    return _UNKNOWN


def _character(source: SourceFile, line: int, column: int) -> str:
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    return text[column - 1 : column]
