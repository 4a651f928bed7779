"""A whole organization with every change that its chart can show."""

from __future__ import annotations

from dataclasses import replace

from bootstrap.engine.kind import Sides
from bootstrap.engine.plan import Blocker, Cause, Inaccessible, Unmanaged, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview, place, review
from bootstrap.model.resource import Address, Resource
from bootstrap.planfile import fingerprint_of
from bootstrap.resources.registry import KINDS

OURS = {"org-bootstrap:key": "x"}
NASTY = (
    "<script>alert(\"1\")</script> & 'quoted' \u202eLatin-1 \x9b2J Ålice 🚀\n</style><img src=https://example.com/x>"
)


def ou(path: str) -> Resource:
    return Resource(Address("ou", path), {"tags": OURS}, parent=Address("ou", path.rpartition("/")[0] or "Root"))


def account(key: str, path: str, **body: str) -> Resource:
    fields = {"email": f"aws+{key}@example.com", "name": key, "state": "open", "ou": path, **body}
    origin = f"account_specs/accounts/{key}.yaml:3"
    return Resource(
        Address("account", key), {**fields, "tags": OURS}, origin=origin, parent=Address("ou", path), tagged_as=key
    )


def baseline(key: str, region: str) -> Resource:
    return Resource(Address("baseline", key), {"region": region, "resources": {}}, owner=Address("account", key))


def attachment(policy: str, path: str) -> Resource:
    target = Address("ou", path)
    body = {"policy": policy, "target": str(target), "type": "SERVICE_CONTROL_POLICY"}
    return Resource(Address("attachment", f"{policy}@{path}"), body, owner=target)


def reorganized(calm: int = 20, new: int = 0, name: str = NASTY) -> PlanReview:
    """`calm` unchanged accounts, `new` ones, and one or two of everything else."""
    have = [
        *map(ou, ("Infrastructure", "Sandbox", "Workloads", "Workloads/Beta", "Workloads/Developers")),
        *(account(f"calm-{number:03}", "Workloads/Developers") for number in range(calm)),
        account("tooling", "Infrastructure"),
        account("moving", "Workloads/Beta"),
        account("left", "Sandbox"),
        account("renamed", "Workloads/Beta", name="old name"),
        baseline("renamed", "eu-west-1"),
        baseline("tooling", "eu-west-1"),
        attachment("FullAWSAccess", "Root"),
        attachment("org.deny-leave", "Root"),
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
        attachment("FullAWSAccess", "Root"),
        attachment("FullAWSAccess", "Workloads/Inventory"),
        attachment("region.limit", "Workloads/Inventory"),
        account("kept", "Legacy"),
    ]
    have.append(want[-1])
    sides = [{resource.address: resource for resource in side} for side in (want, have)]
    unmanaged = [
        Unmanaged(Address("ou", "Legacy"), "an OU that is not in the YAML", parent=Address("ou", "Root")),
        Unmanaged(Address("account", "old@example.com"), f'"{name}" in Legacy', parent=Address("ou", "Legacy")),
    ]
    plan = make_plan(
        *sides,
        retained=[want[-1]],
        unmanaged=unmanaged,
        inaccessible=[
            Inaccessible(Address("baseline", "kept"), "there is no role to enter it with", Address("account", "kept"))
        ],
        forgetting={"account"},
    )
    drifted = Address("baseline", "tooling")
    changes = (replace(c, cause=Cause.DRIFT if c.address == drifted else Cause.ASKED) for c in plan.changes)
    blockers = [
        Blocker(Address("account", "moving"), "it leaves its environment", "look into it", "leave:moving"),
        Blocker(Address("account", "renamed"), "it was renamed", token="rename"),
        Blocker(Address("ou", "Sandbox"), "something is in it"),
    ]
    organization = OrganizationRef("example", "o-a1b2c3d4e5", "111122223333")
    made = review(replace(plan, changes=tuple(changes)), organization, blockers, KINDS, {"rename"})
    return replace(
        made,
        specs=fingerprint_of(sides[0]),
        observed=fingerprint_of(sides[1]),
        placements=place(Sides(*sides), unmanaged),
    )
