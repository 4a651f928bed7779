"""The AWS that a command talks to, and what to tell the reader about it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bootstrap.cli import console
from bootstrap.cli.progress import interruptibly
from bootstrap.model.errors import BootstrapError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bootstrap.aws.client import AwsClient
    from bootstrap.aws.endpoint import Endpoint
    from bootstrap.aws.metrics import Attempt
    from bootstrap.emulator import Emulator
    from bootstrap.spec.spec import Spec
    from bootstrap.workflow import Caller


@dataclass(frozen=True, slots=True)
class Connection:
    """An AWS, whose it is, and whether it is there when the command is over.

    `caller` is who we are there, if that was asked: an emulator does not care.
    """

    aws: AwsClient
    whose: str
    lasting: bool = True
    caller: Caller | None = None


@contextmanager
def connect(spec: Spec, *, emulator: bool, say: Callable[[str], None] = console.result) -> Iterator[Connection]:
    """The AWS of the environment, or an embedded one for as long as this lasts. Says which, before all else."""
    from bootstrap.aws.endpoint import Endpoint, from_environment

    if emulator:
        with embedded_aws() as server:
            yield _open(Endpoint(server.endpoint), spec, say, lasting=False)
    else:
        yield _open(from_environment(os.environ), spec, say)


@contextmanager
def embedded_aws(port: int = 0, *, profile: str = "calm", seed: int = 0, speed: float = 1.0) -> Iterator[Emulator]:
    """An embedded AWS on loopback, for as long as this lasts."""
    from bootstrap.emulator import Emulator

    try:
        server = Emulator(port=port, profile=profile, seed=seed, speed=speed)
    except ValueError as error:
        hint = "docs/emulator.md tells what each does, and how to write one"
        raise BootstrapError(str(error), hint=hint) from error
    console.talk("Starting an embedded AWS …")
    try:
        server.start()
    except ModuleNotFoundError as error:
        message = f"the embedded AWS is not installed ({error.name} is missing)"
        raise BootstrapError(message, hint="pip install 'org-bootstrap[emulator]'") from error
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        message = f"port {port} of 127.0.0.1 cannot be used: {reason}"
        raise BootstrapError(message, hint="choose another one, or `--port 0` for any that is free") from error
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def summed_up(connection: Connection) -> Iterator[None]:
    """Print at the end how many calls all of this has cost, however it ended."""
    try:
        yield
    finally:
        console.talk(f"{connection.aws.metrics}.")


def _open(endpoint: Endpoint, spec: Spec, say: Callable[[str], None], *, lasting: bool = True) -> Connection:
    from bootstrap.aws.client import AwsClient

    aws = AwsClient(endpoint, access_role=spec.organization.access_role, home_region=spec.organization.home_region)
    if console.verbose:
        aws.on_attempt(tell)
    if endpoint.emulated:
        say(f"Emulated AWS at {endpoint.url}: nothing here is real.")
        return Connection(aws, f"the emulated AWS at {endpoint.url}", lasting)
    from bootstrap.workflow import caller

    who = interruptibly(lambda: caller(aws))
    say(f"{describe(who)}.")
    return Connection(aws, describe(who), lasting, who)


def tell(made: Attempt) -> None:
    """One call as it went, for `--verbose`."""
    console.talk(f"  {made.action} {made.account} {made.seconds * 1000:.0f} ms {made.outcome} {made.reason}".rstrip())


def describe(who: Caller) -> str:
    """OrganizationRef AWS this is."""
    which = f"organization {who.organization}" if who.organization else "no organization yet"
    return f"AWS account {who.account}, {which}, as {who.arn}"
