"""Tactics: each shows what it is for, and refuses true claims that are another's."""

from __future__ import annotations

import re

import pytest
from helpers import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.tactics import Goal, Refused, goal, registry, run

AB = {"a": "positive", "b": "positive"}
XY = {"x": "real", "y": "real"}
SUMS = {"n": "integer >= 1", "x[i]": "real"}
POSITIVE = {"n": "integer >= 1", "b[i]": "positive"}
UNIT = {"a": "positive", "b": "positive", "c": "in (0, 1)"}
MATRICES = {"n": "integer >= 1", "A": "matrix n x n", "B": "matrix n x n"}

SHOWS: list[tuple[str, Goal]] = [
    ("ring", goal("(x + y)**2 - (x - y)**2 = 4*x*y", **XY)),
    ("ring", goal("x**3 = y*x", "x**2 = y", **XY)),
    ("ring", goal("1/(1 + 1/a) = a/(a + 1)", **AB)),
    ("subst", goal("sin(x) + y = sin(y**2) + y", "x = y**2", **XY)),
    ("unfold", goal("softplus(x)*sqrt(2) = log(1 + exp(x))*2**(1/2)", **XY)),
    ("unfold", goal("Normal(x; y, 1) = exp(-(x - y)**2/(2*1))/sqrt(2*pi*1)", **XY)),
    ("log_exp", goal("exp(2*log(a) - log(b)) = a**2/b", **AB)),
    ("log_exp", goal("a**x*a**y = a**(x + y)", **AB, **XY)),
    ("root", goal("sqrt(a*b) = sqrt(a)*sqrt(b)", **AB)),
    ("root", goal("sqrt(x**2) = abs(x)", **XY)),
    ("trig", goal("cos(x)**2 + sin(x)**2 = 1", **XY)),
    ("special", goal("Gamma(a + 2) = a*(a + 1)*Gamma(a)", **AB)),
    ("sum_ring", goal("Sum(2*x[i] + 1, i, 1, n) = 2*Sum(x[j], j, 1, n) + n", **SUMS)),
    ("sum_ring", goal("Prod(2*b[i], i, 1, n) = 2**n*Prod(b[i], i, 1, n)", **POSITIVE)),
    ("telescope", goal("Sum(1/(i*(i + 1)), i, 1, n) = n/(n + 1)", **SUMS)),
    ("induction", goal("Sum(i**3, i, 1, n) = (n*(n + 1)/2)**2", **SUMS)),
    ("induction", goal("1 + n*a <= (1 + a)**n*Prod(1, i, 1, n)", **SUMS, **AB)),
    ("diff", goal("diff(exp(a*x), x) = a*exp(a*x)", **AB, **XY)),
    ("ftc", goal("Int(x**2, x, 0, a) = a**3/3", **AB)),
    ("monotone_fn", goal("exp(a) - 1/a < exp(b) - 1/b", "a < b", **AB)),
    ("monotone_fn", goal("exp(-x) >= exp(-y)", "x <= y", **XY)),
    ("convex_max", goal("b*log(c) + a*log(1 - c) <= b*log(b/(a + b)) + a*log(1 - b/(a + b))", **UNIT)),
    ("convex_max", goal("b**2 - 2*a*b >= a**2 - 2*a*a", **AB)),
    ("bound", goal("0 < exp(x) + a", **AB, **XY)),
    ("interval", goal("exp(1) < 272/100")),
    ("ord", goal("a*b <= (a**2 + b**2)/2", **AB)),
    ("ord", goal("x < y + 1", "x < y", **XY)),
    ("sum_ord", goal("0 <= Sum((x[i] - 1)**2, i, 1, n)", **SUMS)),
    ("cases", goal("max(x, y) + min(x, y) = x + y", **XY)),
    ("cases", goal("abs(x) - abs(y) <= abs(x - y)", **XY)),
    ("cite", goal("x - y <= 0", "x < y", **XY)),
    ("cite", goal("y = x", "x = y", **XY)),
    ("mat_ring", goal("A @ (B + A) = A @ B + A @ A", **MATRICES)),
    ("mat_ring", goal("inv(A) @ A @ B = B", "det(A) != 0", **MATRICES)),
    ("trace_cyc", goal("trace(A @ B) = trace(B @ A)", **MATRICES)),
    ("det_mul", goal("det(2*A) = 2**n*det(A)", **MATRICES)),
]  # fmt: skip

REFUSES: list[tuple[str, Goal]] = [
    ("ring", goal("log(a*b) = log(a) + log(b)", **AB)),
    ("ring", goal("sqrt(a)**2 = a", **AB)),
    ("ring", goal("Sum(x[i], i, 1, n + 1) = Sum(x[i], i, 1, n) + x[n + 1]", **SUMS)),
    ("ring", goal("diff(x**2, x) = 2*x", **XY)),
    ("ring", goal("0 <= x**2", **XY)),
    ("subst", goal("log(a**2) = 2*log(b)", "a = b", **AB)),
    ("unfold", goal("(x + y)**2 = x**2 + 2*x*y + y**2", **XY)),
    ("log_exp", goal("Sum(log(2), i, 1, n) = n*log(2)", **SUMS)),
    ("log_exp", goal("diff(log(a), a) = 1/a", **AB)),
    ("root", goal("log(sqrt(a)) = log(a)/2", **AB)),
    ("sum_ring", goal("Sum(x[i], i, 1, n)*diff(y**2, y) = 2*y*Sum(x[i], i, 1, n)", **SUMS, y="real")),
    ("sum_ring", goal("(a + b)**2 = a**2 + 2*a*b + b**2", **AB)),
    ("diff", goal("Int(x, x, 0, a) = a**2/2", **AB)),
    ("ftc", goal("diff(x**2, x) = 2*x", **XY)),
    ("monotone_fn", goal("0 <= x**2", **XY)),
    ("convex_max", goal("a < a + b", **AB)),
    ("bound", goal("2*x*y <= x**2 + y**2", **XY)),
    ("interval", goal("0 < a", **AB)),
    ("ord", goal("a = a", **AB)),
    ("cases", goal("0 <= x**2", **XY)),
    ("cite", goal("x < y + 1", "x < y", **XY)),
    ("trace_cyc", goal("A @ (B + A) = A @ B + A @ A", **MATRICES)),
    ("det_mul", goal("trace(A @ B) = trace(B @ A)", **MATRICES)),
    ("mat_ring", goal("a + b = b + a", **AB)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted"), SHOWS, ids=[f"{n}: {g.claim}" for n, g in SHOWS])
def test_shows(name: str, wanted: Goal) -> None:
    theorem = run(name, wanted)
    assert theorem.claim == wanted.claim.oriented() and not theorem.conditions


@pytest.mark.parametrize(("name", "true"), REFUSES, ids=[f"{n}: {g.claim}" for n, g in REFUSES])
def test_refuses_what_the_search_shows(name: str, true: Goal) -> None:
    assert not run(None, true).conditions
    with pytest.raises(Refused, match=r"\w+: ."):
        run(name, true)


FALSE = [
    goal("(a + b)**2 = a**2 + b**2", **AB),
    goal("log(a + b) = log(a) + log(b)", **AB),
    goal("x < x**2 + 1/4", **XY),
    goal("Sum(x[i]**2, i, 1, n) = Sum(x[i], i, 1, n)**2", **SUMS),
    goal("A @ B = B @ A", **MATRICES),
    goal("abs(x + y) = abs(x) + abs(y)", **XY),
    goal("diff(x**3, x) = 3*x", **XY),
]


@pytest.mark.parametrize("name", registry())
def test_no_tactic_shows_what_is_false(name: str) -> None:
    for false in FALSE:
        try:
            theorem = run(name, false)
        except Refused:
            continue
        assert theorem.conditions


TERMS = st.recursive(
    st.sampled_from(["a", "b", "2", "1/3"]),
    lambda inner: st.one_of(
        *(st.builds(f"({{}} {sign} {{}})".format, inner, inner) for sign in "+-*"),
        st.builds("({})**2".format, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=25, deadline=None)
@given(TERMS, TERMS, TERMS)
def test_ring_shows_the_laws_of_rings(p: str, q: str, r: str) -> None:
    run("ring", goal(f"{p}*({q} + {r}) = {r}*{p} + {q}*{p}", **AB))
    run("ring", goal(f"({p} - {q})*({p} + {q}) = ({p})**2 - ({q})**2", **AB))


def test_an_unknown_name_gives_the_names_there_are() -> None:
    with pytest.raises(Refused, match=r"no tactic 'quux'; there are: .*bound, cases, .*unfold"):
        run("quux", goal("0 < 1"))


def test_the_table_in_the_docs_has_every_tactic() -> None:
    text = (ROOT / "docs" / "derivations.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (primitive|derived) \| (.*) \|$", text, re.MULTILINE)
    assert sorted(rows) == sorted((t.name, t.kind, t.words) for t in registry().values())
