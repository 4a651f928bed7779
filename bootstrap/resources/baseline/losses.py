"""What takes a closer look, or a word, of a change of one resource in a template: it goes, or lets others do more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.engine.plan import Blocker, consent
from bootstrap.model.diff import differences
from bootstrap.policy.trust import admits_more
from bootstrap.resources.baseline.retained import SECRET
from bootstrap.resources.baseline.template import is_kept, properties_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.model.resource import Address


def refused(here: Address, logical_id: str, was: Any, becomes: Any) -> Iterator[Blocker]:
    """The words that it takes: `was` and `becomes` are the resource as the templates of `here` have it, or None."""
    if type_of(becomes) != type_of(was):
        reason = ""
        if type_of(was).startswith("AWS::IAM::"):
            reason = f"this removes {logical_id}, which deployments and this tool rely on"
        elif type_of(was) == SECRET and not is_kept(was):
            reason = (
                f"this deletes the secret {logical_id} with its value: nothing in the template of its stack keeps it"
            )
        if reason:
            yield Blocker(here, reason, token=consent("remove", f"{here.name}/{logical_id}"))
    if becomes is None:
        return
    is_new = type_of(becomes) != type_of(was)
    before, after = properties_of(None if is_new else was), properties_of(becomes)
    # CloudFormation generates a new value whatever of the rule has changed.
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2210
    rule = after.get("GenerateSecretString")
    if type_of(was) == SECRET and rule and rule != before.get("GenerateSecretString"):
        yield Blocker(
            here,
            f"this makes a new value of the secret {after['Name']}; the old one is lost to whatever still uses it",
            hint="put the rule of `generated` back to keep the value",
            token=consent("regenerate", f"{here.name}/{after['Name']}"),
        )
    if admits_more(after.get("AssumeRolePolicyDocument"), before.get("AssumeRolePolicyDocument")):
        yield Blocker(
            here,
            f"others may enter through the role {logical_id}{', which is new' if is_new else ' than before'}",
            hint="see who, in its AssumeRolePolicyDocument",
            token=consent("trust", f"{here.name}/{logical_id}"),
        )


def is_loss_or_right(was: Any, becomes: Any) -> bool:
    """Whether something goes away, or who may do what may change, with one resource of a template."""
    if becomes is None or (was and type_of(was) != type_of(becomes)):
        return True
    paths = {difference.path[:2] for difference in differences(was, becomes)}
    if type_of(becomes).startswith("AWS::IAM::"):
        return not paths <= {("Properties", "Tags"), ("Properties", "Description")}
    # Under another name it is another secret, and this one stays behind.
    return was is not None and type_of(becomes) == SECRET and ("Properties", "Name") in paths
