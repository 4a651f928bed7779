"""Our tags: what they say, which of a thing's tags they are, and how Organizations is told of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeGuard

from bootstrap.aws.tags import tags_of
from bootstrap.engine.plan import Cause
from bootstrap.model.names import KEY_TAG, TAG_PREFIX
from bootstrap.secrecy.mask import hide
from bootstrap.secrecy.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.aws.api import AwsApi
    from bootstrap.engine.kind import Context
    from bootstrap.engine.plan import Change
    from bootstrap.model.resource import Json, Resource

ENVIRONMENT_TAG: Final = TAG_PREFIX + "environment"
LEFT_TAG: Final = TAG_PREFIX + "left"
"""Of an account that left its environment for none: what it had there, a baseline above all, is there still."""
# TagResource and UntagResource take one thing each; a thing has at most 50 tags, ours are four, or five.


def ours(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags among these that this tool wrote; all others belong to somebody else and stay as they are."""
    return {key: value for key, value in sorted(tags.items()) if key.startswith(TAG_PREFIX)}


def read(context: Context, arn: str, want: Resource | None) -> dict[str, str]:
    """Our tags on a thing that is to be as `want`, or whose fate does not hang on them."""
    wanted = want.body["tags"] if want else None
    shown = hide(ours(context.inventory.tags(arn, wanted)), wanted)
    assert _is_tags(shown)
    return dict(shown)


def is_ours(tags: Mapping[str, str]) -> bool:
    return KEY_TAG in tags


def taken_over(change: Change) -> Iterator[str]:
    """What a plan says of a change that makes a thing ours that was there before."""
    if not (change.before and change.after) or tag(change.before, KEY_TAG) or not tag(change.after, KEY_TAG):
        return
    if change.cause is Cause.DRIFT:
        yield "somebody took off the tag that makes it ours"
    else:
        yield "it is there already, made by somebody else, and becomes ours"


def environment(account: Resource) -> str:
    """The environment that an account is tagged with, or nothing."""
    return tag(account, ENVIRONMENT_TAG)


def tag(resource: Resource, key: str) -> str:
    """One of our tags on a resource, or nothing."""
    tags = resource.body["tags"]
    assert _is_tags(tags)
    return tags.get(key, "")


def as_list(tags: Json) -> list[dict[str, str]]:
    """Tags as AWS takes them."""
    assert _is_tags(tags)
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def write_tags(aws: AwsApi, aws_id: str, have: Json, want: Json) -> None:
    """Make our tags on a root, OU, account or policy be `want`."""
    assert _is_tags(have)
    assert _is_tags(want)
    if changed := {key: value for key, value in want.items() if have.get(key) != value}:
        aws.call("organizations.TagResource", ResourceId=aws_id, Tags=as_list(changed))
    if gone := sorted(have.keys() - want.keys()):
        aws.call("organizations.UntagResource", ResourceId=aws_id, TagKeys=_as_there(aws, aws_id, gone))


def _as_there(aws: AwsApi, aws_id: str, keys: list[str]) -> list[str]:
    """The keys of tags as AWS knows them. One that may hold a secret was masked, which no key is that AWS takes.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Tag.html
    """
    if not any("*" in key for key in keys):
        return keys
    return sorted(key for key in tags_of(aws, aws_id) if masked(key) in keys)


def _is_tags(value: Json) -> TypeGuard[Mapping[str, str]]:
    return isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
