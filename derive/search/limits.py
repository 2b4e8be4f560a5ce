"""Limits of the pieces of an antiderivative, as theorems that squeeze them.

The kernel takes a limit from an inequality ``(F - L)**k*(x - t)**p <= C``. Here the difference of the two
sides is written as a sum of products of things that are not negative: facts about exp, erf, atan and
log, and powers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.bounds import proves
from derive.kernel.facts import fact
from derive.kernel.integrals import ENDS, Limit, inside
from derive.kernel.theorem import KernelError, Theorem
from derive.search.antiderivatives import Piece, plain
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.terms.context import Claim, Context
from derive.terms.term import Term, add, call, div, mul, neg, num, power, rational, sub, sym, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_RESTARTS: Final = 12
ZERO, ONE, TWO = num(0), num(1), num(2)
Ends = Sequence[Term]


def between(context: Context, name: str, ends: Ends, near: Sequence[Claim] = ()) -> Context:
    """The context with one more number between the ends, and with further hypotheses about it."""
    inner = context.declare(name)
    for place, claim in enumerate([*inside(sym(name), ends), *near]):
        inner = inner.assume(f"{name} {place}: {claim}", claim)
    return inner


def tower_of(context: Context, *terms: Term, split: bool = False) -> Tower:
    """A tower with the terms in it, for a context with a bound variable."""
    from derive.search.tower import Tower

    choices = Choices()
    for _ in range(MAX_RESTARTS):
        try:
            tower = Tower(context, choices, split=split, nested=True)
            for term in terms:
                tower.add(term)
            return tower
        except Refine:
            continue
    raise KernelError("limits: the terms have no normal form")


def equation(context: Context, lhs: Term, rhs: Term) -> tuple[Theorem, Tower]:
    """A theorem ``lhs = rhs`` and the tower that led to it. Raises KernelError when none is found."""
    try:
        tower = tower_of(context, lhs, rhs)
        return tower.equation(lhs, rhs), tower
    except KernelError:
        tower = tower_of(context, lhs, rhs, split=True)
        return tower.equation(lhs, rhs), tower


def limit(context: Context, piece: Piece, name: str, ends: Ends, place: int) -> Limit | None:
    """What the kernel needs to know of a piece at an end; None where the piece is defined there.

    Raises KernelError when the piece has no limit that is known.
    """
    end, finite = ends[place], ends[place] != ENDS[place]
    if piece.kind == "power":
        return _power(context, piece, name, ends, place)
    if finite:
        return None
    known = {"gauss": _gauss, "erf": _erf, "exp": _exp, "atan": _atan, "closed": _constant}
    work = known.get(piece.kind)
    if work is None:
        raise KernelError(f"limits: the limit of {piece.term} at {end} is not known")
    return work(Place(context, name, ends, place), piece)


class Place:
    """One end of an interval, and what is to be shown there."""

    def __init__(self, context: Context, name: str, ends: Ends, place: int) -> None:
        self.context, self.name, self.ends, self.place = context, name, ends, place
        self.x = sym(name)
        self.side = 1 if place else -1

    def beyond(self, point: Term) -> Claim:
        """That x is further towards the end than a point."""
        return Claim(point, "<", self.x) if self.place else Claim(self.x, "<", point)

    def distance(self, point: Term) -> Term:
        """How far x is beyond a point."""
        return sub(self.x, point) if self.place else sub(point, self.x)

    def near(self, claims: Sequence[Claim]) -> Context:
        """The context near the end."""
        known = inside(self.x, self.ends)
        return between(self.context, self.name, self.ends, [c for c in claims if c not in known])

    def limit(
        self,
        inner: Context,
        piece: Piece,
        value: Term,
        k: int,
        ceiling: Term,
        rest: Term,
        facts: Sequence[Theorem] = (),
        positive: Sequence[Term] = (),
    ) -> Limit:
        """The limit, when ``ceiling - (F - L)**k*(x - t)**p`` is ``rest``, which is not negative.

        That it is not must be seen from its form and the facts. What is ``positive`` may be taken to be
        so, as a condition.
        """
        finite = self.ends[self.place] != ENDS[self.place]
        t = self.ends[self.place] if finite else piece.shift
        gap, weight = power(sub(piece.term, value), num(k)), num(-2 if finite else 2)
        lhs = mul(gap, power(sub(self.x, t), weight))
        assumed = [Claim(ZERO, "<", p) for p in positive]
        assumed = [c for c in assumed if not proves(inner, c)] + [f.claim for f in facts]
        known = rules.bound(inner, Claim(ZERO, "<=", rest), assumed)
        for theorem in facts:
            if theorem.claim in known.conditions:
                known = rules.discharge(known, theorem)
        same, tower = equation(inner, rest, sub(ceiling, lhs))
        goal = Claim(lhs, "<=", ceiling)
        shown = rules.combine(inner, goal, [rules.trans(known, same)], [Fraction(1)])
        return discharge_all(shown, tower), value, k, t


def above_zero(theorem: Theorem) -> Theorem:
    """``0 <= b - a`` from ``a <= b`` or ``a < b``."""
    claim = theorem.claim
    gap = Claim(ZERO, claim.relation, sub(claim.rhs, claim.lhs))
    return rules.combine(theorem.context, gap, [theorem], [Fraction(1)])


def _decay(inner: Context, u: Term, k: int) -> Theorem:
    """``0 <= k**k - u**k*exp(-u)``."""
    return above_zero(fact(inner, "exp_decay", {"u": u, "k": num(k)}))


def _gauss(here: Place, piece: Piece) -> Limit:
    """``y**j*exp(-a*y**2)``: with ``u = 2*a*y**2`` its square times y**2 is ``u**k*exp(-u)/(2*a)**k``."""
    inner, k = here.near([]), piece.order + 1
    u = mul(TWO, piece.rate, power(sub(here.x, piece.shift), TWO))
    return _decaying(here, inner, piece, u, piece.rate, k)


def _exp(here: Place, piece: Piece) -> Limit:
    """``x**j*exp(-a*x)`` for a > 0 at oo, for a < 0 at -oo: the same with ``u = 2*abs(a*x)``."""
    inner, k = here.near([here.beyond(ZERO)]), 2 * piece.order + 2
    rate = piece.rate if here.place else plain(neg(piece.rate))
    u = mul(TWO, rate, here.x if here.place else neg(here.x))
    return _decaying(here, inner, piece, u, rate, k)


def _decaying(here: Place, inner: Context, piece: Piece, u: Term, rate: Term, k: int) -> Limit:
    decay = above_zero(fact(inner, "exp_decay", {"u": u, "k": num(k)}))
    scale = div(ONE, power(mul(TWO, rate), num(k)))
    ceiling, rest = mul(scale, num(k**k)), mul(scale, decay.claim.rhs)
    return here.limit(inner, piece, ZERO, 2, ceiling, rest, [decay], [rate])


def _erf(here: Place, piece: Piece) -> Limit:
    """``1 - erf(z)`` lies between 0 and ``exp(-z**2)`` for z >= 0; mirrored at the lower end."""
    inner, y = here.near([here.beyond(piece.shift)]), here.distance(piece.shift)
    z = mul(call("sqrt", piece.rate), y)
    bell, tail = call("exp", neg(power(z, TWO))), sub(ONE, call("erf", z))
    below = above_zero(fact(inner, "erf_tail", {"u": z}))
    u = mul(TWO, piece.rate, power(y, TWO))
    decay = above_zero(fact(inner, "exp_decay", {"u": u, "k": ONE}))
    scale = div(ONE, mul(TWO, piece.rate))
    rest = add(mul(power(y, TWO), below.claim.rhs, add(bell, tail)), mul(scale, decay.claim.rhs))
    facts, value = [below, decay], num(here.side)
    return here.limit(inner, piece, value, 2, scale, rest, facts, [piece.rate])


def _atan(here: Place, piece: Piece) -> Limit:
    """``pi/2 - atan(z)`` lies between 0 and ``1/z`` for z > 0; mirrored at the lower end."""
    inner, y = here.near([here.beyond(piece.shift)]), here.distance(piece.shift)
    z = mul(piece.rate, y)
    below = above_zero(fact(inner, "atan_tail", {"u": z}))
    above = above_zero(fact(inner, "atan_below", {"u": z}))
    value = mul(num(here.side), div(call("pi"), TWO))
    rest = mul(power(y, TWO), below.claim.rhs, add(div(ONE, z), above.claim.rhs))
    ceiling = div(ONE, power(piece.rate, TWO))
    return here.limit(inner, piece, value, 2, ceiling, rest, [below, above], [piece.rate])


def _constant(here: Place, piece: Piece) -> Limit:
    return here.limit(here.near([]), piece, piece.term, 2, ZERO, ZERO)


def _power(context: Context, piece: Piece, name: str, ends: Ends, place: int) -> Limit | None:
    """``y**e*log(y)**q``: defined at a finite end but for y = 0, with the limit 0 there for e > 0."""
    here, e, q = Place(context, name, ends, place), rational(piece.exponent), piece.order
    finite = ends[place] != ENDS[place]
    at_zero = finite and rational(plain(sub(ends[place], piece.shift))) == 0
    if finite and not at_zero:
        return None
    if e is not None and e > 0 and q == 0 and at_zero and e.denominator == 1:
        return None
    if e is not None and e != 0 and (e > 0) == at_zero and not (at_zero and place):
        return _power_log(here, piece, e) if q else _small_power(here, piece, e)
    if e is None and at_zero and q == 0 and not place:
        return _symbolic_power(here, piece)
    raise KernelError(f"limits: the limit of {piece.term} at {ends[place]} is not known")


def _hypothesis(inner: Context, claim: Claim, goal: Claim) -> Theorem:
    """A hypothesis about x, said of its distance from a point."""
    name = next(n for n, c in inner.hypotheses if c == claim)
    return rules.combine(inner, goal, [rules.hypothesis(inner, name)], [Fraction(1)])


def _at_least_one(here: Place, shift: Term) -> tuple[Context, Term, Theorem]:
    """A context in which the distance from a point is at least 1, that distance, and the theorem."""
    point = plain(add(shift, num(here.side)))
    claim = Claim(point, "<=", here.x) if here.place else Claim(here.x, "<=", point)
    inner, y = here.near([here.beyond(shift), claim]), here.distance(shift)
    return inner, y, _hypothesis(inner, claim, Claim(ONE, "<=", y))


def _at_most_one(here: Place, shift: Term) -> tuple[Context, Term, Theorem]:
    """The same above a finite lower end, at a distance of at most 1."""
    claim = Claim(here.x, "<=", plain(add(shift, ONE)))
    inner, y = here.near([claim]), sub(here.x, shift)
    return inner, y, _hypothesis(inner, claim, Claim(y, "<=", ONE))


def _small_power(here: Place, piece: Piece, e: Fraction) -> Limit:
    """``(y**e)**k*y**p`` is at most 1: at an infinite end for e < 0, at y = 0 for e > 0."""
    finite = here.ends[here.place] != ENDS[here.place]
    inner, y, known = (_at_most_one if finite else _at_least_one)(here, piece.shift)
    k = 2 * math.ceil(1 / abs(e))
    left = k * e + (-2 if finite else 2)
    rest = sub(ONE, power(y, num(left))) if left else ZERO
    return here.limit(inner, piece, ZERO, k, ONE, rest, [known])


def _power_log(here: Place, piece: Piece, e: Fraction) -> Limit:
    """``y**e*log(y)**q`` at oo for e < 0, at y = 0 for e > 0, since ``log(t) <= t - 1``.

    With n = k*q and ``r = y**(±1/n)`` growing towards the end, ``l = n*log(r)/r`` lies in [0, n].
    """
    q, k = piece.order, 2 * math.ceil(2 / abs(e))
    n = k * q
    inner, y, known = (_at_least_one if here.place else _at_most_one)(here, piece.shift)
    step = Fraction(here.side, n)
    root, inverse = power(y, num(step)), power(y, num(-step))
    tangent = above_zero(fact(inner, "log_tangent", {"t": root}))
    small = mul(num(n), inverse, call("log", root))
    terms = [mul(num(n**i), power(small, num(n - 1 - i))) for i in range(n - 1)]
    powers = total([*terms, num(n ** (n - 1))])
    first = mul(num(n), inverse, add(tangent.claim.rhs, ONE), powers)
    left = here.side * 2 + k * e + here.side
    rest = add(first, mul(power(small, num(n)), sub(ONE, power(y, num(left)))))
    return here.limit(inner, piece, ZERO, k, num(n**n), rest, [known, tangent])


def _symbolic_power(here: Place, piece: Piece) -> Limit:
    """``y**e`` at y = 0 for e >= 1."""
    inner, y, known = _at_most_one(here, piece.shift)
    rest = sub(ONE, power(y, sub(mul(TWO, piece.exponent), TWO)))
    return here.limit(inner, piece, ZERO, 2, ONE, rest, [known])
