"""A short run of the fuzzer, and tests that its evaluator is right and sees what is false."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import mpmath
import pytest
from fuzz.checks import fault
from fuzz.evaluator import Evaluator, certain, holds
from fuzz.fuzz_kernel import Fuzzer
from fuzz.values import Undefined, Unsure
from mpmath import mp, mpf

from derive.decision import DISAGREEMENT, decide
from derive.terms import Context, read, read_claim
from derive.verdict import Proved, Refuted, Undecided, Verdict, Witness
from numeric.domain import Domain

CONTEXT = Context().declare("x").declare("y").define("f", read("t**2 + y"), ("t",))
POINT = {"x": Fraction(3), "y": Fraction(1, 2)}
POSITIVE = Domain(lower=Fraction(0))


@pytest.mark.parametrize("seed", [7, 8])
def test_a_fixed_run_finds_no_disagreement(seed: int) -> None:
    fuzzer = Fuzzer(seed=seed, limits=False)
    assert list(fuzzer.run(claims=50)) == []
    assert fuzzer.decided == 50
    for kind in ("proved and tested", "conditional and tested", "refuted and confirmed"):
        assert fuzzer.counts[kind] > 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x - y/2", Fraction(11, 4)),
        ("4**y + 27**(1/3)", Fraction(5)),
        ("(-x)**3", Fraction(-27)),
        ("Sum(k**2, k, 1, x)", Fraction(14)),
        ("Prod(k, k, 1, 0)", Fraction(1)),
        ("f(x)", Fraction(19, 2)),
        ("max(x, y) - min(x, y)", Fraction(5, 2)),
        ("floor(-y) + ceil(y)", Fraction(0)),
        ("sign(-x)*abs(-x)", Fraction(-3)),
        ("Gamma(x + 2)", Fraction(24)),
        ("exp(0) + sigmoid(0)", Fraction(3, 2)),
        ("sqrt(9/4)", Fraction(3, 2)),
    ],
)
def test_known_exact_values(text: str, value: Fraction) -> None:
    found = Evaluator(CONTEXT, POINT, 0).of(read(text))
    assert isinstance(found, Fraction)
    assert found == value


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("log(2)", "0.693147180559945309417232121458176568"),
        ("pi", "3.14159265358979323846264338327950288"),
        ("sqrt(2)", "1.41421356237309504880168872420969808"),
        ("exp(1)", "2.71828182845904523536028747135266250"),
        ("Normal(0; 0, 1)", "0.398942280401432677939946059934381868"),
        ("Laplace(1; 1, 2)", "0.25"),
        ("softplus(0)", "0.693147180559945309417232121458176568"),
    ],
)
def test_known_real_values(text: str, digits: str) -> None:
    with mp.workdps(40):
        found = Evaluator(CONTEXT, POINT, 0).of(read(text))
        assert mpmath.almosteq(found, mpf(digits), rel_eps=mpf(10) ** -34)


def test_derivatives_and_stop_gradients() -> None:
    with mp.workdps(120):
        plain = Evaluator(CONTEXT, POINT, 0).of(read("diff(x**3, x)"))
        stopped = Evaluator(CONTEXT, POINT, 0).of(read("diff(x*sg(x), x)"))
        assert abs(plain - 27) < 1e-9
        assert abs(stopped - 3) < 1e-9


@pytest.mark.parametrize(
    "text", ["1/(x - 3)", "log(-x)", "(x - 3)**0", "(-x)**y", "diff(abs(u), u; 0)"]
)
def test_what_has_no_value(text: str) -> None:
    with pytest.raises(Undefined):
        Evaluator(CONTEXT, POINT, 0).of(read(text))


def test_what_cannot_be_settled_is_left_open() -> None:
    evaluator = Evaluator(CONTEXT, POINT, 0)
    with mp.workdps(120):
        with pytest.raises(Unsure):
            evaluator.of(read("floor(exp(log(x)))"))
        assert holds(read_claim("exp(log(x)) > x"), evaluator) is None


def said(verdict: Verdict, claim: str, context: Context = CONTEXT) -> str:
    return fault(verdict, read_claim(claim), context, random.Random(1), Counter())


def proved(claim: str) -> Proved:
    """A verdict that no rule concluded."""
    theorem: Any = SimpleNamespace(claim=read_claim(claim), conditions=frozenset())
    return Proved(theorem)


def test_a_false_proof_is_flagged() -> None:
    assert said(proved("sqrt(x**2) = x"), "sqrt(x**2) = x").startswith("FALSE proved [] at x = -")
    assert "undefined (division by zero)" in said(proved("x/x = 1"), "x/x = 1")
    assert said(proved("x = x"), "x = y") == "ANOTHER CLAIM x = x"
    assert said(proved("sqrt(x**2) = abs(x)"), "sqrt(x**2) = abs(x)") == ""


def test_a_proof_from_a_narrower_domain_is_flagged() -> None:
    claim = "log(x**2) = 2*log(x)"
    narrow, wide = Context().declare("x", POSITIVE), Context().declare("x")
    verdict = decide(read_claim(claim), narrow)
    assert verdict.name == "proved"
    assert said(verdict, claim, narrow) == ""
    assert said(verdict, claim, wide).startswith("FALSE proved")


def test_a_false_refutation_is_flagged() -> None:
    at_one = Refuted(Witness((("x", Fraction(1)),), "", ""))
    context = Context().declare("x", POSITIVE)
    assert said(at_one, "x + x = 2*x", context).startswith("FALSE refuted at x = 1")
    assert said(at_one, "x = 2*x", context) == ""
    outside = Refuted(Witness((("x", Fraction(-1)),), "", ""))
    assert said(outside, "x = 2*x", context) == "WITNESS OUTSIDE THE DOMAIN x = -1"
    bounded = context.assume("h", read_claim("x < 1"))
    assert said(at_one, "x = 2*x", bounded).startswith("WITNESS AGAINST THE HYPOTHESIS x < 1")


def test_a_contradicted_proof_is_flagged() -> None:
    assert said(Undecided(f"{DISAGREEMENT}: at x = 1"), "x = x").startswith("CONTRADICTED PROOF")
    assert said(Undecided("no proof found"), "x = x") == ""


def test_rough_agreement_does_not_speak_against_a_witness() -> None:
    claim = read_claim("erfc(6) + diff(x, x) = 1")
    assert certain(claim, CONTEXT, POINT, 0) is True
    assert certain(claim, CONTEXT, POINT, 0, strict=True) is None
    assert certain(read_claim("diff(x, x) = 2"), CONTEXT, POINT, 0, strict=True) is False
