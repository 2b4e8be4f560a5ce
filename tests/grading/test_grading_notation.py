"""What students write, read as it is meant or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.grading.cleaning import cleaned, is_nothing
from derive.grading.model import Unreadable
from derive.grading.reading import Reader
from derive.grading.shapes import shape
from derive.terms import Context, read
from numeric.domain import POSITIVE

CONTEXT = (
    Context()
    .declare("mu")
    .declare("sigma", POSITIVE)
    .declare("epsilon")
    .declare("x_0")
    .declare("abar", POSITIVE)
    .declare("eps_theta")
    .declare("q", kind="family", arity=1)
    .declare("f", kind="function", arity=1)
)
READER = Reader(CONTEXT, frozenset(d.name for d in CONTEXT), frozenset({"bits"}))


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (r"\frac12 \log \sigma^2", "1/2*log(sigma**2)"),
        (r"e^{\mu + \sigma\varepsilon}", "exp(mu + sigma*epsilon)"),
        (r"$\sqrt{\bar\alpha}\,x_0$", "sqrt(abar)*x_0"),
        (r"\epsilon_\theta", "eps_theta"),
        ("2mu sigma", "2*mu*sigma"),
        ("σ² − μ²", "sigma**2 - mu**2"),
        ("(mu)(sigma)", "mu*sigma"),
        ("mu(1 + sigma)", "mu*(1 + sigma)"),
        ("f(2) + q_1", "f(2) + q[1]"),
        ("sqrt 2", "sqrt(2)"),
        (r"\sqrt[3]{2}", "2**(1/3)"),
        (r"\log_2 8", "log2(8)"),
        (r"\ln(\mu)^2", "log(mu)**2"),
        (r"\log^2 \sigma", "log(sigma)**2"),
        ("z = mu + 1", "mu + 1"),
        ("2048 bits", "2048"),
        ("1,5", "1.5"),
        ("1.2 × 10⁻³", "1.2e-3"),
        (r"\left( \mu - 1 \right)^{2}", "(mu - 1)**2"),
        ("|mu|", "abs(mu)"),
        (r"\mathrm{mu}", "mu"),
        ("+3", "3"),
        (r"2 \cdot 3 \times 4", "2*3*4"),
        ("16x16", "16*16"),
    ],
)
def test_answers_are_read_as_meant(answer: str, meant: str) -> None:
    assert shape(READER.answer(answer).term) == shape(read(meant, CONTEXT))


@pytest.mark.parametrize(
    "answer",
    [
        "1/2mu", "log 2 mu", "13,889", "2 000", "1 2", r"\foo{1}", "0.5 or 0.6", "0.5 ± 0.1", "y", "mu'",
        "mu < 3", "5!", "(1", "1)", r"\frac{1}", "mu_7", "f", "import os", r"\sum_i i", "0.5, 0.6", "=",
        r"\input{/etc/passwd}", "{{}}", "mu.__class__",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_none_is_refused(answer: str) -> None:
    with pytest.raises(Unreadable):
        READER.answer(answer)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    is_nothing(text)
    cleaned(text)
    try:
        READER.answer(text)
    except Unreadable as error:
        assert str(error)


@given(st.text(alphabet=r"\{}()[]^_/*+-=≈.,0123456789exlogsqrtfrac μσ", max_size=40))
def test_any_formula_like_text_is_read_or_refused(text: str) -> None:
    try:
        READER.answer(text)
    except Unreadable as error:
        assert str(error)


def test_shapes_tell_steps_from_ways_of_writing() -> None:
    assert shape(read("a*b/c")) == shape(read("b*(a/c)"))
    assert shape(read("(a - b)**2")) == shape(read("(b - a)**2"))
    assert shape(read("a*(b + c)")) != shape(read("a*b + a*c"))
    assert shape(read("log(a**2)")) != shape(read("2*log(a)"))
    assert shape(read("a - b")) != shape(read("b - a"))
