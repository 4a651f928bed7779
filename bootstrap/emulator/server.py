"""Starts and stops the server that clients talk to."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Self

from bootstrap.emulator import options
from bootstrap.emulator.clock import Clock
from bootstrap.emulator.gate.faults import Fault, Planned
from bootstrap.emulator.profile import read_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from bootstrap.emulator.gate.recorder import Call
    from bootstrap.emulator.listener import Listener
    from bootstrap.emulator.profile import Profile
    from bootstrap.emulator.requests import Requests


class Emulator:
    """An AWS of our own: moto's server on 127.0.0.1, completed where moto does nothing or differs.

    moto keeps its accounts in module globals, so every Emulator of a process would show the same AWS.
    Therefore one may run at a time; a second `start` raises RuntimeError. Each start begins empty.
    """

    _running: ClassVar[Emulator | None] = None
    _running_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(  # noqa: PLR0913 (each is one way in which the AWS to be differs)
        self,
        *,
        port: int = 0,
        paths: bool = True,
        polls: int = 1,
        tagging: bool = True,
        profile: str = "calm",
        seed: int = 0,
        speed: float = 1.0,
    ) -> None:
        """Describe the server; `start` runs it.

        `paths=False` and `tagging=False` take away what the profile would have. `polls` is how often
        CreateAccount and CloseAccount still answer "in progress". `profile` is calm, real, storm or a file;
        `seed` decides all that is left to chance; time goes `speed` times as fast as outside.
        Raises ValueError for a profile that there is not.
        """
        self._port = port
        self._paths, self._tagging = paths, tagging
        self._options = options.Options(polls=polls, profile=self._read(profile))
        self._seed, self._speed = seed, speed
        self._listener: Listener | None = None

    @property
    def endpoint(self) -> str:
        """The URL to give to clients, such as http://127.0.0.1:5000."""
        return self._running_listener().url

    def _running_listener(self) -> Listener:
        if self._listener is None:
            message = "the emulator is not running: call start() first, or use it as a context manager"
            raise RuntimeError(message)
        return self._listener

    @property
    def requests(self) -> Requests:
        """Where to ask for what shall go wrong: `emulator.requests.fail_account("INVALID_ADDRESS")`."""
        return self._options.requests

    def skip(self, seconds: float) -> None:
        """Let so much of the emulator's time go by at once; the next request finds what came of it."""
        options.CURRENT.clock.skip(seconds)

    def start(self) -> Self:
        """Begin to answer, from an empty AWS. Raises OSError where the port cannot be had."""
        _forget_the_user()
        from bootstrap.emulator.listener import Listener  # noqa: PLC0415 (imports moto, which takes a second)

        with Emulator._running_lock:
            if Emulator._running is not None:
                message = (
                    "a emulator is already running in this process, and moto's state is one for the whole "
                    "process: stop it first, or share it and call reset() between uses"
                )
                raise RuntimeError(message)
            Emulator._running = self
        try:
            for name, value in vars(self._options).items():
                setattr(options.CURRENT, name, value)
            self._listener = Listener(self._port)
            self.reset()
            self._listener.start()
        except BaseException:
            Emulator._running = None
            self._listener = None
            raise
        return self

    def stop(self) -> None:
        """Stop answering. Stopping twice does no harm."""
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
            Emulator._running = None

    def reset(self, *, seed: int | None = None) -> None:
        """Make it an empty AWS again, at the beginning of its time; with another seed from now on, if one is given."""
        if seed is not None:
            self._seed = seed
        options.CURRENT.begin(Clock(self._speed), self._seed)
        if self._listener is not None:
            self._listener.reset()

    def become(self, profile: str, *, speed: float | None = None, seed: int | None = None) -> None:
        """Behave as another profile says from the next call on, with everything that is in the AWS: so a large
        organization is made on a calm one in no time, and then met on a real one.

        Time goes on, at another speed if one is given, and what is under way ends when it was to. The buckets are
        full; chance begins anew if a seed is given. A `reset` empties the AWS and leaves it what it has become.
        Raises ValueError for a profile that there is not.
        """
        gate, current = self._running_listener().gate, options.CURRENT
        self._options.profile = current.profile = self._read(profile)
        current.requests.ask(current.profile.failures)
        if speed is not None:
            self._speed = speed
            current.clock.run(speed)
        if seed is not None:
            self._seed = current.seed = seed
        gate.become(seed)

    def _read(self, profile: str) -> Profile:
        """A profile, less what this emulator was told to be without."""
        read = read_profile(profile)
        return replace(read, paths=read.paths and self._paths, tagging=read.tagging and self._tagging)

    def calls(self) -> list[Call]:
        """Every call since the AWS was empty, in the order in which they took effect or were refused."""
        return self._running_listener().gate.calls()

    def copy_account(
        self, account_id: str, texts: Mapping[str, str], templates: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Create a member account like another one, with its parent, policies, tags and stacks; return its id.

        In its name, its e-mail address, its tags and its stacks, each key of `texts` is replaced by its value.
        `templates` are the texts of its stacks by name, where a replacement does not make them. No request is made, so
        no call is recorded: a large organization is there within seconds. Raises ValueError for an e-mail address that
        Organizations would refuse, and for a stack that cannot be created.
        """
        return self._running_listener().copy_account(account_id, texts, templates)

    def fail_next(self, action: str, fault: str, *, times: int = 1, skip: int = 0, writes: bool = False) -> Planned:
        """Let the next calls of an action go wrong, until the next reset.

        `action` is like `organizations.AttachPolicy`; `*` in it stands for anything. The first `skip` calls that
        the fault could strike are let by; with `writes` only those count that change something. Faults are those
        of `gate.faults.Fault`; ValueError for any other. What is returned counts the calls that it `struck`.
        """
        planned = Planned(action, Fault(fault), times, skip, writes)
        self._running_listener().gate.plan(planned)
        return planned

    def variables(self) -> dict[str, str]:
        """Return the environment that points the aws CLI and any SDK at this server."""
        # For a client that waits, and would wait as much shorter. A calm AWS has nothing to wait for.
        takes_time = self._options.profile.name != "calm"
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            # An empty token and no config files: nothing of the user's real credentials may be mixed in.
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _forget_the_user() -> None:
    """Take the user's own AWS configuration from this process: moto reads it when it is imported, and fails
    on a profile that is not there.
    """
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
