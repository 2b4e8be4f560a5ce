"""Steps for Gamma and digamma: the recurrence, and the values that have names."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.search.applying import carried
from derive.search.polynomials import scaled
from derive.terms.term import Term, add, num, total

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_STEPS: Final = 40
ONE: Final = num(1)
VALUES: Final = {Fraction(1): "gamma_one", Fraction(1, 2): "gamma_half"}


def gamma(tower: Tower, term: Term) -> None:
    """``Gamma(u + n)`` through ``Gamma(u)``, as long as the argument stays positive."""
    (inner,) = term.args
    value = tower.form(inner).constant
    if value in VALUES and term.payload == "Gamma":
        tower.rewrite(carried(term, tower.equation(inner, num(value)), VALUES[value]))
        return
    summands = tower.form(inner).summands()
    constant = next((c for c, unit in summands if unit == ONE), Fraction(0))
    if not 1 <= constant <= MAX_STEPS:
        return
    rest = [scaled(c, u) for c, u in summands if u != ONE]
    lower = total([*rest, num(constant - 1)] if constant > 1 else rest)
    if tower.sign(lower) > 0:
        equation = tower.equation(inner, add(lower, ONE))
        tower.rewrite(carried(term, equation, f"{term.payload.lower()}_step"))
