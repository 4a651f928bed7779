"""What Organizations reports, each list read once for a plan however many kinds ask for it.

The cost in calls, for A accounts, U units, G tagged things, P policies of the types that are enabled or that
guardrails have, of which O are ours, and N(p) targets of policy p: 2 + ⌈A/20⌉ + (U + 1) + ⌈G/100⌉ +
types·⌈P/20⌉ + O + Σ⌈N(p)/20⌉; and of the tool's own parameters a page.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args

from bootstrap import facts
from bootstrap.aws import creation, parameters
from bootstrap.aws.inside import Identities, look_at_identities
from bootstrap.aws.retained import LiveSecret, describe
from bootstrap.aws.retry import NOT_TOLD
from bootstrap.aws.stacks import Stack
from bootstrap.errors import AwsError
from bootstrap.names import ROOT, TAG_PREFIX
from bootstrap.spec.models import Guardrail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.calling import Aws, Place
    from bootstrap.model import Json

T = TypeVar("T")

# The policy types that a guardrail can have.
_OF_GUARDRAILS: Final = frozenset[str](get_args(Guardrail.model_fields["policy_type"].annotation))


@dataclass(frozen=True, slots=True)
class LiveUnit:
    """One organizational unit; the root is a unit of path `Root`."""

    path: str
    id: str
    arn: str


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """One account. `unit` is the path it stands in; `open` is False once it is closing, closed or suspended."""

    id: str
    arn: str
    name: str
    email: str
    unit: str
    open: bool


@dataclass(frozen=True, slots=True)
class LiveStack:
    """One CloudFormation stack: its status, and its template exactly as it was last deployed, empty if it cannot
    be read.
    """

    status: str
    template: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """One policy, without its content. `targets` are the ids of roots, units and accounts it is attached to."""

    id: str
    arn: str
    name: str
    type: str
    description: str
    aws_managed: bool
    targets: tuple[str, ...] = field(default=())


class Live:
    """Lazy and thread-safe; a new one is made for each plan."""

    def __init__(self, aws: Aws) -> None:
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
    def units(self) -> Mapping[str, LiveUnit]:
        """Every unit by its path, the root among them."""
        return self._once("units", self._read_units)

    @property
    def accounts(self) -> tuple[LiveAccount, ...]:
        """Every account but the management account, which no guardrail binds and no baseline reaches."""
        return self._once("accounts", self._read_accounts)

    @property
    def earlier(self) -> creation.Earlier:
        """What was asked for before this run began to make accounts."""
        return self._once("earlier", lambda: creation.earlier(self._aws))

    @property
    def policies(self) -> tuple[LivePolicy, ...]:
        """Every policy of the enabled types and of those of guardrails, AWS's own included, with its targets."""
        return self._once("policies", self._read_targets)

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
                    lambda: self.units,
                    lambda: self.accounts,
                    lambda: self.policies,
                    lambda: self.parameters,
                    self._all_tags,
                ],
            )

    def tags(self, arn: str, want: Json = None) -> Mapping[str, str]:
        """The tags of one unit, account or policy, read with all others at once.

        The tagging API follows writes with a delay: where ours are not those that are wanted, Organizations
        itself is asked.
        """
        known = self._all_tags().get(arn, {})
        ours = {key: value for key, value in known.items() if key.startswith(TAG_PREFIX)}
        return known if want is None or want == ours else self._tags_of(arn)

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
        return self._once("tags", self._read_tags)

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

    def _read_units(self) -> Mapping[str, LiveUnit]:
        if self.organization is None:
            return {}
        units = {ROOT: LiveUnit(ROOT, self.root["Id"], self.root["Arn"])}
        parents = [units[ROOT]]
        while parents:
            children = [unit for found in self._aws.each(self._children, parents) for unit in found]
            units.update((unit.path, unit) for unit in children)
            parents = children
        return units

    def _children(self, parent: LiveUnit) -> list[LiveUnit]:
        found = self._aws.pages(
            "organizations.ListOrganizationalUnitsForParent", "OrganizationalUnits", ParentId=parent.id
        )
        return [LiveUnit(_path(parent.path, unit["Name"]), unit["Id"], unit["Arn"]) for unit in found]

    def _read_accounts(self) -> tuple[LiveAccount, ...]:
        if self.organization is None:
            return ()
        found = list(self._aws.pages("organizations.ListAccounts", "Accounts"))
        if any("Paths" not in account for account in found):
            # An endpoint older than Account.Paths (botocore 1.42.80): ask each unit for its accounts.
            by_unit = self._aws.each(self._accounts_in, self.units.values())
            parents = {account_id: unit for accounts in by_unit for account_id, unit in accounts}
        else:
            paths = {unit.id: unit.path for unit in self.units.values()}
            # o-1/r-2/ou-3/…/123456789012/ : the last but one names what the account stands in.
            parents = {account["Id"]: paths[account["Paths"][0].split("/")[-3]] for account in found}
        management = self.organization["MasterAccountId"]
        return tuple(
            LiveAccount(
                id=account["Id"],
                arn=account["Arn"],
                name=account["Name"],
                email=account["Email"],
                unit=parents[account["Id"]],
                # `Status` was to be retired on 2026-09-09 in favour of `State`; either may be absent.
                open=account.get("State", account.get("Status")) in {"ACTIVE", "PENDING_ACTIVATION"},
            )
            for account in found
            if account["Id"] != management
        )

    def _accounts_in(self, unit: LiveUnit) -> list[tuple[str, str]]:
        found = self._aws.pages("organizations.ListAccountsForParent", "Accounts", ParentId=unit.id)
        return [(account["Id"], unit.path) for account in found]

    def _read_secret(self, place: Place, name: str) -> LiveSecret | None:
        try:
            return describe(self._aws, place, name)
        except AwsError as error:
            if error.code not in NOT_TOLD:
                raise
            return None

    def _read_policies(self) -> tuple[LivePolicy, ...]:
        # A type that somebody disabled keeps its policies, attached to nothing; they can be listed all the same.
        # https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
        organization = self.organization
        kept = _OF_GUARDRAILS if organization and organization["FeatureSet"] == "ALL" else set[str]()
        found = [
            (policy, name)
            for name in sorted(self.enabled_types | kept)
            for policy in self._aws.pages("organizations.ListPolicies", "Policies", Filter=name)
        ]
        return tuple(
            LivePolicy(
                id=policy["Id"],
                arn=policy["Arn"],
                name=policy["Name"],
                type=name,
                description=policy.get("Description", ""),
                aws_managed=policy["AwsManaged"],
            )
            for policy, name in found
        )

    def _read_targets(self) -> tuple[LivePolicy, ...]:
        alone, types = self.policies_alone, self.enabled_types
        attachable = [policy.id for policy in alone if policy.type in types]
        targets = dict(zip(attachable, self._aws.each(self._targets, attachable), strict=True))
        return tuple(replace(policy, targets=targets.get(policy.id, ())) for policy in alone)

    def _targets(self, policy_id: str) -> tuple[str, ...]:
        found = self._aws.pages("organizations.ListTargetsForPolicy", "Targets", PolicyId=policy_id)
        return tuple(target["TargetId"] for target in found)

    def _read_tags(self) -> Mapping[str, Mapping[str, str]]:
        try:
            found = list(
                self._aws.pages(
                    "resourcegroupstaggingapi.GetResources",
                    "ResourceTagMappingList",
                    more="PaginationToken",
                    ResourceTypeFilters=["organizations"],
                    ResourcesPerPage=facts.TAGGING_PAGE_SIZE,
                )
            )
        except AwsError as error:
            if error.code not in NOT_TOLD:
                raise
            # Ask Organizations for each thing instead: ten a second, where a page has a hundred.
            ours = [policy.arn for policy in self.policies_alone if not policy.aws_managed]
            arns = [unit.arn for unit in self.units.values()] + [item.arn for item in self.accounts] + ours
            return dict(zip(arns, self._aws.each(self._tags_of, arns), strict=True))
        return {item["ResourceARN"]: _as_mapping(item["Tags"]) for item in found}

    def _tags_of(self, arn: str) -> Mapping[str, str]:
        # arn:aws:organizations::123456789012:account/o-1/210987654321, …:policy/o-1/service_control_policy/p-1
        found = self._aws.pages("organizations.ListTagsForResource", "Tags", ResourceId=arn.rpartition("/")[2])
        return _as_mapping(found)


def _secret(place: Place, name: str) -> str:
    return f"secret {place.account} {place.region} {name}"


def _as_mapping(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _path(parent: str, name: str) -> str:
    """Where a unit is. A name may hold anything, and is to pose neither as a path nor as the root.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html
    """
    name = name.replace("/", "\\u002f")
    if parent == ROOT:
        return name if name != ROOT else f"\\u{ord(name[0]):04x}{name[1:]}"
    return f"{parent}/{name}"
