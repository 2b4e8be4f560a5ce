"""Steps as JSON: terms, contexts and steps that occur more than once are written once.

A term is ``[head, payload, numbers of its arguments]``, a claim ``[number, relation, number]``; in the
data of a step ``{"t": number}`` is a term and ``{"c": claim}`` a claim. A bound variable gets a name by
how deep the binders inside its scope are nested.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from derive.recheck.context import Context, Symbol
from derive.recheck.steps import Step
from derive.recheck.terms import SCOPE, Claim, Term, opened, sym

Json = Any


def reachable(last: Sequence[Step]) -> list[Step]:
    """The steps that some rest on, and these, each once and after those that it rests on."""
    out: list[Step] = []
    seen: set[int] = set()
    stack: list[tuple[Step, bool]] = [(step, False) for step in reversed(last)]
    while stack:
        step, done = stack.pop()
        if done:
            out.append(step)
        elif id(step) not in seen:
            seen.add(id(step))
            stack.append((step, True))
            stack.extend((p, False) for p in (*reversed(step.shown), *reversed(step.premises)))
    return out


class Serialiser:
    """Numbers terms, contexts and steps as they come."""

    def __init__(self) -> None:
        self.terms: list[Json] = []
        self.contexts: list[Json] = []
        self.steps: list[dict[str, Json]] = []
        self._terms: dict[Term, int] = {}
        self._heights: dict[Term, int] = {}
        self._contexts: dict[Context, int] = {}
        self._steps: dict[int, int] = {}
        self._conditions: dict[frozenset[Claim], list[Json]] = {}

    def add(self, step: Step) -> None:
        """Write one step, those it rests on being written already."""
        self._steps[id(step)] = len(self.steps)
        row = {
            "rule": step.rule,
            "premises": [self._steps[id(p)] for p in step.premises],
            "shown": [self._steps[id(p)] for p in step.shown],
            "data": [self.value(v) for v in step.data],
        }
        self.steps.append({**self.statement(step), **row})

    def number(self, step: Step) -> int:
        """The number of a step that is written."""
        return self._steps[id(step)]

    def statement(self, step: Step) -> dict[str, Json]:
        """What a step says."""
        return {
            "context": self.context(step.context),
            "claim": self.claim(step.claim),
            "conditions": self.conditions(step.conditions),
            "axioms": sorted(step.axioms),
        }

    def conditions(self, claims: frozenset[Claim]) -> list[Json]:
        """Conditions in a fixed order."""
        known = self._conditions.get(claims)
        if known is None:
            known = self._conditions[claims] = [self.claim(c) for c in sorted(claims, key=order)]
        return known

    def height(self, t: Term) -> int:
        """How deep binders are nested in a term."""
        if t not in self._heights:
            inside = max(map(self.height, t.args), default=0)
            self._heights[t] = inside + (t.head in SCOPE)
        return self._heights[t]

    def term(self, t: Term) -> int:
        """The number of a term."""
        known = self._terms.get(t)
        if known is None:
            args, payload = list(t.args), t.payload
            if t.head in SCOPE:
                scope = SCOPE[t.head]
                n = self.height(t)
                while f"i{n}" in args[scope].free:
                    n += 1
                payload = f"i{n}"
                args[scope] = opened(args[scope], sym(payload))
            elif t.head == "num":
                payload = str(payload)
            elif t.head == "matrix":
                payload = list(payload)
            row = [t.head, payload, [self.term(a) for a in args]]
            known = self._terms[t] = len(self.terms)
            self.terms.append(row)
        return known

    def claim(self, claim: Claim) -> Json:
        """A claim by the numbers of its sides."""
        return [self.term(claim.lhs), claim.relation, self.term(claim.rhs)]

    def context(self, context: Context) -> int:
        """The number of a context."""
        known = self._contexts.get(context)
        if known is None:
            written = {
                "symbols": [self._symbol(s) for s in context.symbols],
                "hypotheses": [self.claim(c) for c in context.hypotheses],
            }
            known = self._contexts[context] = len(self.contexts)
            self.contexts.append(written)
        return known

    def _symbol(self, s: Symbol) -> Json:
        shape = None if s.shape is None else [*map(self.term, s.shape)]
        domain, defined = [self.claim(c) for c in s.domain], None
        if s.body is not None:
            defined = [list(s.parameters), self.term(s.body), s.integers]
        return [s.name, s.kind, domain, s.integer, s.arity, shape, defined]

    def value(self, value: Any) -> Json:
        """A part of a step's data."""
        kind = type(value)
        if kind is Term:
            return {"t": self.term(value)}
        if kind is str:
            return value
        if kind is Claim:
            return {"c": self.claim(value)}
        return [self.value(v) for v in value]


@lru_cache(8192)
def order(claim: Claim) -> tuple[int, str]:
    """By size, then by what it looks like."""
    from derive.recheck.terms import text

    return claim.lhs.size + claim.rhs.size, text(claim)
