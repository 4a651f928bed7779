"""A policy type, enabled on the root: until it is, no policy of that type can be attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.engine.kind import Kind, Observed, keep_omitted
from bootstrap.model.resource import Address, Resource
from bootstrap.policy.compile import compile_policies
from bootstrap.resources import organization

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.spec.spec import Spec

_EVERY_S = 2.0


class PolicyTypeKind(Kind):
    name = "policy-type"
    after = ("organization",)

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for policy_type in sorted({policy.type for policy in compile_policies(spec)}):
            yield Resource(
                Address(self.name, policy_type),
                {"status": "ENABLED"},
                needs=frozenset({organization.address(spec)}),
            )

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del want
        found = (Address(self.name, name) for name in context.inventory.enabled_types)
        return Observed({here: Resource(here, {"status": "ENABLED"}) for here in found})

    # Disabling a type detaches every policy of it, everywhere, for good: no missing line may do that.
    settle = staticmethod(keep_omitted)

    def remains(self, have: Resource, allow: Collection[str]) -> Resource:
        del allow
        return have

    def create(self, context: Context, want: Resource) -> None:
        name = want.address.name
        root = context.ids[organization.ROOT_ADDRESS]
        # PENDING_ENABLE was left by a run that died; asking again would be refused.
        if name not in context.inventory.policy_types:
            context.aws.once(
                "organizations.EnablePolicyType",
                done="PolicyTypeAlreadyEnabledException",
                RootId=root,
                PolicyType=name,
            )

        def enabled() -> bool | None:
            found = next(iter(context.aws.pages("organizations.ListRoots", "Roots")))["PolicyTypes"]
            return {"Type": name, "Status": "ENABLED"} in found or None

        # EnablePolicyType only starts it: "poll ListRoots" (API reference, EnablePolicyType).
        context.aws.until(enabled, what=f"enabling {name}", every_s=_EVERY_S, timeout_s=facts.POLICY_TYPE_TIMEOUT_S)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        raise AssertionError(f"{context}, {have}, {want}: enabled is all that a policy type can be")

    def delete(self, context: Context, have: Resource) -> None:
        raise AssertionError(f"{context}, {have}: `settle` lets no such change through")
