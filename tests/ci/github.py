"""A GitHub on loopback, with what the steps of a workflow ask of it, and a runner for these steps."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.cli import forks
from tests.cli.command import BOUND_S, Result, environment
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OURS = "acme/organization"
WORKFLOW = ".github/workflows/organization.yml"
TOKEN = "ghs_made-up"
MERGED = "c" * 40
HEAD = "a" * 40
BRANCH = "change/#1 & more"
PLANNED = "2026-11-23T10:00:00Z"
ACTION: Mapping[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
COMMANDS = "add-mask add-matcher debug echo error group notice set-env set-output stop-commands warning".split()  # noqa: SIM905 (a list of words)
NO_EVENT: Mapping[str, Any] = {}


def evaluated(text: str, context: Mapping[str, Any]) -> str:
    """A value of action.yml with its expressions, each a path into the context; what is not there is empty."""

    def look_up(found: re.Match[str]) -> str:
        value: Any = context
        for name in found[1].split("."):
            value = value.get(name, {})
        return evaluated(str(value or ""), context)

    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", look_up, text)


def obeyed(said: str) -> list[tuple[str, str]]:
    """What a runner takes for its own in what a step says: names and data of commands, and the word that ends a stop.

    As in ActionCommand.cs and ActionCommandManager.cs of https://github.com/actions/runner/tree/main/src.
    """
    known, word, found = {*COMMANDS}, "", []
    for line in re.split(r"\r\n|\r|\n", said):
        name, data = _command(line, known)
        if name and (not word or name == word):
            found.append((name, data))
            known -= {word}
            word = data if name == "stop-commands" else ""
            known |= {word}
    return found


def _command(line: str, known: set[str]) -> tuple[str, str]:
    for pattern in (r"\s*::(.*?)::(.*)", r".*?##\[(.*?)\](.*)"):
        if parsed := re.match(pattern, line):
            name = parsed[1].partition(" ")[0].lower()
            if name and name in known:
                return name, parsed[2]
    return "", ""


@dataclass
class GitHub:
    """What is there, and what was asked: method, path, and whether the token was shown."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    plans: dict[int, bytes] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=lambda: {"main": MERGED})
    asked: list[tuple[str, str, bool]] = field(default_factory=list)
    failing: list[tuple[str, int]] = field(default_factory=list)
    """What the next call of a path that ends so is answered with; each strikes once."""
    url: str = ""

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Any:
        for end, status in self.failing:
            if path.endswith(end):
                self.failing.remove((end, status))
                raise HTTPError(self.url, status, "it fails", Message(), None)
        match path.removeprefix(f"/repos/{OURS}/").split("/"):
            case ["issues", *where]:
                answer = self._issues(method, where, query, body)
            case ["git", "ref", "heads", *branch]:
                answer = {"object": {"sha": self.heads["/".join(branch)]}}
            case ["commits", _, "pulls"] | ["pulls"]:
                answer = self._pulls(query)
            case ["actions", *where]:
                answer = self._actions(where, query)
            case ["", "kept", number]:
                answer = zipped(self.plans[int(number)])
            case _:
                raise LookupError(path)
        return answer

    def _pulls(self, query: Mapping[str, list[str]]) -> Any:
        """Those of a commit, or of a branch: a closed one of that only where somebody asks for it."""
        if not query:
            return self.pulls
        owner, _, ref = query["head"][0].partition(":")
        assert owner == OURS.partition("/")[0]
        pulls = [one for one in self.pulls if one["head"]["ref"] == ref]
        return paged([one for one in pulls if one["state"] == "open" or query["state"] == ["all"]], query)

    def _issues(self, method: str, where: list[str], query: Mapping[str, list[str]], body: Any) -> Any:
        match method, where:
            case "GET", [_, "comments"]:
                return paged(self.comments, query)
            case "GET", [_, "timeline"]:
                return paged(self.timeline, query)
            case "POST", [_, "comments"]:
                self.say(body["body"], "Bot")
                return self.comments[-1]
            case "PATCH", ["comments", number]:
                [comment] = [one for one in self.comments if one["id"] == int(number)]
                return comment.update(body)
        raise LookupError(where)

    def _actions(self, where: list[str], query: Mapping[str, list[str]]) -> Any:
        match where:
            case ["runs"]:
                return {"workflow_runs": self.runs}
            case ["runs", run, "artifacts"]:
                kept = {"id": int(run), "name": query["name"][0], "expired": False}
                return {"artifacts": [kept] if int(run) in self.plans else []}
            case ["artifacts", number, "zip"]:
                # GitHub keeps them elsewhere, and there the token has no business.
                return self.url.replace("127.0.0.1", "localhost") + f"/kept/{number}"
        raise LookupError(where)

    def say(self, body: str, kind: str) -> None:
        """Somebody comments."""
        self.comments.append({"id": len(self.comments) + 1, "body": body, "user": {"type": kind}})

    def propose(self, number: int, base: str = "main", sha: str = HEAD, **otherwise: Any) -> None:
        """A pull request from the branch, which is closed by now."""
        pull = {"number": number, "state": "closed", "merged_at": None, "merge_commit_sha": None}
        self.pulls.append({**pull, "head": {"sha": sha, "ref": BRANCH}, "base": {"ref": base}, **otherwise})

    def merge(self, plan: bytes, **otherwise: Any) -> None:
        """A pull request was planned by run 7, and merged."""
        self.pulls = []
        self.propose(5, merged_at="2026-11-23T12:00:00Z", merge_commit_sha=MERGED)
        run = {"id": 7, "run_number": 7, "path": WORKFLOW, "event": "pull_request", "head_sha": HEAD}
        run |= {"head_branch": BRANCH, "head_repository": {"full_name": OURS}, "created_at": PLANNED}
        self.runs = [{**run, **otherwise}]
        self.plans = {7: plan}


def paged(items: list[dict[str, Any]], query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    page, size = int(query["page"][0]), int(query["per_page"][0])
    return items[(page - 1) * size : page * size]


def zipped(plan: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("plan.json", plan)
    return content.getvalue()


class Forge(Protocol):
    """What can be served: it has a URL once it is, and hears what is asked."""

    url: str
    asked: list[tuple[str, str, bool]]

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Any: ...


F = TypeVar("F", bound=Forge)


@contextmanager
def served(forge: F) -> Iterator[F]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            where = urlsplit(self.path)
            shown = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            forge.asked.append((self.command, self.path, shown))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = 200, None
            try:
                answer = forge.answer(self.command, where.path, parse_qs(where.query), json.loads(body or "null"))
            except HTTPError as error:
                status, answer = error.code, b"<html>it fails</html>"  # no JSON, as where GitHub is down
            self.send_response(302 if isinstance(answer, str) else status)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = handle_one  # noqa: N815 (http.server's names)

        def log_message(self, *_args: object) -> None:
            """Nothing: tests read what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        forge.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield forge
        finally:
            server.shutdown()


@dataclass
class Runner:
    """Runs the step of action.yml that does the work, as GitHub's runner would."""

    folder: Path
    github: GitHub
    aws: Mapping[str, str]
    attempt: int = 1
    number: int = 1

    def run(self, command: str, event: Mapping[str, Any] = NO_EVENT, **inputs: str) -> Result:
        with self.started(command, event, **inputs) as step:
            out, err = step.communicate(timeout=BOUND_S)
        return Result(step.returncode, out, err)

    @contextmanager
    def started(
        self, command: str, event: Mapping[str, Any] = NO_EVENT, **inputs: str
    ) -> Iterator[subprocess.Popen[str]]:
        """The step while it runs: the runner signals this process alone, and kills it with all of its own."""
        (self.folder / "outputs").write_text("", "utf-8")
        (self.folder / "summary").write_text("", "utf-8")
        given = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        given.update({"command": command, "directory": "organization", **inputs})
        context = {"inputs": given, "github": {"token": TOKEN, "event": event}}
        [step] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "run"]
        variables = {name: evaluated(value, context) for name, value in step["env"].items()}
        with subprocess.Popen(
            [step["shell"], "-ec", step["run"]],
            cwd=self.folder,
            env=environment(self.aws, self._github(), variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def _github(self) -> dict[str, str]:
        return {
            "PATH": f"{forks.folder()}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "GITHUB_ACTION_PATH": str(REPOSITORY),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": OURS,
            "GITHUB_RUN_ID": "7",
            "GITHUB_RUN_ATTEMPT": str(self.attempt),
            "GITHUB_RUN_NUMBER": str(self.number),
            "GITHUB_SHA": MERGED,
            "GITHUB_REF_NAME": "main",
            "GITHUB_WORKFLOW_REF": f"{OURS}/{WORKFLOW}@refs/heads/main",
            "GITHUB_OUTPUT": str(self.folder / "outputs"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }

    def pull_request(self, repository: str = OURS, **inputs: str) -> Result:
        """Plan what a pull request asks for."""
        pull = {"number": 5, "head": {"sha": HEAD, "repo": {"full_name": repository}}}
        return self.run("plan", {"pull_request": pull}, **inputs)

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "outputs").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text("utf-8")

    @property
    def plan(self) -> bytes:
        """What the step after `plan` keeps."""
        return Path(self.outputs["plan"]).read_bytes()
