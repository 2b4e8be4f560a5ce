"""Expectations under normal and log-normal laws, and under laws whose moments are given."""

from __future__ import annotations

from fractions import Fraction

import pytest
from helpers import judge
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.certificates import certificate
from derive.decision import prove
from derive.recheck.replay import recheck
from derive.terms import Context, read_claim
from derive.terms.domains import read_domain
from derive.verdict import Proved

MOMENTS = {
    "h_norm": "Int(p(x), x, -oo, oo) = 1",
    "h_mean": "Int(x*p(x), x, -oo, oo) = m",
    "h_variance": "Int((x - m)**2*p(x), x, -oo, oo) = v",
}
CDF = "(1 + erf((log(s) - m)/sqrt(2*v)))/2"


@pytest.mark.parametrize(
    ("integral", "value"),
    [
        ("Int(LogNormal(x; m, v), x, 0, s)", CDF),
        ("Int(LogNormal(x; m, v), x, s, oo)", f"1 - {CDF}"),
        ("Int(LogNormal(x; m, v), x, 0, exp(m))", "1/2"),
        ("Int(x**t*LogNormal(x; m, v), x, 0, oo)", "exp(t*m + t**2*v/2)"),
        ("Int(x*LogNormal(x; m, v), x, 0, s)", f"exp(m + v/2)*{CDF.replace('- m', '- m - v')}"),
        ("Int(log(x)*LogNormal(x; m, v), x, 0, oo)", "m"),
        ("Int(Normal(x; m/s, 1/s), x, -oo, oo)", "1"),
        ("Int(x**2*Normal(x; s*(m/v + n), s/(1 + v)), x, -oo, oo)", "s/(1 + v) + (s*(m/v + n))**2"),
    ],
)
def test_a_value_is_proved_and_a_changed_one_is_not(integral: str, value: str) -> None:
    names = {
        "m": "real",
        "n": "real",
        "t": "real",
        "v": "positive",
        "s": "positive",
        "r": "positive",
    }
    verdict = judge(f"{integral} = {value}", **names)
    assert isinstance(verdict, Proved)
    assert recheck(certificate(verdict.theorem)).conditions == []
    assert judge(f"{integral} = {value} + 1/1000", **names).name != "proved"


def test_the_root_of_a_product_of_densities() -> None:
    root = "sqrt(2*s*r/(s**2 + r**2))*exp(-(m - n)**2/(4*(s**2 + r**2)))"
    integral = "Int(sqrt(Normal(x; m, s**2)*Normal(x; n, r**2)), x, -oo, oo)"
    names = {"m": "real", "n": "real", "s": "positive", "r": "positive"}
    assert judge(f"{integral} = {root}", **names).name == "proved"


def _context(*left_out: str) -> Context:
    context = Context().declare("p", read_domain("nonnegative"), "function", 1)
    for name, words in (("m", "real"), ("v", "positive"), ("a", "real"), ("b", "real")):
        context = context.declare(name, read_domain(words))
    for name, text in MOMENTS.items():
        if name not in left_out:
            context = context.assume(name, read_claim(text, context))
    return context


@given(*[st.fractions(-3, 3, max_denominator=4)] * 4)
@settings(max_examples=8, deadline=None)
def test_moments_that_are_given_determine_a_quadratic(
    c: Fraction, e: Fraction, f: Fraction, off: Fraction
) -> None:
    integral = f"Int((({c})*x**2 + ({e})*a*x + ({f})*b)*p(x), x, -oo, oo)"
    value = f"({c})*(m**2 + v) + ({e})*a*m + ({f})*b"
    theorem, _ = prove(read_claim(f"{integral} = {value}"), _context())
    assert theorem is not None
    assert theorem.conditions == frozenset()
    wrong, _ = prove(read_claim(f"{integral} = {value} + ({off})"), _context())
    assert (wrong is None) == (off != 0)


@pytest.mark.parametrize("name", MOMENTS)
def test_without_one_of_them_there_is_no_value(name: str) -> None:
    claim = read_claim("Int((a*x - b)**2*p(x), x, -oo, oo) = (a*m - b)**2 + a**2*v")
    assert prove(claim, _context(name))[0] is None
    assert prove(claim, _context())[0] is not None


def test_a_third_moment_does_not_follow() -> None:
    assert prove(read_claim("Int((x - m)**3*p(x), x, -oo, oo) = 0"), _context())[0] is None


def test_a_parameter_that_may_be_negative_stays_a_condition() -> None:
    verdict = judge("Int(Normal(x; a, a*b), x, -oo, oo) = 1", a="real", b="positive")
    assert verdict.name == "conditional"
    assert list(map(str, verdict.conditions)) == ["0 < a"]


@pytest.mark.parametrize("text", ["Int(0, x, -oo, oo) = 0", "Int(0*x, x, a, oo) = 0"])
def test_the_integral_of_nothing_over_an_unbounded_range_is_certified(text: str) -> None:
    verdict = judge(text, a="real")
    assert verdict.name == "proved"
    assert recheck(certificate(verdict.theorem)).conditions == []
