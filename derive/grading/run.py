"""Grade a file of submissions: read, mark what is not known yet, write grades and what is for review."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from derive.checking import check_paths
from derive.grading.following import source_of
from derive.grading.journal import Journal, digest_of
from derive.grading.marking import Marker
from derive.grading.model import MEANING, BadRow, Marking, Row, Target, Task, Verdict, review
from derive.grading.names import Questions
from derive.grading.output import GRADES, REVIEW, amount, write_csv
from derive.grading.table import read_table
from derive.grading.target import Checked
from derive.keys.model import Key
from derive.keys.toml_reader import read_key
from derive.workers import Failure, Pool

TIMEOUT: Final = 10.0
MEMORY: Final = 2 << 30
CHECK_TIMEOUT: Final = 60.0
GRACE: Final = 5


@dataclass(frozen=True, slots=True)
class Graded:
    """One row with its marking, and what it is worth."""

    row: Row
    target: Target
    marking: Marking
    of: float

    @property
    def marks(self) -> float | None:
        """The marks; None for what a person must look at."""
        return self.marking.worth(self.of)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: the graded rows, those that could not be, and remarks on the key."""

    key: Key
    grades: tuple[Graded, ...]
    bad: tuple[BadRow, ...]
    remarks: tuple[tuple[str, str], ...]

    def counts(self) -> dict[Verdict, int]:
        """How many rows have each verdict."""
        out: dict[Verdict, int] = {}
        for name in MEANING:
            count = sum(g.marking.verdict == name for g in self.grades)
            if count:
                out[name] = count  # type: ignore[index]
        return out

    def totals(self) -> dict[str, tuple[float, int]]:
        """For each student, in the order of the file: the marks, and how many answers are for review."""
        out: dict[str, tuple[float, int]] = {}
        for grade in self.grades:
            marks, open_ = out.get(grade.row.student, (0.0, 0))
            own = grade.marks
            out[grade.row.student] = marks + (own or 0.0), open_ + (own is None)
        return out

    @property
    def total(self) -> float:
        """What all questions of the key are worth together."""
        return sum(
            Target(q, p).marks(self.key)
            for q, question in enumerate(self.key.questions)
            for p in range(max(1, len(question.parts)))
        )


def grade(
    key_path: Path,
    submissions: Path,
    output: Path,
    review_path: Path,
    *,
    jobs: int | None = None,
    timeout: float = TIMEOUT,
    started: Callable[[int], None] = lambda total: None,
    done: Callable[[str], None] = lambda words: None,
) -> Outcome:
    """Grade submissions and write both files.

    Raises KeyFileError, TableError, Busy or OSError for input that cannot be used.
    """
    key = read_key(key_path)
    table = read_table(submissions)
    rows, bad = _targets(key, table.rows)
    rows, replaced = _latest(rows)
    tasks = _tasks(key, rows)
    workers = min(jobs or os.cpu_count() or 1, max(1, len(set(tasks))))
    with Journal(Path(f"{output}.journal"), digest_of(key_path.read_bytes())) as journal:
        checked = _checked(key_path, key, journal, workers)
        marks = _marked(Marker(key, checked), tasks, journal, workers, timeout, started, done)
        graded = tuple(
            Graded(row, target, marks[task], target.marks(key))
            for (row, target), task in zip(rows, tasks, strict=True)
        )
        everything_bad = sorted((*table.bad, *bad, *replaced), key=lambda b: b.row.line)
        outcome = Outcome(key, graded, tuple(everything_bad), _remarks(key, checked))
        write_csv(output, GRADES, _grade_rows(outcome))
        write_csv(review_path, REVIEW, _review_rows(outcome))
    return outcome


Found = tuple[Row, Target]


def _targets(key: Key, rows: tuple[Row, ...]) -> tuple[list[Found], list[BadRow]]:
    questions = Questions(key)
    known: dict[str, Target | str] = {}
    out: list[Found] = []
    bad: list[BadRow] = []
    for row in rows:
        if row.question not in known:
            known[row.question] = questions.find(row.question)
        found = known[row.question]
        if isinstance(found, Target):
            out.append((row, found))
        else:
            bad.append(BadRow(row, found))
    return out, bad


def _latest(rows: list[Found]) -> tuple[list[Found], list[BadRow]]:
    """The last answer of each student to each target; the earlier ones are reported."""
    last = {(row.student, target): row for row, target in rows}
    out: list[Found] = []
    replaced: list[BadRow] = []
    for row, target in rows:
        counts = last[row.student, target]
        if counts is row:
            out.append((row, target))
        else:
            said = f"not counted: the same student answers again in line {counts.line}"
            replaced.append(BadRow(row, said))
    return out, replaced


def _tasks(key: Key, rows: list[Found]) -> list[Task]:
    """What is to be marked for each row; equal answers to one target are one task."""
    answers = {(row.student, target): _plain(row.answer) for row, target in rows}
    sources = {target: source_of(key, target) for target in {t for _, t in rows}}
    out = []
    for row, target in rows:
        source = sources[target]
        carried = answers.get((row.student, source), "") if source is not None else ""
        out.append(Task(target, answers[row.student, target], carried))
    return out


def _plain(answer: str) -> str:
    return "\n".join(line.rstrip() for line in answer.splitlines()).strip()


def _checked(path: Path, key: Key, journal: Journal, jobs: int) -> dict[str, Checked]:
    """How `derive check` judges the key's own answers."""
    name = journal.name("check")
    if name not in journal.known:
        (report,) = check_paths([path], jobs=jobs, timeout=CHECK_TIMEOUT).reports
        journal.write(name, [[r.id, r.verdict, r.right, r.message] for r in report.results])
    return {
        q: Checked(verdict, right, message) for q, verdict, right, message in journal.known[name]
    }


def _marked(
    marker: Marker,
    tasks: list[Task],
    journal: Journal,
    jobs: int,
    timeout: float,
    started: Callable[[int], None],
    done: Callable[[str], None],
) -> dict[Task, Marking]:
    out: dict[Task, Marking] = {}
    left = []
    for task in dict.fromkeys(tasks):
        known = journal.find(task)
        if known is None:
            left.append(task)
        else:
            out[task] = known
    started(len(left))
    with Pool(_Guarded(marker, timeout), jobs, timeout, MEMORY) as pool:
        for number, marking in pool.run(left):
            if isinstance(marking, Failure):
                marking = review(f"given up: {marking.reason}")
            out[left[number]] = marking
            journal.keep(left[number], marking)
            done(marking.verdict)
    return out


class _Guarded:
    """Marks in a worker, which ends by itself when nobody is left to end it for taking too long."""

    def __init__(self, marker: Marker, timeout: float) -> None:
        self.marker = marker
        self.seconds = math.ceil(timeout) + GRACE

    def __call__(self, task: Task) -> Marking:
        alarm = getattr(signal, "alarm", lambda seconds: 0)
        alarm(self.seconds)
        try:
            return self.marker(task)
        finally:
            alarm(0)


def _remarks(key: Key, checked: dict[str, Checked]) -> tuple[tuple[str, str], ...]:
    """What is to be known of the key itself: printed answers that are not right, or not decided."""
    said = {
        "wrong": "the printed answer is not right",
        "inconsistent": "the key contradicts itself",
        "premise": "what the question states is contradictory",
        "rounded": "the printed answer is off in the last digit",
        "undecided": "the printed answer was not decided",
    }
    out = []
    for question in key.questions:
        found = checked.get(question.id)
        if found is not None and found.verdict in said:
            out.append((question.id, f"{said[found.verdict]}: {found.message}"))
    return tuple(out)


def _grade_rows(outcome: Outcome) -> Iterator[list[str]]:
    for grade in outcome.grades:
        question, part = grade.target.question(outcome.key), grade.target.part(outcome.key)
        yield [
            grade.row.student,
            question.id,
            part.id if part is not None else "",
            amount(grade.marks),
            amount(grade.of),
            grade.marking.verdict,
            grade.marking.reason,
        ]


def _review_rows(outcome: Outcome) -> Iterator[list[str]]:
    """The key's own flaws first, then the rows in the order of the file."""
    for name, remark in outcome.remarks:
        yield ["", "", name, "", "", f"the key: {remark}"]
    found: list[tuple[int, list[str]]] = []
    for bad in outcome.bad:
        row = bad.row
        found.append((row.line, [row.student, row.question, "", row.answer, bad.reason]))
    for grade in outcome.grades:
        if grade.marking.verdict == "review":
            row, part = grade.row, grade.target.part(outcome.key)
            name = grade.target.question(outcome.key).id
            cells = [row.student, name, part.id if part else "", row.answer, grade.marking.reason]
            found.append((row.line, cells))
    for line, cells in sorted(found, key=lambda item: item[0]):
        yield [str(line), *cells]
