"""Tactics for matrices: products, traces, determinants, inverses."""

from __future__ import annotations

from typing import Final

from derive.kernel.theorem import KernelError, Theorem
from derive.search.tower import prove_equal
from derive.tactics.registry import Goal, Refused, finished, tactic
from derive.tactics.within import WRITTEN, first_of, has
from derive.terms.shapes import is_matrix
from derive.terms.term import subterms

MATRICES: Final = WRITTEN | {"matrix"}


@tactic("mat_ring", "primitive", "sums, products, transposes and inverses of matrices, in order")
def mat_ring(goal: Goal) -> Theorem:
    """Both sides have one normal form as sums of words; an inverse is cancelled, or multiplied out.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "A": "matrix n x n", "B": "matrix n x n"}
    >>> mat_ring(goal("transpose(A @ B) = transpose(B) @ transpose(A)", **f))
    ⊢ transpose(A @ B) = transpose(B) @ transpose(A)
    >>> mat_ring(goal("A @ B = B @ A", **f))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: A @ B and B @ A have different normal forms
    >>> mat_ring(goal("x + 1 = 1 + x", x="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: mat_ring: there is no matrix in x + 1 = 1 + x
    """
    _needs_matrix("mat_ring", goal)
    try:
        return first_of(goal, (MATRICES,))
    except KernelError as error:
        if not is_matrix(goal.context, goal.claim.lhs) or not has(goal, "inv"):
            raise error from None
    return finished(prove_equal(goal.context, goal.claim.lhs, goal.claim.rhs)[0])


@tactic("trace_cyc", "primitive", "the trace is linear and lets its factors rotate")
def trace_cyc(goal: Goal) -> Theorem:
    """Traces of sums taken apart, words under a trace rotated.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "A": "matrix n x n", "B": "matrix n x n", "C": "matrix n x n"}
    >>> trace_cyc(goal("trace(A @ B @ C) = trace(C @ A @ B)", **f))
    ⊢ trace(A @ B @ C) = trace(C @ A @ B)
    >>> trace_cyc(goal("trace(A @ B @ C) = trace(B @ A @ C)", **f))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: trace(A @ B @ C) and trace(B @ A @ C) have different normal \
forms
    """
    if not has(goal, "trace"):
        raise Refused(f"trace_cyc: there is no trace in {goal.claim}")
    return first_of(goal, (MATRICES, MATRICES | {"range"}))


@tactic("det_mul", "primitive", "determinants of products, multiples, transposes and inverses")
def det_mul(goal: Goal) -> Theorem:
    """A determinant splits over square factors.

    >>> from derive.tactics import goal
    >>> f = {"n": "integer >= 1", "A": "matrix n x n", "B": "matrix n x n"}
    >>> det_mul(goal("det(A @ B) = det(B)*det(A)", **f))
    ⊢ det(A @ B) = det(B)*det(A)
    >>> det_mul(goal("det(A + B) = det(A) + det(B)", **f))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: det(A + B) and det(A) + det(B) have different normal forms
    """
    if not has(goal, "det"):
        raise Refused(f"det_mul: there is no determinant in {goal.claim}")
    return first_of(goal, (MATRICES, MATRICES | {"log", "exp", "power"}))


def _needs_matrix(name: str, goal: Goal) -> None:
    sides = (goal.claim.lhs, goal.claim.rhs)
    if not any(is_matrix(goal.context, part) for side in sides for part in subterms(side)):
        raise Refused(f"{name}: there is no matrix in {goal.claim}")
