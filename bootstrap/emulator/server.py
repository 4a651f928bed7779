"""The emulator as a test or the command line uses it."""

from __future__ import annotations

import os
import threading
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Self

from bootstrap.emulator import options
from bootstrap.emulator.clock import Clock
from bootstrap.emulator.failures import INTERNAL, account_failure, resource_failure, rollback_failure
from bootstrap.emulator.gate.faults import Fault, Planned
from bootstrap.emulator.profile import read_profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.emulator.copying import Saved
    from bootstrap.emulator.gate.request import Call
    from bootstrap.emulator.listener import Listener


class Emulator:
    """An AWS on 127.0.0.1: moto's server, with patches where moto does nothing or differs from AWS.

    moto keeps its state in module globals, so one Emulator may run in a process at a time; a second `start` raises
    RuntimeError. Each start begins with an empty AWS.
    """

    _running: ClassVar[Emulator | None] = None
    _running_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        *,
        port: int = 0,
        polls: int = 1,
        profile: str = "calm",
        seed: int = 0,
        speed: float = 1.0,
    ) -> None:
        """Configure the server; `start` runs it.

        `profile` is calm, real, storm or a file. `polls` is how often CreateAccount and CloseAccount answer "in
        progress" on a profile without delays. `seed` seeds everything random. `speed` is how fast the emulator's clock
        runs. Raises ValueError for a profile that does not exist.
        """
        self._port, self._polls = port, polls
        self._profile = read_profile(profile)
        self._seed, self._speed = seed, speed
        self._listener: Listener | None = None

    @property
    def endpoint(self) -> str:
        """The URL for clients, such as http://127.0.0.1:5000."""
        return self._running_listener().url

    def _running_listener(self) -> Listener:
        if self._listener is None:
            raise RuntimeError("the emulator is not running: call start() first, or use it as a context manager")
        return self._listener

    def advance(self, seconds: float) -> None:
        """Move the emulator's clock forward: the next request finds the state of that time."""
        options.CURRENT.clock.advance(seconds)

    def start(self) -> Self:
        """Start with an empty AWS. Raises OSError if the port cannot be bound."""
        _forget_the_user()
        _share_models()
        from bootstrap.emulator.listener import Listener  # noqa: PLC0415 (imports moto, which takes a second)

        with Emulator._running_lock:
            if Emulator._running is not None:
                message = (
                    "an emulator is already running in this process, and moto's state is global: "
                    "stop it first, or share it and call reset() between uses"
                )
                raise RuntimeError(message)
            Emulator._running = self
        try:
            options.CURRENT.polls, options.CURRENT.profile = self._polls, self._profile
            self._listener = Listener(self._port)
            self.reset()
            self._listener.start()
        except BaseException:
            Emulator._running = None
            self._listener = None
            raise
        return self

    def stop(self) -> None:
        """Stop the server. Stopping it twice is no error."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
            Emulator._running = None

    def reset(self, *, seed: int | None = None) -> None:
        """Empty the AWS and restart its clock, with another seed if one is given."""
        if seed is not None:
            self._seed = seed
        options.CURRENT.begin(Clock(self._speed), self._seed)
        if self._listener is not None:
            self._listener.reset()

    def save(self) -> Saved:
        """Copy the state, to be restored in this emulator or another one of the process.

        Raises RuntimeError while an operation is in progress.
        """
        return self._running_listener().save()

    def restore(self, saved: Saved) -> None:
        """Empty the AWS and fill it as it was saved: its resources, its recorded calls, its time and its randomness.

        Injected faults are gone. Anything that was saved can be restored any number of times.
        """
        self.reset()
        self._running_listener().restore(saved)

    def become(self, profile: str, *, speed: float | None = None, seed: int | None = None) -> None:
        """Switch to another profile from the next call on, and keep the state: a test builds a large organization on
        calm, and measures it on real.

        The clock continues, at another speed if one is given, and scheduled actions keep their times. The token buckets
        are full; randomness starts again if a seed is given. A `reset` keeps the profile. Raises ValueError for a
        profile that does not exist.
        """
        session, current = self._running_listener().gate.session, options.CURRENT
        self._profile = current.profile = read_profile(profile)
        current.failures.add(*current.profile.failures)
        if speed is not None:
            self._speed = speed
            current.clock.run(speed)
        if seed is not None:
            self._seed = current.seed = seed
        session.become(current.profile, seed)

    def calls(self) -> list[Call]:
        """Every call since the last reset, in the order in which the calls took effect or were refused."""
        return list(self._running_listener().gate.session.calls)

    def copy_account(
        self, account_id: str, texts: Mapping[str, str], templates: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Create a member account like another one, with its parent, policies, tags and stacks; return its id.

        Each key of `texts` is replaced by its value in the account's name, e-mail address, tags and stacks. `templates`
        are template texts by stack name, for stacks that a replacement cannot derive. No call is made or recorded, so
        a large organization takes seconds. Raises ValueError for an e-mail address that Organizations would refuse,
        and for a stack that cannot be created.
        """
        return self._running_listener().copy_account(account_id, texts, templates)

    def fail_next(self, action: str, fault: str, *, times: int = 1, skip: int = 0, writes: bool = False) -> Planned:
        """Inject a fault into the next `times` calls of an action, until the next reset.

        `action` is like `organizations.AttachPolicy`, with `*` as a wildcard. The first `skip` matching calls pass;
        with `writes` only calls that change something match. `fault` is a value of `gate.faults.Fault`; ValueError
        for any other. The result counts the calls that it `struck`.
        """
        planned = Planned(action, Fault(fault), times, skip, writes)
        self._running_listener().gate.session.plan(planned)
        return planned

    def fail_account(self, reason: str, *, email: str = "", times: int = 1) -> None:
        """Let the next account creations fail, until the next reset; see `failures.account_failure`."""
        options.CURRENT.failures.add(account_failure(reason, email=email, times=times))

    def fail_resource(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = INTERNAL) -> None:
        """Let CloudFormation fail on the next resources of a type; see `failures.resource_failure`."""
        options.CURRENT.failures.add(resource_failure(type_name, logical_id, times=times, message=message))

    def fail_rollback(self, type_name: str, logical_id: str = "", *, times: int = 1, message: str = INTERNAL) -> None:
        """Let CloudFormation fail to roll the next resources of a type back; see `failures.rollback_failure`."""
        options.CURRENT.failures.add(rollback_failure(type_name, logical_id, times=times, message=message))

    def variables(self) -> dict[str, str]:
        """The environment variables that point the aws CLI and every SDK at this server."""
        # A client divides its waits by this speed. On calm there is nothing to wait for.
        takes_time = self._profile.name != "calm"
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            # An empty token and no config files keep the user's real credentials out.
            "AWS_SESSION_TOKEN": "",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            **({"ORG_BOOTSTRAP_SPEED": f"{self._speed:g}"} if takes_time else {}),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _forget_the_user() -> None:
    """Remove the user's AWS configuration from this process: moto reads it at import, and may fail on it."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


@cache
def _share_models() -> None:
    """Let all botocore sessions of this process share the models of the services, which take long to parse."""
    import botocore.session  # noqa: PLC0415 (with the start of the emulator)

    botocore.session.create_loader = cache(botocore.session.create_loader)
