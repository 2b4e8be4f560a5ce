"""``derive grade``: what it prints, and its exit status."""

from __future__ import annotations

import sys
from pathlib import Path

from derive.grading.journal import Busy
from derive.grading.output import CONTROL, amount
from derive.grading.run import Outcome, grade
from derive.grading.table import TableError
from derive.keys.source import KeyFileError


def grade_command(
    key: str,
    submissions: str,
    output: str,
    review: str | None,
    jobs: int | None,
    timeout: float,
    summary: bool,
) -> int:
    """Grade and report: 0 when nothing is left for a person, 1 when something is, 2 for bad input."""
    from derive.commands import progress

    target = Path(output)
    second = Path(review) if review is not None else target.with_suffix(".review.csv")
    paths = [Path(key), Path(submissions), target, second]
    if len({p.resolve() for p in paths}) < len(paths):
        print(
            "derive grade: the key, the submissions and both outputs must differ", file=sys.stderr
        )
        return 2
    try:
        with progress("grading") as (started, done):
            outcome = grade(
                paths[0],
                paths[1],
                target,
                second,
                jobs=jobs,
                timeout=timeout,
                started=started,
                done=done,
            )
    except (KeyFileError, TableError, Busy) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or target}: {error.strerror or error}", file=sys.stderr)
        return 2
    print("\n".join(report(outcome, target, second, summary)))
    waiting = outcome.bad or outcome.counts().get("review", 0)
    return 1 if waiting else 0


def report(outcome: Outcome, output: Path, review: Path, summary: bool) -> list[str]:
    """The lines of the report: flaws of the key, then counts, then totals when they are wanted."""
    out = [f"the key, question {name}: {remark}" for name, remark in outcome.remarks]
    counts = ", ".join(f"{count} {name}" for name, count in outcome.counts().items())
    out.append(f"{len(outcome.grades)} answers: {counts or 'none'}")
    if outcome.bad:
        many = "row is" if len(outcome.bad) == 1 else "rows are"
        out.append(f"{len(outcome.bad)} {many} not graded; the review says why")
    if summary:
        out += _totals(outcome)
    return [*map(shown, out), f"wrote {output} and {review}"]


def _totals(outcome: Outcome) -> list[str]:
    totals = outcome.totals()
    names = {name: shown(name)[:40] for name in totals}
    width = max(map(len, names.values()), default=0)
    out = []
    for name, (marks, waiting) in totals.items():
        more = f", and {waiting} to review" if waiting else ""
        out.append(f"{names[name]:<{width}}  {amount(marks):>6} of {amount(outcome.total)}{more}")
    return out


def shown(text: str) -> str:
    """Text for a terminal: no control sign of a cell reaches it."""
    return CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", text.replace("\n", " ").replace("\r", " "))
