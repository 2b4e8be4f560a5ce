"""Conditions of SymPy, and what depends on them: Piecewise, ITE, absolute angles.

A Piecewise is nested selects. Where none of its conditions holds it has no value, which
`log(-1)` stands for. A condition with an undefined part is undefined, and both sides of an And
or an Or are evaluated: a guard guards a branch, not another condition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

_INFINITE = (sp.S.Infinity, sp.S.NegativeInfinity)


def undefined(scope: Scope) -> int:
    """A number without a value."""
    return scope.op("log", scope.const(-1))


def _piecewise_needs(_scope: Scope, node: Node) -> Sequence[Node]:
    return [part for piece in node.args for part in piece.args]


def _piecewise(scope: Scope, node: Node) -> int:
    pieces = list(node.args)
    last = pieces.pop().expr if pieces[-1].cond is sp.true else None
    result = undefined(scope) if last is None else scope.number(last)
    for piece in reversed(pieces):
        result = scope.op("select", scope.truth(piece.cond), scope.number(piece.expr), result)
    return result


def _comparison(name: str, swap: bool = False) -> Rule:
    def needs(_scope: Scope, node: Node) -> Sequence[Node]:
        return [side for side in node.args if side not in _INFINITE]

    def emit(scope: Scope, node: Node) -> int:
        if any(side in _INFINITE for side in node.args):
            return _with_infinity(scope, node)
        left, right = (scope.done[id(side)] for side in node.args)
        return scope.op(name, right, left) if swap else scope.op(name, left, right)

    return Rule(needs, emit, truth=True)


def _with_infinity(scope: Scope, node: Node) -> int:
    """A comparison with an infinite side is settled, wherever the finite side is defined."""
    sides = [sp.S.Zero if side not in _INFINITE else side for side in node.args]
    settled = node.func(*sides)
    finite = [scope.done[id(side)] for side in node.args if side not in _INFINITE]
    if settled not in (sp.true, sp.false) or not finite:
        raise UnsupportedExpression(type(node).__name__, f"{node} cannot be decided")
    zero, size = scope.const(0), scope.op("abs", finite[0])
    return scope.op("le", zero, size) if settled is sp.true else scope.op("lt", size, zero)


def _equality(name: str) -> Rule:
    rule = _comparison(name)

    def emit(scope: Scope, node: Node) -> int:
        if any(isinstance(side, sp.logic.boolalg.BooleanFunction) for side in node.args):
            raise UnsupportedExpression(
                type(node).__name__, f"{node} compares conditions; write it with And, Or and Not"
            )
        return rule.emit(scope, node)

    return rule._replace(emit=emit)


def _logic(emit: Callable[[Scope, list[int]], int]) -> Rule:
    def rule(scope: Scope, node: Node) -> int:
        return emit(scope, [scope.done[id(arg)] for arg in node.args])

    return Rule(all_args, rule, reads="truths", truth=True)


def _if_then_else(scope: Scope, parts: list[int]) -> int:
    """By way of the numbers 1 and 0, so that the branch that is not taken need not be defined."""
    one, zero = scope.const(1), scope.const(0)
    taken, other = (scope.op("select", part, one, zero) for part in parts[1:])
    return scope.op("eq", scope.op("select", parts[0], taken, other), one)


def _settled(name: str) -> Rule:
    return Rule(
        no_needs, lambda scope, _: scope.op(name, scope.const(0), scope.const(0)), truth=True
    )


RULES: Rules = {
    sp.Piecewise: Rule(_piecewise_needs, _piecewise, reads="either"),
    sp.StrictLessThan: _comparison("lt"),
    sp.LessThan: _comparison("le"),
    sp.StrictGreaterThan: _comparison("lt", swap=True),
    sp.GreaterThan: _comparison("le", swap=True),
    sp.Equality: _equality("eq"),
    sp.Unequality: _equality("ne"),
    sp.And: _logic(lambda scope, parts: scope.fold("and", parts)),
    sp.Or: _logic(lambda scope, parts: scope.fold("or", parts)),
    sp.Not: _logic(lambda scope, parts: scope.op("not", *parts)),
    sp.Implies: _logic(lambda scope, parts: scope.op("or", scope.op("not", parts[0]), parts[1])),
    sp.ITE: _logic(_if_then_else),
    type(sp.true): _settled("eq"),
    type(sp.false): _settled("ne"),
}
