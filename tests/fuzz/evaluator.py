"""The independent evaluator: the value of a term, and whether a claim holds, at one assignment.

It works on terms directly, in exact fractions and mpmath, and shares nothing with the arithmetic of
`numeric` or with `derive.terms.lower`, so that a fault of theirs cannot hide here as well.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import mpmath
from fuzz.sampling import into, points_of
from fuzz.values import (
    ONE_ARGUMENT,
    ROUGH,
    TINY,
    Undefined,
    Unsure,
    Value,
    exp,
    kept,
    log,
    minus,
    need,
    over,
    plus,
    sign_of,
    times,
    to_float,
    to_power,
    zero_below,
)
from mpmath import mp, mpf

from derive.terms.context import Claim, Context
from derive.terms.heads import FUNCTIONS
from derive.terms.term import Term, subterms

DIGITS: Final = 120
MANY_DIGITS: Final = 500
MAX_RANGE: Final = 60
STEPS: Final = (Fraction(1, 10**12), Fraction(1, 10**30))
"""The step of a difference quotient, for a derivative and for one inside it."""

Names = Mapping[str, Value]


class Evaluator:
    """Evaluates terms at one assignment of the scalars of a context.

    Entries of families and declared functions are chosen from ``seed``: the same ones each time.
    """

    def __init__(self, context: Context, values: Mapping[str, Fraction], seed: int) -> None:
        self.context = context
        self.values: dict[str, Value] = dict(values)
        self.seed = seed
        self._level = 0

    def of(self, term: Term, bound: Names | None = None, frozen: Names | None = None) -> Value:
        """The value of a term. Raises Undefined or Unsure.

        ``bound`` holds the bound variables, ``frozen`` those that stop-gradients see.
        """
        bound = {} if bound is None else bound
        return kept(self._of(term, bound, bound if frozen is None else frozen))

    def _of(self, term: Term, bound: Names, frozen: Names) -> Value:
        match term.head:
            case "num":
                return Fraction(term.payload[0])
            case "sym":
                return self._symbol(term.payload, bound)
            case "sum" | "prod":
                return self._range(term, bound, frozen)
            case "diff":
                return self._derivative(term, bound, frozen)
            case "call":
                return self._call(term, bound, frozen)
            case "neg" | "add" | "mul" | "div" | "pow" | "dens" | "index":
                return self._operation(term, [self.of(a, bound, frozen) for a in term.args])
        raise Unsure

    def _symbol(self, name: str, bound: Names) -> Value:
        if name in bound:
            return bound[name]
        definition = self.context.definition(name)
        return self.values[name] if definition is None else self.of(definition.body)

    def _operation(self, term: Term, args: list[Value]) -> Value:
        match term.head:
            case "neg":
                return -args[0]
            case "div":
                return over(*args)
            case "pow":
                return to_power(*args)
            case "dens":
                return _density(term.payload, *args)
            case "index":
                return self._entry(term.payload, args)
        out = args[0]
        for a in args[1:]:
            out = kept(plus(out, a) if term.head == "add" else times(out, a))
        return out

    def _range(self, term: Term, bound: Names, frozen: Names) -> Value:
        low, high = (self.of(a, bound, frozen) for a in term.args[1:])
        if not all(isinstance(e, Fraction) and e.denominator == 1 for e in (low, high)):
            raise Unsure
        if high - low > MAX_RANGE:
            raise Unsure
        out: Value = Fraction(0 if term.head == "sum" else 1)
        for i in range(int(low), int(high) + 1):
            here = {term.payload: Fraction(i)}
            each = self.of(term.args[0], {**bound, **here}, {**frozen, **here})
            out = kept(plus(out, each) if term.head == "sum" else times(out, each))
        return out

    def _derivative(self, term: Term, bound: Names, frozen: Names) -> Value:
        """Differences on both sides; undefined when they disagree or the body is undefined nearby."""
        body, at = term.args
        point, held = self.of(at, bound, frozen), self.of(at, frozen, frozen)
        if self._level >= len(STEPS):
            raise Unsure
        step = STEPS[self._level]
        inner = {**frozen, term.payload: held}

        def slopes(step: Fraction) -> tuple[Any, Any]:
            self._level += 1
            try:
                before, here, after = (
                    to_float(self.of(body, {**bound, term.payload: plus(point, s)}, inner))
                    for s in (-step, Fraction(0), step)
                )
            finally:
                self._level -= 1
            return (here - before) / to_float(step), (after - here) / to_float(step)

        left, right = slopes(step)
        if abs(left - right) > mpf(10) ** -5 * (1 + abs(left)):
            nearer = slopes(step / 10)
            if abs(left) > mpf(10) ** 5 or abs(nearer[0] - nearer[1]) < abs(left - right) / 2:
                raise Unsure  # steep or curved, which is no kink
            raise Undefined("not differentiable")
        return (left + right) / 2

    def _call(self, term: Term, bound: Names, frozen: Names) -> Value:
        name = term.payload
        if name == "sg":
            return self.of(term.args[0], frozen, frozen)
        if name == "pi":
            return +mp.pi
        args = [self.of(a, bound, frozen) for a in term.args]
        if name in ONE_ARGUMENT:
            return ONE_ARGUMENT[name](args[0])
        if name in ("max", "min"):
            above = sign_of(minus(*args)) >= 0
            return args[0] if above == (name == "max") else args[1]
        definition = self.context.definition(name)
        if definition is not None:
            return self.of(definition.body, dict(zip(definition.parameters, args, strict=True)))
        if name in FUNCTIONS:
            raise Unsure
        return self._declared(name, args)

    def _declared(self, name: str, args: list[Value]) -> Value:
        """A declared function as some polynomial, moved into its codomain."""
        rng = random.Random(f"{self.seed} {name}")
        out: Value = Fraction(rng.randint(-3, 3))
        for a in args:
            slope, bend = Fraction(rng.choice([-2, -1, 1, 2])), Fraction(rng.randint(-1, 1), 2)
            out = plus(out, times(a, plus(slope, times(bend, a))))
        return into(self.context[name].domain, out)

    def _entry(self, name: str, places: list[Value]) -> Value:
        key = f"{name}[{', '.join(map(str, places))}]"
        if key not in self.values:
            rng = random.Random(f"{self.seed} {key}")
            self.values[key] = rng.choice(points_of(self.context[name].domain, rng))
        return self.values[key]


def _density(name: str, point: Value, centre: Value, spread: Value) -> Value:
    """A density at a point: ``spread`` is the variance, or the scale of a Laplace density."""
    need(sign_of(spread) > 0, "a variance or scale <= 0")
    x, m, v = map(to_float, (point, centre, spread))
    if name == "Laplace":
        return exp(-abs(x - m) / v) / (2 * v)
    scale = mpmath.sqrt(2 * mp.pi * v)
    if name == "LogNormal":
        if sign_of(x) <= 0:
            return Fraction(0)
        return exp(-((to_float(log(x)) - m) ** 2) / (2 * v)) / (x * scale)
    if name == "Normal":
        return exp(-((x - m) ** 2) / (2 * v)) / scale
    raise Unsure


def holds(claim: Claim, evaluator: Evaluator, *, strict: bool = False) -> bool | None:
    """True, False (a side undefined, or the relation false), or None when it cannot be told.

    Difference quotients are rough. Sides that agree to their accuracy count as equal, unless
    ``strict``: then it cannot be told.
    """
    bodies = [d.body for d in evaluator.context.definitions]
    rough = any(
        t.head == "diff" for side in (claim.lhs, claim.rhs, *bodies) for t in subterms(side)
    )
    with zero_below(ROUGH if rough else TINY):
        try:
            left, right = evaluator.of(claim.lhs), evaluator.of(claim.rhs)
        except Undefined:
            return False
        except (Unsure, OverflowError, ValueError, KeyError, ZeroDivisionError):
            return None
        said = _compared(claim.relation, left, right, rough)
        return None if said and strict and rough else said


def _compared(relation: str, left: Value, right: Value, rough: bool) -> bool | None:
    gap = minus(left, right)
    if not isinstance(gap, Fraction):
        size = 1 + abs(to_float(left)) + abs(to_float(right))
        if abs(gap) <= mpf(10) ** (-ROUGH if rough else -TINY // 2) * size:
            return True if relation in ("=", "<=", ">=") else None
        if relation == "=" and abs(gap) < mpf(10) ** (2 - ROUGH if rough else -10) * size:
            return None
    return {
        "=": gap == 0,
        "!=": gap != 0,
        "<": gap < 0,
        "<=": gap <= 0,
        ">": gap > 0,
        ">=": gap >= 0,
    }[relation]


def certain(
    claim: Claim,
    context: Context,
    values: Mapping[str, Fraction],
    seed: int,
    *,
    strict: bool = False,
) -> bool | None:
    """`holds` at an assignment, repeated with many digits when it says no."""
    for digits in (DIGITS, MANY_DIGITS):
        with mp.workdps(digits):
            out = holds(claim, Evaluator(context, values, seed), strict=strict)
        if out is not False:
            return out
    return False


def shown(term: Term, context: Context, values: Mapping[str, Fraction], seed: int) -> str:
    """The value of a term at an assignment, for a person."""
    try:
        with mp.workdps(DIGITS):
            value: Any = Evaluator(context, values, seed).of(term)
            return str(value) if isinstance(value, Fraction) else mpmath.nstr(value, 12)
    except Undefined as error:
        return f"undefined ({error})"
    except Unsure:
        return "not settled"
