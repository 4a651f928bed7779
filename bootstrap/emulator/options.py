"""What the running emulator was asked to be like."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bootstrap.emulator.agenda import Agenda
from bootstrap.emulator.clock import Clock
from bootstrap.emulator.profile import Profile
from bootstrap.emulator.requests import Requests


@dataclass
class Options:
    """One instance serves the whole process, because moto's state does too."""

    polls: int = 1
    """How many times a request that AWS works on in the background still answers that it is in progress."""

    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=Clock)
    seed: int = 0
    random: Random = field(default_factory=Random)
    """Where ids and delays come from. It begins anew for each call, and for whatever happens later by itself."""

    requests: Requests = field(default_factory=Requests)
    agenda: Agenda = field(init=False)

    def __post_init__(self) -> None:
        self.begin(self.clock, self.seed)

    def begin(self, clock: Clock, seed: int) -> None:
        """Begin anew: nothing is under way, and nothing is to go wrong but what the profile asks for."""
        self.clock, self.seed = clock, seed
        self.agenda = Agenda(clock, self.random)
        self.requests.forget()
        self.requests.ask(self.profile.failures)


CURRENT = Options()
