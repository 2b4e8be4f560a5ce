"""Sample points: they lie in the domains, satisfy the hypotheses, and contradict false claims."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from derive.search.order_samples import Samples, Unsampled
from derive.terms import Context, read, read_claim
from numeric.domain import POSITIVE, Domain


def unit() -> Domain:
    return Domain(Fraction(0), Fraction(1))


def test_the_points_satisfy_equations_and_inequalities() -> None:
    context = Context().declare("a", unit()).declare("b", unit()).declare("c", unit())
    context = context.assume("h", read_claim("a + b + c = 1")).assume("g", read_claim("a < b"))
    samples = Samples(context)
    assert samples.count >= 20
    a, b, c = (samples.of(read(n)) for n in "abc")
    assert np.allclose(a + b + c, 1)
    assert np.all((a > 0) & (a < b) & (c > 0))


def test_a_false_claim_is_contradicted_and_a_true_one_is_not() -> None:
    samples = Samples(Context().declare("x", POSITIVE).declare("y"))
    assert samples.refutes(read_claim("x < y"))
    assert samples.refutes(read_claim("log(x) <= x - 2"))
    assert not samples.refutes(read_claim("log(x) <= x - 1"))
    assert not samples.refutes(read_claim("log(1 + x) - x + x**2/2 >= 0"))
    assert not samples.refutes(read_claim("softplus(y) - log(1 + exp(y)) <= 0"))


def test_values_of_functions_and_families_are_drawn_from_their_domains() -> None:
    context = Context().declare("abar", unit(), kind="function", arity=1)
    context = context.declare("alpha", unit(), kind="function", arity=1)
    context = context.declare("t", Domain(Fraction(1), lower_open=False, integer=True))
    context = context.assume("h", read_claim("abar(t) = abar(t - 1)*alpha(t)"))
    samples = Samples(context)
    assert samples.count >= 20
    assert not samples.refutes(read_claim("abar(t) < abar(t - 1)"))
    assert samples.refutes(read_claim("abar(t - 1) < abar(t)"))


def test_a_sum_with_a_symbolic_end_has_no_values() -> None:
    context = Context().declare("n", Domain(Fraction(1), lower_open=False, integer=True))
    with pytest.raises(Unsampled):
        Samples(context).of(read("Sum(i, i, 1, n)"))
    assert not Samples(context).refutes(read_claim("Sum(i, i, 1, n) < 0"))
