"""Sums, products and integrals in mpmath. `body` maps a number to a number, or raises `NoValue`.

An integral is trusted when the error that `mpmath.quad` estimates is small; where it is not,
the piece is halved a few times, and then given up. A narrow peak far from every landmark can
still be missed, so that an integral here is an opinion and never a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import mpmath

from numeric.decimals.operations import Real, need

MAX_TERMS = 100_000
"""A sum or a product of more terms is not attempted."""

_LANDMARKS = (-64, -8, -1, 0, 1, 8, 64)
_MAX_MARKS = 16
_MAX_HALVINGS = 5
_SPARE_BITS = 40

Function = Callable[[Real], Real]


def _fold(
    join: Callable[[Real, Real], Real], start: int, body: Function, lower: Real, upper: Real
) -> Real:
    need(mpmath.isint(lower) and mpmath.isint(upper) and upper - lower < MAX_TERMS)
    result = mpmath.mpf(start)
    k = lower
    while k <= upper:
        result = join(result, body(k))
        k += 1
    return result


def total(body: Function, lower: Real, upper: Real) -> Real:
    """The sum over the integers from lower to upper; 0 when there are none."""
    return _fold(lambda a, b: a + b, 0, body, lower, upper)


def product(body: Function, lower: Real, upper: Real) -> Real:
    """The product over the integers from lower to upper; 1 when there are none."""
    return _fold(lambda a, b: a * b, 1, body, lower, upper)


def _cuts(lower: Real, upper: Real, marks: Sequence[Real]) -> list[Real]:
    """The ends and, between them, small integers and the first few of `marks`."""
    inside = {mpmath.mpf(mark) for mark in _LANDMARKS} | set(marks[:_MAX_MARKS])
    return [lower, *sorted(mark for mark in inside if lower < mark < upper), upper]


def integral(body: Function, lower: Real, upper: Real, marks: Sequence[Real] = ()) -> Real:
    """The integral from lower to upper, either of which may be infinite; see the module.

    `marks` are where a peak or a kink may lie: what the body reads (a mean, a threshold).
    Minus the integral from upper to lower when lower > upper, and 0 when they are equal.
    `NoValue` when the body has none at a point that is tried, or the error stays large.
    """
    if lower == upper:
        return mpmath.mpf(0)
    if lower > upper:
        return -integral(body, upper, lower, marks)
    pieces = list(pairwise(_cuts(lower, upper, marks)))
    rough = mpmath.fsum(abs(mpmath.quad(body, piece, maxdegree=3)) for piece in pieces)
    scale = rough if rough > 0 else mpmath.mpf(1)
    halvings = 0
    result = mpmath.mpf(0)
    while pieces:
        piece = pieces.pop()
        value = _piece(body, piece, scale)
        if value is None:
            need(halvings < _MAX_HALVINGS)
            halvings += 1
            pieces += _halves(*piece)
        else:
            result += value
    return result


def _piece(body: Function, piece: tuple[Real, Real], scale: Real) -> Real | None:
    """The integral over a piece when its error is small beside `scale`, and else None.

    A second try has twice the digits, and so comes closer to a singularity at an end.
    """
    goal = mpmath.mpf(2) ** (_SPARE_BITS - mpmath.mp.prec)
    for precision in (mpmath.mp.prec, 2 * mpmath.mp.prec):
        with mpmath.workprec(precision):
            value, error = mpmath.quad(lambda x: body(x) / scale, piece, error=True)
        if error <= goal:
            return value * scale
    return None


def _halves(low: Real, high: Real) -> list[tuple[Real, Real]]:
    if mpmath.isinf(low):
        middle = 2 * high - 1 if high <= 0 else mpmath.mpf(0)
    elif mpmath.isinf(high):
        middle = 2 * low + 1 if low >= 0 else mpmath.mpf(0)
    else:
        middle = (low + high) / 2
    return [(low, middle), (middle, high)]
