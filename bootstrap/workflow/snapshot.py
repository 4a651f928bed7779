"""A snapshot: a file with the reads of a plan, to make the same plan without credentials."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import __version__
from bootstrap.aws.recording import RecordedCall, Recorder
from bootstrap.model.diff import canonical
from bootstrap.planfile.artifact import SNAPSHOT, check_version, parse
from bootstrap.resources.organization.reads import management_account
from bootstrap.secrecy.mask import mask_secrets, mask_text
from bootstrap.secrecy.redact import find_emails, redact_emails, restore_emails
from bootstrap.workflow.applied import applied_shards
from bootstrap.workflow.observe import observe
from bootstrap.workflow.plan import make_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bootstrap.aws.api import AwsApi
    from bootstrap.engine.kind import Kind
    from bootstrap.model.resource import Address, Resource

FORMAT: Final = 2


class SnapshotCall(BaseModel):
    """One read, with AWS's answer or its error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: str = Field(description="As `service.Operation`.")
    account: str = Field(description="The account it was made in; empty for the management account.")
    region: str
    parameters: dict[str, Any] = Field(description="As the SDKs take them.")
    answer: int | None = Field(description="Its number among `answers`, from 0; null if AWS answered with an error.")
    code: str = Field(default="", description="AWS's error code.")
    message: str = Field(default="", description="AWS's error message.")


class Snapshot(BaseModel):
    """The reads of a plan. It holds account ids, names, e-mails, policies and templates, and never a secret's value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[2] = FORMAT
    tool: str = Field(default=__version__, description="The version of org-bootstrap that took it.")
    # Both are printed, so neither may contain a line break.
    taken: str = Field(description="When, in UTC.", pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")
    account: str = Field(description="The id of the management account.", pattern=r"^\d{12}$")
    redacted: bool = Field(
        default=False, description="Whether a token stands for each e-mail: such a plan never binds."
    )
    # Accounts of an environment have the same template: without this, a large snapshot would be twice as large.
    answers: list[dict[str, Any]] = Field(description="As the SDKs return them, each once.")
    calls: list[SnapshotCall] = Field(description="Sorted by action, place and parameters.")


def take_snapshot(
    want: Mapping[Address, Resource], kinds: Mapping[str, Kind], aws: AwsApi, taken: str, *, redact: bool = False
) -> Snapshot:
    """Everything that a plan reads, with secrets masked. `taken` is the time. Only reads."""
    recorder = Recorder(aws)
    context = make_context(recorder, kinds)
    observe(context, kinds, want)
    # If the YAML changes before the plan, it needs reads that this one skips, such as the template of a stack that is
    # as last applied.
    observe(replace(context, last_applied=None), kinds, want)
    account = context.read(management_account)
    # The hashes of the last-applied record look random, and must not be masked.
    applied = context.read(applied_shards).values() if context.last_applied else ()
    known = [*(resource.body for resource in want.values()), *applied]
    # Times become texts, as the kinds read them anyway.
    calls: Any = json.loads(json.dumps([asdict(made) for made in recorder.calls], default=str))
    answers: Any = mask_secrets([made["answer"] for made in calls], known, context.ids.take_out)
    for made, answer in zip(calls, answers, strict=True):
        made |= {"answer": answer, "message": mask_text(made["message"])}
    if redact:
        calls = redact_emails(calls, account)
    return make_snapshot([RecordedCall(**made) for made in calls], taken, account, redacted=redact)


def make_snapshot(calls: Iterable[RecordedCall], taken: str, account: str, *, redacted: bool = False) -> Snapshot:
    """The snapshot of these calls, equal answers once."""
    read = [(made, None if made.answer is None else canonical(made.answer)) for made in calls]
    answers = {text: made.answer for made, text in read if made.answer is not None and text}
    numbers = {text: number for number, text in enumerate(answers)}
    entries = [
        SnapshotCall(
            action=made.action,
            account=made.account,
            region=made.region,
            parameters=dict(made.parameters),
            answer=numbers[text] if text else None,
            code=made.code,
            message=made.message,
        )
        for made, text in read
    ]
    found = [dict(answer) for answer in answers.values()]
    return Snapshot(taken=taken, account=account, redacted=redacted, answers=found, calls=entries)


def write_snapshot(snapshot: Snapshot) -> str:
    """The text of the file: a line for each answer and each call."""
    head = snapshot.model_dump_json(indent=2, exclude={"answers", "calls"}).removesuffix("\n}")
    answers = ",\n".join(json.dumps(answer, separators=(",", ":"), ensure_ascii=False) for answer in snapshot.answers)
    calls = ",\n".join(made.model_dump_json() for made in snapshot.calls)
    return f'{head},\n  "answers": [\n{answers}\n],\n  "calls": [\n{calls}\n]}}\n'


def read_snapshot(content: str | bytes, name: str) -> Snapshot:
    """The snapshot in a file's content. Raises BootstrapError for other files; `name` is for the message."""
    snapshot = parse(content, name, SNAPSHOT, Snapshot)
    check_version(snapshot.tool, name, SNAPSHOT)
    return snapshot


def recorded_calls(snapshot: Snapshot, want: Mapping[Address, Resource]) -> list[RecordedCall]:
    """The calls of a snapshot. Redacted e-mails that the YAML has are restored."""
    found: Any = [snapshot.answers, [made.parameters for made in snapshot.calls]]
    if snapshot.redacted:
        known = find_emails([resource.body for resource in want.values()])
        found = restore_emails(found, snapshot.account, known)
    answers, parameters = found
    return [
        RecordedCall(
            made.action,
            made.account,
            made.region,
            asked,
            None if made.answer is None else answers[made.answer],
            made.code,
            made.message,
        )
        for made, asked in zip(snapshot.calls, parameters, strict=True)
    ]
