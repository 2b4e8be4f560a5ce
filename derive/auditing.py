"""What ``derive recheck`` and ``derive trust`` do, apart from reading their options."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from derive.recheck import Rejected, Report, recheck

MAX_BYTES: Final = 64_000_000
WIDTH: Final = 110


class Unreadable(ValueError):
    """A file, or a line of one, that is not JSON; the message says where."""


def recheck_files(paths: Sequence[str]) -> int:
    """``derive recheck``: 0 when every certificate is accepted, 1 when not, 2 when one is unreadable."""
    status = 0
    for path in paths:
        try:
            for place, data in _certificates(path):
                try:
                    found = recheck(data)
                    shown = [f"{place}: accepted: {found.claims[0]}", *_lines(found)]
                    print("\n    ".join(map(_printable, shown)))
                except Rejected as error:
                    print(_printable(f"{place}: rejected: {error}"))
                    status = max(status, 1)
        except Unreadable as error:
            print(f"derive recheck: {error}", file=sys.stderr)
            status = 2
    return status


def _printable(text: str) -> str:
    """The text on one line: what a forger puts into a name cannot look like another answer."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _lines(report: Report) -> Iterator[str]:
    """What else a certificate shows, and under what."""
    yield from (f"and {claim}" for claim in report.claims[1:])
    for word, things in (
        ("where", report.declared),
        ("given", report.hypotheses),
        ("if", report.conditions),
        ("taking without proof", report.axioms),
    ):
        if things:
            yield f"{word} {'; '.join(things)}"


def _certificates(path: str) -> Iterator[tuple[str, Any]]:
    """The certificates in a file: one JSON object, or one on each line."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as stream:
                data = _read(stream)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{path}: a file of certificates may have at most {MAX_BYTES} bytes")
    lines = [(n, line) for n, line in enumerate(data.splitlines(), 1) if line.strip()]
    if not lines:
        raise Unreadable(f"{path}: the file is empty; expected a certificate, a JSON object")
    try:
        yield path, _json(path, data)
        return
    except Unreadable:
        if len(lines) == 1 or not lines[0][1].rstrip().endswith(b"}"):
            raise
    for number, line in lines:
        yield f"{path}:{number}", _json(f"{path}:{number}", line)


def _read(stream: BinaryIO) -> bytes:
    return stream.read(MAX_BYTES + 1)


def _json(place: str, data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{place}: byte {error.start + 1} is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{place}: line {error.lineno}, column {error.colno}: not JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise Unreadable(f"{place}: the JSON values are nested too deeply") from None
    except ValueError:
        raise Unreadable(f"{place}: a number has too many digits to be read") from None


def trust() -> int:
    """``derive trust``: everything that a proof rests on."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from derive.trusted import surface

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for title, what, rows in surface():
        console.print(Text.assemble((title, "bold"), f"  {len(rows)}, {what}"))
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column()
        for name, text in rows:
            table.add_row(Text(f"  {name}"), Text(text))
        console.print(table)
        console.print()
    return 0
