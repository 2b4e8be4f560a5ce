"""Claims about integrals: a false one falls to enclosures at a point, a true one never does."""

from __future__ import annotations

import pytest

from derive import Context, read, read_claim, read_domain
from derive.claims import read_object
from derive.decision import decide
from derive.refute import Refuter
from derive.verdict import Refuted

GAUSS = "Int(exp(-(x - m)**2/(2*v)), x, -oo, oo)"
REAL_AND_VARIANCE = {"m": "real", "v": "positive"}

FALSE = [
    ("Int(x, x, 0, 1)", "1/3", {}, "left 1/2, right 1/3"),
    ("Int(exp(-a*x), x, 0, oo)", "a", {"a": "positive"}, "at a = 2"),
    (GAUSS, "sqrt(2*pi)*v", REAL_AND_VARIANCE, "at m = 1, v = 2: left 3.544907"),
    (GAUSS, "sqrt(pi*v)", REAL_AND_VARIANCE, "left 2.506628"),
    ("E[x ~ Normal(m, v)](x**2)", "m**2 + v**2", REAL_AND_VARIANCE, "left 3"),
    ("E[x ~ Laplace(m, v)](abs(x - m))", "2*v", REAL_AND_VARIANCE, "at m = 1, v = 1"),
    ("E[x ~ LogNormal(m, v)](x)", "exp(m)", REAL_AND_VARIANCE, "left 4.481689"),
    ("E[m ~ Normal(m, v)](m)", "0", REAL_AND_VARIANCE, "at m = 1"),
    ("Int(abs(x - t), x, 0, 1)", "t**2/2", {"t": "in (0, 1)"}, "at t = 1/2: left 1/4, right 1/8"),
    ("Int(Sum(x**i, i, 1, n), x, 0, 1)", "n", {"n": "integer >= 1"}, "at n = 1: left 1/2, right 1"),
]

TRUE = [
    ("Int(x, x, 0, 1)", "1/2", {}),
    ("Int(exp(-a*x), x, 0, oo)", "1/a", {"a": "positive"}),
    (GAUSS, "sqrt(2*pi*v)", REAL_AND_VARIANCE),
    ("E[x ~ Normal(m, v)](x**2)", "m**2 + v", REAL_AND_VARIANCE),
    ("E[x ~ Laplace(m, v)](abs(x - m))", "v", REAL_AND_VARIANCE),
    ("E[x ~ LogNormal(m, v)](x)", "exp(m + v/2)", REAL_AND_VARIANCE),
    ("Int(1/sqrt(x), x, 0, 1)", "2", {}),
    ("Int(log(x), x, 0, 1)", "-1", {}),
    ("Int(x**a, x, 0, 1)", "1/(a + 1)", {"a": "nonnegative"}),
    ("Int(abs(x - t), x, 0, 1)", "t**2 - t + 1/2", {"t": "in (0, 1)"}),
]


@pytest.mark.parametrize(("lhs", "rhs", "symbols", "shown"), FALSE)
def test_a_false_value_is_refuted(lhs: str, rhs: str, symbols: dict[str, str], shown: str) -> None:
    context, claim = read_object({"lhs": lhs, "relation": "=", "rhs": rhs, "symbols": symbols})
    verdict = decide(claim, context)
    assert isinstance(verdict, Refuted), verdict
    assert shown in str(verdict.witness)


@pytest.mark.parametrize(("lhs", "rhs", "symbols"), TRUE)
def test_a_true_value_has_no_witness(lhs: str, rhs: str, symbols: dict[str, str]) -> None:
    context, claim = read_object({"lhs": lhs, "relation": "=", "rhs": rhs, "symbols": symbols})
    refuter = Refuter(context, points=12, most=4, integrals=True)
    assert refuter.search(claim) == (None, None)
    assert not refuter.blocked
    assert decide(claim, context).name != "refuted"


@pytest.mark.parametrize(
    ("integral", "value"),
    [("Int(1/x, x, -1, 1)", "0"), ("Int(1/x**2, x, -1, 1)", "-2"), ("Int(x, x, 1, 0)", "-1/2")],
)
def test_an_integral_without_a_value_is_not_given_one(integral: str, value: str) -> None:
    context, claim = read_object({"lhs": integral, "relation": "=", "rhs": value, "symbols": {}})
    assert Refuter(context, integrals=True).search(claim) == (None, None)


def test_an_order_between_integrals() -> None:
    data = {"lhs": "Int(x**2, x, 0, a)", "relation": "<=", "rhs": "Int(x, x, 0, a)"}
    context, claim = read_object({**data, "symbols": {"a": "positive"}})
    verdict = decide(claim, context)
    assert isinstance(verdict, Refuted)
    assert "at a = 2" in str(verdict.witness)


def test_a_hard_integral_is_given_up() -> None:
    hard = "Int(sin(exp(x**5)), x, -oo, oo)"
    context, claim = read_object({"lhs": hard, "relation": "=", "rhs": "1", "symbols": {}})
    assert decide(claim, context).name == "undecided"


@pytest.mark.parametrize("body", ["Int(1/sqrt(abs(x - t)), x, 0, 1)", "Int((x - t)**0, x, 0, 1)"])
def test_no_hypothesis_about_an_integral_is_taken_to_hold(body: str) -> None:
    """The integral is undefined for t inside (0, 1), where the integrand is undefined at x = t."""
    context = Context().declare("t", read_domain("in [0, 1]")).define("c", read(body))
    verdict = decide(read_claim("t*(1 - t) = 0"), context.assume("h", read_claim("c > 0")))
    assert verdict.name == "undecided"


@pytest.mark.parametrize("body", ["Gamma(i + t)", "Laplace(0; 0, i + t)"])
def test_a_bound_name_has_not_the_domain_of_a_declared_one(body: str) -> None:
    """The hypothesis has a value for t > 2 only, whatever a declared i may be."""
    context = (
        Context().declare("t", read_domain("nonnegative")).declare("i", read_domain("positive"))
    )
    context = context.assume("h", read_claim(f"Sum({body}, i, -2, -1) < 10"))
    assert decide(read_claim("t > 2"), context).name != "refuted"


def test_what_a_definition_needs_positive_is_undefined_elsewhere() -> None:
    context = Context().declare("t", read_domain("real")).define("c", read("Gamma(t)"))
    context = context.assume("h", read_claim("c < 3"))
    assert decide(read_claim("t > 0"), context).name != "refuted"
