"""The steps of the workflows run for real: against an embedded AWS, and a GitHub on loopback."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.ci.github import ACTION, HEAD, MERGED, OURS, GitHub, Runner, evaluated, obeyed, served
from tests.cli.command import BOUND_S
from tests.conftest import REPOSITORY
from tests.system.conftest import write_small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.emulator import Emulator

SCP = "SERVICE_CONTROL_POLICY"
MARK = "<!-- org-bootstrap: plan -->\n"


@pytest.fixture
def github() -> Iterator[GitHub]:
    with served(GitHub()) as github:
        yield github


@pytest.fixture
def runner(tmp_path: Path, github: GitHub, emulator: Emulator) -> Runner:
    emulator.reset()
    (tmp_path / "organization").mkdir()
    write_small(tmp_path / "organization")
    return Runner(tmp_path, github, emulator.variables())


def edit(runner: Runner, file: str, old: str, new: str) -> None:
    path = runner.folder / "organization" / "account_specs" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def client(service: str, emulator: Emulator) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def organizations(emulator: Emulator) -> Any:
    return client("organizations", emulator)


def locks(emulator: Emulator) -> list[str]:
    return list(client("ssm", emulator).get_parameters(Names=["/org-bootstrap/lock"])["Parameters"])


def ous(emulator: Emulator) -> int:
    """How many there are below the root, seen with boto3 itself; -1 without an organization."""
    aws = organizations(emulator)
    try:
        root = aws.list_roots()["Roots"][0]["Id"]
    except aws.exceptions.AWSOrganizationsNotInUseException:
        return -1
    return len(aws.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"])


def test_a_pull_request_has_one_comment_that_is_made_and_then_updated(runner: Runner, github: GitHub) -> None:
    for number in range(100):
        github.say(f"looks good {number}", "User")
    github.say(f"{MARK}somebody quotes it", "User")
    planned = runner.pull_request()
    assert planned.code == 0, planned.err
    assert runner.outputs["exit-code"] == "2"
    assert runner.outputs["changes"] == "true"
    *others, ours = github.comments
    assert len(others) == 101
    assert ours["body"].startswith(f"{MARK}### small: ")
    assert f"Commit {HEAD}, [workflow run](https://github.com/{OURS}/actions/runs/7)." in ours["body"]
    assert ours["body"].removeprefix(MARK) == runner.summary
    assert len(ours["body"]) <= 65_536
    assert b'"address": "account:developer-alice"' in runner.plan

    edit(runner, "alice.yaml", "name: alice", "name: alicia")
    assert runner.pull_request().code == 0
    assert len(github.comments) == 102
    assert "developer-alicia" in github.comments[-1]["body"]
    assert others == github.comments[:-1]
    assert {method for method, *_ in github.asked} == {"GET", "POST", "PATCH"}
    assert all(shown for *_, shown in github.asked)


def test_what_is_refused_is_shown_and_fails_the_check(runner: Runner, github: GitHub) -> None:
    applied = runner.run("apply", plan=_planned(runner))
    assert applied.code == 0, applied
    edit(runner, "alice.yaml", "name: alice", "name: alice\n  state: closed")
    assert runner.pull_request().code == 3
    assert "approve with: `--approve " in github.comments[-1]["body"]
    assert runner.outputs["changes"] == "false"
    assert runner.plan

    assert runner.pull_request(approve="close:developer-alice").code == 0
    assert "**Approved" in github.comments[-1]["body"]


def test_a_plan_that_cannot_be_made_replaces_the_comment_of_an_older_one(runner: Runner, github: GitHub) -> None:
    runner.pull_request()
    edit(runner, "alice.yaml", "name: alice", "nam: alice")
    failed = runner.pull_request()
    assert failed.code == 1
    assert failed.err == ""
    stop, go_on, (name, _) = obeyed(failed.out)
    assert (stop, name) == (("stop-commands", go_on[0]), "error")
    assert "::error file=organization/account_specs/alice.yaml,line=" in failed.out.replace(f"{runner.folder}/", "")
    [comment] = github.comments
    assert "### Planning failed" in comment["body"]
    assert "plan" not in runner.outputs


def test_a_fork_gets_no_comment_for_its_token_only_reads(runner: Runner, github: GitHub) -> None:
    assert runner.pull_request(repository="somebody/organization").code == 0
    assert github.asked == []
    assert "### small: " in runner.summary


def test_the_plan_of_the_merged_pull_request_is_applied_and_reported_there(
    runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    assert ous(emulator) == -1
    applied = runner.run("apply")
    assert applied.code == 0, applied
    assert ous(emulator) == 1
    planned, reported = github.comments
    assert planned["body"].startswith(MARK)
    assert reported["body"].startswith("<!-- org-bootstrap: apply -->\n### Applied\n")
    assert "0 failed, 0 skipped." in reported["body"]
    # The token went to the API alone, and not to where the plan is kept.
    assert [shown for _, path, shown in github.asked if path.startswith("/kept/")] == [False]


def test_only_the_last_answer_counts_where_one_was_tried_again(
    runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    github.failing = [("/pulls", 503)]
    applied = runner.run("apply")
    assert applied.code == 0, applied
    assert len([path for _, path, _ in github.asked if path.endswith("/pulls")]) == 2
    assert ous(emulator) == 1


def test_a_comment_that_cannot_be_written_changes_nothing_of_how_a_step_ends(runner: Runner, github: GitHub) -> None:
    denied = [("/comments", 403)]
    github.failing = list(denied)
    planned = runner.pull_request()
    assert (planned.code, runner.outputs["exit-code"]) == (0, "2")
    assert "::warning title=Comment failed::" in planned.out
    github.merge(runner.plan)
    github.failing = list(denied)
    assert runner.run("apply").code == 0
    edit(runner, "alice.yaml", "name: alice", "name: alice\n  state: closed")
    github.failing = list(denied)
    assert runner.pull_request().code == 3
    edit(runner, "alice.yaml", "state: closed", "stat: closed")
    github.failing = list(denied)
    assert runner.pull_request().code == 1
    assert github.comments == []


def test_two_organizations_in_one_job_keep_their_files_apart_whatever_they_are_called(
    runner: Runner, github: GitHub
) -> None:
    assert runner.pull_request(name="my org & more").code == 0
    ours = runner.outputs
    assert runner.pull_request(name="other").code == 0
    assert runner.outputs["plan"] != ours["plan"]
    assert runner.outputs["report"] != ours["report"]
    assert len(github.comments) == 2
    github.merge(Path(ours["plan"]).read_bytes())
    assert runner.run("apply", name="my org & more").code == 0


def test_what_moved_since_the_review_is_refused_and_said_on_the_pull_request(
    runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    edit(runner, "alice.yaml", "name: alice", "name: alicia")  # another merge came first
    applied = runner.run("apply")
    assert applied.code == 3
    assert runner.outputs["exit-code"] == "3"
    assert ous(emulator) == -1
    assert "::error title=Blocked::the plan has changed since its review: the YAML has changed" in applied.out
    assert "%0ASee the log for what changed. Start the workflow by hand" in applied.out
    comment = github.comments[-1]["body"]
    assert "### Blocked: nothing was changed" in comment
    assert "create account:developer-alicia: was not in the plan" in comment


def test_a_run_that_is_started_again_after_another_merge_undoes_nothing_of_it(
    runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    runner.attempt = 2
    github.heads["main"] = "d" * 40
    for inputs in ({}, {"expect": "0" * 8}, {"plan": _planned(runner)}):
        again = runner.run("apply", **inputs)
        assert (again.code, runner.outputs) == (3, {"exit-code": "3"})
        assert f"::error title=Blocked::this run applies {MERGED}, but main is at {'d' * 40}: " in again.out
    assert ous(emulator) == -1

    runner.attempt = 1  # the next merge may come before this one's apply
    assert runner.run("apply").code == 0
    runner.attempt, github.heads["main"] = 2, MERGED
    assert runner.run("apply").code == 0


@pytest.mark.parametrize(
    ("otherwise", "why"),
    [
        ({"head_sha": "b" * 40}, f"no run planned {HEAD}"),
        ({"path": ".github/workflows/other.yml"}, f"no run planned {HEAD}"),
        ({"event": "push"}, f"no run planned {HEAD}"),
        ({"head_branch": "other"}, f"no run planned {HEAD}"),
        ({"head_repository": {"full_name": "somebody/organization"}}, f"no run planned {HEAD}"),
        ({"id": 8}, "run 8 has no plan artifact"),
    ],
)
def test_a_plan_of_anything_but_what_was_merged_is_not_taken(
    otherwise: dict[str, object], why: str, runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan, **otherwise)
    applied = runner.run("apply")
    assert applied.code == 3
    assert f"::error title=Blocked::{why}" in applied.out
    assert ous(emulator) == -1


@pytest.mark.parametrize("number", [4, 6])
def test_a_plan_is_not_taken_where_another_pull_request_with_the_same_head_may_have_made_it(
    number: int, runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    """The workflow of its run is that of its base, which somebody who may push has changed."""
    runner.pull_request()
    github.merge(runner.plan)
    for older in range(100, 250):
        github.propose(older, sha="b" * 40)
    assert runner.run("apply").code == 0
    emulator.reset()
    github.propose(number, base="forged")
    applied = runner.run("apply")
    assert (applied.code, runner.outputs) == (3, {"exit-code": "3"})
    why = f"run 7 may belong to another pull request with the same head {HEAD} and another base: {number}"
    assert f"::error title=Blocked::{why}%0A" in applied.out
    assert ous(emulator) == -1


@pytest.mark.parametrize("event", ["base_ref_changed", "automatic_base_change_succeeded"])
@pytest.mark.parametrize("at", ["2026-11-23T09:55:00Z", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"])
def test_a_plan_is_not_taken_where_the_pull_request_may_have_had_another_base(
    event: str, at: str, runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    github.timeline = [{"event": "commented", "created_at": "2026-11-23T11:00:00Z"}] * 150
    github.timeline += [{"event": "committed"}, {"event": event, "created_at": at}]
    applied = runner.run("apply")
    assert (applied.code, runner.outputs) == (3, {"exit-code": "3"})
    why = f"run 7 may have used another base: the base of pull request 5 changed at {at}"
    assert f"::error title=Blocked::{why}%0A" in applied.out
    assert ous(emulator) == -1


def test_a_plan_is_taken_that_was_made_well_after_the_base_was_changed(
    runner: Runner, github: GitHub, emulator: Emulator
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    github.timeline = [{"event": "base_ref_changed", "created_at": "2026-11-23T09:00:00Z"}]
    assert runner.run("apply").code == 0
    assert ous(emulator) == 1


def test_a_commit_that_no_pull_request_was_merged_as_has_no_reviewed_plan(runner: Runner, emulator: Emulator) -> None:
    applied = runner.run("apply")
    assert applied.code == 3
    assert f"no pull request was merged as {MERGED}" in applied.out
    assert ous(emulator) == -1


def test_a_digest_that_somebody_gives_binds_as_well(runner: Runner, emulator: Emulator) -> None:
    runner.run("plan")
    digest = runner.summary.partition("--expect ")[2].partition("`")[0]
    edit(runner, "alice.yaml", "name: alice", "name: alicia")
    assert runner.run("apply", expect=digest).code == 3
    edit(runner, "alice.yaml", "name: alicia", "name: alice")
    assert runner.run("apply", expect=digest).code == 0
    assert ous(emulator) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_cancelled_ends_what_is_in_flight_gives_the_lock_back_and_says_how_far_it_came(
    runner: Runner, github: GitHub, emulator: Emulator, number: signal.Signals
) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    with runner.started("apply") as step:
        assert step.stdout
        seen = ""
        while "[1/" not in seen:
            line = step.stdout.readline()
            assert line, seen
            seen += line
        step.send_signal(number)
        step.send_signal(signal.SIGTERM)  # a few seconds later; it changes nothing
        rest, _ = step.communicate(timeout=60)
    assert step.returncode == 1
    assert "Interrupted: writes in flight were finished, and no more were started." in rest
    assert runner.outputs["exit-code"] == "1"
    comment = github.comments[-1]["body"]
    assert "### Apply failed" in comment
    assert "Interrupted: writes in flight were finished" in comment
    assert locks(emulator) == []


def test_the_second_of_two_merges_waits_for_the_first(runner: Runner, emulator: Emulator) -> None:
    plan, ssm = _planned(runner), client("ssm", emulator)
    ssm.put_parameter(Name="/org-bootstrap/lock", Value="not ours", Type="String")
    with runner.started("apply", plan=plan) as step:
        assert step.stdout
        while "Waiting for another run to finish: somebody unknown" not in (line := step.stdout.readline()):
            assert line
        ssm.delete_parameter(Name="/org-bootstrap/lock")
        step.communicate(timeout=60)
    assert step.returncode == 0
    assert ous(emulator) == 1


def test_the_first_of_two_merges_is_refused_once_the_second_was_applied(runner: Runner, emulator: Emulator) -> None:
    plan = _planned(runner)
    runner.number = 8
    assert runner.run("apply", plan=plan).code == 0
    runner.number = 7
    late = runner.run("apply", plan=plan)
    assert late.code == 3
    assert "serial 8 has already been applied, and this is serial 7" in late.out
    runner.number = 8
    assert runner.run("apply", plan=plan).code == 0
    assert ous(emulator) == 1


def test_what_the_organization_holds_is_no_command_to_the_runner(runner: Runner) -> None:
    """A runner obeys `::…` at the begin of a line, until it is told to stop, and from the word on that ends that."""
    edit(runner, "alice.yaml", "name: alice", 'name: "al\\n::error::made up"')
    words = set()
    for verb in ("apply", "drift", "apply"):
        said = runner.run(verb, expect="0" * 8)
        assert (said.code, said.err) == (1, "")  # what the tool says comes on one stream, and so in order
        first, *talk, last = said.out.splitlines()
        word = first.removeprefix("::stop-commands::")
        assert (len(word), last) == (32, f"::{word}::")
        assert "1 problem in the YAML" in "".join(talk)
        words.add(word)
    assert len(words) == 3


@pytest.mark.parametrize(
    "key", ["##[stop-commands]x", "#\\u200d#[stop-commands]x", "\\n::stop-commands::x", "\\r::error ##[add-mask]x"]
)
@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift"])
def test_no_key_of_the_yaml_is_a_command_to_the_runner(command: str, key: str, runner: Runner) -> None:
    """It obeys `##[…]` anywhere in a line, where that is no command by its begin."""
    edit(runner, "alice.yaml", "name: alice", f'name: alice\n  "{key}": x')
    said = runner.run(command, expect="0" * 8)
    assert (said.code, said.err) == (1, "")
    assert "developer-alice" in said.out or "alice.yaml" in said.out
    stop, go_on, *others = obeyed(said.out)
    assert stop == ("stop-commands", go_on[0])
    assert {name for name, _ in others} <= {"error"}


def test_an_annotation_is_obeyed_only_where_it_can_be_no_other_command(tmp_path: Path) -> None:
    """The rest is in the log all the same."""
    ignored = [
        "##[add-mask]a",
        "::add-mask::a",
        " ::error::a",
        "::error ##[add-mask]a",
        "::error #\u200d#[add-mask]a",  # seen by no eye, nor by who compares as people read
        "::error #\u0301#[add-mask]a",
        "\r::add-mask::a",
    ]
    said = ["::error file=a.yaml,line=1::one", "::error #2::two\r::add-mask::a", "::warning title=a [#3]::three"]
    (tmp_path / "log").write_text("\n".join([*ignored, *said, ""]), "utf-8")
    script = f"ORG_NAME=a RUNNER_TEMP={tmp_path} . {REPOSITORY}/ci/github.sh && show_log log"
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, check=True, timeout=BOUND_S)
    out = done.stdout.decode()
    stop, go_on, *others = obeyed(out)
    assert stop == ("stop-commands", go_on[0])
    assert others == [("error", "one"), ("error", "two"), ("warning", "three")]
    *_, after = out.partition(f"::{go_on[0]}::\n")
    assert after.splitlines() == [*(line.partition("\r")[0] for line in said)]
    assert all(line in out for line in ignored)


def test_the_journal_of_an_apply_is_where_the_action_takes_it_from_however_it_ended(
    runner: Runner, github: GitHub
) -> None:
    [keep] = [step for step in ACTION["runs"]["steps"] if step.get("name") == "Keep the journal"]
    assert keep["if"] == "${{ always() && inputs.command == 'apply' }}"
    assert keep["with"]["include-hidden-files"] is True  # else nothing of a folder with such a name is taken
    runner.pull_request()
    github.merge(runner.plan)
    assert runner.run("apply").code == 0
    path = evaluated(keep["with"]["path"], {"inputs": {"directory": "organization"}})
    [journal] = runner.folder.glob(path)
    assert '"event": "begin"' in journal.read_text("utf-8")


def test_the_lock_of_a_run_that_died_is_broken_by_hand(runner: Runner, emulator: Emulator) -> None:
    client("ssm", emulator).put_parameter(Name="/org-bootstrap/lock", Value="not ours", Type="String")
    plan = _planned(runner)
    refused = runner.run("apply", plan=plan, **{"lock-timeout": "0"})
    assert refused.code == 3
    assert "::error title=Blocked::another run holds the lock: somebody unknown since " in refused.out
    assert "%0Aif that run is over, release its lock: org-bootstrap unlock (docs/how-to/ci-github.md)\n" in refused.out
    assert "See the log" not in refused.out
    unlocked = runner.run("unlock")
    assert unlocked.code == 0, unlocked.err
    assert "Released the lock held by somebody unknown since " in unlocked.out
    assert runner.outputs == {"exit-code": "0"}
    assert locks(emulator) == []


def test_the_nightly_look_tells_drift_by_an_output_and_a_report(runner: Runner, emulator: Emulator) -> None:
    assert runner.run("apply", plan=_planned(runner)).code == 0
    looked = runner.run("drift")
    assert looked.code == 0, looked.err
    assert runner.outputs["changes"] == "false"
    aws = organizations(emulator)
    [policy] = [one for one in aws.list_policies(Filter=SCP)["Policies"] if one["Name"].endswith("root.deny")]
    aws.detach_policy(PolicyId=policy["Id"], TargetId=aws.list_roots()["Roots"][0]["Id"])
    assert runner.run("drift").code == 0
    assert runner.outputs["changes"] == "true"
    assert "attachment:root.deny@Root" in runner.summary
    assert (runner.folder / "summary").read_bytes() == Path(runner.outputs["report"]).read_bytes()


def test_a_night_that_cannot_tell_drift_says_so_and_fails(runner: Runner) -> None:
    looked = runner.run("drift")  # nothing was applied yet
    assert looked.code == 1
    assert runner.outputs["exit-code"] == "1"
    assert "changes" not in runner.outputs
    assert runner.summary.startswith("### Drift detection failed\n")
    assert Path(runner.outputs["report"]).read_text("utf-8") == runner.summary


def test_an_apply_that_could_not_begin_does_not_say_that_it_did_a_part(runner: Runner, github: GitHub) -> None:
    runner.pull_request()
    github.merge(runner.plan)
    edit(runner, "alice.yaml", "name: alice", "nam: alice")
    assert runner.run("apply").code == 1
    assert "### Apply failed" in github.comments[-1]["body"]


def test_a_broken_yaml_is_annotated_by_the_step_that_checks_it(runner: Runner) -> None:
    assert runner.run("validate").code == 0
    assert runner.outputs == {"exit-code": "0"}
    edit(runner, "alice.yaml", "name: alice", "nam: alice")
    failed = runner.run("validate")
    assert failed.code == 1
    assert runner.outputs == {"exit-code": "1"}
    assert failed.err == ""
    stop, go_on, (name, data) = obeyed(failed.out)
    assert (stop, name) == (("stop-commands", go_on[0]), "error")
    assert data.startswith("unknown key `nam`%0Ahint: ")


def _planned(runner: Runner) -> str:
    assert runner.run("plan").code == 0
    return runner.outputs["plan"]
