"""Simulate a plan: the kinds' verbs run on a replay, and each kind answers its own writes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bootstrap.aws.api import HERE, Place
from bootstrap.aws.inventory import Inventory
from bootstrap.aws.read_only import is_read
from bootstrap.aws.recording import NOT_RECORDED, Replay
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.resource import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bootstrap.aws.recording import RecordedCall
    from bootstrap.model.resource import Address

    Answers = Callable[["SimulatedCall"], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """A call that would be made. `new_id` stands for the id of the changed resource.

    `observed` has the reads of the plan. `state` is kept between calls: what kinds have created so far.
    """

    action: str
    at: Place
    parameters: Mapping[str, Any]
    new_id: str
    observed: Inventory
    state: dict[str, Any]

    @property
    def operation(self) -> str:
        return self.action.partition(".")[2]


class Simulation(Replay):
    """Answers at once: the kind that calls answers, or else the replay."""

    def __init__(self, calls: Iterable[RecordedCall], *, access_role: str, home_region: str) -> None:
        recorded = list(calls)
        super().__init__(recorded, access_role=access_role, home_region=home_region)
        self._observed = Inventory(Replay(recorded, access_role=access_role, home_region=home_region))
        self._state: dict[str, Any] = {}
        self._answers: Answers = lambda _call: None
        self._new_id = ""
        self._made: list[Call] = []

    def calls_of(self, address: Address, answers: Answers, act: Callable[[], None]) -> tuple[Call, ...]:
        """The calls of `act`, which changes the resource of this address, without those that only read."""
        self._new_id, self._answers, self._made = address.reference, answers, []
        # This error would stop the apply too, which then reports it.
        with suppress(BootstrapError):
            act()
        return tuple(self._made)

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        made = SimulatedCall(action, at, parameters, self._new_id, self._observed, self._state)
        answer = self._answers(made)
        if not is_read(made.operation):
            self._made.append(Call(action, at.account, at.region, parameters))
            return dict(answer or {})
        if answer is not None:
            return dict(answer)
        try:
            return super().call(action, at=at, **parameters)
        except AwsError as error:
            if error.code == NOT_RECORDED:
                raise NotImplementedError(f"no kind answers {action} in a simulation") from error
            raise
