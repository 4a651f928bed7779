"""The process may die right after any single write: the next run converges, and the one after plans nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.aws.safety import is_read

if TYPE_CHECKING:
    from bootstrap.aws.door import Aws
    from bootstrap.sandbox import Sandbox
    from tests.system.organization import Organization


FILE = "account_specs/organization.yaml"


class Death(BaseException):
    """Not an Exception: nothing in the tool may catch it, as nothing catches SIGKILL."""


class DiesAfter:
    """Ends the run right after its n-th write took effect; once dead, no further call leaves."""

    def __init__(self, aws: Aws, n: int) -> None:
        self.left = n
        self.dead = False
        aws.on_event("before-call", self.refuse)
        aws.on_event("after-call", self.count)

    def refuse(self, **_: Any) -> None:
        if self.dead:
            raise Death

    def count(self, model: Any, **_: Any) -> None:
        if not is_read(model.name):
            self.left -= 1
            if self.left <= 0:
                self.dead = True
                raise Death


def apply_and_die_after(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n writes."""
    aws = organization.aws()
    death = DiesAfter(aws, n)
    try:
        organization.apply(aws=aws)
    except BaseExceptionGroup as group:
        _, others = group.split(Death)
        if others:
            raise
    return death.dead


def test_a_crash_after_any_write_converges_on_the_next_run(small: Organization, sandbox: Sandbox) -> None:
    n = 0
    died = True
    while died:
        n += 1
        sandbox.reset()
        died = apply_and_die_after(small, n)
        small.converge()
        assert sorted(small.accounts()) == ["developer-alice", "master", "tooling"]
    assert n > 13, f"only {n - 1} writes were tried"


def test_a_crash_after_any_write_of_a_change_converges_on_the_next_run(small: Organization, sandbox: Sandbox) -> None:
    """The same for an organization that exists: an account moves, units come and go, a template changes."""
    before = (small.directory / FILE).read_text("utf-8")
    n = 0
    died = True
    while died:
        n += 1
        sandbox.reset()
        small.write(FILE, before)
        small.converge()
        small.edit(FILE, "monthly_usd: 50", "monthly_usd: 60")
        small.edit(FILE, "[region.limit]", "[org.deny-leave]")
        small.edit(FILE, "Workloads", "Teams")
        died = apply_and_die_after(small, n)
        small.converge()
        assert set(small.units()) == {"Teams", "Teams/Developers"}
    assert n > 10, f"only {n - 1} writes were tried"
