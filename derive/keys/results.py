"""What checking a key finds. Plain data, so that it can cross processes and be written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["correct", "rounded", "wrong", "premise", "inconsistent", "undecided", "attested"]
Status = Literal["proved", "enclosed", "rounded", "conditional", "refuted", "undecided"]

MEANING: Final[dict[str, str]] = {
    "correct": "the printed answer is right",
    "rounded": "off in the last digit only, from rounding displayed intermediates",
    "wrong": "the printed answer is not right",
    "premise": "the givens contradict each other or a stated fact",
    "inconsistent": "the key prints two different answers",
    "undecided": "neither shown right nor shown wrong",
    "attested": "not checkable by machine; a person answers for it",
}

FINE: Final = frozenset({"correct", "rounded", "attested"})
"""Verdicts with which a key is all right."""

HELD: Final = frozenset({"proved", "enclosed", "rounded"})
"""Statuses of a check that holds: proved, enclosed in balls, or explained by rounding."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The slip in a claim that fails: its kind, what it is in words, and the claim without it."""

    kind: str
    words: str
    corrected: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: where it stands, what it says, how it came out and why.

    ``rules`` are the kernel rules of the proof, when there is one; ``slip`` is the one edit with which a
    refuted claim is provable, when one was found.
    """

    where: str
    claim: str
    status: Status
    reason: str = ""
    rules: tuple[str, ...] = ()
    slip: Mended | None = None

    @property
    def brief(self) -> str:
        """The claim; of a theorem the name alone, without its statement."""
        return self.claim.split(": ", 1)[0] if self.claim.startswith("theorem ") else self.claim

    @property
    def held(self) -> bool:
        """Whether it was shown to hold."""
        return self.status in HELD


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one question and everything that led to it."""

    id: str
    kind: str
    verdict: Verdict
    message: str = ""
    topic: str = ""
    answer: str = ""
    right: str = ""
    checks: tuple[Check, ...] = ()
    place: str = ""
    unreadable: bool = False
    milliseconds: float = 0.0

    @property
    def flaws(self) -> tuple[Check, ...]:
        """Working lines and audited facts that were refuted, although the verdict may be fine."""
        return tuple(
            c
            for c in self.checks
            if c.status == "refuted" and c.where.startswith(("working", "audit"))
        )

    @property
    def unsettled(self) -> tuple[Check, ...]:
        """Working lines that are neither shown nor refuted, which the verdict does not speak of."""
        return tuple(
            c
            for c in self.checks
            if not c.held and c.status != "refuted" and c.where.startswith("working")
        )

    @property
    def slips(self) -> tuple[Check, ...]:
        """The checks that failed through a slip that was found."""
        return tuple(c for c in self.checks if c.slip is not None)

    @property
    def fine(self) -> bool:
        """Whether the verdict is all right, every working line holds and every premise is shown."""
        return self.verdict in FINE and all(
            c.held or not c.where.startswith(("working", "premise")) for c in self.checks
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The results for one key file."""

    path: str
    id: str
    title: str
    results: tuple[Result, ...]
    milliseconds: float = 0.0
    remarks: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many questions have each verdict, in the order of `MEANING`."""
        return {
            name: sum(r.verdict == name for r in self.results)
            for name in MEANING
            if any(r.verdict == name for r in self.results)
        }
