"""Certificates: reading one, and going through its steps."""

from __future__ import annotations

import gc
import hashlib
import json
import sys
from typing import Any, NamedTuple

from .algebra import Ring
from .context import Context
from .reading import read_claim, read_context, read_term
from .steps import Step
from .terms import WORK, Rejected, Term, Work, text

VERSION = 3
# What Python raises when a value read from JSON is not of the kind it should be.
FAULTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError,
          StopIteration, MemoryError)  # fmt: skip


class Report(NamedTuple):
    """What an accepted certificate shows, in words: under all of this, the claims hold."""

    claims: list[str]
    declared: list[str]
    hypotheses: list[str]
    conditions: list[str]
    axioms: list[str]
    steps: int


def recheck(data: Any) -> Report:
    """Check a certificate, a JSON object. Raises Rejected, and nothing else, when it is not accepted."""
    Work.left, Ring.shared, limit, collects = WORK, Ring(), sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, 6_000))
    gc.disable()
    try:
        return _recheck(data)
    except FAULTS as error:
        said = f"not a certificate: {type(error).__name__}: {str(error)[:200]}"
        raise (error if isinstance(error, Rejected) else Rejected(said)) from None
    finally:
        sys.setrecursionlimit(limit)
        (gc.enable if collects else gc.disable)()


def seal(data: Any) -> str:
    """The digest of a certificate's content, by which accidental damage is found out."""
    content = {key: value for key, value in data.items() if key != "seal"}
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, check_circular=False).encode()
    ).hexdigest()


def _recheck(data: Any) -> Report:
    if (data["format"], data["version"]) != ("derive-certificate", VERSION):
        raise Rejected(f"it is not of the format derive-certificate, version {VERSION}")
    if data["seal"] != seal(data):
        raise Rejected("the seal does not fit the content: it was changed after it was written")
    terms: list[Term] = []
    for row in data["terms"]:
        terms.append(read_term(row, terms))
    contexts = [read_context(c, terms) for c in data["contexts"]]
    steps: list[Step] = []
    for number, row in enumerate(data["steps"]):
        try:
            step = _step(row, terms, contexts, steps)
            step.check()
            steps.append(step)
        except FAULTS as error:
            rule = row["rule"] if isinstance(row, dict) and "rule" in row else "?"
            raise Rejected(f"step {number} ({rule!r:.40}): {str(error)[:400]}") from None
    numbers = data["claims"]
    if not numbers or not all(type(n) is int and 0 <= n < len(steps) for n in numbers):
        raise Rejected("the claims are not a list of the numbers of steps")
    first, *others = [steps[n] for n in numbers]
    for name in ("context", "conditions", "axioms"):
        if any(getattr(step, name) != getattr(first, name) for step in others):
            raise Rejected(f"the claims do not have the same {name}")
    return report([first, *others], len(steps))


def _step(row: Any, terms: list[Term], contexts: list[Context], before: list[Step]) -> Step:
    """A step, whose claim and conditions must make sense in its context."""
    context = contexts[row["context"]]
    claim = context.check(read_claim(row["claim"], terms))
    conditions = frozenset([read_claim(c, terms) for c in row["conditions"]])
    premises, shown = ([before[n] for n in row[key]] for key in ("premises", "shown"))
    data = _decoded(row["data"], terms)
    axioms = frozenset(map(str, row["axioms"]))
    return Step(row["rule"], context, premises, shown, claim, conditions, axioms, data)


def _decoded(value: Any, terms: list[Term]) -> Any:
    """A value of a step's data: ``{"t": place}`` is a term, ``{"c": row}`` a claim, a text itself."""
    if isinstance(value, dict):
        ((kind, inner),) = value.items()
        return terms[inner] if kind == "t" else read_claim(inner, terms)
    return [v if isinstance(v, str) else _decoded(v, terms) for v in value]


def report(shown: list[Step], steps: int) -> Report:
    """What the steps show, in words; they differ in their claims alone."""
    step, declared = shown[0], []
    for s in step.context.symbols:
        kind = "" if s.kind == "scalar" else f"{s.kind} "
        size = " x ".join(map(text, s.shape)) if s.shape else "integer" if s.integer else "real"
        words = ", ".join([f"{s.name}: {kind}{size}", *map(text, s.domain)])
        head = f"{s.name}({', '.join(s.parameters)})" if s.parameters else s.name
        declared.append(f"{head} := {text(s.body)}" if s.body else words)
    said = [*map(text, step.context.hypotheses)], sorted(map(text, step.conditions))
    return Report([text(s.claim) for s in shown], declared, *said, sorted(step.axioms), steps)
