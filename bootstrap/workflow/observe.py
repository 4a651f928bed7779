"""Read AWS: the caller, every kind's resources, and drift inside accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from bootstrap.aws.inventory import Inventory
from bootstrap.engine.kind import Observed
from bootstrap.engine.review import mask_address
from bootstrap.model.errors import BootstrapError
from bootstrap.resources.organization.reads import organization
from bootstrap.secrecy.mask import mask_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from bootstrap.aws.api import AwsApi
    from bootstrap.engine.kind import Context, Kind
    from bootstrap.engine.plan import Finding
    from bootstrap.model.resource import Address, Resource
    from bootstrap.workflow.planned import Planned


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs this: account id, ARN, and the id of the organization, or empty."""

    account: str
    arn: str
    organization: str


def caller(aws: AwsApi) -> Caller:
    """The caller. Raises BootstrapError outside the organization's management account."""
    found = aws.call("sts.GetCallerIdentity")
    here = Inventory(aws).read(organization)
    if here and here["MasterAccountId"] != found["Account"]:
        message = f"account {found['Account']} is a member of the organization {here['Id']}"
        hint = f"only its management account, {here['MasterAccountId']}, can change an organization"
        raise BootstrapError(message, hint=hint)
    return Caller(found["Account"], found["Arn"], here["Id"] if here else "")


def observe(context: Context, kinds: Mapping[str, Kind], want: Mapping[Address, Resource]) -> Observed:
    """The resources of every kind in AWS. Kinds are read in parallel, each after those of `observed_after`."""
    order = list(TopologicalSorter({name: kind.observed_after for name, kind in kinds.items()}).static_order())
    running: dict[str, Future[Observed]] = {}

    def read(kind: Kind) -> Observed:
        for name in kind.observed_after:
            if name in running:
                running[name].result()
        return kind.observe(context, want)

    with ThreadPoolExecutor(len(kinds) + 1, thread_name_prefix="observe") as threads:
        first = [read for kind in kinds.values() for read in kind.prefetch]
        prefetched = threads.submit(context.inventory.prefetch, first)
        running.update((name, threads.submit(read, kinds[name])) for name in order if name in kinds)
        prefetched.result()
    return _together([found.result() for found in running.values()])


def inspect(
    planned: Planned, kinds: Mapping[str, Kind], say: Callable[[Address, str], None] = lambda _address, _text: None
) -> tuple[Finding, ...]:
    """Drift inside managed resources, whether or not they are still in the YAML. Only reads.

    They are compared with the deployed templates, so a pending change hides nothing. Secrets are masked.
    """
    context = replace(planned.context, say=say)
    found = (
        kind.inspect(context, {here: resource for here, resource in planned.have.items() if here.kind == name})
        for name, kind in kinds.items()
    )
    return tuple(sorted(_masked(finding) for findings in found for finding in findings))


def _together(parts: list[Observed]) -> Observed:
    return Observed(
        {here: resource for part in parts for here, resource in part.have.items()},
        tuple(item for part in parts for item in part.unmanaged),
        tuple(item for part in parts for item in part.inaccessible),
        {here: resource for part in parts for here, resource in part.adjusted.items()},
        {here: others for part in parts for here, others in part.follows.items()},
    )


def _masked(finding: Finding) -> Finding:
    return replace(
        finding,
        address=mask_address(finding.address),
        part=mask_text(finding.part),
        what=mask_text(finding.what),
        # The wanted value is from a deployed template, which anybody may have written.
        wanted=mask_text(finding.wanted),
        found=mask_text(finding.found),
    )
