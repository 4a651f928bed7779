"""What the running sandbox was asked to be like."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bootstrap.sandbox.agenda import Agenda
from bootstrap.sandbox.clock import Clock
from bootstrap.sandbox.profile import Profile
from bootstrap.sandbox.requests import Requests


@dataclass
class Options:
    """One instance serves the whole process, because moto's state does too."""

    polls: int = 1
    """How many times a request that AWS works on in the background still answers that it is in progress."""

    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 (chance, not a secret)
    """Every chance that the sandbox takes comes from here, so that a seed gives the same AWS again."""

    requests: Requests = field(default_factory=Requests)
    agenda: Agenda = field(init=False)

    def __post_init__(self) -> None:
        self.begin(self.clock, self.random)

    def begin(self, clock: Clock, random: Random) -> None:
        """Begin anew: nothing is under way, and nothing is to go wrong but what the profile asks for."""
        self.clock, self.random = clock, random
        self.agenda = Agenda(clock)
        self.requests.forget()
        self.requests.ask(self.profile.failures)


CURRENT = Options()
