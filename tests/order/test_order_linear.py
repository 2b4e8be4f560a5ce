"""The linear programs behind the inequalities: what they return adds up exactly."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.search.order_linear import combination

KEYS = "uvwxyz"
numbers = st.fractions(min_value=-5, max_value=5, max_denominator=6)
vectors = st.dictionaries(st.sampled_from(KEYS), numbers, min_size=1, max_size=4)


def total(columns: list[dict[str, Fraction]], multipliers: list[Fraction]) -> dict[str, Fraction]:
    out = dict.fromkeys(KEYS, Fraction(0))
    for column, m in zip(columns, multipliers, strict=True):
        for key, value in column.items():
            out[key] += m * value
    return out


@given(st.lists(vectors, min_size=1, max_size=8), st.data())
@settings(max_examples=80, deadline=None)
def test_a_combination_that_exists_is_found_and_adds_up(
    columns: list[dict[str, Fraction]], data: st.DataObject
) -> None:
    shares = st.fractions(min_value=0, max_value=4, max_denominator=5)
    wanted = [data.draw(shares) for _ in columns]
    target = total(columns, wanted)
    found = combination(columns, target)
    assert found is not None
    assert min(found) >= 0
    assert total(columns, found) == target


@given(st.lists(vectors, min_size=1, max_size=8), vectors)
@settings(max_examples=80, deadline=None)
def test_whatever_is_returned_is_right(
    columns: list[dict[str, Fraction]], target: dict[str, Fraction]
) -> None:
    found = combination(columns, target)
    if found is not None:
        assert min(found) >= 0
        goal = {**dict.fromkeys(KEYS, Fraction(0)), **target}
        assert total(columns, found) == goal


def test_a_strict_column_takes_part_when_asked_for() -> None:
    one, two = {"x": Fraction(1)}, {"x": Fraction(2)}
    found = combination([one, two], {"x": Fraction(4)}, [False, True])
    assert found is not None and found[1] > 0
    assert combination([one, {"y": Fraction(1)}], {"x": Fraction(1)}, [False, True]) is None


def test_an_empty_target_needs_nothing() -> None:
    assert combination([{"x": Fraction(1)}], {}) == [Fraction(0)]
