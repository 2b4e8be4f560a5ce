"""Reports for a terminal: one table a key, then what needs attention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from derive.keys.results import Check, Report, Result
from derive.sheets.wording import rule_words

MAX_CLAIM: Final = 200
"""Characters of a claim that are printed as they stand."""

MARK: Final = {
    "correct": ("✓", "green"),
    "rounded": ("≈", "green"),
    "attested": ("–", "dim"),
    "wrong": ("✗", "bold red"),
    "premise": ("!", "bold yellow"),
    "inconsistent": ("‼", "bold red"),
    "undecided": ("?", "bold magenta"),
}


STATUS_MARK: Final = {"proved": "✓", "enclosed": "✓", "rounded": "≈", "refuted": "✗"}
PART: Final = re.compile(r"; (?=\()")
MATRIX: Final = re.compile(r"Matrix\(\[(\[[^\[\]]*\](?:, \[[^\[\]]*\])*)\]\)")


def print_reports(reports: Sequence[Report], console: Any, *, every: bool = False) -> None:
    """Print the reports on a rich console; with ``every`` all checks of the questions, too."""
    for report in reports:
        _print_report(report, console, every)
    if len(reports) > 1:
        everything = Report("", "", "", tuple(r for report in reports for r in report.results))
        console.print(f"all {len(reports)} keys: {_counts(everything)}\n")


def _print_report(report: Report, console: Any, every: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    title = Text(f"{report.title or report.id}  ", style="bold")
    title.append(report.path, style="dim")
    console.print(title)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "question", "verdict", "printed", "value", "about"):
        table.add_column(
            heading, no_wrap=heading not in ("about", "printed", "value"), overflow="fold"
        )
    for result in report.results:
        mark, style = MARK[result.verdict]
        table.add_row(
            Text(mark, style=style),
            Text(result.id),
            Text(result.verdict + " *" * _starred(result), style=style),
            Text(_cut(_short(result.answer), 24)),
            Text(_cut(_short(result.right).replace("; ", ", "), 24)),
            Text(_cut(result.topic, 40)),
        )
    console.print(table)
    if any(map(_starred, report.results)):
        console.print(
            "* the answer is right, but not every displayed line or premise is; see below"
        )
    for result in report.results:
        _print_remarks(result, console, every)
    for remark in report.remarks:
        console.print(Text(f"\n! {remark}"))
    console.print(Text(f"\n{summary(report)}\n"))


def _starred(result: Result) -> bool:
    return result.verdict == "correct" and not result.fine


def _print_remarks(result: Result, console: Any, every: bool) -> None:
    """What a reader must know beyond the verdict: the message, and the lines that fail."""
    from rich.padding import Padding
    from rich.text import Text

    attested = result.verdict == "attested" and not every
    lines = [] if attested or not result.message else [(4, m) for m in PART.split(result.message)]
    for check in result.flaws:
        lines += [(4, f"{check.where} fails: {_formula(check)}"), (8, check.reason)]
    for check in result.unsettled:
        lines += [(4, f"{check.where} is {check.status}: {_formula(check)}"), (8, check.reason)]
    lines += [(4, f"{c.where}: {explained(c)}") for c in result.slips]
    if every:
        lines += [line for check in result.checks for line in _shown(check)]
    if not lines:
        return
    mark, style = MARK[result.verdict]
    console.print(Text(f"\n{mark} {result.id} {result.verdict}", style=style), end="")
    console.print(Text(f"  {result.place}", style="dim"))
    for indent, line in lines:
        console.print(Padding(Text(line), (0, 0, 0, indent), expand=False))


def _formula(check: Check) -> str:
    """The claim of a check, with the matrices in a long one by their sizes alone."""
    return check.claim if len(check.claim) <= MAX_CLAIM else _short(check.claim)


def _shown(check: Check) -> list[tuple[int, str]]:
    """A check in a line for its claim and one for how it came out."""
    by = rule_words(check.rules) if check.rules else ""
    why = "; ".join(part for part in (check.reason, f"by {by}" if by else "") if part)
    head = f"{STATUS_MARK.get(check.status, '?')} {check.where}: {_formula(check)}"
    return [(4, head), (8, f"{check.status}: {why}" if why else check.status)]


def explained(check: Check) -> str:
    """The slip of a check in words, with the claim that holds without it."""
    assert check.slip is not None
    return f"the slip is {check.slip.words}; then it is proved: {check.slip.corrected}"


def summary(report: Report) -> str:
    """One line of counts: ``25 questions in 0.41 s: 18 correct, 1 premise, …``."""
    return _counts(report, f" in {report.milliseconds / 1e3:.2f} s")


def _counts(report: Report, time: str = "") -> str:
    total = len(report.results)
    counts = ", ".join(f"{n} {name}" for name, n in report.counts().items())
    flawed = sum(bool(r.flaws) and r.verdict in ("correct", "rounded") for r in report.results)
    more = f"; {flawed} right with a remark" if flawed else ""
    return f"{total} question{'s' * (total != 1)}{time}: {counts}{more}"


def _short(text: str) -> str:
    """The text with each matrix by its size."""

    def size(match: re.Match[str]) -> str:
        rows = match[1].split("], [")
        return f"{len(rows)} x {rows[0].count(',') + 1} matrix"

    return MATRIX.sub(size, text)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
