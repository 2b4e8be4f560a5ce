"""Earlier chains as lemmas: at other terms, within their hypotheses, and when they are not proved."""

from __future__ import annotations

from derive import Derivation
from derive.derivation.advice import advice
from derive.terms import read_claim


def test_a_lemma_holds_at_other_terms() -> None:
    d = Derivation("test.lemma").declare(x="real", y="real")
    d.claim("x <= x**2 + 1", label="bound")
    d.claim("3*y <= 9*y**2 + 1", by="cite", using=[("bound", {"x": "3*y"})])
    assert d.check().proved


def test_the_terms_must_lie_in_the_domain() -> None:
    d = Derivation("test.domain").declare(s="positive", y="real")
    d.claim("log(s) <= s - 1", label="tangent")
    d.claim("log(y) <= y - 1", using=[("tangent", {"s": "y"})])
    report = d.check()
    assert [r.label for r in report.failures] == ["2"]
    assert "chain tangent cannot be used so: it is not shown that 0 < y" in str(report)


def test_the_domain_may_be_shown_by_another_fact() -> None:
    d = Derivation("test.fact").declare(s="positive", y="real")
    d.assume(h_large="2 <= y")
    d.claim("log(s) <= s - 1", label="tangent")
    d.claim("0 < y - 1", label="positive")
    d.claim("log(y - 1) <= y - 1 - 1", by="cite", using=[("tangent", {"s": "y - 1"}), "positive"])
    assert d.check().proved


def test_a_lemma_about_a_symbol_of_a_hypothesis_stays_there() -> None:
    d = Derivation("test.tied").declare(x="real", y="real").assume(h_large="1 <= x")
    d.claim("1 <= x**2", label="square")
    d.claim("1 <= y**2", using=[("square", {"x": "y"})])
    report = d.check()
    assert [r.label for r in report.failures] == ["2"]
    assert "instantiate: x is not free to be replaced" in str(report)
    d = Derivation("test.tied").declare(x="real", y="real").assume(h_large="1 <= x")
    d.claim("1 <= x**2", label="square")
    d.claim("0 <= y**2", using=[("square", {"x": "y"})])
    assert "instantiate: x is not free to be replaced" in str(d.check())


def test_a_link_may_not_rest_on_a_chain_that_is_not_proved() -> None:
    d = Derivation("test.waiting").declare(x="real", y="real")
    d.claim("x + 1 = y", label="false")
    d.claim("x + 2 = y + 1", label="resting", by="ring", using="false")
    report = d.check()
    assert [r.label for r in report.failures] == ["false"]
    assert report.first_failure is not None and report.first_failure.label == "false"
    assert "chain resting: it rests on false, which is not proved" in str(report)
    assert not report.theorems


def test_what_would_work_is_said() -> None:
    d = Derivation("test.hint").declare(a="positive", b="positive")
    d.start("log(a*b)", label="logs").eq("log(b) + log(a)", by="ring")
    d.start("log(a*b)", label="spelling").eq("log(b) + log(a)", by="log_xp")
    report = d.check()
    assert 'the search proves it: use by="log_exp"' in report.failures[0].message
    assert "there is no tactic 'log_xp'; did you mean 'log_exp'?" in report.failures[1].message


def test_an_earlier_chain_that_helps_is_named() -> None:
    d = Derivation("test.cite").declare({"f(x)": "real"}, x="real")
    d.start("x/f(x)*f(x)").eq("x", by="ring")
    (failure,) = d.check().failures
    assert failure.verdict.name == "conditional"
    known = [("idle", read_claim("x = x")), ("apart", read_claim("0 < f(x)", d.context))]
    assert list(advice(d.context, failure.link, known, failure.verdict)) == [
        "the search proves it from earlier chains: cite them, using=('apart',)"
    ]


def test_a_slip_is_named() -> None:
    d = Derivation("test.slip").declare(a="positive", s="positive")
    d.start("log(a*s**2)").eq("log(a) + log(s)")
    (failure,) = d.check().failures
    assert failure.verdict.name == "refuted"
    assert "the slip is " in failure.message and "it fails at " in failure.message
