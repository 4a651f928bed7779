"""Random faults: their shares, and the same faults for the same seed."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bootstrap.emulator.gate.faults import Fault, Faults
from bootstrap.emulator.gate.request import Protocol, Request
from bootstrap.emulator.profile import Faults as Shares
from bootstrap.emulator.profile import read_profile


def request(action: str = "organizations.AttachPolicy", *, session: bool = True) -> Request:
    service, _, operation = action.partition(".")
    return Request(service, operation, Protocol.JSON, "us-east-1", "testing", session, "")


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (chance, not a secret)


def picked(shares: Shares, seed: int, asked: Request, times: int = 2000) -> list[Fault | None]:
    faults, random = Faults(shares), chance(seed)
    return [faults.pick(asked, random) for _ in range(times)]


def test_the_same_seed_gives_the_same_faults_and_another_one_others() -> None:
    storm = read_profile("storm").faults
    assert picked(storm, 7, request()) == picked(storm, 7, request())
    assert picked(storm, 7, request()) != picked(storm, 8, request())


@pytest.mark.parametrize(
    ("asked", "impossible"),
    [
        (request("organizations.AttachPolicy"), {Fault.EMPTY_PAGE}),
        (request("organizations.ListRoots", session=False), {Fault.CONCURRENT_MODIFICATION, Fault.EXPIRED_TOKEN}),
        (request("cloudformation.CreateStack"), {Fault.CONCURRENT_MODIFICATION, Fault.EMPTY_PAGE}),
    ],
)
def test_each_fault_of_storm_occurs_about_as_often_as_its_share(asked: Request, impossible: set[Fault]) -> None:
    storm, times = read_profile("storm").faults, 20_000
    counted = Counter(picked(storm, 1, asked, times))
    for fault in Fault:
        share = 0 if fault in impossible else getattr(storm, fault, 0)
        assert counted[fault] == pytest.approx(share * times, abs=4 * (share * times) ** 0.5)


def test_a_fault_that_does_not_apply_leaves_the_next_call_unchanged() -> None:
    shares = Shares(server_error=0.2, empty_page=0.5)
    one, other = Faults(shares), Faults(shares)
    first, second = chance(3), chance(3)
    reads, writes = request("organizations.ListRoots"), request()
    for _ in range(100):
        read, written = one.pick(reads, first), other.pick(writes, second)
        assert written is (None if read is Fault.EMPTY_PAGE else read)


def test_calm_and_real_have_no_faults() -> None:
    for name in ("calm", "real"):
        assert set(picked(read_profile(name).faults, 1, request())) == {None}
