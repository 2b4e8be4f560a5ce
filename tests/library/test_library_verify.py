"""``derive verify``, ``list`` and ``show`` on a small library: statuses, faults, what is remembered."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from derive import library
from derive.cli import main
from derive.library.verification import Part, Task, Verified, perform
from derive.library.verification import verify as run
from derive.recheck import recheck


def names(family: str) -> list[str]:
    return [entry.name for entry in library.family(family)]


def verify(names: list[str], **options: Any) -> list[Verified]:
    return list(run(names, **options).results)


def by_name(results: list[Verified]) -> dict[str, Verified]:
    return {r.name: r for r in results}


def test_a_good_family_is_proved_rechecked_and_cross_checked(small: Path) -> None:
    results = by_name(verify(names("squares"), jobs=2, wrong=True))
    assert list(results) == ["squares.sum", "squares.plain"]
    assert all(r.good for r in results.values())
    total = results["squares.sum"]
    assert total.statements == 2 and total.steps > 3 and total.instances > 0
    assert total.wrongs == ("refuted",)


def test_each_fault_is_told_and_the_rest_goes_on(small: Path) -> None:
    results = by_name(verify(names("faults"), wrong=True))
    assert [n for n, r in results.items() if r.good] == ["faults.fine"]
    (damaged,) = results["faults.damaged"].faults
    assert damaged.startswith("faults.damaged, chain c, line 3: x**2 + 2*x + 1 = x**2 + x + 1")
    assert "PROVED" in results["faults.proved_wrong"].faults[0]
    assert "faults.unreadable, chain 1, column 9: " in results["faults.unreadable"].faults[0]


def test_a_second_run_remembers_until_the_proof_changes(small: Path) -> None:
    first, second = verify(names("squares")), verify(names("squares"))
    assert not any(r.remembered for r in first) and all(r.remembered for r in second)
    assert [r.steps for r in first] == [r.steps for r in second]
    text = (small / "squares.py").read_text("utf-8")
    (small / "squares.py").write_text(text.replace('claim("0 <= x**2")', 'claim("0 <= x**16")'))
    del sys.modules["small_proofs.squares"]
    third = by_name(verify(names("squares")))
    assert third["squares.sum"].remembered and not third["squares.plain"].remembered
    assert not any(r.remembered for r in verify(names("squares"), remember=False))


def test_a_change_of_the_engine_makes_everything_new(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify(names("squares"))
    monkeypatch.setattr("derive.library.remembering.engine", lambda: "another engine")
    assert not any(r.remembered for r in verify(names("squares")))


def test_faults_are_not_remembered(small: Path) -> None:
    for _ in range(2):
        results = by_name(verify(names("faults"), wrong=True))
        good = ["faults.proved_wrong", "faults.fine"]
        assert [n for n, r in results.items() if r.remembered] in ([], good)
        assert results["faults.proved_wrong"].faults
        assert results["faults.damaged"].faults


def test_a_damaged_cache_is_as_good_as_none(small: Path, tmp_path: Path) -> None:
    verify(names("squares"))
    kept = [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]
    assert len(kept) >= 2
    for number, path in enumerate(kept):
        path.write_bytes(path.read_bytes()[:-9] if number % 2 else b"[]")
    assert all(r.good and not r.remembered for r in verify(names("squares")))


def test_certificates_are_written_and_accepted(small: Path, tmp_path: Path) -> None:
    for folder in (tmp_path / "first", tmp_path / "second"):
        verify(names("squares"), certificates=folder)
        assert sorted(p.name for p in folder.iterdir()) == [
            "squares.plain.jsonl", "squares.sum.jsonl"
        ]  # fmt: skip
        lines = (folder / "squares.sum.jsonl").read_text("utf-8").splitlines()
        claims = [recheck(json.loads(line)).claims for line in lines]
        assert claims == [["(2*x)*y <= ((x + y)**2) + (-((2*x)*y))"]]


def test_statuses_and_the_table(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "squares", "--jobs", "2"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split()[:3] == ["family", "theorems", "proved"]
    assert out.splitlines()[1].split()[:3] == ["squares", "2", "2"]
    assert "2 of 2 theorems proved and re-checked; proved and written as certificates in " in out
    assert re.search(r"; re-checked in \d+\.\d s; evaluated on \d+ random instances in \d", out)
    assert "wrong" not in out
    assert main(["verify", "squares", "--wrong"]) == 0
    out = capsys.readouterr().out
    assert "2 of 2 theorems proved and re-checked (2 of them unchanged" in out
    assert "; 1 of 1 wrong variants refuted, 0 refused, in " in out
    assert main(["verify", "--wrong"]) == 1
    out = capsys.readouterr().out
    assert "3 of 6 theorems proved and re-checked (2 of them unchanged" in out
    assert "faults.damaged, chain c, line 3" in out
    assert "faults.proved_wrong: the wrong variant -1 < x**2 is PROVED" in out


def test_a_fault_in_a_stage_costs_only_its_theorem(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stage is made to raise for one theorem; the others of the run are not touched."""
    from derive.library import verification

    for stage in ("prove", "recheck", "evaluate", "wrong"):
        monkeypatch.setattr(verification, "perform", _raising(stage, "squares.sum"))
        results = by_name(verify(names("squares"), wrong=True, remember=False, jobs=2))
        (fault,) = results["squares.sum"].faults
        assert fault.startswith(
            f"squares.sum: {verification.DOING[stage]} was given up: ValueError"
        )
        assert f"{stage} fails (library/test_library_verify.py, line " in fault
        assert results["squares.plain"].good and results["squares.plain"].instances > 0


def _raising(stage: str, name: str) -> Callable[[Task], Part]:
    def performed(task: Task) -> Part:
        if (task.stage, task.name) == (stage, name):
            raise ValueError(f"{stage} fails")
        return perform(task)

    return performed


def test_a_rejected_certificate_is_a_fault_and_is_not_kept(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second program reads the file itself, so that what is written there is what counts."""
    from derive.library import verification

    def performed(task: Task) -> Part:
        part = perform(task)
        if (task.stage, task.name) == ("prove", "squares.sum"):
            path = Path(task.path)
            path.write_text(path.read_text("utf-8").replace('"steps"', '"stops"'), "utf-8")
        return part

    monkeypatch.setattr(verification, "perform", performed)
    for _ in range(2):
        results = by_name(verify(names("squares"), certificates=tmp_path / "kept"))
        (fault,) = results["squares.sum"].faults
        assert fault.startswith("squares.sum: certificate 1 is rejected: ")
        assert results["squares.sum"].instances == 0 and results["squares.plain"].good
        assert [p.name for p in (tmp_path / "kept").iterdir()] == ["squares.plain.jsonl"]


UNKNOWN = {
    ("verify", "cubes"): "derive verify: there is no family 'cubes'; there are: faults, squares",
    ("verify", "squares.sums"):
        "derive verify: there is no theorem squares.sums; did you mean squares.sum?",
    ("show", "squares.x.y"):
        "derive show: there is no theorem squares.x.y; see: derive list squares",
    ("show", "squares.cubes"):
        "derive show: there is no theorem squares.cubes yet: it is missing; see: derive list squares",
    ("show", "faults.unreadable"): "derive show: faults.unreadable, chain 1, column 9: ",
    ("list", "_shared"): "derive list: there is no family '_shared'; there are: faults, squares",
}  # fmt: skip


@pytest.mark.parametrize("arguments", UNKNOWN)
def test_an_unusable_name_is_one_line_and_status_2(
    arguments: tuple[str, ...], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith(UNKNOWN[arguments])


def test_list(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "squares   Squares of real numbers: 2 theorems, 1 missing" in out
    assert "faults.damaged" in out
    assert main(["list", "squares", "--missing"]) == 0
    out = capsys.readouterr().out.split()
    assert "squares.cubes" in out and "somebody" in out and "squares.sum" not in out


def test_show(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "squares.sum"]) == 0
    out = capsys.readouterr().out
    for part in ("The square of a sum", "folklore", "Multiply out.", "Not shown: powers", "not:"):
        assert part in out
    assert any(line.endswith("expand; from positive") for line in out.splitlines())
    assert "≤ x² + y²" in out


def test_one_family_is_loaded_without_the_others(small: Path) -> None:
    assert library.theorem("squares.plain").derivation().check().proved
    assert "small_proofs.squares" in sys.modules and "small_proofs.faults" not in sys.modules


def test_a_name_is_entered_once() -> None:
    family = library.Family("f", "t")
    family.missing("a", "t", waits_for="time")
    with pytest.raises(library.LibraryError, match=r"f\.a is entered twice"):
        family.theorem("a", title="t")(lambda d: None)


def test_check_module_prints_a_line_for_each(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert library.check_module("small_proofs.squares", "plain")
    assert capsys.readouterr().out.startswith("proved      squares.plain ")
    assert not library.check_module("small_proofs.faults")
    out = capsys.readouterr().out
    assert "NOT PROVED  faults.proved_wrong" in out and "PROVED(!)" in out
    assert "ERROR       faults.unreadable: faults.unreadable, chain 1, column 9" in out
