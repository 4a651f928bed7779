"""IAM and STS: AWS managed policies, eventual consistency, and refusals that moto lacks.

IAM refuses principals and boundaries that do not exist. STS refuses AssumeRole, see
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html, "I can't assume a role". Nobody
can assume a role in a new account at first (API reference of Organizations, CreateAccount), nor in a closed one
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import AccessDeniedError
from moto.iam import models
from moto.iam.exceptions import MalformedPolicyDocument, NotFoundException
from moto.iam.utils import ACCOUNT_OFFSET, AWS_ROLE_ALPHABET
from moto.organizations.models import organizations_backends
from moto.sts.responses import TokenResponse

from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations.state import find_account, state_with
from bootstrap.emulator.patching import original, replaces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moto.core.responses import ActionResult

# moto can load all 1,400 AWS managed policies, which takes 1.4 s and 33 MB for each account. Deploy roles and
# permissions boundaries use these.
MANAGED_POLICIES = (
    "AdministratorAccess",
    "AWSCloudFormationFullAccess",
    "AWSLambdaBasicExecutionRole",
    "Billing",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
_ENTITY = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):(?P<kind>role|user)/.+")
_KEY_LENGTH = 20
_OWN_POLICY = re.compile(r"arn:[\w-]+:iam::\d{12}:policy/.+")

_create_role_moto = original(models.IAMBackend, "create_role")
_update_trust_moto = original(models.IAMBackend, "update_assume_role_policy")
_assume_role_moto = original(TokenResponse, "assume_role")
_put_boundary_moto = original(models.IAMBackend, "put_role_permissions_boundary")


def _managed_policy(name: str) -> dict[str, Any]:
    """Moto has all of them in one text, which takes a fifth of a second to parse."""
    text: str = models.aws_managed_policies_data
    policy: dict[str, Any] = json.JSONDecoder().raw_decode(text, text.index("{", text.index(f'\n "{name}":')))[0]
    return policy


_MANAGED_POLICIES = {name: _managed_policy(name) for name in MANAGED_POLICIES}


@replaces(models.IAMBackend, "_init_aws_policies")
def _init_aws_policies(backend: Any) -> list[models.AWSManagedPolicy]:
    return [
        models.AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, policy)
        for name, policy in _MANAGED_POLICIES.items()
    ]


def mark_written(role: Any) -> None:
    """Hide the role from STS until the change has propagated. IAM itself sees it at once.

    IAM User Guide, "Troubleshoot general issues", "Changes that I make are not always immediately visible":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
    """
    role.visible_from = CURRENT.scheduler.now() + CURRENT.profile.delays.iam_propagation.pick(CURRENT.random)


def is_visible(role: Any) -> bool:
    return bool(role.visible_from <= CURRENT.scheduler.now())


def _mark_after(name: str, role_at: int) -> None:
    """Mark the role that is this argument of a function of moto's after each call."""
    moto: Callable[..., None] = original(models.IAMBackend, name)

    def write(backend: Any, *arguments: str) -> None:
        moto(backend, *arguments)
        mark_written(backend.get_role(arguments[role_at]))

    replaces(models.IAMBackend, name)(write)


_mark_after("put_role_policy", 0)
_mark_after("delete_role_policy", 0)
_mark_after("attach_role_policy", 1)
_mark_after("detach_role_policy", 1)


@replaces(models.IAMBackend, "create_role")
def create_role(
    backend: Any,
    role_name: str,
    assume_role_policy_document: str,
    path: str,
    permissions_boundary: str | None,
    *more: Any,
    **named: Any,
) -> models.Role:
    _check_principals(assume_role_policy_document)
    _check_boundary(backend, permissions_boundary)
    given = (role_name, assume_role_policy_document, path, permissions_boundary)
    role = _create_role_moto(backend, *given, *more, **named)
    mark_written(role)
    return role


@replaces(models.IAMBackend, "update_assume_role_policy")
def update_assume_role_policy(backend: Any, role_name: str, policy_document: str) -> None:
    _check_principals(policy_document)
    _update_trust_moto(backend, role_name, policy_document)
    mark_written(backend.get_role(role_name))


@replaces(models.IAMBackend, "put_role_permissions_boundary")
def put_role_permissions_boundary(backend: Any, role_name: str, permissions_boundary: str) -> None:
    _check_boundary(backend, permissions_boundary)
    _put_boundary_moto(backend, role_name, permissions_boundary)


def _check_principals(document: str) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal": IAM replaces the ARN of a role or user by its unique id
    when it saves a trust policy, so the role or user must exist.
    """
    for arn in _aws_principals(document):
        match = _ENTITY.fullmatch(arn)
        if match and _is_emulated(match["account"]) and not _exists(match):
            message = f'Invalid principal in policy: "AWS":"{arn}"'
            raise MalformedPolicyDocument(message)


def _aws_principals(document: str) -> Iterator[str]:
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, TypeError, KeyError):
        return  # moto validates the document itself
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        arns = principal.get("AWS", []) if isinstance(principal, dict) else []
        yield from [arns] if isinstance(arns, str) else arns


def _is_emulated(account_id: str) -> bool:
    """Whether the emulator has this account. It cannot know what exists in any other."""
    states = [state for regions in list(organizations_backends.values()) for state in regions.values()]
    return any(find_account(state, account_id) is not None for state in states)


def _exists(match: re.Match[str]) -> bool:
    for backend in models.iam_backends[match["account"]].values():
        entities = backend.roles if match["kind"] == "role" else backend.users
        if any(entity.arn == match.string for entity in entities.values()):
            return True
    return False


def _check_boundary(backend: Any, arn: str | None) -> None:
    """API reference, PutRolePermissionsBoundary: NoSuchEntity for a policy that does not exist."""
    if arn and _OWN_POLICY.fullmatch(arn) and arn not in backend.managed_policies:
        raise NotFoundException(f"Scope ARN: {arn} does not exist or is not attachable.")


@replaces(models, "get_account_id_from")
def account_of_key(access_key: str) -> str:
    """Replace moto's search through every account: as on AWS, the key encodes its account."""
    account_id = _account_id_in(access_key)
    if account_id in models.iam_backends:
        for backend in models.iam_backends[account_id].values():
            if access_key in backend.access_keys:
                return account_id
    return str(DEFAULT_ACCOUNT_ID)


def _account_id_in(access_key: str) -> str:
    """Undo moto.iam.utils.generate_access_key_id_from_account_id."""
    if len(access_key) != _KEY_LENGTH:
        return ""
    try:
        half = int.from_bytes(base64.b32decode(access_key[4:12]), "big") - ACCOUNT_OFFSET
    except binascii.Error:
        return ""
    odd = AWS_ROLE_ALPHABET.find(access_key[12]) >= len(AWS_ROLE_ALPHABET) // 2
    return f"{half * 2 + odd:012d}"


@replaces(TokenResponse, "assume_role")
def assume_role(response: Any) -> ActionResult:
    """Refuse an ARN of no role that can be assumed; moto gives credentials for any ARN.

    AWS answers AccessDenied whether the role is missing or may not be assumed
    (https://repost.aws/knowledge-center/iam-assume-role-error). The emulator does not evaluate trust policies.
    """
    role_arn = response._get_param("RoleArn")  # noqa: SLF001 (moto's way)
    match = _ENTITY.fullmatch(role_arn)
    caller, partition = response.current_account, response.partition
    if not match or not _may_be_reached(caller, match["account"], partition) or not _is_seen(match, partition):
        _, user, _ = response.backend.get_caller_identity(response.get_access_key(), response.region)
        raise AccessDeniedError(user, f"sts:AssumeRole on resource: {role_arn}")
    return _assume_role_moto(response)


def _may_be_reached(caller: str, account_id: str, partition: str) -> bool:
    if caller == account_id:
        return True
    state = state_with(caller, partition)
    account = find_account(state, account_id) if state else None
    open_states = {"PENDING_ACTIVATION", "ACTIVE", "PENDING_CLOSURE"}
    return account is not None and account.state in open_states and account.readiness != "made"


def _is_seen(match: re.Match[str], partition: str) -> bool:
    roles = models.iam_backends[match["account"]][partition].roles.values()
    return any(role.arn == match.string and is_visible(role) for role in roles)
