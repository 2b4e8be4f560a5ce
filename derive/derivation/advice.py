"""What would work for a link that is not proved: another tactic, a chain to cite, a slip to mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from derive.derivation import Link
from derive.kernel.theorem import Theorem
from derive.proof import steps
from derive.tactics import Goal, Refused, run
from derive.terms.context import Claim, Context
from derive.terms.term import Term
from derive.verdict import Refuted, Verdict

SLIP_SECONDS: Final = 1.0
"""How long the slip in a refuted link is looked for."""

INSTANCES: Final = 12
INSTANCE_SECONDS: Final = 0.5
"""On how many instances a claim is evaluated, and how long that may take."""

SUGGESTED: Final = (
    *("ring", "unfold", "subst", "cite", "log_exp", "root", "sum_ring", "diff", "ftc", "mat_ring"),
    *("trace_cyc", "det_mul", "bound", "ord", "cases", "sum_ord", "monotone_fn", "induction"),
)
"""The tactics that are tried on a link that the search proves, plain ones first."""

MAX_TRIED: Final = 6
"""So many chains to cite may be left out one by one, to see whether they are needed."""

Statements = Sequence[tuple[str, Claim]]


def advice(context: Context, link: Link, earlier: Statements, verdict: Verdict) -> Iterator[str]:
    """Lines that say what would work. ``earlier`` are the chains that are proved, with their labels."""
    if isinstance(verdict, Refuted):
        from derive.diagnosis import diagnose

        slip = diagnose(link.claim, context, seconds=SLIP_SECONDS)
        if slip is not None:
            yield f"the slip is {slip.words}; proved: {slip.claim}"
        return
    instance = disagreement(context, link.claim)
    if instance is not None:
        yield f"it is false {instance}"
        return
    cited = {c.label for c in link.using if not c.mapping}
    own = [(label, claim) for label, claim in earlier if label in cited]
    rest = [(label, claim) for label, claim in earlier if label not in cited]
    if link.by is not None:
        shown = _search(context, link, own)
        if shown is not None and not shown.conditions:
            yield f"the search proves it: {_instead(context, link, own)}"
            return
    needed = _needed(context, link, own, rest)
    if needed:
        listed = ", ".join(map(repr, needed))
        yield f"the search proves it from earlier chains: cite them, using=({listed},)"
        return
    yield "state what is missing as a hypothesis, show it in a chain of its own, or add a line between"


def disagreement(context: Context, claim: Claim) -> str | None:
    """A random instance in words at which a claim is false; spaces are finite there. None without one.

    Double integrals, and integrals of functions of which nothing is known, are not evaluated: that takes
    too long.
    """
    from derive.crosscheck import cross_check

    if any(_slow(context, side) for side in (claim.lhs, claim.rhs)):
        return None
    return cross_check(context, claim, instances=INSTANCES, seconds=INSTANCE_SECONDS).disagreement


def _slow(context: Context, term: Term, inside: bool = False) -> bool:
    """Whether an integral over an interval, definitions written out, has another or an unknown in it."""
    definition = context.definition_of(term)
    applied = term.head == "call" and term.payload in context and definition is None
    if inside and (term.head == "int" or applied):
        return True
    parts = term.args if definition is None else (*term.args, definition.body)
    return any(_slow(context, part, inside or term.head == "int") for part in parts)


def _needed(context: Context, link: Link, own: Statements, rest: Statements) -> list[str]:
    """Labels of further chains from which the search proves a link; empty when there are none."""

    def enough(chosen: Statements) -> Theorem | None:
        shown = _search(context, link, [*own, *chosen])
        return None if shown is None or shown.conditions else shown

    shown = enough(rest) if rest else None
    if shown is None:
        return []
    used = {step.data[0] for step in steps(shown) if step.rule == "hypothesis"}
    few = [s for n, s in enumerate(rest, len(own) + 1) if _name(n, s[0]) in used]
    few = few if enough(few) is not None else list(rest)
    for statement in list(few) if len(few) <= MAX_TRIED else ():
        fewer = [s for s in few if s is not statement]
        few = fewer if enough(fewer) is not None else few
    return [label for label, _ in few]


def _search(context: Context, link: Link, facts: Statements) -> Theorem | None:
    """What the search makes of a link with some statements as hypotheses."""
    try:
        return run(None, Goal(_with(context, facts), link.claim))
    except Refused:
        return None


def _with(context: Context, facts: Statements) -> Context:
    for number, (label, claim) in enumerate(facts, 1):
        context = context.assume(_name(number, label), claim.oriented())
    return context


def _name(number: int, label: str) -> str:
    return f"cited {number}: {label}"


def _instead(context: Context, link: Link, facts: Statements) -> str:
    """Which tactics of those in `SUGGESTED` show the link."""
    inner = _with(context, facts)
    for name in SUGGESTED:
        try:
            theorem = run(name, Goal(inner, link.claim))
        except Refused:
            continue
        if not theorem.conditions:
            return f'use by="{name}", or leave by= out'
    return "leave by= out"
