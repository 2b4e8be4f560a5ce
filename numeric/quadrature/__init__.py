"""Expectations and integrals in float64, over whole batches of parameters.

`expectation(f, distribution, parameters)` integrates f against a density, `integrate` over a
plain range. For one variable two rules that have nothing in common are compared: a Gauss rule
(Abramowitz and Stegun 25.4; see `numeric.quadrature.rules`) and the trapezoidal rule after a double
exponential change of variable (Takahasi and Mori 1974). Entries on which they differ go on to
adaptive Gauss–Kronrod panels (Laurie 1997; see `numeric.quadrature.adaptive`). For two or three
independent variables there is the tensor product of Gauss rules.

The error estimate is twice the difference of the rules, or on panels a bound from the last
Legendre coefficients, plus what lies out of reach at the ends, plus the effect of rounding in x
and in the sums. It is an estimate, not a proof: over 64,581 random integrals that converged, at
tolerances of 10^-3, 10^-6 and 10^-9, it bounds the true error in 99.88 % (smooth integrands
99.97 %, those with a kink or a step 99.6 %), and 15 times the estimate bounds it in all; a test
repeats a part of this. What no rule can see is a feature that falls between all its points, on
top of an integrand that is not 0: from 120 points on, about a tenth of a standard deviation
apart near the mean. `points=` makes it look closer.

SciPy's integrators were measured beside this and not used: `quad` and `quad_vec` return less than
10^-22 for the spike below, `tanhsinh` converges on 31 % of a batch of E|x - c|, and `quad_vec`
shares its panels and its tolerance among a whole batch.

>>> import numpy as np
>>> from sympy import exp, log, symbols
>>> from numeric.program import Program
>>> z, a = symbols("z a")
>>> softplus = Program.from_sympy(log(1 + exp(a * z)))
>>> result = expectation(softplus, Normal(0, [1, 2]), {"a": 1})
>>> result.value
array([0.80605918, 1.06771439])
>>> bool(result.converged.all()), bool(result.error.max() < 1e-9)
(True, True)
>>> spike = integrate(lambda x: np.exp(-1000 * (x - 1 / 3) ** 2), -100, 100)
>>> bool(spike.converged), bool(np.isclose(spike.value, np.sqrt(np.pi / 1000), rtol=1e-12))
(True, True)
>>> print(integrate(lambda x: 1 / x, 0, 1).why())
1 entry: the integrand does not die out at an end of the range, or float64 cannot reach that far; \
the integral may be infinite
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from numeric.program import Program
from numeric.quadrature.adaptive import Adaptive, Indices, Integrand, Outcome, Tolerance
from numeric.quadrature.compare import TENSOR, compare, tensor
from numeric.quadrature.distributions import (
    Array,
    Beta,
    Distribution,
    Exponential,
    Gamma,
    Laplace,
    Logistic,
    LogNormal,
    Normal,
    StudentT,
    Truths,
    Uniform,
)
from numeric.quadrature.ranges import Density, Range, call
from numeric.quadrature.result import Expectation, Status

__all__ = [
    "Beta",
    "Density",
    "Distribution",
    "Expectation",
    "Exponential",
    "Gamma",
    "Laplace",
    "LogNormal",
    "Logistic",
    "Normal",
    "Range",
    "Status",
    "StudentT",
    "Uniform",
    "expectation",
    "integrate",
]


class _Problem:
    """The integrand, its variables and parameters, flattened to entries in columns."""

    def __init__(
        self,
        f: Program | Callable[..., Any],
        variables: Mapping[str, Distribution],
        parameters: Mapping[str, Any],
    ) -> None:
        given = [parameters, *(distribution.columns() for distribution in variables.values())]
        arrays = [{name: _real(name, value) for name, value in group.items()} for group in given]
        every = itertools.chain.from_iterable(group.values() for group in arrays)
        self.shape = np.broadcast_shapes(*(array.shape for array in every))
        self.f = f
        self.entries = math.prod(self.shape)
        columns = [{name: self.column(a) for name, a in group.items()} for group in arrays]
        self.parameters = columns[0]
        self.variables = {
            name: distribution.replaced(own)
            for (name, distribution), own in zip(variables.items(), columns[1:], strict=True)
        }

    def column(self, array: Array) -> Array:
        """An array of the batch as a column of shape (entries, 1)."""
        return np.broadcast_to(array, self.shape).reshape(-1, 1)

    def valid(self) -> Truths:
        """Per entry, whether every distribution has its parameters in range."""
        good = np.ones((self.entries, 1), dtype=np.bool_)
        for distribution in self.variables.values():
            good = good & distribution.valid()
        return good[:, 0]

    def integrand(self, name: str, rows: Indices) -> Integrand:
        """f of one variable, for entries numbered within `rows`."""
        return lambda x, inner: self.values({name: x}, rows[inner])

    def values(self, points: Mapping[str, Array], rows: Indices) -> Array:
        """f at points of shape (m or 1, k) for these m entries."""
        return call(self.f, points, {name: c[rows] for name, c in self.parameters.items()})


def _real(name: str, value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "biufO":
        raise TypeError(f"{name} has dtype {array.dtype}; real numbers are needed")
    return array.astype(np.float64)


def _variable(f: Program | Callable[..., Any], parameters: Mapping[str, Any]) -> str:
    """The name of the one variable of f, any name when f is not a Program."""
    if not isinstance(f, Program):
        return "x"
    free = [name for name in f.inputs if name not in parameters]
    if len(free) > 1:
        raise ValueError(f"which of {free} is random? Give the others in parameters")
    return free[0] if free else "x"


def _merge(into: Outcome, rows: Indices, found: Outcome) -> None:
    into.value[rows], into.error[rows] = found.value, found.error
    into.status[rows] = found.status
    into.evaluations[rows] += found.evaluations


def _one_variable(
    problem: _Problem, name: str, tolerance: Tolerance, points: Iterable[Any], budget: int
) -> Outcome:
    """Rules that agree where they do, then adaptive panels; breaks go to the panels at once."""
    distribution = problem.variables[name]
    outcome = _nothing(problem.entries)
    rows = np.flatnonzero(problem.valid())
    breaks = [distribution.locate(problem.column(_real("points", point))) for point in points]
    if not breaks and rows.size:
        found = compare(problem.integrand(name, rows), distribution.rows(rows), tolerance)
        _merge(outcome, rows, found)
        rows = rows[found.status != Status.CONVERGED]
    if rows.size:
        table = np.concatenate([np.empty((problem.entries, 0)), *breaks], axis=1)[rows]
        adaptive = Adaptive(
            problem.integrand(name, rows), distribution.rows(rows), tolerance, budget
        )
        _merge(outcome, rows, adaptive.run(table))
    return outcome


def _nothing(entries: int) -> Outcome:
    """What stands for entries whose parameters are out of range."""
    codes = np.full(entries, Status.PARAMETER, dtype=np.int64)
    none = np.zeros(entries, dtype=np.int64)
    return Outcome(np.full(entries, np.nan), np.full(entries, np.inf), none, codes)


def _many_variables(problem: _Problem, tolerance: Tolerance) -> Outcome:
    outcome = _nothing(problem.entries)
    rows = np.flatnonzero(problem.valid())
    own = {name: distribution.rows(rows) for name, distribution in problem.variables.items()}
    _merge(
        outcome, rows, tensor(lambda x, r: problem.values(x, rows[r]), own, len(rows), tolerance)
    )
    return outcome


def expectation(
    f: Program | Callable[..., Any],
    distribution: Distribution | Mapping[str, Distribution],
    parameters: Mapping[str, Any] | None = None,
    *,
    rtol: float = 1e-9,
    atol: float = 0.0,
    points: Iterable[Any] = (),
    budget: int = 20_000,
) -> Expectation:
    """The mean of f under a distribution, or under two or three independent ones, by name.

    `f` is a Program with one output, or a function that works entry by entry on arrays: f(x,
    **parameters) for one distribution, f(**variables, **parameters) for a mapping of several. The
    parameters of f and of the distributions are numbers or arrays and broadcast together to the
    shape of the result; f sees them as columns (m, 1) beside points (m, k).

    An entry has converged when its error estimate is at most max(atol, rtol·|value|), or at the
    limit of float64, 16 eps times the mean of |f|. `points` (one variable only) are places where f
    has a kink or a spike, each a number or an array of the batch. `budget` is the most evaluations
    of the adaptive part for one entry.

    An entry that fails is never silent: see `Expectation.status`. Raises ValueError when shapes
    do not broadcast, names clash, the Program has several outputs, or a distribution of several
    has no Gauss rule (`StudentT`, `Logistic`, `Density`); TypeError when f or a parameter is not
    real.

    >>> import numpy as np
    >>> relu = expectation(lambda x: np.maximum(x, 0), Normal(0, 1))
    >>> float(abs(relu.value - 1 / np.sqrt(2 * np.pi))) < 1e-12
    True
    >>> product = expectation(lambda x, y: np.exp(x * y), {"x": Normal(0, 0.5), "y": Uniform(0, 1)})
    >>> bool(product.converged)
    True
    >>> expectation(np.log, Normal([3, 30], 1)).why()
    '1 entry, first (0,): the integrand is inf or nan where there is mass; check its domain'
    """
    given = dict(parameters or {})
    if isinstance(distribution, Distribution):
        variables: dict[str, Distribution] = {_variable(f, given): distribution}
    else:
        variables = dict(distribution)
    _check_names(f, variables, given)
    breaks = list(points)
    tolerance = Tolerance(float(rtol), float(atol))
    with np.errstate(all="ignore"):
        problem = _Problem(f, variables, given)
        if len(variables) > 1:
            if breaks:
                raise ValueError("points= is for one variable")
            outcome = _many_variables(problem, tolerance)
        else:
            outcome = _one_variable(problem, next(iter(variables)), tolerance, breaks, budget)
    return Expectation(*(np.asarray(column).reshape(problem.shape) for column in outcome))


def _check_names(
    f: Program | Callable[..., Any], variables: Mapping[str, Any], parameters: Mapping[str, Any]
) -> None:
    if not 1 <= len(variables) <= max(TENSOR):
        raise ValueError(f"from 1 to {max(TENSOR)} variables are integrated, not {len(variables)}")
    both = sorted(set(variables) & set(parameters))
    if both:
        raise ValueError(f"{both} are variables and parameters at once")
    if isinstance(f, Program):
        missing = [name for name in f.inputs if name not in variables and name not in parameters]
        if missing:
            raise ValueError(f"the Program reads {missing}; give them in parameters")
        if len(f.outputs) != 1:
            raise ValueError(f"a Program with 1 output is needed, not {len(f.outputs)}")


def integrate(
    f: Program | Callable[..., Any],
    lower: Any,
    upper: Any,
    parameters: Mapping[str, Any] | None = None,
    *,
    centre: Any = 0.0,
    width: Any = 1.0,
    rtol: float = 1e-9,
    atol: float = 0.0,
    points: Iterable[Any] = (),
    budget: int = 20_000,
) -> Expectation:
    """The integral of f from `lower` to `upper`, numbers or arrays, either of them infinite.

    On an infinite range, `centre` and `width` say where f lives (`Range`). Everything else is as
    for `expectation`.

    >>> float(integrate(lambda x: 1 / (1 + x * x), 0, np.inf).value) * 2
    3.141592653589793
    """
    measure = Range(lower, upper, centre, width)
    return expectation(f, measure, parameters, rtol=rtol, atol=atol, points=points, budget=budget)
