"""FullAWSAccess and RCPFullAWSAccess, which AWS attaches itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.organizations import models

from bootstrap.emulator.organizations.state import root_of

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.state import Organization, Policy, State, Target

_ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_CONTENTS = {
    "SERVICE_CONTROL_POLICY": ("FullAWSAccess", "Allows access to every operation", _ALLOW_ALL),
    "RESOURCE_CONTROL_POLICY": (
        "RCPFullAWSAccess",
        "Allows access to every resource",
        {**_ALLOW_ALL, "Principal": "*"},
    ),
}


def make(organization: Organization) -> list[Policy]:
    return [_policy(organization, policy_type) for policy_type in _CONTENTS]


def attach(state: State, target: Target, policy_type: str) -> None:
    """Attach AWS's policy of this type, if there is one.

    Organizations User Guide, "SCP evaluation": "When you enable SCPs, FullAWSAccess is attached to every root, OU and
    account"; RCPFullAWSAccess likewise. A new OU or account gets it when it is created.
    """
    for policy in state.policies:
        if policy.aws_managed and policy.type == policy_type and policy not in target.attached_policies:
            target.attached_policies.append(policy)
            policy.attachments.append(target)


def attach_all(state: State, policy_type: str) -> None:
    for target in [*state.ou, *state.accounts]:
        attach(state, target, policy_type)


def detach_all(state: State, policy_type: str) -> None:
    """Detach every policy of the type from all its targets."""
    for policy in state.policies:
        if policy.type == policy_type:
            for target in policy.attachments:
                target.attached_policies.remove(policy)
            policy.attachments.clear()


def attach_enabled(state: State, target: Target) -> None:
    for policy_type in root_of(state).policy_types:
        if policy_type["Status"] == "ENABLED":
            attach(state, target, policy_type["Type"])


def _policy(organization: Organization, policy_type: str) -> Policy:
    name, description, statement = _CONTENTS[policy_type]
    policy = models.FakePolicy(
        organization,
        Name=name,
        Description=description,
        Type=policy_type,
        Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    policy.id = f"p-{name}"
    policy.aws_managed = True
    # arn:aws:organizations::aws:policy/…: the policy is AWS's, not the organization's.
    policy._arn_format = f"arn:{{0}}:organizations::aws:policy/{policy_type.lower()}/{{3}}"  # noqa: SLF001
    made: Policy = policy
    return made
