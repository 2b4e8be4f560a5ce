"""Two hundred claims of the field, half of them one slip away from true, through the command line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import jsonschema
import pytest
from helpers import ROOT, claims_in, jsonl

CLAIMS = claims_in(Path(__file__).parent / "data" / "claims.jsonl")


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, object]]:
    lines = [{k: v for k, v in claim.items() if k != "truth"} for claim in CLAIMS]
    status, out = jsonl(lines)
    assert status == 0
    assert [v["id"] for v in out] == [c["id"] for c in CLAIMS]
    return {str(v["id"]): v for v in out}


def test_no_false_proof_and_no_false_refutation(verdicts: dict[str, dict[str, object]]) -> None:
    assert len(CLAIMS) == 200
    assert sum(c["truth"] == "false" for c in CLAIMS) >= 100
    for claim in CLAIMS:
        verdict = verdicts[claim["id"]]["verdict"]
        if claim["truth"] == "true":
            assert verdict in ("proved", "undecided"), claim
        elif claim["truth"] == "false":
            assert verdict in ("refuted", "undecided"), claim
        else:
            assert verdict in ("conditional", "undecided"), claim


def test_nine_in_ten_are_decided(verdicts: dict[str, dict[str, object]]) -> None:
    counts = Counter(str(v["verdict"]) for v in verdicts.values())
    assert counts["undecided"] <= 20, counts


def test_every_line_follows_the_schema(verdicts: dict[str, dict[str, object]]) -> None:
    import json

    schema = json.loads((ROOT / "docs" / "verdict.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for verdict in verdicts.values():
        validator.validate(verdict)
    claims = json.loads((ROOT / "docs" / "claim.schema.json").read_text("utf-8"))
    for claim in CLAIMS:
        jsonschema.validate({k: v for k, v in claim.items() if k != "truth"}, claims)
