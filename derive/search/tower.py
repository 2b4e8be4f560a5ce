"""Search for equalities: rewrite both sides over one set of generators.

Every exponential, logarithm, root, angle and absolute value met on the way is expressed through simple
generators, each by a theorem of the kernel. Those theorems become the rewrites and relations with
which `derive.kernel.rules.ring` then decides the equation. A root or an exponential met later may
need a finer generator than one chosen before; then the tower is built again with the finer one.
"""

from __future__ import annotations

from typing import Final

from derive.kernel import rules
from derive.kernel.bounds import Bounds
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.hypotheses import use_hypotheses
from derive.search.polynomials import Fractional, normal_form
from derive.search.steps import step_for
from derive.terms.context import Context
from derive.terms.term import BINDERS, Term

MAX_RESTARTS: Final = 12
MAX_FACTS: Final = 3_000


class Tower:
    """Generators for the terms added so far, as kernel theorems.

    With ``split`` a logarithm of a product is taken apart even where the signs of the factors are
    unknown; the signs then become conditions. A ``nested`` tower stands for terms under a binder; it
    leaves aside the hypotheses that have binders themselves.
    """

    def __init__(
        self, context: Context, choices: Choices, *, split: bool, nested: bool = False
    ) -> None:
        self.context = context
        self.choices = choices
        self.split = split
        self.nested = nested
        self.rewrites: list[Theorem] = []
        self.relations: list[Theorem] = []
        self.lemmas: list[Theorem] = []
        self.bounds = Bounds(context)
        self.done: set[Term] = set()
        use_hypotheses(self)

    def add(self, term: Term) -> None:
        """Make the generators for a term and everything in it."""
        if term in self.done:
            return
        self.done.add(term)
        if len(self.rewrites) > MAX_FACTS:
            raise KernelError("tower: the expression needs too many generators")
        if term.head not in BINDERS:
            for arg in term.args:
                self.add(arg)
        step = step_for(self, term)
        if step is not None:
            step(self, term)

    def inside(self, context: Context) -> Tower:
        """A tower with the same choices for terms under a binder."""
        return Tower(context, self.choices, split=self.split, nested=True)

    def form(self, term: Term) -> Fractional:
        """The normal form of a term over the generators so far."""
        return normal_form(Ring([(t.claim.lhs, t.claim.rhs) for t in self.rewrites]), term)

    def equation(self, lhs: Term, rhs: Term) -> Theorem:
        """The kernel's theorem that two terms have one normal form."""
        return rules.ring(self.context, lhs, rhs, self.rewrites, self.relations)

    def rewrite(self, theorem: Theorem) -> None:
        """Adopt ``atom = term`` after making the generators for the term."""
        self.add(theorem.claim.rhs)
        self.done.add(theorem.claim.lhs)
        self.rewrites.append(theorem)

    def sign(self, term: Term) -> int:
        """1 or -1 when the term is known to be positive or negative, 0 otherwise."""
        interval = self.bounds.of(term)
        return 1 if interval.positive else -1 if interval.negative else 0


def prove_equal(context: Context, lhs: Term, rhs: Term) -> tuple[Theorem, Tower]:
    """Search for a theorem ``lhs = rhs``; it may carry conditions.

    Returns the theorem and the tower that led to it. Raises KernelError when none is found.
    """
    failure = KernelError("tower: no attempt was made")
    for split in (False, True):
        choices = Choices()
        for _ in range(MAX_RESTARTS):
            try:
                tower = Tower(context, choices, split=split)
                tower.add(lhs)
                tower.add(rhs)
                return tower.equation(lhs, rhs), tower
            except Refine:
                continue
            except KernelError as error:
                failure = error
                break
    raise failure
