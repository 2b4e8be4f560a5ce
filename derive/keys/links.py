"""One link of a displayed line: exact, enclosed, explained by rounding, or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from derive.decision import decide
from derive.keys.contexts import chain_of
from derive.keys.model import Question, Text
from derive.keys.results import Check
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit, may_agree
from derive.terms import Context, Term, TermError, rational
from derive.terms.context import Claim, Relation
from derive.verdict import Conditional, Proved, Refuted, Verdict

ORDER: Final[dict[str, Relation]] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}


def given_values(question: Question, context: Context) -> frozenset[Fraction]:
    """The numbers a question gives: written in a line, they are exact and not rounded."""
    values = set()
    for name, _ in question.given:
        definition = context.definition(name.value)
        value = rational(definition.body) if definition is not None else None
        if value is not None:
            values |= {value, -value}
    return frozenset(values)


def check_claim(where: str, text: str, claim: Claim, context: Context) -> Check:
    """Decide a claim and say how it came out."""
    return from_verdict(where, text, decide(claim, context))


def from_verdict(where: str, text: str, verdict: Verdict) -> Check:
    """A verdict of the engine as a line of the report."""
    if isinstance(verdict, Proved):
        return Check(where, text, "proved", rules=rules_of(verdict))
    if isinstance(verdict, Conditional):
        missing = ", ".join(map(str, verdict.conditions))
        return Check(where, text, "conditional", f"holds if {missing}", rules_of(verdict))
    if isinstance(verdict, Refuted):
        return Check(where, text, "refuted", str(verdict.witness))
    return Check(where, text, "undecided", verdict.reason)


def rules_of(verdict: Proved | Conditional) -> tuple[str, ...]:
    """The rules of a proof, each once, in the order of first use."""
    return tuple(dict.fromkeys(step.rule for step in verdict.theorem.steps()))


@dataclass(frozen=True, slots=True)
class Line:
    """A displayed line: its ends, the relation before its last term, and the checks of its links."""

    first: Term
    last: Term
    last_relation: str
    checks: tuple[Check, ...]


def check_line(number: int, text: Text, context: Context, exact: frozenset[Fraction]) -> Line:
    """Check every link of a displayed line. Raises QuestionError when it cannot be read."""
    chain = chain_of(text, context)
    many = len(chain.relations) > 1
    checks = tuple(
        check_link(f"working {number}" + f", link {place}" * many, *link, context, exact)
        for place, link in enumerate(chain.links(), 1)
    )
    relation = chain.relations[-1] if chain.relations else ""
    return Line(chain.terms[0], chain.terms[-1], relation, checks)


def check_link(
    where: str, lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> Check:
    """``lhs relation rhs`` as printed: exactly, to the decimals shown, or up to displayed rounding."""
    text = f"{lhs} {relation} {rhs}"
    if relation in ORDER:
        return check_claim(where, text, Claim(lhs, ORDER[relation], rhs), context)
    verdict = decide(Claim(lhs, "=", rhs), context) if relation == "=" else None
    if isinstance(verdict, Proved | Conditional):
        return from_verdict(where, text, verdict)
    try:
        return _rounded_link(where, text, lhs, relation, rhs, context, exact)
    except (NoValue, TermError) as error:
        if verdict is not None:
            return from_verdict(where, text, verdict)
        return Check(where, text, "undecided", str(error))


def _rounded_link(
    where: str,
    text: str,
    lhs: Term,
    relation: str,
    rhs: Term,
    context: Context,
    exact: frozenset[Fraction],
) -> Check:
    left = Value(lhs, context)
    printed, places = rational(rhs), decimals_shown(rhs)
    literal = printed is not None and places is not None
    judged = printed is not None and places is not None and (relation == "≈" or bool(places))
    if judged and left.place(printed or Fraction(0), half_unit(places or 0)) == "inside":
        return Check(where, text, "enclosed", f"the left side is {left.shown()}")
    if may_agree(lhs, rhs, context, exact) and (literal or _has_rounded(lhs, rhs, exact)):
        return Check(where, text, "rounded", "equal up to rounding of the decimals displayed")
    right = Value(rhs, context)
    reason = f"the left side is {left.shown()}, the right side {right.shown()}"
    if literal and places:
        reason = f"the left side is {left.rounded(places)} to {places} decimals"
    return Check(where, text, "refuted", reason)


def _has_rounded(lhs: Term, rhs: Term, exact: frozenset[Fraction]) -> bool:
    from derive.terms import subterms

    return any(
        t.head == "num" and t.payload[1] is not None and t.payload[0] not in exact
        for side in (lhs, rhs)
        for t in subterms(side)
    )
