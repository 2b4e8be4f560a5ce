"""The slips people make, one small function each.

A slip looks at one side of a claim and yields it with one edit made, most likely first. Nothing here
has to be right: an edit is reported only when the claim with it is proved. To teach derive a new
slip, write such a function and add it to `SLIPS`, before the slips that it is more specific than.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from typing import Final

from derive.diagnosis.more_slips import base, degrees, dropped, dropped_inside, extra, jacobian
from derive.diagnosis.places import (
    Edit,
    Place,
    complement,
    doubled,
    everywhere,
    halved,
    is_quantity,
    is_square,
    needed,
    negated,
    places,
    reciprocal,
    rooted,
    shifted,
    squared,
    weighed,
)
from derive.terms.context import Context
from derive.terms.heads import BINDERS, DIVERGENCES, FUNCTIONS
from derive.terms.substitution import substitute
from derive.terms.term import Term, call, div, mul, product, rational, rebuild, sym

Maker = Callable[[Term, Term, Context], Iterator[Edit]]
"""Edits of the first term, the side with the slip; the second is the other side."""

LOGARITHMS: Final = ("log", "log2", "log10")
MOST_NAMES: Final = 12

CONFUSED: Final = (("sin", "cos"), ("max", "min"), ("sinh", "cosh"), ("floor", "ceil"))
OTHER: Final = {a: b for pair in CONFUSED for a, b in (pair, pair[::-1])}


def swapped(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """KL(q, p) for KL(p, q), and the arguments of any other function of two."""
    for place in places(side):
        term = place.term
        declared = term.head == "call" and term.payload not in FUNCTIONS
        if len(term.args) == 2 and (declared or term.payload in DIVERGENCES):
            new = rebuild(term, term.args[::-1])
            yield Edit(place.put(new), needed("swapped arguments", term, new))


def log_variance(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """log(sigma) for log(sigma**2), and back."""
    for place in places(side):
        term = place.term
        if term.head == "call" and term.payload in LOGARITHMS and not _literal(term.args[0]):
            inner = term.args[0]
            new = call(term.payload, inner.args[0] if is_square(inner) else squared(inner))
            yield Edit(place.put(new), needed("the logarithm of a square", term, new))


def bound(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A sum or product that starts or ends one too early or late."""
    for place in places(side):
        term = place.term
        if term.head not in ("sum", "prod"):
            continue
        for i, step in ((2, -1), (2, 1), (1, 1), (1, -1)):
            if term.args[i].head != "oo":
                ends = (*term.args[:i], shifted(term.args[i], step), *term.args[i + 1 :])
                new = rebuild(term, ends)
                which = "first" if i == 1 else "last"
                words = needed(f"the {which} index of a range", term.args[i], new.args[i])
                yield Edit(place.put(new), words)


def index(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """abar(t) for abar(t - 1): an index off by one, here or throughout, or another of its kin."""
    for place in places(side):
        term = place.term
        if not (term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS)):
            continue
        for i, step in ((i, step) for i in range(len(term.args)) for step in (-1, 1)):
            args = (*term.args[:i], shifted(term.args[i], step), *term.args[i + 1 :])
            new = rebuild(term, args)
            yield Edit(place.put(new), needed("an index", term, new))
            yield _throughout(side, term, new, "an index")
    for a, b in permutations(_names(side, other, context), 2):
        if _stem(a) == _stem(b):
            yield from _renamed(side, a, b, "an index")


def sign(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A plus for a minus: of a whole side, a summand, an argument or an exponent."""
    found = [place for place in places(side) if weighed(place)]
    for place in sorted(found, key=_opens_sum):
        new = negated(place.term)
        yield Edit(place.put(new), needed("a sign", place.term, new))


def variance(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """sigma for sigma**2, and back, for a quantity that is never negative."""
    for place in places(side):
        term = place.term
        if is_square(term) and _is_scale(term.args[0], context):
            new = term.args[0]
        elif _is_scale(term, context) and _is_value(place):
            new = squared(term)
        else:
            continue
        yield Edit(place.put(new), needed("a square", term, new))
        yield _throughout(side, term, new, "a square")


def root(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A square root forgotten, or one too many."""
    for place in places(side):
        term = place.term
        if term.head == "call" and term.payload == "sqrt":
            new = term.args[0]
            yield Edit(place.put(new), needed("an extra root", term, new))
        elif not _literal(term) and _is_value(place):
            new = rooted(term)
            yield Edit(place.put(new), needed("a root forgotten", term, new))
            if is_quantity(term, context):
                yield _throughout(side, term, new, "a root forgotten")


def square(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A square forgotten, or one too many."""
    for place in places(side):
        term = place.term
        if is_square(term):
            yield Edit(place.put(term.args[0]), needed("an extra square", term, term.args[0]))
        elif not _literal(term) and _is_value(place) and term.payload != "sqrt":
            new = squared(term)
            yield Edit(place.put(new), needed("a square forgotten", term, new))


def factor(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A factor 2 or 1/2 forgotten or put where none belongs."""
    for place in places(side):
        if weighed(place) and not _literal(place.term):
            for new, name in ((halved(place.term), "1/2"), (doubled(place.term), "2")):
                yield Edit(place.put(new), needed(f"a factor {name}", place.term, new))


def number(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A number half or twice as large as it should be."""
    for place in places(side):
        if weighed(place) and _literal(place.term):
            for new, name in ((halved(place.term), "1/2"), (doubled(place.term), "2")):
                yield Edit(place.put(new), needed(f"a factor {name}", place.term, new))


def inverted(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A fraction upside down, or a factor for a divisor and back."""
    for place in places(side):
        term = place.term
        if term.head == "div" or (weighed(place) and not _literal(term)):
            new = reciprocal(term)
            yield Edit(place.put(new), needed("upside down", term, new))
    for place in places(side):
        term = place.term
        if term.head == "div" and not _literal(term):
            new = mul(*term.args)
            yield Edit(place.put(new), needed("a divisor for a factor", term, new))
        for i, part in enumerate(term.args if term.head == "mul" else ()):
            if not _literal(part):
                new = div(product(term.args[:i] + term.args[i + 1 :]), part)
                yield Edit(place.put(new), needed("a factor for a divisor", term, new))


def complemented(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """p for 1 - p, and back."""
    for place in places(side):
        term = place.term
        new = complement(term)
        known = new.size < term.size or _is_share(term, context)
        if known and _is_value(place):
            yield Edit(place.put(new), needed("a complement", term, new))
            yield _throughout(side, term, new, "a complement")


def constant(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """A whole number off by one."""
    for place in places(side):
        value = rational(place.term) if place.term.head == "num" else None
        if value is None or value.denominator > 1 or place.term.payload[1] is not None:
            continue
        for step in (1, -1):
            new = shifted(place.term, step)
            yield Edit(place.put(new), needed("off by one", place.term, new))


def exchanged(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """Two names in each other's place throughout, or two families of names such as m1, s1 and m2, s2."""
    names = _names(side, other, context)
    for a, b in combinations([n for n in names if n in side.free], 2):
        new = substitute(side, {a: sym(b), b: sym(a)})
        yield Edit(new, f"{a} and {b} in each other's place")
    ends = sorted({n[-1] for n in names if n[-1].isdigit()})
    for a, b in combinations(ends, 2):
        pairs = [(n, n[:-1] + b) for n in names if n.endswith(a) and n[:-1] + b in names]
        if len(pairs) > 1:
            both = [*pairs, *((y, x) for x, y in pairs)]
            shown = ", ".join(f"{x} and {y}" for x, y in pairs)
            yield Edit(
                substitute(side, {x: sym(y) for x, y in both}), f"{shown} in each other's place"
            )


def function(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """sin for cos, max for min, and the like."""
    for place in places(side):
        term = place.term
        if term.head == "call" and term.payload in OTHER:
            new = call(OTHER[term.payload], *term.args)
            yield Edit(place.put(new), needed("another function", term, new))


def name(side: Term, other: Term, context: Context) -> Iterator[Edit]:
    """One name written for another."""
    for a, b in permutations(_names(side, other, context), 2):
        yield from _renamed(side, a, b, "a name")


@dataclass(frozen=True, slots=True)
class SlipKind:
    """A kind of slip: its name, its edits, and whether inequalities are mended with it."""

    name: str
    edits: Maker
    orders: bool = False


SLIPS: Final = (
    SlipKind("swapped arguments", swapped),
    SlipKind("degrees", degrees),
    SlipKind("log variance", log_variance),
    SlipKind("log base", base),
    SlipKind("index", index),
    SlipKind("bound", bound),
    SlipKind("sign", sign),
    SlipKind("variance", variance),
    SlipKind("factor", factor, orders=True),
    SlipKind("constant", constant),
    SlipKind("square", square),
    SlipKind("root", root),
    SlipKind("inverted", inverted),
    SlipKind("exchanged", exchanged),
    SlipKind("complement", complemented),
    SlipKind("function", function),
    SlipKind("jacobian", jacobian),
    SlipKind("dropped", dropped),
    SlipKind("extra", extra),
    SlipKind("dropped", dropped_inside),
    SlipKind("name", name),
    SlipKind("factor", number),
)
"""Every kind of slip, the more specific and the simpler ones first."""


def _literal(term: Term) -> bool:
    return rational(term) is not None


def _throughout(side: Term, old: Term, new: Term, what: str) -> Edit:
    changed = everywhere(side, lambda t: new if t == old else None)
    return Edit(changed, f"{needed(what, old, new)}, throughout")


def _is_value(place: Place) -> bool:
    """Whether a number stands here: not a law, an index, an exponent, nor an end of a range."""
    parent = place.parent
    if place.term.head in ("dist", "oo", "neg") or parent is None:
        return place.term.head not in ("dist", "oo", "neg")
    if parent.head in BINDERS:
        return place.position == (1 if parent.head == "mean" else 0)
    if parent.head == "pow":
        return place.position == 0 and not is_square(parent)
    if parent.head == "call" and parent.payload in ("sqrt", *DIVERGENCES):
        return False
    return parent.head != "index"


def _opens_sum(place: Place) -> bool:
    """Whether the place is the first summand, whose sign is rather that of the others."""
    return place.parent is not None and place.parent.head == "add" and place.position == 0


def _is_scale(term: Term, context: Context) -> bool:
    """Whether the term names a quantity that is never negative, such as a standard deviation."""
    if not is_quantity(term, context) or term.payload not in context:
        return False
    low = context[term.payload].domain.lower
    return low is not None and low >= 0


def _is_share(term: Term, context: Context) -> bool:
    """Whether the term lies between 0 and 1 by its form or declaration."""
    if term.head == "call" and term.payload == "sigmoid":
        return True
    if not is_quantity(term, context) or term.payload not in context:
        return False
    domain = context[term.payload].domain
    zero, one = Fraction(0), Fraction(1)
    low, high = domain.lower, domain.upper
    return low is not None and high is not None and low >= zero and high <= one


def _names(side: Term, other: Term, context: Context) -> list[str]:
    """The free symbols of the two sides, those of the side itself first: at most `MOST_NAMES`."""
    free = [*sorted(side.free), *sorted(other.free - side.free)]
    plain = [n for n in free if n in context and context[n].kind == "scalar"]
    return plain[:MOST_NAMES]


def _stem(name: str) -> str:
    return name.rstrip("0123456789").partition("_")[0]


def _renamed(side: Term, old: str, new: str, what: str) -> Iterator[Edit]:
    if old not in side.free:
        return
    if new not in side.free:
        words = f"{what}: {old} where {new} is needed, throughout"
        yield Edit(substitute(side, {old: sym(new)}), words)
    for place in places(side):
        if place.term.head == "sym" and place.term.payload == old:
            yield Edit(place.put(sym(new)), f"{what}: {old} where {new} is needed")
