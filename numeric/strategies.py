"""Hypothesis strategies for members of spaces, and a search for counterexamples.

Needs Hypothesis, which is an optional dependency, for tests. Members are built from integers, so
next to no draw is thrown away, and failures shrink to small rationals: a probability vector to the
uniform one, a matrix to the identity, a schedule to the constant 1/2 (or equal steps), a range of
sizes to the smallest.

>>> from hypothesis import find
>>> find(simplexes(range(2, 5)), lambda q: True)
(Fraction(1, 2), Fraction(1, 2))
>>> find(schedules(range(1, 9)), lambda beta: len(beta) > 1)
(Fraction(1, 2), Fraction(1, 2))
"""

from numeric.falsify import Claim, Counterexample, falsify
from numeric.spaces.drawing import (
    Size,
    correlations,
    diagonals,
    joints,
    members,
    monotone_functions,
    ordered,
    orthogonals,
    permutations,
    points,
    rationals,
    schedules,
    simplexes,
    smooth_functions,
    spd_matrices,
    vectors,
)

__all__ = [
    "Claim",
    "Counterexample",
    "Size",
    "correlations",
    "diagonals",
    "falsify",
    "joints",
    "members",
    "monotone_functions",
    "ordered",
    "orthogonals",
    "permutations",
    "points",
    "rationals",
    "schedules",
    "simplexes",
    "smooth_functions",
    "spd_matrices",
    "vectors",
]
