"""Exact and high-precision real arithmetic: what each operation and named function has as a value.

A value is a `Fraction` where it is rational and easily found, else an mpmath float at the working
precision. An operation raises `Undefined` where it has no real value, and `Unsure` where the precision
does not settle the matter. Nothing here uses the arithmetic of `numeric` or `derive`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from math import factorial, floor, isqrt
from typing import Any, Final

import mpmath
from mpmath import mpf

Value = Fraction | Any

TINY: Final = 80
"""An inexact value below ``10**-TINY`` may be zero: its sign is left open."""
ROUGH: Final = 9
"""The same for claims with derivatives, which are taken by differences."""
MAX_BITS: Final = 4_000
MAX_MAGNITUDE: Final = 60
MAX_LOG: Final = 140
MAX_EXPONENT: Final = 2_000

_zero_below: ContextVar[int] = ContextVar("_zero_below", default=TINY)


class Undefined(Exception):
    """The term has no real value at the point."""


class Unsure(Exception):
    """The evaluator cannot tell: a sign too close to call, or a number too large."""


@contextmanager
def zero_below(digits: int) -> Iterator[None]:
    """Within, an inexact value below ``10**-digits`` has no certain sign."""
    token = _zero_below.set(digits)
    try:
        yield
    finally:
        _zero_below.reset(token)


def need(holds: bool, what: str) -> None:
    """Raise Undefined, saying ``what``, unless the condition holds."""
    if not holds:
        raise Undefined(what)


def sign_of(value: Value) -> int:
    """The certain sign of a value. Raises Unsure."""
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    if not mpmath.isfinite(value) or abs(value) < mpf(10) ** -_zero_below.get():
        raise Unsure
    return 1 if value > 0 else -1


def to_float(value: Value) -> Any:
    """The value as an mpmath float at the working precision."""
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def bits(value: Fraction) -> int:
    """How long a fraction is."""
    return value.numerator.bit_length() + value.denominator.bit_length()


def kept(value: Value) -> Value:
    """The value, as a float when the fraction has grown long. Raises Unsure when it is too large."""
    if isinstance(value, Fraction):
        return to_float(value) if bits(value) > MAX_BITS else value
    if not mpmath.isfinite(value) or abs(value) > mpf(10) ** MAX_MAGNITUDE:
        raise Unsure
    return value


def plus(a: Value, b: Value) -> Value:
    """``a + b``, exact when both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    return to_float(a) + to_float(b)


def times(a: Value, b: Value) -> Value:
    """``a * b``, exact when both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    return to_float(a) * to_float(b)


def minus(a: Value, b: Value) -> Value:
    """``a - b``, exact when both are."""
    return plus(a, -b)


def over(a: Value, b: Value) -> Value:
    """``a / b``, exact when both are. Raises Undefined when ``b`` is zero, Unsure when it may be."""
    need(sign_of(b) != 0, "division by zero")
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a / b
    return to_float(a) / to_float(b)


def to_power(a: Value, b: Value) -> Value:
    """``a**b``: no power of zero unless the exponent is positive, none of a negative base unless it
    is an integer.
    """
    if isinstance(b, Fraction) and b.denominator == 1:
        return _integer_power(a, int(b))
    s = sign_of(a)
    if s < 0:
        if not isinstance(b, Fraction) and _near_integer(b):
            raise Unsure
        raise Undefined("a negative base with a fractional exponent")
    if s == 0:
        need(sign_of(b) > 0, "0 to a power <= 0")
        return Fraction(0)
    if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator < 50:
        root = _root(a, b.denominator)
        if root is not None and abs(b.numerator) < 500:
            return root**b.numerator
    x, y = to_float(a), to_float(b)
    if abs(y * mpmath.log(x)) > MAX_LOG:
        raise Unsure
    return x**y


def _integer_power(a: Value, exponent: int) -> Value:
    if sign_of(a) == 0:
        need(exponent > 0, "0 to a power <= 0")
        return Fraction(0)
    if abs(exponent) > MAX_EXPONENT:
        raise Unsure
    if isinstance(a, Fraction) and abs(exponent) * bits(a) > 4 * MAX_BITS:
        a = to_float(a)
    return a**exponent


def _root(a: Fraction, degree: int) -> Fraction | None:
    """The exact root of a positive fraction, if it is rational."""
    out = []
    for part in (a.numerator, a.denominator):
        root = isqrt(part) if degree == 2 else int(mpmath.nint(mpmath.root(part, degree)))
        if root**degree != part:
            return None
        out.append(root)
    return Fraction(out[0], out[1])


def _near_integer(value: Any) -> bool:
    return abs(value - mpmath.nint(value)) < mpf(10) ** -TINY


def exp(u: Value) -> Value:
    """``e**u``. Raises Unsure when it is too large or too small."""
    if isinstance(u, Fraction) and u == 0:
        return Fraction(1)
    if abs(to_float(u)) > MAX_LOG:
        raise Unsure
    return mpmath.exp(to_float(u))


def log(u: Value) -> Value:
    """The natural logarithm of a positive value."""
    need(sign_of(u) > 0, "the logarithm of a value <= 0")
    return Fraction(0) if isinstance(u, Fraction) and u == 1 else mpmath.log(to_float(u))


def _log_to(base: int) -> Callable[[Value], Value]:
    def run(u: Value) -> Value:
        return log(u) if u == 1 else log(u) / mpmath.log(base)

    return run


def _sqrt(u: Value) -> Value:
    need(sign_of(u) >= 0, "the square root of a negative value")
    return to_power(u, Fraction(1, 2)) if sign_of(u) else Fraction(0)


def _floor(u: Value) -> Value:
    if isinstance(u, Fraction):
        return Fraction(floor(u))
    if _near_integer(u):
        raise Unsure
    return Fraction(int(mpmath.floor(u)))


def _gamma(u: Value) -> Value:
    if sign_of(u) <= 0 or u > 60:
        raise Unsure
    if isinstance(u, Fraction) and u.denominator == 1:
        return Fraction(factorial(int(u) - 1))
    return mpmath.gamma(to_float(u))


def _sigmoid(u: Value) -> Value:
    return Fraction(1, 2) if isinstance(u, Fraction) and u == 0 else 1 / (1 + exp(-u))


def _at_zero(function: Callable[[Any], Any], value: int) -> Callable[[Value], Value]:
    """The function, with its exact value at zero."""

    def run(u: Value) -> Value:
        if isinstance(u, Fraction) and u == 0:
            return Fraction(value)
        return function(to_float(u))

    return run


def _within_one(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """The function on ``[-1, 1]``."""

    def run(u: Value) -> Value:
        need(sign_of(minus(u, Fraction(1))) <= 0, "an inverse sine or cosine above 1")
        need(sign_of(plus(u, Fraction(1))) >= 0, "an inverse sine or cosine below -1")
        return function(to_float(u))

    return run


ONE_ARGUMENT: Final[dict[str, Callable[[Value], Value]]] = {
    "exp": exp,
    "log": log,
    "sqrt": _sqrt,
    "abs": abs,
    "sign": lambda u: Fraction(sign_of(u)),
    "log2": _log_to(2),
    "log10": _log_to(10),
    "floor": _floor,
    "ceil": lambda u: -_floor(-u),
    "sin": _at_zero(mpmath.sin, 0),
    "cos": _at_zero(mpmath.cos, 1),
    "tan": _at_zero(mpmath.tan, 0),
    "asin": _within_one(mpmath.asin),
    "acos": _within_one(mpmath.acos),
    "atan": _at_zero(mpmath.atan, 0),
    "sinh": lambda u: (exp(u) - exp(-u)) / 2,
    "cosh": lambda u: (exp(u) + exp(-u)) / 2,
    "tanh": _at_zero(mpmath.tanh, 0),
    "sigmoid": _sigmoid,
    "softplus": lambda u: log(1 + exp(u)),
    "erf": _at_zero(mpmath.erf, 0),
    "erfc": _at_zero(mpmath.erfc, 1),
    "Gamma": _gamma,
    "loggamma": lambda u: log(_gamma(u)),
}
"""The value of each function of one argument that the evaluator knows."""
