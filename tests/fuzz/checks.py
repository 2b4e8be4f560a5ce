"""What the evaluator says of a verdict: nothing, or what is wrong with it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from fuzz.evaluator import Evaluator, certain, shown
from fuzz.sampling import points_of
from fuzz.values import Undefined, Unsure

from derive.decision import DISAGREEMENT
from derive.terms.context import Claim, Context
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict

POINTS: Final = 70
"""Assignments at which a proved or conditional claim is evaluated."""


def fault(
    verdict: Verdict, claim: Claim, context: Context, rng: random.Random, counts: Counter[str]
) -> str:
    """What is wrong with the verdict on a claim; empty when nothing is found.

    ``counts`` is told how many verdicts could be tested.
    """
    if isinstance(verdict, Refuted):
        return _false_refutation(verdict, claim, context, counts)
    if isinstance(verdict, Undecided):
        contradicted = DISAGREEMENT in verdict.reason
        return f"CONTRADICTED PROOF ({verdict.reason})" if contradicted else ""
    return _false_proof(verdict, claim, context, rng, counts)


def _false_proof(
    verdict: Proved | Conditional,
    claim: Claim,
    context: Context,
    rng: random.Random,
    counts: Counter[str],
) -> str:
    theorem = verdict.theorem
    if theorem.claim not in (claim, claim.oriented()):
        return f"ANOTHER CLAIM {theorem.claim}"
    tested = 0
    for values in assignments(context, rng, POINTS):
        seed = rng.randrange(10**6)
        if not all(certain(c, context, values, seed) for c in theorem.conditions):
            continue
        out = certain(claim, context, values, seed)
        tested += out is not None
        if out is False:
            where = ", ".join(f"{k} = {v}" for k, v in values.items())
            needs = ", ".join(sorted(map(str, theorem.conditions)))
            left, right = (shown(s, context, values, seed)[:60] for s in (claim.lhs, claim.rhs))
            return (
                f"FALSE {verdict.name} [{needs}] at {where} (functions {seed}): "
                f"left {left}, right {right}"
            )
    counts[f"{verdict.name} and tested"] += tested > 0
    return ""


def _false_refutation(
    verdict: Refuted, claim: Claim, context: Context, counts: Counter[str]
) -> str:
    """A witness must lie in the domains, satisfy the hypotheses, and break the claim."""
    if any(d.kind == "function" and context.definition(d.name) is None for d in context):
        counts["refuted, not checked: a declared function"] += 1
        return ""
    values = dict(verdict.witness.values)
    for name, value in values.items():
        if not context[name.partition("[")[0]].domain.contains(value):
            return f"WITNESS OUTSIDE THE DOMAIN {name} = {value}"
    for _, h in context.hypotheses:
        if certain(h, context, values, 0) is False:
            return f"WITNESS AGAINST THE HYPOTHESIS {h}: {verdict.witness}"
    out = certain(claim, context, values, 0, strict=True)
    counts["refuted and confirmed"] += out is False
    return f"FALSE refuted {verdict.witness}" if out else ""


def assignments(context: Context, rng: random.Random, count: int) -> Iterator[dict[str, Fraction]]:
    """At most ``count`` assignments that satisfy the hypotheses, with coincidences among symbols."""
    names = [d.name for d in context if d.kind == "scalar" and context.definition(d.name) is None]
    columns = {n: points_of(context[n].domain, rng) for n in names}
    found = 0
    for _ in range(count * 4):
        values = {n: rng.choice(columns[n]) for n in names}
        if len(names) > 1 and rng.random() < 0.4:
            _coincide(context, values, rng)
        _solve(context, values)
        if all(certain(h, context, values, 0) for _, h in context.hypotheses):
            yield values
            found += 1
        if found == count:
            return


def _coincide(context: Context, values: dict[str, Fraction], rng: random.Random) -> None:
    """Give one symbol a value that is tied to that of another."""
    a, b = rng.sample(list(values), 2)
    base = values[b]
    tied = [base, -base, base + 1, base * base, 1 - base, 1 / base if base else base]
    moved = rng.choice(tied)
    if context[a].domain.contains(moved):
        values[a] = moved


def _solve(context: Context, values: dict[str, Fraction]) -> None:
    """Make the hypotheses that give a symbol its value hold, where they can."""
    for _, h in context.hypotheses:
        if h.relation == "=" and h.lhs.head == "sym":
            try:
                value = Evaluator(context, values, 0).of(h.rhs)
            except (Undefined, Unsure):
                return
            if isinstance(value, Fraction) and context[h.lhs.payload].domain.contains(value):
                values[h.lhs.payload] = value


def described(claim: Claim, context: Context) -> str:
    """The claim with its context, in one line."""
    free = [d for d in context if context.definition(d.name) is None]
    parts = [f"{d.name}: {d.kind}, {d.domain}" for d in free]
    parts += [f"{_head(d.name, d.parameters)} := {d.body}" for d in context.definitions]
    parts += [f"assume {h}" for _, h in context.hypotheses]
    return f"{claim}   <{'; '.join(parts)}>"


def _head(name: str, parameters: tuple[str, ...]) -> str:
    return f"{name}({', '.join(parameters)})" if parameters else name
