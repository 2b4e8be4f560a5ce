"""``derive decide``: one claim, or a stream in which a bad line never ends the others."""

from __future__ import annotations

import json

import jsonschema
import pytest
from helpers import ROOT, jsonl, run


def test_proved_conditional_refuted_undecided() -> None:
    proved = run(["decide", "log(sigma**2) = 2*log(sigma)", "--where", "sigma > 0"])
    assert proved.returncode == 0
    assert proved.stdout.decode().startswith("proved\n")
    conditional = run(["decide", "x/x = 1"])
    assert conditional.returncode == 1
    assert "if x != 0" in conditional.stdout.decode()
    refuted = run(["decide", "sqrt(x**2) = x"])
    assert refuted.returncode == 1
    assert "x = -1" in refuted.stdout.decode()
    undecided = run(["decide", "9^9^9^9 = 1"])
    assert undecided.returncode == 1
    assert undecided.stdout.decode().startswith("undecided\n")


@pytest.mark.parametrize(
    ("where", "claim"),
    [
        (["0 < b < 1"], "log(1 - b) < 0"),
        (["b in (0, 1)"], "b**2 < 1"),
        (["s, t: positive"], "log(s*t) = log(s) + log(t)"),
        (["n: integer >= 1"], "x**(n + 1) = x*x**n"),
        (["p + q = 1"], "p**2 - q**2 = p - q"),
        (["q[i] positive"], "log(q[0]*q[1]) = log(q[0]) + log(q[1])"),
        (["f(x): positive"], "log(f(1)**2) = 2*log(f(1))"),
        (["x >= 0", "x <= 1"], "abs(x - 1) = 1 - x"),
    ],
)
def test_where(where: list[str], claim: str) -> None:
    out = run(["decide", claim, "--where", *where])
    assert out.stdout.decode().startswith("proved"), out.stdout + out.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["decide", "x +"], "ends too early"),
        (["decide", "x"], "expected one relation"),
        (["decide", "x = 1", "--where", "x: reel"], "unknown domain"),
        (["decide", "f(x) = 1"], "unknown function"),
        (["decide"], "either a claim or --jsonl"),
        (["decide", "x = 1", "--where", "0 < b", "b < 0"], "empty"),
        (["decide", "__import__('os').system('true') = 1"], "unexpected character"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(arguments: list[str], said: str) -> None:
    out = run(arguments)
    assert out.returncode == 2
    lines = out.stderr.decode().splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_a_stream_keeps_its_order_and_survives_bad_lines() -> None:
    good = {
        "id": 1,
        "lhs": "x + y",
        "rhs": "y + x",
        "relation": "=",
        "symbols": {"x": "real", "y": "real"},
    }
    bad: list[object] = [
        b"not json",
        b'{"id": 2',
        b"[1, 2]",
        b"\xff\xfe",
        b"\x00",
        b"{" * 20_000,
        {"id": 3, "lhs": "x", "rhs": "1", "relation": "~", "symbols": {"x": "real"}},
        {"id": 4, "lhs": "x", "rhs": "y", "symbols": {"x": "real"}},
        {"id": 5, "lhs": "x", "symbols": {"x": "real"}},
        {"id": 6, "lhs": "x", "rhs": "1", "symbols": {"x": "unreal"}},
        {"id": 7, "lhs": "x", "rhs": "1", "symbols": {"x": "real"}, "assume": "x = 1"},
        {"id": 8, "lhs": "x", "rhs": "1", "symbols": {"x": "real"}, "extra": 1},
        b'{"id": 9, "lhs": "x", "lhs": "y", "rhs": "1"}',
        b'{"id": ' + b"9" * 50_000 + b"}",
        b'{"id": "\\ud800", "lhs": "\\ud800", "rhs": "1"}',
        b'{"id": 10, "lhs": "1", "rhs": NaN}',
        {"id": 11, "lhs": "x" * 1_000_000, "rhs": "1"},
        {"id": 12, "lhs": "(" * 5_000 + "x" + ")" * 4_000, "rhs": "1", "symbols": {"x": "real"}},
        {"id": 13, "lhs": "x", "rhs": "1", "symbols": {"__import__('os')": "real"}},
        {"id": 14, "lhs": "x.__class__", "rhs": "1", "symbols": {"x": "real"}},
    ]
    lines = [good]
    for line in bad:
        lines += [line, good]
    status, out = jsonl(lines)
    assert status == 2
    assert len(out) == len(lines)
    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    for i, verdict in enumerate(out):
        jsonschema.validate(verdict, schema)
        if i % 2 == 0:
            assert verdict["verdict"] == "proved"
        else:
            assert verdict["error"].startswith(f"line {i + 1}: ")
            assert "\n" not in verdict["error"]


def test_a_hard_claim_costs_its_own_time_only() -> None:
    good = {"id": "good", "lhs": "1", "rhs": "1"}
    slow = "Sum(" * 6 + "a*b*c*d*i" + "".join(f", {v}, 1, 300)" for v in "ijklmn")
    names = dict.fromkeys("abcd", "real")
    hard = {"id": "hard", "lhs": slow.replace("*i,", "*i*j*k*l*m*n,"), "rhs": "1", "symbols": names}
    status, out = jsonl([good, hard, good], "--timeout", "3")
    assert status == 0
    assert [v["verdict"] for v in out] == ["proved", "undecided", "proved"]


def test_several_workers_keep_the_order() -> None:
    lines = [
        {"id": i, "lhs": f"x + {i}", "rhs": f"{i} + x", "symbols": {"x": "real"}} for i in range(40)
    ]
    status, out = jsonl(lines, "--jobs", "3")
    assert status == 0
    assert [v["id"] for v in out] == list(range(40))


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom derive.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('sympy', 'numpy', 'flint', 'lark', 'rich') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert out.stdout.decode().splitlines()[-1] == "[]"
