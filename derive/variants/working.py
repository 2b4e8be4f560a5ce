"""Displayed lines with other numbers.

A line is a chain of terms. In each term the numbers are traced back to the givens and to the ends of
earlier lines; a term is kept when, traced back, it equals the first term of its line with the printed
givens and with the new ones, and gets the new numbers. A number alone is worked out again at its
decimals. What cannot be traced is left out of its line; a line of which nothing is left is left out
whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Final

from derive.keys.contexts import chain_of, term_of
from derive.keys.model import Part, Question, Text
from derive.keys.rounding import NoValue, Value, decimals_shown
from derive.terms import Context, Term, neg, num, rational, sub
from derive.terms.reader import Chain
from derive.terms.shapes import is_matrix
from derive.terms.term import rebuild, sym
from derive.variants.answers import exactly, trimmed

MAX_TRACES: Final = 256
"""Ways to trace back the numbers of one term that are tried."""

TOLERANCE: Final = 2
"""Units of the last place by which a displayed number may be off, for rounding on the way to it."""

PRECISION: Final = 256


@dataclass(frozen=True, slots=True)
class Source:
    """What a displayed number may come from: the term, its new number, and whether that is exact.

    ``whole`` says that its old number was written without decimals.
    """

    term: Term
    shown: Term
    exact: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """A term traced back to its sources, as it looks with the new numbers."""

    term: Term
    shown: Term
    exact: bool


@dataclass
class Tracer:
    """The sources of the numbers in the lines of one part, and the contexts of the givens."""

    old: Context
    new: Context
    others: tuple[Context, ...]
    sources: dict[Fraction, list[Source]] = field(default_factory=dict)
    unknown: set[Fraction] = field(default_factory=set)
    """Numbers that are also the ends of lines which could not be traced."""

    def traces(self, term: Term) -> Iterator[Traced]:
        """The ways to trace back a term."""
        return self._ways(term, [self._candidates(n, e) for n, e in _numbers(term)])

    def first(self, term: Term, answer: Term | None) -> Traced | None:
        """The first term of a line, if its numbers can be traced back with certainty.

        A line that ends in the printed answer must start from ``answer``, which then decides. Where
        several givens have one number, and as many numbers are in the term, they stand in their order.
        """
        if answer is not None:
            found = self._ways(term, [self._of_first(n, e, term) for n, e in _numbers(term)])
            return next((t for t in found if self.equal(t.term, answer)), None)
        numbers = [*_numbers(term)]
        certain = [self._certain(n, e, term) for n, e in numbers]
        for number, sources in self.sources.items():
            places = [i for i, (n, _) in enumerate(numbers) if _value(n) == number]
            if len(sources) == len(places) > 1 and not any(certain[i] for i in places):
                for place, source in zip(places, sources, strict=True):
                    certain[place] = [source]
        return next(self._ways(term, certain), None) if all(map(len, certain)) else None

    def _ways(self, term: Term, found: list[list[Source]]) -> Iterator[Traced]:
        for choice in islice(product(*found), MAX_TRACES):
            symbolic = _replaced(term, [c.term for c in choice])
            shown = _replaced(term, [c.shown for c in choice])
            yield Traced(symbolic, shown, all(c.exact for c in choice))

    def _candidates(self, number: Term, exponent: bool) -> list[Source]:
        """What a number in a later term may come from, itself included."""
        found = [*self._sources(number), _itself(number)]
        return found[::-1] if exponent else found

    def _sources(self, number: Term) -> list[Source]:
        value = _value(number)
        turned = [
            Source(neg(s.term), _negative(s.shown), s.exact, s.whole)
            for s in self.sources.get(-value, [])
        ]
        return [*self.sources.get(value, []), *turned]

    def _of_first(self, number: Term, exponent: bool, term: Term) -> list[Source]:
        """What a number in the first term may come from; in a formula with names it is itself."""
        whole = not decimals_shown(number)
        if exponent or (term.free and whole):
            return [_itself(number)]
        itself = [_itself(number)] if whole and abs(_value(number)) in (1, 2) else []
        return [*itself, *self._sources(number)]

    def _certain(self, number: Term, exponent: bool, term: Term) -> list[Source]:
        """The one source of a number in the first term; none when there might be another."""
        found = self._of_first(number, exponent, term)
        if len(found) == 1 and found == [_itself(number)]:
            return found
        if abs(_value(number)) in self.unknown:
            return []
        whole = not decimals_shown(number)
        if whole and abs(_value(number)) in (1, 2):
            return [] if any(s.whole for s in found[1:]) else found[:1]
        direct = self.sources.get(_value(number), [])
        found = direct or found
        return found if len(found) == 1 else []

    def equal(self, one: Term, other: Term) -> bool:
        """Whether two terms have one value, with the printed givens, the new ones and some others."""
        if one == other:
            return True
        return all(self._equal_in(c, one, other) for c in (self.old, self.new)) and all(
            self._equal_in(c, one, other, unless=True) for c in self.others
        )

    @staticmethod
    def _equal_in(context: Context, one: Term, other: Term, unless: bool = False) -> bool:
        """Whether two terms have one value; ``unless`` is the answer when they have none."""
        try:
            low, high = Value(sub(one, other), context).ends(PRECISION)
        except NoValue:
            return unless
        return low <= 0 <= high

    def number(self, term: Term, printed: Term) -> Traced | None:
        """A displayed number that is the value of ``term``, worked out again; None if it is not."""
        places = decimals_shown(printed)
        centre = rational(printed)
        if places is None or centre is None:
            return None
        slack = Fraction(TOLERANCE, 10**places) if places else Fraction(0)
        try:
            old, new = Value(term, self.old), Value(term, self.new)
            near = old.place(centre, slack) == "inside" if places else False
            if not near and not exactly(term, centre, self.old):
                return None
            shown = new.rounded(places)
            exact = exactly(term, Fraction(shown), self.new)
            if exact and places and exactly(term, centre, self.old):
                shown = trimmed(shown)
        except NoValue:
            return None
        return Traced(term, _literal(shown), exact) if exact or places else None


def new_working(
    part: Part, question: Question, old: Context, new: Context, others: tuple[Context, ...] = ()
) -> tuple[tuple[Text, ...], tuple[int, ...]]:
    """The lines of a part with the givens of ``question``, and the numbers of those left out.

    ``old`` has the printed givens and ``new`` the new ones; ``others`` are to tell terms apart that are
    equal by chance.
    """
    tracer = Tracer(old, new, others)
    for name, value in question.given:
        before, after = old.definition(name.value), term_of(value, new)
        number = rational(before.body) if before is not None else None
        if before is not None and number is not None:
            source = Source(sym(name.value), after, True, not decimals_shown(before.body))
            tracer.sources.setdefault(number, []).append(source)
    model = term_of(part.model, old) if part.model is not None else None
    answer = rational(term_of(part.answers[0], old))
    lines, left_out = [], []
    for place, text in enumerate(part.working, 1):
        line = _line(chain_of(text, old), tracer, model, answer)
        if line:
            lines.append(Text(line, text.line, text.column))
        else:
            left_out.append(place)
    return tuple(lines), tuple(left_out)


def _line(chain: Chain, tracer: Tracer, model: Term | None, answer: Fraction | None) -> str:
    """One line with new numbers, or nothing."""
    kept = _traced(chain, tracer, model, answer)
    numbers = [(t, v) for t in chain.terms[1:] if (v := rational(t)) is not None]
    if len(kept) < 2:
        tracer.unknown |= {abs(v) for _, v in numbers}
        return ""
    for term, value in numbers:
        end = tracer.number(kept[0].term, term)
        if end is None:
            tracer.unknown.add(abs(value))
        else:
            source = Source(end.term, end.shown, end.exact, not decimals_shown(term))
            tracer.sources.setdefault(value, []).append(source)
    out = str(kept[0].shown)
    for before, after in pairwise(kept):
        out += f" {'=' if before.exact and after.exact else '≈'} {after.shown}"
    return out


def _traced(
    chain: Chain, tracer: Tracer, model: Term | None, answer: Fraction | None
) -> list[Traced]:
    """The terms of a line that can be traced back, with the first one; nothing without it."""
    if any(is_matrix(tracer.old, t) for t in chain.terms) or {*chain.relations} - {"=", "≈"}:
        return []
    ends_so = answer is not None and rational(chain.terms[-1]) == answer
    first = tracer.first(chain.terms[0], model if ends_so else None)
    if first is None:
        return []
    kept = [first]
    for term in chain.terms[1:]:
        found = tracer.number(first.term, term)
        if found is None and rational(term) is None:
            ways = tracer.traces(term)
            found = next((t for t in ways if tracer.equal(t.term, first.term)), None)
        if found is not None and found.shown != kept[-1].shown:
            kept.append(found)
    return kept


def _numbers(term: Term, exponent: bool = False) -> Iterator[tuple[Term, bool]]:
    """The numbers written in a term, from left to right, and whether each stands in an exponent."""
    if _is_number(term):
        yield term, exponent
        return
    for place, arg in enumerate(term.args):
        yield from _numbers(arg, exponent or (term.head == "pow" and place == 1))


def _is_number(term: Term) -> bool:
    return term.head == "num" or (term.head == "neg" and term.args[0].head == "num")


def _replaced(term: Term, numbers: list[Term]) -> Term:
    """The term with other terms in the place of its numbers, from left to right."""
    left = iter(numbers)

    def walk(one: Term) -> Term:
        if _is_number(one):
            return next(left)
        return rebuild(one, tuple(walk(a) for a in one.args)) if one.args else one

    return walk(term)


def _itself(number: Term) -> Source:
    return Source(number, number, True, not decimals_shown(number))


def _value(number: Term) -> Fraction:
    value = rational(number)
    assert value is not None
    return value


def _negative(number: Term) -> Term:
    return number.args[0] if number.head == "neg" else neg(number)


def _literal(text: str) -> Term:
    _, _, decimals = text.partition(".")
    return num(Fraction(text), len(decimals) or None)
