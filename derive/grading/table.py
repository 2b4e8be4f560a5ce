"""The submissions: a CSV file to rows, within limits, with the place of whatever is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from derive.grading.model import BadRow, Row

MAX_BYTES: Final = 100_000_000
MAX_ROWS: Final = 200_000
MAX_CELL: Final = 10_000
MAX_NAME: Final = 200
COLUMNS: Final = ("student", "question", "answer")
DELIMITERS: Final = (",", ";", "\t")


class TableError(ValueError):
    """A file that cannot be used. Its text is ``file:line:column: what is wrong``."""

    def __init__(self, path: Path, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that can be graded and those that cannot, each in the order of the file."""

    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]


def read_table(path: Path) -> Table:
    """Read the submissions. Raises TableError for a file that is too large or no such table."""
    text = _text(path)
    head, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=lambda d: _columns_in(head, d))
    records = _records(text, delimiter, path)
    _, names = next(records, (1, []))
    places = _places(path, [str(n) for n in names] if isinstance(names, list) else [])
    rows: list[Row] = []
    bad: list[BadRow] = []
    for line, cells in records:
        if len(rows) + len(bad) >= MAX_ROWS:
            raise TableError(path, f"more than {MAX_ROWS} rows; split the file", line)
        if isinstance(cells, str):
            bad.append(BadRow(Row(line, "", "", ""), cells))
        elif cells and not (len(cells) == 1 and not cells[0].strip()):
            row, reason = _row(line, cells, places, len(names))
            if reason:
                bad.append(BadRow(row, reason))
            else:
                rows.append(row)
    return Table(tuple(rows), tuple(bad))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TableError(path, f"the file has {size} bytes; at most {MAX_BYTES} are read")
        data = path.read_bytes()
    except OSError as error:
        raise TableError(path, f"cannot be read: {error.strerror}") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TableError(path, "the file is UTF-16; save it as CSV in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        found = f"byte 0x{data[error.start]:02x} is not UTF-8 text; save the file as UTF-8"
        raise TableError(path, found, line, column) from None


def _columns_in(head: str, delimiter: str) -> int:
    names = [cell.strip().strip('"').casefold() for cell in head.split(delimiter)]
    return sum(name in names for name in COLUMNS)


def _records(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line it starts on; text in its place says why it cannot be read."""
    csv.field_size_limit(MAX_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells: list[str] | str = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                message = "a quotation mark is opened here and never closed"
                raise TableError(path, message, *_opening(text, line)) from None
            cells = f"the row is not CSV: {error}"
        yield line, cells
        line = reader.line_num + 1


def _opening(text: str, line: int) -> tuple[int, int]:
    """Line and column of the quotation mark that is open at the end, searched from a line on."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    opened, at = False, start
    for i, char in enumerate(text[start:], start):
        if char == '"':
            opened = not opened
            at = i if opened else at
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")


def _places(path: Path, names: Sequence[str]) -> dict[str, int]:
    plain = [name.strip().casefold() for name in names]
    for name in COLUMNS:
        if name not in plain:
            found = ", ".join(repr(n[:40]) for n in names[:8]) or "nothing"
            raise TableError(
                path,
                f"no column {name!r}: the first line must name {', '.join(COLUMNS)}; found {found}",
            )
        if plain.count(name) > 1:
            column = sum(len(n) + 1 for n in names[: plain.index(name)]) + 1
            raise TableError(path, f"two columns are called {name!r}", 1, column)
    return {name: plain.index(name) for name in COLUMNS}


def _row(line: int, cells: list[str], places: dict[str, int], width: int) -> tuple[Row, str]:
    """The row and, when it cannot be graded, the reason."""
    cell = {name: cells[i] if i < len(cells) else "" for name, i in places.items()}
    row = Row(line, cell["student"].strip(), cell["question"].strip(), cell["answer"])
    if len(cells) != width:
        return _cut(row), f"the row has {len(cells)} cells, the first line has {width}"
    if len(row.answer) > MAX_CELL:
        found = f"the answer has {len(row.answer)} characters; at most {MAX_CELL} are read"
        return _cut(row), found
    if max(len(row.student), len(row.question)) > MAX_NAME:
        return _cut(row), f"a name of more than {MAX_NAME} characters"
    if not row.student:
        return row, "the row names no student"
    if not row.question:
        return row, "the row names no question"
    return row, ""


def _cut(row: Row) -> Row:
    """The row with cells short enough to be shown."""
    return Row(row.line, row.student[:MAX_NAME], row.question[:MAX_NAME], row.answer[:MAX_NAME])
