"""STS: whose an access key is, and AssumeRole, which fails where AWS refuses it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html, "I can't assume a role". Nobody
can assume a role in a new account at first (API reference of Organizations, CreateAccount), nor in a closed one
(https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import AccessDeniedError
from moto.iam import models
from moto.iam.models import iam_backends
from moto.iam.utils import ACCOUNT_OFFSET, AWS_ROLE_ALPHABET
from moto.organizations.models import organizations_backends
from moto.sts.responses import TokenResponse

from bootstrap.emulator.iam import is_visible
from bootstrap.emulator.organizations.state import find_account
from bootstrap.emulator.patching import original, replaces

if TYPE_CHECKING:
    from moto.core.responses import ActionResult

_KEY_LENGTH = 20
_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::(?P<account>\d{12}):role/.+")
_assume_role_moto = original(TokenResponse, "assume_role")


@replaces(models, "get_account_id_from")
def account_of_key(access_key: str) -> str:
    """Replace moto's search through every account: as on AWS, the key encodes its account."""
    account_id = _account_id_in(access_key)
    if account_id in iam_backends:
        for backend in iam_backends[account_id].values():
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
    match = _ROLE_ARN.fullmatch(role_arn)
    caller, partition = response.current_account, response.partition
    if not match or not _may_be_reached(caller, match["account"], partition) or not _is_seen(match, partition):
        _, user, _ = response.backend.get_caller_identity(response.get_access_key(), response.region)
        raise AccessDeniedError(user, f"sts:AssumeRole on resource: {role_arn}")
    return _assume_role_moto(response)


def _may_be_reached(caller: str, account_id: str, partition: str) -> bool:
    if caller == account_id:
        return True
    management_id, partition = organizations_backends.master_accounts.get(caller, (caller, partition))
    state = organizations_backends[management_id][partition]
    account = find_account(state, account_id)
    open_states = {"PENDING_ACTIVATION", "ACTIVE", "PENDING_CLOSURE"}
    return account is not None and account.state in open_states and account.readiness != "made"


def _is_seen(match: re.Match[str], partition: str) -> bool:
    roles = iam_backends[match["account"]][partition].roles.values()
    return any(role.arn == match.string and is_visible(role) for role in roles)
