"""Straight-line programs over the reals, and the points at which to run them.

A `Program` is an expression with its common parts shared. It can be run three ways:

* `Program.balls`: exact rationals and Arb balls, which enclose the true value;
* `Program.numpy`: float64 arrays, fast, for plots and for a cross-check;
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

Importing this package is cheap: NumPy, SymPy and mpmath load only when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numeric.balls import Undefined, Unresolved, compare, run
    from numeric.domain import Domain
    from numeric.program import Builder, Program

__all__ = ["Builder", "Domain", "Program", "Undefined", "Unresolved", "compare", "run"]

_HOME = {
    "Builder": "program",
    "Domain": "domain",
    "Program": "program",
    "Undefined": "balls",
    "Unresolved": "balls",
    "compare": "balls",
    "run": "balls",
}


def __getattr__(name: str) -> object:
    """Load an exported name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'numeric' has no attribute {name!r}")
    value: object = getattr(import_module(f"numeric.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
