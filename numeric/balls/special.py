"""Stable and special functions on exact rationals and Arb balls.

Where a function is monotone, its ends enclose its values: the ball of a function at a wide ball
is then hardly wider than the values themselves.

Sources: DLMF, https://dlmf.nist.gov, 5.15 (polygamma), 7.11 (erfc by U), 10.25 and 10.37 (I_n).
"""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, ctx, fmpq

from numeric.balls.values import (
    ONE,
    ZERO,
    Undefined,
    Unresolved,
    Value,
    certain_sign,
    describe,
    is_integer,
    straddles,
)

MAX_ORDER = 10_000
"""A polygamma of a higher order is not attempted."""

_HALF = fmpq(1, 2)


def _monotone(function: Callable[[arb], arb], x: arb) -> arb:
    """The values of a monotone function on a ball, from those at its ends."""
    if x.is_exact():
        return function(x)
    return function(x.lower()).union(function(x.upper()))


def _log1p(a: Value) -> Value:
    if a <= -1:
        raise Undefined("log1p", f"log1p of {describe(a)}")
    if not a > -1:
        raise straddles("log1p", a, "-1")
    return ZERO if certain_sign(a) == 0 else arb(a).log1p()


def _expm1(a: Value) -> Value:
    return ZERO if certain_sign(a) == 0 else arb(a).expm1()


def _erfcx_at(x: arb) -> arb:
    """Far out by DLMF 7.11.3, erfc(x) = exp(-x²)·U(1/2, 1/2, x²)/sqrt(pi), where U is sharp."""
    square = x * x
    if x > 0 and square > ctx.prec:
        return square.hypgeom_u(arb(_HALF), arb(_HALF)) / arb.pi().sqrt()
    return square.exp() * x.erfc()


def _erfcx(a: Value) -> Value:
    """Decreasing: it is 2/sqrt(pi) times the integral of exp(-t² - 2xt) over t > 0."""
    return ONE if certain_sign(a) == 0 else _monotone(_erfcx_at, arb(a))


def _log_erfc_at(x: arb) -> arb:
    if x > _HALF:
        return _erfcx_at(x).log() - x * x if x * x > ctx.prec else x.erfc().log()
    return (-x.erf()).log1p()


def _log_erfc(a: Value) -> Value:
    """Decreasing, as erfc is."""
    return ZERO if certain_sign(a) == 0 else _monotone(_log_erfc_at, arb(a))


def _logaddexp_at(x: arb, y: arb) -> arb:
    gap = y - x
    return x + gap.exp().log1p() if gap < 0 else y + (-gap).exp().log1p()


def _logaddexp(a: Value, b: Value) -> Value:
    """Increasing in both: its derivatives are sigmoids."""
    x, y = arb(a), arb(b)
    if x.is_exact() and y.is_exact():
        return _logaddexp_at(x, y)
    low, high = _logaddexp_at(x.lower(), y.lower()), _logaddexp_at(x.upper(), y.upper())
    return low.union(high)


def _xlogy(a: Value, b: Value) -> Value:
    left, right = certain_sign(a), certain_sign(b)
    if right == -1 or (right == 0 and left in (1, -1)):
        raise Undefined("xlogy", f"xlogy of {describe(a)} and {describe(b)}")
    if left == 0 and b >= 0:
        return ZERO
    if right != 1:
        raise straddles("xlogy with second argument", b, "0")
    return ZERO if isinstance(b, fmpq) and b == 1 else arb(a) * arb(b).log()


def natural_order(op: str, n: Value) -> int:
    """The order as an exact natural number. Raises Undefined or Unresolved when it is not one."""
    if is_integer(n) and n >= 0:
        if n > MAX_ORDER:
            raise Unresolved(f"{op} of order {describe(n)} is past the limit of {MAX_ORDER}")
        return int(n.p)
    if n < 0 or isinstance(n, fmpq) or not n.contains_integer():
        raise Undefined(op, f"{op} of order {describe(n)}")
    raise Unresolved(f"{op} of order {describe(n)}: the order is not certainly an integer")


def _polygamma(n: Value, a: Value) -> Value:
    """For x > 0 every order is monotone in x: DLMF 5.15.1."""
    degree = natural_order("polygamma", n)
    if is_integer(a) and a <= 0:
        raise Undefined("polygamma", f"polygamma of {describe(a)}")

    def at(x: arb) -> arb:
        return x.digamma() if degree == 0 else acb(x).polygamma(degree).real

    x = arb(a)
    return _monotone(at, x) if x > 0 else at(x)


def _refuse_order(op: str, n: Value, a: Value) -> None:
    """Refuse what has no value, and what the table of operations leaves out."""
    phrase = f"{op} of order {describe(n)} at {describe(a)}"
    if isinstance(n, arb) and not n >= 0:
        raise Unresolved(f"{phrase}: the order is not certainly 0 or more")
    fractional = not is_integer(n) and (isinstance(n, fmpq) or not n.contains_integer())
    if a < 0 and fractional:
        raise Undefined(op, phrase)
    if n < 0 or not (a > 0 or is_integer(n)):
        raise Unresolved(f"{phrase}: only orders 0 and above, and arguments above 0, are decided")


def _besseli(n: Value, a: Value) -> Value:
    """Increasing in x > 0, as every term of its series DLMF 10.25.2 is."""
    _refuse_order("besseli", n, a)
    if certain_sign(a) == 0:
        return ONE if certain_sign(n) == 0 else ZERO
    index, x = arb(n), arb(a)

    def at(point: arb) -> arb:
        return point.bessel_i(index)

    return _monotone(at, x) if x.lower() > 0 else at(x)


def _log_besseli(n: Value, a: Value) -> Value:
    _refuse_order("log_besseli", n, a)
    sign = certain_sign(a)
    if sign != 1:
        negative = sign == 0 and n > 0
        if negative or (sign == -1 and is_integer(n) and n.p % 2 == 1):
            raise Undefined("log_besseli", f"log_besseli of order {describe(n)} at {describe(a)}")
        raise straddles("log_besseli", a, "0")
    index = arb(n)

    def at(point: arb) -> arb:
        return point.bessel_i(index, scaled=True).log() + point

    x = arb(a)
    return _monotone(at, x) if x.lower() > 0 else at(x)


SPECIAL: dict[str, Callable[..., Value]] = {
    "euler_gamma": arb.const_euler,
    "log1p": _log1p,
    "expm1": _expm1,
    "erfcx": _erfcx,
    "log_erfc": _log_erfc,
    "logaddexp": _logaddexp,
    "xlogy": _xlogy,
    "polygamma": _polygamma,
    "besseli": _besseli,
    "log_besseli": _log_besseli,
}
"""Operations of `numeric.operations.OPS` that `numeric.balls.operations` takes in."""
