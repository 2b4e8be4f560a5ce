"""The facts of `derive.kernel.schemas` about sums and products, given the terms they are about."""

from __future__ import annotations

from derive.kernel.schemas import Letters, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import Context
from derive.terms.term import Term


def _letters(rule: str, node: Term, **numbers: Term) -> Letters:
    if node.head not in ("sum", "prod"):
        raise KernelError(f"{rule}: {node} is not a sum or product")
    body, low, high = node.args
    plain = {"a": low, "b": high, **numbers}
    return {"F": ((node.payload,), body), **{k: ((), t) for k, t in plain.items()}}


def range_split(context: Context, node: Term, last: Term, first: Term) -> Theorem:
    """``Σ_a^b f = Σ_a^last f + Σ_first^b f`` under ``last + 1 = first``, ``a <= first``, ``last <= b``.

    A product splits into a product. Either part may be empty. Raises KernelError.
    """
    letters = _letters("range_split", node, c=last, d=first)
    return schema(context, f"{node.head}_split", letters)


def range_empty(context: Context, node: Term) -> Theorem:
    """``Σ_a^b f = 0`` and ``Π_a^b f = 1`` under ``b < a``. Raises KernelError.

    >>> from derive.terms import read
    >>> from numeric.domain import Domain
    >>> range_empty(Context().declare("n", Domain(integer=True)), read("Sum(i, i, n, 3)"))
    [3 < n] ⊢ Sum(i, i, n, 3) = 0
    """
    return schema(context, f"{node.head}_empty", _letters("range_empty", node))


def range_move(
    context: Context, node: Term, shift: Term, low: Term, high: Term, backwards: bool = False
) -> Theorem:
    """``Σ_(i=a)^b f(i) = Σ_(j=low)^high f(shift + j)`` under ``shift + low = a``, ``shift + high = b``.

    With ``backwards`` it is ``f(shift - j)``, under ``shift - low = b`` and ``shift - high = a``. Raises
    KernelError.
    """
    letters = _letters("range_move", node, s=shift, c=low, d=high)
    return schema(context, f"{node.head}_{'turn' if backwards else 'move'}", letters)


def range_exchange(context: Context, node: Term) -> Theorem:
    """``Σ_i Σ_j f = Σ_j Σ_i f`` for two different indices, neither of them free in an end.

    Raises KernelError.
    """
    letters = _letters("range_exchange", node)
    inner = node.args[0]
    if inner.head != node.head or inner.payload == node.payload:
        raise KernelError(f"range_exchange: {node} is not a double sum or product")
    body, low, high = inner.args
    names = (node.payload, inner.payload)
    if any(name in end.free for end in (*node.args[1:], low, high) for name in names):
        raise KernelError(f"range_exchange: the ranges of {node} depend on each other")
    both = {**letters, "F": (names, body), "c": ((), low), "d": ((), high)}
    return schema(context, f"{node.head}_exchange", both)


def range_exp(context: Context, node: Term) -> Theorem:
    """``exp(Σ f) = Π exp(f)``. Raises KernelError."""
    if node.head != "sum":
        raise KernelError(f"range_exp: {node} is not a sum")
    return schema(context, "exp_range", _letters("range_exp", node))
