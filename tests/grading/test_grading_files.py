"""Files in and out: bad tables, hostile cells, flaws of the key, interrupted runs, carried answers."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from helpers import ROOT

from derive.cli import main
from derive.grading.journal import Busy, Journal
from derive.grading.output import safe
from derive.grading.table import TableError, read_table

KEY: Final = """
[exam]
id = "short"

[symbols]
"x, y" = "positive"

[[question]]
id     = "q01"
kind   = "numeric"
text   = "How many bits is the double of a?"
given  = { a = "1.5" }
model  = "a**2"
answer = "2.50"

[[question]]
id     = "q02"
kind   = "mcq"
claim  = "(x + y)**2 = {option}"
key    = "a"
options.a = { latex = "x^2 + y^2", expr = "x**2 + y**2" }
options.b = { latex = "x^2 + 2xy + y^2", expr = "x**2 + 2*x*y + y**2" }

[[question]]
id     = "q03"
kind   = "numeric"
marks  = 4
given  = { a_1 = "0.9", a_2 = "0.2" }
define = { N_2 = "a_1 + a_2", mean = "3/N_2" }
  [[question.part]]
  id     = "a"
  model  = "N_2"
  answer = "1.1"
  [[question.part]]
  id     = "b"
  model  = "mean"
  answer = "2.727"
  follow = { from = "a", name = "N_2" }

[[question]]
id     = "q04"
kind   = "numeric"
model  = "2/3"
answer = "0.67"
accept = { decimals = 2, allow_exact = false }

[[question]]
id     = "q05"
kind   = "numeric"
answer = "1 + sqrt(2)"
claim  = ["{answer}**2 = 2*{answer} + 1", "{answer} > 0"]

[[question]]
id     = "q06"
kind   = "numeric"
model  = "Matrix([[1/3, 2], [0, sqrt(2)]])"
answer = "Matrix([[0.333, 2], [0, 1.414]])"
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A short key with two wrong answers in it."""
    path = tmp_path / "key.toml"
    path.write_text(KEY, "utf-8")
    return path


def run(key: Path, text: str | bytes, *more: str) -> tuple[int, list[dict[str, str]], str]:
    """Grade a table: the exit status, the grades, and the text of the review."""
    source, out = key.with_name("in.csv"), key.with_name("out.csv")
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    status = main(["grade", str(key), str(source), "-o", str(out), "--jobs", "1", *more])
    if not out.exists():
        return status, [], ""
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return status, rows, key.with_name("out.review.csv").read_text("utf-8")


def test_a_misprint_of_the_key_is_told_once_and_never_held_against_a_student(
    key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "student,question,answer\na,1,2.50\nb,1,2.25\nc,1,2.26\na,2,a\nb,2,b\nc,2,3\n"
    status, rows, review = run(key, table, "--summary")
    assert [(r["verdict"], r["marks"]) for r in rows] == [
        ("review", ""), ("right", "1"), ("wrong", "0"), ("review", ""), ("right", "1"), ("wrong", "0"),
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert said.count("question q01") == 1 and said.count("question q02") == 1
    assert "the key prints" in review and status == 1
    assert "b       2 of 9\n" in said and "a       0 of 9, and 2 to review\n" in said


def test_a_wrong_part_carried_on_earns_the_next(key: Path) -> None:
    table = (
        "answer;student;question\n"
        "1.1;a;3.a\n2.727;a;3.b\n"
        "0.7;b;3a\n4.286;b;3(b)\n"
        "0.7;c;3.a\n2.727;c;3.b\n"
        "0.7;d;3.a\n4.5;d;3.b\n"
        "7/10;e;3.a\n30/7;e;3.b\n"
        "3.5;f;3.b\n"
    )
    _, rows, _ = run(key, table)
    assert [(r["student"], r["part"], r["verdict"], r["marks"]) for r in rows] == [
        ("a", "a", "right", "2"), ("a", "b", "right", "2"),
        ("b", "a", "wrong", "0"), ("b", "b", "follow-through", "2"),
        ("c", "a", "wrong", "0"), ("c", "b", "right", "2"),
        ("d", "a", "wrong", "0"), ("d", "b", "review", ""),
        ("e", "a", "wrong", "0"), ("e", "b", "follow-through", "2"),
        ("f", "b", "wrong", "0"),
    ]  # fmt: skip


def test_decimals_and_claims_of_the_key(key: Path) -> None:
    table = "student,question,answer\na,4,2/3\nb,4,0.67\nc,5,1+√2\nd,5,1-sqrt 2\ne,5,2.414\n"
    _, rows, _ = run(key, table)
    assert [r["verdict"] for r in rows] == ["wrong", "right", "right", "wrong", "right"]


def test_matrices_are_compared_by_their_entries(key: Path) -> None:
    answers = {
        "[[0.333, 2], [0, 1.414]]": "right",
        r"$O = \begin{pmatrix} 1/3 & 2.0 \\ 0 & \sqrt{2} \end{pmatrix}$": "right",
        "Matrix([[1/3, 2], [0, sqrt(2)]])": "right",
        "[[0.33, 2], [0, 1.414]]": "partial",
        "[[0.334, 2], [0, 1.414]]": "wrong",
        "[[0.333, 2, 0], [0, 1.414, 0]]": "wrong",
        "[[0.333, 2], [0]]": "review",
        "0.333": "review",
    }
    lines = [f's{i},6,"{answer}"' for i, answer in enumerate(answers)]
    _, rows, _ = run(key, "student,question,answer\n" + "\n".join(lines) + "\n")
    assert [r["verdict"] for r in rows] == list(answers.values())


def test_rows_that_cannot_be_graded_are_reported(key: Path) -> None:
    table = (
        "\ufeffNote,Student,QUESTION,Answer\r\n"
        ",a,9,1\r\n,,1,1\r\n,a,1,2.25\r\n,a,1,2.24\r\n,a,3,1\r\n,b\r\n"
        f',c,1,"{"9" * 10_001}"\r\n,d,1,"2.\n25"\r\n,e,1,"2.25"x\r\n'
    )
    status, rows, review = run(key, table)
    assert status == 1
    assert [(r["student"], r["verdict"]) for r in rows] == [("a", "wrong"), ("d", "review")]
    for reason in (
        "no question '9'", "names no student", "answers again in line 5", "has the parts a, b",
        "2 cells", "10001 characters", "not CSV",
    ):  # fmt: skip
        assert reason in review


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b"", ":1:1:", "no column 'student'"),
        (b"student,question\n", ":1:1:", "no column 'answer'"),
        (b"student,question,answer,answer\n", ":1:18:", "two columns"),
        (b"student,question,answer\na,1,\xff\n", ":2:5:", "not UTF-8"),
        (b"\xff\xfes\x00", ":1:1:", "UTF-16"),
        (b'student,question,answer\na,1,2\nb,1,"2\nc,1,2\n', ":3:5:", "never closed"),
    ],
)
def test_a_bad_file_is_one_line_and_status_2(
    key: Path, data: bytes, place: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, rows, _ = run(key, data)
    error = capsys.readouterr().err
    assert (status, rows) == (2, [])
    assert error.count("\n") == 1 and f"in.csv{place}" in error and said in error


def test_files_that_are_not_there_or_the_same(
    key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grade", str(key), "nowhere.csv", "-o", str(key.with_name("o.csv"))]) == 2
    assert "nowhere.csv:1:1: cannot be read" in capsys.readouterr().err
    assert main(["grade", str(key), str(key), "-o", str(key.with_name("o.csv"))]) == 2
    with pytest.raises(TableError):
        read_table(key)


def test_no_cell_is_one_that_a_spreadsheet_executes(key: Path) -> None:
    table = (
        'student,question,answer\n=cmd(),1,"=HYPERLINK(""http://x"")"\n@a,1,"\t=1+1"\n'
        "+b,1,-cmd|' /C calc'!A0\nd\x00\x1b[31m,1,-2.25\n"
    )
    _, _, review = run(key, table)
    with key.with_name("out.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    cells += [cell for row in csv.reader(review.splitlines()) for cell in row]
    for cell in cells:
        assert cell[:1] not in ("=", "+", "@", "\t", "\r") and "\x1b" not in cell
        assert not cell.startswith("-") or float(cell)
    assert safe("-0.838") == "-0.838" and safe(" =1") == "' =1"


def test_the_same_run_again_marks_nothing_and_writes_the_same(key: Path) -> None:
    table = "student,question,answer\na,1,2.25\nb,1,9**9**9\nc,2,b\n"
    run(key, table)
    out, journal = key.with_name("out.csv"), key.with_name("out.csv.journal")
    first, size = out.read_bytes(), journal.stat().st_size
    with journal.open("a") as file:
        file.write('{"id": "torn')
    run(key, table)
    assert out.read_bytes() == first
    assert journal.stat().st_size == size + len('{"id": "torn\n')


def test_two_runs_do_not_write_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "o.csv.journal"
    code = (
        "import sys; from pathlib import Path; from derive.grading.journal import Journal, Busy\n"
        "try:\n    Journal(Path(sys.argv[1]), '').__enter__()\n"
        "except Busy as error:\n    print(error)"
    )
    with Journal(path, "digest"):
        out = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
    assert "another run" in out.stdout and issubclass(Busy, ValueError)


def test_a_killed_run_goes_on_where_it_was(key: Path) -> None:
    lines = [f"s{i},1,2.{i:04}" for i in range(120)] + [f"s{i},3.b,{i}/7 + 1" for i in range(120)]
    table = "student,question,answer\n" + "\n".join(lines) + "\n"
    run(key, table)
    whole = key.with_name("out.csv").read_bytes(), key.with_name("out.review.csv").read_bytes()
    source, out = key.with_name("in.csv"), key.with_name("again.csv")
    journal = key.with_name("again.csv.journal")
    command = [sys.executable, "-m", "derive.cli", "grade", str(key), str(source), "-o", str(out)]
    process = subprocess.Popen([*command, "--jobs", "1"], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if journal.exists() and journal.read_bytes().count(b"\n") > 30:
            break
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = journal.read_bytes()
    assert not out.exists() and 30 < before.count(b"\n") < 240
    subprocess.run([*command, "--jobs", "1"], cwd=ROOT, check=False, capture_output=True)
    assert (out.read_bytes(), key.with_name("again.review.csv").read_bytes()) == whole
    ids = [line[:41] for line in journal.read_bytes().splitlines() if line.endswith(b"}")]
    assert len(ids) == len(set(ids)) and journal.read_bytes().startswith(before)


def test_an_answer_without_end_is_given_up_and_the_others_are_not(key: Path) -> None:
    hard = "exp(" * 40 + "1/7" + ")" * 40
    table = f"student,question,answer\na,1,{hard}\nb,1,2.25\nc,1,9**9**9\nd,1,{'(' * 5000}\n"
    _, rows, _ = run(key, table, "--timeout", "5")
    assert [r["verdict"] for r in rows] == ["review", "right", "review", "review"]


def test_what_follows_from_an_answer_for_a_person_is_for_a_person(key: Path) -> None:
    text = KEY.replace('answer = "1.1"', 'answer = "1.2"')
    key.write_text(text, "utf-8")
    table = "student,question,answer\na,3a,1.2\na,3b,2.5\nb,3a,1.2\nb,3b,7.5\n"
    _, rows, _ = run(key, table)
    assert [r["verdict"] for r in rows] == ["review", "review", "review", "wrong"]
