"""Derivations: each line follows from the one before, and the last one is the goal."""

from __future__ import annotations

from derive.keys.answers import Outcome
from derive.keys.contexts import claim_of, question_context, term_of
from derive.keys.links import check_claim, check_link, given_values
from derive.keys.model import Key, Question, Text
from derive.keys.premises import check_audits, check_premises
from derive.keys.results import Check
from derive.terms import Context, Term
from derive.terms.context import Claim


def check_derivation(key: Key, question: Question) -> Outcome:
    """The verdict on a derivation. Raises QuestionError."""
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    exact = given_values(question, context)
    terms = [term_of(step.expr, context) for step in question.steps]
    checks: list[Check] = []
    for number, (step, lhs, rhs) in enumerate(
        zip(question.steps[1:], terms, terms[1:], strict=False), 2
    ):
        where = f"step {step.tag or number}"
        checks.append(check_link(where, lhs, step.relation, rhs, context, exact))
    if question.goal is not None:
        goal = claim_of(question.goal, _naming(question.goal, terms[0], context))
        checks.append(
            check_claim("goal", str(question.goal), Claim(terms[-1], "=", goal.rhs), context)
        )
    checks += [*facts.checks, *check_audits(question, context)]
    return _summed_up(checks, facts.failed)


def _naming(goal: Text, start: Term, context: Context) -> Context:
    """A goal ``L = …`` names the first line: an undeclared L is defined as that."""
    name = goal.value.partition("=")[0].strip()
    if name.isidentifier() and name not in context:
        return context.define(name, start)
    return context


def _summed_up(checks: list[Check], broken: tuple[Check, ...]) -> Outcome:
    steps = [c for c in checks if c.where.startswith(("step", "goal"))]
    bad = [c for c in steps if c.status == "refuted"]
    if bad:
        said = "; ".join(f"{c.where} fails: {c.reason}" for c in bad)
        return Outcome("wrong", said, checks=tuple(checks))
    if broken:
        said = "; ".join(c.reason or f"{c.claim} fails" for c in broken)
        return Outcome("premise", said, checks=tuple(checks))
    left = [c for c in steps if not c.held]
    if left:
        return Outcome("undecided", f"{left[0].where}: {left[0].reason}", checks=tuple(checks))
    return Outcome("correct", checks=tuple(checks))
