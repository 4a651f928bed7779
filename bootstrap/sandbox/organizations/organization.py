"""The organization itself and the types of policy it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.iam.models import iam_backends
from moto.organizations import models

from bootstrap.sandbox.limits import POLICY_LIMITS
from bootstrap.sandbox.organizations import errors, full_access
from bootstrap.sandbox.organizations.operations import operation
from bootstrap.sandbox.organizations.state import ROOT_ID, organization_of, root_of
from bootstrap.sandbox.patching import original, replaces

if TYPE_CHECKING:
    from bootstrap.sandbox.organizations.operations import Answer, Request
    from bootstrap.sandbox.organizations.state import Root, State

_reset_moto = original(models.OrganizationsBackend, "_reset")


@replaces(models.OrganizationsBackend, "_reset")
def _reset(state: State) -> None:
    _reset_moto(state)
    state.creations = {}


@operation("create_organization", without_organization=True)
def create_organization(state: State, request: Request) -> Answer:
    """Begin one with a root, the management account and, with all features, SCPs.

    API reference, CreateOrganization: with FeatureSet ALL "service control policies [are] automatically
    enabled in the root". Other types stay off until EnablePolicyType.
    """
    if state.org is not None or state.account_id in models.organizations_backends.master_accounts:
        message = "The provided account is already a member of an organization."
        raise errors.error("AlreadyInOrganizationException", message)
    feature_set = request.get("FeatureSet") or "ALL"
    if feature_set not in {"ALL", "CONSOLIDATED_BILLING"}:
        raise errors.invalid("INVALID_ENUM", "You specified an invalid feature set.")
    state.org = models.FakeOrganization(state.account_id, region_name="aws", feature_set=feature_set)
    state.ou.append(models.FakeRoot(state.org))
    state.accounts.append(_management_account(state))
    state.policies.extend(full_access.make(state.org))
    if feature_set == "ALL":
        _enable(state, "SERVICE_CONTROL_POLICY")
    return models.FakeOrganization.describe(state.org)  # type: ignore[no-any-return]


def _management_account(state: State) -> models.FakeAccount:
    org = organization_of(state)
    account = models.FakeAccount(org, AccountName="master", Email=org.master_account_email)
    # moto gives each account an access role, but on AWS the management account has none.
    del iam_backends[account.id]
    account.id = org.master_account_id
    account.joined_method = "INVITED"
    account.closing = 0
    return account


@operation("describe_organization", members=True)
def describe_organization(state: State, _request: Request) -> Answer:
    return models.FakeOrganization.describe(state.org)  # type: ignore[no-any-return]


@operation("delete_organization")
def delete_organization(state: State, _request: Request) -> Answer:
    if len(state.accounts) > 1:
        message = "The organization isn't empty. To delete an organization, first remove all accounts."
        raise errors.error("OrganizationNotEmptyException", message)
    state._reset()  # type: ignore[attr-defined] # noqa: SLF001 (moto's own way)
    return None


@operation("list_roots")
def list_roots(state: State, _request: Request) -> Answer:
    return {"Roots": [_described(root_of(state))]}


@operation("enable_policy_type")
def enable_policy_type(state: State, request: Request) -> Answer:
    root = _requested_root(state, request)
    if organization_of(state).feature_set != "ALL":
        message = "The organization must have all features enabled."
        raise errors.constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", message)
    if _enabled(root, request["PolicyType"]):
        message = "The specified policy type is already enabled."
        raise errors.error("PolicyTypeAlreadyEnabledException", message)
    _enable(state, request["PolicyType"])
    return {"Root": _described(root)}


@operation("disable_policy_type")
def disable_policy_type(state: State, request: Request) -> Answer:
    """Stop using a type; every attachment of that type is lost.

    Organizations User Guide, "Disabling a policy type": all policies of the type are detached from all
    entities, and enabling it again does not bring them back.
    """
    root = _requested_root(state, request)
    if not _enabled(root, request["PolicyType"]):
        message = "The specified policy type isn't currently enabled in this root."
        raise errors.error("PolicyTypeNotEnabledException", message)
    root.policy_types = [each for each in root.policy_types if each["Type"] != request["PolicyType"]]
    for policy in state.policies:
        if policy.type == request["PolicyType"]:
            for target in policy.attachments:
                target.attached_policies.remove(policy)
            policy.attachments.clear()
    return {"Root": _described(root)}


def _requested_root(state: State, request: Request) -> Root:
    if request["PolicyType"] not in POLICY_LIMITS:
        raise errors.invalid("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
    root = root_of(state)
    if not ROOT_ID.fullmatch(request["RootId"]):
        raise errors.invalid("INVALID_PATTERN", "You provided a root id of the wrong form.")
    if request["RootId"] != root.id:
        raise errors.error("RootNotFoundException", "You specified a root that doesn't exist.")
    return root


def _enabled(root: Root, policy_type: str) -> bool:
    return any(each["Type"] == policy_type for each in root.policy_types)


def _enable(state: State, policy_type: str) -> None:
    root_of(state).policy_types.append({"Type": policy_type, "Status": "ENABLED"})
    for target in [*state.ou, *state.accounts]:
        full_access.attach(state, target, policy_type)


def _described(root: Root) -> dict[str, object]:
    return {"Id": root.id, "Arn": root.arn, "Name": root.name, "PolicyTypes": root.policy_types}
