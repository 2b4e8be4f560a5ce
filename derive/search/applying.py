"""Applying the kernel's facts to terms at hand."""

from __future__ import annotations

from derive.kernel import rules
from derive.kernel.facts import fact, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import Context
from derive.terms.matching import match
from derive.terms.term import Term, rebuild


def fact_for(context: Context, name: str, term: Term) -> Theorem:
    """The fact whose left-hand side is ``term``. Raises KernelError when it has another form."""
    mapping = match(schema(name)[0].lhs, term)
    if mapping is None:
        raise KernelError(f"{name} is not about {term}")
    return fact(context, name, mapping)


def carried(term: Term, equation: Theorem, name: str) -> Theorem:
    """``f(u) = …`` by the fact ``name`` for ``f(v)``, where ``equation`` says ``u = v``."""
    context = equation.context
    same = rules.congruence(context, term, [equation])
    return rules.trans(same, fact_for(context, name, rebuild(term, (equation.claim.rhs,))))
