"""300 answers and more, labelled by hand: the marks must all be right."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from helpers import ROOT

from derive.grading.run import Outcome, grade

KEYS: Final = ROOT / "examples" / "keys"
LABELS: Final = Path(__file__).with_name("labelled.csv")


def labels(key: str) -> list[dict[str, str]]:
    """The labelled answers to one key."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["key"] == key]


@pytest.fixture(scope="module", params=["quiz2", "lognormal"])
def graded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Outcome, Path]]:
    """All labelled answers to one key, graded as a file."""
    folder = tmp_path_factory.mktemp(request.param)
    source = folder / "answers.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("question", "answer", "student"))
        writer.writerows((r["question"], r["answer"], r["student"]) for r in labels(request.param))
    path = KEYS / f"{request.param}.toml"
    outcome = grade(path, source, folder / "grades.csv", folder / "review.csv", jobs=1)
    yield request.param, outcome, folder


def test_every_mark_is_that_of_the_label(graded: tuple[str, Outcome, Path]) -> None:
    name, _, folder = graded
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    wanted = labels(name)
    assert len(given) == len(wanted)
    differ = [
        (label["question"], label["answer"], label["verdict"], label["marks"], row)
        for label, row in zip(wanted, given, strict=True)
        if (row["verdict"], row["marks"]) != (label["verdict"], label["marks"])
    ]
    assert differ == []


def test_whatever_is_not_right_has_a_reason(graded: tuple[str, Outcome, Path]) -> None:
    _, outcome, _ = graded
    assert all(g.marking.reason for g in outcome.grades if g.marking.verdict != "right")


def test_there_are_enough_labels_of_each_kind() -> None:
    everything = [*labels("quiz2"), *labels("lognormal")]
    assert len(everything) >= 300
    assert {r["verdict"] for r in everything} == {
        "right", "partial", "follow-through", "wrong", "review",
    }  # fmt: skip
