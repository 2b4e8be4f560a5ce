"""The values of a ball computation: exact rationals and Arb balls, and the two refusals.

A value is an `fmpq` for as long as it is exactly rational, and an `arb` from then on.
"""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

from flint import arb, fmpq

Value: TypeAlias = fmpq | arb

MAX_EXACT_BITS = 20_000
"""A rational with a larger numerator or denominator becomes a ball."""

ZERO, ONE = fmpq(0), fmpq(1)


class Undefined(ArithmeticError):
    """The point is certainly outside the domain of `op`; `detail` says how ("log of -3")."""

    def __init__(self, op: str, detail: str) -> None:
        super().__init__(op, detail)
        self.op = op
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.detail} is not defined over the reals"


class Unresolved(ArithmeticError):
    """The ball straddles a boundary or is not finite: neither yes nor no at this precision."""


def describe(value: Value, digits: int = 12) -> str:
    """A short decimal with the digits that are certain, or an exact rational such as `3/4`.

    >>> describe(fmpq(3, 4)), describe(arb(2).log(), 6), describe(arb(0, 1))
    ('3/4', '0.693147', '[+/- 1.01]')
    """
    if isinstance(value, fmpq):
        if value.height_bits() <= 128:
            return str(value)
        value = arb(value)
    if not value.is_exact():
        text = value.str(digits, radius=value.rel_accuracy_bits() < 8)
        return text if len(text) <= digits + 64 else f"{text[: digits + 16]}... (very long)"
    mantissa, mark, exponent = value.str(digits, radius=False).partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent


def settle(op: str, value: Value) -> Value:
    """Keep small exact values rational, make large ones balls, refuse what is not finite."""
    if isinstance(value, fmpq):
        return value if value.height_bits() <= MAX_EXACT_BITS else arb(value)
    if not value.is_finite():
        raise Unresolved(f"{op} gives a ball that is not finite at this precision")
    if value.is_exact():
        mantissa, exponent = value.man_exp()
        if abs(exponent) + mantissa.bit_length() <= MAX_EXACT_BITS:
            return value.fmpq()
    return value


def certain_sign(value: Value) -> int | None:
    """-1, 0 or 1, or None when the ball straddles zero."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    exact_zero = value == 0 if isinstance(value, fmpq) else value.is_zero()
    return 0 if exact_zero else None


def order(a: Value, b: Value) -> int | None:
    """-1, 0 or 1 as `a` is certainly below, equal to or above `b`; None when balls overlap."""
    if a < b:
        return -1
    if a > b:
        return 1
    return 0 if isinstance(a, fmpq) and isinstance(b, fmpq) else None


def is_integer(value: Value) -> TypeGuard[fmpq]:
    """Whether the value is exactly an integer."""
    return isinstance(value, fmpq) and value.q == 1


def straddles(op: str, value: Value, boundary: str) -> Unresolved:
    """The refusal of a ball that touches the boundary of the domain of `op`."""
    return Unresolved(f"{op} of {describe(value)}: the ball does not clear {boundary}")
