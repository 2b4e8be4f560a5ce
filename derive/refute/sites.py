"""Claims as programs: what a point needs so that both sides of each can be computed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Final

from derive.refute.elaborate import elaborate
from derive.refute.instances import Reading
from derive.refute.matrices import dimensions, in_entries, small_dimension, with_definite
from derive.refute.points import assignments, generic
from derive.refute.rules import Rules, Stated, Values, roots
from derive.terms.context import Claim, Context
from derive.terms.entries import Entries, has_matrices
from derive.terms.heads import BINDERS
from derive.terms.lower import LoweringError, lower
from derive.terms.term import Term, num, rational, sub, subterms
from numeric.domain import Domain
from numeric.program import Program

LARGEST_RANGE: Final = 30
LAYOUTS: Final = 12
FEWEST: Final = 12
BASES: Final = 2
SQUARES: Final = tuple(map(Fraction, ("9/25", "16/25", "1/4", "4")))
"""Numbers with a rational root; the first two and their complements have one."""

NOTABLE: Final = 6
TURNING: Final = ("log", "log2", "log10", "sqrt", "abs", "sign")
CRITICAL: Final = 8
SMALL: Final = (Fraction(0), Fraction(1), Fraction(2), Fraction(1, 2))


@dataclass(frozen=True, slots=True)
class Site:
    """A reading of some claims with its integers in bounds and indices fixed, as programs.

    ``parts`` are claims about numbers, with their programs, that together say what the claims say: those
    about matrices speak of each entry, row by row, and ``columns`` is the length of such a row.
    """

    reading: Reading
    parts: tuple[Stated, ...]
    rules: Rules
    fixed: Values
    columns: int = 0

    @property
    def domains(self) -> dict[str, Domain]:
        """The inputs that may be moved, with their domains."""
        return {n: d for n, d in self.rules.domains.items() if n not in self.fixed}

    def admit(self, values: Values) -> Values | None:
        """The values with the hypotheses made to hold, where that is possible."""
        solved = self.rules.settle(values)
        return None if solved is None else {**self.fixed, **solved}

    def named(self, name: str) -> str:
        """An input as a reader knows it: an entry of a table as the value of a function."""
        head, bracket, rest = name.partition("[")
        return f"{head}({rest[:-1]})" if bracket and head in self.reading.tables else name

    def place(self, part: Stated) -> str:
        """Where in its matrix a part of the claim stands; nothing for a claim about numbers."""
        if not self.columns:
            return ""
        row, column = divmod(self.parts.index(part), self.columns)
        return f"[{row + 1}, {column + 1}]"

    def lowered(self, terms: Sequence[Term]) -> Program:
        """Further terms of the original context as a program. Raises LoweringError."""
        context, integrals = self.reading.context, self.reading.integrals
        read = [self.reading.read(t) for t in terms]
        plain = elaborate(read, context, integrals=integrals).terms
        if any(has_matrices(context, t) for t in plain):
            plain = tuple(Entries(context, self.fixed).number(t) for t in plain)
        return _lower(self.reading, plain, self.fixed)


def sites(reading: Reading, points: int) -> Iterator[tuple[Site, Iterator[Values]]]:
    """Each way to fix the integers in bounds and indices, with points that satisfy the hypotheses.

    Raises LoweringError when a claim cannot be computed.
    """
    context = reading.context
    stated = [*reading.claims, *(h for _, h in context.hypotheses)]
    both = (side for c in stated for side in (c.lhs, c.rhs))
    plain = elaborate(both, context, integrals=reading.integrals)
    pairs = zip(plain.terms[::2], plain.terms[1::2], strict=True)
    stated = [Claim(lhs, c.relation, rhs) for c, (lhs, rhs) in zip(stated, pairs, strict=True)]
    stated += plain.needs
    sizes = dimensions(stated, context)
    structural = sorted(_structural(stated, context) | sizes)
    ranges = [
        small_dimension(context[n].domain) if n in sizes else _small(context[n].domain, n)
        for n in structural
    ]
    layouts = LAYOUTS if structural else 1
    share = max(2 * FEWEST if sizes else FEWEST, points // layouts)
    notable = _notable(stated)
    for fixed in assignments(structural, ranges, layouts):
        site = _site(reading, stated, fixed)
        yield site, _points(site, stated, share, notable)


def _lower(reading: Reading, terms: Sequence[Term], fixed: Values) -> Program:
    integrals = reading.integrals
    return lower(reading.context, terms, fixed, stop_gradient=True, integrals=integrals)


def _site(reading: Reading, stated: list[Claim], fixed: Values) -> Site:
    context = reading.context
    written, needs = in_entries(stated, context, fixed)
    flat = [*(c for group in written for c in group), *needs]
    programs = [_lower(reading, [c.lhs, c.rhs], fixed) for c in flat]
    parts = tuple(zip(flat, programs, strict=True))
    asked = sum(map(len, written[: len(reading.claims)]))
    domains = {name: _domain_of(name, context) for p in programs for name in p.inputs}
    rules = Rules(parts[asked:], domains, frozenset(fixed))
    return Site(reading, parts[:asked], rules, fixed, _columns(reading, stated, fixed))


def _columns(reading: Reading, stated: list[Claim], fixed: Values) -> int:
    """The number of columns when the one claim compares matrices, else 0."""
    if len(reading.claims) != 1 or not has_matrices(reading.context, stated[0].lhs):
        return 0
    grid = Entries(reading.context, fixed).grid(stated[0].lhs)
    return len(grid[0]) if grid else 0


def _points(
    site: Site, stated: list[Claim], share: int, notable: tuple[Fraction, ...]
) -> Iterator[Values]:
    names = sorted(site.rules.domains)
    domains = [site.rules.domains[n] for n in names]
    told = {k: v for k, v in site.fixed.items() if k in site.rules.domains}
    seen: set[tuple[Fraction, ...]] = set()
    for drawn in chain(
        assignments(names, domains, share, notable), _special(site, stated, share, told)
    ):
        admitted = site.admit(with_definite({**drawn, **told}, site.reading.context))
        if admitted is not None and (key := tuple(admitted.values())) not in seen:
            seen.add(key)
            yield admitted


def _special(site: Site, stated: list[Claim], share: int, told: Values) -> Iterator[Values]:
    """Points at which something may turn, when there are points enough to spend on them."""
    names = sorted(site.rules.domains)
    domains = [site.rules.domains[n] for n in names]
    for base in generic(names, domains, BASES if share >= 2 * FEWEST else 0):
        yield from _turning(site, stated, {**base, **told})


def _turning(site: Site, stated: list[Claim], base: Values) -> Iterator[Values]:
    """Points near ``base`` at which some denominator, logarithm, root or difference vanishes."""
    for term in _critical(stated, frozenset(site.rules.domains)):
        program = _lower(site.reading, [term, num(0)], site.fixed)
        for name in program.inputs:
            for root in roots(program, base, [name]) if name not in site.fixed else ():
                if site.rules.domains[name].contains(root):
                    yield {**base, name: root}


def _critical(stated: list[Claim], known: frozenset[str]) -> list[Term]:
    """Parts whose zeros are where a claim may be undefined or turn: the first few."""
    out: dict[Term, None] = {}
    for claim in stated:
        for side in (claim.lhs, claim.rhs):
            for term in subterms(side):
                for part in _vanishing(term):
                    if part.free and part.free <= known:
                        out.setdefault(part)
    return list(out)[:CRITICAL]


def _vanishing(term: Term) -> Iterator[Term]:
    if term.head == "div":
        yield term.args[1]
    elif term.head == "pow" or (term.head == "call" and term.payload in TURNING):
        yield term.args[0]
    elif term.head == "call" and term.payload in ("max", "min"):
        yield sub(*term.args)


def _notable(stated: list[Claim]) -> tuple[Fraction, ...]:
    """The numbers that claims mention, apart from the smallest: the first few."""
    sides = (side for c in stated for side in (c.lhs, c.rhs))
    numbers = (rational(t) for side in sides for t in subterms(side))
    told = dict.fromkeys(v for v in numbers if v is not None and abs(v) not in SMALL)
    roots = any(_is_root(t) for c in stated for side in (c.lhs, c.rhs) for t in subterms(side))
    return (*SQUARES, *told)[:NOTABLE] if roots else tuple(told)[:NOTABLE]


def _is_root(term: Term) -> bool:
    return term.head == "call" and term.payload == "sqrt"


def _structural(claims: Sequence[Claim], context: Context) -> set[str]:
    """Symbols in the bounds of sums and in indices: they need a value before lowering."""
    sides = [side for claim in claims for side in (claim.lhs, claim.rhs)]
    found = {name for side in sides for name in _in_places(side, context)}
    return {
        n
        for n in found
        if n in context and context[n].kind == "scalar" and context.definition(n) is None
    }


def _in_places(term: Term, context: Context) -> Iterator[str]:
    """The names free in a bound of a sum or product, or in an index, of a term."""
    definition = context.definition_of(term)
    if definition is not None:
        yield from _in_places(definition.apply(term.args), context)
        return
    if term.head == "index":
        yield from (n for a in term.args for n in a.free)
    if term.head in ("sum", "prod"):
        yield from (n for a in term.args[1:] for n in a.free)
    scope = BINDERS.get(term.head, ())
    for place, arg in enumerate(term.args):
        inside = _in_places(arg, context)
        yield from (n for n in inside if place not in scope or n != term.payload)


def _small(domain: Domain, name: str) -> Domain:
    """The part of an integer domain that a sum can be written out for. Raises LoweringError."""
    low, high = domain.lower, domain.upper
    if low is None:
        low = Fraction(-LARGEST_RANGE) if high is None else high - LARGEST_RANGE
    if high is None or high > low + LARGEST_RANGE:
        high = low + LARGEST_RANGE
    low_open = domain.lower is not None and domain.lower_open
    high_open = high == domain.upper and domain.upper_open
    try:
        return Domain(low, high, low_open, high_open, True, domain.nonzero)
    except ValueError:
        raise LoweringError(f"{name} has no small integer value") from None


def _domain_of(name: str, context: Context) -> Domain:
    return context[name.partition("[")[0]].domain
