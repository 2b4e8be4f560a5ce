"""`derive variants`: a key with fresh numbers, many times over."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from derive.commands import progress
from derive.keys.check import check_question
from derive.keys.contexts import QuestionError
from derive.keys.model import Key
from derive.keys.results import FINE, Result
from derive.keys.source import KeyFileError, Source, read_source
from derive.keys.toml_reader import key_in, tables_of
from derive.sheets import sheet
from derive.variants.question import QuestionVariants, TooFew, Variant
from derive.variants.ranges import VaryError
from derive.variants.toml_writer import to_toml
from derive.workers import Failure, Pool

ANSWERS: Final = ",answers]{exam}"
"""The option of the class that prints the solutions."""

Found = list[Variant] | Result | TooFew | str
"""What became of a question: its variants, its result when it does not vary, or what is wrong."""


@dataclass
class _Task:
    """Makes the variants of a question by its number; the key travels to a worker once."""

    source: Source
    tables: Mapping[str, Any]
    key: Key
    count: int
    seed: int

    def __call__(self, number: int) -> Found:
        question = self.key.questions[number]
        if question.error or not question.vary:
            return check_question(self.key, question)
        try:
            return QuestionVariants(self.source, self.tables, self.key, number).make(
                self.count, self.seed
            )
        except VaryError as error:
            at = error.at
            return f"{self.key.path}:{at.line}:{at.column}: question {question.id}: {error}"
        except QuestionError as error:
            return f"{self.key.path}:{error.line}:{error.column}: question {question.id}: {error}"


def variants_command(
    path: str, count: int, seed: int, folder: str | None, jobs: int | None, timeout: float
) -> int:
    """Write the variants of the key in ``path``, or say on standard error why not.

    Returns 0 when all are written, 1 when a question has too few good ones, 2 for unusable input; then
    nothing is written.
    """
    try:
        source = read_source(Path(path))
        tables, key = tables_of(source), key_in(source)
    except KeyFileError as error:
        print(error, file=sys.stderr)
        return 2
    if not any(q.vary for q in key.questions):
        print(f"{path}: no question has `vary`, so there is nothing to vary", file=sys.stderr)
        return 2
    task = _Task(source, tables, key, count, seed)
    found = _run(task, jobs or os.cpu_count() or 1, timeout)
    problems, status = _problems(key, found, count)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return status
    target = Path(folder or f"{Path(path).stem}-variants")
    try:
        _write(task, found, target)
    except OSError as error:
        print(f"derive variants: {error.filename or target}: {error.strerror}", file=sys.stderr)
        return 2
    for line in _summary(key, found, count, target):
        print(line)
    return 0


def _run(task: _Task, jobs: int, timeout: float) -> list[Found | Failure]:
    numbers = range(len(task.key.questions))
    found: list[Found | Failure] = [Failure("")] * len(numbers)
    with (
        progress("varying") as (started, done),
        Pool(task, min(jobs, len(numbers)), timeout) as pool,
    ):
        started(len(numbers))
        for number, one in pool.run(numbers):
            found[number] = one
            done(task.key.questions[number].id)
    return found


def _problems(key: Key, found: list[Found | Failure], count: int) -> tuple[list[str], int]:
    """What keeps the variants from being made, and the exit status for it."""
    out, status = [], 1
    for question, one in zip(key.questions, found, strict=True):
        place = f"{key.path}:{question.where.line}:{question.where.column}"
        if isinstance(one, Result) and one.unreadable:
            out.append(f"{one.place}: {one.message}")
            status = 2
        elif isinstance(one, str):
            out.append(one)
            status = 2
        elif isinstance(one, Failure):
            out.append(f"{place}: question {question.id} was given up: {one.reason}")
        elif isinstance(one, TooFew):
            asked = f"{count} {'is' if count == 1 else 'are'} asked for"
            advice = "widen what its `vary` allows, or ask for fewer"
            out.append(f"{place}: question {question.id}: {asked}, and {one}; {advice}")
    return out, status


def keys_of(task: _Task, found: list[Found | Failure]) -> Iterator[tuple[str, list[Result]]]:
    """The text of each variant of the key, and what was found about its questions."""
    for number in range(task.count):
        tables, results = [], []
        for data, one in zip(task.tables["question"], found, strict=True):
            if isinstance(one, list):
                tables.append(one[number].data)
                results.append(one[number].result)
            elif isinstance(one, Result):
                tables.append(data)
                results.append(one)
        exam = dict(task.tables["exam"])
        exam["title"] = f"{exam.get('title') or exam['id']}, variant {number + 1}"
        exam["id"] = f"{exam['id']}-{number + 1:02d}"
        first = f"# Variant {number + 1} of {task.key.id!r} by `derive variants --seed {task.seed}`.\n\n"
        yield first + to_toml({**task.tables, "exam": exam, "question": tables}), results


def _write(task: _Task, found: list[Found | Failure], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for number, (text, results) in enumerate(keys_of(task, found), 1):
        name = f"variant-{number:02d}"
        solution = sheet(replace(key_in(Source(name, text)), path=name), results)
        (target / f"{name}.toml").write_text(text, "utf-8")
        (target / f"{name}.solution.tex").write_text(solution, "utf-8")
        exam = solution.replace(ANSWERS, "]{exam}", 1)
        (target / f"{name}.exam.tex").write_text(exam, "utf-8")


def _summary(key: Key, found: list[Found | Failure], count: int, target: Path) -> Iterator[str]:
    pairs = list(zip(key.questions, found, strict=True))
    varied = [q.id for q, one in pairs if isinstance(one, list)]
    kept = [(q.id, one) for q, one in pairs if isinstance(one, Result)]
    yield f"with fresh numbers: {', '.join(varied)}"
    if kept:
        yield f"as they are: {', '.join(name for name, _ in kept)}"
    bad = [f"{name} is {one.verdict}" for name, one in kept if one.verdict not in FINE]
    if bad:
        yield f"of these, {', '.join(bad)}"
    yield f"wrote {count} variant{'s' * (count != 1)} to {target}: each a key, an exam and a solution"
