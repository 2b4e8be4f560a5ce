"""Equations that need more than generators: cases, related logarithms, recurrences, special functions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.claims import read_object
from derive.decision import decide, prove

UNIT = "in (0, 1)"


def verdict(lhs: str, rhs: str, *assume: str, relation: str = "=", **symbols: str) -> Any:
    """The name of the verdict on a claim given as text."""
    names = {name.replace("_at", "(t)"): domain for name, domain in symbols.items()}
    data = {"lhs": lhs, "rhs": rhs, "relation": relation, "symbols": names, "assume": list(assume)}
    context, claim = read_object(data)
    return decide(claim, context).name


@pytest.mark.parametrize(
    ("lhs", "rhs", "symbols"),
    [
        ("max(a, 0) - min(a, 0)", "abs(a)", {"a": "real"}),
        ("sign(a - b)*abs(a - b)", "a - b", {"a": "real", "b": "real"}),
        ("max(a, b) + min(a, b)", "a + b", {"a": "real", "b": "real"}),
        ("max(a, 0) + log(1 + exp(-abs(a)))", "softplus(a)", {"a": "real"}),
        ("abs(abs(a) - a)", "abs(a) - a", {"a": "real"}),
    ],
)
def test_equations_that_split_into_cases(lhs: str, rhs: str, symbols: dict[str, str]) -> None:
    assert verdict(lhs, rhs, **symbols) == "proved"
    assert verdict(lhs, f"{rhs} + a", **symbols) == "refuted"


def test_the_case_of_zero_is_not_skipped() -> None:
    assert verdict("sign(a)**2", "1", a="real") == "refuted"
    assert verdict("sign(a)**2", "1", "a != 0", a="real") == "proved"
    assert verdict("abs(a)/a", "sign(a)", a="real") in ("conditional", "refuted")


def test_logarithms_of_a_square_written_out() -> None:
    lhs, rhs = "2*log(sqrt(p) + sqrt(q))", "log(p + q + 2*sqrt(p*q))"
    assert verdict(lhs, rhs, p="positive", q="positive") == "proved"
    wrong = "log(p + q + sqrt(p*q))"
    assert verdict(lhs, wrong, p="positive", q="positive") == "refuted"


def test_a_recurrence_is_used_as_often_as_it_is_stated() -> None:
    facts = ("a(t) = a(t - 1)*b(t)", "a(t - 1) = a(t - 2)*b(t - 1)")
    symbols = {"t": "integer >= 2", "a(t)": UNIT, "b(t)": UNIT}
    assert verdict("a(t)", "a(t - 2)*b(t - 1)*b(t)", *facts, **symbols) == "proved"
    assert verdict("a(t)", "a(t - 2)*b(t - 1)*b(t)", facts[0], **symbols) != "proved"
    assert verdict("a(t)", "a(t - 2)*b(t)*b(t)", *facts, **symbols) != "proved"


def test_two_statements_about_one_symbol_are_both_used() -> None:
    facts = ("s = x + y", "s = 2*z")
    assert verdict("x", "2*z - y", *facts, s="real", x="real", y="real", z="real") == "proved"


def test_an_equation_is_solved_for_what_is_multiplied_by_something_positive() -> None:
    fact = "sqrt(b)*x + sqrt(1 - b)*e = sqrt(b)*y + sqrt(1 - b)*f"
    symbols = {"b": UNIT, "x": "real", "y": "real", "e": "real", "f": "real"}
    assert verdict("(e - f)**2", "b/(1 - b)*(x - y)**2", fact, **symbols) == "proved"
    assert verdict("(e - f)**2", "(1 - b)/b*(x - y)**2", fact, **symbols) != "proved"


def test_angles_in_the_first_quadrant() -> None:
    lhs, rhs = "log(cos(u)**2/sin(u)**2)", "-2*log(tan(u))"
    assert verdict(lhs, rhs, u="in (0, 3/2)") == "proved"
    assert verdict(lhs, rhs, u="in (0, 2)") != "proved"
    assert verdict("cos(pi/6)**2 + sin(3*pi)", "3/4") == "proved"


@pytest.mark.parametrize(
    ("lhs", "rhs", "symbols"),
    [
        ("Gamma(7/2)", "15*sqrt(pi)/8", {}),
        ("Gamma(a + 3)/Gamma(a)", "a*(a + 1)*(a + 2)", {"a": "positive"}),
        ("digamma(a + 2) - digamma(a)", "1/a + 1/(a + 1)", {"a": "positive"}),
        ("Beta(a + 1, b)", "Beta(a, b)*a/(a + b)", {"a": "positive", "b": "positive"}),
    ],
)
def test_gamma_and_its_kin(lhs: str, rhs: str, symbols: dict[str, str]) -> None:
    assert verdict(lhs, rhs, **symbols) == "proved"
    assert verdict(lhs, f"{rhs} + 1", **symbols) == "refuted"


def test_gamma_is_not_stepped_below_zero() -> None:
    assert verdict("Gamma(n + 1)", "n*Gamma(n)", n="integer >= 0") == "refuted"
    assert verdict("Gamma(n + 1)", "n*Gamma(n)", n="integer >= 1") == "proved"


def test_products_of_gaussian_densities() -> None:
    symbols = {"x": "real", "a": "real", "b": "real", "v": "positive", "w": "positive"}
    lhs = "Normal(x; a, v)*Normal(x; b, w)"
    rhs = "Normal(a; b, v + w)*Normal(x; (a*w + b*v)/(v + w), v*w/(v + w))"
    assert verdict(lhs, rhs, **symbols) == "proved"
    swapped = "Normal(a; b, v + w)*Normal(x; (a*v + b*w)/(v + w), v*w/(v + w))"
    assert verdict(lhs, swapped, **symbols) == "refuted"


@settings(max_examples=25, deadline=None)
@given(st.integers(-4, 4), st.integers(-4, 4), st.integers(-4, 4))
def test_piecewise_linear_functions_are_equal_only_where_they_are(a: int, b: int, c: int) -> None:
    lhs = f"{a}*max(x, 0) + {b}*min(x, 0) + {c}*abs(x)"
    rhs = f"({a + b})/2*x + ({a - b + 2 * c})/2*abs(x)"
    assert verdict(lhs, rhs, x="real") == "proved"
    assert verdict(lhs, f"{rhs} + max(x, 0)", x="real") == "refuted"


def test_the_inverse_of_a_zero_matrix_ends_the_search() -> None:
    lhs, rhs = "trace(transpose(A @ inv(zeros(d, d))))", "trace(A @ inv(zeros(d, d)))"
    data = {"lhs": lhs, "rhs": rhs, "symbols": {"d": "integer >= 1", "A": "matrix d x d"}}
    context, claim = read_object(data)
    theorem, reason = prove(claim, context)
    assert theorem is not None, reason
    assert theorem.conditions
