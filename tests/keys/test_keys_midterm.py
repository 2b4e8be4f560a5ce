"""Two more papers as keys, the midterm and the week-6 questions, with every number computed again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from mpmath import mp, mpf

from derive.keys.results import Result

if TYPE_CHECKING:
    from conftest import Papers

mp.dps = 30

ATTESTED: Final = {*(f"q1{letter}" for letter in "abcdefghij"), *("q3.06", "q3.07", "q3.10", "q09")}
WRONG: Final = {"q2c", "q08"}
CHOICES: Final = {
    "q3.01": "B", "q3.02": "A", "q3.03": "D", "q3.04": "B", "q3.05": "C", "q3.08": "A", "q3.09": "A",
    "q01": "B", "q02": "C", "q03": "B", "q04": "D", "q04b": "A", "q05": "B", "q06": "B", "q07": "A",
    "q08": "B", "q10": "D",
}  # fmt: skip
FLAWS: Final = {
    ("q1h", "audit 1"),  # the loss in use does not saturate
    ("q1j", "audit 1"),  # a transposed convolution need not enlarge
    ("q2c", "audit 1"),  # beta is called a standard deviation
    ("q2c", "working 5, link 2 (x_1)"),  # entry (3, 2) of x_1
    ("q3.08", "audit 1"),  # a kernel need not downsample
}


@pytest.fixture(scope="module")
def results(papers: Papers) -> dict[str, Result]:
    return {**papers.results("midterm"), **papers.results("week6")}


def test_the_verdicts(results: dict[str, Result]) -> None:
    assert len(results) == 34
    for name, result in results.items():
        expected = "attested" if name in ATTESTED else "wrong" if name in WRONG else "correct"
        assert result.verdict == expected, result
        open_ = [c for c in result.checks if not c.held and c.status != "refuted"]
        assert not open_, (name, open_)


def test_one_option_of_each_question_holds(results: dict[str, Result]) -> None:
    found = {name: r.right for name, r in results.items() if r.kind == "mcq"}
    assert found == CHOICES


def test_the_flaws(results: dict[str, Result]) -> None:
    found = {(name, check.where) for name, r in results.items() for check in r.flaws}
    assert found == FLAWS


Rows = list[list[mpf]]


def numbers(text: str) -> list[Rows]:
    """The matrices written in a text."""
    found = re.findall(r"Matrix\(\[(\[.*?\])\]\)", text)
    return [[[mpf(e) for e in r.split(",")] for r in re.findall(r"\[(.*?)\]", m)] for m in found]


def agree(shown: Rows, right: Rows, places: int) -> None:
    for row, other in zip(shown, right, strict=True):
        for a, b in zip(row, other, strict=True):
            assert abs(a - b) <= mpf(10) ** -places / 2 + mpf(10) ** -20, (a, b)


def test_attention_by_hand(results: dict[str, Result]) -> None:
    x = mp.matrix([["0.2", "0.8"], ["0.5", "0.5"], ["1", "0.5"]])
    q = x * mp.matrix([["0.5", "0.5"], ["0", "1"]])
    k = x * mp.matrix([["1", "0"], ["-0.5", "0.5"]])
    out = []
    for i in range(3):
        weights = [mp.exp(sum(q[i, c] * k[j, c] for c in range(2))) for j in range(i + 1)]
        mean = [sum(w * x[j, c] for j, w in enumerate(weights)) / sum(weights) for c in range(2)]
        out.append(mean)
    (shown,) = numbers(results["q2a"].right)
    agree(shown, out, 4)


def test_two_steps_of_diffusion(results: dict[str, Result]) -> None:
    x = [[mpf(e) for e in row.split()] for row in ("0.8 0.5 0.9", "0.1 1 0.6", "0.4 0.6 0.3")]
    signs = [[1, -1, 1], [-1, 1, 1], [1, -1, 1]]
    shown = numbers(results["q2c"].right)
    for t in (1, 2):
        beta = mpf("0.0001") + t * mpf("0.0199") / 1000
        x = [
            [mp.sqrt(1 - beta) * e + mp.sqrt(beta) * t * s for e, s in zip(r, ss, strict=True)]
            for r, ss in zip(x, signs, strict=True)
        ]
        agree(shown[t - 1], x, 5)
    message = results["q2c"].message
    assert "entry (3, 2): the value is 0.58901, not 0.58899" in message
    assert "entry (3, 2): the value is 0.56533, not 0.56530" in message
    assert "entry (2, 3) is 0.61091, not 0.61092" in message
    named = {"(1, 1)": "0.83449", "(2, 2)": "1.03447", "(2, 3)": "0.63452", "(3, 3)": "0.33456"}
    assert all(f"entry {place} is {value}" in message for place, value in named.items())


REAL: Final = ("0.2 0.1 0.05 0.02", "0.1 0.3 0.1 0.05", "0.05 0.1 0.4 0.1", "0.02 0.05 0.1 0.2")
FAKES: Final = (
    ("0.7 0.1 0.05 0.02", "0.1 0.2 0.1 0.05", "0.05 0.1 0.3 0.1", "0.02 0.05 0.1 0.15"),
    ("0.4 0.05 0.05 0.01", "0.05 0.3 0.1 0.05", "0.05 0.1 0.2 0.05", "0.01 0.05 0.05 0.2"),
)
APART: Final = ("0.1 -0.1 0.2 -0.2", "-0.2 0.1 0.4 -0.1")


def test_the_frechet_distances(results: dict[str, Result]) -> None:
    """By the eigenvalues of a symmetric matrix, where the key takes those of the product."""
    real = mp.matrix([row.split() for row in REAL])
    values, vectors = mp.eigsy(real)
    root = vectors * mp.diag([mp.sqrt(v) for v in values]) * vectors.T
    right = []
    for rows, apart in zip(FAKES, APART, strict=True):
        fake = mp.matrix([row.split() for row in rows])
        inner = mp.eigsy(root * fake * root, eigvals_only=True)
        trace = sum(real[i, i] + fake[i, i] for i in range(4))
        distance = sum(mpf(d) ** 2 for d in apart.split())
        right.append(distance + trace - 2 * sum(map(mp.sqrt, inner)))
    shown = [mpf(e) for e in results["q2b"].right.split("; ")]
    assert shown == [mpf("0.2811"), mpf("0.3044")]
    assert all(abs(a - b) < mpf("0.00005") for a, b in zip(shown, right, strict=True))
