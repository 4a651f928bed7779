"""What is read: of whom, of every kind, and inside the accounts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from bootstrap.aws.inventory import Inventory
from bootstrap.aws.snapshot import Recording, without_secrets
from bootstrap.engine.kind import Context, Observed
from bootstrap.model.errors import BootstrapError
from bootstrap.model.resource import Address, Ids, Resource
from bootstrap.secrecy.mask import hide_path
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.engine.kind import Kind
    from bootstrap.engine.plan import Finding, Unmanaged
    from bootstrap.workflow.planned import Planned

Resources: TypeAlias = dict[Address, Resource]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs this: an account id, the ARN of a user or role session, and the id of the organization that the account
    manages, empty before there is one.
    """

    account: str
    arn: str
    organization: str


def take_snapshot(want: Resources, kinds: Mapping[str, Kind], aws: AwsClient, taken: str) -> Snapshot:
    """All that a plan reads, for a plan without AWS. `taken` is the time. Only reads."""
    context = Context(aws, inventory := Recording(aws), Ids())
    look(context, kinds, want)
    return without_secrets(
        inventory.snapshot(taken), [resource.body for resource in want.values()], context.ids.take_out
    )


def look(context: Context, kinds: Mapping[str, Kind], want: Resources) -> Observed:
    """Everything there is, of every kind."""
    observed = asyncio.run(observe(context, kinds, want)).values()
    return Observed(
        together(found.have for found in observed),
        tuple(_without_secrets(item) for found in observed for item in found.unmanaged),
        tuple(item for found in observed for item in found.inaccessible),
    )


def _without_secrets(unmanaged: Unmanaged) -> Unmanaged:
    """What somebody called a thing may hold a secret, too."""
    within = unmanaged.within and _named(unmanaged.within)
    return replace(unmanaged, address=_named(unmanaged.address), detail=masked(unmanaged.detail), within=within)


def _named(address: Address) -> Address:
    return replace(address, name=(hide_path if address.kind == "ou" else masked)(address.name))


async def observe(context: Context, kinds: Mapping[str, Kind], want: Resources) -> dict[str, Observed]:
    """What there is of every kind, each read as soon as those that it follows are."""
    tasks: dict[str, asyncio.Task[Observed]] = {}

    async def read(kind: Kind) -> Observed:
        await asyncio.gather(*(tasks[name] for name in kind.after if name in tasks))
        return await asyncio.to_thread(kind.observe, context, want)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(context.inventory.warm))
            tasks.update((name, group.create_task(read(kind))) for name, kind in kinds.items())
    except* BootstrapError as errors:
        raise _first(errors) from errors
    return {name: task.result() for name, task in tasks.items()}


def caller(aws: AwsClient) -> Caller:
    """Who AWS says we are. Raises BootstrapError outside the organization's management account."""
    found = aws.call("sts.GetCallerIdentity")
    organization = Inventory(aws).organization
    if organization and organization["MasterAccountId"] != found["Account"]:
        message = f"account {found['Account']} is a member of the organization {organization['Id']}"
        hint = f"only its management account, {organization['MasterAccountId']}, can change an organization"
        raise BootstrapError(message, hint=hint)
    return Caller(found["Account"], found["Arn"], organization["Id"] if organization else "")


def inspect(
    planned: Planned, kinds: Mapping[str, Kind], say: Callable[[Address, str], None] = lambda _address, _text: None
) -> tuple[Finding, ...]:
    """What drifted within all that is ours, whether or not the YAML has it still. Only reads.

    It is held against what is deployed, so that a change that is pending hides nothing.
    """
    context = replace(planned.context, say=say)
    found = (kind.inspect(context, of_kind(planned.review.have, name)) for name, kind in kinds.items())
    return tuple(
        sorted(
            replace(finding, what=masked(finding.what), found=masked(finding.found))
            for findings in found
            for finding in findings
        )
    )


def together(parts: Iterable[Mapping[Address, Resource]]) -> Resources:
    """Things of several sorts, as one."""
    return {address: resource for part in parts for address, resource in part.items()}


def of_kind(resources: Mapping[Address, Resource], name: str) -> Resources:
    """Those of one kind."""
    return {address: resource for address, resource in resources.items() if address.kind == name}


def _first(group: BaseExceptionGroup[BootstrapError]) -> BootstrapError:
    """One of several failures at once: they have one cause more often than not."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
