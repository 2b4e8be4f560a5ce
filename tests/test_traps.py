"""False claims that a careless checker accepts, each beside a true one that must still be decided.

A gate made of refusals alone is passed by a checker that refuses everything: hence the controls.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers import claims_in, verdict_of

TRAPS = sorted((Path(__file__).parent / "traps").glob("*.jsonl"))
PAIRS = [(path.stem, pair) for path in TRAPS for pair in claims_in(path)]

BEYOND = frozenset(
    {
        # True controls that no search reaches yet; they may be undecided, never refused as false.
        "floor-reflection",
        "floor-shift",
        "minus-one-to-even",
        "minus-one-to-n",
        "real-exponent-of-square",
        "zero-to-n",
        "zero-to-x",
    }
)


def test_there_are_enough_traps() -> None:
    assert len(PAIRS) >= 60
    names = [(family, pair["id"]) for family, pair in PAIRS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("family", "pair"), PAIRS, ids=[f"{f}-{p['id']}" for f, p in PAIRS])
def test_trap_is_not_proved_and_control_is_not_denied(family: str, pair: dict[str, Any]) -> None:
    trap = verdict_of(pair["trap"])
    assert trap.name != "proved", pair["why"]
    if pair["trap_truth"] == "conditional":
        assert trap.name in ("conditional", "refuted", "undecided")
    control = verdict_of(pair["control"])
    allowed = ("proved", "undecided") if pair["id"] in BEYOND else ("proved",)
    assert control.name in allowed


def test_the_controls_beyond_reach_are_few_and_real() -> None:
    known = {pair["id"] for _, pair in PAIRS}
    assert known >= BEYOND
    assert len(BEYOND) <= len(PAIRS) // 10
