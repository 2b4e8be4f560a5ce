"""Rigorous integrals of the body of a program over a range of reals, finite or not.

The range is cut where a branch changes (`numeric.balls.pieces`). On a piece without a singular
end, `acb.integral` does the work: F. Johansson, "Numerical integration in arbitrary-precision
ball arithmetic", ICMS 2018. It takes each part either by the values on a real ball, or by Gauss's
rule with an error bound from a complex ellipse; the first uses the real operations, the second
those of `numeric.balls.complex`. Both give a finite result only where the integrand is defined
over the reals at every point of the part, so a finite integral is that of a function defined on
all of the piece.

Next to a singular end a the variable is a ± h·exp(-t), and towards infinity it is either left as
it is or h·exp(t); what lies beyond a finite t is bounded by `numeric.balls.tails`.

An integrand that is certainly undefined on a whole interval makes the integral Undefined.
Everything else that is not settled within the budget is Unresolved: among others an integrand
with a singularity inside a piece, and one whose decay is not understood. A divergent integral is
never given a value, for no finite enclosure of it exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz

from numeric.balls.decay import decay
from numeric.balls.general import Failure, Register, Run, execute, results
from numeric.balls.integrands import Integrand
from numeric.balls.pieces import Known, Piece, Symbol, specialise
from numeric.balls.scales import exponential, scaled
from numeric.balls.tails import tail_bound
from numeric.balls.values import (
    MAX_EXACT_BITS,
    ONE,
    ZERO,
    Undefined,
    Unresolved,
    Value,
    certain_sign,
)
from numeric.balls.writer import plain
from numeric.program import Body

GUARD_BITS = 32
MAX_PIECES = 64
_NAN = acb(arb.nan(), arb.nan())
_NEAR = (10, 40, 160)
"""An end is regular when the integrand is bounded within 2**-10, 2**-40 or 2**-160 of it."""
MAX_BITS = 512
"""At a higher precision no integral is attempted."""


def integral(
    body: Body, lower: Value | None, upper: Value | None, captured: Mapping[str, Register], run: Run
) -> Value:
    """The integral of the body from lower to upper; None is minus infinity, or infinity.

    Raises Undefined where there is certainly no value and Unresolved where there may be none.
    """
    if ctx.prec > MAX_BITS:
        raise Unresolved(f"integral: not attempted beyond {MAX_BITS} bits")
    with ctx.workprec(int(ctx.prec) + GUARD_BITS):
        return _Integral(body, captured, run).between(lower, upper)


def _middle(end: Value) -> fmpq:
    if isinstance(end, fmpq):
        return end
    if abs(end.mid().man_exp()[1]) > MAX_EXACT_BITS:
        raise Unresolved("integral: a bound is too large or too small")
    return end.mid().fmpq()


class _Integral:
    """One integral at one point of its parameters."""

    def __init__(self, body: Body, captured: Mapping[str, Register], run: Run) -> None:
        self.body = body
        self.captured = captured
        self.run = run
        self.pieces = 0

    def between(self, lower: Value | None, upper: Value | None) -> Value:
        """From middle to middle, and what may be missing next to an end that is a ball."""
        low, high = (None if end is None else _middle(end) for end in (lower, upper))
        total: Value = ZERO
        if low is None or high is None or low < high:
            total = self._ordered(low, high)
        elif low > high:
            total = -self._ordered(high, low)
        for end in (lower, upper):
            if isinstance(end, arb):
                total = total + self._at(end) * arb(0, end.rad())
        return total

    def _at(self, x: arb) -> Value:
        inputs = {**self.captured, self.body.variable: x}
        registers = execute(self.body.program, inputs, self.run)
        return results(registers, self.body.program.outputs)[0]

    def _ordered(self, low: fmpq | None, high: fmpq | None) -> Value:
        if low is not None:
            return self._cut(Piece(ZERO, 1, low, high))
        if high is not None:
            return self._cut(Piece(ZERO, -1, -high, None))
        return self._cut(Piece(ZERO, -1, ZERO, None)) + self._cut(Piece(ZERO, 1, ZERO, None))

    def _cut(self, piece: Piece) -> Value:
        """A piece, cut further until no branch changes inside any part."""
        self.pieces += 1
        if self.pieces > MAX_PIECES:
            raise Unresolved(f"integral: the range falls into more than {MAX_PIECES} pieces")
        symbol, roots = specialise(self.body, self.captured, piece, self.run)
        if not roots:
            return self._smooth(piece, symbol)
        total: Value = ZERO
        lower = piece.lower
        for root in sorted(roots):
            total = total + self._cut(Piece(piece.offset, piece.sign, lower, root))
            lower = root
        return total + self._cut(Piece(piece.offset, piece.sign, lower, piece.upper))

    def _smooth(self, piece: Piece, symbol: Symbol) -> Value:
        if isinstance(symbol, Known):
            return _constant(symbol.value, piece)
        if symbol.poly is not None:
            return _polynomial(symbol.poly, piece)
        function = plain(symbol, self.run)
        low, high = piece.lower, piece.upper
        _probe(function, low, high)
        if high is None:
            if _regular(function, low, ONE):
                return self._infinite(symbol, function, low)
            return self._end(piece, low, 1, ONE) + self._infinite(symbol, function, low + 1)
        length = high - low
        starts, ends = _regular(function, low, length), _regular(function, high, -length)
        if starts and ends:
            points = [low + length * fmpq(k, 7) for k in range(1, 7)]
            goal = _Goal(function, points, lambda t: length)
            return _direct(function, low, high, goal, self.run)
        if starts or ends:
            return self._end(piece, high if starts else low, -1 if starts else 1, length)
        half = length / 2
        return self._end(piece, low, 1, half) + self._end(piece, high, -1, half)

    def _end(self, piece: Piece, end: fmpq, inward: int, length: fmpq) -> Value:
        """Next to a singular end, where t is length·exp(-s), cut off where the rest is small."""
        offset, sign = piece.offset + piece.sign * end, piece.sign * inward
        near = Piece(offset, sign, ZERO, length)
        symbol, _ = specialise(self.body, self.captured, near, self.run)
        function = plain(symbol, self.run, shifted=True)
        goal = _Goal(function, [length / 4**k for k in range(1, 7)], lambda t: t)
        cut, rest = _cut_off(
            _LENGTHS, lambda s: _bound(function, arb(s).exp() / arb(length), -1), goal
        )
        main = exponential(symbol, self.run, length, -1)
        return _direct(main, ZERO, fmpq(cut), goal, self.run) + arb(0, rest)

    def _infinite(self, symbol: Symbol, function: Integrand, low: fmpq) -> Value:
        """From a regular end to infinity, t itself or h·exp(s) where the decay is slow."""
        h = max(low, ONE)
        points = [t for t in (h * fmpq(4) ** k for k in range(-1, 6)) if t > low]
        goal = _Goal(function, points, lambda t: t)
        try:
            cut, rest = _cut_off(
                [r for r in _DISTANCES if r > h], lambda r: _bound(function, arb(r), 1), goal
            )
        except Unresolved:
            pass
        else:
            if rest <= goal.absolute:
                main = scaled(symbol, self.run)
                return _direct(main, low, fmpq(cut), goal, self.run) + arb(0, rest)
        cut, rest = _cut_off(_LENGTHS, lambda s: _bound(function, arb(s).exp() * arb(h), 1), goal)
        main = exponential(symbol, self.run, h, 1)
        total = _direct(main, ZERO, fmpq(cut), goal, self.run) + arb(0, rest)
        return total if h == low else total + _direct(function, low, h, goal, self.run)


def _constant(value: Register, piece: Piece) -> Value:
    if isinstance(value, Failure):
        raise value.error
    number: Value = value
    if piece.upper is not None:
        return number * (piece.upper - piece.lower)
    if certain_sign(number) == 0:
        return ZERO
    return _divergent(certain_sign(number) is not None)


def _polynomial(poly: Any, piece: Piece) -> Value:
    if piece.upper is None:
        return _divergent(True) if poly.degree() >= 0 else ZERO
    whole = poly.integral()
    found: fmpq = whole(piece.upper) - whole(piece.lower)
    return found


def _divergent(certain: bool) -> Value:
    if certain:
        raise Undefined("integral", "the integral of a polynomial over an infinite range")
    raise Unresolved("integral of a constant over an infinite range: it may not be 0")


def _probe(function: Integrand, low: fmpq, high: fmpq | None) -> None:
    """Raises Undefined when the integrand is certainly undefined on some part of the range."""
    if high is None:
        ends = [low, *(low + fmpq(4) ** k for k in range(-3, 5))]
    else:
        ends = [low + (high - low) * fmpq(k, 8) for k in range(9)]
    for start, end in pairwise(ends):
        with suppress(Unresolved):
            function.real(arb(start).union(arb(end)))


def _regular(function: Integrand, end: fmpq, inward: fmpq) -> bool:
    """Whether the integrand is defined and bounded on some interval with this end.

    Raises Undefined when it is certainly undefined on one.
    """
    for bits in _NEAR:
        other = end + inward / fmpz(2) ** bits
        try:
            function.real(arb(end).union(arb(other)))
        except Unresolved:
            continue
        return True
    return False


class _Goal:
    """How accurate to be: the rough size of the integral, and the bits worth asking for."""

    def __init__(
        self, function: Integrand, points: list[fmpq], weight: Callable[[fmpq], fmpq]
    ) -> None:
        sizes, bits = [arb(0)], [4]
        for point in points:
            try:
                value = arb(function.real(point))
            except (Undefined, Unresolved):
                continue
            sizes.append((abs(value) * arb(weight(point))).upper())
            bits.append(value.rel_accuracy_bits() if value != 0 else 4)
        size = max(sizes)
        self.bits = min(int(ctx.prec) - GUARD_BITS // 2, max(bits))
        self.relative = arb(2) ** -self.bits
        self.absolute = (size if size > 0 else arb(1)) * self.relative


def _grid(first: int, last: int) -> list[int]:
    """Integers from first to last in steps of a quarter of their size."""
    found = []
    while first <= last:
        found.append(first)
        first += max(1, first // 4)
    return found


_LENGTHS = _grid(2, 2**20)
"""Where s may be cut off in t = h·exp(-s) and t = h·exp(s)."""
_DISTANCES = _grid(4, 2**20)
"""Where t itself may be cut off."""


def _cut_off(places: list[int], bound: Callable[[int], arb], goal: _Goal) -> tuple[int, arb]:
    """A place beyond which the rest is small, and about the first; or the last with any bound.

    Gallops to a good place and bisects back, as the rest falls from place to place.
    """
    refusal = Unresolved("integral: no place to cut it off")
    best: tuple[int, arb] | None = None

    def small(index: int) -> bool:
        nonlocal refusal, best
        try:
            rest = bound(places[index])
        except Unresolved as error:
            refusal = error
            return False
        if rest.is_finite() and (best is None or rest <= goal.absolute or rest < best[1]):
            best = places[index], rest
        return bool(rest <= goal.absolute)

    bad, good = -1, min(7, len(places) - 1)
    while not small(good) and good < len(places) - 1:
        bad, good = good, min(2 * good + 1, len(places) - 1)
    while good - bad > 1:
        middle = (bad + good) // 2
        bad, good = (bad, middle) if small(middle) else (middle, good)
    if best is None:
        raise refusal
    return best


def _bound(function: Integrand, start: arb, power: int) -> arb:
    """At least the integral of the absolute value beyond `start`, in the variable t = u^power."""
    if not start >= 3:
        raise Unresolved("integral: cut off too soon")
    constants = {}
    for name, value in function.constants.items():
        if not isinstance(value, fmpq | arb):
            raise Unresolved("integral: a parameter of the integrand has no value")
        constants[name] = arb(value)
    rules, tail = decay(function.program, constants, start, power)
    if power < 0:
        tail = rules.mul(tail, rules.variable(-2))
    return tail_bound(rules, tail)


def _direct(function: Integrand, low: fmpq, high: fmpq, goal: _Goal, run: Run) -> arb:
    """The integral between two regular ends."""
    start, length = arb(low), arb(high - low)

    def real(s: arb) -> arb:
        return function.real(start + length * s) * length

    def box(s: acb) -> acb | None:
        value = function.box(start + length * s)
        return None if value is None else value * length

    return _integrate(real, box, goal, run, function.cost)


def _integrate(
    real: Callable[[arb], arb], box: Callable[[acb], acb | None], goal: _Goal, run: Run, cost: int
) -> arb:
    """From 0 to 1. Raises Undefined where the integrand has no value on a whole ball."""

    failed: list[Undefined | Unresolved] = []

    def evaluate(s: acb, analytic: bool) -> acb:
        if failed:
            return acb(0)  # The result is thrown away: this ends the work soonest.
        try:
            run.spend(cost)
        except Unresolved as error:
            failed.append(error)
            return _NAN
        if analytic or not s.imag.is_zero():
            value = box(s)
            return _NAN if value is None else value
        try:
            return acb(real(s.real))
        except Undefined as error:
            if not s.real.is_exact():
                failed.append(error)
            return _NAN
        except Unresolved:
            return _NAN

    limit = max(1, run.steps // cost)
    found = acb.integral(
        evaluate, 0, 1, rel_tol=goal.relative, abs_tol=goal.absolute, eval_limit=limit
    ).real
    if failed:
        raise failed[0]
    if not found.is_finite():
        raise Unresolved("integral: not enclosed within the number of evaluations allowed")
    return found
