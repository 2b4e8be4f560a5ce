"""Each notion against its textbook formula: on finite tables, and by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws_values import value
from scipy import stats

from derive.decision import decide
from derive.laws import Model

TABLE = Model().space("X", "Z").variables(x="X", z="Z").law("p(x, z)").law("q(z)").law("r(z | x)")
SPACES = {"X": [0.0, 1.0, 2.0], "Z": [0.0, 1.0]}


class Table:
    """Random strictly positive tables for the laws p, q and r."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.p = rng.random((3, 2)) + 0.05
        self.p /= self.p.sum()
        self.q = rng.random(2) + 0.05
        self.q /= self.q.sum()
        self.r = rng.random((2, 3)) + 0.05
        self.r /= self.r.sum(axis=0)
        self.px, self.pz = self.p.sum(axis=1), self.p.sum(axis=0)
        self.functions = {
            "p": lambda x, z: self.p[int(x), int(z)],
            "q": lambda z: self.q[int(z)],
            "r_z_given_x": lambda z, x: self.r[int(z), int(x)],
        }

    def __call__(self, text: str, **names: float) -> float:
        model, term = TABLE.read(text)
        return value(term, model.context, names, self.functions, SPACES)


def kl(p: np.ndarray, q: np.ndarray) -> float:
    return float(np.sum(p * np.log(p / q)))


def entropy(p: np.ndarray) -> float:
    return -float(np.sum(p * np.log(p)))


tables = st.integers(0, 10**6).map(Table)
few = settings(max_examples=15, deadline=None)


@few
@given(tables, st.integers(0, 2), st.integers(0, 1))
def test_densities(t: Table, x: int, z: int) -> None:
    assert t("p(x)", x=x) == pytest.approx(t.px[x])
    assert t("p(z)", z=z) == pytest.approx(t.pz[z])
    assert t("p(z | x)", x=x, z=z) == pytest.approx(t.p[x, z] / t.px[x])
    assert t("p(x | z)", x=x, z=z) == pytest.approx(t.p[x, z] / t.pz[z])
    assert t("p(z=x | x=z)", x=z, z=x % 2) == pytest.approx(t.p[x % 2, z] / t.px[x % 2])


@few
@given(tables, st.integers(0, 2))
def test_divergences(t: Table, x: int) -> None:
    posterior = t.p[x] / t.px[x]
    assert t("KL(q, p(. | x))", x=x) == pytest.approx(kl(t.q, posterior))
    assert t("KL(q(z) || p(z | x))", x=x) == pytest.approx(kl(t.q, posterior))
    assert t("KL(p(z | x), r(z | x))", x=x) == pytest.approx(kl(posterior, t.r[:, x]))
    assert t("KL(p(x)*r(z | x), p(x, z))") == pytest.approx(kl((t.px * t.r).T, t.p))
    assert t("KL((q(z) + p(z))/2, q)") == pytest.approx(kl((t.q + t.pz) / 2, t.q))
    assert t("H(q)") == pytest.approx(entropy(t.q))
    assert t("H(p)") == pytest.approx(entropy(t.p))
    assert t("CE(q, p(z))") == pytest.approx(entropy(t.q) + kl(t.q, t.pz))
    assert t("TV(q, p(z))") == pytest.approx(np.abs(t.q - t.pz).sum() / 2)
    assert t("MI(p)") == pytest.approx(kl(t.p, np.outer(t.px, t.pz)))


@few
@given(tables, st.floats(0.1, 0.9))
def test_jensen_shannon(t: Table, w: float) -> None:
    def jsd(a: float) -> float:
        middle = a * t.q + (1 - a) * t.pz
        return entropy(middle) - a * entropy(t.q) - (1 - a) * entropy(t.pz)

    assert t("JSD(q, p(z))") == pytest.approx(jsd(0.5))
    model = TABLE.declare(w="in (0, 1)")
    model, term = model.read("JSD(q, p(z), w)")
    assert value(term, model.context, {"w": w}, t.functions, SPACES) == pytest.approx(jsd(w))


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("kl", lambda u: u * np.log(u)),
        ("reverse_kl", lambda u: -np.log(u)),
        ("pearson", lambda u: (u - 1) ** 2),
        ("neyman", lambda u: (1 - u) ** 2 / u),
        ("hellinger", lambda u: (np.sqrt(u) - 1) ** 2),
        ("tv", lambda u: np.abs(u - 1) / 2),
        ("js", lambda u: u * np.log(u) - (u + 1) * np.log((u + 1) / 2)),
    ],
)
def test_f_divergences(name: str, f: object) -> None:
    t = Table(7)
    expected = float(np.sum(t.q * f(t.pz / t.q)))  # type: ignore[operator]
    assert t(f"Df({name}, p(z), q)") == pytest.approx(expected)
    direct = {"kl": "KL(p(z), q)", "reverse_kl": "KL(q, p(z))", "tv": "TV(q, p(z))"}
    assert t(direct.get(name, f"Df({name}, p(z), q)")) == pytest.approx(expected)
    if name == "js":
        assert 2 * t("JSD(q, p(z))") == pytest.approx(expected)


@few
@given(tables, st.integers(0, 2))
def test_bounds_and_means(t: Table, x: int) -> None:
    gain = np.log(t.p[x]) - np.log(t.q)
    assert t("ELBO(q, p, x)", x=x) == pytest.approx(np.sum(t.q * gain))
    assert t("ELBO(q, p, x) + KL(q, p(. | x))", x=x) == pytest.approx(np.log(t.px[x]))
    amortised = np.sum(t.r[:, x] * (np.log(t.p[x]) - np.log(t.r[:, x])))
    assert t("ELBO(r(. | x), p, x)", x=x) == pytest.approx(amortised)
    assert t("E[q](z**2)") == pytest.approx(t.q[1])
    assert t("E[x, z ~ p](x*z)") == pytest.approx(t.p[:, 1] @ [0, 1, 2])
    assert t("E[x ~ p(x), z ~ r(. | x)](x + z)") == pytest.approx(t.px @ [0, 1, 2] + t.px @ t.r[1])
    assert t("Var[z ~ q](z)") == pytest.approx(t.q[1] * t.q[0])
    joint = t.p[:, 1] @ [0, 1, 2] - (t.px @ [0, 1, 2]) * t.pz[1]
    assert t("Cov[x, z ~ p](x, z)") == pytest.approx(joint)
    assert t("E[x ~ r(. | x)](x)", x=x) == pytest.approx(t.r[1, x])


FAMILIES = [
    ("Normal(a, b)", stats.norm(0.5, 2**0.5)),
    ("LogNormal(a, b)", stats.lognorm(2**0.5, scale=np.exp(0.5))),
    ("Laplace(a, b)", stats.laplace(0.5, 2)),
    ("Exponential(b)", stats.expon(scale=1 / 2)),
    ("Gamma(b, a)", stats.gamma(2, scale=2)),
    ("Beta(b, 3)", stats.beta(2, 3)),
    ("Uniform(a, b)", stats.uniform(0.5, 1.5)),
    ("Bernoulli(a)", stats.bernoulli(0.5)),
    ("Poisson(b)", stats.poisson(2)),
]


@pytest.mark.parametrize(("law", "known"), FAMILIES, ids=lambda p: str(p)[:12])
def test_named_laws(law: str, known: object) -> None:
    model = Model().declare(a="positive", b="positive")
    at = {"a": 0.5, "b": 2.0}

    def read(text: str) -> float:
        out, term = model.read(text)
        return value(term, out.context, at, {}, {})

    assert read(f"E[x ~ {law}](1)") == pytest.approx(1, rel=1e-6)
    assert read(f"E[x ~ {law}](x)") == pytest.approx(known.mean(), rel=1e-6)  # type: ignore[attr-defined]
    assert read(f"Var[x ~ {law}](x)") == pytest.approx(known.var(), rel=1e-5)  # type: ignore[attr-defined]


def test_entropies_and_divergences_of_named_laws() -> None:
    model = Model(named_kl=False).declare(m="real", v="positive")
    at = {"m": 0.3, "v": 1.7}

    def read(text: str) -> float:
        out, term = model.read(text)
        return value(term, out.context, at, {}, {})

    gap = 0.5 * (np.log(2 / 1.7) + (1.7 + 0.7**2) / 2 - 1)
    assert read("KL(Normal(m, v), Normal(1, 2))") == pytest.approx(gap)
    assert read("KL(LogNormal(m, v), LogNormal(1, 2))") == pytest.approx(gap, rel=1e-6)
    assert read("H(Exponential(v))") == pytest.approx(1 - np.log(1.7))
    assert read("H(Dirichlet(2, 3))") == pytest.approx(stats.dirichlet([2, 3]).entropy())
    assert read("E[x_1, x_2 ~ Dirichlet(2, 3, 4)](x_2)") == pytest.approx(1 / 3)
    assert read("Beta(1/2; 2, 3)") == pytest.approx(stats.beta(2, 3).pdf(0.5))


def test_a_mixture_and_its_responsibilities() -> None:
    weights = [0.2, 0.5, 0.3]
    model = Model().variables(k="1..3", y="real").declare(v="positive")
    model = model.law("g(k)").law("g(y | k)", "Normal(2*k - 3, v)")
    functions = {"g": lambda k: weights[int(k) - 1]}
    out, term = model.read("g(k=2 | y)")
    densities = [stats.norm(2 * k - 3, 0.6**0.5).pdf(0.4) for k in (1, 2, 3)]
    expected = weights[1] * densities[1] / np.dot(weights, densities)
    got = value(term, out.context, {"y": 0.4, "v": 0.6}, functions, {})
    assert got == pytest.approx(expected)


def test_the_entries_of_families_as_chances_and_means() -> None:
    from dataclasses import replace

    from derive.terms.domains import read_domain

    weights, means = [0.2, 0.5, 0.3], [-1.0, 0.5, 2.0]
    context = Model().context.declare("w", read_domain("positive"), "family", 1)
    context = context.declare("c", read_domain("real"), "family", 1)
    model = replace(Model(), context=context).variables(k="1..3", y="real")
    model = model.law("g(k)", "Categorical(w, 3)").law("g(y | k)", "Normal(c[k], 1)")
    functions = {"w": lambda k: weights[int(k) - 1], "c": lambda k: means[int(k) - 1]}
    out, term = model.read("g(k=1 | y) + E[k ~ g(k)](c[k])")
    densities = [stats.norm(m, 1).pdf(0.4) for m in means]
    expected = weights[0] * densities[0] / np.dot(weights, densities) + np.dot(weights, means)
    assert value(term, out.context, {"y": 0.4}, functions, {}) == pytest.approx(expected)


def test_independent_variables() -> None:
    model = Model().variables(e="real", y="positive").declare(s="positive")
    model = model.independent("j", e="Normal(0, 1)", y="Exponential(s)")
    out, term = model.read("E[y, e ~ j](e**2*y)")
    assert value(term, out.context, {"s": 2.0}, {}, {}) == pytest.approx(1 / 2)
    out, term = model.read("j(e) - j(e | y)")
    assert value(term, out.context, {"s": 2.0, "e": 0.1, "y": 1.0}, {}, {}) == 0


def test_pushforwards() -> None:
    model = Model().variables(e="real", y="positive", u="real").declare(s="positive")
    model = model.law("n(e)", "Normal(0, 1)").pushforward("l(y)", "n", "log(y)/s")
    model = model.pushforward("b(u)", "n", "1 - u", increasing=False)
    assert [str(c) for _, c in model.duties] == ["0 < diff(log(y)/s, y)", "diff(1 - u, u) < 0"]
    for context, claim in model.duties:
        assert decide(claim, context).name == "proved"
    for text in ("l(y) = LogNormal(y; 0, s**2)", "b(u) = Normal(u; 1, 1)"):
        reading = model.elaborate(text)
        assert decide(reading.claim, reading.context).name == "proved"
