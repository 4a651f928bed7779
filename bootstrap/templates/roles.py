"""The two roles of a deployment: who may start one from outside, and what CloudFormation may then do.

The deploy role can start a change set and hand it the execution role, and nothing else. So CI never holds
rights over resources: what is made is made by CloudFormation, from a template, and stands in its events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from troposphere import AWS_ACCOUNT_ID, Ref, Tags
from troposphere.iam import Policy, Role

from bootstrap.model import names
from bootstrap.model.resource import Address
from bootstrap.templates import arns
from bootstrap.templates.policy import Document, Statement, allow, deny, document, trust
from bootstrap.templates.tags import tags

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
        ManagedPolicyArns=[arns.ADMINISTRATOR_ACCESS],
        PermissionsBoundary=boundary,
        Tags=Tags(tags(key=names.EXECUTION_ROLE, environment=environment)),
    )


def _trust_in_ci(ci: str, role: str, organization: str) -> Statement:
    """Only CI's role may come in, and only while its account is in the organization."""
    return trust(
        "OnlyCi",
        # Without TagSession a caller that tags its session cannot assume the role at all, and CI does
        # (aws-actions/configure-aws-credentials by default). Nothing in the baseline gives rights by a tag.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
        ["sts:AssumeRole", "sts:TagSession"],
        # The account, not the role: IAM refuses a policy that names a role that does not exist yet, and turns
        # the ARN of one that does into its id, so that a role made anew under the same name is shut out.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        {"AWS": arns.account_of(ci)},
        {
            # Of an assumed role's session this key holds the role's ARN, without the session's name.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
            "ArnEquals": {"aws:PrincipalArn": arns.role_of(ci, role)},
            "StringEquals": {"aws:PrincipalOrgID": organization},
        },
    )


def _trust_in_cloudformation() -> Statement:
    return trust(
        "OnlyCloudFormation",
        ["sts:AssumeRole"],
        {"Service": _CLOUDFORMATION},
        # Against the confused deputy. AWS documents the key for CloudFormation's extensions and stack sets
        # but not for a stack's own role, and a plain StringEquals would stop every deployment where it is not
        # sent. Nobody comes in by that: a role can only be passed within its own account.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cross-service-confused-deputy-prevention.html
        {"StringEqualsIfExists": {"aws:SourceAccount": Ref(AWS_ACCOUNT_ID)}},
    )


def _deploy_policy(ci: str) -> Document:
    execution_role_arn = arns.own_role(names.EXECUTION_ROLE)
    return document(
        # Without a role CloudFormation would act with the caller's own rights, so these calls must name it.
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
            arns.OWN_STACKS,
            {"ArnEquals": {"cloudformation:RoleArn": execution_role_arn}},
        ),
        # These run with the role that the stack or the change set already has, and have no key to ask for it.
        # DeleteStack has, but `sam delete` and the AWS CLI leave the role out; a stack that failed to come up
        # must be deleted before it can be made again.
        allow(
            "FinishChange",
            [
                "cloudformation:CancelUpdateStack",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:ExecuteChangeSet",
            ],
            arns.OWN_STACKS,
        ),
        # A template with a transform needs CreateChangeSet on the macro as well, and SAM's belongs to AWS.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
        allow("UseTransforms", ["cloudformation:CreateChangeSet"], arns.TRANSFORMS),
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
            [arns.OWN_STACKS, arns.OWN_CHANGE_SETS],
        ),
        # These are about no stack in particular, so IAM asks for them on every resource.
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
        # SAM and CDK put templates into a bucket, and CloudFormation fetches them with the caller's rights.
        # The bucket (TemplateURL) is CI's own; this account's data stays out of reach.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
        allow(
            "ReadArtifactsOfCi",
            ["s3:GetObject", "s3:GetObjectVersion"],
            arns.OBJECTS,
            {"StringEquals": {"aws:ResourceAccount": ci}},
        ),
        deny("KeepBaseline", ["cloudformation:*"], arns.BASELINE_STACKS),
    )
