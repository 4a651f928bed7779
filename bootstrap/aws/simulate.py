"""Simulate a plan: the kinds' verbs run on a replay, and each kind answers its own writes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bootstrap.aws.api import HERE, AwsApi, Place
from bootstrap.aws.inventory import Inventory
from bootstrap.aws.read_only import is_read
from bootstrap.aws.recording import NOT_RECORDED
from bootstrap.model.errors import AwsError, BootstrapError
from bootstrap.model.resource import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.model.resource import Address

    Answers = Callable[["SimulatedCall"], Mapping[str, Any] | None]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """A call that would be made. `new_id` stands for the id of the changed resource.

    `observed` has the reads of the plan. `state` is kept between calls; each kind has its own keys in it.
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


class Simulation(AwsApi):
    """Answers at once: the kind that calls answers, or else the replay."""

    def __init__(self, replay: AwsApi) -> None:
        super().__init__(access_role=replay.access_role, home_region=replay.home_region)
        self._replay = replay
        self._observed = Inventory(replay)
        self._state: dict[str, Any] = {}
        self._answers: Answers = lambda _call: None
        self._new_id = ""
        self._calls: list[Call] = []

    def calls_of(self, address: Address, answers: Answers, act: Callable[[], None]) -> tuple[Call, ...]:
        """The calls of `act`, which changes the resource of this address, without those that only read."""
        self._new_id, self._answers, self._calls = address.reference, answers, []
        # This error would stop the apply too, which then reports it.
        with suppress(BootstrapError):
            act()
        return tuple(self._calls)

    def call(self, action: str, /, *, at: Place = HERE, **parameters: Any) -> dict[str, Any]:
        made = SimulatedCall(action, at, parameters, self._new_id, self._observed, self._state)
        answer = self._answers(made)
        if not is_read(made.operation):
            self._calls.append(Call(action, at.account, at.region, parameters))
            return dict(answer or {})
        if answer is not None:
            return dict(answer)
        try:
            return self._replay.call(action, at=at, **parameters)
        except AwsError as error:
            if error.code == NOT_RECORDED:
                raise NotImplementedError(f"no kind answers {action} in a simulation") from error
            raise

    def until(self, poll: Callable[[], T | None], *, what: str, every_s: float, timeout_s: float) -> T:
        answer = poll()
        assert answer is not None, f"{what}: nothing waits in a simulation ({every_s}, {timeout_s})"
        return answer

    def new_name(self) -> str:
        return "NEW"
