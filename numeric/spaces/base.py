"""What every space offers, and the streams of integers from which exact members are built."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction
from itertools import count as count_from
from typing import Protocol, TypeVar

V = TypeVar("V")
H = TypeVar("H", bound=Hashable)

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]

ZERO, ONE = Fraction(0), Fraction(1)

FAR = 1000
"""How many times larger one part is than another in a member close to the rim of its space."""


class Space(Protocol[V]):
    """A set with exact members. `numeric.domain.Domain` is one, and so are all the classes here."""

    def contains(self, value: V) -> bool:
        """Whether `value` is a member; exact."""
        ...

    def points(self, count: int, seed: int = 0) -> list[V]:
        """Up to `count` distinct members, simplest first; the same list for the same arguments.

        Points at which exceptions hide come early. Fewer are returned only when there are no more.
        """
        ...


def distinct(candidates: Iterable[H], count: int, keep: Callable[[H], bool]) -> list[H]:
    """The first `count` different candidates that `keep` accepts."""
    seen: dict[H, None] = {}
    if count > 0:
        for candidate in candidates:
            if candidate not in seen and keep(candidate):
                seen[candidate] = None
                if len(seen) >= count:
                    break
    return list(seen)


def check_size(name: str, size: int, least: int = 1) -> None:
    """Raise TypeError or ValueError unless `size` is an int, and at least `least`."""
    if not isinstance(size, int) or isinstance(size, bool):
        raise TypeError(f"{name} must be an int, not {size!r}")
    if size < least:
        raise ValueError(f"{name} must be at least {least}, not {size}")


def rational(name: str, value: Fraction | int) -> Fraction:
    """The value as a Fraction. Raises TypeError on anything but an int or a Fraction."""
    if not isinstance(value, Fraction | int):
        kind = type(value).__name__
        raise TypeError(f"{name} must be an int or a Fraction, not the {kind} {value!r}")
    return Fraction(value)


def is_vector(value: object, size: int) -> bool:
    """Whether this is a tuple of exactly `size` rationals."""
    if not isinstance(value, tuple) or len(value) != size:
        return False
    return all(isinstance(entry, Fraction | int) for entry in value)


def is_matrix(value: object, rows: int, columns: int) -> bool:
    """Whether this is a tuple of `rows` tuples of `columns` rationals each."""
    if not isinstance(value, tuple) or len(value) != rows:
        return False
    return all(is_vector(row, columns) for row in value)


def normalised(weights: Iterable[int]) -> Vector:
    """The weights over their sum, which is not 0.

    >>> [str(share) for share in normalised([1, 2, 3])]
    ['1/6', '1/3', '1/2']
    """
    parts = tuple(weights)
    total = sum(parts)
    return tuple(Fraction(part, total) for part in parts)


def weightings(size: int, least: int, seed: int) -> Iterator[tuple[int, ...]]:
    """Lists of `size` integers from `least`, 0 or 1, never all 0: equal ones first, then without end.

    One heavier or lighter than the rest, one among zeros, halves, steps, powers, one far heavier
    or lighter than the rest, all small lists, then drawn ones.
    """
    yield (1,) * size
    if size == 1:
        return
    yield from _one_apart(size, 2, 1)
    if least == 0:
        yield from _one_apart(size, 1, 0)
        yield from _one_apart(size, 0, 1)
        yield from ((1,) * k + (0,) * (size - k) for k in range(2, size))
    yield tuple(range(1, size + 1))
    yield tuple(range(size, 0, -1))
    yield from _one_apart(size, FAR, 1)
    yield from _one_apart(size, 1, FAR)
    yield tuple(2**k for k in range(min(size, 64))) + (1,) * max(0, size - 64)
    yield tuple(1 + k % 2 for k in range(size))
    yield from _drawn(size, least, random.Random(seed))


def _one_apart(size: int, apart: int, rest: int) -> Iterator[tuple[int, ...]]:
    for place in range(size):
        yield tuple(apart if k == place else rest for k in range(size))


def _drawn(size: int, least: int, rng: random.Random) -> Iterator[tuple[int, ...]]:
    """Small numbers, numbers of varied size, and numbers near a common one, in turn."""
    for attempt in count_from():
        reach = 5 + attempt
        middle = rng.randint(1, FAR + attempt)
        small = tuple(rng.randint(least, reach) for _ in range(size))
        if any(small):
            yield small
        varied = tuple(rng.randint(1, 10 ** rng.randint(0, 6)) for _ in range(size))
        yield (
            tuple(part if rng.random() < 0.8 or least else 0 for part in varied[:-1]) + varied[-1:]
        )
        yield tuple(middle + rng.randint(0, 1 + attempt) for _ in range(size))


def rational_stream(rng: random.Random) -> Iterator[Fraction]:
    """Rationals without end: small ones at first, then signed ones of sizes 1/1000 to 1000."""
    for attempt in count_from():
        reach = 3 + attempt // 4
        yield Fraction(rng.randint(-reach, reach), rng.randint(1, min(reach, 20)))
        if attempt % 5 == 4:
            large = Fraction(rng.randint(1, FAR))
            yield rng.choice((1, -1)) * (large if rng.random() < 0.5 else 1 / large)
