"""Statements to prove or to disprove: an answer in words, and the claims that it stands or falls with."""

from __future__ import annotations

from fractions import Fraction

from derive.keys.choices import reversed_check
from derive.keys.contexts import question_context
from derive.keys.judging import Outcome
from derive.keys.links import check_line, given_values
from derive.keys.model import Key, Question, Stated, Text
from derive.keys.premises import Facts, check_audits, check_premises
from derive.keys.results import Check, Verdict
from derive.keys.stated import check_stated
from derive.terms import Context


def check_statement(key: Key, question: Question) -> Outcome:
    """``correct`` when all that must hold is proved and all that must fail is refuted.

    Raises QuestionError.
    """
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    checks = [check_stated(f"claim {n}", t, context) for n, t in enumerate(question.holds, 1)]
    count = len(checks)
    for number, text in enumerate(question.fails, count + 1):
        checks.append(reversed_check(check_stated(f"claim {number}", text, context)))
    exact = given_values(question, context)
    working = [
        check
        for number, text in enumerate(question.working, 1)
        for check in _check_line(number, text, context, exact)
    ]
    verdict, message = _standing(checks, facts)
    everything = (*facts.checks, *checks, *working, *check_audits(question, context))
    return Outcome(verdict, message, checks=everything)


def _check_line(
    number: int, text: Text, context: Context, exact: frozenset[Fraction]
) -> tuple[Check, ...]:
    """A displayed line, or a claim that the answer makes on the way."""
    if isinstance(text, Stated):
        return (check_stated(f"working {number}", text, context),)
    return check_line(number, text, context, exact).checks


def _standing(checks: list[Check], facts: Facts) -> tuple[Verdict, str]:
    bad = [c for c in checks if c.status == "refuted"]
    if facts.failed:
        said = "; ".join(f"{c.where}: {c.brief}: {c.reason}" for c in facts.failed)
        return "premise", said
    if bad:
        return "wrong", "; ".join(f"{c.brief} fails: {c.reason}" for c in bad)
    left = next((c for c in (*facts.open, *checks) if not c.held), None)
    if left is not None:
        return "undecided", f"{left.where}: {left.brief}: {left.reason}"
    return "correct", ""
