"""Equations of matrices by multiplying with the inside of an inverse.

When ``inv(M)`` for a sum M stands in an equation, both sides are multiplied by M, where it cancels;
since M is invertible, the equation follows. So Woodbury's identity is a matter of algebra.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.search.matrices import is_inverse
from derive.search.words import ONE, letters, parts, size_of
from derive.terms.context import Context
from derive.terms.term import Term, add, call, matmul, neg

if TYPE_CHECKING:
    from derive.search.tower import Tower

Prove = Callable[[Term, Term], tuple[Theorem, "Tower"]]


def by_multiplying(tower: Tower, lhs: Term, rhs: Term, prove: Prove) -> tuple[Theorem, Tower]:
    """``lhs = rhs`` from a product of both with the inside of an inverse, or from their traces.

    The traces are what matters for matrices with one entry. Raises KernelError.
    """
    if size_of(tower.context, lhs) == (ONE, ONE):
        return _by_traces(lhs, rhs, prove)
    failure = KernelError("matrices: there is no inverse to multiply by")
    for inverse, on_left in _outer_inverses(tower, lhs, rhs):
        (inner,) = inverse.args
        sides = [matmul(inner, s) if on_left else matmul(s, inner) for s in (lhs, rhs)]
        try:
            theorem, last = prove(*sides)
        except KernelError as error:
            failure = error
            continue
        return _cancelled(tower.context, theorem, inner, lhs, rhs, on_left=on_left), last
    raise failure


def _by_traces(lhs: Term, rhs: Term, prove: Prove) -> tuple[Theorem, Tower]:
    """``a = trace(a)*eye(1) = trace(b)*eye(1) = b`` for matrices with one entry."""
    theorem, tower = prove(call("trace", lhs), call("trace", rhs))
    context = tower.context
    first, last = (fact(context, "single_entry", {"A": side}) for side in (lhs, rhs))
    middle = first.claim.rhs
    same = rules.congruence(context, middle, [theorem, rules.refl(context, middle.args[1])])
    return rules.trans(rules.trans(first, same), rules.symmetry(last)), tower


def _outer_inverses(tower: Tower, lhs: Term, rhs: Term) -> Iterator[tuple[Term, bool]]:
    """The inverses of sums at the ends of the words of both sides, and whether on the left."""
    seen = set()
    for _, word in parts(tower, add(lhs, neg(rhs))):
        spelling = letters(word)
        for place in (0, -1):
            if spelling and is_inverse(spelling[place]):
                key = (spelling[place], place == 0)
                many = len(parts(tower, spelling[place].args[0])) > 1
                if key not in seen and (many or tower.given):
                    seen.add(key)
                    yield key


def _cancelled(
    context: Context, theorem: Theorem, inner: Term, lhs: Term, rhs: Term, *, on_left: bool
) -> Theorem:
    """From ``M @ a = M @ b`` infer ``a = b``, or the same with M on the right."""
    inverse = call("inv", inner)
    if on_left:
        both = rules.congruence(
            context, matmul(inverse, theorem.claim.lhs), [rules.refl(context, inverse), theorem]
        )
    else:
        both = rules.congruence(
            context, matmul(theorem.claim.lhs, inverse), [theorem, rules.refl(context, inverse)]
        )
    first, last = (_undone(context, inner, side, on_left=on_left) for side in (lhs, rhs))
    return rules.trans(rules.trans(first, both), rules.symmetry(last))


def _undone(context: Context, inner: Term, side: Term, *, on_left: bool) -> Theorem:
    """``a = inv(M) @ (M @ a)``, or ``a = (a @ M) @ inv(M)``."""
    inverse, n = call("inv", inner), size_of(context, inner)[0]
    name = "left" if on_left else "right"
    one = fact(context, f"inverse_{name}", {"A": inner, "n": n})
    plain = fact(context, f"identity_{name}", {"A": side, "n": n})
    same = rules.refl(context, side)
    if on_left:
        pair = rules.congruence(context, matmul(one.claim.lhs, side), [one, same])
        moved = fact(context, "associative", {"A": inverse, "B": inner, "C": side})
        return rules.trans(rules.trans(rules.symmetry(plain), rules.symmetry(pair)), moved)
    pair = rules.congruence(context, matmul(side, one.claim.lhs), [same, one])
    moved = fact(context, "associative", {"A": side, "B": inner, "C": inverse})
    known = rules.trans(rules.symmetry(plain), rules.symmetry(pair))
    return rules.trans(known, rules.symmetry(moved))
