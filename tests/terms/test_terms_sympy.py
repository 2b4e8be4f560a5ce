"""Terms to SymPy and back, SymPy's own expressions, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from strategies import terms

from derive.terms import Context, Term, add, binder, call, index, neg, num, oo, read, sym, to_text
from derive.terms.substitution import without_decimals
from derive.terms.sympy_bridge import BridgeError, context_of, from_sympy, to_sympy
from numeric.domain import INTEGER, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, REAL, UNIT, Domain

x, y, a, b = sympy.symbols("x y a b", real=True)
s = sympy.Symbol("s", positive=True)
f = sympy.Function("f", real=True)


@settings(max_examples=300, deadline=None)
@given(terms())
def test_there_and_back_is_the_same_object(term: Term) -> None:
    assert from_sympy(to_sympy(term)) is without_decimals(term)


@pytest.mark.parametrize(
    "text",
    [
        "x/x", "1*x", "x*1", "0 + x", "x**1", "1**x", "x**0", "2**3", "1/2*x", "x/2", "2/4", "0/2",
        "-1", "-(-1)", "(-1)*x", "x*(-1)", "-x*y", "(-x)*y", "x**(-1)", "1/x", "x*(1/y)",
        "x**(1/2)", "sqrt(x)", "1/sqrt(x)", "a + (b + c)", "(a + b) + c", "a*(b*c)", "(1 + 2)/3",
        "max(y, x)", "max(x, x)", "max(max(x, y), z)", "exp(0)", "log(1)", "exp(1)**x", "abs(-x)",
        "Sum(x, i, 5, 1)", "Sum(x, i, 1/3, 1/2)", "Int(x, x, 1, 1)",
        "Int(Int(x*y, x, 0, 1), y, 0, 2)", "Sum(Prod(i*j, i, 1, j), j, 1, n)",
        "x + Int(x, x, -oo, oo)", "Int(Int(x, x, 0, x), x, 0, 1)", "diff(diff(f(x), x), x)",
        "diff(diff(x*y, y), x)", "diff(x/x, x; 1/x)", "diff(diff(x**2, x; y), y)", "diff(y, x)",
        "E[x ~ q](x)", "E[x ~ Normal(x, 1)](log(Normal(x; 0, 1)))", "KL(q, Normal(0, 1))",
        "9**9**9**9", "diff((9 + 0*x)**9**9**9, x; 2)", "pi*sigmoid(x[i + 1, 2])",
    ],
)  # fmt: skip
def test_what_sympy_would_change_survives(text: str) -> None:
    assert from_sympy(to_sympy(read(text))) is read(text)


def test_the_same_derivative_at_points_that_print_alike() -> None:
    """SymPy counts these two as equal, and its cache would replace one by the other."""
    context = Context().declare("p", POSITIVE).declare("y")
    for text in ("diff(x**2, x; p) + y", "diff(x**2, x; p/p*p) + y", "diff(x*x/x, x; p) + y"):
        assert to_text(from_sympy(to_sympy(read(text), context), context)) == text


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (x - y, "x - y"),
        (1 - x, "1 - x"),
        (a / b, "a/b"),
        (-x, "-x"),
        (-2 * x, "-2*x"),
        (-x / y, "-x/y"),
        (x / 2, "x/2"),
        (3 * x / 2, "3*x/2"),
        (x * y / a, "x*y/a"),
        (1 / (a * b), "1/(a*b)"),
        (1 / x, "1/x"),
        (x**-2, "1/x**2"),
        (a * x**-2, "a/x**2"),
        (1 / sympy.sqrt(x), "1/sqrt(x)"),
        (sympy.sqrt(2) / 2, "sqrt(2)/2"),
        (x ** sympy.Rational(3, 2), "x**(3/2)"),
        (2**-x, "2**(-x)"),
        (sympy.exp(-(x**2)) / 2, "exp(-x**2)/2"),
        (sympy.Integer(-3), "-3"),
        (sympy.Rational(-3, 4), "-3/4"),
        (sympy.E, "exp(1)"),
        (sympy.E**x, "exp(x)"),
        (sympy.pi * x, "pi*x"),
        (sympy.Max(x, y, a), "max(a, max(x, y))"),
        (sympy.digamma(x), "digamma(x)"),
        (sympy.log(x, 2), "log(x)/log(2)"),
        (f(x).diff(x, 2), "diff(diff(f(x), x), x)"),
        (f(x).diff(x).subs(x, 0), "diff(f(x), x; 0)"),
        (sympy.Integral(x * y, (x, 0, 1), (y, 0, x)), "Int(Int(x*y, x, 0, 1), y, 0, x)"),
        (sympy.Integral(s, (s, 0, sympy.oo)), "Int(s, s, 0, oo)"),
        (sympy.Sum(x, (sympy.Symbol("i"), 1, 3)), "Sum(x, i, 1, 3)"),
        (sympy.IndexedBase("u", real=True)[2], "u[2]"),
        (sympy.Function("E")(sympy.Symbol("q"), sympy.Lambda(x, x)), "E[x ~ q](x)"),
        (sympy.Sum(1 / s, (s, 1, 3)), "Sum(1/s, s, 1, 3)"),
        (sympy.Mul(x, 1 / x, evaluate=False), "x/x"),
        (7, "7"),
    ],
)
def test_expressions_written_in_sympy(expr: sympy.Expr, text: str) -> None:
    assert from_sympy(expr) is read(text)


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (sympy.Float("0.1") * x, "not exact"),
        (sympy.nan, "undefined"),
        (sympy.zoo, "undefined"),
        (sympy.oo, "bound of a sum"),
        (f(sympy.oo), "bound of a sum"),
        (x + sympy.I, "no counterpart"),
        (sympy.Piecewise((x, x > 0), (y, True)), "no counterpart"),
        (sympy.Integral(x, x), "two bounds"),
        (sympy.Symbol("x", positive=True) - x, "two different symbols are called x"),
        (sympy.Integral(sympy.Symbol("x") * x, (x, 0, 1)), "two different symbols are called x"),
        (sympy.Integral(s, (s, -1, 1)), "s was made with"),
        (sympy.Symbol("pi"), "cannot be a name"),
        (sympy.Symbol(r"\mu"), "cannot be a name"),
        (sympy.Function("Sum")(x), "cannot be a name"),
        (sympy.Function("sigmoid")(x, y), "takes 1 argument"),
        (f(x) + f(x, y), "with 1 and with 2 arguments"),
        (sympy.Subs(x * y, x, 2), "not a derivative at a point"),
        (sympy.Eq(x, y), "expected a SymPy expression"),
        ("x + 1", "expected a SymPy expression"),
        (True, "expected a SymPy expression"),
    ],
)
def test_refusals(expr: object, message: str) -> None:
    with pytest.raises(BridgeError, match=message):
        from_sympy(expr)


def test_a_deep_expression_is_refused() -> None:
    expr = x
    for _ in range(300):
        expr = sympy.sin(expr)
    with pytest.raises(BridgeError, match="levels deep"):
        from_sympy(expr)


def test_infinity_is_not_written_as_a_number() -> None:
    for term in (oo(), add(num(1), neg(oo())), call("f", oo())):
        with pytest.raises(BridgeError, match="bound of a sum"):
            to_sympy(term)


@pytest.mark.parametrize(
    ("domain", "facts"),
    [
        (REAL, {"real": True}),
        (POSITIVE, {"positive": True}),
        (NONNEGATIVE, {"nonnegative": True, "positive": None}),
        (NEGATIVE, {"negative": True}),
        (NONZERO, {"nonzero": True, "positive": None}),
        (INTEGER, {"integer": True, "positive": None}),
        (UNIT, {"positive": True}),
        (Domain(Fraction(-1), Fraction(1)), {"positive": None, "nonzero": None}),
        (Domain(Fraction(0), integer=True), {"integer": True, "positive": True}),
    ],
)
def test_symbols_carry_their_domain(domain: Domain, facts: dict[str, bool | None]) -> None:
    context = Context().declare("t", domain)
    symbol = to_sympy(sym("t"), context)
    assert {fact: getattr(symbol, f"is_{fact}") for fact in facts} == facts
    assert from_sympy(symbol, context) is sym("t")


@pytest.mark.parametrize("fact", ["positive", "integer", "nonzero", "even", "imaginary"])
def test_a_symbol_may_not_assume_more_than_is_declared(fact: str) -> None:
    context = Context().declare("t")
    assert from_sympy(sympy.Symbol("t"), context) is sym("t")
    with pytest.raises(BridgeError, match=r"t was made with .* its domain here is real"):
        from_sympy(sympy.Symbol("t", **{fact: True}), context)


def test_uses_that_do_not_fit_the_context() -> None:
    context = Context().declare("x").declare("f", kind="function", arity=1)
    assert from_sympy(f(x), context) is read("f(x)")
    for expr in (y, f(x, x), sympy.Function("g")(x), sympy.Symbol("f", real=True)):
        with pytest.raises(BridgeError, match="declared"):
            from_sympy(expr, context)
    for term in (sym("y"), call("f", sym("x"), sym("x")), index("x", num(1))):
        with pytest.raises(BridgeError, match="declared"):
            to_sympy(term, context)


def test_declared_functions_stand_for_laws() -> None:
    context = (
        Context().declare("q", kind="function", arity=1).declare("p", kind="function", arity=1)
    )
    for text in ("E[x ~ q](log(q(x)/p(x)))", "KL(q, p)"):
        term = read(text, context)
        assert from_sympy(to_sympy(term, context), context) is term


def test_context_of_laws() -> None:
    context = context_of(to_sympy(read("E[x ~ q](log(q(x))) + KL(q, p)")))
    assert {d.name: (d.kind, d.arity) for d in context} == {
        "q": ("function", 1),
        "p": ("function", 1),
    }


def test_context_of_an_expression() -> None:
    i = sympy.Symbol("i", integer=True)
    u = sympy.IndexedBase("u", positive=True)
    expr = sympy.Sum(u[i] * f(x), (i, 1, sympy.Symbol("n", integer=True, positive=True))) + s
    context = context_of(expr)
    declared = {d.name: (d.kind, d.arity, str(d.domain)) for d in context}
    assert declared == {
        "f": ("function", 1, "real"),
        "n": ("scalar", 0, "integer >= 1"),
        "s": ("scalar", 0, "positive"),
        "u": ("family", 1, "positive"),
        "x": ("scalar", 0, "real"),
    }
    context.check(from_sympy(expr, context))


@pytest.mark.parametrize("facts", [{}, {"even": True}, {"extended_positive": True}])
def test_context_of_needs_assumptions_that_a_domain_can_hold(facts: dict[str, bool]) -> None:
    with pytest.raises(BridgeError, match=r"t was made with|give it assumptions"):
        context_of(sympy.Symbol("t", **facts) + 1)


def test_a_bound_name_keeps_its_own_assumptions() -> None:
    context = Context().declare("x", POSITIVE)
    term = add(sym("x"), binder("int", "x", sym("x"), num(-1), num(1)))
    expr = to_sympy(term, context)
    assert expr.args[0].is_positive and expr.args[1].variables[0].is_positive is None
    assert from_sympy(expr, context) is term


def test_terms_do_not_need_sympy() -> None:
    code = "import derive.terms, derive.terms.latex, sys; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
