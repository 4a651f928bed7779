"""Changes of one resource in a template that need an approval or a closer review: deletions and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.engine.plan import Blocker, approval
from bootstrap.model.diff import differences
from bootstrap.policy.trust import admits_more
from bootstrap.resources.baseline.reads import SECRET
from bootstrap.resources.baseline.template import is_retained, properties_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Address


def blockers(here: Address, logical_id: str, before: Any, after: Any) -> Iterator[Blocker]:
    """`before` and `after` are the resource as the templates of `here` have it, or None."""
    if type_of(after) != type_of(before):
        yield from _removed(here, logical_id, before)
    if after is None:
        return
    is_new = type_of(after) != type_of(before)
    old, new = properties_of(None if is_new else before), properties_of(after)
    # CloudFormation generates a new value if any part of the rule has changed.
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2210
    rule = new.get("GenerateSecretString")
    if type_of(before) == SECRET and rule and rule != old.get("GenerateSecretString"):
        yield Blocker(
            here,
            f"generates a new value of the secret {new['Name']}; anything that still uses the old value stops working",
            hint="undo the change of `generated` to keep the value",
            token=approval("regenerate", f"{here.name}/{new['Name']}"),
        )
    if admits_more(new.get("AssumeRolePolicyDocument"), old.get("AssumeRolePolicyDocument")):
        yield Blocker(
            here,
            f"the trust policy of {'the new role ' if is_new else ''}{logical_id} admits more principals",
            hint="review its AssumeRolePolicyDocument",
            token=approval("trust", f"{here.name}/{logical_id}"),
        )


def deletes_or_permits(before: Any, after: Any) -> bool:
    if after is None or (before and type_of(before) != type_of(after)):
        return True
    paths = {difference.path[:2] for difference in differences(before, after)}
    if type_of(after).startswith("AWS::IAM::"):
        return not paths <= {("Properties", "Tags"), ("Properties", "Description")}
    # Another name makes another secret, and the old one stays.
    return before is not None and type_of(after) == SECRET and ("Properties", "Name") in paths


def _removed(here: Address, logical_id: str, before: Any) -> Iterator[Blocker]:
    reason = ""
    if type_of(before).startswith("AWS::IAM::"):
        reason = f"removes {logical_id}, which deployments and this tool need"
    elif type_of(before) == SECRET and not is_retained(before):
        reason = f"deletes the secret {logical_id} with its value: it has no `DeletionPolicy: Retain`"
    if reason:
        yield Blocker(here, reason, token=approval("remove", f"{here.name}/{logical_id}"))
