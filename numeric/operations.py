"""The operations of a straight-line program, each with its arity and the kind of its result.

Three families take more than numbers: `BINDERS` (sums, products and integrals) carry a body,
`MATRIX_OPS` carry the size of the square matrix whose entries they read row by row, and
`TRUTHS` give a truth value, which only `LOGIC` and `select` may read.

To add an operation: name it here, and give its meaning to the balls (`balls.special` and
`balls.complex`), to `decimals.operations`, to `arrays.operations` and to `gradients.derivatives`.
Tests walk through this table and ask every back end for it.
"""

from __future__ import annotations

_CONSTANTS = ("pi", "euler_gamma")
_UNARY = (
    *("neg", "exp", "log", "sqrt", "abs", "sign", "floor", "ceil"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("erf", "erfc", "gamma", "loggamma", "digamma", "sigmoid", "softplus"),
    *("log1p", "expm1", "erfcx", "log_erfc"),
)
_BINARY = (
    *("add", "sub", "mul", "div", "pow", "max", "min"),
    *("logaddexp", "xlogy", "polygamma", "besseli", "log_besseli"),
)

COMPARISONS = ("lt", "le", "eq", "ne")
"""a < b, a <= b, a = b, a != b: two numbers to a truth value."""

LOGIC = {"and": 2, "or": 2, "not": 1}
"""Truth values to a truth value. Both sides of `and` and `or` are evaluated."""

TRUTHS = frozenset((*COMPARISONS, *LOGIC))
"""The operations whose result is a truth value."""

OPS: dict[str, int] = {
    **dict.fromkeys(_CONSTANTS, 0),
    **dict.fromkeys(_UNARY, 1),
    **dict.fromkeys(_BINARY, 2),
    **dict.fromkeys(COMPARISONS, 2),
    **LOGIC,
    "select": 3,
}
"""Every plain operation and its arity.

* `log` is natural, `loggamma` is real and for positive arguments;
* `erfcx(x)` is exp(x²)·erfc(x), `log_erfc(x)` is log(erfc(x)), for every real x;
* `logaddexp(x, y)` is log(eˣ + eʸ);
* `xlogy(x, y)` is x·log(y) for y > 0, and 0 where x = 0 and y = 0;
* `polygamma(n, x)` is the derivative of order n of digamma, n = 0, 1, 2, ...;
* `besseli(n, x)` is the modified Bessel function of the first kind, and `log_besseli(n, x)` its
  logarithm, for n >= 0 and x > 0 (besseli: any real x when n is an integer);
* `select(t, a, b)` is a where t holds and b elsewhere; the branch that is not taken need not be
  defined.
"""

BINDERS = ("sum", "prod", "integral")
"""Operations over a bound variable: see `numeric.program.Body`."""

MATRIX_OPS: dict[str, int] = {"det": 0, "inverse": 2, "trace_sqrt": 0, "eigenvalue": 1}
"""Operations on an n×n matrix given by its n² entries in rows, and how many indices follow n.

* `det`, value (n,): the determinant;
* `inverse`, value (n, i, j): the entry (i, j), from 0, of the inverse;
* `trace_sqrt`, value (n,): the trace of the square root of a positive semidefinite matrix, or of
  any matrix whose eigenvalues are real and not negative, such as a product of two of those;
* `eigenvalue`, value (n, k): of a symmetric matrix, the eigenvalue number k from the smallest, 0.
"""


def arity_error(op: str, args: tuple[int, ...], value: object) -> str | None:
    """What is wrong with the count of arguments of a plain or a matrix operation, or None."""
    if op in OPS:
        if value is not None:
            return f"{op} carries no value, and was given {value!r}"
        given = len(args)
        return (
            None if OPS[op] == given else f"{op} takes {OPS[op]} arguments, and {given} were given"
        )
    if op not in MATRIX_OPS:
        known = ", ".join((*OPS, *MATRIX_OPS, *BINDERS))
        return f"unknown operation {op!r}; the operations are {known}"
    if not (isinstance(value, tuple) and all(isinstance(part, int) for part in value)):
        return f"{op} carries a tuple of integers, not {value!r}"
    if len(value) != 1 + MATRIX_OPS[op]:
        return f"{op} carries {1 + MATRIX_OPS[op]} integers, and {len(value)} were given"
    size, *places = value
    if size < 1 or len(args) != size * size:
        return f"{op} of size {size} reads {size * size} entries, and {len(args)} were given"
    if not all(0 <= place < size for place in places):
        return f"{op} of size {size} has no place {tuple(places)}"
    return None
