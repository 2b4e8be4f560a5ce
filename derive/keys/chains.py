"""Derivations: each line follows from the one before, and the last one is the goal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derive.keys.contexts import claim_of, question_context, term_of
from derive.keys.instances import looked_at
from derive.keys.judging import Outcome
from derive.keys.links import check_claim, check_link, given_values
from derive.keys.model import Key, Question, Text
from derive.keys.notation import first_line
from derive.keys.premises import check_audits, check_premises
from derive.keys.results import Check
from derive.terms import Context, Term
from derive.terms.context import RELATIONS, Claim


def check_derivation(key: Key, question: Question) -> Outcome:
    """The verdict on a derivation. Raises QuestionError."""
    context = question_context(key, question)
    facts = check_premises(key, question, context)
    exact = given_values(question, context)
    terms = [term_of(step.expr, context) for step in question.steps]
    checks: list[Check] = []
    for number, (before, step, lhs, rhs) in enumerate(
        zip(question.steps, question.steps[1:], terms, terms[1:], strict=False), 2
    ):
        where = f"step {step.tag or number}"
        check = check_link(where, lhs, step.relation, rhs, context, exact)
        check = looked_at(check, Claim(lhs, RELATIONS[step.relation], rhs), context)
        if question.laws is not None:
            check = replace(check, claim=f"{before.expr} {step.relation} {step.expr}")
        checks.append(check)
    if question.goal is not None:
        scope = _naming(question.goal, terms[0], context)
        relations = [step.relation for step in question.steps[1:]]
        checks += _check_goal(question.goal, terms[0], terms[-1], relations, scope)
    checks += [*facts.checks, *check_audits(question, context)]
    return _summed_up(checks, facts.failed)


def _check_goal(
    text: Text, first: Term, last: Term, relations: list[str], context: Context
) -> list[Check]:
    """The goal is what the chain shows: from its first line to its last, by its composed relation."""
    goal = claim_of(text, context)
    shown = composed(relations)
    if shown is None or goal.relation not in IMPLIED[shown]:
        chain = f"the steps conclude {shown}" if shown else "the steps go both up and down"
        return [
            Check("goal", str(text), "refuted", f"{chain}, which does not give {goal.relation}")
        ]
    ends = (("first", Claim(first, "=", goal.lhs)), ("last", Claim(last, "=", goal.rhs)))
    return [
        looked_at(check_claim(f"goal, {end} line", str(claim), claim, context), claim, context)
        for end, claim in ends
    ]


IMPLIED: Final[dict[str, tuple[str, ...]]] = {
    "=": ("=", "<=", ">="),
    "<": ("<", "<=", "!="),
    "<=": ("<=",),
    ">": (">", ">=", "!="),
    ">=": (">=",),
}
"""The relations that follow from one between the same sides."""


def composed(relations: list[str]) -> str | None:
    """What a chain of relations shows between its ends; None when it goes both up and down."""
    kinds = set(relations) - {"="}
    if not kinds:
        return "="
    if kinds <= {"<", "<="}:
        return "<" if "<" in kinds else "<="
    if kinds <= {">", ">="}:
        return ">" if ">" in kinds else ">="
    return None


def _naming(goal: Text, start: Term, context: Context) -> Context:
    """A goal ``L = …`` names the first line: an undeclared L is defined as that."""
    name = first_line(goal)
    if name and name not in context:
        return context.define(name, start)
    return context


def _summed_up(checks: list[Check], broken: tuple[Check, ...]) -> Outcome:
    steps = [c for c in checks if c.where.startswith(("step", "goal"))]
    bad = [c for c in steps if c.status == "refuted"]
    if bad:
        said = "; ".join(f"{c.where} fails: {c.reason}" for c in bad)
        return Outcome("wrong", said, checks=tuple(checks))
    if broken:
        said = "; ".join(f"{c.where}: {c.brief}: {c.reason}" for c in broken)
        return Outcome("premise", said, checks=tuple(checks))
    left = [c for c in steps if not c.held]
    if left:
        return Outcome("undecided", f"{left[0].where}: {left[0].reason}", checks=tuple(checks))
    return Outcome("correct", checks=tuple(checks))
