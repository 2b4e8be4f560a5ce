"""Straight-line programs over the reals: fast arrays, rigorous balls, decimals, derivatives.

A `Program` is an expression with its common parts shared. It can be run three ways:

* `Program.compile`: a function of float64 arrays, fast, and stable where the plain form is not;
* `Program.balls`: exact rationals and Arb balls, which enclose the true value;
* `Program.mpmath`: decimals at any precision, a second opinion on the balls.

Only balls can settle anything, and they only ever refute: `compare` says on which side of
each other two expressions certainly lie at one point.

>>> from fractions import Fraction
>>> import numeric
>>> builder = numeric.Builder()
>>> x = builder.input("x")
>>> program = builder.build(builder.op("exp", x), builder.op("add", builder.const(1), x))
>>> numeric.compare(program, {"x": Fraction(1, 2)})
1
>>> numeric.compare(program, {"x": Fraction(0)})
0
>>> [str(point) for point in numeric.Domain(lower=Fraction(0)).points(4)]
['1', '2', '1/2', '3']

`lambdify` is the short way for who comes from SymPy. Besides there are `gradients`,
`value_and_gradient` and `hessian`, which make programs of programs; `expectation` and `integrate`,
quadrature over batches of parameters, in `numeric.quadrature`; `numeric.spaces`, sets of
probability vectors, matrices, schedules and tables to draw from; and `numeric.strategies`, the
same for Hypothesis, with a search for counterexamples.

Importing this package is cheap: NumPy, SymPy and mpmath load only when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numeric.arrays.compiled import Compiled
    from numeric.arrays.lambdified import lambdify
    from numeric.balls import Undefined, Unresolved, compare, run
    from numeric.builder import Builder
    from numeric.domain import Domain
    from numeric.gradients import NoDerivative, UnknownInput, gradient, hessian, value_and_gradient
    from numeric.program import Program
    from numeric.quadrature import expectation, integrate

_HOME = {
    "Builder": "builder",
    "Compiled": "arrays.compiled",
    "Domain": "domain",
    "NoDerivative": "gradients",
    "Program": "program",
    "Undefined": "balls",
    "UnknownInput": "gradients",
    "Unresolved": "balls",
    "compare": "balls",
    "expectation": "quadrature",
    "gradient": "gradients",
    "hessian": "gradients",
    "integrate": "quadrature",
    "lambdify": "arrays.lambdified",
    "run": "balls",
    "value_and_gradient": "gradients",
}

__all__ = [
    "Builder",
    "Compiled",
    "Domain",
    "NoDerivative",
    "Program",
    "Undefined",
    "UnknownInput",
    "Unresolved",
    "compare",
    "expectation",
    "gradient",
    "hessian",
    "integrate",
    "lambdify",
    "run",
    "value_and_gradient",
]


def __getattr__(name: str) -> object:
    """Load an exported name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'numeric' has no attribute {name!r}")
    value: object = getattr(import_module(f"numeric.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
