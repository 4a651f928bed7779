"""IAM policy documents, and the ARNs in them, for any partition and account.

The id of another account or of the organization is a reference (`Address.reference`) until the API call. In the text of
`Fn::Sub` it would look like a resource of the template, so it is passed as the value of a variable.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from troposphere import Sub

from bootstrap.model import names

# JSON whose values may be troposphere's functions (`Sub`, `Ref`). Troposphere has no types.
Statement: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]

OWN_STACKS: Final = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/*")
OWN_CHANGE_SETS: Final = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:changeSet/*")

TRANSFORMS: Final = Sub("arn:${AWS::Partition}:cloudformation:*:aws:transform/*")
"""AWS's own macros, such as SAM's."""

BASELINE_STACKS: Final = [
    Sub(f"arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{name}*/*")
    # StackSets names its stacks StackSet-NAME-UUID; this tool creates the stack without the prefix.
    # https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stack-instance.html
    for name in (names.BASELINE_STACK, f"StackSet-{names.BASELINE_STACK}")
]

OBJECTS: Final = Sub("arn:${AWS::Partition}:s3:::*/*")
ADMINISTRATOR_ACCESS: Final = Sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess")

BOUNDARY: Final = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{names.BOUNDARY}")


def own_role(name: str) -> Sub:
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{name}")


def role_of(account_id: str, name: str) -> Sub:
    return Sub(f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{name}", {"Account": account_id})


def account_of(account_id: str) -> Sub:
    """The account as a principal: every identity in it that its own policies allow."""
    return Sub("arn:${AWS::Partition}:iam::${Account}:root", {"Account": account_id})


def document(*statements: Statement) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


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
