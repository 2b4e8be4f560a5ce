"""The benchmark scripts run, and write what they say. Nothing here depends on how fast they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import numeric_accuracy, numeric_plot
from benchmarks.numeric_contenders import contenders
from benchmarks.numeric_expressions import EXPRESSIONS
from benchmarks.numeric_memory import measure
from benchmarks.numeric_report import main, spell, summarise
from benchmarks.numeric_timing import Result, disagreement

ROOT = Path(__file__).resolve().parent.parent.parent
ALWAYS = "lambdify,lambdify-cse,numeric,numeric-1,numeric-out"


def run(*arguments: str, cwd: Path = ROOT) -> str:
    """What a Python process prints; it must end with 0."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The JSON of a quick run of the script."""
    file = tmp_path_factory.mktemp("benchmark") / "figures.json"
    options = ["--contenders", ALWAYS, "--sizes", "float,1,50", "--seconds", "0"]
    printed = run("benchmarks/numeric.py", "--quick", *options, "--json", str(file))
    assert "geometric mean" in printed
    loaded: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return loaded


def test_every_case_is_timed_and_every_output_agrees(report: dict[str, Any]) -> None:
    rows = report["results"]
    assert {(r["expression"], r["contender"], r["size"]) for r in rows} == {
        (expression, contender, size)
        for expression in EXPRESSIONS
        for contender in ALWAYS.split(",")
        for size in ("1 float", "1", "50")
    }
    for row in rows:
        assert row["error"] is None
        assert row["disagreement"] < 1e-9
        assert 0 < row["best"] <= row["median"]
        assert min(row["compile"], row["first_call"]) > 0


def test_the_report_names_the_machine_and_every_contender(report: dict[str, Any]) -> None:
    assert {"processor", "cores", "python", "versions"} <= set(report["machine"])
    assert list(report["contenders"]) == ALWAYS.split(",")
    assert report["contenders"]["numeric-1"]["threads"] == 1
    for of_size in report["summary"].values():
        assert of_size["lambdify-cse"]["to_baseline"] == {"ratio": 1.0, "expressions": 7}


def test_geometric_means() -> None:
    times = {"lambdify-cse": (1.0, 1.0), "numeric": (2.0, 8.0), "heyoka": (4.0, 1.0)}
    rows = [
        Result(expression, contender, "1", best=seconds)
        for contender, both in times.items()
        for expression, seconds in zip(("a", "b"), both, strict=True)
    ]
    ours = summarise(rows)["1"]["numeric"]
    assert ours["to_baseline"]["ratio"] == pytest.approx(4.0)
    assert ours["to_rivals, any"]["ratio"] == pytest.approx(2.0)
    assert ours["to_rivals, one thread"] == {"ratio": None, "expressions": 0}


def test_outputs_that_differ_are_seen() -> None:
    right, wrong = np.array([1.0, 2.0]), np.array([1.0, 2.1])
    assert disagreement([right], [right]) == 0
    assert disagreement([wrong], [right]) == pytest.approx(0.05)
    assert disagreement([right], [np.array([1.0])]) == np.inf
    assert disagreement([np.array([1.0, np.nan])], [right]) == np.inf


def test_memory_of_a_call_is_its_temporaries() -> None:
    entries = 200_000
    (row,) = measure("lambdify", "ddpm-mean", [str(entries)])
    assert row.error is None
    assert row.numpy is not None
    assert 8 * entries <= row.numpy <= 10 * 8 * entries
    assert row.resident is None or row.resident >= 8 * entries / 2


def test_a_script_beside_the_launcher_finds_the_package() -> None:
    program = "import numeric.balls; print(numeric.__file__)"
    assert Path(run("-c", program, cwd=ROOT / "benchmarks").strip()).parent == ROOT / "numeric"


def test_unknown_names_and_sizes_are_refused() -> None:
    for options, message in (
        (["--contenders", "abacus"], "no contender is called abacus"),
        (["--expressions", "abacus"], "no expression is called abacus"),
        (["--sizes", "0"], "a size is a positive integer"),
    ):
        with pytest.raises(SystemExit, match=message):
            main(options)


def test_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*EXPRESSIONS, *contenders()))
    assert numeric_accuracy.main(["--list"]) == 0
    assert "log-sum-exp" in capsys.readouterr().out


def test_a_plot_without_matplotlib_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numeric_plot.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="pip install matplotlib"):
        numeric_plot.require()


def test_times_are_spelt_in_fitting_units() -> None:
    assert [spell(t) for t in (2.0, 0.0123, 4.5e-5, 4.5e-8, None)] == [
        *("2.00 s", "12.3 ms", "45.0 us", "45.0 ns"),
        "-",
    ]


def test_the_accuracy_script_writes_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "accuracy.json"
    options = ["--points", "20", "--cases", "gaussian-kl", "--conditions", "2", "--mpmath", "2"]
    printed = run("benchmarks/numeric_accuracy.py", *options, "--json", str(file))
    assert "1 cases, 20 points each" in printed
    rows = json.loads(file.read_text("utf-8"))["rows"]
    assert [row["method"] for row in rows] == ["numpy", "floats", "lambdify"]
    assert all(row["median"] <= 4 and row["condition_median"] > 0 for row in rows)


def test_contenders_that_are_not_installed_are_named() -> None:
    everyone = contenders()
    assert len(everyone) == len({contender.name for contender in everyone.values()})
    missing = everyone["jax"]
    missing.needs = "a_module_that_nobody_has"
    assert not missing.installed()
