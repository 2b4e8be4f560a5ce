"""Lower SymPy expressions to a program.

The expression is walked as it stands and never rebuilt, so a form made with `evaluate=False`
keeps its divisions. `b**-1` inside a product becomes a division, a term with a negative
coefficient a subtraction, `b**(1/2)` a square root.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from numeric.program import Builder, Program

Node: TypeAlias = Any  # SymPy has no types; every Node is a sympy.Basic

_UNARY: dict[Any, str] = {
    sp.exp: "exp",
    sp.log: "log",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.asin: "asin",
    sp.acos: "acos",
    sp.atan: "atan",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.Abs: "abs",
    sp.sign: "sign",
    sp.floor: "floor",
    sp.ceiling: "ceil",
    sp.erf: "erf",
    sp.erfc: "erfc",
    sp.gamma: "gamma",
    sp.loggamma: "loggamma",
    sp.digamma: "digamma",
}
_FOLDED: dict[Any, str] = {sp.Max: "max", sp.Min: "min"}


class UnsupportedExpression(ValueError):
    """A SymPy node has no numeric form here; the message names it, and so does `node`."""

    def __init__(self, node: str, reason: str) -> None:
        super().__init__(f"cannot lower {node}: {reason}")
        self.node = node


def _fraction(number: Node) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _is_negative_product(node: Node) -> bool:
    return isinstance(node, sp.Mul) and any(
        isinstance(factor, sp.Rational) and factor.p < 0 for factor in node.args
    )


def _is_inverse(node: Node) -> bool:
    """Whether this is b**(-r) for a literal rational r > 0 (and b is not e)."""
    return (
        isinstance(node, sp.Pow)
        and isinstance(node.exp, sp.Rational)
        and node.exp.p < 0
        and node.base is not sp.E
    )


def _is_digamma(node: Node) -> bool:
    return isinstance(node, sp.polygamma) and node.args[0] is sp.S.Zero


def _needs(node: Node) -> Iterator[Node]:
    """The nodes whose results the lowering of `node` reads."""
    if isinstance(node, sp.Add):
        for term in node.args:
            yield from _needs(term) if _is_negative_product(term) else (term,)
    elif isinstance(node, sp.Mul):
        for factor in node.args:
            if _is_inverse(factor):
                yield factor.base
            elif not isinstance(factor, sp.Rational):
                yield factor
    elif isinstance(node, sp.Pow):
        if node.base is not sp.E:
            yield node.base
        if node.base is sp.E or not isinstance(node.exp, sp.Rational):
            yield node.exp
    elif _is_digamma(node):
        yield node.args[1]
    elif node.func in _UNARY or node.func in _FOLDED:
        yield from node.args


class _Lowering:
    """One walk over several expressions, sharing a builder."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.done: dict[Node, int] = {}
        self.symbols: dict[str, Node] = {}

    def lower(self, root: Node) -> int:
        """The index of `root`; an explicit stack, so depth is not limited by recursion."""
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [need for need in _needs(node) if need not in self.done]
            if missing:
                stack.extend(reversed(missing))
                continue
            stack.pop()
            if node not in self.done:
                self.done[node] = self._emit(node)
        return self.done[root]

    def _emit(self, node: Node) -> int:
        op = self.builder.op
        if isinstance(node, sp.Symbol):
            return self._symbol(node)
        if isinstance(node, sp.Rational):
            return self.builder.const(_fraction(node))
        if node is sp.pi:
            return op("pi")
        if node is sp.E:
            return op("exp", self.builder.const(1))
        if isinstance(node, sp.Add):
            return self._sum(node)
        if isinstance(node, sp.Mul):
            return self._product(node)
        if isinstance(node, sp.Pow):
            return self._power(node)
        if _is_digamma(node):
            return op("digamma", self.done[node.args[1]])
        if node.func in _UNARY and len(node.args) == 1:
            return op(_UNARY[node.func], self.done[node.args[0]])
        if node.func in _FOLDED and node.args:
            return self._fold(_FOLDED[node.func], [self.done[arg] for arg in node.args])
        raise _unsupported(node)

    def _symbol(self, symbol: Node) -> int:
        if not symbol.is_commutative:
            raise UnsupportedExpression(f"Symbol {symbol.name}", "it does not commute")
        if self.symbols.setdefault(symbol.name, symbol) != symbol:
            raise UnsupportedExpression(
                f"Symbol {symbol.name}",
                "two different symbols (other assumptions, or a Dummy) have this name; rename one",
            )
        return self.builder.input(symbol.name)

    def _fold(self, name: str, indices: list[int]) -> int:
        result = indices[0]
        for index in indices[1:]:
            result = self.builder.op(name, result, index)
        return result

    def _sum(self, node: Node) -> int:
        added = [self.done[term] for term in node.args if not _is_negative_product(term)]
        removed = [self._product(term, -1) for term in node.args if _is_negative_product(term)]
        if not added:
            return self.builder.op("neg", self._fold("add", removed))
        return self._fold("sub", [self._fold("add", added), *removed])

    def _product(self, node: Node, scale: int = 1) -> int:
        """`scale` times the product, as one quotient of a numerator and a denominator."""
        coefficient = Fraction(scale)
        above, below = [], []
        for factor in node.args:
            if isinstance(factor, sp.Rational):
                coefficient *= _fraction(factor)
            elif _is_inverse(factor):
                below.append(self._positive_power(factor.base, -factor.exp))
            else:
                above.append(self.done[factor])
        negative = coefficient.numerator == -1
        top = 1 if negative else coefficient.numerator
        if top != 1 or not above:
            above.insert(0, self.builder.const(top))
        if coefficient.denominator != 1:
            below.insert(0, self.builder.const(coefficient.denominator))
        result = self._fold("mul", above)
        if below:
            result = self.builder.op("div", result, self._fold("mul", below))
        return self.builder.op("neg", result) if negative else result

    def _power(self, node: Node) -> int:
        if node.base is sp.E:
            return self.builder.op("exp", self.done[node.exp])
        if _is_inverse(node):
            below = self._positive_power(node.base, -node.exp)
            return self.builder.op("div", self.builder.const(1), below)
        if isinstance(node.exp, sp.Rational):
            return self._positive_power(node.base, node.exp)
        return self.builder.op("pow", self.done[node.base], self.done[node.exp])

    def _positive_power(self, base: Node, exponent: Node) -> int:
        index = self.done[base]
        if exponent == 1:
            return index
        if exponent == sp.Rational(1, 2):
            return self.builder.op("sqrt", index)
        return self.builder.op("pow", index, self.builder.const(_fraction(exponent)))


def _unsupported(node: Node) -> UnsupportedExpression:
    name = type(node).__name__
    if isinstance(node, sp.Float):
        return UnsupportedExpression(
            f"Float {node}", "no float is exact; write it as a Rational, such as Rational(1, 2)"
        )
    return UnsupportedExpression(
        name, f"{node} has no numeric form; rewrite it with the operations of numeric.program.OPS"
    )


def _root(expr: Any) -> Node:
    if isinstance(expr, bool) or not isinstance(expr, int | Fraction | sp.Basic):
        raise UnsupportedExpression(
            type(expr).__name__, f"{expr!r} is not a SymPy expression, an int or a Fraction"
        )
    return expr if isinstance(expr, sp.Basic) else sp.Rational(expr.numerator, expr.denominator)


def lower(*exprs: Any) -> Program:
    """A program with one output for each expression. Raises `UnsupportedExpression`.

    >>> from sympy.abc import x, y
    >>> lower(x - y / 2, 1 / sp.sqrt(x)).balls({"x": 4, "y": 1})
    [7/2, 1/2]
    >>> lower(0.5 * x)
    Traceback (most recent call last):
    numeric.from_sympy.UnsupportedExpression: cannot lower Float 0.500000000000000: no float is \
exact; write it as a Rational, such as Rational(1, 2)
    """
    lowering = _Lowering()
    return lowering.builder.build(*[lowering.lower(_root(expr)) for expr in exprs])
