"""The examples of docs/grading.md, run as they stand."""

from __future__ import annotations

from pathlib import Path

from helpers import blocks, runs_as_shown

PAGE = "docs/grading.md"


def test_the_examples_print_what_the_page_shows(tmp_path: Path) -> None:
    (text,) = blocks(PAGE, "toml")
    (tmp_path / "key.toml").write_text(text, "utf-8")
    (text,) = blocks(PAGE, "csv")
    (tmp_path / "answers.csv").write_text(text, "utf-8")
    (console,) = blocks(PAGE, "console")
    runs_as_shown(console, tmp_path, tmp_path)
