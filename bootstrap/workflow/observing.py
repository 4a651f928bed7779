"""What is read: of whom, of every kind, and inside the accounts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from bootstrap.aws.live import Live
from bootstrap.aws.snapshot import Recording, without_secrets
from bootstrap.errors import BootstrapError
from bootstrap.hiding import hide_path
from bootstrap.kind import Observed, World
from bootstrap.model import Address, Ids, Resource
from bootstrap.spec.leaks import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bootstrap.aws.door import Door
    from bootstrap.aws.snapshot import Snapshot
    from bootstrap.kind import Kind
    from bootstrap.plan import Finding, Foreign
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


def take_snapshot(want: Resources, kinds: Mapping[str, Kind], aws: Door, taken: str) -> Snapshot:
    """All that a plan reads, for a plan without AWS. `taken` is the time. Only reads."""
    world = World(aws, live := Recording(aws), Ids())
    look(world, kinds, want)
    return without_secrets(live.snapshot(taken), [resource.body for resource in want.values()], world.ids.take_out)


def look(world: World, kinds: Mapping[str, Kind], want: Resources) -> Observed:
    """Everything there is, of every kind."""
    observed = asyncio.run(observe(world, kinds, want)).values()
    return Observed(
        together(found.have for found in observed),
        tuple(_without_secrets(item) for found in observed for item in found.foreign),
        tuple(item for found in observed for item in found.unseen),
    )


def _without_secrets(foreign: Foreign) -> Foreign:
    """What somebody called a thing may hold a secret, too."""
    within = foreign.within and _named(foreign.within)
    return replace(foreign, address=_named(foreign.address), detail=masked(foreign.detail), within=within)


def _named(address: Address) -> Address:
    return replace(address, name=(hide_path if address.kind == "unit" else masked)(address.name))


async def observe(world: World, kinds: Mapping[str, Kind], want: Resources) -> dict[str, Observed]:
    """What there is of every kind, each read as soon as those that it follows are."""
    tasks: dict[str, asyncio.Task[Observed]] = {}

    async def read(kind: Kind) -> Observed:
        await asyncio.gather(*(tasks[name] for name in kind.after if name in tasks))
        return await asyncio.to_thread(kind.observe, world, want)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(world.live.warm))
            tasks.update((name, group.create_task(read(kind))) for name, kind in kinds.items())
    except* BootstrapError as errors:
        raise _first(errors) from errors
    return {name: task.result() for name, task in tasks.items()}


def caller(aws: Door) -> Caller:
    """Who AWS says we are. Raises BootstrapError outside the organization's management account."""
    found = aws.call("sts.GetCallerIdentity")
    organization = Live(aws).organization
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
    world = replace(planned.world, say=say)
    found = (kind.inspect(world, of_kind(planned.proposal.have, name)) for name, kind in kinds.items())
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
