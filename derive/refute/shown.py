"""The two sides at a witness, as text: exact rationals, or the digits that are certain."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from flint import arb, ctx, fmpq

from numeric.balls import Unresolved, format_ball, run
from numeric.program import Program

DIGITS: Final = 12
MOST_DIGITS: Final = 60
SPARE: Final = 4
PLAIN: Final = 1000
START: Final = 64
LIMIT: Final = 4096
ELLIPSIS: Final = "\u2026"


def sides(program: Program, values: dict[str, Fraction], limit: int = LIMIT) -> tuple[str, str]:
    """Both outputs of a program at a point, with as many digits as tell them apart.

    At most ``limit`` bits are computed. An exact rational stands as it is; the decimals of any other
    number are cut off, which ``…`` says.
    """
    digits, precision = DIGITS, START
    while True:
        try:
            left, right = run(program, values, precision)
        except Unresolved:
            if precision >= limit:
                raise
            precision *= 2
            continue
        if min(_accuracy(left), _accuracy(right)) < 4 * (digits + SPARE) and precision < limit:
            precision *= 2
            continue
        exact = isinstance(left, fmpq) and isinstance(right, fmpq)
        with ctx.workprec(precision):
            alike = arb(left).str(digits, radius=False) == arb(right).str(digits, radius=False)
            if exact or not alike or digits >= MOST_DIGITS:
                return decimal(left, digits), decimal(right, digits)
        digits += 8


def _accuracy(value: fmpq | arb) -> int:
    return LIMIT if isinstance(value, fmpq) else int(value.rel_accuracy_bits())


def decimal(value: fmpq | arb, digits: int = DIGITS) -> str:
    """A number with the digits that are certain, at most ``digits`` of them.

    >>> from flint import ctx
    >>> with ctx.workprec(64):
    ...     decimal(arb(2).log()), decimal(fmpq(3, 4)), decimal(arb(2).sqrt() ** 2)
    ('0.693147180559…', '3/4', '2.000000…')
    """
    if isinstance(value, fmpq):
        return _exact(Fraction(int(value.p), int(value.q)))
    if value.is_exact():
        return format_ball(value, digits)
    if value.rel_accuracy_bits() < 4 * (digits + SPARE) // 2:
        return format_ball(value, digits)
    mantissa, mark, exponent = value.str(digits + SPARE, radius=False).partition("e")
    if "." not in mantissa:
        return format_ball(value, digits)
    kept, rest = mantissa[:-SPARE], mantissa[-SPARE:]
    if set(rest) in ({"0"}, {"9"}):
        kept = value.str(digits, radius=False).partition("e")[0]
        bare = kept.rstrip("0")
        kept = bare + "0" * min(6, len(kept) - len(bare))
    return kept.rstrip(".") + ELLIPSIS + mark + exponent


def _exact(value: Fraction) -> str:
    """A fraction, or the decimal that it is where that is shorter to read."""
    places = max(_exponent(value.denominator, 2), _exponent(value.denominator, 5))
    terminates = 10**places % value.denominator == 0
    if value.denominator < PLAIN or not terminates or places > MOST_DIGITS:
        return format_ball(value)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    return f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:]}"


def _exponent(number: int, prime: int) -> int:
    count = 0
    while number % prime == 0:
        number, count = number // prime, count + 1
    return count
