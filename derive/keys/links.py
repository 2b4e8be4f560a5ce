"""One link of a displayed line: exact, enclosed, explained by rounding, or wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from derive.decision import decide
from derive.diagnosis import diagnose
from derive.keys.contexts import chain_of
from derive.keys.grids import Place, cells, compare_grids, compared, seen
from derive.keys.model import Question, Text
from derive.keys.results import Check, Mended, Status
from derive.keys.rounding import NoValue
from derive.proof import steps
from derive.terms import Context, ContextError, Term, TermError, rational
from derive.terms.context import Claim, Relation
from derive.terms.shapes import is_matrix
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict

SLIP_SECONDS: Final = 1.0
"""For each link that fails: the time in which its slip is looked for."""

ORDER: Final[dict[str, Relation]] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}


def given_values(question: Question, context: Context) -> frozenset[Fraction]:
    """The numbers a question gives: written in a line, they are exact and not rounded."""
    values = set()
    for name, _ in question.given:
        definition = context.definition(name.value)
        if definition is None:
            continue
        body = definition.body
        for term in body.args if body.head == "matrix" else (body,):
            value = rational(term)
            if value is not None:
                values |= {value, -value}
    return frozenset(values)


def check_claim(where: str, text: str, claim: Claim, context: Context) -> Check:
    """Decide a claim and say how it came out; what can be computed may be seen from enclosures."""
    verdict = decide(claim, context)
    if isinstance(verdict, Undecided):
        reason = seen(claim.lhs, claim.relation, claim.rhs, context)
        if reason:
            return Check(where, text, "enclosed", reason)
    return from_verdict(where, text, verdict)


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
    """A displayed line: its ends, the relation before its last term, and the checks of its links.

    ``cells`` has for each link how the numbers in it came out, by their place in their matrices.
    """

    first: Term
    last: Term
    last_relation: str
    checks: tuple[Check, ...]
    cells: tuple[dict[Place, Status], ...] = ()


def check_line(number: int, text: Text, context: Context, exact: frozenset[Fraction]) -> Line:
    """Check every link of a displayed line. Raises QuestionError when it cannot be read."""
    chain = chain_of(text, context)
    many = len(chain.relations) > 1
    found = [
        _link(f"working {number}" + f", link {place}" * many, *link, context, exact)
        for place, link in enumerate(chain.links(), 1)
    ]
    relation = chain.relations[-1] if chain.relations else ""
    checks, statuses = tuple(c for c, _ in found), tuple(s for _, s in found)
    return Line(chain.terms[0], chain.terms[-1], relation, checks, statuses)


def check_link(
    where: str, lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> Check:
    """``lhs relation rhs`` as printed: exactly, to the decimals shown, or up to displayed rounding."""
    return _link(where, lhs, relation, rhs, context, exact)[0]


def _link(
    where: str, lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> tuple[Check, dict[Place, Status]]:
    """The check of a link, and how each of the numbers compared in it came out."""
    if relation not in ORDER and (is_matrix(context, lhs) or is_matrix(context, rhs)):
        return _matrix_link(where, lhs, relation, rhs, context, exact)
    check = _number_link(where, lhs, relation, rhs, context, exact)
    return check, {(1, 1): check.status}


def _matrix_link(
    where: str, lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> tuple[Check, dict[Place, Status]]:
    """Matrices of numbers are compared by their entries, others as they stand."""
    text = f"{lhs} {relation} {rhs}"
    try:
        context.check_claim(Claim(lhs, "=", rhs))
    except ContextError as error:
        return Check(where, text, "undecided", str(error)), {}
    try:
        found = cells(lhs, rhs, context, exact)
        check, statuses = compare_grids(where, text, relation, found, context)
    except (NoValue, TermError) as error:
        check, statuses = Check(where, text, "undecided", str(error)), {}
    if check.status == "undecided" and relation == "=":
        check = check_claim(where, text, Claim(lhs, "=", rhs), context)
    return check, statuses


def _number_link(
    where: str, lhs: Term, relation: str, rhs: Term, context: Context, exact: frozenset[Fraction]
) -> Check:
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
        (cell,) = cells(lhs, rhs, context, exact)
        status, reason = compared(cell, relation, context)
    except (NoValue, TermError) as error:
        status, reason = "undecided", str(error)
    if status == "undecided" and relation == "=":
        check = from_verdict(where, text, verdict)
    else:
        check = Check(where, text, status, reason)
    return diagnosed(check, Claim(lhs, "=", rhs), context) if relation == "=" else check
