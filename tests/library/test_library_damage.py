"""The five named derivations, damaged in one place each: refused there, and refuted where one can be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from damage import damaged

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "damaged.jsonl").read_text("utf-8").splitlines()
]


def test_each_named_derivation_is_damaged_often_enough() -> None:
    counts = Counter(row["derivation"] for row in ROWS)
    assert set(counts) == {"elbo", "gan", "lognormal", "ddpm", "flow"}
    assert min(counts.values()) >= 8
    refuted = Counter(row["derivation"] for row in ROWS if row["verdict"] == "refuted")
    assert min(refuted.values()) >= 5


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{r['theorem']}-{r['chain']}-{r['line']}-{i}" for i, r in enumerate(ROWS)]
)
def test_damage_is_refused_at_the_damaged_line(
    row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Advice, which is added to the message of a line that is refused, has tests of its own."""
    monkeypatch.setattr("derive.derivation.proving.advice", lambda *_: iter(()))
    report = damaged(row).check()
    assert not report.proved
    failure = report.first_failure
    assert failure is not None
    assert (failure.label, failure.line) == (row["chain"], row["line"]), failure.message
    assert failure.verdict.name == row["verdict"], failure.message
    if row["verdict"] == "conditional":
        assert "only where" in failure.message
