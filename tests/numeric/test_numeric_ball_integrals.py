"""Rigorous integrals: values, what is undefined, and what is refused."""

from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_formulas import Sheet

from numeric.balls import Undefined, Unresolved, interval, run, to_ball

F = Fraction


def integral(lower, upper, make, precision=64, **values):
    """The integral over x of ``make(x, **parameters)``; a bound may be the name of an input."""
    sheet = Sheet()
    inputs = {name: sheet.input(name) for name in values}
    ends = [inputs.get(end, end) if isinstance(end, str) else end for end in (lower, upper)]
    captured = {name: formula for name, formula in inputs.items() if name not in (lower, upper)}
    found = sheet.bind("integral", *ends, make, **captured)
    given_values = {name: values[name] for name in values}
    return run(sheet.builder.build(found.index), given_values, precision)[0]


def close(ball, expected, digits=20):
    with ctx.workprec(400):
        wanted = arb(expected)
        slack = arb(0, arb(10) ** -30) * (1 + abs(wanted))
        found = to_ball(ball)
        return found.overlaps(wanted + slack) and found.rad() < arb(10) ** -digits * (
            1 + abs(wanted)
        )


@pytest.fixture(autouse=True)
def forty_digits():
    with mp.workdps(40):
        yield


def test_an_exponent_that_is_constant_by_cancellation():
    """Its derivative is exactly 0, but what is known of its size far out still grows."""

    def power(x, exponent):
        return x ** (exponent * x.exp() * (-x).exp())

    with pytest.raises(Unresolved):
        integral(1, None, lambda x: power(x, 100) / x**50)
    with pytest.raises(Unresolved):
        integral(1, None, lambda x, c: c * power(x, 20) / x ** F(106, 5), c=interval(F(1), F(3)))


EXACT = [
    (0, 1, lambda x: x**2, F(1, 3)),
    (1, 0, lambda x: x**2, F(-1, 3)),
    (2, 2, lambda x: x.log(), 0),
    (0, 1, lambda x: (x - F(1, 3)).abs(), F(5, 18)),
    (0, 2, lambda x: x.max(x * x), F(17, 6)),
    (-2, 1, lambda x: x.sign(), -1),
    (0, F(7, 2), lambda x: x.floor(), F(9, 2)),
    (0, 1, lambda x: (3 * x).ceil(), 2),
    (-1, 2, lambda x: x.lt(F(1, 2)).select(x, 1 - x), F(-3, 4)),
    (0, 1, lambda x: x.eq(F(1, 2)).select(1 / (x - x), x), F(1, 2)),
    (-3, 5, lambda x: x * 0 + 7, 56),
    (0, None, lambda x: x - x, 0),
]


@pytest.mark.parametrize(("lower", "upper", "make", "expected"), EXACT)
def test_piecewise_polynomials_are_exact(lower, upper, make, expected):
    value = integral(lower, upper, make)
    assert isinstance(value, fmpq)
    assert (value.p, value.q) == (F(expected).numerator, F(expected).denominator)


VALUES = [
    (-1, 1, lambda x: 1 / x.abs().sqrt(), lambda: 4),
    (-1, 1, lambda x: (x * 0).lt(x).select(x.log(), x), lambda: mp.mpf(-3) / 2),
    (-1, 2, lambda x: (-x).lt(0).select((-x).exp(), x.exp()), lambda: 2 - mp.exp(-1) - mp.exp(-2)),
    (0, None, lambda x: (-x).exp() * x.sin(), lambda: mp.mpf(1) / 2),
    (0, None, lambda x: (x.exp() * -1).exp() * x.exp(), lambda: mp.exp(-1)),
    (None, -1, lambda x: x**-2, lambda: 1),
    (1, None, lambda x: x.log() / x**3, lambda: mp.mpf(1) / 4),
    (0, None, lambda x: x.erfc() * x, lambda: mp.mpf(1) / 4),
    (None, None, lambda x: 1 / x.cosh(), lambda: mp.pi + 0),
    (None, None, lambda x: x.sigmoid() * (-x).sigmoid(), lambda: 1),
    (None, 0, lambda x: x.softplus(), lambda: mp.pi**2 / 12),
    (0, None, lambda x: (-x).exp().log1p(), lambda: mp.pi**2 / 12),
    (0, None, lambda x: (1 + x**2 / 3) ** -2, lambda: mp.sqrt(3) * mp.pi / 4),
    (0, None, lambda x: (-x.sqrt()).exp(), lambda: 2),
    (0, 1, lambda x: (-x.log()).log(), lambda: -mp.euler),
    (0, 1, lambda x: x ** F(-999, 1000), lambda: 1000),
    (0, 1, lambda x: (1 - x.cos()) / x**2, lambda: mp.si(1) + mp.cos(1) - 1),
    (0, 3, lambda x: (x * (3 - x)).sqrt(), lambda: 9 * mp.pi / 8),
    (0, None, lambda x: (-1 / x).exp() / x**2 * (-x).exp(), lambda: 2 * mp.besselk(1, 2)),
    (
        None,
        None,
        lambda x: _mixture(x) * _mixture(x).log(),
        lambda: mp.quad(lambda t: _mix(t) * mp.log(_mix(t)), [-mp.inf, -1, 0, 1, mp.inf]),
    ),
]  # fmt: skip


def _mixture(x):
    return (-((x - 1) ** 2) / 2).exp() + (-((x + 1) ** 2) / 2).exp()


def _mix(t):
    return mp.exp(-((t - 1) ** 2) / 2) + mp.exp(-((t + 1) ** 2) / 2)


@pytest.mark.parametrize("row", VALUES, ids=range(len(VALUES)))
def test_values(row):
    lower, upper, make, by_hand = row
    assert close(integral(lower, upper, make, 96), by_hand())


UNDEFINED = [
    (-1, 1, lambda x: x.log(), "log of "),
    (-1, 2, lambda x: x.sqrt(), "sqrt of "),
    (0, 2, lambda x: (1 - x).sqrt(), "sqrt of "),
    (-2, 2, lambda x: x.asin(), "asin of "),
    (-1, 1, lambda x: x ** F(1, 3), "to the power 1/3"),
    (None, 0, lambda x: x.exp() * x.log(), "log of "),
    (0, 1, lambda x: x + (x - x - 1).log(), "log of -1"),
    (0, 1, lambda x: x / (x - x), "division by zero"),
    (0, None, lambda x: x, "over an infinite range"),
    (None, None, lambda x: x - x + 1, "over an infinite range"),
]


@pytest.mark.parametrize(("lower", "upper", "make", "detail"), UNDEFINED)
def test_undefined_on_an_interval(lower, upper, make, detail):
    with pytest.raises(Undefined) as caught:
        integral(lower, upper, make)
    assert detail in caught.value.detail


REFUSED = [
    (-1, 1, lambda x: 1 / x),
    (-1, 1, lambda x: x**-2),
    (0, 1, lambda x: 1 / x),
    (0, 1, lambda x: 1 / (x - F(1, 3))),
    (0, 1, lambda x: (x - F(1, 3)) ** -2),
    (0, 4, lambda x: x.tan()),
    (0, 1, lambda x: x.gamma()),
    (-F(1, 2), F(1, 2), lambda x: x.digamma()),
    (0, 1, lambda x: 1 / x.sin()),
    (0, 1, lambda x: 1 / (x.exp() - 1)),
    (0, 1, lambda x: 1 / (1 - x) ** 2),
    (0, 1, lambda x: x.log() / x),
    (0, 1, lambda x: (1 / x).exp()),
    (1, None, lambda x: 1 / x),
    (0, None, lambda x: 1 / (1 + x)),
    (0, None, lambda x: x.exp()),
    (0, None, lambda x: x.sin()),
    (None, None, lambda x: x / (1 + x**2)),
    (None, None, lambda x: x.tanh()),
    (2, None, lambda x: 1 / (x * x.log())),
    (1, None, lambda x: 1 / x.sqrt()),
    (0, None, lambda x: x.log1p()),
    (0, None, lambda x: x ** F(-1, 2)),
    (None, None, lambda x: (x - x).exp() + (-x * x).exp()),
    (None, None, lambda x: 1 / (1 + x.abs())),
    (0, None, lambda x: (-x).exp() / x),
]


@pytest.mark.parametrize(("lower", "upper", "make"), REFUSED)
def test_what_diverges_never_gets_a_value(lower, upper, make):
    with pytest.raises(Unresolved):
        integral(lower, upper, make)


PARAMETER = st.fractions(F(1, 5), 5, max_denominator=12)
REAL = st.fractions(-6, 6, max_denominator=12)


def mpf(x):
    return mp.mpf(x.numerator) / x.denominator


class TestDensities:
    """Families in machine learning, with rational parameters, against closed forms."""

    @settings(max_examples=12, deadline=None)
    @given(REAL, PARAMETER)
    def test_gaussian(self, m, v):
        value = integral(
            None, None, lambda x, m, v: (-((x - m) ** 2) / (2 * v)).exp() * x**2, m=m, v=v
        )
        assert close(value, mp.sqrt(2 * mp.pi * mpf(v)) * (mpf(v) + mpf(m) ** 2), 15)

    @settings(max_examples=12, deadline=None)
    @given(PARAMETER, PARAMETER)
    def test_gamma(self, k, rate):
        value = integral(0, None, lambda x, k, r: x ** (k - 1) * (-r * x).exp(), k=k, r=rate)
        assert close(value, mp.gamma(mpf(k)) / mpf(rate) ** mpf(k), 15)

    @settings(max_examples=12, deadline=None)
    @given(PARAMETER, PARAMETER)
    def test_beta(self, a, b):
        value = integral(0, 1, lambda x, a, b: x ** (a - 1) * (1 - x) ** (b - 1), a=a, b=b)
        assert close(value, mp.beta(mpf(a), mpf(b)), 15)

    @settings(max_examples=8, deadline=None)
    @given(REAL, PARAMETER)
    def test_laplace(self, m, scale):
        value = integral(None, None, lambda x, m, b: (-(x - m).abs() / b).exp() * x, m=m, b=scale)
        assert close(value, 2 * mpf(scale) * mpf(m), 15)

    @settings(max_examples=8, deadline=None)
    @given(REAL, PARAMETER)
    def test_log_normal(self, m, v):
        value = integral(0, None, lambda x, m, v: (-((x.log() - m) ** 2) / (2 * v)).exp(), m=m, v=v)
        assert close(value, mp.sqrt(2 * mp.pi * mpf(v)) * mp.exp(mpf(m) + mpf(v) / 2), 12)

    @settings(max_examples=8, deadline=None)
    @given(REAL, PARAMETER)
    def test_logistic(self, m, scale):
        def density(x, m, s):
            z = (x - m) / s
            return (-z).exp() / (1 + (-z).exp()) ** 2

        assert close(integral(None, None, density, m=m, s=scale), mpf(scale), 15)

    @settings(max_examples=8, deadline=None)
    @given(st.fractions(F(1, 2), 6, max_denominator=4))
    def test_student(self, nu):
        value = integral(None, None, lambda x, n: (1 + x**2 / n) ** (-(n + 1) / 2), n=nu)
        n = mpf(nu)
        assert close(value, mp.sqrt(n * mp.pi) * mp.gamma(n / 2) / mp.gamma((n + 1) / 2), 12)


class TestParameters:
    def test_a_ball_of_parameters_holds_every_integral(self):
        wide = integral(0, None, lambda x, a: (-a * x).exp(), a=interval(F(9, 10), F(11, 10)))
        for a in (F(9, 10), F(1), F(11, 10)):
            assert wide.contains(fmpq(a.denominator, a.numerator))

    def test_an_irrational_parameter(self):
        root = arb(2).sqrt()
        with ctx.workprec(128):
            value = integral(None, None, lambda x, a: (-a * x * x).exp(), 96, a=arb(2).sqrt())
        assert value.overlaps((arb.pi() / root).sqrt())
        assert value.rad() < 1e-15

    def test_bounds_that_are_balls(self):
        value = integral(0, "b", lambda x: x.exp(), b=arb(1, 1e-6))
        for b in (1 - 1e-6, 1, 1 + 1e-6):
            assert value.contains(arb(b).exp() - 1) or value.overlaps(arb(b).exp() - 1)
        assert value.rad() < 1e-5
        with pytest.raises(Unresolved):
            integral("a", 1, lambda x: x.log(), a=arb(0, 1e-6))

    def test_a_parameter_without_a_value_may_be_ignored(self):
        def make(s, taken):
            body = lambda x, c: x.lt(taken).select(x, c)  # noqa: E731
            return s.bind("integral", 0, 1, body, c=s(-1).log())

        for taken, refused in ((2, None), (-1, Undefined), (F(1, 2), Undefined)):
            sheet = Sheet()
            program = sheet.builder.build(make(sheet, taken).index)
            if refused is None:
                assert run(program, {}, 64) == [fmpq(1, 2)]
            else:
                with pytest.raises(refused, match="log of -1 "):
                    run(program, {}, 64)

    @settings(max_examples=15, deadline=None)
    @given(REAL, REAL, REAL)
    def test_ranges_add_up(self, a, b, c):
        parts = [integral("a", "b", lambda x: (x * x / 9).sin() * x.abs(), a=p, b=q)
                 for p, q in ((a, b), (b, c), (a, c))]  # fmt: skip
        assert to_ball(parts[0] + parts[1]).overlaps(to_ball(parts[2]))

    def test_more_precision_is_narrower_up_to_a_limit(self):
        def make(x):
            return (-x).exp() / x.sqrt()

        radii = [to_ball(integral(0, None, make, bits)).rad() for bits in (64, 128, 400)]
        assert radii[0] > 1000 * radii[1] > 10**50 * radii[2]
        with pytest.raises(Unresolved, match="bits"):
            integral(0, None, make, 1024)


class TestNesting:
    def test_an_inner_integral_of_its_own(self):
        def outer(x):
            sheet = Sheet()
            sheet.builder = x.builder
            return x * sheet.bind("integral", 0, 1, lambda x: x.exp())

        assert close(integral(0, 1, outer), (mp.e - 1) / 2, 15)

    def test_an_inner_integral_that_reads_the_outer_variable_is_enclosed(self):
        def outer(x):
            sheet = Sheet()
            sheet.builder = x.builder
            return sheet.bind("integral", 0, x, lambda x: x)

        value = to_ball(integral(0, 1, outer, 20))
        assert value.contains(fmpq(1, 6)) and value.rad() < 0.2

    def test_a_sum_of_functions(self):
        def outer(x):
            sheet = Sheet()
            sheet.builder = x.builder
            return sheet.bind("sum", 0, 5, lambda x, t: t**x * (-t).exp(), t=x)

        with pytest.raises(Unresolved, match="the operation sum"):
            integral(0, None, outer)
        by_hand = sum(mp.gammainc(k + 1, 1, 2) for k in range(6))
        assert close(integral(1, 2, outer), by_hand, 15)
