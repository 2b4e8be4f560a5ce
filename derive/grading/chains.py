"""Derivations: an answer of several lines is a chain; each link is decided, and lines reach steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from derive.decision import decide
from derive.grading.cleaning import cleaned
from derive.grading.formulas import slip_words
from derive.grading.model import Marking, Unreadable, review
from derive.grading.reading import Reader
from derive.grading.shapes import shape
from derive.grading.target import allowed_names
from derive.grading.tokens import split_relations
from derive.keys.chains import IMPLIED, composed
from derive.keys.contexts import question_context, term_of
from derive.keys.model import Key, Question
from derive.terms import Context, Term
from derive.terms.context import RELATIONS, Claim
from derive.verdict import Conditional, Proved, Refuted

MAX_LINES: Final = 60
FREE_SHARE: Final = 0.25
"""The share of the marks that steps may have which are passed over, besides one step for each line of
the student's own between the steps that are reached."""


@dataclass(frozen=True, slots=True)
class Line:
    """A side of a displayed line: the term, how it follows from the one before, and its number."""

    term: Term
    relation: str
    number: int


@dataclass(frozen=True, slots=True)
class Link:
    """What was decided of the link that leads to a line: ``held``, ``broken`` or ``open``."""

    state: str
    said: str = ""


class Derivation:
    """A derivation of the key, ready to mark answers."""

    def __init__(self, key: Key, question: Question, marks: float) -> None:
        self.question = question
        self.context: Context = question_context(key, question)
        self.reader = Reader(self.context, allowed_names(question, self.context))
        self.terms = [term_of(step.expr, self.context) for step in question.steps]
        self.shapes = [shape(term) for term in self.terms]
        self.marks = marks
        self.worth = _worth(question, marks)
        goal = question.goal.value.partition("=")[0].strip() if question.goal is not None else ""
        self.goal = goal

    def mark(self, text: str) -> Marking:
        """The marking of an answer. Raises Unreadable."""
        lines = self.read(text)
        links = [self._link(a, b) for a, b in zip([None, *lines], lines, strict=False)]
        reached = self._reached(lines, links)
        return self._summed_up(lines, links, reached)

    def read(self, text: str) -> list[Line]:
        """The sides of all the displayed lines, in order."""
        out: list[Line] = []
        for number, raw in enumerate(split_lines(text), 1):
            pieces, relations = split_relations(_line(raw))
            if pieces and not pieces[0]:
                pieces, first = pieces[1:], relations.pop(0) if relations else "="
            else:
                first = "="
                if len(pieces) > 1 and self._is_label(pieces[0]):
                    pieces, first = pieces[1:], relations.pop(0)
            for piece, relation in zip(pieces, [first, *relations], strict=False):
                if relation == "≈" or relation == "!=":
                    raise Unreadable(f"line {number}: {relation} has no place in a derivation")
                try:
                    term = self.reader.term(piece)
                except Unreadable as error:
                    raise Unreadable(f"line {number}: {error}") from None
                if not (out and relation == "=" and term == out[-1].term):
                    out.append(Line(term, relation if out else "=", number))
        if not out:
            raise Unreadable("no line of a derivation is found")
        if len(out) > MAX_LINES:
            raise Unreadable(f"a derivation of {len(out)} lines; at most {MAX_LINES} are read")
        return out

    def _is_label(self, piece: str) -> bool:
        """Whether a side is only the name of what is derived."""
        bare = re.sub(r"[\s\\{}]", "", piece)
        if bare == self.goal or re.fullmatch(r"[A-Za-z]\w*\([A-Za-z_, |]*\)", bare):
            return not any(bare == re.sub(r"\s", "", str(t)) for t in self.terms)
        return re.fullmatch(r"[A-Za-z]\w*", bare) is not None and bare not in self.reader.allowed

    def _link(self, before: Line | None, line: Line) -> Link:
        """The link to a line: from the line before, or from the start of the derivation."""
        lhs = self.terms[0] if before is None else before.term
        if lhs == line.term:
            return Link(
                "held" if line.relation in ("=", "<=", ">=") else "broken", "the same again"
            )
        claim = Claim(lhs, RELATIONS[line.relation], line.term)
        verdict = decide(claim, self.context)
        if isinstance(verdict, Proved):
            return Link("held")
        if isinstance(verdict, Conditional):
            return Link("open", f"holds only if {', '.join(map(str, verdict.conditions))}")
        if isinstance(verdict, Refuted):
            words = "" if verdict.witness.undefined else slip_words(claim, self.context)
            return Link("broken", words or str(verdict.witness))
        return Link("open", "not decided")

    def _reached(self, lines: list[Line], links: list[Link]) -> dict[int, int]:
        """The steps that lines reach, with the line that does: the same line, and right in its place."""
        out: dict[int, int] = {}
        for at, line in enumerate(lines):
            form = shape(line.term)
            for number, step in enumerate(self.shapes):
                if number in out or form != step:
                    continue
                if number and not self._relation_fits(lines, at, number):
                    continue
                out[number] = at
        return out

    def _relation_fits(self, lines: list[Line], at: int, number: int) -> bool:
        """Whether the relation from the start to this line is at least that of the key's step."""
        wanted = composed([s.relation for s in self.question.steps[1 : number + 1]])
        have = composed([line.relation for line in lines[: at + 1]])
        return wanted is not None and have is not None and wanted in IMPLIED[have]

    def _summed_up(self, lines: list[Line], links: list[Link], reached: dict[int, int]) -> Marking:
        last = len(self.terms) - 1
        if last in reached and links[reached[last]].state == "broken":
            del reached[last]
        passed, jumped = self._passed(lines, links, reached)
        if self._only_goal(last, {*reached}):
            return review("nothing but the last line of the derivation stands there")
        earned = sum(self.worth[n] for n in {*reached, *passed})
        broken = [
            f"line {line.number} does not follow ({link.said})"
            for line, link in zip(lines, links, strict=True)
            if link.state == "broken"
        ]
        unsure = [
            f"line {line.number}: {link.said}"
            for line, link in zip(lines, links, strict=True)
            if link.state == "open"
        ]
        missing = [
            self._name(n) for n in range(len(self.terms)) if self.worth[n] and n not in reached
        ]
        missing = [m for m in missing if m not in {self._name(n) for n in passed}]
        said = "; ".join(
            [*broken, *unsure] + ([f"not reached: {', '.join(missing)}"] if missing else [])
        )
        if unsure or jumped:
            hint = f"{earned:g} of {self.marks:g} marks are certain"
            jump = ["steps that are worth marks are passed over"] if jumped else []
            return review("; ".join(p for p in (*jump, said, hint) if p))
        if earned >= self.marks - 1e-9 and not broken:
            return Marking("right", "every step is reached", 1.0)
        if earned >= self.marks - 1e-9:
            return review(f"every step is reached, but {said}")
        return Marking("partial" if earned else "wrong", said, 0.0, round(earned, 4))

    def _only_goal(self, last: int, found: set[int]) -> bool:
        """Whether only the last step is found, which the question may state, and it is worth much."""
        counted = {n for n, worth in enumerate(self.worth) if worth}
        much = self.worth[last] > FREE_SHARE * self.marks
        return much and len(counted) > 1 and found & counted == {last}

    def _passed(
        self, lines: list[Line], links: list[Link], reached: dict[int, int]
    ) -> tuple[set[int], bool]:
        """Steps passed over on the way from one reached step to a later one, all links held.

        The second value says that a link passes over more steps than is taken as read.
        """
        out: set[int] = set()
        jumped = False
        start = {-1: -1} if links[0].state == "held" else {}
        stops = sorted({**start, **reached}.items())
        for (a, first), (b, last) in pairwise(stops):
            between = [n for n in range(a + 1, b) if self.worth[n]]
            if not between or last <= first:
                continue
            if any(link.state != "held" for link in links[max(first + 1, 0) : last + 1]):
                continue
            own = max(0, last - first - 1)
            free = sum(sorted(self.worth[n] for n in between)[own:])
            if free <= FREE_SHARE * self.marks:
                out |= set(between)
            elif len(lines) > 1:
                jumped = True
        return out, jumped

    def _name(self, number: int) -> str:
        step = self.question.steps[number]
        why = step.rubric or step.by
        return (step.tag or f"step {number + 1}") + (f" ({why})" if why else "")


def split_lines(text: str) -> list[str]:
    """The lines of an answer: by newlines, by ``\\\\`` and by semicolons outside brackets."""
    out, depth, current = [], 0, ""
    text = re.sub(r"\\\\(?![A-Za-z])|\\newline", "\n", text)
    text = re.sub(r"\\(?:begin|end)\{[a-z*]{1,12}\}", "\n", text).replace("&", " ")
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char in "\r\n" or (char == ";" and depth <= 0):
            out.append(current)
            current, depth = "", 0
        else:
            current += char
    return [line.strip() for line in [*out, current] if line.strip()]


def _line(raw: str) -> str:
    """A line without its number, and without words around it; the relation before it is kept."""
    raw = re.sub(r"^\s*(?:\(\d{1,2}\)|\d{1,2}[.)](?!\d))\s*", "", raw)
    start = re.match(r"\s*(?:=|<=|>=|<|>|\\leq?\b|\\geq?\b|≤|≥)\s*", raw)
    return start[0] + cleaned(raw[start.end() :]) if start else cleaned(raw)


def _worth(question: Question, marks: float) -> list[float]:
    """The marks of each step; what they leave of the question's marks belongs to the last line."""
    own = [step.marks or 0.0 for step in question.steps]
    if not any(own):
        share = marks / (len(own) - 1)
        return [0.0] + [share] * (len(own) - 1)
    scale = min(1.0, marks / sum(own))
    own = [m * scale for m in own]
    own[-1] += max(0.0, marks - sum(own))
    return own
