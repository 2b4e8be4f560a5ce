"""Reports for a terminal: one table a key, then what needs attention."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from derive.keys.results import Check, Report, Result

MARK: Final = {
    "correct": ("✓", "green"),
    "rounded": ("≈", "green"),
    "attested": ("–", "dim"),
    "wrong": ("✗", "bold red"),
    "premise": ("!", "bold yellow"),
    "inconsistent": ("‼", "bold red"),
    "undecided": ("?", "bold magenta"),
}


def print_reports(reports: Iterable[Report], console: Any) -> None:
    """Print the reports on a rich console."""
    for report in reports:
        _print_report(report, console)


def _print_report(report: Report, console: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    title = Text(f"{report.title or report.id}  ", style="bold")
    title.append(report.path, style="dim")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "question", "verdict", "printed", "value", "about"):
        table.add_column(
            heading, no_wrap=heading not in ("about", "printed", "value"), overflow="fold"
        )
    for result in report.results:
        mark, style = MARK[result.verdict]
        extra = "" if result.fine or result.verdict != "correct" else " *"
        table.add_row(
            Text(mark, style=style),
            Text(result.id),
            Text(result.verdict + extra, style=style),
            Text(_cut(result.answer, 24)),
            Text(_cut(result.right, 24)),
            Text(_cut(result.topic, 40)),
        )
    console.print(table)
    for result in report.results:
        _print_remarks(result, console)
    for remark in report.remarks:
        console.print(Text(f"\n! {remark}"))
    console.print(Text(f"\n{summary(report)}\n"))


def _print_remarks(result: Result, console: Any) -> None:
    """What a reader must know beyond the verdict: the message, and the lines that fail."""
    from rich.padding import Padding
    from rich.text import Text

    remarks = [result.message] if result.message and result.verdict != "attested" else []
    remarks += [f"{c.where}: {c.claim}: {c.reason}" for c in result.flaws]
    remarks += [f"{c.where}: {explained(c)}" for c in result.slips]
    if not remarks:
        return
    mark, style = MARK[result.verdict]
    console.print(Text(f"\n{mark} {result.id} {result.verdict}", style=style), end="")
    console.print(Text(f"  {result.place}", style="dim"))
    for remark in remarks:
        console.print(Padding(Text(remark), (0, 0, 0, 4), expand=False))


def explained(check: Check) -> str:
    """The slip of a check in words, with the claim that holds without it."""
    assert check.slip is not None
    return f"the slip is {check.slip.words}; then it is proved: {check.slip.corrected}"


def summary(report: Report) -> str:
    """One line of counts: ``25 questions in 0.41 s: 18 correct, 1 premise, …``."""
    total = len(report.results)
    counts = ", ".join(f"{n} {name}" for name, n in report.counts().items())
    flawed = sum(bool(r.flaws) and r.verdict in ("correct", "rounded") for r in report.results)
    more = f"; {flawed} right with a remark" if flawed else ""
    seconds = report.milliseconds / 1e3
    return f"{total} question{'s' * (total != 1)} in {seconds:.2f} s: {counts}{more}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
