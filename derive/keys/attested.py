"""Questions that a person answers for: only the claims given with them are checked."""

from __future__ import annotations

from derive.keys.answers import Outcome
from derive.keys.contexts import claim_of, question_context
from derive.keys.links import check_claim
from derive.keys.model import Key, Question
from derive.keys.premises import check_audits


def check_attested(key: Key, question: Question) -> Outcome:
    """``attested``, unless a claim given with the answer is refuted. Raises QuestionError."""
    context = question_context(key, question)
    checks = [
        check_claim("claim", str(text), claim_of(text, context), context)
        for text in question.claims
    ]
    checks += check_audits(question, context)
    bad = [c for c in checks if c.status == "refuted" and c.where == "claim"]
    if bad:
        return Outcome("wrong", f"{bad[0].claim} fails {bad[0].reason}", checks=tuple(checks))
    return Outcome("attested", question.reason, checks=tuple(checks))
