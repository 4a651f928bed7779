"""Tags on the root, OUs, accounts and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bootstrap.emulator.organizations import errors
from bootstrap.emulator.organizations.operation import operation, page_of
from bootstrap.emulator.organizations.state import (
    ACCOUNT_ID,
    OU_ID,
    POLICY_ID,
    ROOT_ID,
    find_account,
    find_parent,
)
from bootstrap.emulator.organizations.tag_rules import checked_tags

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Policy, State, Target


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
    page, token = page_of([{"Key": key, "Value": value} for key, value in tags.items()], request)
    return {"Tags": page, **token}


def _tagged(state: State, resource_id: str) -> Target | Policy:
    shapes = (ROOT_ID, OU_ID, ACCOUNT_ID, POLICY_ID)
    if not any(shape.fullmatch(resource_id) for shape in shapes):
        message = "You provided a value that does not match the required pattern."
        raise errors.invalid("INVALID_PATTERN_TARGET_ID", message)
    policies = {policy.id: policy for policy in state.policies}
    found = find_parent(state, resource_id) or find_account(state, resource_id) or policies.get(resource_id)
    if found is None:
        raise errors.error("TargetNotFoundException", "You specified a target that doesn't exist.")
    return found
