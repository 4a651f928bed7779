"""A policy type, enabled on the root: before that, no policy of that type can be attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap import facts
from bootstrap.engine.kind import Fate, Kind, Observed
from bootstrap.model.resource import Address, Resource
from bootstrap.policy.compile import compile_policies
from bootstrap.resources.organization.kind import ROOT_ADDRESS, address_of
from bootstrap.resources.organization.reads import enabled_types, policy_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.spec.spec import Spec

_EVERY_S = 2.0


class PolicyTypeKind(Kind):
    name = "policy-type"
    observed_after = ("organization",)
    # Disabling a type detaches every policy of it, for good.
    on_omission = Fate.RETAIN
    on_destroy = Fate.RETAIN

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for policy_type in sorted({policy.type for policy in compile_policies(spec)}):
            here = Address(self.name, policy_type)
            yield Resource(here, {"status": "ENABLED"}, needs=frozenset({address_of(spec)}))

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        del want
        found = (Address(self.name, name) for name in context.read(enabled_types))
        return Observed({here: Resource(here, {"status": "ENABLED"}) for here in found})

    def create(self, context: Context, want: Resource) -> None:
        name = want.address.name
        # An interrupted run may have left PENDING_ENABLE; enabling it again would be an error.
        if name not in context.read(policy_types):
            context.aws.once(
                "organizations.EnablePolicyType",
                done="PolicyTypeAlreadyEnabledException",
                RootId=context.ids[ROOT_ADDRESS],
                PolicyType=name,
            )

        def enabled() -> bool | None:
            found = next(iter(context.aws.pages("organizations.ListRoots", "Roots")))["PolicyTypes"]
            return {"Type": name, "Status": "ENABLED"} in found or None

        # EnablePolicyType only starts it: "poll ListRoots" (API reference, EnablePolicyType).
        context.aws.until(enabled, what=f"enabling {name}", every_s=_EVERY_S, timeout_s=facts.POLICY_TYPE_TIMEOUT_S)

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        match call.operation:
            case "EnablePolicyType":
                call.state.setdefault(self.name, []).append(call.parameters["PolicyType"])
            case "ListRoots":
                names = {*call.observed.read(policy_types), *call.state.get(self.name, ())}
                if "organization" in call.state:
                    # "service control policies automatically enabled in the root" (API reference, CreateOrganization)
                    names.add("SERVICE_CONTROL_POLICY")
                return {"Roots": [{"PolicyTypes": [{"Type": name, "Status": "ENABLED"} for name in sorted(names)]}]}
        return None
