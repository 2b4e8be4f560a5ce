"""Families of inequalities with a sharp constant: beyond it nothing is ever proved.

The search is run without its look at sample points, so that only the kernel stands between it and a
false theorem.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from helpers import judge
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.search.order_core import Prover
from derive.search.order_samples import Samples
from derive.search.order_strategies import STRATEGIES
from derive.terms import Context, read_claim
from derive.terms.domains import read_domain

SMALL_FUEL = 40

small = st.fractions(min_value=-3, max_value=3, max_denominator=4)
positive = st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=4)
hostile = settings(max_examples=8, deadline=None)


def blindly_proved(text: str, **domains: str) -> bool:
    """Whether the search proves a claim when no sample point contradicts anything."""
    context = Context()
    for name, words in domains.items():
        context = context.declare(name, read_domain(words))
    prover = Prover(STRATEGIES, SMALL_FUEL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Samples, "refutes", lambda self, claim: False)
        theorem = prover.prove(context, read_claim(text, context).oriented(), 2)
    return theorem is not None and not theorem.conditions


def check(text: str, truth: bool, **domains: str) -> None:
    """A true claim is proved, a false one never."""
    if truth:
        assert judge(text, **domains).name == "proved"
    else:
        assert not blindly_proved(text, **domains)


@hostile
@given(small, small)
def test_quadratics(b: Fraction, c: Fraction) -> None:
    check(f"x**2 + ({b})*x + ({c}) >= 0", b * b <= 4 * c, x="real")
    check(f"x**2 + ({b})*x + ({c}) > 0", b * b < 4 * c, x="real")


@hostile
@given(small)
def test_quadratic_forms(s: Fraction) -> None:
    check(f"x**2 + ({s})*x*y + y**2 >= 0", abs(s) <= 2, x="real", y="real")


@hostile
@given(positive, small)
def test_tangent_lines_of_the_logarithm(c: Fraction, shift: Fraction) -> None:
    check(f"log(x) <= x/({c}) - 1 + log({c}) + ({shift})", shift >= 0, x="positive")


@hostile
@given(small, small)
def test_lines_below_the_exponential(k: Fraction, m: Fraction) -> None:
    check(f"exp(({k})*x) >= 1 + ({m})*x", k == m, x="real")
    check(f"exp(({k})*x) >= 1 + ({k})*x", True, x="real")


@hostile
@given(small)
def test_divergence_of_masses(s: Fraction) -> None:
    check(f"a*log(a/b) >= ({s})*(a - b)", s == 1, a="positive", b="positive")
    check("a*log(a/b) >= a - b", True, a="positive", b="positive")


@hostile
@given(st.fractions(min_value=0, max_value=1, max_denominator=6))
def test_weights_of_the_geometric_mean(w: Fraction) -> None:
    claim = f"sqrt(a*b) <= ({w})*a + (1 - {w})*b"
    check(claim, w == Fraction(1, 2), a="positive", b="positive")


@hostile
@given(st.fractions(min_value=Fraction(1, 20), max_value=Fraction(3, 25), max_denominator=40))
def test_curvature_of_softplus(c: Fraction) -> None:
    check(f"softplus(x) <= log(2) + x/2 + ({c})*x**2", False, x="real")


@pytest.mark.parametrize("stated", ["<", "<="])
@pytest.mark.parametrize("side", ["exp({})", "{}**3", "{} + exp({})", "tanh({})"])
def test_strictness_is_never_gained(stated: str, side: str) -> None:
    context = Context().declare("x").declare("y").assume("h", read_claim(f"x {stated} y"))
    a, b = side.replace("{}", "x"), side.replace("{}", "y")
    for claimed in ("<", "<="):
        claim = read_claim(f"{a} {claimed} {b}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Samples, "refutes", lambda self, claim: False)
            theorem = Prover(STRATEGIES, SMALL_FUEL).prove(context, claim, 2)
        if stated == "<=" and claimed == "<":
            assert theorem is None or theorem.conditions
