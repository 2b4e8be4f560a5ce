"""Domains: membership, points, words and strategies."""

from fractions import Fraction

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from numeric.domain import INTEGER, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, REAL, UNIT, Domain
from numeric.strategies import points, rationals

F = Fraction


def closed(low, high, **options):
    return Domain(F(low), F(high), lower_open=False, upper_open=False, **options)


AT_LEAST_ONE = Domain(lower=F(1), lower_open=False, integer=True)
EXAMPLES = {
    "real": REAL,
    "positive": POSITIVE,
    "nonnegative": NONNEGATIVE,
    "negative": NEGATIVE,
    "nonzero": NONZERO,
    "integer": INTEGER,
    "integer >= 1": AT_LEAST_ONE,
    "integer <= -3": Domain(upper=F(-3), upper_open=False, integer=True),
    "integer in [-1000, 1000]": closed(-1000, 1000, integer=True),
    "nonzero integer": Domain(integer=True, nonzero=True),
    "integer >= 1000000": Domain(lower=F(999_999), integer=True),
    "in (0, 1)": UNIT,
    "in [1/100, 3/2]": closed("1/100", "3/2"),
    "in (1, oo)": Domain(lower=F(1)),
    "in (-oo, 0]": Domain(upper=F(0), upper_open=False),
    "nonzero in [-1, 1]": closed(-1, 1, nonzero=True),
    "in [1000, 1000000000]": closed(1000, 10**9),
    "in (1/1000000000, 2/1000000000)": None,
}
EXAMPLES["in (1/1000000000, 1/500000000)"] = Domain(F(1, 10**9), F(2, 10**9))
del EXAMPLES["in (1/1000000000, 2/1000000000)"]
domains = st.sampled_from(sorted(EXAMPLES.items())).map(lambda item: item[1])


@pytest.mark.parametrize(("words", "domain"), sorted(EXAMPLES.items()))
def test_words(words, domain):
    assert str(domain) == words


def test_words_describe_the_set_and_not_how_it_was_written():
    assert str(Domain(lower=F(0), lower_open=False, nonzero=True)) == "positive"
    assert str(Domain(lower=F(0), integer=True)) == "integer >= 1"
    assert str(Domain(lower=F(0), lower_open=False, integer=True, nonzero=True)) == "integer >= 1"
    assert str(Domain(F(0), F(1), nonzero=True)) == "in (0, 1)"
    assert str(closed("1/2", "7/2", integer=True)) == "integer in [1, 3]"


@pytest.mark.parametrize(
    "options",
    [
        {"lower": F(1), "upper": F(0)},
        {"lower": F(1), "upper": F(1)},
        {"lower": F(1), "upper": F(1), "lower_open": False},
        {"lower": F(0), "upper": F(1), "integer": True},
        {"lower": F(-1), "upper": F(1), "integer": True, "nonzero": True},
        {"lower": F(0), "upper": F(0), "lower_open": False, "upper_open": False, "nonzero": True},
    ],
)
def test_an_empty_domain_is_refused(options):
    with pytest.raises(ValueError, match="is empty"):
        Domain(**options)


def test_a_float_bound_is_refused():
    with pytest.raises(TypeError, match=r"lower must be an int, a Fraction or None, not 0\.5"):
        Domain(lower=0.5)


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (REAL, ["-1000", "0"], []),
        (POSITIVE, ["1/1000"], ["0", "-1"]),
        (NONNEGATIVE, ["0"], ["-1/9"]),
        (NEGATIVE, ["-1/9"], ["0"]),
        (NONZERO, ["-1/9"], ["0"]),
        (INTEGER, ["-7", "0"], ["1/2"]),
        (AT_LEAST_ONE, ["1"], ["0", "3/2"]),
        (UNIT, ["1/2"], ["0", "1", "2"]),
        (closed("1/100", "3/2"), ["1/100", "3/2"], ["1/101", "2"]),
    ],
)
def test_membership(domain, inside, outside):
    assert all(domain.contains(F(value)) for value in inside)
    assert not any(domain.contains(F(value)) for value in outside)


@given(domains, st.integers(0, 150), st.integers(0, 3))
def test_points_are_distinct_members_in_a_fixed_order(domain, count, seed):
    found = domain.points(count, seed)
    assert len(found) == len(set(found)) == count
    assert all(domain.contains(value) for value in found)
    assert found == domain.points(count, seed)
    assert domain.points(count + 10, seed)[:count] == found


def test_the_seed_changes_the_tail_and_not_the_head():
    first, second = UNIT.points(100, 1), UNIT.points(100, 2)
    assert first[:10] == second[:10]
    assert first != second


def test_simple_points_come_first():
    assert REAL.points(7) == [1, 2, F(1, 2), 3, F(1, 3), -1, 0]
    assert AT_LEAST_ONE.points(3) == [1, 2, 3]
    assert UNIT.points(2) == [F(1, 2), F(1, 3)]


def test_ends_thin_sets_and_magnitudes_are_covered():
    ends = closed("1/100", "3/2").points(12)
    assert {F(1, 100), F(3, 2), F(1)} <= set(ends)
    assert {F(0), F(1)} <= set(NONNEGATIVE.points(8))
    near = UNIT.points(6)
    assert min(near) <= F(1, 1000) and max(near) >= F(999, 1000)
    sizes = [abs(value) for value in REAL.points(200) if value]
    assert max(sizes) > 50 and min(sizes) < F(1, 50)


def test_a_small_domain_gives_all_it_has():
    assert closed(5, 5).points(10) == [5]
    assert closed(-1, 1, integer=True).points(10) == [0, 1, -1]
    assert closed(-1, 1, integer=True, nonzero=True).points(10) == [1, -1]
    assert len(closed(0, 50, integer=True).points(51)) == 51
    assert len(closed(0, 50, integer=True).points(50)) == 50


@given(st.data(), domains)
def test_strategies_draw_members(data, domain):
    point = data.draw(points({"x": domain, "y": UNIT}))
    assert domain.contains(point["x"])
    assert UNIT.contains(point["y"])


def test_strategies_shrink_to_simple_rationals():
    assert find(rationals(REAL), lambda value: True) == 1
    assert find(rationals(REAL), lambda value: value < 0) == -1
    assert find(rationals(UNIT), lambda value: True) == F(1, 2)
