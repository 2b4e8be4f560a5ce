"""Sets with exact members: probability vectors, matrices, schedules, tables, functions.

Each is a `Space`, as `numeric.domain.Domain` is: `contains` decides membership exactly, and
`points` gives distinct members, the same on every call, the simplest and most special first.
`flat` turns members into the inputs of a program, `columns` and `stacked` into arrays.

>>> from numeric import Builder, spaces
>>> b = Builder()
>>> q = [b.input(f"q[{k}]") for k in range(2)]
>>> square = b.op("add", *(b.op("mul", x, x) for x in q))
>>> program = b.build(square)
>>> program.balls(spaces.flat({"q": (Fraction(1, 3), Fraction(2, 3))}))
[5/9]
>>> points = spaces.assignments({"q": spaces.Simplex(2, zeros=True)}, 5)
>>> program.numpy(**spaces.columns(points)).round(3)
array([0.5  , 0.556, 0.556, 1.   , 1.   ])
"""

from numeric.spaces.base import Matrix, Space, Vector
from numeric.spaces.functions import FAMILIES, Increasing, PiecewiseLinear, Smooth, SmoothIncreasing
from numeric.spaces.matrices import SPD, Correlation, Diagonal, Orthogonal, correlation
from numeric.spaces.naming import Key, Point, Spaces, assignments, columns, flat, named, stacked
from numeric.spaces.sequences import Ordered, Permutations, Schedule, Vectors, alpha_bars, alphas
from numeric.spaces.simplex import (
    Joint,
    Simplex,
    Table,
    conditional,
    is_independent,
    marginal,
    product_of,
)

__all__ = [
    "FAMILIES",
    "SPD",
    "Correlation",
    "Diagonal",
    "Increasing",
    "Joint",
    "Key",
    "Matrix",
    "Ordered",
    "Orthogonal",
    "Permutations",
    "PiecewiseLinear",
    "Point",
    "Schedule",
    "Simplex",
    "Smooth",
    "SmoothIncreasing",
    "Space",
    "Spaces",
    "Table",
    "Vector",
    "Vectors",
    "alpha_bars",
    "alphas",
    "assignments",
    "columns",
    "conditional",
    "correlation",
    "flat",
    "is_independent",
    "marginal",
    "named",
    "product_of",
    "stacked",
]
