"""Drift in the trust of the access role: only the management account should be able to assume it.

The role is in no template: Organizations creates it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from bootstrap.engine.plan import Finding
from bootstrap.policy.language import meaning, texts
from bootstrap.resources.account.identities import identities
from bootstrap.resources.organization.reads import management_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootstrap.engine.kind import Context
    from bootstrap.model.resource import Address

_OF_ACCOUNT: Final = r"(?:arn:[\w-]+:(?:iam|sts)::{account}:.+|{account})"
# IAM replaces a deleted role or user by its unique id, which nobody can use any more.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
_DELETED: Final = r"A(?:ROA|IDA)[A-Z0-9]+"


def access_role_drift(context: Context, here: Address) -> Iterator[Finding]:
    """A finding if other principals may enter. A narrower trust is no drift."""
    name, management = context.aws.access_role, context.read(management_account)
    role = context.read(identities, context.ids[here]).roles[name]
    known = re.compile(f"{_OF_ACCOUNT.format(account=management)}|{_DELETED}")
    if others := sorted(who for who in _principals(role.trust) if not known.fullmatch(who)):
        what = f"its trust policy admits principals outside the management account: {', '.join(others)}"
        yield Finding(here, name, what, f"arn:aws:iam::{management}:root", _text(role.trust))


def _principals(trust: Any) -> Iterator[str]:
    """Each principal that a trust policy allows, as IAM writes it."""
    statements = trust["Statement"]
    for statement in [statements] if isinstance(statements, Mapping) else statements:
        if statement["Effect"] == "Allow" and "NotPrincipal" in statement:
            yield f"everyone except {_text(statement['NotPrincipal'])}"
        elif statement["Effect"] == "Allow":
            principal = statement["Principal"]
            yield from (
                (who for values in principal.values() for who in texts(values))
                if isinstance(principal, Mapping)
                else texts(principal)
            )


def _text(document: Any) -> str:
    return json.dumps(meaning(document), ensure_ascii=False)
