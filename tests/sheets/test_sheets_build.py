"""From a sheet to its file: the PDF where TeX is installed, and one clear line where it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sheet_data import GOLDEN, RESULTS

from derive.keys.toml_reader import read_key
from derive.sheets import SheetError, sheet, write_sheet
from derive.sheets.build import first_error


def page() -> str:
    return sheet(read_key(GOLDEN / "small.toml"), RESULTS)


def test_tex_is_written(tmp_path: Path) -> None:
    write_sheet(page(), tmp_path / "out.tex")
    assert (tmp_path / "out.tex").read_text("utf-8") == page()


def test_pdf_is_typeset_where_tex_is(tmp_path: Path) -> None:
    output = tmp_path / "out.pdf"
    if shutil.which("latexmk") is None:
        with pytest.raises(SheetError, match="latexmk is not on PATH"):
            write_sheet(page(), output)
    else:
        write_sheet(page(), output)
        assert output.read_bytes().startswith(b"%PDF")
    assert sorted(p.suffix for p in tmp_path.iterdir())[-1] == ".tex"
    assert not (tmp_path / "out.log").exists()


def test_without_latexmk_one_line_names_the_tex(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SheetError) as caught:
        write_sheet("hello", tmp_path / "out.pdf")
    assert str(tmp_path / "out.tex") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (tmp_path / "out.tex").read_text("utf-8") == "hello"


def fake_latexmk(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program called latexmk, and nothing else of that name, on PATH."""
    program = folder / "bin" / "latexmk"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_when_tex_fails_the_first_error_and_the_log_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = r"! Undefined control sequence.\nl.12 \\\\foo\n! Second."
    fake_latexmk(tmp_path, monkeypatch, f"printf '{log}' > sheet.log; exit 12")
    with pytest.raises(SheetError) as caught:
        write_sheet("hello", tmp_path / "out.pdf")
    message = str(caught.value)
    assert message.startswith("TeX failed: Undefined control sequence (line 12 of the .tex)")
    assert str(tmp_path / "out.log") in message and (tmp_path / "out.log").exists()


def test_tex_is_locked_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = 'echo "$* $openin_any $openout_any $shell_escape $(pwd)" > sheet.pdf'
    fake_latexmk(tmp_path, monkeypatch, script)
    write_sheet("hello", tmp_path / "out.pdf")
    said = (tmp_path / "out.pdf").read_text("utf-8").split()
    assert {"-norc", "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode"} <= set(said)
    assert said[-4:-1] == ["p", "p", "f"]
    assert "derive-sheet-" in said[-1] and not Path(said[-1]).exists()


def test_tex_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.sheets.build.TIME_LIMIT", 0.2)
    fake_latexmk(tmp_path, monkeypatch, "sleep 60")
    with pytest.raises(SheetError, match="took more than"):
        write_sheet("hello", tmp_path / "out.pdf")


@pytest.mark.parametrize("name", ["out.html", "out", "missing/out.tex"])
def test_an_output_that_cannot_be_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(SheetError) as caught:
        write_sheet("hello", tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_a_log_without_an_error() -> None:
    assert first_error("This is pdfTeX") == "no error is named in the log"
