"""A small library of its own for tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive import library

GOOD = '''"""Squares."""
from derive.library import Family

family = Family("squares", "Squares of real numbers")


@family.theorem("sum", title="The square of a sum", source="folklore")
def sum_(d):
    """Multiply out.

    Not shown: powers above the second.
    """
    d.declare(x="real", y="real")
    d.claim("0 <= (x - y)**2", label="positive", because="a square")
    chain = d.start("2*x*y", label="bound").le("x**2 + y**2", using="positive", because="expand")
    chain.eq("(x + y)**2 - 2*x*y", by="ring")
    d.wrong("2*x*y < x**2 + y**2", why="equality at x = y")


@family.theorem("plain", title="A square is not negative")
def plain(d):
    d.declare(x="real").claim("0 <= x**2")


family.missing("cubes", "The cube of a sum", waits_for="somebody to write it")
'''

BAD = '''"""Faults."""
from derive.library import Family

family = Family("faults", "What does not hold")


@family.theorem("damaged", title="A damaged line")
def damaged(d):
    d.declare(x="real").start("(x + 1)**2", label="c").eq("x**2 + 2*x + 1").eq("x**2 + x + 1")


@family.theorem("proved_wrong", title="A wrong variant that is right")
def proved_wrong(d):
    d.declare(x="real").claim("0 <= x**2")
    d.wrong("-1 < x**2")


@family.theorem("unreadable", title="A line that cannot be read")
def unreadable(d):
    d.declare(x="real").claim("0 <= x**")


@family.theorem("fine", title="One that holds")
def fine(d):
    d.declare(x="real").claim("0 <= x**4")
'''


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library of two families in a folder, and a cache of its own."""
    folder = tmp_path / "small_proofs"
    folder.mkdir()
    (folder / "__init__.py").write_text("", "utf-8")
    (folder / "squares.py").write_text(GOOD, "utf-8")
    (folder / "faults.py").write_text(BAD, "utf-8")
    (folder / "_shared.py").write_text("", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(library, "PACKAGE", "small_proofs")
    monkeypatch.setenv("DERIVE_CACHE", str(tmp_path / "cache"))
    yield folder
    for name in [n for n in sys.modules if n.startswith("small_proofs")]:
        del sys.modules[name]
