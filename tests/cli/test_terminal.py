"""Colour where a person looks, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.cli import console
from tests.cli.command import on_terminal, run

if TYPE_CHECKING:
    from pathlib import Path

GREEN, RED, ESCAPE = "\x1b[32m", "\x1b[91m", "\x1b"


def test_a_terminal_gets_colour(tmp_path: Path) -> None:
    done = on_terminal("init", "acme", here=tmp_path, fresh=True)
    assert done.code == 0
    assert f"{GREEN}+ acme/scps/" in done.out
    assert f"{RED}! error: " in on_terminal("init", "acme", here=tmp_path).out


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_whose_user_wants_none_gets_no_colour(tmp_path: Path, variables: dict[str, str]) -> None:
    done = on_terminal("init", "acme", here=tmp_path, aws=variables)
    assert "+ acme/scps/" in done.out
    assert ESCAPE not in done.out


def test_a_file_gets_no_colour(tmp_path: Path) -> None:
    done = run("init", "acme", here=tmp_path)
    assert "+ acme/scps/" in done.out
    assert ESCAPE not in done.out + done.err + run("init", "acme", here=tmp_path).err


def test_what_is_wrapped_keeps_the_colour_of_its_sign() -> None:
    text = '+ a\n    + b: "1\n          2"\n\nPlan: 1\n- c\nend'
    coloured = [line.startswith(ESCAPE) for line in console._painted(text)]
    assert coloured == [True, True, True, False, False, True, False]


def test_a_list_s_dash_is_no_deletion() -> None:
    text = "+ a\n    + b:\n        - c\n~ d\n    ~ e:\n        - f\n        + g\n    + h:\n        - i\n    - j: 1"
    green, red, yellow = "\x1b[32m", "\x1b[31m", "\x1b[33m"
    colours = [line[:5] for line in console._painted(text)]
    assert colours == [green, green, green, yellow, yellow, red, green, green, green, red]


def test_a_name_that_somebody_else_chose_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.result("an OU named \x1b[2J\x9b1m\r\tü\u202e\nnext")
    assert capsys.readouterr().out == "an OU named \\u001b[2J\\u009b1m\\u000d\tü\\u202e\nnext\n"
