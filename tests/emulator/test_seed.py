"""The same seed gives the same AWS to a client of many threads, in whatever order they run."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from tests.emulator.conftest import CONTENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws

    Told = list[str]

NAMES = [f"thing-{number}" for number in range(24)]
KIND = "SERVICE_CONTROL_POLICY"
PASSING = {"ServiceException", "InternalFailure", "ServiceUnavailable", "ConcurrentModificationException", "-"}
ROUGH = """
latency_s = [0, 0.1]

[delays_s]
account_creation = [0.1, 0.5]

[faults]
server_error = 0.2
reset_before = 0.1
reset_after = 0.1
concurrent_modification = 0.2
"""
pytestmark = pytest.mark.emulator(profile=ROUGH, seed=7, speed=20)


def told(ask: Callable[[], object]) -> Told:
    """All answers to the client until the call succeeds, or has succeeded although its answer was lost."""
    heard: Told = []
    while not heard or heard[-1] in PASSING:
        assert len(heard) < 50, "the same fate each time"
        try:
            heard.append(str(ask()))
        except ClientError as error:
            heard.append(error.response["Error"]["Code"])
        except HTTPClientError:
            heard.append("-")
    return heard


def in_threads(ask: Callable[[str], Told], names: list[str], threads: int) -> dict[str, Told]:
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(names, pool.map(ask, names), strict=True))


def make_policies(aws: Aws, names: list[str], threads: int) -> dict[str, Told]:
    """The answers to each creation of a policy, with its id at the end."""
    api = aws("organizations")
    told(api.create_organization)

    def ask(name: str) -> Told:
        asked = {"Name": name, "Description": "", "Type": KIND, "Content": json.dumps(CONTENTS[KIND])}
        return told(lambda: api.create_policy(**asked)["Policy"]["PolicySummary"]["Id"])

    return in_threads(ask, names, threads)


@pytest.mark.usefixtures("impatient")
def test_each_call_of_a_concurrent_client_meets_the_same_faults_and_makes_the_same_thing(
    emulator: Emulator, aws: Aws
) -> None:
    once = make_policies(aws, NAMES, threads=8)
    emulator.reset()
    again = make_policies(aws, NAMES[::-1], threads=3)
    assert again == once
    emulator.reset(seed=8)
    other = make_policies(aws, NAMES, threads=8)
    emulator.reset(seed=7)
    assert all(other[name] != once[name] for name in NAMES)
    assert len({tuple(heard[:-1]) for heard in once.values()}) > 5, "each thing has a fate of its own"


def test_a_repeated_call_draws_other_faults(aws: Aws) -> None:
    sts = aws("sts")
    fates = [told(sts.get_caller_identity)[:-1] for _ in range(20)]
    assert [] in fates
    assert any(fates)


def make_accounts(aws: Aws, names: list[str], threads: int) -> dict[str, str]:
    """The id of each account, by its name. AWS creates the accounts while the client makes other calls."""
    api = aws("organizations")
    told(api.create_organization)

    def ask(name: str) -> Told:
        return told(lambda: api.create_account(Email=f"{name}@example.org", AccountName=name))

    in_threads(ask, names, threads)
    found: dict[str, str] = {}
    while len(found) <= len(names):
        told(lambda: found.update({made["Name"]: made["Id"] for made in api.list_accounts()["Accounts"]}))
    return found


@pytest.mark.usefixtures("impatient")
def test_an_account_id_depends_on_the_seed_and_not_on_retries(emulator: Emulator, aws: Aws) -> None:
    once = make_accounts(aws, NAMES[:8], threads=8)
    emulator.reset()
    refused = emulator.fail_next("organizations.CreateAccount", "server_error", times=5)
    again = make_accounts(aws, NAMES[7::-1], threads=3)
    assert refused.struck == 5
    assert again == once


def test_a_repeated_seed_gives_no_id_twice(emulator: Emulator, aws: Aws) -> None:
    api, seen = aws("iam"), []
    for seed in (7, 7, 8, 7):
        emulator.become("calm", seed=seed)
        seen.append(api.create_user(UserName="a")["User"]["UserId"])
        api.delete_user(UserName="a")
    assert len(set(seen)) == 4
