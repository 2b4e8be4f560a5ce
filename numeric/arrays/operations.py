"""What each operation is over arrays: a NumPy ufunc, a short recipe of them, or a function here.

`UFUNCS` names the ufunc of an operation that is one; `RECIPES` builds the others from ufuncs, and
so in block buffers; the rest are functions of this module that take `out=`, most of them from
`scipy.special`. An undefined entry is `nan`; a pole or an overflow may be an infinity.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, Any]

UFUNCS: dict[str, str] = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "neg": "negative",
    "pow": "power",
    "exp": "exp",
    "log": "log",
    "log1p": "log1p",
    "expm1": "expm1",
    "sqrt": "sqrt",
    "abs": "absolute",
    "sign": "sign",
    "floor": "floor",
    "ceil": "ceil",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "max": "maximum",
    "min": "minimum",
    "lt": "less",
    "le": "less_equal",
    "eq": "equal",
    "ne": "not_equal",
    "and": "logical_and",
    "or": "logical_or",
    "not": "logical_not",
}
"""Operations that are one ufunc of NumPy."""


class Emit(Protocol):
    """What a recipe builds with: a ufunc by name, applied to earlier results, or a constant."""

    def __call__(self, name: str, *args: int) -> int:
        """The result of a ufunc."""

    def const(self, value: float) -> int:
        """A constant."""


def _sigmoid(emit: Emit, x: int) -> int:
    grown = emit("exp", emit("negative", x))
    return emit("divide", emit.const(1), emit("add", grown, emit.const(1)))


def _softplus(emit: Emit, x: int) -> int:
    small = emit("log1p", emit("exp", emit("negative", emit("absolute", x))))
    return emit("add", small, emit("maximum", x, emit.const(0)))


def _logaddexp(emit: Emit, x: int, y: int) -> int:
    """The distance of two equal infinities counts as infinite, so that they give themselves."""
    distance = emit("fmin", emit("absolute", emit("subtract", x, y)), emit.const(math.inf))
    small = emit("log1p", emit("exp", emit("negative", distance)))
    return emit("add", small, emit("maximum", x, y))


def _complex_softplus(emit: Emit, x: int) -> int:
    return emit("log1p", emit("exp", x))


def _complex_logaddexp(emit: Emit, x: int, y: int) -> int:
    return emit("log", emit("add", emit("exp", x), emit("exp", y)))


RECIPES: dict[str, Callable[..., int]] = {
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logaddexp": _logaddexp,
}
"""Operations that are a few ufuncs, none of which overflows where the result does not."""

COMPLEX_RECIPES: dict[str, Callable[..., int]] = {
    "sigmoid": _sigmoid,
    "softplus": _complex_softplus,
    "logaddexp": _complex_logaddexp,
}

COMPLEX_UFUNCS = frozenset(
    (
        *("add", "sub", "mul", "div", "neg", "pow", "exp", "log", "log1p", "expm1", "sqrt"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    )
)
"""The ufuncs that continue to the complex plane; their branch is NumPy's."""


def xlogy(x: Array, y: Array, out: Array) -> None:
    """x·log(y), and 0 where both are 0."""
    both = np.logical_and(x == 0, y == 0)
    np.log(y, out)
    np.multiply(x, out, out)
    np.copyto(out, 0, where=both)


def erf(x: Array, out: Array) -> None:
    """The error function."""
    from scipy import special

    special.erf(x, out=out)


def erfc(x: Array, out: Array) -> None:
    """1 - erf(x)."""
    from scipy import special

    special.erfc(x, out=out)


def erfcx(x: Array, out: Array) -> None:
    """exp(x²)·erfc(x)."""
    from scipy import special

    special.erfcx(x, out=out)


def log_erfc(x: Array, out: Array) -> None:
    """log(erfc(x)): by erfcx where x > 1/2, by erf elsewhere, so that nothing cancels."""
    from scipy import special

    tail = x > 0.5
    by_tail = np.log(special.erfcx(np.where(tail, x, 1.0))) - np.square(x)
    np.log1p(special.erf(-x), out)
    np.copyto(out, by_tail, where=tail)


def gamma(x: Array, out: Array) -> None:
    """Γ(x); `nan` at 0, -1, -2, ..."""
    from scipy import special

    poles = np.logical_and(x <= 0, x == np.floor(x))
    special.gamma(x, out=out)
    np.copyto(out, np.nan, where=poles)


def loggamma(x: Array, out: Array) -> None:
    """log Γ(x) for x > 0, and `nan` elsewhere."""
    from scipy import special

    outside = np.logical_not(x > 0)
    special.gammaln(x, out=out)
    np.copyto(out, np.nan, where=outside)


def digamma(x: Array, out: Array) -> None:
    """ψ(x); `nan` at 0, -1, -2, ..."""
    from scipy import special

    poles = np.logical_and(x <= 0, x == np.floor(x))
    special.psi(x, out=out)
    np.copyto(out, np.nan, where=poles)


_STEPS = 10_000


def polygamma(n: Array, x: Array, out: Array) -> None:
    """The derivative of order n of digamma, by the Hurwitz zeta function and steps up from x < 0.

    `nan` where n is not one of 0, 1, 2, ..., at the poles of x, and for n > 0 below x = -10000.
    Abramowitz and Stegun 6.4.6 and 6.4.10.
    """
    from scipy import special

    pole = np.logical_and(x <= 0, x == np.floor(x))
    whole = np.logical_and(n >= 0, n == np.floor(n))
    defined = whole & ~pole & ((n == 0) | (x > -_STEPS))
    order, start = np.broadcast_arrays(np.where(whole, n, 0.0), np.where(defined, x, 1.0))
    up = np.where((order > 0) & (start < 0), np.ceil(-start), 0.0)
    power = order + 1.0
    total = special.zeta(power, np.where(order == 0, 1.0, start + up))
    for step in range(int(up.max(initial=0.0))):
        total = total + np.where(step < up, (start + np.minimum(step, up)) ** -power, 0.0)
    sign = np.where(order % 2 == 0, -1.0, 1.0)
    np.copyto(out, np.where(order == 0, special.psi(start), sign * special.gamma(power) * total))
    np.copyto(out, np.nan, where=np.logical_not(defined))


def besseli(n: Array, x: Array, out: Array) -> None:
    """I_n(x), the modified Bessel function of the first kind."""
    from scipy import special

    special.iv(n, x, out=out)


def log_besseli(n: Array, x: Array, out: Array) -> None:
    """log(I_n(x)) for x > 0; by the power series of I_0 below 1, by 1/x from a million on.

    Abramowitz and Stegun 9.6.12 and 9.7.1.
    """
    from scipy import special

    large, series = x > 1e6, np.logical_and(n == 0, np.abs(x) < 1)
    scaled = special.ive(n, np.where(large, 1.0, x))
    asymptotic = np.log1p((1.0 - 4.0 * np.square(n)) / (8.0 * x)) - 0.5 * np.log(2.0 * np.pi * x)
    result = x + np.where(large, asymptotic, np.log(scaled))
    quarter = np.square(0.5 * x)
    total = np.ones_like(quarter)
    for k in range(10, 1, -1):
        total = 1.0 + total * quarter / (k * k)
    np.copyto(out, np.where(series & (x >= 0), np.log1p(quarter * total), result))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *(xlogy, erf, erfc, erfcx, log_erfc, gamma, loggamma, digamma),
        *(polygamma, besseli, log_besseli),
    )
}
"""Operations over arrays that are neither a ufunc nor a recipe, called with `out=`."""


def select(
    where: Array, taken: Array, other: Array, compared: tuple[Array, ...], out: Array
) -> None:
    """`taken` where the truth value holds, `other` elsewhere, `nan` where a compared value is."""
    np.copyto(out, np.where(where, taken, other))
    for value in compared:
        np.copyto(out, np.nan, where=np.isnan(value))


def _square(entries: tuple[Array, ...], size: int) -> Array:
    stacked = np.stack(np.broadcast_arrays(*entries), axis=-1)
    return stacked.reshape(*stacked.shape[:-1], size, size)


def matrix(op: str, entries: tuple[Array, ...], sizes: tuple[int, ...], out: Array) -> None:
    """A matrix operation of `numeric.operations.MATRIX_OPS` at every entry of the block.

    A matrix with an entry that is not finite gives `nan`, and so does a singular one to invert.
    """
    size, *places = sizes
    matrices = _square(entries, size)
    finite = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)))
    safe = np.where(finite[..., None, None], matrices, np.eye(size))
    result = np.asarray(_MATRIX[op](safe, *places))
    np.copyto(out, np.where(finite, result, np.nan))


def _inverse(matrices: Array, row: int, column: int) -> Array:
    singular = np.linalg.det(matrices) == 0
    safe = np.where(singular[..., None, None], np.eye(matrices.shape[-1]), matrices)
    return np.where(singular, np.nan, np.linalg.inv(safe)[..., row, column])


def _trace_sqrt(matrices: Array) -> Array:
    """The sum of the roots of the eigenvalues; those within rounding of 0 count as 0."""
    values = np.linalg.eigvals(matrices)
    rounding = 1e-12 * np.abs(values).max(axis=-1, keepdims=True)
    real = np.where(np.abs(values.real) <= rounding, 0.0, values.real)
    bad = (np.abs(values.imag) > rounding) | (real < 0)
    roots = np.sqrt(np.where(bad, np.nan, real))
    total: Array = roots.sum(axis=-1)
    return total


_MATRIX: dict[str, Callable[..., Any]] = {
    "det": np.linalg.det,
    "inverse": _inverse,
    "trace_sqrt": _trace_sqrt,
    "eigenvalue": lambda matrices, place: np.linalg.eigvalsh(matrices)[..., place],
}
