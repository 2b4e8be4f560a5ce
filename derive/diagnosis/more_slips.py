"""Slips that look at both sides, or at units: what was dropped or added, and what was measured in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.diagnosis.places import (
    Edit,
    everywhere,
    factors,
    needed,
    negated,
    places,
    reciprocal,
    said,
    summands,
)
from derive.terms.context import Context
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    subterms,
    sym,
    total,
)

MOST_PARTS: Final = 24
MOST_NAMES: Final = 12
BASES: Final = {"log": 1, "log2": 2, "log10": 10}
ANGLES: Final = ("sin", "cos", "tan")
PI: Final = call("pi")


def degrees(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """An angle in degrees where radians are meant, and back."""
    for place in places(side):
        term = place.term
        if term.head == "call" and term.payload in ANGLES:
            turn = _to_degrees if "pi" in _constants(term.args[0]) else _to_radians
            new = call(term.payload, turn(term.args[0]))
            yield Edit(place.put(new), needed("degrees and radians", term, new))


def _constants(term: Term) -> set[str]:
    return {t.payload for t in subterms(term) if t.head == "call" and not t.args}


def _to_radians(angle: Term) -> Term:
    value = rational(angle)
    if value is None:
        return div(mul(PI, angle), num(180))
    share = value / 180
    top = PI if share.numerator == 1 else mul(num(share.numerator), PI)
    return top if share.denominator == 1 else div(top, num(share.denominator))


def _to_degrees(angle: Term) -> Term:
    """The angle times 180 over pi, with pi taken out where it stands."""
    bare = everywhere(angle, lambda t: num(1) if t == PI else None)
    return mul(num(180), bare)


def base(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A logarithm to the wrong base, or an entropy in the wrong unit."""
    for place in places(side):
        term = place.term
        if term.head == "call" and term.payload in BASES:
            for new_base in BASES:
                if new_base != term.payload:
                    new = call(new_base, *term.args)
                    yield Edit(place.put(new), needed("the base of a logarithm", term, new))
    used = {t.payload for t in subterms(side) if t.head == "call"}
    for old in BASES:
        for new_base in BASES:
            if old in used and old != new_base:
                changed = _rebased(side, old, new_base)
                words = f"the base of every logarithm: {old} where {new_base} is needed"
                yield Edit(changed, words)
    for unit in (2, 10):
        scale = call("log", num(unit))
        yield Edit(mul(side, scale), f"the base of the logarithm: a factor {said(scale)} is needed")
        yield Edit(div(side, scale), f"the base of the logarithm: a division by {said(scale)}")


def _rebased(side: Term, old: str, new: str) -> Term:
    def change(term: Term) -> Term | None:
        if term.head == "call" and term.payload == old:
            return call(new, *(_rebased(a, old, new) for a in term.args))
        return None

    return everywhere(side, change)


def jacobian(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A density without the factor that a change of variables brings, or its logarithm without it."""
    if not any(t.head in ("dens", "diff") for s in (side, other) for t in subterms(s)):
        return
    for scale in _scales(side, other, context):
        for part in (scale, reciprocal(scale)):
            yield Edit(_times(side, part), f"a missing Jacobian: the factor {said(part)}")
        log = call("log", scale)
        for part in (log, negated(log)):
            yield Edit(add(side, part), f"a missing Jacobian: the term {said(part)}")


def _scales(side: Term, other: Term, context: Context) -> Iterator[Term]:
    """Factors by which volume may change: symbols, and derivatives of what densities are taken at."""
    names = [*_scalars(side, context)]
    names += [n for n in _scalars(other, context) if n not in names]
    for name in names:
        low = context[name].domain.lower
        signed = low is None or low < 0
        yield call("abs", sym(name)) if signed else sym(name)
    for whole in (side, other):
        for term in subterms(whole):
            if term.head == "dens" and term.args[0].head not in ("sym", "num"):
                point = term.args[0]
                for name in sorted(point.free & set(names)):
                    yield call("abs", binder("diff", name, point, sym(name)))


def dropped(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A term or a factor of the other side that is missing here."""
    parts = summands(other)
    for part in parts[:MOST_PARTS] if len(parts) > 1 else ():
        for new in (part, negated(part)):
            yield Edit(_plus(side, new), f"a dropped term: {said(new)}")
    parts = list(dict.fromkeys(factors(other)))
    for part in parts[:MOST_PARTS] if len(parts) > 1 else ():
        yield Edit(_times(side, part), f"a dropped factor: {said(part)}")


def extra(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A term or a factor that does not belong here."""
    for place in places(side):
        term = place.term
        if term.head == "add":
            for i, part in enumerate(term.args):
                rest = term.args[:i] + term.args[i + 1 :]
                yield Edit(place.put(total(rest)), f"an extra term: {said(part)}")
        elif term.head == "mul":
            for i, part in enumerate(term.args):
                rest = term.args[:i] + term.args[i + 1 :]
                yield Edit(place.put(product(rest)), f"an extra factor: {said(part)}")
        elif term.head == "div":
            words = f"an extra factor: {said(reciprocal(term.args[1]))}"
            yield Edit(place.put(term.args[0]), words)


def dropped_inside(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A plain term, or a factor or divisor of one summand, that is missing here."""
    plain = [t for n in _scalars(other, context) for t in (sym(n), power(sym(n), num(2)))]
    for part in (num(1), *plain, *(div(p, num(2)) for p in (num(1), *plain))):
        for new in (part, negated(part)):
            yield Edit(_plus(side, new), f"a dropped term: {said(new)}")
    names = _scalars(other, context)
    for place in places(side):
        if place.parent is None or place.parent.head == "add":
            for name in names:
                for new in (_scaled(place.term, sym(name)), div(place.term, sym(name))):
                    yield Edit(place.put(new), needed("a dropped factor", place.term, new))


def _scalars(term: Term, context: Context) -> list[str]:
    free = sorted(term.free)
    return [n for n in free if n in context and context[n].kind == "scalar"][:MOST_NAMES]


def _scaled(term: Term, factor: Term) -> Term:
    if term.head == "neg":
        return neg(_scaled(term.args[0], factor))
    return factor if rational(term) == 1 else _times(term, factor)


def _plus(side: Term, part: Term) -> Term:
    return add(*(side.args if side.head == "add" else (side,)), part)


def _times(side: Term, part: Term) -> Term:
    if part.head == "div" and rational(part.args[0]) == 1:
        return div(side, part.args[1])
    return mul(part, *(side.args if side.head == "mul" else (side,)))
