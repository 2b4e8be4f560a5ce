"""Certificates: theorems as JSON objects that `derive.recheck` checks again.

Terms, contexts and steps that occur more than once are written once; the same theorem gives the same
text. A term is ``[head, payload, numbers of its arguments]``, a claim ``[number, relation, number]``; in
the data of a step ``{"t": number}`` is a term, ``{"c": claim}`` a claim and ``{"q": "1/2"}`` a number.
The ``seal`` is the SHA-256 digest of the rest, as JSON with sorted keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from flint import fmpq_mpoly

from derive.kernel.definedness import parts
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.proof import steps
from derive.search.polynomials import polynomial_term
from derive.terms.context import Claim, Context, Declaration
from derive.terms.term import Term, div, rational, sub

FORMAT: Final = "derive-certificate"
VERSION: Final = 1
MAX_EXPONENT: Final = 4

Json = Any


def certificate(theorem: Theorem) -> dict[str, Json]:
    """The certificate of a theorem. Raises KernelError when a step cannot be written down."""
    writer = _Writer()
    for step in steps(theorem):
        writer.add(step)
    last = writer.steps[-1]
    content: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "claim": {key: last[key] for key in ("context", "claim", "conditions", "axioms")},
        "terms": writer.terms,
        "contexts": writer.contexts,
        "steps": writer.steps,
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {**content, "seal": digest}


class _Writer:
    """Numbers terms, contexts and steps as they come."""

    def __init__(self) -> None:
        self.terms: list[Json] = []
        self.contexts: list[Json] = []
        self.steps: list[dict[str, Json]] = []
        self._terms: dict[int, int] = {}
        self._kept: list[Term] = []
        self._contexts: dict[Context, int] = {}
        self._steps: dict[int, int] = {}

    def add(self, theorem: Theorem) -> None:
        """Write one step, its premises being written already."""
        data = theorem.data
        if theorem.rule == "ring":
            data = (data[0], multipliers(theorem))
        self._steps[id(theorem)] = len(self.steps)
        claims = [self.claim(c) for c in sorted(theorem.conditions, key=_order)]
        self.steps.append(
            {
                "rule": theorem.rule,
                "context": self.context(theorem.context),
                "premises": [self._steps[id(p)] for p in theorem.premises],
                "claim": self.claim(theorem.claim),
                "conditions": claims,
                "axioms": sorted(theorem.axioms),
                "data": [self.value(v) for v in data],
            }
        )

    def term(self, term: Term) -> int:
        """The number of a term."""
        known = self._terms.get(id(term))
        if known is None:
            children = [self.term(a) for a in term.args]
            payload = term.payload
            if term.head == "num":
                payload = [str(payload[0]), payload[1]]
            elif term.head == "matrix":
                payload = list(payload)
            known = self._terms[id(term)] = len(self.terms)
            self._kept.append(term)
            self.terms.append([term.head, payload, children])
        return known

    def claim(self, claim: Claim) -> Json:
        """A claim by the numbers of its sides."""
        return [self.term(claim.lhs), claim.relation, self.term(claim.rhs)]

    def context(self, context: Context) -> int:
        """The number of a context."""
        known = self._contexts.get(context)
        if known is None:
            written = {
                "symbols": [self._symbol(d) for d in context.symbols],
                "hypotheses": [[name, self.claim(c)] for name, c in context.hypotheses],
                "definitions": [
                    [d.name, list(d.parameters), self.term(d.body), d.integers]
                    for d in context.definitions
                ],
            }
            known = self._contexts[context] = len(self.contexts)
            self.contexts.append(written)
        return known

    def _symbol(self, declared: Declaration) -> Json:
        d = declared.domain
        domain = {
            "lower": None if d.lower is None else str(d.lower),
            "upper": None if d.upper is None else str(d.upper),
            "lower_open": d.lower_open,
            "upper_open": d.upper_open,
            "integer": d.integer,
            "nonzero": d.nonzero,
        }
        shape = declared.shape
        extra = None if shape is None else [*map(self.term, shape), declared.form]
        return [declared.name, declared.kind, domain, declared.arity, extra]

    def value(self, value: Any) -> Json:
        """A part of a step's data."""
        if isinstance(value, Term):
            return {"t": self.term(value)}
        if isinstance(value, Claim):
            return {"c": self.claim(value)}
        if isinstance(value, Fraction | int) and not isinstance(value, bool):
            return {"q": str(value)}
        if isinstance(value, tuple | list):
            return [self.value(v) for v in value]
        return value


def _order(claim: Claim) -> tuple[int, str]:
    return claim.lhs.size + claim.rhs.size, str(claim)


def multipliers(theorem: Theorem) -> list[Term]:
    """Terms m with ``lhs - rhs = Σ m_i*(a_i - b_i)``, the relations ``a_i = b_i`` of a step of `ring`.

    They come out of the division by which the kernel checks the step. Raises KernelError when the
    division does not come out.
    """
    count, atoms = theorem.data
    relations = [t.claim for t in theorem.premises[count:]]
    if not relations:
        return []
    state = Ring([(t.claim.lhs, t.claim.rhs) for t in theorem.premises[:count]])
    for atom in atoms:
        state.atom_number(atom, count)
    gaps = [sub(c.lhs, c.rhs) for c in (theorem.claim, *relations)]
    factors = _denominators(theorem)
    numbers = sorted(frozenset[int]().union(*map(state.generators, [*gaps, *factors])))
    (left, bottom), *known = (state.form(gap, numbers) for gap in gaps)
    cofactors = _divided(left, [top for top, _ in known])
    names = [state.atoms[n] for n in reversed(numbers)]
    below, scale = _written_below(state, bottom, factors, numbers)
    return [
        _over(polynomial_term(c * under * scale, names), below)
        for c, (_, under) in zip(cofactors, known, strict=True)
    ]


def _divided(left: fmpq_mpoly, relations: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    cofactors = [left * 0 for _ in relations]
    for _ in range(8):
        for i, relation in enumerate(relations):
            if not relation.is_zero() and not relation.is_constant():
                quotient, left = divmod(left, relation)
                cofactors[i] = cofactors[i] + quotient
        if left.is_zero():
            return cofactors
    raise KernelError("certificate: a step of ring cannot be divided out again")


def _denominators(theorem: Theorem) -> list[Term]:
    """The denominators in a step and its premises, which are not 0 since both are defined."""
    out: dict[Term, None] = {}
    for claim in (theorem.claim, *(p.claim for p in theorem.premises)):
        for part in (*parts(claim.lhs), *parts(claim.rhs)):
            exponent = rational(part.args[1]) if part.head == "pow" else None
            if part.head == "div" and rational(part.args[1]) is None:
                out[part.args[1]] = None
            elif exponent is not None and exponent < 0 and rational(part.args[0]) is None:
                out[part.args[0]] = None
    return sorted(out, key=lambda t: (-t.size, str(t)))


def _written_below(
    state: Ring, bottom: fmpq_mpoly, factors: Sequence[Term], numbers: Sequence[int]
) -> tuple[list[Term], fmpq_mpoly]:
    """Known non-zero terms whose product is a multiple of a denominator, and the multiple."""
    if bottom.is_constant():
        return [], 1 / bottom.leading_coefficient() + bottom * 0
    for largest in range(1, MAX_EXPONENT + 1):
        top, under = bottom * 0 + 1, bottom
        chosen: list[Term] = []
        for factor in factors:
            over, below = state.form(factor, numbers)
            for _ in range(largest):
                if under.is_constant() or under.gcd(over).is_constant():
                    break
                top, under = top * over, under * below
                common = top.gcd(under)
                top, under = divmod(top, common)[0], divmod(under, common)[0]
                chosen.append(factor)
        if under.is_constant():
            return chosen, top * (1 / under.leading_coefficient())
    raise KernelError("certificate: a denominator is not made of the step's own")


def _over(term: Term, factors: Sequence[Term]) -> Term:
    for factor in factors:
        term = div(term, factor)
    return term
