"""Instances as Hypothesis draws them: they satisfy the hypotheses, and true claims hold at them."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from crosscheck.cases import CASES, Case, context_of
from derive.crosscheck import Cannot
from derive.crosscheck.strategies import instances
from derive.terms import read_claim

LIGHT = [
    "square", "gibbs", "variance", "schedule", "evidence bound", "evidence gap", "jensen", "circle",
    "narrow order", "inverse of a product", "expectation", "recurrences",
]  # fmt: skip
DRAWN = {
    case.name: instances(case.context, case.claim(case.true))
    for case in CASES
    if case.name in LIGHT
}
SLIPS = [case for case in CASES if case.name in LIGHT]


@given(data=st.data(), name=st.sampled_from(LIGHT))
@settings(max_examples=120, deadline=None)
def test_true_claims_hold_at_every_instance(data: st.DataObject, name: str) -> None:
    instance = data.draw(DRAWN[name])
    assert instance.admitted
    assert instance.disagreement is None


@pytest.mark.parametrize("case", SLIPS, ids=lambda case: case.name)
def test_a_slip_fails_at_some_instance(case: Case) -> None:
    drawn = instances(case.context, case.claim(case.slip))
    quick = settings(max_examples=400, phases=[Phase.generate], deadline=None)
    found = find(drawn, lambda i: i.disagreement is not None, settings=quick)
    assert found.admitted
    assert found.disagreement is not None


def test_a_failure_shrinks_to_a_simple_instance() -> None:
    context = context_of({"x, y": "real"})
    drawn = instances(context, read_claim("(x + y)**2 = x**2 + y**2", context))
    found = find(drawn, lambda i: i.disagreement is not None)
    assert found.disagreement == "at x = 1, y = 1: left 4, right 2"


def test_a_statement_without_instances_is_refused() -> None:
    context = context_of({})
    with pytest.raises(Cannot, match="infinite"):
        instances(context, read_claim("Sum(1/2**i, i, 1, oo) = 1", context))
