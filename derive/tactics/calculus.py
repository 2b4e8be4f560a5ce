"""Tactics of calculus: derivatives, integrals, and what the sign of a derivative shows."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.decision import prove
from derive.kernel import rules
from derive.kernel.bounds import Bounds
from derive.kernel.monotone import monotone
from derive.kernel.theorem import Theorem
from derive.tactics.registry import Goal, Refused, finished, tactic
from derive.tactics.sums import INSIDE
from derive.tactics.within import first_of, has
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.substitution import fresh_name
from derive.terms.term import Term, binder, neg, num, rebuild, sym
from numeric.domain import Domain

DERIVATIVES: Final = INSIDE | {"diff", "sign", "angle", "gamma"}
ZERO: Final = num(0)


@tactic("diff", "primitive", "the rules of differentiation, then algebra and laws of logarithms")
def diff(goal: Goal) -> Theorem:
    """Derivatives are carried out; what they equal is compared as `log_exp` does.

    >>> from derive.tactics import goal
    >>> diff(goal("diff(x*log(x), x) = log(x) + 1", x="positive"))
    ⊢ diff(x*log(x), x) = log(x) + 1
    >>> diff(goal("diff(x*log(x), x) = log(x)", x="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: diff(x*log(x), x) and log(x) have different normal forms
    >>> diff(goal("x + x = 2*x", x="positive"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: diff: there is no derivative in x + x = 2*x
    """
    if not has(goal, "diff"):
        raise Refused(f"diff: there is no derivative in {goal.claim}")
    return first_of(goal, (DERIVATIVES,))


@tactic("ftc", "primitive", "the fundamental theorem: integrals over intervals by antiderivatives")
def ftc(goal: Goal) -> Theorem:
    """Integrals over intervals are evaluated, with limits at infinite ends.

    >>> from derive.tactics import goal
    >>> ftc(goal("Int(exp(-x), x, 0, oo) = 1"))
    ⊢ Int(exp(-x), x, 0, oo) = 1
    >>> ftc(goal("Int(exp(-x), x, 0, a) = 1", a="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: Int(exp(-x), x, 0, a) and 1 have different normal forms
    """
    if not has(goal, "int"):
        raise Refused(f"ftc: there is no integral over an interval in {goal.claim}")
    return first_of(goal, (DERIVATIVES | {"integral"},))


@tactic("monotone_fn", "derived", "f(s) below f(t) by the sign of the derivative of f between them")
def monotone_fn(goal: Goal) -> Theorem:
    """The sides differ in one term, ``s`` on the left and ``t`` on the right.

    From ``0 <= f'`` and ``s <= t``, or ``f' <= 0`` and ``t <= s``; strictly for a strict claim. The
    search shows the sign of f', between s and t, and the order of the two.

    >>> from derive.tactics import goal
    >>> monotone_fn(goal("a + log(1 + a) < b + log(1 + b)", "a < b", a="positive", b="positive"))
    ⊢ a + log(1 + a) < b + log(1 + b)
    >>> monotone_fn(goal("1/b <= 1/a", "a < b", a="positive", b="positive"))
    ⊢ 1/b <= 1/a
    >>> monotone_fn(goal("a**2 <= b**2", "a < b", a="real", b="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: monotone_fn: the search does not show 0 <= diff(z**2, z) for z \
from a to b
    """
    claim = goal.claim.oriented()
    body, s, t = _function("monotone_fn", goal.context, claim)
    for low, high, sign in ((s, t, 1), (t, s, -1)):
        if prove(Claim(low, claim.relation, high), goal.context)[0] is not None:
            return _between(goal.context, claim, body, (low, high), sign)
    raise Refused(
        f"monotone_fn: the search shows neither {s} {claim.relation} {t} nor the opposite"
    )


@tactic(
    "convex_max", "derived", "f(s) <= f(t): f rises up to t and falls after it, or the other way"
)
def convex_max(goal: Goal) -> Theorem:
    """A greatest value at t, or a least value at s, by the sign of the derivative on each side.

    The sides differ in one term, ``s`` on the left and ``t`` on the right.

    >>> from derive.tactics import goal
    >>> convex_max(goal("log(s) - s/m <= log(m) - m/m", s="positive", m="positive"))
    ⊢ log(s) - s/m <= log(m) - m/m
    >>> convex_max(goal("s**3 <= m**3", s="real", m="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: convex_max: the search does not show diff(z**3, z) <= 0 for z \
from m to s
    """
    claim = goal.claim.oriented()
    if claim.relation != "<=":
        raise Refused(f"convex_max: it shows claims with <= or >=, and {claim} is none")
    body, s, t = _function("convex_max", goal.context, claim)
    split = Claim(s, "<=", t)
    halves = []
    for case, ends, sign in ((split, (s, t), 1), (Claim(t, "<", s), (t, s), -1)):
        inner = goal.context.assume("the order of the two", case)
        theorem = _between(inner, claim, body, ends, sign, "convex_max")
        halves.append(rules.instantiate(goal.context, theorem, {}))
    return finished(rules.cases(split, *halves))


def _between(
    context: Context,
    claim: Claim,
    body: tuple[Term, str],
    ends: tuple[Term, Term],
    sign: int,
    name: str = "monotone_fn",
) -> Theorem:
    """The claim from the sign of the derivative between two ends. Raises Refused."""
    term, letter = body
    low, high = ends
    z = sym(letter)
    inner = context.declare(letter, _domain(context, low, high))
    inner = inner.assume(f"{letter} from", Claim(low, "<=", z))
    inner = inner.assume(f"{letter} to", Claim(z, "<=", high))
    function = term if sign > 0 else neg(term)
    rate = Claim(ZERO, claim.relation, binder("diff", letter, function, z))
    shown, _ = prove(rate, inner)
    if shown is None or any(letter in c.free for c in shown.conditions):
        plain = binder("diff", letter, term, z)
        wanted = rate if sign > 0 else Claim(plain, claim.relation, ZERO)
        raise Refused(
            f"{name}: the search does not show {wanted} for {letter} from {low} to {high}"
        )
    theorem = monotone(context, shown, low, high)
    if theorem.claim != claim:
        theorem = rules.combine(context, claim, [theorem], [Fraction(1)])
    return finished(theorem)


def _domain(context: Context, low: Term, high: Term) -> Domain:
    """An interval that holds all between two terms, as far as bounds tell."""
    bounds = Bounds(context)
    first, last = bounds.of(low), bounds.of(high)
    return Domain(first.lower, last.upper, first.lower_open, last.upper_open)


def _function(name: str, context: Context, claim: Claim) -> tuple[tuple[Term, str], Term, Term]:
    """The sides of a claim as ``f(s)`` and ``f(t)``: f with its letter, s and t. Raises Refused."""
    taken = claim.free | {d.name for d in context}
    letter = next((n for n in "zuvw" if n not in taken), fresh_name("z", taken))
    pairs: list[tuple[Term, Term]] = []
    body = _common(claim.lhs, claim.rhs, sym(letter), pairs)
    if body is None or body == sym(letter) or not pairs:
        raise Refused(
            f"{name}: the sides of {claim} are not f(s) and f(t): they must differ in one term"
        )
    return (body, letter), *pairs[0]


def _common(a: Term, b: Term, z: Term, pairs: list[tuple[Term, Term]]) -> Term | None:
    """What two terms share, z standing where they differ; None unless they differ in one way.

    A part in which they differ in two ways counts as a whole.
    """
    if a == b:
        return a
    before = list(pairs)
    if (
        a.head == b.head
        and a.payload == b.payload
        and len(a.args) == len(b.args)
        and a.args
        and a.head not in BINDERS
    ):
        found = [_common(x, y, z, pairs) for x, y in zip(a.args, b.args, strict=True)]
        if all(part is not None for part in found):
            return rebuild(a, tuple(part for part in found if part is not None))
        pairs[:] = before
    if not pairs:
        pairs.append((a, b))
    return z if pairs[0] == (a, b) else None
