"""What a plan read of AWS, kept as a file: from it the same plan is made again with no credentials at all."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bootstrap import __version__
from bootstrap.aws.inventory import Inventory, LiveStack
from bootstrap.aws.tree import LiveAccount, LiveUnit
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.planfile.artifact import SNAPSHOT, check_version, parse
from bootstrap.resources.baseline.retained import LiveSecret
from bootstrap.resources.policy.reads import LivePolicy
from bootstrap.secrecy import redact
from bootstrap.secrecy.mask import hide, hide_path
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.model.resource import Json

FORMAT: Final = 1
# What whoever made a unit, an account or a policy called it; a path and a unit are made of names.
_GIVEN: Final = {"path": hide_path, "unit": hide_path, "name": masked, "description": masked}
_NEVER: Final = "0001-01-01T00:00:00Z"
NOT_RECORDED: Final = "NotRecorded"
"""The code of what was not looked at when the snapshot was taken."""


class Unreadable(BaseModel):
    """What AWS answered where it let nobody in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: str
    code: str
    message: str


class Snapshot(BaseModel):
    """What AWS had when `snapshot` looked, in AWS's own ids. No secret value: none is ever read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = FORMAT
    tool: str = Field(default=__version__, description="The version of org-bootstrap that took it.")
    # Both are printed as they are: no line of its own may begin in them.
    taken: str = Field(description="When, in UTC.", pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")
    redacted: bool = Field(default=False, description="Whether each e-mail is replaced by a token of its own.")
    account: str = Field(description="The id of the management account.", pattern=r"^\d{12}$")
    organization: dict[str, Any] | None = Field(description="As DescribeOrganization answers; null if there is none.")
    root: dict[str, Any] | None = Field(description="As ListRoots answers.")
    parameters: dict[str, str] = Field(description="What tells drift from what was asked for: hashes of the YAML.")
    services: list[str] = Field(description="The services that have trusted access.")
    units: list[LiveUnit]
    accounts: list[LiveAccount] = Field(description="All but the management account.")
    policies: list[LivePolicy] = Field(
        description="All of the types that are enabled or that guardrails have, each with its targets."
    )
    tags: dict[str, dict[str, str]] = Field(description="By ARN.")
    contents: dict[str, str] = Field(description="The text of each policy that may be ours, by its id.")
    names: dict[str, str] = Field(description="The name of each account that was asked for it, by its id.")
    stacks: dict[str, LiveStack | Unreadable | None] = Field(
        description="By `account region name`; null where there is no such stack."
    )
    secrets: dict[str, LiveSecret | None] = Field(
        default={}, description="Those that the YAML wants and no stack holds, likewise; never a value."
    )


class Recording(Inventory):
    """Reads AWS, and keeps what it read."""

    def __init__(self, aws: AwsApi) -> None:
        super().__init__(aws)
        self._kept = threading.Lock()
        self._contents: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._tags: dict[str, Mapping[str, str]] = {}
        self._stacks: dict[str, LiveStack | Unreadable | None] = {}
        self._secrets: dict[str, LiveSecret | None] = {}

    def tags(self, arn: str, want: Json = None) -> Mapping[str, str]:
        found = super().tags(arn, want)
        with self._kept:
            self._tags[arn] = found
        return found

    def content(self, policy_id: str) -> str:
        found = super().content(policy_id)
        with self._kept:
            self._contents[policy_id] = found
        return found

    def name(self, account: LiveAccount) -> str:
        found = super().name(account)
        with self._kept:
            self._names[account.id] = found
        return found

    def stack(self, place: Place, name: str) -> LiveStack | None:
        try:
            found = super().stack(place, name)
        except AwsError as error:
            # Whether this can be lived with is for whoever asked; another that asks the snapshot gets the same.
            self._keep_stack(place, name, Unreadable(operation=error.operation, code=error.code, message=error.message))
            raise
        self._keep_stack(place, name, found)
        return found

    def look_for_secret(self, place: Place, name: str) -> None:
        super().look_for_secret(place, name)
        with self._kept:
            self._secrets[_key(place, name)] = self.secret(place, name)

    def snapshot(self, taken: str = _NEVER) -> Snapshot:
        """All that was read until now, and all that a plan always reads. `taken` is the time, if it is to be kept."""
        organization = self.organization
        return Snapshot(
            taken=taken,
            account=self.account,
            organization=dict(organization) if organization else None,
            root=dict(self.root) if organization else None,
            parameters=dict(sorted(self.parameters.items())),
            services=sorted(self.services),
            units=list(self.units.values()),
            accounts=list(self.accounts),
            policies=list(self.policies),
            tags={arn: dict(tags) for arn, tags in sorted({**self._all_tags(), **self._tags}.items())},
            contents=dict(sorted(self._contents.items())),
            names=dict(sorted(self._names.items())),
            stacks=dict(sorted(self._stacks.items())),
            secrets=dict(sorted(self._secrets.items())),
        )

    def _keep_stack(self, place: Place, name: str, found: LiveStack | Unreadable | None) -> None:
        with self._kept:
            self._stacks[_key(place, name)] = found


class Replayed(Inventory):
    """Answers as AWS did when the snapshot was taken."""

    def __init__(self, snapshot: Snapshot, aws: AwsApi) -> None:
        """`aws` is never called."""
        super().__init__(aws)
        self._snapshot = snapshot
        self._read = {
            "account": snapshot.account,
            "organization": snapshot.organization,
            "root": snapshot.root,
            "parameters": snapshot.parameters,
            "services": frozenset(snapshot.services),
            "units": {unit.path: unit for unit in snapshot.units},
            "accounts": tuple(snapshot.accounts),
            "policies": tuple(snapshot.policies),
            "policies alone": tuple(snapshot.policies),
            "tags": snapshot.tags,
        }

    def tags(self, arn: str, want: Json = None) -> Mapping[str, str]:
        del want
        return self._snapshot.tags.get(arn, {})

    def content(self, policy_id: str) -> str:
        if policy_id not in self._snapshot.contents:
            name = next(policy.name for policy in self._snapshot.policies if policy.id == policy_id)
            raise BootstrapError(
                f"the snapshot does not hold the text of the policy {name}, which the YAML names now",
                hint="take a new one: `org-bootstrap snapshot --out FILE`",
            )
        return self._snapshot.contents[policy_id]

    def name(self, account: LiveAccount) -> str:
        return self._snapshot.names.get(account.id, account.name)

    def stack(self, place: Place, name: str) -> LiveStack | None:
        key = _key(place, name)
        if key not in self._snapshot.stacks:
            message = f"the snapshot does not hold the stacks of the account {place.account}"
            raise AwsError("cloudformation.DescribeStacks", NOT_RECORDED, message, account=place.account)
        found = self._snapshot.stacks[key]
        if isinstance(found, Unreadable):
            raise AwsError(found.operation, found.code, found.message, account=place.account)
        return found

    def look_for_secret(self, place: Place, name: str) -> None:
        """Nobody is there to ask."""

    def secret(self, place: Place, name: str) -> LiveSecret | None:
        return self._snapshot.secrets.get(_key(place, name))


def without_secrets(snapshot: Snapshot, known: Json, plain: Callable[[str], Json]) -> Snapshot:
    """The snapshot without what may be a secret that somebody wrote outside: into a template, a policy, a name."""
    found = snapshot.model_dump(mode="json")
    found["stacks"] = hide(found["stacks"], known, plain)
    found["tags"] = hide(found["tags"], known, plain)
    for named in (*found["units"], *found["accounts"], *found["policies"]):
        named.update((field, shown(named[field])) for field, shown in _GIVEN.items() if field in named)
    found["names"] = {account: masked(name) for account, name in found["names"].items()}
    for policy, content in found["contents"].items():
        before = json.loads(content)
        after = hide(before, known, plain)
        found["contents"][policy] = content if before == after else json.dumps(after)
    return Snapshot.model_validate(found)


def text(snapshot: Snapshot, *, without_emails: bool) -> str:
    """The bytes of the file."""
    if without_emails:
        hidden = _rewritten(snapshot, lambda found: redact.hide(found, snapshot.account))
        snapshot = hidden.model_copy(update={"redacted": True})
    return snapshot.model_dump_json(indent=2) + "\n"


def read(content: str | bytes, name: str, emails: Iterable[str]) -> Snapshot:
    """The snapshot in a file's content. Those of its redacted e-mails that are among `emails` are put back.

    Raises BootstrapError for what is no snapshot; `name` is the file's, for the message.
    """
    snapshot = parse(content, name, SNAPSHOT, Snapshot)
    check_version(snapshot.tool, name, SNAPSHOT)
    if not snapshot.redacted:
        return snapshot
    known = list(emails)
    return _rewritten(snapshot, lambda found: redact.show(found, snapshot.account, known))


def _rewritten(snapshot: Snapshot, change: Callable[[Json], Json]) -> Snapshot:
    """The snapshot with all that it says changed: the text of a policy may spell out a character in many ways, so it
    is read first.
    """
    found = snapshot.model_dump(mode="json")
    contents = {policy: json.loads(content) for policy, content in found["contents"].items()}
    made: Any = change({**found, "contents": contents})
    texts = {policy: json.dumps(content, ensure_ascii=False) for policy, content in made["contents"].items()}
    return Snapshot.model_validate({**made, "contents": texts})


def _key(place: Place, name: str) -> str:
    return f"{place.account} {place.region} {name}"
