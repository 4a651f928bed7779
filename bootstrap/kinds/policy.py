"""A policy as Organizations stores it, compiled from a guardrail and compared statement by statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap import guards
from bootstrap.kind import Kind, Observed, worded_as
from bootstrap.kinds import organization, ownership, targets
from bootstrap.model import Address, Resource, references
from bootstrap.names import KEY_TAG
from bootstrap.plan import Foreign, Risk
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.language import VERSION, document, read_document, read_version
from bootstrap.spec.leaks import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.aws.policies import LivePolicy
    from bootstrap.kind import World
    from bootstrap.model import Body, Json
    from bootstrap.plan import Change, Refusal
    from bootstrap.policy.language import PolicyStatement
    from bootstrap.spec.spec import Spec


class PolicyKind(Kind):
    name = "policy"
    # The ids of the organization and of accounts stand in policies; units are what they are attached to.
    after = ("organization", "account", "unit")
    harmless = frozenset({"tags", "description"})

    def desired(self, spec: Spec) -> Iterable[Resource]:
        for policy in compile_policies(spec):
            body: Body = {
                "type": policy.type,
                "description": policy.description,
                "statements": by_sid(policy.statements),
                "tags": {KEY_TAG: policy.guardrail},
            }
            needs = references(body) | {Address("policy-type", policy.type)}
            yield Resource(Address(self.name, policy.name), body, needs, policy.origin)

    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        have, ours = {}, []
        theirs: list[tuple[LivePolicy, Resource | None]] = []
        for found in world.live.policies_alone:
            here = Address(self.name, found.name)
            if found.aws_managed:
                continue
            tags = ownership.read(world, found.arn, want.get(here))
            if ownership.is_ours(tags) or here in want:
                ours.append((here, found, tags))
            else:
                theirs.append((found, None))
        # DescribePolicy is the slowest read of all, 2 a second: only for what can be compared.
        contents = world.aws.each(lambda item: world.live.content(item[1].id), ours)
        for (here, found, tags), content in zip(ours, contents, strict=True):
            # Whose id is known is ours, wherever it is attached: one of a wanted name is not until it is adopted.
            if ownership.is_ours(tags) or guards.adoption(here) in world.given:
                world.ids[here] = found.id
            resource = self._resource(world, want.get(here), found, content, tags)
            if ownership.is_ours(tags):
                have[here] = resource
            else:
                theirs.append((found, resource))
        return Observed(have, tuple(_foreign(world, want, theirs)))

    def refusals(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Refusal]:
        """What is attached to the root changes for all at once with its text."""
        del want
        root = have.get(Address("attachments", str(organization.ROOT_ADDRESS)))
        name = change.address.name
        on_it = targets.all_names(root.body) if root else set()
        if change.before and change.after and name in on_it and self.risk(change) is not Risk.LOW:
            yield from targets.at_the_root(world, targets.ONTO, change.address, [name], have)

    def remarks(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del have
        name = change.address.name
        if change.before and change.after:
            on = (here for here, resource in want.items() if here.kind == "attachments" and _holds(resource, name))
            yield f"binds {targets.bound(world, (Address.parse(here.name) for here in on), want)}"

    def create(self, world: World, want: Resource) -> None:
        made = world.aws.once(
            "organizations.CreatePolicy",
            done="DuplicatePolicyException",
            Name=want.address.name,
            Type=want.body["type"],
            Description=want.body["description"],
            Content=self._content(world, want),
            Tags=ownership.as_list(want.body["tags"]),
        )
        world.ids[want.address] = made["Policy"]["PolicySummary"]["Id"] if made else _find(world, want)

    def update(self, world: World, have: Resource, want: Resource) -> None:
        policy_id = world.ids[want.address]
        if any(have.body.get(field) != want.body.get(field) for field in ("description", "statements", "version")):
            world.aws.call(
                "organizations.UpdatePolicy",
                PolicyId=policy_id,
                Description=want.body["description"],
                Content=self._content(world, want),
            )
        ownership.write_tags(world.aws, policy_id, have.body["tags"], want.body["tags"])

    def delete(self, world: World, have: Resource) -> None:
        world.aws.once("organizations.DeletePolicy", done="PolicyNotFoundException", PolicyId=world.ids[have.address])

    def _resource(
        self, world: World, wanted: Resource | None, found: LivePolicy, content: str, tags: Mapping[str, str]
    ) -> Resource:
        here = Address(self.name, found.name)
        # The ids come out before the sets are sorted, so that both sides are sorted alike.
        statements, version = read_document(str(world.ids.take_out(content))), read_version(content)
        body: Body = {
            "type": found.type,
            "description": found.description,
            "statements": by_sid(statements),
            "tags": tags,
            # Only one that somebody else wrote is written in another.
            **({"version": version} if version != VERSION else {}),
        }
        have = Resource(here, body, frozenset({Address("policy-type", found.type)}))
        return worded_as(wanted, have, lambda value: _plain(world, value))

    def _content(self, world: World, want: Resource) -> str:
        statements = world.ids.fill(want.body["statements"])
        assert isinstance(statements, Mapping)
        return document([statement for statement in statements.values() if isinstance(statement, Mapping)])


def _holds(attachments: Resource, name: str) -> bool:
    return name in targets.all_names(attachments.body)


def _foreign(
    world: World, want: Mapping[Address, Resource], theirs: Sequence[tuple[LivePolicy, Resource | None]]
) -> Iterator[Foreign]:
    """A line for each policy of somebody else's: with where it binds ours, for which all targets have to be read."""
    if not theirs:
        return
    attached = {policy.id: policy.targets for policy in world.live.policies}
    ours = targets.of_ours(world, want)
    for policy, resource in theirs:
        on = sorted(ours[target] for target in attached[policy.id] if target in ours)
        what = "a policy of that name" if resource else "a policy that is not in the YAML"
        where = f", attached to {', '.join(map(str, on))}" if on else ""
        yield Foreign(Address(PolicyKind.name, policy.name), what + where, resource=resource)


def _find(world: World, want: Resource) -> str:
    """The id of a policy that was made, though the answer that held it was lost."""
    policies = world.aws.pages("organizations.ListPolicies", "Policies", Filter=want.body["type"])
    return next(str(policy["Id"]) for policy in policies if policy["Name"] == want.address.name)


def _plain(world: World, body: Json) -> Body:
    """A body as it would be read back: the ids that the YAML says itself come out, too."""
    assert isinstance(body, Mapping)
    statements = body["statements"]
    assert isinstance(statements, Mapping)
    text = document([statement for statement in statements.values() if isinstance(statement, Mapping)])
    return {**body, "statements": by_sid(read_document(str(world.ids.take_out(text))))}


def by_sid(statements: Sequence[PolicyStatement]) -> dict[str, Json]:
    """Statements by their Sid, so that a difference names the statement; one without gets its number, and so does one
    whose Sid another has: AWS may take it, and none is to get lost. A Sid that may hold a secret is told masked, so
    that a snapshot, where it is masked already, has the same numbers.
    """
    found: dict[str, Json] = {}
    for number, statement in enumerate(statements, 1):
        sid = masked(str(statement.get("Sid", f"#{number}")))
        found[f"{sid}#{number}" if sid in found else sid] = statement
    return found
