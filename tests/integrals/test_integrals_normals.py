"""Integrals over all numbers of polynomials, exponentials and normal densities."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.kernel import rules
from derive.kernel.integrals import ENDS
from derive.kernel.theorem import KernelError
from derive.proof import steps
from derive.search.conditions import discharge_all
from derive.search.gaussians import by_normals
from derive.search.integrals import Work, integral_value
from derive.search.limits import equation
from derive.terms import Context, read
from derive.terms.substitution import substitute
from derive.terms.term import num, sym
from numeric.domain import POSITIVE

SCALARS = Context().declare("a").declare("b").declare("c").declare("m").declare("n")
CONTEXT = SCALARS.declare("v", POSITIVE).declare("w", POSITIVE)


def attempt(body: str, context: Context = CONTEXT, ends: tuple[object, ...] = ENDS):
    node = read(f"Int({body}, x, -oo, oo)", context)
    inner = substitute(node.args[0], {"x": sym("x_1")})
    return by_normals(Work(context, node, "x_1", ends, inner, 0))


VALUES = {
    "Normal(x; m, v)": "1",
    "x*Normal(x; m, v)": "m",
    "x**2*Normal(x; m, v)": "m**2 + v",
    "(x - m)**6*Normal(x; m, v)": "15*v**3",
    "x*Normal(m; x, v)": "m",
    "x*Normal(x + b; m, v)": "m - b",
    "Normal(x; m, v)*log(Normal(x; m, v)/Normal(x; n, w))":
        "(log(w/v) + v/w + (m - n)**2/w - 1)/2",
    "exp(a*x)*Normal(x; m, v)": "exp(a*m + a**2*v/2)",
    "x*exp(a*x)*Normal(x; 0, 1)": "a*exp(a**2/2)",
    "Normal(a; b*x + c, w)*Normal(x; m, v)": "Normal(a; b*m + c, w + b**2*v)",
    "x*Normal(a; x, w)*Normal(x; m, v)":
        "Normal(a; m, w + v)*(m + v*(a - m)/(w + v))",
    "(a*Normal(x; m, v) + b*Normal(x; n, w))*x": "a*m + b*n",
    "(exp(a*x) - x)*Normal(x; m, v)": "exp(a*m + a**2*v/2) - m",
    "a*LogNormal(exp(x); m, v)*exp(2*x)": "a*exp(m + v/2)",
    "x*diff(log(Normal(x; m, v)), m)*Normal(x; m, v)": "1",
}  # fmt: skip


@pytest.mark.parametrize(("body", "value"), VALUES.items())
def test_values(body, value):
    found = attempt(body)
    same, tower = equation(CONTEXT, found.claim.rhs, read(value, CONTEXT))
    whole = discharge_all(rules.trans(found, same), tower)
    assert whole.claim.lhs == read(f"Int({body}, x, -oo, oo)", CONTEXT)
    assert not whole.conditions


OTHERS = (
    "sqrt(Normal(x; m, v))",
    "Normal(x; m, v)**3",
    "Normal(x; m, v)/Normal(x; n, w)",
    "Normal(x; m, v)/(1 + x**2)",
    "Normal(x; m, x**2 + 1)",
    "Normal(x**2; m, v)",
    "Normal(b*x; m, v)",
    "erf(x)*Normal(x; m, v)",
    "exp(x**2)*Normal(x; m, v)",
    "exp(x)*Normal(x; m, v)*Normal(x; n, w)",
    "x**40*Normal(x; m, v)",
    "Laplace(x; m, v)",
    "x*exp(-x**2)",
)


@pytest.mark.parametrize("body", OTHERS)
def test_other_integrands_are_refused(body):
    try:
        found = attempt(body)
    except KernelError:
        return
    assert found is None


def test_an_interval_is_left_to_others():
    assert attempt("Normal(x; m, v)", ends=(num(0), ENDS[1])) is None


def test_a_variance_of_unknown_sign_stays_a_condition():
    context = SCALARS.declare("s")
    found = integral_value(context, read("Int(x*Normal(x; m, s), x, -oo, oo)", context))
    assert "0 < s" in {str(c) for c in found.conditions}


@pytest.mark.parametrize("scale", ["-1", "0", "-v"])
def test_a_variance_that_is_not_positive_gives_nothing(scale):
    try:
        found = integral_value(CONTEXT, read(f"Int(Normal(x; m, {scale}), x, -oo, oo)", CONTEXT))
    except KernelError:
        return
    assert found is None or any("<" in str(c) or "!=" in str(c) for c in found.conditions)


def test_a_growing_exponential_has_no_integral():
    assert integral_value(CONTEXT, read("Int(x*exp(x**2), x, -oo, oo)")) is None


numbers = st.fractions(min_value=-3, max_value=3, max_denominator=4)


@given(st.lists(numbers, min_size=1, max_size=6), numbers, numbers.filter(lambda q: q > 0))
@settings(max_examples=15, deadline=None)
def test_moments(coefficients, m, v):
    """The mean of a polynomial is what the binomial formula says."""
    polynomial = " + ".join(f"({c})*x**{k}" if k else f"({c})" for k, c in enumerate(coefficients))
    found = integral_value(Context(), read(f"Int(({polynomial})*Normal(x; {m}, {v}), x, -oo, oo)"))
    odd = {0: 1, 2: 1, 4: 3}
    value = sum(
        (c * comb(k, j) * m ** (k - j) * v ** (j // 2) * odd[j]
         for k, c in enumerate(coefficients) for j in range(0, k + 1, 2)),
        Fraction(0),
    )  # fmt: skip
    assert equation(Context(), found.claim.rhs, num(value))[0].claim.rhs == num(value)


def test_a_second_integral_is_short():
    """What is common to all is proved once and instantiated."""
    found = [attempt(f"x**2*Normal(x; {m}, v)") for m in ("a", "b")]
    first, second = ({id(step) for step in steps(t)} for t in found)
    assert len(second - first) < 40
