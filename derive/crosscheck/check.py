"""`cross_check`: a statement evaluated on random instances that are made from it alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Final

from derive.crosscheck.drawing import drawn
from derive.crosscheck.judging import UNCLEAR, Found, Outcome, confirmed, screened, settled, words
from derive.crosscheck.layout import Layout, NeedsInteger, Whole, integral_claims, layouts
from derive.crosscheck.mending import mended
from derive.crosscheck.sheet import Sheet, Values, sheet
from derive.crosscheck.solving import Search
from derive.crosscheck.survey import Cannot, Survey, names, survey, with_definitions
from derive.crosscheck.unknowns import Move
from derive.terms.context import Claim, Context

LAYOUTS: Final = 5
DRAWS: Final = 12
ROUNDS: Final = 4
STARTS: Final = 3
FEW: Final = 6
"""How many instances with integrals are made first, to see how long they take."""

TESTED: Final = 8
ENOUGH: Final = 3
REFUSALS: Final = 40
DOUBTS: Final = 8
"""How many suspected disagreements are looked at with more care, which is slow."""


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """How a statement fared on random instances.

    ``instances`` were evaluated and agree. ``disagreement`` is an instance in words at which the claim is
    false, with both sides. ``reason`` says why nothing could be evaluated, and is empty otherwise.
    """

    instances: int
    disagreement: str | None = None
    reason: str = ""

    @property
    def agrees(self) -> bool:
        """Whether at least one instance was evaluated, and none disagrees."""
        return self.instances > 0 and self.disagreement is None


def cross_check(
    context: Context, claim: Claim, *, instances: int = 50, seed: int = 0, seconds: float = 2.0
) -> CrossCheck:
    """Evaluate a claim of a context on up to ``instances`` random instances.

    Every symbol is drawn from its domain, every declared function and space is made up, and the
    hypotheses are made to hold. The same arguments give the same instances, within ``seconds``.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x").declare("y")
    >>> cross_check(ctx, read_claim("(x + y)**2 = x**2 + 2*x*y + y**2", ctx)).instances
    50
    >>> cross_check(ctx, read_claim("(x + y)**2 = x**2 + y**2", ctx)).agrees
    False
    """
    checker = Checker.of(context, claim, seed, seconds)
    try:
        return checker.run(instances)
    except Cannot as error:
        return CrossCheck(checker.agreeing, None, "" if checker.agreeing else str(error))


@dataclass
class Checker:
    """The work of one cross-check."""

    context: Context
    claim: Claim
    seed: int
    deadline: float
    agreeing: int = 0
    known: list[str] = field(default_factory=list)
    doubts: int = 0
    refused: int = 0
    broken: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, context: Context, claim: Claim, seed: int, seconds: float) -> Checker:
        """The work for a claim, with the hypotheses that have to do with it."""
        context = with_definitions(context)
        context = replace(context, hypotheses=tuple(_relevant(context, claim)))
        return cls(context, claim, seed, time.process_time() + seconds)

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
        """What the statement is about."""
        return survey(self.context, [self.claim, *(c for _, c in self.context.hypotheses)])

    def run(self, instances: int) -> CrossCheck:
        """Evaluate on that many instances. Raises Cannot when there is none."""
        self.known += sorted(_integers(self.context))
        sheets = self.sheets(instances)
        share = -(-instances // max(1, len(sheets)))
        for number, each in enumerate(sheets):
            left = instances - self.agreeing
            wrong = self.evaluate(each, left if number == len(sheets) - 1 else min(share, left))
            if wrong is not None:
                return CrossCheck(self.agreeing, wrong)
            if time.process_time() > self.deadline or self.agreeing >= instances:
                break
        if not self.agreeing:
            raise Cannot(self._why())
        return CrossCheck(self.agreeing)

    def _why(self) -> str:
        for name, _ in self.broken.most_common(1):
            for hypothesis, claim in self.context.hypotheses:
                if name.partition(", ")[0] == hypothesis:
                    return f"no values drawn satisfy hypothesis {hypothesis}: {claim}"
            return f"no instance could be evaluated: {name}"
        return "no instance could be evaluated within the time"

    def sheets(self, most: int = LAYOUTS) -> list[Sheet]:
        """The statement at a few layouts, with the moves that make the hypotheses hold.

        Where a layout leaves nothing to draw there are up to ``most``.
        """
        first, moves = self._start()
        varied = bool(self.known or self.seen.spaces)
        count = LAYOUTS if self._sheet(first, moves, self.claim).slots else max(most, LAYOUTS)
        chosen = [first, *islice(self._layouts(), count - 1)] if varied else [first]
        made = []
        for layout in chosen:
            try:
                made.append(self._sheet(layout, moves, self.claim))
            except Cannot:
                if layout is first:
                    raise
            if time.process_time() > self.deadline:
                break
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
                sheet(self.context, self.seen, layout, [], self.hypotheses, self.claim)
                return layout
            except NeedsInteger as needed:
                self.known.append(needed.name)
                self.__dict__.pop("hypotheses", None)

    def _sheet(self, layout: Layout, moves: Sequence[Move], claim: Claim | None) -> Sheet:
        return sheet(self.context, self.seen, layout, moves, self.hypotheses, claim)

    def _moves(self, layout: Layout) -> list[Move]:
        """Moves for the equations among the hypotheses. Raises Cannot."""
        stated = dict(self.hypotheses)

        def fits(moves: Sequence[Move], met: Sequence[str]) -> bool:
            chosen = [(n, stated[n]) for n in met]
            try:
                made = sheet(self.context, self.seen, layout, moves, chosen, None)
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

    def evaluate(self, made: Sheet, count: int) -> str | None:
        """Evaluate a sheet on that many instances; the first disagreement in words."""
        count = count if made.slots else min(count, 1)
        return self._by_floats(made, count) if made.integrals else self._by_balls(made, count)

    def _by_balls(self, made: Sheet, count: int) -> str | None:
        wanted = self.agreeing + count
        for _ in range(DRAWS * count + DRAWS):
            if self.agreeing >= wanted or time.process_time() > self.deadline:
                break
            values: Values = drawn(made.slots, self.rng, False)
            given = settled(made.hypotheses, values)
            if given.outcome == "no" and self.refused * 2 > self.agreeing:
                values, given = mended(made, values, given, self.rng)
            if given.outcome != "yes":
                self.refused += 1
                if self.refused >= REFUSALS and not self.agreeing:
                    break
                self.broken[_named(given)] += 1
                continue
            found = settled(made.claim, values)
            if found.outcome == "no" and (found.sides or not made.derivatives):
                return words(made, values, found)
            if found.outcome == "yes":
                self.agreeing += 1
            else:
                self.broken[_named(found)] += 1
        return None

    def _by_floats(self, made: Sheet, count: int) -> str | None:
        wanted, most = self.agreeing + count, FEW
        for _ in range(ROUNDS):
            start = time.process_time()
            if self.agreeing >= wanted or start > self.deadline:
                break
            draws = self._many(made, min(most, wanted - self.agreeing))
            words_of = screened(made.claim, draws) if draws else []
            for values, word in zip(draws, words_of, strict=True):
                found = self._looked_at(made, values, word)
                if found.outcome == "no":
                    return words(made, values, found)
                self.agreeing += found.outcome == "yes"
            now = time.process_time()
            most = max(1, int(most * (self.deadline - now) / (now - start + 1e-9)))
        return None

    def _many(self, made: Sheet, count: int) -> list[Values]:
        """Draws that satisfy the hypotheses."""
        draws: list[Values] = [drawn(made.slots, self.rng, True) for _ in range(count)]
        given = screened(made.hypotheses, draws)
        if "no" in given and not made.hypotheses.integrals:
            draws = [
                mended(made, v, Found("no"), self.rng)[0] if word == "no" else v
                for v, word in zip(draws, given, strict=True)
            ]
            given = screened(made.hypotheses, draws)
        good = [v for v, word in zip(draws, given, strict=True) if word == "yes"]
        if not good:
            self.broken["the hypotheses fail, or an integral in them does not converge"] += 1
        return good

    def _looked_at(self, made: Sheet, values: Values, word: Outcome) -> Found:
        """What comes of an instance by a closer look where the sides differ in float64."""
        if word == "unclear":
            self.broken["an integral does not converge"] += 1
        if word != "no":
            return Found(word)
        if self.doubts >= DOUBTS or time.process_time() > self.deadline:
            return UNCLEAR
        self.doubts += 1
        found = confirmed(made.claim, values)
        if found.outcome == "unclear":
            self.broken["the sides differ in float64, and no precision confirms it"] += 1
        return found


def _named(found: Found) -> str:
    return found.rule.name if found.rule is not None else found.undefined or "too little precision"


def _true(left: Fraction, relation: str, right: Fraction) -> bool:
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[relation]


def _relevant(context: Context, claim: Claim) -> list[tuple[str, Claim]]:
    """The hypotheses that share a name with the claim, or with one that does; integers tie nothing."""
    whole = {d.name for d in context if d.kind == "scalar" and d.domain.integer}
    reached = set(names(context, claim))
    left = [(n, c, names(context, c)) for n, c in context.hypotheses]
    while True:
        near = [h for h in left if (h[2] - whole) & reached or h[2] <= whole]
        if not near:
            break
        left = [h for h in left if h not in near]
        reached |= frozenset[str]().union(*(h[2] for h in near))
    kept = {n for n, _ in context.hypotheses} - {n for n, _, _ in left}
    return [(n, c) for n, c in context.hypotheses if n in kept]


def _integers(context: Context) -> set[str]:
    """The integers of the hypotheses that speak of integers alone, which are found by trying."""
    free = {
        d.name
        for d in context
        if d.kind == "scalar" and d.domain.integer and context.definition(d.name) is None
    }
    return set().union(*(c.free for _, c in context.hypotheses if c.free <= free))
