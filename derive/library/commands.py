"""What ``derive list``, ``derive show`` and ``derive verify`` do, apart from reading their options."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from derive import library
from derive.library import LibraryError

if TYPE_CHECKING:
    from derive.library import Entry, Family
    from derive.library.verification import Run, Verified

WIDTH: Final = 110
HEADINGS: Final = (
    *("family", "theorems", "proved", "steps", "hypotheses", "axioms", "instances"),
    *("prove", "write", "re-check", "cross-check"),
)


def list_(name: str | None, missing: bool) -> int:
    """``derive list``: the theorems of the library, or of one family, or what is missing."""
    try:
        families = list(library.families()) if name is None else [library.family(name)]
    except LibraryError as error:
        return _unusable("list", error)
    for number, family in enumerate(families):
        print("\n" * bool(number) + _heading(family, missing))
        for line in _entries(family, missing):
            print(f"  {line}")
    return 0


def _heading(family: Family, missing: bool) -> str:
    count = len(family.absent) if missing else len(family)
    left = f", {len(family.absent)} missing" if family.absent and not missing else ""
    what = "missing" if missing else f"theorem{'s' * (count != 1)}"
    return f"{family.name}   {family.title}: {count} {what}{left}"


def _entries(family: Family, missing: bool) -> list[str]:
    if missing:
        return [
            f"{m.name:34} {m.title}\n{'':37}waits for {m.waits_for}" for m in family.absent.values()
        ]
    return [f"{entry.name:34} {entry.title}" for entry in family]


def show(name: str) -> int:
    """``derive show``: one theorem of the library with its proof, or a family."""
    from derive.derivation import DerivationError
    from derive.derivation.shown import derivation_text

    if "." not in name and name in library.family_names():
        return list_(name, missing=False)
    try:
        derivation = library.theorem(name).derivation()
    except (LibraryError, DerivationError) as error:
        return _unusable("show", error)
    width = os.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    print(derivation_text(derivation, width))
    return 0


def verify(
    names: Sequence[str],
    *,
    jobs: int | None,
    remember: bool,
    certificates: str | None,
    wrong: bool,
    timeout: float,
) -> int:
    """``derive verify``: 0 when every theorem is proved and re-checked, and no wrong variant is."""
    from derive.commands import progress
    from derive.library.verification import verify as verified

    try:
        entries = _chosen(names)
    except LibraryError as error:
        return _unusable("verify", error)
    start = time.perf_counter()
    try:
        run = verified(
            [entry.name for entry in entries],
            jobs=jobs or os.cpu_count() or 1,
            remember=remember,
            certificates=None if certificates is None else Path(certificates),
            wrong=wrong,
            timeout=timeout,
            watch=progress,
        )
    except OSError as error:
        where = error.filename or certificates
        print(f"derive verify: {where}: {error.strerror or error}", file=sys.stderr)
        return 2
    _report(run, time.perf_counter() - start)
    return 0 if all(r.good for r in run.results) else 1


def _chosen(names: Sequence[str]) -> list[Entry]:
    """The theorems that names of theorems and families stand for, each once; all without names."""
    out: dict[str, Entry] = {}
    for name in names or library.family_names():
        found = [library.theorem(name)] if "." in name else list(library.family(name))
        out.update((entry.name, entry) for entry in found)
    return list(out.values())


def _report(run: Run, seconds: float) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "family" else "right")
    families: dict[str, list[Verified]] = {}
    for result in run.results:
        families.setdefault(result.name.partition(".")[0], []).append(result)
    for name, found in families.items():
        table.add_row(*_row(name, found))
    if len(families) > 1:
        table.add_row(*_row("all", run.results), style="bold")
    console.print(table)
    console.print("(steps of the kernel; the last four columns are CPU seconds)")
    for result in run.results:
        for fault in result.faults:
            console.print(f"\n{fault}", markup=False, soft_wrap=True)
    console.print(f"\n{_summary(run, seconds)}", markup=False, soft_wrap=True)


def _row(name: str, found: Sequence[Verified]) -> list[str]:
    axioms = {a for r in found for a in r.axioms}
    numbers = (
        len(found),
        sum(r.good for r in found),
        sum(r.steps for r in found),
        sum(r.hypotheses for r in found),
        len(axioms),
        sum(r.instances for r in found),
    )
    new = [r for r in found if not r.remembered]
    spent = (
        sum(r.proving for r in new),
        sum(r.writing for r in new),
        sum(r.rechecking for r in new),
        sum(r.evaluating for r in new),
    )
    return [name, *map(str, numbers), *(f"{s:.1f}" for s in spent)]


def _summary(run: Run, seconds: float) -> str:
    """What was done and how long each stage took by the clock."""
    results, took = run.results, {stage: f"{s:.1f} s" for stage, s in run.seconds.items()}
    good, known = sum(r.good for r in results), sum(r.remembered for r in results)
    parts = [f"{good} of {len(results)} theorems proved and re-checked"]
    if known:
        parts[0] += f" ({known} of them unchanged since an earlier run)"
    if known < len(results):
        parts.append(f"proved and written as certificates in {took['prove']}")
    if "recheck" in took:
        parts.append(f"re-checked in {took['recheck']}")
    if "evaluate" in took:
        new = sum(r.instances for r in results if not r.remembered)
        parts.append(f"evaluated on {new} random instances in {took['evaluate']}")
    if blank := sum(r.unevaluated for r in results):
        parts.append(f"{blank} statements without an instance")
    if "wrong" in took:
        wrongs = [w for r in results for w in r.wrongs]
        refuted = f"{wrongs.count('refuted')} of {len(wrongs)} wrong variants refuted"
        parts.append(f"{refuted}, {wrongs.count('refused')} refused, in {took['wrong']}")
    return "; ".join([*parts, f"{seconds:.1f} s in all"])


def _unusable(command: str, error: Any) -> int:
    print(f"derive {command}: {error}", file=sys.stderr)
    return 2
