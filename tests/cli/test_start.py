"""What happens before any verb does its work: help, versions, wrong command lines, and how soon."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from bootstrap import __version__
from tests.cli.command import COMMAND, run, succeed

VERBS = [
    "init",
    "developer",
    "developer add",
    "validate",
    "generate",
    "plan",
    "apply",
    "show",
    "destroy",
    "demo",
    "emulator",
]
HEAVY = ("boto3", "botocore", "pydantic", "moto", "troposphere", "werkzeug", "yaml", "rich", "asyncio")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_shows_an_example_of_it_on_one_line(verb: str) -> None:
    help_text = succeed(*verb.split(), "--help").out
    assert "Examples:" in help_text
    assert f"  org-bootstrap {verb}" in help_text.partition("Examples:")[2]


def test_the_help_lists_every_verb_with_a_whole_sentence_and_the_exit_codes() -> None:
    help_text = succeed("--help").out
    listed = help_text.partition("Commands:")[2].partition("Begin with")[0]
    for verb in VERBS:
        assert f"  {verb.split()[0]} " in listed
    assert "..." not in listed, "a sentence is cut off"
    assert "3  blocked" in help_text


def loaded_by(*words: str, here: Path | None = None) -> set[str]:
    """The heavy modules that are there once a command has gone well."""
    program = (
        f"import sys; sys.argv = {['org-bootstrap', *words]!r}\n"
        "from bootstrap.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_help_loads_nothing_that_a_verb_alone_needs() -> None:
    assert loaded_by("--help") == set()


@pytest.mark.parametrize("words", [("validate",), ("generate", "--help"), ("generate", "--out", "generated")])
def test_what_is_done_offline_never_loads_what_talks_to_aws(organization: Path, words: tuple[str, ...]) -> None:
    assert not {"boto3", "botocore", "moto", "werkzeug"} & loaded_by(*words, here=organization)


def test_the_help_takes_no_more_than_three_times_as_long_as_loading_typer_alone() -> None:
    """A tenth of a second and two of them, on a machine with nothing else to do."""

    def processor_time(*words: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # In turns, and the best of a few: other work on the machine only ever adds, and to both.
    pairs = [
        (processor_time(*COMMAND, "--help"), processor_time(sys.executable, "-c", "import typer")) for _ in range(5)
    ]
    ours, typers = (min(times) for times in zip(*pairs, strict=True))
    assert ours < 3 * typers, pairs


def test_the_version_is_the_package_s_own() -> None:
    assert succeed("--version").out == f"{__version__}\n"


def test_the_installed_command_and_the_module_are_the_same() -> None:
    script = Path(sys.executable).with_name("org-bootstrap")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout == succeed("--help").out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("plam",),
        ("plan", "--nothing"),
        ("generate",),
        ("developer", "add", "carol"),
        ("emulator", "--port", "x"),
        ("drift", "--format", "html"),
    ],
)
def test_a_wrong_command_line_ends_with_1_because_2_means_that_changes_are_pending(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.code == 1
    assert done.out == ""
    assert "Usage: org-bootstrap" in done.err
    assert "Value error" not in done.err


def test_ctrl_c_while_it_is_still_being_loaded_ends_it_quietly(tmp_path: Path) -> None:
    # A shell starts its background jobs without a handler.
    interrupted = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)
"""
    (tmp_path / "typer.py").write_text(interrupted, "utf-8")
    here = os.pathsep.join([str(tmp_path), str(Path(bootstrap.__file__).parents[1])])
    done = run("--help", PYTHONPATH=here)
    assert (done.code, done.out, done.err) == (1, "", "")


@pytest.mark.parametrize(("verb", "argument"), [("init", "[DIR]"), ("apply", "[PLAN]")])
def test_what_may_be_left_out_stands_in_brackets_once(verb: str, argument: str) -> None:
    assert succeed(verb, "--help").first_line == f"Usage: org-bootstrap {verb} [OPTIONS] {argument}"


def test_an_encoding_without_our_signs_spells_them_out_and_fails_nothing(tmp_path: Path) -> None:
    done = succeed("init", "größe", here=tmp_path, PYTHONIOENCODING="ascii")
    assert "+ gr\\xf6\\xdfe/scps/\n" in done.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device here that is always full")
@pytest.mark.parametrize(
    ("redirection", "said"),
    [
        (">/dev/full", "! error: cannot write to standard output: no space left on device\n"),
        (">&-", "! error: standard output is closed\n"),
    ],
)
def test_a_result_that_cannot_be_written_is_a_failure_without_a_traceback(
    organization: Path, redirection: str, said: str
) -> None:
    command = shlex.join([*COMMAND, "validate", "-C", str(organization)])
    done = subprocess.run(["sh", "-c", f"{command} {redirection}"], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, said)


def test_a_reader_that_leaves_ends_nothing_with_a_traceback(organization: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as nobody:
        done = subprocess.run(
            [*COMMAND, "validate", "-C", str(organization)],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == ""
    assert done.returncode == 0
