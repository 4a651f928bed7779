"""Watches over runs: what guards an account when AWS is asked for it, and when it is moved to where it shall stand."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bootstrap.policy.compile import compile_policies

if TYPE_CHECKING:
    from bootstrap.aws.client import AwsClient
    from tests.system.organization import Organization


class Guards:
    """`missing` has what an account lacked of what its environment shall be guarded by, when it came there.

    CreateAccount puts an account into the root, and MoveAccount into its OU: by then all policies must be attached
    that the OU and those above it shall have, as AWS itself lists them.
    """

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._api = organization.client("organizations")
        self._ous = {account.email: account.ou for account in organization.spec().accounts.values()}
        self._guarded = {account.email for account in organization.spec().accounts.values() if account.environment}
        self._wanted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for policy in compile_policies(organization.spec()):
            for ou in policy.targets:
                self._wanted[ou][policy.type].add(policy.name)
        self.created: set[str] = set()
        self.moved: set[str] = set()
        self.missing: list[str] = []

    def watch(self, aws: AwsClient) -> None:
        aws.on_event("before-call.organizations.CreateAccount", self._create)
        aws.on_event("before-call.organizations.MoveAccount", self._move)

    def _create(self, params: Any, **_: Any) -> None:
        email = json.loads(params["body"])["Email"]
        if email in self._guarded - self.created:  # and not whenever a young organization refuses it
            self.created.add(email)
            self._look(f"creating {email}", "Root")

    def _move(self, params: Any, **_: Any) -> None:
        account_id = json.loads(params["body"])["AccountId"]
        email = self._api.describe_account(AccountId=account_id)["Account"]["Email"]
        if email in self._guarded:
            self.moved.add(email)
            self._look(f"moving {email}", self._ous[email])

    def _look(self, when: str, ou: str) -> None:
        ids = {"Root": self._api.list_roots()["Roots"][0]["Id"], **self._organization.ous()}
        above = ou.split("/")
        for path in ["Root", *("/".join(above[: depth + 1]) for depth in range(len(above)) if ou != "Root")]:
            for policy_type, wanted in self._wanted[path].items():
                listed = self._api.list_policies_for_target(TargetId=ids[path], Filter=policy_type)["Policies"]
                lacking = wanted - {policy["Name"] for policy in listed}
                self.missing += [f"{when}: {name} is not on {path}" for name in sorted(lacking)]
