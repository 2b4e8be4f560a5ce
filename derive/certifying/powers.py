"""Bounds of powers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.certifying.equal import same
from derive.certifying.linear import linear, over
from derive.certifying.multiples import of_two
from derive.certifying.signs import ONE, TWO, ZERO, End, Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make, num, rational, whole

MAX_ROOT = 8
"""The numerators and denominators of exponents for which roots are taken of numbers."""


def power(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Bounds of a power."""
    x, e = t.args
    n, value = whole(e), rational(e)
    if low:
        if s.positive(x):
            yield End(Fraction(0), True, lambda: s.fact("power_positive", a=x, b=e))
        elif s.sign(x) > 0 or (value is not None and value.denominator > 1):
            yield End(Fraction(0), False, lambda: s.fact("power_nonnegative", a=x, b=e))
    if n is None:
        yield from _about_one(s, t, x, e, low)
        rooted = value is not None and value > 0 and max(value.as_integer_ratio()) <= MAX_ROOT
        if s.fine and not rooted and not linear(e)[0] and s.positive(x):
            other = make("call", "exp", e * make("call", "log", x))
            yield from same(s, t, other, lambda: s.fact("power_exp", a=x, b=e), low)
    elif n == 0:
        yield from same(s, t, ONE, lambda: s.combine(Claim(t, "=", ONE), [], []), low)
    elif n < 0:
        other = over(ONE, make("pow", None, x, num(-n)) if n < -1 else x)
        yield from same(s, t, other, lambda: s.combine(Claim(t, "=", other), [], []), low)
    elif n == 1:
        yield from same(s, t, x, lambda: s.combine(Claim(t, "=", x), [], []), low)
    elif n % 2 == 0:
        half = make("pow", None, x, num(n // 2)) if n > 2 else x
        square = make("pow", None, half, TWO)
        if s.sign(x) < 0:
            turned = make("pow", None, -x, num(n))
            yield from same(s, t, turned, lambda: s.combine(Claim(t, "=", turned), [], []), low)
        if low:
            yield from _square(s, t, half, square)
        elif n == 2:
            yield from of_two(s, t, x, x, low=low)
        else:
            yield from same(s, t, square, lambda: s.combine(Claim(t, "=", square), [], []), low)
    elif not s.positive(x) and n <= 9:
        other = x * make("pow", None, x, num(n - 1))
        yield from same(s, t, other, lambda: s.combine(Claim(t, "=", other), [], []), low)
    if value is not None and value > 0 and s.sign(x) > 0:
        yield from _raised(s, t, x, e, value, low)


def _square(s: Signs, t: Term, half: Term, square: Term) -> Iterator[End]:
    def proof(strict: bool) -> Step:
        main = s.fact("square_nonnegative", a=half)
        if strict:
            s.fact("power_nonzero", a=half, b=TWO)
            main = s.fact("positive", a=square)
        wanted = Claim(ZERO, "<" if strict else "<=", t)
        return main if main.claim == wanted else s.combine(wanted, [main], [1])

    yield End(Fraction(0), False, lambda: proof(False))
    if s.nonzero(half) is not None:
        yield End(Fraction(0), True, lambda: proof(True))


def _raised(s: Signs, t: Term, x: Term, e: Term, value: Fraction, low: bool) -> Iterator[End]:
    """A positive power of a number that is not negative, by that of its bound."""
    end = s.end(x, low)
    if end is None or end.value < 0:
        return
    if value.denominator > 1 and end.value not in (0, 1):
        if s.fine and max(value.as_integer_ratio()) <= MAX_ROOT:
            yield _rooted(s, t, x, e, value, end, low)
        return
    known = end.value ** int(value) if value.denominator == 1 else end.value
    if known.numerator.bit_length() + known.denominator.bit_length() > 3000:
        return

    def proof() -> Step:
        end.proof()
        at = num(end.value)
        name = "power_increasing" + "_strict" * end.strict
        main = s.fact(name, a=at if low else x, c=x if low else at, b=e)
        shown, by = [main], [1]
        if value.denominator > 1:
            power = main.claim.lhs if low else main.claim.rhs
            name = "power_one" if end.value == 1 else "power_zero"
            shown.append(s.fact(name, b=e))
            by.append(-1 if low else 1)
            assert power is shown[1].claim.lhs
        return s.combine(s.claim(t, known, end.strict, low), shown, by)

    yield End(known, end.strict, proof)


def _rooted(s: Signs, t: Term, x: Term, e: Term, value: Fraction, end: End, low: bool) -> End:
    """``x**(p/q)`` by ``(r**q)**(p/q) = r**p``, r being close to the root."""
    p, q = value.numerator, value.denominator
    scale = 2**60
    root = _whole_root(end.value.numerator * scale**q // end.value.denominator, q)
    r = Fraction(root if low else root + 2, scale)
    bound = r**p

    def proof() -> Step:
        power = make("pow", None, num(r), num(q))
        order = Claim(power, "<=", x) if low else Claim(x, "<=", power)
        shown = s.combine(order, [end.proof()], [1], abs(end.value - r**q))
        letters = {"a": power, "c": x, "b": e} if low else {"a": x, "c": power, "b": e}
        main = s.writer.fact("power_increasing", s.context, s.assumed, letters, shown=[shown])
        back = s.fact("power_power_root", a=num(r), p=num(q), q=e, r=num(p))
        return s.combine(s.claim(t, bound, False, low), [main, back], [1, -1 if low else 1])

    return End(bound, False, proof)


def _whole_root(n: int, q: int) -> int:
    low, high = 0, 1 << (n.bit_length() // q + 1)
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**q <= n else (low, middle)
    return low


def _about_one(s: Signs, t: Term, x: Term, e: Term, low: bool) -> Iterator[End]:
    """A power on one side of 1."""
    least, most, sign = s.low(x), s.high(x), s.sign(e)
    if not s.positive(x) or not sign:
        return
    large = least is not None and least.value >= 1
    small = most is not None and most.value <= 1
    up = (large and sign > 0) or (small and sign < 0)
    if not (large or small) or up != low:
        return
    name = ("power_above_one" if up else "power_below_one") + "_negative" * (sign < 0)
    yield End(Fraction(1), False, lambda: s.fact(name, a=x, b=e))
