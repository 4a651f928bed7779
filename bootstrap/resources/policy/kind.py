"""A policy as Organizations stores it, compiled from a guardrail and compared statement by statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bootstrap.engine import guards
from bootstrap.engine.kind import Kind, Observed, worded_as
from bootstrap.engine.plan import Risk, Unmanaged
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address, Resource, references
from bootstrap.policy.compile import compile_policies
from bootstrap.policy.language import VERSION, document, read_document, read_version
from bootstrap.resources import organization, ownership, targets
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Blocker, Change
    from bootstrap.model.resource import Body, Json
    from bootstrap.resources.policy.reads import LivePolicy
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
                "statements": by_sid(policy.body),
                "tags": {KEY_TAG: policy.guardrail},
            }
            needs = references(body) | {Address("policy-type", policy.type)}
            yield Resource(Address(self.name, policy.name), body, needs, policy.origin)

    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        have, ours = {}, []
        theirs: list[tuple[LivePolicy, Resource | None]] = []
        for found in context.inventory.policies_alone:
            here = Address(self.name, found.name)
            if found.aws_managed:
                continue
            tags = ownership.read(context, found.arn, want.get(here))
            if ownership.is_ours(tags) or here in want:
                ours.append((here, found, tags))
            else:
                theirs.append((found, None))
        # DescribePolicy is the slowest read of all, 2 a second: only for what can be compared.
        contents = context.aws.each(lambda item: context.inventory.content(item[1].id), ours)
        for (here, found, tags), content in zip(ours, contents, strict=True):
            # A policy whose id we know is ours wherever it is attached; one of a wanted name is not, until adopted.
            if ownership.is_ours(tags) or guards.adoption(here) in context.given:
                context.ids[here] = found.id
            resource = self._resource(context, want.get(here), found, content, tags)
            if ownership.is_ours(tags):
                have[here] = resource
            else:
                theirs.append((found, resource))
        return Observed(have, tuple(_foreign(context, want, theirs)))

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[Blocker]:
        """What is attached to the root changes for all at once with its text."""
        del want
        root = have.get(Address("attachments", str(organization.ROOT_ADDRESS)))
        name = change.address.name
        on_it = targets.all_names(root.body) if root else set()
        if change.before and change.after and name in on_it and self.risk(change) is not Risk.LOW:
            yield from targets.at_the_root(context, targets.ONTO, change.address, [name], have)

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterator[str]:
        del have
        name = change.address.name
        if change.before and change.after:
            on = (here for here, resource in want.items() if here.kind == "attachments" and _holds(resource, name))
            yield f"binds {targets.bound(context, (Address.parse(here.name) for here in on), want)}"

    def create(self, context: Context, want: Resource) -> None:
        made = context.aws.once(
            "organizations.CreatePolicy",
            done="DuplicatePolicyException",
            Name=want.address.name,
            Type=want.body["type"],
            Description=want.body["description"],
            Content=self._content(context, want),
            Tags=ownership.as_list(want.body["tags"]),
        )
        context.ids[want.address] = made["Policy"]["PolicySummary"]["Id"] if made else _find(context, want)

    def update(self, context: Context, have: Resource, want: Resource) -> None:
        policy_id = context.ids[want.address]
        if any(have.body.get(field) != want.body.get(field) for field in ("description", "statements", "version")):
            context.aws.call(
                "organizations.UpdatePolicy",
                PolicyId=policy_id,
                Description=want.body["description"],
                Content=self._content(context, want),
            )
        ownership.write_tags(context.aws, policy_id, have.body["tags"], want.body["tags"])

    def delete(self, context: Context, have: Resource) -> None:
        context.aws.once(
            "organizations.DeletePolicy", done="PolicyNotFoundException", PolicyId=context.ids[have.address]
        )

    def _resource(
        self, context: Context, wanted: Resource | None, found: LivePolicy, content: str, tags: Mapping[str, str]
    ) -> Resource:
        here = Address(self.name, found.name)
        # The ids come out before the sets are sorted, so that both sides are sorted alike.
        statements, version = read_document(str(context.ids.take_out(content))), read_version(content)
        body: Body = {
            "type": found.type,
            "description": found.description,
            "statements": by_sid(statements),
            "tags": tags,
            # Only one that somebody else wrote is written in another.
            **({"version": version} if version != VERSION else {}),
        }
        have = Resource(here, body, frozenset({Address("policy-type", found.type)}))
        return worded_as(wanted, have, lambda value: _plain(context, value))

    def _content(self, context: Context, want: Resource) -> str:
        statements = context.ids.fill(want.body["statements"])
        assert isinstance(statements, Mapping)
        return document([statement for statement in statements.values() if isinstance(statement, Mapping)])


def _holds(attachments: Resource, name: str) -> bool:
    return name in targets.all_names(attachments.body)


def _foreign(
    context: Context, want: Mapping[Address, Resource], theirs: Sequence[tuple[LivePolicy, Resource | None]]
) -> Iterator[Unmanaged]:
    """A line for each policy of somebody else's: with where it binds ours, for which all targets have to be read."""
    if not theirs:
        return
    attached = {policy.id: policy.targets for policy in context.inventory.policies}
    ours = targets.of_ours(context, want)
    for policy, resource in theirs:
        on = sorted(ours[target] for target in attached[policy.id] if target in ours)
        what = "a policy of that name" if resource else "a policy that is not in the YAML"
        where = f", attached to {', '.join(map(str, on))}" if on else ""
        yield Unmanaged(Address(PolicyKind.name, policy.name), what + where, resource=resource)


def _find(context: Context, want: Resource) -> str:
    """The id of a policy that was made, though the answer that held it was lost."""
    policies = context.aws.pages("organizations.ListPolicies", "Policies", Filter=want.body["type"])
    return next(str(policy["Id"]) for policy in policies if policy["Name"] == want.address.name)


def _plain(context: Context, body: Json) -> Body:
    """A body as it would be read back: the ids that the YAML says itself come out, too."""
    assert isinstance(body, Mapping)
    statements = body["statements"]
    assert isinstance(statements, Mapping)
    text = document([statement for statement in statements.values() if isinstance(statement, Mapping)])
    return {**body, "statements": by_sid(read_document(str(context.ids.take_out(text))))}


def by_sid(statements: Json) -> dict[str, Json]:
    """Statements by their Sid, so that a difference names the statement; one without gets its number, and so does one
    whose Sid another has: AWS may take it, and none is to get lost. A Sid that may hold a secret is told masked, so
    that a snapshot, where it is masked already, has the same numbers.
    """
    assert isinstance(statements, Sequence)
    found: dict[str, Json] = {}
    for number, statement in enumerate(statements, 1):
        assert isinstance(statement, Mapping)
        sid = masked(str(statement.get("Sid", f"#{number}")))
        found[f"{sid}#{number}" if sid in found else sid] = statement
    return found
