"""Bytes that are not text, scalars, and YAML that is too large."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bootstrap.model.errors import SpecError
from bootstrap.spec.load import load
from bootstrap.spec.source_file import PROBLEMS_MAX, SIZE_MAX, SourceFile
from bootstrap.spec.yaml_parser import DEPTH_MAX, parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from bootstrap.spec.source_file import Plain

BAD_BYTES = {
    b"\xef\xbb\xbfdeveloper: {}": "1:1: the file is encoded as UTF-8 with a byte order mark",
    "developer: {}".encode("utf-16"): "1:1: the file is encoded as UTF-16",
    b"developer:\n  name: \xe4": "2:9: byte 0xe4 is not valid UTF-8",
    b"developer:\n  name: a\0": "2:10: the character U+0000 is not allowed here",
    "developer: a\u2028b".encode(): "1:13: the character U+2028 is not allowed here",
    b"": "1:1: the file is empty",
    b"# nothing\n": "1:1: the file is empty",
}


@pytest.mark.parametrize(("content", "expected"), BAD_BYTES.items())
def test_a_file_that_is_not_text_is_a_problem(content: bytes, expected: str, project: Path) -> None:
    (project / "account_specs/x.yaml").write_bytes(content)
    with pytest.raises(SpecError) as caught:
        load(project)
    (problem,) = caught.value.problems
    assert f"{problem.line}:{problem.column}: {problem.message}" == expected
    assert problem.hint


def read(text: str) -> Plain:
    return parse_yaml(SourceFile("x.yaml", text)).value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("0736", "0736"),
        ("736", 736),
        ("-3", -3),
        ("1234567890123456789", "1234567890123456789"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-11-23", "2026-11-23"),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        (".inf", float("inf")),
        ("0o17", 15),
        ("0x1f", 31),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ('"5"', "5"),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Plain) -> None:
    assert read(f"key: {text}") == {"key": value}


def test_keys_are_strings() -> None:
    assert read("no: 1\n1: 2\nnull: 3\n2026-11-23: 4") == {"no": 1, "1": 2, "null": 3, "2026-11-23": 4}


def test_a_merge_adds_missing_keys() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 5}\nd: {'<<': 1}"
    assert read(text) == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3, "z": 4},
        "c": {"x": 5, "y": 2, "z": 4},
        "d": {"<<": 1},
    }


BOMBS = {
    "aliases of aliases": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)),
    "aliases in aliases": "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 20_000)),
    "merges of merges": "a: &a\n"
    + "".join(f"  k{n}: 1\n" for n in range(1000))
    + "b: ["
    + "{<<: *a}, " * 20_000
    + "]\n",
    "open brackets": "[" * (SIZE_MAX - 1),
    "open braces": "{a: " * (SIZE_MAX // 4),
    "lists in lists": "- " * (SIZE_MAX // 2),
    "keys in keys": "? " * (SIZE_MAX // 2),
    "many values": "- a\n" * (SIZE_MAX // 4),
    "many keys written twice": "a:\n" * (SIZE_MAX // 3),
    "a number without an end": "a: " + "9" * (SIZE_MAX - 3),
    "one quote": "'" * (SIZE_MAX - 1),
    "one token": "a: " + "aB3" * (SIZE_MAX // 4),
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("folder", ["account_specs", "scps", "secrets_layout"])
def test_a_bomb_is_rejected_quickly(text: str, folder: str, project: Path) -> None:
    (project / folder / "x.yaml").write_text(text)
    start = time.process_time()
    with pytest.raises(SpecError):
        load(project)
    assert time.process_time() - start < 2


def test_the_problems_of_a_file_are_limited() -> None:
    for text in ("a:\n" * 1000, "a: !x 1\n" * 1000):
        with pytest.raises(SpecError) as caught:
            read(text)
        assert len(caught.value.problems) == PROBLEMS_MAX


def test_nesting_is_limited() -> None:
    assert read("[" * DEPTH_MAX + "]" * DEPTH_MAX)
    with pytest.raises(SpecError):
        read("[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1))


NEAR_YAML = st.text(st.sampled_from("developer: name[]{}&*!|>'\"%@`#,?-\n\t <~=0123e.\\\u2028é\x00")).map(str.encode)
WORDS = ["developer: ", "application: ", "organization: ", "entries: ", "id: ", "name: ", "email: ", "x"]
MARKS = [
    "\n",
    "\n  ",
    "\n    ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "'",
    '"',
    "- ",
    "? ",
    "---\n",
]
PARTS = st.sampled_from([*WORDS, *MARKS])


@given(content=st.binary() | NEAR_YAML | st.lists(PARTS).map(lambda parts: "".join(parts).encode()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_any_bytes_give_a_spec_or_problems(content: bytes, project: Path) -> None:
    for file in ("account_specs/developers/alice.yaml", "scps/x.yaml", "secrets_layout/x.yaml"):
        path = project / file
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(content)
        with suppress(SpecError):
            load(project)
        path.unlink() if before is None else path.write_bytes(before)
