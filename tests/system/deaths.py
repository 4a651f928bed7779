"""Runs that die: after a write, in a wait, between two tries. Nothing that they hold is given back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from bootstrap import workflow
from bootstrap.aws.read_only import is_read
from bootstrap.resources.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.aws.client import AwsClient
    from tests.system.organization import Organization


class Death(BaseException):
    """Not an Exception: nothing in the tool may catch it, as nothing catches SIGKILL."""


class Dying:
    """A run that dies of the n-th of something; once dead, no further call leaves."""

    def __init__(self, aws: AwsClient, n: int) -> None:
        self.left = n
        self.dead = False
        aws.on_event("before-call", self.refuse)

    def refuse(self, **_: Any) -> None:
        if self.dead:
            raise Death

    def die(self) -> None:
        self.dead = True
        raise Death


class DiesAfter(Dying):
    """Right after its n-th write took effect."""

    def __init__(self, aws: AwsClient, n: int) -> None:
        super().__init__(aws, n)
        aws.on_event("after-call", self.count)

    def count(self, model: Any, **_: Any) -> None:
        if not is_read(model.name):
            self.left -= 1
            if self.left <= 0:
                self.die()


class DiesWaiting(Dying):
    """In the midst of its n-th wait for something that AWS does in its own time."""

    def __init__(self, aws: AwsClient, n: int) -> None:
        super().__init__(aws, n)
        self._until = aws.until
        vars(aws)["until"] = self.until

    def until(self, poll: Callable[[], Any], **how: Any) -> Any:
        self.left -= 1
        fatal, polls = self.left == 0, 0

        def polled() -> Any:
            nonlocal polls
            found = poll()
            polls += 1
            if fatal and (polls > 1 or found is not None):
                self.die()
            return found

        return self._until(polled, **how)


class DiesRetrying(Dying):
    """In the midst of the n-th pause before another try, as while a young organization makes no accounts yet."""

    def __init__(self, aws: AwsClient, n: int) -> None:
        super().__init__(aws, n)
        self._doomed = 0
        self._retry, clock = aws.metrics.retry, aws._clock
        self._sleep = clock.sleep
        vars(aws.metrics)["retry"] = self.retry
        vars(clock)["sleep"] = self.sleep

    def retry(self) -> None:
        self._retry()
        self.left -= 1
        if self.left == 0:
            self._doomed = threading.get_ident()

    def sleep(self, seconds: float) -> None:
        if threading.get_ident() == self._doomed:
            self._sleep(seconds / 2)
            self.die()
        self._sleep(seconds)


def apply_and_die_after(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n writes."""
    return apply_and_die(organization, lambda aws: DiesAfter(aws, n))


def apply_and_die_waiting(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n waits."""
    return apply_and_die(organization, lambda aws: DiesWaiting(aws, n))


def apply_and_die_retrying(organization: Organization, n: int) -> bool:
    """Whether the run died; False once it has fewer than n pauses before another try."""
    return apply_and_die(organization, lambda aws: DiesRetrying(aws, n))


def apply_and_die(organization: Organization, killer: Callable[[AwsClient], Dying]) -> bool:
    aws = organization.aws()
    death = killer(aws)
    try:
        workflow.apply(organization.plan_leaving(aws), KINDS, aws)
    except Death:
        assert death.dead
    return death.dead
