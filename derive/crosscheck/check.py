"""`cross_check`: a statement evaluated on random instances that are made from it alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from derive.crosscheck.drawing import drawn
from derive.crosscheck.judging import UNCLEAR, Found, Outcome, confirmed, screened, settled, words
from derive.crosscheck.making import Maker, alike
from derive.crosscheck.mending import mended
from derive.crosscheck.sheet import Sheet, Stated, Values
from derive.crosscheck.survey import Cannot
from derive.terms.context import Claim, Context

DRAWS: Final = 12
ROUNDS: Final = 4
FEW: Final = 6
"""How many instances with integrals are made first, to see how long they take."""

REFUSALS: Final = 40
SPOILT: Final = 4
"""How many draws of a sheet are mended in vain, beyond those that are not, before none is."""

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
    return _together(context, [claim], instances, seed, seconds)[0]


def cross_check_all(
    context: Context,
    claims: Sequence[Claim],
    *,
    instances: int = 50,
    seed: int = 0,
    seconds: float = 2.0,
) -> list[CrossCheck]:
    """`cross_check` of several claims of one context, in ``seconds`` for each.

    Claims that the same hypotheses bear on are evaluated on the same instances. One that has none of
    these, or at which one of these disagrees, is looked at again on its own.

    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("x").declare("y")
    >>> square = [read_claim(f"(x + y)**2 = x**2 + {k}*x*y + y**2", ctx) for k in (1, 2)]
    >>> [found.agrees for found in cross_check_all(ctx, square)]
    [False, True]
    """
    out: dict[int, CrossCheck] = {}
    for places in alike(context, claims):
        group = [claims[place] for place in places]
        found = _together(context, group, instances, seed, seconds * len(group))
        for place, claim, each in zip(places, group, found, strict=True):
            if len(group) > 1 and not each.agrees:
                alone = cross_check(context, claim, instances=instances, seed=seed, seconds=seconds)
                each = alone if each.disagreement is None or alone.disagreement else each
            out[place] = each
    return [out[place] for place in range(len(claims))]


def _together(
    context: Context, claims: Sequence[Claim], instances: int, seed: int, seconds: float
) -> list[CrossCheck]:
    """Evaluate claims on instances that they share."""
    maker = Maker.of(context, claims, seed, seconds)
    work = [Work(place) for place in range(len(claims))]
    reason = ""
    try:
        Checker(maker, work).run(instances)
    except Cannot as error:
        reason = str(error)
    return [each.result(maker, reason) for each in work]


class Work:
    """How a claim, the ``place``-th of some, fares."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.agreeing = self.wanted = self.doubts = 0
        self.wrong: str | None = None
        self.broken = Counter[str]()

    @property
    def open(self) -> bool:
        """Whether more instances are wanted."""
        return self.agreeing < self.wanted and self.wrong is None

    def result(self, maker: Maker, reason: str) -> CrossCheck:
        """The result; ``reason`` is why no instances were made."""
        if self.agreeing or self.wrong is not None:
            return CrossCheck(self.agreeing, self.wrong)
        return CrossCheck(0, None, reason or self._why(maker.context))

    def _why(self, context: Context) -> str:
        for name, _ in self.broken.most_common(1):
            for hypothesis, claim in context.hypotheses:
                if name.partition(", ")[0] == hypothesis:
                    return f"no values drawn satisfy hypothesis {hypothesis}: {claim}"
            return f"no instance could be evaluated: {name}"
        return "no instance could be evaluated within the time"


class Checker:
    """The work of a cross-check of some claims on instances that they share."""

    def __init__(self, maker: Maker, work: Sequence[Work]) -> None:
        self.maker = maker
        self.rng = maker.rng
        self.work = work
        self.refused = 0
        self.spoilt = 0

    def run(self, instances: int) -> None:
        """Evaluate on that many instances. Raises Cannot when there are no sheets."""
        sheets = self.maker.sheets(instances)
        share = -(-instances // max(1, len(sheets)))
        for number, each in enumerate(sheets):
            for work in self.work:
                left = instances - work.agreeing
                count = left if number == len(sheets) - 1 else min(share, left)
                work.wanted = work.agreeing + (count if each.slots else min(count, 1))
            self.spoilt = 0
            self._evaluate(each)
            if self._over:
                break

    @property
    def _over(self) -> bool:
        return time.process_time() > self.maker.deadline

    def _evaluate(self, made: Sheet) -> None:
        """Evaluate a sheet on as many instances as are wanted."""
        floats, balls = list[Work](), list[Work]()
        for work in self.work:
            stated = made.claims[work.place]
            if stated is not None:
                by_floats = stated.integrals or made.hypotheses.integrals
                (floats if by_floats else balls).append(work)
        self._by_balls(made, balls)
        self._by_floats(made, floats)

    def _by_balls(self, made: Sheet, work: Sequence[Work]) -> None:
        count = max((each.wanted - each.agreeing for each in work), default=0)
        for _ in range(DRAWS * count + DRAWS):
            waiting = [each for each in work if each.open]
            if not waiting or self._over:
                break
            values = self._admitted(made, waiting)
            if values is None:
                if self.refused >= REFUSALS and not self._most:
                    break
                continue
            for each in waiting:
                self._settle(made, each, values)

    @property
    def _most(self) -> int:
        """The most instances that a claim agrees on."""
        return max(work.agreeing for work in self.work)

    def _admitted(self, made: Sheet, waiting: Sequence[Work]) -> Values | None:
        """A draw that satisfies the hypotheses, if this one does or is mended."""
        values: Values = drawn(made.slots, self.rng, False)
        given = settled(made.hypotheses, values)
        if given.outcome == "no" and self.refused * 2 > self._most:
            values, given = self._mended(made, values, given)
        if given.outcome == "yes":
            return values
        self.refused += 1
        for each in waiting:
            each.broken[_named(given)] += 1
        return None

    def _mended(self, made: Sheet, values: Values, found: Found) -> tuple[Values, Found]:
        """What `mended` makes of a draw, as long as there is hope for the sheet."""
        if self.spoilt >= SPOILT:
            return values, found
        better, now = mended(made, values, found, self.rng)
        self.spoilt += -1 if now.outcome == "yes" else 1
        return better, now

    def _settle(self, made: Sheet, work: Work, values: Values) -> None:
        stated = made.claims[work.place]
        assert stated is not None
        found = settled(stated, values)
        if found.outcome == "no" and (found.sides or not stated.derivatives):
            work.wrong = words(made, values, found)
        elif found.outcome == "yes":
            work.agreeing += 1
        else:
            work.broken[_named(found)] += 1

    def _by_floats(self, made: Sheet, work: Sequence[Work]) -> None:
        most = FEW
        for _ in range(ROUNDS):
            start = time.process_time()
            waiting = [each for each in work if each.open]
            if not waiting or start > self.maker.deadline:
                break
            wanted = max(each.wanted - each.agreeing for each in waiting)
            draws = self._many(made, min(most, wanted), waiting)
            for each in waiting if draws else ():
                stated = made.claims[each.place]
                assert stated is not None
                self._screen(made, stated, each, draws[: each.wanted - each.agreeing])
                if self._over:
                    break
            now = time.process_time()
            most = max(1, int(most * (self.maker.deadline - now) / (now - start + 1e-9)))

    def _screen(self, made: Sheet, stated: Stated, work: Work, draws: Sequence[Values]) -> None:
        for values, word in zip(draws, screened(stated, draws), strict=True):
            found = self._looked_at(stated, work, values, word)
            if found.outcome == "no":
                work.wrong = words(made, values, found)
                break
            work.agreeing += found.outcome == "yes"

    def _many(self, made: Sheet, count: int, waiting: Sequence[Work]) -> list[Values]:
        """Draws that satisfy the hypotheses."""
        draws: list[Values] = [drawn(made.slots, self.rng, True) for _ in range(count)]
        given = screened(made.hypotheses, draws)
        if "no" in given and not made.hypotheses.integrals:
            draws = [
                self._mended(made, v, Found("no"))[0] if word == "no" else v
                for v, word in zip(draws, given, strict=True)
            ]
            given = screened(made.hypotheses, draws)
        good = [v for v, word in zip(draws, given, strict=True) if word == "yes"]
        if not good:
            why = "the hypotheses fail, or an integral in them does not converge"
            for each in waiting:
                each.broken[why] += 1
        return good

    def _looked_at(self, stated: Stated, work: Work, values: Values, word: Outcome) -> Found:
        """What comes of an instance by a closer look where the sides differ in float64."""
        if word == "unclear":
            work.broken["an integral does not converge"] += 1
        if word != "no":
            return Found(word)
        if work.doubts >= DOUBTS or self._over:
            return UNCLEAR
        work.doubts += 1
        found = confirmed(stated, values)
        if found.outcome == "unclear":
            work.broken["the sides differ in float64, and no precision confirms it"] += 1
        return found


def _named(found: Found) -> str:
    return found.rule.name if found.rule is not None else found.undefined or "too little precision"
