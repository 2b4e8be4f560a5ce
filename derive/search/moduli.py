"""The tower's steps for absolute values and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.search import distribution
from derive.search.applying import carried, fact_for
from derive.terms.term import Term, neg, num, power, product, rational

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO = num(0)


def absolute_value(tower: Tower, term: Term) -> None:
    """By the sign of the argument, or over its factors."""
    (inner,) = term.args
    value = tower.form(inner).constant
    if value is not None and inner != num(value):
        same = tower.equation(inner, num(value))
        tower.rewrite(rules.congruence(tower.context, term, [same]))
        return
    bounds = tower.bounds.of(inner)
    if bounds.nonnegative:
        tower.rewrite(fact_for(tower.context, "abs_nonnegative", term))
        return
    factors = tower.factors(inner)
    if (-bounds).nonnegative or (factors and rational(factors[0][0]) == -1):
        opposite = neg(tower.form(neg(inner)).term())
        tower.add(opposite)
        tower.rewrite(carried(term, tower.equation(inner, opposite), "abs_even"))
        return
    if factors == [(inner, 1)]:
        tower.relations.append(fact(tower.context, "abs_square", {"a": inner}))
    elif factors:
        parts = [power(b, num(e)) for b, e in factors]
        tower.rewrite(distribution.abs_product(tower.equation(inner, product(parts))))


def sign_of(tower: Tower, term: Term) -> None:
    """Where the sign of the argument is known."""
    (inner,) = term.args
    sign = tower.sign(inner)
    if sign > 0:
        tower.rewrite(fact_for(tower.context, "sign_positive", term))
    elif sign < 0:
        opposite = neg(tower.form(neg(inner)).term())
        tower.rewrite(carried(term, tower.equation(inner, opposite), "sign_odd"))
    elif tower.form(inner).constant == 0:
        tower.rewrite(carried(term, tower.equation(inner, ZERO), "sign_zero"))
