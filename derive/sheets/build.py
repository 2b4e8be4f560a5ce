"""A sheet as a file: its LaTeX, or the PDF that the TeX on this machine makes of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

TIME_LIMIT: Final = 120
"""Seconds that TeX may take."""

COMMAND: Final = (
    "latexmk",
    "-norc",
    "-pdf",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-no-shell-escape",
)
LOCKED: Final = {"openout_any": "p", "openin_any": "p", "shell_escape": "f"}
"""Environment in which TeX writes and reads nothing outside its folder and its installation."""


class SheetError(RuntimeError):
    """A sheet that could not be written: one line that says why, and which files there are."""


def write_sheet(tex: str, output: Path) -> None:
    """Write a sheet to ``output``, a ``.tex`` or a ``.pdf`` file.

    For a PDF the ``.tex`` is written beside it, then typeset in a temporary folder. Raises SheetError
    when ``output`` was not written.
    """
    if output.suffix not in (".tex", ".pdf"):
        raise SheetError(f"{output}: expected a name that ends in .tex or .pdf")
    source = output.with_suffix(".tex")
    try:
        source.write_text(tex, encoding="utf-8")
        if output.suffix == ".pdf":
            _typeset(source, output)
    except OSError as error:
        raise SheetError(f"{error.filename or output}: {error.strerror}") from None


def _typeset(source: Path, output: Path) -> None:
    if shutil.which(COMMAND[0]) is None:
        raise SheetError(
            f"latexmk is not on PATH, so there is no {output.name}; the sheet is in {source}: "
            "install TeX, or typeset that file elsewhere"
        )
    with tempfile.TemporaryDirectory(prefix="derive-sheet-") as folder:
        work = Path(folder)
        shutil.copyfile(source, work / "sheet.tex")
        finished = _run(work)
        if not finished or not (work / "sheet.pdf").exists():
            raise SheetError(_failure(work, source, finished is None))
        shutil.copyfile(work / "sheet.pdf", output)


def _run(work: Path) -> bool | None:
    """Whether TeX succeeded; None when it ran out of time."""
    process = subprocess.Popen(
        [*COMMAND, "sheet.tex"],
        cwd=work,
        env={**os.environ, **LOCKED},
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return process.wait(TIME_LIMIT) == 0
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _failure(work: Path, source: Path, late: bool) -> str:
    log = work / "sheet.log"
    where = f"the sheet is in {source}"
    text = ""
    if log.exists():
        kept = source.with_suffix(".log")
        shutil.copyfile(log, kept)
        where += f", the log in {kept}"
        text = kept.read_text(encoding="utf-8", errors="replace")
    if late:
        return f"TeX took more than {TIME_LIMIT} seconds and was stopped; {where}"
    return f"TeX failed: {first_error(text)}; {where}"


def first_error(log: str) -> str:
    """The first error of a TeX log, with the number of its line."""
    error = re.search(r"^! (.+)$", log, re.MULTILINE)
    if error is None:
        return "no error is named in the log"
    line = re.search(r"^l\.(\d+)", log[error.end() :], re.MULTILINE)
    return error[1].rstrip(".") + (f" (line {line[1]} of the .tex)" if line else "")
