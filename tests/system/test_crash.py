"""The process may die right after any single write: the next run converges, and the one after plans nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bootstrap.aws.safety import is_read

if TYPE_CHECKING:
    from collections.abc import Callable

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


class DiesWaiting:
    """Ends the run in the midst of its n-th wait for something that AWS does in its own time."""

    def __init__(self, aws: Aws, n: int) -> None:
        self.left = n
        self.dead = False
        self._until = aws.until
        vars(aws)["until"] = self.until
        aws.on_event("before-call", self.refuse)

    def refuse(self, **_: Any) -> None:
        if self.dead:
            raise Death

    def until(self, poll: Callable[[], Any], **how: Any) -> Any:
        self.left -= 1
        fatal, polls = self.left == 0, 0

        def polled() -> Any:
            nonlocal polls
            found = poll()
            polls += 1
            if fatal and (polls > 1 or found is not None):
                self.dead = True
                raise Death
            return found

        return self._until(polled, **how)


def apply_and_die_after(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n writes."""
    return apply_and_die(organization, lambda aws: DiesAfter(aws, n))


def apply_and_die_waiting(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n waits."""
    return apply_and_die(organization, lambda aws: DiesWaiting(aws, n))


def apply_and_die(organization: Organization, killer: Callable[[Aws], DiesAfter | DiesWaiting]) -> bool:
    aws = organization.aws()
    death = killer(aws)
    try:
        organization.apply(aws=aws)
    except Death:
        assert death.dead
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
