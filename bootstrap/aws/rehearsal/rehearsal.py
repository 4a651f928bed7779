"""The kinds act as they do in an apply, so that what is told is what they do.

What they ask on the way is answered from a snapshot, and from what they asked for before. A thing that they make has
its reference for its id.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from bootstrap.aws.api import HERE, AwsApi, Place
from bootstrap.aws.read_only import is_read
from bootstrap.aws.rehearsal.attached import Attached
from bootstrap.aws.rehearsal.stacks import Stacks
from bootstrap.aws.snapshot import Replayed
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.names import KEY_TAG, ROOT
from bootstrap.model.resource import Address, Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.aws.snapshot import Snapshot

T = TypeVar("T")

# A plan has seen that no such account is there.
_NONE_FOUND: Mapping[str, dict[str, Any]] = {
    "organizations.ListCreateAccountStatus": {"CreateAccountStatuses": []},
    "organizations.ListAccounts": {"Accounts": []},
}


class Rehearsal(AwsApi):
    """Answers at once, in the thread that asks. It is of one plan; `live` is what that plan was made from."""

    def __init__(self, snapshot: Snapshot, *, access_role: str, home_region: str) -> None:
        super().__init__(access_role=access_role, home_region=home_region)
        self.inventory = Replayed(snapshot, self)
        self._root = snapshot.root or {"Id": Address("ou", ROOT).reference, "Arn": "", "PolicyTypes": []}
        self._types = {found["Type"] for found in self._root["PolicyTypes"]}
        self._attached = Attached(self.inventory)
        self._stacks = Stacks(self.inventory)
        self._all_tags = snapshot.tags
        self._made = ""
        self._calls: list[Call] = []

    def calls_of(self, address: Address, act: Callable[[], None]) -> tuple[Call, ...]:
        """What `act` calls to make or change the thing of this address, without what only reads."""
        self._made, self._calls = address.reference, []
        # What is known to stop it here stops the apply, too, which says why.
        with suppress(BootstrapError):
            act()
        return tuple(self._calls)

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        answer = self._answer(action, at, parameters)
        if not is_read(action.partition(".")[2]):
            self._calls.append(Call(action, at.account, at.region, parameters))
        return answer

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        answer = poll()
        assert answer is not None, f"{what}: {every_s}, {timeout_s}: nothing takes its time in a rehearsal"
        return answer

    def new_name(self) -> str:
        return "NEW"

    def _answer(self, action: str, at: Place, parameters: dict[str, Any]) -> dict[str, Any]:
        service, _, operation = action.partition(".")
        if service == "cloudformation":
            return self._stacks.answer(operation, at, parameters)
        if action == "secretsmanager.DescribeSecret":
            return self._secret(action, at, parameters["SecretId"])
        if action == "organizations.ListTagsForResource":
            return self._tags(parameters["ResourceId"])
        self._note(operation, parameters)
        answer = self._told().get(action)
        assert answer is not None or not is_read(operation), f"a rehearsal has no answer to {action}"
        return answer or {}

    def _secret(self, action: str, at: Place, name: str) -> dict[str, Any]:
        found = self.inventory.secret(at, name)
        if found is None:
            raise AwsError(action, "ResourceNotFoundException", name)
        tags = [{"Key": KEY_TAG, "Value": name}] if found.ours else []
        return {"ARN": found.arn, "Tags": tags, **({"DeletedDate": ""} if found.deleting else {})}

    def _tags(self, aws_id: str) -> dict[str, Any]:
        found = next((tags for arn, tags in self._all_tags.items() if arn.endswith(f"/{aws_id}")), {})
        return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}

    def _note(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """What a call changes that a later one hangs on."""
        match operation:
            case "CreateOrganization":
                # "service control policies automatically enabled in the root" (API reference, CreateOrganization)
                self._types.add("SERVICE_CONTROL_POLICY")
            case "EnablePolicyType":
                self._types.add(parameters["PolicyType"])
            case "CreatePolicy":
                self._attached.learn(self._made, parameters["Type"])
            case "AttachPolicy":
                self._attached.attach(parameters["PolicyId"], parameters["TargetId"])
            case "DetachPolicy":
                self._attached.detach(parameters["PolicyId"], parameters["TargetId"])

    def _told(self) -> Mapping[str, dict[str, Any]]:
        """Every answer that anything is done with."""
        types = [{"Type": name, "Status": "ENABLED"} for name in sorted(self._types)]
        return {
            **_NONE_FOUND,
            "organizations.DescribeOrganization": {"Organization": {"Id": self._made, "FeatureSet": "ALL"}},
            "organizations.ListRoots": {"Roots": [{**self._root, "PolicyTypes": types}]},
            "organizations.CreateOrganizationalUnit": {"OrganizationalUnit": {"Id": self._made}},
            "organizations.CreateAccount": {"CreateAccountStatus": {"Id": self._made}},
            "organizations.DescribeCreateAccountStatus": {
                "CreateAccountStatus": {"State": "SUCCEEDED", "AccountId": self._made}
            },
            "organizations.DescribeAccount": {"Account": {"State": "ACTIVE"}},
            "organizations.CreatePolicy": {"Policy": {"PolicySummary": {"Id": self._made}}},
        }
