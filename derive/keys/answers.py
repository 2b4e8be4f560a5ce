"""Numeric and symbolic questions: the printed answer beside its model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Final

from derive.decision import decide
from derive.keys.contexts import claim_of, question_context, term_of
from derive.keys.links import Line, check_claim, check_line, diagnosed, from_verdict, given_values
from derive.keys.model import Key, Part, Question, Text
from derive.keys.premises import Facts, check_audits, check_premises
from derive.keys.results import Check, Verdict
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit
from derive.terms import Context, Term, rational, sub
from derive.terms.context import Claim
from derive.verdict import Proved


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a question or a part of one, with its message and checks."""

    verdict: Verdict
    message: str = ""
    right: str = ""
    checks: tuple[Check, ...] = ()


SEVERITY: tuple[Verdict, ...] = (
    "undecided",
    "inconsistent",
    "premise",
    "wrong",
    "rounded",
    "correct",
)


EXACT: Final[dict[int | None, str]] = {
    0: "a whole number is taken as exact; accept = { decimals = 0 } rounds",
    None: "a fraction is taken as exact",
}
"""Why an answer without decimals is not compared up to rounding."""


def check_answers(key: Key, question: Question) -> Outcome:
    """The verdict on a numeric or symbolic question. Raises QuestionError."""
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    audits = check_audits(question, context)
    parts = [_check_part(p, question, context, facts) for p in question.parts]
    worst = min(parts, key=lambda o: SEVERITY.index(o.verdict))
    named = [
        f"({p.id}) {o.message}" if p.id else o.message
        for p, o in zip(question.parts, parts, strict=True)
        if o.message
    ]
    named += [f"{c.where} is {c.status}: {c.claim}: {c.reason}" for c in facts.open]
    checks = [c for o in parts for c in o.checks]
    right = "; ".join(o.right for o in parts if o.right)
    return Outcome(worst.verdict, "; ".join(named), right, (*facts.checks, *checks, *audits))


def _check_part(part: Part, question: Question, context: Context, facts: Facts) -> Outcome:
    exact = given_values(question, context)
    model = term_of(part.model, context) if part.model is not None else None
    lines = [check_line(i, text, context, exact) for i, text in enumerate(part.working, 1)]
    printed = [Printed.of(term_of(text, context)) for text in part.answers]
    ends = [Printed.of(x.last, x.last_relation) for x in lines[-1:] if _is_about(x, model, context)]
    outcomes = [_judge(part, p.term, model, context, lines) for p in printed]
    outcome = min(outcomes, key=lambda o: SEVERITY.index(o.verdict))
    working = tuple(check for line in lines for check in line.checks)
    checks = (*(_named(part, c) for o in outcomes for c in o.checks), *working)
    two = _contradiction([*printed, *ends])
    if two is not None:
        value = f"; the value is {outcome.right}" if outcome.right else ""
        message = f"the key prints {two[0].term} and {two[1].term}{value}"
        return Outcome("inconsistent", message, outcome.right, checks)
    if facts.failed:
        return _with_premises(part, printed[0].term, outcome, facts, checks)
    return Outcome(outcome.verdict, outcome.message, outcome.right, checks)


def _named(part: Part, check: Check) -> Check:
    """A check of a part says which part it is about."""
    return replace(check, where=f"{check.where} ({part.id})") if part.id else check


def _is_about(line: Line, model: Term | None, context: Context) -> bool:
    """Whether a line starts from the model and ends in a number: that is an answer, too."""
    if model is None or rational(line.last) is None:
        return False
    try:
        low, high = Value(sub(line.first, model), context).ends(256)
    except NoValue:
        return False
    return low <= 0 <= high


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: the term, and half a unit in its last place when it is rounded."""

    term: Term
    half: Fraction

    @classmethod
    def of(cls, term: Term, relation: str = "") -> Printed:
        """The cell of a literal; one without decimals is exact unless it follows ``≈``."""
        places = decimals_shown(term)
        rounded = bool(places) or (places == 0 and relation == "≈")
        return cls(term, half_unit(places or 0) if rounded else Fraction(0))


def _contradiction(shown: list[Printed]) -> tuple[Printed, Printed] | None:
    """Two printed numbers that no single value rounds to."""
    for a, b in combinations(shown, 2):
        x, y = rational(a.term), rational(b.term)
        if x is not None and y is not None and x != y and abs(x - y) >= a.half + b.half:
            return a, b
    return None


def _judge(
    part: Part, answer: Term, model: Term | None, context: Context, lines: list[Line]
) -> Outcome:
    """The answer against the model, and against the claims about it."""
    outcomes = []
    if model is not None:
        outcomes.append(_judge_model(part, answer, model, context, lines))
    if part.claims:
        outcomes.append(_judge_claims(part, answer, context))
    if not outcomes:
        reason = "no model or claim says what the answer is checked against"
        check = Check("answer", str(answer), "undecided", reason)
        return Outcome("undecided", reason, checks=(check,))
    worst = min(outcomes, key=lambda o: SEVERITY.index(o.verdict))
    checks = tuple(c for o in outcomes for c in o.checks)
    return Outcome(worst.verdict, worst.message, outcomes[0].right, checks)


def _judge_model(
    part: Part, answer: Term, model: Term, context: Context, lines: list[Line]
) -> Outcome:
    if rational(answer) is None:
        return _judge_term(part, answer, model, context)
    try:
        return _judge_number(part, answer, model, context, lines)
    except NoValue as error:
        outcome = _judge_term(part, answer, model, context)
        if outcome.verdict != "undecided":
            return outcome
        check = Check("answer", f"{answer} = {part.model}", "undecided", str(error))
        return Outcome("undecided", str(error), checks=(check,))


def _judge_number(
    part: Part, answer: Term, model: Term, context: Context, lines: list[Line]
) -> Outcome:
    value = Value(model, context)
    exact = value.place(rational(answer) or Fraction(0), Fraction(0))
    if exact == "unknown":
        proof = decide(Claim(answer, "=", model), context)
        if isinstance(proof, Proved):
            check = from_verdict("answer", f"{answer} = {part.model}", proof)
            return Outcome("correct", "", str(answer), (check,))
    if exact == "inside":
        check = Check("answer", f"{answer} = {part.model}", "enclosed", "exactly")
        return Outcome("correct", "", value.shown(), (check,))
    return _judge_decimal(part, answer, value, lines)


def _judge_decimal(part: Part, answer: Term, value: Value, lines: list[Line]) -> Outcome:
    """A printed decimal beside a value that it does not equal exactly."""
    text = f"{answer} ≈ {part.model}"
    printed, shown = rational(answer) or Fraction(0), decimals_shown(answer)
    asked = part.accept.decimals
    places = shown or asked or 0
    rounds = shown is not None and (bool(places) or asked == 0)
    right = value.rounded(places) if rounds and not value.ends_by(places + 6) else value.shown()
    half = half_unit(places) if rounds else Fraction(0)
    place = value.place(printed, half + Fraction(part.accept.slack_last_digit, 10**places))
    few = asked is not None and shown is not None and shown < asked
    more = f"{asked} decimals are asked for, {shown} are shown" if few else ""
    if place == "inside":
        check = Check("answer", text, "enclosed", _joined(f"the value is {value.shown()}", more))
        return Outcome("correct", more, right, (check,))
    if place == "unknown":
        reason = "the value lies on the edge of a rounding cell"
        return Outcome("undecided", reason, right, (Check("answer", text, "undecided", reason),))
    if half and value.place(printed, 3 * half) == "inside" and _explained(printed, lines):
        reason = f"the value is {right}; rounding the displayed intermediates gives {answer}"
        return Outcome("rounded", reason, right, (Check("answer", text, "rounded", reason),))
    reason = _joined(f"the value is {right}, not {answer}", "" if rounds else EXACT[shown], more)
    return Outcome("wrong", reason, right, (Check("answer", text, "refuted", reason),))


def _explained(printed: Fraction, lines: list[Line]) -> bool:
    """Whether a displayed line ends in the printed number, holds, and rounds on its way there."""
    return any(
        rational(line.last) == printed
        and all(c.held for c in line.checks)
        and any(c.status == "rounded" for c in line.checks)
        for line in lines
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _judge_term(part: Part, answer: Term, model: Term, context: Context) -> Outcome:
    claim = Claim(answer, "=", model)
    check = from_verdict("answer", f"{answer} = {part.model}", decide(claim, context))
    check = diagnosed(check, claim.flipped(), context)
    return _from_checks([check], right=str(model))


def _judge_claims(part: Part, answer: Term, context: Context) -> Outcome:
    """Claims in which ``{answer}`` stands for the printed answer."""
    checks = []
    for text in part.claims:
        scope = context.define("answer_", answer) if "{answer}" in text.value else context
        filled = Text(text.value.replace("{answer}", "answer_"), text.line, text.column)
        checks.append(check_claim("answer", text.value, claim_of(filled, scope), scope))
    return _from_checks(checks, right="")


def _from_checks(checks: list[Check], right: str) -> Outcome:
    bad = next((c for c in checks if c.status == "refuted"), None)
    if bad is not None:
        said = f"; it is {right}" if right else ""
        return Outcome("wrong", f"{bad.claim} fails {bad.reason}{said}", right, tuple(checks))
    open_ = next((c for c in checks if not c.held), None)
    if open_ is not None:
        return Outcome("undecided", f"{open_.claim}: {open_.reason}", right, tuple(checks))
    return Outcome("correct", "", right, tuple(checks))


def _with_premises(
    part: Part, answer: Term, outcome: Outcome, facts: Facts, checks: tuple[Check, ...]
) -> Outcome:
    """The answer judged from the givens and, separately, from the facts they contradict."""
    broken = "; ".join(f"{c.claim}: {c.reason}" for c in facts.failed)
    judged = {"correct": "right", "rounded": "right up to rounding"}.get(
        outcome.verdict, outcome.verdict
    )
    message = f"{broken}. From the givens the answer {answer} is {judged}"
    if outcome.verdict == "wrong" and outcome.right:
        message += f" (it is {outcome.right})"
    if facts.context is not None and part.model is not None:
        message += f"; from {facts.said} it would be {_from_facts(part, answer, facts.context)}"
    return Outcome("premise", message, outcome.right, checks)


def _from_facts(part: Part, answer: Term, context: Context) -> str:
    assert part.model is not None
    try:
        value = Value(term_of(part.model, context), context)
        places = decimals_shown(answer)
        return value.rounded(places) if places else value.shown()
    except NoValue as error:
        return f"undefined ({error})"
