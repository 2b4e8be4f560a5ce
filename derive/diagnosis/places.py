"""Where an edit can be made in a term, and the plain forms of what it puts there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

from derive.terms.context import Context
from derive.terms.heads import DIVERGENCES, FUNCTIONS
from derive.terms.term import (
    Term,
    add,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    rebuild,
    sub,
    total,
)

MOST: Final = 200
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One occurrence of a subterm: what stands there, inside what, and how to put something else."""

    term: Term
    parent: Term | None
    position: int
    put: Callable[[Term], Term]


@dataclass(frozen=True, slots=True)
class Edit:
    """A side with one edit made, and what the edit mends in words."""

    term: Term
    words: str


def places(term: Term) -> Iterator[Place]:
    """The occurrences in a term, outermost first, at most `MOST` of them."""
    left = [MOST]
    yield from _places(Place(term, None, 0, lambda t: t), left)


def _places(place: Place, left: list[int]) -> Iterator[Place]:
    if left[0] <= 0:
        return
    left[0] -= 1
    yield place
    for i, arg in enumerate(place.term.args):
        yield from _places(Place(arg, place.term, i, _putting(place, i)), left)


def _putting(place: Place, i: int) -> Callable[[Term], Term]:
    node = place.term

    def put(new: Term) -> Term:
        return place.put(rebuild(node, (*node.args[:i], new, *node.args[i + 1 :])))

    return put


def everywhere(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """The term with every outermost part changed for which ``change`` gives something else."""
    changed = change(term)
    if changed is not None:
        return changed
    return rebuild(term, tuple(everywhere(a, change) for a in term.args))


def weighed(place: Place) -> bool:
    """Whether a sign or factor of what stands here is not one of the whole product around it."""
    parent = place.parent
    if parent is None or parent.head == "add":
        return True
    if parent.head == "call":
        return parent.payload not in DIVERGENCES and parent.payload in FUNCTIONS
    if parent.head == "pow":
        return place.position == 1
    return parent.head in ("dens", "dist")


def is_quantity(term: Term, context: Context) -> bool:
    """Whether the term names a quantity: a symbol, an entry of a family, a value of a function."""
    applied = term.head == "call" and term.payload not in FUNCTIONS
    return applied or term.head == "index" or (term.head == "sym" and term.payload in context)


def said(term: Term) -> str:
    """The term as text, the start of a long one."""
    text = str(term)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


def needed(what: str, old: Term, new: Term) -> str:
    """``what: old where new is needed``; of long terms only where they stand."""
    start = f"{what}: " if what else ""
    if max(len(str(old)), len(str(new))) > LONGEST:
        return f"{start}at {said(old)}"
    return f"{start}{old} where {new} is needed"


def negated(term: Term) -> Term:
    """``-term``, without a double sign."""
    return term.args[0] if term.head == "neg" else neg(term)


def doubled(term: Term) -> Term:
    """``2*term``; a half loses its denominator."""
    if term.head == "neg":
        return neg(doubled(term.args[0]))
    value = rational(term)
    if value is not None:
        return num(2 * value)
    if term.head == "div" and rational(term.args[1]) == 2:
        return term.args[0]
    if term.head == "div":
        top, bottom = term.args
        if bottom.head == "mul" and rational(bottom.args[0]) == 2:
            return div(top, product(bottom.args[1:]))
        return div(doubled(top), bottom)
    return mul(num(2), *(term.args if term.head == "mul" else (term,)))


def halved(term: Term) -> Term:
    """``term/2``; a double loses its factor."""
    if term.head == "neg":
        return neg(halved(term.args[0]))
    value = rational(term)
    if value is not None:
        return num(value / 2)
    if term.head == "mul" and rational(term.args[0]) == 2:
        return product(term.args[1:])
    if term.head == "div":
        top, bottom = term.args
        if top.head == "mul" and rational(top.args[0]) == 2:
            return div(product(top.args[1:]), bottom)
        return div(top, doubled(bottom))
    return div(term, num(2))


def shifted(term: Term, step: int) -> Term:
    """``term + step``, with a number at its end taken in."""
    value = rational(term)
    if value is not None:
        return num(value + step)
    if term.head == "add":
        last = rational(term.args[-1])
        if last is not None:
            rest = term.args[:-1]
            return total(rest if last + step == 0 else (*rest, num(last + step)))
    return add(term, num(step))


def complement(term: Term) -> Term:
    """``1 - term``; of such a difference what is subtracted."""
    if term.head == "add" and len(term.args) == 2 and rational(term.args[0]) == 1:
        return negated(term.args[1])
    return sub(num(1), term)


def reciprocal(term: Term) -> Term:
    """``1/term``; a fraction is turned over."""
    if term.head == "neg":
        return neg(reciprocal(term.args[0]))
    if term.head == "div":
        top, bottom = term.args
        return bottom if rational(top) == 1 else div(bottom, top)
    return div(num(1), term)


def is_square(term: Term) -> bool:
    """Whether the term is written as a square."""
    return term.head == "pow" and rational(term.args[1]) == 2


def squared(term: Term) -> Term:
    """``term**2``."""
    return power(term, num(2))


def rooted(term: Term) -> Term:
    """``sqrt(term)``."""
    return call("sqrt", term)


def summands(term: Term, most: int = 24) -> list[Term]:
    """What a term is a sum of once it is multiplied out; at most about ``most``, one for no sum."""
    match term.head:
        case "add":
            return [s for a in term.args for s in summands(a, most)]
        case "neg":
            return [negated(s) for s in summands(term.args[0], most)]
        case "pow" if is_square(term) and term.args[0].head == "add":
            return _square_of(summands(term.args[0], most))
        case "div":
            top, bottom = term.args
            return [_over(s, bottom) for s in summands(top, most)]
        case "mul":
            for i, factor in enumerate(term.args):
                parts = summands(factor, most)
                if 1 < len(parts) <= most:
                    rest = (*term.args[:i], *term.args[i + 1 :])
                    each = [_times(p, rest) for p in parts]
                    return [s for e in each for s in summands(e, most // len(parts))]
    return [term]


def _square_of(parts: list[Term]) -> list[Term]:
    """The summands of the square of a sum."""
    mixed = [_times(a, (num(2), b)) for a, b in combinations(parts, 2)]
    return [*map(squared, parts), *mixed]


def _times(term: Term, rest: tuple[Term, ...]) -> Term:
    if term.head == "neg":
        return neg(_times(term.args[0], rest))
    return product(rest) if rational(term) == 1 else product((term, *rest))


def _over(term: Term, bottom: Term) -> Term:
    top, below = rational(term), rational(bottom)
    if top is not None and below:
        return num(Fraction(top) / below)
    return neg(_over(term.args[0], bottom)) if term.head == "neg" else div(term, bottom)


def factors(term: Term) -> list[Term]:
    """What a term is a product of, those under a fraction as reciprocals; numbers left out."""
    match term.head:
        case "neg":
            return factors(term.args[0])
        case "mul":
            return [f for a in term.args for f in factors(a)]
        case "div":
            return [*factors(term.args[0]), *map(reciprocal, factors(term.args[1]))]
    return [] if rational(term) is not None else [term]
