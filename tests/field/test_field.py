"""The field corpus: true statements of probabilistic machine learning, and variants one edit away.

``check_field.py`` confirms all labels by another evaluator and ``benchmarks/field.py`` decides all of
them; here the files' balance, and a sample of both.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, Final

import pytest
from field.check_field import STATEMENTS, VARIANTS, falsified, features, read, rows, statement_fault

from derive.decision import decide
from derive.workers import Failure, Pool

FAMILIES: Final = {"info", "gauss", "vae", "gan", "ddpm", "ddim", "edm", "flow", "attn", "em"}
SECONDS: Final = 1.0
PROVED_EQUALITIES: Final = 0.92
PROVED_ORDERS: Final = 0.80
REFUTED: Final = 0.93
"""The least share of each sample that is decided."""

TRUE: Final = rows(STATEMENTS)
FALSE: Final = rows(VARIANTS)


def sample(lines: list[dict[str, Any]], size: int, seed: int) -> list[dict[str, Any]]:
    """A fixed choice of lines."""
    return random.Random(seed).sample(lines, size)


def verdict_name(row: dict[str, Any]) -> str:
    """The name of the verdict on a line; run in a worker."""
    context, claim = read(row)
    return decide(claim, context).name


def verdicts(lines: list[dict[str, Any]]) -> Counter[str]:
    """How often each verdict was given, and which claims took too long or ended their worker."""
    with Pool(verdict_name, 1, SECONDS) as pool:
        results = list(pool.ordered(lines))
    late = [isinstance(r, Failure) and r.reason.startswith("it took longer") for r in results]
    broken = [row["id"] for row, r in zip(lines, results, strict=True) if isinstance(r, Failure)]
    assert sum(late) == len(broken), f"a worker ended on one of {broken}"
    return Counter("late" if isinstance(r, Failure) else r for r in results)


def test_the_statements_are_many_and_balanced() -> None:
    kinds = Counter(row["kind"] for row in TRUE)
    assert kinds["equality"] >= 250
    assert kinds["inequality"] >= 75
    assert kinds.total() == len(TRUE) >= 320
    assert sum(row["kind"] == "equality" and not row["alike"] for row in TRUE) >= 115
    families = Counter(row["family"] for row in TRUE)
    assert families.keys() == FAMILIES
    assert min(families.values()) >= 20
    assert len({row["id"] for row in TRUE}) == len(TRUE)


def test_every_statement_can_be_read_and_says_what_it_is() -> None:
    needs: Counter[str] = Counter()
    for row in TRUE:
        needs.update(features(row))
        assert row["id"].startswith(f"{row['family']}-")
        assert row["truth"] == "true"
        assert row["source"]
        assert (row["kind"] == "equality") == (row["relation"] == "=")
    assert needs["sum or product"] >= 25
    assert needs["derivative"] >= 20
    assert needs["recurrence"] >= 20
    assert needs["integers"] >= 15


def test_the_variants_are_many_and_spread() -> None:
    per_statement = Counter(row["statement"] for row in FALSE)
    edits = Counter(row["edit"] for row in FALSE)
    assert len(FALSE) >= 2200
    assert len({row["id"] for row in FALSE}) == len(FALSE)
    assert per_statement.keys() <= {row["id"] for row in TRUE}
    assert len(per_statement) >= 0.95 * len(TRUE)
    assert max(per_statement.values()) <= 10
    assert len(edits) >= 15
    assert max(edits.values()) <= 0.15 * len(FALSE)
    assert all(row["truth"] == "false" for row in FALSE)


def test_variants_can_be_read() -> None:
    for row in FALSE[::3]:
        read(row)


def test_labels_of_a_sample_are_confirmed_by_another_evaluator() -> None:
    for row in sample(TRUE, 25, 1):
        assert not statement_fault(row["id"], *read(row), 25), row
    for row in sample(FALSE, 30, 1):
        assert falsified(row["id"], *read(row)) is not None, row


@pytest.mark.parametrize(
    ("relation", "size", "share"),
    [("equality", 90, PROVED_EQUALITIES), ("inequality", 25, PROVED_ORDERS)],
)
def test_no_true_statement_is_refuted(relation: str, size: int, share: float) -> None:
    chosen = sample([row for row in TRUE if row["kind"] == relation], size, 2)
    said = verdicts(chosen)
    assert said["refuted"] == 0, said
    assert said["proved"] >= share * size, said


def test_no_false_variant_is_proved() -> None:
    said = verdicts(sample(FALSE, 150, 3))
    assert said["proved"] == 0, said
    assert said["conditional"] <= 2, said
    assert said["refuted"] >= REFUTED * said.total(), said
