"""Decimals on paper: enclose the true value, round it, and compare at the decimals shown."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal

from flint import arb

from derive.kernel.bounds import proves
from derive.refute.elaborate import elaborate
from derive.terms.context import Context
from derive.terms.lower import LoweringError, lower
from derive.terms.printer import decimal
from derive.terms.term import Term, rational, rebuild, sub, sym
from numeric.balls import Undefined, Unresolved, ends, interval, run
from numeric.program import Program

START, LIMIT = 64, 4096
Ends = tuple[Fraction, Fraction]
Place = Literal["inside", "outside", "unknown"]

MAX_SHOWN: Final = 12


class NoValue(ValueError):
    """A term without a computable value: a free symbol, an undefined operation, or no program."""


class Value:
    """The real value of a closed term, enclosed as tightly as is asked for.

    ``inputs`` are balls for symbols that stand for rounded decimals.
    Raises NoValue when the term has none.
    """

    def __init__(
        self, term: Term, context: Context, inputs: Mapping[str, arb] | None = None
    ) -> None:
        self.inputs: dict[str, Any] = dict(inputs or {})
        try:
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

    def place(self, centre: Fraction, half: Fraction) -> Place:
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

    def meets(self, centre: Fraction, half: Fraction) -> bool:
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


def loosened(term: Term, exact: frozenset[Fraction]) -> tuple[Term, dict[str, arb]]:
    """The term with each decimal that is not a given replaced by its rounding interval.

    Returns the term and the ball for each new symbol.
    """
    balls: dict[str, arb] = {}
    return _loosened(term, exact, balls), balls


def _loosened(term: Term, exact: frozenset[Fraction], balls: dict[str, arb]) -> Term:
    if term.head == "num":
        value, places = term.payload
        if places is None or value in exact:
            return term
        name = f"shown_{len(balls)}"
        half = half_unit(places)
        balls[name] = interval(value - half, value + half)
        return sym(name)
    return rebuild(term, tuple(_loosened(a, exact, balls) for a in term.args))


def may_agree(lhs: Term, rhs: Term, context: Context, exact: frozenset[Fraction]) -> bool:
    """Whether rounding of the decimals displayed on both sides can explain that they are equal."""
    gap, balls = loosened(sub(lhs, rhs), exact)
    return Value(gap, context, balls).meets(Fraction(0), Fraction(0))


def literal(term: Term) -> Fraction | None:
    """The value of a literal number."""
    return rational(term)
