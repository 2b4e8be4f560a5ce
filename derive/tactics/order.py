"""Tactics for inequalities."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from typing import Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Refine
from derive.search.equality import by_cases
from derive.search.order import DEPTH, FUEL, prove_order
from derive.search.order_core import Prover
from derive.search.order_strategies import STRATEGIES
from derive.search.sums_order import prove_sum_order
from derive.search.tower import Tower
from derive.tactics.registry import Goal, Refused, finished, full_tower, tactic
from derive.tactics.within import has
from derive.terms.context import Claim, Context

CALCULUS: Final = frozenset({"derivative"})
CHOICES: Final = ("abs", "sign", "max", "min")


@tactic("bound", "primitive", "interval arithmetic over the declared domains and the hypotheses")
def bound(goal: Goal) -> Theorem:
    """Each operation maps intervals to intervals; the sign of the difference of the sides is read off.

    >>> from derive.tactics import goal
    >>> bound(goal("0 < exp(x) + b", x="real", b="in (0, 1)"))
    ⊢ 0 < exp(x) + b
    >>> bound(goal("2*x <= x**2 + 1", x="real"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: bound: cannot show 2*x <= x**2 + 1
    """
    _order("bound", goal)
    return finished(rules.bound(goal.context, goal.claim.oriented()))


@tactic(
    "interval", "primitive", "a claim about closed numbers, each enclosed tightly enough to tell"
)
def interval(goal: Goal) -> Theorem:
    """Interval arithmetic for a claim without free symbols; definitions are written out.

    >>> from derive.tactics import goal
    >>> interval(goal("log(2) < 7/10"))
    ⊢ log(2) < 7/10
    >>> interval(goal("0 < x", x="positive"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: interval: 0 < x has free symbols: x
    """
    _order("interval", goal)
    names = {n for n in goal.claim.free if goal.context.definition(n) is None}
    if names:
        raise Refused(f"interval: {goal.claim} has free symbols: {', '.join(sorted(names))}")
    return _by_strategies("interval", goal, {})


@tactic(
    "ord", "derived", "ordered fields: sums and products of inequalities, squares, log t <= t - 1"
)
def ord_(goal: Goal) -> Theorem:
    """Factors of known sign, squares, linear combinations of what is known, and the tangent of log.

    Derivatives are not used; see ``monotone_fn`` and ``convex_max``.

    >>> from derive.tactics import goal
    >>> ord_(goal("2*x*y <= x**2 + y**2", x="real", y="real"))
    ⊢ 2*x*y <= x**2 + y**2
    >>> ord_(goal("log(x) <= x - 1", x="positive"))
    ⊢ log(x) <= x - 1
    >>> ord_(goal("2*x*y < x**2 + y**2", x="real", y="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: ord: 2*x*y < x**2 + y**2 is not shown; its hypotheses may be too weak
    """
    _order("ord", goal)
    return _by_strategies("ord", goal, {e.name for e in STRATEGIES} - CALCULUS)


@tactic("sum_ord", "derived", "an inequality between sums, term by term")
def sum_ord(goal: Goal) -> Theorem:
    """Every term of a sum is bounded: by 0, by a square, or by the tangent of log with a weight.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "x[i]": "real"}
    >>> sum_ord(goal("Sum(2*x[i], i, 1, n) <= Sum(x[i]**2 + 1, i, 1, n)", **f))
    ⊢ Sum(2*x[i], i, 1, n) <= Sum(x[i]**2 + 1, i, 1, n)
    >>> sum_ord(goal("Sum(x[i], i, 1, n) <= Sum(x[i]**2, i, 1, n)", **f))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: induction: no range ends in a symbol over all integers from some \
one on
    """
    _order("sum_ord", goal)
    return finished(prove_sum_order(goal.context, goal.claim.oriented(), _searched)[0])


@tactic(
    "cases", "primitive", "case by case, by the signs of what stands inside abs, sign, max and min"
)
def cases(goal: Goal) -> Theorem:
    """Negative, zero, positive: each case is shown with its assumption, and no other is possible.

    >>> from derive.tactics import goal
    >>> cases(goal("x*sign(x) = abs(x)", x="real"))
    ⊢ x*sign(x) = abs(x)
    >>> cases(goal("x <= max(x, y)", x="real", y="real"))
    ⊢ x <= max(x, y)
    >>> cases(goal("x <= x + 1", x="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: cases: there is no abs, sign, max or min in x <= x + 1
    """
    if not has(goal, *CHOICES):
        raise Refused(f"cases: there is no abs, sign, max or min in {goal.claim}")
    claim = goal.claim
    if claim.relation == "=":
        return finished(by_cases(goal.context, claim.lhs, claim.rhs)[0])
    return _by_strategies("cases", goal, {e.name for e in STRATEGIES})


@tactic("cite", "primitive", "a hypothesis, or a statement the link cites, up to algebra")
def cite(goal: Goal) -> Theorem:
    """The claim is a hypothesis or a cited statement, its terms perhaps moved across the relation.

    >>> from derive.tactics import goal
    >>> cite(goal("0 <= b - a", "a < b", a="real", b="real"))
    ⊢ 0 <= b - a
    >>> cite(goal("0 <= b - 2*a", "a < b", a="real", b="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: cite: no hypothesis and no cited statement says 0 <= b - 2*a
    """
    claim = goal.claim.oriented()
    for name, stated in goal.context.hypotheses:
        known = rules.hypothesis(goal.context, name)
        for m in (1, -1) if stated.relation in ("=", "!=") else (1,):
            try:
                return finished(rules.combine(goal.context, claim, [known], [Fraction(m)]))
            except KernelError:
                continue
    raise Refused(f"cite: no hypothesis and no cited statement says {goal.claim}")


def _order(name: str, goal: Goal) -> None:
    if goal.claim.relation == "=":
        raise Refused(f"{name}: it shows inequalities, and {goal.claim} is an equation")


def _by_strategies(name: str, goal: Goal, names: Container[str]) -> Theorem:
    """The claim by some strategies of the order prover alone. Raises Refused."""
    prover = Prover([e for e in STRATEGIES if e.name in names], FUEL)
    claim = goal.claim.oriented()
    try:
        theorem = prover.prove(goal.context, claim, DEPTH)
    except Refine:
        theorem = None
    if theorem is None:
        raise Refused(f"{name}: {goal.claim} is not shown; its hypotheses may be too weak")
    return finished(theorem)


def _searched(context: Context, claim: Claim) -> tuple[Theorem, Tower]:
    theorem, _ = prove_order(context, claim)
    return theorem, full_tower(context)
