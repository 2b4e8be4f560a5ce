"""Derivatives, with the conditions under which the rules of differentiation hold.

Each condition is open (``<`` or ``≠``), so where it holds at a point it holds around it, and the rule
may be applied there and differentiated again. That the body is defined at the point is a condition of
its own, which `derive.kernel.definedness` adds.
"""

from __future__ import annotations

from typing import Final

from derive.kernel.definitions import DEFINITIONS, DENSITIES, written_out
from derive.kernel.theorem import KernelError
from derive.terms.context import Claim, Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import FUNCTIONS, Term, add, call, div, mul, neg, num, power, rational, sym

ZERO, ONE, TWO = num(0), num(1), num(2)

PRIMITIVE: Final = frozenset(
    {"sigmoid", "softplus", "sinh", "cosh", "tanh", "log2", "log10", "sqrt"}
)
"""Defined functions that have a rule of their own, since it gives the plainer derivative."""


def derivative(node: Term, context: Context) -> tuple[Term, frozenset[Claim]]:
    """The value of ``diff(body, x; point)`` as a term without that derivative, and its conditions.

    Raises KernelError when no rule differentiates the body.

    >>> from derive.terms import Context, read
    >>> term, conditions = derivative(read("diff(log(x), x)"), Context().declare("x"))
    >>> print(term, [str(c) for c in conditions])
    1/x ['0 < x']
    """
    body, point = node.args
    _refuse_tied(node, context)
    name = fresh_name(node.payload, {d.name for d in context} | body.free | point.free)
    rules = _Differentiation(name, context)
    out = rules.of(substitute(body, {node.payload: sym(name)}))
    at = {name: point}
    return substitute(out, at), frozenset(c.substitute(at) for c in rules.conditions)


def _refuse_tied(node: Term, context: Context) -> None:
    """Refuse a variable that a hypothesis ties to another name in the body.

    With ``L = (y - x)**2`` as a hypothesis, ``diff(L, x)`` is not 0 in anybody's mind; what was meant is
    a definition ``L(x)``.
    """
    others = node.args[0].free - {node.payload}
    for _, claim in context.hypotheses:
        if claim.relation == "=" and node.payload in claim.free and claim.free & others:
            raise KernelError(
                f"differentiate: the hypothesis {claim} ties {node.payload} to other names of {node}; "
                "define them as functions of it"
            )


class _Differentiation:
    """The rules of differentiation with respect to one variable, collecting their conditions."""

    def __init__(self, variable: str, context: Context) -> None:
        self.variable = variable
        self.context = context
        self.conditions: set[Claim] = set()

    def of(self, term: Term) -> Term:
        if self.variable not in term.free:
            return ZERO
        match term.head:
            case "sym":
                return ONE
            case "add":
                return add(*(self.of(a) for a in term.args))
            case "neg":
                return neg(self.of(term.args[0]))
            case "mul":
                return add(*(self._factor(term, i) for i in range(len(term.args))))
            case "div":
                return self._quotient(*term.args)
            case "pow":
                return self._power(*term.args)
            case "call" if (definition := self.context.definition_of(term)) is not None:
                return self.of(definition.apply(term.args))
            case "call" if term.payload in FUNCTIONS:
                return self._chain(term)
            case "dens":
                return self.of(DENSITIES[term.payload](*term.args))
            case "sum" | "prod":
                return self.of(written_out(term))
            case "diff":
                inner, needed = derivative(term, self.context)
                self.conditions |= needed
                self.of(substitute(term.args[0], {term.payload: term.args[1]}))
                return self.of(inner)
        raise KernelError(f"differentiate: no rule for {term}")

    def _factor(self, term: Term, i: int) -> Term:
        args = list(term.args)
        args[i] = self.of(args[i])
        return mul(*args)

    def _quotient(self, top: Term, bottom: Term) -> Term:
        self.conditions.add(Claim(bottom, "!=", ZERO))
        if self.variable not in bottom.free:
            return div(self.of(top), bottom)
        change = add(mul(self.of(top), bottom), neg(mul(top, self.of(bottom))))
        if self.variable not in top.free:
            change = neg(mul(top, self.of(bottom)))
        return div(change, power(bottom, TWO))

    def _power(self, base: Term, exponent: Term) -> Term:
        value = rational(exponent)
        if value is not None and value.denominator == 1:
            if value < 1:
                self.conditions.add(Claim(base, "!=", ZERO))
            return (
                mul(exponent, power(base, num(value - 1)), self.of(base))
                if value != 1
                else self.of(base)
            )
        self.conditions.add(Claim(ZERO, "<", base))
        if self.variable not in exponent.free:
            return mul(exponent, power(base, add(exponent, num(-1))), self.of(base))
        growth = add(
            mul(self.of(exponent), call("log", base)), div(mul(exponent, self.of(base)), base)
        )
        return mul(power(base, exponent), growth)

    def _chain(self, term: Term) -> Term:
        if term.payload == "sg":
            for arg in term.args:
                self.of(arg)
            return ZERO
        if term.payload in DEFINITIONS and term.payload not in PRIMITIVE:
            return self.of(DEFINITIONS[term.payload](*term.args))
        if len(term.args) != 1:
            raise KernelError(f"differentiate: no rule for {term}")
        (inner,) = term.args
        outer = self._outer(term, inner)
        return outer if inner.head == "sym" else mul(outer, self.of(inner))

    def _outer(self, term: Term, u: Term) -> Term:
        """The derivative of an elementary function at ``u``."""
        match term.payload:
            case "exp":
                return term
            case "log":
                self.conditions.add(Claim(ZERO, "<", u))
                return div(ONE, u)
            case "log2" | "log10":
                self.conditions.add(Claim(ZERO, "<", u))
                return div(ONE, mul(u, call("log", num(2 if term.payload == "log2" else 10))))
            case "sqrt":
                self.conditions.add(Claim(ZERO, "<", u))
                return div(ONE, mul(TWO, term))
            case "sin":
                return call("cos", u)
            case "cos":
                return neg(call("sin", u))
            case "sinh":
                return call("cosh", u)
            case "cosh":
                return call("sinh", u)
            case "tanh":
                return add(ONE, neg(power(term, TWO)))
            case "sigmoid":
                return mul(term, add(ONE, neg(term)))
            case "softplus":
                return call("sigmoid", u)
            case "atan":
                return div(ONE, add(ONE, power(u, TWO)))
            case "erf":
                return mul(div(TWO, call("sqrt", call("pi"))), call("exp", neg(power(u, TWO))))
            case "abs":
                self.conditions.add(Claim(u, "!=", ZERO))
                return call("sign", u)
        raise KernelError(f"differentiate: no rule for {term}")
