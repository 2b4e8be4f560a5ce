"""Displayed lines link by link: exact, enclosed, rounded, wrong, and honestly undecided."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derive.keys.check import check_question
from derive.keys.links import check_link
from derive.keys.toml_reader import read_key
from derive.terms import Context, num, read_chain

GIVEN = Context().define("a", num(Fraction(7, 10), 1)).declare("x")
EXACT = frozenset({Fraction(7, 10)})


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("exp(-2) ≈ 0.1353", "enclosed"),
        ("exp(-2) ≈ 0.1354", "refuted"),
        ("exp(-2) = 0.1353", "enclosed"),
        ("12.5/0.9 ≈ 13.889", "enclosed"),
        ("0.6*0.1353 = 0.0812", "enclosed"),
        ("0.0812/(0.0812 + 0.0649) ≈ 0.5558", "enclosed"),
        ("exp(-2)*0.6 ≈ 0.1353*0.6", "rounded"),
        ("exp(-2)*0.7 ≈ 0.1363*0.7", "refuted"),
        ("1 - a = 0.3", "proved"),
        ("1 - a = 0.30", "proved"),
        ("1 - a = 0.31", "refuted"),
        ("16*0.25 + 256*0.75 = 4 + 125*0.75", "refuted"),
        ("128/2**4 = 8", "proved"),
        ("100/3 = 33", "refuted"),
        ("100/3 ≈ 33", "enclosed"),
        ("sqrt(2)*sqrt(2) ≈ 2*1", "enclosed"),
        ("Gamma(1/2)**2 = pi", "proved"),
        ("Gamma(1/3)*Gamma(2/3) = 2*pi/sqrt(3)", "undecided"),
        ("Gamma(1/3)*Gamma(2/3) = 2*pi", "refuted"),
        ("x/x = 1", "conditional"),
        ("x + 1 = x", "refuted"),
        ("x ≈ 0.5", "undecided"),
        ("1/0 ≈ 0.5", "undecided"),
        ("0.7 < 0.71", "proved"),
    ],
)
def test_a_link(line: str, status: str) -> None:
    chain = read_chain(line, GIVEN)
    ((lhs, relation, rhs),) = chain.links()
    check = check_link("working 1", lhs, relation, rhs, GIVEN, EXACT)
    assert check.status == status, check
    assert check.reason or status == "proved"


@pytest.mark.parametrize(
    ("given", "value", "verdict"),
    [
        ("0.98", "sqrt(0.96)", "correct"),
        ("0.97", "sqrt(0.96)", "premise"),
        ("8", "log2(256)", "correct"),
        ("8", "log2(257)", "premise"),
        ("2", "9/4", "premise"),
        ("2", "4/2", "correct"),
    ],
)
def test_a_given_beside_its_fact(given: str, value: str, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "key.toml"
    path.write_text(
        '[exam]\nid = "t"\n[[question]]\nid = "1"\nkind = "numeric"\n'
        f'given = {{ a = "{given}" }}\nmodel = "a"\nanswer = "{given}"\n'
        f'premises = [{{ given = "a", value = "{value}", say = "the paper" }}]\n',
        "utf-8",
    )
    key = read_key(path)
    assert check_question(key, key.questions[0]).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "model", "verdict"),
    [
        ("22/7", "pi", "wrong"),
        ("3.14", "pi", "correct"),
        ("3", "pi", "wrong"),
        ("5/9", "10/18", "correct"),
        ("0.556", "5/9", "correct"),
        ("log(2)", "log(4)/2", "correct"),
        ("-0.50", "cos(2*pi/3)", "correct"),
    ],
)
def test_a_fraction_is_exact_and_a_decimal_is_rounded(
    answer: str, model: str, verdict: str, tmp_path: Path
) -> None:
    path = tmp_path / "key.toml"
    path.write_text(
        '[exam]\nid = "t"\n[[question]]\nid = "1"\nkind = "numeric"\n'
        f'model = "{model}"\nanswer = "{answer}"\naccept = {{ decimals = 2 }}\n',
        "utf-8",
    )
    key = read_key(path)
    found = check_question(key, key.questions[0]).verdict
    assert found == verdict
