"""Mark one answer: which kind of question it is for, and what happens when it is not understood."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from derive.grading.chains import Derivation
from derive.grading.choices import mark_choice
from derive.grading.cleaning import is_nothing
from derive.grading.following import carried_term, follow_through, source_of
from derive.grading.formulas import mark_formula
from derive.grading.matrices import another, mark_matrix, written
from derive.grading.model import Marking, Target, Task, Unreadable, review, wrong
from derive.grading.numbers import decimal_of
from derive.grading.reading import Reading
from derive.grading.target import Checked, Prepared
from derive.grading.values import mark_value
from derive.kernel.theorem import KernelError
from derive.keys.contexts import QuestionError, plain_question
from derive.keys.model import Key, Part
from derive.keys.rounding import NoValue, Value
from derive.terms import ContextError, Term, TermError, sub
from derive.terms.shapes import is_matrix

MAX_ANSWER: Final = 5_000
GRADED: Final = frozenset({"numeric", "symbolic", "mcq", "derivation"})
"""The kinds of questions that are marked here; a person judges the others."""


class Marker:
    """Marks answers to one key; what a question needs is made ready once and kept."""

    def __init__(self, key: Key, checked: dict[str, Checked]) -> None:
        self.key = key
        self.checked = checked
        self.ready: dict[Target, Prepared] = {}
        self.derivations: dict[int, Derivation] = {}

    def __call__(self, task: Task) -> Marking:
        """The marking of one answer; never raises for what the answer says."""
        question = task.target.question(self.key)
        if is_nothing(task.answer):
            return wrong("no answer")
        if question.error:
            return review(f"the question in the key cannot be read: {question.error}")
        if question.kind not in GRADED:
            why = f": {question.reason}" if question.reason else ""
            return review(f"a person judges this question{why}")
        if len(task.answer) > MAX_ANSWER:
            return review(
                f"an answer of {len(task.answer)} characters; at most {MAX_ANSWER} are read"
            )
        try:
            return self._mark(task)
        except Unreadable as error:
            return review(f"not understood: {error}")
        except QuestionError as error:
            return review(f"the key cannot be read at line {error.line}: {error}")
        except (NoValue, KernelError, ContextError, TermError) as error:
            return review(f"not decided: {error}")
        except (RecursionError, OverflowError, ValueError):
            return review("the answer is too large or nested too deeply to be decided")

    def _mark(self, task: Task) -> Marking:
        question = task.target.question(self.key)
        if question.kind == "mcq":
            return mark_choice(task.answer, question, self._check_of(task.target))
        if question.kind == "derivation":
            if task.target.q not in self.derivations:
                marks = task.target.marks(self.key)
                plain = plain_question(self.key, question)
                self.derivations[task.target.q] = Derivation(self.key, plain, marks)
            return self.derivations[task.target.q].mark(task.answer)
        ready = self.prepared(task.target)
        matrix = ready.model is not None and is_matrix(ready.context, ready.model)
        reading = ready.reader.answer(written(task.answer) if matrix else task.answer)
        if matrix and is_matrix(ready.context, reading.term) and not reading.term.free:
            if other := another(reading, ready):
                return review(f"two different matrices are given: {other} and {reading.term}")
            marking = mark_matrix(reading.term, ready)
        else:
            marking = mark_value(reading, ready) if ready.value else mark_formula(reading, ready)
        if marking.verdict in ("right", "review"):
            return marking
        if misprint := _misprinted(reading, ready):
            return review(misprint)
        return self._followed(task, reading, ready) or marking

    def _followed(self, task: Task, reading: Reading, ready: Prepared) -> Marking | None:
        """The follow-through, where the earlier answer was a wrong one."""
        source = source_of(self.key, task.target)
        if source is None or not task.source or is_nothing(task.source):
            return None
        before = self(Task(source, task.source)).verdict
        if before == "right":
            return None
        try:
            carried = carried_term(task.source, self.prepared(source), ready)
        except Unreadable:
            return None
        found = follow_through(reading.term, carried, ready)
        if before == "review" and found is not None:
            return review("it may follow from the earlier answer, which a person must look at")
        return found

    def prepared(self, target: Target) -> Prepared:
        """The target made ready, once."""
        if target not in self.ready:
            part = target.part(self.key)
            question = plain_question(self.key, target.question(self.key))
            if part is not None:
                part = question.parts[target.p]
            self.ready[target] = Prepared(
                self.key, question, part or Part("", ()), self._check_of(target)
            )
        return self.ready[target]

    def _check_of(self, target: Target) -> Checked:
        return self.checked.get(target.question(self.key).id, Checked("undecided"))


def _misprinted(reading: Reading, ready: Prepared) -> str:
    """Why a person must see an answer that equals a printed answer found to be wrong."""
    for printed in ready.misprinted:
        if _same(reading.term, printed, ready):
            value = ready.value.shown() if ready.value is not None else str(ready.model)
            return f"it is the answer that the key prints, {printed}; the checked one is {value}"
    return ""


def _same(term: Term, printed: Term, ready: Prepared) -> bool:
    """Whether an answer is the printed one, up to how both are rounded."""
    if term == printed:
        return True
    a, b = decimal_of(term), decimal_of(printed)
    if a is not None and b is not None:
        return abs(a.value - b.value) <= max(a.half, b.half)
    half = b.half if b is not None else Fraction(0)
    try:
        return Value(sub(term, printed), ready.context).place(Fraction(0), half) == "inside"
    except NoValue:
        return False
