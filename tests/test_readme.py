"""The README's commands are the ones that are promised, and its examples print what it shows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from helpers import ROOT, blocks, runs_as_shown

README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_first_two_blocks_are_the_whole_set_up() -> None:
    assert [text.strip() for _, text in BLOCKS[:2]] == [
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/derive check examples/keys",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]


def test_the_ci_script_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    extract = re.search(r"command=\$\((awk .*)\)\n", script)
    assert extract is not None
    out = subprocess.run(["bash", "-c", extract[1]], capture_output=True, check=True, cwd=ROOT)
    assert out.stdout.decode().strip() == BLOCKS[1][1].strip()


@pytest.mark.parametrize("block", blocks("README.md", "console"))
def test_console_examples(block: str, tmp_path: Path) -> None:
    runs_as_shown(block, tmp_path, ROOT)


def test_the_key_in_the_readme_checks(tmp_path: Path) -> None:
    from derive.checking import check_paths

    (text,) = [text for language, text in BLOCKS if language == "toml"]
    path = tmp_path / "demo.toml"
    path.write_text(text, "utf-8")
    checked = check_paths([path], jobs=1)
    assert checked.status == 0
    assert [r.verdict for r in checked.reports[0].results] == ["correct"]


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
