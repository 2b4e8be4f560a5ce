"""Derivatives, with the conditions under which the rules of differentiation hold.

Each condition is open (``<`` or ``≠``), so where it holds at a point it holds around it, and the rule
may be applied there and differentiated again. That the body is defined at the point is a condition of
its own, which `derive.kernel.definedness` adds.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from derive.kernel.bounds import narrowed, proves
from derive.kernel.definitions import DEFINITIONS, DENSITIES, is_short_range, written_out
from derive.kernel.theorem import KernelError
from derive.terms.context import Claim, Context
from derive.terms.heads import FUNCTIONS
from derive.terms.shapes import MATRIX_FUNCTIONS, is_matrix
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    div,
    matmul,
    mul,
    neg,
    num,
    power,
    rational,
    rebuild,
    sym,
)

ZERO, ONE, TWO = num(0), num(1), num(2)

Place = dict[str, Term]
"""The point at which a derivative is taken, by the name of its variable."""


def derivative(
    node: Term, context: Context, around: tuple[Place, ...] = ()
) -> tuple[Term, frozenset[Claim]]:
    """The value of ``diff(body, x; point)`` as a term without that derivative, and its conditions.

    ``around`` holds the points of the derivatives around this one, innermost first. Raises KernelError
    when no rule differentiates the body.

    >>> from derive.terms import Context, read
    >>> term, conditions = derivative(read("diff(log(x), x)"), Context().declare("x"))
    >>> print(term, [str(c) for c in conditions])
    1/x ['0 < x']
    """
    body, point = node.args
    refuse_tied(node, context)
    name = fresh_name(node.payload, {d.name for d in context} | body.free | point.free)
    at = {name: point}
    rules = _Differentiation(name, context, (at, *around))
    out = rules.of(substitute(body, {node.payload: sym(name)}))
    return substitute(out, at), frozenset(c.substitute(at) for c in rules.conditions)


def refuse_tied(node: Term, context: Context) -> None:
    """Refuse a variable that a hypothesis ties to another name in the body.

    With ``L = (y - x)**2`` as a hypothesis, ``diff(L, x)`` is not 0 in anybody's mind; what was meant is
    a definition ``L(x)``. A hypothesis that only names something by a symbol of its own ties nothing.
    """
    others = node.args[0].free - {node.payload}
    for _, claim in context.hypotheses:
        if claim.relation == "=" and node.payload in claim.free and claim.free & others:
            names = {s.payload for s in (claim.lhs, claim.rhs) if s.head == "sym"} - others
            elsewhere = [h for _, h in context.hypotheses if h is not claim and names & h.free]
            if names - {node.payload} and not elsewhere:
                continue
            raise KernelError(
                f"differentiate: the hypothesis {claim} ties {node.payload} to other names of {node}; "
                "define them as functions of it"
            )


TABLE: Final = """
exp: exp(u)
log: 1/u; 0 < u
sqrt: 1/(2*sqrt(u)); 0 < u
log2: 1/(u*log(2)); 0 < u
log10: 1/(u*log(10)); 0 < u
sin: cos(u)
cos: -sin(u)
atan: 1/(1 + u**2)
sinh: cosh(u)
cosh: sinh(u)
tanh: 1 - tanh(u)**2
sigmoid: sigmoid(u)*(1 - sigmoid(u))
softplus: sigmoid(u)
erf: 2/sqrt(pi)*exp(-u**2)
abs: sign(u); u != 0
asin: 1/sqrt(1 - u**2); u**2 < 1
loggamma: digamma(u); 0 < u
Gamma: Gamma(u)*digamma(u); 0 < u
"""
"""The derivatives of elementary functions at ``u``, each with the open condition under which it holds."""

DERIVATIVES: Final = dict(line.split(": ") for line in TABLE.split("\n")[1:-1])


@cache
def _formula(name: str) -> tuple[Term, tuple[Claim, ...]]:
    from derive.terms.reader import read, read_claim

    formula, *needed = DERIVATIVES[name].split("; ")
    return read(formula), tuple(map(read_claim, needed))


class _Differentiation:
    """The rules of differentiation with respect to one variable, collecting their conditions."""

    def __init__(self, variable: str, context: Context, places: tuple[Place, ...]) -> None:
        self.variable = variable
        self.context = context
        self.places = places
        self.conditions: set[Claim] = set()

    def of(self, term: Term) -> Term:
        if self.variable not in term.free:
            return mul(ZERO, term) if is_matrix(self.context, term) else ZERO
        match term.head:
            case "sym":
                return ONE
            case "add":
                return add(*(self.of(a) for a in term.args))
            case "neg":
                return neg(self.of(term.args[0]))
            case "mul":
                return add(*(self._factor(term, i) for i in range(len(term.args))))
            case "matmul":
                left, right = term.args
                return add(matmul(self.of(left), right), matmul(left, self.of(right)))
            case "matrix":
                return rebuild(term, tuple(map(self.of, term.args)))
            case "div":
                return self._quotient(*term.args)
            case "pow":
                return self._power(*term.args)
            case "call" if term.payload in MATRIX_FUNCTIONS:
                return self._of_matrix(term, term.args[0])
            case "call" if (definition := self.context.definition_of(term)) is not None:
                return self.of(definition.apply(term.args))
            case "call" if term.payload in FUNCTIONS:
                return self._chain(term)
            case "dens":
                return self.of(DENSITIES[term.payload](*term.args))
            case "sum" | "prod":
                return self.of(written_out(term)) if is_short_range(term) else self._range(term)
            case "diff":
                inner, needed = derivative(term, self.context, self.places)
                self.conditions |= needed
                self.of(substitute(term.args[0], {term.payload: term.args[1]}))
                return self.of(inner)
        raise KernelError(f"differentiate: no rule for {term}")

    def _range(self, term: Term) -> Term:
        """Term by term; what a term needs at the point must hold for every index."""
        inner, body, name = narrowed(self.context, term)
        taken = {self.variable}.union(*(t.free for at in self.places for t in at.values()))
        if (
            term.head == "prod"
            or name in taken
            or any(self.variable in e.free for e in term.args[1:])
        ):
            raise KernelError(f"differentiate: no rule for {term}")
        rules = _Differentiation(self.variable, inner, self.places)
        out = binder("sum", name, rules.of(body), *term.args[1:])
        for needed in rules.conditions:
            if name not in needed.free:
                self.conditions.add(needed)
                continue
            for at in self.places:
                needed = needed.substitute(at)
            if not proves(inner, needed):
                raise KernelError(f"differentiate: cannot show {needed} for every {term.payload}")
        return out

    def _factor(self, term: Term, i: int) -> Term:
        args = list(term.args)
        args[i] = self.of(args[i])
        return mul(*args)

    def _of_matrix(self, term: Term, m: Term) -> Term:
        if term.payload in ("transpose", "trace"):
            return call(term.payload, self.of(m))
        self.conditions.add(Claim(call("det", m), "!=", ZERO))
        inverse = call("inv", m)
        change = matmul(inverse, self.of(m))
        if term.payload == "inv":
            return neg(matmul(change, inverse))
        return mul(call("det", m), call("trace", change))

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
        if term.payload in DERIVATIVES:
            (inner,), at = term.args, {"u": term.args[0]}
            formula, needed = _formula(term.payload)
            self.conditions |= {c.substitute(at) for c in needed}
            outer = substitute(formula, at)
            return outer if inner.head == "sym" else mul(outer, self.of(inner))
        if term.payload in DEFINITIONS:
            return self.of(DEFINITIONS[term.payload](*term.args))
        raise KernelError(f"differentiate: no rule for {term}")
