"""What GitHub and GitLab are given to run: sound by their own rules, as far as those can be checked without them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest
import yaml

from bootstrap.workflow.example import write_example
from tests.ci.github import ACTION, served
from tests.cli import forks
from tests.cli.command import BOUND_S, environment
from tests.conftest import REPOSITORY
from tests.docs.test_docs import CI_PAGES, PERMISSIONS_PAGE, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bootstrap.emulator import Emulator

SCRIPTS = sorted((REPOSITORY / "ci").glob("*.sh"))
COMMANDS = ("validate", "plan", "apply", "drift", "unlock")
WORKFLOW, SNIPPET, INCLUDE = (yaml.safe_load(block) for block in blocks(CI_PAGES, "yaml"))
JOBS: Mapping[str, Any] = WORKFLOW["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]] + SNIPPET
GITLAB = yaml.safe_load((REPOSITORY / "ci" / "gitlab.yml").read_text("utf-8"))


def texts(value: Any) -> Iterator[str]:
    """Every text in a YAML value."""
    match value:
        case dict():
            for item in value.values():
                yield from texts(item)
        case list():
            for item in value:
                yield from texts(item)
        case str():
            yield value


def shell(script: str, here: Path, *variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-ec", script],
        cwd=here,
        env=environment({"PATH": f"{forks.folder()}:{Path(sys.executable).parent}:/usr/bin:/bin"}, *variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        check=False,
    )


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    assert len(SCRIPTS) == 8
    files = [str(script.relative_to(REPOSITORY)) for script in SCRIPTS]
    checked = shell(f"shellcheck --external-sources {' '.join(files)}", REPOSITORY)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def inline() -> dict[str, str]:
    """The shell that stands in the action, the page and the template, one script for each step or job."""
    steps = {"action": ACTION["runs"]["steps"], **{f"docs/{name}": job["steps"] for name, job in JOBS.items()}}
    found = {
        f"{name}/{number}": step["run"] for name in steps for number, step in enumerate(steps[name]) if "run" in step
    }
    for name, one in GITLAB.items():
        for key in one.keys() & {"before_script", "script", "after_script"} if isinstance(one, dict) else ():
            found[f"gitlab/{name}/{key}"] = "\n".join(one[key])
    return found


@pytest.mark.parametrize("name", sorted(inline()))
def test_shellcheck_finds_nothing_in_the_shell_of_a_step_or_job(name: str, tmp_path: Path) -> None:
    """A step without a word of its own is bash, and a job of GitLab whatever shell its image has."""
    assert len(inline()) == 10
    (tmp_path / "script").write_text(inline()[name], "utf-8")
    kind = "bash" if name.startswith("docs/") else "sh"
    checked = shell(f"shellcheck --shell {kind} script", tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_python_is_never_started_where_files_of_the_repository_come_first() -> None:
    scripts = {script.name: script.read_text("utf-8") for script in SCRIPTS} | inline()
    started = {
        f"{name}: {line.strip()}": re.findall(r"\bpython[\d.]*\"?\s+(?:-I )?", line)
        for name, text in scripts.items()
        for line in text.splitlines()
        if not line.lstrip().startswith("#")
    }
    assert sum(len(calls) for calls in started.values()) == 5
    assert not [where for where, calls in started.items() for call in calls if not call.endswith(" -I ")]


def plant(here: Path) -> None:
    """Modules of names that Python itself has, which leave a mark if they run."""
    for name in ("base64", "ensurepip", "json", "pathlib", "pip", "urllib", "venv", "zipfile"):
        (here / name).mkdir()
        for file in ("__init__.py", "__main__.py"):
            (here / name / file).write_text("open(f'{__file__}.ran', 'w').close()\n", "utf-8")


def test_no_module_of_the_repository_runs_in_the_place_of_pythons_own(tmp_path: Path) -> None:
    plant(tmp_path)
    # There is nothing to install, and it is pip itself that says so.
    variables = {"RUNNER_TEMP": str(tmp_path), "ORG_NAME": "ours", "ORG_VERSION": "1", "PIP_NO_INDEX": "1"}
    installed = shell(f"sh {shlex.quote(str(REPOSITORY / 'ci' / 'install.sh'))}", tmp_path, variables)
    assert "No matching distribution found for org-bootstrap==1" in installed.stderr
    with zipfile.ZipFile(tmp_path / "kept.zip", "w") as archive:
        archive.writestr("plan.json", "{}")
    [unzip] = re.findall("python3 .*", (REPOSITORY / "ci" / "reviewed.sh").read_text("utf-8"))
    (tmp_path / "reviewed.zip").symlink_to("kept.zip")
    assert shell(unzip, tmp_path, {"work": str(tmp_path)}).returncode == 0
    assert (tmp_path / "reviewed" / "plan.json").read_text("utf-8") == "{}"

    (tmp_path / "plan.md").write_text("### small", "utf-8")
    with served(GitLab([])) as gitlab:
        here = {
            "CI_API_V4_URL": gitlab.url,
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "5",
            "CI_JOB_URL": "https://gitlab.example.com/jobs/1",
            "ORG_NOTES_TOKEN": "made-up",
            "CI_PROJECT_URL": f"{gitlab.url}/acme/organization",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_SHA": gitlab.head,
            "CI_JOB_TOKEN": "made-up",
        }
        for script in (GITLAB[".org-bootstrap-note"], GITLAB[".org-bootstrap-current"]):
            done = shell(script, tmp_path, here)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(gitlab.notes) == 1
    assert not list(tmp_path.rglob("*.ran"))


def test_each_command_of_the_action_has_a_script() -> None:
    assert {script.stem for script in SCRIPTS} == {*COMMANDS, "install", "github", "reviewed"}
    told = ", ".join(COMMANDS[:-1]) + f" or {COMMANDS[-1]}"
    assert told in ACTION["inputs"]["command"]["description"]
    [run] = [step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
    assert " | ".join(COMMANDS) + ") exec " in run
    for other in ("", "github", "../ci/validate", "aplly"):
        done = shell(run, REPOSITORY, {"COMMAND": other, "GITHUB_ACTION_PATH": str(REPOSITORY)})
        assert (done.returncode, done.stdout) == (1, f"::error title=Unknown command::`command` must be {told}\n")


def test_the_action_gives_its_scripts_each_variable_that_they_read_and_no_other() -> None:
    given = {name for step in ACTION["runs"]["steps"] for name in step.get("env", {})}
    read = {name for script in SCRIPTS for name in re.findall(r"\$\{?([A-Z_]+)", script.read_text("utf-8"))}
    ours = {name for name in read if name not in RUNNERS}
    assert ours | {"COMMAND"} == given


# https://docs.github.com/en/actions/reference/workflows-and-actions/variables
RUNNERS = {
    "GITHUB_API_URL",
    "GITHUB_OUTPUT",
    "GITHUB_PATH",
    "GITHUB_REF_NAME",
    "GITHUB_REPOSITORY",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_NUMBER",
    "GITHUB_SERVER_URL",
    "GITHUB_SHA",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKFLOW_REF",
    "RUNNER_TEMP",
}


def test_the_action_uses_the_inputs_and_steps_that_it_has() -> None:
    expressions = " ".join(re.findall(r"\$\{\{.*?\}\}", "\n".join(texts(ACTION))))
    assert set(re.findall(r"inputs\.([\w-]+)", expressions)) == set(ACTION["inputs"])
    assert set(re.findall(r"steps\.([\w-]+)", expressions)) == {"run"}
    scripts = "".join(script.read_text("utf-8") for script in SCRIPTS)
    named = set(re.findall(r"steps\.run\.outputs\.([\w-]+)", expressions))
    assert named == set(ACTION["outputs"]) == set(re.findall(r"output ([a-z][a-z-]+) [\"tf0-9]", scripts))


def test_a_plan_is_kept_also_where_it_is_refused_and_none_where_there_is_none() -> None:
    [keep] = [step for step in ACTION["runs"]["steps"] if step.get("name") == "Keep the plan"]
    assert keep["if"] == "${{ !cancelled() && inputs.command == 'plan' && steps.run.outputs.plan != '' }}"
    assert keep["with"] == {
        "name": "${{ inputs.name }}-plan",  # what `ci/reviewed.sh` looks for
        "path": "${{ steps.run.outputs.plan }}",
        "overwrite": True,
    }


@pytest.mark.parametrize("steps", [ACTION["runs"]["steps"], STEPS], ids=["action", "docs"])
def test_no_step_runs_text_of_a_pull_request_or_code_that_can_be_moved(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        assert ("run" in step) is not ("uses" in step)
        assert "${{" not in step.get("run", "")
        assert re.search(r"@([0-9a-f]{40}|COMMIT)$", step.get("uses", f"@{'0' * 40}"))
    assert steps is STEPS or all("shell" in step for step in steps if "run" in step)


def test_the_workflows_of_the_page_give_the_action_only_inputs_that_it_has() -> None:
    used = [step["with"] for step in STEPS if step.get("uses", "").startswith("OWNER/org-bootstrap@")]
    assert [given["command"] for given in used] == ["validate", "plan", "plan", "apply", "unlock", "drift", "plan"]
    for given in used:
        assert set(given) <= set(ACTION["inputs"])
    names = [given.get("name") for given in used if given["command"] == "plan"]
    assert names == [None, None, "snapshot"], "what the apply goes by is not written over"
    named = {name for step in STEPS for name in re.findall(r"steps\.\w+\.outputs\.([\w-]+)", "\n".join(texts(step)))}
    assert named <= {"approve", *ACTION["outputs"]}


def test_the_workflow_of_the_page_gives_each_job_the_rights_that_it_needs_and_forks_none() -> None:
    assert WORKFLOW["permissions"] == {}
    assert "pull_request_target" not in WORKFLOW[True]  # `on`, to YAML 1.1
    for job in JOBS.values():
        roles = [step["with"]["role-to-assume"] for step in job["steps"] if "role-to-assume" in step.get("with", {})]
        assert (job["permissions"].get("id-token") == "write") is bool(roles)
    with_role = {"contents": "read", "id-token": "write"}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "validate": {"contents": "read"},
        "plan": {**with_role, "pull-requests": "write"},
        "now": with_role,
        "apply": {**with_role, "pull-requests": "write", "actions": "read"},
        "unlock": with_role,
        "drift": {**with_role, "issues": "write"},
    }
    assert "head.repo.full_name == github.repository" in JOBS["plan"]["if"]
    assert JOBS["apply"]["environment"] != JOBS["plan"]["environment"]


def test_a_run_that_is_started_by_hand_plans_applies_or_unlocks_main_and_never_two_of_them() -> None:
    def starts(**inputs: object) -> set[str]:
        given = {"expect": "", "approve": "", "unlock": False, **inputs}
        words = {
            "github.event_name": "workflow_dispatch",
            "github.ref": "refs/heads/main",
            "github.event.pull_request.head.repo.full_name": "",
            "github.repository": "acme/organization",
            **{f"inputs.{name}": value for name, value in given.items()},
        }
        return {name for name, job in JOBS.items() if holds(job["if"], words)}

    assert set(WORKFLOW[True]["workflow_dispatch"]["inputs"]) == {"expect", "approve", "unlock"}
    assert starts() == starts(approve="close:alice") == {"now"}
    assert starts(expect="d") == {"apply"}
    assert starts(unlock=True) == starts(unlock=True, expect="d") == {"unlock"}
    # The plan role lets main in, and the apply role those whom its environment lets.
    assert "environment" not in JOBS["now"]
    assert JOBS["unlock"]["environment"] == JOBS["apply"]["environment"]


def holds(condition: str, words: Mapping[str, object]) -> bool:
    """A job's condition, of the few operators that GitHub and Python have alike."""
    python = re.sub(r"(?:github|inputs)\.[\w.]+", lambda found: repr(words[found[0]]), condition)
    python = re.sub(r"!(?!=)", " not ", python.replace("&&", " and ").replace("||", " or "))
    return bool(eval(python))  # noqa: S307 (our own page)


def test_a_role_of_the_page_trusts_one_repository_and_its_own_job() -> None:
    statements = [json.loads(block)["Statement"][0] for block in blocks(PERMISSIONS_PAGE, "json")]
    plan, apply = (statement["Condition"] for statement in statements if "Principal" in statement)
    issuer = "token.actions.githubusercontent.com"
    for trust in (plan, apply):
        assert list(trust) == ["StringEquals"]
        assert trust["StringEquals"][f"{issuer}:aud"] == "sts.amazonaws.com"
    repository = "repo:OWNER/REPOSITORY"
    assert apply["StringEquals"][f"{issuer}:sub"] == f"{repository}:environment:{JOBS['apply']['environment']}"
    subjects = plan["StringEquals"][f"{issuer}:sub"]
    assert subjects == [f"{repository}:environment:{JOBS['plan']['environment']}", f"{repository}:ref:refs/heads/main"]
    assert "environment" not in JOBS["drift"]  # so that its subject is the second


@pytest.mark.parametrize(
    ("commits", "approvals"),
    [
        (["two"], []),
        (["two\n\nApprove: close:alice\nApprove: root:deny"], ["close:alice", "root:deny"]),
        (["two\n\nApprove: root:deny close:alice"], ["close:alice", "root:deny"]),
        (["two\n\nApprove: close:alice", "three", "Approve: not a trailer, and more"], ["close:alice"]),
        (["two\n\nApprove: accounts:12", "three\n\nApprove: accounts:13"], ["accounts:13"]),
        (["two\n\nApprove: close:alice", "three\n\nApprove: none"], []),
        (["two\n\nApprove: none", "three\n\nApprove: close:alice"], ["close:alice"]),
    ],
)
def test_approvals_are_read_from_the_last_commit_of_the_pull_request_that_has_any(
    commits: list[str], approvals: list[str], tmp_path: Path
) -> None:
    before, *after = [_commit(message) for message in ("one\n\nApprove: close:old", *commits)]
    _make(["git init -q -b main .", before, "git checkout -q -b ours", *after], tmp_path)
    assert _words(tmp_path) == approvals


def test_what_is_merged_into_a_branch_brings_it_no_approval(tmp_path: Path) -> None:
    steps = [
        "git init -q -b main .",
        _commit("one"),
        "git checkout -q -b other",
        "export GIT_COMMITTER_DATE=2040-01-01T00:00:00Z",
        _commit("of another pull request\n\nApprove: close:bob"),
        "unset GIT_COMMITTER_DATE",
        "git checkout -q -b ours main",
        _commit("ours\n\nApprove: close:alice"),
        f"{_GIT} merge -q --no-ff -m merged other",
    ]
    _make(steps, tmp_path)
    assert _words(tmp_path) == ["close:alice"]


def test_what_another_pull_request_brought_since_this_one_was_opened_is_no_approval_of_it(tmp_path: Path) -> None:
    """It lies after the event's `base.sha`, which stays behind: here as the tag of that day."""
    steps = [
        "git init -q -b main .",
        _commit("one"),
        "git tag opened",
        _commit("another, squashed into main\n\nApprove: close:bob"),
        "git checkout -q -b ours",
        _commit("ours"),
    ]
    _make(steps, tmp_path)
    assert _words(tmp_path) == []
    assert "Approve: close:bob" in shell("git log --first-parent opened..HEAD^2", tmp_path).stdout


_GIT = "git -c user.name=a -c user.email=a@example.com"


def _commit(message: str) -> str:
    return f"{_GIT} commit -q --allow-empty -m {shlex.quote(message)}"


def _make(steps: list[str], here: Path) -> None:
    """A repository that has the branch `ours`, and is checked out as a run on `pull_request` is: merged into `main`."""
    merge = ["git checkout -q --detach main", f"{_GIT} merge -q --no-ff -m 'ours into main' ours"]
    made = shell("\n".join([*steps, *merge]), here)
    assert made.returncode == 0, made.stderr


def _words(here: Path) -> list[str]:
    """The approvals that the step `approvals` reads."""
    [script] = [step["run"] for step in STEPS if step.get("id") == "approvals"]
    output = here / "output"
    done = shell(script, here, {"GITHUB_OUTPUT": str(output)})
    assert done.returncode == 0, done.stderr
    name, _, value = output.read_text("utf-8").rstrip("\n").partition("=")
    assert name == "approve"
    return sorted(value.split())


@pytest.mark.parametrize(("found", "done"), [("", "create --title AWS has drifted"), ("7", "edit 7")])
def test_one_issue_is_open_for_drift_and_what_the_last_night_saw_stands_in_it(
    found: str, done: str, tmp_path: Path
) -> None:
    [*_, step] = JOBS["drift"]["steps"]
    (tmp_path / "gh").write_text('#!/bin/sh\necho "$@" >> asked\n[ "$2" != list ] || echo "$FOUND"\n', "utf-8")
    (tmp_path / "gh").chmod(0o755)
    script = f"PATH={shlex.quote(str(tmp_path))}:$PATH\n{step['run']}"
    (tmp_path / "drift.md").write_text("### Drift", "utf-8")
    for report, told in (("drift.md", "drift.md"), ("", "report.md")):
        (tmp_path / "asked").unlink(missing_ok=True)
        assert shell(script, tmp_path, {"FOUND": found, "REPORT": report, "RUN": "runs/1"}).returncode == 0
        asked = (tmp_path / "asked").read_text("utf-8").splitlines()
        assert asked[0].startswith("issue list --search author:app/github-actions in:title ")
        assert asked[1:] == [f"issue {done} --body-file {told}"]
    assert (tmp_path / "report.md").read_text("utf-8") == "Drift detection did not finish: runs/1\n"
    # Also where drift detection failed or did not finish.
    assert step["if"] == "${{ !cancelled() && steps.look.outputs.exit-code != '0' }}"


def job(name: str) -> tuple[str, dict[str, str]]:
    """A job of the template as one script, without what installs the tool, and the template's variables."""
    return "\n".join(GITLAB[name]["script"]), {"ORG_DIRECTORY": GITLAB["variables"]["ORG_DIRECTORY"]}


def test_the_template_of_gitlab_names_only_jobs_that_it_has() -> None:
    for one in filter(lambda one: isinstance(one, dict), GITLAB.values()):
        for named in [one.get("extends"), *one.get("needs", [])]:
            assert named is None or named in GITLAB
    assert set(INCLUDE["variables"]) - set(GITLAB["variables"]) == {"ORG_VERSION", "ORG_PLAN_ROLE", "ORG_APPLY_ROLE"}
    assert GITLAB["organization:apply"]["rules"][0]["when"] == "manual"
    assert GITLAB["organization:validate"]["extends"] == ".org-bootstrap"  # the one without a token


# GitLab has more (https://docs.gitlab.com/ci/yaml/#job-keywords), which may let a job fail unseen (`allow_failure`),
# run again (`retry`), or run what nobody looks for here (`after_script`).
KEYWORDS = {
    *("artifacts", "before_script", "environment", "extends", "id_tokens", "image", "needs", "resource_group", "rules"),
    *("script", "stage", "variables"),
}
IN_KEYWORDS = {"artifacts": {"when", "expose_as", "paths"}, "rules": {"if", "when"}}


def test_a_job_of_gitlab_has_no_key_that_changes_how_it_runs_or_ends() -> None:
    jobs = {name: one for name, one in GITLAB.items() if isinstance(one, dict) and name != "variables"}
    assert len(jobs) == 7
    for one in jobs.values():
        assert one.keys() <= KEYWORDS
        for key in IN_KEYWORDS.keys() & one.keys():
            for value in one[key] if isinstance(one[key], list) else [one[key]]:
                assert value.keys() <= IN_KEYWORDS[key]
    for name, one in jobs.items():
        assert name.startswith(".") or {"extends", "stage", "rules", "script"} <= one.keys()


def test_the_jobs_of_gitlab_plan_apply_that_and_refuse_what_moved(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    write_example(tmp_path)
    aws = emulator.variables()
    validate, variables = job("organization:validate")
    assert shell(validate, tmp_path, aws, variables).returncode == 0
    plan, apply, drift = (job(f"organization:{name}")[0] for name in ("plan", "apply", "drift"))
    planned = shell(plan, tmp_path, aws, variables)
    assert planned.returncode == 0, planned.stderr
    assert "47 to create" in planned.stdout

    alice = tmp_path / "account_specs" / "developers" / "alice.yaml"
    before = alice.read_text("utf-8")
    with served(GitLab([])) as gitlab:
        here = {
            **variables,
            "CI_PROJECT_URL": f"{gitlab.url}/acme/organization",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_SHA": gitlab.head,
            "CI_JOB_TOKEN": "made-up",
            "CI_PIPELINE_IID": "8",
        }
        alice.write_text(before.replace("name: alice", "name: alicia"), "utf-8")
        refused = shell(apply, tmp_path, aws, here)
        assert refused.returncode == 3
        assert "create account:developer-alicia: was not in the plan" in refused.stderr
        alice.write_text(before, "utf-8")

        gitlab.head = "b" * 40
        older = shell(apply, tmp_path, aws, here)
        assert (older.returncode, older.stdout) == (3, "")
        assert older.stderr.startswith("Blocked: this pipeline is for an older commit.")
        gitlab.broken = True
        unknown = shell(apply, tmp_path, aws, here)
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert "Cannot read the head of the branch: HTTP Error 403" in unknown.stderr

        gitlab.head, gitlab.broken = "a" * 40, False
        assert shell(apply, tmp_path, aws, here).returncode == 0
        late = shell(apply, tmp_path, aws, here, {"CI_PIPELINE_IID": "7"})
        assert late.returncode == 3
        assert "serial 8 has already been applied, and this is serial 7" in late.stderr
    [journals] = GITLAB["organization:apply"]["artifacts"]["paths"]
    assert list(tmp_path.glob(journals.replace("$ORG_DIRECTORY/", "") + "*-apply.jsonl"))
    assert shell(drift, tmp_path, aws, variables).returncode == 0
    assert "The lock is free." in shell(job("organization:unlock")[0], tmp_path, aws, variables).stdout

    # A blocked plan fails, and an approval lets it pass.
    alice.write_text(before.replace("name: alice", "name: alice\n  state: closed"), "utf-8")
    assert shell(plan, tmp_path, aws, variables).returncode == 3
    assert "Blocked" in (tmp_path / "plan.md").read_text("utf-8")
    assert shell(plan, tmp_path, aws, variables, {"ORG_APPROVE": "close:developer-alice"}).returncode == 0


def test_a_pipeline_that_is_started_by_hand_plans_and_applies_the_default_branch_as_a_push_does() -> None:
    main = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE =~ /^(push|web)$/"
    assert GITLAB["organization:plan"]["rules"][-1] == {"if": main}
    assert GITLAB["organization:apply"]["rules"] == [{"if": main, "when": "manual"}]
    assert "approve" not in "".join(GITLAB["organization:apply"]["script"]).lower(), (
        "the approvals of the plan, and no others"
    )
    for name in ("apply", "unlock"):
        assert GITLAB[f"organization:{name}"]["environment"] == "organization"


@dataclass
class GitLab:
    """What the note on a merge request takes, the bot being user 1; and where the branches are."""

    notes: list[dict[str, Any]]
    head: str = "a" * 40
    broken: bool = False
    url: str = ""
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Any:
        if self.broken:
            raise HTTPError(self.url, 403, "it fails", Message(), None)
        match method, path.removeprefix("/projects/3/merge_requests/5/").split("/"):
            case "GET", ["", "acme", "organization.git", "info", "refs"]:
                lines = ["HEAD\0side-band", "refs/heads/main", "refs/heads/other"]
                packets = "".join(f"003d{self.head} {line}\n" for line in lines)
                return f"001e# service={query['service'][0]}\n0000{packets}0000".encode()
            case "GET", ["", "user"]:
                return {"id": 1}
            case "GET", ["notes"]:
                page = int(query["page"][0])
                return self.notes[(page - 1) * 100 : page * 100]
            case "POST", ["notes"]:
                self.notes.append({"id": len(self.notes) + 1, "author": {"id": 1}, **body})
                return self.notes[-1]
            case "PUT", ["notes", number]:
                self.notes[int(number) - 1].update(body)
                return self.notes[int(number) - 1]
        raise LookupError(path)


def test_a_merge_request_has_one_note_that_is_made_and_then_updated(tmp_path: Path, emulator: Emulator) -> None:
    emulator.reset()
    write_example(tmp_path)
    plan, variables = job("organization:plan")
    others = [{"id": number, "author": {"id": 2}, "body": "<!-- org-bootstrap: plan -->\n"} for number in range(1, 102)]
    with served(GitLab([dict(note) for note in others])) as gitlab:
        here = {
            **variables,
            "CI_API_V4_URL": gitlab.url,
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "5",
            "CI_COMMIT_SHA": "a" * 40,
            "CI_JOB_URL": "https://gitlab.example.com/jobs/1",
            "ORG_NOTES_TOKEN": "made-up",
        }
        planned = shell(plan, tmp_path, emulator.variables(), here)
        assert planned.returncode == 0, planned.stderr
        assert "47 to create" in gitlab.notes[-1]["body"]
        gitlab.broken = True
        unnoted = shell(plan, tmp_path, emulator.variables(), here)
        assert (unnoted.returncode, "Traceback" in unnoted.stderr) == (0, False)
        assert "Warning: the merge request has no note about this plan: HTTP Error 403" in unnoted.stdout
        gitlab.broken = False
        (tmp_path / "account_specs" / "developers" / "alice.yaml").write_text("broken", "utf-8")
        assert shell(plan, tmp_path, emulator.variables(), here).returncode == 1
    *before, ours = gitlab.notes
    assert before == others
    assert ours["body"].startswith("<!-- org-bootstrap: plan -->\n### Planning failed")
    assert f"Commit {'a' * 40}, [job](https://gitlab.example.com/jobs/1)." in ours["body"]


def test_gitlab_installs_the_version_that_is_said_and_none_where_none_is(tmp_path: Path) -> None:
    (tmp_path / "pip").write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    (tmp_path / "pip").chmod(0o755)
    script = f"PATH={shlex.quote(str(tmp_path))}:$PATH\n" + "\n".join(GITLAB[".org-bootstrap"]["before_script"])
    for variables in ({}, {"ORG_VERSION": ""}):
        refused = shell(script, tmp_path, variables)
        assert (refused.returncode != 0, refused.stdout) == (True, "")
        assert "ORG_VERSION: must be set to the version of org-bootstrap" in refused.stderr
    done = shell(script, tmp_path, {"ORG_VERSION": "1.2.3"})
    assert done.stdout.split()[-1] == "org-bootstrap==1.2.3"
    asked = [name for name, job in GITLAB.items() if "before_script" in job and name != ".org-bootstrap"]
    assert not asked, "no job does without it"


def test_the_action_installs_its_own_commit_with_what_it_was_tested_with_also_what_builds_it(tmp_path: Path) -> None:
    # A `python3` that makes an environment of which the Python writes down what pip is asked for.
    python = '#!/bin/sh\\nshift 3; echo "$@" >> "$ASKED"\\n'
    (tmp_path / "python3").write_text(
        f'#!/bin/sh\nmkdir -p "$4/bin"\nprintf \'{python}\' > "$4/bin/python"\nchmod +x "$4/bin/python"\n', "utf-8"
    )
    (tmp_path / "python3").chmod(0o755)
    asked, work = tmp_path / "asked", tmp_path / "org-bootstrap" / "ours"
    variables = {"ASKED": str(asked), "RUNNER_TEMP": str(tmp_path), "GITHUB_PATH": str(tmp_path / "path")}
    script = f"PATH={shlex.quote(str(tmp_path))}:$PATH\nsh {shlex.quote(str(REPOSITORY / 'ci' / 'install.sh'))}"
    done = shell(script, tmp_path, variables, {"ORG_NAME": "ours", "ORG_VERSION": ""})
    assert done.returncode == 0, done.stderr
    common = f"install --quiet --disable-pip-version-check --constraint {work / 'constraints.txt'}"
    assert asked.read_text("utf-8").splitlines() == [
        f"{common} hatchling",
        f"{common} --no-build-isolation {REPOSITORY}",
    ]
    pinned = [line.partition("==")[0] for line in (work / "constraints.txt").read_text("utf-8").splitlines()]
    assert {"boto3", "hatchling", "pydantic"} <= set(pinned)
    assert (tmp_path / "path").read_text("utf-8") == f"{work}/venv/bin\n"


def test_the_token_of_gitlab_becomes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = "\n".join(line for line in GITLAB[".org-bootstrap"]["before_script"] if not line.startswith("pip "))
    show = 'stat -c %a "$AWS_WEB_IDENTITY_TOKEN_FILE"; cat "$AWS_WEB_IDENTITY_TOKEN_FILE"'
    done = shell(
        f"{made}\n{show}", tmp_path, {"AWS_OIDC_TOKEN": "made.up", "ORG_VERSION": "1", "TMPDIR": os.fspath(tmp_path)}
    )
    assert done.stdout == "600\nmade.up"
