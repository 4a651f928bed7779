"""Real AWS is never met by accident, and never changed before somebody has seen whose it is and said yes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.command import CTRL_C, on_terminal, run, succeed
from tests.cli.real_aws import real_aws
from tests.system.organization import Organization

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bootstrap.emulator import Emulator

CAROL = ("developer", "add", "carol", "--email", "aws+carol@example.com", "--owner", "carol@example.com")


@pytest.fixture(scope="module")
def real(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with real_aws(emulator.endpoint, tmp_path_factory.mktemp("aws")) as variables:
        yield variables


@pytest.fixture(autouse=True)
def _empty(emulator: Emulator) -> None:
    emulator.reset()


@pytest.mark.parametrize("verb", ["plan", "apply", "show", "destroy"])
def test_without_credentials_a_verb_ends_soon_and_says_how_to_sign_in(organization: Path, verb: str) -> None:
    began = time.monotonic()
    done = run(verb, "-C", organization, HTTPS_PROXY="http://127.0.0.1:9")  # where nothing listens
    assert time.monotonic() - began < 15
    assert done.code == 1
    assert done.out == ""
    assert "NoCredentialsError: Unable to locate credentials\n  hint: sign in with `aws sso login`" in done.err


@pytest.mark.parametrize(
    ("verb", "process", "says"),
    [
        ("apply", "/nope", "No such file or directory: '/nope'"),
        ("drift", "echo hello", "Expecting value: line 1 column 1 (char 0)"),
        ("plan", "echo []", "'list' object has no attribute 'get'"),
        ("plan", "", "No such file or directory: '/nope'"),
    ],
    ids=["no process", "no JSON", "no object", "no token"],
)
def test_what_keeps_credentials_from_being_had_is_told_with_how_to_sign_in(
    organization: Path, tmp_path: Path, verb: str, process: str, says: str
) -> None:
    """None of these is an error of botocore's own."""
    config = tmp_path / "config"
    config.write_text(f"[profile other]\ncredential_process = {process}\n", "utf-8")
    token = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nope", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/ci"}
    profile = {"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "other"}
    done = run(verb, "-C", organization, aws=profile if process else token)
    assert (done.code, done.out) == (1, "")
    assert "CredentialRetrievalError: Error when retrieving credentials from the environment: " in done.err
    assert f"{says}\n  hint: sign in with `aws sso login`" in done.err


def test_a_profile_that_is_not_there_is_told_with_a_hint(organization: Path) -> None:
    done = run("plan", "-C", organization, AWS_PROFILE="nobody")
    assert done.code == 1
    assert "The config profile (nobody) could not be found\n  hint: check AWS_PROFILE" in done.err


@pytest.mark.parametrize(
    ("action", "code"), [("sts.*", "SignatureDoesNotMatch"), ("organizations.*", "InvalidSignatureException")]
)
def test_a_wrong_clock_is_told_with_a_hint(
    organization: Path, emulator: Emulator, real: dict[str, str], action: str, code: str
) -> None:
    """Each protocol has a word of its own for it."""
    skewed = emulator.fail_next(action, fault="skewed_clock", times=10)
    done = run("plan", "-C", organization, aws=real)
    assert (done.code, skewed.struck) == (1, 1), "asking again would be of no use"
    assert f"{code}: Signature expired: " in done.err
    assert "\n  hint: set this machine's clock if it is wrong; " in done.err


@pytest.mark.parametrize("url", ["https://example.com", "http://10.0.0.1:5000", "http://127.0.0.1.example.com"])
def test_an_endpoint_that_is_neither_aws_nor_on_loopback_is_not_talked_to(organization: Path, url: str) -> None:
    done = run("plan", "-C", organization, AWS_ENDPOINT_URL=url)
    assert done.code == 1
    assert done.out == ""
    assert f"! error: the endpoint {url} is not on loopback\n  hint: unset AWS_ENDPOINT_URL" in done.err


def test_the_first_line_tells_account_organization_and_caller(
    organization: Path, emulator: Emulator, real: dict[str, str]
) -> None:
    empty = run("plan", "--detailed-exitcode", "-C", organization, aws=real)
    assert empty.code == 2
    assert empty.first_line == "AWS account 123456789012, no organization yet, as arn:aws:sts::123456789012:user/moto."
    Organization(organization, emulator.endpoint, emulator=emulator).make_converge()
    full = succeed("plan", "--detailed-exitcode", "-C", organization, aws=real)
    assert full.first_line.startswith("AWS account 123456789012, organization o-")
    assert full.last_line.startswith("Nothing to do: 52 resources")


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_who_we_are_is_asked_once_and_what_organization_there_is_once_more_under_the_lock(
    applied: Path, emulator: Emulator, real: dict[str, str], verb: str
) -> None:
    before = len(emulator.calls())
    succeed(verb, "-C", applied, aws=real)
    who, which, lock = mine = ("sts.GetCallerIdentity", "organizations.DescribeOrganization", "ssm.PutParameter")
    asked = [call.action for call in emulator.calls()[before:] if call.action in mine]
    assert asked == [who, which, *([lock] if verb == "apply" else []), which]


def test_without_anybody_to_ask_apply_is_refused_and_with_yes_it_is_done(applied: Path, real: dict[str, str]) -> None:
    succeed(*CAROL, "-C", applied)
    refused = run("apply", "-C", applied, aws=real)
    assert refused.code == 3
    assert refused.last_line == "Plan: 2 to create, 0 to update, 0 to delete; 52 unchanged."
    assert "! blocked: confirmation required, but stdin is not a terminal; nothing was changed\n  hint: " in refused.err
    done = succeed("apply", "--yes", "-C", applied, aws=real)
    assert done.last_line == "Applied: 2 created, 0 failed, 0 skipped."


@pytest.mark.parametrize("answer", ["n\n", "\n", CTRL_C, "\x04"], ids=["no", "return", "ctrl-c", "ctrl-d"])
def test_whoever_is_asked_sees_whose_aws_it_is_and_anything_but_yes_changes_nothing(
    organization: Path, emulator: Emulator, real: dict[str, str], answer: str
) -> None:
    done = on_terminal("apply", "-C", organization, asked="[y/N]", answer=answer, aws=real)
    assert done.code == 3
    question = (
        "Apply this plan to AWS account 123456789012, no organization yet, as arn:aws:sts::123456789012:user/moto?"
    )
    assert question in done.out
    assert "not confirmed; nothing was changed" in done.out
    assert (
        "There is no organization yet." in succeed("show", "-C", organization, AWS_ENDPOINT_URL=emulator.endpoint).out
    )


def test_whoever_says_yes_gets_it_done(applied: Path, real: dict[str, str]) -> None:
    succeed(*CAROL, "-C", applied)
    done = on_terminal("apply", "-C", applied, asked="[y/N]", answer="y\n", aws=real)
    assert done.code == 0
    assert "Applied: 2 created, 0 failed, 0 skipped." in done.out


def test_there_is_nothing_to_ask_when_there_is_nothing_to_do(applied: Path, real: dict[str, str]) -> None:
    assert succeed("apply", "-C", applied, aws=real).last_line.startswith("Nothing to do")
