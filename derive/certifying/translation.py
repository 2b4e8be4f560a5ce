"""Terms, claims and contexts of the kernel in the language of certificates."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from derive.recheck.context import Context, Symbol
from derive.recheck.terms import SCOPE, Claim, Term, bind, joined, make, num, sym
from derive.terms import context as kernel
from derive.terms import term as kernel_terms


class Translation:
    """Translates, and remembers what it has translated."""

    def __init__(self) -> None:
        self._claims: dict[int, tuple[kernel.Claim, Claim]] = {}
        self._sets: dict[frozenset[Claim], frozenset[Claim]] = {}
        self._terms: dict[int, tuple[kernel_terms.Term, Term]] = {}
        self._contexts: dict[int, tuple[kernel.Context, Context]] = {}
        self._equal: dict[Context, Context] = {}

    def forget(self) -> None:
        """Forget what contexts have worked out about terms."""
        for context in self._equal:
            context.grounds.clear()

    def term(self, t: kernel_terms.Term) -> Term:
        """A term; sums and products of many parts become nested ones of two."""
        known = self._terms.get(id(t))
        if known is None:
            known = self._terms[id(t)] = t, self._term(t)
        return known[1]

    def _term(self, t: kernel_terms.Term) -> Term:
        args = [self.term(a) for a in t.args]
        if t.head in ("add", "mul"):
            return joined(t.head, args)
        if t.head == "num":
            return make("num", Fraction(t.payload[0]))
        if t.head in SCOPE:
            return bind(t.head, t.payload, *args)
        return make(t.head, t.payload, *args)

    def claim(self, c: kernel.Claim) -> Claim:
        """A claim with one of the relations ``= <= < !=``."""
        known = self._claims.get(id(c))
        if known is None:
            turned = c.oriented()
            out = Claim(self.term(turned.lhs), turned.relation, self.term(turned.rhs))
            known = self._claims[id(c)] = c, out
        return known[1]

    def claims(self, claims: Iterable[kernel.Claim]) -> frozenset[Claim]:
        """A set of claims; equal ones become one object."""
        out = frozenset(map(self.claim, claims))
        return self._sets.setdefault(out, out)

    def context(self, context: kernel.Context) -> Context:
        """A context; equal ones become one object."""
        known = self._contexts.get(id(context))
        if known is None:
            defined = {d.name: self._definition(d) for d in context.definitions}
            symbols = (self._symbol(d)._replace(**defined.get(d.name, {})) for d in context.symbols)
            claims = (self.claim(c) for _, c in context.hypotheses)
            out = Context(tuple(symbols), tuple(claims))
            known = self._contexts[id(context)] = context, self.one(out)
        return known[1]

    def one(self, context: Context) -> Context:
        """The first context that was equal to this one."""
        return self._equal.setdefault(context, context)

    def _definition(self, d: kernel.Definition) -> dict[str, Any]:
        body = self.term(d.body)
        return {"parameters": tuple(d.parameters), "body": body, "integers": d.integers}

    def _symbol(self, d: kernel.Declaration) -> Symbol:
        x, shape = sym(d.name), d.shape
        if shape is None:
            return Symbol(d.name, d.kind, domain(x, d.domain), d.domain.integer, d.arity)
        claims = []
        if d.form:
            claims.append(Claim(make("call", "transpose", x), "=", x))
        if d.form == "spd":
            claims.append(Claim(num(0), "<", make("call", "least_quadratic_form", x)))
        sides = self.term(shape[0]), self.term(shape[1])
        return Symbol(d.name, d.kind, tuple(claims), False, d.arity, sides)


def domain(x: Term, d: Any) -> tuple[Claim, ...]:
    """The claims that put a number into a domain."""
    if d.integer:
        least, most = d.integer_range()
        out = [] if least is None else [Claim(num(least), "<=", x)]
        out += [] if most is None else [Claim(x, "<=", num(most))]
    else:
        out = [] if d.lower is None else [Claim(num(d.lower), "<" if d.lower_open else "<=", x)]
        out += [] if d.upper is None else [Claim(x, "<" if d.upper_open else "<=", num(d.upper))]
    return (*out, *([Claim(x, "!=", num(0))] if d.nonzero else []))
