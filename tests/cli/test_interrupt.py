"""Ctrl-C, wherever it comes."""

from __future__ import annotations

import signal
import socket
import time
from typing import TYPE_CHECKING

import boto3
import pytest

from bootstrap.emulator import options
from tests.cli.command import running, succeed

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from bootstrap.emulator import Emulator


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What the command wrote to stderr until this."""
    assert process.stderr
    seen = ""
    while text not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    return seen


def interrupted_after(
    process: subprocess.Popen[str], text: str, number: signal.Signals = signal.SIGINT
) -> tuple[str, str]:
    """What the command wrote to each stream, interrupted as soon as `text` stands on stderr."""
    seen = read_until(process, text)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in seen + err, seen + err
    return out, seen + err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_ends_what_is_in_flight_says_so_and_the_next_one_converges(
    organization: Path, emulator: Emulator, number: signal.Signals
) -> None:
    emulator.reset()
    with running("apply", "-C", organization, fresh=True, AWS_ENDPOINT_URL=emulator.endpoint) as process:
        out, err = interrupted_after(process, "[1/47]", number)
    assert process.returncode == 1
    assert "Interrupted: finishing writes in flight, starting no more." in err
    *_, interrupted, counts, again = out.splitlines()
    assert interrupted == "Interrupted: writes in flight were finished, and no more were started."
    done = err.count(": created  [")
    assert counts == f"Applied: {done} created, 0 failed, {47 - done} skipped."
    assert 0 < done < 47
    assert again == f"Completed changes are kept. To continue: org-bootstrap apply -C '{organization}'"
    rest = succeed("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)
    assert rest.last_line.endswith(", 0 failed, 0 skipped.")
    succeed("plan", "--detailed-exitcode", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint)


def test_a_second_ctrl_c_does_not_wait(organization: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator.reset()
    with monkeypatch.context() as patched:
        patched.setattr(options.CURRENT, "polls", 1_000_000)  # an account that AWS does not get done with
        with running("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint) as process:
            read_until(process, "waiting for AWS to create the account")
            process.send_signal(signal.SIGINT)
            _, err = interrupted_after(process, "Interrupted: finishing writes in flight")
    assert process.returncode == 1
    assert err.endswith("Exited without waiting. Run the same command again to continue.\n")


@pytest.mark.parametrize("verb", ["plan", "apply", "show", "destroy"])
def test_reading_that_gets_no_answer_gives_signs_of_life_and_ends_at_once(organization: Path, verb: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and never a request
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running(verb, "-C", organization, AWS_ENDPOINT_URL=endpoint) as process:
            _, err = interrupted_after(process, "still reading: 1 AWS API call …")
            ended = time.monotonic()
            assert process.wait() == 1
    assert time.monotonic() - ended < 5
    assert err.endswith("Interrupted.\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_it_reads_gives_its_lock_back(
    organization: Path, emulator: Emulator, number: signal.Signals
) -> None:
    emulator.reset()
    ssm = boto3.client(
        "ssm",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    slow = emulator.fail_next("organizations.DescribeOrganization", fault="slow")
    with running("apply", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint) as process:
        read_until(process, "still reading: ")
        assert ssm.get_parameter(Name="/org-bootstrap/lock")
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert slow.struck == 1
    assert process.returncode == 1
    assert err.endswith("Interrupted.\n")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/org-bootstrap/lock")


@pytest.mark.emulator
def test_an_interrupted_emulator_just_ends() -> None:
    with running("emulator", "--port", "0") as process:
        out, err = interrupted_after(process, "AWS emulator listening")
    assert process.returncode == 0
    assert out.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")
    assert err.endswith("Stopped.\n")


@pytest.mark.emulator
def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    with running("demo", TMPDIR=str(tmp_path)) as process:
        assert process.stdout
        while "/47]" not in (line := process.stdout.readline()):
            assert line
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (1, False), err
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
