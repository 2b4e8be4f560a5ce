"""The matrix operations in mpmath, on a list of n² entries in rows.

A matrix counts as singular, as symmetric, or an eigenvalue as real, within about the working
precision: exact equality is out of reach of rounded numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import mpmath

from numeric.decimals.operations import Real, need


def _norm(matrix: Real) -> Real:
    return mpmath.mnorm(matrix, "f")


def _tolerance() -> Real:
    """About the relative error of the entries: the work here is done with twice their digits."""
    return 10**5 * mpmath.sqrt(mpmath.eps)


def det(matrix: Real) -> Real:
    """The determinant."""
    return mpmath.det(matrix)


def inverse(matrix: Real, row: int, column: int) -> Real:
    """One entry of the inverse. Raises `NoValue` when the matrix is singular."""
    size = matrix.rows
    rows = [mpmath.norm(matrix[i, :]) for i in range(size)]
    bound = mpmath.fprod(rows)
    need(bound > 0 and abs(mpmath.det(matrix)) > _tolerance() * bound)
    unit = mpmath.matrix(size, 1)
    unit[column] = 1
    return mpmath.lu_solve(matrix, unit)[row]


def trace_sqrt(matrix: Real) -> Real:
    """The sum of the square roots of the eigenvalues, which must be real and not negative."""
    tolerance = _tolerance() * _norm(matrix)
    total = mpmath.mpf(0)
    for value in mpmath.eig(matrix, left=False, right=False):
        need(abs(mpmath.im(value)) <= tolerance and mpmath.re(value) >= -tolerance)
        total += mpmath.sqrt(max(mpmath.re(value), mpmath.mpf(0)))
    return total


def eigenvalue(matrix: Real, place: int) -> Real:
    """The eigenvalue number `place` from the smallest. `NoValue` when not symmetric."""
    need(_norm(matrix - matrix.T) <= _tolerance() * _norm(matrix))
    if matrix.rows == 1:
        return matrix[0, 0]
    symmetric = (matrix + matrix.T) / 2
    return sorted(mpmath.eigsy(symmetric, eigvals_only=True))[place]


_OPERATIONS: dict[str, Callable[..., Real]] = {
    "det": det,
    "inverse": inverse,
    "trace_sqrt": trace_sqrt,
    "eigenvalue": eigenvalue,
}


def apply(op: str, sizes: Sequence[int], entries: Sequence[Real]) -> Real:
    """A matrix operation on its entries in rows, worked out with twice the digits."""
    size, *places = sizes
    with mpmath.workprec(2 * mpmath.mp.prec + 20):
        matrix = mpmath.matrix(size, size)
        for k, entry in enumerate(entries):
            matrix[k // size, k % size] = entry
        value = _OPERATIONS[op](matrix, *places)
    return +value
