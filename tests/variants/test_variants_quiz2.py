"""Variants of a real exam: every answer derived again, by other means, from the printed numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from mpmath import mp, mpf, nstr
from variants_making import QUIZ, of_file

from derive.checking import Checked, check_paths
from derive.cli import main
from derive.variants.question import TooFew

mp.dps = 30

VARIED: Final = [f"q{n:02d}" for n in (*range(1, 14), 15, 17, 20, 24)]


def responsibility(p: mpf, r: mpf, m: mpf, k: mpf, v: mpf, w: mpf, x: mpf) -> mpf:
    weights = [p * mp.npdf(x, m, mp.sqrt(v)), r * mp.npdf(x, k, mp.sqrt(w))]
    return weights[0] / sum(weights)


def kl(m1: mpf, m2: mpf, l1: mpf, l2: mpf) -> mpf:
    pairs = ((m1, mp.exp(l1)), (m2, mp.exp(l2)))
    return sum((v + m * m - 1 - mp.log(v)) / 2 for m, v in pairs)


def sampled(alpha: mpf, abar: mpf, beta: mpf, x: mpf, e: mpf, z: mpf) -> mpf:
    return (x - (1 - alpha) / mp.sqrt(1 - abar) * e) / mp.sqrt(alpha) + mp.sqrt(beta) * z


AGAIN: Final[dict[str, tuple[str, Callable[..., mpf], int]]] = {
    "q01": (
        r"pi_1 = (N)\$.*pi_2 = (N)\$.*mu_1 = (N)\$.*mu_2 = (N)\$.*_1\^2 = (N)\$.*_2\^2 = (N)\$"
        r".*x = (N)\$",
        responsibility,
        3,
    ),
    "q02": (
        r"be \$(N)\$ with probability \$(N)\$ and \$(N)\$ with probability \$(N)\$",
        lambda a, p, b, q: (a * p + b * q) ** 4 - (a**4 * p + b**4 * q),
        4,
    ),
    "q03": (
        r"q\(1\|x\) = (N)\$.*q\(0\|x\) = (N)\$.*p\(x, 1\) = (N)\$.*p\(x, 0\) = (N)\$",
        lambda q1, q0, l1, l0: q1 * (l1 - mp.log(q1)) + q0 * (l0 - mp.log(q0)),
        3,
    ),
    "q05": (
        r"x_1 = (N)\$.*x_2 = (N)\$.*\{12\}\) = (N)\$.*\{22\}\) = (N)\$",
        lambda a, b, g, h: (g * a + h * b) / (g + h),
        3,
    ),
    "q04": (r"mu = \((N), (N)\)\$.*sigma\^2 = \((N), (N)\)\$", kl, 3),
    "q06": (
        r"mu = (N)\$.*sigma\^2 = (N)\$.*epsilon = (N)\$",
        lambda m, v, e: m + mp.sqrt(mp.exp(v)) * e,
        3,
    ),
    "q08": (
        r"K = (N)\$.*\$(N) \\times (N) \\times",
        lambda k, h, w: h * w * mp.log(k) / mp.log(2),
        0,
    ),
    "q13": (
        r"\\alpha_t = (N)\$.*bar\\alpha_t = (N)\$.*beta_t = (N)\$.*x_t = (N)\$.*theta = (N)\$.*z = (N)\$",
        sampled,
        3,
    ),
    "q15": (r"from (N) features to (N)\.", lambda n, m: n * m + m, 0),
    "q17": (
        r"d = (N)\$.*t = (N)\$.*i = (N)\$",
        lambda d, t, i: mp.sin(t / mpf(10000) ** (2 * i / d)),
        4,
    ),
}
"""How the numbers stand in the text, the answer by another program, and its decimals."""


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("variants")
    options = ["--n", "2", "--seed", "7", "--jobs", "1", "-o", str(folder)]
    assert main(["variants", str(QUIZ), *options]) == 0
    return folder


def questions(paper: Path, name: str) -> list[dict[str, Any]]:
    """A question in each of the variants."""
    tables = [tomllib.loads(p.read_text("utf-8")) for p in sorted(paper.glob("*.toml"))]
    return [q for t in tables for q in t["question"] if q["id"] == name]


@pytest.mark.parametrize("name", AGAIN)
def test_an_answer_follows_from_the_numbers_in_the_text(name: str, paper: Path) -> None:
    pattern, answer, places = AGAIN[name]
    seen = set()
    for question in questions(paper, name):
        text = " ".join(question["text"].split())
        found = re.search(pattern.replace("(N)", r"(-?\d+(?:\.\d+)?)"), text)
        assert found is not None, text
        value = answer(*map(mpf, found.groups()))
        assert abs(value - mpf(question["answer"])) <= mpf(10) ** -places / 2, nstr(value)
        seen.add(found.groups())
    assert len(seen) == 2


def test_what_is_tied_together_stays_so(paper: Path) -> None:
    for question in questions(paper, "q13"):
        given = {name: Fraction(value) for name, value in question["given"].items()}
        assert given["beta"] == given["var"] == 1 - given["alpha"]
        assert given["abar"] <= given["alpha"]
    schedule = {q["given"]["abar"] for q in questions(paper, "q10")}
    assert schedule == {"0.659"}, "what the schedule gives, and not the misprint"


def test_the_first_variants_are_the_same_for_every_number_of_them() -> None:
    few, many, other = (of_file(QUIZ, "q07").make(n, seed) for n, seed in ((2, 7), (5, 7), (2, 8)))
    assert not isinstance(few, TooFew) and not isinstance(many, TooFew)
    assert [v.data for v in many][:2] == [v.data for v in few]
    assert other != few


@pytest.fixture(scope="module")
def checked(paper: Path) -> Checked:
    return check_paths([paper], jobs=1)


def test_every_variant_is_a_key_that_is_right_throughout(checked: Checked) -> None:
    assert checked.problems == ()
    for report in checked.reports:
        verdicts = {r.id: r.verdict for r in report.results}
        assert set(verdicts.values()) == {"correct", "attested"}
        assert all(verdicts[name] == "correct" for name in VARIED)
        assert all(r.fine and not r.flaws for r in report.results)


def test_a_variant_differs_where_it_must_and_nowhere_else(paper: Path) -> None:
    old = tomllib.loads(QUIZ.read_text("utf-8"))["question"]
    keys = [tomllib.loads(p.read_text("utf-8"))["question"] for p in sorted(paper.glob("*.toml"))]
    assert len(keys) == 2
    for question, *new in zip(old, *keys, strict=True):
        if question["id"] not in VARIED:
            assert all(in_order(q) == in_order(question) for q in new)
            continue
        givens = [tuple(q["given"].values()) for q in (question, *new)]
        assert len(set(givens)) == 3
        assert all("vary" not in q and q["model"] == question["model"] for q in new)


def in_order(value: Any) -> Any:
    """A value of TOML, with the order of the entries of tables inside tables."""
    if isinstance(value, dict):
        return {k: [*v.items()] if isinstance(v, dict) else v for k, v in value.items()}
    return value


def test_the_sheets_have_the_numbers_of_the_key(paper: Path) -> None:
    names = sorted(p.name for p in paper.iterdir())
    assert names == [
        f"variant-0{n}.{end}" for n in (1, 2) for end in ("exam.tex", "solution.tex", "toml")
    ]
    key = tomllib.loads((paper / "variant-02.toml").read_text("utf-8"))
    exam, solution = (
        (paper / f"variant-02.{n}.tex").read_text("utf-8") for n in ("exam", "solution")
    )
    assert "answers]{exam}" in solution and "answers]{exam}" not in exam
    assert exam.replace("]{exam}", ",answers]{exam}", 1) == solution
    for one in (exam, solution, *(p.read_text("utf-8") for p in paper.glob("*.toml"))):
        assert "\\given" not in one and "\\fixed" not in one
    epsilon = next(q for q in key["question"] if q["id"] == "q06")["given"]["epsilon"]
    assert f"\\epsilon = {epsilon}$" in exam.replace("{}", "")
