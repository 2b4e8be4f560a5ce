"""Integrals of sums: over an interval and over a space, by the facts of `derive.kernel.schemas`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from derive.kernel import rules
from derive.kernel.schemas import Letter, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import Context
from derive.terms.substitution import substitute
from derive.terms.term import Term, add, mul, rebuild, sym, total


def summed(parts: Sequence[Term]) -> Term:
    """A sum of two parts at a time, as the facts have it."""
    return reduce(add, parts)


def weighted(known: Sequence[Theorem], factors: Sequence[Term], x: Term) -> Term:
    """``c1*f1 + ...`` in x, where the theorems say ``Int fi = vi``."""
    bodies = [substitute(t.claim.lhs.args[0], {t.claim.lhs.payload: x}) for t in known]
    return summed([mul(c, f) for c, f in zip(factors, bodies, strict=True)])


def linear(node: Term, same: Theorem, known: Sequence[Theorem], factors: Sequence[Term]) -> Theorem:
    """From ``f = c1*f1 + ...`` at every point and ``Int fi = vi`` infer ``Int f = c1*v1 + ...``.

    ``node`` is the integral of f, ``same`` the equation with `weighted` as its right-hand side, in the
    context with one more name. Raises KernelError when they do not fit.
    """
    fits = 0 < len(known) == len(factors)
    if not fits or any(t.claim.lhs.args[1:] != node.args[1:] for t in known):
        raise KernelError(f"linear: the parts do not fit the integral {node}")
    context, kind = known[0].context, "space" if node.head == "over" else "integral"
    x = sym(next(n for n in (d.name for d in same.context) if n not in context))
    out, body = None, None
    for theorem, factor in zip(known, factors, strict=True):
        f = substitute(theorem.claim.lhs.args[0], {theorem.claim.lhs.payload: x})
        letters = {**ranges(node), "c": ((), factor), "f": ((x.payload,), f)}
        part = schema(context, f"{kind}_multiple", letters, (), [theorem])
        piece = mul(factor, f)
        if out is None or body is None:
            out, body = part, piece
            continue
        both = {**ranges(node), "f": ((x.payload,), body), "g": ((x.payload,), piece)}
        joined = schema(context, f"{kind}_sum", both, (), [out, part])
        out, body = rules.ring(context, joined.claim.lhs, add(out.claim.rhs, part.claim.rhs),
                               [out, part, joined]), add(body, piece)  # fmt: skip
    assert out is not None and body is not None
    sides = {"f": ((x.payload,), same.claim.lhs), "g": ((x.payload,), body)}
    main = schema(context, f"{kind}_equal", {**ranges(node), **sides}, [same], [out])
    value = total([mul(c, t.claim.rhs) for c, t in zip(factors, known, strict=True)])
    return rules.ring(context, node, value, [*known, out, main])


def transferred(context: Context, node: Term, same: Theorem, known: Theorem) -> Theorem:
    """``node = Int g`` when ``same`` says ``f = g`` at every point and ``known`` speaks of the latter."""
    x = same.context.symbols[-1].name
    sides = {"f": ((x,), same.claim.lhs), "g": ((x,), same.claim.rhs)}
    return schema(context, "integral_equal", {**ranges(node), **sides}, [same], [known])


def ranges(node: Term) -> dict[str, Letter]:
    """The letters for the space of an integral, or for its ends."""
    names = "X" if node.head == "over" else "ab"
    return {n: ((), end) for n, end in zip(names, node.args[1:], strict=True)}


def joined(first: Theorem, second: Theorem) -> Theorem:
    """From ``Int(f, x, a, b) = v`` and ``Int(f, x, b, c) = w`` infer ``Int(f, x, a, c) = v + w``.

    f must be continuous by its form, and defined at b. Raises KernelError.
    """
    left, right = first.claim.lhs, second.claim.lhs
    letters: dict[str, Letter] = {"f": ((left.payload,), left.args[0]), "c": ((), right.args[2])}
    main = schema(first.context, "integral_join", {**ranges(left), **letters}, (), [first, second])
    node = rebuild(left, (left.args[0], left.args[1], right.args[2]))
    value = add(first.claim.rhs, second.claim.rhs)
    return rules.ring(first.context, node, value, [first, second, main])
