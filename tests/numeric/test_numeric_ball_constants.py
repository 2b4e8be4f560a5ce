"""A hundred decimals of sixty constants, each also computed by mpmath in another way."""

from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb, ctx
from numeric_formulas import program

from numeric.balls import compare, run, to_ball

F = Fraction
BITS = 400
DIGITS = 130


def integral(sheet, lower, upper, make, **captured):
    return sheet.bind("integral", lower, upper, make, **captured)


def over_reals(make):
    return lambda s: integral(s, None, None, make)


def from_zero(make):
    return lambda s: integral(s, 0, None, make)


def unit(make):
    return lambda s: integral(s, 0, 1, make)


def zeta_integrand(order):
    return lambda x: x**order / (x.exp() - 1)


def gauss(x, mean=0, variance=1):
    return (-((x - mean) ** 2) / (2 * F(variance))).exp()


HILBERT = [[F(1, i + j + 1) for j in range(3)] for i in range(3)]
CLUSTER = [[3, 1, 1], [1, 3, 1], [1, 1, 3]]


def entropy(density):
    """-f log f over the line, for a density without a factor."""
    return over_reals(lambda x: -density(x) * density(x).log())


CONSTANTS = {
    "pi": (lambda s: s.op("pi"), lambda: mp.quad(lambda t: 4 / (1 + t * t), [0, 1])),
    "e": (lambda s: s(1).exp(), lambda: mp.nsum(lambda k: 1 / mp.factorial(k), [0, mp.inf])),
    "root of 2": (lambda s: s(2).sqrt(), lambda: mp.root(2, 2)),
    "log 2": (lambda s: s(2).log(), lambda: mp.ln2 + 0),
    "log 10 by log1p": (lambda s: s(9).log1p(), lambda: mp.ln10 + 0),
    "golden ratio": (lambda s: (1 + s(5).sqrt()) / 2, lambda: mp.phi + 0),
    "euler gamma": (lambda s: s.op("euler_gamma"), lambda: -mp.digamma(1)),
    "expm1 of 1e-30": (lambda s: s(F(1, 10**30)).expm1(), lambda: mp.expm1(mp.mpf(10) ** -30)),
    "2 to the root of 2": (lambda s: s(2) ** s(2).sqrt(), lambda: mp.exp(mp.sqrt(2) * mp.ln2)),
    "gamma of 1/3": (lambda s: s(F(1, 3)).gamma(), lambda: mp.gammaprod([mp.mpf(1) / 3], [])),
    "gamma of -5/2": (lambda s: s(F(-5, 2)).gamma(), lambda: -8 * mp.sqrt(mp.pi) / 15),
    "loggamma of 1/4": (
        lambda s: s(F(1, 4)).loggamma(),
        lambda: mp.log(mp.sqrt((2 * mp.pi) ** 1.5 / mp.agm(mp.sqrt(2), 1))),
    ),
    "digamma of 1/2": (lambda s: s(F(1, 2)).digamma(), lambda: -mp.euler - 2 * mp.ln2),
    "digamma of -3/4": (
        lambda s: s(F(-3, 4)).digamma(),
        lambda: mp.digamma(mp.mpf(1) / 4) + mp.mpf(4) / 3,
    ),
    "trigamma of 1/2": (lambda s: s(1).polygamma(F(1, 2)), lambda: mp.pi**2 / 2),
    "polygamma 2 at 1": (lambda s: s(2).polygamma(1), lambda: -2 * mp.zeta(3)),
    "polygamma 3 at -1/2": (lambda s: s(3).polygamma(F(-1, 2)), lambda: mp.pi**4 + 96),
    "erf of 1": (lambda s: s(1).erf(), lambda: mp.gammainc(0.5, 0, 1) / mp.sqrt(mp.pi)),
    "erfc of 20": (lambda s: s(20).erfc(), lambda: mp.gammainc(0.5, 400) / mp.sqrt(mp.pi)),
    "erfcx of 50": (lambda s: s(50).erfcx(), lambda: mp.exp(2500) * mp.erfc(50)),
    "log erfc of 30": (lambda s: s(30).log_erfc(), lambda: mp.log(mp.erfc(30))),
    "logaddexp": (lambda s: s(3).logaddexp(5), lambda: mp.log(mp.exp(3) + mp.exp(5))),
    "xlogy": (lambda s: s(3).xlogy(F(2, 7)), lambda: 3 * mp.log(mp.mpf(2) / 7)),
    "sigmoid of 1/3": (lambda s: s(F(1, 3)).sigmoid(), lambda: (1 + mp.tanh(mp.mpf(1) / 6)) / 2),
    "softplus of -100": (lambda s: s(-100).softplus(), lambda: mp.log1p(mp.exp(-100))),
    "bessel I0 of 1": (
        lambda s: s(0).besseli(1),
        lambda: mp.nsum(lambda k: mp.mpf(4) ** -k / mp.factorial(k) ** 2, [0, mp.inf]),
    ),
    "bessel I of 1/2 at 2": (lambda s: s(F(1, 2)).besseli(2), lambda: mp.sinh(2) / mp.sqrt(mp.pi)),
    "log bessel I3 of 10^6": (
        lambda s: s(3).log_besseli(10**6),
        lambda: mp.log(mp.besseli(3, 10**6)),
    ),
    "acos of 1/3": (lambda s: s(F(1, 3)).acos(), lambda: mp.atan(mp.sqrt(8))),
    "sine of a large angle": (lambda s: s(10**20).sin(), lambda: mp.sin(mp.mpf(10) ** 20)),
    "gaussian": (over_reals(gauss), lambda: mp.sqrt(2 * mp.pi)),
    "gaussian far out": (
        over_reals(lambda x: gauss(x, 1000, F(1, 2)) * x**2),
        lambda: (10**6 + mp.mpf(1) / 2) * mp.sqrt(mp.pi),
    ),
    "absolute gaussian moment": (
        over_reals(lambda x: (x - 1).abs() * gauss(x)),
        lambda: 2 * mp.exp(-0.5) + mp.sqrt(2 * mp.pi) * mp.erf(mp.sqrt(0.5)),
    ),
    "gaussian entropy": (entropy(gauss), lambda: mp.sqrt(2 * mp.pi) / 2),
    "logistic": (over_reals(lambda x: x.exp() / (1 + x.exp()) ** 2), lambda: mp.mpf(1)),
    "logistic variance": (
        over_reals(lambda x: x**2 * x.exp() / (1 + x.exp()) ** 2),
        lambda: mp.pi**2 / 3,
    ),
    "logistic entropy": (entropy(lambda x: x.exp() / (1 + x.exp()) ** 2), lambda: mp.mpf(2)),
    "laplace": (over_reals(lambda x: (-x.abs()).exp() * x**4), lambda: mp.mpf(48)),
    "laplace entropy": (entropy(lambda x: (-(x - F(1, 3)).abs()).exp()), lambda: mp.mpf(2)),
    "cauchy": (over_reals(lambda x: 1 / (1 + x**2)), lambda: mp.pi + 0),
    "cauchy entropy": (
        over_reals(lambda x: (1 + x**2).log() / (1 + x**2)),
        lambda: 2 * mp.pi * mp.ln2,
    ),
    "log-normal": (
        from_zero(lambda x: (-(x.log() ** 2) / 2).exp() * x),
        lambda: mp.sqrt(2 * mp.pi) * mp.exp(2),
    ),
    "gamma density": (
        from_zero(lambda x: x ** F(3, 2) * (-x).exp()),
        lambda: 3 * mp.sqrt(mp.pi) / 4,
    ),
    "gamma of 1/10 as integral": (
        from_zero(lambda x: x ** F(-9, 10) * (-x).exp()),
        lambda: mp.gamma(mp.mpf(1) / 10),
    ),
    "minus euler gamma": (from_zero(lambda x: x.log() * (-x).exp()), lambda: -mp.euler),
    "beta": (
        unit(lambda x: x ** F(-1, 3) * (1 - x) ** F(-2, 3)),
        lambda: mp.beta(mp.mpf(2) / 3, mp.mpf(1) / 3),
    ),
    "arcsine": (lambda s: integral(s, -1, 1, lambda x: 1 / (1 - x**2).sqrt()), lambda: mp.pi + 0),
    "log x log(1 - x)": (unit(lambda x: x.log() * (1 - x).log()), lambda: 2 - mp.pi**2 / 6),
    "zeta 2": (from_zero(zeta_integrand(1)), lambda: mp.pi**2 / 6),
    "zeta 4": (from_zero(zeta_integrand(3)), lambda: mp.pi**4 / 15),
    "dilogarithm": (unit(lambda x: (1 + x).log() / x), lambda: mp.pi**2 / 12),
    "sine integral": (unit(lambda x: x.sin() / x), lambda: mp.si(1)),
    "sophomore's dream": (
        unit(lambda x: x ** (-x)),
        lambda: mp.nsum(lambda k: k ** (-k), [1, mp.inf]),
    ),
    "loggamma from 1 to 2": (
        lambda s: integral(s, 1, 2, lambda x: x.loggamma()),
        lambda: mp.log(2 * mp.pi) / 2 - 1,
    ),
    "range up to pi": (
        lambda s: integral(s, 0, s.op("pi"), lambda x: x.sin().exp()),
        lambda: mp.pi * (mp.besseli(0, 1) + mp.struvel(0, 1)),
    ),
    "sum of 1/k!": (
        lambda s: s.bind("sum", 0, 90, lambda k: 1 / (k + 1).gamma()),
        lambda: mp.e + 0 - mp.nsum(lambda k: 1 / mp.factorial(k), [91, mp.inf]),
    ),
    "product of roots": (
        lambda s: s.bind("prod", 1, 40, lambda k: k.sqrt()),
        lambda: mp.sqrt(mp.factorial(40)),
    ),
    "least eigenvalue of hilbert": (
        lambda s: s.matrix("eigenvalue", HILBERT, 0),
        lambda: min(
            mp.eigsy(
                mp.matrix([[mp.mpf(1) / (i + j + 1) for j in range(3)] for i in range(3)]),
                eigvals_only=True,
            )
        ),
    ),
    "trace of a root": (
        lambda s: s.matrix("trace_sqrt", CLUSTER),
        lambda: mp.sqrt(5) + 2 * mp.sqrt(2),
    ),
    "repeated irrational eigenvalue": (
        lambda s: s.matrix(
            "eigenvalue",
            [[s(2).sqrt() if i == j else s(3).sqrt() for j in range(3)] for i in range(3)],
            1,
        ),
        lambda: mp.sqrt(2) - mp.sqrt(3),
    ),
}


def test_there_are_sixty():
    assert len(CONSTANTS) == 60


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_hundred_decimals(name):
    make, by_hand = CONSTANTS[name]
    ball = to_ball(run(program(make), {}, BITS)[0])
    with mp.workdps(DIGITS), ctx.workprec(500):
        expected = arb(by_hand())
        assert expected.is_finite()
        assert ball.rad() < abs(ball).lower() * arb(10) ** -100
        assert ball.overlaps(expected + expected * arb(0, arb(10) ** -115))


WRONG = {
    "gaussian": (over_reals(gauss), lambda s: (2 * s.op("pi")).sqrt() + F(1, 10**15)),
    "gaussian entropy": (entropy(gauss), lambda s: s.op("pi").sqrt() / 2),
    "logistic variance": (
        CONSTANTS["logistic variance"][0],
        lambda s: s.op("pi") ** 2 * F(10**12 + 1, 3 * 10**12),
    ),
    "laplace": (CONSTANTS["laplace"][0], lambda s: s(24)),
    "cauchy": (CONSTANTS["cauchy"][0], lambda s: s(F(355, 113))),
    "log-normal": (CONSTANTS["log-normal"][0], lambda s: (2 * s.op("pi")).sqrt() * s(1).exp()),
    "minus euler gamma": (CONSTANTS["minus euler gamma"][0], lambda s: s.op("euler_gamma")),
    "zeta 4": (CONSTANTS["zeta 4"][0], lambda s: s.op("pi") ** 4 / 90),
    "dilogarithm": (CONSTANTS["dilogarithm"][0], lambda s: s.op("pi") ** 2 / 6),
    "trigamma of 1/2": (CONSTANTS["trigamma of 1/2"][0], lambda s: s.op("pi") ** 2 / 4),
    "log erfc of 30": (CONSTANTS["log erfc of 30"][0], lambda s: s(30).erf().log()),
    "trace of a root": (CONSTANTS["trace of a root"][0], lambda s: s(9).sqrt()),
    "bessel I of 1/2 at 2": (
        CONSTANTS["bessel I of 1/2 at 2"][0],
        lambda s: s(2).sinh() / s.op("pi"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_separated(name):
    right, wrong = WRONG[name]
    assert compare(program(right, wrong), {}) in (-1, 1)
