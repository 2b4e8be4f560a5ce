"""The labels of the traps about matrices, confirmed by random matrices in floating point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import claims_in
from matrix_values import holds

from derive.claims import read_object
from derive.terms import Claim, Context
from derive.terms.term import subterms

PAIRS = claims_in(Path(__file__).parent.parent / "traps" / "matrices.jsonl")


def drawn(context: Context, rng: np.random.Generator) -> dict[str, Any]:
    """Values of the declared symbols, dimensions up to 3."""
    at: dict[str, Any] = {}
    for declared in context:
        if declared.shape is None:
            low = declared.domain.integer_range()[0] if declared.domain.integer else None
            at[declared.name] = rng.normal() if low is None else int(rng.integers(1, 4))
            if low is None and declared.domain.lower is not None:
                at[declared.name] = abs(at[declared.name])
            continue
        size = [at[s.payload] if s.head == "sym" else int(s.payload[0]) for s in declared.shape]
        entries = rng.normal(size=size)
        if declared.form:
            entries = entries + entries.T
        if declared.form == "spd":
            entries = entries @ entries + np.eye(size[0])
        at[declared.name] = entries
    return at


def truths(data: dict[str, Any]) -> list[bool]:
    """Whether a claim holds at each of some random points."""
    context, claim = read_object(data)
    rng = np.random.default_rng(3)
    out = []
    for _ in range(40):
        at = drawn(context, rng)
        try:
            out.append(holds(claim, at))
        except np.linalg.LinAlgError:
            out.append(False)
    return out


def evaluates(claim: Claim) -> bool:
    """Whether the evaluator knows every operation of a claim."""
    return all(p.head != "diff" for side in (claim.lhs, claim.rhs) for p in subterms(side))


@pytest.mark.parametrize("pair", PAIRS, ids=[p["id"] for p in PAIRS])
def test_a_label_is_right(pair: dict[str, Any]) -> None:
    if not all(evaluates(read_object(pair[part])[1]) for part in ("trap", "control")):
        assert "diff" in pair["trap"]["lhs"]
        return
    assert all(truths(pair["control"]))
    if pair["trap_truth"] == "false" and pair["trap"]["relation"] == "=":
        assert not all(truths(pair["trap"]))


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) >= 12
    assert {p["trap_truth"] for p in PAIRS} == {"false", "conditional"}
