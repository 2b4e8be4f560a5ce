"""What grading writes: CSV files that a spreadsheet shows and never executes, each in one piece."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

GRADES: Final = ("student", "question", "part", "marks", "of", "verdict", "reason")
REVIEW: Final = ("line", "student", "question", "part", "answer", "reason")

NUMBER: Final = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?%?")
CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST: Final = 32_000


def safe(cell: str) -> str:
    """A cell with an apostrophe before what a spreadsheet would execute, and without control signs.

    >>> safe("=1+1"), safe("-0.838"), safe("-cmd|' /C calc'!A0"), safe("b")
    ("'=1+1", '-0.838', "'-cmd|' /C calc'!A0", 'b')
    """
    cell = CONTROL.sub(lambda m: f"\\u{ord(m[0]):04x}", cell)[:LONGEST]
    cell = cell.encode("utf-8", "backslashreplace").decode("utf-8")
    if cell.lstrip(" \u00a0").startswith(DANGEROUS) and NUMBER.fullmatch(cell) is None:
        return f"'{cell}"
    return cell


def amount(marks: float | None) -> str:
    """Marks as they are written: without needless decimals, empty for None."""
    return "" if marks is None else f"{round(marks, 4):g}"


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table, in one piece or not at all. Raises OSError."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
