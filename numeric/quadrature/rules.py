"""Gauss and Gauss–Kronrod rules whose nodes and weights are certified and rounded once.

Every rule is for a probability measure, so its weights sum to 1: `hermite` for the standard
normal, `laguerre` for a gamma, `jacobi` for a beta on (0, 1), `legendre` and `kronrod` for the
uniform measure on (-1, 1). A float64 parameter is an exact rational, so the three-term recurrence
of the orthogonal polynomials is exact too. The eigenvalues of the Jacobi matrix (Golub and Welsch,
Math. Comp. 23, 1969) start a Newton iteration in Arb, an interval Newton step proves that each
ball holds one node, and the weight is 1/Σ p_k(x)² over the orthonormal polynomials, a sum of
squares that cancels nowhere.

SciPy has the same rules at once (`scipy.special.roots_*`), but its weights lose digits in the
tails: by 100 to 10⁵ units in the last place from 16 to 128 nodes, by more at 256, and the weights
of a Laguerre rule of shape 201 are not numbers. An integrand that grows needs those digits.

>>> rule = hermite(3)
>>> rule.nodes.tolist()
[-1.7320508075688772, 0.0, 1.7320508075688772]
>>> rule.weights.tolist()
[0.16666666666666666, 0.6666666666666666, 0.16666666666666666]
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from flint import arb, ctx, fmpq
from scipy.linalg import eigvalsh_tridiagonal

Array: TypeAlias = np.ndarray[Any, Any]

LARGEST = 1024
"""The most nodes that a rule may have: Arb needs about 6 s for them."""

_ACCURACY = 80
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """Nodes in ascending order and their weights, float64 arrays of shape (n,), not writable.

    Both have a relative error of at most 1 unit in the last place; a weight too small for
    float64 is 0 or subnormal.
    """

    nodes: Array
    weights: Array

    def __post_init__(self) -> None:
        for array in (self.nodes, self.weights):
            array.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The Jacobi matrix of a measure of mass 1: its diagonal, and its off-diagonal squared.

    The monic polynomials obey p_{k+1} = (x - diagonal[k])·p_k - squares[k - 1]·p_{k-1}. The entries are
    rationals; `symmetric` says that the measure is even, so that its nodes come in pairs.
    """

    diagonal: tuple[Any, ...]
    squares: tuple[Any, ...]
    symmetric: bool = False


def _hermite(n: int) -> Recurrence:
    return Recurrence((fmpq(0),) * n, tuple(fmpq(k) for k in range(1, n)), symmetric=True)


def _laguerre(n: int, shape: Any) -> Recurrence:
    diagonal = tuple(2 * k + shape for k in range(n))
    return Recurrence(diagonal, tuple(k * (k - 1 + shape) for k in range(1, n)))


def _legendre(n: int) -> Recurrence:
    squares = tuple(fmpq(k * k, 4 * k * k - 1) for k in range(1, n))
    return Recurrence((fmpq(0),) * n, squares, symmetric=True)


def _jacobi(n: int, a: Any, b: Any) -> Recurrence:
    """For x^(a-1)·(1-x)^(b-1) on (0, 1). Abramowitz and Stegun, 22.2.1 and 22.7.1, shifted."""
    p, q = b - 1, a - 1
    total = p + q
    diagonal = [a / (a + b)]
    squares = [a * b / ((a + b) ** 2 * (a + b + 1))]
    for k in range(1, n):
        s = 2 * k + total
        diagonal.append((1 + (q - p) * (q + p) / (s * (s + 2))) / 2)
    for k in range(2, n):
        s = 2 * k + total
        squares.append(k * (k + p) * (k + q) * (k + total) / (s**2 * (s**2 - 1)))
    return Recurrence(tuple(diagonal), tuple(squares[: n - 1]))


def _kronrod(n: int) -> Recurrence:
    """The Jacobi–Kronrod matrix of the uniform measure: Laurie, Math. Comp. 66, 1997, in rationals.

    The measure is even, so the diagonal is 0 and only the squares are looked for; `now` and
    `before` are rows of Laurie's mixed moments.
    """
    known = (3 * n + 1) // 2
    b = [fmpq(1), *_legendre(known + 1).squares, *[fmpq(0)] * (2 * n - known)]
    now, before = [fmpq(0)] * (n // 2 + 2), [fmpq(0)] * (n // 2 + 2)
    before[1] = b[n + 1]
    for m in range(n - 1):
        total = fmpq(0)
        for k in range((m + 1) // 2, -1, -1):
            total += b[k + n + 1] * now[k] - b[m - k] * now[k + 1]
            now[k + 1] = total
        now, before = before, now
    now[1:] = now[:-1]
    for m in range(n - 1, 2 * n - 2):
        total = fmpq(0)
        for k in range(m + 1 - n, (m - 1) // 2 + 1):
            j = n - 1 - m + k
            total += b[m - k] * now[j + 2] - b[k + n + 1] * now[j + 1]
            now[j + 1] = total
        if m % 2:
            j = n - 1 - m + (m - 1) // 2
            b[(m + 1) // 2 + n + 1] = now[j + 1] / now[j + 2]
        now, before = before, now
    return Recurrence((fmpq(0),) * (2 * n + 1), tuple(b[1:]), symmetric=True)


@dataclass(frozen=True, slots=True)
class _Balls:
    """A recurrence at the working precision, with the square roots taken."""

    diagonal: list[arb]
    beside: list[arb]

    def polynomial(self, x: arb) -> tuple[arb, arb, arb]:
        """At x: the value and the slope of the last polynomial, and Σ p_k(x)² of the others.

        The polynomials are orthonormal, but for the last, of degree n, which has another scale.
        """
        before, value, slope_before, slope = arb(0), arb(1), arb(0), arb(0)
        total, back = arb(0), arb(0)
        for centre, ahead in zip(self.diagonal, [*self.beside, arb(1)], strict=True):
            total += value * value
            distance = x - centre
            step = (distance * value - back * before) / ahead
            slope_step = (value + distance * slope - back * slope_before) / ahead
            before, value, slope_before, slope, back = value, step, slope, slope_step, ahead
        return value, slope, total

    def newton(self, x: arb) -> arb:
        """A number close to the zero nearest to x; nothing is proved."""
        for _ in range(60):
            value, slope, _ = self.polynomial(x)
            step = (value / slope).mid()
            x = (x - step).mid()
            if not abs(step) > abs(x) * arb(2) ** (-ctx.prec // 2):
                break
        return x

    def certified(self, guess: arb) -> tuple[arb, arb] | None:
        """Balls for a node and its weight, or None when the precision is too low to prove them.

        The interval Newton test: when guess - p(guess)/p'(X) lies inside X, then X holds exactly
        one zero, and that difference encloses it.
        """
        wide = arb(guess, abs(guess) * arb(2) ** (-ctx.prec // 3))
        node = guess - self.polynomial(guess)[0] / self.polynomial(wide)[1]
        if not wide.contains_interior(node):
            return None
        weight = 1 / self.polynomial(node)[2]
        accurate = min(node.rel_accuracy_bits(), weight.rel_accuracy_bits()) >= _ACCURACY
        return (node, weight) if accurate else None


def _starts(recurrence: Recurrence) -> Array:
    """The nodes to about 16 digits of the largest: the eigenvalues of the Jacobi matrix."""
    beside = np.sqrt([float(arb(square)) for square in recurrence.squares])
    middle = np.array([float(arb(entry)) for entry in recurrence.diagonal])
    return np.asarray(eigvalsh_tridiagonal(middle, beside), dtype=np.float64)


def _enclose(recurrence: Recurrence, starts: Array) -> list[tuple[arb, arb]] | None:
    """Disjoint balls for all the nodes from `starts` on, or None at too low a precision."""
    diagonal = [arb(entry) for entry in recurrence.diagonal]
    balls = _Balls(diagonal, [arb(square).sqrt() for square in recurrence.squares])
    found: list[tuple[arb, arb]] = []
    for start in starts:
        pair = balls.certified(balls.newton(arb(float(start))))
        if pair is None or (found and not found[-1][0] < pair[0]):
            return None
        found.append(pair)
    return found


def _centre_weight(recurrence: Recurrence) -> float:
    balls = _Balls([arb(0)] * len(recurrence.diagonal), [arb(s).sqrt() for s in recurrence.squares])
    return float(1 / balls.polynomial(arb(0))[2])


def solve(recurrence: Recurrence) -> Rule:
    """The Gauss rule of a recurrence with rational entries, each number rounded once.

    Raises ArithmeticError when the nodes lie too close together to be told apart from their
    float64 starting values; no rule of this module has been seen to.
    """
    n = len(recurrence.diagonal)
    starts = _starts(recurrence)
    if recurrence.symmetric:
        starts = starts[(n + 1) // 2 :]
    for attempt in range(_ATTEMPTS):
        with ctx.workprec((128 + 2 * n) << attempt):
            pairs = _enclose(recurrence, starts)
            if pairs is None:
                continue
            nodes = [float(node) for node, _ in pairs]
            weights = [float(weight) for _, weight in pairs]
            if recurrence.symmetric:
                centre = [_centre_weight(recurrence)] if n % 2 else []
                nodes = [-x for x in reversed(nodes)] + [0.0] * len(centre) + nodes
                weights = weights[::-1] + centre + weights
            return Rule(np.array(nodes), np.array(weights))
    raise ArithmeticError(f"the {n} nodes could not be told apart; use fewer")


def _size(n: int, least: int = 1) -> int:
    if not isinstance(n, int) or not least <= n <= LARGEST:
        raise ValueError(f"a rule has from {least} to {LARGEST} nodes, and {n!r} were asked for")
    return n


def _positive(name: str, value: float) -> fmpq:
    number = float(value)
    if not 0.0 < number < np.inf:
        raise ValueError(f"{name} must be positive and finite, not {value!r}")
    return fmpq(*number.as_integer_ratio())


@lru_cache(maxsize=64)
def hermite(n: int) -> Rule:
    """The n-point rule of the standard normal (Gauss–Hermite, the probabilists' polynomials).

    Raises ValueError unless n is from 1 to `LARGEST`, as do the other rules.
    """
    return solve(_hermite(_size(n)))


@lru_cache(maxsize=256)
def laguerre(n: int, shape: float = 1.0) -> Rule:
    """The n-point rule of the gamma of rate 1 (generalised Gauss–Laguerre, alpha = shape - 1).

    Raises ValueError when the shape is not positive and finite.
    """
    return solve(_laguerre(_size(n), _positive("shape", shape)))


@lru_cache(maxsize=256)
def jacobi(n: int, a: float, b: float) -> Rule:
    """The n-point rule of the beta(a, b) on (0, 1): Gauss–Jacobi, alpha = b - 1, beta = a - 1.

    Raises ValueError when a or b is not positive and finite.

    >>> jacobi(1, 3.0, 1.0).nodes
    array([0.75])
    """
    return solve(_jacobi(_size(n), _positive("a", a), _positive("b", b)))


@lru_cache(maxsize=64)
def legendre(n: int) -> Rule:
    """The n-point rule of the uniform measure on (-1, 1). Abramowitz and Stegun, 25.4.29.

    The weights are half of the usual ones, since they sum to 1.
    """
    return solve(_legendre(_size(n)))


@lru_cache(maxsize=8)
def kronrod(n: int) -> tuple[Rule, Array]:
    """The (2n+1)-point rule that extends `legendre(n)`, and the weights of that at its odd nodes.

    >>> rule, gauss = kronrod(7)
    >>> len(rule.nodes), bool(np.all(rule.nodes[1::2] == legendre(7).nodes))
    (15, True)
    """
    return solve(_kronrod(_size(n, 2))), legendre(n).weights
