"""What is wrong in a set of keys, as a document in Markdown with the command that shows each finding."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from derive.keys.results import MEANING, Check, Report, Result

VERDICTS: Final[dict[str, str]] = {
    "wrong": "Wrong answers",
    "inconsistent": "Two different answers",
    "premise": "Givens that contradict a stated fact",
    "rounded": "Off by rounding",
    "undecided": "Undecided",
}
"""Verdicts that are findings, with the heading for each."""

FACTS: Final = "Facts stated in the paper that do not hold"
LINES: Final = "Displayed lines that do not hold"
OPEN: Final = "Displayed lines that are neither shown nor refuted"
ATTESTED: Final = "Left to a person"
SPECIAL: Final = re.compile(r"([\\`*_\[\]<>])")
MAX_CLAIM: Final = 300


def document(reports: Sequence[Report], made_by: str = "") -> str:
    """The findings in all keys: a table of counts, then a section for each key, by kind."""
    paths = " ".join(shlex.quote(report.path) for report in reports)
    lines = [
        "# Findings",
        "",
        f"Written by `{made_by or f'derive findings {paths} -o FILE'}`. The command under each finding "
        "prints it again, with every check of the question.",
        "",
        *_table(reports),
        "",
        *(f"- `{name}`: {MEANING[name]}" for name in _used(reports)),
        "",
        "*Lines* counts displayed lines that do not hold, link by link, *facts* those stated in the "
        "paper that do not; they stand beside the verdict and do not change it.",
    ]
    for report in reports:
        lines += _section(report)
    return "\n".join(lines) + "\n"


def _used(reports: Sequence[Report]) -> list[str]:
    """The verdicts that occur."""
    return [name for name in MEANING if any(name in report.counts() for report in reports)]


def _table(reports: Sequence[Report]) -> list[str]:
    names = _used(reports)
    rows = [["key", "questions", *names, "lines", "facts"]]
    for report in reports:
        counts = report.counts()
        flaws = [_failing(report, kind) for kind in ("working", "audit")]
        numbers = [len(report.results), *(counts.get(n, 0) for n in names), *map(len, flaws)]
        rows.append([_escaped(report.title or report.id), *map(str, numbers)])
    sums = [sum(int(row[k]) for row in rows[1:]) for k in range(1, len(rows[0]))]
    rows.append(["in all", *map(str, sums)])
    rows.insert(1, ["---", *["--:"] * (len(names) + 3)])
    return [f"| {' | '.join(row)} |" for row in rows]


def _failing(report: Report, kind: str) -> list[tuple[Result, Check]]:
    return [(r, c) for r in report.results for c in r.flaws if c.where.startswith(kind)]


def _section(report: Report) -> Iterator[str]:
    yield from ("", f"## {_escaped(report.title or report.id)}", "")
    yield f"`derive check {shlex.quote(report.path)}`"
    nothing = True
    for title, items in _groups(report):
        nothing = False
        yield from ("", f"### {title}", "")
        for result, said in items:
            topic = f", {_escaped(result.topic)}" if result.topic else ""
            yield f"- **{_escaped(result.id)}**{topic}: {said}"
            if title != ATTESTED:
                path = shlex.quote(report.path)
                yield f"  `derive check {path} --question {shlex.quote(result.id)}`"
    if report.remarks:
        yield from ("", *(f"- {_escaped(remark)}" for remark in report.remarks))
    if nothing and not report.remarks:
        yield from ("", "Nothing is wrong in it.")


def _groups(report: Report) -> Iterator[tuple[str, list[tuple[Result, str]]]]:
    """The findings by heading; a heading without any is left out."""
    for verdict, title in VERDICTS.items():
        found = [(r, _escaped(r.message)) for r in report.results if r.verdict == verdict]
        if found:
            yield title, found
    for kind, title in (("working", LINES), ("audit", FACTS)):
        flawed = [(r, _failed(c)) for r, c in _failing(report, kind)]
        if flawed:
            yield title, flawed
    left = [(r, _failed(c)) for r in report.results for c in r.unsettled]
    if left:
        yield OPEN, left
    attested = [(r, _escaped(r.message)) for r in report.results if r.verdict == "attested"]
    if attested:
        yield ATTESTED, attested


def _failed(check: Check) -> str:
    claim = check.claim if len(check.claim) <= MAX_CLAIM else check.claim[: MAX_CLAIM - 1] + "…"
    return f"{_escaped(check.where)}: `{claim}`: {_escaped(check.reason)}"


def _escaped(text: str) -> str:
    """Text in which no sign means anything to Markdown."""
    return SPECIAL.sub(r"\\\1", text)
