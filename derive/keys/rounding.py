"""Decimals on paper: enclose the true value, round it, and compare at the decimals shown."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal

from flint import arb

from derive.kernel.bounds import proves
from derive.refute.elaborate import elaborate
from derive.terms.context import Context
from derive.terms.entries import Entries, Grid, has_matrices
from derive.terms.lower import LoweringError, lower
from derive.terms.printer import decimal
from derive.terms.term import Term, rational, rebuild, sym
from numeric.balls import Undefined, Unresolved, ends, interval, run
from numeric.program import Program

START, LIMIT = 64, 4096
Ends = tuple[Fraction, Fraction]
Balls = Mapping[str, arb]
Place = Literal["inside", "outside", "unknown"]

MAX_SHOWN: Final = 12
MAX_TWICE: Final = 3
"""For each decimal: how many more of them a rounding before the last may have kept."""


class NoValue(ValueError):
    """A term without a computable value: a free symbol, an undefined operation, or no program."""


class Value:
    """The real value of a closed term, enclosed as tightly as is asked for.

    Matrices in it are written out in entries. ``inputs`` are balls for symbols that stand for rounded
    decimals. Raises NoValue when the term has none.
    """

    def __init__(
        self, term: Term, context: Context, inputs: Mapping[str, arb] | None = None
    ) -> None:
        self.inputs: dict[str, Any] = dict(inputs or {})
        try:
            if has_matrices(context, term):
                term = Entries(context).number(term)
            plain = elaborate([term], context)
            self.program: Program = lower(context, plain.terms, stop_gradient=True)
        except LoweringError as error:
            raise NoValue(str(error)) from None
        for need in plain.needs:
            if not proves(context, need):
                raise NoValue(f"whether {need} holds is not known")
        free = [name for name in self.program.inputs if name not in self.inputs]
        if free:
            raise NoValue(f"{', '.join(free)} has no value; give it one in `given`")

    def ends(self, precision: int) -> Ends:
        """An enclosure. Raises NoValue where the term is undefined or not finite."""
        try:
            return ends(run(self.program, self.inputs, precision)[0])
        except (Undefined, Unresolved) as error:
            raise NoValue(str(error)) from None

    def is_zero(self) -> bool:
        """Whether the value is exactly 0, as far as that can be seen."""
        return not any(self.ends(START))

    def place(self, centre: Fraction | int, half: Fraction | int) -> Place:
        """Whether the value lies within ``half`` of ``centre``, the ends included."""
        precision = START
        while precision <= LIMIT:
            low, high = self.ends(precision)
            if max(abs(low - centre), abs(high - centre)) <= half:
                return "inside"
            if high < centre - half or low > centre + half:
                return "outside"
            precision *= 4
        return "unknown"

    def meets(self, centre: Fraction | int, half: Fraction | int) -> bool:
        """Whether the enclosure touches the cell around ``centre``."""
        low, high = self.ends(START)
        return not (high < centre - half or low > centre + half)

    def rounded(self, places: int) -> str:
        """The value with that many decimals, halves away from zero; exact when it ends there."""
        precision = START
        while precision <= LIMIT:
            low, high = (_nearest(end, places) for end in self.ends(precision))
            if low == high:
                return low
            precision *= 4
        return low

    def ends_by(self, places: int) -> bool:
        """Whether the value is a decimal with at most so many places."""
        low, high = self.ends(START)
        return low == high and (low * 10**places).denominator == 1

    def shown(self, digits: int = 6) -> str:
        """The value exactly when it is a short decimal, else with so many significant digits."""
        low, high = self.ends(LIMIT // 4)
        if low == high:
            for places in range(MAX_SHOWN):
                if (low * 10**places).denominator == 1:
                    return _nearest(low, places)
        size, places = abs(low), 0
        while size and size * 10**places < 10 ** (digits - 1) and places < 40:
            places += 1
        return self.rounded(places)


def rounded_twice(value: Value, printed: Fraction, places: int) -> str:
    """How a printed decimal comes of rounding the value twice, where rounding it once gives another."""
    for first in range(places + 1, places + 1 + MAX_TWICE):
        once = value.rounded(first)
        if Fraction(once) != printed and Fraction(_nearest(Fraction(once), places)) == printed:
            return f"rounded twice: first to {once}, then to {places} decimals"
    return ""


def _nearest(value: Fraction, places: int) -> str:
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    text = decimal(Fraction(whole, 10**places), places)
    return f"-{text}" if value < 0 and whole else text


def decimals_shown(term: Term) -> int | None:
    """The places of a decimal literal, 0 for a literal integer, None for any other term."""
    while term.head == "neg":
        term = term.args[0]
    if term.head != "num":
        return None
    places: int | None = term.payload[1]
    return places or 0


def half_unit(places: int) -> Fraction:
    """Half a unit in the last of ``places`` decimals."""
    return Fraction(1, 2 * 10**places)


def entries_of(term: Term, context: Context) -> Grid:
    """The entries of a matrix, row by row. Raises NoValue when they cannot be written out."""
    try:
        rows = Entries(context).grid(term)
    except LoweringError as error:
        raise NoValue(str(error)) from None
    if rows is None:
        raise NoValue(f"{term} cannot be written out in entries")
    return rows


def loosened(term: Term, exact: frozenset[Fraction], balls: dict[str, arb]) -> Term:
    """The term with a new symbol for each decimal that is not a given.

    ``balls`` takes up the rounding interval of each new symbol.
    """
    if term.head == "num":
        value, places = term.payload
        if places is None or value in exact:
            return term
        name = f"shown_{len(balls)}"
        half = half_unit(places)
        balls[name] = interval(value - half, value + half)
        return sym(name)
    return rebuild(term, tuple(loosened(a, exact, balls) for a in term.args))


def literal(term: Term) -> Fraction | None:
    """The value of a literal number."""
    return rational(term)
