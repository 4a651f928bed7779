"""Read the stacks of one account.

A finished apply records evidence: when the stacks last changed, and the digests of what was deployed. A plan that finds
the same evidence in the last-applied record does not fetch the templates.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.aws.recording import NOT_RECORDED
from bootstrap.engine.plan import Inaccessible
from bootstrap.model.diff import canonical
from bootstrap.model.errors import AwsError
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from bootstrap.model.per_object import PerObject
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import tags
from bootstrap.resources.account.readiness import NOT_YET
from bootstrap.resources.baseline.body import as_found, body_of, resources_of, stacks_of, worded_as
from bootstrap.resources.baseline.reads import secret, secret_names, stacks, template
from bootstrap.resources.baseline.stack import COMPLETE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Body, Ids, Json
    from bootstrap.resources.account.reads import LiveAccount
    from bootstrap.resources.baseline.reads import LiveStack

KIND: Final = "baseline"
STACKS: Final = (BASELINE_STACK, BUDGET_STACK)


def has_baseline(context: Context, found: LiveAccount, want: Mapping[Address, Resource]) -> bool:
    """Whether the account may have one: it is wanted, was last applied, or the account's tags indicate one."""
    address = context.ids.address(found.id)
    if address is None:
        return False
    account = want.get(address)
    if account is not None and account.body["state"] == "closed":
        return False
    if Address(KIND, address.name) in want:
        return True
    found_tags, known = context.read(tags.all_tags).get(found.arn, {}), context.last_applied
    applied = known is not None and known.knows(Address(KIND, found_tags.get(KEY_TAG, "")))
    return applied or not {tags.ENVIRONMENT_TAG, tags.LEFT_TAG}.isdisjoint(found_tags)


def observe(
    context: Context, account: LiveAccount, want: Mapping[Address, Resource], region: str, digest: PerObject[str]
) -> Resource | Inaccessible | None:
    owner = context.ids.address(account.id)
    assert owner is not None
    here, place = Address(KIND, owner.name), Place(account.id, region)
    wanted = want.get(here)
    try:
        listed = context.read(stacks, place)
        live = {name: listed[name] for name in STACKS if name in listed}
        if wanted is not None and wanted.body["region"] == region and _is_as_deployed(context, wanted, live, digest):
            return Resource(here, wanted.body, frozenset({owner}), owner=owner)
        templates = {name: as_found(found.status, context.read(template, place, name)) for name, found in live.items()}
    except AwsError as error:
        if error.code not in NOT_YET | {NOT_RECORDED}:
            raise
        # A new account, or an invited one without the access role.
        return Inaccessible(here, error.message, owner)
    plain: Any = context.ids.take_out(templates)
    have = Resource(here, body_of(plain, region), frozenset({owner}), owner=owner)
    if wanted:
        have = worded_as(context.ids.take_out(resources_of(wanted)), have)
        # The YAML may have an AWS id where we have a reference: then both sides are equal.
        if context.ids.take_out(wanted.body) == have.body:
            have = Resource(here, wanted.body, have.needs, owner=owner)
            note(context, wanted, live, digest)
    for name in new_secrets(wanted, resources_of(have)).values():
        context.read(secret, place, name)  # for `remarks`
    return have if templates or _was_deleted(context, have, want) else None


def new_secrets(wanted: Resource | None, held: Collection[str]) -> dict[str, str]:
    """The names of the secrets that no stack has yet, by logical id."""
    resources = resources_of(wanted) if wanted else {}
    return secret_names({logical_id: item for logical_id, item in resources.items() if logical_id not in held})


def _was_deleted(context: Context, empty: Resource, want: Mapping[Address, Resource]) -> bool:
    """Whether somebody deleted a baseline that is no longer in the YAML: shown until the next apply."""
    known = context.last_applied
    return bool(empty.address not in want and known and known.knows(empty.address) and not known.holds(empty))


def digests(ids: Ids) -> PerObject[str]:
    """The digest of a resource of a template as it is deployed; empty while an AWS id in it is not known."""

    def digest(item: Json) -> str:
        return "" if ids.missing(item) else hashlib.sha256(canonical(ids.fill(item)).encode()).hexdigest()

    return PerObject(digest)


def _is_as_deployed(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> bool:
    """Whether these stacks were last changed when this very template was deployed: then it need not be fetched."""
    evidence, known = _evidence(wanted, live, digest), context.last_applied
    if evidence is None or known is None or not known.holds(evidence):
        return False
    context.evidence[evidence.address] = evidence
    return True


def note(context: Context, wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> None:
    """Note for the next plan that the stacks hold what is wanted."""
    if evidence := _evidence(wanted, live, digest):
        context.evidence[evidence.address] = evidence


def _evidence(wanted: Resource, live: Mapping[str, LiveStack], digest: PerObject[str]) -> Resource | None:
    """None if a stack is not complete, or an id in its template is not known yet."""
    resources = {key: digest(item) for key, item in resources_of(wanted).items()}
    if not all(resources.values()) or any(found.status not in COMPLETE for found in live.values()):
        return None
    body: Body = {
        "stacks": {name: [found.id, found.updated] for name, found in sorted(live.items())},
        "descriptions": stacks_of(wanted),
        "resources": resources,
    }
    return Resource(Address("deployed", wanted.address.name), body)
