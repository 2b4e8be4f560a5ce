"""Follow-through: a wrong earlier answer that is carried on correctly earns the later marks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from flint import arb

from derive.decision import decide
from derive.grading.model import Marking, Target, Unreadable, review
from derive.grading.numbers import Decimal, decimal_of
from derive.grading.target import Prepared
from derive.keys.contexts import QuestionError, define_in, question_context, term_of
from derive.keys.model import Follow, Key, Question, Text
from derive.keys.rounding import NoValue, Value
from derive.terms import Context, Term, TermError, sub, substitute
from derive.terms.context import Claim, ContextError
from derive.verdict import Proved
from numeric.balls import interval

WIDEST: Final = Fraction(1, 20)
"""How wide, beside its size, what follows from a rounded answer may be to tell right from wrong."""


def source_of(key: Key, target: Target) -> Target | None:
    """The target that a follow-through takes its answer from; None when there is none."""
    part = target.part(key)
    if part is None or part.follow is None:
        return None
    name = part.follow.source.value
    question = target.question(key)
    for p, other in enumerate(question.parts):
        if other.id == name and p != target.p:
            return Target(target.q, p)
    for q, other_question in enumerate(key.questions):
        for p, other in enumerate(other_question.parts):
            known = {other_question.id} if not other.id else {f"{other_question.id}.{other.id}"}
            if name in known and q != target.q:
                return Target(q, p)
    return None


def follow_through(term: Term, carried: Term, ready: Prepared) -> Marking | None:
    """The marking of an answer that follows from the student's earlier one; None when it does not.

    Raises Unreadable when the earlier answer cannot be carried on.
    """
    follow = ready.part.follow
    assert follow is not None
    said = Marking("follow-through", "it follows from the earlier answer, which was wrong", 1.0)
    try:
        if follow.name:
            found = _by_name(term, carried, follow, ready)
        else:
            found = _by_replacement(term, carried, follow, ready)
    except (NoValue, QuestionError, ContextError, TermError):
        return None
    if found is None:
        return review("whether it follows from the earlier answer is not decided")
    return said if found else None


def _by_replacement(term: Term, carried: Term, follow: Follow, ready: Prepared) -> bool | None:
    """The student's earlier answer with symbols replaced, beside the later one."""
    bodies = {left.value.strip(): term_of(right, ready.context) for left, right in follow.replace}
    if bodies and not carried.free & set(bodies):
        return False
    expected = substitute(carried, bodies)
    ready.context.check(expected)
    number = decimal_of(term)
    if number is not None and number.half:
        return Value(expected, ready.context).place(number.value, number.half) == "inside"
    return isinstance(decide(Claim(expected, "=", term), ready.context), Proved)


def _by_name(term: Term, carried: Term, follow: Follow, ready: Prepared) -> bool | None:
    """The model where the definition of a name is the student's earlier answer."""
    number, given = decimal_of(term), decimal_of(carried)
    if ready.part.model is None:
        return False
    exact = _from_exact(term, number, carried, follow.name, ready)
    if exact or given is None or not given.half:
        return exact
    return _from_rounded(term, number, given, follow.name, ready)


def _from_exact(
    term: Term, number: Decimal | None, carried: Term, name: str, ready: Prepared
) -> bool:
    """What follows from the earlier answer as it is written."""
    assert ready.part.model is not None
    scope = _redefined(ready.key, ready.question, name, carried)
    expected = term_of(ready.part.model, scope)
    if name not in _reached(expected, scope):
        return False
    if number is not None and number.half:
        return Value(expected, scope).place(number.value, number.half) == "inside"
    return isinstance(decide(Claim(term, "=", expected), scope), Proved)


def _from_rounded(
    term: Term, number: Decimal | None, given: Decimal, name: str, ready: Prepared
) -> bool | None:
    """What follows from a rounded number is an interval, which the later answer must meet."""
    scope = _redefined(ready.key, ready.question, name, None)
    assert ready.part.model is not None
    expected = term_of(ready.part.model, scope)
    if name not in _reached(expected, scope):
        return False
    low, high = given.value - given.half, given.value + given.half
    ball: arb = interval(low, high)
    ends = Value(expected, scope, {name: ball}).ends(256)
    wide = ends[1] - ends[0] > WIDEST * max(abs(ends[0]), abs(ends[1]))
    if number is not None:
        meets = ends[0] - number.half <= number.value <= ends[1] + number.half
    else:
        meets = Value(sub(expected, term), scope, {name: ball}).meets(Fraction(0), Fraction(0))
    return None if meets and wide else meets


def _redefined(key: Key, question: Question, name: str, body: Term | None) -> Context:
    """The question's context with another definition of a name, or with the name left free."""
    plain = replace(question, define=(), assume=(), given=_without(name, question.given))
    context = question_context(replace(key, define=()), plain)
    context = context.declare(name) if body is None else context.define(name, body)
    for head, text in (*_without(name, key.define), *_without(name, question.define)):
        context = define_in(context, head, text)
    return context


Pairs = tuple[tuple[Text, Text], ...]


def _without(name: str, pairs: Pairs) -> Pairs:
    return tuple(pair for pair in pairs if pair[0].value.strip() != name)


def _reached(term: Term, context: Context) -> frozenset[str]:
    """The names that a term depends on, through definitions."""
    return term.free.union(*(context.depends(name) for name in term.free))


def carried_term(text: str, source: Prepared, into: Prepared) -> Term:
    """The earlier answer as a term in the later question's names. Raises Unreadable."""
    term = source.reader.answer(text).term
    unknown = sorted(name for name in term.free if name not in into.context)
    if unknown:
        raise Unreadable(f"the earlier answer uses {unknown[0]}, which is not known here")
    return term
