"""The distributions that `numeric.quadrature.expectation` knows.

Each field is a number or an array; the fields of one distribution broadcast together. A
distribution gives two things: a Gauss rule where there is one, and a chart (see
`numeric.quadrature.charts`) with the logarithm of its density in the chart's variable t.
Inside the integrator every field is a float64 column of shape (entries, 1).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from scipy.special import betaln, expit

from numeric.quadrature import charts, rules

Array: TypeAlias = np.ndarray[Any, Any]
Truths: TypeAlias = np.ndarray[Any, Any]

_HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))
_NORMAL_REACH = 40.0
DISTINCT = 16
"""The most Gauss rules computed for one batch of gamma or beta distributions, 20 ms each."""


class Placed(NamedTuple):
    """Points of a chart: x, the logarithm of density times slope, and which x are as good as an end."""

    x: Array
    log_weight: Array
    at_end: Truths | bool = False


@dataclass(frozen=True, eq=False)
class Distribution:
    """What every distribution has. Not to be made itself."""

    def columns(self) -> dict[str, Any]:
        """The parameters by name, as they were given or as columns."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def replaced(self, columns: Mapping[str, Array]) -> Self:
        """The same distribution with other parameters."""
        other = copy.copy(self)
        for name, column in columns.items():
            object.__setattr__(other, name, column)
        return other

    def rows(self, index: Array | slice) -> Self:
        """The distribution of these entries alone."""
        return self.replaced({name: column[index] for name, column in self.columns().items()})

    def valid(self) -> Truths:
        """Per entry, whether the parameters are in range; shape (entries, 1)."""
        raise NotImplementedError

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        """Nodes and weights of a Gauss rule, shapes (entries or 1, n), or None.

        None when there is no Gauss rule, and when the entries need more than `most` of them.
        """
        return None

    def window(self) -> tuple[Array, Array]:
        """The range of t outside which the density is below 10^-300 of its peak, as columns."""
        raise NotImplementedError

    def place(self, t: Array) -> Placed:
        """The points of the chart at t, of shape (entries, k)."""
        raise NotImplementedError

    def locate(self, x: Array) -> Array:
        """The t whose point is x; an infinite or nan t for an x outside the range."""
        raise NotImplementedError


def _finite(*columns: Array) -> Truths:
    good: Truths = np.all([np.isfinite(column) for column in columns], axis=0)
    return good


@dataclass(frozen=True, eq=False)
class Normal(Distribution):
    """The normal with this mean and standard deviation `sd` > 0."""

    mean: Any = 0.0
    sd: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(_finite(self.mean, self.sd) & (self.sd > 0))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        rule = rules.hermite(n)
        return self.mean + self.sd * rule.nodes, rule.weights[None, :]

    def window(self) -> tuple[Array, Array]:
        reach = np.full_like(self.mean, charts.unstretch(_NORMAL_REACH))
        return -reach, reach

    def place(self, t: Array) -> Placed:
        u, slope = charts.stretch(t)
        return Placed(self.mean + self.sd * u, slope - 0.5 * u * u - _HALF_LOG_2PI)

    def locate(self, x: Array) -> Array:
        return charts.unstretch((x - self.mean) / self.sd)


class LogNormal(Normal):
    """exp of a normal with this mean and standard deviation `sd` > 0."""

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        rule = rules.hermite(n)
        return np.exp(self.mean + self.sd * rule.nodes), rule.weights[None, :]

    def place(self, t: Array) -> Placed:
        normal = super().place(t)
        x = np.exp(normal.x)
        return Placed(x, normal.log_weight, x == 0.0)

    def locate(self, x: Array) -> Array:
        return super().locate(np.log(x))


def _rules(
    make: Callable[..., rules.Rule], n: int, most: int, *columns: Array
) -> tuple[Array, Array] | None:
    """One rule for each entry, or None when more than `most` different ones are needed."""
    table = np.concatenate(columns, axis=1)
    distinct, place = np.unique(table, axis=0, return_inverse=True)
    if len(distinct) > most:
        return None
    made = [make(n, *map(float, row)) for row in distinct]
    nodes = np.array([rule.nodes for rule in made])[place.reshape(-1)]
    return nodes, np.array([rule.weights for rule in made])[place.reshape(-1)]


@dataclass(frozen=True, eq=False)
class Gamma(Distribution):
    """The gamma with this shape > 0 and rate > 0 (mean shape/rate)."""

    shape: Any = 1.0
    rate: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(_finite(self.shape, self.rate) & (self.shape > 0) & (self.rate > 0))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        made = _rules(rules.laguerre, n, most, self.shape)
        return None if made is None else (made[0] / self.rate, made[1])

    def _spread(self) -> Array:
        return np.asarray(1.0 / np.sqrt(np.maximum(self.shape, 1.0)))

    def window(self) -> tuple[Array, Array]:
        k, spread = self.shape, self._spread()
        low = -(_NORMAL_REACH * spread + 800.0 / k)
        high = np.log1p(_NORMAL_REACH / np.sqrt(k) + 800.0 / k)
        return charts.unstretch(low / spread), charts.unstretch(high / spread)

    def place(self, t: Array) -> Placed:
        """With η = log(x·rate/shape), the density of η is exp(shape·(η - e^η)) up to a factor."""
        k, spread = self.shape, self._spread()
        y, slope = charts.stretch(t)
        eta = spread * y
        weight = k * (eta - np.expm1(eta)) + charts.log_peak(k) + np.log(spread) + slope
        x = np.exp(eta + np.log(k) - np.log(self.rate))
        return Placed(x, weight, x == 0.0)

    def locate(self, x: Array) -> Array:
        eta = np.log(x) + np.log(self.rate) - np.log(self.shape)
        return charts.unstretch(eta / self._spread())


@dataclass(frozen=True, eq=False)
class Exponential(Gamma):
    """The exponential with this rate > 0 (mean 1/rate)."""

    shape: Any = field(default=1.0, init=False)
    rate: Any = 1.0


@dataclass(frozen=True, eq=False)
class Beta(Distribution):
    """The beta on (0, 1) with a > 0 and b > 0 (mean a/(a + b))."""

    a: Any = 1.0
    b: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(_finite(self.a, self.b) & (self.a > 0) & (self.b > 0))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        return _rules(rules.jacobi, n, most, self.a, self.b)

    def _spread(self) -> Array:
        return np.asarray(np.sqrt(np.minimum(1.0 / self.a + 1.0 / self.b, 4.0)))

    def window(self) -> tuple[Array, Array]:
        spread = self._spread()
        low, high = (_NORMAL_REACH * spread + 800.0 / k for k in (self.a, self.b))
        return charts.unstretch(-low / spread), charts.unstretch(high / spread)

    def place(self, t: Array) -> Placed:
        """η is logit(x) less that of the mean; its density is x^a (1-x)^b up to a factor."""
        a, b, spread = self.a, self.b, self._spread()
        y, slope = charts.stretch(t)
        eta = spread * y
        below = a * eta - (a + b) * charts.log_ratio(np.minimum(eta, 0.0), a / (a + b))
        above = -b * eta - (a + b) * charts.log_ratio(-np.maximum(eta, 0.0), b / (a + b))
        peak = charts.log_peak(a) + charts.log_peak(b) - charts.log_peak(a + b)
        x = expit(eta + np.log(a) - np.log(b))
        weight = np.where(eta < 0, below, above) + peak + np.log(spread) + slope
        return Placed(x, weight, (x == 0.0) | (x == 1.0))

    def locate(self, x: Array) -> Array:
        eta = np.log(x) - np.log1p(-x) - np.log(self.a) + np.log(self.b)
        return charts.unstretch(eta / self._spread())


@dataclass(frozen=True, eq=False)
class Uniform(Distribution):
    """The uniform on (lower, upper), lower < upper."""

    lower: Any = 0.0
    upper: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(_finite(self.lower, self.upper) & (self.lower < self.upper))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        rule = rules.legendre(n)
        middle = 0.5 * self.lower + 0.5 * self.upper
        return middle + (0.5 * self.upper - 0.5 * self.lower) * rule.nodes, rule.weights[None, :]

    def window(self) -> tuple[Array, Array]:
        reach = np.full_like(self.lower, charts.unstretch(charts.FAR / 2))
        return -reach, reach

    def place(self, t: Array) -> Placed:
        half, slope = charts.stretch(t)
        y = 2.0 * half
        width = self.upper - self.lower
        near = 0.5 * self.lower + 0.5 * self.upper + 0.5 * width * np.tanh(half)
        far = np.where(y < 0, self.lower + width * expit(y), self.upper - width * expit(-y))
        x = np.where(np.abs(y) < 1.0, near, far)
        ends = charts.log_one_plus_exp(-y) + charts.log_one_plus_exp(y)
        at_end = (x == self.lower) | (x == self.upper)
        return Placed(x, slope + charts.LOG_2 - ends, at_end)

    def locate(self, x: Array) -> Array:
        return charts.unstretch(0.5 * (np.log(x - self.lower) - np.log(self.upper - x)))


@dataclass(frozen=True, eq=False)
class Laplace(Distribution):
    """The Laplace density exp(-|x - mean|/scale)/(2·scale)."""

    mean: Any = 0.0
    scale: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(_finite(self.mean, self.scale) & (self.scale > 0))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        """Two Laguerre rules back to back, of n//2 nodes each."""
        half = rules.laguerre(max(n // 2, 1))
        nodes = np.concatenate([-half.nodes[::-1], half.nodes])
        weights = 0.5 * np.concatenate([half.weights[::-1], half.weights])
        return self.mean + self.scale * nodes, weights[None, :]

    def window(self) -> tuple[Array, Array]:
        reach = np.full_like(self.mean, charts.unstretch(800.0))
        return -reach, reach

    def _log_density(self, u: Array) -> Array:
        return -np.abs(u) - charts.LOG_2

    def place(self, t: Array) -> Placed:
        u, slope = charts.stretch(t)
        return Placed(self.mean + self.scale * u, self._log_density(u) + slope)

    def locate(self, x: Array) -> Array:
        return charts.unstretch((x - self.mean) / self.scale)


class Logistic(Laplace):
    """The logistic density σ(u)(1 - σ(u))/scale with u = (x - mean)/scale."""

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        return None

    def _log_density(self, u: Array) -> Array:
        size = np.abs(u)
        return np.asarray(-size - 2.0 * np.log1p(np.exp(-size)))


@dataclass(frozen=True, eq=False)
class StudentT(Distribution):
    """Student's t with `df` > 0 degrees of freedom, a location and a scale > 0."""

    df: Any
    location: Any = 0.0
    scale: Any = 1.0

    def valid(self) -> Truths:
        return np.asarray(
            _finite(self.df, self.location, self.scale) & (self.df > 0) & (self.scale > 0)
        )

    def window(self) -> tuple[Array, Array]:
        reach = np.full_like(self.location, charts.unstretch(charts.FAR))
        return -reach, reach

    def place(self, t: Array) -> Placed:
        u, slope = charts.double_stretch(t)
        half = 0.5 * self.df
        tail = (self.df + 1.0) * np.log(np.hypot(1.0, u / np.sqrt(self.df)))
        norm = 0.5 * np.log(self.df) + betaln(0.5, half)
        return Placed(self.location + self.scale * u, slope - tail - norm)

    def locate(self, x: Array) -> Array:
        return charts.unstretch(np.arcsinh((x - self.location) / self.scale))
