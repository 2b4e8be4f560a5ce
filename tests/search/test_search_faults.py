"""Claims that the search once missed, or gave up with a message about its own workings."""

from __future__ import annotations

import pytest

from derive import Derivation
from derive.claims import declare
from derive.decision import prove
from derive.kernel.theorem import KernelError
from derive.search.distribution import power_of_zero
from derive.search.polynomials import number
from derive.terms import Context, read, read_claim
from numeric.domain import Domain

N = {"n": "integer >= 1"}
ALPHA = {**N, "alpha(s)": "in (0, 1)"}
BETA = {**N, "beta(s)": "in (0, 1)"}


def context(declared: dict[str, str], *hypotheses: str, **definitions: str) -> Context:
    """A context by words; a definition ``abar="Prod(..., t)"`` has the parameter t."""
    out = Context()
    for name, words in declared.items():
        out = declare(out, name, words)
    for name, body in definitions.items():
        inner = out.shadowed(("t",)).declare("t", Domain(integer=True))
        out = out.define(name, read(body, inner), ("t",))
    for place, text in enumerate(hypotheses):
        out = out.assume(f"h_{place}", read_claim(text, out))
    return out


def proved(text: str, ctx: Context) -> None:
    theorem, reason = prove(read_claim(text, ctx), ctx)
    assert theorem is not None, reason
    assert not theorem.conditions


@pytest.mark.parametrize(
    "text", ["sqrt(0) = 0", "0**(1/2) = 0", "sqrt(x - x) = 0", "(0*x)**(3/2)*x = 0"]
)
def test_a_root_of_zero_is_zero(text: str) -> None:
    proved(text, context({"x": "real"}))


def test_a_root_of_zero_needs_a_positive_exponent() -> None:
    assert power_of_zero(Context(), read("-1/2")).conditions
    theorem, _ = prove(read_claim("0**(-1/2) = 0"), Context())
    assert theorem is None or theorem.conditions


@pytest.mark.parametrize(
    "text",
    [
        "0 < Sum(p[j]*exp(i), j, 1, n)",
        "Sum(p[j]*i, j, 1, n) = i*Sum(p[k], k, 1, n)",
        "p[1] <= Sum(p[j], j, 1, n)",
        "Sum(2*i*p[j], j, 1, n) <= Sum(p[j]**2 + i**2, j, 1, n)",
    ],
)
def test_a_symbol_may_be_called_i(text: str) -> None:
    proved(text, context({"i": "real", **N, "p[j]": "positive"}))


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(1 - beta(n))*sqrt(Prod(1 - beta(s), s, 1, n - 1)) = sqrt(Prod(1 - beta(s), s, 1, n))",
        "log(Prod(1 - beta(s), s, 1, n)) = Sum(log(1 - beta(s)), s, 1, n)",
        "Prod(1 - beta(s), s, 1, n) = exp(Sum(log(1 - beta(s)), s, 1, n))",
        "Prod(beta(s) - 1, s, 1, n) = (-1)**n*Prod(1 - beta(s), s, 1, n)",
    ],
)
def test_factors_of_known_sign_are_taken_as_positive(text: str) -> None:
    proved(text, context(BETA))


def test_a_product_of_factors_of_unknown_sign_has_no_logarithm() -> None:
    ctx = context({**N, "b(s)": "real"})
    text = "log(Prod(1 - b(s), s, 1, n)) = Sum(log(1 - b(s)), s, 1, n)"
    theorem, _ = prove(read_claim(text, ctx), ctx)
    assert theorem is None or theorem.conditions


def test_derivatives_of_a_density_whose_variance_depends_on_a_symbol() -> None:
    ctx = context({"x": "real", "z": "real", "B": "positive"})
    p = "Normal(x; exp(-B/2)*z, 1 - exp(-B))"
    score = "(x - exp(-B/2)*z)**2/(1 - exp(-B))**2 - 1/(1 - exp(-B))"
    proved(f"diff(diff({p}, x), x) = {p}*({score})", ctx)
    proved(f"diff({p}, B) = diff(diff({p}, x), x)/2 + diff(x*{p}, x)/2", ctx)


def test_a_negative_power_of_an_integer_symbol() -> None:
    proved("a**(-n)*a**n = 1", context({"a": "positive", "n": "integer"}))
    ctx = context({"a": "real", "n": "integer"})
    _, reason = prove(read_claim("a**(-2*n) = a", ctx), ctx)
    assert "letters" not in reason


def test_a_sum_whose_terms_hold_its_end() -> None:
    ctx = context({**N, "a[s]": "real"})
    proved("Sum((1 - a[s])*Prod(a[r], r, s + 1, n), s, 1, n) = 1 - Prod(a[r], r, 1, n)", ctx)
    wrong = "Sum((1 - a[s])*Prod(a[r], r, s, n), s, 1, n) = 1 - Prod(a[r], r, 1, n)"
    assert prove(read_claim(wrong, ctx), ctx)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "abar(n) < 1",
        "sqrt(1 - abar(n))**2 = 1 - abar(n)",
        "x/(1 - abar(n))*(1 - abar(n)) = x",
        "log(1 - abar(n)) < 0",
    ],
)
def test_a_product_of_factors_below_one(text: str) -> None:
    proved(text, context({**ALPHA, "x": "real"}, abar="Prod(alpha(s), s, 1, t)"))


def test_a_product_of_factors_of_at_most_one_may_be_one() -> None:
    ctx = context({**N, "a(s)": "in (0, 1]"}, abar="Prod(a(s), s, 1, t)")
    assert prove(read_claim("abar(n) < 1", ctx), ctx)[0] is None


def test_a_sine_is_below_its_argument() -> None:
    proved("sin(x) < x", context({"x": "in (0, 1]"}))
    proved("0 <= sin(x)", context({"x": "in [0, 1]"}))
    ctx = context({"x": "in [0, 1]"})
    assert prove(read_claim("sin(x) < x", ctx), ctx)[0] is None


def test_a_hypothesis_about_the_last_factor() -> None:
    ctx = context({**N, "a[s]": "real"}, "a[n] = 0")
    proved("Prod(a[s], s, 1, n) = Prod(a[s], s, 1, n - 1)*a[n]", ctx)


def test_a_symbol_that_an_integral_equals() -> None:
    names = {"w": "real", "g": "real", "m": "real", "r(e)": "real"}
    proved("w + (g - m)**2 >= w", context(names, "Int(e*r(e), e, -oo, oo) = m"))


def test_integrals_under_a_sum() -> None:
    ctx = context({**N, "h[j]": "positive"})
    proved("Sum(Int(exp(x), x, 0, h[j]), j, 1, n) = Sum(exp(h[j]) - 1, j, 1, n)", ctx)


def test_a_number_that_is_too_long_is_a_refusal() -> None:
    with pytest.raises(KernelError):
        number(10**1300)
    d = Derivation("demo.long").declare(b="in (0, 1)")
    d.claim("1 - b < 1", label="below")
    d.claim(
        "1 - Prod(1 - s/1001, s, 1, 900) < 1",
        using=[("below", {"b": "Prod(1 - s/1001, s, 1, 900)"})],
    )
    assert d.check().links[0].verdict.name == "proved"
