"""Integrals by pairs of rules that have nothing in common, accepted where they agree.

For one variable the pair is a Gauss rule and the trapezoidal rule in the chart, whose points lie
elsewhere and whose errors come from elsewhere; without a Gauss rule it is that trapezoidal rule
and the one between its points. For several variables it is the tensor products of Gauss
rules of two sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from numeric.quadrature.adaptive import BLOCK, FLOOR, Indices, Integrand, Outcome, Tolerance, weigh
from numeric.quadrature.distributions import Array, Distribution
from numeric.quadrature.result import Status

STAGES = ((24, 96), (49, 192))
"""Gauss nodes and trapezoidal steps, tried in turn."""

TENSOR = {2: (12, 25, 50, 100), 3: (8, 16, 32)}
"""Nodes in each direction, tried in turn, for two and for three variables."""

_CAUTION = 2.0
"""The error is taken to be this many times the difference of two rules."""

_SHARE = 1 / 2
"""And no less than this share of the difference of the coarser rules, lest they agree by chance."""

_EVERY = 1 << 30
_OFFSET = 0.381966
"""Where the trapezoidal rule starts, in steps: not symmetric, or ∫1/x over (-1, 1) would be 0."""

ManyIntegrand: TypeAlias = Callable[[Mapping[str, Array], Indices], Array]
"""As `Integrand`, with the points of each variable by name."""


def _settle(value: Array, error: Array, within: Array, size: Array) -> Indices:
    """CONVERGED where the error is within the tolerance, ALL_ZERO or RULES elsewhere."""
    code = np.where((error <= within) & np.isfinite(value), Status.CONVERGED, Status.RULES)
    return np.where(size == 0, Status.ALL_ZERO, code).astype(np.int64)


class _Charted(NamedTuple):
    """Arrays of shape (m,): the integrals of f and of |f|, what is lost, what rounding does.

    `halves` is the difference of the sums over every other point.
    """

    value: Array
    size: Array
    lost: Array
    floor: Array
    halves: Array


def _charted(
    f: Integrand, distribution: Distribution, rows: Indices, count: int, offset: float
) -> _Charted:
    """The rule of `count` steps in the chart; the integral is inf where f is not finite."""
    low, high = distribution.window()
    step = (high - low) / count
    t = low + step * (np.arange(count) + offset)
    placed = distribution.place(t)
    sample = weigh(f(placed.x, rows), placed, t)
    size = np.abs(sample.g)
    width = step[:, 0]
    value = np.where(sample.bad, np.inf, width * sample.g.sum(axis=1))
    lost = sample.lost + size[:, 0] + size[:, -1]
    total = width * size.sum(axis=1)
    coarse = width * np.abs(sample.g[:, ::2].sum(axis=1) - sample.g[:, 1::2].sum(axis=1))
    return _Charted(value, total, lost, FLOOR * total + sample.noise, coarse)


def _gauss(f: Integrand, distribution: Distribution, rows: Indices, count: int) -> Array | None:
    rule = distribution.rule(count)
    if rule is None:
        return None
    nodes, weights = rule
    values = f(np.broadcast_to(nodes, (len(rows), nodes.shape[1])), rows)
    return np.asarray(np.where(weights == 0, 0.0, values * weights).sum(axis=1))


def pair(
    f: Integrand,
    distribution: Distribution,
    rows: Indices,
    counts: tuple[int, int],
    tolerance: Tolerance,
) -> Outcome:
    """One pair of rules for these entries; `distribution` holds no others."""
    value, size, lost, floor, halves = _charted(f, distribution, rows, counts[1], _OFFSET)
    other = _gauss(f, distribution, rows, counts[0])
    if other is None:
        second = _charted(f, distribution, rows, counts[1], _OFFSET + 0.5).value
        spent, best = 2 * counts[1], 0.5 * (value + second)
        error = _CAUTION * np.abs(value - second)
    else:
        spent, best = counts[0] + counts[1], other
        error = _CAUTION * np.abs(value - other)
    error = np.maximum(error, _SHARE * halves)
    status = _settle(best, np.maximum(error, lost), tolerance.of(best, floor), size)
    return Outcome(best, error + lost + floor, np.full(len(rows), spent), status)


def compare(f: Integrand, distribution: Distribution, tolerance: Tolerance) -> Outcome:
    """All the stages, each for the entries on which the one before disagreed."""
    entries = len(distribution.window()[0])
    outcome = Outcome(
        np.full(entries, np.nan),
        np.full(entries, np.inf),
        np.zeros(entries, dtype=np.int64),
        np.full(entries, Status.RULES, dtype=np.int64),
    )
    for counts in STAGES:
        open_rows = np.flatnonzero(outcome.status != Status.CONVERGED)
        block = max(BLOCK // counts[1], 1)
        for start in range(0, len(open_rows), block):
            rows = open_rows[start : start + block]
            found = pair(f, distribution.rows(rows), rows, counts, tolerance)
            outcome.value[rows], outcome.error[rows] = found.value, found.error
            outcome.status[rows] = found.status
            outcome.evaluations[rows] += found.evaluations
    return outcome


def _product(
    f: ManyIntegrand, variables: Mapping[str, Distribution], rows: Indices, count: int
) -> tuple[Array, Array]:
    """The integrals of f and of |f| by the tensor rule of `count` nodes in each direction."""
    dimension = len(variables)
    total = np.ones((1,) * (dimension + 1))
    points = {}
    for axis, (name, distribution) in enumerate(variables.items(), start=1):
        rule = distribution.rule(count, most=_EVERY)
        if rule is None:
            raise ValueError(
                f"{name} has a {type(distribution).__name__} distribution, which has no Gauss "
                "rule; integrate over it alone"
            )
        shape = [1] * (dimension + 1)
        shape[axis] = count
        full = (len(rows), *(count,) * dimension)
        nodes, weights = (part.reshape(len(part), *shape[1:]) for part in rule)
        points[name] = np.broadcast_to(nodes, full).reshape(len(rows), -1)
        total = total * weights
    weights = total.reshape(len(total), -1)
    g = np.where(weights == 0, 0.0, f(points, rows) * weights)
    return g.sum(axis=1), np.abs(g).sum(axis=1)


def tensor(
    f: ManyIntegrand, variables: Mapping[str, Distribution], entries: int, tolerance: Tolerance
) -> Outcome:
    """Integrals over several independent variables by tensor products of growing Gauss rules.

    Raises ValueError when a distribution has no Gauss rule.
    """
    outcome = Outcome(
        np.full(entries, np.inf),
        np.full(entries, np.inf),
        np.zeros(entries, dtype=np.int64),
        np.full(entries, Status.RULES, dtype=np.int64),
    )
    for count in TENSOR[len(variables)]:
        open_rows = np.flatnonzero(outcome.status != Status.CONVERGED)
        points = count ** len(variables)
        block = max(BLOCK // points, 1)
        for start in range(0, len(open_rows), block):
            rows = open_rows[start : start + block]
            own = {name: distribution.rows(rows) for name, distribution in variables.items()}
            value, size = _product(f, own, rows, count)
            error = _CAUTION * np.abs(value - outcome.value[rows])
            status = _settle(value, error, tolerance.of(value, FLOOR * size), size)
            outcome.value[rows], outcome.error[rows] = value, error + FLOOR * size
            outcome.status[rows] = status
            outcome.evaluations[rows] += points
    broken = ~np.isfinite(outcome.value)
    outcome.value[broken], outcome.error[broken] = np.nan, np.inf
    outcome.status[broken] = Status.NOT_FINITE
    return outcome
