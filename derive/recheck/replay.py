"""Certificates: reading one, and going through its steps."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any, NamedTuple

from .bounds import Bounds
from .context import Context, read_context
from .integrals import RULES as INTEGRALS
from .language import arities
from .printing import text
from .rules import ALONE, RESTATED, RULES, Step
from .terms import WORK, Rejected, Term, Work, fraction, make, read_claim, read_term

MAX_STEPS = 50_000
MAX_DATA = 12
FAULTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What Python raises when a value read from JSON is not of the kind it should be."""


class Report(NamedTuple):
    """What an accepted certificate shows, in words: under all of this, the claim holds."""

    claim: str
    declared: list[str]
    hypotheses: list[str]
    conditions: list[str]
    axioms: list[str]
    steps: int


def recheck(data: Any) -> Report:
    """Check a certificate, a JSON object. Raises Rejected, and nothing else, when it is not accepted."""
    Work.left, limit = WORK, sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 6_000))
    try:
        return _recheck(data)
    except FAULTS as error:
        if isinstance(error, Rejected):
            raise
        raise Rejected(f"not a certificate: {type(error).__name__}: {str(error)[:200]}") from None
    finally:
        sys.setrecursionlimit(limit)


def seal(data: Any) -> str:
    """The digest of a certificate's content, by which accidental damage is found out."""
    content = {key: value for key, value in data.items() if key != "seal"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _recheck(data: Any) -> Report:
    if (data["format"], data["version"]) != ("derive-certificate", 1):
        raise Rejected("it is not of the format derive-certificate, version 1")
    if data["seal"] != seal(data):
        raise Rejected("the seal does not fit the content: it was changed after it was written")
    terms: list[Term] = []
    for row in data["terms"]:
        terms.append(read_term(row, terms, arities()))
    contexts = [read_context(c, terms) for c in data["contexts"]]
    steps: list[Step] = []
    for number, row in enumerate(data["steps"]):
        try:
            steps.append(_checked(_step(row, terms, contexts, steps)))
        except FAULTS as error:
            rule = row["rule"] if isinstance(row, dict) and "rule" in row else "?"
            raise Rejected(f"step {number} ({str(rule)[:40]}): {str(error)[:400]}") from None
    stated = _step({**data["claim"], "rule": "", "premises": [], "data": []}, terms, contexts, [])
    last = steps[-1]._replace(rule="", premises=[], data=[])
    if stated != last:
        raise Rejected(f"the last step does not show what is stated, but {text(last.claim)}")
    return report(last, len(steps))


def _step(row: Any, terms: list[Term], contexts: list[Context], before: list[Step]) -> Step:
    """A step, whose claim and conditions must make sense in its context."""
    context = contexts[row["context"]]
    claim, *conditions = (
        context.check(read_claim(c, terms)) for c in (row["claim"], *row["conditions"])
    )
    data = [_decoded(value, terms) for value in row["data"]]
    premises, axioms = [before[n] for n in row["premises"]], frozenset(row["axioms"])
    return Step(row["rule"], context, premises, claim, frozenset(conditions), axioms, data)


def _checked(step: Step) -> Step:
    """The step itself, when it follows from its premises and states all that it rests on."""
    needed = {**RULES, **INTEGRALS}[step.rule](step)
    step.need(not step.premises or step.rule not in ALONE)
    if step.rule not in RESTATED:
        step.need(*(p.context == step.context for p in step.premises))
        known = Bounds(step.context, step.conditions)
        needed = frozenset(c for c in needed - step.conditions if not known.shows(c))
        needed = needed.union(*(p.conditions for p in step.premises))
    if not step.axioms.issuperset(a for p in step.premises for a in p.axioms):
        raise Rejected("an axiom of a premise is not stated")
    for claim in needed - step.conditions:
        raise Rejected(f"the condition {text(claim)} is not stated")
    return step


def _decoded(value: Any, terms: list[Term], depth: int = 0) -> Any:
    """A value of a step's data: ``{"t": place}``, ``{"c": claim}``, ``{"q": "1/2"}``, or as it is."""
    if isinstance(value, list) and depth < MAX_DATA:
        return [_decoded(v, terms, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "t":
        return terms[inner]
    return read_claim(inner, terms) if kind == "c" else fraction(inner)


def report(step: Step, steps: int) -> Report:
    """A theorem in words."""
    declared = []
    for s in step.context.symbols:
        shape = " x ".join(map(text, s.shape or ()))
        kind = "" if s.kind == "scalar" else f"{s.kind} "
        words = (
            f"{s.form} matrix {shape}".strip()
            if shape
            else f"{kind}{'integer' if s.integer else 'real'}"
        )
        declared.append(", ".join([f"{s.name}: {words}", *map(text, s.holds(make("sym", s.name)))]))
    for d in step.context.definitions:
        head = f"{d.name}({', '.join(d.parameters)})" if d.parameters else d.name
        declared.append(f"{head} := {text(d.body)}")
    hypotheses = [text(claim) for _, claim in step.context.hypotheses]
    return Report(
        text(step.claim),
        declared,
        hypotheses,
        sorted(map(text, step.conditions)),
        sorted(step.axioms),
        steps,
    )
