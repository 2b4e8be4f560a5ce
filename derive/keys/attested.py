"""Questions that a person answers for: only the claims given with them are checked."""

from __future__ import annotations

from derive.keys.contexts import question_context
from derive.keys.judging import Outcome
from derive.keys.model import Key, Question
from derive.keys.premises import check_audits, check_premises
from derive.keys.stated import check_stated


def check_attested(key: Key, question: Question) -> Outcome:
    """``attested``, unless a claim or a premise is refuted. Raises QuestionError."""
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    checks = [check_stated(f"claim {n}", t, context) for n, t in enumerate(question.claims, 1)]
    checks += facts.checks
    checks += check_audits(question, context)
    bad = [c for c in checks if c.status == "refuted" and c.where.startswith("claim")]
    if bad:
        return Outcome("wrong", f"{bad[0].brief} fails: {bad[0].reason}", checks=tuple(checks))
    if facts.failed:
        said = "; ".join(f"{c.where}: {c.brief}: {c.reason}" for c in facts.failed)
        return Outcome("premise", said, checks=tuple(checks))
    return Outcome("attested", question.reason, checks=tuple(checks))
