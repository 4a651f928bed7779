"""The contract of a kind: one sort of resource, in one file, in five verbs.

A kind turns the YAML into Resources (`desired`), AWS into Resources (`observe`), and a difference into
calls (`create`, `update`, `delete`). The engine owns everything else: the diff, the order, waiting,
parallel work, blockers, reporting. It knows this word and no kind.

The rules that a kind keeps:

* `desired` and `settle` are pure. `observe` only reads; a hook refuses anything else.
* want and have are the same type: what `observe` returns after `create(want)` equals `want`.
* `create` may meet its resource half-made or already there, left by a run that died: it must end with the
  resource as wanted all the same, and never make a second one.
* Every write leaves AWS in a state from which the next run converges: no order of deaths loses anything.
* A kind never sleeps (`AwsApi.until` waits), never prints (`Context.say` tells), never catches what it does not
  expect. An expected failure is a BootstrapError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from bootstrap.engine.last_applied import Compared, from_shards
from bootstrap.engine.plan import Risk
from bootstrap.model.diff import differences
from bootstrap.secrecy.mask import hide

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from bootstrap.aws.api import AwsApi
    from bootstrap.aws.inventory import Inventory
    from bootstrap.engine.last_applied import LastApplied
    from bootstrap.engine.plan import Blocker, Change, Finding, Inaccessible, Unmanaged
    from bootstrap.model.resource import Address, Ids, Json, Resource
    from bootstrap.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind works with: the door to AWS, what AWS reports, the ids, a voice for long waits, and the consents
    that are given.
    """

    aws: AwsApi
    inventory: Inventory
    ids: Ids
    say: Callable[[Address, str], None] = lambda _address, _text: None
    given: Collection[str] = ()

    @property
    def memory(self) -> LastApplied | None:
        """What the YAML said when it was last applied, if that is known."""
        return from_shards(self.inventory.parameters)


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is: what is ours (`have`), what is not, and what could not be looked at."""

    have: Mapping[Address, Resource] = field(default_factory=dict)
    unmanaged: tuple[Unmanaged, ...] = ()
    inaccessible: tuple[Inaccessible, ...] = ()


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
    def observe(self, context: Context, want: Mapping[Address, Resource]) -> Observed:
        """Every resource of this kind that there is, its ids put into `context.ids`.

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

    def blockers(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[Blocker]:
        """Reasons why this change must not happen, or not without consent. `want` and `have` are of all kinds, and
        empty where all is destroyed, which takes a word of its own. Asks nothing that is not known yet.
        """
        del context, change, want, have
        return ()

    def remarks(
        self, context: Context, change: Change, want: Mapping[Address, Resource], have: Mapping[Address, Resource]
    ) -> Iterable[str]:
        """What a reader should know of a change that its values do not say. Asks nothing that is not known yet."""
        del context, change, want, have
        return ()

    def inspect(self, context: Context, have: Mapping[Address, Resource]) -> Iterable[Finding]:
        """What is within these that observing them does not show. Only reads, and may cost calls for each."""
        del context, have
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
        """How closely to look at a change that no blocker names. A field of `harmless` changes nobody's rights."""
        if change.before is None:
            return Risk.LOW
        if change.after is None:
            return Risk.MEDIUM
        fields = {difference.path[0] for difference in differences(change.before.body, change.after.body)}
        return Risk.LOW if fields <= self.harmless else Risk.MEDIUM

    @abstractmethod
    def create(self, context: Context, want: Resource) -> None:
        """Make it, and put its id into `context.ids`."""

    @abstractmethod
    def update(self, context: Context, have: Resource, want: Resource) -> None:
        """Turn what there is into what is wanted, in place."""

    @abstractmethod
    def delete(self, context: Context, have: Resource) -> None:
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
