"""What the commands do, apart from reading their options."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from derive.checking import Checked

WIDTH: Final = 110
"""Columns of a report that does not go to a terminal."""


def check(paths: Sequence[str], form: str, jobs: int | None, timeout: float) -> int:
    """``derive check``: print the report in the chosen form; problems go to standard error."""
    from derive.sheets import machine, terminal

    checked = _checked(paths, jobs, timeout)
    if form == "text":
        terminal.print_reports(checked.reports, _console())
    else:
        print((machine.to_json if form == "json" else machine.to_junit)(checked.reports))
    return checked.status


def _checked(paths: Sequence[str], jobs: int | None, timeout: float) -> Checked:
    from derive.checking import check_paths

    with _progress() as (started, done):
        checked = check_paths(
            [Path(p) for p in paths], jobs=jobs, timeout=timeout, started=started, done=done
        )
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    return checked


@contextmanager
def _progress() -> Iterator[tuple[Any, Any]]:
    """A progress bar on standard error when it is a terminal."""
    if not sys.stderr.isatty():
        yield (lambda total: None), (lambda result: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("checking"),
        BarColumn(30),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)

        def started(total: int) -> None:
            progress.update(task, total=total)

        def done(result: Any) -> None:
            progress.update(task, advance=1, description=f"{result.id} {result.verdict}")

        yield started, done


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def decide_one(claim: str, where: Sequence[str], timeout: float) -> int:
    """``derive decide CLAIM``: 0 when it is proved, 1 when not, 2 when it cannot be read."""
    from derive.claims import ClaimError
    from derive.terms import ContextError, TermError
    from derive.where import read_where
    from derive.workers import Failure, Pool

    try:
        read_where(where, claim)
    except (ClaimError, ContextError, TermError) as error:
        print(f"derive decide: {error}", file=sys.stderr)
        return 2
    with Pool(_decided, 1, timeout) as pool:
        ((_, shown),) = pool.run([(where, claim)])
    if isinstance(shown, Failure):
        shown = "undecided", [f"the check was given up: {shown.reason}"]
    name, lines = shown
    print("\n  ".join([name, *lines]))
    return 0 if name == "proved" else 1


def _decided(task: tuple[Sequence[str], str]) -> tuple[str, list[str]]:
    from derive.claims import verdict_object
    from derive.decision import decide
    from derive.where import read_where

    context, claim, assumed = read_where(*task)
    out = verdict_object(decide(claim, context))
    lines = [f"if {c}" for c in out["conditions"]]
    if out["reason"] and not lines:
        lines.append(out["reason"])
    if out["proof"]:
        lines.append(f"by {', '.join(out['proof'])}")
    if assumed:
        lines.append(f"taken as real: {', '.join(assumed)} (use --where to say otherwise)")
    return out["verdict"], lines


def decide_stream(jobs: int | None, timeout: float) -> int:
    """``derive decide --jsonl``: a verdict a line, in order; 2 when some line was unusable."""
    from derive import claims
    from derive.workers import Failure, Pool

    unusable = False
    pending: list[claims.Line] = []

    def tasks() -> Iterator[claims.Line]:
        for line in claims.lines(sys.stdin.buffer):
            pending.append(line)
            yield line

    with Pool(claims.answer, jobs or 1, timeout) as pool:
        for out in pool.ordered(tasks()):
            line = pending.pop(0)
            if isinstance(out, Failure):
                out = claims.failed(line, f"the check was given up: {out.reason}")
            unusable = unusable or "error" in out
            print(json.dumps(out, ensure_ascii=False), flush=True)
    return 2 if unusable else 0


def sheet(key: str, output: str, jobs: int | None, timeout: float) -> int:
    """``derive sheet``: write the solution sheet of one key; 0 once it is written."""
    from derive.sheets.build import SheetError, write_sheet
    from derive.sheets.latex_sheet import sheet as render

    target = Path(output)
    if target.suffix not in (".tex", ".pdf"):
        print(f"derive sheet: {output}: expected a name that ends in .tex or .pdf", file=sys.stderr)
        return 2
    checked = _checked([key], jobs, timeout)
    if len(checked.keys) != 1:
        if not checked.problems:
            print(f"derive sheet: {key}: expected one key file", file=sys.stderr)
        return 2
    try:
        write_sheet(render(checked.keys[0], checked.reports[0].results), target)
    except SheetError as error:
        print(f"derive sheet: {error}", file=sys.stderr)
        return 2
    print(f"wrote {target}")
    return 2 if checked.problems else 0
