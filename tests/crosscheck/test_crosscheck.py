"""Statements are evaluated on instances made from them alone: true ones agree, and slips do not."""

from __future__ import annotations

import re
import time
from fractions import Fraction

import pytest
from helpers import ROOT, claims_in
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.cases import CASES, REFUSED, Case, context_of
from derive.claims import read_object
from derive.crosscheck import cross_check
from derive.terms import num, read_claim
from derive.terms.context import Claim
from derive.terms.term import add

FIELD = ROOT / "tests" / "field"
FIELDS = {"id", "lhs", "rhs", "relation", "symbols", "assume", "syntax"}
SLOW = ("normal divergence", "density moved", "one integral inside another")
CLOSED = [case for case in CASES if case.name not in SLOW]
EQUATIONS = [case for case in CLOSED if read_claim(case.true).relation == "="]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_true_statement_agrees(case: Case) -> None:
    found = cross_check(case.context, case.claim(case.true), seconds=20)
    assert found.disagreement is None, found.disagreement
    assert found.instances >= case.least, found.reason
    assert found.agrees


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_slip_disagrees_and_is_shown(case: Case) -> None:
    found = cross_check(case.context, case.claim(case.slip), seconds=20)
    assert found.disagreement is not None, found
    assert "left" in found.disagreement and "right" in found.disagreement
    assert not found.agrees


@pytest.mark.parametrize(("text", "symbols", "hypotheses", "reason"), REFUSED)
def test_a_statement_without_instances_says_why(
    text: str, symbols: dict[str, str], hypotheses: dict[str, str], reason: str
) -> None:
    context = context_of(symbols, hypotheses)
    found = cross_check(context, read_claim(text, context))
    assert found.instances == 0 and found.disagreement is None
    assert re.search(reason, found.reason), found.reason


def test_a_side_without_a_value_is_a_disagreement() -> None:
    context = context_of({"x": "real"})
    found = cross_check(context, read_claim("x/x = 1", context))
    assert found.disagreement is not None and "x = 0" in found.disagreement


def test_the_instance_is_told_in_words() -> None:
    case = next(c for c in CASES if c.name == "gibbs")
    found = cross_check(case.context, case.claim(case.slip))
    assert found.disagreement is not None
    assert re.search(r"K = \d, p\(1\) = .*q\(1\) = .*: left 0, right -0\.", found.disagreement)


def test_the_same_arguments_give_the_same_answer() -> None:
    case = next(c for c in CASES if c.name == "evidence gap")
    claim = case.claim(case.slip)
    assert cross_check(case.context, claim, seed=3) == cross_check(case.context, claim, seed=3)


def test_no_more_instances_than_asked_for() -> None:
    case = next(c for c in CASES if c.name == "two spaces")
    assert cross_check(case.context, case.claim(case.true), instances=7).instances == 7
    closed = context_of({})
    assert cross_check(closed, read_claim("log(2) < 1", closed)).instances == 1


def test_statements_of_the_field_agree() -> None:
    for data in claims_in(FIELD / "statements.jsonl")[::9]:
        context, claim = read_object({k: v for k, v in data.items() if k in FIELDS})
        found = cross_check(context, claim, instances=20, seconds=20)
        assert found.agrees, (data["id"], found)


def test_slips_of_the_field_are_noticed() -> None:
    rows = claims_in(FIELD / "variants.jsonl")[::29]
    missed = []
    for data in rows:
        context, claim = read_object({k: v for k, v in data.items() if k in FIELDS})
        if cross_check(context, claim, seconds=20).disagreement is None:
            missed.append(data["id"])
    assert len(missed) <= len(rows) // 50, missed


@given(
    case=st.sampled_from(EQUATIONS),
    extra=st.fractions(Fraction(-3), Fraction(3), max_denominator=8).filter(bool),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_a_perturbed_equation_is_noticed(case: Case, extra: Fraction, seed: int) -> None:
    claim = case.claim(case.true)
    if case.context.shape(claim.lhs) is not None:
        changed = Claim(claim.lhs, "=", add(claim.rhs, claim.rhs))
    else:
        changed = Claim(claim.lhs, "=", add(claim.rhs, num(extra)))
    found = cross_check(case.context, changed, instances=10, seed=seed, seconds=20)
    assert found.disagreement is not None, (str(changed), found)


def test_a_statement_takes_little_time() -> None:
    case = next(c for c in CASES if c.name == "evidence bound")
    cross_check(case.context, case.claim(case.true))
    start = time.process_time()
    for seed in range(5):
        cross_check(case.context, case.claim(case.true), seed=seed)
    assert time.process_time() - start < 5
