"""docs/findings.md is what a fresh run finds, and what its commands print."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers import ROOT, run

from derive.checking import report_on
from derive.keys.check import check_question
from derive.keys.results import Report
from derive.keys.toml_reader import read_key
from derive.sheets.findings import document

if TYPE_CHECKING:
    from conftest import Papers

NAMES = ("ie643", "lognormal", "midterm", "quiz2", "tum", "week6")
DOCUMENT = (ROOT / "docs" / "findings.md").read_text("utf-8")


def test_the_document_is_that_of_a_fresh_run(papers: Papers) -> None:
    reports = []
    for name in NAMES:
        found = report_on(papers.key(name), [*papers.results(name).values()])
        reports.append(Report(f"examples/keys/{name}.toml", found.id, found.title, found.results))
    assert document(reports, "derive findings examples/keys -o docs/findings.md") == DOCUMENT


OPEN = """
[exam]
id = "k"
[[question]]
id = "1"
kind = "numeric"
model = "2"
answer = "2"
working = ["1 + 1 = 2", "Gamma(1/3)*Gamma(2/3) = 2*pi/sqrt(3)"]
"""


def test_a_line_that_is_left_open_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "key.toml"
    path.write_text(OPEN, "utf-8")
    key = read_key(path)
    result = check_question(key, key.questions[0])
    assert (result.verdict, result.fine, result.flaws) == ("correct", False, ())
    assert "neither shown nor refuted" in document([report_on(key, [result])])
    out = run(["check", str(path)])
    assert out.returncode == 1
    assert "working 2 is undecided" in out.stdout.decode()


def test_every_key_is_in_the_document() -> None:
    assert sorted(p.stem for p in (ROOT / "examples" / "keys").glob("*.toml")) == [*NAMES]


def test_a_command_of_the_document_prints_its_finding() -> None:
    command = "derive check examples/keys/quiz2.toml --question q02"
    assert f"`{command}`" in DOCUMENT
    out = run(command.split()[1:])
    assert out.returncode == 1
    assert "working 3, link 3 fails: 16*0.25 + 256*0.75 = 4 + 125*0.75" in out.stdout.decode()


@pytest.mark.parametrize(("names", "status"), [(["q14"], 0), (["q14", "q02"], 1), (["q99"], 2)])
def test_only_the_questions_asked_for_are_checked(names: list[str], status: int) -> None:
    asked = [word for name in names for word in ("--question", name)]
    out = run(["check", "examples/keys/quiz2.toml", *asked])
    assert out.returncode == status
    shown = re.findall(r"(?m)^. +(q\d\d) ", out.stdout.decode())
    assert {*shown} == {*names} - {"q99"}
    assert ("no question 'q99'" in out.stderr.decode()) == (status == 2)
