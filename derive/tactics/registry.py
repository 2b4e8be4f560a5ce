"""The registry of tactics: what a goal is, how a tactic is entered, found and run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import Final, Literal

from derive.decision import prove
from derive.declaring import declare
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.obligations import fulfilled
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms import Context, TermError, read_claim
from derive.terms.context import Claim, ContextError

MODULES: Final = ("algebra", "sums", "calculus", "order", "matrices", "expectation")
"""The modules of this package that hold tactics."""

Kind = Literal["primitive", "derived"]


class Refused(ValueError):
    """A tactic does not show its goal; the message says what is missing."""


class CannotCite(Refused):
    """A cited statement does not hold for the terms it is cited with."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a tactic is to show: a claim in a context.

    ``facts`` names those hypotheses of the context that are statements the link cites.
    """

    context: Context
    claim: Claim
    facts: tuple[str, ...] = ()

    @property
    def cited(self) -> list[Claim]:
        """The statements that the link cites."""
        return [self.context.hypothesis(name) for name in self.facts]


Run = Callable[[Goal], Theorem]


@dataclass(frozen=True, slots=True)
class Tactic:
    """A named strategy. A primitive one is one kind of kernel rule, a derived one joins several."""

    name: str
    kind: Kind
    words: str
    run: Run


_entered: dict[str, Tactic] = {}


def tactic(name: str, kind: Kind, words: str) -> Callable[[Run], Run]:
    """Enter the function below as the tactic ``name``; ``words`` describe it in one line."""

    def enter(function: Run) -> Run:
        if name in _entered and _entered[name].run.__qualname__ != function.__qualname__:
            raise ValueError(f"there are two tactics called {name}")
        _entered[name] = Tactic(name, kind, words, function)
        return function

    return enter


@cache
def _loaded() -> dict[str, Tactic]:
    for module in MODULES:
        import_module(f"derive.tactics.{module}")
    return _entered


def registry() -> dict[str, Tactic]:
    """Every tactic by its name.

    >>> registry()["ring"].words
    'equal as rational functions, modulo the equations of the hypotheses'
    """
    return dict(_loaded())


def run(name: str | None, goal: Goal) -> Theorem:
    """A theorem for the goal by the named tactic, by the whole search when no name is given.

    The theorem may carry conditions. Raises Refused when the goal is not shown.
    """
    chosen = None if name is None else _named(name)
    label = "the search" if chosen is None else chosen.name
    try:
        theorem = _searched(goal) if chosen is None else chosen.run(goal)
    except (KernelError, TermError, ContextError) as error:
        raise Refused(_with_label(label, str(error))) from None
    except RecursionError:
        raise Refused(f"{label}: the expressions are nested too deeply") from None
    except OverflowError:
        raise Refused(f"{label}: the numbers are too large") from None
    if theorem.claim not in (goal.claim, goal.claim.oriented()):
        raise Refused(f"{label}: it shows {theorem.claim}, which is something else")
    return theorem


def _with_label(label: str, message: str) -> str:
    return message if message.startswith(f"{label}:") else f"{label}: {message}"


def _named(name: str) -> Tactic:
    known = _loaded()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(known))}"
    raise Refused(f"there is no tactic {name!r}; {hint}")


def _searched(goal: Goal) -> Theorem:
    theorem, reason = prove(goal.claim, goal.context)
    if theorem is None:
        raise Refused(reason)
    return theorem


def finished(theorem: Theorem) -> Theorem:
    """The theorem with those conditions gone that the search shows."""
    return fulfilled(theorem, full_tower(theorem.context)) if theorem.conditions else theorem


def full_tower(context: Context) -> Tower:
    """A tower for the hypotheses of a context. Raises KernelError."""
    choices = Choices()
    for _ in range(MAX_RESTARTS):
        try:
            return Tower(context, choices, split=False)
        except Refine:
            continue
    raise KernelError("tower: the generators keep being refined")


def goal(text: str, /, *hypotheses: str, **declared: str) -> Goal:
    """A goal from text, for trying a tactic: ``goal("0 < s**2", s="positive")``."""
    context = Context()
    for name, words in declared.items():
        context = declare(context, name, words)
    for number, stated in enumerate(hypotheses, 1):
        context = context.assume(f"h{number}", read_claim(stated, context))
    claim = read_claim(text, context)
    context.check_claim(claim)
    return Goal(context, claim)
