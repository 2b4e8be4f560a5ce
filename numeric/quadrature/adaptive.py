"""Adaptive Gauss–Kronrod integration in a chart, for many integrals at once.

The panels of all the entries stand in one worklist, and every round evaluates the integrand once,
on all the panels that are to be halved. Each entry has its own tolerance and its own budget.

What keeps a narrow spike from being missed in silence:

* an entry is accepted only after all its panels were halved once and the halves agreed with the
  estimate before to within the error claimed for it, and never while every value seen is 0;
* the tolerance is relative to the answer, so an integral that seems to be 10^-47 is resolved to
  its own digits, which leads to the spike that it is the tail of;
* no panel stays more than `_GRADE` times as wide as its neighbour, so that a spike found on one
  side of an end of panels is looked for on the other side too;
* `points` are ends of panels, which are ever smaller towards them.

A spike that falls between all the points, on top of an integrand that is not 0, cannot be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from numeric.quadrature.distributions import Array, Distribution, Placed, Truths
from numeric.quadrature.result import Status
from numeric.quadrature.rules import kronrod

Indices: TypeAlias = np.ndarray[Any, Any]
Integrand: TypeAlias = Callable[[Array, Indices], Array]
"""From points of shape (m, k) and the m entries they belong to, the values of f, (m, k)."""

EPS = float(np.finfo(np.float64).eps)
FLOOR = 16 * EPS
"""Rounding: no error estimate is below this share of the integral of |f|."""

BLOCK = 1 << 17
"""The most points evaluated together: 1 MiB for each temporary."""

_GAUSS = 10
_NODES = 2 * _GAUSS + 1
_FIRST_PANELS = 12
_TINY, _FAINT = -690.0, -80.0
_GRADE = 9.0
_NEARER = 8.0 ** -np.arange(1.0, 8.0)
_NULL_RULES = 5
_ROUNDINGS = 4
_NARROWEST = 8 * EPS


class Tolerance(NamedTuple):
    """An entry has converged when its error is at most max(absolute, relative·|value|, floor)."""

    relative: float
    absolute: float

    def of(self, value: Array, floor: Array) -> Array:
        """The tolerance for each entry, `floor` being what float64 cannot do better than."""
        return np.maximum(np.maximum(self.absolute, self.relative * np.abs(value)), floor)


class Sample(NamedTuple):
    """The integrand in the chart at points (m, k), and what float64 cannot see of it.

    `g` is 0 where f is not finite. `bad`, of shape (m,), says where that happens in the midst of
    the mass. `lost`, of shape (m,), is the largest |g| beside a point where f is not finite far
    out, or at an x that rounds to an end of the range: an estimate of the mass that is cut off.
    `noise`, of shape (m,), is how much the sum over t of g times the step changes when every x
    moves by its rounding error.
    """

    g: Array
    bad: Truths
    lost: Array
    noise: Array


def _noise(f: Array, weight: Array, placed: Placed, t: Array) -> Array:
    """The integral of |df/dx| times the density times the rounding error of x."""
    x = placed.x
    slope = np.abs(np.diff(f) / np.diff(x)) * np.maximum(np.abs(x[:, 1:]), np.abs(x[:, :-1]))
    terms = slope * np.minimum(weight[:, 1:], weight[:, :-1]) * np.diff(t)
    total: Array = np.where(np.isfinite(terms), terms, 0.0).sum(axis=1)
    return _ROUNDINGS * EPS * total


def weigh(f: Array, placed: Placed, t: Array) -> Sample:
    """f times its weight, with care where one is huge and the other tiny."""
    weight = np.exp(placed.log_weight)
    noise = _noise(f, weight, placed, t)
    g = f * weight
    tiny = (placed.log_weight < _TINY) & (f != 0)
    if np.any(tiny):
        together = np.sign(f) * np.exp(np.log(np.abs(f)) + placed.log_weight)
        g = np.where(tiny, together, g)
    outside = ~np.isfinite(g)
    if not np.any(outside):
        return Sample(g, np.zeros(len(g), dtype=np.bool_), np.zeros(len(g)), noise)
    dropped = outside & ~np.isfinite(f) & ((placed.log_weight < _FAINT) | placed.at_end)
    g = np.where(outside, 0.0, g)
    beside = np.zeros_like(dropped)
    beside[:, 1:] |= dropped[:, :-1]
    beside[:, :-1] |= dropped[:, 1:]
    lost = np.where(beside, np.abs(g), 0.0).max(axis=1)
    return Sample(g, (outside & ~dropped).any(axis=1), lost, noise)


@dataclass(slots=True)
class Panels:
    """Pieces of the charts, arrays of one length: whose, from where to where, and what they give.

    `size` is the integral of |g|, `floor` the effect of rounding; `error` is inf where g is not
    finite in the midst of the mass. `left` and `right` are g at the ends, extrapolated.
    """

    owner: Indices
    low: Array
    high: Array
    value: Array
    error: Array
    size: Array
    floor: Array
    lost: Array
    left: Array
    right: Array

    def where(self, keep: Truths) -> Panels:
        """These panels only."""
        return Panels(*(getattr(self, entry.name)[keep] for entry in fields(self)))

    def and_(self, *others: Panels) -> Panels:
        """These panels and others."""
        parts = [self, *others]
        columns = ([getattr(part, entry.name) for part in parts] for entry in fields(self))
        return Panels(*(np.concatenate(column) for column in columns))


class Outcome(NamedTuple):
    """Arrays of shape (entries,): the integral, its error, the evaluations and the `Status`."""

    value: Array
    error: Array
    evaluations: Indices
    status: Indices


class _Totals(NamedTuple):
    value: Array
    error: Array
    size: Array
    floor: Array
    lost: Array
    panels: Indices


def _totals(panels: Panels, entries: int) -> _Totals:
    def total(column: Array) -> Array:
        return np.bincount(panels.owner, weights=column, minlength=entries)

    return _Totals(
        total(panels.value),
        total(panels.error),
        total(panels.size),
        total(panels.floor),
        total(panels.lost),
        np.bincount(panels.owner, minlength=entries),
    )


class Adaptive:
    """The integrals of an integrand over the charts of a distribution with `entries` entries."""

    def __init__(
        self, f: Integrand, distribution: Distribution, tolerance: Tolerance, budget: int
    ) -> None:
        self.f, self.distribution = f, distribution
        self.tolerance, self.budget = tolerance, budget
        low, high = distribution.window()
        self.low, self.high = low.reshape(-1), high.reshape(-1)
        self.entries = len(self.low)

    def run(self, breaks: Array) -> Outcome:
        """Integrate; `breaks`, of shape (entries, any), are t at which panels must end."""
        panels = self._measure(*self._first(breaks))
        totals = _totals(panels, self.entries)
        spent = _NODES * totals.panels
        checked, first = np.zeros(self.entries, dtype=np.bool_), True
        outcome = Outcome(totals.value, totals.error, spent, np.full(self.entries, -1))
        while panels.owner.size:
            sides = _sides(panels)
            hidden = np.bincount(panels.owner, weights=sides.hidden, minlength=self.entries)
            totals = totals._replace(error=totals.error + hidden)
            within = self.tolerance.of(totals.value, totals.floor)
            share = (within / np.maximum(totals.panels, 1))[panels.owner]
            doubted = ~checked & (first | (totals.error <= within))
            large = panels.error + sides.hidden > share
            split = _wide(panels) & (doubted[panels.owner] | sides.steep | large)
            first = False
            cost = 2 * _NODES * np.bincount(panels.owner[split], minlength=self.entries)
            settled = checked & (totals.error <= within)
            settled[panels.owner[sides.steep]] = False
            last_check = (totals.error <= within) & (totals.size > 0)
            allowed = np.where(last_check, 2 * self.budget, self.budget)
            verdict = _verdict(totals, within, settled, cost, spent + cost > allowed)
            _record(outcome, verdict, totals, spent)
            live = outcome.status[panels.owner] < 0
            halves = self._measure(*_halves(panels.where(live & split)))
            spent = spent + _NODES * np.bincount(halves.owner, minlength=self.entries)
            panels = panels.where(live & ~split).and_(halves)
            before, totals = totals, _totals(panels, self.entries)
            agrees = np.abs(totals.value - before.value) <= before.error + within
            checked |= doubted & agrees & (totals.size > 0)
        return outcome._replace(error=np.where(np.isnan(outcome.error), np.inf, outcome.error))

    def _first(self, breaks: Array) -> tuple[Indices, Array, Array]:
        """The first panels: equal parts of the window, and ever smaller ones towards a break."""
        shares = np.linspace(0.0, 1.0, _FIRST_PANELS + 1)
        low, high = self.low[:, None], self.high[:, None]
        breaks = np.where(np.isnan(breaks), low, breaks)
        near = [breaks + (high - low) * step for step in (0.0, *_NEARER, *-_NEARER)]
        inside = np.clip(np.concatenate(near, axis=1), low, high)
        edges = np.sort(np.concatenate([low + (high - low) * shares, inside], axis=1), axis=1)
        edges[:, -1:] = high
        owner, place = np.nonzero(edges[:, 1:] > edges[:, :-1])
        return owner, edges[owner, place], edges[owner, place + 1]

    def _measure(self, owner: Indices, low: Array, high: Array) -> Panels:
        step = BLOCK // _NODES
        parts = [
            self._measure_block(owner[i : i + step], low[i : i + step], high[i : i + step])
            for i in range(0, max(len(owner), 1), step)
        ]
        return parts[0].and_(*parts[1:])

    def _measure_block(self, owner: Indices, low: Array, high: Array) -> Panels:
        rule, gauss = kronrod(_GAUSS)
        to_left = _extrapolation()
        width = high - low
        t = (low + 0.5 * width)[:, None] + 0.5 * width[:, None] * rule.nodes
        distribution = self.distribution.rows(owner)
        placed = distribution.place(t)
        sample = weigh(self.f(placed.x, owner), placed, t)
        size = np.abs(sample.g)
        value = width * (sample.g @ rule.weights)
        error = np.abs(value - width * (sample.g[:, 1::2] @ gauss))
        rough = 0.5 * width * np.linalg.norm(sample.g @ _null_rules(), axis=1)
        total = width * (size @ rule.weights)
        ends = np.where(low == self.low[owner], size[:, 0], 0.0)
        ends += np.where(high == self.high[owner], size[:, -1], 0.0)
        return Panels(
            owner,
            low,
            high,
            value,
            np.where(sample.bad, np.inf, np.maximum(error, rough)),
            total,
            FLOOR * total + sample.noise,
            sample.lost + ends,
            sample.g @ to_left,
            sample.g @ to_left[::-1],
        )


def _verdict(
    totals: _Totals, within: Array, settled: Truths, cost: Indices, over: Truths
) -> Indices:
    """The `Status` of the entries that are finished, and -1 for those that go on."""
    reasons = [
        (~(settled | (cost == 0) | over), -1),
        (~np.isfinite(totals.error), Status.NOT_FINITE),
        (totals.size == 0, Status.ALL_ZERO),
        (totals.lost > within, Status.TAIL),
        (settled, Status.CONVERGED),
        (cost == 0, Status.NARROW),
    ]
    conditions, codes = zip(*reasons, strict=True)
    return np.select(conditions, [np.int64(code) for code in codes], np.int64(Status.BUDGET))


@lru_cache(maxsize=1)
def _extrapolation() -> Array:
    """The values at -1 of the Lagrange polynomials of the Kronrod nodes."""
    nodes = kronrod(_GAUSS)[0].nodes
    others = nodes[None, :] + np.diag(np.inf * np.ones(_NODES))
    ratios = (-1.0 - nodes[None, :]) / (nodes[:, None] - others)
    np.fill_diagonal(ratios, 1.0)
    return np.asarray(ratios.prod(axis=1))


@lru_cache(maxsize=1)
def _null_rules() -> Array:
    """Columns that take the values at the Kronrod nodes to their last few Legendre coefficients.

    The polynomials are orthonormal for the Kronrod weights on (-1, 1). Where a panel holds a kink
    |K - G| is too small by chance in 15 of 100 places, and this norm in none; Berntsen and
    Espelid, ACM TOMS 17, 1991.
    """
    rule = kronrod(_GAUSS)[0]
    roots = np.sqrt(2.0 * rule.weights)[:, None]
    vandermonde = np.polynomial.legendre.legvander(rule.nodes, _NODES - 1)
    basis: Array = np.linalg.qr(roots * vandermonde).Q
    return roots * basis[:, -_NULL_RULES:]


class _Sides(NamedTuple):
    """Per panel: whether it is too wide for a neighbour, and what may hide at its ends.

    A kink between the end of a panel and its first node leaves no trace in the panel's own
    values, but the polynomials of two neighbours then differ at the end that they share. What
    hides is at most that difference times the width of the gap between the end and the node.
    """

    steep: Truths
    hidden: Array


def _sides(panels: Panels) -> _Sides:
    order = np.lexsort((panels.low, panels.owner))
    owner, width = panels.owner[order], (panels.high - panels.low)[order]
    same = owner[1:] == owner[:-1]
    jump = np.where(same, np.abs(panels.left[order][1:] - panels.right[order][:-1]), 0.0)
    steep = np.zeros(len(owner), dtype=np.bool_)
    steep[1:] |= same & (width[1:] > _GRADE * width[:-1])
    steep[:-1] |= same & (width[:-1] > _GRADE * width[1:])
    both = np.zeros(len(owner))
    both[1:] += jump
    both[:-1] += jump
    gap = 0.5 * (1.0 - kronrod(_GAUSS)[0].nodes[-1])
    back = np.argsort(order)
    return _Sides(steep[back], (both * width)[back] * gap)


def _wide(panels: Panels) -> Truths:
    """Which panels can still be halved."""
    largest = np.maximum(np.abs(panels.low), np.abs(panels.high))
    return np.asarray(panels.high - panels.low > _NARROWEST * largest)


def _halves(panels: Panels) -> tuple[Indices, Array, Array]:
    middle = panels.low + 0.5 * (panels.high - panels.low)
    low = np.concatenate([panels.low, middle])
    return np.tile(panels.owner, 2), low, np.concatenate([middle, panels.high])


def _record(outcome: Outcome, verdict: Indices, totals: _Totals, spent: Indices) -> None:
    """Write down the entries that are finished now."""
    now = (outcome.status < 0) & (verdict >= 0)
    outcome.value[now] = np.where(verdict == Status.NOT_FINITE, np.nan, totals.value)[now]
    outcome.error[now] = (totals.error + totals.lost + totals.floor)[now]
    outcome.evaluations[now] = spent[now]
    outcome.status[now] = verdict[now]
