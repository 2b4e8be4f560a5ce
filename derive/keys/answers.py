"""Numeric and symbolic questions: the printed answer beside its model."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.decision import decide
from derive.keys.contexts import question_context, term_of
from derive.keys.displayed import exact_decimals
from derive.keys.grids import paired
from derive.keys.judging import (
    Number,
    Outcome,
    Printed,
    contradiction,
    judge_grid,
    judge_number,
    printed_grid,
    worst,
)
from derive.keys.links import Line, check_line, diagnosed, from_verdict, given_values
from derive.keys.model import Key, Part, Question, Text
from derive.keys.premises import Facts, check_audits, check_premises
from derive.keys.results import Check
from derive.keys.rounding import NoValue, Value, decimals_shown, entries_of
from derive.keys.stated import check_stated, is_about_answer
from derive.terms import Context, Term, rational, sub
from derive.terms.context import Claim


def check_answers(key: Key, question: Question) -> Outcome:
    """The verdict on a numeric or symbolic question. Raises QuestionError."""
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    audits = check_audits(question, context)
    working = [line for part in question.parts for line in part.working]
    exact = exact_decimals(working, given_values(question, context), context)
    parts = [_check_part(p, exact, context, facts) for p in question.parts]
    named = [
        f"({p.id}) {o.message}" if p.id else o.message
        for p, o in zip(question.parts, parts, strict=True)
        if o.message
    ]
    named += [f"{c.where} is {c.status}: {c.brief}: {c.reason}" for c in facts.open]
    checks = [c for o in parts for c in o.checks]
    right = "; ".join(o.right for o in parts if o.right)
    return Outcome(worst(parts).verdict, "; ".join(named), right, (*facts.checks, *checks, *audits))


def _check_part(part: Part, exact: frozenset[Fraction], context: Context, facts: Facts) -> Outcome:
    model = term_of(part.model, context) if part.model is not None else None
    lines = [check_line(i, text, context, exact) for i, text in enumerate(part.working, 1)]
    printed = [Printed.of(term_of(text, context), context) for text in part.answers]
    ends = [
        Printed.of(x.last, context, x.last_relation)
        for x in lines[-1:]
        if _is_about(x, model, context)
    ]
    outcomes = [_judge(part, p.term, model, context, lines) for p in printed]
    outcome = worst(outcomes)
    working = tuple(_named(part, check) for line in lines for check in line.checks)
    checks = (*(_named(part, c) for o in outcomes for c in o.checks), *working)
    two = contradiction([*printed, *ends])
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
    number = rational(line.last) is not None
    if model is None or not (number or printed_grid(line.last, context)):
        return False
    try:
        pairs = [(line.first, model)] if number else paired(line.first, model, context)
        gaps = [Value(sub(a, b), context).ends(256) for a, b in pairs]
    except NoValue:
        return False
    return bool(gaps) and all(low <= 0 <= high for low, high in gaps)


def _judge(
    part: Part, answer: Term, model: Term | None, context: Context, lines: list[Line]
) -> Outcome:
    """The answer against the model, and against the claims about it."""
    outcomes = []
    if model is not None:
        outcomes.append(_judge_model(part, answer, model, context, lines))
    if part.claims:
        outcomes.append(_judge_claims(part, answer, context))
    if model is None and not any(map(is_about_answer, part.claims)):
        reason = "no model or claim says what the answer is checked against"
        check = Check("answer", str(answer), "undecided", reason)
        outcomes.append(Outcome("undecided", reason, checks=(check,)))
    last = worst(outcomes)
    checks = tuple(c for o in outcomes for c in o.checks)
    return Outcome(last.verdict, last.message, outcomes[0].right, checks)


def _judge_model(
    part: Part, answer: Term, model: Term, context: Context, lines: list[Line]
) -> Outcome:
    grid, text = printed_grid(answer, context), str(part.model)
    if rational(answer) is None and grid is None:
        return _judge_term(part, answer, model, context)
    try:
        if grid is not None:
            rows = entries_of(model, context)
            return judge_grid(grid, rows, text, part.accept, context, lines)
        number = Number(answer, decimals_shown(answer))
        return judge_number(number, model, text, part.accept, context, lines)
    except NoValue as error:
        outcome = _judge_term(part, answer, model, context)
        if outcome.verdict != "undecided":
            return outcome
        check = Check("answer", f"{answer} = {part.model}", "undecided", str(error))
        return Outcome("undecided", str(error), checks=(check,))


def _judge_term(part: Part, answer: Term, model: Term, context: Context) -> Outcome:
    claim = Claim(answer, "=", model)
    check = from_verdict("answer", f"{answer} = {part.model}", decide(claim, context))
    check = diagnosed(check, claim.flipped(), context)
    return _from_checks([check], right=str(model))


def _judge_claims(part: Part, answer: Term, context: Context) -> Outcome:
    """Claims in which ``{answer}`` stands for the printed answer."""
    checks = []
    for text in part.claims:
        filled = Text(text.value.replace("{answer}", f"({answer})"), text.line, text.column)
        checks.append(check_stated("answer", text, context, filled=filled))
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
    broken = "; ".join(f"{c.brief}: {c.reason}" for c in facts.failed)
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
