"""The stable and special functions in balls: enclosures, monotony, and where they are undefined."""

from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numeric_formulas import Sheet

from numeric.balls import Undefined, Unresolved, run, to_ball
from numeric.balls.operations import OPERATIONS
from numeric.operations import COMPARISONS, LOGIC, OPS

F = Fraction
ROOT_2 = arb(2).sqrt()
AROUND_0 = arb(0, 1e-20)


def apply(name, *arguments, precision=64):
    sheet = Sheet()
    names = "xy"[: len(arguments)]
    first, *others = [sheet.input(n) for n in names] or [sheet]
    formula = sheet.op(name) if not arguments else getattr(first, name)(*others)
    values = dict(zip(names, arguments, strict=True))
    return run(sheet.builder.build(formula.index), values, precision)[0]


def test_every_operation_on_numbers_has_a_meaning():
    assert set(OPERATIONS) | {*COMPARISONS, *LOGIC, "select"} == set(OPS)


EXACT = [
    ("log1p", (0,), 0),
    ("expm1", (0,), 0),
    ("erfcx", (0,), 1),
    ("log_erfc", (0,), 0),
    ("xlogy", (0, 0), 0),
    ("xlogy", (0, ROOT_2), 0),
    ("xlogy", (ROOT_2, 1), 0),
    ("besseli", (0, 0), 1),
    ("besseli", (3, 0), 0),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EXACT)
def test_exact_values_stay_rational(name, arguments, expected):
    value = apply(name, *arguments)
    assert isinstance(value, fmpq)
    assert value == expected


UNDEFINED = [
    ("log1p", (-1,), "log1p of -1"),
    ("log1p", (arb(-2, 0.5),), "log1p of "),
    ("xlogy", (1, 0), "xlogy of 1 and 0"),
    ("xlogy", (0, -1), "xlogy of 0 and -1"),
    ("polygamma", (-1, 2), "polygamma of order -1"),
    ("polygamma", (F(1, 2), 2), "polygamma of order 1/2"),
    ("polygamma", (ROOT_2, 2), "polygamma of order 1.41"),
    ("polygamma", (2, -3), "polygamma of -3"),
    ("besseli", (F(1, 2), -1), "besseli of order 1/2 at -1"),
    ("log_besseli", (1, 0), "log_besseli of order 1 at 0"),
    ("log_besseli", (1, -2), "log_besseli of order 1 at -2"),
]


@pytest.mark.parametrize(("name", "arguments", "detail"), UNDEFINED)
def test_certainly_undefined(name, arguments, detail):
    with pytest.raises(Undefined) as caught:
        apply(name, *arguments)
    assert caught.value.op == name
    assert caught.value.detail.startswith(detail)


UNRESOLVED = [
    ("log1p", (arb(-1, 1e-20),)),
    ("xlogy", (AROUND_0, 0)),
    ("xlogy", (1, AROUND_0)),
    ("xlogy", (0, AROUND_0)),
    ("polygamma", (arb(2, 1e-20), 1)),
    ("polygamma", (2, AROUND_0)),
    ("polygamma", (10**30, 1)),
    ("besseli", (-1, 2)),
    ("besseli", (AROUND_0, 2)),
    ("besseli", (F(1, 2), AROUND_0)),
    ("log_besseli", (0, AROUND_0)),
    ("log_besseli", (2, -1)),
    ("erfcx", (-(10**30),)),
]


@pytest.mark.parametrize(("name", "arguments"), UNRESOLVED)
def test_neither_yes_nor_no(name, arguments):
    with pytest.raises(Unresolved):
        apply(name, *arguments)


def small(low, high):
    return st.fractions(low, high, max_denominator=50)


def logaddexp(x, y):
    return max(x, y) + mp.log1p(mp.exp(-abs(x - y)))


BY_MPMATH = {
    "log1p": (mp.log1p, small(-1, 60).filter(lambda x: x > -1)),
    "expm1": (mp.expm1, small(-60, 60)),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), small(-20, 30)),
    "log_erfc": (lambda x: mp.log(mp.erfc(x)), small(-20, 30)),
    "logaddexp": (logaddexp, small(-80, 80), small(-80, 80)),
    "xlogy": (lambda x, y: x * mp.log(y), small(-9, 9), small(0, 9).filter(lambda y: y > 0)),
    "polygamma": (
        lambda n, x: mp.psi(int(n), x),
        st.integers(0, 6),
        small(-6, 20).filter(lambda x: x > 0 or x.denominator > 1),
    ),
    "besseli": (mp.besseli, small(0, 8), small(0, 40).filter(lambda x: x > 0)),
    "log_besseli": (
        lambda n, x: mp.log(mp.besseli(n, x)),
        small(0, 8),
        small(0, 40).filter(lambda x: x > 0),
    ),
}


def mpf(value):
    return mp.mpf(value.numerator) / value.denominator


@pytest.mark.parametrize("name", BY_MPMATH)
def test_the_ball_holds_what_mpmath_finds(name):
    by_hand, *places = BY_MPMATH[name]

    @settings(max_examples=25, deadline=None)
    @given(st.tuples(*places))
    def holds(arguments):
        ball = to_ball(apply(name, *arguments, precision=100))
        with mp.workdps(80):
            expected = arb(by_hand(*(mpf(argument) for argument in arguments)))
        assert ball.overlaps(expected + expected * arb(0, 1e-45))
        assert ball.rel_accuracy_bits() > 60 or abs(ball) < 1e-20

    holds()


@pytest.mark.parametrize("name", BY_MPMATH)
def test_a_wide_ball_holds_the_values_of_its_members(name):
    _, *places = BY_MPMATH[name]

    @settings(max_examples=25, deadline=None)
    @given(st.tuples(*places), st.floats(1e-9, 0.5), st.floats(-1, 1))
    def holds(arguments, radius, share):
        *first, last = arguments
        member = to_ball(last) + arb(radius) * arb(share)
        try:
            wide = to_ball(apply(name, *first, to_ball(last) + arb(0, radius)))
        except Unresolved:
            assume(False)
        value = to_ball(apply(name, *first, member, precision=200))
        assert wide.overlaps(value)

    holds()


def test_wide_balls_of_monotone_functions_stay_narrow():
    x = arb(30, 1)
    with ctx.workprec(64):
        assert to_ball(apply("erfcx", x)).rad() < 0.001
        assert to_ball(apply("log_besseli", 2, x)).rad() < 1.1
        assert to_ball(apply("logaddexp", x, x)).rad() < 1.1


def test_euler_gamma():
    with mp.workdps(40):
        assert to_ball(apply("euler_gamma", precision=100)).overlaps(arb(-mp.digamma(1), 1e-30))
