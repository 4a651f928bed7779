"""A whole organization, changed in every way that a picture may show, planned by the kinds themselves."""

from __future__ import annotations

from dataclasses import replace

from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Unmanaged, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview, places, propose
from bootstrap.model.resource import Address, Resource
from bootstrap.planfile import fingerprint_of
from bootstrap.resources.registry import KINDS

OURS = {"org-bootstrap:key": "x"}
NASTY = (
    "<script>alert(\"1\")</script> & 'quoted' \u202eLatin-1 \x9b2J Ålice 🚀\n</style><img src=https://example.com/x>"
)


def ou(path: str, **tags: str) -> Resource:
    return Resource(Address("ou", path), {"tags": {**OURS, **tags}})


def account(key: str, within: str, **body: str) -> Resource:
    fields = {"email": f"aws+{key}@example.com", "name": key, "state": "open", "ou": within, **body}
    return Resource(Address("account", key), {**fields, "tags": OURS}, origin=f"account_specs/accounts/{key}.yaml:3")


def baseline(key: str, region: str) -> Resource:
    return Resource(Address("baseline", key), {"region": region, "resources": {}})


def attachments(path: str, *policies: str) -> Resource:
    return Resource(Address("attachments", f"ou:{path}"), {"SERVICE_CONTROL_POLICY": list(policies)})


def reorganized(calm: int = 20, new: int = 0, name: str = NASTY) -> PlanReview:
    """As many accounts that stay as they are, as many new ones, and one or two of everything else."""
    have = [
        *map(ou, ("Infrastructure", "Emulator", "Workloads", "Workloads/Beta", "Workloads/Developers")),
        *(account(f"calm-{number:03}", "Workloads/Developers") for number in range(calm)),
        account("tooling", "Infrastructure"),
        account("moving", "Workloads/Beta"),
        account("left", "Emulator"),
        account("renamed", "Workloads/Beta", name="old name"),
        baseline("renamed", "eu-west-1"),
        baseline("tooling", "eu-west-1"),
        attachments("Root", "FullAWSAccess", "org.deny-leave"),
    ]
    want = [
        *map(ou, ("Infrastructure", "Workloads", "Workloads/Beta", "Workloads/Developers", "Workloads/Inventory")),
        *(account(f"calm-{number:03}", "Workloads/Developers") for number in range(calm)),
        *(account(f"new-{number:03}", "Workloads/Developers") for number in range(new)),
        account("tooling", "Infrastructure"),
        account("moving", "Workloads/Inventory"),
        account("renamed", "Workloads/Beta", name=name),
        account(f"weird {name}", "Workloads/Inventory"),
        baseline("renamed", "us-east-1"),
        baseline("tooling", "us-east-1"),
        attachments("Root", "FullAWSAccess"),
        attachments("Workloads/Inventory", "FullAWSAccess", "region.limit"),
        account("kept", "Legacy"),
    ]
    have.append(want[-1])
    sides = [{resource.address: resource for resource in side} for side in (want, have)]
    unmanaged = [
        Unmanaged(Address("ou", "Legacy"), "an OU that is not in the YAML", within=Address("ou", "Root")),
        Unmanaged(Address("account", "old@example.com"), f'"{name}" in Legacy', within=Address("ou", "Legacy")),
    ]
    plan = make_plan(
        *sides,
        kept=[want[-1]],
        unmanaged=unmanaged,
        inaccessible=[Inaccessible(Address("baseline", "kept"), "there is no role to enter it with")],
        lasting={"account"},
    )
    drifted = Address("baseline", "tooling")
    changes = (replace(c, cause=Cause.DRIFT if c.address == drifted else Cause.ASKED) for c in plan.changes)
    asked = [
        Blocker(Address("account", "moving"), "it leaves its environment", "look into it", "leave:moving"),
        Blocker(Address("account", "renamed"), "it was renamed", token="rename"),
        Blocker(Address("ou", "Emulator"), "something is in it"),
    ]
    whose = OrganizationRef("example", "o-a1b2c3d4e5", "111122223333")
    review = propose(replace(plan, changes=tuple(changes)), whose, asked, KINDS, {"rename"})
    want_have = [fingerprint_of(side) for side in sides]
    return replace(review, specs=want_have[0], observed=want_have[1], places=places(*sides, unmanaged, KINDS))
