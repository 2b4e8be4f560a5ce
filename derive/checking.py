"""Check key files: every question in a worker process, within its budget."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from derive.keys.check import check_question, unreadable
from derive.keys.model import Key
from derive.keys.results import Report, Result
from derive.keys.source import KeyFileError
from derive.keys.toml_reader import find_keys, read_key
from derive.workers import Failure, Pool

TIMEOUT: Final = 20.0


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything a run found: the reports, and one line for each unusable input."""

    keys: tuple[Key, ...]
    reports: tuple[Report, ...]
    problems: tuple[str, ...]

    @property
    def status(self) -> int:
        """0 all right, 1 something is wrong or undecided, 2 an unusable input."""
        if self.problems:
            return 2
        return 0 if all(r.fine for report in self.reports for r in report.results) else 1


def check_paths(
    paths: Sequence[Path],
    *,
    jobs: int | None = None,
    timeout: float = TIMEOUT,
    only: Sequence[str] = (),
    started: Callable[[int], None] = lambda total: None,
    done: Callable[[Result], None] = lambda result: None,
) -> Checked:
    """Check the keys in files and folders, or only the questions of these ids in them.

    ``started`` is called with the number of questions, ``done`` with each result as it comes in.
    """
    problems: list[str] = []
    keys: list[Key] = []
    for path in find_keys(paths, problems.append):
        try:
            keys.append(read_key(path))
        except KeyFileError as error:
            problems.append(str(error))
    if only:
        keys, missing = _chosen(keys, only)
        problems += missing
    tasks = [(k, q) for k, key in enumerate(keys) for q in range(len(key.questions))]
    started(len(tasks))
    results = _run(keys, tasks, jobs or os.cpu_count() or 1, timeout, done)
    reports = tuple(
        report_on(
            key, [results[k, q] for q in range(len(key.questions))], () if only else _remarks(key)
        )
        for k, key in enumerate(keys)
    )
    problems += [
        f"{r.place}: {r.message}" for report in reports for r in report.results if r.unreadable
    ]
    return Checked(tuple(keys), reports, tuple(problems))


def report_on(key: Key, results: Sequence[Result], remarks: tuple[str, ...] = ()) -> Report:
    """The report for a key with these results; its time is that of the questions together."""
    spent = sum(result.milliseconds for result in results)
    return Report(key.path, key.id, key.title, tuple(results), spent, remarks)


def _chosen(keys: list[Key], only: Sequence[str]) -> tuple[list[Key], list[str]]:
    """The keys with the questions of these ids alone, and a line for each id that is in none."""
    known = {question.id for key in keys for question in key.questions}
    missing = []
    for name in dict.fromkeys(only):
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
            missing.append(f"no question {name!r} in {', '.join(k.path for k in keys)}; {hint}")
    kept = [replace(key, questions=tuple(q for q in key.questions if q.id in only)) for key in keys]
    return [key for key in kept if key.questions], missing


def _remarks(key: Key) -> tuple[str, ...]:
    """What the paper as a whole says wrongly of itself."""
    marks = [q.marks for q in key.questions]
    known = [m for m in marks if m is not None]
    if key.total is None or len(known) < len(marks) or sum(known) == key.total:
        return ()
    return (f"the marks add up to {sum(known):g}, and the exam says {key.total:g}",)


class _Task:
    """Checks question ``q`` of key ``k``; the keys travel to a worker once."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys

    def __call__(self, task: tuple[int, int]) -> Result:
        key = self.keys[task[0]]
        return check_question(key, key.questions[task[1]])


def _run(
    keys: list[Key],
    tasks: list[tuple[int, int]],
    jobs: int,
    timeout: float,
    done: Callable[[Result], None],
) -> dict[tuple[int, int], Result]:
    out: dict[tuple[int, int], Result] = {}
    with Pool(_Task(keys), min(jobs, max(1, len(tasks))), timeout) as pool:
        for number, result in pool.run(tasks):
            k, q = tasks[number]
            if isinstance(result, Failure):
                result = _failed(keys[k], q, result)
            out[k, q] = result
            done(result)
    return out


def _failed(key: Key, number: int, failure: Failure) -> Result:
    question = key.questions[number]
    place = f"{key.path}:{question.where.line}:{question.where.column}"
    plain = unreadable(question, place, f"the check was given up: {failure.reason}")
    return Result(plain.id, plain.kind, "undecided", plain.message, plain.topic, place=place)
