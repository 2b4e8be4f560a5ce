"""Points for the claims of the field corpus: an evaluator, and values moved onto the hypotheses.

Nothing here uses the prover or the arithmetic of `numeric`: values are exact fractions and mpmath
floats, as in the fuzzer's evaluator, which this one extends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from fuzz.evaluator import Evaluator, Names, holds
from fuzz.sampling import points_of
from fuzz.values import (
    Undefined,
    Unsure,
    Value,
    log,
    minus,
    need,
    over,
    plus,
    sign_of,
    times,
    to_float,
)
from mpmath import mpf

from derive.terms.context import Claim, Context
from derive.terms.term import Term, subterms
from numeric.domain import Domain

STEPS: Final = (Fraction(1, 10**20), Fraction(1, 10**45))
"""The step of a difference quotient, for a derivative and for one inside it."""
PASSES: Final = 4
LARGEST_INTEGERS: Final = 7
FAULTS: Final = (Unsure, OverflowError, ValueError, KeyError, ZeroDivisionError)
"""What an evaluation may raise when it cannot tell."""


class FieldEvaluator(Evaluator):
    """The fuzzer's evaluator with divergences of Gaussians, and functions of integers as tables.

    ``values`` may fix entries such as ``p[2]`` and applications such as ``abar(3)``. The signs of the
    divisors met outside binders are kept in ``divisors``.
    """

    def __init__(
        self, context: Context, values: Mapping[str, Value], seed: int, smooth: bool
    ) -> None:
        super().__init__(context, {}, seed)
        self.values = dict(values)
        self.smooth = smooth
        self.divisors: dict[Term, int] = {}

    def _call(self, term: Term, bound: Names, frozen: Names) -> Value:
        if term.payload != "KL":
            return super()._call(term, bound, frozen)
        (m, v), (n, w) = (
            [self.of(part, bound, frozen) for part in law.args]
            for law in term.args
            if law.head == "dist" and law.payload == "Normal"
        )
        need(sign_of(v) > 0 and sign_of(w) > 0, "a variance <= 0")
        shift = minus(m, n)
        share = over(plus(v, times(shift, shift)), w)
        return to_float(plus(minus(log(over(w, v)), Fraction(1)), share)) / 2

    def _derivative(self, term: Term, bound: Names, frozen: Names) -> Value:
        """The fuzzer's difference quotient with shorter steps, for points where functions bend."""
        body, at = term.args
        point, step = self.of(at, bound, frozen), STEPS[self._level]
        self._level += 1
        try:
            before, here, after = (
                to_float(self.of(body, {**bound, term.payload: plus(point, s)}, frozen))
                for s in (-step, Fraction(0), step)
            )
        finally:
            self._level -= 1
        left, right = (here - before) / to_float(step), (after - here) / to_float(step)
        need(abs(left - right) < mpf(10) ** -5 * (1 + abs(left)), "not differentiable")
        return (left + right) / 2

    def _declared(self, name: str, args: list[Value]) -> Value:
        return super()._declared(name, args) if self.smooth else self._table(name, args, "()")

    def _entry(self, name: str, places: list[Value]) -> Value:
        return self._table(name, places, "[]")

    def _table(self, name: str, places: list[Value], brackets: str) -> Value:
        key = entry_name(name, places, brackets)
        if key not in self.values:
            rng = random.Random(f"{self.seed} {key}")
            self.values[key] = rng.choice(moderate(self.context[name].domain, rng))
        return self.values[key]

    def _of(self, term: Term, bound: Names, frozen: Names) -> Value:
        if term.head == "div" and not bound:
            divisor = self.of(term.args[1], bound, frozen)
            self.divisors[term.args[1]] = sign_of(divisor)
        return super()._of(term, bound, frozen)


def entry_name(name: str, places: list[Value], brackets: str) -> str:
    """The key of an entry of a family or of a function's value: ``p[2]``, ``abar(3)``."""
    return f"{name}{brackets[0]}{', '.join(map(str, places))}{brackets[1]}"


def moderate(domain: Domain, rng: random.Random) -> list[Fraction]:
    """Members of a domain that keep exponentials and ranges within reach."""
    if domain.integer:
        low = domain.lower if domain.lower is not None else Fraction(-6)
        return [v for k in range(LARGEST_INTEGERS) if domain.contains(v := low + k)]
    return points_of(domain, rng)


class Settled:
    """One point: the values of the scalars, moved so that the hypotheses of the context hold."""

    def __init__(
        self, context: Context, values: Mapping[str, Value], seed: int, smooth: bool
    ) -> None:
        self.context = context
        self.at = FieldEvaluator(context, values, seed, smooth)
        self.rng = random.Random(f"settle {seed}")
        self.placed: dict[str, str] = {}

    def hold(self) -> bool:
        """Move values until every hypothesis holds; False when that was not managed."""
        for _ in range(PASSES):
            if all(holds(claim, self.at) for _, claim in self.context.hypotheses):
                return True
            for name, claim in self.context.hypotheses:
                if holds(claim, self.at) is not True and not self._move(name, claim):
                    return False
        return all(holds(claim, self.at) for _, claim in self.context.hypotheses)

    def _move(self, name: str, claim: Claim) -> bool:
        if claim.relation != "=":
            return self._lower(name, claim)
        if claim.lhs.head == "sum" and claim.lhs.args[0].head == "index":
            return self._normalise(claim)
        key = self._atom(name, claim.lhs)
        if key is not None:
            return self._place(name, key, self.at.of(claim.rhs))
        return self._solve(name, claim)

    def _atom(self, name: str, term: Term) -> str | None:
        """The key of a symbol, entry or application that this hypothesis may fix."""
        if term.head == "sym":
            key = str(term.payload)
        elif term.head in ("index", "call") and term.payload in self.context:
            places = [self.at.of(a) for a in term.args]
            key = entry_name(term.payload, places, "[]" if term.head == "index" else "()")
        else:
            return None
        return key if self.placed.get(key, name) == name else None

    def _place(self, name: str, key: str, value: Value) -> bool:
        domain = self.context[key.partition("[")[0].partition("(")[0]].domain
        if not _member(domain, value):
            return False
        self.placed[key] = name
        self.at.values[key] = value
        return True

    def _lower(self, name: str, claim: Claim) -> bool:
        """Put the smaller side of an order, when it is an atom, below the other."""
        claim = claim.oriented()
        key = self._atom(name, claim.lhs)
        if key is None or claim.relation == "!=":
            return False
        above = self.at.of(claim.rhs)
        if claim.relation == "<=" and self.rng.random() < 0.3:
            return self._place(name, key, above)
        lower = self.rng.choice([times(above, Fraction(1, 3)), minus(above, Fraction(1, 7))])
        return self._place(name, key, lower)

    def _normalise(self, claim: Claim) -> bool:
        """Scale the entries of a family so that their sum is what it should be."""
        body, low, high = claim.lhs.args
        first, last = (int(self.at.of(end)) for end in (low, high))
        places = [
            [self.at.of(a, {claim.lhs.payload: Fraction(i)}) for a in body.args]
            for i in range(first, last + 1)
        ]
        entries = [self.at._entry(body.payload, place) for place in places]
        if not entries:
            return False
        total = entries[0]
        for each in entries[1:]:
            total = plus(total, each)
        scale = over(self.at.of(claim.rhs), total)
        for place, each in zip(places, entries, strict=True):
            self.at.values[entry_name(body.payload, place, "[]")] = times(each, scale)
        return True

    def _solve(self, name: str, claim: Claim) -> bool:
        """Solve an equation for a symbol in which it is affine."""
        for key in sorted(claim.free):
            plain = self.context[key].kind == "scalar" and not self.context[key].domain.integer
            if not plain or self.placed.get(key, name) != name:
                continue
            before = self.at.values[key]
            gaps = [self._gap(claim, key, Fraction(k)) for k in (1, 2, 3)]
            self.at.values[key] = before
            slope = minus(gaps[1], gaps[0])
            bend = minus(minus(gaps[2], gaps[1]), slope)
            if abs(to_float(bend)) < mpf(10) ** -60 and abs(to_float(slope)) > mpf(10) ** -20:
                return self._place(name, key, minus(Fraction(1), over(gaps[0], slope)))
        return False

    def _gap(self, claim: Claim, key: str, value: Fraction) -> Value:
        self.at.values[key] = value
        return minus(self.at.of(claim.lhs), self.at.of(claim.rhs))


def _member(domain: Domain, value: Value) -> bool:
    if isinstance(value, Fraction):
        return domain.contains(value)
    low, high = domain.lower, domain.upper
    return (
        not domain.integer
        and (low is None or value > to_float(low))
        and (high is None or value < to_float(high))
    )


def starts(context: Context, seed: str, count: int) -> Iterator[tuple[int, dict[str, Value]]]:
    """Seeds with values of the scalars: coincidences and ends of domains among them."""
    rng = random.Random(seed)
    scalars = [d for d in context if d.kind == "scalar"]
    for number in range(count):
        tables = {d.name: moderate(d.domain, rng) for d in scalars}
        values: dict[str, Value] = {name: rng.choice(table) for name, table in tables.items()}
        if number % 5 == 4 and len(scalars) > 1:
            shared = values[rng.choice(scalars).name]
            for d in scalars:
                if rng.random() < 0.5 and d.domain.contains(shared):
                    values[d.name] = shared
        yield rng.randrange(1 << 30), values


def is_smooth(context: Context, claim: Claim) -> bool:
    """Whether declared functions must be smooth ones: some derivative is taken."""
    sides = [claim.lhs, claim.rhs, *(s for _, h in context.hypotheses for s in (h.lhs, h.rhs))]
    return any(t.head == "diff" for side in sides for t in subterms(side))


def settled(
    context: Context, values: Mapping[str, Value], seed: int, smooth: bool
) -> FieldEvaluator | None:
    """An evaluator at a point that satisfies the hypotheses, or None."""
    point = Settled(context, values, seed, smooth)
    try:
        return point.at if point.hold() else None
    except (Undefined, *FAULTS):
        return None
