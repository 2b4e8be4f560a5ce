"""Hypothesis strategies for members of spaces; see `numeric.strategies`, which offers them.

Everything is built from integers, so that no draw is thrown away and failures shrink well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any, TypeVar

from hypothesis import strategies as st

from numeric.domain import REAL, Domain
from numeric.spaces.base import ONE, ZERO, Matrix, Space, Vector, normalised
from numeric.spaces.functions import (
    FAMILIES,
    Increasing,
    PiecewiseLinear,
    Smooth,
    SmoothIncreasing,
    from_slopes,
)
from numeric.spaces.linear import cayley, diagonal, from_factors
from numeric.spaces.matrices import SPD, Correlation, Diagonal, Orthogonal, correlation
from numeric.spaces.sequences import Ordered, Permutations, Schedule, Vectors, rising
from numeric.spaces.simplest import descended
from numeric.spaces.simplex import Joint, Simplex, Table, to_table

T = TypeVar("T")

Size = int | range
"""A size, or a range of sizes to draw from."""

_SIMPLE = 24
_TURNS = 8
_RUNS = st.one_of(st.sampled_from((1, -1, 2, -2)), st.integers(-10, 10), st.integers(-1000, 1000))
_UNIT = Domain(ZERO, ONE)
_PIVOTS = Domain(ZERO, Fraction(1000))
_WIDE = Domain(Fraction(-1000), Fraction(1000))


@lru_cache(maxsize=256)
def rationals(domain: Domain) -> st.SearchStrategy[Fraction]:
    """Members of the domain; failures shrink to the simplest of them.

    A draw is a way down the Stern-Brocot tree from the simplest member, and every part of it that
    is left out makes it simpler: so a failure anywhere in an interval ends at or near the simplest
    rational of that interval.
    """
    plainest = domain.points(1)[0]
    if domain.integer:
        simple = st.sampled_from(domain.points(_SIMPLE))
        every = st.integers(*domain.integer_range()).map(Fraction)
        return st.one_of(simple, every.filter(domain.contains))
    return _ways(domain, plainest)


def _ways(domain: Domain, plainest: Fraction) -> st.SearchStrategy[Fraction]:
    def member(runs: list[int]) -> Fraction:
        value = descended(domain, runs) if runs else plainest
        return value if domain.contains(value) else plainest

    return st.lists(_RUNS, max_size=_TURNS).map(member)


def _sized(size: Size, make: Callable[[int], st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """What is made for a size, or for one drawn from a range."""
    if isinstance(size, int):
        return make(size)
    return st.sampled_from(sorted(size)).flatmap(cache(make))


def _lists(
    elements: st.SearchStrategy[Any], size: Size, more: int = 0
) -> st.SearchStrategy[list[Any]]:
    """Lists as long as a size says, and `more`; a range shrinks by leaving elements out."""
    if isinstance(size, int):
        return st.lists(elements, min_size=size + more, max_size=size + more)
    if abs(size.step) == 1:
        low, high = min(size), max(size)
        return st.lists(elements, min_size=low + more, max_size=high + more)
    return _sized(size, lambda n: _lists(elements, n, more))


def _weights(zeros: bool) -> st.SearchStrategy[int]:
    """Positive integers that shrink to 1; with zeros, 0 is the next simplest."""
    small = st.sampled_from((1, 0, 2, 3, 4)) if zeros else st.integers(1, 4)
    return st.one_of(small, st.integers(1, 100), st.sampled_from((10**3, 10**6)))


def _shares(weights: Sequence[int]) -> Vector:
    return normalised(weights if any(weights) else [1] * len(weights))


def simplexes(size: Size, zeros: bool = False) -> st.SearchStrategy[Vector]:
    """Members of `Simplex(size, zeros)`: whole weights over their sum; shrinks to the uniform one."""
    return _lists(_weights(zeros), size).map(_shares)


def joints(shape: Sequence[Size], zeros: bool = False) -> st.SearchStrategy[Table]:
    """Members of `Joint(shape, zeros)`, each axis a size or a range; shrinks to the uniform one."""

    def tables(sizes: tuple[int, ...]) -> st.SearchStrategy[Table]:
        return simplexes(math.prod(sizes), zeros).map(lambda entries: to_table(entries, sizes))

    sizes = (st.just(n) if isinstance(n, int) else st.sampled_from(sorted(n)) for n in shape)
    return st.tuples(*sizes).flatmap(cache(tables))


def schedules(steps: Size, increasing: bool = False) -> st.SearchStrategy[Vector]:
    """Members of `Schedule(steps, increasing)`; shrinks to the constant 1/2 or to equal steps."""
    if increasing:
        return _lists(_weights(False), steps, 1).map(lambda weights: rising(tuple(weights)))
    return _lists(rationals(_UNIT), steps).map(tuple)


def _rows(lengths: Sequence[int], entries: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Any]:
    return st.tuples(*(st.tuples(*[entries] * length) for length in lengths))


@lru_cache(maxsize=16)
def _entries(domain: Domain = _WIDE) -> st.SearchStrategy[Fraction]:
    """Members that shrink to 0."""
    return _ways(domain, ZERO)


def spd_matrices(
    size: Size, lower: Fraction = ZERO, upper: Fraction | None = None
) -> st.SearchStrategy[Matrix]:
    """Members of `SPD(size, lower, upper)`, as L D Lᵀ; shrinks to the identity if it is one."""

    def matrices(n: int) -> st.SearchStrategy[Matrix]:
        pivots = st.tuples(*[rationals(_PIVOTS)] * n)
        factors = st.builds(from_factors, _rows(range(n), _entries()), pivots)
        return factors.map(SPD(n, lower, upper).fitted)

    return _sized(size, matrices)


def diagonals(size: Size) -> st.SearchStrategy[Matrix]:
    """Members of `Diagonal(size)`; shrinks to the identity."""
    return _lists(rationals(_PIVOTS), size).map(diagonal)


def correlations(size: Size) -> st.SearchStrategy[Matrix]:
    """Members of `Correlation(size)`; shrinks to the identity."""
    entries = _entries(Domain(-ONE, ONE))
    return _sized(size, lambda n: _rows(range(1, n), entries).map(correlation))


def orthogonals(size: Size) -> st.SearchStrategy[Matrix]:
    """Members of `Orthogonal(size)`; shrinks to the identity."""

    def matrices(n: int) -> st.SearchStrategy[Matrix]:
        signs = st.tuples(*[st.sampled_from((1, -1))] * n)
        return st.builds(cayley, _rows(range(n - 1, -1, -1), _entries()), signs)

    return _sized(size, matrices)


def vectors(size: Size, domain: Domain = REAL) -> st.SearchStrategy[Vector]:
    """Members of `Vectors(size, domain)`."""
    return _lists(rationals(domain), size).map(tuple)


def ordered(size: Size, domain: Domain = REAL) -> st.SearchStrategy[Vector]:
    """Members of `Ordered(size, domain)`; some have gaps of very different sizes."""
    factors = st.sampled_from((ONE, ONE, Fraction(1, 10), Fraction(1, 1000)))

    def narrowed(entries: list[Fraction], narrow: list[Fraction]) -> Vector:
        plain = tuple(sorted(entries))
        gaps = ((b - a) * factor for (a, b), factor in zip(pairwise(plain), narrow, strict=True))
        out = tuple(accumulate(gaps, initial=plain[0]))
        return out if all(map(domain.contains, out)) else plain

    def tuples(n: int) -> st.SearchStrategy[Vector]:
        entries = st.lists(rationals(domain), min_size=n, max_size=n, unique=True)
        return st.builds(narrowed, entries, _lists(factors, n - 1))

    return _sized(size, tuples)


def permutations(size: Size) -> st.SearchStrategy[tuple[int, ...]]:
    """Members of `Permutations(size)`; shrinks to the identity."""
    return _sized(size, lambda n: st.permutations(range(n)).map(tuple))


def monotone_functions(knots: Size = range(1, 4)) -> st.SearchStrategy[PiecewiseLinear]:
    """Members of `Increasing(knots)`; shrinks to the identity."""
    step = rationals(_PIVOTS)

    def functions(n: int) -> st.SearchStrategy[PiecewiseLinear]:
        start = st.tuples(_entries(), _entries())
        steps, slopes = st.tuples(*[step] * (n - 1)), st.tuples(*[step] * (n + 1))
        return st.builds(from_slopes, start, steps, slopes)

    return _sized(knots, functions)


def smooth_functions(family: str | None = None) -> st.SearchStrategy[Smooth]:
    """Members of `SmoothIncreasing(family)`, or of every family; shrinks to the identity."""
    families = st.sampled_from([family] if family else list(FAMILIES))
    weight = st.one_of(st.just(ZERO), rationals(_PIVOTS))

    def functions(name: str) -> st.SearchStrategy[Smooth]:
        positive = rationals(_PIVOTS)
        plain = st.builds(Smooth, st.just(name), positive, weight)
        alone = st.builds(Smooth, st.just(name), st.just(ZERO), positive)
        return plain if name == "cube" else st.one_of(plain, alone)

    return families.flatmap(cache(functions))


def members(space: Space[Any]) -> st.SearchStrategy[Any]:
    """Members of any one space. Raises TypeError on a kind that is not known here."""
    match space:
        case Domain():
            return rationals(space)
        case Simplex():
            return simplexes(space.size, space.zeros)
        case Joint():
            return joints(space.shape, space.zeros)
        case Schedule():
            return schedules(space.steps, space.increasing)
        case SPD():
            return spd_matrices(space.size, space.lower, space.upper)
        case Diagonal():
            return diagonals(space.size)
        case Correlation():
            return correlations(space.size)
        case Orthogonal():
            return orthogonals(space.size)
        case Vectors():
            return vectors(space.size, space.domain)
        case Ordered():
            return ordered(space.size, space.domain)
        case Permutations():
            return permutations(space.size)
        case Increasing():
            return monotone_functions(space.knots)
        case SmoothIncreasing():
            return smooth_functions(space.family)
    raise TypeError(f"there is no strategy for {space!r}; give points() a strategy instead of it")


def points(domains: Mapping[Any, Any]) -> st.SearchStrategy[dict[Any, Any]]:
    """An assignment: one member of its own domain, space or strategy for each name.

    `numeric.spaces.flat` turns a point into the inputs of a program.
    """
    return st.fixed_dictionaries(
        {
            name: domain if isinstance(domain, st.SearchStrategy) else members(domain)
            for name, domain in domains.items()
        }
    )
