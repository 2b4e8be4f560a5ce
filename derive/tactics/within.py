"""Equations shown by some steps of the search only: the base of the tactics about algebra.

The search for equations expresses both sides over generators, by one step for each kind of operation. A
tactic allows some kinds; every other operation is left as it stands, as an atom of ring arithmetic.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from derive.kernel.definitions import DEFINITIONS
from derive.kernel.theorem import KernelError, Theorem
from derive.search import steps
from derive.search.choices import Choices, Refine
from derive.search.matrices import matrix_step
from derive.search.tower import MAX_RESTARTS, Tower
from derive.tactics.registry import Goal, Refused, finished
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.term import Term, subterms

KINDS: Final = {
    "exponential": "exp",
    "logarithm": "log",
    "general_power": "power",
    "absolute_value": "abs",
    "sign_of": "sign",
    "angle": "angle",
    "odd_function": "angle",
    "gamma": "gamma",
    "under_law": "law",
    "symbolic_range": "range",
    "integral": "integral",
    "differentiation": "diff",
    "by_definition": "definition",
    "over_space": "space",
    "_adopted": "hypothesis",
}
"""The kinds of the steps of `derive.search.steps`, by the names of the functions."""

WRITTEN: Final = frozenset({"definition", "function", "density"})
"""Kinds of operations that are only written out."""


def kind_of(tower: Tower, term: Term) -> str | None:
    """The kind of step that the search has for a term; None when it has none."""
    context = tower.context
    if matrix_step(context, term) is not None:
        return "matrix"
    if term.head in ("sum", "prod"):
        return "range"
    if term.head == "dens":
        return "density"
    if term.head == "call" and context.definition_of(term) is None and term.payload in DEFINITIONS:
        return "function"
    step = steps.step_for(tower, term)
    if step is None:
        return None
    plain = step.func if isinstance(step, partial) else step
    return KINDS.get(plain.__name__, "other")


class Within(Tower):
    """A tower that takes the steps of some kinds only."""

    def __init__(
        self,
        context: Context,
        choices: Choices,
        kinds: frozenset[str],
        *,
        split: bool,
        nested: bool = False,
    ) -> None:
        self.kinds = kinds
        super().__init__(context, choices, split=split, nested=nested)

    def manner(self) -> object:
        """What else than context and choices the generators depend on."""
        return self.split, self.nested, self.kinds

    def add(self, term: Term) -> None:
        """Make the generators for a term as far as the kinds allow it."""
        if term in self.done or kind_of(self, term) in (None, *self.kinds):
            super().add(term)
            return
        self.done.add(term)
        if term.head not in BINDERS:
            for arg in term.args:
                self.add(arg)

    def inside(self, context: Context, choices: Choices | None = None) -> Within:
        """A tower of the same kinds for terms under a binder."""
        chosen = choices or self.choices
        return Within(context, chosen, self.kinds, split=self.split, nested=True)


def equal(goal: Goal, kinds: frozenset[str]) -> Theorem:
    """The goal, an equation, by steps of the given kinds and ring arithmetic. Raises KernelError."""
    claim = goal.claim
    if claim.relation != "=":
        raise Refused(f"algebra: it shows equations, and {claim} is none")
    failure = KernelError("tower: no attempt was made")
    for split in (False, True):
        try:
            return finished(_equation(goal.context, claim, kinds, split))
        except KernelError as error:
            failure = error
    raise failure


def _equation(context: Context, claim: Claim, kinds: frozenset[str], split: bool) -> Theorem:
    choices = Choices()
    for _ in range(MAX_RESTARTS):
        try:
            tower = Within(context, choices, kinds, split=split)
            tower.add(claim.lhs)
            tower.add(claim.rhs)
            return tower.equation(claim.lhs, claim.rhs)
        except Refine:
            continue
    raise KernelError("tower: the generators keep being refined")


def first_of(goal: Goal, choices: tuple[frozenset[str], ...]) -> Theorem:
    """The goal by the first of several sets of kinds that shows it without conditions, else at all."""
    conditional: Theorem | None = None
    failure = KernelError("tower: no attempt was made")
    for kinds in choices:
        try:
            theorem = equal(goal, kinds)
        except KernelError as error:
            failure = error
            continue
        if not theorem.conditions:
            return theorem
        if conditional is None:
            conditional = theorem
    if conditional is None:
        raise failure
    return conditional


def has(goal: Goal, *heads: str) -> bool:
    """Whether an operation of one of these heads stands in the claim, definitions written out."""
    seen: set[str] = set()
    left = [goal.claim.lhs, goal.claim.rhs]
    while left:
        for part in subterms(left.pop()):
            if part.head in heads or (part.head == "call" and part.payload in heads):
                return True
            definition = goal.context.definition_of(part)
            if definition is not None and definition.name not in seen:
                seen.add(definition.name)
                left.append(definition.body)
    return False
