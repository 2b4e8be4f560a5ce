"""Lower SymPy expressions to a program.

The expression is walked as it stands and never rebuilt, so a form made with `evaluate=False`
keeps its divisions. The rules stand by subject: `from_sympy.arithmetic`, `from_sympy.functions`,
`from_sympy.conditions` (Piecewise), `from_sympy.binders` (Sum, Product, Integral, Indexed) and
`from_sympy.matrices`. What sums and products have in common is computed once: see
`from_sympy.sharing`.

>>> from sympy import Integral, Piecewise, exp, oo
>>> from sympy.abc import a, x
>>> ops = [i.op for i in lower(Piecewise((Integral(exp(-a*x), (x, 0, oo)), a > 0))).instructions]
>>> ops
['const', 'input', 'integral', 'lt', 'const', 'log', 'select']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from numeric.builder import ProgramTooLarge
from numeric.from_sympy import arithmetic as from_sympy_arithmetic
from numeric.from_sympy import binders as from_sympy_binders
from numeric.from_sympy import conditions as from_sympy_conditions
from numeric.from_sympy import functions as from_sympy_functions
from numeric.from_sympy import matrices as from_sympy_matrices
from numeric.from_sympy.matrices import dimensions, grid
from numeric.from_sympy.sharing import share
from numeric.from_sympy.walk import Rules, Scope, UnsupportedExpression
from numeric.program import Program

__all__ = ["UnsupportedExpression", "lower", "shapes"]

_RULES: Rules = {
    **from_sympy_arithmetic.RULES,
    **from_sympy_functions.RULES,
    **from_sympy_conditions.RULES,
    **from_sympy_binders.RULES,
    **from_sympy_matrices.RULES,
}


def lower(*exprs: Any, inputs: Iterable[Any] | None = None) -> Program:
    """A program with one output for each expression, and one for each entry of a matrix, by rows.

    With `inputs`, names or symbols, an expression may read no others. Raises
    `UnsupportedExpression` at a node that has no numeric form.

    >>> from sympy.abc import x, y
    >>> lower(x - y / 2, 1 / sp.sqrt(x)).balls({"x": 4, "y": 1})
    [7/2, 1/2]
    >>> lower(sp.Matrix([[x, y], [y, x]]) * x).balls({"x": 4, "y": 1})
    [16, 4, 4, 16]
    >>> lower(x + y, inputs=["x"])
    Traceback (most recent call last):
    numeric.from_sympy.walk.UnsupportedExpression: cannot lower Symbol y: it is not among the \
inputs x; add it, or give it a value first
    >>> lower(0.5 * x)
    Traceback (most recent call last):
    numeric.from_sympy.walk.UnsupportedExpression: cannot lower Float 0.500000000000000: no float \
is exact; write it as a Rational, such as Rational(1, 2)
    """
    scope = Scope(_RULES)
    try:
        program = share(scope.builder.build(*(i for expr in exprs for i in _outputs(scope, expr))))
    except ProgramTooLarge as error:
        raise UnsupportedExpression("the expression", str(error)) from None
    except RecursionError:
        raise UnsupportedExpression(
            "the expression", "sums, integrals or matrices are nested too deeply; split it"
        ) from None
    if inputs is not None:
        known = [str(name) for name in inputs]
        for name in program.inputs:
            if name not in known:
                raise UnsupportedExpression(
                    f"Symbol {name}",
                    f"it is not among the inputs {', '.join(known)}; "
                    "add it, or give it a value first",
                )
    return program


def shapes(*exprs: Any) -> tuple[tuple[int, ...], ...]:
    """For each expression, the shape of its outputs in `lower`: () for a number.

    >>> from sympy.abc import x
    >>> shapes(x, sp.Matrix([[x, 1, 2]]), sp.Array([x, 1]))
    ((), (1, 3), (2,))
    """
    return tuple(
        tuple(expr.shape)
        if isinstance(expr, sp.NDimArray)
        else dimensions(expr)
        if isinstance(expr, sp.MatrixBase | sp.MatrixExpr)
        else ()
        for expr in exprs
    )


def _outputs(scope: Scope, expr: Any) -> Iterator[int]:
    if isinstance(expr, sp.MatrixBase | sp.MatrixExpr):
        for row in grid(scope, expr):
            yield from row
    elif isinstance(expr, sp.NDimArray):
        for entry in sp.flatten(expr.tolist()):
            yield scope.number(entry)
    elif isinstance(expr, sp.Basic):
        yield scope.number(expr)
    elif isinstance(expr, int | Fraction) and not isinstance(expr, bool):
        yield scope.const(expr)
    else:
        raise UnsupportedExpression(
            type(expr).__name__, f"{expr!r} is not a SymPy expression, an int or a Fraction"
        )
