"""What grading passes around. Plain data, so that it can cross processes and be written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from derive.keys.model import Key, Part, Question

Verdict = Literal["right", "partial", "follow-through", "wrong", "review"]

MEANING: Final[dict[str, str]] = {
    "right": "full marks",
    "partial": "some of the marks",
    "follow-through": "an earlier mistake carried on correctly: full marks for this part",
    "wrong": "no marks",
    "review": "a person must look at it; no marks are given or taken",
}


class Unreadable(ValueError):
    """An answer that is not understood; the text says why, in words for the student."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the submissions: where it stands in the file, and its three cells."""

    line: int
    student: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be graded, and why."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a row answers: question ``q`` of the key and its part ``p``, by their places."""

    q: int
    p: int

    def question(self, key: Key) -> Question:
        """The question of the key."""
        return key.questions[self.q]

    def part(self, key: Key) -> Part | None:
        """The part of the question; None for a question that has no printed answers."""
        parts = key.questions[self.q].parts
        return parts[self.p] if parts else None

    def marks(self, key: Key) -> float:
        """What the answer is worth: the part's marks, an even share of the question's, or 1."""
        question, part = self.question(key), self.part(key)
        if part is not None and part.marks is not None:
            return part.marks
        if question.marks is not None:
            return question.marks / max(1, len(question.parts))
        steps = [step.marks for step in question.steps if step.marks is not None]
        return sum(steps) if steps else 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to mark: an answer to a target, and the answer that it may follow from."""

    target: Target
    answer: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Marking:
    """The verdict on an answer; ``share`` is the share of the marks, from 0 to 1.

    A marking with the verdict ``review`` has no marks. ``marks`` is set where the key says them outright.
    """

    verdict: Verdict
    reason: str = ""
    share: float = 0.0
    marks: float | None = None

    def worth(self, of: float) -> float | None:
        """The marks out of ``of``; None for an answer that a person must look at."""
        if self.verdict == "review":
            return None
        return min(of, self.marks) if self.marks is not None else round(self.share * of, 4)


def right(reason: str = "") -> Marking:
    """Full marks."""
    return Marking("right", reason, 1.0)


def wrong(reason: str) -> Marking:
    """No marks."""
    return Marking("wrong", reason)


def review(reason: str) -> Marking:
    """For a person to look at."""
    return Marking("review", reason)
