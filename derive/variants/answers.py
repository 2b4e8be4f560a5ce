"""The answers of a question with other givens, and which of them are no good."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from derive.decision import decide
from derive.keys.contexts import question_context, term_of
from derive.keys.grids import most_decimals
from derive.keys.judging import printed_grid
from derive.keys.model import Key, Part, Question
from derive.keys.rounding import NoValue, Value, decimals_shown, entries_of
from derive.terms import Context, Term, num, rational
from derive.terms.context import Claim
from derive.terms.shapes import is_matrix
from derive.variants.ranges import VaryError, places_of, written
from derive.verdict import Proved

MAGNITUDE: Final = 10
"""By how many times the printed answer may grow or shrink."""

EDGE: Final = Fraction(1, 20)
"""How near to the edge of a rounding cell a value may lie, in units of the last place."""

MIN_DIGITS: Final = 4
"""Significant digits that an exact answer may always have; otherwise one more than the printed one."""

PRECISION: Final = 256


@dataclass(frozen=True, slots=True)
class Printed:
    """One number of a printed answer: the number, the right one, its decimals, whether it is exact."""

    number: Fraction
    right: Fraction
    places: int
    exact: bool


@dataclass(frozen=True)
class Cell:
    """One number of an answer with other givens, and the printed one in whose place it stands."""

    printed: Printed
    term: Term
    context: Context

    @cached_property
    def value(self) -> Value:
        """What it must equal. Raises NoValue."""
        return Value(self.term, self.context)

    @cached_property
    def rounded(self) -> str:
        """The value at the decimals of the printed number, an exact one with those that it has."""
        shown = self.value.rounded(self.printed.places)
        return trimmed(shown) if self.printed.exact else shown

    @cached_property
    def number(self) -> Fraction:
        """The number so written."""
        return Fraction(self.rounded)


@dataclass(frozen=True)
class Answers:
    """The answers of one part under some givens: the cells, row by row, and the width of a row."""

    part: Part
    cells: tuple[Cell, ...]
    width: int

    @property
    def text(self) -> str:
        """The answer as it is printed."""
        shown = [cell.rounded for cell in self.cells]
        if not self.width:
            return shown[0]
        rows = [", ".join(shown[i : i + self.width]) for i in range(0, len(shown), self.width)]
        return f"Matrix([{', '.join(f'[{row}]' for row in rows)}])"

    @property
    def numbers(self) -> tuple[Fraction, ...]:
        """The numbers as they are printed."""
        return tuple(cell.number for cell in self.cells)


class Reckoner:
    """Works out the answers of a question that varies, under whatever givens. Raises VaryError."""

    def __init__(self, key: Key, question: Question) -> None:
        self.key = key
        self.question = question
        self.context = question_context(key, question)
        self.shapes = [self._shape(part) for part in question.parts]

    def _shape(self, part: Part) -> tuple[list[Printed], int]:
        """The printed numbers, row by row, and the width of a row, 0 for a number alone."""
        named = f"part {part.id}" if part.id else "the question"
        answer = part.answers[0]
        if part.model is None:
            raise VaryError(f"{named} has no model, so its answer cannot be worked out", answer)
        term = term_of(answer, self.context)
        grid = printed_grid(term, self.context)
        if grid is None and rational(term) is None:
            raise VaryError(f"{named} varies, and its answer {answer} is not a number", answer)
        rows = grid or ((term,),)
        most = most_decimals(rows) or 0
        try:
            models = self._terms(part, self.context)
        except NoValue as error:
            raise VaryError(f"{named}: {error}", part.model) from None
        entries = [e for row in rows for e in row]
        if len(models) != len(entries):
            raise VaryError(f"{named}: the answer and the model differ in shape", answer)
        cells = [
            self._cell(part, entry, model, most)
            for entry, model in zip(entries, models, strict=True)
        ]
        return cells, len(rows[0]) if grid else 0

    def _cell(self, part: Part, entry: Term, model: Term, most: int) -> Printed:
        printed, asked = rational(entry) or Fraction(0), part.accept.decimals
        shown = decimals_shown(entry)
        if shown is None:
            raise VaryError(f"the answer {entry} is not a decimal number", part.answers[0])
        places = asked if asked is not None else shown or most
        try:
            right = Fraction(Value(model, self.context).rounded(places))
            equal = asked is None and exactly(model, printed, self.context)
        except NoValue as error:
            raise VaryError(f"the printed answer has no value: {error}", part.answers[0]) from None
        return Printed(printed, right, places, asked is None and (not places or equal))

    def _terms(self, part: Part, context: Context) -> list[Term]:
        assert part.model is not None
        term = term_of(part.model, context)
        if not is_matrix(context, term):
            return [term]
        return [entry for row in entries_of(term, context) for entry in row]

    def answers(self, question: Question) -> tuple[Context, list[Answers]]:
        """The context of the question with other givens, and its answers. Raises NoValue."""
        context = question_context(self.key, question)
        out = []
        for part, (cells, width) in zip(question.parts, self.shapes, strict=True):
            terms = self._terms(part, context)
            found = [Cell(c, t, context) for c, t in zip(cells, terms, strict=True)]
            out.append(Answers(part, tuple(found), width))
        return context, out

    def relevant(self, part: Part, names: tuple[str, ...]) -> frozenset[str]:
        """The varied givens on which the answer of a part depends."""
        assert part.model is not None
        return reached(term_of(part.model, self.context), self.context) & {*names}


def trimmed(number: str) -> str:
    """A decimal without the zeros at its end, but for the first place.

    >>> trimmed("-40.0000"), trimmed("0.0500"), trimmed("120")
    ('-40.0', '0.05', '120')
    """
    whole, point, decimals = number.partition(".")
    return whole + point + (decimals.rstrip("0") or decimals[:1])


def exactly(term: Term, number: Fraction, context: Context) -> bool:
    """Whether a term is a number: by its enclosure, else by proof. Raises NoValue."""
    place = Value(term, context).place(number, 0)
    if place == "unknown":
        return isinstance(decide(Claim(num(number), "=", term), context), Proved)
    return place == "inside"


def reached(term: Term, context: Context) -> frozenset[str]:
    """The names that occur in a term or in the definitions that it uses."""
    found: set[str] = set()
    left = [*term.free]
    while left:
        name = left.pop()
        definition = None if name in found else context.definition(name)
        found.add(name)
        if definition is not None:
            left += definition.body.free
    return frozenset(found)


def no_good(old: Question, new: Question, context: Context, answers: Answers) -> str:
    """Why an answer makes no good variant of ``old``, in few words; nothing when it is good.

    ``context`` is that of ``new``, the question with the new givens. Raises NoValue.
    """
    for cell in answers.cells:
        reason = _ugly(cell)
        if reason:
            return reason
    if answers.numbers in (
        tuple(cell.printed.number for cell in answers.cells),
        tuple(cell.printed.right for cell in answers.cells),
    ):
        return "the answer is the printed one"
    first = answers.cells[0]
    if (
        not answers.width
        and first.printed not in _given(old)
        and Fraction(first.rounded) in _given(new)
    ):
        return "the answer is one of the givens"
    return _near_miss(context, answers)


def _ugly(cell: Cell) -> str:
    printed, places, number = cell.printed.right, cell.printed.places, cell.number
    if cell.printed.exact and not exactly(cell.term, number, cell.context):
        return "the exact answer does not end by the decimals printed"
    if not number and printed:
        return "the answer is zero"
    if printed and not 1 <= MAGNITUDE * abs(number / printed) <= MAGNITUDE**2:
        return f"the answer is more than {MAGNITUDE} times larger or smaller than the printed one"
    if cell.printed.exact:
        allowed = max(MIN_DIGITS, digits(written(printed, places)) + 1)
        many = digits(cell.rounded) > allowed
        return "the exact answer has too many digits" if many else ""
    low, high = cell.value.ends(PRECISION)
    scaled = [abs(end) * 10**places % 1 - Fraction(1, 2) for end in (low, high)]
    wide = (high - low) * 10**places > EDGE
    return "the answer is at the edge of rounding" if wide or min(map(abs, scaled)) < EDGE else ""


def digits(number: str) -> int:
    """The significant digits of a written number, zeros at its end aside.

    >>> digits("-0.0725"), digits("8020"), digits("39.00")
    (3, 3, 2)
    """
    return len(number.replace("-", "").replace(".", "").strip("0")) or 1


def _given(question: Question) -> frozenset[Fraction]:
    return frozenset(
        Fraction(v.value.strip()) for _, v in question.given if places_of(v.value) is not None
    )


def _near_miss(context: Context, answers: Answers) -> str:
    """Whether a mistake that the key names gives the answer, too, or all but its last digit."""
    slack = 1 + answers.part.accept.slack_last_digit
    for miss in answers.part.feedback:
        term = term_of(miss.when, context)
        try:
            wide = is_matrix(context, term)
            terms = [e for r in entries_of(term, context) for e in r] if wide else [term]
            values = [Value(t, context).ends(PRECISION) for t in terms]
        except NoValue:
            continue
        ends = [cell.value.ends(PRECISION) for cell in answers.cells]
        if len(values) == len(ends) and all(
            max(a[0], b[0]) - min(a[1], b[1]) < Fraction(slack, 10**cell.printed.places)
            for a, b, cell in zip(values, ends, answers.cells, strict=True)
        ):
            return f"the mistake {miss.when} gives the answer, too"
    return ""
