"""Steps for sine, cosine and other odd functions: sums, multiples, negatives and named values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.facts import FACTS, fact
from derive.kernel.theorem import KernelError
from derive.search.applying import carried
from derive.search.polynomials import normal_form, scaled
from derive.terms.term import Term, add, call, div, neg, num, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_MULTIPLE: Final = 8
ZERO, ONE, PI = num(0), num(1), call("pi")
HALF: Final = Fraction(1, 2)
NAMED_ANGLES: Final = {
    Fraction(1): "pi",
    HALF: "half_pi",
    Fraction(1, 3): "third_pi",
    Fraction(1, 4): "quarter_pi",
    Fraction(1, 6): "sixth_pi",
}
"""Multiples of π at which the kernel knows the values of sine and cosine."""


def odd_function(tower: Tower, term: Term) -> None:
    """An odd function at a negative multiple, or at zero."""
    (inner,) = term.args
    summands = tower.form(inner).summands()
    if not summands:
        if f"{term.payload}_zero" in FACTS:
            tower.rewrite(carried(term, tower.equation(inner, ZERO), f"{term.payload}_zero"))
    elif summands[0][0] < 0:
        opposite = neg(tower.form(neg(inner)).term())
        tower.rewrite(carried(term, tower.equation(inner, opposite), f"{term.payload}_odd"))
    elif summands == [(Fraction(1), ONE)] and f"{term.payload}_one" in FACTS:
        tower.rewrite(carried(term, tower.equation(inner, ONE), f"{term.payload}_one"))
    else:
        _plain_argument(tower, term)


def _plain_argument(tower: Tower, term: Term) -> None:
    """Write out powers of roots in the argument, which the kernel takes as it finds them."""
    (inner,) = term.args
    plain = tower.form(inner).term()
    if plain != normal_form(tower.ring(), inner).term():
        tower.rewrite(rules.congruence(tower.context, term, [tower.equation(inner, plain)]))


def angle(tower: Tower, term: Term) -> None:
    """Sine and cosine: of sums, of multiples, of negatives, and at multiples of π."""
    (inner,) = term.args
    name = term.payload
    parts = [(c, u) for c, u in tower.form(inner).summands()]
    if not parts:
        tower.rewrite(carried(term, tower.equation(inner, ZERO), f"{name}_zero"))
        return
    (coefficient, unit), rest = parts[0], parts[1:]
    if rest:
        others = total([scaled(c, u) for c, u in rest])
        _angle_sum(tower, term, scaled(coefficient, unit), others)
    elif coefficient < 0:
        opposite = neg(scaled(-coefficient, unit))
        parity = "odd" if name == "sin" else "even"
        tower.rewrite(carried(term, tower.equation(inner, opposite), f"{name}_{parity}"))
    elif unit == PI and (coefficient in NAMED_ANGLES or HALF < coefficient <= MAX_MULTIPLE):
        _multiple_of_pi(tower, term, coefficient)
    else:
        _multiple(tower, term, coefficient, unit)


def _angle_sum(tower: Tower, term: Term, first: Term, second: Term) -> None:
    equation = tower.equation(term.args[0], add(first, second))
    tower.rewrite(carried(term, equation, f"{term.payload}_sum"))


def _multiple_of_pi(tower: Tower, term: Term, coefficient: Fraction) -> None:
    """At a named angle, or a right or straight angle taken off a larger one."""
    if coefficient in NAMED_ANGLES:
        at = PI if coefficient == 1 else div(PI, num(coefficient.denominator))
        name = f"{term.payload}_{NAMED_ANGLES[coefficient]}"
        tower.rewrite(carried(term, tower.equation(term.args[0], at), name))
        return
    step = Fraction(1) if coefficient > 1 else HALF
    _angle_sum(tower, term, scaled(step, PI), scaled(coefficient - step, PI))


def _multiple(tower: Tower, term: Term, coefficient: Fraction, unit: Term) -> None:
    step = tower.choices.unit("angle", unit, coefficient)
    generator, times = scaled(step, unit), int(coefficient / step)
    if times == 1:
        tower.done |= {call("sin", generator), call("cos", generator)}
        tower.relations.append(fact(tower.context, "pythagoras", {"a": generator}))
        _keep_signs(tower, generator)
    elif times <= MAX_MULTIPLE:
        _angle_sum(tower, term, generator, scaled(coefficient - step, unit))


def _keep_signs(tower: Tower, generator: Term) -> None:
    """Sine and cosine of an angle in the first quadrants are positive."""
    for name in ("sin_positive", "cos_positive"):
        theorem = fact(tower.context, name, {"a": generator})
        try:
            for claim in theorem.conditions:
                theorem = rules.discharge(theorem, rules.bound(tower.context, claim))
        except KernelError:
            continue
        tower.learn(theorem)
