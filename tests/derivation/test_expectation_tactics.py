"""Tactics for expectations: each shows what it is for, and names the hypothesis that is missing."""

from __future__ import annotations

import pytest

from derive.tactics import Goal, Refused, goal, run
from derive.terms import read, read_claim

PQ = {"X": "space", "x": "real", "p(x)": "positive", "q(x)": "positive", "f(x)": "real"}
KL = "Int(p(x)*log(p(x)/q(x)), x, X)"
MASSES = ("Int(p(x), x, X) = 1", "Int(q(x), x, X) <= 1")
MEAN = "Int(p(x)*f(x), x, X) = Int(p(x)*f(x), x, X)"
LOG = "Int(p(x)*log(q(x)), x, X)"


def posterior(text: str) -> Goal:
    """A goal about a posterior density, defined as joint over marginal."""
    given = goal("0 < P", **PQ, P="positive")
    context = given.context.define("post", read("p(x)/P"), ("x",))
    claim = read_claim(text, context)
    return Goal(context, claim)


SHOWS: list[tuple[str, Goal]] = [
    ("lin_E", goal("Int(p(x)*(1 - f(x)), x, X) = 1 - Int(p(x)*f(x), x, X)", MASSES[0], MEAN, **PQ)),
    ("lin_E", goal("Int(x**2 + 2*x, x, 0, 1) = Int(x**2, x, 0, 1) + 1", **PQ)),
    ("norm", goal("log(Int(p(x), x, X)) = 0", MASSES[0], **PQ)),
    ("norm", goal("Int(p(x) - q(x), x, X) = 0", MASSES[0], "Int(q(x), x, X) = 1", **PQ)),
    ("bayes", posterior("log(p(x)) = log(P) + log(post(x))")),
    ("com", goal("Int(q(x)*(p(x)/q(x)*f(x)), x, X) = Int(p(x)*f(x), x, X)", MEAN, **PQ)),
    ("gibbs", goal(f"0 <= {KL}", *MASSES, f"{KL} = {KL}", **PQ)),
    ("gibbs", goal(f"Int(p(x) - q(x), x, X) <= {KL}", *MASSES, f"{KL} = {KL}", **PQ)),
    (
        "jensen",
        goal(f"{LOG} <= log(2)", MASSES[0], "Int(p(x)*q(x), x, X) = 2", f"{LOG} = {LOG}", **PQ),
    ),
    ("pointwise_opt", goal("Int(p(x)*sin(f(x)), x, X) <= Int(p(x), x, X)", MASSES[0],
                           "Int(p(x)*sin(f(x)), x, X) = Int(p(x)*sin(f(x)), x, X)", **PQ)),
    ("gauss_moments", goal("E[x ~ Normal(a, 2)](x**2) = a**2 + 2", a="real")),
]  # fmt: skip

REFUSES: list[tuple[str, Goal, str]] = [
    ("lin_E", goal(f"{KL} = {LOG}", *MASSES, **PQ), "nothing shows that"),
    ("lin_E", goal("x + x = 2*x", **PQ), "there is no integral"),
    ("lin_E", goal(f"0 <= {KL}", *MASSES, **PQ), "it shows equations"),
    ("norm", goal("Int(p(x), x, X) = 1", **PQ), "h_norm or h_marginal"),
    ("bayes", goal("log(p(x)) = log(q(x)) + log(p(x)/q(x))", **PQ), "define one as joint over"),
    ("com", goal("Int(p(x)*f(x), x, X) = Int(p(x)*f(x), x, X)", MEAN, **PQ), "ratio of densities"),
    ("lotus", goal("Int(p(x), x, X) = 1", MASSES[0], **PQ), "h_pushforward"),
    ("gibbs", goal(f"0 <= {KL}", *MASSES, **PQ), "h_integrable"),
    ("gibbs", goal(f"0 <= {KL}", MASSES[0], "Int(q(x), x, X) = 2", f"{KL} = {KL}", **PQ), "masses"),
    ("gibbs", goal(f"{KL} <= 0", *MASSES, f"{KL} = {KL}", **PQ), "the tangent"),
    ("jensen", goal("Int(p(x)*f(x), x, X) <= 0", MEAN, **PQ), "with a logarithm"),
    ("jensen", goal(f"log(2) <= {LOG}", MASSES[0], "Int(p(x)*q(x), x, X) = 2", f"{LOG} = {LOG}",
                    **PQ), "tangent at the mean"),
    ("pointwise_opt", goal("Int(p(x)*f(x), x, X) <= Int(p(x), x, X)", MASSES[0], MEAN, **PQ),
     "at a point"),
    ("gauss_moments", goal("x + x = 2*x", **PQ), "no named law"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given"), SHOWS, ids=[f"{n}: {g.claim}" for n, g in SHOWS])
def test_a_tactic_shows_its_goal(name: str, given: Goal) -> None:
    theorem = run(name, given)
    assert theorem.claim in (given.claim, given.claim.oriented())
    assert not theorem.conditions


@pytest.mark.parametrize(
    ("name", "given", "words"), REFUSES, ids=[f"{n}: {g.claim}" for n, g, _ in REFUSES]
)
def test_a_refusal_says_what_is_missing(name: str, given: Goal, words: str) -> None:
    with pytest.raises(Refused) as failure:
        run(name, given)
    assert words in str(failure.value)
    assert str(failure.value).startswith(f"{name}:")
