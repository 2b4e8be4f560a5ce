"""The operations on exact rationals and Arb balls, and when each is defined.

A value is an `fmpq` for as long as it is exactly rational, and an `arb` from then on. Each
operation either returns an enclosure of the true real value, or raises: `Undefined` when the
point is certainly outside the operation's domain, `Unresolved` when the ball cannot tell.

Enclosures come from Arb: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius
interval arithmetic", IEEE Transactions on Computers 66(8), 2017.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, fmpq, fmpz

from numeric.balls.special import SPECIAL
from numeric.balls.values import (
    MAX_EXACT_BITS,
    ONE,
    ZERO,
    Undefined,
    Unresolved,
    Value,
    certain_sign,
    describe,
    is_integer,
    order,
    settle,
    straddles,
)

__all__ = ["OPERATIONS", "Undefined", "Unresolved", "Value", "describe", "order", "settle"]

MAX_POWER_BITS = 100_000
"""An exact power that would have more bits than about this many is never computed exactly."""

MAX_EXPONENT = 2**62
"""An integer exponent beyond this is not attempted."""

MAX_FACTORIAL = 1000


def _mul(a: Value, b: Value) -> Value:
    if certain_sign(a) == 0 or certain_sign(b) == 0:
        return ZERO
    return a * b


def _div(a: Value, b: Value) -> Value:
    sign = certain_sign(b)
    if sign == 0:
        raise Undefined("div", "division by zero")
    if sign is None:
        raise straddles("division", b, "0")
    return ZERO if certain_sign(a) == 0 else a / b


def _exact_root(n: fmpz, degree: int) -> fmpz | None:
    """The integer whose power `degree` is the non-negative `n`, if there is one."""
    if n <= 1:
        return n
    if degree >= n.bit_length():
        return None
    root = n.root(degree)
    return root if root**degree == n else None


def _rational_root(a: fmpq, degree: int) -> fmpq | None:
    top, bottom = _exact_root(a.p, degree), _exact_root(a.q, degree)
    return None if top is None or bottom is None else fmpq(top, bottom)


def _sqrt(a: Value) -> Value:
    sign = certain_sign(a)
    if sign == -1:
        raise Undefined("sqrt", f"sqrt of {describe(a)}")
    if sign is None:
        raise straddles("sqrt", a, "0")
    root = _rational_root(a, 2) if isinstance(a, fmpq) else None
    return arb(a).sqrt() if root is None else root


def _integer_power(a: Value, n: fmpz) -> Value:
    sign = certain_sign(a)
    if n == 0:
        if sign in (1, -1):
            return ONE
        raise Unresolved(f"{describe(a)} to the power 0: 0 to the power 0 is never decided")
    if sign == 0:
        if n < 0:
            raise Undefined("pow", f"0 to the power {describe(fmpq(n))}")
        return ZERO
    odd = n % 2 == 1
    if isinstance(a, fmpq) and abs(a) == 1:
        return a if odd else ONE
    if abs(n) > MAX_EXPONENT:
        raise Unresolved(f"{describe(a)} to the power {describe(fmpq(n))} is too large to compute")
    if isinstance(a, fmpq):
        return _rational_power(a, n)
    if sign == 1:
        return a**n
    if sign == -1:
        magnitude = (-a) ** n
        return -magnitude if odd else magnitude
    if n < 0:
        raise straddles("negative power", a, "0")
    reach = a.abs_upper() ** n
    return reach.union(-reach if odd else arb(0))


def _rational_power(a: fmpq, n: fmpz) -> Value:
    if abs(n) * a.height_bits() <= MAX_POWER_BITS:
        return a ** int(n)
    if a < 0:
        raise Unresolved(f"{describe(a)} to the power {n} is too large to compute exactly")
    return arb(a) ** n


def _power(a: Value, b: Value) -> Value:
    if isinstance(b, fmpq) and b.q == 1:
        return _integer_power(a, b.p)
    sign = certain_sign(a)
    if sign == 0:
        return _power_of_zero(b)
    phrase = f"{describe(a)} to the power {describe(b)}"
    if sign == -1 and isinstance(b, fmpq):
        raise Undefined("pow", phrase)
    if sign != 1:
        raise Unresolved(f"{phrase}: the base is not certainly positive")
    if isinstance(a, fmpq):
        if a == 1:
            return ONE
        if isinstance(b, fmpq):
            # A root of degree past the size of `a` is never exact, so the cast stays small.
            root = _rational_root(a, int(b.q)) if b.q <= MAX_EXACT_BITS else None
            if root is not None:
                return _integer_power(root, b.p)
    return arb(a) ** arb(b)


def _power_of_zero(b: Value) -> Value:
    sign = certain_sign(b)
    if sign == 1:
        return ZERO
    if sign == -1:
        raise Undefined("pow", f"0 to the power {describe(b)}")
    raise Unresolved(f"0 to the power {describe(b)}: the exponent does not clear 0")


def _log(a: Value) -> Value:
    sign = certain_sign(a)
    if sign is None:
        raise straddles("log", a, "0")
    if sign < 1:
        raise Undefined("log", f"log of {describe(a)}")
    return ZERO if isinstance(a, fmpq) and a == 1 else arb(a).log()


def _sign(a: Value) -> Value:
    sign = certain_sign(a)
    if sign is None:
        raise straddles("sign", a, "0")
    return fmpq(sign)


def _floor(a: Value) -> Value:
    if isinstance(a, fmpq):
        return fmpq(a.floor())
    result = a.floor()
    if not result.is_exact():
        raise straddles("floor", a, "an integer")
    return result


def _ceil(a: Value) -> Value:
    return -_floor(-a)


def _max(a: Value, b: Value) -> Value:
    above = order(a, b)
    if above is None:
        return arb(a).max(arb(b))
    return a if above >= 0 else b


def _min(a: Value, b: Value) -> Value:
    return -_max(-a, -b)


def _inverse(op: str, a: Value) -> None:
    """Refuse an argument of asin or acos that is not certainly in [-1, 1]."""
    if a > 1 or a < -1:
        raise Undefined(op, f"{op} of {describe(a)}")
    if not (a <= 1 and a >= -1):
        raise straddles(op, a, "-1 and 1")


def _asin(a: Value) -> Value:
    _inverse("asin", a)
    return ZERO if certain_sign(a) == 0 else arb(a).asin()


def _acos(a: Value) -> Value:
    _inverse("acos", a)
    return ZERO if isinstance(a, fmpq) and a == 1 else arb(a).acos()


def _refuse_pole(op: str, a: Value) -> None:
    if is_integer(a) and a <= 0:
        raise Undefined(op, f"{op} of {describe(a)}")


def _gamma(a: Value) -> Value:
    _refuse_pole("gamma", a)
    if isinstance(a, fmpq) and a.q == 1 and a <= MAX_FACTORIAL:
        return fmpq(fmpz.fac_ui(a.p - 1))
    return arb(a).gamma()


def _loggamma(a: Value) -> Value:
    sign = certain_sign(a)
    if sign is None:
        raise straddles("loggamma", a, "0")
    if sign < 1:
        raise Undefined("loggamma", f"loggamma of {describe(a)}")
    return ZERO if isinstance(a, fmpq) and a in (1, 2) else arb(a).lgamma()


def _digamma(a: Value) -> Value:
    _refuse_pole("digamma", a)
    return arb(a).digamma()


def _sigmoid(a: Value) -> Value:
    if certain_sign(a) == 0:
        return fmpq(1, 2)
    if a < 0:
        grown = arb(a).exp()
        return grown / (1 + grown)
    return 1 / (1 + (-arb(a)).exp())


def _softplus(a: Value) -> Value:
    ball = arb(a)
    return ball + (-ball).exp().log1p() if a > 0 else ball.exp().log1p()


def _smooth(function: Callable[[arb], arb], at_zero: int) -> Callable[[Value], Value]:
    """An operation defined everywhere (or up to a pole), with one exact value, at zero."""

    def operation(a: Value) -> Value:
        return fmpq(at_zero) if certain_sign(a) == 0 else function(arb(a))

    return operation


OPERATIONS: dict[str, Callable[..., Value]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": _mul,
    "div": _div,
    "neg": lambda a: -a,
    "pow": _power,
    "exp": _smooth(arb.exp, 1),
    "log": _log,
    "sqrt": _sqrt,
    "sin": _smooth(arb.sin, 0),
    "cos": _smooth(arb.cos, 1),
    "tan": _smooth(arb.tan, 0),
    "asin": _asin,
    "acos": _acos,
    "atan": _smooth(arb.atan, 0),
    "sinh": _smooth(arb.sinh, 0),
    "cosh": _smooth(arb.cosh, 1),
    "tanh": _smooth(arb.tanh, 0),
    "abs": abs,
    "sign": _sign,
    "floor": _floor,
    "ceil": _ceil,
    "erf": _smooth(arb.erf, 0),
    "erfc": _smooth(arb.erfc, 1),
    "gamma": _gamma,
    "loggamma": _loggamma,
    "digamma": _digamma,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "max": _max,
    "min": _min,
    "pi": arb.pi,
    **SPECIAL,
}
"""Each operation on numbers of `numeric.operations.OPS`, at the working precision of `flint.ctx`.

Comparisons, logic and `select` are in `numeric.balls.general`, for they need not read every value.
"""
