"""The permissions boundary of everything that is deployed into an account.

It limits the execution role, and every role and user that a deployment creates: the execution role cannot create one
without it. A SAM template names it as `PermissionsBoundary`, a CDK application in its context as
`@aws-cdk/core:permissionsBoundary`.

It cannot stop a deployment from using a role that somebody else created without the boundary. Such a role can be passed
to a service, and its customer-managed policies can get a new version: IAM has no condition on the boundary in these
calls. So the roles of people should not trust services, and should have AWS's policies or inline policies.
"""

from __future__ import annotations

from troposphere.iam import ManagedPolicy

from bootstrap.model import names
from bootstrap.templates import iam
from bootstrap.templates.iam import Document, allow, deny, document


def permissions_boundary(protected_roles: list[str]) -> ManagedPolicy:
    return ManagedPolicy(
        "PermissionsBoundary",
        ManagedPolicyName=names.BOUNDARY,
        # This text can never change: CloudFormation replaces a policy whose description changes, and it cannot
        # replace a policy with a custom name.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
        Description="The limits of what deployments, and the roles they make, can do in this account.",
        PolicyDocument=_limits(protected_roles),
    )


def _limits(protected_roles: list[str]) -> Document:
    """A boundary grants nothing: an identity may do what its own policies and the boundary both allow.

    Reading secret values stays allowed, by decision. CloudFormation resolves `{{resolve:secretsmanager:...}}` with
    the execution role, and the application's roles have this boundary too: without GetSecretValue, the application
    could not use its own secret entries. The policy of each role says which secrets it reads.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/dynamic-references-secretsmanager.html
    """
    return document(
        allow("AllElse", ["*"], "*"),
        deny(
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
            # ArnNotEquals is also true if the request has no such key, which means an identity without a boundary.
            # The ARN is written out because a policy cannot refer to itself.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
            {"ArnNotEquals": {"iam:PermissionsBoundary": iam.BOUNDARY}},
        ),
        # These calls have no condition on the boundary. A user without a boundary would be a way around it:
        # through new credentials for that user, or through a group, if that user deploys.
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
            iam.BOUNDARY,
        ),
        # The roles that the organization uses in the account. Creating one with such a name is denied too, because
        # guardrails exempt some of these names.
        deny(
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
            [iam.own_role(role) for role in protected_roles],
        ),
        deny("KeepBaseline", ["cloudformation:*"], iam.BASELINE_STACKS),
        deny("StayInOrganization", ["account:CloseAccount", "organizations:LeaveOrganization"], "*"),
        # A deleted value is lost, and a policy on a secret can give another account access to it. Setting a value
        # stays allowed, for rotation. The tag that marks our secrets cannot be removed first.
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
