"""Probability vectors and joint tables, exact: their entries sum to 1 and not nearly to 1.

>>> str(Simplex(3)), str(Simplex(2, zeros=True)), str(Joint((2, 3)))
('probabilities q[0..2] > 0', 'probabilities q[0..1] >= 0', 'joint probabilities of shape 2 x 3 > 0')
>>> [[str(entry) for entry in point] for point in Simplex(2).points(3)]
[['1/2', '1/2'], ['2/3', '1/3'], ['1/3', '2/3']]
>>> marginal(((Fraction(1, 2), Fraction(1, 4)), (Fraction(0), Fraction(1, 4))), 0)
(Fraction(3, 4), Fraction(1, 4))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import TypeAlias

from numeric.spaces.base import Vector, check_size, distinct, is_vector, normalised, weightings

Table: TypeAlias = "tuple[Fraction, ...] | tuple[Table, ...]"
"""A table of any number of axes, as tuples in tuples."""


@dataclass(frozen=True, slots=True)
class Simplex:
    """Probability vectors of `size` entries, all positive, or with `zeros` allowed.

    Raises ValueError when the size is less than 1.
    """

    size: int
    zeros: bool = False

    def __post_init__(self) -> None:
        check_size("the size of a simplex", self.size)

    def contains(self, value: Vector) -> bool:
        """Whether the entries are in range and sum to 1 exactly."""
        return is_vector(value, self.size) and _is_distribution(value, self.zeros)

    def points(self, count: int, seed: int = 0) -> list[Vector]:
        """Distinct members: the uniform one, then tilted ones, vertices or points close to them."""
        stream = map(normalised, weightings(self.size, int(not self.zeros), seed))
        return distinct(stream, count, self.contains)

    def __str__(self) -> str:
        return f"probabilities q[0..{self.size - 1}] {'>=' if self.zeros else '>'} 0"


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint distributions of discrete variables, as tables; `shape` says how many values each has.

    All entries are positive, or, with `zeros`, some may be 0. Raises ValueError on an empty shape.
    """

    shape: tuple[int, ...]
    zeros: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        check_size("the number of axes of a joint table", len(self.shape))
        for size in self.shape:
            check_size("each axis of a joint table", size)

    def contains(self, value: Table) -> bool:
        """Whether this is a table of this shape whose entries are in range and sum to 1 exactly."""
        return has_shape(value, self.shape) and _is_distribution(_leaves(value), self.zeros)

    def points(self, count: int, seed: int = 0) -> list[Table]:
        """Distinct members: uniform, independent, tilted, tied to a diagonal, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Table]:
        size = prod(self.shape)
        yield to_table((Fraction(1, size),) * size, self.shape)
        if size == 1:
            return
        yield product_of([normalised(range(1, n + 1)) for n in self.shape])
        places = list(product(*map(range, self.shape)))
        for rest in (0, 1) if self.zeros else (1,):
            tied = [2 if len(set(place)) == 1 else rest for place in places]
            yield to_table(normalised(tied), self.shape)
        for weights in weightings(size, int(not self.zeros), seed):
            yield to_table(normalised(weights), self.shape)

    def __str__(self) -> str:
        sizes = " x ".join(map(str, self.shape))
        return f"joint probabilities of shape {sizes} {'>=' if self.zeros else '>'} 0"


def _is_distribution(entries: Vector, zeros: bool) -> bool:
    return all(entry > 0 or (zeros and entry == 0) for entry in entries) and sum(entries) == 1


def shape_of(table: Table) -> tuple[int, ...]:
    """The sizes of the axes, read along the first entries."""
    first = table[0]
    return (len(table), *shape_of(first)) if isinstance(first, tuple) else (len(table),)


def has_shape(table: object, shape: Sequence[int]) -> bool:
    """Whether this is tuples in tuples of rationals, of exactly this shape."""
    if len(shape) == 1:
        return is_vector(table, shape[0])
    if not isinstance(table, tuple) or len(table) != shape[0]:
        return False
    return all(has_shape(part, shape[1:]) for part in table)


def to_table(entries: Sequence[Fraction], shape: Sequence[int]) -> Table:
    """The entries, given row by row, as a table. Raises ValueError when their number is wrong."""
    if len(entries) != prod(shape):
        raise ValueError(f"{len(entries)} entries do not fill a table of shape {tuple(shape)}")
    if len(shape) == 1:
        return tuple(entries)
    step = prod(shape[1:])
    parts = (entries[k : k + step] for k in range(0, len(entries), step))
    return tuple(to_table(part, shape[1:]) for part in parts)


def _leaves(table: Table | Fraction) -> Vector:
    if not isinstance(table, tuple):
        return (table,)
    return tuple(entry for part in table for entry in _leaves(part))


def marginal(table: Table, *axes: int) -> Table:
    """The joint distribution of these axes, in this order; the others are summed out.

    Raises ValueError when an axis does not exist, is repeated, or none is given.
    """
    shape = shape_of(table)
    if not axes or len(set(axes)) < len(axes) or not all(0 <= a < len(shape) for a in axes):
        raise ValueError(f"a table of shape {shape} has no axes {axes} to keep")
    kept = tuple(shape[axis] for axis in axes)
    sums = dict.fromkeys(product(*map(range, kept)), Fraction(0))
    for place, entry in zip(product(*map(range, shape)), _leaves(table), strict=True):
        sums[tuple(place[axis] for axis in axes)] += entry
    return to_table(tuple(sums.values()), kept)


def conditional(table: Table, axis: int, given: int) -> tuple[Vector, ...]:
    """Row k is the distribution of `axis` when the variable `given` has its value number k.

    Raises ZeroDivisionError when some value of `given` has probability 0.

    >>> conditional(((Fraction(1, 2), Fraction(1, 4)), (Fraction(0), Fraction(1, 4))), 0, given=1)
    ((Fraction(1, 1), Fraction(0, 1)), (Fraction(1, 2), Fraction(1, 2)))
    """
    rows = []
    for k, row in enumerate(marginal(table, given, axis)):
        entries = _leaves(row)
        below = sum(entries, Fraction(0))
        if below == 0:
            raise ZeroDivisionError(f"value {k} of axis {given} has probability 0")
        rows.append(tuple(entry / below for entry in entries))
    return tuple(rows)


def product_of(vectors: Sequence[Vector]) -> Table:
    """The joint table of independent variables with these distributions."""
    shape = tuple(map(len, vectors))
    return to_table([prod(entries, start=Fraction(1)) for entries in product(*vectors)], shape)


def is_independent(table: Table) -> bool:
    """Whether the table is exactly the product of the distributions of its axes."""
    parts = [_leaves(marginal(table, axis)) for axis in range(len(shape_of(table)))]
    return table == product_of(parts)
