"""Bounds of terms that are not sums, by their outermost operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from derive.certifying.closed import rounded
from derive.certifying.equal import same, unfolded
from derive.certifying.existence import inside
from derive.certifying.functions import call
from derive.certifying.multiples import product
from derive.certifying.numbers import Values
from derive.certifying.powers import power
from derive.certifying.signs import ONE, ZERO, End, Signs
from derive.recheck.matrices import written
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Rejected, Term, opened, rational, whole

NONZERO = ("abs", "sqrt", "sign", "sinh", "tanh", "erf", "atan", "asin")
"""The functions that are 0 at 0 only."""

SHORT = 40


def ends(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Bounds of a term that is not a sum."""
    symbol = s.context.symbol(t)
    if symbol is not None and t.args:
        yield from _domain(s, t, symbol.domain, symbol.name, low)
    body = s.context.unfolded(t)
    if body is not None:
        yield from same(s, t, body, lambda: unfolded(s, t, body), low)
    elif t.head in ("mul", "div"):
        yield from product(s, t, low)
    elif t.head == "pow":
        yield from power(s, t, low)
    elif t.head == "call":
        yield from call(s, t, low)
    elif t.head in ("sum", "prod"):
        yield from _range(s, t, low)
    elif t.head == "dens" and t.payload in ("Normal", "Laplace") and low:
        names = "xmv" if t.payload == "Normal" else "xmb"
        letters = dict(zip(names, t.args, strict=True))
        yield End(Fraction(0), True, lambda: s.fact(f"{t.payload}_positive", **letters))


def _domain(s: Signs, t: Term, claims: Any, name: str, low: bool) -> Iterator[End]:
    for c in claims:
        here = c.put({name: t})
        value = rational(here.lhs if low else here.rhs)
        if value is not None and c.relation in ("<", "<="):
            proof = partial(s.writer.shown, s.context, here, s.assumed)
            yield End(value, c.relation == "<", proof)


def _range(s: Signs, t: Term, low: bool) -> Iterator[End]:
    body, first, last = t.args
    least, most = whole(first), whole(last)
    if least is not None and most is not None and most - least >= SHORT and not t.loose:
        yield from _valued(s, t, low)
    if least is not None and most is not None and most - least < SHORT:
        plain = written(s.context, t)
        yield from same(s, t, plain, lambda: unfolded(s, t, plain), low)
    inner, i = inside(s.writer, s.context, first, last, integer=True)
    each, signs = opened(body, i), s.writer.signs(inner, s.assumed)
    letters = {"F": ((i.payload,), each), "a": first, "b": last}

    def shown(name: str, *claims: Claim) -> Step:
        steps = [s.writer.shown(inner, c, s.assumed) for c in claims]
        return s.writer.fact(name, s.context, s.assumed, letters, premises=steps)

    above, strict = Claim(ZERO, "<=", each), Claim(ZERO, "<", each)
    if low:
        order = Claim(first, "<=", last)
        filled = t.head == "prod" or s.writer.prove(s.context, order, s.assumed)
        if signs.positive(each) and filled:
            yield End(Fraction(0), True, lambda: shown(f"{t.head}_positive", strict))
        if signs.sign(each) > 0:
            yield End(Fraction(0), False, lambda: shown(f"{t.head}_nonnegative", above))
    elif t.head == "prod" and signs.sign(each) > 0:
        most = signs.high(each)
        if most is not None and most.value <= 1:
            below = Claim(each, "<=", ONE)
            yield End(Fraction(1), False, lambda: shown("prod_at_most_one", above, below))


def _valued(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """A long sum or product of numbers, by its value."""
    values = s.writer.values.setdefault((id(s.context), s.assumed), Values(s))
    try:
        value, step = values.of(t)
    except Rejected:
        return
    near = rounded(value, up=not low) if value else value

    def proof() -> Step:
        assert step is not None
        claim = s.claim(t, near, False, low)
        return s.combine(claim, [step], [-1 if low else 1], abs(value - near))

    yield End(near, False, proof)


def _apart(s: Signs, t: Term, known: Claim) -> Step:
    """That a term is not 0, from the claim about it that its domain is."""
    step, claim = s.writer.shown(s.context, known, s.assumed), Claim(t, "!=", ZERO)
    return step if known == claim else s.combine(claim, [step], [-1])


def nonzero(s: Signs, t: Term) -> Callable[[], Step] | None:
    """A proof that a term is not 0, by the domain of its function or family, or as its parts are not."""
    for here in s.context.values(t) if t.args else ():
        if here.relation == "!=" and rational(here.lhs if here.rhs is t else here.rhs) == 0:
            return partial(_apart, s, t, here)
    body = s.context.unfolded(t)
    if body is not None and (inner := s.nonzero(body)):
        return lambda: s.combine(Claim(t, "!=", ZERO), [inner(), unfolded(s, t, body)], [1, 1])
    if t.head in ("mul", "div"):
        if s.nonzero(t.args[0]) is None or s.nonzero(t.args[1]) is None:
            return None
        name = "product_nonzero" if t.head == "mul" else "quotient_nonzero"
        return partial(s.fact, name, a=t.args[0], b=t.args[1])
    if t.head == "pow" and s.nonzero(t.args[0]):
        return partial(s.fact, "power_nonzero", a=t.args[0], b=t.args[1])
    if t.head == "call" and t.payload in NONZERO and s.nonzero(t.args[0]):
        return partial(s.fact, f"{t.payload}_nonzero", a=t.args[0])
    if t.head == "call" and t.payload in ("max", "min") and all(map(s.nonzero, t.args)):
        return partial(s.fact, f"{t.payload}_nonzero", a=t.args[0], b=t.args[1])
    if t.head == "prod":
        first, last = t.args[1:]
        space, i = inside(s.writer, s.context, first, last, integer=True)
        each = opened(t.args[0], i)
        apart = Claim(each, "!=", ZERO)
        if s.writer.prove(space, apart, s.assumed) is not None:
            letters = {"F": ((i.payload,), each), "a": first, "b": last}
            return lambda: s.writer.fact("prod_nonzero", s.context, s.assumed, letters,
                                         premises=[s.writer.shown(space, apart, s.assumed)])  # fmt: skip
    return None
