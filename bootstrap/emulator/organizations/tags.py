"""Tags on the root, OUs, accounts and policies."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bootstrap.emulator.organizations.operation import operation, page_of
from bootstrap.emulator.organizations.state import (
    ACCOUNT_ID,
    OU_ID,
    POLICY_ID,
    ROOT_ID,
    constraint,
    error,
    find_account,
    find_parent,
    invalid,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Policy, State, Target

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
TAGS_PER_RESOURCE = 50
KEY_LENGTH = range(1, 129)
VALUE_LENGTH = range(257)
_PUNCTUATION = re.compile(r"[_.:/=+\-@]")


def checked_tags(have: Mapping[str, str], new: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The tags with the new ones added. Raises the error of AWS if one is not valid.

    "If any one of the tags is not valid or if you exceed the maximum allowed number of tags, then the
    entire request fails" (API reference, CreateAccount).
    """
    keys = [tag["Key"] for tag in new]
    if len(set(keys)) < len(keys):
        raise invalid("DUPLICATE_TAG_KEY", "Tag keys must be unique among the tags of a resource.")
    for tag in new:
        _check(tag["Key"], KEY_LENGTH)
        _check(tag["Value"], VALUE_LENGTH)
        if tag["Key"].lower().startswith("aws:"):
            message = "You specified a tag key that begins with aws:, which is reserved for AWS."
            raise invalid("INVALID_SYSTEM_TAGS_PARAMETER", message)
    tags = {**have, **{tag["Key"]: tag["Value"] for tag in new}}
    if len(tags) > TAGS_PER_RESOURCE:
        raise constraint("MAX_TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource.")
    return tags


def _check(text: str, length: range) -> None:
    r"""The model's pattern of TagKey and TagValue: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$."""
    if len(text) not in length:
        reason = "MIN_LENGTH_EXCEEDED" if len(text) < length.start else "MAX_LENGTH_EXCEEDED"
        raise invalid(reason, "You provided a tag key or value that is too short or too long.")
    if not all(unicodedata.category(each)[0] in "LZN" or _PUNCTUATION.match(each) for each in text):
        raise invalid("INVALID_PATTERN", "You provided a value that does not match the required pattern.")


@operation("tag_resource")
def tag_resource(state: State, request: Request) -> Answer:
    tagged = _tagged(state, request["ResourceId"])
    tagged.tags = checked_tags(tagged.tags, request["Tags"])
    return None


@operation("untag_resource")
def untag_resource(state: State, request: Request) -> Answer:
    """Remove tags. As on AWS, a missing key is no error."""
    tagged = _tagged(state, request["ResourceId"])
    tagged.tags = {key: value for key, value in tagged.tags.items() if key not in request["TagKeys"]}
    return None


@operation("list_tags_for_resource")
def list_tags_for_resource(state: State, request: Request) -> Answer:
    tags = _tagged(state, request["ResourceId"]).tags
    return page_of("Tags", [*tags.items()], lambda tag: {"Key": tag[0], "Value": tag[1]}, request)


def _tagged(state: State, resource_id: str) -> Target | Policy:
    shapes = (ROOT_ID, OU_ID, ACCOUNT_ID, POLICY_ID)
    if not any(shape.fullmatch(resource_id) for shape in shapes):
        raise invalid("INVALID_PATTERN_TARGET_ID", "You provided a value that does not match the required pattern.")
    policies = {policy.id: policy for policy in state.policies}
    found = find_parent(state, resource_id) or find_account(state, resource_id) or policies.get(resource_id)
    if found is None:
        raise error("TargetNotFoundException", "You specified a target that doesn't exist.")
    return found
