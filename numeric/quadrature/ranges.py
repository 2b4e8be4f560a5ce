"""Plain ranges to integrate over, and densities given by their logarithm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numeric.program import Program
from numeric.quadrature import charts
from numeric.quadrature.distributions import DISTINCT, Array, Distribution, Placed, Truths, Uniform

OUT = 100.0
"""So many widths from the centre, towards an infinite end, a value that is not finite is left out like
one at the end itself: a factor overflows where the density underflows. Its neighbours must be small."""


def call(
    f: Program | Callable[..., Any], variables: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Array:
    """f at points of shape (m, k), its parameters columns of shape (m, 1); float64, (m, k).

    A Program, and a function of several variables, reads every name; a function of one variable
    gets it as its first argument. Raises ValueError when the answer has another shape, and
    TypeError when it is not real.
    """
    if isinstance(f, Program):
        value: Any = f.numpy(**variables, **parameters)
    elif len(variables) == 1:
        value = f(*variables.values(), **parameters)
    else:
        value = f(**variables, **parameters)
    array = np.asarray(value)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"the integrand returned {array.dtype} values; it must return real ones")
    shape = np.broadcast_shapes(*(np.shape(points) for points in variables.values()))
    try:
        return np.broadcast_to(array, shape).astype(np.float64)
    except ValueError:
        raise ValueError(
            f"the integrand turned points of shape {shape} into an array of shape {array.shape}; "
            "it must work entry by entry"
        ) from None


@dataclass(frozen=True, eq=False)
class Range(Distribution):
    """The measure dx from `lower` to `upper`; either may be infinite.

    Where an end is infinite, `centre` and `width` say where the integrand lives; a half-line
    reads only `width`, its distance from the end. Raises ValueError when an end is finite for
    some entries and infinite for others.
    """

    lower: Any = -np.inf
    upper: Any = np.inf
    centre: Any = 0.0
    width: Any = 1.0

    def __post_init__(self) -> None:
        for name in ("lower", "upper"):
            infinite = np.isinf(getattr(self, name))
            if np.any(infinite) and not np.all(infinite):
                raise ValueError(f"{name} is infinite for some entries only; integrate them apart")

    def valid(self) -> Truths:
        ordered = (self.lower < self.upper) & (self.lower < np.inf) & (self.upper > -np.inf)
        return np.asarray(
            ordered & np.isfinite(self.centre) & np.isfinite(self.width) & (self.width > 0)
        )

    def _ends(self) -> tuple[bool, bool]:
        """Whether the lower and the upper end are finite."""
        return bool(np.all(np.isfinite(self.lower))), bool(np.all(np.isfinite(self.upper)))

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        made = Uniform(self.lower, self.upper).rule(n) if all(self._ends()) else None
        return made and (made[0], made[1] * (self.upper - self.lower))

    def window(self) -> tuple[Array, Array]:
        if all(self._ends()):
            return Uniform(self.lower, self.upper).window()
        reach = charts.FAR - np.abs(np.log(self.width))
        low = np.full_like(self.width, -charts.FAR) if any(self._ends()) else -reach
        return charts.unstretch(low), charts.unstretch(reach)

    def place(self, t: Array) -> Placed:
        lower, upper = self._ends()
        if lower and upper:
            placed = Uniform(self.lower, self.upper).place(t)
            scale = np.log(self.upper - self.lower)
            return Placed(placed.x, placed.log_weight + scale, placed.at_end)
        if not (lower or upper):
            u, slope = charts.double_stretch(t)
            x = self.centre + self.width * u
            return Placed(x, slope + np.log(self.width), np.abs(u) > OUT)
        y, slope = charts.stretch(t)
        distance = self.width * np.exp(y)
        x = self.lower + distance if lower else self.upper - distance
        at_end = x == (self.lower if lower else self.upper)
        return Placed(x, slope + y + np.log(self.width), at_end | (y > np.log(OUT)))

    def locate(self, x: Array) -> Array:
        lower, upper = self._ends()
        if lower and upper:
            return Uniform(self.lower, self.upper).locate(x)
        if not (lower or upper):
            return charts.unstretch(np.arcsinh((x - self.centre) / self.width))
        distance = x - self.lower if lower else self.upper - x
        return charts.unstretch(np.log(distance / self.width))


@dataclass(frozen=True, eq=False)
class Density(Range):
    """A density on a range, given by its logarithm.

    `log_density` is a Program, whose variable is called `variable`, or a function of arrays; both
    read the entries of `parameters` by name. The integral of the density is not checked.

    >>> import numpy as np
    >>> gumbel = Density(log_density=lambda x: -x - np.exp(-x))
    >>> from numeric.quadrature import expectation
    >>> expectation(lambda x: x, gumbel).value.round(12), round(np.euler_gamma, 12)
    (np.float64(0.577215664902), 0.577215664902)
    """

    log_density: Program | Callable[..., Any] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variable: str = "x"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.log_density is None:
            raise ValueError("a Density needs log_density; for a plain integral see integrate")
        clash = {"lower", "upper", "centre", "width"} & set(self.parameters)
        if clash:
            raise ValueError(f"the parameters {sorted(clash)} of a density need other names")

    def columns(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("lower", "upper", "centre", "width")}
        return {**own, **self.parameters}

    def replaced(self, columns: Mapping[str, Array]) -> Density:
        inner = {name: columns[name] for name in self.parameters if name in columns}
        outer = {name: column for name, column in columns.items() if name not in inner}
        other = super().replaced(outer)
        object.__setattr__(other, "parameters", inner)
        return other

    def rule(self, n: int, most: int = DISTINCT) -> tuple[Array, Array] | None:
        return None

    def place(self, t: Array) -> Placed:
        placed = super().place(t)
        assert self.log_density is not None
        height = call(self.log_density, {self.variable: placed.x}, self.parameters)
        weight = placed.log_weight + np.where(np.isfinite(placed.x), height, -np.inf)
        return Placed(placed.x, weight, placed.at_end)
