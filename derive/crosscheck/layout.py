"""What must be known before a statement becomes a program: integers in bounds, numbers of points."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from derive.crosscheck.survey import Cannot
from derive.terms.context import Claim, Context
from derive.terms.heads import FUNCTIONS
from derive.terms.term import Term, rational
from numeric.domain import Domain

ATTEMPTS: Final = 400
REACH: Final = 4
WIDEST: Final = 3
LARGEST: Final = 40
PASSES: Final = 3

Key = tuple[object, ...]
"""The arguments of a table: integers, points, or the names of numbers that stand for points."""


class NeedsInteger(Exception):
    """An integer that has to be known first."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a finite space, counted from 1."""

    space: str
    number: int

    def __str__(self) -> str:
        return f"{self.space}.{self.number}"


@dataclass(slots=True)
class Layout:
    """Values of integers, the number of points of each space, and integer-valued tables as needed."""

    integers: dict[str, Fraction]
    sizes: dict[str, int]
    rng: random.Random
    entries: dict[tuple[str, Key], Fraction] = field(default_factory=dict)

    def entry(self, name: str, key: Key, domain: Domain) -> Fraction:
        """The value of an integer-valued function, drawn when it is first asked for."""
        if (name, key) not in self.entries:
            self.entries[name, key] = small(domain, self.rng)
        return self.entries[name, key]

    def points(self, space: str) -> list[Point]:
        """All points of a space."""
        return [Point(space, k) for k in range(1, self.sizes[space] + 1)]


def small(domain: Domain, rng: random.Random, reach: int = REACH) -> Fraction:
    """A small integer of a domain."""
    low, high = domain.integer_range()
    if low is None:
        low = -2 if high is None else min(-2, high - reach)
    high = low + reach if high is None else min(high, low + reach)
    inside = [Fraction(k) for k in range(low, high + 1) if domain.contains(Fraction(k))]
    return rng.choice(inside or list(domain.points(1)))


def layouts(
    context: Context,
    integers: Sequence[str],
    spaces: Sequence[str],
    rng: random.Random,
    allowed: Callable[[Layout], str | None],
) -> Iterator[Layout]:
    """Different layouts, the smallest first, that ``allowed`` finds nothing wrong with.

    Raises Cannot with what it found when there is none.
    """
    sides = context.dimensions()
    vectors = _vectors(context)
    seen: set[tuple[object, ...]] = set()
    wrong: str | None = None
    for attempt in range(ATTEMPTS if integers or spaces else 1):
        reach = 0 if attempt == 1 else REACH
        chosen = {
            n: small(context[n].domain, rng, min(reach, WIDEST - 1) if n in sides else reach)
            for n in integers
        }
        _solved(context, chosen)
        largest = max([int(chosen[n]) for n in integers if n in sides], default=WIDEST)
        least = 2 + vectors * largest
        sizes = {space: rng.randint(least, least + 2) for space in spaces}
        key = (*chosen.values(), *sizes.values())
        if key in seen:
            continue
        seen.add(key)
        layout = Layout(chosen, sizes, random.Random(rng.random()))
        found = (
            allowed(layout) if max(map(abs, chosen.values()), default=0) <= LARGEST else "no small"
        )
        if found is None:
            yield layout
        wrong = wrong or found
    if wrong is not None and len(seen) and not integers:
        raise Cannot(wrong)


def _vectors(context: Context) -> int:
    """How many vector-valued functions the hypotheses speak of: so many points does it take."""
    free = frozenset[str]().union(*(c.free for _, c in context.hypotheses))
    return sum(d.kind == "function" and d.shape is not None and d.name in free for d in context)


def _solved(context: Context, chosen: dict[str, Fraction]) -> None:
    """Give an integer that a hypothesis says what it is, by others, that value."""
    whole = Whole(context, Layout(chosen, {}, random.Random(0)))
    claims = integral_claims(context, list(chosen))
    for _, claim in claims * PASSES:
        for side, other in ((claim.lhs, claim.rhs), (claim.rhs, claim.lhs)):
            alone = side.head == "sym" and side.payload in chosen and side.payload not in other.free
            if claim.relation == "=" and alone:
                value = whole.value(other, {})
                if value is not None and context[side.payload].domain.contains(value):
                    chosen[side.payload] = value
                break


class Whole:
    """Exact integer arithmetic over the integers that are known."""

    def __init__(self, context: Context, layout: Layout) -> None:
        self.context = context
        self.layout = layout

    def value(self, term: Term, bound: Mapping[str, object]) -> Fraction | None:
        """The value; None when it depends on more than integers. Raises NeedsInteger."""
        literal = rational(term)
        if literal is not None:
            return literal
        if term.head == "sym":
            return self._symbol(term, bound)
        if term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS):
            return self._entry(term, bound)
        if not term.args:
            return None
        args = [self.value(a, bound) for a in term.args] if term.head in ARITHMETIC else [None]
        known = [a for a in args if a is not None]
        return _combined(term, known) if len(known) == len(args) else None

    def _symbol(self, term: Term, bound: Mapping[str, object]) -> Fraction | None:
        name = term.payload
        if name in bound:
            value = bound[name]
            return value if isinstance(value, Fraction) else None
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.value(definition.body, {})
        if self.context[name].kind != "scalar" or not self.context[name].domain.integer:
            return None
        if name not in self.layout.integers:
            raise NeedsInteger(name)
        return self.layout.integers[name]

    def _entry(self, term: Term, bound: Mapping[str, object]) -> Fraction | None:
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.value(definition.apply(term.args), bound)
        declared = self.context[term.payload]
        if not declared.domain.integer:
            return None
        args = [self.value(a, bound) for a in term.args]
        if None in args:
            return None
        return self.layout.entry(term.payload, tuple(args), declared.domain)


ARITHMETIC: Final = ("add", "mul", "neg", "div", "pow", "call")
ROUNDED: Final[dict[str, Callable[..., int | Fraction]]] = {
    "floor": lambda a: a.numerator // a.denominator,
    "ceil": lambda a: -(-a.numerator // a.denominator),
    "abs": abs,
    "max": max,
    "min": min,
}


def _combined(term: Term, args: Sequence[Fraction]) -> Fraction | None:
    match term.head:
        case "add":
            return sum(args, Fraction(0))
        case "neg":
            return -args[0]
        case "mul":
            out = Fraction(1)
            for a in args:
                out *= a
            return out
        case "div":
            return args[0] / args[1] if args[1] else None
        case "pow":
            base, exponent = args
            fits = exponent.denominator == 1 and abs(exponent) <= 64 and (base or exponent > 0)
            return Fraction(base ** int(exponent)) if fits else None
        case "call" if term.payload in ROUNDED:
            return Fraction(ROUNDED[term.payload](*args))
    return None


def integral_claims(context: Context, known: Sequence[str]) -> list[tuple[str, Claim]]:
    """The hypotheses that speak of known integers alone."""
    return [(n, c) for n, c in context.hypotheses if c.free and c.free <= set(known)]
