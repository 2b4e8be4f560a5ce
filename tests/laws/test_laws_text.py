"""What is printed is read back as the same term; what cannot be read gives one clear line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.laws import LawError, Model
from derive.terms import ContextError, TextError, read
from derive.terms.context import Context
from derive.terms.domains import read_domain


def _model() -> Model:
    context = Context().declare("b", read_domain("positive"), "family", 1)
    context = context.declare("h", read_domain("real"), "function", 1)
    model = replace(Model(), context=context).space("X", "Z")
    model = model.declare(mu="real", v="positive", a="real", t="real")
    model = model.variables(x="X", z="Z", y="real", k="1..3", e="positive")
    model = model.law("p(x, z)").law("q(z)").law("r(z | x)").law("n(y; mu, v)", "Normal(mu, v)")
    return model.law("g(k)").law("g(y | k)", "Normal(a*k, v)").law("s(y)", "Normal(mu, v)")


MODEL = _model()

LAWS_Z = ["q", "q(z)", "p(z)", "p(. | x)", "p(z | x)", "r(. | x)", "(q(z) + p(z))/2", "p(. | x=3)"]
NUMBERS = [
    "log(p(x, z))", "p(z | x)", "q(z)", "r(z | x)", "h(mu)", "n(y)", "n(2; mu, v**2)", "g(y)",
    "g(k=2 | y)", "p(x, z=x)", "MI(p)", "MI(g)", "H(n)", "KL(n, n(.; 0, 1))",
    "KL(Poisson(v), Poisson(2*v))",
    "E[y ~ n](y**2)", "E[u ~ Normal(mu, v)](h(u))", "E[x, z ~ p](log(p(x, z)))", "H(g)",
    "Sum(b[k]*k, k, 1, 3)", "Int(p(x, y), y, Z)", "diff(H(n), mu)", "E[x ~ p(x)](KL(r(. | x), p(. | x)))",
    "KL(p(x)*r(z | x), p(x, z))", "ELBO(p(. | x), p, x)", "JSD(q, p(z), 1/3)", "Var[y ~ s](y)",
    "E[x ~ p(. | z), y ~ r(. | x)](q(y))", "H(Categorical(b, 3))", "Cov[x, z ~ p](q(z), r(z | x))",
]  # fmt: skip
BINARY = [
    "KL({}, {})",
    "CE({}, {})",
    "TV({}, {})",
    "JSD({}, {})",
    "Df(pearson, {}, {})",
    "KL({} || {})",
]
UNARY = ["H({})", "E[{0}](log(q(z)))", "E[y ~ {0}](log(p(x, y)))", "Var[z ~ {}](q(z))"]

laws = st.sampled_from(LAWS_Z)
named = [law for law in LAWS_Z if "+" not in law]
notions = st.one_of(
    st.sampled_from(NUMBERS),
    st.builds(str.format, st.sampled_from(BINARY), laws, laws),
    st.builds(str.format, st.sampled_from(UNARY), st.sampled_from(named)),
    st.builds("ELBO({}, p, x)".format, laws),
)
texts = st.recursive(
    notions,
    lambda inner: st.one_of(
        st.builds("{} + {}".format, inner, inner),
        st.builds("({})*exp(-({}))".format, inner, inner),
        st.builds("({})**2/2".format, inner),
        st.builds("E[z ~ r(. | x)]({})".format, inner),
        st.builds("E[x ~ p(x)]({})".format, inner),
        st.builds("E[y ~ Normal(y, v)]({})".format, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None)
@given(texts)
def test_what_is_printed_is_read_back(text: str) -> None:
    model, term = MODEL.read(text)
    again, same = model.read(model.display.text(term))
    assert same is term or same == term
    assert again.context == model.context
    assert model.display.latex(term).count("{") == model.display.latex(term).count("}")
    assert "ꟿ" not in model.display.latex(term) + model.display.unicode(term)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_the_language_itself_knows_every_term(text: str) -> None:
    """Nothing but integrals, definitions and declared functions is left, which the kernel can read."""
    model, term = MODEL.read(text)
    assert read(str(term), model.context) == term
    for definition in model.context.definitions:
        assert definition.body.free.isdisjoint({"KL", "E"})


def test_display_forms() -> None:
    reading = MODEL.elaborate("log(p(x)) >= ELBO(r(. | x), p, x) + 0*JSD(q, p(z), 1/4)")
    display = reading.display
    assert str(reading) == "log(p(x)) >= ELBO(r(. | x), p, x) + 0*JSD(q, p(z), 1/4)"
    assert display.claim_unicode(reading.claim).startswith("log(p(x)) ≥ ELBO(r(· | x), p; x)")
    assert r"\log(p(x)) \ge \mathcal{L}(r(\cdot \mid x), p; x)" in reading._repr_latex_()
    model, term = MODEL.read("E[z ~ r(. | x)](log(p(x, z))) - KL(Normal(mu, v), Laplace(0, 1))")
    assert model.display.latex(term) == (
        r"\mathbb{E}_{z \sim r(\cdot \mid x)}\left[\log(p(x, z))\right]"
        r" - D_{\mathrm{KL}}(\mathcal{N}(\mu, v) \,\|\, \operatorname{Laplace}(0, 1))"
    )


CAPTURES = [
    ("E[x ~ r(. | x)](q(x))", "Int(r_z_given_x(x_1, x)*q(x_1), x_1, Z)"),
    ("E[y ~ Normal(y, 1)](y)", "Int(Normal(y_1; y, 1)*y_1, y_1, -oo, oo)"),
    ("E[x ~ r(. | x)](r(z=x | x=3))", "Int(r_z_given_x(x_1, x)*r_z_given_x(x_1, 3), x_1, Z)"),
    (
        "Var[y ~ Normal(y, 1)](y)",
        "Int(Normal(y_1; y, 1)*(y_1 - Int(Normal(y_1; y, 1)*y_1, y_1, -oo, oo))**2, y_1, -oo, oo)",
    ),
    ("E[mu ~ Normal(0, 1)](KL(n, n(.; 0, v)))", "Int(Normal(mu; 0, 1)*KL_n_n(mu, v, 0, v), mu, -oo, oo)"),
    ("E[z, x ~ p](log(q(z)))", "Int(Int(p(x, z)*log(q(z)), z, Z), x, X)"),
    ("E[z, t ~ p](log(q(z)))", "Int(Int(p(t, z)*log(q(z)), z, Z), t, X)"),
    ("E[t ~ Normal(0, 1)](H(t*q(z) + (1 - t)*p(z)))", "Int(Normal(t; 0, 1)*H_mix_q_p(t), t, -oo, oo)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CAPTURES)
def test_nothing_is_captured(text: str, expected: str) -> None:
    assert str(MODEL.read(text)[1]) == expected


def test_a_definition_takes_what_its_laws_are_filled_with() -> None:
    model, term = MODEL.read("KL(n, n(.; v, mu))")
    assert str(term) == "KL_n_n(mu, v, v, mu)"
    model, other = model.read("KL(n(.; 1, 2), n(.; 3, 4))")
    assert str(other) == "KL_n_n(1, 2, 3, 4)"
    assert [d.name for d in model.context.definitions if d.name.startswith("KL")] == ["KL_n_n"]


HOSTILE = [
    ("p(x", "1:4: the expression ends too early"),
    ("p()", "p needs a point: p(x, z)"),
    ("p(y)", "y lies on in -oo to oo, and no slot of p does: x (X), z (Z)"),
    ("p(h(1))", "which slot of p is meant? name it, as in p(x=1)"),
    ("p(x, z, x)", "two arguments of p stand in the slot x"),
    ("p(c, d, d)", "p has 2 slots (x, z), got 3 arguments"),
    ("p(x=1, x=2)", "two arguments of p stand in the slot x"),
    ("p(w=1)", "w is no slot of p, which has x (X), z (Z); name the slot, as in p(x=w)"),
    ("p(x<1)", "a slot is named by '=', not by '<'"),
    ("p(x | z | x)", "write p(x | z; theta): a bar before the conditions, ';' before the parameters"),
    ("q", "q is a law: it needs a point"),
    ("q(.)", "a dot stands for the variables of a law, as in KL(q, p(. | x))"),
    ("r(z)", "r gives no density of x"),
    ("c + 1", "unknown symbol 'c'; declare it"),
    ("KL(q)", "KL takes 2 laws, got 1"),
    ("KL(q, p)", "q has 1 variables and p has 2"),
    ("KL(q, h)", "h is not a law; declare it, as in law('h(x)')"),
    ("KL(q, 2)", "2 is not a law"),
    ("KL(q, p(. | x) | x)", "KL(… | …) is not a density that the language knows"),
    ("KL(Normal(0, 1), Exponential(2))", "the second is not positive wherever the first is"),
    ("TV(Exponential(2), Normal(0, 1))", "the second is not positive wherever the first is"),
    ("KL(Uniform(0, 1), Uniform(0, 1/2))", "the second is not positive wherever the first is"),
    ("H(Normal(0))", "Normal takes 2 parameters (mean, variance)"),
    ("H(Dirichlet(1))", "Dirichlet takes from 2 to 10 parameters, got 1"),
    ("Df(foo, q, q)", "unknown generator 'foo'"),
    ("Df(h, q)", "Df takes a generator and two laws"),
    ("MI(q)", "MI takes a law of two quantities"),
    ("ELBO(q, p)", "write ELBO(q, p, x)"),
    ("ELBO(q, p, z)", "the second is not positive wherever the first is"),
    ("E[x ~ q](1, 2)", "E[…] takes 1 integrand"),
    ("Cov[x ~ q](1)", "Cov[…] takes 2 integrands"),
    ("E[x, x ~ p](1)", "each variable in E[x ~ q](f) is drawn once, from a law"),
    ("E[x ~ q, z](1)", "each variable in E[x ~ q](f) is drawn once, from a law"),
    ("E[x ~ p](1)", "p is a law of 2 quantities (x, z), and 1 names stand for them"),
    ("E[2 ~ q](1)", "a plain variable stands before '~'"),
    ("Foo[x ~ q](1)", "expected E[x ~ q](f)"),
    ("E[Normal(0, 1)](2)", "the variable to average over is unclear"),
    ("E[mu ~ s](s(y))", "s depends on mu, which is bound here: make it a parameter"),
    ("E[v ~ Exponential(1)](g(y | k))", "which is bound here"),
    ("diff(KL(s, n), mu)", "s is defined through mu, which is bound here"),
    ("x ~ q", "unexpected"),
    ("E[q ~ Normal(0, 1)](q)", "q is a function: it cannot be bound"),
    ("q(z) = 1", "expected an expression without '='"),
    ("p(. | x)", "a dot stands for"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), HOSTILE)
def test_one_clear_line(text: str, message: str) -> None:
    with pytest.raises((TextError, LawError, ContextError)) as caught:
        MODEL.read(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


HUGE = [
    "(" * 5_000, "E[x ~ q](" * 150 + "1" + ")" * 150, "KL(" * 300, "[" * 1_000, "x" * 30_000, "p(x" * 200,
    "Var[z ~ q](" * 40 + "q(z)" + ")" * 40, "E[z ~ q]((" * 99 + "1" + "))" * 99,
    "p(" * 90 + "x" + ")" * 90,
    "KL(q, " * 80 + "q" + ")" * 80, "E[" * 50 + "q" + "](1)" * 50, "q(z)*" * 9_000 + "1",
    "KL(" + "q(z) + " * 2_500 + "q(z), q)",
]  # fmt: skip


@pytest.mark.parametrize("text", HUGE, ids=range(len(HUGE)))
def test_huge_texts_are_refused_in_one_line(text: str) -> None:
    with pytest.raises((TextError, LawError, ContextError)) as caught:
        MODEL.read(text)
    assert len(str(caught.value)) < 400


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="pqrxz(|).,~[]=E KLHn;*+1", max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        _, term = MODEL.read(text)
    except (TextError, LawError, ContextError) as error:
        assert "\n" not in str(error)
    else:
        assert term.size > 0


def test_declarations_that_do_not_fit() -> None:
    model = Model().declare(m="real").variables(x="real", y="positive", k="1..2")
    for wrong in (
        lambda: model.law("p(w)"),
        lambda: model.law("p"),
        lambda: model.law("p(x, x)"),
        lambda: model.law("m(x)"),
        lambda: model.law("p(x)").law("p(x)"),
        lambda: model.law("p(x, y)").law("p(y)"),
        lambda: model.law("p(x | y)").law("p(y | x)"),
        lambda: model.law("p(x)", "Exponential(1)"),
        lambda: model.law("p(x)", "Normal(x, 1)"),
        lambda: model.law("p(x)", "Dirichlet(1, 2, 3)"),
        lambda: model.law("p(x; m)").law("p(y | x)"),
        lambda: model.law("KL(x)"),
        lambda: model.variables(z="nowhere"),
        lambda: model.variables(x="positive"),
        lambda: model.pushforward("r(x, y)", "p", "x"),
        lambda: model.law("p(k)").pushforward("p(x)", "p", "x"),
        lambda: Model().space("pi"),
    ):
        with pytest.raises((LawError, ContextError, TextError)):
            wrong()


def test_the_notation_of_terms_is_read_as_it_was() -> None:
    context = Context().declare("x").declare("mu").declare("f", None, "function", 1)
    context = context.declare("c", read_domain("real"), "family", 1)
    for text in (
        "diff(f(x)*x, x; 2) - x**2/3", "Sum(c[i], i, 1, 4)", "Normal(x; mu, 2)", "-x**-2 + 0.80",
        "Int(x, x, 0, oo)", "max(x, mu, 3)", "KL(Normal(x, 1), Normal(mu, 1))", "Sum(c[i], (i, 1, 3))",
    ):  # fmt: skip
        model = replace(Model(), context=context)
        assert model.read(text)[1] is read(text, context)


def test_what_holds_at_every_point() -> None:
    reading = MODEL.elaborate("for all x, z: p(x, z) = p(z | x)*p(x)")
    assert str(reading.claim) == "for all x, z: p(x, z) = p_z_given_x(z, x)*p_x(x)"
    assert str(reading) == "for all x, z: p(x, z) = p(z | x)*p(x)"
    assert reading._repr_latex_().startswith(r"$\forall x, z\colon\; p(x, z)")
    assert reading.model.elaborate(str(reading)).claim == reading.claim
    assert "x" not in reading.context and "x" in MODEL.elaborate("p(x) = 1").context


def test_hypotheses_by_name() -> None:
    model = MODEL.assume_norm("q", "r(z | x)", "g(y | k)").assume_finite(h_kl="KL(q, p(z))")
    model = model.assume(h_support="0 < p(x)").law("w(e)").assume_mass("n(.; 0, 1)", on="w")
    assert {name: model.display.claim(claim) for name, claim in model.context.hypotheses} == {
        "h_norm_q": "Int(q(z), z, Z) = 1",
        "h_norm_r_z_given_x": "for all x: Int(r(z | x), z, Z) = 1",
        "h_norm_g_y_given_k": "Int(g(y | k), y, -oo, oo) = 1",
        "h_kl": "E[z ~ q](log(q(z)/p(z))) = E[z ~ q](log(q(z)/p(z)))",
        "h_support": "0 < p(x)",
        "h_mass_n": "Int(n(y; 0, 1), y, 0, oo) <= 1",
    }
    with pytest.raises(LawError, match="does not cover"):
        model.assume_mass("w", on="n")
