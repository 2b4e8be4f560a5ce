"""A second try without some of the hypotheses, for what these spoil.

The hypotheses of a context become rewrites and relations before the search begins. A claim that is not
proved with them all is tried once more with only those that share a name with it, then without any
equation, then without one of these. The theorem lives in the context as it is; only the search makes no
use of the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from derive.kernel import rules
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import normal_form
from derive.search.scopes import is_searching, leaving_aside
from derive.search.tower import Tower
from derive.terms.context import Claim, Context
from derive.terms.term import Term, TermError, add, mul, num, rational, sub, subterms

SECONDS: Final = 1.5
"""Processor time after which nothing more is tried."""

MAX_SINGLE: Final = 4

Found = tuple[Theorem, Tower]
Search = Callable[[Context, Claim], Found]


def persistent(
    context: Context, claim: Claim, search: Search, again: Search, hopeless: Callable[[], bool]
) -> Found:
    """What ``search`` finds, else what ``again`` finds with fewer hypotheses. Raises KernelError.

    A theorem without conditions is preferred. A search inside another does not try again, and nothing is
    tried again that is ``hopeless``.
    """
    if is_searching():
        return search(context, claim)
    smaller = _fewer(context, claim)
    failure: Exception | None = None
    found: Found | None = None
    start = time.process_time()
    with leaving_aside(frozenset()):
        try:
            found = search(context, claim)
            if smaller:
                found = _discharged(found)
        except (KernelError, TermError, OverflowError) as error:
            failure = error
    if smaller and (found is None or found[0].conditions) and not hopeless():
        other = _with_fewer(context, claim, again, smaller, start)
        if other is not None:
            return other
    if found is not None:
        return found
    assert failure is not None
    raise failure


def _with_fewer(
    context: Context, claim: Claim, again: Search, smaller: list[frozenset[str]], start: float
) -> Found | None:
    """A theorem without conditions that needs no more than some of the hypotheses."""
    try:
        for names in smaller:
            with leaving_aside(names):
                try:
                    found = _discharged(again(context, claim))
                except (KernelError, TermError, OverflowError):
                    continue
            if not found[0].conditions:
                return found
            if time.process_time() - start > SECONDS:
                break
    finally:
        _forget_integrals()
    return None


def _discharged(found: Found) -> Found:
    from derive.search.obligations import fulfilled

    return fulfilled(*found), found[1]


def _fewer(context: Context, claim: Claim) -> list[frozenset[str]]:
    """The names of hypotheses to leave aside: those about other names, all equations, one of them."""
    stated = [(name, c) for name, c in context.hypotheses if c.lhs.head != "fun"]
    own = _names(context, [claim.lhs, claim.rhs])
    far = frozenset(n for n, c in stated if own.isdisjoint(_names(context, [c.lhs, c.rhs])))
    near = [n for n, c in stated if c.relation == "=" and n not in far and not _of_space(c)]
    out = [far, far.union(near)]
    if len(near) > 1:
        out += [far.union([name]) for name in near[:MAX_SINGLE]]
    return [names for names in dict.fromkeys(out) if names]


def _of_space(claim: Claim) -> bool:
    """Whether a hypothesis speaks of an integral over a space, which it only helps to find."""
    return any(t.head == "over" for side in (claim.lhs, claim.rhs) for t in subterms(side))


def _names(context: Context, terms: list[Term]) -> frozenset[str]:
    """The free names of terms, with those that their definitions use."""
    own = frozenset[str]().union(*(t.free for t in terms))
    return own.union(*(context.depends(n) for n in own))


def _forget_integrals() -> None:
    """Forget what was not found about integrals while hypotheses were left aside."""
    from derive.search import integrals, spaces

    integrals._remembered.cache_clear()
    spaces._value.cache_clear()


def with_a_total(context: Context, claim: Claim, search: Search) -> Found:
    """The claim with ``r/c`` times a sum S in place of its number r, where a hypothesis says ``S = c``.

    So ``Σ w*f < 1`` follows from ``Σ w*f < Σ w`` when ``Σ w = 1``. Raises KernelError.
    """
    gap = sub(claim.rhs, claim.lhs)
    constant = sum((c for c, u in normal_form(Ring(), gap).summands() if u == num(1)), Fraction(0))
    for name, stated in context.hypotheses:
        for side in (stated, stated.flipped()):
            value = rational(side.rhs)
            if not constant or not value or side.lhs.head != "sum" or side.relation != "=":
                continue
            m = constant / value
            other = add(sub(claim.rhs, num(constant)), mul(num(m), side.lhs))
            found, tower = search(context, Claim(claim.lhs, claim.relation, other))
            known = rules.hypothesis(context, name)
            times = m if known.claim.lhs == side.lhs else -m
            return rules.combine(context, claim, [found, known], [Fraction(1), times]), tower
    raise KernelError(f"order: no hypothesis gives a total for {claim}")
