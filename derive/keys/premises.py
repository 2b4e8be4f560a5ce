"""Facts stated in a question: do the givens agree with them, and with each other?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from derive.decision import decide
from derive.keys.contexts import QuestionError, law_duties, question_context, term_of
from derive.keys.links import check_claim
from derive.keys.model import Key, Premise, Question, Text
from derive.keys.results import Check
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit
from derive.keys.stated import check_stated
from derive.terms import Context, rational
from derive.terms.context import Claim
from derive.verdict import Proved


@dataclass(frozen=True, slots=True)
class Facts:
    """The checks of the premises, and the question's context with the facts in place of the givens.

    ``context`` is None when every given agrees with its fact; ``said`` describes what differs.
    """

    checks: tuple[Check, ...]
    context: Context | None
    said: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The premises that do not hold."""
        return tuple(c for c in self.checks if c.status == "refuted")

    @property
    def open(self) -> tuple[Check, ...]:
        """The premises that are neither shown nor denied."""
        return tuple(c for c in self.checks if c.status in ("conditional", "undecided"))


def check_premises(key: Key, question: Question, context: Context) -> Facts:
    """Check what the question states; see what its givens should be where a fact contradicts them.

    Raises QuestionError when a premise cannot be read.
    """
    corrected, said = [], []
    checks = [
        check_claim(f"premise about map {number}", str(claim), claim, scope)
        for number, (scope, claim) in enumerate(law_duties(key, question), 1)
    ]
    for number, premise in enumerate(question.premises, 1):
        check = _check(f"premise {number}", premise, question, context)
        checks.append(check)
        if check.status == "refuted" and premise.value is not None:
            corrected.append((premise.given, premise.value))
            said.append(
                f"{premise.given} = {Value(term_of(premise.value, context), context).shown(4)}"
            )
    if not corrected:
        return Facts(tuple(checks), None)
    return Facts(tuple(checks), _with_facts(key, question, corrected), ", ".join(said))


def check_audits(question: Question, context: Context) -> tuple[Check, ...]:
    """Check facts stated elsewhere in the paper: worth a note, and no part of the verdict."""
    return tuple(
        _check(f"audit {number}", premise, question, context)
        for number, premise in enumerate(question.audits, 1)
    )


def _check(where: str, premise: Premise, question: Question, context: Context) -> Check:
    if premise.claim is not None:
        check = check_stated(where, premise.claim, context)
        said = ": ".join(part for part in (premise.say, check.reason) if part)
        return replace(check, reason=said)
    assert premise.value is not None
    given = next((value for name, value in question.given if name.value == premise.given), None)
    if given is None:
        at = premise.value
        raise QuestionError(f"{premise.given!r} is not among the givens", at.line, at.column)
    return _compare(where, premise, given, context)


def _compare(where: str, premise: Premise, given: Text, context: Context) -> Check:
    """A given number beside what the stated facts make of it, at the decimals shown."""
    assert premise.value is not None
    printed = term_of(given, context)
    text = f"{premise.given} = {printed} ≈ {premise.value}"
    number, places = rational(printed), decimals_shown(printed)
    if number is None or places is None:
        return Check(where, text, "undecided", "the given is not a number")
    try:
        fact = term_of(premise.value, context)
        value = Value(fact, context)
        place = value.place(number, half_unit(places) if places else Fraction(0))
        shown = value.shown(4)
    except NoValue as error:
        return Check(where, text, "undecided", str(error))
    by = f" by {premise.say}" if premise.say else ""
    if place == "unknown" and isinstance(decide(Claim(printed, "=", fact), context), Proved):
        return Check(where, text, "proved", f"exactly{by}")
    if place == "unknown":
        return Check(where, text, "undecided", "the value lies on the edge of a rounding cell")
    if place == "inside":
        return Check(where, text, "enclosed", f"it is {shown}{by}")
    return Check(where, text, "refuted", f"{premise.given} is {shown}{by}, not {printed}")


def _with_facts(key: Key, question: Question, corrected: list[tuple[str, Text]]) -> Context:
    """The question's context with the corrected givens defined by the facts."""
    facts = dict(corrected)
    kept = tuple((n, v) for n, v in question.given if n.value not in facts)
    last = tuple((Text(n), v) for n, v in corrected)
    return question_context(key, replace(question, given=kept, define=(*last, *question.define)))
