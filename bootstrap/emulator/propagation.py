"""IAM is eventually consistent: STS sees a change of a role only after a delay."""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.patching import original, replaces


def mark_written(role: Any) -> None:
    """Hide the role from STS until the change has propagated. IAM itself sees it at once.

    IAM User Guide, "Troubleshoot general issues", "Changes that I make are not always immediately visible":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
    """
    role.visible_from = CURRENT.scheduler.now() + CURRENT.profile.delays.iam_propagation.pick(CURRENT.random)


def is_visible(role: Any) -> bool:
    return bool(role.visible_from <= CURRENT.scheduler.now())


_put_moto = original(IAMBackend, "put_role_policy")
_delete_moto = original(IAMBackend, "delete_role_policy")
_attach_moto = original(IAMBackend, "attach_role_policy")
_detach_moto = original(IAMBackend, "detach_role_policy")


@replaces(IAMBackend, "put_role_policy")
def put_role_policy(backend: Any, role_name: str, policy_name: str, policy_json: str) -> None:
    _put_moto(backend, role_name, policy_name, policy_json)
    mark_written(backend.get_role(role_name))


@replaces(IAMBackend, "delete_role_policy")
def delete_role_policy(backend: Any, role_name: str, policy_name: str) -> None:
    _delete_moto(backend, role_name, policy_name)
    mark_written(backend.get_role(role_name))


@replaces(IAMBackend, "attach_role_policy")
def attach_role_policy(backend: Any, policy_arn: str, role_name: str) -> None:
    _attach_moto(backend, policy_arn, role_name)
    mark_written(backend.get_role(role_name))


@replaces(IAMBackend, "detach_role_policy")
def detach_role_policy(backend: Any, policy_arn: str, role_name: str) -> None:
    _detach_moto(backend, policy_arn, role_name)
    mark_written(backend.get_role(role_name))
