"""``derive check``: reports, exit statuses, and files from strangers."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from helpers import ROOT, run

HEAD = '[exam]\nid = "t"\ntitle = "A test"\n[symbols]\nx = "real"\ns = "positive"\n'
GOOD = '[[question]]\nid = "good"\nkind = "numeric"\nmodel = "1/8"\nanswer = "0.125"\n'
BAD = '[[question]]\nid = "bad"\nkind = "numeric"\nmodel = "1/3"\nanswer = "0.334"\n'


def key(folder: Path, *questions: str, head: str = HEAD) -> Path:
    path = folder / "key.toml"
    path.write_text(head + "".join(questions), "utf-8")
    return path


def test_status_0_1_2(tmp_path: Path) -> None:
    assert run(["check", str(key(tmp_path, GOOD))]).returncode == 0
    assert run(["check", str(key(tmp_path, GOOD, BAD))]).returncode == 1
    assert run(["check", str(key(tmp_path, GOOD, BAD, "[[question]]\n"))]).returncode == 2
    assert run(["check", str(tmp_path / "missing.toml")]).returncode == 2


@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_golden_reports(form: str, tmp_path: Path) -> None:
    golden = Path(__file__).parent / "golden"
    out = run(["check", "tests/cli/golden/key.toml", "--format", form])
    assert out.returncode == 1
    assert _timeless(out.stdout.decode()) == (golden / f"report.{form}").read_text("utf-8")


def _timeless(text: str) -> str:
    import re

    text = re.sub(r'"milliseconds": [\d.]+', '"milliseconds": 0', text)
    text = re.sub(r'time="[\d.]+"', 'time="0"', text)
    return re.sub(r"in \d+\.\d\d s:", "in 0.00 s:", text)


KEYS = ("examples/keys/lognormal.toml", "examples/keys/quiz2.toml")


def test_json_follows_its_schema_and_junit_counts() -> None:
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    report = json.loads(run(["check", *KEYS, "--format", "json"]).stdout)
    jsonschema.validate(report, schema)
    questions = [q for r in report["reports"] for q in r["questions"]]
    tree = ElementTree.fromstring(run(["check", *KEYS, "--format", "junit"]).stdout)
    assert sum(int(suite.get("tests", "0")) for suite in tree) == len(questions)
    failures = sum(int(suite.get("failures", "0")) for suite in tree)
    assert failures == sum(not q["fine"] for q in questions)
    assert failures == len(tree.findall(".//failure"))


def test_one_and_several_workers_agree() -> None:
    one, many = (
        json.loads(run(["check", *KEYS, "--format", "json", "--jobs", n]).stdout)
        for n in ("1", "3")
    )
    assert [q["verdict"] for r in one["reports"] for q in r["questions"]] == [
        q["verdict"] for r in many["reports"] for q in r["questions"]
    ]


FILES = {
    "empty": b"",
    "not-toml": b"[exam\n",
    "nul": b'[exam]\nid = "t"\n\x00',
    "latin-1": b'[exam]\nid = "caf\xe9"\n',
    "duplicate-key": b'[exam]\nid = "t"\nid = "u"\n',
    "no-questions": HEAD.encode(),
    "deep-array": b"a = " + b"[" * 50_000,
    "one-long-line": b'[exam]\nid = "' + b"x" * 1_000_000,
    "long-number": b'[exam]\nid = "t"\ntotal = ' + b"9" * 100_000,
    "too-large": b"#" * 3_000_000,
    "unknown-table": b'[exam]\nid = "t"\n[extra]\n[[question]]\nid = "1"\n',
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_one_line_with_its_place(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(FILES[name])
    out = run(["check", str(path)])
    lines = out.stderr.decode().splitlines()
    assert out.returncode == 2
    assert len(lines) == 1
    place, _, message = lines[0].removeprefix(str(path)).partition(": ")
    assert place.startswith(":")
    assert all(part.isdecimal() for part in place[1:].split(":"))
    assert len(message) > 10
    assert len(lines[0]) < 400


QUESTIONS = {
    "unknown-symbol": (
        'id = "q"\nkind = "numeric"\nmodel = "1 + yy"\nanswer = "2"',
        15,
        "unknown symbol 'yy'",
    ),
    "missing-id": ('kind = "numeric"\nmodel = "1"\nanswer = "1"', 12, "id is missing"),
    "missing-answer": ('id = "q"\nkind = "numeric"\nmodel = "1"', 12, "lacks answer"),
    "unknown-kind": ('id = "q"\nkind = "guess"', 14, "unknown kind 'guess'"),
    "unknown-field": ('id = "q"\nkind = "numeric"\nanswr = "1"', 15, "unknown field 'answr'"),
    "wrong-type": ('id = "q"\nkind = "numeric"\nmodel = "1"\nanswer = 0.5', 16, "must be a string"),
    "import": (
        'id = "q"\nkind = "numeric"\nmodel = "__import__(1)"\nanswer = "1"',
        15,
        "unknown function",
    ),
    "attribute": (
        'id = "q"\nkind = "numeric"\nmodel = "x.__class__"\nanswer = "1"',
        15,
        "unexpected character",
    ),
    "brackets": (
        f'id = "q"\nkind = "numeric"\nmodel = "{"exp(" * 400}x{")" * 400}"\nanswer = "1"',
        15,
        "deep",
    ),
    "long": (f'id = "q"\nkind = "numeric"\nmodel = "{"1+" * 20_000}1"\nanswer = "1"', 15, "long"),
    "bad-domain": (
        'id = "q"\nkind = "numeric"\nsymbols = { y = "reel" }\nanswer = "1"',
        15,
        "unknown domain",
    ),
    "twice": (
        'id = "q"\nkind = "numeric"\ngiven = { y = "1" }\nsymbols = { y = "real" }\nanswer = "1"',
        15,
        "twice",
    ),
    "no-option": (
        'id = "q"\nkind = "mcq"\nkey = "E"\nclaim = "x = {option}"\noptions.A = { expr = "x" }',
        12,
        "none of",
    ),
    "bad-given": (
        'id = "q"\nkind = "numeric"\ngiven = { y = 1.5 }\nanswer = "1"',
        15,
        "must be a string",
    ),
    "slack": (
        'id = "q"\nkind = "numeric"\nanswer = "1"\naccept = { decimals = 99 }',
        16,
        "accept.decimals",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_bad_question_is_one_line_and_never_loses_the_others(name: str, tmp_path: Path) -> None:
    body, line, said = QUESTIONS[name]
    path = key(tmp_path, GOOD, f"[[question]]\n{body}\n", GOOD.replace("good", "after"))
    out = run(["check", str(path), "--format", "json"])
    lines = out.stderr.decode().splitlines()
    assert out.returncode == 2
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"{path}:{line}:"), lines[0]
    assert said in lines[0]
    (report,) = json.loads(out.stdout)["reports"]
    verdicts = [q["verdict"] for q in report["questions"]]
    assert verdicts == ["correct", "undecided", "correct"]


HARD = {
    "tower-of-powers": ("9^9^9^9", "1"),
    "huge-factor": ("(x + s + 1)**5000 - (s + x + 1)**5000", "0"),
    "long-range": ("Prod(1 + 1/(t + s), t, 1, 19000)", "1"),
    "nested-sums": ("Sum(Sum(Sum(i*j*k*x, i, 1, 300), j, 1, 300), k, 1, 300)", "1"),
    "deep-exp": ("exp(exp(exp(exp(exp(exp(9))))))", "1"),
    "big-number": ("9" * 900 + "**" + "9" * 90, "1"),
    "alternating": ("(1 - x)**60*(1 + x)**60*(2 + s)**60*(3 - s*x)**60", "x"),
}


@pytest.mark.parametrize("name", HARD)
def test_a_hard_question_ends_within_its_budget(name: str, tmp_path: Path) -> None:
    model, answer = HARD[name]
    question = (
        f'[[question]]\nid = "hard"\nkind = "symbolic"\nmodel = "{model}"\nanswer = "{answer}"\n'
    )
    out = run(["check", str(key(tmp_path, GOOD, question)), "--format", "json", "--timeout", "4"])
    assert out.returncode in (0, 1), out.stderr
    (report,) = json.loads(out.stdout)["reports"]
    verdicts = {q["id"]: q["verdict"] for q in report["questions"]}
    assert verdicts["good"] == "correct"
    assert verdicts["hard"] in ("undecided", "wrong", "correct")


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    code = f"__import__('os').system('touch {marker}')"
    fields = [
        f'model = "{code}"',
        f'assume = ["{code}"]',
        f'given = {{ y = "{code}" }}',
        f'working = ["{code}"]',
        f'premises = ["{code}"]',
        f'text = "{code}"',
    ]
    questions = [
        f'[[question]]\nid = "{i}"\nkind = "numeric"\nanswer = "1"\n{field}\n'
        for i, field in enumerate(fields)
    ]
    run(["check", str(key(tmp_path, *questions))])
    run(["decide", f"{code} = 1"])
    assert not marker.exists()
