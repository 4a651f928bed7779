"""The options of the running emulator."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bootstrap.emulator.clock import Clock, Scheduler
from bootstrap.emulator.failures import PlannedFailures
from bootstrap.emulator.profile import Profile


@dataclass
class Options:
    """One instance serves the process, as moto's state does."""

    polls: int = 1
    """How often CreateAccount and CloseAccount answer "in progress" on a profile without delays."""

    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=Clock)
    seed: int = 0
    random: Random = field(default_factory=Random)
    """The source of ids and delays. It is seeded again for each call and for each scheduled action."""

    failures: PlannedFailures = field(init=False)
    scheduler: Scheduler = field(init=False)

    def __post_init__(self) -> None:
        self.begin(self.clock, self.seed)

    def begin(self, clock: Clock, seed: int) -> None:
        """Start again: nothing is scheduled, and only the failures of the profile are planned."""
        self.clock, self.seed = clock, seed
        self.scheduler = Scheduler(clock, self.random)
        self.failures = PlannedFailures()
        self.failures.add(*self.profile.failures)


CURRENT = Options()
