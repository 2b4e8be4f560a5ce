"""What the commands do, apart from reading their options."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from derive.checking import Checked
    from derive.terms.context import Claim, Context

WIDTH: Final = 110
"""Columns of a report that does not go to a terminal."""

SLIP_SECONDS: Final = 2.0
SLIP_SHARE: Final = 0.25
"""The slip in a refuted claim is looked for so long, and no longer than this share of the budget."""


def check(
    paths: Sequence[str], form: str, jobs: int | None, timeout: float, only: Sequence[str] = ()
) -> int:
    """``derive check``: print the report in the chosen form; problems go to standard error.

    With ``only`` these questions alone are checked, and each of their checks is printed.
    """
    from derive.sheets import machine, terminal

    checked = _checked(paths, jobs, timeout, only)
    if form == "text":
        terminal.print_reports(checked.reports, _console(), every=bool(only))
    else:
        print((machine.to_json if form == "json" else machine.to_junit)(checked.reports))
    return checked.status


def findings(paths: Sequence[str], output: str, jobs: int | None, timeout: float) -> int:
    """``derive findings``: write what is wrong in the keys; 0 once it is written."""
    from derive.sheets.findings import document

    checked = _checked(paths, jobs, timeout)
    made_by = shlex.join(["derive", "findings", *paths, "-o", output])
    text = document(checked.reports, made_by)
    if not checked.reports or not _write_text(output, text, "findings"):
        return 2
    print(f"wrote {output}")
    return 2 if checked.problems else 0


def _checked(
    paths: Sequence[str], jobs: int | None, timeout: float, only: Sequence[str] = ()
) -> Checked:
    from derive.checking import check_paths

    with progress("checking") as (started, done):
        checked = check_paths(
            [Path(p) for p in paths],
            jobs=jobs,
            timeout=timeout,
            only=only,
            started=started,
            done=lambda r: done(f"{r.id} {r.verdict}"),
        )
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    return checked


@contextmanager
def progress(doing: str) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """A progress bar on standard error when it is a terminal.

    Yields two functions: one to be told how much there is to do, one for each thing done, in words.
    """
    if not sys.stderr.isatty():
        yield (lambda total: None), (lambda words: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(doing),
        BarColumn(30),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def started(total: int) -> None:
            bar.update(task, total=total)

        def done(words: str) -> None:
            bar.update(task, advance=1, description=words)

        yield started, done


def _console() -> Any:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def decide_one(
    claim: str, where: Sequence[str], timeout: float, certificate: str | None = None
) -> int:
    """``derive decide CLAIM``: 0 when it is proved, 1 when not, 2 when it cannot be read.

    With ``certificate`` the proof is written to a file of that name.
    """
    from derive.declaring import ClaimError
    from derive.terms import ContextError, TermError
    from derive.where import read_where
    from derive.workers import Failure, Pool

    try:
        read_where(where, claim)
    except (ClaimError, ContextError, TermError) as error:
        print(f"derive decide: {error}", file=sys.stderr)
        return 2
    seconds = min(SLIP_SECONDS, timeout * SLIP_SHARE)
    with Pool(_decided, 1, timeout) as pool:
        ((_, shown),) = pool.run([(where, claim, seconds, certificate is not None)])
    if isinstance(shown, Failure):
        shown = "undecided", [f"the check was given up: {shown.reason}"], None
    name, lines, proof = shown
    if certificate is not None:
        proved = name in ("proved", "conditional")
        why = "the proof cannot be written down" if proved else "there is no proof"
        lines.append(f"no certificate: {why}" if proof is None else f"wrote {certificate}")
        if proof is not None and not _write_text(certificate, proof + "\n"):
            return 2
    print("\n  ".join([name, *lines]))
    return 0 if name == "proved" else 1


def _write_text(path: str, text: str, command: str = "decide") -> bool:
    try:
        Path(path).write_text(text, "utf-8")
    except OSError as error:
        print(f"derive {command}: {path}: {error.strerror or error}", file=sys.stderr)
        return False
    return True


def _decided(task: tuple[Sequence[str], str, float, bool]) -> tuple[str, list[str], str | None]:
    from derive.claims import certificate_text, verdict_object
    from derive.decision import decide
    from derive.sheets.wording import rule_words
    from derive.where import read_where

    where, text, seconds, certify = task
    context, claim, assumed = read_where(where, text)
    start = time.monotonic()
    verdict = decide(claim, context)
    out = verdict_object(verdict)
    quick = time.monotonic() - start < seconds
    lines = [f"if {c}" for c in out["conditions"]]
    if out["reason"] and not lines:
        lines.append(out["reason"])
    if out["verdict"] == "refuted" and quick:
        lines += _slip(claim, context, seconds)
    if out["proof"]:
        lines.append(f"by {rule_words(tuple(out['proof']))}")
    if assumed:
        lines.append(f"taken as real: {', '.join(assumed)} (use --where to say otherwise)")
    return out["verdict"], lines, certificate_text(verdict) if certify else None


def _slip(claim: Claim, context: Context, seconds: float) -> list[str]:
    """The slip in a refuted claim, and the claim without it; no line when none is found."""
    from derive.diagnosis import diagnose

    slip = diagnose(claim, context, seconds=seconds)
    return [] if slip is None else [f"the slip is {slip.words}", f"proved: {slip.claim}"]


def decide_stream(jobs: int | None, timeout: float, certificate: str | None = None) -> int:
    """``derive decide --jsonl``: a verdict a line, in order; 2 when some line was unusable.

    With ``certificate`` the proofs are written to a file of that name, one a line.
    """
    from derive import claims
    from derive.workers import Failure, Pool

    unusable = False
    pending: list[claims.Line] = []

    def tasks() -> Iterator[claims.Line]:
        for line in claims.lines(sys.stdin.buffer):
            pending.append(line)
            yield line

    if certificate is not None and not _write_text(certificate, ""):
        return 2
    seconds = min(claims.SLIP_SECONDS, timeout * SLIP_SHARE)
    answer = partial(claims.answer, seconds=seconds, certify=certificate is not None)
    with (
        Pool(answer, jobs or 1, timeout) as pool,
        Path(certificate or os.devnull).open("a") as file,
    ):
        for out in pool.ordered(tasks()):
            line = pending.pop(0)
            if isinstance(out, Failure):
                out = claims.failed(line, f"the check was given up: {out.reason}")
            unusable = unusable or "error" in out
            if (proof := out.pop("certificate", None)) is not None:
                print(proof, file=file, flush=True)
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
