"""Statements, theorems and laws in keys, and the two papers that use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from derive.keys.check import check_question
from derive.keys.results import Result
from derive.keys.toml_reader import read_key

if TYPE_CHECKING:
    from conftest import Papers

Check = Callable[[str], Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The result for the one question of a key, given by its lines."""

    def run(lines: str) -> Result:
        path = tmp_path / "key.toml"
        path.write_text(f'[exam]\nid = "k"\n[[question]]\nid = "1"\n{lines}', "utf-8")
        (question,) = (key := read_key(path)).questions
        return check_question(key, question)

    return run


# --------------------------------------------------------------------------- statements


SYMBOLS: Final = 'kind = "statement"\nsymbols = { x = "real", n = "integer >= 1" }\n'


@pytest.mark.parametrize(
    ("lines", "verdict", "said"),
    [
        ('holds = ["x**2 >= 0"]\nfails = ["x > 0"]', "correct", ""),
        ('holds = ["x**2 > 0"]', "wrong", "x = 0"),
        ('fails = ["1/n <= 1"]', "wrong", "it holds"),
        ('holds = ["x**2 >= 0"]\nfails = ["1 - 1/n >= 0"]', "wrong", "it holds"),
        ('holds = ["x**2 >= 0"]\npremises = ["n > 1"]', "premise", "n > 1"),
        ('holds = ["x/x = 1"]', "undecided", "x != 0"),
    ],
)
def test_a_statement_stands_or_falls_with_its_claims(
    check: Check, lines: str, verdict: str, said: str
) -> None:
    result = check(SYMBOLS + lines)
    assert result.verdict == verdict
    assert said in result.message


def test_the_premises_of_an_attested_question_are_checked(check: Check) -> None:
    assert check('kind = "attested"\npremises = ["1 < 2"]').verdict == "attested"
    assert check('kind = "attested"\npremises = ["1 > 2"]').verdict == "premise"


def test_a_claim_on_the_way_that_fails_is_reported_and_leaves_the_verdict(check: Check) -> None:
    result = check(
        SYMBOLS
        + 'holds = ["x**2 >= 0"]\nworking = [{ claim = "x >= 0", say = "as x is positive" }]'
    )
    assert result.verdict == "correct"
    assert not result.fine
    assert [c.reason[:16] for c in result.flaws] == ["as x is positive"]


def test_the_words_of_a_claim_stand_in_its_check(check: Check) -> None:
    result = check(SYMBOLS + 'holds = [{ claim = "0 < n", say = "n is positive" }]')
    assert [(c.claim, c.reason) for c in result.checks] == [("0 < n", "n is positive")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('kind = "statement"\nanswer = "yes"', "lacks holds or fails"),
        ('kind = "attested"\nholds = ["1 < 2"]', "belong to a statement"),
        ('kind = "statement"\nholds = [{ say = "no" }]', "either a claim, or a theorem"),
        ('kind = "statement"\nholds = [{ claim = "1 < 2", chain = "a" }]', "either a claim"),
        ('kind = "statement"\nfails = [{ theorem = "info.gibbs" }]', "cannot stand in fails"),
        ('kind = "statement"\nholds = [{ theorem = "info.gibs" }]', "did you mean info.gibbs?"),
        ('kind = "statement"\nholds = [{ theorem = "inf.gibbs" }]', "did you mean info.gibbs?"),
        (
            'kind = "statement"\nholds = [{ theorem = "info.kl_support", chain = "two set" }]',
            "did you mean 'two sets'?",
        ),
    ],
)
def test_what_cannot_be_read_is_said(check: Check, lines: str, said: str) -> None:
    result = check(lines)
    assert result.verdict == "undecided"
    assert result.unreadable
    assert said in result.message


def test_a_cited_theorem_is_proved_again_and_its_statement_shown(check: Check) -> None:
    result = check(
        'kind = "attested"\nclaim = [{ theorem = "ddpm.schedule_validity", chain = "sine", say = "(1)" }]'
    )
    (found,) = result.checks
    assert (found.status, found.reason) == ("proved", "(1): Which schedules are valid")
    assert found.claim == "theorem ddpm.schedule_validity: sin(n/N) < 1; given n ≤ N"
    assert found.rules


def test_the_derivative_of_an_answer_is_that_of_its_formula(check: Check) -> None:
    lines = 'kind = "symbolic"\nsymbols = {{ x = "real" }}\nanswer = "{}"\n'
    lines += 'claim = "diff({{answer}}, x) = 2*x"'
    assert check(lines.format("x**2 + 1")).verdict == "correct"
    assert check(lines.format("2*x")).verdict == "wrong"


# --------------------------------------------------------------------------- laws

LAWS: Final = """
kind = "derivation"
symbols = { X = "space" }
ASSUME
[question.laws]
variables = { x = "X" }
densities = { "p(x)" = "any", "g(x)" = "any" }
mass_one = ["p", "g"]
exist = ["KL(p, g)", "E[p](log(p(x)))"]
[[question.step]]
expr = "KL(p, g)"
[[question.step]]
expr = "RIGHT"
relation = "RELATION"
"""


def laws(right: str, relation: str = "=", assume: str = "") -> str:
    """A derivation of one link from a divergence."""
    return LAWS.replace("RIGHT", right).replace("RELATION", relation).replace("ASSUME", assume)


@pytest.mark.parametrize(
    ("right", "relation", "verdict"),
    [
        ("E[p](log(p(x))) - E[p](log(g(x)))", "=", "correct"),
        ("0", ">=", "correct"),
        ("E[p](log(p(x))) - E[g](log(g(x)))", "=", "wrong"),
        ("KL(g, p)", "=", "wrong"),
        ("0", "<", "wrong"),
    ],
)
def test_lines_with_laws(check: Check, right: str, relation: str, verdict: str) -> None:
    result = check(laws(right, relation))
    assert result.verdict == verdict
    (step,) = [c for c in result.checks if c.where.startswith("step")]
    assert step.claim == f"KL(p, g) {relation} {right}"


def test_from_contradictory_laws_nothing_is_concluded(check: Check) -> None:
    result = check(laws("0", ">=", 'assume = ["E[p](1) = 2"]'))
    assert result.verdict == "undecided"
    assert "no instance was found" in result.message


def test_a_law_that_is_not_there_is_named_with_its_place(check: Check) -> None:
    result = check(laws("KL(p, r)"))
    assert result.unreadable
    assert "r" in result.message
    assert result.place.rsplit(":", 2)[1:] == ["17", "9"]


MAP: Final = """
kind = "statement"
holds = ["p_2(x) = p_1(INVERSE)*abs(diff(INVERSE, x))"]
[question.laws]
variables = { z = "real", x = "real" }
densities = { "p_1(z)" = "any" }
pushforwards = { "p_2(x)" = { of = "p_1", inverse = "INVERSE" } }
"""


def test_the_map_of_a_pushforward_is_checked(check: Check) -> None:
    assert check(MAP.replace("INVERSE", "2*x + 1")).verdict == "correct"
    falling = check(MAP.replace("INVERSE", "1 - 2*x"))
    assert falling.verdict == "premise"
    assert "diff(1 - 2*x, x)" in falling.message


# --------------------------------------------------------------------------- the papers

TUM: Final = {
    "q1a": "correct", "q1b": "correct", "q1c": "wrong", "q2a": "correct", "q2b": "correct",
    "q2c": "correct", "q2d": "correct", "q3a": "attested", "q3b": "correct", "q4a": "attested",
    "q4b": "correct", "q4c": "correct", "q4d": "correct",
}  # fmt: skip

FLAWS: Final = {
    ("q1b", "audit 1"),  # at x_1 = 0 the other point is the same
    ("q2a", "audit 1"),  # a log-normal density with sigma < 0 is negative
    ("q4a", "audit 1"),  # the root of abar_n for that of alpha_n
    ("q4b", "working 1"),  # "oscillates in sign"
    ("q4d", "audit 1"),  # -cos(pi*n/N) is 1 at n = N
}

IE643: Final = {
    "q1a": "attested", "q1b": "correct", "q1c": "correct", "q1d": "correct", "q2a": "correct",
    "q2b": "correct", "q3a": "correct", "q3b": "correct", "q3c": "correct", "q3d": "correct",
    "q3e": "correct", "q4": "correct",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "verdicts", "flaws"), [("tum", TUM, FLAWS), ("ie643", IE643, set())]
)
def test_the_verdicts_on_a_paper(
    name: str, verdicts: dict[str, str], flaws: set[tuple[str, str]], papers: Papers
) -> None:
    results = [r for r in papers.results(name).values() if r.id in verdicts]
    assert {r.id: r.verdict for r in results} == verdicts
    assert {(r.id, c.where) for r in results for c in r.flaws} == flaws
    held = ("proved", "enclosed", "rounded", "refuted")
    assert [(r.id, c) for r in results for c in r.checks if c.status not in held] == []
