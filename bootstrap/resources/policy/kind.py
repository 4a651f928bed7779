"""A policy as Organizations stores it, compiled from a guardrail and compared statement by statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bootstrap.aws.recording import NOT_RECORDED
from bootstrap.engine.kind import Kind, Observed, Sides
from bootstrap.engine.plan import Risk, Unmanaged
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address, Resource, references
from bootstrap.policy import types
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.language import VERSION, read_version
from bootstrap.resources import tags
from bootstrap.resources.attachment import targets
from bootstrap.resources.organization.kind import ROOT_ADDRESS
from bootstrap.resources.policy.reads import content, policies, policies_with_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from bootstrap.aws.simulate import SimulatedCall
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Blocker, Change
    from bootstrap.model.resource import Body
    from bootstrap.resources.policy.reads import LivePolicy
    from bootstrap.spec.spec import Spec


class PolicyKind(Kind):
    name = "policy"
    # Policies contain ids of the organization and of accounts, and are attached to OUs.
    observed_after = ("organization", "account", "ou")
    prefetch = (policies, policies_with_targets)
    harmless = frozenset({"tags", "description"})

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for policy in compile_policies(spec):
            body: Body = {
                "type": policy.type,
                "description": policy.description,
                "statements": policy.body,
                "tags": {KEY_TAG: policy.guardrail},
            }
            needs = references(body) | {Address("policy-type", policy.type)}
            yield Resource(Address(self.name, policy.name), body, needs, origin=policy.origin)

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        here = {found: Address(self.name, found.name) for found in context.read(policies) if not found.aws_managed}
        found_tags = {found: tags.read(context, found.arn, want.get(address)) for found, address in here.items()}
        compared = [
            found
            for found in here
            if found.type in types.GUARDRAIL_TYPES and (here[found] in want or tags.is_managed(found_tags[found]))
        ]
        # DescribePolicy is the slowest read, 2 a second: only for policies that are compared.
        contents = context.aws.each(lambda found: _content(context, found), compared)
        have: dict[Address, Resource] = {}
        unmanaged = {found: None for found in here if found not in compared}
        resources: dict[LivePolicy, Resource | None] = dict(unmanaged)
        for found, text in zip(compared, contents, strict=True):
            resource = _resource(context, want.get(here[found]), found, text, found_tags[found])
            if tags.is_managed(found_tags[found]):
                have[here[found]] = resource
                context.ids[here[found]] = found.id
            else:
                resources[found] = resource
        return Observed(have, tuple(_unmanaged(context, want, resources)))

    def guard(self, context: Context, change: Change, sides: Sides) -> Iterator[Blocker]:
        if change.before and change.after and self.risk(change) is not Risk.LOW:
            name = change.address.name
            if targets.attachment(name, ROOT_ADDRESS) in sides.have:
                yield from targets.root_blocker(context, targets.CHANGE, change.address, name, sides)

    def remarks(self, context: Context, change: Change, sides: Sides) -> Iterator[str]:
        if change.before and change.after:
            on = targets.targets_of(change.address.name, sides.want)
            yield f"binds {targets.bound(context, on, sides.want)}"

    def create(self, context: Context, want: Resource) -> None:
        made = context.aws.once(
            "organizations.CreatePolicy",
            done="DuplicatePolicyException",
            Name=want.address.name,
            Type=want.body["type"],
            Description=want.body["description"],
            Content=_text(context, want),
            Tags=tags.as_list(want.body["tags"]),
        )
        context.ids[want.address] = made["Policy"]["PolicySummary"]["Id"] if made else _find(context, want)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        policy_id = context.ids[want.address]
        if any(have.body.get(field) != want.body.get(field) for field in ("description", "statements", "version")):
            context.aws.call(
                "organizations.UpdatePolicy",
                PolicyId=policy_id,
                Description=want.body["description"],
                Content=_text(context, want),
            )
        tags.write_tags(context.aws, policy_id, have.body["tags"], want.body["tags"])

    def delete(self, context: Context, have: Resource) -> None:
        policy_id = context.ids[have.address]
        context.aws.once("organizations.DeletePolicy", done="PolicyNotFoundException", PolicyId=policy_id)

    def simulate(self, call: SimulatedCall) -> Mapping[str, Any] | None:
        if call.operation == "CreatePolicy":
            call.state.setdefault("created policies", {})[call.new_id] = call.parameters["Type"]
            return {"Policy": {"PolicySummary": {"Id": call.new_id}}}
        return None


def _content(context: Context, found: LivePolicy) -> str:
    try:
        return context.read(content, found.id)
    except AwsError as error:
        if error.code != NOT_RECORDED:
            raise
        raise BootstrapError(
            f"the snapshot does not hold the text of the policy {found.name}, which is new in the YAML",
            hint="take a new one: `org-bootstrap snapshot --out FILE`",
        ) from error


def _resource(
    context: Context, wanted: Resource | None, found: LivePolicy, text: str, found_tags: Mapping[str, str]
) -> Resource:
    # Ids are replaced before lists are sorted, so that both sides are sorted in the same way.
    statements, version = types.of(found.type).read(str(context.ids.take_out(text))), read_version(text)
    body: Body = {
        "type": found.type,
        "description": found.description,
        "statements": statements,
        "tags": found_tags,
        # Our policies have the current version; others may not.
        **({"version": version} if version != VERSION else {}),
    }
    # The YAML may have an AWS id where we have a reference: then both sides are equal.
    if wanted is not None and _plain(context, wanted.body) == body:
        body = wanted.body
    return Resource(Address("policy", found.name), body, frozenset({Address("policy-type", found.type)}))


def _text(context: Context, want: Resource) -> str:
    statements = context.ids.fill(want.body["statements"])
    assert isinstance(statements, Mapping)
    return types.of(str(want.body["type"])).document(statements)


def _unmanaged(
    context: Context, want: Mapping[Address, Resource], resources: Mapping[LivePolicy, Resource | None]
) -> Iterator[Unmanaged]:
    """Each unmanaged policy, with the managed targets that it is on: only this needs the targets of all policies."""
    if not resources:
        return
    attached = {policy.id: policy.targets for policy in context.read(policies_with_targets)}
    ours = targets.managed_targets(context, want)
    for policy, resource in resources.items():
        on = sorted(ours[target] for target in attached[policy.id] if target in ours)
        what = "a policy of that name" if resource else "a policy that is not in the YAML"
        where = f", attached to {', '.join(map(str, on))}" if on else ""
        yield Unmanaged(Address(PolicyKind.name, policy.name), what + where, resource=resource, id=policy.id)


def _find(context: Context, want: Resource) -> str:
    """The id of a policy whose creation had its answer lost."""
    found = context.aws.pages("organizations.ListPolicies", "Policies", Filter=want.body["type"])
    return next(str(policy["Id"]) for policy in found if policy["Name"] == want.address.name)


def _plain(context: Context, body: Body) -> Body:
    """A body as it would be observed: with references in place of AWS ids."""
    statements = body["statements"]
    assert isinstance(statements, Mapping)
    policy_type = types.of(str(body["type"]))
    text = str(context.ids.take_out(policy_type.document(statements)))
    return {**body, "statements": policy_type.read(text)}
