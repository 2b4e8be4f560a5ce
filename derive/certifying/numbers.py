"""The values of closed terms: definitions unfolded, ranges written out, one operation after the other.

A product of a hundred factors is multiplied out half by half, so that no step is about more than a few
numbers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from derive.certifying.linear import over
from derive.certifying.writer import Assumed, Writer
from derive.recheck.context import Context
from derive.recheck.matrices import written
from derive.recheck.steps import Step
from derive.recheck.terms import ONE, Claim, Rejected, Term, num, whole

if TYPE_CHECKING:
    from derive.certifying.shared import Translated

MAX_BITS = 20_000


class Place(Protocol):
    """Where steps are written: a context and the claims assumed there."""

    writer: Writer
    context: Context
    assumed: Assumed


class Values:
    """Finds the values of closed terms in one context, each with a step ``term = numbers``."""

    def __init__(self, s: Place) -> None:
        self.s = s
        self.known: dict[Term, tuple[Fraction, Step | None]] = {}

    def of(self, t: Term) -> tuple[Fraction, Step | None]:
        """The value of a term, and what shows it; None when the term is made of numbers alone.

        Raises Rejected for a term that has no rational value by its form.
        """
        if t not in self.known:
            self.known[t] = found = self._of(t)
            if max(found[0].numerator.bit_length(), found[0].denominator.bit_length()) > MAX_BITS:
                raise Rejected("the numbers are too large to be written")
        return self.known[t]

    def _of(self, t: Term) -> tuple[Fraction, Step | None]:
        body = self.s.context.unfolded(t)
        if t.head in ("sum", "prod") or body is not None:
            return self._stands_for(t, written(self.s.context, t) if body is None else body)
        if t.head == "num":
            return t.payload, None
        exponent = whole(t.args[1]) if t.head == "pow" else None
        if t.head not in ("add", "mul", "neg", "div") and exponent is None:
            raise Rejected(f"{t.head} has no value by its form")
        found = [self.of(a) for a in t.args[: 1 if exponent is not None else None]]
        value = _operation(t.head, [v for v, _ in found], exponent)
        if all(step is None for _, step in found):
            return value, None
        if t.head == "pow":
            raise Rejected("a power of what is not a number")
        shown, by = [], []
        for place, (_, step) in enumerate(found):
            if step is not None:
                shown.append(step)
                by.append(_multiplier(t, place, found))
        return value, self._equation(t, num(value), shown, by)

    def _stands_for(self, t: Term, other: Term) -> tuple[Fraction, Step]:
        s = self.s
        same = s.writer.step("unfold", s.context, Claim(t, "=", other), s.assumed)
        value, step = self.of(other)
        if step is None:
            return value, same
        return value, self._equation(t, num(value), [same, step], [ONE, ONE])

    def _equation(self, t: Term, other: Term, shown: list[Step], by: list[Term]) -> Step:
        s = self.s
        return s.writer.combine(s.context, Claim(t, "=", other), s.assumed, shown, by)


def _operation(head: str, values: list[Fraction], exponent: int | None) -> Fraction:
    first, last = values[0], values[-1]
    if head == "neg":
        return -first
    if head == "add":
        return first + last
    if head == "mul":
        return first * last
    if (head == "div" and not last) or (exponent is not None and exponent < 1 and not first):
        raise Rejected("a division by zero")
    return first / last if exponent is None else first**exponent


def _multiplier(t: Term, place: int, found: list[tuple[Fraction, Step | None]]) -> Term:
    """What the equation of one operand is multiplied by, those before it being replaced already."""
    if t.head == "neg":
        return -ONE
    if t.head == "add":
        return ONE
    if t.head == "div":
        if place:
            raise Rejected("a quotient by what is not a number")
        return over(ONE, t.args[1])
    return num(found[0][0]) if place else t.args[1]


def by_values(s: Translated) -> Step:
    """An equation of closed terms, each side being evaluated. Raises Rejected."""
    if not s.claim.free <= {symbol.name for symbol in s.context.symbols if symbol.body is not None}:
        raise Rejected("the sides are not closed")
    key = id(s.context), s.assumed
    values = s.writer.values.setdefault(key, Values(s))
    (a, left), (b, right) = values.of(s.claim.lhs), values.of(s.claim.rhs)
    if a != b:
        raise Rejected("the sides differ")
    pairs = [(step, m) for step, m in ((left, 1), (right, -1)) if step is not None]
    return s.combine([step for step, _ in pairs], [m for _, m in pairs])
