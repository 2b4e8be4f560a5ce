"""Hypothesis strategies that several test modules share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

from derive.terms import (
    Term,
    add,
    binder,
    call,
    density,
    dist,
    div,
    index,
    mul,
    neg,
    num,
    oo,
    power,
    sym,
)

NAMES = ("x", "y", "z", "mu_1", "sigma", "n", "θ")
FUNCTIONS = ("exp", "log", "log2", "sqrt", "abs", "sign", "floor", "tanh", "sigmoid", "sg", "erf")
PAIRS = ("max", "min", "Beta")


def names() -> st.SearchStrategy[str]:
    """A name of a symbol."""
    return st.sampled_from(NAMES)


def numbers() -> st.SearchStrategy[Term]:
    """A literal: a natural number, or a decimal with up to three places."""
    naturals = st.integers(0, 30).map(num)
    decimals = st.builds(
        lambda places, digits: num(Fraction(digits, 10**places), places),
        st.integers(1, 3),
        st.integers(0, 999),
    )
    return naturals | decimals


def leaves() -> st.SearchStrategy[Term]:
    """A number, a symbol or the constant pi."""
    return numbers() | names().map(sym) | st.just(call("pi"))


def laws(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    """A named distribution, or the name of a density."""
    return st.builds(dist, st.just("Normal"), inner, inner) | st.sampled_from("pq").map(sym)


def _several(build: Callable[..., Term], part: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.lists(part, min_size=2, max_size=4).map(lambda parts: build(*parts))


def _ranges(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    low = inner | st.just(neg(oo()))
    high = inner | st.just(oo())
    return st.builds(binder, st.sampled_from(("sum", "prod", "int")), names(), inner, low, high)


def _extend(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        _several(add, inner),
        _several(mul, inner),
        inner.map(neg),
        st.builds(div, inner, inner),
        st.builds(power, inner, inner),
        st.builds(call, st.sampled_from(FUNCTIONS), inner),
        st.builds(call, st.sampled_from(PAIRS), inner, inner),
        st.builds(call, st.sampled_from("fg"), inner),
        st.builds(call, st.sampled_from(("KL", "JSD", "CE")), laws(inner), laws(inner)),
        st.builds(index, st.sampled_from("uw"), inner),
        st.builds(density, st.just("Normal"), inner, inner, inner),
        st.builds(binder, st.just("mean"), names(), laws(inner), inner),
        names().flatmap(lambda name: inner.map(lambda f: binder("diff", name, f, sym(name)))),
        st.builds(binder, st.just("diff"), names(), inner, inner),
        _ranges(inner),
    )


def terms(max_leaves: int = 12) -> st.SearchStrategy[Term]:
    """A term of any shape, over the names above, that the text notation can hold."""
    return st.recursive(leaves(), _extend, max_leaves=max_leaves)
