"""A Hypothesis strategy for instances of a statement. Needs Hypothesis, as `numeric.strategies` does.

>>> from hypothesis import find
>>> from derive.terms import Context, read_claim
>>> ctx = Context().declare("x").declare("y")
>>> square = read_claim("(x + y)**2 = x**2 + y**2", ctx)
>>> print(find(instances(ctx, square), lambda instance: instance.disagreement is not None).disagreement)
at x = 1, y = 1: left 4, right 2
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from derive.crosscheck.drawing import values
from derive.crosscheck.judging import Found, confirmed, described, screened, settled, words
from derive.crosscheck.making import Maker
from derive.crosscheck.mending import mended
from derive.crosscheck.sheet import Sheet, Values
from derive.terms.context import Claim, Context

SECONDS: Final = 10.0
"""The time in which ways to satisfy the hypotheses are looked for."""


@dataclass(frozen=True, repr=False)
class Instance:
    """Numbers, functions and spaces for all that a statement declares, such that its hypotheses hold."""

    sheet: Sheet
    values: Values

    def __repr__(self) -> str:
        return f"<Instance {described(self.sheet, self.values)}>"

    @property
    def found(self) -> Found:
        """How the claim comes out: "yes", "no" for certain, or "unclear"."""
        if not self.sheet.integrals:
            found = settled(self.sheet.claim, self.values)
            kink = found.outcome == "no" and found.sides is None and self.sheet.claim.derivatives
            return Found("unclear") if kink else found
        word = screened(self.sheet.claim, [self.values])[0]
        return confirmed(self.sheet.claim, self.values) if word == "no" else Found(word)

    @property
    def disagreement(self) -> str | None:
        """The instance in words with both sides, where the claim certainly fails."""
        found = self.found
        return words(self.sheet, self.values, found) if found.outcome == "no" else None

    @property
    def admitted(self) -> bool:
        """Whether the hypotheses hold."""
        if self.sheet.hypotheses.integrals:
            return screened(self.sheet.hypotheses, [self.values]) == ["yes"]
        return settled(self.sheet.hypotheses, self.values).outcome == "yes"


def instances(context: Context, claim: Claim) -> st.SearchStrategy[Instance]:
    """Instances of a claim that satisfy the hypotheses of its context; failures shrink to simple ones.

    Raises Cannot, with the reason, for a statement that no instance is made of.
    """
    sheets = Maker.of(context, [claim], 0, SECONDS).sheets()

    def of(sheet: Sheet) -> st.SearchStrategy[Instance]:
        return values(sheet.slots, sheet.integrals).map(lambda drawn: _instance(sheet, drawn))

    return st.sampled_from(sheets).flatmap(of).filter(lambda instance: instance.admitted)


def _instance(sheet: Sheet, drawn: dict[str, Fraction]) -> Instance:
    """The instance of a draw, which is mended where it breaks an order hypothesis."""
    if sheet.hypotheses.program is None or sheet.hypotheses.integrals:
        return Instance(sheet, drawn)
    found = settled(sheet.hypotheses, drawn)
    if found.outcome == "yes":
        return Instance(sheet, drawn)
    return Instance(sheet, mended(sheet, drawn, found, random.Random(0))[0])
