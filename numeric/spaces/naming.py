"""From members of spaces to the named scalar inputs of a program, and to arrays.

A scalar keeps its name; an entry is called like `q[0]` or `S[0, 1]`, as `derive` calls it (which
counts the rows of a matrix from 1: give `first=1`); a parameter of a function like `f.a`. A tuple
of names in place of a name takes a tuple apart: `("a", "b")` with `Ordered(2)` makes a < b.

>>> from numeric.spaces import SPD, Ordered, Simplex
>>> spaces = {"q": Simplex(2), "S": SPD(2), "x": Domain(), ("a", "b"): Ordered(2)}
>>> first, *_ = assignments(spaces, 5)
>>> [f"{name}={value}" for name, value in flat(first).items()]
['q[0]=1/2', 'q[1]=1/2', 'S[0, 0]=1', 'S[0, 1]=0', 'S[1, 0]=0', 'S[1, 1]=1', 'x=1', 'a=1', 'b=2']
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count as count_from
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from numeric.spaces.base import Space

if TYPE_CHECKING:
    import numpy as np

Key = str | tuple[str, ...]
"""One name, or a tuple of names for the entries of a tuple."""

Point = dict[Key, Any]
"""A member of its space for each key."""

Spaces = Mapping[Key, Space[Any]] | Mapping[str, Space[Any]] | Mapping[str, Any]
"""A space for each key."""


@runtime_checkable
class HasParameters(Protocol):
    """A member that is described by named rationals."""

    def parameters(self) -> dict[str, Fraction]:
        """The rationals by name."""
        ...


def named(name: str, value: object, first: int = 0) -> dict[str, Fraction]:
    """The rationals in a member, by name; entries are counted from `first`.

    Raises TypeError on anything but rationals, tuples of them and functions with parameters.

    >>> named("q", (Fraction(1, 3), Fraction(2, 3)), first=1)
    {'q[1]': Fraction(1, 3), 'q[2]': Fraction(2, 3)}
    """
    if isinstance(value, HasParameters):
        return {f"{name}.{part}": Fraction(number) for part, number in value.parameters().items()}
    return {
        f"{name}[{', '.join(map(str, place))}]" if place else name: number
        for place, number in _entries(name, value, first)
    }


def _entries(name: str, value: object, first: int) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    if isinstance(value, Fraction | int):
        yield (), Fraction(value)
    elif isinstance(value, tuple):
        for k, part in enumerate(value, start=first):
            for place, number in _entries(name, part, first):
                yield (k, *place), number
    else:
        kind = type(value).__name__
        raise TypeError(
            f"{name} must hold Fractions, ints and tuples of them, not the {kind} {value!r}"
        )


def _parts(point: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """One name at a time, tuples of names taken apart."""
    for key, value in point.items():
        if isinstance(key, str):
            yield key, value
        elif len(key) == len(value):
            yield from zip(key, value, strict=True)
        else:
            raise ValueError(f"{len(value)} entries do not go by the {len(key)} names {key}")


def flat(point: Mapping[Any, Any], first: int = 0) -> dict[str, Fraction]:
    """The inputs of a program at a point: one rational for each scalar.

    Raises ValueError when two parts give the same name.
    """
    out: dict[str, Fraction] = {}
    for name, value in _parts(point):
        for full, number in named(name, value, first).items():
            if full in out:
                raise ValueError(f"two parts of the point are called {full}; rename one")
            out[full] = number
    return out


def columns(
    points: Sequence[Mapping[Any, Any]], first: int = 0
) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """For each scalar input its values at all the points: float64 arrays of shape (count,).

    The entries are rounded one by one, so those of a simplex need not sum to 1 exactly.

    >>> columns([{"q": (Fraction(1, 2), 2)}, {"q": (1, Fraction(1, 4))}])["q[1]"]
    array([2.  , 0.25])
    """
    import numpy as np

    rows = [flat(point, first) for point in points]
    return {
        name: np.array([float(row[name]) for row in rows], dtype=np.float64)
        for name in (rows[0] if rows else ())
    }


def stacked(
    points: Sequence[Mapping[Any, Any]],
) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """For each name its members at all the points: float64 arrays of shape (count, *shape).

    Functions are left out: they have no shape.

    >>> stacked([{"S": ((1, 0), (0, 2))}] * 3)["S"].shape
    (3, 2, 2)
    """
    import numpy as np

    rows = [dict(_parts(point)) for point in points]
    return {
        name: np.array([row[name] for row in rows]).astype(np.float64)
        for name, value in (rows[0].items() if rows else ())
        if not isinstance(value, HasParameters)
    }


def assignments(spaces: Spaces, count: int, seed: int = 0) -> list[Point]:
    """Up to `count` distinct points: a member of its own space for each key.

    The simplest combinations come first; between them come combinations without pattern, so that
    both coincidences (two equal vectors) and their absence are met early. The same on every call.
    """
    keys: list[Any] = list(spaces)
    lists = [spaces[key].points(max(count, 1), seed) for key in keys]
    seen: dict[tuple[int, ...], None] = {}
    total = 1
    for members in lists:
        total = min(count, total * len(members))
    stream = _places([len(members) for members in lists], random.Random(seed))
    while len(seen) < total:
        seen.setdefault(next(stream))
    return [
        {key: members[k] for key, members, k in zip(keys, lists, places, strict=True)}
        for places in seen
    ]


def _places(sizes: Sequence[int], rng: random.Random) -> Iterator[tuple[int, ...]]:
    """Places in lists of these sizes, without end: by their sum, and drawn ones in turn."""
    for reach in count_from():
        for places in _of_sum(sizes, reach):
            yield places
            apart = tuple((reach * (2 * i + 1) + 3 * i) % size for i, size in enumerate(sizes))
            yield apart if reach < 24 else tuple(rng.randrange(size) for size in sizes)


def _of_sum(sizes: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    if not sizes:
        if total == 0:
            yield ()
        return
    for first in range(min(total, sizes[0] - 1) + 1):
        for rest in _of_sum(sizes[1:], total - first):
            yield (first, *rest)
