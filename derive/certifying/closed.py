"""Bounds of exp, log and sqrt by their values at the bounds of the argument."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from derive.certifying.signs import TWO, ZERO, End, Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make, num

FAR = 200
FINE = Fraction(1, 2**130)


def rounded(value: Fraction, *, up: bool, bits: int = 150) -> Fraction:
    """A shorter number just above or below."""
    shift = bits - (value.numerator.bit_length() - value.denominator.bit_length())
    scaled = value * Fraction(2) ** shift
    return (
        Fraction(
            -((-scaled.numerator) // scaled.denominator)
            if up
            else scaled.numerator // scaled.denominator
        )
        / Fraction(2) ** shift
    )


def monotone(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """A bound from that of the argument."""
    (x,), name = t.args, t.payload
    end = s.end(x, low)
    if end is None:
        return
    where, strict = end.value, end.strict
    if not s.fine and name != "sqrt":
        where = Fraction(0 if name == "exp" else 1)
        if end.value < where if low else end.value > where:
            return
        strict = strict or end.value != where
    found = {"exp": _exp, "log": _log, "sqrt": _sqrt}[name](s, where, low)
    if found is None:
        return
    value = found.value

    def proof() -> Step:
        at = num(where)
        wanted = s.claim(t, value, strict, low)
        if at is x:
            step = found.proof()
            return step if step.claim == wanted else s.combine(wanted, [step], [1])
        order = s.claim(x, where, strict, low)
        step = end.proof()
        if step.claim != order:
            s.combine(order, [step], [1], abs(end.value - where))
        a, b = (at, x) if low else (x, at)
        suffix = "_strict" * strict if name == "sqrt" else "_weak" * (not strict)
        main = s.fact(f"{name}_increasing{suffix}", a=a, b=b)
        return s.combine(wanted, [main, found.proof()], [1, 1])

    yield End(value, strict, proof)


def _sqrt(s: Signs, q: Fraction, low: bool) -> End | None:
    if q < 0:
        return None
    root = Fraction(math.isqrt(q.numerator * q.denominator * 4**80), q.denominator * 2**80)
    exact = root * root == q
    value = root if low or exact else root + Fraction(1, q.denominator * 2**80)
    return End(
        value, False, lambda: s.fact("sqrt_above" if low else "sqrt_below", a=num(value), b=num(q))
    )


def _exp(s: Signs, q: Fraction, low: bool) -> End | None:
    """Halve the argument until it is small, bound by the series there, and square again."""
    if abs(q) > FAR or q.denominator.bit_length() > 400:
        return None
    if q == 0:
        t = make("call", "exp", ZERO)
        return End(Fraction(1), False, lambda: s.combine(
            s.claim(t, Fraction(1), False, low), [s.fact("exp_zero")], [-1 if low else 1]))  # fmt: skip
    if q > 0 and not low:
        return _inverse(s, q)
    halvings = (
        max(0, 16 + math.ceil(math.log2(abs(float(q))))) if abs(q) > Fraction(1, 2**20) else 0
    )
    y = q / 2**halvings
    last = 7 if low else 6
    series = sum((y**k / math.factorial(k) for k in range(last + 1)), Fraction(0))
    value = rounded(series, up=not low)

    def first(y: Fraction = y) -> Step:
        fact = s.fact("exp_above" if low else "exp_below", a=num(y))
        return s.combine(s.claim(make("call", "exp", num(y)), value, False, low), [fact], [1],
                          abs(series - value))  # fmt: skip

    end = End(value, False, first)
    for _ in range(halvings):
        end, y = _squared(s, y, end, low), 2 * y
    return end


def _squared(s: Signs, y: Fraction, end: End, low: bool) -> End:
    value = rounded(end.value**2, up=not low)
    exp_y = make("call", "exp", num(y))
    exp_twice = make("call", "exp", num(2 * y))

    def proof() -> Step:
        end.proof()
        a, c = (num(end.value), exp_y) if low else (exp_y, num(end.value))
        power = s.fact("power_increasing", a=a, c=c, b=TWO)
        double = s.fact("exp_multiple", n=TWO, a=num(y))
        twice = double.claim.lhs
        same = [double]
        if twice.args[0] is not num(2 * y):
            same.append(s.combine(Claim(exp_twice, "=", twice), [], []))
        shown = [power, *same]
        sign = -1 if low else 1
        return s.combine(s.claim(exp_twice, value, False, low), shown,
                          [1, *(sign for _ in same)], abs(end.value**2 - value))  # fmt: skip

    return End(value, False, proof)


def _inverse(s: Signs, q: Fraction) -> End | None:
    """``exp(q) <= 1/v`` from ``v <= exp(-q)``."""
    below = _exp(s, -q, True)
    if below is None or below.value <= 0:
        return None
    value = rounded(1 / below.value, up=True)
    up, down = (make("call", "exp", num(v)) for v in (q, -q))

    def proof() -> Step:
        # exp(q)*exp(-q) = 1, and exp(q)*(exp(-q) - v) >= 0
        v = num(below.value)
        gap = s.combine(Claim(ZERO, "<=", down - v), [below.proof()], [1])
        product = s.writer.fact("product_nonnegative", s.context, s.assumed,
                                {"a": up, "b": down - v}, shown=[gap])  # fmt: skip
        total = s.fact("exp_sum", a=num(q), b=num(-q))
        zero = s.fact("exp_zero")
        k = 1 / below.value
        shown = [product, total, zero]
        return s.combine(s.claim(up, value, False, False), shown, [k, -k, k], value - k)

    return End(value, False, proof)


def _log(s: Signs, q: Fraction, low: bool) -> End | None:
    if q <= 0:
        return None
    t = make("call", "log", num(q))
    if q == 1:
        return End(Fraction(0), False, lambda: s.combine(
            s.claim(t, Fraction(0), False, low), [s.fact("log_one")], [-1 if low else 1]))  # fmt: skip
    value = _near_log(s, q, low)
    if value is None:
        return None

    def proof() -> Step:
        # exp(value) on the right side of q, and log(exp(value)) = value
        exp_value = make("call", "exp", num(value))
        found = _exp(s, value, not low)
        assert found is not None
        order = s.claim(exp_value, q, False, not low)
        step = s.combine(order, [found.proof()], [1], abs(q - found.value))
        a, b = (exp_value, num(q)) if low else (num(q), exp_value)
        main = s.writer.fact(
            "log_increasing_weak", s.context, s.assumed, {"a": a, "b": b}, shown=[step]
        )
        same = s.fact("log_exp", a=num(value))
        return s.combine(s.claim(t, value, False, low), [main, same], [1, -1 if low else 1])

    return End(value, False, proof)


def _near_log(s: Signs, q: Fraction, low: bool) -> Fraction | None:
    """A number close to log(q), on the side asked for, by Newton's steps for exp."""
    shift = q.numerator.bit_length() - q.denominator.bit_length()
    start = Fraction(math.log(float(q / Fraction(2) ** shift)) + shift * math.log(2))
    value = start
    for margin in (Fraction(1, 2**110), Fraction(1, 2**80), Fraction(1, 2**40)):
        value = start
        for _ in range(3):
            at = _exp(s, rounded(value, up=False), True) if value else None
            if at is None:
                break
            value += 2 * (q - at.value) / (q + at.value)
        value = rounded(value + (-margin if low else margin), up=not low, bits=120)
        found = _exp(s, value, not low)
        if found is not None and (found.value <= q if low else found.value >= q):
            return value
    return None
