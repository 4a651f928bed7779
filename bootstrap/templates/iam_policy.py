"""IAM policy documents, as the baseline's templates have them."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

# JSON whose values may be troposphere's functions (`Sub`, `Ref`). Troposphere has no types.
Statement: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]

_VERSION: Final = "2012-10-17"


def document(*statements: Statement) -> Document:
    return {"Version": _VERSION, "Statement": list(statements)}


def allow(sid: str, actions: list[str], resources: Any, condition: Any = None) -> Statement:
    return _statement("Allow", sid, actions, resources, condition)


def deny(sid: str, actions: list[str], resources: Any, condition: Any = None) -> Statement:
    return _statement("Deny", sid, actions, resources, condition)


def trust(sid: str, actions: list[str], principal: Any, condition: Any) -> Statement:
    """Who may assume a role. A trust policy names no resource: the role is the resource."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Principal": principal, "Condition": condition}


def _statement(effect: str, sid: str, actions: list[str], resources: Any, condition: Any) -> Statement:
    statement = {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}
    return statement | {"Condition": condition} if condition else statement
