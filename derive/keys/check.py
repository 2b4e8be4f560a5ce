"""Check a question or a whole key. A new kind of question is one function and one line here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from derive.kernel.theorem import KernelError
from derive.keys.answers import check_answers
from derive.keys.attested import check_attested
from derive.keys.chains import check_derivation
from derive.keys.choices import check_choice
from derive.keys.contexts import QuestionError, plain_question, question_context
from derive.keys.instances import impossible, unsatisfied
from derive.keys.judging import Outcome
from derive.keys.model import Key, Question
from derive.keys.results import Result
from derive.keys.statements import check_statement
from derive.refute import Refuter
from derive.terms import ContextError, TermError

CHECKS: Final[dict[str, Callable[[Key, Question], Outcome]]] = {
    "numeric": check_answers,
    "symbolic": check_answers,
    "mcq": check_choice,
    "derivation": check_derivation,
    "statement": check_statement,
    "attested": check_attested,
}


def check_question(key: Key, question: Question) -> Result:
    """The result for one question. One that cannot be read comes back undecided, with the place."""
    start = time.perf_counter()
    place = f"{key.path}:{question.where.line}:{question.where.column}"
    answer = ", ".join(str(t) for p in question.parts for t in p.answers) or question.key
    if question.error:
        return unreadable(question, place, question.error)
    try:
        question = plain_question(key, question)
        outcome = _contradictory(key, question) or CHECKS[question.kind](key, question)
    except QuestionError as error:
        return unreadable(question, f"{key.path}:{error.line}:{error.column}", str(error))
    except (KernelError, ContextError, TermError) as error:
        outcome = Outcome("undecided", str(error))
    except RecursionError:
        outcome = Outcome("undecided", "an expression is nested too deeply to be checked")
    return Result(
        id=question.id,
        kind=question.kind,
        verdict=outcome.verdict,
        message=outcome.message,
        topic=question.topic,
        answer=answer,
        right=outcome.right,
        checks=outcome.checks,
        place=place,
        milliseconds=1e3 * (time.perf_counter() - start),
    )


def _contradictory(key: Key, question: Question) -> Outcome | None:
    """From contradictory assumptions everything follows: then nothing is concluded."""
    if not question.assume and question.laws is None:
        return None
    context = question_context(key, question)
    refuter = Refuter(context)
    if not refuter.consistent():
        return Outcome(
            "undecided", "no sampled point satisfies what is assumed, so nothing is concluded"
        )
    if refuter.blocked and (claim := impossible(context)) is not None:
        return Outcome("undecided", f"{claim} is assumed and cannot hold, so nothing is concluded")
    claim = unsatisfied(context)
    if claim is None:
        return None
    said = f"no instance was found that satisfies {claim} and all else that is assumed"
    return Outcome("undecided", f"{said}, so nothing is concluded")


def unreadable(question: Question, place: str, reason: str) -> Result:
    """The result for a question that cannot be used."""
    return Result(
        id=question.id,
        kind=question.kind,
        verdict="undecided",
        message=reason,
        topic=question.topic,
        place=place,
        unreadable=True,
    )
