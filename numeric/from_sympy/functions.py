"""The functions of SymPy: most are one operation, the others a few.

The symbols of a program are real, so `re` and `conjugate` are the identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import sympy as sp

from numeric.from_sympy.conditions import undefined
from numeric.from_sympy.walk import (
    Node,
    Rule,
    Rules,
    Scope,
    UnsupportedExpression,
    all_args,
    short,
    unsupported,
)
from numeric.operations import OPS

_Formula: TypeAlias = Callable[..., int]
_LONGEST_PRODUCT = 32

_DIRECT: dict[type, str] = {
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
    sp.besseli: "besseli",
}
_FOLDED: dict[type, str] = {sp.Max: "max", sp.Min: "min"}


def _direct(name: str) -> Rule:
    arity = OPS[name]

    def emit(scope: Scope, node: Node) -> int:
        args = node.args
        if len(args) != arity:
            raise unsupported(node)
        done = scope.done
        return scope.op(name, *[done[id(arg)] for arg in args])

    return Rule(all_args, emit)


def _folded(name: str) -> Rule:
    def emit(scope: Scope, node: Node) -> int:
        if not node.args:
            raise unsupported(node)
        return scope.fold(name, [scope.done[id(arg)] for arg in node.args])

    return Rule(all_args, emit)


def _formula(formula: _Formula, arity: int = 1) -> Rule:
    """A function written with a few operations, given the indices of its arguments."""

    def emit(scope: Scope, node: Node) -> int:
        if len(node.args) != arity:
            raise unsupported(node)
        return formula(scope, *[scope.done[id(arg)] for arg in node.args])

    return Rule(all_args, emit)


def _reciprocal(name: str) -> Rule:
    return _formula(lambda scope, x: _inverse(scope, scope.op(name, x)))


def _of_inverse(formula: _Formula) -> Rule:
    return _formula(lambda scope, x: formula(scope, _inverse(scope, x)))


def _inverse(scope: Scope, x: int) -> int:
    return scope.op("div", scope.const(1), x)


def _asinh(scope: Scope, x: int) -> int:
    """sign(x)·log(1 + |x| + x²/(1 + sqrt(1 + x²))), which keeps its digits near 0."""
    op, one = scope.op, scope.const(1)
    square = op("pow", x, scope.const(2))
    root = op("add", one, op("sqrt", op("add", one, square)))
    size = op("log1p", op("add", op("abs", x), op("div", square, root)))
    return op("mul", op("sign", x), size)


def _acosh(scope: Scope, x: int) -> int:
    """log(1 + (x - 1) + sqrt((x - 1)(x + 1))), which keeps its digits near 1."""
    op, one = scope.op, scope.const(1)
    past = op("sub", x, one)
    root = op("sqrt", op("mul", past, op("add", x, one)))
    return op("log1p", op("add", past, root))


def _atanh(scope: Scope, x: int) -> int:
    op = scope.op
    difference = op("sub", op("log1p", x), op("log1p", op("neg", x)))
    return op("div", difference, scope.const(2))


def _acot(scope: Scope, x: int) -> int:
    """atan(1/x), and pi/2 at 0, as SymPy has it."""
    op, zero = scope.op, scope.const(0)
    right_angle = op("div", op("pi"), scope.const(2))
    return op("select", op("eq", x, zero), right_angle, op("atan", _inverse(scope, x)))


def _atan2(scope: Scope, y: int, x: int) -> int:
    op, zero = scope.op, scope.const(0)
    slope, right_angle = op("atan", op("div", y, x)), op("div", op("pi"), scope.const(2))
    turn = op("select", op("lt", y, zero), op("neg", op("pi")), op("pi"))
    upright = op("mul", op("sign", y), op("div", right_angle, op("abs", op("sign", y))))
    left = op("select", op("lt", x, zero), op("add", slope, turn), upright)
    return op("select", op("lt", zero, x), slope, left)


def _angle(scope: Scope, x: int) -> int:
    """The angle of a real number: 0 or pi, and none at 0."""
    op, zero = scope.op, scope.const(0)
    other = op("select", op("lt", x, zero), op("pi"), undefined(scope))
    return op("select", op("lt", zero, x), zero, other)


def _sinc(scope: Scope, x: int) -> int:
    quotient = scope.op("div", scope.op("sin", x), x)
    return scope.op("select", scope.op("eq", x, scope.const(0)), scope.const(1), quotient)


def _factorial(scope: Scope, n: int) -> int:
    return scope.op("gamma", scope.op("add", n, scope.const(1)))


def _harmonic(scope: Scope, n: int) -> int:
    shifted = scope.op("digamma", scope.op("add", n, scope.const(1)))
    return scope.op("add", shifted, scope.op("euler_gamma"))


def _modulo(scope: Scope, a: int, b: int) -> int:
    whole = scope.op("floor", scope.op("div", a, b))
    return scope.op("sub", a, scope.op("mul", b, whole))


def _kronecker(scope: Scope, i: int, j: int) -> int:
    return scope.op("select", scope.op("eq", i, j), scope.const(1), scope.const(0))


def _polygamma(scope: Scope, node: Node) -> int:
    order, x = (scope.done[id(arg)] for arg in node.args)
    if node.args[0] is sp.S.Zero:
        return scope.op("digamma", x)
    return scope.op("polygamma", order, x)


def _beta(scope: Scope, node: Node) -> int:
    a, b = (scope.done[id(arg)] for arg in (node.args[0], node.args[-1]))
    top = scope.op("mul", scope.op("gamma", a), scope.op("gamma", b))
    return scope.op("div", top, scope.op("gamma", scope.op("add", a, b)))


def _binomial(scope: Scope, node: Node) -> int:
    """A polynomial for a small whole k, else by the gamma function, with its zeros.

    The value is 0 where k or n - k is a negative integer. At the poles of the gamma function of
    n + 1, n = -1, -2, ..., only the polynomial has a value.
    """
    op = scope.op
    n, k = (scope.done[id(arg)] for arg in node.args)
    whole = scope.integer(node.args[1])
    if whole is not None and 0 < whole <= _LONGEST_PRODUCT:
        factors = [n, *(op("sub", n, scope.const(i)) for i in range(1, whole))]
        divisor = scope.const(int(sp.factorial(whole)))
        return op("div", scope.fold("mul", factors), divisor)
    rest = op("sub", n, k)
    top = _factorial(scope, n)
    ratio = op("div", top, op("mul", _factorial(scope, k), _factorial(scope, rest)))
    vanishes = op("or", _negative_integer(scope, k), _negative_integer(scope, rest))
    return op("select", vanishes, op("mul", scope.const(0), top), ratio)


def _negative_integer(scope: Scope, x: int) -> int:
    op = scope.op
    return op("and", op("lt", x, scope.const(0)), op("eq", x, op("floor", x)))


def _applied(scope: Scope, node: Node) -> int:
    raise UnsupportedExpression(
        type(node).__name__,
        f"{short(node)} has no numeric form; put a formula in place of the function first",
    )


RULES: Rules = {
    **{head: _direct(name) for head, name in _DIRECT.items()},
    **{head: _folded(name) for head, name in _FOLDED.items()},
    sp.sec: _reciprocal("cos"),
    sp.csc: _reciprocal("sin"),
    sp.cot: _formula(lambda scope, x: scope.op("div", scope.op("cos", x), scope.op("sin", x))),
    sp.sech: _reciprocal("cosh"),
    sp.csch: _reciprocal("sinh"),
    sp.coth: _reciprocal("tanh"),
    sp.asec: _of_inverse(lambda scope, x: scope.op("acos", x)),
    sp.acsc: _of_inverse(lambda scope, x: scope.op("asin", x)),
    sp.acot: _formula(_acot),
    sp.atan2: _formula(_atan2, 2),
    sp.asinh: _formula(_asinh),
    sp.acosh: _formula(_acosh),
    sp.atanh: _formula(_atanh),
    sp.asech: _of_inverse(_acosh),
    sp.acsch: _of_inverse(_asinh),
    sp.acoth: _of_inverse(_atanh),
    sp.sinc: _formula(_sinc),
    sp.frac: _formula(lambda scope, x: scope.op("sub", x, scope.op("floor", x))),
    sp.Mod: _formula(_modulo, 2),
    sp.KroneckerDelta: _formula(_kronecker, 2),
    sp.re: _formula(lambda _scope, x: x),
    sp.conjugate: _formula(lambda _scope, x: x),
    sp.im: _formula(lambda scope, x: scope.op("mul", scope.const(0), x)),
    sp.arg: _formula(_angle),
    sp.factorial: _formula(_factorial),
    sp.harmonic: _formula(_harmonic),
    sp.erf2: _formula(
        lambda scope, a, b: scope.op("sub", scope.op("erf", b), scope.op("erf", a)), 2
    ),
    sp.polygamma: Rule(all_args, _polygamma),
    sp.trigamma: _formula(lambda scope, x: scope.op("polygamma", scope.const(1), x)),
    sp.beta: Rule(all_args, _beta),
    sp.binomial: Rule(all_args, _binomial),
    sp.core.function.AppliedUndef: Rule(all_args, _applied),
}
