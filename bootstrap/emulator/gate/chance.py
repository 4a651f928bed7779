"""What is left to chance: by the seed and by what is asked, not by when or by which thread.

Threads meet each other differently in each run. So whatever is drawn for a call comes from a source of its own, which
who asks for what for which time decides: what else goes on has no part in it.
"""

from __future__ import annotations

from collections import Counter
from random import Random


class Chance:
    """Neither asking nor doing is for two threads at once."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._done: Counter[str] = Counter()

    def become(self, seed: int) -> None:
        """Begin anew, from this seed. What was done stays done: no id is given twice."""
        self._seed = seed
        self._asked.clear()

    def of_asking(self, what: str) -> Random:
        """What befalls a call on its way: the same thing asked again has another fate."""
        self._asked[what] += 1
        return Random(f"{self._seed} asked {self._asked[what]} {what}")  # noqa: S311 (chance, not a secret)

    def of_doing(self, what: str) -> str:
        """A seed for what comes of a call, ids as well as delays: those of its first effect are the same after any
        number of refusals, as how often a client asks in vain is a matter of timing.
        """
        return f"{self._seed} done {self._done[what]} {what}"

    def done(self, what: str) -> None:
        """The call has had its effect; the next like it is to have another one."""
        self._done[what] += 1
