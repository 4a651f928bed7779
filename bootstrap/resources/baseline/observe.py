"""What the stacks of one account hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bootstrap.aws.api import Place
from bootstrap.aws.recording import NOT_RECORDED
from bootstrap.engine.plan import Inaccessible
from bootstrap.model.errors import AwsError
from bootstrap.model.names import BASELINE_STACK, BUDGET_STACK, KEY_TAG
from bootstrap.model.resource import Address, Resource
from bootstrap.resources import tags
from bootstrap.resources.account.readiness import NOT_YET
from bootstrap.resources.baseline.body import as_found, body_of, resources_of, said_as
from bootstrap.resources.baseline.evidence import is_as_deployed, note
from bootstrap.resources.baseline.reads import secret, stacks, template
from bootstrap.resources.baseline.retained import secret_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bootstrap.engine.kind import Context
    from bootstrap.model.per_object import PerObject
    from bootstrap.resources.account.reads import LiveAccount

KIND: Final = "baseline"
STACKS: Final = (BASELINE_STACK, BUDGET_STACK)


def has_baseline(context: Context, found: LiveAccount, want: Mapping[Address, Resource]) -> bool:
    """Whether to look for one: it is wanted, the account's tags tell of one, or one was last applied."""
    address = context.ids.address(found.id)
    if address is None:
        return False
    account = want.get(address)
    if account is not None and account.body["state"] == "closed":
        return False  # what is in it goes with it
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
        if wanted is not None and wanted.body["region"] == region and is_as_deployed(context, wanted, live, digest):
            return Resource(here, wanted.body, frozenset({owner}), owner=owner)
        templates = {name: as_found(found.status, context.read(template, place, name)) for name, found in live.items()}
    except AwsError as error:
        if error.code not in NOT_YET | {NOT_RECORDED}:
            raise
        # A new account, or an invited one without the access role: the others are planned all the same.
        return Inaccessible(here, error.message, owner)
    plain: Any = context.ids.take_out(templates)
    have = Resource(here, body_of(plain, region), frozenset({owner}), owner=owner)
    if wanted:
        have = said_as(context.ids.take_out(resources_of(wanted)), have)
        # The YAML may name by its id what we name by its key: then both sides say the same.
        if context.ids.take_out(wanted.body) == have.body:
            have = Resource(here, wanted.body, have.needs, owner=owner)
            note(context, wanted, live, digest)
    for name in new_secrets(wanted, resources_of(have)).values():
        context.read(secret, place, name)  # for `remarks`
    return have if templates or _was_deleted(context, have, want) else None


def new_secrets(wanted: Resource | None, held: Collection[str]) -> dict[str, str]:
    """The names of the secrets that no stack holds yet, by logical id."""
    resources = resources_of(wanted) if wanted else {}
    return secret_names({logical_id: item for logical_id, item in resources.items() if logical_id not in held})


def _was_deleted(context: Context, empty: Resource, want: Mapping[Address, Resource]) -> bool:
    """Whether somebody deleted a baseline that is no longer in the YAML: reported until the next apply."""
    known = context.last_applied
    return bool(empty.address not in want and known and known.knows(empty.address) and not known.holds(empty))
