"""The resource types that the emulator adds, seen through the API of their service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Aws, Refused, Stacks

ACCOUNT = "123456789012"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}


def trust(service: str) -> Any:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(**properties: Any) -> Any:
    base = {"RoleName": "r", "AssumeRolePolicyDocument": trust("cloudformation.amazonaws.com")}
    return {"Type": "AWS::IAM::Role", "Properties": {**base, **properties}}


def policy(document: Any = DOCUMENT, **properties: Any) -> Any:
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document, **properties}}


def secret(**properties: Any) -> Any:
    return {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "s", **properties}}


def outputs_of(stacks: Stacks, resources: Any, **values: Any) -> Any:
    outputs = {name: {"Value": value} for name, value in values.items()}
    body = json.dumps({"Resources": resources, "Outputs": outputs})
    stacks.api.create_stack(StackName="o", TemplateBody=body, Capabilities=["CAPABILITY_NAMED_IAM"])
    found = stacks.api.describe_stacks(StackName="o")["Stacks"][0]["Outputs"]
    return {each["OutputKey"]: each["OutputValue"] for each in found}


def test_a_role_has_all_its_properties(aws: Aws, stacks: Stacks) -> None:
    """Template reference, AWS::IAM::Role."""
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    wanted = role(
        Description="deploys",
        MaxSessionDuration=7200,
        PermissionsBoundary={"Ref": "Boundary"},
        ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess", {"Ref": "Boundary"}],
        Policies=[{"PolicyName": "inline", "PolicyDocument": DOCUMENT}],
        Tags=[{"Key": "k", "Value": "v"}],
    )
    stacks.create("s", {"R": wanted, "Boundary": policy(ManagedPolicyName="boundary")})
    iam = aws("iam")
    made = iam.get_role(RoleName="r")["Role"]
    assert (made["Description"], made["MaxSessionDuration"]) == ("deploys", 7200)
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert made["AssumeRolePolicyDocument"] == trust("cloudformation.amazonaws.com")
    assert made["Tags"] == [{"Key": "k", "Value": "v"}]
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["ReadOnlyAccess", "boundary"]
    assert iam.get_role_policy(RoleName="r", PolicyName="inline")["PolicyDocument"] == DOCUMENT


def test_an_updated_role_keeps_policies_and_tags_of_others(aws: Aws, stacks: Stacks) -> None:
    iam = aws("iam")
    before = role(
        ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        Policies=[{"PolicyName": "old", "PolicyDocument": DOCUMENT}],
        Tags=[{"Key": "old", "Value": "1"}],
    )
    stacks.create("s", {"R": before})
    role_id = iam.get_role(RoleName="r")["Role"]["RoleId"]
    iam.tag_role(RoleName="r", Tags=[{"Key": "theirs", "Value": "1"}])
    after = role(
        AssumeRolePolicyDocument=trust("lambda.amazonaws.com"),
        ManagedPolicyArns=["arn:aws:iam::aws:policy/SecurityAudit"],
        Policies=[{"PolicyName": "new", "PolicyDocument": OTHER}],
        Tags=[{"Key": "new", "Value": "2"}],
        MaxSessionDuration=3601,
    )
    stacks.update("s", {"R": after})
    made = iam.get_role(RoleName="r")["Role"]
    assert (made["RoleId"], made["MaxSessionDuration"]) == (role_id, 3601)
    assert made["AssumeRolePolicyDocument"] == trust("lambda.amazonaws.com")
    assert {tag["Key"] for tag in made["Tags"]} == {"theirs", "new"}
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["SecurityAudit"]
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["new"]
    assert iam.get_role_policy(RoleName="r", PolicyName="new")["PolicyDocument"] == OTHER


def test_a_renamed_role_is_replaced_and_the_old_one_deleted(aws: Aws, stacks: Stacks) -> None:
    """Template reference, RoleName: "Update requires: Replacement"."""
    stacks.create("s", {"R": role()})
    stacks.update("s", {"R": role(RoleName="r2")})
    assert [each["RoleName"] for each in aws("iam").list_roles()["Roles"]] == ["r2"]


def test_a_replacement_under_the_same_name_fails(aws: Aws, stacks: Stacks) -> None:
    """ "CloudFormation cannot update a stack when a custom-named resource requires replacing"."""
    stacks.create("s", {"R": role()})
    stacks.update("s", {"R": role(Path="/deploy/")})
    assert stacks.status("s") == "UPDATE_ROLLBACK_COMPLETE"
    assert "custom-named resource requires replacing" in stacks.reasons("s")
    assert aws("iam").get_role(RoleName="r")["Role"]["Path"] == "/"


def test_ref_and_getatt_of_a_role(aws: Aws, stacks: Stacks) -> None:
    found = outputs_of(
        stacks,
        {"R": role()},
        Ref={"Ref": "R"},
        Arn={"Fn::GetAtt": ["R", "Arn"]},
        Id={"Fn::GetAtt": "R.RoleId"},
    )
    made = aws("iam").get_role(RoleName="r")["Role"]
    assert found == {"Ref": "r", "Arn": made["Arn"], "Id": made["RoleId"]}


def test_a_changed_managed_policy_gets_a_new_default_version(aws: Aws, stacks: Stacks) -> None:
    """Template reference, AWS::IAM::ManagedPolicy; IAM keeps five versions at most."""
    iam = aws("iam")
    stacks.create("s", {"P": policy(), "R": role(ManagedPolicyArns=[{"Ref": "P"}])})
    arn = stacks.resources("s")["P"]
    for number in range(6):
        document = {**OTHER, "Id": str(number)} if number % 2 else {**DOCUMENT, "Id": str(number)}
        stacks.update("s", {"P": policy(document), "R": role(ManagedPolicyArns=[{"Ref": "P"}])})
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    default = next(each["VersionId"] for each in versions if each["IsDefaultVersion"])
    assert (len(versions), default) == (5, "v7")
    assert iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]["Document"]["Id"] == "5"
    assert stacks.resources("s")["P"] == arn


def test_a_managed_policy_is_attached_to_the_roles_it_names(aws: Aws, stacks: Stacks) -> None:
    stacks.create("s", {"R": role(), "P": policy(Roles=[{"Ref": "R"}])})
    iam = aws("iam")
    assert len(iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]) == 1
    stacks.update("s", {"R": role(), "P": policy()})
    assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"] == []


def test_an_oidc_provider_is_created_changed_and_deleted(aws: Aws, stacks: Stacks) -> None:
    """Template reference, AWS::IAM::OIDCProvider: Ref is the ARN; the thumbprint is optional."""
    url = "https://token.actions.githubusercontent.com"

    def provider(**properties: Any) -> Any:
        base = {"Url": url, "ClientIdList": ["sts.amazonaws.com"]}
        return {"Type": "AWS::IAM::OIDCProvider", "Properties": {**base, **properties}}

    found = outputs_of(stacks, {"O": provider()}, Ref={"Ref": "O"}, Arn={"Fn::GetAtt": ["O", "Arn"]})
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    assert found == {"Ref": arn, "Arn": arn}
    iam = aws("iam")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["sts.amazonaws.com"]
    wanted = provider(ClientIdList=["a", "b"], Tags=[{"Key": "k", "Value": "v"}])
    stacks.update("o", {"O": wanted})
    made = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (made["ClientIDList"], made["Tags"]) == (["a", "b"], [{"Key": "k", "Value": "v"}])
    stacks.api.delete_stack(StackName="o")
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_a_secret_is_generated_by_its_rules(aws: Aws, stacks: Stacks) -> None:
    """Template reference, GenerateSecretString."""
    rules = {
        "SecretStringTemplate": '{"user": "admin"}',
        "GenerateStringKey": "password",
        "PasswordLength": 40,
        "ExcludePunctuation": True,
        "ExcludeCharacters": "abc",
    }
    wanted = secret(GenerateSecretString=rules, Description="db", KmsKeyId="alias/mine")
    found = outputs_of(stacks, {"S": wanted}, Ref={"Ref": "S"}, Id={"Fn::GetAtt": ["S", "Id"]})
    secrets = aws("secretsmanager")
    value = json.loads(secrets.get_secret_value(SecretId="s")["SecretString"])
    assert value.keys() == {"user", "password"}
    assert len(value["password"]) == 40
    assert value["password"].isalnum()
    assert not set(value["password"]) & set("abc")
    made = secrets.describe_secret(SecretId="s")
    assert (made["Description"], made["KmsKeyId"]) == ("db", "alias/mine")
    assert found == {"Ref": made["ARN"], "Id": made["ARN"]}


def test_a_secret_without_any_value_has_no_version(aws: Aws, stacks: Stacks, refused: Refused) -> None:
    """Template reference: without SecretString and GenerateSecretString the secret has no version."""
    stacks.create("s", {"S": secret()})
    with refused("ResourceNotFoundException"):
        aws("secretsmanager").get_secret_value(SecretId="s")
    assert "VersionIdsToStages" not in aws("secretsmanager").describe_secret(SecretId="s")
    aws("secretsmanager").put_secret_value(SecretId="s", SecretString="by hand")
    stacks.update("s", {"S": secret(Description="new")})
    assert aws("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "by hand"


def test_a_new_description_keeps_the_value_and_new_rules_generate_another(aws: Aws, stacks: Stacks) -> None:
    """Template reference, GenerateSecretString: a change of it generates a new value."""
    secrets = aws("secretsmanager")
    stacks.create("s", {"S": secret(GenerateSecretString={})})
    first = secrets.get_secret_value(SecretId="s")
    tags = [{"Key": "k", "Value": "v"}]
    stacks.update("s", {"S": secret(GenerateSecretString={}, Description="new", Tags=tags)})
    second = secrets.get_secret_value(SecretId="s")
    assert (second["SecretString"], second["VersionId"]) == (first["SecretString"], first["VersionId"])
    described = secrets.describe_secret(SecretId="s")
    assert (described["Description"], described["Tags"]) == ("new", tags)
    stacks.update("s", {"S": secret(GenerateSecretString={"PasswordLength": 50})})
    third = secrets.get_secret_value(SecretId="s")
    assert len(third["SecretString"]) == 50
    assert secrets.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["VersionId"] == first["VersionId"]


def test_a_renamed_secret_is_another_secret(aws: Aws, stacks: Stacks) -> None:
    """Template reference, Name: "Update requires: Replacement"."""
    stacks.create("s", {"S": secret(GenerateSecretString={})})
    stacks.update("s", {"S": secret(Name="s2", GenerateSecretString={})})
    listed = aws("secretsmanager").list_secrets()["SecretList"]
    assert [each["Name"] for each in listed] == ["s2"]


def budget(amount: Any = 100, name: Any = None, threshold: Any = 80) -> Any:
    data = {
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": amount, "Unit": "USD"},
        **({"BudgetName": name} if name else {}),
    }
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}
    subscribers = [{"SubscriptionType": "EMAIL", "Address": "a@example.org"}]
    notifications = [{"Notification": notification, "Subscribers": subscribers}]
    return {
        "Type": "AWS::Budgets::Budget",
        "Properties": {"Budget": data, "NotificationsWithSubscribers": notifications},
    }


def budgets_of(aws: Aws) -> Any:
    found = aws("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets", [])
    return {each["BudgetName"]: float(each["BudgetLimit"]["Amount"]) for each in found}


def test_a_budget_is_created_changed_and_deleted(aws: Aws, stacks: Stacks) -> None:
    """Template reference, AWS::Budgets::Budget: Ref is the name; the limit changes in place."""
    found = outputs_of(stacks, {"B": budget(name="monthly")}, Ref={"Ref": "B"})
    assert found == {"Ref": "monthly"}
    assert budgets_of(aws) == {"monthly": 100}
    stacks.update("o", {"B": budget(250, name="monthly")})
    assert budgets_of(aws) == {"monthly": 250}
    told = aws("budgets").describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName="monthly")
    assert [each["Threshold"] for each in told["Notifications"]] == [80]
    stacks.api.delete_stack(StackName="o")
    assert budgets_of(aws) == {}


def test_new_notifications_replace_an_unnamed_budget(aws: Aws, stacks: Stacks) -> None:
    """Template reference, NotificationsWithSubscribers: "Update requires: Replacement"."""
    stacks.create("s", {"B": budget()})
    before = stacks.resources("s")["B"]
    stacks.update("s", {"B": budget(threshold=90)})
    after = stacks.resources("s")["B"]
    assert after != before
    assert budgets_of(aws).keys() == {after}
    told = aws("budgets").describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=after)
    assert [each["Threshold"] for each in told["Notifications"]] == [90]


def test_new_notifications_of_a_named_budget_fail_the_update(aws: Aws, stacks: Stacks) -> None:
    """Both together: a replacement cannot have the name of the resource that it replaces."""
    stacks.create("s", {"B": budget(name="monthly")})
    stacks.update("s", {"B": budget(name="monthly", threshold=90)})
    assert stacks.status("s") == "UPDATE_ROLLBACK_COMPLETE"
    assert budgets_of(aws) == {"monthly": 100}


@pytest.mark.parametrize("kind", ["String", "StringList"])
def test_a_parameter_changes_in_place(aws: Aws, stacks: Stacks, kind: str) -> None:
    def parameter(value: Any) -> Any:
        properties = {"Name": "/p", "Type": kind, "Value": value}
        return {"Type": "AWS::SSM::Parameter", "Properties": properties}

    stacks.create("s", {"P": parameter("a,b")})
    stacks.update("s", {"P": parameter("c,d")})
    assert aws("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "c,d"
    stacks.api.delete_stack(StackName="s")
    assert aws("ssm").describe_parameters()["Parameters"] == []
