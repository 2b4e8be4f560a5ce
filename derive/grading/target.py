"""A target made ready: the context of its question, what is right, and what the key says of misses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from derive.grading.near import NearMisses
from derive.grading.reading import Reader
from derive.keys.contexts import question_context, term_of
from derive.keys.model import Accept, Feedback, Key, Part, Question, Text
from derive.keys.premises import check_premises
from derive.keys.rounding import NoValue, Value, decimals_shown, half_unit
from derive.terms import Context, Term, rational

WORD: Final = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True, slots=True)
class Checked:
    """How `derive check` judged the question: the verdict, the right answer, and its message."""

    verdict: str
    right: str = ""
    message: str = ""


@dataclass
class Prepared:
    """Everything that the answers to one target are judged by."""

    key: Key
    question: Question
    part: Part
    checked: Checked

    @cached_property
    def context(self) -> Context:
        """The context of the question. Raises QuestionError."""
        return question_context(self.key, self.question)

    @cached_property
    def printed(self) -> list[Term]:
        """The answers as printed."""
        return [term_of(text, self.context) for text in self.part.answers]

    @cached_property
    def model(self) -> Term | None:
        """What an answer must equal; the printed answer where the key has claims and they hold."""
        if self.part.model is not None:
            return term_of(self.part.model, self.context)
        return self.printed[0] if self.printed and self.checked.verdict == "correct" else None

    @cached_property
    def value(self) -> Value | None:
        """The value of the model, when it is a number."""
        if self.model is None:
            return None
        try:
            value = Value(self.model, self.context)
            value.ends(64)
        except NoValue:
            return None
        return value

    @cached_property
    def reader(self) -> Reader:
        """A reader that knows the names a student may use, and the units."""
        names = allowed_names(self.question, self.context)
        return Reader(self.context, names, self.words, numbers=self.value is not None)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the question, of which a unit may be one."""
        text = f"{self.question.text} {self.part.text} {self.question.topic}"
        return frozenset(word.casefold() for word in WORD.findall(text))

    @cached_property
    def feedback(self) -> list[tuple[Feedback, Term]]:
        """The near misses that the key names. Raises QuestionError."""
        return [(f, term_of(f.when, self.context)) for f in self.part.feedback]

    @cached_property
    def near(self) -> NearMisses:
        """The values that one slip leads to."""
        assert self.model is not None
        return NearMisses(self.model, self.context)

    @cached_property
    def by_facts(self) -> Value | None:
        """The value from the facts that contradict a given, where there are such."""
        facts = check_premises(self.key, self.question, self.context)
        if facts.context is None or self.part.model is None:
            return None
        try:
            return Value(term_of(self.part.model, facts.context), facts.context)
        except NoValue:
            return None

    @property
    def accept(self) -> Accept:
        """How decimals are compared."""
        return self.part.accept

    @cached_property
    def places(self) -> int | None:
        """The decimals asked for, or those of the printed answer; None when neither says."""
        if self.accept.decimals is not None:
            return self.accept.decimals
        shown = [d for t in self.printed if (d := decimals_shown(t)) is not None]
        return max(shown) if shown else None

    @cached_property
    def misprinted(self) -> list[Term]:
        """The printed answers that are not right, as far as was found."""
        if self.checked.verdict not in ("wrong", "inconsistent"):
            return []
        return [term for term in self.printed if not self._holds(term)]

    def _holds(self, term: Term) -> bool:
        number = rational(term)
        if number is None or self.value is None:
            return False
        places = decimals_shown(term) or 0
        return self.value.place(number, half_unit(places) if places else Fraction(0)) == "inside"


def allowed_names(question: Question, context: Context) -> frozenset[str]:
    """The names that a student may use: declared and given ones, and those the paper shows.

    A definition made for the checker alone may stand for the very answer, so its name is no answer.
    """
    shown = [t.value for part in question.parts for t in (*part.answers, *_replaced(part))]
    shown += [step.expr.value for step in question.steps]
    shown += [question.goal.value.partition("=")[2]] if question.goal is not None else []
    seen = {name for text in shown for name in re.findall(r"[^\W\d]\w*", text)}
    given = {name.value for name, _ in question.given}
    free = {d.name for d in context if context.definition(d.name) is None}
    return frozenset(free | given | seen)


def _replaced(part: Part) -> list[Text]:
    return [right for _, right in part.follow.replace] if part.follow is not None else []
