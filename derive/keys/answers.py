"""Numeric and symbolic questions: the printed answer beside its model."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from derive.decide import decide
from derive.keys.contexts import claim_of, question_context, term_of
from derive.keys.links import check_claim, check_lines, from_verdict, given_values
from derive.keys.model import Key, Part, Question, Text
from derive.keys.premises import Facts, check_audits, check_premises
from derive.keys.results import Check, Verdict
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit
from derive.terms import Context, Term, rational
from derive.terms.context import Claim


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
    checks = [c for o in parts for c in o.checks]
    right = "; ".join(o.right for o in parts if o.right)
    return Outcome(worst.verdict, "; ".join(named), right, (*facts.checks, *checks, *audits))


def _check_part(part: Part, question: Question, context: Context, facts: Facts) -> Outcome:
    exact = given_values(question, context)
    lines = list(check_lines(part.working, context, exact))
    working = tuple(check for check, _ in lines)
    printed = [(text, term_of(text, context)) for text in part.answers]
    shown = [term for _, term in printed]
    if lines and rational(lines[-1][1]) is not None:
        shown.append(lines[-1][1])
    outcome = _judge(part, printed[0][1], context, working)
    checks = (*outcome.checks, *working)
    two = _contradiction(shown)
    if two is not None:
        value = f"; the value is {outcome.right}" if outcome.right else ""
        message = f"the key prints {two[0]} and {two[1]}{value}"
        return Outcome("inconsistent", message, outcome.right, checks)
    if facts.failed:
        return _with_premises(part, printed[0][1], outcome, facts, checks)
    return Outcome(outcome.verdict, outcome.message, outcome.right, checks)


def _contradiction(shown: list[Term]) -> tuple[Term, Term] | None:
    """Two printed numbers that no single value rounds to."""
    for a, b in combinations(shown, 2):
        x, y = rational(a), rational(b)
        if x is None or y is None:
            continue
        if abs(x - y) > _cell(a) + _cell(b):
            return a, b
    return None


def _cell(term: Term) -> Fraction:
    """Half a unit in the last decimal shown; a number without decimals is exact."""
    places = decimals_shown(term)
    return half_unit(places) if places else Fraction(0)


def _judge(part: Part, answer: Term, context: Context, working: tuple[Check, ...]) -> Outcome:
    """The answer against the model, or against the claims about it."""
    if part.model is not None:
        model = term_of(part.model, context)
        if rational(answer) is not None:
            return _judge_number(part, answer, model, context, working)
        return _judge_term(part, answer, model, context)
    if part.claims:
        return _judge_claims(part, answer, context)
    reason = "no model or claim says what the answer is checked against"
    return Outcome("undecided", reason, checks=(Check("answer", str(answer), "undecided", reason),))


def _judge_number(
    part: Part, answer: Term, model: Term, context: Context, working: tuple[Check, ...]
) -> Outcome:
    text = f"{answer} ≈ {part.model}"
    try:
        value = Value(model, context)
        exact = value.place(rational(answer) or Fraction(0), Fraction(0)) == "inside"
        if exact:
            return Outcome(
                "correct", "", value.shown(), (Check("answer", text, "enclosed", "exactly"),)
            )
        return _judge_decimal(part, answer, value, working, text)
    except NoValue as error:
        return Outcome(
            "undecided", str(error), checks=(Check("answer", text, "undecided", str(error)),)
        )


def _judge_decimal(
    part: Part, answer: Term, value: Value, working: tuple[Check, ...], text: str
) -> Outcome:
    printed, shown = rational(answer) or Fraction(0), decimals_shown(answer) or 0
    asked = part.accept.decimals
    places = shown if shown or asked is None else asked
    right = value.rounded(places) if places or asked == 0 else value.shown()
    half = half_unit(places) if places or asked == 0 else Fraction(0)
    slack = Fraction(part.accept.slack_last_digit, 10**places)
    place = value.place(printed, half + slack)
    more = f"; {asked} decimals are asked for, {shown} are shown" if asked and asked > shown else ""
    if place == "inside":
        reason = f"the value is {value.shown()}{more}"
        return Outcome("correct", more[2:], right, (Check("answer", text, "enclosed", reason),))
    if place == "unknown":
        reason = "the value lies on the edge of a rounding cell"
        return Outcome("undecided", reason, right, (Check("answer", text, "undecided", reason),))
    near = value.place(printed, 3 * half) == "inside"
    if half and near and working and all(c.held for c in working):
        reason = f"the value is {right}; rounding the displayed intermediates gives {answer}"
        return Outcome("rounded", reason, right, (Check("answer", text, "rounded", reason),))
    whole = "" if half else " (a whole number is taken as exact; accept = { decimals = 0 } rounds)"
    reason = f"the value is {right}, not {answer}{whole}{more}"
    return Outcome("wrong", reason, right, (Check("answer", text, "refuted", reason),))


def _judge_term(part: Part, answer: Term, model: Term, context: Context) -> Outcome:
    claim = Claim(answer, "=", model)
    check = from_verdict("answer", f"{answer} = {part.model}", decide(claim, context))
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
    broken = "; ".join(c.reason or f"{c.claim} fails" for c in facts.failed)
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
