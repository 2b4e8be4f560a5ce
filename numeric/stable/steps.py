"""Exact rationals for the rewriter, and the list of steps that it works on."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from numeric.program import Body, Immediate
from numeric.stable.facts import NN, NZ, Interval, facts_of_number, facts_of_step

Number: TypeAlias = int | Fraction
"""A rational; an int where it is one, because ints are much faster."""

HALF = Fraction(1, 2)

_LIMIT = 1 << 64
_COMMUTATIVE = frozenset(("add", "mul", "max", "min", "logaddexp"))


def tidy(value: Number) -> Number:
    """The same number, an int if it can be."""
    return value if isinstance(value, int) or value.denominator != 1 else value.numerator


def size(value: Number) -> Number:
    """The absolute value."""
    return -value if value < 0 else value


def quotient(p: Number, q: Number) -> Number:
    """p/q."""
    return tidy(Fraction(p) / q)


def short(value: Number) -> bool:
    """Whether numerator and denominator have at most 64 bits: nothing longer is folded."""
    if isinstance(value, int):
        return -_LIMIT < value < _LIMIT
    return -_LIMIT < value.numerator < _LIMIT and value.denominator < _LIMIT


def exact_power(value: Number, n: int) -> Number | None:
    """The integer power when it is short and exists."""
    size = max(abs(value.numerator), value.denominator).bit_length()
    if (not value and n <= 0) or (size - 1) * abs(n) > 64:
        return None
    power = tidy(Fraction(value) ** n if n < 0 else value**n)
    return power if short(power) else None


def is_dyadic(value: Number) -> bool:
    """Whether the denominator is a power of two, so that a float can hold a short numerator."""
    q = value.denominator
    return q & (q - 1) == 0


class Steps:
    """Operations in order, each held once and reading earlier ones; they are only ever added."""

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.values: list[Immediate] = []
        self.facts: list[int] = []
        self.uses: list[int] = []
        self.bounds: dict[int, Interval] = {}
        self.numbers: dict[int, Number] = {}
        self._index: dict[object, int] = {}

    def raw(self, op: str, *args: int, value: Immediate = None) -> int:
        """The step `op` of `args`, added unless it is there; no rule is tried."""
        key: object = (op, args) if value is None else (op, args, value)
        found = self._index.get(key)
        if found is None and op in _COMMUTATIVE:
            found = self._index.get((op, args[::-1]))
        if found is None:
            found = self._add(key, op, args, value, facts_of_step(self, op, args))
        return found

    def _add(
        self, key: object, op: str, args: tuple[int, ...], value: Immediate, known: int
    ) -> int:
        index = len(self.ops)
        self.ops.append(op)
        self.args.append(args)
        self.values.append(value)
        self.facts.append(known)
        self.uses.append(0)
        self._index[key] = index
        return index

    def const(self, value: Number) -> int:
        """An exact rational."""
        value = tidy(value)
        key = value if isinstance(value, int) else (value.numerator, value.denominator)
        found = self._index.get(key)
        if found is None:
            exact = Fraction(value)
            found = self._add(key, "const", (), exact, facts_of_number(exact))
            self.bounds[found] = (exact, exact, False, False)
            self.numbers[found] = value
        return found

    def input(self, name: str, known: int, bounds: Interval | None) -> int:
        """An input of which this much is known."""
        key = ("input", name)
        if key not in self._index:
            index = self._add(key, "input", (), name, known)
            if bounds is not None:
                self.bounds[index] = bounds
        return self._index[key]

    def number(self, step: int) -> Number | None:
        """The value of a constant, or None."""
        return self.numbers.get(step)

    def has(self, step: int, bits: int) -> bool:
        """Whether all of these facts are known of a step."""
        return self.facts[step] & bits == bits

    def positive(self, step: int) -> bool:
        """Whether the step is known to be above zero wherever it is defined."""
        return self.has(step, NN | NZ)

    def body(self, step: int) -> Body:
        """The body of a sum, product or integral."""
        value = self.values[step]
        assert isinstance(value, Body)
        return value

    def shared(self, step: int) -> bool:
        """Whether the original program reads this step in more than one place."""
        return self.uses[step] > 1
