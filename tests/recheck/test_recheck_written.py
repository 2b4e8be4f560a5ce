"""Certificates whose steps are about large numbers, constant factors and sines, and shared ones."""

from __future__ import annotations

import pytest

from derive.certificates import certificate, certificates
from derive.certifying import rules
from derive.certifying.writer import Unwritten
from derive.claims import declare
from derive.decision import prove
from derive.kernel.rules import instantiate
from derive.kernel.theorem import Theorem
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


def proved(text: str, context: Context) -> Theorem:
    """The theorem of a claim."""
    theorem, reason = prove(read_claim(text, context), context)
    assert theorem is not None, reason
    return theorem


def test_theorems_that_differ_in_their_claims_alone_share_a_certificate() -> None:
    context = declare(declare(Context(), "x", "positive"), "y", "real")
    claims = {"sum": "log(x**2) + y = y + 2*log(x)", "twice": "2*log(x**2) + y = y + 4*log(x)"}
    theorems = {label: proved(text, context) for label, text in claims.items()}
    theorems["apart"] = proved("y/y = 1", context)
    shared, apart = certificates(theorems)
    report = recheck(shared)
    assert len(report.claims) == 2 and report.conditions == []
    alone = [recheck(certificate(theorems[label])).steps for label in claims]
    assert report.steps < sum(alone)
    assert recheck(apart).conditions == ["y != 0"]


def test_what_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    context = declare(Context(), "x", "real")
    theorems = {"first": proved("x + x = 2*x", context), "second": proved("0 <= x**2", context)}
    monkeypatch.setitem(rules.RULES, "bound", lambda step: step.writer.shown(None, None, None))
    with pytest.raises(Unwritten) as found:
        certificates(theorems)
    assert found.value.name == "second"


@pytest.mark.parametrize(
    "text",
    [
        "(exp(a*log(x)) + x)/(x**a + x) = 1",
        "sqrt(x**a*x**a)*x**2 = x**(a + 2)",
        "log(x**a)**3/a**2 = a*log(x)**3",
    ],
)
def test_atoms_inside_atoms_and_in_denominators(text: str) -> None:
    context = declare(declare(Context(), "x", "positive"), "a", "positive")
    assert recheck(certificate(proved(text, context))).steps < 60


def test_a_theorem_of_another_context_is_written_once() -> None:
    general = declare(Context(), "x", "positive")
    theorem = proved("log(x**2) = 2*log(x)", general)
    context = declare(declare(Context(), "a", "positive"), "b", "real")
    for value in ("a", "a**2 + 1"):
        here = instantiate(context, theorem, {"x": read(value, context)})
        recheck(certificate(here))
    before = dict(rules._kept)
    certificate(here)
    assert rules._kept == before and id(theorem) in before


def test_the_values_of_a_family_that_is_never_zero() -> None:
    context = declare(declare(Context(), "n", "integer >= 1"), "s[c]", "nonzero")
    written("0 < abs(s[n + 1])", context)
    written("Sum(log(abs(s[c])), c, 1, n) = log(abs(Prod(s[c], c, 1, n)))", context)
