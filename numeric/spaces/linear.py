"""Exact linear algebra on small rational matrices, given as tuples of rows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from numeric.spaces.base import ONE, ZERO, Matrix, Vector


def identity(size: int) -> Matrix:
    """The identity matrix."""
    return diagonal((ONE,) * size)


def diagonal(entries: Sequence[Fraction]) -> Matrix:
    """The matrix with these entries on its diagonal and 0 elsewhere."""
    size = len(entries)
    return tuple(tuple(entries[i] if i == j else ZERO for j in range(size)) for i in range(size))


def transposed(matrix: Matrix) -> Matrix:
    """Rows for columns."""
    return tuple(zip(*matrix, strict=True))


def multiplied(left: Matrix, right: Matrix) -> Matrix:
    """The product of two matrices whose shapes fit."""
    columns = transposed(right)
    return tuple(tuple(dot(row, column) for column in columns) for row in left)


def dot(left: Vector, right: Vector) -> Fraction:
    """The sum of products of two vectors of one length."""
    return sum((a * b for a, b in zip(left, right, strict=True)), ZERO)


def combined(a: Fraction, left: Matrix, b: Fraction, right: Matrix) -> Matrix:
    """a times the one matrix plus b times the other."""
    return tuple(
        tuple(a * x + b * y for x, y in zip(one, other, strict=True))
        for one, other in zip(left, right, strict=True)
    )


def is_symmetric(matrix: Matrix) -> bool:
    """Whether a square matrix equals its transpose."""
    return matrix == transposed(matrix)


def is_positive_definite(matrix: Matrix) -> bool:
    """Whether a symmetric matrix has only positive pivots, which decides it exactly."""
    rows = [list(row) for row in matrix]
    for k, pivot_row in enumerate(rows):
        if pivot_row[k] <= 0:
            return False
        for row in rows[k + 1 :]:
            factor = row[k] / pivot_row[k]
            for j in range(k, len(row)):
                row[j] -= factor * pivot_row[j]
    return True


def solved(matrix: Matrix, right: Matrix) -> Matrix:
    """The X with matrix @ X = right, by elimination. Raises ValueError when there is not one X."""
    size = len(matrix)
    rows = [[*row, *more] for row, more in zip(matrix, right, strict=True)]
    for k in range(size):
        place = next((i for i in range(k, size) if rows[i][k]), None)
        if place is None:
            raise ValueError("the matrix is singular")
        rows[k], rows[place] = rows[place], rows[k]
        rows[k] = [entry / rows[k][k] for entry in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return tuple(tuple(row[size:]) for row in rows)


def from_factors(below: Sequence[Vector], pivots: Sequence[Fraction]) -> Matrix:
    """L D Lᵀ, where L has the rows `below` left of its diagonal of ones, and D these pivots.

    Every rational symmetric positive definite matrix is of this form, with positive pivots.

    >>> from_factors(((), (Fraction(1),)), (Fraction(2), Fraction(3)))
    ((Fraction(2, 1), Fraction(2, 1)), (Fraction(2, 1), Fraction(5, 1)))
    """
    size = len(pivots)
    lower = tuple(
        (*(Fraction(x) for x in row), ONE, *(ZERO,) * (size - len(row) - 1)) for row in below
    )
    return multiplied(multiplied(lower, diagonal(pivots)), transposed(lower))


def cayley(above: Sequence[Vector], signs: Sequence[int]) -> Matrix:
    """The orthogonal matrix S (I - A)(I + A)⁻¹: A is skew, S is diagonal with entries 1 and -1.

    Row i of `above` holds the entries of A to the right of its diagonal. Every rational orthogonal
    matrix is of this form (Liebeck and Osborne 1991).

    >>> [[str(x) for x in row] for row in cayley(((Fraction(1, 2),), ()), (1, 1))]
    [['3/5', '-4/5'], ['4/5', '3/5']]
    """
    size = len(signs)
    rows = [[ZERO] * size for _ in range(size)]
    for i, right in enumerate(above):
        for j, entry in enumerate(right, start=i + 1):
            rows[i][j], rows[j][i] = entry, -entry
    skew = tuple(map(tuple, rows))
    one = identity(size)
    turned = solved(combined(ONE, one, ONE, skew), combined(ONE, one, -ONE, skew))
    return tuple(tuple(s * x for x in row) for s, row in zip(signs, turned, strict=True))
