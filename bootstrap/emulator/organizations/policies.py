"""Policies of all types and their attachments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from moto.organizations import models

from bootstrap.emulator.limits import POLICY_LIMITS
from bootstrap.emulator.organizations import grammar
from bootstrap.emulator.organizations.operation import operation, page_of
from bootstrap.emulator.organizations.state import (
    POLICY_ID,
    constraint,
    error,
    invalid,
    organization_of,
    root_of,
    target_of,
)
from bootstrap.emulator.organizations.tags import checked_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Organization, Policy, State, Target

_ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_FULL_ACCESS = {
    "SERVICE_CONTROL_POLICY": ("FullAWSAccess", "Allows access to every operation", _ALLOW_ALL),
    "RESOURCE_CONTROL_POLICY": (
        "RCPFullAWSAccess",
        "Allows access to every resource",
        {**_ALLOW_ALL, "Principal": "*"},
    ),
}


@operation("create_policy")
def create_policy(state: State, request: Request) -> Answer:
    policy_type = _checked_type(request["Type"])
    _check_content(policy_type, request["Content"])
    _check_name_is_free(state, policy_type, request["Name"])
    tags = checked_tags({}, request.get("Tags", []))
    # moto refuses all but four types: create a policy of one of those, and set its real type afterwards.
    known = {**request, "Type": "TAG_POLICY", "Tags": []}
    policy = models.FakePolicy(organization_of(state), **known)
    policy.type = policy_type
    policy._arn_format = f"arn:{{0}}:organizations::{{1}}:policy/{{2}}/{policy_type.lower()}/{{3}}"  # noqa: SLF001
    policy.tags = tags
    state.policies.append(policy)
    return policy.describe()  # type: ignore[no-any-return]


@operation("describe_policy")
def describe_policy(state: State, request: Request) -> Answer:
    return policy_of(state, request["PolicyId"]).describe()


@operation("update_policy")
def update_policy(state: State, request: Request) -> Answer:
    policy = _own_policy(state, request["PolicyId"])
    name = request.get("Name", policy.name)
    content = request.get("Content", policy.content)
    _check_content(policy.type, content)
    if name != policy.name:
        _check_name_is_free(state, policy.type, name)
    policy.name = name
    policy.content = content
    policy.description = request.get("Description", policy.description)
    return policy.describe()


@operation("delete_policy")
def delete_policy(state: State, request: Request) -> Answer:
    policy = _own_policy(state, request["PolicyId"])
    if policy.attachments:
        message = (
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and "
            "accounts before performing this operation."
        )
        raise error("PolicyInUseException", message)
    state.policies.remove(policy)
    return None


@operation("list_policies")
def list_policies(state: State, request: Request) -> Answer:
    policy_type = _checked_type(request["Filter"])
    found = [policy for policy in state.policies if policy.type == policy_type]
    return page_of("Policies", found, _summary, request)


@operation("list_policies_for_target")
def list_policies_for_target(state: State, request: Request) -> Answer:
    policy_type = _checked_type(request["Filter"])
    found = _attached(target_of(state, request["TargetId"]), policy_type)
    return page_of("Policies", found, _summary, request)


@operation("list_targets_for_policy")
def list_targets_for_policy(state: State, request: Request) -> Answer:
    def described(target: Target) -> dict[str, str]:
        return {"TargetId": target.id, "Arn": target.arn, "Name": target.name, "Type": target.type}

    return page_of("Targets", policy_of(state, request["PolicyId"]).attachments, described, request)


@operation("attach_policy")
def attach_policy(state: State, request: Request) -> Answer:
    policy = policy_of(state, request["PolicyId"])
    target = target_of(state, request["TargetId"])
    if policy.type not in enabled_types(state):
        raise error("PolicyTypeNotEnabledException", "The specified policy type isn't currently enabled in this root.")
    if policy in target.attached_policies:
        message = "The selected policy is already attached to the specified target."
        raise error("DuplicatePolicyAttachmentException", message)
    if len(_attached(target, policy.type)) >= POLICY_LIMITS[policy.type].attached:
        message = "You have attached the maximum number of policies of this type to the target."
        raise constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message)
    attach(policy, target)
    return None


@operation("detach_policy")
def detach_policy(state: State, request: Request) -> Answer:
    policy = policy_of(state, request["PolicyId"])
    target = target_of(state, request["TargetId"])
    if policy not in target.attached_policies:
        message = "The policy isn't attached to the specified target in the specified root."
        raise error("PolicyNotAttachedException", message)
    if policy.aws_managed and policy.type == "RESOURCE_CONTROL_POLICY":
        raise invalid("NON_DETACHABLE_POLICY", "You can't detach this policy.")
    if len(_attached(target, policy.type)) <= POLICY_LIMITS[policy.type].always_attached:
        # API reference, DetachPolicy: "you can't remove the last SCP".
        message = "You cannot remove the last policy of this type from the target."
        raise constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", message)
    target.attached_policies.remove(policy)
    policy.attachments.remove(target)
    return None


def policy_of(state: State, policy_id: str) -> Policy:
    if not POLICY_ID.fullmatch(policy_id):
        raise invalid("INVALID_SYNTAX_POLICY_ID", "You specified an invalid policy id.")
    policy = next((policy for policy in state.policies if policy.id == policy_id), None)
    if policy is None:
        raise error("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
    return policy


def _own_policy(state: State, policy_id: str) -> Policy:
    policy = policy_of(state, policy_id)
    if policy.aws_managed:
        message = "You specified a policy that is managed by Amazon Web Services and can't be modified."
        raise invalid("IMMUTABLE_POLICY", message)
    return policy


def _checked_type(policy_type: str) -> str:
    if policy_type not in POLICY_LIMITS:
        raise invalid("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
    return policy_type


def _check_content(policy_type: str, content: str) -> None:
    """Limits page: through the API "the policy is saved exactly as you provided", so white space counts."""
    if len(content) > POLICY_LIMITS[policy_type].characters:
        raise constraint("POLICY_CONTENT_LIMIT_EXCEEDED", "The policy content exceeds the maximum size.")
    grammar.check(policy_type, content)


def _check_name_is_free(state: State, policy_type: str, name: str) -> None:
    if any(policy.type == policy_type and policy.name == name for policy in state.policies):
        raise error("DuplicatePolicyException", "A policy with the same name and type already exists.")


def _attached(target: Target, policy_type: str) -> list[Policy]:
    return [policy for policy in target.attached_policies if policy.type == policy_type]


def _summary(policy: Policy) -> object:
    return policy.describe()["Policy"]["PolicySummary"]


def aws_managed(organization: Organization) -> Iterator[Policy]:
    """FullAWSAccess and RCPFullAWSAccess."""
    for policy_type, (name, description, statement) in _FULL_ACCESS.items():
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
        yield policy


def attach(policy: Policy, target: Target) -> None:
    if policy not in target.attached_policies:
        target.attached_policies.append(policy)
        policy.attachments.append(target)


def attach_full_access(state: State, targets: Iterable[Target], policy_types: Collection[str]) -> None:
    """Attach AWS's policies of these types.

    Organizations User Guide, "SCP evaluation": "When you enable SCPs, FullAWSAccess is attached to every root, OU and
    account"; RCPFullAWSAccess likewise. A new OU or account gets it when it is created.
    """
    for policy in state.policies:
        if policy.aws_managed and policy.type in policy_types:
            for target in targets:
                attach(policy, target)


def enabled_types(state: State) -> set[str]:
    """Without those that are PENDING_ENABLE."""
    return {each["Type"] for each in root_of(state).policy_types if each["Status"] == "ENABLED"}


def detach_all(state: State, policy_type: str) -> None:
    """Detach every policy of the type from all its targets."""
    for policy in state.policies:
        if policy.type == policy_type:
            for target in policy.attachments:
                target.attached_policies.remove(policy)
            policy.attachments.clear()
