"""Terms made computable: derivatives, densities and divergences replaced by their formulas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.kernel.bounds import proves
from derive.kernel.calculus import derivative
from derive.kernel.facts import schema
from derive.kernel.theorem import KernelError
from derive.kernel.unfolding import unfolded
from derive.terms.context import Claim, Context
from derive.terms.lower import LoweringError
from derive.terms.matching import match
from derive.terms.substitution import substitute
from derive.terms.term import BINDERS, Term, add, call, mul, num, rebuild


@dataclass(frozen=True, slots=True)
class Elaborated:
    """Terms without derivatives, densities and divergences.

    They have the values of the original ones wherever ``needs`` hold; elsewhere nothing is known: a
    derivative may exist where the formula for it does not apply.
    """

    terms: tuple[Term, ...]
    needs: tuple[Claim, ...]


def elaborate(terms: Iterable[Term], context: Context) -> Elaborated:
    """The terms in a form that can be computed. Raises LoweringError for a part without one."""
    work = _Elaboration(context)
    try:
        out = tuple(work.of(term, frozenset()) for term in terms)
    except KernelError as error:
        raise LoweringError(str(error)) from None
    return Elaborated(out, tuple(work.needs))


class _Elaboration:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.needs: list[Claim] = []

    def of(self, term: Term, bound: frozenset[str]) -> Term:
        if term.head == "diff":
            return self.of(self._derivative(term, bound), bound)
        if term.head == "dens":
            return self.of(self._density(term, bound), bound)
        if term.head == "call" and term.payload == "KL":
            return self.of(self._gaussian_kl(term), bound)
        if term.head in ("dist", "mean", "int"):
            raise KernelError(f"{term} has no value that can be computed directly")
        inside = bound | {term.payload} if term.head in BINDERS else bound
        out = rebuild(term, tuple(self.of(a, inside) for a in term.args))
        if term.head == "call" and term.payload in ("Gamma", "loggamma", "digamma", "Beta"):
            return self._where_positive(out, *out.args)
        return out

    def _derivative(self, term: Term, bound: frozenset[str]) -> Term:
        term = rebuild(term, (self._without_divergences(term.args[0]), term.args[1]))
        out, conditions = derivative(term, self.context)
        for claim in conditions:
            if claim.free & bound:
                raise KernelError(f"whether {claim} holds in {term} depends on a bound variable")
            sides = [self.of(side, bound) for side in (claim.lhs, claim.rhs)]
            self.needs.append(Claim(sides[0], claim.relation, sides[1]))
        at_point = substitute(term.args[0], {term.payload: term.args[1]})
        return add(out, mul(num(0), at_point))

    def _without_divergences(self, term: Term) -> Term:
        """A term that can be differentiated: its divergences as formulas."""
        if term.head == "call" and term.payload == "KL":
            return self._gaussian_kl(term)
        return rebuild(term, tuple(map(self._without_divergences, term.args)))

    def _density(self, term: Term, bound: frozenset[str]) -> Term:
        positive = Claim(num(0), "<", term.args[0])
        if term.payload == "LogNormal" and (
            term.args[0].free & bound or not proves(self.context, positive)
        ):
            raise KernelError(f"{term} has a formula for a positive point only")
        return self._where_positive(unfolded(self.context, term), term.args[-1])

    def _where_positive(self, value: Term, *parameters: Term) -> Term:
        """The value, undefined unless the parameters are positive: variances, scales, arguments."""
        unsure = [p for p in parameters if not proves(self.context, Claim(num(0), "<", p))]
        return add(value, *(mul(num(0), call("log", p)) for p in unsure)) if unsure else value

    def _gaussian_kl(self, term: Term) -> Term:
        """The value of a divergence between normal laws. Raises KernelError for other laws."""
        statement, _ = schema("gaussian_kl")
        letters = match(statement.lhs, term)
        if letters is None:
            raise KernelError(f"{term} has no value that can be computed directly")
        value = substitute(statement.rhs, letters)
        return self._where_positive(value, letters["v"], letters["w"])
