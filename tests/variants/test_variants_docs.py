"""The examples of docs/variants.md, run as they stand."""

from __future__ import annotations

from pathlib import Path

from helpers import blocks, runs_as_shown

PAGE = "docs/variants.md"


def test_the_examples_print_what_the_page_shows(tmp_path: Path) -> None:
    (text,) = blocks(PAGE, "toml")
    (tmp_path / "loss.toml").write_text(text, "utf-8")
    (console,) = blocks(PAGE, "console")
    runs_as_shown(console, tmp_path, tmp_path)
