"""One link of a displayed line: exact, enclosed, explained by rounding, or wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from derive.decision import decide
from derive.diagnosis import diagnose
from derive.keys.contexts import chain_of
from derive.keys.model import Question, Text
from derive.keys.results import Check, Mended, Status
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit, may_agree
from derive.proof import steps
from derive.terms import Context, Term, TermError, rational, subterms
from derive.terms.context import Claim, Relation
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict

SLIP_SECONDS: Final = 1.0
"""For each link that fails: the time in which its slip is looked for."""

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


def diagnosed(check: Check, claim: Claim, context: Context) -> Check:
    """The check with the slip that explains it, when it failed and one is found."""
    slip = diagnose(claim, context, seconds=SLIP_SECONDS) if check.status == "refuted" else None
    if slip is None:
        return check
    return replace(check, slip=Mended(slip.kind, slip.words, str(slip.claim)))


def rules_of(verdict: Proved | Conditional) -> tuple[str, ...]:
    """The rules and facts of a proof by name, each once, in the order of first use."""
    rested = steps(verdict.theorem)
    return tuple(
        dict.fromkeys(s.data[0] if s.rule in ("fact", "schema") else s.rule for s in rested)
    )


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
        claim = Claim(lhs, ORDER[relation], rhs)
        return diagnosed(check_claim(where, text, claim, context), claim, context)
    verdict: Verdict = Undecided("≈ is judged by the decimals shown")
    if relation == "=":
        verdict = decide(Claim(lhs, "=", rhs), context)
    if isinstance(verdict, Proved | Conditional):
        return from_verdict(where, text, verdict)
    try:
        status, reason = _rounded(lhs, relation, rhs, context, exact)
    except (NoValue, TermError) as error:
        status, reason = "undecided", str(error)
    if status == "undecided" and relation == "=":
        check = from_verdict(where, text, verdict)
    else:
        check = Check(where, text, status, reason)
    return diagnosed(check, Claim(lhs, "=", rhs), context) if relation == "=" else check


def _rounded(
    lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> tuple[Status, str]:
    """How two closed sides compare as numbers on paper, and why."""
    left = Value(lhs, context)
    printed, places = rational(rhs), decimals_shown(rhs)
    judged = printed is not None and places is not None and (relation == "≈" or bool(places))
    if judged and left.place(printed or Fraction(0), half_unit(places or 0)) == "inside":
        return "enclosed", f"the left side is {left.shown()}"
    if may_agree(lhs, rhs, context, exact):
        if _has_rounded(lhs, rhs, exact):
            return "rounded", "equal up to rounding of the decimals displayed"
        if relation == "≈":
            return "enclosed", "the two sides agree as far as they were computed"
        return "undecided", "the two sides agree as far as they were computed"
    if judged and places:
        return "refuted", f"the left side is {left.rounded(places)} to {places} decimals"
    right = Value(rhs, context).shown()
    return "refuted", f"the left side is {left.shown()}, the right side {right}"


def _has_rounded(lhs: Term, rhs: Term, exact: frozenset[Fraction]) -> bool:
    """Whether a decimal that is not a given is displayed on either side."""
    return any(
        t.head == "num" and t.payload[1] is not None and t.payload[0] not in exact
        for side in (lhs, rhs)
        for t in subterms(side)
    )
