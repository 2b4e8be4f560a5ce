"""Select, truth values, sums and products in balls."""

from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_formulas import Sheet, program

from numeric.balls import Undefined, Unresolved, run, to_ball

F = Fraction
WIDE = arb(0, 1)


def at(make, precision=64, **values):
    """One value: ``make`` gets a sheet and an input for each value."""
    sheet = Sheet()
    formula = make(sheet, **{name: sheet.input(name) for name in values})
    return run(sheet.builder.build(formula.index), values, precision)[0]


def positive_log(s, x):
    return s(0).lt(x).select(x.log(), -x)


class TestSelect:
    def test_the_branch_that_is_not_taken_need_not_be_defined(self):
        assert at(positive_log, x=-3) == 3
        assert to_ball(at(positive_log, x=3)).overlaps(arb(3).log())

    def test_a_value_that_is_undefined_in_the_branch_taken_is_named(self):
        with pytest.raises(Undefined) as caught:
            at(lambda s, x: x.lt(0).select(x.log(), x.sqrt()), x=-3)
        assert (caught.value.op, caught.value.detail) == ("log", "log of -3")

    def test_an_undecided_condition_gives_the_hull(self):
        value = at(lambda s, x: x.lt(0).select(s(2), s(5)), x=WIDE)
        assert value.contains(2) and value.contains(5) and not value.contains(1)
        assert at(lambda s, x: x.lt(0).select(s(2), s(2)), x=WIDE) == 2

    def test_an_undecided_condition_needs_both_branches(self):
        with pytest.raises(Unresolved):
            at(lambda s, x: x.lt(0).select(s(-1).log(), s(1)), x=WIDE)
        with pytest.raises(Undefined, match="log of -1 "):
            at(lambda s, x: x.lt(0).select(s(-1).log(), s(-2).sqrt()), x=WIDE)

    def test_an_undefined_comparison_leaves_no_value(self):
        with pytest.raises(Undefined, match="sqrt of -1 "):
            at(lambda s, x: x.sqrt().lt(0).select(s(1), s(2)), x=-1)
        with pytest.raises(Unresolved):
            at(lambda s, x: x.sqrt().lt(0).select(s(1), s(1)), x=WIDE)

    def test_what_is_undefined_comes_before_what_is_not_known(self):
        with pytest.raises(Undefined, match="log of -1 "):
            at(lambda s, x: s(1).lt(2).select(x.log() + s(-1).log(), x), x=WIDE)

    def test_without_select_the_first_undefined_operation_is_named(self):
        with pytest.raises(Undefined, match="log of -1 "):
            at(lambda s, x: x.log() + (x - 1).sqrt() + x.lt(3).select(x, x), x=-1)

    def test_dead_branches_may_hold_anything(self):
        def make(s, x):
            bad = s.bind("sum", 1, s(1) / 2, lambda k: k)
            worse = s.bind("integral", 1, None, lambda t: t)
            return x.lt(0).select(bad + worse, x)

        assert at(make, x=1) == 1


class TestTruth:
    @pytest.mark.parametrize(
        ("name", "left", "right", "expected"),
        [
            ("lt", 1, 2, 1),
            ("lt", 2, 2, 0),
            ("le", 2, 2, 1),
            ("eq", F(1, 3), F(1, 3), 1),
            ("eq", 1, 2, 0),
            ("ne", 1, 2, 1),
            ("eq", arb(2).sqrt(), 1, 0),
            ("ne", arb(2).sqrt(), 1, 1),
            ("le", arb(0.5, 0.25), 1, 1),
            ("lt", 1, arb(0.5, 0.25), 0),
        ],
    )
    def test_comparisons(self, name, left, right, expected):
        assert at(lambda s, x, y: getattr(x, name)(y), x=left, y=right) == expected

    @pytest.mark.parametrize("name", ["lt", "le", "eq", "ne"])
    def test_balls_that_overlap_are_not_ordered(self, name):
        with pytest.raises(Unresolved):
            at(lambda s, x, y: getattr(x, name)(y), x=WIDE, y=arb(0.5, 1))

    def test_logic(self):
        for a in (0, 1):
            for b in (0, 1):
                for name, expected in (("and", a & b), ("or", a | b)):
                    make = lambda s, x, y, name=name: getattr(s(0).lt(x), name)(s(0).lt(y))  # noqa: E731
                    assert at(make, x=a, y=b) == expected
            assert at(lambda s, x: getattr(s(0).lt(x), "not")(), x=a) == 1 - a

    def test_one_side_can_settle_what_the_other_leaves_open(self):
        assert at(lambda s, x: getattr(x.lt(0), "and")(s(1).lt(0)), x=WIDE) == 0
        assert at(lambda s, x: getattr(x.lt(0), "or")(s(0).lt(1)), x=WIDE) == 1
        with pytest.raises(Unresolved):
            at(lambda s, x: getattr(x.lt(0), "or")(s(1).lt(0)), x=WIDE)

    def test_both_sides_must_be_defined(self):
        with pytest.raises(Undefined):
            at(lambda s, x: getattr(s(1).lt(0), "and")(x.log().lt(0)), x=-1)


def total(s, n):
    return s.bind("sum", 1, n, lambda k: k)


class TestSums:
    @settings(max_examples=30)
    @given(st.integers(-3, 60))
    def test_a_sum_of_integers_is_exact(self, n):
        assert at(total, n=n) == (n * (n + 1) // 2 if n > 0 else 0)

    @settings(max_examples=30)
    @given(st.integers(0, 12), st.fractions(-3, 3, max_denominator=9))
    def test_a_body_reads_what_it_captures(self, n, a):
        value = at(lambda s, n, a: s.bind("prod", 1, n, lambda x, a: a + x, a=a), n=n, a=a)
        expected = F(1)
        for k in range(1, n + 1):
            expected *= a + k
        assert value == fmpq(expected.numerator, expected.denominator)

    def test_an_empty_range_never_evaluates_its_body(self):
        def make(s, n):
            return s.bind("prod", 1, n, lambda k, a: 1 / (k - k) + a, a=s(-1).log())

        assert at(make, n=0) == 1
        with pytest.raises(Undefined):
            at(make, n=1)

    @pytest.mark.parametrize("n", [F(1, 2), arb(2).sqrt()])
    def test_a_bound_that_is_no_integer(self, n):
        with pytest.raises(Undefined, match="sum with the bound"):
            at(total, n=n)

    @pytest.mark.parametrize("n", [arb(2, 1e-20), 10**30])
    def test_a_bound_that_may_be_one_or_is_too_large(self, n):
        with pytest.raises(Unresolved):
            at(total, n=n)

    def test_nested_sums_share_one_budget(self):
        def make(s, n):
            return s.bind("sum", 1, n, lambda x, n: _inner(x, n), n=n)

        def _inner(x, n):
            sheet = Sheet()
            sheet.builder = x.builder
            return sheet.bind("sum", 1, n, lambda x: x.sqrt())

        assert to_ball(at(make, n=20)).overlaps(
            20 * sum((arb(k).sqrt() for k in range(1, 21)), arb(0))
        )
        with pytest.raises(Unresolved, match="too many steps"):
            at(make, n=9_000)

    def test_a_condition_inside_a_body(self):
        def make(s, n):
            return s.bind("sum", -5, n, lambda k: (-k).lt(0).select(1 / k, k))

        assert at(make, n=2) == fmpq(-15) + fmpq(3, 2)


def test_a_plain_program_keeps_its_first_error():
    with pytest.raises(Undefined, match="log of -1 "):
        run(program(lambda s: s(-1).log() + s(-2).sqrt()), {}, 64)
