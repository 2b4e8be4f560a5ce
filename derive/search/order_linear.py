"""Exact linear programming of a modest size: a target as a non-negative combination of columns.

Floating point guesses which columns take part (Lawson and Hanson, *Solving Least Squares Problems*,
chapter 23); the multipliers are then solved for in rationals and kept only when they are right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

Vector = Mapping[Any, Fraction]

MAX_STEPS: Final = 120
TOLERANCE: Final = 1e-8


def combination(
    columns: Sequence[Vector], target: Vector, strict: Sequence[bool] = ()
) -> list[Fraction] | None:
    """Multipliers ``m >= 0`` with ``Σ m_i*columns[i] = target``, or None when none were found.

    With ``strict`` at least one column so marked takes part with a positive multiplier.

    >>> from fractions import Fraction as F
    >>> combination([{"x": F(1)}, {"x": F(1), "y": F(2)}], {"x": F(3), "y": F(4)})
    [Fraction(1, 1), Fraction(2, 1)]
    >>> combination([{"x": F(1)}], {"x": F(-1)}) is None
    True
    """
    target = {k: v for k, v in target.items() if v}
    if strict:
        plain = combination(columns, target)
        if plain is not None and any(m and s for m, s in zip(plain, strict, strict=True)):
            return plain
    keys = {k: i for i, k in enumerate({k: None for c in (target, *columns) for k in c})}
    if any(k not in {j for c in columns for j in c} for k in target):
        return None
    extra = bool(strict)
    matrix = np.zeros((len(keys) + extra, len(columns) + extra))
    right = np.zeros(len(keys) + extra)
    for j, column in enumerate(columns):
        for k, v in column.items():
            matrix[keys[k], j] = float(v)
        if extra and strict[j]:
            matrix[-1, j] = 1.0
    for k, v in target.items():
        if extra:
            matrix[keys[k], -1] = -float(v)
        else:
            right[keys[k]] = float(v)
    if extra:
        right[-1] = 1.0
    chosen = nonnegative_least_squares(matrix, right)
    if chosen is None:
        return None
    if not extra:
        return _exact(columns, target, chosen, None, strict)
    share = len(columns)
    if share not in chosen:
        return None
    return _exact(columns, target, [j for j in chosen if j != share], share, strict)


def _exact(
    columns: Sequence[Vector],
    target: Vector,
    chosen: Sequence[int],
    scaled: int | None,
    strict: Sequence[bool],
) -> list[Fraction] | None:
    """The multipliers of the chosen columns in rationals; None unless all are positive."""
    keys = list({k: None for c in (target, *(columns[j] for j in chosen)) for k in c})
    wide = len(chosen)
    entries = [
        [_fmpq(columns[j].get(k, Fraction(0))) for j in chosen]
        + [_fmpq(target.get(k, Fraction(0)))]
        for k in keys
    ]
    if not chosen:
        return None if target else [Fraction(0)] * len(columns)
    reduced, rank = fmpq_mat(entries).rref()
    out = [Fraction(0)] * len(columns)
    for row in range(rank):
        pivot = next(j for j in range(wide + 1) if reduced[row, j] != 0)
        if pivot == wide:
            return None
        value = reduced[row, wide]
        if value < 0:
            return None
        out[chosen[pivot]] = Fraction(int(value.p), int(value.q))
    if scaled is not None and not any(m and s for m, s in zip(out, strict, strict=True)):
        return None
    return out


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def nonnegative_least_squares(
    matrix: NDArray[np.float64], right: NDArray[np.float64]
) -> list[int] | None:
    """The columns with positive multipliers in a solution of ``matrix @ m = right`` with ``m >= 0``.

    None when the smallest residual is not 0.
    """
    solved = least_squares(matrix, right)
    return None if solved is None else [int(j) for j in np.flatnonzero(solved > 1e-11)]


def least_squares(
    matrix: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Multipliers ``m >= 0`` with ``matrix @ m = right``, in floating point, or None."""
    norms = np.linalg.norm(matrix, axis=0)
    norms[norms == 0] = 1.0
    a = matrix / norms
    wide = a.shape[1]
    inside = np.zeros(wide, dtype=bool)
    m = np.zeros(wide)
    limit = TOLERANCE * (1 + float(np.linalg.norm(right)))
    for _ in range(MAX_STEPS):
        residual = right - a @ m
        if float(np.linalg.norm(residual)) <= limit:
            return np.asarray(m / norms)
        gradient = a.T @ residual
        gradient[inside] = -np.inf
        best = int(np.argmax(gradient))
        if gradient[best] <= 1e-13:
            return None
        inside[best] = True
        _settle(a, right, inside, m)
    return None


def _settle(
    a: NDArray[np.float64],
    right: NDArray[np.float64],
    inside: NDArray[np.bool_],
    m: NDArray[np.float64],
) -> None:
    """Solve over the columns inside; those that would turn negative leave."""
    while inside.any():
        places = np.flatnonzero(inside)
        solved = np.linalg.lstsq(a[:, places], right, rcond=None)[0]
        if np.all(solved > 0):
            m[:] = 0
            m[places] = solved
            return
        low = solved <= 0
        old = m[places]
        steps = old[low] / np.maximum(old[low] - solved[low], 1e-300)
        step = float(np.min(steps)) if len(steps) else 0.0
        m[places] = old + step * (solved - old)
        leaving = places[low & (m[places] <= 1e-13)]
        if not len(leaving):
            leaving = places[low]
        m[leaving] = 0
        inside[leaving] = False
