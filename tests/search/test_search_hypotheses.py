"""What holds without a hypothesis is proved with it, and what follows from it is proved as well."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.claims import declare
from derive.decision import prove
from derive.terms import Context, read, read_claim

UNIT = "in (0, 1)"
COUNT = "integer >= 1"


def context_of(symbols: Mapping[str, str], assume: tuple[str, ...]) -> Context:
    """The context with these declarations and hypotheses."""
    context = Context()
    for name, domain in symbols.items():
        context = declare(context, name, domain)
    for number, hypothesis in enumerate(assume):
        context = context.assume(f"h{number}", read_claim(hypothesis, context))
    return context


def proved(claim: str, context: Context) -> bool:
    """Whether the search proves a claim without conditions; no point is looked at."""
    theorem, _ = prove(read_claim(claim, context), context)
    return theorem is not None and not theorem.conditions


REALS = dict.fromkeys("gfxyw", "real") | dict.fromkeys("pqv", "positive")
SUMS = {"n": COUNT, "x[i]": "real", "M": "real", "V": "real", "Q": "real", "y": "real"}
MOMENTS = (
    "n*M = Sum(x[i], i, 1, n)",
    "n*V = Sum((x[i] - M)**2, i, 1, n)",
    "n*Q = Sum(x[i]**2, i, 1, n)",
)
WEIGHTS = {"n": COUNT, "w[i]": "positive", "F[i]": UNIT, "a[i]": "real", "y": "real"}
SOFT = "Sum(w[i]*sigmoid(y), i, 1, n)"


@pytest.mark.parametrize(
    ("hypothesis", "claim", "wrong"),
    [
        ("g*q = 0", "g*q = 0", "g*q = q"),
        ("g*q = 0", "1 = 1 + x - x", "1 = 1 + x"),
        ("g*q = 0", "exp(log(q)) = q", "exp(log(q)) = g"),
        ("g*q = 0", "g + x = x", "g + x = q"),
        ("g*q = x*q", "exp(g) = exp(x)", "exp(g) = exp(x + q)"),
        ("exp(f)/(exp(f) + v*q) = p/(p + v*q)", "1 = 1 + x - x", "1 = 1 + f"),
        ("exp(f)/(exp(f) + v*q) = p/(p + v*q)", "exp(f) = p", "exp(f) = q"),
    ],
)
def test_a_solved_form_with_a_denominator(hypothesis: str, claim: str, wrong: str) -> None:
    context = context_of(REALS, (hypothesis,))
    assert proved(claim, context)
    assert proved(hypothesis, context)
    assert not proved(wrong, context)


@pytest.mark.parametrize("factor", ["x", "x - y", "f*g"])
def test_a_factor_that_may_be_zero_is_not_cancelled(factor: str) -> None:
    context = context_of(REALS, (f"({factor})*p = ({factor})*q",))
    assert proved("1 = 1 + x - x", context)
    assert proved(f"({factor})*p = ({factor})*q", context)
    assert not proved("p = q", context)


@settings(max_examples=20, deadline=None)
@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(1, 3))
def test_any_multiple_of_something_positive_is_cancelled(a: int, b: int, c: int) -> None:
    context = context_of(REALS, (f"({c}*q + v)*(x - ({a})*y) = ({c}*q + v)*({b})",))
    assert proved(f"x = ({a})*y + ({b})", context)
    assert not proved(f"x = ({a})*y + ({b}) + 1", context)


def test_three_sums_about_the_same_terms() -> None:
    context = context_of(SUMS, MOMENTS)
    for stated in (*MOMENTS, "y + 1 = 1 + y", "V = Q - M**2"):
        assert proved(stated, context)
    assert proved("Sum((x[i] - M)**2, i, 1, n) = Sum(x[i]**2, i, 1, n) - n*M**2", context)
    assert not proved("V = Q", context)
    assert not proved("V = Q + M**2", context)


@pytest.mark.parametrize(
    "claim",
    [
        f"Sum(w[i], i, 1, n) - {SOFT} = Sum(w[i]*(1 - sigmoid(y)), i, 1, n)",
        "0 < Sum(w[i]*(1 - F[i]), i, 1, n)",
        "Sum(w[i]*F[i], i, 1, n) < Sum(w[i], i, 1, n)",
        "Sum(w[i]*F[i], i, 1, n) < 1",
        "Sum(w[i]*sigmoid(a[i]), i, 1, n) < Sum(w[i], i, 1, n)",
        f"{SOFT} = sigmoid(y)",
    ],
)
def test_sums_with_weights_of_a_known_total(claim: str) -> None:
    assert proved(claim, context_of(WEIGHTS, ("Sum(w[i], i, 1, n) = 1",)))


@pytest.mark.parametrize(
    "claim",
    [
        "0 < Sum(w[i]*(1/2 - F[i]), i, 1, n)",
        "Sum(w[i]*F[i], i, 1, n) < 1/2",
        "Sum(w[i]*F[i], i, 1, n) = 1",
        f"Sum(w[i], i, 1, n) - {SOFT} = Sum(w[i]*(1 + sigmoid(y)), i, 1, n)",
    ],
)
def test_a_known_total_shows_nothing_that_is_false(claim: str) -> None:
    assert not proved(claim, context_of(WEIGHTS, ("Sum(w[i], i, 1, n) = 1",)))


def test_a_total_of_another_size_is_used_as_it_is() -> None:
    context = context_of(WEIGHTS, ("Sum(w[i], i, 1, n) = 2",))
    assert proved("Sum(w[i]*F[i], i, 1, n) < 2", context)
    assert not proved("Sum(w[i]*F[i], i, 1, n) < 1", context)
    assert not proved("Sum(w[i]*F[i], i, 1, n) < 1", context_of(WEIGHTS, ()))


def test_an_equation_of_matrices_and_its_transpose() -> None:
    symbols = {"n": COUNT, "m": COUNT, "k": COUNT}
    shapes = {"N": "n x m", "L": "n x k", "O": "m x k", "K": "k x k"}
    symbols |= {name: f"matrix {shape}" for name, shape in shapes.items()}
    context = context_of(symbols, ("N.T @ L = O @ K",))
    for claim in ("L.T @ N = (N.T @ L).T", "N.T @ L = O @ K", "L.T @ N = K.T @ O.T"):
        assert proved(claim, context)
    assert not proved("L.T @ N = K @ O.T", context)


@pytest.mark.parametrize("stated", ["{0} = m", "m = {0}", "2*m = {0} + 1", "{0} = m**2 + x"])
def test_an_integral_is_written_by_a_name_and_not_the_name_by_it(stated: str) -> None:
    symbols = {"e": "real", "r(t)": "positive", "m": "real", "w": "real", "g": "real", "x": "real"}
    hypothesis = stated.format("Int(e*r(e), e, -oo, oo)")
    context = context_of(symbols, (hypothesis,))
    assert proved(hypothesis, context)
    assert proved("w + (g - m)**2 >= w", context)
    assert not proved("w + (g - m)**2 > w", context)


def test_integrals_of_known_value_stand_beside_those_with_a_name() -> None:
    density = {"b": UNIT, "m": "real", "v": "real", "p(t)": "positive"}
    mass, mean = "Int(p(z), z, -oo, oo)", "Int(z*p(z), z, -oo, oo)"
    spread = "Int((z - m)**2*p(z), z, -oo, oo)"
    context = context_of(density, (f"{mass} = 1", f"{mean} = m", f"{spread} = v"))
    assert proved(f"b*{spread} + (1 - b)*{mass} = b*v + 1 - b", context)
    assert proved(f"Int((b*(z - m)**2 + 1 - b)*p(z), z, -oo, oo) = b*{spread} + 1 - b", context)
    assert not proved(f"b*{spread} + (1 - b)*{mass} = b*v + 1", context)


def test_the_same_over_a_space() -> None:
    symbols = {"X": "space", "p(x)": "positive", "m": "real", "w": "real"}
    for hypothesis in ("Int(p(x), x, X) = m", "m = Int(p(x), x, X)"):
        context = context_of(symbols, (hypothesis,))
        assert proved("w <= w + m**2", context)
        assert proved("Int(2*p(x), x, X) = 2*m", context)
        assert not proved("Int(2*p(x), x, X) = m", context)


def test_a_condition_is_discharged_by_a_hypothesis_in_other_words() -> None:
    context = context_of({"n": COUNT, "S": "matrix n x n"}, ("det(eye(n) + S) != 0",))
    assert proved("det(S + eye(n)) != 0", context)
    assert proved("2*det(S + eye(n)) != 0", context)
    assert proved("inv(S + eye(n)) @ (S + eye(n)) = eye(n)", context)
    assert not proved("det(eye(n) - S) != 0", context)
    assert not proved("det(S + eye(n)) != 1", context)


def test_an_order_between_integrals_is_used_with_room_to_spare() -> None:
    symbols = {"X": "space", "p(x)": "positive", "q(x)": "positive"}
    context = context_of(symbols, ("1 <= Int(p(x), x, X)",))
    assert proved("0 <= log(Int(p(x), x, X)) - log(Int(p(x), x, X))", context)
    assert proved("1/Int(p(x), x, X) = 1/Int(p(x), x, X)", context)
    assert proved("0 < Int(p(x), x, X)", context)
    assert not proved("1 < Int(p(x), x, X)", context)
    assert not proved("0 < Int(q(x), x, X)", context)


@pytest.mark.parametrize("apart", ["q != p", "p != q", "p - q != 0", "2*q != 2*p"])
def test_the_tangent_of_the_logarithm_is_strict_away_from_one(apart: str) -> None:
    context = context_of(REALS, (apart,))
    assert proved("log(p/q) < p/q - 1", context)
    assert proved("q*log(p/q) < p - q", context)
    assert not proved("log(p/q) < p/q - 2", context)
    assert not proved("log(p/v) < p/v - 1", context)
    assert not proved("log(p/q) < p/q - 1", context_of(REALS, ()))


def test_no_condition_is_left_that_no_sample_satisfies() -> None:
    theorem, _ = prove(read_claim("log(p/q) < p/q - 1"), context_of(REALS, ()))
    assert theorem is None


@pytest.mark.parametrize("far", ["g*v = 0", "g*v = 3*v", "g*p = x*p", "v*g = v**2 - 1"])
def test_samples_are_found_that_satisfy_an_equation(far: str) -> None:
    context = context_of(REALS, (far,))
    assert proved("p*q/(p + q) <= min(p, q)", context)
    assert not proved("p*q/(p + q) <= min(p, q)/2", context)


def test_a_condition_that_a_hypothesis_brings_is_not_kept() -> None:
    context = context_of(REALS | {"a": UNIT, "b": UNIT}, ("b + g = 2*v",))
    lhs, rhs = "2*log(sqrt(a*b) + sqrt((1 - a)*(1 - b)))", "log((1 - a)*(1 - b) + a*b + {0})"
    assert proved(f"{lhs} = {rhs.format('2*sqrt(a*b*(1 - a)*(1 - b))')}", context)
    assert not proved(f"{lhs} = {rhs.format('sqrt(a*b*(1 - a)*(1 - b))')}", context)


def test_a_hypothesis_that_cannot_be_read_is_passed_over() -> None:
    big = "*".join(f"(x + {n}*y + {n**2}*f + g**{n})" for n in range(1, 9))
    context = context_of(REALS, (f"({big})**9 = p", "x = 2*y"))
    assert proved("x + y = 3*y", context)
    assert not proved("x + y = 4*y", context)


def test_a_definition_that_holds_an_integral() -> None:
    context = Context()
    for name, domain in {"Z": "space", "p(x, z)": "positive", "x": "real", "t": "real"}.items():
        context = declare(context, name, domain)
    context = context.define("px", read("Int(p(x, z), z, Z)", context), ("x",))
    inner = context.declare("z")
    context = context.define("post", read("p(x, z)/px(x)", inner), ("z", "x"))
    exists = "for all x: Int(p(x, z), z, Z) = Int(p(x, z), z, Z)"
    context = context.assume("h_exists", read_claim(exists, context))
    claim = "p(x, t) = post(t, x)*px(x)"
    assert not proved(claim, context)
    context = context.assume("h_support", read_claim("0 < px(x)", context))
    assert proved("px(x) = px(x)", context)
    assert proved(claim, context)
    assert not proved("p(x, t) = 2*post(t, x)*px(x)", context)
