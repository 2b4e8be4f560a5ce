"""Matrices with exact rational entries: positive definite, correlation, diagonal, orthogonal.

>>> str(SPD(2)), str(Correlation(3)), str(Diagonal(2)), str(Orthogonal(2))
('spd 2 x 2', 'correlation matrix 3 x 3', 'positive diagonal 2 x 2', 'orthogonal 2 x 2')
>>> SPD(2).contains(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(1, 2))))
False
>>> [[str(x) for x in row] for row in Orthogonal(2).points(9)[-1]]
[['3/5', '-4/5'], ['4/5', '3/5']]
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, permutations, product

from numeric.spaces.base import (
    FAR,
    ONE,
    ZERO,
    Matrix,
    Vector,
    check_size,
    distinct,
    is_matrix,
    rational,
    rational_stream,
)
from numeric.spaces.linear import (
    cayley,
    combined,
    diagonal,
    dot,
    from_factors,
    identity,
    is_positive_definite,
    is_symmetric,
    multiplied,
    solved,
    transposed,
)

_NEAR = Fraction(1, FAR)


@dataclass(frozen=True, slots=True)
class SPD:
    """Symmetric positive definite matrices of `size` rows, perhaps with bounded eigenvalues.

    Every eigenvalue is strictly above `lower` (at least 0) and strictly below `upper`, if given;
    so their ratio bounds the condition number. Without bounds it may be extreme.
    """

    size: int
    lower: Fraction = ZERO
    upper: Fraction | None = None

    def __post_init__(self) -> None:
        check_size("the size of a matrix", self.size)
        object.__setattr__(self, "lower", rational("lower", self.lower))
        if self.upper is not None:
            object.__setattr__(self, "upper", rational("upper", self.upper))
        if self.lower < 0 or (self.upper is not None and self.upper <= self.lower):
            raise ValueError(f"no spd matrix has all eigenvalues in ({self.lower}, {self.upper})")

    def contains(self, value: Matrix) -> bool:
        """Whether the matrix is symmetric with eigenvalues within the bounds; exact, by pivots."""
        if not is_matrix(value, self.size, self.size) or not is_symmetric(value):
            return False
        one = identity(self.size)
        if not is_positive_definite(combined(ONE, value, -self.lower, one)):
            return False
        return self.upper is None or is_positive_definite(combined(self.upper, one, -ONE, value))

    def fitted(self, matrix: Matrix) -> Matrix:
        """The matrix itself when it is a member, else a member with the same eigenvectors."""
        if self.contains(matrix):
            return matrix
        scale = ONE
        if self.upper is not None:
            scale = (self.upper - self.lower) / (
                1 + sum((matrix[k][k] for k in range(self.size)), ZERO)
            )
        return combined(self.lower, identity(self.size), scale, matrix)

    def points(self, count: int, seed: int = 0) -> list[Matrix]:
        """Distinct members: the identity, diagonal ones, equal entries, nearly singular ones, any."""
        return distinct(map(self.fitted, self._candidates(seed)), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Matrix]:
        n = self.size
        yield identity(n)
        yield from islice(_diagonals(n), 6)
        yield _filled(n, Fraction(2), ONE)
        yield _filled(n, Fraction(n), -ONE)
        brownian = _by_place(n, lambda i, j: Fraction(min(i, j) + 1))
        yield brownian
        yield solved(brownian, identity(n))
        yield _filled(n, 1 + _NEAR, ONE)
        yield _by_place(n, lambda i, j: Fraction(1, i + j + 1))
        yield from _diagonals(n)
        yield from _drawn_spd(n, random.Random(seed))

    def __str__(self) -> str:
        words = f"spd {self.size} x {self.size}"
        if self.lower == 0 and self.upper is None:
            return words
        end = "oo" if self.upper is None else self.upper
        return f"{words} with eigenvalues in ({self.lower}, {end})"


@dataclass(frozen=True, slots=True)
class Diagonal:
    """Diagonal matrices of `size` rows whose diagonal entries are positive."""

    size: int

    def __post_init__(self) -> None:
        check_size("the size of a matrix", self.size)

    def contains(self, value: Matrix) -> bool:
        """Whether all is 0 but the diagonal, and that is positive."""
        if not is_matrix(value, self.size, self.size):
            return False
        entries = tuple(value[k][k] for k in range(self.size))
        return value == diagonal(entries) and all(entry > 0 for entry in entries)

    def points(self, count: int, seed: int = 0) -> list[Matrix]:
        """Distinct members: the identity, one entry apart, steps, extremes, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Matrix]:
        yield identity(self.size)
        yield from _diagonals(self.size)
        stream = (abs(value) for value in rational_stream(random.Random(seed)))
        while True:
            yield diagonal(tuple(islice(stream, self.size)))

    def __str__(self) -> str:
        return f"positive diagonal {self.size} x {self.size}"


@dataclass(frozen=True, slots=True)
class Correlation:
    """Positive definite matrices of `size` rows with ones on the diagonal."""

    size: int

    def __post_init__(self) -> None:
        check_size("the size of a matrix", self.size)

    def contains(self, value: Matrix) -> bool:
        """Whether the matrix is symmetric and positive definite with ones on its diagonal."""
        if not SPD(self.size).contains(value):
            return False
        return all(value[k][k] == 1 for k in range(self.size))

    def points(self, count: int, seed: int = 0) -> list[Matrix]:
        """Distinct members: the identity, one pair, equal and decaying ones, near 1, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Matrix]:
        n = self.size
        yield identity(n)
        if n == 1:
            return
        least = Fraction(-1, n - 1)
        for value in (Fraction(1, 2), Fraction(-1, 2)):
            yield correlation((value,) + (ZERO,) * k for k in range(n - 1))
        for value in (Fraction(1, 2), least / 2, 1 - _NEAR, least * (1 - _NEAR)):
            yield _filled(n, ONE, value)
        for value in (Fraction(1, 2), Fraction(-1, 2), Fraction(9, 10)):
            yield _decaying(n, value)
        stream = rational_stream(random.Random(seed))
        while True:
            rows = [tuple(islice(stream, k)) for k in range(1, n)]
            yield correlation(rows)
            yield correlation(tuple(x / 8 for x in row) for row in rows)

    def __str__(self) -> str:
        return f"correlation matrix {self.size} x {self.size}"


@dataclass(frozen=True, slots=True)
class Orthogonal:
    """Orthogonal matrices of `size` rows, rotations and reflections, with rational entries."""

    size: int

    def __post_init__(self) -> None:
        check_size("the size of a matrix", self.size)

    def contains(self, value: Matrix) -> bool:
        """Whether the rows are orthonormal; exact."""
        if not is_matrix(value, self.size, self.size):
            return False
        return multiplied(value, transposed(value)) == identity(self.size)

    def points(self, count: int, seed: int = 0) -> list[Matrix]:
        """Distinct members: the identity, signs, permutations, simple rotations, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Matrix]:
        n = self.size
        one = identity(n)
        for signs in islice(product((1, -1), repeat=n), 4):
            yield diagonal(tuple(map(Fraction, signs)))
        yield diagonal((-ONE,) * n)
        if n == 1:
            return
        for order in islice(permutations(range(n)), 24):
            yield tuple(one[k] for k in order)
        for signs in islice(product((1, -1), repeat=n), 4):
            yield tuple(tuple(s * x for x in row) for s, row in zip(signs, one[::-1], strict=True))
        for slope in (Fraction(1, 2), Fraction(1, 3), _NEAR):
            below = [(ZERO,) * k for k in range(n - 2, -1, -1)]
            yield cayley([(slope,) + (ZERO,) * (n - 2), *below], (1,) * n)
        rng = random.Random(seed)
        stream = rational_stream(rng)
        while True:
            above = [tuple(islice(stream, n - 1 - i)) for i in range(n)]
            yield cayley(above, [rng.choice((1, -1)) for _ in range(n)])

    def __str__(self) -> str:
        return f"orthogonal {self.size} x {self.size}"


def correlation(rows: Iterator[Vector] | Sequence[Vector]) -> Matrix:
    """A correlation matrix from its entries left of the diagonal, row by row from the second.

    A row that would spoil positive definiteness is divided by the least whole number that mends
    it, so that every correlation matrix is reached, and always by its own entries.

    >>> correlation([(Fraction(3),)])
    ((Fraction(1, 1), Fraction(3, 4)), (Fraction(3, 4), Fraction(1, 1)))
    """
    matrix: Matrix = ((ONE,),)
    for row in rows:
        column = tuple((entry,) for entry in row)
        weight = dot(row, tuple(x for (x,) in solved(matrix, column)))
        parts = 1 if weight < 1 else math.isqrt(math.floor(weight)) + 1
        row = tuple(entry / parts for entry in row)
        above = tuple((*old, entry) for old, entry in zip(matrix, row, strict=True))
        matrix = (*above, (*row, ONE))
    return matrix


def _by_place(size: int, entry: Callable[[int, int], Fraction]) -> Matrix:
    return tuple(tuple(entry(i, j) for j in range(size)) for i in range(size))


def _filled(size: int, on: Fraction, off: Fraction) -> Matrix:
    """The matrix with one value on its diagonal and another off it."""
    return _by_place(size, lambda i, j: on if i == j else off)


def _decaying(size: int, value: Fraction) -> Matrix:
    """The correlations of a stationary chain: powers of one value by distance."""
    return _by_place(size, lambda i, j: value ** abs(i - j))


def _diagonals(size: int) -> Iterator[Matrix]:
    for value in (Fraction(2), Fraction(1, 2), Fraction(FAR), _NEAR):
        yield diagonal((ONE,) * (size - 1) + (value,))
        yield diagonal((value,) * size)
        yield diagonal((value,) + (ONE,) * (size - 1))
    yield diagonal(tuple(Fraction(k + 1) for k in range(size)))
    yield diagonal(tuple(Fraction(1, k + 1) for k in range(size)))


def _drawn_spd(size: int, rng: random.Random) -> Iterator[Matrix]:
    """Small factors, then pivots of sizes from 1/1000 to 1000 each, in turn."""
    stream = rational_stream(rng)
    while True:
        below = [tuple(islice(stream, k)) for k in range(size)]
        pivots = [abs(value) or ONE for value in islice(stream, size)]
        yield from_factors(below, pivots)
        yield from_factors(below, [p * Fraction(10) ** rng.randint(-3, 3) for p in pivots])
