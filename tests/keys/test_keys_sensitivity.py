"""A sample of ``benchmarks/sensitivity.py``: keys damaged in one place, and reported there."""

from __future__ import annotations

import random
import tomllib
from functools import cache

import pytest

from benchmarks.damaged_truth import broken, facts
from benchmarks.damages import Damage, damages, toml
from benchmarks.reckoning import Reckoner, parsed
from benchmarks.sensitivity import Table, counted, findings, load, look, others, results
from derive.keys.check import check_question
from derive.keys.toml_reader import read_key

QUICK = {
    "quiz2": ("q01", "q05", "q09", "q15", "q21"),
    "week6": ("q01", "q04b"),
    "midterm": ("q3.03", "q3.09"),
    "tum": ("q2c", "q4c"),
    "ie643": ("q3a", "q4"),
}


@cache
def shortened(paper: str) -> Table:
    """A paper with few questions, each checked in a moment."""
    data = load(paper)
    return {**data, "question": [q for q in data["question"] if q["id"] in QUICK[paper]]}


@pytest.mark.parametrize("paper", QUICK)
def test_damages_are_reported_where_they_are(paper: str) -> None:
    data = shortened(paper)
    before = results(data)
    sample = random.Random(3).sample(list(counted(data, random.Random(7))), 6)
    for damage in sample:
        seen = look(data, damage, before[damage.question])
        assert seen.here, damage
        assert not seen.elsewhere, seen
    assert others(data, sample[0], before) == []


def question(**fields: object) -> Table:
    """A key of one question."""
    return {"exam": {"id": "k"}, "question": [{"id": "1", "kind": "numeric", **fields}]}


@pytest.mark.parametrize(
    ("answer", "line", "false"),
    [
        ("0.333", "1/3 ≈ 0.333", False),
        ("0.3333", "1/3 ≈ 0.333", False),
        ("0.334", "1/3 ≈ 0.333", True),
        ("0.333", "1/3 ≈ 0.334", True),
        ("0.333", "2/6 ≈ 0.333", False),
        ("0.333", "1/0 ≈ 0.333", True),
        ("-0.333", "1/3 ≈ 0.333", True),
    ],
)
def test_a_change_counts_when_it_makes_something_false(answer: str, line: str, false: bool) -> None:
    right = question(model="1/3", answer="0.333", working=["1/3 ≈ 0.333"])
    changed = question(model="1/3", answer=answer, working=[line])
    assert broken(facts(right, right["question"][0]), changed, 0) == false


def test_an_equal_text_does_not_count_and_changes_no_finding() -> None:
    data = shortened("tum")
    at = [q["id"] for q in data["question"]].index("q2c")
    damage = Damage(at, "equal", ("answer",), "", "exp(mu)*exp(epsilon)**sigma")
    changed = damage.made(data)
    assert not broken(facts(data, data["question"][at]), changed, at)
    assert findings(results(changed, at)[at]) == set()


def test_damages_are_drawn_by_their_seed() -> None:
    data = shortened("quiz2")
    one, same, other = (list(damages(data, random.Random(seed))) for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("paper", QUICK)
def test_a_key_written_anew_says_the_same(paper: str) -> None:
    data = load(paper)
    assert tomllib.loads(toml(data)) == data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("diff(x**3, x | 2)", 12),
        ("diff(sg(x)*x, x | 3)", 3),
        ("Sum(i**2, i, 1, 3)", 14),
        ("trace(Matrix([[1, 2], [3, 4]]) @ Matrix([[0, 1], [1, 0]]))", 5),
        ("KL(Normal(1, 1), Normal(0, 1))", 0.5),
        ("trace_root(Matrix([[4, 0], [0, 9]]))", 5),
    ],
)
def test_the_second_reckoner(text: str, value: float) -> None:
    found = Reckoner(question(), {}).value(parsed(text), {"x": 3})
    assert abs(found - value) < 1e-12


LINES = """
[exam]
id = "k"
[[question]]
id = "1"
kind = "numeric"
given = {{ x = "1.6" }}
model = "exp(x/2)"
answer = "{answer}"
working = ["exp(0.5*x) = exp(0.5*1.6) = exp(0.8) ≈ {answer}"]
"""


@pytest.mark.parametrize(("answer", "status"), [("2.2255", "enclosed"), ("2.2205", "refuted")])
def test_a_decimal_that_an_equation_arrives_at_is_exact(
    answer: str, status: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("key") / "key.toml"
    path.write_text(LINES.format(answer=answer), "utf-8")
    key = read_key(path)
    checks = check_question(key, key.questions[0]).checks
    assert [c.status for c in checks if c.where == "working 1, link 3"] == [status]
