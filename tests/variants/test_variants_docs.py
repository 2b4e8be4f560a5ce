"""The examples of docs/variants.md, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from helpers import ROOT

TEXT = (ROOT / "docs" / "variants.md").read_text("utf-8")


def block(language: str) -> str:
    """The only block of a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_examples_print_what_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "loss.toml").write_text(block("toml"), "utf-8")
    program = tmp_path / "derive"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m derive.cli "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    for part in re.split(r"^\$ ", block("console"), flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        out = subprocess.run(
            ["bash", "-c", line], capture_output=True, env=env, cwd=tmp_path, check=False
        )
        assert out.stdout.decode() == expected, line
