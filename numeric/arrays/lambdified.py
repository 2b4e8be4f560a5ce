"""The short way from SymPy to a function of arrays, for whoever calls `sympy.lambdify` today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numeric.arrays.compiled import Compiled
from numeric.program import Program

if TYPE_CHECKING:
    from numeric.domain import Domain


def lambdify(
    args: Any,
    expr: Any,
    *,
    dtype: str = "float64",
    engine: str = "numpy",
    domains: Mapping[str, Domain] | None = None,
) -> Compiled:
    """A function of the symbols `args`, one or several, for an expression or a list of them.

    It takes numbers and arrays in that order, and gives one array, or a tuple of them for a list.
    Raises ValueError when an expression has a symbol that `args` leaves out, and
    `numeric.from_sympy.UnsupportedExpression` at a node that has no numeric form.

    >>> from sympy import cos, exp, log
    >>> from sympy.abc import x, y
    >>> f = lambdify([x, y], exp(x) / (exp(x) + exp(y)))
    >>> f(1000.0, 999.0), f([0.0, 1.0], 0.0)
    (0.7310585786300049, array([0.5       , 0.73105858]))
    >>> lambdify(x, [(1 - cos(x)) / x**2, log(1 + exp(x))])(1e-9)
    (0.5, 0.6931471810599453)
    """
    symbols = list(args) if isinstance(args, Sequence) else [args]
    exprs = list(expr) if isinstance(expr, Sequence) else [expr]
    names = [str(symbol) for symbol in symbols]
    return Program.from_sympy(*exprs).compile(names, dtype=dtype, engine=engine, domains=domains)
