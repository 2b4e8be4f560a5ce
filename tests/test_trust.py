"""The page on trust names every rule of the kernel, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from derive.recheck.steps import RULES
from derive.trusted import lines_of_code

ROOT = Path(__file__).resolve().parent.parent


def rules() -> set[str]:
    """The names with which the kernel concludes theorems."""
    named = set()
    for path in (ROOT / "derive" / "kernel").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                returns = ast.unparse(node.returns) if node.returns else ""
                if returns == "Theorem" and node.name != "conclude":
                    named.add(node.name)
    return named


def test_the_page_names_every_rule() -> None:
    page = (ROOT / "docs" / "trust.md").read_text("utf-8")
    table = page[page.index("| rule |") : page.index("*Continuous by its form*")]
    first = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    assert set(re.findall(r"`(\w+)`", " ".join(first))) == rules()


def test_the_page_names_every_rule_of_the_re_checker() -> None:
    page = (ROOT / "docs" / "trust.md").read_text("utf-8")
    table = page[page.index("## Certificates") : page.index("## What is not promised")]
    named = [
        line.split("|")[1].strip(" `") for line in table.splitlines() if line.startswith("| `")
    ]
    assert named == list(RULES)


def test_the_re_checker_is_small() -> None:
    lines = sum(map(lines_of_code, (ROOT / "derive" / "recheck").glob("*.py")))
    assert lines < 800
