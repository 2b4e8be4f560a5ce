"""Terms made computable: derivatives, densities and divergences replaced by their formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from derive.kernel.bounds import proves
from derive.kernel.calculus import derivative
from derive.kernel.theorem import KernelError
from derive.kernel.unfolding import unfolded
from derive.terms.context import Claim, Context
from derive.terms.gaussian import gaussian_kl
from derive.terms.heads import BINDERS
from derive.terms.lower import LoweringError
from derive.terms.matching import match
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    density,
    mul,
    neg,
    num,
    oo,
    rational,
    rebuild,
    subterms,
    sym,
)


@dataclass(frozen=True, slots=True)
class Elaborated:
    """Terms without derivatives, densities and divergences.

    They have the values of the original ones wherever ``needs`` hold; elsewhere nothing is known: a
    derivative may exist where the formula for it does not apply.
    """

    terms: tuple[Term, ...]
    needs: tuple[Claim, ...]


Bound = Mapping[str, bool]
"""The names that are bound, and whether each is certainly positive."""


def elaborate(terms: Iterable[Term], context: Context, *, integrals: bool = False) -> Elaborated:
    """The terms in a form that can be computed. Raises LoweringError for a part without one.

    With ``integrals`` an integral has one, and so has the mean under a named distribution.
    """
    work = _Elaboration(context, integrals)
    try:
        out = tuple(work.of(term, {}) for term in terms)
    except KernelError as error:
        raise LoweringError(str(error)) from None
    return Elaborated(out, tuple(work.needs))


class _Elaboration:
    def __init__(self, context: Context, integrals: bool) -> None:
        self.context = context
        self.integrals = integrals
        self.needs: list[Claim] = []

    def of(self, term: Term, bound: Bound) -> Term:
        body = self._defined(term, bound)
        if body is not None:
            return self.of(body, bound)
        if term.head == "diff":
            return self.of(self._derivative(term, bound), bound)
        if term.head == "dens":
            return self.of(self._density(term, bound), bound)
        if term.head == "call" and term.payload == "KL":
            return self.of(self._gaussian_kl(term, bound), bound)
        if term.head == "mean" and self.integrals:
            return self.of(_mean(term), bound)
        if term.head in ("dist", "mean") or (term.head == "int" and not self.integrals):
            raise KernelError(f"{term} has no value that can be computed directly")
        inside = {**bound, term.payload: _positive(term)} if term.head in BINDERS else bound
        out = rebuild(term, tuple(self.of(a, inside) for a in term.args))
        if _needs_positive(term):
            return self._where_positive(bound, out, *out.args)
        return out

    def _defined(self, term: Term, bound: Bound) -> Term | None:
        """What a term stands for by a definition with a part that must be positive, such as Gamma(t)."""
        hidden = term.head == "sym" and term.payload in bound
        definition = None if hidden else self.context.definition_of(term)
        if definition is None or not any(_needs_positive(p) for p in subterms(definition.body)):
            return None
        if definition.body.free.difference(definition.parameters) & bound.keys():
            raise KernelError(f"{term} speaks of a name that is bound around it")
        return definition.apply(term.args)

    def _derivative(self, term: Term, bound: Bound) -> Term:
        inside = {**bound, term.payload: False}
        term = rebuild(term, (self._without_divergences(term.args[0], inside), term.args[1]))
        out, conditions = derivative(term, self.context)
        for claim in conditions:
            if claim.free & bound.keys():
                raise KernelError(f"whether {claim} holds in {term} depends on a bound variable")
            sides = [self.of(side, bound) for side in (claim.lhs, claim.rhs)]
            self.needs.append(Claim(sides[0], claim.relation, sides[1]))
        at_point = substitute(term.args[0], {term.payload: term.args[1]})
        return add(out, mul(num(0), at_point))

    def _without_divergences(self, term: Term, bound: Bound) -> Term:
        """A term that can be differentiated: its divergences as formulas."""
        if term.head == "call" and term.payload == "KL":
            return self._gaussian_kl(term, bound)
        inside = {**bound, term.payload: False} if term.head in BINDERS else bound
        return rebuild(term, tuple(self._without_divergences(a, inside) for a in term.args))

    def _density(self, term: Term, bound: Bound) -> Term:
        if term.payload == "LogNormal" and not self._is_positive(term.args[0], bound):
            raise KernelError(f"{term} has a formula for a positive point only")
        return self._where_positive(bound, unfolded(self.context, term), term.args[-1])

    def _is_positive(self, point: Term, bound: Bound) -> bool:
        if point.head == "sym" and point.payload in bound:
            return bound[point.payload]
        return not point.free & bound.keys() and proves(self.context, Claim(num(0), "<", point))

    def _where_positive(self, bound: Bound, value: Term, *parameters: Term) -> Term:
        """The value, undefined unless the parameters are positive: variances, scales, arguments."""
        unsure = [p for p in parameters if not self._is_positive(p, bound)]
        return add(value, *(mul(num(0), call("log", p)) for p in unsure)) if unsure else value

    def _gaussian_kl(self, term: Term, bound: Bound) -> Term:
        """The value of a divergence between normal laws. Raises KernelError for other laws."""
        statement = gaussian_kl()
        letters = match(statement.lhs, term)
        if letters is None:
            raise KernelError(f"{term} has no value that can be computed directly")
        value = substitute(statement.rhs, letters)
        return self._where_positive(bound, value, letters["v"], letters["w"])


def _needs_positive(term: Term) -> bool:
    return term.head == "call" and term.payload in ("Gamma", "loggamma", "digamma", "Beta")


def _positive(term: Term) -> bool:
    """Whether a binder's variable is certainly positive: strictly inside the range of an integral."""
    low = rational(term.args[1]) if term.head == "int" else None
    return low is not None and low >= 0


def _mean(term: Term) -> Term:
    """``E[x ~ q](f)`` as the integral of the density times f. Raises KernelError for other laws."""
    law, body = term.args
    if law.head != "dist":
        raise KernelError(f"{term} has no value that can be computed directly")
    name = fresh_name(term.payload, body.free | law.free)
    point = sym(name)
    low = num(0) if law.payload == "LogNormal" else neg(oo())
    weighted = mul(density(law.payload, point, *law.args), substitute(body, {term.payload: point}))
    return binder("int", name, weighted, low, oo())
