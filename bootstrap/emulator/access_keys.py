"""Derives the account of an access key from the key itself."""

from __future__ import annotations

import base64
import binascii

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam import models
from moto.iam.utils import ACCOUNT_OFFSET, AWS_ROLE_ALPHABET

from bootstrap.emulator.patching import replaces

KEY_LENGTH = 20


@replaces(models, "get_account_id_from")
def account_of(access_key: str) -> str:
    """Replace moto's search through every account: as on AWS, the key encodes its account."""
    account_id = _account_id_in(access_key)
    if account_id in models.iam_backends:
        for backend in models.iam_backends[account_id].values():
            if access_key in backend.access_keys:
                return account_id
    return str(DEFAULT_ACCOUNT_ID)


def _account_id_in(access_key: str) -> str:
    """Undo moto.iam.utils.generate_access_key_id_from_account_id."""
    if len(access_key) != KEY_LENGTH:
        return ""
    try:
        half = int.from_bytes(base64.b32decode(access_key[4:12]), "big") - ACCOUNT_OFFSET
    except binascii.Error:
        return ""
    odd = AWS_ROLE_ALPHABET.find(access_key[12]) >= len(AWS_ROLE_ALPHABET) // 2
    return f"{half * 2 + odd:012d}"
