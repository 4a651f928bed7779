"""The format of a plan file: the meaning of each field. Its JSON Schema is generated from this."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bootstrap.engine.plan import Action, Cause, Risk

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrganizationEntry(_Model):
    """The organization that the plan is for."""

    name: Name = Field(description="Its name in the YAML.")
    id: str = Field(description="AWS's id of it, such as o-a1b2c3d4e5; empty before it exists.")
    account: str = Field(description="The id of its management account.")


class Fingerprints(_Model):
    """What the plan was made from, as SHA-256."""

    specs: Digest = Field(description="Of everything that the YAML asks for.")
    observed: Digest = Field(description="Of every managed resource in AWS.")


class CallEntry(_Model):
    """One AWS API call that changes something."""

    action: Name = Field(description="As `service.Operation`.")
    account: str = Field(description="The account it is made in; empty for the management account.")
    region: str
    parameters: dict[str, Any] = Field(
        description="As the SDKs take them. An id that is known only during the apply is a reference, as in `after`."
    )


class ChangeEntry(_Model):
    """One change."""

    address: Name = Field(description="The resource, as `kind:name`.")
    owner: Name = Field(description="The resource it is listed under: a baseline under its account.")
    action: Action
    cause: Cause = Field(description="`asked`: the YAML changed. `drift`: somebody changed AWS. `unknown`: not known.")
    reason: str = Field(description="The cause as a sentence.")
    risk: Risk = Field(description="How closely to review it; `high` needs an approval.")
    origin: str = Field(description="Its place in the YAML, as file:line; empty if it is not in the YAML.")
    before: dict[str, Any] | None = Field(description="The resource now; null if it does not exist.")
    after: dict[str, Any] | None = Field(description="The resource afterwards; null if it is deleted.")
    unknown: dict[str, list[str]] = Field(
        description="The values in `after` that AWS assigns during the apply: JSON pointer to their resources."
    )
    remarks: list[str] = Field(description="Facts that the values do not show.")
    waits: list[str] = Field(description="The changes that come first, by address.")
    calls: list[CallEntry] | None = Field(
        description="The AWS API calls that make it if all goes well, in order; null unless they were asked for."
    )


class BlockerEntry(_Model):
    """A reason not to apply the plan, or one that was approved."""

    address: Name
    reason: str
    hint: str
    token: str = Field(description="The approval: --approve TOKEN. Empty if nothing overrides it.")
    loses: list[str] = Field(description="What the change takes away, such as the guardrails of an account.")


class Noted(_Model):
    """A resource that the plan leaves alone, or could not read."""

    address: Name
    detail: str


class LeftEntry(Noted):
    """A resource that the plan leaves alone."""

    new: bool = Field(description="Whether it appeared or changed since the last apply, if that is known.")


class PlanFile(_Model):
    """A plan of org-bootstrap. `apply FILE` plans again, and does this or less."""

    format: Literal[2] = Field(description="The version of this format.")
    tool: Name = Field(description="The version of org-bootstrap that made it.")
    organization: OrganizationEntry
    binds: bool = Field(description="False for a plan from a redacted snapshot: it cannot be applied.")
    fingerprints: Fingerprints
    targets: list[str] = Field(description="The values of `--target`; empty for everything.")
    left_out: int = Field(description="The number of changes outside the targets.")
    affected: list[Name] = Field(
        description="The accounts of its blast radius, each as `ACCOUNT in OU`, with the OU after the apply."
    )
    safety: dict[str, int] = Field(description="The limits of the YAML, as in `safety` there.")
    raised: list[str] = Field(description="The changed limits, in effect after a complete apply.")
    summary: dict[str, int] = Field(description="The number of changes by action, and of unchanged resources.")
    shared: dict[str, Any] = Field(
        description='Long values that `before` and `after` have more than once: `{"$shared": KEY}` stands for each.'
    )
    changes: list[ChangeEntry] = Field(description="Each after those that it waits for.")
    blocked: list[BlockerEntry] = Field(description="What blocks the plan.")
    approved: list[BlockerEntry] = Field(description="The blockers that an approval overrides.")
    retained: list[LeftEntry] = Field(description="Managed, removed from the YAML, retained.")
    unmanaged: list[LeftEntry] = Field(description="Unmanaged, and ignored.")
    inaccessible: list[Noted] = Field(description="Could not be read, and planned as absent.")
    digest: str = Field(
        description="For `apply --expect`: hashes of the changes, the organization, the affected accounts and limits; "
        "of the YAML; of what was observed. Empty if the plan does not bind."
    )
    seal: Digest = Field(description="The hash of everything else, which shows an edit by hand.")
