"""plan, apply, show and destroy against an embedded AWS: their own, or one that another process serves."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.cli.command import run, served, succeed

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.emulator


def test_a_plan_on_an_aws_of_its_own_says_so_first_and_ends_with_2_only_if_asked(organization: Path) -> None:
    done = succeed("plan", "--emulated", "-C", organization, fresh=True)
    assert done.first_line.startswith("AWS emulator at http://127.0.0.1:")
    assert done.last_line.startswith("Plan: 47 to create, 0 to update, 0 to delete")
    told = [line for line in done.err.splitlines() if not line.startswith("  still reading")]
    assert told == ["Starting the AWS emulator …", "Reading AWS …", "Read: 3 AWS API calls."]
    assert run("plan", "--emulated", "--detailed-exitcode", "-C", organization).code == 2


def test_a_plan_as_a_page_draws_every_ou_and_account_of_the_organization(organization: Path) -> None:
    page = succeed("plan", "--emulated", "--format", "html", here=organization).out
    assert page.startswith("<!doctype html>\n")
    assert page.endswith("</html>\n")
    picture = page.partition('class="chart"')[2].partition("</section>")[0]
    accounts = ("tooling", "security", "developer-alice", "developer-bob", "orders-beta", "orders-production")
    drawn = [*(f"account:{key}" for key in accounts), "ou:Root", "ou:Security", "ou:Workloads/Developers"]
    assert [address for address in drawn if f'title="{address}"' not in picture] == []


def test_an_empty_aws_is_shown_as_one_without_an_organization(organization: Path) -> None:
    done = succeed("show", "--emulated", "-C", organization)
    assert done.out.splitlines()[1:] == ["There is no organization yet."]


def test_a_user_s_own_profile_and_proxy_stay_out_of_an_embedded_aws(organization: Path, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[this is no configuration")
    nowhere = "http://127.0.0.1:9"
    own = {"AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    succeed("show", "--emulated", "-C", organization, aws=own, fresh=True, HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere)


def test_an_organization_lives_from_nothing_to_its_end_in_a_emulator_of_another_process(
    organization: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served() as variables:
        here: Any = {"here": organization, "aws": variables}
        applied = succeed("apply", **here)
        assert applied.last_line == "Applied: 47 created, 0 failed, 0 skipped."
        assert "+ ou:Workloads: created  [" in applied.err
        *_, following, cost = applied.err.splitlines()
        assert following == "Next: org-bootstrap show"
        assert cost.startswith("Total: ")
        assert "Traceback" not in applied.err

        again = succeed("plan", "--detailed-exitcode", **here)
        assert again.out.splitlines() == [applied.first_line, "Nothing to do: 52 resources match the YAML."]
        assert succeed("apply", **here).out == again.out

        with monkeypatch.context() as patched:  # as any other tool: from the variables alone
            for name, value in variables.items():
                patched.setenv(name, value)
            accounts = boto3.client("organizations").list_accounts()["Accounts"]
        tree = succeed("show", **here).out
        assert len(accounts) == 7  # the six, and the management account
        for account in accounts:
            assert account["Id"] in tree
        assert "    │   └── tooling  " in tree

        (organization / "account_specs" / "developers" / "bob.yaml").unlink()
        assert "account:developer-bob" in succeed("plan", "--detailed-exitcode", **here).out

        refused = run("destroy", "--yes", **here)
        assert refused.code == 3
        assert "approve with: --approve destroy:example" in refused.out
        assert "! blocked: the plan is blocked for 1 reason" in refused.err
        assert "Nothing to do" in succeed("plan", **here).last_line

        gone = succeed("destroy", "--approve", "destroy:example", **here)
        assert gone.last_line.startswith("Applied: ")
        assert "Accounts to forget stay open: " in gone.out
        assert "< account:developer-alice" in gone.out
        assert "6 forgotten" in gone.last_line
        assert "└── Workloads" not in succeed("show", **here).out
        nothing = succeed("destroy", **here)
        assert nothing.last_line.startswith("Nothing to do: nothing that org-bootstrap can delete or forget is left")
        idle = run("destroy", "--approve", "destroy:example", **here)
        assert idle.code == 3
        assert "nothing in this plan needs --approve destroy:example" in idle.err
        assert idle.last_line.startswith("Nothing to do"), "what it would do is shown all the same"


def test_a_plan_that_a_guard_stands_against_ends_with_3_and_names_the_consent(organization: Path) -> None:
    alice = organization / "account_specs" / "developers" / "alice.yaml"
    with served() as variables:
        here: Any = {"here": organization, "aws": variables}
        succeed("apply", **here)
        alice.write_text(alice.read_text("utf-8") + "  state: closed\n", "utf-8")
        for verb in (("plan",), ("plan", "--detailed-exitcode"), ("apply", "--yes")):
            refused = run(*verb, **here)
            assert refused.code == 3
            assert "hint: review each reason, then re-run with: --approve close:developer-alice" in refused.err
        closed = succeed("apply", "--approve", "close:developer-alice", **here)
        assert "0 failed" in closed.last_line


def test_a_port_in_use_is_told_with_a_hint_and_without_a_word_of_anybody_else_s() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("emulator", "--port", str(port))
    assert done.code == 1
    assert done.out == ""
    assert done.err == (
        "Starting the AWS emulator …\n"
        f"! error: cannot listen on port {port} of 127.0.0.1: {os.strerror(errno.EADDRINUSE).lower()}\n"
        "  hint: choose another port, or `--port 0` for a free one\n"
    )


def test_a_emulator_listens_where_it_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with served(port) as variables:
        assert variables["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{port}"


def test_a_emulator_tells_its_clients_how_fast_its_time_goes() -> None:
    with served(0, "--profile", "real", "--seed", "7", "--speed", "2.5") as variables:
        assert variables["ORG_BOOTSTRAP_SPEED"] == "2.5"


def test_a_profile_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    done = run("emulator", "--port", "0", "--profile", "stormy", here=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("! error: the profile stormy is none of calm, real, storm, and no readable file: ")
    assert done.err.endswith("\n  hint: docs/reference/emulator.md describes the profiles and how to write one\n")


def test_a_file_of_one_s_own_is_a_profile(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('limits = [{ actions = ["sts.GetCallerIdentity"], account = [0, 0] }]', "utf-8")
    with served(0, "--profile", str(tmp_path / "own.toml")) as variables:
        sts = boto3.client(
            "sts",
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}),
        )
        with pytest.raises(ClientError, match="Throttling"):
            sts.get_caller_identity()


def test_an_emulator_that_is_not_there_is_told_with_a_hint(organization: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = run("plan", "-C", organization, AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}")
    assert done.code == 1
    assert done.first_line == f"AWS emulator at http://127.0.0.1:{port}: no AWS account is used."
    assert "start an emulator with `org-bootstrap emulator`" in done.err


def test_a_lock_is_respected_until_it_is_broken(organization: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as variables:
        here: Any = {"here": organization, "aws": variables}
        with monkeypatch.context() as patched:
            for name, value in variables.items():
                patched.setenv(name, value)
            held = '{"who": "alice on ci-1", "since": "2026-11-23T12:00:00Z", "run": "1"}'
            boto3.client("ssm").put_parameter(Name="/org-bootstrap/lock", Value=held, Type="String")
        for verb in (("apply",), ("destroy", "--approve", "destroy:example")):
            refused = run(*verb, **here)
            assert refused.code == 3
            assert "another run holds the lock: alice on ci-1 since 2026-11-23T12:00:00Z" in refused.err
        waited = run("apply", "--lock-timeout", "0.001", **here)
        assert waited.code == 3
        assert "Waiting for another run to finish: alice on ci-1 since 2026-11-23T12:00:00Z …" in waited.err
        assert "to create" not in waited.out, "planned before it had the lock"
        assert run("plan", **here).code == 0, "reading is nobody's business"
        nobody = run("unlock", **here)
        assert (nobody.code, "confirmation required" in nobody.err) == (3, True)
        broken = succeed("unlock", "--yes", **here)
        assert broken.last_line == "Released the lock held by alice on ci-1 since 2026-11-23T12:00:00Z."
        assert succeed("unlock", "--yes", **here).last_line == "The lock is free."
        succeed("apply", **here)
        assert succeed("unlock", "--yes", **here).last_line == "The lock is free."
