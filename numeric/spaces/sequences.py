"""Noise schedules, vectors, increasing tuples and permutations.

>>> str(Schedule(3)), str(Ordered(2, Domain(lower=0))), str(Permutations(3))
('noise schedule of 3 steps', '2 increasing, each positive', 'permutations of 3')
>>> beta = Schedule(2, increasing=True).points(1)[0]
>>> beta, alphas(beta), alpha_bars(beta)[-1]
((Fraction(1, 3), Fraction(2, 3)), (Fraction(2, 3), Fraction(1, 3)), Fraction(2, 9))
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, combinations, islice, pairwise, permutations, product
from operator import mul

from numeric.domain import REAL, Domain
from numeric.spaces.base import ONE, Vector, check_size, distinct, is_vector, normalised, weightings

_STAGE = 64
_LEVELS = (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10), Fraction(1, 1000), Fraction(999, 1000))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Noise schedules: β_1, ..., β_T with 0 < β_t < 1, and strictly increasing if asked for."""

    steps: int
    increasing: bool = False

    def __post_init__(self) -> None:
        check_size("the number of steps of a schedule", self.steps)

    def contains(self, value: Vector) -> bool:
        """Whether there are as many steps, each strictly between 0 and 1, and in order."""
        if not is_vector(value, self.steps) or not all(0 < beta < 1 for beta in value):
            return False
        return not self.increasing or is_increasing(value)

    def points(self, count: int, seed: int = 0) -> list[Vector]:
        """Distinct members: constant, linear both ways, small noise, one step apart, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Vector]:
        n = self.steps
        yield from ((level,) * n for level in _LEVELS[:3])
        linear = tuple(Fraction(t, n + 1) for t in range(1, n + 1))
        yield linear
        yield linear[::-1]
        low, high = Fraction(1, 10_000), Fraction(1, 50)
        yield tuple(low + (high - low) * t / max(1, n - 1) for t in range(n))
        yield tuple(Fraction(1, 2 ** (n - t)) for t in range(n))
        for level in _LEVELS:
            yield (level,) * n
            yield (Fraction(1, 2),) * (n - 1) + (level,)
            yield (level,) + (Fraction(1, 2),) * (n - 1)
        rng = random.Random(seed)
        for weights in weightings(n + 1, 1, seed):
            steps = rising(weights)
            yield steps
            yield tuple(rng.sample(steps, n))
            reach = max(weights) + 1
            yield tuple(Fraction(rng.randint(1, reach - 1), reach) for _ in range(n))

    def __str__(self) -> str:
        kind = "increasing noise schedule" if self.increasing else "noise schedule"
        return f"{kind} of {self.steps} step{'s' * (self.steps > 1)}"


def rising(weights: tuple[int, ...]) -> Vector:
    """The strictly increasing schedule whose steps, from 0 up to 1, are in these proportions.

    >>> rising((1, 1, 2))
    (Fraction(1, 4), Fraction(1, 2))
    """
    return tuple(accumulate(normalised(weights)))[:-1]


def alphas(betas: Vector) -> Vector:
    """α_t = 1 - β_t."""
    return tuple(1 - beta for beta in betas)


def alpha_bars(betas: Vector) -> Vector:
    """ᾱ_t, the product of α_1 to α_t."""
    return tuple(accumulate(alphas(betas), mul))


def is_increasing(value: Vector) -> bool:
    """Whether each entry is strictly below the next."""
    return all(a < b for a, b in pairwise(value))


@dataclass(frozen=True, slots=True)
class Vectors:
    """Tuples of `size` members of one scalar domain."""

    size: int
    domain: Domain = field(default=REAL)

    def __post_init__(self) -> None:
        check_size("the size of a vector", self.size)

    def contains(self, value: Vector) -> bool:
        """Whether there are as many entries, each of the domain."""
        return is_vector(value, self.size) and all(map(self.domain.contains, map(Fraction, value)))

    def points(self, count: int, seed: int = 0) -> list[Vector]:
        """Distinct members: equal entries, one entry apart, the simplest in turn, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Vector]:
        n = self.size
        head = self.domain.points(8, seed)
        yield (head[0],) * n
        yield tuple(head[k % len(head)] for k in range(n))
        for k in range(n):
            yield (Fraction(0),) * k + (ONE,) + (Fraction(0),) * (n - k - 1)
        yield from ((value,) * n for value in head)
        yield from ((head[0],) * (n - 1) + (value,) for value in head)
        rng = random.Random(seed)
        for members, whole in _stages(self.domain, seed):
            if whole:
                yield from product(members, repeat=n)
            else:
                yield from (tuple(rng.choices(members, k=n)) for _ in members)

    def __str__(self) -> str:
        return f"{self.size} entries, each {self.domain}"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Strictly increasing tuples of `size` members of one scalar domain, such as 0 < a < b.

    Raises ValueError when the domain has fewer members.
    """

    size: int
    domain: Domain = field(default=REAL)

    def __post_init__(self) -> None:
        check_size("the size of a tuple", self.size)
        found = len(self.domain.points(self.size))
        if found < self.size:
            raise ValueError(f"{self.domain} has {found} members, and {self.size} are to increase")

    def contains(self, value: Vector) -> bool:
        """Whether there are as many entries, each of the domain, and strictly increasing."""
        return Vectors(self.size, self.domain).contains(value) and is_increasing(value)

    def points(self, count: int, seed: int = 0) -> list[Vector]:
        """Distinct members: the simplest in order, close ones and far ones, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Vector]:
        n = self.size
        for extra in range(4):
            head = sorted(self.domain.points(n + extra, seed))
            yield from islice(combinations(head, n), 16)
        for start in self.domain.points(4, seed):
            for gap in (ONE, Fraction(1, 1000)):
                yield tuple(start + k * gap for k in range(n))
        rng = random.Random(seed)
        for members, whole in _stages(self.domain, seed):
            if whole:
                yield from combinations(sorted(members), n)
            elif len(members) >= n:
                yield from (tuple(sorted(rng.sample(members, n))) for _ in members)

    def __str__(self) -> str:
        return f"{self.size} increasing, each {self.domain}"


def _stages(domain: Domain, seed: int) -> Iterator[tuple[list[Fraction], bool]]:
    """More and more members, and whether these are all; endless unless they are."""
    wanted = _STAGE
    while True:
        members = domain.points(wanted, seed)
        yield members, len(members) < wanted
        if len(members) < wanted:
            return
        wanted *= 2


@dataclass(frozen=True, slots=True)
class Permutations:
    """The orders of 0, 1, ..., size - 1, as tuples of ints."""

    size: int

    def __post_init__(self) -> None:
        check_size("the size of a permutation", self.size)

    def contains(self, value: tuple[int, ...]) -> bool:
        """Whether every number below the size occurs exactly once."""
        return is_vector(value, self.size) and sorted(value) == list(range(self.size))

    def points(self, count: int, seed: int = 0) -> list[tuple[int, ...]]:
        """Distinct members: the identity, neighbours swapped, a cycle, the reversal, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[tuple[int, ...]]:
        n = self.size
        one = tuple(range(n))
        yield one
        for k in range(n - 1):
            yield (*one[:k], k + 1, k, *one[k + 2 :])
        yield one[1:] + one[:1]
        yield one[::-1]
        rng = random.Random(seed)
        yield from (tuple(rng.sample(one, n)) for _ in range(16 * n))
        yield from permutations(one)

    def __str__(self) -> str:
        return f"permutations of {self.size}"
