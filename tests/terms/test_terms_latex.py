"""Terms as LaTeX: golden strings, and properties that keep the output well formed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import terms

from derive.terms import Term, add, mul, neg, read, read_chain, read_claim, sub
from derive.terms.latex import chain_latex, claim_latex, name_latex, to_latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("x/x", r"\frac{x}{x}"),
        ("a - b*c", r"a - b\,c"),
        ("a - (b - c)", r"a - (b - c)"),
        ("(a + b) + c", r"(a + b) + c"),
        ("a*(b*c)", r"a\,(b\,c)"),
        ("-(a + b)*c", r"-(a + b)\,c"),
        ("(-a)*b", r"(-a)\,b"),
        ("-(-x)", r"-(-x)"),
        ("a + (-b)", r"a - b"),
        ("2*3*x", r"2 \cdot 3\,x"),
        ("x*2", r"x \cdot 2"),
        ("2*(1/3)", r"2 \cdot \frac{1}{3}"),
        ("0.80*x", r"0.80\,x"),
        ("x**2**3", r"x^{2^{3}}"),
        ("(x**2)**3", r"\left(x^{2}\right)^{3}"),
        ("(-x)**2", r"(-x)^{2}"),
        ("-x**2", r"-x^{2}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("x**(1/2)", r"x^{\frac{1}{2}}"),
        ("sqrt(x + 1)", r"\sqrt{x + 1}"),
        ("abs(x)", r"\left|x\right|"),
        ("exp(-x)", r"e^{-x}"),
        ("exp(-(x - mu)**2/(2*v))", r"\exp\left(-\frac{(x - \mu)^{2}}{2\,v}\right)"),
        ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
        ("log(x)*y", r"\log(x)\,y"),
        ("log(x)**2", r"(\log(x))^{2}"),
        ("mu_1 + epsilon", r"\mu_{1} + \epsilon"),
        ("x_prev", r"x_{\mathrm{prev}}"),
        ("x1 + loss", r"x_{1} + \mathrm{loss}"),
        ("abar + abar_t + abar(t - 1)", r"\bar{\alpha} + \bar{\alpha}_{t} + \bar{\alpha}_{t - 1}"),
        ("mubar*xhat", r"\bar{\mu}\,\hat{x}"),
        ("θ", r"\theta"),
        ("x[i]", r"x_{i}"),
        ("x_prev[i, j + 1]", r"x_{\mathrm{prev}, i, j + 1}"),
        ("f(x/2)", r"f\left(\frac{x}{2}\right)"),
        ("max(x, y)", r"\max(x, y)"),
        ("sg(x)", r"\operatorname{sg}\left[x\right]"),
        ("sigmoid(x)", r"\operatorname{sigmoid}(x)"),
        ("pi", r"\pi"),
        ("KL(q, p)", r"D_{\mathrm{KL}}\left(q \,\|\, p\right)"),
        ("E[x ~ q](x**2)", r"\mathbb{E}_{x \sim q}\left[x^{2}\right]"),
        ("E[x ~ Normal(m, v)](x)", r"\mathbb{E}_{x \sim \mathcal{N}(m, v)}\left[x\right]"),
        ("Normal(x; m, v)", r"\mathcal{N}(x \mid m, v)"),
        ("2*Sum(x[i], i, 1, n)", r"2\,\sum_{i = 1}^{n} x_{i}"),
        ("Sum(x[i] + 1, i, 1, n)*y", r"\left(\sum_{i = 1}^{n} (x_{i} + 1)\right)\,y"),
        ("Prod(i, i, 1, n)", r"\prod_{i = 1}^{n} i"),
        ("Int(exp(-x), x, -oo, oo)", r"\int_{-\infty}^{\infty} e^{-x} \,\mathrm{d}x"),
        ("diff(x**2, x)", r"\frac{\mathrm{d}}{\mathrm{d}x}\left[x^{2}\right]"),
        ("diff(x, x; 1)", r"\left.\frac{\mathrm{d}}{\mathrm{d}x}\left[x\right]\right|_{x = 1}"),
    ],
)
def test_golden(text: str, latex: str) -> None:
    assert to_latex(read(text)) == latex


def test_claims_and_chains() -> None:
    assert claim_latex(read_claim("a >= b")) == r"a \ge b"
    assert claim_latex(read_claim("a < b")) == "a < b"
    assert chain_latex(read_chain("a = b <= c != d ≈ 0.30")) == r"a = b \le c \neq d \approx 0.30"


def depth_profile(text: str) -> list[int]:
    out, depth = [], 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        out.append(depth)
    return out


@settings(max_examples=200, deadline=None)
@given(terms())
def test_braces_and_fences_balance(term: Term) -> None:
    text = to_latex(term)
    profile = depth_profile(text)
    assert min(profile, default=0) >= 0 and (not profile or profile[-1] == 0)
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    assert text.isprintable()


@settings(max_examples=200, deadline=None)
@given(terms(max_leaves=6), terms(max_leaves=6))
def test_brackets_keep_structures_apart(left: Term, right: Term) -> None:
    together = {to_latex(t) for t in (add(left, right), sub(left, right), mul(left, right))}
    assert len(together) == 3
    assert to_latex(neg(mul(left, right))) != to_latex(mul(neg(left), right))


hostile = st.text(alphabet="ab_\\{}$%#&^~ \n\0²·é", min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(hostile)
def test_no_name_reaches_tex_as_a_command(name: str) -> None:
    """Names of functions and families included, whatever they hold."""
    shown = name_latex(name)
    rest = re.sub(r"\\(_|(mathrm|bar|hat|tilde|alpha|beta|left|right)\b)", "", shown)
    assert not re.search(r"[\\$%#&~\n\0]", rest)
    assert depth_profile(shown)[-1:] in ([], [0])
