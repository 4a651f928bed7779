"""What AWS has, each list read once for a plan however many kinds ask for it; ARCHITECTURE.md tells what it costs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from bootstrap.aws import parameters
from bootstrap.aws.retry import NOT_TOLD
from bootstrap.aws.tags import read_tags, tags_of
from bootstrap.aws.tree import LiveAccount, LiveOu, read_accounts, read_ous
from bootstrap.model.errors import AwsError
from bootstrap.model.names import TAG_PREFIX
from bootstrap.resources.account import creation
from bootstrap.resources.baseline.contents import Identities, look_at_identities
from bootstrap.resources.baseline.retained import LiveSecret, describe
from bootstrap.resources.baseline.stack import Stack
from bootstrap.resources.policy.reads import OF_GUARDRAILS, LivePolicy, read_policies, with_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.api import AwsApi, Place
    from bootstrap.model.resource import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LiveStack:
    """One CloudFormation stack: its status, and its template exactly as it was last deployed, empty if it cannot
    be read.
    """

    status: str
    template: dict[str, Any]


class Inventory:
    """Lazy and thread-safe; a new one is made for each plan."""

    def __init__(self, aws: AwsApi) -> None:
        self._aws = aws
        self._read: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def organization(self) -> Mapping[str, str] | None:
        """The answer of DescribeOrganization, or None while there is no organization."""
        return self._once("organization", self._read_organization)

    @property
    def root(self) -> Mapping[str, Any]:
        """The root as ListRoots has it, with its policy types."""
        return self._once("root", lambda: next(iter(self._aws.pages("organizations.ListRoots", "Roots"))))

    @property
    def policy_types(self) -> Mapping[str, str]:
        """The status of every policy type that is not disabled: ENABLED, PENDING_ENABLE or PENDING_DISABLE."""
        if self.organization is None:
            return {}
        return {found["Type"]: found["Status"] for found in self.root["PolicyTypes"]}

    @property
    def enabled_types(self) -> frozenset[str]:
        """The policy types of which policies can be attached."""
        return frozenset(name for name, status in self.policy_types.items() if status == "ENABLED")

    @property
    def account(self) -> str:
        """The id of the account that manages the organization, or that will once there is one."""
        return self._once("account", self._read_account)

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the tool has written down for itself, by name."""
        return self._once("parameters", lambda: parameters.read(self._aws) if self.organization else {})

    @property
    def services(self) -> frozenset[str]:
        """The services that have trusted access."""
        return self._once("services", self._read_services)

    @property
    def organizational_units(self) -> Mapping[str, LiveOu]:
        """Every OU by its path, the root among them."""
        return self._once("organizational_units", lambda: read_ous(self._aws, self.root) if self.organization else {})

    @property
    def accounts(self) -> tuple[LiveAccount, ...]:
        """Every account but the management account, which no guardrail binds and no baseline reaches."""
        return self._once(
            "accounts",
            lambda: read_accounts(self._aws, self.organizational_units, self.account) if self.organization else (),
        )

    @property
    def earlier(self) -> creation.Earlier:
        """What was asked for before this run began to make accounts."""
        return self._once("earlier", lambda: creation.earlier(self._aws))

    @property
    def policies(self) -> tuple[LivePolicy, ...]:
        """Every policy of the enabled types and of those of guardrails, AWS's own included, with its targets."""
        return self._once("policies", lambda: with_targets(self._aws, self.policies_alone, self.enabled_types))

    @property
    def policies_alone(self) -> tuple[LivePolicy, ...]:
        """The same without targets, which take far longer to read."""
        return self._once("policies alone", self._read_policies)

    def warm(self) -> None:
        """Read all that a plan needs side by side: AWS's rates are for each action, so that nothing waits for
        the rest.
        """
        if self.organization is not None:
            self._aws.each(
                lambda read: read(),
                [
                    lambda: self.organizational_units,
                    lambda: self.accounts,
                    lambda: self.policies,
                    lambda: self.parameters,
                    self._all_tags,
                ],
            )

    def tags(self, arn: str, want: Json = None) -> Mapping[str, str]:
        """The tags of one OU, account or policy, read with all others at once.

        The tagging API follows writes with a delay: where ours are not those that are wanted, Organizations
        itself is asked.
        """
        known = self._all_tags().get(arn, {})
        ours = {key: value for key, value in known.items() if key.startswith(TAG_PREFIX)}
        return known if want is None or want == ours else tags_of(self._aws, arn)

    def content(self, policy_id: str) -> str:
        """The text of a policy, exactly as it is stored."""
        answer = self._aws.call("organizations.DescribePolicy", PolicyId=policy_id)
        return cast("str", answer["Policy"]["Content"])

    def name(self, account: LiveAccount) -> str:
        """The name that an account has. ListAccounts may show the one before for hours after it changed.

        https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-acct-name.html
        """
        try:
            return str(self._aws.call("account.GetAccountInformation", AccountId=account.id)["AccountName"])
        except AwsError as error:
            if error.code not in NOT_TOLD:
                raise
            return account.name

    def stack(self, place: Place, name: str) -> LiveStack | None:
        """A stack in an account, or None if there is none by that name."""
        stack = Stack(self._aws, place, name)
        found = stack.describe()
        return LiveStack(found["StackStatus"], dict(stack.template())) if found else None

    def identities(self, account: str) -> Identities:
        """The roles and policies in an account, read once however many look at them."""
        return self._once(f"identities {account}", lambda: look_at_identities(self._aws, account))

    def look_for_secret(self, place: Place, name: str) -> None:
        """Ask an account for a secret, without its value: `secret` tells it from then on."""
        self._once(_secret(place, name), lambda: self._read_secret(place, name))

    def secret(self, place: Place, name: str) -> LiveSecret | None:
        """A secret that was looked for, or None: there is none by that name, or nobody has looked."""
        found: LiveSecret | None = self._read.get(_secret(place, name))
        return found

    def forget(self) -> None:
        """Read everything anew when next asked: the organization itself was just made."""
        with self._lock:
            self._read.clear()

    def _all_tags(self) -> Mapping[str, Mapping[str, str]]:
        return self._once("tags", lambda: read_tags(self._aws, self._tagged))

    def _once(self, name: str, read: Callable[[], T]) -> T:
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._read:
                self._read[name] = read()
            return cast("T", self._read[name])

    def _read_organization(self) -> Mapping[str, str] | None:
        try:
            answer = self._aws.call("organizations.DescribeOrganization")
        except AwsError as error:
            if error.code == "AWSOrganizationsNotInUseException":
                return None
            raise
        return cast("Mapping[str, str]", answer["Organization"])

    def _read_account(self) -> str:
        found = self.organization
        return found["MasterAccountId"] if found else str(self._aws.call("sts.GetCallerIdentity")["Account"])

    def _read_services(self) -> frozenset[str]:
        if self.organization is None:
            return frozenset()
        found = self._aws.pages("organizations.ListAWSServiceAccessForOrganization", "EnabledServicePrincipals")
        return frozenset(service["ServicePrincipal"] for service in found)

    def _read_policies(self) -> tuple[LivePolicy, ...]:
        # A type that somebody disabled keeps its policies, attached to nothing; they can be listed all the same.
        # https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
        organization = self.organization
        kept = OF_GUARDRAILS if organization and organization["FeatureSet"] == "ALL" else frozenset[str]()
        return read_policies(self._aws, self.enabled_types | kept)

    def _tagged(self) -> list[str]:
        """What may have tags: one by one each costs a call, so not what AWS made."""
        ours = [policy.arn for policy in self.policies_alone if not policy.aws_managed]
        return [ou.arn for ou in self.organizational_units.values()] + [item.arn for item in self.accounts] + ours

    def _read_secret(self, place: Place, name: str) -> LiveSecret | None:
        try:
            return describe(self._aws, place, name)
        except AwsError as error:
            if error.code not in NOT_TOLD:
                raise
            return None


def _secret(place: Place, name: str) -> str:
    return f"secret {place.account} {place.region} {name}"
