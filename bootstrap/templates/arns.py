"""The ARNs in the baseline's templates, for any partition and account.

The id of another account or of the organization is a reference (`Address.reference`) until the API call. In the text of
`Fn::Sub` it would look like a resource of the template, so it is passed as the value of a variable.
"""

from __future__ import annotations

from typing import Final

from troposphere import Sub

from bootstrap.model import names

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
