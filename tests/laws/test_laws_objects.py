"""Laws and notions as SymPy objects: unevaluated, printed, and read into the terms a text would give."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy
from helpers import ROOT
from sympy import Eq, Ge, Le, Symbol, log

from derive.laws import LawError, Model
from derive.laws.objects_reader import model_of, reading_of
from derive.terms.sympy_domains import BridgeError
from derive.vocabulary import (
    CE,
    ELBO,
    JSD,
    KL,
    MI,
    TV,
    Bernoulli,
    Cov,
    E,
    H,
    Law,
    Normal,
    Var,
    decide,
    points,
    read_statement,
)

x, z = points("x z", "X Z")
u = points("u")
p, q, r = Law("p", x, z), Law("q", z), Law("r", z | x)
m, s = Symbol("m", real=True), Symbol("s", positive=True)
TEXTS = Model().space("X", "Z").variables(x="X", z="Z", u="real").declare(m="real", s="positive")
TEXTS = TEXTS.law("p(x, z)").law("q(z)").law("r(z | x)")

SAME = [
    (Eq(log(p(x)), ELBO(q, p, x) + KL(q, p(z | x)), evaluate=False),
     "log(p(x)) = ELBO(q, p, x) + KL(q, p(z | x))"),
    (Le(JSD(q, p(z)), log(2)), "JSD(q, p(z)) <= log(2)"),
    (Ge(JSD(q, p(z), s), 0), "JSD(q, p(z), s) >= 0"),
    (Eq(E(log(p(x, z)), (z, q)), -CE(q, p(z | x)), evaluate=False),
     "E[z ~ q](log(p(x, z))) = -CE(q, p(z | x))"),
    (Eq(E(log(p(x, z)), (z, r(z | x))), 0, evaluate=False), "E[z ~ r(. | x)](log(p(x, z))) = 0"),
    (Eq(E(KL(r(z | x), p(z)), (x, p(x))), MI(p), evaluate=False),
     "E[x ~ p(x)](KL(r(. | x), p(z))) = MI(p)"),
    (Eq(Var(u, (u, Normal(m, s**2))), s**2, evaluate=False), "Var[u ~ Normal(m, s**2)](u) = s**2"),
    (Eq(Cov(q(z), z, q), H(p), evaluate=False), "Cov[z ~ q](q(z), z) = H(p)"),
    (Eq(KL((q(z) + p(z))/2, q), TV(q, p(z)), evaluate=False), "KL((p(z) + q(z))/2, q) = TV(q, p(z))"),
    (Eq(sympy.Integral(E(u**2, (u, Normal(m, s))), (m, 0, 1)), 0, evaluate=False),
     "Int(E[u ~ Normal(m, s)](u**2), m, 0, 1) = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("relation", "text"), SAME, ids=[text for _, text in SAME])
def test_an_object_is_read_as_its_text(relation: object, text: str) -> None:
    reading, other = reading_of(relation), TEXTS.elaborate(text)
    if "/2, q)" not in text:  # SymPy has its own order of a sum and of a fraction
        assert str(reading) == str(other)
    assert reading.display.claim_latex(reading.claim)
    assert reading.model.elaborate(str(reading)).claim == reading.claim


def test_nothing_is_evaluated() -> None:
    assert KL(q, q) != 0
    assert str(KL(q, q) - KL(q, q)) == "0"
    assert str(KL(q, p(z | x)) + H(q)) == "H(q) + KL(q, p(z | x))"
    assert str(E(log(q(z)), q)) == "E(log(q(z)), (z, q))"
    squared = sympy.latex(E(z**2, q) ** 2)
    assert squared == r"\mathbb{E}_{z \sim q}\left[z^{2}\right]^{2}"
    assert sympy.latex(Normal(m, s)) == r"\mathcal{N}\left(m, s\right)"
    assert "mathrm{KL}" in KL(Normal(m, s), Normal(0, 1))._repr_latex_()


def test_decisions() -> None:
    closed = (m**2 + s**2 - log(s**2) - 1) / 2
    assert decide(Eq(KL(Normal(m, s**2), Normal(0, 1)), closed, evaluate=False)).name == "proved"
    wrong = (m**2 + s**2 - log(s) - 1) / 2
    assert decide(Eq(KL(Normal(m, s**2), Normal(0, 1)), wrong, evaluate=False)).name == "refuted"
    assert decide(Eq(E(u, (u, Normal(m, s))), m, evaluate=False)).name == "proved"
    half = sympy.Rational(1, 2)
    assert decide(Eq(H(Bernoulli(half)), log(2), evaluate=False)).name == "proved"
    assert decide("E[u ~ Normal(m, s)](u) = m", TEXTS).name == "proved"
    assert decide("1 < 2").name == "proved"


def test_laws_with_densities() -> None:
    n = Law("n", u, density=Normal(m, s))
    reading = reading_of(Eq(E(u, n), m, evaluate=False))
    assert [d.name for d in reading.context.definitions] == ["n"]
    assert decide(reading).name == "proved"
    k = points("k", "1..2")
    prior, likelihood = (
        Law("g", k, density=sympy.Rational(1, 2)),
        Law("g", u | k, density=Normal(k, s)),
    )
    reading = reading_of(Eq(prior(k | u) + likelihood(u), 1, evaluate=False))
    assert str(reading) == "g(k | u) + g(u) = 1"


def test_what_cannot_be_read() -> None:
    for make in (
        lambda: Law("p", Symbol("x")),
        lambda: Law("p", x, density="Normal(0, 1)"),
        lambda: E("u**2", (u, Normal(0, 1))),
        lambda: E(u**2, (u, "q")),
        lambda: Normal("0", 1),
        lambda: Normal(("0", 1), 1),
        lambda: KL(q, "p"),
        lambda: p("x"),
        lambda: p(x | z | x),
        lambda: E(u**2, Normal(0, 1)),
        lambda: E(u**2),
        lambda: points("a b c", "X Y"),
        lambda: reading_of(Eq(KL(q, p), 0, evaluate=False)),
        lambda: reading_of(Eq(KL(q, log(s)), 0, evaluate=False)),
        lambda: reading_of(Eq(p(u), 0, evaluate=False)),
        lambda: reading_of(Eq(ELBO(q, q, z), 0, evaluate=False)),
        lambda: reading_of(Eq(E(u, (2 * u, Normal(0, 1))), 0, evaluate=False)),
        lambda: reading_of(log(s)),
        lambda: reading_of(Eq(q(z), Symbol("c"), evaluate=False)),
        lambda: read_statement(3),
    ):
        with pytest.raises((LawError, BridgeError)):
            make()


def test_the_model_of_an_expression() -> None:
    model = model_of(ELBO(q, p, x), s)
    assert [law.name for law in model.laws] == ["q", "p"]
    assert dict(model.ranges)["x"].name == "X"
    assert str(model.context["s"].domain) == "positive"


def test_importing_derive_stays_cheap_and_has_the_vocabulary() -> None:
    code = (
        "import sys, derive; print('sympy' in sys.modules); "
        "from derive import E, KL, Normal, H, JSD, ELBO; print(KL(Normal(0, 1), Normal(0, 2)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert out.stdout.decode().split("\n")[:2] == ["False", "KL(Normal(0, 1), Normal(0, 2))"]
