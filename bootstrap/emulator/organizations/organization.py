"""The organization, its root and its policy types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.iam.models import iam_backends
from moto.organizations import models

from bootstrap.emulator.limits import POLICY_LIMITS
from bootstrap.emulator.options import CURRENT
from bootstrap.emulator.organizations import policies
from bootstrap.emulator.organizations.operation import later, operation
from bootstrap.emulator.organizations.state import ROOT_ID, constraint, error, invalid, organization_of, root_of
from bootstrap.emulator.patching import original, replaces

if TYPE_CHECKING:
    from bootstrap.emulator.organizations.operation import Answer, Request
    from bootstrap.emulator.organizations.state import Root, State

_reset_moto = original(models.OrganizationsBackend, "_reset")


@replaces(models.OrganizationsBackend, "_reset")
def _reset(state: State) -> None:
    _reset_moto(state)
    state.creations, state.closings, state.finalized = {}, [], 0.0


@operation("create_organization", without_organization=True)
def create_organization(state: State, request: Request) -> Answer:
    """Create an organization with a root and the management account.

    API reference, CreateOrganization: with FeatureSet ALL "service control policies [are] automatically enabled in the
    root". EnablePolicyType enables other types.
    """
    if state.org is not None or state.account_id in models.organizations_backends.master_accounts:
        raise error("AlreadyInOrganizationException", "The provided account is already a member of an organization.")
    feature_set = request.get("FeatureSet") or "ALL"
    if feature_set not in {"ALL", "CONSOLIDATED_BILLING"}:
        raise invalid("INVALID_ENUM", "You specified an invalid feature set.")
    state.org = models.FakeOrganization(state.account_id, region_name="aws", feature_set=feature_set)
    state.ou.append(models.FakeRoot(state.org))
    state.accounts.append(_management_account(state))
    state.policies.extend(policies.aws_managed(state.org))
    if feature_set == "ALL":
        root_of(state).policy_types.append({"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"})
        policies.attach_full_access(state, [*state.ou, *state.accounts], policies.enabled_types(state))
    delay = CURRENT.profile.delays.organization_finalizing.pick(CURRENT.random)
    state.finalized = CURRENT.scheduler.now() + delay
    return models.FakeOrganization.describe(state.org)  # type: ignore[no-any-return]


def _management_account(state: State) -> models.FakeAccount:
    org = organization_of(state)
    account = models.FakeAccount(org, AccountName="master", Email=org.master_account_email)
    # moto gives each account an access role; on AWS the management account has none.
    del iam_backends[account.id]
    account.id = org.master_account_id
    account.joined_method = "INVITED"
    account.closing, account.readiness = 0, "usable"
    return account


@operation("describe_organization", members=True)
def describe_organization(state: State, _request: Request) -> Answer:
    return models.FakeOrganization.describe(state.org)  # type: ignore[no-any-return]


@operation("delete_organization")
def delete_organization(state: State, _request: Request) -> Answer:
    if len(state.accounts) > 1:
        message = "The organization isn't empty. To delete an organization, first remove all accounts."
        raise error("OrganizationNotEmptyException", message)
    state._reset()  # type: ignore[attr-defined] # noqa: SLF001 (moto's own way)
    return None


@operation("list_roots")
def list_roots(state: State, _request: Request) -> Answer:
    return {"Roots": [_described(root_of(state))]}


@operation("enable_policy_type")
def enable_policy_type(state: State, request: Request) -> Answer:
    """API reference, EnablePolicyType: "This is an asynchronous request that AWS performs in the background". The type
    is PENDING_ENABLE in ListRoots, and then ENABLED.
    """
    root, policy_type = _requested_root(state, request), request["PolicyType"]
    if organization_of(state).feature_set != "ALL":
        raise constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE", "The organization must have all features enabled.")
    if _status(root, policy_type) is not None:
        raise error("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    entry = {"Type": policy_type, "Status": "PENDING_ENABLE"}
    root.policy_types.append(entry)

    def enabled() -> None:
        entry["Status"] = "ENABLED"
        policies.attach_full_access(state, [*state.ou, *state.accounts], {policy_type})

    later(state, CURRENT.profile.delays.policy_type, enabled)
    return {"Root": _described(root)}


@operation("disable_policy_type")
def disable_policy_type(state: State, request: Request) -> Answer:
    """Organizations User Guide, "Disabling a policy type": all policies of the type are detached from all entities, and
    enabling it again does not attach them. It is asynchronous as well: the type is PENDING_DISABLE.
    """
    root, policy_type = _requested_root(state, request), request["PolicyType"]
    if _status(root, policy_type) is None:
        raise error("PolicyTypeNotEnabledException", "The specified policy type isn't currently enabled in this root.")
    entry = next(each for each in root.policy_types if each["Type"] == policy_type)
    entry["Status"] = "PENDING_DISABLE"

    def disabled() -> None:
        root.policy_types.remove(entry)
        policies.detach_all(state, policy_type)

    later(state, CURRENT.profile.delays.policy_type, disabled)
    return {"Root": _described(root)}


def _requested_root(state: State, request: Request) -> Root:
    if request["PolicyType"] not in POLICY_LIMITS:
        raise invalid("INVALID_ENUM_POLICY_TYPE", "You specified an invalid policy type.")
    root = root_of(state)
    if not ROOT_ID.fullmatch(request["RootId"]):
        raise invalid("INVALID_PATTERN", "You provided a root id that does not match the required pattern.")
    if request["RootId"] != root.id:
        raise error("RootNotFoundException", "You specified a root that doesn't exist.")
    return root


def _status(root: Root, policy_type: str) -> str | None:
    """ENABLED, or None if the type is not enabled. Raises PolicyChangesInProgressException for a pending one."""
    status = next((each["Status"] for each in root.policy_types if each["Type"] == policy_type), None)
    if status in {"PENDING_ENABLE", "PENDING_DISABLE"}:
        # API reference, EnablePolicyType and DisablePolicyType, errors.
        message = "Changes to the effective policy are in progress. Try the operation again later."
        raise error("PolicyChangesInProgressException", message)
    return status


def _described(root: Root) -> dict[str, object]:
    return {"Id": root.id, "Arn": root.arn, "Name": root.name, "PolicyTypes": root.policy_types}
