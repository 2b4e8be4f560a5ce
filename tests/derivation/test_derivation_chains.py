"""Chains: what each link proves, what the whole chain states, and which line is at fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import Derivation
from derive.derivation import DerivationError


def schedule() -> Derivation:
    """The declarations of a diffusion schedule."""
    d = Derivation("test.schedule")
    d.declare({"beta(t)": "in (0, 1)"}, n="integer >= 2", m="integer >= 1")
    d.define("alpha(t)", "1 - beta(t)")
    return d.define("abar(t)", "Prod(alpha(s), s, 1, t)")


LINES = (
    "1/(alpha(n)/beta(n) + 1/(1 - abar(n - 1)))",
    "beta(n)*(1 - abar(n - 1))/(alpha(n)*(1 - abar(n - 1)) + beta(n))",
    "beta(n)*(1 - abar(n - 1))/(1 - abar(n - 1)*alpha(n))",
    "beta(n)*(1 - abar(n - 1))/(1 - abar(n))",
)


def variance(lines: tuple[str, ...] = LINES) -> Derivation:
    """A derivation of the posterior variance, by three links and two lemmas."""
    d = schedule()
    d.claim("0 < 1 - abar(m)", label="positive", by="induction")
    d.start("abar(n)", label="step").eq("abar(n - 1)*alpha(n)", by="sum_ring")
    facts = [("positive", {"m": "n - 1"}), ("positive", {"m": "n"}), "step"]
    chain = d.start(lines[0], label="variance").eq(lines[1], by="ring", using=facts)
    chain.eq(lines[2], by="ring", using=facts).eq(lines[3], by="ring", using=facts)
    return d


def test_lemmas_are_instantiated_and_links_joined() -> None:
    report = variance().check()
    assert report.proved, report
    theorem = report.theorems["variance"]
    assert not theorem.conditions
    assert str(theorem.claim) == f"{LINES[0]} = {LINES[3]}"


@pytest.mark.parametrize(
    ("line", "damaged"),
    [
        (2, "beta(n)*(1 - abar(n - 1))/(alpha(n)*(1 - abar(n - 1)) - beta(n))"),
        (2, "beta(n)*(1 + abar(n - 1))/(alpha(n)*(1 - abar(n - 1)) + beta(n))"),
        (3, "beta(n)*(1 - abar(n - 1))/(1 - abar(n - 1)*alpha(n - 1))"),
        (4, "beta(n)*(1 - abar(n))/(1 - abar(n - 1))"),
        (4, "(1 - abar(n - 1))/(1 - abar(n))"),
    ],
)
def test_a_damaged_line_is_reported_where_it_stands(line: int, damaged: str) -> None:
    lines = list(LINES)
    lines[line - 1] = damaged
    report = variance(tuple(lines)).check()
    first = report.first_failure
    assert first is not None and not report.proved
    assert (first.label, first.line) == ("variance", line)
    assert first.verdict.name == "refuted"
    assert f"test.schedule, chain variance, line {line}" in str(report)
    assert [r.line for r in report.failures] == [line, line + 1][: 5 - line]
    assert "variance" not in report.theorems and "step" in report.theorems


RISING = ("le", "lt", "eq")
FALLING = ("ge", "gt", "eq")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_chain_states_the_strongest_relation_between_its_ends(data: st.DataObject) -> None:
    up = data.draw(st.booleans())
    kinds = data.draw(st.lists(st.sampled_from(RISING if up else FALLING), min_size=1, max_size=5))
    d = Derivation("test.order")
    chain, offset = d.declare(x="real").start("x"), 0
    for kind in kinds:
        offset += 0 if kind == "eq" else 1 if up else -1
        getattr(chain, kind)(f"x + {offset}" if offset >= 0 else f"x - {-offset}")
    report = d.check()
    assert report.proved, report
    strict, weak = ("<", "<=") if up else (">", ">=")
    strongest = strict if {"lt", "gt"} & set(kinds) else weak if {"le", "ge"} & set(kinds) else "="
    assert chain.statement.relation == strongest
    assert report.theorems["1"].claim == chain.statement.oriented()


def test_a_chain_up_and_down_is_refused_when_it_is_written() -> None:
    chain = Derivation("test.both").declare(x="real").start("x", label="c").le("x + 1")
    with pytest.raises(DerivationError, match=r"test.both, chain c, line 3: > cannot follow <="):
        chain.gt("x - 1")


def test_a_missing_condition_is_named() -> None:
    d = Derivation("test.quotient")
    d.declare(x="real").start("x/x").eq("1")
    (link,) = d.check().links
    assert link.verdict.name == "conditional"
    assert "it holds only where x != 0" in link.message
    d = Derivation("test.quotient").declare(x="real").assume(h_apart="x != 0")
    d.start("x/x").eq("1")
    assert d.check().proved


def test_a_hypothesis_that_is_used_by_name_makes_the_difference() -> None:
    d = Derivation("test.norm").declare({"p[i]": "positive"}, K="integer >= 1")
    d.start("Sum(2*p[i], i, 1, K)").eq("2")
    assert not d.check().proved
    d = Derivation("test.norm").declare({"p[i]": "positive"}, K="integer >= 1")
    d.assume(h_norm="Sum(p[i], i, 1, K) = 1").start("Sum(2*p[i], i, 1, K)").eq("2")
    assert d.check().proved


def test_every_bad_link_is_reported_not_only_the_first() -> None:
    d = Derivation("test.two").declare(x="real")
    d.start("x", label="first").eq("x + 1").eq("1 + x").eq("x")
    d.claim("x < x", label="second")
    report = d.check()
    assert [(r.label, r.line) for r in report.failures] == [
        ("first", 2), ("first", 4), ("second", 2)
    ]  # fmt: skip
    assert not report.theorems


def test_wrong_variants() -> None:
    d = Derivation("test.wrong").declare(x="real")
    d.claim("0 <= x**2")
    d.wrong("0 < x**2", why="0 itself")
    report = d.check()
    assert report.proved and [w.outcome for w in report.wrongs] == ["refuted"]
    d.wrong("0 <= 2*x**2")
    report = d.check()
    assert not report.proved and [w.outcome for w in report.wrongs] == ["refuted", "proved"]
    assert "the wrong variant 0 <= 2*x**2 is PROVED" in str(report)


def test_an_empty_derivation_proves_nothing() -> None:
    assert not Derivation("test.empty").check().proved
    d = Derivation("test.line").declare(x="real")
    d.start("x", label="alone")
    report = d.check()
    assert not report.proved and "chain alone: it has one line" in str(report)


BAD = {
    "symbol": (lambda d: d.start("x + y"), r"chain 1, line 1, column 5: unknown symbol 'y'"),
    "grammar": (lambda d: d.start("x").eq("x +* 2"), r"chain 1, line 2, column 4: "),
    "claim": (lambda d: d.claim("x + 1", label="c"), r"chain c, column 1: expected one relation"),
    "twice": (lambda d: d.declare(x="real"), r"declaration of x: x is declared twice"),
    "domain": (lambda d: d.declare(y="big"), r"declaration of y: .*unknown domain 'big'"),
    "head": (lambda d: d.define("f(", "x"), r"definition of f\(: expected a name"),
    "body": (lambda d: d.define("f(t)", "t + u"), r"definition of f\(t\), column 5: unknown"),
    "hypothesis": (lambda d: d.assume(h="x < u"), r"hypothesis h, column 5: unknown symbol 'u'"),
    "label": (lambda d: (d.claim("x = x", "c"), d.claim("x = x", "c")), r"chain c: another chain"),
    "wrong": (lambda d: d.wrong("x <"), r"wrong variant 1, column"),
    "cited": (
        lambda d: d.claim("x = x", using="c"), r"chain 1: there is no earlier chain 'c'; .*: none"
    ),
    "term": (
        lambda d: (d.claim("x = x", "c"), d.claim("x = x", using=[("c", {"x": "u"})])),
        r"chain 2, x in c, column 1: unknown symbol 'u'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_text_says_where_it_stands(case: str) -> None:
    action, message = BAD[case]
    with pytest.raises(DerivationError, match=f"^test.bad, {message}"):
        action(Derivation("test.bad").declare(x="real"))
