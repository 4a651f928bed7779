"""The shape of a plan's file: what each field of it means. Its JSON Schema is made from this."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bootstrap.engine.plan import Action, Cause, Risk

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationEntry(_Model):
    """Which organization the plan is for."""

    name: Name = Field(description="Its name in the YAML.")
    id: str = Field(description="AWS's id of it, such as o-a1b2c3d4e5; empty before there is one.")
    account: str = Field(description="The id of its management account.")


class Fingerprints(_Model):
    """What the plan was made from, as SHA-256 of canonical JSON."""

    specs: Digest = Field(description="Of all that the YAML asks for.")
    observed: Digest = Field(description="Of all of ours that AWS has.")


class CallEntry(_Model):
    """One call that changes AWS."""

    action: Name = Field(description="As `service.Operation`.")
    account: str = Field(description="The account that it is made in; empty for the management account.")
    region: str
    parameters: dict[str, Any] = Field(
        description="As the SDKs take them. An id that AWS gives only during the apply is its thing, as in `after`."
    )


class ChangeEntry(_Model):
    """One change."""

    address: Name = Field(description="The thing, as `kind:name`.")
    about: Name = Field(description="The thing whose story it is part of: a baseline is its account's.")
    action: Action = Field(description="What happens to it.")
    cause: Cause = Field(description="Whether the YAML asks for it, or somebody changed AWS; `unknown` if not known.")
    reason: str = Field(description="The same in words.")
    risk: Risk = Field(description="How closely to look: `high` takes a consent.")
    origin: str = Field(description="Where the YAML says so, as file:line; empty for what it does not have.")
    before: dict[str, Any] | None = Field(description="What there is; null if there is nothing.")
    after: dict[str, Any] | None = Field(description="What there will be; null if nothing.")
    unknown: dict[str, list[str]] = Field(
        description="Each value in `after` that AWS gives only during the apply: its JSON pointer, and what of."
    )
    remarks: list[str] = Field(description="What the values do not say.")
    waits: list[str] = Field(description="The changes that come first, by address.")
    calls: list[CallEntry] | None = Field(
        description="The AWS calls that make it if all goes well, in their order; null if nobody asked for them."
    )


class RefusalEntry(_Model):
    """A reason not to apply the plan, or a risk that was consented to."""

    address: Name
    reason: str
    hint: str
    token: str = Field(description="The consent: --approve TOKEN. Empty if nothing overrides it.")
    loses: list[str] = Field(description="What is lost by it, such as the guardrails that an account leaves.")


class Noted(_Model):
    """A thing that the plan leaves alone, or could not look at."""

    address: Name
    detail: str


class LeftEntry(Noted):
    """A thing that the plan leaves alone."""

    new: bool = Field(
        description="Whether it came, or was otherwise, since the YAML was last applied, if that is known."
    )


class PlanFile(_Model):
    """A plan of org-bootstrap. `apply FILE` plans again, and does this or less."""

    format: Literal[1] = Field(description="The version of this format.")
    tool: Name = Field(description="The version of org-bootstrap that made it.")
    organization: OrganizationEntry
    fingerprints: Fingerprints
    only: list[str] = Field(description="What the plan was narrowed to, as it was typed; empty for all.")
    left_out: int = Field(description="How many changes it has not for that.")
    touched: list[Name] = Field(
        description="The accounts that it touches, also by what is attached above them, each as `ACCOUNT in OU`, "
        "where it stands once this is applied: no more are."
    )
    safety: dict[str, int] = Field(description="What the YAML says of how much is usual, as in `safety` there.")
    loosened: list[str] = Field(
        description="What of it counts only from the next plan on, in words: it is looser than what was last applied."
    )
    summary: dict[str, int] = Field(description="How many changes of each action, and how many stay as they are.")
    changes: list[ChangeEntry] = Field(description="Each behind those that it waits for.")
    blockers: list[RefusalEntry] = Field(description="What stands against applying it.")
    consented: list[RefusalEntry] = Field(description="Risks that were consented to when it was made.")
    kept: list[LeftEntry] = Field(description="Ours, no longer in the YAML, and kept.")
    unmanaged: list[LeftEntry] = Field(description="Not ours, and left alone.")
    inaccessible: list[Noted] = Field(description="Could not be looked at, and taken for absent.")
    digest: str = Field(
        description="What `apply --expect` takes: of the changes, whose they are, which accounts they touch and what "
        "is usual, of the YAML, of what was observed."
    )
    seal: Digest = Field(description="Of all the rest, so that an edit by hand shows.")
