"""Arrows between the rooms point one way, and importing the top costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

BELOW = {
    "numeric": ["numeric"],
    "derive/terms": ["derive.terms", "numeric"],
    "derive/kernel": ["derive.kernel", "derive.terms", "numeric"],
    "derive/recheck": ["derive.recheck"],
    "derive/certifying": [
        "derive.certifying", "derive.recheck", "derive.search.polynomials", "derive.kernel",
        "derive.proof", "derive.terms",
    ],
    "derive/search": ["derive.search", "derive.kernel", "derive.terms", "numeric.domain"],
    "derive/refute": ["derive.refute", "derive.kernel", "derive.terms", "derive.verdict", "numeric"],
    "derive/diagnosis": [
        "derive.diagnosis", "derive.decision", "derive.refute", "derive.terms", "derive.verdict",
        "numeric",
    ],
    "derive/laws": ["derive.laws", "derive.terms", "derive.universal", "numeric.domain"],
    "derive/crosscheck": [
        "derive.crosscheck", "derive.refute", "derive.kernel", "derive.terms", "numeric",
    ],
    "derive/keys": [
        "derive.keys", "derive.crosscheck", "derive.derivation", "derive.library", "derive.laws",
        "derive.universal", "derive.decision", "derive.diagnosis", "derive.refute", "derive.kernel",
        "derive.proof", "derive.terms", "derive.verdict", "numeric",
    ],
    "derive/derivation": [
        "derive.derivation", "derive.crosscheck", "derive.decision", "derive.declaring",
        "derive.diagnosis", "derive.kernel", "derive.laws", "derive.proof",
        "derive.sheets.escaping", "derive.tactics", "derive.terms", "derive.universal",
        "derive.verdict",
    ],
    "derive/tactics": [
        "derive.tactics", "derive.decision", "derive.declaring", "derive.search", "derive.kernel",
        "derive.terms", "numeric.domain",
    ],
    "derive/grading": [
        "derive.grading", "derive.keys", "derive.checking", "derive.workers", "derive.commands",
        "derive.decision", "derive.diagnosis", "derive.refute", "derive.kernel", "derive.terms",
        "derive.verdict", "numeric",
    ],
    "derive/variants": [
        "derive.variants", "derive.sheets", "derive.keys", "derive.workers", "derive.commands",
        "derive.decision", "derive.terms", "derive.verdict",
    ],
    "derive/sheets": ["derive.sheets", "derive.keys", "derive.terms"],
}  # fmt: skip


def imports(path: Path) -> list[str]:
    """The modules of the project that a file imports, wherever in the file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return [name for name in found if name.split(".")[0] in ("derive", "numeric", "proofs")]


@pytest.mark.parametrize("room", BELOW)
def test_a_room_imports_only_what_lies_below(room: str) -> None:
    for path in sorted((ROOT / room).rglob("*.py")):
        for name in imports(path):
            allowed = any(name == b or name.startswith(b + ".") for b in BELOW[room])
            assert allowed, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import derive", ["sympy", "numpy", "flint", "lark", "rich"]),
        ("import derive.checking", ["sympy", "numpy", "mpmath", "rich"]),
        ("import derive.decision", ["sympy", "numpy", "mpmath", "rich"]),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement: str, absent: list[str]) -> None:
    code = f"import sys; {statement}; print(*[m for m in {absent} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert out.stdout.decode().split() == []


def test_no_module_is_longer_than_400_lines() -> None:
    for room in ("derive", "numeric", "proofs"):
        for path in (ROOT / room).rglob("*.py"):
            assert len(path.read_text("utf-8").splitlines()) <= 400, path
