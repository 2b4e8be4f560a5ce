"""Which hypotheses are met by adjusting something, found out by trying on a few draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from derive.crosscheck.survey import Cannot, names
from derive.crosscheck.unknowns import Move, unknowns
from derive.terms.context import Claim, Context
from derive.terms.term import Term, subterms

TRIES: Final = 200

KEPT: Final = {
    ("shift", "linear"),
    ("shift", "without"),
    ("without", "linear"),
    ("shift", "spread"),
}
"""What may be done to a function after something else without undoing it."""

Fits = Callable[[Sequence[Move], Sequence[str]], bool]
"""Whether, with these moves, the hypotheses of those names hold on some draw."""


@dataclass
class Search:
    """Moves for a list of equations, in an order in which no later one disturbs an earlier one."""

    context: Context
    fits: Fits
    deadline: float
    tries: int = 0

    def moves(self, wanted: Sequence[tuple[str, Claim]]) -> list[Move]:
        """Moves that meet the wanted hypotheses. Raises Cannot."""
        found = self._extend(list(wanted), [], [])
        if found is None:
            claims = ", ".join(f"{name}: {claim}" for name, claim in wanted)
            raise Cannot(f"no way was found to draw values that satisfy {claims}")
        return found

    def _extend(
        self, wanted: list[tuple[str, Claim]], done: list[Move], met: list[str]
    ) -> list[Move] | None:
        if not wanted:
            return done
        for place, (name, claim) in enumerate(wanted):
            rest = wanted[:place] + wanted[place + 1 :]
            if self._try(done, [*met, name]):
                return self._extend(rest, done, [*met, name])
            for unknown in unknowns(self.context, claim):
                move = Move(name, claim, unknown)
                if self._disturbs(move, done) or not self._try([*done, move], [*met, name]):
                    continue
                found = self._extend(rest, [*done, move], [*met, name])
                if found is not None:
                    return found
        return None

    def _try(self, moves: Sequence[Move], met: Sequence[str]) -> bool:
        self.tries += 1
        if self.tries > TRIES or time.process_time() > self.deadline:
            return False
        return self.fits(moves, met)

    def _disturbs(self, move: Move, done: Sequence[Move]) -> bool:
        """Whether a move changes what an earlier one was computed from."""
        name, how = move.unknown.name, move.unknown.how
        for earlier in done:
            if how == "entry":
                if move.unknown.term in _parts(earlier.claim):
                    return True
                continue
            if earlier.unknown.name == name and (earlier.unknown.how, how) in KEPT:
                continue
            if name in names(self.context, earlier.claim):
                return True
        return False


def _parts(claim: Claim) -> set[Term]:
    return {part for side in (claim.lhs, claim.rhs) for part in subterms(side)}
