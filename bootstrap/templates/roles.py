"""The two roles of a deployment: the deploy role starts it from outside, the execution role makes the changes.

The deploy role can create and execute change sets that run with the execution role, and nothing else. So CI has no
permissions on resources: CloudFormation makes every change, from a template, and records it in the stack's events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from troposphere import AWS_ACCOUNT_ID, Ref, Tags
from troposphere.iam import Policy, Role

from bootstrap.model import names
from bootstrap.model.resource import Address
from bootstrap.spec.spec import tags
from bootstrap.templates import iam
from bootstrap.templates.iam import Document, Statement, allow, deny, document, trust

if TYPE_CHECKING:
    from bootstrap.spec.models import Deploy
    from bootstrap.spec.spec import Spec

_CLOUDFORMATION: Final = "cloudformation.amazonaws.com"


def deploy_role(environment: str, deploy: Deploy, spec: Spec) -> Role:
    ci = Address("account", deploy.account).reference
    organization = Address("organization", spec.organization.name).reference
    return Role(
        "DeployRole",
        RoleName=names.DEPLOY_ROLE,
        Description="Starts deployments from outside: change sets that run under the execution role.",
        AssumeRolePolicyDocument=document(_trust_in_ci(ci, deploy.role, organization)),
        Policies=[Policy(PolicyName="deploy", PolicyDocument=_deploy_policy(ci))],
        Tags=Tags(tags(key=names.DEPLOY_ROLE, environment=environment)),
    )


def execution_role(environment: str, boundary: Ref) -> Role:
    return Role(
        "ExecutionRole",
        RoleName=names.EXECUTION_ROLE,
        Description="What CloudFormation may do in a deployment: everything within the permissions boundary.",
        AssumeRolePolicyDocument=document(_trust_in_cloudformation()),
        ManagedPolicyArns=[iam.ADMINISTRATOR_ACCESS],
        PermissionsBoundary=boundary,
        Tags=Tags(tags(key=names.EXECUTION_ROLE, environment=environment)),
    )


def _trust_in_ci(ci: str, role: str, organization: str) -> Statement:
    """Only CI's role may assume the role, and only while its account is in the organization."""
    return trust(
        "OnlyCi",
        # A caller that tags its session cannot assume the role without sts:TagSession, and
        # aws-actions/configure-aws-credentials tags it by default. No policy of the baseline depends on these tags.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
        ["sts:AssumeRole", "sts:TagSession"],
        # The principal is the account, not the role. IAM rejects a trust policy with a role that does not exist, and
        # it replaces the ARN of an existing role by its id, which a role created again does not have.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        {"AWS": iam.account_of(ci)},
        {
            # For the session of an assumed role, this key is the role's ARN without the session's name.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
            "ArnEquals": {"aws:PrincipalArn": iam.role_of(ci, role)},
            "StringEquals": {"aws:PrincipalOrgID": organization},
        },
    )


def _trust_in_cloudformation() -> Statement:
    return trust(
        "OnlyCloudFormation",
        ["sts:AssumeRole"],
        {"Service": _CLOUDFORMATION},
        # Against the confused deputy. AWS documents this key for CloudFormation's extensions and stack sets, but
        # not for the role of a stack. If it were not sent, StringEquals would stop every deployment. IfExists opens
        # nothing: a role can only be passed within its own account.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cross-service-confused-deputy-prevention.html
        {"StringEqualsIfExists": {"aws:SourceAccount": Ref(AWS_ACCOUNT_ID)}},
    )


def _deploy_policy(ci: str) -> Document:
    execution_role_arn = iam.own_role(names.EXECUTION_ROLE)
    return document(
        # Without a role, CloudFormation would use the caller's permissions, so these calls must name the role.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
        allow(
            "ChangeUnderExecutionRole",
            [
                "cloudformation:ContinueUpdateRollback",
                "cloudformation:CreateChangeSet",
                "cloudformation:CreateStack",
                "cloudformation:RollbackStack",
                "cloudformation:UpdateStack",
            ],
            iam.OWN_STACKS,
            {"ArnEquals": {"cloudformation:RoleArn": execution_role_arn}},
        ),
        # These calls use the role that the stack or the change set already has, and most have no condition key for
        # it. DeleteStack has one, but `sam delete` and the AWS CLI do not pass the role. A stack whose creation
        # failed must be deleted before it can be created again.
        allow(
            "FinishChange",
            [
                "cloudformation:CancelUpdateStack",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:ExecuteChangeSet",
            ],
            iam.OWN_STACKS,
        ),
        # A template with a transform also needs CreateChangeSet on the macro; SAM's macro belongs to AWS.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
        allow("UseTransforms", ["cloudformation:CreateChangeSet"], iam.TRANSFORMS),
        allow(
            "ReadStacks",
            [
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeEvents",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStackResource",
                "cloudformation:DescribeStackResources",
                "cloudformation:DescribeStacks",
                "cloudformation:GetTemplate",
                "cloudformation:ListChangeSets",
                "cloudformation:ListStackResources",
            ],
            [iam.OWN_STACKS, iam.OWN_CHANGE_SETS],
        ),
        # These calls concern no particular stack, so IAM checks them on `*`.
        allow(
            "ReadTemplates",
            [
                "cloudformation:GetTemplateSummary",
                "cloudformation:ListStacks",
                "cloudformation:ValidateTemplate",
            ],
            "*",
        ),
        allow(
            "PassExecutionRole",
            ["iam:PassRole"],
            execution_role_arn,
            {"StringEquals": {"iam:PassedToService": _CLOUDFORMATION}},
        ),
        # SAM and CDK put templates into a bucket (TemplateURL), and CloudFormation reads them with the caller's
        # permissions. Only buckets of CI's account are allowed, so that this account's data is not.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
        allow(
            "ReadArtifactsOfCi",
            ["s3:GetObject", "s3:GetObjectVersion"],
            iam.OBJECTS,
            {"StringEquals": {"aws:ResourceAccount": ci}},
        ),
        deny("KeepBaseline", ["cloudformation:*"], iam.BASELINE_STACKS),
    )
