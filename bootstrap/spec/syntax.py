"""What the YAML parser says, in words that a reader of the file understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bootstrap.spec.places import Place

if TYPE_CHECKING:
    import yaml

    from bootstrap.model.errors import Problem
    from bootstrap.spec.source import Source

# A part of libyaml's message (src/scanner.c, src/parser.c), ours, and what to do.
_WORDS: Final = (
    ("tab character", "a tab in the indentation", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a `:` does not belong here",
        "put quotes around text that holds `: `",
    ),
    ("block sequence entries are not allowed", "a `-` does not belong here", "begin a list on its own line"),
    ("expected '-' indicator", "a key among the items of a list", "indent it, or begin the line with `- `"),
    (
        "expected key",
        "the line does not fit the ones before it",
        "check the indentation and the quotes above",
    ),
    ("',' or '}'", "a `{` is not closed by `}`", "close it, or put quotes around text that holds braces"),
    ("',' or ']'", "a `[` is not closed by `]`", "close it, or put quotes around text that holds brackets"),
    ("unexpected end of stream", "a quote is not closed", "close it where the text ends"),
    ("could not find expected ':'", "a key without its `:`", "write `key: value`"),
    ("escape", "a `\\` that begins no known escape", "write `\\\\` for a backslash, or use single quotes"),
    ("expected node content", "a value was expected", "write one, or put quotes around it"),
    (
        "expected <document start>",
        "text that belongs to nothing",
        "write `key: value`, with a space after the `:`",
    ),
    ("expected comment or line break", "text after `|` or `>`", "begin the text on the next line"),
)
# Of these libyaml's own place is where the file ends or goes wrong; where it began is where to look.
_BEGUN_AT: Final = ("',' or '}'", "',' or ']'", "unexpected end of stream")
_UNKNOWN: Final = ("this is not YAML", "check the indentation, the quotes and the brackets")


def syntax_problem(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    """The parser's one error; it cannot go on after it."""
    is_unclosed = any(part in (error.problem or "") for part in _BEGUN_AT)
    mark = (is_unclosed and error.context_mark) or error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    message, hint = _words(error.problem or "", _character(source, line, column))
    return source.problem(Place(line, column, line, column + 1), message, hint)


def _words(said: str, character: str) -> tuple[str, str]:
    if "cannot start any token" in said:
        if character == "\t":
            return "a tab in the indentation", "indent with spaces"
        return f"a value cannot begin with `{character}`", "put quotes around it"
    for part, message, hint in _WORDS:
        if part in said:
            return message, hint
    return _UNKNOWN


def _character(source: Source, line: int, column: int) -> str:
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    return text[column - 1 : column]
