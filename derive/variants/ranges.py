"""What `vary` says: the numbers that a given may be, or the formula by which it follows from others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Final

from derive.keys.contexts import QuestionError, question_context, term_of
from derive.keys.model import Key, Question, Text
from derive.keys.rounding import Value
from derive.terms.printer import decimal

MAX_VALUES: Final = 10_000
"""Numbers that one given may be."""

MAX_LISTED: Final = 4_096
"""Ranges with so many choices or fewer are gone through to the last."""

MAX_PLACES: Final = 6
"""Decimals with which a given that follows from others is still written exactly."""

NUMBER: Final = r"-?\d{1,12}(?:\.\d{1,9})?"
FORMS: Final = "uniform(a, b, step s), integers(a, b) or choice(a, b, ...), or a formula"
UNIFORM: Final = re.compile(rf"\s*({NUMBER})\s*,\s*({NUMBER})\s*,\s*step\s+({NUMBER})\s*")
INTEGERS: Final = re.compile(r"\s*(-?\d{1,12})\s*,\s*(-?\d{1,12})\s*")
CALL: Final = re.compile(r"\s*(uniform|integers|choice)\s*\((.*)\)\s*", re.DOTALL)
NAMES: Final = re.compile(r"[^\W\d]\w*")


class VaryError(ValueError):
    """A question that cannot be varied as it stands; ``at`` is the place in the file."""

    def __init__(self, message: str, at: Text) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ``drawn`` givens with their numbers as they are written, and the ``formulas`` of the others."""

    drawn: dict[str, tuple[str, ...]]
    formulas: dict[str, Text]

    @property
    def size(self) -> int:
        """In how many ways the givens can be drawn."""
        return prod(map(len, self.drawn.values()))

    @property
    def names(self) -> tuple[str, ...]:
        """The givens that vary."""
        return (*self.drawn, *self.formulas)

    def draw(self, number: int) -> dict[str, str]:
        """One of the ways, by its number from 0 to ``size - 1``."""
        out = {}
        for name, numbers in self.drawn.items():
            number, here = divmod(number, len(numbers))
            out[name] = numbers[here]
        return out

    def order(self, seed: str) -> Iterator[int]:
        """Numbers for `draw` in an order that the seed decides: all of them if they are few."""
        if self.size <= MAX_LISTED:
            yield from sorted(range(self.size), key=lambda number: (_digest(seed, number), number))
            return
        count = 0
        while True:
            yield _digest(seed, count) % self.size
            count += 1


def _digest(seed: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\n{count}".encode()).digest())


def read_ranges(question: Question) -> Ranges:
    """What the givens of a question may be. Raises VaryError with the place."""
    givens = {name.value: value for name, value in question.given}
    drawn: dict[str, tuple[str, ...]] = {}
    formulas: dict[str, Text] = {}
    for name, how in question.vary:
        if name.value not in givens:
            known = ", ".join(givens) or "none"
            raise VaryError(f"vary.{name} is not among the givens: {known}", how)
        if places_of(givens[name.value].value) is None:
            raise VaryError(f"the given {name} is not a decimal number, so it cannot vary", how)
        call = CALL.fullmatch(how.value)
        if call is None:
            formulas[name.value] = _formula(name, how)
        else:
            places = places_of(givens[name.value].value) or 0
            drawn[name.value] = _numbers(call[1], call[2], places, name, how)
    if not drawn:
        _, how = question.vary[0]
        raise VaryError(f"nothing varies by itself; one given must have {FORMS[:51]}", how)
    return Ranges(drawn, formulas)


def places_of(number: str) -> int | None:
    """The decimals that a number shows; None for other text."""
    if not re.fullmatch(NUMBER, number.strip()):
        return None
    return len(number.strip().partition(".")[2])


def _formula(name: Text, how: Text) -> Text:
    if not NAMES.search(how.value):
        raise VaryError(
            f"vary.{name} is {how.value[:60]!r}; expected {FORMS}",
            how if how.value.strip() else name,
        )
    return how


def _numbers(kind: str, inside: str, places: int, name: Text, how: Text) -> tuple[str, ...]:
    out = {"uniform": _uniform, "integers": _integers, "choice": _choice}[kind](
        inside, places, name, how
    )
    if len({*map(Fraction, out)}) < max(2, len(out)):
        raise VaryError(f"vary.{name} has a number twice, or a single one", how)
    return out


def _uniform(inside: str, places: int, name: Text, how: Text) -> tuple[str, ...]:
    match = UNIFORM.fullmatch(inside)
    if match is None:
        raise VaryError(
            f"vary.{name}: expected uniform(a, b, step s), such as (0, 1, step 0.1)", how
        )
    low, high, step = map(Fraction, match.groups())
    if not (low < high and step > 0 and ((high - low) / step).denominator == 1):
        raise VaryError(f"vary.{name}: the steps do not lead from {match[1]} up to {match[2]}", how)
    places = max(places, *(places_of(end) or 0 for end in match.groups()))
    return _stepped(low, high, step, places, name, how)


def _integers(inside: str, _: int, name: Text, how: Text) -> tuple[str, ...]:
    match = INTEGERS.fullmatch(inside)
    if match is None or int(match[1]) >= int(match[2]):
        raise VaryError(f"vary.{name}: expected integers(a, b) with whole numbers, a below b", how)
    return _stepped(Fraction(match[1]), Fraction(match[2]), Fraction(1), 0, name, how)


def _stepped(
    low: Fraction, high: Fraction, step: Fraction, places: int, name: Text, how: Text
) -> tuple[str, ...]:
    count = int((high - low) / step) + 1
    if count > MAX_VALUES:
        raise VaryError(f"vary.{name} has {count} numbers; at most {MAX_VALUES} are taken", how)
    return tuple(written(low + step * k, places) for k in range(count))


def _choice(inside: str, _: int, name: Text, how: Text) -> tuple[str, ...]:
    numbers = tuple(part.strip() for part in inside.split(","))
    for number in numbers:
        if places_of(number) is None:
            raise VaryError(f"vary.{name}: {number[:60]!r} is not a decimal number", how)
    return numbers


def written(value: Fraction, places: int) -> str:
    """A number with so many decimals, which must be enough for it."""
    return ("-" if value < 0 else "") + decimal(abs(value), places)


def completed(key: Key, question: Question, ranges: Ranges, drawn: Mapping[str, str]) -> Question:
    """The question with the numbers drawn, and those that follow from them.

    A number that follows is written exactly when it ends by `MAX_PLACES` decimals, else rounded to as
    many as its printed one shows. Raises NoValue, and VaryError for formulas that cannot be read.
    """
    known = {n.value: v.value for n, v in question.given if n.value not in ranges.formulas}
    known |= drawn
    left = dict(ranges.formulas)
    printed = {n.value: v.value for n, v in question.given}
    while left:
        ready = [n for n in left if left.keys().isdisjoint(NAMES.findall(left[n].value))]
        if not ready:
            one = next(iter(left))
            raise VaryError(f"vary: {', '.join(left)} are defined by each other", left[one])
        for name in ready:
            known[name] = _following(key, question, known, left.pop(name), printed[name])
    given = tuple((n, replace(v, value=known[n.value])) for n, v in question.given)
    return replace(question, given=given)


def _following(
    key: Key, question: Question, known: Mapping[str, str], formula: Text, printed: str
) -> str:
    given = tuple((Text(n), Text(v)) for n, v in known.items())
    bare = replace(question, given=given, define=(), assume=(), laws=None)
    try:
        context = question_context(key, bare)
        value = Value(term_of(formula, context), context)
    except QuestionError as error:
        raise VaryError(str(error), Text("", error.line, error.column)) from None
    places = places_of(printed) or 0
    for exact in range(places, max(places, MAX_PLACES) + 1):
        if value.ends_by(exact):
            return value.rounded(exact)
    return value.rounded(places)
