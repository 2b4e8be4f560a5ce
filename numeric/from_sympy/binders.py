"""Sums, products and integrals of SymPy, and the entries of indexed families.

A short sum between known integers is written out, and so is one that indexes a family by its
variable; any other becomes one instruction with a body. SymPy follows Karr: where the bounds of a
sum are the wrong way round, Sum(f, (i, a, b)) is -Sum(f, (i, b + 1, a - 1)), and a product is one
over a product. A sum here is empty then, so unless SymPy knows that a <= b + 1, the other range is
emitted as well, and subtracted: one of the two is always empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import sympy as sp

from numeric.from_sympy.walk import (
    Node,
    NotAnInteger,
    Rule,
    Rules,
    Scope,
    UnsupportedExpression,
    no_needs,
    short,
)

WRITTEN_OUT = 32
"""A sum between known integers of at most so many terms is written out."""

MOST_WRITTEN_OUT = 20_000
"""The same, for a sum that indexes a family by its variable."""

MOST_COPIES = 1024
"""How often a body may be repeated by nested sums before those inside are not written out."""

_Limits: TypeAlias = Sequence[Node]
_Emit: TypeAlias = Callable[[Scope], int]
_KIND = {"sum": ("add", "sub", 0), "prod": ("mul", "div", 1)}


def _range(name: str) -> Rule:
    def emit(scope: Scope, node: Node) -> int:
        return _ranges(scope, name, node, node.limits)

    return Rule(no_needs, emit)


def _ranges(scope: Scope, name: str, node: Node, limits: _Limits) -> int:
    """The sum or product over `limits`, of which the last is the outermost."""
    if not limits:
        return scope.number(node.function)
    variable, low, high = _limit(node, limits[-1])
    for end in (low, high):
        if end.is_infinite or (end.is_Rational and not end.is_Integer):
            raise UnsupportedExpression(
                type(node).__name__,
                f"the bound {end} of {short(node)} is not an integer; call .doit() for a closed "
                "form, or give it integer bounds",
            )
    first, last = scope.integer(low), scope.integer(high)

    def body(inner: Scope) -> int:
        return _ranges(inner, name, node, limits[:-1])

    if first is not None and last is not None:
        count = abs(last + 1 - first)
        if count <= WRITTEN_OUT and count * scope.copies <= MOST_COPIES:
            return _written_out(scope, name, variable, body, first, last)
    try:
        return _bound(scope, name, variable, body, low, high)
    except NotAnInteger:
        if first is None or last is None:
            raise
    if abs(last - first) >= MOST_WRITTEN_OUT:
        raise UnsupportedExpression(
            type(node).__name__,
            f"{short(node)} indexes a family and has more than {MOST_WRITTEN_OUT} terms; split it",
        )
    return _written_out(scope, name, variable, body, first, last)


def _limit(node: Node, limit: Node) -> tuple[Node, Node, Node]:
    if len(limit) != 3:
        raise UnsupportedExpression(
            type(node).__name__,
            f"{short(node)} has no lower and upper bound for {limit[0]}; give both",
        )
    variable, low, high = limit
    return variable, low, high


def _written_out(
    scope: Scope, name: str, variable: Node, body: _Emit, first: int, last: int
) -> int:
    together, apart, start = _KIND[name]
    reversed_ = last < first - 1
    if reversed_:
        first, last = last + 1, first - 1
    if last < first:
        return scope.const(start)
    count = last - first + 1
    result = scope.fold(
        together,
        (body(scope.with_value(variable, value, count)) for value in range(first, last + 1)),
    )
    return scope.op(apart, scope.const(start), result) if reversed_ else result


def _bound(scope: Scope, name: str, variable: Node, body: _Emit, low: Node, high: Node) -> int:
    lower, upper = scope.number(low), scope.number(high)
    bounds: list[tuple[int | None, int | None]] = [(lower, upper)]
    if not (high - low + 1).is_nonnegative:
        one = scope.const(1)
        bounds.append((scope.op("add", upper, one), scope.op("sub", lower, one)))
    parts = scope.bind(name, variable, body, *bounds)
    return scope.fold(_KIND[name][1], parts)


def _integral(scope: Scope, node: Node) -> int:
    return _integrals(scope, node, node.limits)


def _integrals(scope: Scope, node: Node, limits: _Limits) -> int:
    if not limits:
        return scope.number(node.function)
    variable, low, high = _limit(node, limits[-1])
    if low == high and low.is_infinite:
        raise UnsupportedExpression("Integral", f"{short(node)} has both bounds at {low}")
    flipped = low is sp.oo or high is -sp.oo
    if flipped:
        low, high = high, low
    bounds = (
        None if low is -sp.oo else scope.number(low),
        None if high is sp.oo else scope.number(high),
    )
    (result,) = scope.bind(
        "integral", variable, lambda inner: _integrals(inner, node, limits[:-1]), bounds
    )
    return scope.op("neg", result) if flipped else result


def places(scope: Scope, node: Node, indices: Sequence[Node]) -> tuple[int, ...]:
    """The values of the indices of `node`. Raises `NotAnInteger` when one is not known."""
    out = []
    for index in indices:
        value = scope.integer(index)
        if value is None:
            raise NotAnInteger(
                type(node).__name__,
                f"the index {index} of {node} is not a known integer; "
                "give numbers as indices, and numbers as bounds to the sums over them",
            )
        out.append(value)
    return tuple(out)


def entry(scope: Scope, node: Node, family: Node, indices: Sequence[Node]) -> int:
    """An entry of a family or of a matrix symbol: an input called like `q[0]`."""
    at = places(scope, node, indices)
    return scope.leaf(node.func(family, *at), f"{family}[{', '.join(map(str, at))}]")


def _indexed(scope: Scope, node: Node) -> int:
    return entry(scope, node, node.base, node.indices)


RULES: Rules = {
    sp.Sum: _range("sum"),
    sp.Product: _range("prod"),
    sp.Integral: Rule(no_needs, _integral),
    sp.Indexed: Rule(no_needs, _indexed),
}
