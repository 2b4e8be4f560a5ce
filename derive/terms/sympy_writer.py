"""Terms written as SymPy trees; the encoding is described in `derive.terms.sympy_bridge`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import gcd
from typing import Any, Final

import sympy

from derive.terms.context import RESERVED, Context, Kind
from derive.terms.heads import CONSTANTS, FUNCTIONS
from derive.terms.sympy_domains import BridgeError, assumptions, check_name, check_use
from derive.terms.sympy_matrices import concerns, write_matrix
from derive.terms.term import Term
from numeric.domain import INTEGER, REAL, Domain

Scope = Mapping[str, Any]
"""The SymPy symbol that stands for each bound name."""

MINUS_ONE: Final = sympy.Integer(-1)
HALF: Final = sympy.Rational(1, 2)
DENSITY: Final = ".density"
FUNCTION_CLASSES: Final[dict[str, Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "Gamma": sympy.gamma,
    "loggamma": sympy.loggamma,
    "digamma": sympy.digamma,
    "Beta": sympy.beta,
    "max": sympy.Max,
    "min": sympy.Min,
}
RANGE_CLASSES: Final[dict[str, Any]] = {
    "sum": sympy.Sum,
    "prod": sympy.Product,
    "int": sympy.Integral,
}


def _node(cls: Any, *args: Any) -> Any:
    """The node as given: nothing is evaluated, sorted, merged or taken from a cache."""
    out = sympy.Expr.__new__(cls, *args)
    if issubclass(cls, sympy.Function):
        out.nargs = cls.nargs
    elif cls is not sympy.Derivative and cls is not sympy.Lambda:
        out.is_commutative = True
    return out


@cache
def _undefined(name: str, domain: Domain) -> Any:
    return sympy.Function(name, **assumptions(domain))


def _fraction(term: Term) -> tuple[int, int] | None:
    """Numerator and denominator of ``p/q`` with literal integers, in lowest terms, ``q > 1``."""
    if term.head != "div" or any(part.head != "num" for part in term.args):
        return None
    top, bottom = (int(part.payload[0]) for part in term.args)
    return (top, bottom) if bottom > 1 and gcd(top, bottom) == 1 else None


class Writer:
    """Terms without decimals to SymPy."""

    def __init__(self, context: Context | None) -> None:
        self.context = context

    def write(self, term: Term, scope: Scope) -> Any:
        """The expression for a term whose bound names are those of the scope."""
        if term.payload not in scope and concerns(self, term):
            return write_matrix(self, term, scope)
        match term.head:
            case "num":
                return sympy.Integer(int(term.payload[0]))
            case "sym":
                return self.symbol(term.payload, scope)
            case "add":
                return _node(sympy.Add, *(self.write(part, scope) for part in term.args))
            case "mul":
                return _node(sympy.Mul, *(self.factor(part, scope) for part in term.args))
            case "neg":
                return _node(sympy.Mul, MINUS_ONE, self.write(term.args[0], scope))
            case "div":
                parts = _fraction(term)
                return sympy.Rational(*parts) if parts else self.quotient(term, scope)
            case "pow":
                base, exponent = term.args
                write = self.factor if _fraction(exponent) == (1, 2) else self.write
                return _node(sympy.Pow, self.write(base, scope), write(exponent, scope))
            case "call":
                return self.call(term, scope)
            case "index":
                base = sympy.IndexedBase(term.payload, **self.assume(term, "family"))
                return sympy.Indexed(base, *(self.write(part, scope) for part in term.args))
            case "dist" | "dens":
                name = term.payload + (DENSITY if term.head == "dens" else "")
                return self.apply(_undefined(name, REAL), term.args, scope)
            case "oo":
                raise BridgeError("oo may only be a bound of a sum, product or integral")
        return self.bind(term, scope)

    def symbol(self, name: str, scope: Scope) -> Any:
        if name in scope:
            return scope[name]
        check_name(name, CONSTANTS)
        if self.context is None:
            return sympy.Symbol(name, real=True)
        if name not in self.context:
            raise BridgeError(f"{name} is not declared; declare it in the context")
        return sympy.Symbol(name, **assumptions(self.context[name].domain))

    def factor(self, term: Term, scope: Scope) -> Any:
        """Like `write`; a literal fraction is spelt out, since SymPy's own ``x/2`` is ``1/2*x``."""
        return self.quotient(term, scope) if _fraction(term) else self.write(term, scope)

    def quotient(self, term: Term, scope: Scope) -> Any:
        top, bottom = term.args
        inverse = _node(sympy.Pow, self.write(bottom, scope), MINUS_ONE)
        return _node(sympy.Mul, self.factor(top, scope), inverse)

    def apply(self, cls: Any, args: Sequence[Term], scope: Scope) -> Any:
        return _node(cls, *(self.write(arg, scope) for arg in args))

    def assume(self, term: Term, kind: Kind) -> dict[str, bool]:
        """The assumptions of a declared function or family, whose use must fit."""
        check_name(term.payload, RESERVED)
        if self.context is None:
            return assumptions(REAL)
        check_use(self.context, term.payload, kind, len(term.args))
        return assumptions(self.context[term.payload].domain)

    def call(self, term: Term, scope: Scope) -> Any:
        name = term.payload
        if name == "pi":
            return sympy.pi
        if name == "sqrt":
            return _node(sympy.Pow, self.write(term.args[0], scope), HALF)
        if name in FUNCTION_CLASSES:
            return self.apply(FUNCTION_CLASSES[name], term.args, scope)
        if name in FUNCTIONS:
            return self.apply(_undefined(name, REAL), term.args, scope)
        cls = sympy.Function(name, **self.assume(term, "function"))
        return self.apply(cls, term.args, scope)

    def bind(self, term: Term, scope: Scope) -> Any:
        name = check_name(term.payload, CONSTANTS)
        discrete = term.head in ("sum", "prod")
        variable = sympy.Symbol(name, **assumptions(INTEGER if discrete else REAL))
        inner = {**scope, name: variable}
        if term.head == "diff":
            return self.derivative(term, scope, variable)
        if term.head == "mean":
            law, body = term.args
            integrand = _node(sympy.Lambda, sympy.Tuple(variable), self.write(body, inner))
            return _node(_undefined("E", REAL), self.write(law, scope), integrand)
        ends = (self.bound(end, scope) for end in term.args[1:])
        body = self.write(term.args[0], inner)
        return _node(RANGE_CLASSES[term.head], body, sympy.Tuple(variable, *ends))

    def derivative(self, term: Term, scope: Scope, variable: Any) -> Any:
        body, point = term.args
        here = point.head == "sym" and point.payload == term.payload
        variable = self.symbol(term.payload, scope) if here else variable
        inside = self.write(body, {**scope, term.payload: variable})
        slope = _node(sympy.Derivative, inside, sympy.Tuple(variable, sympy.Integer(1)))
        if here:
            return slope
        at = self.write(point, scope)
        with sympy.evaluate(False):
            return sympy.Subs(slope, variable, at)

    def bound(self, term: Term, scope: Scope) -> Any:
        if term.head == "oo":
            return sympy.oo
        if term.head == "neg" and term.args[0].head == "oo":
            return -sympy.oo
        return self.write(term, scope)
