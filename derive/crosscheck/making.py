"""What instances of some claims of one context are made of: layouts, moves, and sheets."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Final

from derive.crosscheck.drawing import drawn
from derive.crosscheck.judging import screened, settled
from derive.crosscheck.layout import Layout, NeedsInteger, Whole, integral_claims, layouts
from derive.crosscheck.sheet import Sheet, sheet
from derive.crosscheck.solving import Search
from derive.crosscheck.survey import Cannot, Survey, joint, names, survey, with_definitions
from derive.crosscheck.unknowns import Move
from derive.terms.context import Claim, Context

LAYOUTS: Final = 5
STARTS: Final = 3
TESTED: Final = 8
ENOUGH: Final = 3


@dataclass
class Maker:
    """Makes sheets for some claims, with the hypotheses that have to do with them."""

    context: Context
    claims: Sequence[Claim]
    seed: int
    deadline: float
    known: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: Context, claims: Sequence[Claim], seed: int, seconds: float) -> Maker:
        """A maker for claims that have the same hypotheses to do with them."""
        context = with_definitions(context)
        kept = set().union(*(relevant(context, claim) for claim in claims))
        context = replace(context, hypotheses=tuple(h for h in context.hypotheses if h[0] in kept))
        return cls(context, claims, seed, time.process_time() + seconds)

    @cached_property
    def rng(self) -> random.Random:
        """The source of everything random."""
        return random.Random(self.seed)

    @cached_property
    def hypotheses(self) -> list[tuple[str, Claim]]:
        """The hypotheses that say something: not those that a term exists, nor those of integers."""
        plain = {name for name, _ in integral_claims(self.context, self.known)}
        return [
            (n, c)
            for n, c in self.context.hypotheses
            if n not in plain and not (c.relation in ("=", "<=", ">=") and c.lhs == c.rhs)
        ]

    @cached_property
    def seen(self) -> Survey:
        """What the claims and the hypotheses are about."""
        return survey(self.context, [*self.claims, *(c for _, c in self.context.hypotheses)])

    def sheets(self, most: int = LAYOUTS) -> list[Sheet]:
        """The claims at a few layouts, with the moves that make the hypotheses hold.

        Where a layout leaves nothing to draw there are up to ``most``.
        """
        self.known += sorted(_integers(self.context) - set(self.known))
        first, moves = self._start()
        made = [self._sheet(first, moves)]
        if not (self.known or self.seen.spaces):
            return made
        count = LAYOUTS if made[0].slots else max(most, LAYOUTS)
        for layout in islice(self._layouts(), count - 1):
            if time.process_time() > self.deadline:
                break
            with suppress(Cannot, NeedsInteger):
                made.append(self._sheet(layout, moves))
        return made

    def _start(self) -> tuple[Layout, list[Move]]:
        """A layout at which moves make the hypotheses hold, and these. Raises Cannot."""
        layout = self._first()
        for other in [*islice(self._layouts(), STARTS), None]:
            try:
                return layout, self._moves(layout)
            except Cannot:
                if other is None or not (self.known or self.seen.spaces):
                    raise
                layout = other
        raise Cannot("no layout was found")

    def _layouts(self) -> Iterator[Layout]:
        return layouts(self.context, self.known, self.seen.spaces, self.rng, self._refused)

    def _refused(self, layout: Layout) -> str | None:
        """The hypothesis about integers alone that a layout breaks, if any."""
        whole = Whole(self.context, layout)
        for name, claim in integral_claims(self.context, self.known):
            left, right = whole.value(claim.lhs, {}), whole.value(claim.rhs, {})
            if left is None or right is None or not _true(left, claim.relation, right):
                return f"no small integers satisfy hypothesis {name}: {claim}"
        return None

    def _first(self) -> Layout:
        """A layout that fixes every integer that has to be; finding these out adds to ``known``."""
        while True:
            layout = next(self._layouts(), None)
            if layout is None:
                raise Cannot("no small integers satisfy the hypotheses")
            try:
                self._sheet(layout, [])
                return layout
            except NeedsInteger as needed:
                self.known.append(needed.name)
                self.__dict__.pop("hypotheses", None)

    def _sheet(self, layout: Layout, moves: Sequence[Move]) -> Sheet:
        return sheet(self.context, self.seen, layout, moves, self.hypotheses, self.claims)

    def _moves(self, layout: Layout) -> list[Move]:
        """Moves for the equations among the hypotheses. Raises Cannot."""
        stated = dict(self.hypotheses)

        def fits(moves: Sequence[Move], met: Sequence[str]) -> bool:
            chosen = [(n, stated[n]) for n in met]
            try:
                made = sheet(self.context, self.seen, layout, moves, chosen, [])
            except (Cannot, NeedsInteger):
                return False
            return self._holds(made, frozenset(met))

        now = time.process_time()
        search = Search(self.context, fits, now + (self.deadline - now) / 2)
        return search.moves([(n, c) for n, c in self.hypotheses if c.relation == "="])

    def _holds(self, made: Sheet, met: frozenset[str]) -> bool:
        """Whether the equations hold at all draws, and some draws leave no domain."""
        draws = [drawn(made.slots, self.rng, made.integrals) for _ in range(TESTED)]
        if made.hypotheses.integrals:
            return screened(made.hypotheses, draws).count("yes") >= TESTED // 2
        good = 0
        for values in draws:
            found = settled(made.hypotheses, values)
            if found.rule is not None and found.rule.name.partition(", ")[0] in met:
                return False
            good += found.outcome == "yes"
            if good == ENOUGH:
                break
        return good > 0


def _true(left: Fraction, relation: str, right: Fraction) -> bool:
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[relation]


def relevant(context: Context, claim: Claim) -> frozenset[str]:
    """The hypotheses that share a name with the claim, or with one that does; integers tie nothing."""
    whole = _whole(context)
    reached = set(names(context, claim))
    left = [(n, names(context, c)) for n, c in context.hypotheses]
    while True:
        near = [h for h in left if (h[1] - whole) & reached or h[1] <= whole]
        if not near:
            return frozenset(n for n, _ in context.hypotheses) - {n for n, _ in left}
        left = [h for h in left if h not in near]
        reached |= frozenset[str]().union(*(h[1] for h in near))


def alike(context: Context, claims: Sequence[Claim]) -> list[list[int]]:
    """Claims, by their places, that may share instances.

    They have the same hypotheses to do with them and apply every function to arguments of the same
    kinds. Those that speak of integers alone, of which there are few, speak of the same ones.
    """
    context = with_definitions(context)
    stated = dict(context.hypotheses)
    groups: list[tuple[object, Survey, list[int]]] = []
    for place, claim in enumerate(claims):
        kept = relevant(context, claim)
        own = survey(context, [claim, *(stated[name] for name in sorted(kept))])
        free = {n for n in names(context, claim) if context.definition(n) is None}
        key = kept, frozenset(free) if free <= _whole(context) else None
        for number, (other, seen, members) in enumerate(groups):
            both = joint(seen, own) if other == key else None
            if both is not None:
                groups[number] = key, both, [*members, place]
                break
        else:
            groups.append((key, own, [place]))
    return [members for _, _, members in groups]


def _whole(context: Context) -> set[str]:
    """The integers of a context."""
    return {d.name for d in context if d.kind == "scalar" and d.domain.integer}


def _integers(context: Context) -> set[str]:
    """The integers of the hypotheses that speak of integers alone, which are found by trying."""
    free = {name for name in _whole(context) if context.definition(name) is None}
    return set().union(*(c.free for _, c in context.hypotheses if c.free <= free))
