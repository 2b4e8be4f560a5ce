"""Values of integrals: what is proved agrees with other computations, and a changed value is not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from flint import acb, arb, ctx, fmpq
from helpers import judge
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.kernel.bounds import proves
from derive.search import proposals
from derive.search.integrals import integral_value
from derive.terms import Context, Term, num, read, sym
from derive.terms.lower import lower
from derive.terms.term import add, binder, call, div, mul, neg, power
from numeric.balls import run

small = st.fractions(min_value=-3, max_value=3, max_denominator=4)
steps = st.fractions(min_value=Fraction(1, 4), max_value=3, max_denominator=4)
X = sym("x")


@pytest.mark.parametrize(
    "claim",
    [
        "Int(Normal(x; m, v), x, -oo, oo) = 1",
        "Int(x*Normal(x; m, v), x, -oo, oo) = m",
        "Int((x - m)**2*Normal(x; m, v), x, -oo, oo) = v",
        "Int((x - m)**4*Normal(x; m, v), x, -oo, oo) = 3*v**2",
        "Int(exp(x)*Normal(x; m, v), x, -oo, oo) = exp(m + v/2)",
        "Int(Normal(x; m, v), x, -oo, b) = (1 + erf((b - m)/sqrt(2*v)))/2",
        "Int(-log(Normal(x; m, v))*Normal(x; m, v), x, -oo, oo) = log(2*pi*v)/2 + 1/2",
        "Int(Laplace(x; m, b), x, -oo, oo) = 1",
        "Int(x*Laplace(x; m, b), x, -oo, oo) = m",
        "Int(LogNormal(x; m, v), x, 0, oo) = 1",
        "Int(x**2*LogNormal(x; m, v), x, 0, oo) = exp(2*m + 2*v)",
        "Int(b*exp(-b*x), x, 0, oo) = 1",
        "Int(x**3*exp(-b*x), x, 0, oo) = 6/b**4",
        "Int(1/(b**2 + x**2), x, -oo, oo) = pi/b",
        "Int(log(x)/x**3, x, 1, oo) = 1/4",
        "Int(max(x - m, 0)*exp(-x), x, m, oo) = exp(-m)",
        "Int(Int(exp(-x - y), y, x, oo), x, 0, oo) = 1/2",
        "Int(Normal(x; 0, b)*Normal(m; x, v), x, -oo, oo) = Normal(m; 0, b + v)",
        "Int(max(x, 0)*Normal(x; 0, v), x, -oo, oo) = sqrt(v/(2*pi))",
    ],
)
def test_laws_and_their_moments(claim: str) -> None:
    assert judge(claim, m="real", v="positive", b="positive").name == "proved"
    wrong = judge(claim + " + 1/1000", m="real", v="positive", b="positive").name
    assert wrong == ("undecided" if claim.startswith("Int(Int(") else "refuted")


@pytest.mark.parametrize(
    ("claim", "condition"),
    [
        ("Int(Normal(x; m, v), x, -oo, oo) = 1", "0 < v"),
        ("Int(exp(-v*x), x, 0, oo) = 1/v", "0 < v"),
        ("Int(x, x, m, v) = (v**2 - m**2)/2", "m <= v"),
    ],
)
def test_a_condition_on_the_parameters_is_printed(claim: str, condition: str) -> None:
    verdict = judge(claim, m="real", v="real")
    assert verdict.name == "conditional"
    assert [str(c) for c in verdict.conditions] == [condition]


@pytest.mark.parametrize(
    "claim",
    [
        "Int(x/x, x, -1, 1) = 2",
        "Int(log(x**2), x, -1, 1) = -4",
        "Int(tan(x), x, 0, 2) = -log(abs(cos(2)))",
        "Int(1/(x - 1)**2, x, m, v) = 1/(m - 1) - 1/(v - 1)",
        "Int(exp(x), x, -oo, oo) = 0",
        "Int(sin(x), x, 0, oo) = 1",
        "Int(1, x, 0, oo) = 0",
        "Int(1/abs(x)**(1/2), x, -1, 1) = 4",
    ],
)
def test_an_integral_that_does_not_exist_has_no_value(claim: str) -> None:
    assert judge(claim, m="real", v="real").name == "undecided"


def test_an_integral_inside_other_operations() -> None:
    assert judge("log(Int(b*exp(-b*x), x, 0, oo)) = 0", b="positive").name == "proved"
    assert judge("exp(Int(x, x, 0, 1)) = sqrt(exp(1))").name == "proved"
    assert judge("Int(exp(-x**2), x, -oo, oo) >= 1").name == "proved"
    assert judge("Int(x**2, x, 0, b) > 0", b="positive").name == "proved"


@given(st.lists(small, min_size=1, max_size=5), small, steps, small.filter(bool))
@settings(max_examples=12, deadline=None)
def test_polynomials(cs: list[Fraction], low: Fraction, width: Fraction, off: Fraction) -> None:
    body = " + ".join(f"({c})*x**{i}" if i else f"({c})" for i, c in enumerate(cs))
    high = low + width
    value = sum(
        (c * (high ** (i + 1) - low ** (i + 1)) / (i + 1) for i, c in enumerate(cs)), off * 0
    )
    node = f"Int({body}, x, {low}, {high})"
    assert judge(f"{node} = {value}").name == "proved"
    assert judge(f"{node} = {value + off}").name != "proved"
    assert judge(f"Int({body}, x, {high}, {low}) = {-value}").name != "proved"


@given(small, small, steps, small.filter(bool), st.sampled_from([1, 2]))
@settings(max_examples=4, deadline=None)
def test_moments_of_a_normal_law(
    shift: Fraction, m: Fraction, v: Fraction, off: Fraction, degree: int
) -> None:
    central = {0: Fraction(1), 1: Fraction(0), 2: v, 3: Fraction(0)}
    value = sum(
        comb(degree, k) * (m + shift) ** (degree - k) * central[k] for k in range(degree + 1)
    )
    node = f"Int((x + {shift})**{degree}*Normal(x; {m}, {v}), x, -oo, oo)".replace("+ -", "- ")
    assert judge(f"{node} = {value}").name == "proved"
    assert judge(f"{node} = {value + off}").name != "proved"


def _grow(children: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pair = st.tuples(children, children)
    named = st.sampled_from(["exp", "sin", "cos", "sqrt", "log", "atan", "abs", "sigmoid", "tanh"])
    return (
        pair.map(lambda p: add(*p))
        | pair.map(lambda p: mul(*p))
        | pair.map(lambda p: div(*p))
        | children.map(neg)
        | st.tuples(children, st.integers(-2, 3)).map(lambda p: power(p[0], num(p[1])))
        | st.tuples(named, children).map(lambda p: call(*p))
    )


integrands = st.recursive(st.just(X) | small.map(num), _grow, max_leaves=5)

FUNCTIONS: dict[str, Callable[..., acb]] = {
    "exp": lambda z, a: z.exp(),
    "sin": lambda z, a: z.sin(),
    "cos": lambda z, a: z.cos(),
    "atan": lambda z, a: acb("nan") if a and bool(z.imag.mid() != 0) else z.atan(),
    "sqrt": lambda z, a: z.sqrt(analytic=a),
    "log": lambda z, a: z.log(analytic=a),
    "abs": lambda z, a: z.real_abs(analytic=a),
    "sigmoid": lambda z, a: 1 / (1 + (-z).exp()),
    "tanh": lambda z, a: z.tanh(),
}


def _at(term: Term, z: acb, analytic: bool) -> Any:
    """A term at a complex ball, as FLINT's integration asks for it."""
    args = [_at(a, z, analytic) for a in term.args]
    match term.head:
        case "num":
            value = term.payload[0]
            return acb(arb(fmpq(value.numerator, value.denominator)))
        case "sym":
            return z
        case "add":
            return sum(args[1:], args[0])
        case "mul":
            out = args[0]
            for a in args[1:]:
                out = out * a
            return out
        case "neg":
            return -args[0]
        case "div":
            return args[0] / args[1]
        case "pow":
            value = term.args[1]
            n = -int(value.args[0].payload[0]) if value.head == "neg" else int(value.payload[0])
            return args[0] ** n
        case _:
            return FUNCTIONS[term.payload](args[0], analytic)


@given(integrands, small, steps)
@settings(max_examples=60, deadline=None)
def test_a_value_agrees_with_rigorous_integration(
    body: Term, low: Fraction, width: Fraction
) -> None:
    node = binder("int", "x", body, num(low), num(low + width))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proposals, "antiderivative", lambda *_: None)
        theorem = integral_value(Context(), node)
    if theorem is None or not all(proves(Context(), c) for c in theorem.conditions):
        return
    ctx.prec = 64
    (value,) = run(lower(Context(), [theorem.claim.rhs]), {}, 128)
    value = arb(value)
    ends = [acb(arb(fmpq(e.numerator, e.denominator))) for e in (low, low + width)]
    enclosure = acb.integral(lambda z, a: _at(body, z, a), *ends, eval_limit=3000).real
    assert not enclosure.is_finite() or enclosure.overlaps(value), theorem


def test_the_enclosures_are_fine_enough_to_tell() -> None:
    body = read("sqrt(x)*exp(-x)/(1 + x**2)")
    enclosure = acb.integral(lambda z, a: _at(body, z, a), acb(1), acb(2)).real
    assert enclosure.rad() < 1e-9
