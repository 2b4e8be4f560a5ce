"""Certificates whose steps are about large numbers, constant factors, and sines of numbers."""

from __future__ import annotations

import pytest

from derive.certificates import certificate
from derive.claims import declare
from derive.decision import prove
from derive.recheck import recheck
from derive.terms import Context, read, read_claim
from numeric.domain import Domain


def written(text: str, context: Context) -> int:
    """The number of steps of the certificate of a claim, which is replayed."""
    theorem, reason = prove(read_claim(text, context), context)
    assert theorem is not None, reason
    assert not theorem.conditions
    return recheck(certificate(theorem)).steps


def schedule() -> Context:
    """Products of 1 - t/1000, as `abar`."""
    context = declare(Context(), "m", "integer >= 1")
    inner = context.shadowed(("t",)).declare("t", Domain(integer=True))
    return context.define("abar", read("Prod(1 - s/1000, s, 1, t)", inner), ("t",))


def test_a_product_of_many_numbers() -> None:
    assert written("abar(60) < 17/100", schedule()) < 500
    assert written("abar(60) = abar(30)*Prod(1 - s/1000, s, 31, 60)", schedule()) < 500


@pytest.mark.parametrize(
    "text",
    ["Prod(u[i]*(w*c), i, 1, m) = Prod(u[i], i, 1, m)*(w*c)**m", "Sum(w + c, i, 1, m) = m*(w + c)"],
)
def test_a_constant_factor_that_is_a_product(text: str) -> None:
    context = declare(Context(), "m", "integer >= 1")
    for name in ("u[i]", "w", "c"):
        context = declare(context, name, "positive")
    written(text, context)


@pytest.mark.parametrize(
    "text",
    ["sin(1) < 1", "-85/100 < sin(-1)", "cos(2) < -4/10", "sin(1/10*10000**(-1/64)) < 865/10000"],
)
def test_sine_and_cosine_of_a_number(text: str) -> None:
    written(text, Context())
