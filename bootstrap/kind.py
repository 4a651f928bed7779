"""The contract of a kind: one sort of resource, in one file, in five verbs.

A kind turns the YAML into Resources (`desired`), AWS into Resources (`observe`), and a difference into
calls (`create`, `update`, `delete`). The engine owns everything else: the diff, the order, waiting,
parallel work, refusals, reporting. It knows this word and no kind.

The rules that a kind keeps:

* `desired` and `settle` are pure. `observe` only reads; a hook refuses anything else.
* want and have are the same type: what `observe` returns after `create(want)` equals `want`.
* `create` may meet its resource half-made or already there, left by a run that died: it must end with the
  resource as wanted all the same, and never make a second one.
* Every write leaves AWS in a state from which the next run converges: no order of deaths loses anything.
* A kind never sleeps (`Aws.until` waits), never prints (`World.say` tells), never catches what it does not
  expect. An expected failure is a BootstrapError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from bootstrap.difference import differences
from bootstrap.hiding import hide
from bootstrap.memory import Compared, from_shards
from bootstrap.plan import Risk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bootstrap.aws.calling import Aws
    from bootstrap.aws.live import Live
    from bootstrap.memory import Memory
    from bootstrap.model import Address, Ids, Json, Resource
    from bootstrap.plan import Change, Finding, Foreign, Refusal, Unseen
    from bootstrap.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class World:
    """What a kind works with: the door to AWS, what AWS reports, the ids, a voice for long waits, and the consents
    that are given.
    """

    aws: Aws
    live: Live
    ids: Ids
    say: Callable[[Address, str], None] = lambda _address, _text: None
    given: Collection[str] = ()

    @property
    def memory(self) -> Memory | None:
        """What the YAML said when it was last applied, if that is known."""
        return from_shards(self.live.parameters)


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is: what is ours (`have`), what is not, and what could not be looked at."""

    have: Mapping[Address, Resource] = field(default_factory=dict)
    foreign: tuple[Foreign, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class Kind(ABC):
    """One sort of resource. `name` is the `kind` of its addresses; `after` names the kinds observed first.

    What is `lasting` cannot be deleted: `delete` releases it, and a plan says so.
    """

    name: ClassVar[str]
    after: ClassVar[tuple[str, ...]] = ()
    lasting: ClassVar[bool] = False
    harmless: ClassVar[frozenset[str]] = frozenset({"tags"})

    @abstractmethod
    def desired(self, spec: Spec) -> Iterable[Resource]:
        """Every resource of this kind that the YAML asks for."""

    @abstractmethod
    def observe(self, world: World, want: Mapping[Address, Resource]) -> Observed:
        """Every resource of this kind that there is, its ids put into `world.ids`.

        `want` holds the resources of every kind that the YAML asks for: what exists under a wanted identity
        is matched to it. Observing costs pages, not items.
        """

    def settle(self, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Mapping[Address, Resource]:
        """What to aim for, knowing what there is. By default just what the YAML wants: the rest is deleted.

        A kind whose things must not vanish because a line did returns those of `have` as well.
        """
        del have
        return want

    def remains(self, have: Resource, allow: Collection[str]) -> Resource | None:
        """What is left of it when all that is ours is destroyed, with these consents. By default nothing."""
        del have, allow
        return None

    def refusals(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[Refusal]:
        """Reasons why this change must not happen, or not without consent. `want` and `have` are of all kinds, and
        empty where all is destroyed, which takes a word of its own. Asks nothing that is not known yet.
        """
        del world, change, want, have
        return ()

    def remarks(
        self, world: World, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[str]:
        """What a reader should know of a change that its values do not say. Asks nothing that is not known yet."""
        del world, change, want, have
        return ()

    def inspect(self, world: World, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        """What is within these that observing them does not show. Only reads, and may cost calls for each."""
        del world, have
        return ()

    def remembered_as(self, address: Address) -> Address:
        """The thing that is remembered to have been wanted when this was: by default it is one of its own."""
        return address

    def compared(self, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Compared:
        """What there is, and what is wanted, of the thing that a change is remembered as."""
        del want, have
        return Compared(self.remembered_as(change.address), *change.bodies)

    def means_another(self, change: Change) -> bool:
        """Whether the name of a thing means another one than until now. By default nothing is known by another name
        than its address.
        """
        del change
        return False

    def about(self, address: Address) -> Address:
        """The thing whose story a change of this one belongs to, for the reader: by default its own."""
        return address

    def stands_in(self, resource: Resource) -> Address | None:
        """The thing that it is drawn in, in a picture of the organization: by default it is in none."""
        del resource
        return None

    def in_use(self, resource: Resource) -> bool:
        """Whether anything done to it matters to anybody still. By default it does."""
        del resource
        return True

    def risk(self, change: Change) -> Risk:
        """How closely to look at a change that no refusal names. A field of `harmless` changes nobody's rights."""
        if change.before is None:
            return Risk.LOW
        if change.after is None:
            return Risk.MEDIUM
        fields = {difference.path[0] for difference in differences(change.before.body, change.after.body)}
        return Risk.LOW if fields <= self.harmless else Risk.MEDIUM

    @abstractmethod
    def create(self, world: World, want: Resource) -> None:
        """Make it, and put its id into `world.ids`."""

    @abstractmethod
    def update(self, world: World, have: Resource, want: Resource) -> None:
        """Turn what there is into what is wanted, in place."""

    @abstractmethod
    def delete(self, world: World, have: Resource) -> None:
        """Remove it, or release what is lasting."""


def keep_omitted(want: Mapping[Address, Resource], have: Mapping[Address, Resource]) -> Mapping[Address, Resource]:
    """`settle` for kinds that are never deleted by a missing line."""
    return {**have, **want}


def worded_as(want: Resource | None, have: Resource, plain: Callable[[Json], Json]) -> Resource:
    """`have` in the words of `want`, if they say the same: the YAML may name by its id what we name by its key. If
    not, without what may be a secret of whoever changed it.

    `plain` takes the ids out of a body.
    """
    if want is not None and plain(want.body) == have.body:
        return replace(have, body=want.body)
    shown = hide(have.body, want.body if want else {})
    assert isinstance(shown, Mapping)
    return replace(have, body=shown)
