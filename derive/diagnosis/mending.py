"""What went wrong in a refuted claim: the simplest single edit that makes it provable."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from derive.decision import decide
from derive.diagnosis.places import Edit
from derive.diagnosis.screen import Screen
from derive.diagnosis.slips import SLIPS
from derive.refute.witness import Refuter
from derive.terms.context import FLIPPED, Claim, Context, ContextError, Relation
from derive.terms.term import Term, TermError
from derive.verdict import Proved

SECONDS: Final = 2.0
CANDIDATES: Final = 1_500
PROOFS: Final = 24
LARGEST: Final = 400
FEW: Final = 40

Side = Literal["left", "right", "relation"]

WEAKER: Final[dict[Relation, Relation]] = {"<": "<=", ">": ">="}


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that explains a refuted claim: ``claim`` is the claim without it, and is proved.

    ``kind`` is its name in the list of slips, ``words`` what was written and what is needed, and
    ``side`` where the edit was made.
    """

    kind: str
    words: str
    claim: Claim
    side: Side

    @property
    def corrected(self) -> Term:
        """The side that was edited, as it should be; the right one when it was the relation."""
        return self.claim.lhs if self.side == "left" else self.claim.rhs

    def __str__(self) -> str:
        return self.words


def diagnose(claim: Claim, context: Context, *, seconds: float = SECONDS) -> Slip | None:
    """The slip in a refuted claim; None when it is not refuted, or no one edit mends it.

    Edits of the right side come first, then of the left, the more specific kinds first. Each is tried
    at a few points, and one that passes is reported only if the claim with it is proved.

    >>> from derive.terms import Context, read_claim
    >>> from numeric.domain import POSITIVE
    >>> ctx = Context().declare("sigma", POSITIVE).declare("x")
    >>> slip = diagnose(read_claim("log(sigma**2)/2 = log(sigma**2)"), ctx)
    >>> print(slip, "|", slip.corrected)
    the logarithm of a square: log(sigma**2) where log(sigma) is needed | log(sigma)
    >>> diagnose(read_claim("x**2 >= 0"), ctx) is None
    True
    """
    context.check_claim(claim)
    if claim.lhs.size + claim.rhs.size > LARGEST or claim.relation == "!=":
        return None
    if Refuter(context).search(claim) == (None, None):
        return None
    return _Search(claim, context, time.monotonic() + seconds).run()


class _Search:
    def __init__(self, claim: Claim, context: Context, deadline: float) -> None:
        self.claim = claim
        self.context = context
        self.deadline = deadline
        self.proofs = PROOFS
        self.seen = {claim}

    def run(self) -> Slip | None:
        for mended, kind, words in self._relations():
            if self._proved(mended):
                return Slip(kind, words, mended, "relation")
        screen = Screen(self.claim, self.context)
        if not screen.usable:
            return None
        sides: tuple[Side, ...] = ("right", "left") if self.claim.relation == "=" else ("right",)
        for side in sides:
            for kind, edit in self._edits(side):
                if not self._time_left():
                    return None
                claim = self._with(edit.term, side)
                if claim is not None and screen.agrees(edit.term, side) and self._proved(claim):
                    return Slip(kind, edit.words, claim, side)
        return None

    def _relations(self) -> Iterator[tuple[Claim, str, str]]:
        """The claim with another relation: not strict, or the other way round."""
        lhs, relation, rhs = self.claim.lhs, self.claim.relation, self.claim.rhs
        if relation == "=":
            return
        flipped = FLIPPED[relation]
        ways = [("reversed", flipped), ("reversed", WEAKER.get(flipped, flipped))]
        if relation in WEAKER:
            ways.insert(0, ("strict", WEAKER[relation]))
        for kind, other in dict.fromkeys(ways):
            claim = Claim(lhs, other, rhs)
            if Refuter(self.context, points=FEW).search(claim)[0] is None:
                start = "" if kind == "strict" else "the wrong way round: "
                only = " only" if kind == "strict" else ""
                yield claim, kind, f"{start}{relation} where{only} {other} holds"

    def _edits(self, which: Side) -> Iterator[tuple[str, Edit]]:
        side, other = self.claim.lhs, self.claim.rhs
        if which == "right":
            side, other = other, side
        tried = 0
        for kind in SLIPS:
            if self.claim.relation != "=" and not kind.orders:
                continue
            for edit in kind.edits(side, other, self.context):
                tried += 1
                if tried > CANDIDATES:
                    return
                yield kind.name, edit

    def _with(self, term: Term, side: Side) -> Claim | None:
        """The claim with one side replaced; None when that was tried or makes no sense."""
        lhs, relation, rhs = self.claim.lhs, self.claim.relation, self.claim.rhs
        claim = Claim(lhs, relation, term) if side == "right" else Claim(term, relation, rhs)
        if claim in self.seen:
            return None
        self.seen.add(claim)
        try:
            self.context.check(term)
        except ContextError:
            return None
        return claim

    def _time_left(self) -> bool:
        return self.proofs > 0 and time.monotonic() < self.deadline

    def _proved(self, claim: Claim) -> bool:
        if not self._time_left():
            return False
        self.proofs -= 1
        try:
            return isinstance(decide(claim, self.context), Proved)
        except (ContextError, TermError):
            return False
