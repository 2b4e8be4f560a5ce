"""Claims about laws, proved from the notation: marginals are definitions that hold integrals."""

from __future__ import annotations

import json

import pytest

from derive.certificates import certificate
from derive.laws import Model
from derive.recheck import recheck
from derive.terms.context import Context
from derive.vocabulary import decide

GAP = "log(p(x)) = ELBO(q, p, x) + KL(q, p(. | x))"


def _model(*, evidence: bool = True, support: bool = True) -> Model:
    model = Model().space("X", "Z").variables(x="X", z="Z").law("p(x, z)").law("q(z)")
    model = model.elaborate(GAP).model.assume_norm("q")
    if evidence:
        model = model.assume_finite(h_evidence="for all x: p(x)")
    if support:
        model = model.assume(h_support="0 < p(x)")
    return model.assume_finite(h_elbo="ELBO(q, p, x)").assume_finite(h_kl="KL(q, p(. | x))")


@pytest.mark.parametrize("text", [GAP, "0 <= KL(q, p(. | x))", "ELBO(q, p, x) <= log(p(x))"])
def test_the_bound_and_its_gap_are_proved_and_certified(text: str) -> None:
    verdict = decide(text, _model())
    assert verdict.name == "proved"
    report = recheck(json.loads(json.dumps(certificate(verdict.theorem))))
    assert not report.conditions and not report.axioms


@pytest.mark.parametrize(
    "text",
    [
        "log(p(x)) = ELBO(q, p, x) - KL(q, p(. | x))",
        "log(p(x)) <= ELBO(q, p, x)",
        "KL(q, p(. | x)) <= 0",
        "p(x) = 1",
    ],
)
def test_what_is_false_is_not_proved(text: str) -> None:
    assert decide(text, _model()).name in ("undecided", "refuted")


@pytest.mark.parametrize("missing", ["evidence", "support"])
def test_without_a_hypothesis_the_gap_is_not_proved(missing: str) -> None:
    assert decide(GAP, _model(**{missing: False})).name in ("conditional", "undecided")


def test_an_integral_of_which_nothing_is_said_is_a_named_condition() -> None:
    model = Model().space("X").variables(x="X").law("p(x)")
    verdict = decide("2*Int(p(x), x, X) - Int(p(x), x, X) = Int(p(x), x, X)", model)
    assert [str(c) for c in verdict.conditions] == ["Int(p(x), x, X) = Int(p(x), x, X)"]
    plain = Context()
    assert decide("Int(1/z, z, 0, 1) - Int(1/z, z, 0, 1) = 0", plain).name != "conditional"
    nowhere = decide("Int(log(-1)*p(x), x, X) - Int(log(-1)*p(x), x, X) = 0", model)
    assert nowhere.name == "undecided"
