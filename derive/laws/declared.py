"""What is declared about a law by name: its slots, their spaces, and the factors it is given by.

``p`` given by ``p(z)`` and ``p(x | z)`` has the slots x and z; its joint density is the product of its
factors, and everything else follows: ``p(x)`` by integrating, ``p(z | x)`` as a quotient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from derive.laws.spaces import LawError, Space
from derive.terms.term import Term

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A density that is given: of the slots ``left`` when the slots ``right`` are known.

    Its value is the function ``function`` at left, right and the parameters of the law; or ``formula``,
    in the names of these, where the context cannot hold the function as a definition.
    """

    left: Names
    right: Names
    function: str
    formula: Term | None = None


@dataclass(frozen=True, slots=True)
class DeclaredLaw:
    """A law by name: its slots and their spaces, its factors, the names that it depends on."""

    name: str
    slots: Names
    spaces: tuple[Space, ...]
    factors: tuple[Factor, ...]
    parameters: Names = ()

    def space(self, slot: str) -> Space:
        return self.spaces[self.slots.index(slot)]

    def ordered(self, slots: Iterable[str]) -> Names:
        """The slots in the order in which the law has them."""
        wanted = set(slots)
        return tuple(s for s in self.slots if s in wanted)

    def giving(self, slot: str) -> Factor | None:
        """The factor that has the slot on its left."""
        return next((f for f in self.factors if slot in f.left), None)

    def primitive(self, left: Collection[str], right: Collection[str]) -> Factor | None:
        """The factor of exactly these slots."""
        for factor in self.factors:
            if set(factor.left) == set(left) and set(factor.right) == set(right):
                return factor
        return None

    def chain(self, left: Collection[str], known: Collection[str]) -> tuple[Factor, ...] | None:
        """The factors that give ``left`` when ``known`` is known, or None when there is no such product:
        a slot on the way is given by none, or a known one is given through a slot on the way.

        By the factors the law of ``left`` given ``known`` is then the integral of their product.
        """
        used: list[Factor] = []
        waiting = list(left)
        seen = set(known)
        while waiting:
            slot = waiting.pop()
            if slot in seen:
                continue
            factor = self.giving(slot)
            if factor is None or not seen.isdisjoint(factor.left):
                return None
            used.append(factor)
            seen.update(factor.left)
            waiting.extend(factor.right)
        inside = {s for f in used for s in f.left}
        if any(inside & self.above(slot) for slot in known):
            return None
        return tuple(f for f in self.factors if f in used)

    def above(self, slot: str) -> frozenset[str]:
        """The slots that a slot is given through."""
        out: set[str] = set()
        waiting = [slot]
        while waiting:
            factor = self.giving(waiting.pop())
            new = set() if factor is None else ({*factor.right, *factor.left} - {slot}) - out
            out |= new
            waiting.extend(new)
        return frozenset(out)

    def roots(self, slots: Iterable[str]) -> frozenset[str]:
        """The slots that no factor gives, among some slots and those they are given through."""
        all_of = set(slots).union(*(self.above(s) for s in slots))
        return frozenset(s for s in all_of if self.giving(s) is None)

    def with_factor(self, factor: Factor, spaces: dict[str, Space]) -> DeclaredLaw:
        """This law given by one more factor. Raises LawError when a slot is given already.

        The new slots come first, since what is given through others is written before them.
        """
        for slot in factor.left:
            if self.giving(slot) is not None:
                raise LawError(f"{slot} has a density in {self.name} already")
        for slot, space in spaces.items():
            if slot in self.slots and self.space(slot) != space:
                raise LawError(f"the slot {slot} of {self.name} lies on {self.space(slot)} already")
        for slot in factor.right:
            if not self.above(slot).isdisjoint(factor.left):
                raise LawError(f"{self.name}: {slot} is given through {', '.join(factor.left)}")
        new = tuple(s for s in (*factor.left, *factor.right) if s not in self.slots)
        return replace(
            self,
            slots=(*new, *self.slots),
            spaces=(*(spaces[s] for s in new), *self.spaces),
            factors=(*self.factors, factor),
        )
