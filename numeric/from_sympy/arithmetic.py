"""Symbols, numbers, sums, products and powers of SymPy.

`b**-1` inside a product becomes a division, a term with a negative coefficient a subtraction,
`b**(1/2)` a square root, and `b**-2` reads `b**2`, which other parts may share.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import sympy as sp

from numeric.from_sympy.walk import (
    Node,
    Rule,
    Rules,
    Scope,
    UnsupportedExpression,
    all_args,
    no_needs,
)

_HALF = sp.S.Half


class _Quotient(NamedTuple):
    """A product as `top/bottom` times the `above` nodes over the powers `below`."""

    top: int
    bottom: int
    above: list[Node]
    below: list[tuple[Node, Node]]
    needs: list[Node]


def _rational(number: Node) -> Fraction | int:
    """The value of a SymPy rational."""
    return Fraction(int(number.p), int(number.q)) if number.q != 1 else int(number.p)


def _is_inverse(node: Node) -> bool:
    """Whether this is b**(-r) for a literal rational r > 0 (and b is not e)."""
    return (
        bool(node.is_Pow and (exponent := node.exp).is_Rational and exponent.p < 0)
        and node.base is not sp.E
    )


def _quotient(scope: Scope, node: Node) -> _Quotient:
    plan: _Quotient | None = scope.plans.get(id(node))
    if plan is not None:
        return plan
    top, bottom = 1, 1
    above: list[Node] = []
    below: list[tuple[Node, Node]] = []
    needs: list[Node] = []
    for factor in node.args:
        if factor.is_Rational:
            top, bottom = top * int(factor.p), bottom * int(factor.q)
        elif _is_inverse(factor):
            below.append((factor.base, -factor.exp))
            needs.append(factor.base)
        else:
            above.append(factor)
            needs.append(factor)
    if bottom != 1:
        top, bottom = Fraction(top, bottom).as_integer_ratio()
    plan = scope.plans[id(node)] = _Quotient(top, bottom, above, below, needs)
    return plan


def _product(scope: Scope, plan: _Quotient, sign: int = 1) -> int:
    """`sign` times the product, as one quotient of a numerator and a denominator."""
    done, op = scope.done, scope.op
    top = sign * plan.top
    above = [done[id(factor)] for factor in plan.above]
    if abs(top) != 1 or not above:
        above.insert(0, scope.const(top if top != -1 else 1))
    result = above[0] if len(above) == 1 else scope.fold("mul", above)
    if plan.below or plan.bottom != 1:
        below = [_positive_power(scope, base, exponent) for base, exponent in plan.below]
        if plan.bottom != 1:
            below.insert(0, scope.const(plan.bottom))
        result = op("div", result, scope.fold("mul", below))
    return op("neg", result) if top == -1 else result


def _positive_power(scope: Scope, base: Node, exponent: Node) -> int:
    index = scope.done[id(base)]
    if exponent is sp.S.One:
        return index
    if exponent is _HALF:
        return scope.op("sqrt", index)
    return scope.op("pow", index, scope.const(_rational(exponent)))


def _mul(scope: Scope, node: Node) -> int:
    return _product(scope, _quotient(scope, node))


def _mul_needs(scope: Scope, node: Node) -> Sequence[Node]:
    return _quotient(scope, node).needs


def _add_needs(scope: Scope, node: Node) -> Sequence[Node]:
    needs: list[Node] = []
    for term in node.args:
        if term.is_Mul and (plan := _quotient(scope, term)).top < 0:
            needs += plan.needs
        else:
            needs.append(term)
    return needs


def _add(scope: Scope, node: Node) -> int:
    done = scope.done
    added: list[int] = []
    removed: list[int] = []
    for term in node.args:
        if term.is_Mul and (plan := _quotient(scope, term)).top < 0:
            removed.append(_product(scope, plan, -1))
        else:
            added.append(done[id(term)])
    if not added:
        return scope.op("neg", scope.fold("add", removed))
    return scope.fold("sub", [scope.fold("add", added), *removed])


def _pow_needs(_scope: Scope, node: Node) -> Sequence[Node]:
    base, exponent = node.args
    if base is sp.E:
        return (exponent,)
    return (base,) if exponent.is_Rational else (base, exponent)


def _pow(scope: Scope, node: Node) -> int:
    base, exponent = node.args
    if base is sp.E:
        return scope.op("exp", scope.done[id(exponent)])
    if not exponent.is_Rational:
        return scope.op("pow", scope.done[id(base)], scope.done[id(exponent)])
    if exponent.p < 0:
        return scope.op("div", scope.const(1), _positive_power(scope, base, -exponent))
    return _positive_power(scope, base, exponent)


def _symbol(scope: Scope, symbol: Node) -> int:
    if not symbol.is_commutative:
        raise UnsupportedExpression(f"Symbol {symbol.name}", "it does not commute")
    return scope.leaf(symbol, symbol.name)


def _golden_ratio(scope: Scope, _node: Node) -> int:
    root = scope.op("sqrt", scope.const(5))
    return scope.op("div", scope.op("add", scope.const(1), root), scope.const(2))


_NUMBER = Rule(no_needs, lambda scope, node: scope.const(_rational(node)))
_SYMBOL = Rule(no_needs, _symbol)

RULES: Rules = {
    **dict.fromkeys(
        (sp.Rational, sp.Integer, *map(type, (sp.S.Half, sp.S.One, sp.S.Zero))), _NUMBER
    ),
    type(sp.S.NegativeOne): _NUMBER,
    sp.Symbol: _SYMBOL,
    sp.Idx: _SYMBOL,
    sp.Add: Rule(_add_needs, _add),
    sp.Mul: Rule(_mul_needs, _mul),
    sp.Pow: Rule(_pow_needs, _pow),
    type(sp.pi): Rule(no_needs, lambda scope, _: scope.op("pi")),
    type(sp.E): Rule(no_needs, lambda scope, _: scope.op("exp", scope.const(1))),
    type(sp.EulerGamma): Rule(no_needs, lambda scope, _: scope.op("euler_gamma")),
    type(sp.GoldenRatio): Rule(no_needs, _golden_ratio),
    sp.UnevaluatedExpr: Rule(all_args, lambda scope, node: scope.done[id(node.args[0])]),
}
