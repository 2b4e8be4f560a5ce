"""The variants of one question."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, Final

from derive.keys.check import check_question
from derive.keys.contexts import question_context
from derive.keys.model import Key, Question
from derive.keys.placeholders import filled
from derive.keys.results import Result
from derive.keys.rounding import NoValue
from derive.keys.source import Source
from derive.keys.toml_reader import key_in
from derive.terms import Context
from derive.variants.answers import Answers, Reckoner, no_good
from derive.variants.ranges import Ranges, VaryError, completed, read_ranges
from derive.variants.toml_writer import to_toml
from derive.variants.wording import check_formulas, check_texts
from derive.variants.working import new_working

MAX_DRAWS: Final = 400
"""Draws for one variant before the range counts as too poor."""

NEW_ANSWER_DRAWS: Final = 40
"""Draws in which an answer that no earlier variant has is looked for."""

LEFT_OUT: Final = "Left out of the working, since its numbers are not those of this variant: "


@dataclass(frozen=True, slots=True)
class Variant:
    """A question with new numbers: its table for the key, and what checking it found."""

    data: dict[str, Any]
    result: Result


@dataclass(frozen=True, slots=True)
class TooFew:
    """Too few good variants: how many there are, after how many draws, and why others are no good."""

    found: int
    draws: int
    exhausted: bool
    reasons: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        many = "1 good one was" if self.found == 1 else f"{self.found} good ones were"
        scope = f"among all {self.draws}" if self.exhausted else f"in {self.draws} draws"
        why = "; ".join(f"{count} times {reason}" for reason, count in self.reasons)
        return f"{many} found {scope}" + (f" ({why})" if why else "")


class _NoGood(Exception):
    """A draw that makes no good variant; its text says why."""


class QuestionVariants:
    """Makes the variants of question ``number`` of the key in ``source``.

    ``tables`` are the tables of that file. Raises VaryError and QuestionError, with the place.
    """

    def __init__(self, source: Source, tables: Mapping[str, Any], key: Key, number: int) -> None:
        self.key = key
        self.tables = {name: tables[name] for name in tables if name != "question"}
        self.data: dict[str, Any] = tables["question"][number]
        self.question = key.questions[number]
        if self.question.kind != "numeric" or self.question.laws is not None:
            _, how = self.question.vary[0]
            raise VaryError("only numeric questions without laws can vary", how)
        self.ranges: Ranges = read_ranges(self.question)
        self.reckoner = Reckoner(key, self.question)
        check_texts(source, number, self.data, self.question, self.ranges)
        check_formulas(self.question, self.reckoner.context, self.ranges)
        names = self.ranges.names
        self.relevant = [self.reckoner.relevant(p, names) for p in self.question.parts]
        if not any(self.relevant):
            _, how = self.question.vary[0]
            raise VaryError("no answer depends on a given that varies", how)
        printed = check_question(key, self.question)
        self.audits = tuple(c.held for c in printed.checks if c.where.startswith("audit"))
        if len(self.audits) != len(self.question.audits):
            message = f"it cannot be checked as it is printed: {printed.message}"
            raise VaryError(message, self.question.where)
        self.others = tuple(self._others())
        self.seen = {self._mark({n.value: v.value for n, v in self.question.given})}
        self.answered: set[tuple[Fraction, ...]] = set()
        self.reasons: Counter[str] = Counter()
        self.draws = 0

    def make(self, count: int, seed: int) -> list[Variant] | TooFew:
        """The first so many variants, the same ones for any larger count."""
        stream = self._good(self.ranges.order(f"{seed}\n{self.key.id}\n{self.question.id}"))
        out: list[Variant] = []
        spare: list[tuple[Variant, tuple[Fraction, ...]]] = []
        while len(out) < count:
            found = self._next(stream, spare)
            if found is None:
                exhausted = self.draws == self.ranges.size
                reasons = tuple(self.reasons.most_common(3))
                return TooFew(len(out), self.draws, exhausted, reasons)
            out.append(found)
        return out

    def _next(
        self,
        stream: Iterator[tuple[Variant, tuple[Fraction, ...]] | None],
        spare: list[tuple[Variant, tuple[Fraction, ...]]],
    ) -> Variant | None:
        """The next variant with an answer of its own, or the first one that was passed over."""
        for draws, found in enumerate(islice(stream, MAX_DRAWS), 1):
            if found is not None and found[1] not in self.answered:
                self.answered.add(found[1])
                return found[0]
            if found is not None:
                spare.append(found)
            if spare and draws >= NEW_ANSWER_DRAWS:
                break
        return spare.pop(0)[0] if spare else None

    def _good(self, order: Iterator[int]) -> Iterator[tuple[Variant, tuple[Fraction, ...]] | None]:
        """For each draw its variant and answers, or None when it is no good."""
        for number in order:
            self.draws += 1
            try:
                yield self._variant(self.ranges.draw(number))
            except _NoGood as reason:
                self.reasons[str(reason)] += 1
                yield None

    def _others(self) -> Iterator[Context]:
        """The contexts of two draws from the middle of the range."""
        for number in (self.ranges.size // 3, 2 * self.ranges.size // 3):
            with suppress(NoValue):
                drawn = self.ranges.draw(number)
                question = completed(self.key, self.question, self.ranges, drawn)
                yield question_context(self.key, question)

    def _mark(self, givens: Mapping[str, str]) -> tuple[Fraction, ...]:
        """The numbers that the answers depend on."""
        names = sorted(frozenset().union(*self.relevant))
        return tuple(Fraction(givens[name]) for name in names)

    def _variant(self, drawn: Mapping[str, str]) -> tuple[Variant, tuple[Fraction, ...]]:
        try:
            question = completed(self.key, self.question, self.ranges, drawn)
            givens = {n.value: v.value for n, v in question.given}
            mark = self._mark(givens)
            if mark in self.seen:
                raise _NoGood("its givens are those of another variant or the printed ones")
            self.seen.add(mark)
            context, answers = self.reckoner.answers(question)
            for one, relevant in zip(answers, self.relevant, strict=True):
                reason = no_good(self.question, question, context, one) if relevant else ""
                if reason:
                    raise _NoGood(reason)
        except NoValue:
            raise _NoGood("an answer or a given has no value") from None
        parts, left_out = [], []
        for part in question.parts:
            lines, out = new_working(part, question, self.reckoner.context, context, self.others)
            parts.append(replace(part, working=lines))
            left_out.append(out)
        data, result = self._checked(replace(question, parts=tuple(parts)), answers, left_out)
        numbers = tuple(
            n for a, r in zip(answers, self.relevant, strict=True) if r for n in a.numbers
        )
        return Variant(data, result), numbers

    def _checked(
        self, question: Question, answers: list[Answers], left_out: list[tuple[int, ...]]
    ) -> tuple[dict[str, Any], Result]:
        """The table of a variant, once everything in it holds. Raises _NoGood."""
        data = self._data(question, answers, left_out)
        result = self._check(data)
        for check in result.checks:
            if not check.held and check.where.startswith(("premise", "audit")):
                raise _NoGood(f"{check.where} does not hold")
        if any(not c.held and c.where.startswith("working") for c in result.checks):
            bare = tuple(replace(p, working=()) for p in question.parts)
            everything = [tuple(range(1, len(p.working) + 1)) for p in self.question.parts]
            data = self._data(replace(question, parts=bare), answers, everything)
            result = self._check(data)
        if result.verdict != "correct":
            raise _NoGood(f"it is {result.verdict}")
        return data, result

    def _check(self, data: dict[str, Any]) -> Result:
        text = to_toml({**self.tables, "question": [data]})
        key = key_in(Source(self.key.path, text))
        return check_question(key, key.questions[0])

    def _data(
        self, question: Question, answers: list[Answers], left_out: list[tuple[int, ...]]
    ) -> dict[str, Any]:
        """The table of the question with everything in it that changes."""
        givens = {n.value: v.value for n, v in question.given}
        data = copy.deepcopy(self.data)
        data.pop("vary")
        data.pop("note", None)
        data["given"] = givens
        if self.audits:
            data["audits"] = [a for a, h in zip(data["audits"], self.audits, strict=True) if h]
        if not data.get("audits", True):
            del data["audits"]
        _fill(data, lambda text: filled(text, givens))
        tables = data.get("part") or [data]
        for table, part, new in zip(tables, question.parts, answers, strict=True):
            table["answer"] = new.text
            table["working"] = [line.value for line in part.working]
            if not part.working:
                del table["working"]
        notes = [
            ", ".join(f"line {n}" for n in out) + (f" of ({part.id})" if part.id else "")
            for part, out in zip(question.parts, left_out, strict=True)
            if out
        ]
        if notes:
            data["note"] = f"{LEFT_OUT}{'; '.join(notes)}."
        return data


def _fill(data: dict[str, Any], put: Callable[[str], str]) -> None:
    """Put the numbers into the texts of a question."""
    for table in (data, *data.get("part", [])):
        if "text" in table:
            table["text"] = put(table["text"])
        if "rubric" in table:
            rubric = table["rubric"]
            table["rubric"] = put(rubric) if isinstance(rubric, str) else [*map(put, rubric)]
        for name in ("feedback", "premises", "audits"):
            for entry in table.get(name, []):
                if isinstance(entry, dict) and "say" in entry:
                    entry["say"] = put(entry["say"])
