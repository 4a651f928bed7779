"""Tags of organizational units, accounts and policies: reading, writing, and which are ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from bootstrap import facts
from bootstrap.aws.retry import UNAVAILABLE
from bootstrap.engine.plan import Cause
from bootstrap.model.errors import AwsError
from bootstrap.model.names import KEY_TAG, TAG_PREFIX
from bootstrap.resources.account.reads import accounts
from bootstrap.resources.organizational_unit.reads import ous
from bootstrap.resources.policy.reads import policies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.model.resource import Json, Resource

ENVIRONMENT_TAG: Final = TAG_PREFIX + "environment"
LEFT_TAG: Final = TAG_PREFIX + "left"
"""On an account that left its environment for none: its baseline is still there."""


def all_tags(inventory: Inventory) -> Mapping[str, Mapping[str, str]]:
    """The tags of everything in the organization by ARN, 100 resources a page. If the tagging API is not
    available, each resource is read from Organizations instead, ten a second.
    """
    aws = inventory.aws
    try:
        found = list(
            aws.pages(
                "resourcegroupstaggingapi.GetResources",
                "ResourceTagMappingList",
                more="PaginationToken",
                ResourceTypeFilters=["organizations"],
                ResourcesPerPage=facts.TAGGING_PAGE_SIZE,
            )
        )
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        arns = _taggable(inventory)
        return dict(zip(arns, aws.each(lambda arn: tags_of(aws, arn), arns), strict=True))
    return {item["ResourceARN"]: _as_mapping(item["Tags"]) for item in found}


def tags_of(aws: AwsApi, arn: str) -> Mapping[str, str]:
    # arn:aws:organizations::123456789012:account/o-1/210987654321, …:policy/o-1/service_control_policy/p-1
    found = aws.pages("organizations.ListTagsForResource", "Tags", ResourceId=arn.rpartition("/")[2])
    return _as_mapping(found)


def read(context: Context, arn: str, want: Resource | None = None) -> dict[str, str]:
    """Our tags on a resource.

    The tagging API lags at times, so if ours differ from the wanted ones, they are read from Organizations once.
    """
    known = context.read(all_tags).get(arn, {})
    if want is None or want.body["tags"] == ours(known):
        return ours(known)
    try:
        return ours(context.read(_current, arn))
    except AwsError as error:
        if error.code not in UNAVAILABLE:
            raise
        return ours(known)  # a snapshot of another YAML has only the first answer


def _current(inventory: Inventory, arn: str) -> Mapping[str, str]:
    return tags_of(inventory.aws, arn)


def ours(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags with our prefix; others belong to somebody else and stay as they are."""
    return {key: value for key, value in sorted(tags.items()) if key.startswith(TAG_PREFIX)}


def is_managed(tags: Mapping[str, str]) -> bool:
    return KEY_TAG in tags


def imported(change: Change) -> Iterator[str]:
    """The remark on a change that imports an existing resource."""
    if not (change.before and change.after) or tag(change.before, KEY_TAG) or not tag(change.after, KEY_TAG):
        return
    if change.cause is Cause.DRIFT:
        yield "somebody removed the tag that marks it as managed"
    else:
        yield "existing, unmanaged resource; will be imported"


def environment(account: Resource) -> str:
    return tag(account, ENVIRONMENT_TAG)


def tag(resource: Resource, key: str) -> str:
    tags = resource.body["tags"]
    assert _is_tags(tags)
    return tags.get(key, "")


def as_list(tags: Json) -> list[dict[str, str]]:
    assert _is_tags(tags)
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def write_tags(aws: AwsApi, aws_id: str, have: Json, want: Json) -> None:
    """Make our tags on a root, OU, account or policy be `want`."""
    assert _is_tags(have)
    assert _is_tags(want)
    if changed := {key: value for key, value in want.items() if have.get(key) != value}:
        aws.call("organizations.TagResource", ResourceId=aws_id, Tags=as_list(changed))
    if removed := sorted(have.keys() - want.keys()):
        aws.call("organizations.UntagResource", ResourceId=aws_id, TagKeys=removed)


def _taggable(inventory: Inventory) -> list[str]:
    """The ARNs of resources that may have tags. Each costs a call, so AWS's own policies are left out."""
    return [
        *(ou.arn for ou in inventory.read(ous).values()),
        *(account.arn for account in inventory.read(accounts)),
        *(policy.arn for policy in inventory.read(policies) if not policy.aws_managed),
    ]


def _as_mapping(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _is_tags(value: Json) -> TypeGuard[Mapping[str, str]]:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
