"""Strictly increasing functions of a real variable, described by rational parameters.

>>> f = PiecewiseLinear(((0, 0), (1, 3)), Fraction(1, 2), 1)
>>> [str(f(Fraction(x))) for x in (-2, 0, 1, 5)]
['-1', '0', '3', '7']
>>> f.inverse()(Fraction(7)), f.derivative(Fraction(1, 2))
(Fraction(5, 1), Fraction(3, 1))
>>> str(Increasing(2)), str(SmoothIncreasing("tanh"))
('increasing piecewise linear, 2 knots', 'increasing a*x + b*tanh(x)')
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Final

from numeric.builder import Builder
from numeric.spaces.base import FAR, ONE, ZERO, check_size, distinct, rational, rational_stream
from numeric.spaces.sequences import is_increasing

Knots = tuple[tuple[Fraction, Fraction], ...]
_NEAR = Fraction(1, FAR)
_SLOPES = (ONE, Fraction(2), Fraction(1, 2), Fraction(FAR), _NEAR)


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """A strictly increasing function: lines between knots (x, y), and one with a slope at each end.

    Raises ValueError unless there is a knot, both coordinates increase and the slopes are positive.
    """

    knots: Knots
    left: Fraction
    right: Fraction

    def __post_init__(self) -> None:
        knots = tuple((rational("x", x), rational("y", y)) for x, y in self.knots)
        object.__setattr__(self, "knots", knots)
        object.__setattr__(self, "left", rational("left", self.left))
        object.__setattr__(self, "right", rational("right", self.right))
        xs, ys = (tuple(knot[k] for knot in knots) for k in (0, 1))
        if not xs or not is_increasing(xs) or not is_increasing(ys):
            raise ValueError(f"the knots {self.knots} are not one or more that increase")
        if self.left <= 0 or self.right <= 0:
            raise ValueError(f"the slopes {self.left} and {self.right} are not both positive")

    def slopes(self) -> tuple[Fraction, ...]:
        """The slope left of each knot in turn, and at last the one right of them all."""
        inner = ((v - y) / (u - x) for (x, y), (u, v) in pairwise(self.knots))
        return (self.left, *inner, self.right)

    def _piece(self, x: Fraction) -> int:
        return sum(1 for knot, _ in self.knots if knot < x)

    def __call__(self, x: Fraction) -> Fraction:
        """The exact value at x."""
        piece = self._piece(x)
        start, value = self.knots[max(0, piece - 1)]
        return value + (x - start) * self.slopes()[piece]

    def derivative(self, x: Fraction) -> Fraction:
        """The exact slope at x. Raises ValueError at a knot where it changes."""
        piece, slopes = self._piece(x), self.slopes()
        at_knot = piece < len(self.knots) and self.knots[piece][0] == x
        if at_knot and slopes[piece] != slopes[piece + 1]:
            raise ValueError(
                f"the slope changes at {x} from {slopes[piece]} to {slopes[piece + 1]}"
            )
        return slopes[piece]

    def inverse(self) -> PiecewiseLinear:
        """The function that undoes this one, again piecewise linear."""
        turned = tuple((y, x) for x, y in self.knots)
        return PiecewiseLinear(turned, 1 / self.left, 1 / self.right)

    def parameters(self) -> dict[str, Fraction]:
        """The slopes at the ends and the coordinates of the knots, by name."""
        out = {"left": self.left, "right": self.right}
        for k, (x, y) in enumerate(self.knots):
            out |= {f"x[{k}]": x, f"y[{k}]": y}
        return out

    def emit(self, builder: Builder, x: int) -> int:
        """The value at the result `x` of a program that is being built."""
        slopes = self.slopes()
        out = self._line(builder, x, 0, slopes[0])
        for k, (knot, _) in enumerate(self.knots):
            beyond = builder.op("lt", builder.const(knot), x)
            out = builder.op("select", beyond, self._line(builder, x, k, slopes[k + 1]), out)
        return out

    def _line(self, builder: Builder, x: int, knot: int, slope: Fraction) -> int:
        start, value = self.knots[knot]
        rise = builder.op("mul", builder.const(slope), builder.op("sub", x, builder.const(start)))
        return builder.op("add", builder.const(value), rise)


def from_slopes(
    start: tuple[Fraction, Fraction], steps: Sequence[Fraction], slopes: Sequence[Fraction]
) -> PiecewiseLinear:
    """From the first knot, the distances between knots, and the slopes from left to right."""
    knots = [start]
    for step, slope in zip(steps, slopes[1:-1], strict=True):
        x, y = knots[-1]
        knots.append((x + step, y + step * slope))
    return PiecewiseLinear(tuple(knots), slopes[0], slopes[-1])


@dataclass(frozen=True, slots=True)
class Increasing:
    """The strictly increasing piecewise linear functions with this number of knots."""

    knots: int = 1

    def __post_init__(self) -> None:
        check_size("the number of knots", self.knots)

    def contains(self, value: PiecewiseLinear) -> bool:
        """Whether this is such a function with as many knots."""
        return isinstance(value, PiecewiseLinear) and len(value.knots) == self.knots

    def points(self, count: int, seed: int = 0) -> list[PiecewiseLinear]:
        """Distinct members: the identity, multiples, shifts, kinks, flat and steep ones, any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[PiecewiseLinear]:
        n, steps = self.knots, (ONE,) * (self.knots - 1)
        for slope in _SLOPES:
            yield from_slopes((ZERO, ZERO), steps, (slope,) * (n + 1))
        yield from_slopes((ZERO, ONE), steps, (ONE,) * (n + 1))
        yield from_slopes((ONE, ZERO), steps, (ONE,) * (n + 1))
        for slope, other in product(_SLOPES, repeat=2):
            yield from_slopes((ZERO, ZERO), steps, (slope,) * n + (other,))
            yield from_slopes((ZERO, ZERO), steps, (slope,) + (other,) * n)
        stream = rational_stream(random.Random(seed))
        while True:
            x, y = islice(stream, 2)
            gaps = [abs(v) or ONE for v in islice(stream, n - 1)]
            yield from_slopes((x, y), gaps, [abs(v) or ONE for v in islice(stream, n + 1)])

    def __str__(self) -> str:
        return f"increasing piecewise linear, {self.knots} knot{'s' * (self.knots > 1)}"


def _tanh_slope(b: Builder, x: int) -> int:
    return b.op("sub", b.const(1), b.op("pow", b.op("tanh", x), b.const(2)))


def _cube_slope(b: Builder, x: int) -> int:
    return b.op("mul", b.const(3), b.op("pow", x, b.const(2)))


_Emit = Callable[[Builder, int], int]

FAMILIES: Final[dict[str, tuple[_Emit, _Emit]]] = {
    "tanh": (lambda b, x: b.op("tanh", x), _tanh_slope),
    "sinh": (lambda b, x: b.op("sinh", x), lambda b, x: b.op("cosh", x)),
    "softplus": (lambda b, x: b.op("softplus", x), lambda b, x: b.op("sigmoid", x)),
    "cube": (lambda b, x: b.op("pow", x, b.const(3)), _cube_slope),
}
"""Increasing functions g for a·x + b·g(x), each with its derivative, as emitters of programs."""


@dataclass(frozen=True, slots=True)
class Smooth:
    """The function a·x + b·g(x) with a positive derivative, where g is one of `FAMILIES`.

    Raises ValueError unless a, b >= 0 and the derivative is positive everywhere.
    """

    family: str
    a: Fraction
    b: Fraction

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"{self.family!r} is none of the families {', '.join(FAMILIES)}")
        object.__setattr__(self, "a", rational("a", self.a))
        object.__setattr__(self, "b", rational("b", self.b))
        flat = self.a == 0 and (self.b == 0 or self.family == "cube")
        if self.a < 0 or self.b < 0 or flat:
            raise ValueError(f"{self.a}*x + {self.b}*{self.family}(x) has no positive derivative")

    def parameters(self) -> dict[str, Fraction]:
        """The two coefficients, by name."""
        return {"a": self.a, "b": self.b}

    def emit(self, builder: Builder, x: int) -> int:
        """The value at the result `x` of a program that is being built."""
        value, _ = FAMILIES[self.family]
        return self._blend(builder, x, value(builder, x))

    def emit_derivative(self, builder: Builder, x: int) -> int:
        """The derivative at the result `x` of a program that is being built."""
        _, slope = FAMILIES[self.family]
        return self._blend(builder, builder.const(1), slope(builder, x))

    def _blend(self, builder: Builder, left: int, right: int) -> int:
        one = builder.op("mul", builder.const(self.a), left)
        return builder.op("add", one, builder.op("mul", builder.const(self.b), right))


@dataclass(frozen=True, slots=True)
class SmoothIncreasing:
    """The functions a·x + b·g(x) of one of the `FAMILIES`, with a positive derivative."""

    family: str = "tanh"

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"{self.family!r} is none of the families {', '.join(FAMILIES)}")

    def contains(self, value: Smooth) -> bool:
        """Whether this is a function of the family."""
        return isinstance(value, Smooth) and value.family == self.family

    def points(self, count: int, seed: int = 0) -> list[Smooth]:
        """Distinct members: the identity, the sum, g or nearly g alone, extremes, then any."""
        return distinct(self._candidates(seed), count, self.contains)

    def _candidates(self, seed: int) -> Iterator[Smooth]:
        least = _NEAR if self.family == "cube" else ZERO
        yield Smooth(self.family, ONE, ZERO)
        yield Smooth(self.family, ONE, ONE)
        yield Smooth(self.family, least, ONE)
        for a, b in product(_SLOPES, repeat=2):
            yield Smooth(self.family, a, b)
        stream = rational_stream(random.Random(seed))
        while True:
            a, b = (abs(value) for value in islice(stream, 2))
            yield Smooth(self.family, a or ONE, b)

    def __str__(self) -> str:
        return f"increasing a*x + b*{'x^3' if self.family == 'cube' else self.family + '(x)'}"
