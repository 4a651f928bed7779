"""The permissions boundary: what nothing that is deployed into an account can ever do there.

It binds the execution role, and through it every role and user that a deployment makes, for they cannot be
made without it: a SAM template names it as `PermissionsBoundary`, a CDK application in its context as
`@aws-cdk/core:permissionsBoundary`.

What it cannot stop is the use of what somebody else made here without it: such a role can be passed, and a
new version can be given to a policy that it has, for IAM has no condition on the boundary in those calls.
So roles of people should not trust services, and should have AWS's policies or inline ones.
"""

from __future__ import annotations

from typing import Final

from troposphere.iam import ManagedPolicy

from bootstrap.model import names
from bootstrap.templates import arns
from bootstrap.templates.policy import Document, Statement, allow, deny, document

_STACKSETS_ROLES: Final = "stacksets-exec-*"
"""The roles through which StackSets works in an account; AWS names them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
"""


def permissions_boundary(access_role: str) -> ManagedPolicy:
    return ManagedPolicy(
        "PermissionsBoundary",
        ManagedPolicyName=names.BOUNDARY,
        # Not a word of it can be changed later: CloudFormation replaces a policy whose description changes,
        # and cannot replace one that has a name of its own.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
        Description="The limits of what deployments, and the roles they make, can do in this account.",
        PolicyDocument=_limits(access_role),
    )


def _limits(access_role: str) -> Document:
    """A boundary gives nothing: what an identity may do is what its own policies and the boundary both allow.

    Reading secret values stays allowed, by decision. CloudFormation resolves `{{resolve:secretsmanager:...}}`
    with the execution role, and the roles that an application runs under live within this boundary too: to
    deny GetSecretValue would make the entries useless to the very code they are for. Each role's own policy
    says which of them it reads.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/dynamic-references-secretsmanager.html
    """
    return document(
        allow("AllElse", ["*"], "*"),
        _identities_need_the_boundary(),
        # These calls have no condition on the boundary either. A user without it would be a way out: through
        # new credentials of that user, or through a group, if the user is whoever deploys.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html
        deny(
            "LeaveUsersAlone",
            [
                "iam:AddUserToGroup",
                "iam:AttachGroupPolicy",
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:CreateServiceSpecificCredential",
                "iam:PutGroupPolicy",
                "iam:UpdateLoginProfile",
            ],
            "*",
        ),
        deny("KeepBoundaries", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"], "*"),
        deny(
            "KeepThisPolicy",
            [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
                "iam:TagPolicy",
                "iam:UntagPolicy",
            ],
            arns.BOUNDARY,
        ),
        _roles_of_the_organization(access_role),
        deny("KeepBaseline", ["cloudformation:*"], arns.BASELINE_STACKS),
        deny("StayInOrganization", ["account:CloseAccount", "organizations:LeaveOrganization"], "*"),
        # A value that is deleted is lost, and a policy on a secret can give it to another account. Values may
        # be set (a rotation does), and the tag that says which secrets are ours may not be taken off first.
        deny(
            "KeepSecretEntries",
            [
                "secretsmanager:DeleteResourcePolicy",
                "secretsmanager:DeleteSecret",
                "secretsmanager:PutResourcePolicy",
                "secretsmanager:ReplicateSecretToRegions",
                "secretsmanager:TagResource",
                "secretsmanager:UntagResource",
            ],
            "*",
            {"Null": {f"aws:ResourceTag/{names.KEY_TAG}": "false"}},
        ),
    )


def _identities_need_the_boundary() -> Statement:
    return deny(
        "OnlyWithinBoundary",
        [
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreateRole",
            "iam:CreateUser",
            "iam:DeleteRolePolicy",
            "iam:DeleteUserPolicy",
            "iam:DetachRolePolicy",
            "iam:DetachUserPolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
            "iam:UpdateAssumeRolePolicy",
        ],
        "*",
        # True of a request without the key as well, hence of an identity without any boundary. The ARN is
        # spelled out because a policy cannot refer to itself.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        {"ArnNotEquals": {"iam:PermissionsBoundary": arns.BOUNDARY}},
    )


def _roles_of_the_organization(access_role: str) -> Statement:
    """The roles by which the organization reaches into the account.

    Creating one is denied too: guardrails exempt some of these names, so a new role could hide behind one.
    """
    protected = (names.DEPLOY_ROLE, names.EXECUTION_ROLE, access_role, _STACKSETS_ROLES)
    return deny(
        "KeepRolesOfOrganization",
        [
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ],
        [arns.own_role(role) for role in protected],
    )
