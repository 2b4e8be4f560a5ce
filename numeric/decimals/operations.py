"""The plain operations in mpmath: each gives a real number or a truth value, or raises `NoValue`.

Results are rounded at the working precision of `mpmath.mp`; the rounding is not tracked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import mpmath

Real: TypeAlias = Any  # mpmath has no types; a value here is an mpmath.mpf, a bool or nan

_MAX_MAGNITUDE = 256
"""Past about 2**256 in size (more at high precision, for the far nodes of an integral over an
infinite range) the argument of a transcendental function is not attempted."""

_MAX_ORDER = 1000
"""The largest order of a polygamma function that is attempted."""

_MAX_RECURRENCE = 10_000
"""A polygamma function is not attempted to the left of minus this many."""

_MAX_BESSEL = 2000
"""A Bessel function is not attempted when both its order and its argument are larger."""


class NoValue(ArithmeticError):
    """There is no real value, or it is too large to compute."""


def need(condition: bool) -> None:
    """Raise `NoValue` unless the condition holds."""
    if not condition:
        raise NoValue


def _modest(x: Real) -> Real:
    need(x == 0 or mpmath.mag(x) <= _MAX_MAGNITUDE + 8 * mpmath.mp.prec)
    return x


def _div(a: Real, b: Real) -> Real:
    need(b != 0)
    return a / b


def _pow(a: Real, b: Real) -> Real:
    if a == 0:
        need(b > 0)
        return mpmath.mpf(0)
    need(a > 0 or mpmath.isint(b))
    _modest(b * mpmath.log(abs(a)))
    if mpmath.isint(b) and abs(b) < 2**20:
        return a ** int(b)
    size = mpmath.exp(b * mpmath.log(abs(a)))
    return -size if a < 0 and mpmath.fmod(b, 2) == 1 else size


def _log(a: Real) -> Real:
    need(a > 0)
    return mpmath.log(a)


def _log1p(a: Real) -> Real:
    need(a > -1)
    return mpmath.log1p(a)


def _sqrt(a: Real) -> Real:
    need(a >= 0)
    return mpmath.sqrt(a)


def _arc(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    def operation(a: Real) -> Real:
        need(abs(a) <= 1)
        return function(a)

    return operation


def _smooth(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    return lambda a: function(_modest(a))


def _gamma_like(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    def operation(a: Real) -> Real:
        need(a > 0 or not mpmath.isint(a))
        return function(_modest(a))

    return operation


def _loggamma(a: Real) -> Real:
    need(a > 0)
    return mpmath.loggamma(_modest(a))


def _polygamma(order: Real, a: Real) -> Real:
    need(mpmath.isint(order) and 0 <= order <= _MAX_ORDER)
    need(a > 0 or not mpmath.isint(a))
    need(order == 0 or a > -_MAX_RECURRENCE)
    return mpmath.psi(int(order), _modest(a))


def _sigmoid(a: Real) -> Real:
    return 1 / (1 + mpmath.exp(-_modest(a)))


def _logaddexp(a: Real, b: Real) -> Real:
    return max(a, b) + mpmath.log1p(mpmath.exp(-abs(_modest(a - b))))


def _softplus(a: Real) -> Real:
    return _logaddexp(a, mpmath.mpf(0))


def _xlogy(a: Real, b: Real) -> Real:
    if a == 0 and b == 0:
        return mpmath.mpf(0)
    return a * _log(b)


def _large(a: Real) -> bool:
    """Whether the smallest term of the asymptotic series of erfcx, about exp(-a²), is small."""
    return bool(a > 0 and a * a > mpmath.mp.prec)


def _exp_square(a: Real, sign: int) -> Real:
    """exp(±a²) with the digits that a² needs."""
    with mpmath.extraprec(2 * max(0, mpmath.mag(_modest(a))) + 10):
        return mpmath.exp(sign * a * a)


def _erfc(a: Real) -> Real:
    return _exp_square(a, -1) * _erfcx(a) if _large(a) else mpmath.erfc(_modest(a))


def _erfcx(a: Real) -> Real:
    """exp(a²)·erfc(a). The series for large arguments: Abramowitz and Stegun, 7.1.23."""
    square = a * a
    if not _large(a):
        return _exp_square(a, 1) * mpmath.erfc(a)
    total = term = mpmath.mpf(1)
    order = 1
    while abs(term) > mpmath.eps:
        term *= (1 - 2 * order) / (2 * square)
        total += term
        order += 1
    return total / (a * mpmath.sqrt(mpmath.pi))


def _log_erfc(a: Real) -> Real:
    if a > 0.5:
        return mpmath.log(_erfcx(a)) - a * a
    return mpmath.log1p(-mpmath.erf(_modest(a)))


def _besseli(order: Real, a: Real) -> Real:
    integer = mpmath.isint(order)
    need(order >= 0 and (a > 0 or integer))
    need(order <= _MAX_BESSEL or abs(a) <= _MAX_BESSEL)
    size = mpmath.besseli(_modest(order), abs(_modest(a)))
    return -size if a < 0 and mpmath.fmod(order, 2) == 1 else size


def _log_besseli(order: Real, a: Real) -> Real:
    """The logarithm of I_order(a), with the digits that I_0(a) near 1 would lose."""
    need(a > 0)
    lost = -2 * mpmath.mag(a) if order == 0 else 0
    if lost > mpmath.mp.prec:
        return a * a / 4 - a**4 / 64
    with mpmath.extraprec(max(0, lost) + 10):
        return mpmath.log(_besseli(order, a))


OPERATIONS: dict[str, Callable[..., Real]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _div,
    "neg": lambda a: -a,
    "pow": _pow,
    "exp": _smooth(mpmath.exp),
    "log": _log,
    "sqrt": _sqrt,
    "sin": _smooth(mpmath.sin),
    "cos": _smooth(mpmath.cos),
    "tan": _smooth(mpmath.tan),
    "asin": _arc(mpmath.asin),
    "acos": _arc(mpmath.acos),
    "atan": _smooth(mpmath.atan),
    "sinh": _smooth(mpmath.sinh),
    "cosh": _smooth(mpmath.cosh),
    "tanh": _smooth(mpmath.tanh),
    "abs": abs,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "erf": _smooth(mpmath.erf),
    "erfc": _erfc,
    "gamma": _gamma_like(mpmath.gamma),
    "loggamma": _loggamma,
    "digamma": _gamma_like(mpmath.digamma),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "log1p": _log1p,
    "expm1": _smooth(mpmath.expm1),
    "erfcx": _erfcx,
    "log_erfc": _log_erfc,
    "max": max,
    "min": min,
    "logaddexp": _logaddexp,
    "xlogy": _xlogy,
    "polygamma": _polygamma,
    "besseli": _besseli,
    "log_besseli": _log_besseli,
    "pi": lambda: +mpmath.pi,
    "euler_gamma": lambda: +mpmath.euler,
    "lt": lambda a, b: bool(a < b),
    "le": lambda a, b: bool(a <= b),
    "eq": lambda a, b: bool(a == b),
    "ne": lambda a, b: bool(a != b),
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}
"""Every operation of `numeric.operations.OPS` but `select`, which reads only one branch."""
