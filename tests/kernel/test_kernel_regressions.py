"""Holes that a hostile reader found, each closed for good."""

from __future__ import annotations

from fractions import Fraction

import pytest
from helpers import jsonl, judge

from derive.decision import decide
from derive.kernel import rules
from derive.kernel.bounds import Bounds
from derive.kernel.integrals import antiderivative, substitution
from derive.kernel.monotone import monotone
from derive.kernel.theorem import KernelError
from derive.kernel.unfolding import unfold
from derive.terms import Claim, Context, ContextError, TextError, num, read, read_claim
from derive.terms.context import Declaration
from derive.terms.domains import read_domain
from derive.terms.term import mul, sym
from numeric.domain import INTEGER, Domain

REALS = Context().declare("x").declare("y").declare("w").declare("f", Domain(), "function", 1)


@pytest.mark.parametrize("lhs", ["erf(y + x - x)", "f(y + 0*x)", "Gamma(y*x/x)", "sg(y + x - x)"])
def test_an_argument_in_which_a_symbol_cancels_is_its_own(lhs: str) -> None:
    wrong = lhs[: lhs.index("(")] + "(x)"
    with pytest.raises(KernelError, match="different normal forms"):
        rules.ring(REALS, read(lhs), read(wrong))
    right = lhs[: lhs.index("(")] + "(y)"
    assert rules.ring(REALS, read(lhs), read(right)).claim.rhs == read(right)


def test_conditions_are_checked_like_claims() -> None:
    context = Context().declare("n", INTEGER)
    claim = read_claim("0 <= Sum(i, i, -n, n)")
    with pytest.raises(KernelError, match="not declared"):
        rules.bound(context, claim, [read_claim("0 < i_1")])


def test_a_claim_has_one_of_six_relations() -> None:
    for relation in ("≈", "==", "~", ""):
        with pytest.raises(ContextError):
            Claim(num(0), relation, num(5))  # type: ignore[arg-type]


def test_the_theorem_is_about_the_claim() -> None:
    for text in ("-0 <= x**2", "0.0 <= x**2", "x**2 >= 0", "x**2 + 1 != 0"):
        claim = read_claim(text, REALS)
        verdict = decide(claim, REALS)
        assert verdict.name == "proved"
        assert verdict.theorem.claim == claim.oriented()  # type: ignore[union-attr]


def test_a_derivative_along_a_tied_name_is_declined() -> None:
    for claim in ("diff(L, w) = 0", "diff(L, w) = 2*w"):
        verdict = judge(claim, ["L = w**2"], L="real", w="real")
        assert verdict.name == "undecided"


def test_a_definition_is_never_captured_by_a_binder() -> None:
    context = REALS.define("g", read("x**2")).define("h", read("t*x"), ("t",))
    assert decide(read_claim("diff(g, x) = 2*x", context), context).name == "proved"
    assert decide(read_claim("diff(h(y), x) = y", context), context).name == "proved"
    with pytest.raises(TextError, match="make it a parameter"):
        read("Sum(h(x), x, 1, 3)", context)
    with pytest.raises(ContextError, match="bound here"):
        context.check(read("diff(g, x)"))


def test_a_builtin_is_not_a_declared_scalar_of_its_name() -> None:
    context = Context().declare("exp", INTEGER).declare("x")
    assert not context.is_integer(read("exp(x)", context))
    context = Context().define("exp", read("3")).declare("x")
    assert decide(read_claim("exp(x)*exp(-x) = 1", context), context).name == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        "diff(sqrt(x**4), x) <= 2*x + 0*abs(x)",
        "diff(max(max(x, 0), 0) - max(x, 0), x) = 0",
        "diff(abs(x + abs(x)) - x - abs(x), x) = 0",
        "diff(sqrt((x*u)**2), u; 2) >= 0",
    ],
)
def test_where_a_formula_for_a_derivative_fails_nothing_is_refuted(claim: str) -> None:
    assert judge(claim, x="real").name in ("undecided", "conditional", "proved")


@pytest.mark.parametrize("words", ["integer in [-5, 0]", "integer <= -100", "integer in [3, 4]"])
def test_witnesses_lie_in_their_domains(words: str) -> None:
    domain = read_domain(words)
    for claim in ("Prod(2, k, 0, n) = 7", "Sum(k, k, 0, n) = 9", "n = 17"):
        verdict = judge(claim, n=words)
        assert verdict.name == "refuted"
        assert domain.contains(dict(verdict.witness.values)["n"])  # type: ignore[union-attr]


def test_a_hypothesis_with_a_sum_does_not_nest_for_ever() -> None:
    verdict = judge("x*n = n*x", ["x <= Sum(n, i, 0, n)"], x="nonzero", n="integer >= 0")
    assert verdict.name == "proved"


@pytest.mark.parametrize(
    "claim",
    [
        "exp(exp(30)) > 0",
        "exp(-exp(60)) > 0",
        "(1/3)**(10**12) > 0",
        "erfc(10**5) > 0",
        "x**10000 - 1 != 0",
        "x**4000 > 1",
        "Sum(Sum(x + i*j, i, 1, 400), j, 1, 400) = 3",
    ],
)
def test_large_numbers_and_degrees_end_within_the_budget(claim: str) -> None:
    lhs, relation, rhs = claim.rsplit(" ", 2)
    line = {"lhs": lhs, "relation": relation, "rhs": rhs, "symbols": {"x": "real"}}
    _, (verdict,) = jsonl([line], "--timeout", "20")
    assert verdict["verdict"] in ("proved", "refuted", "undecided")
    assert "given up" not in verdict["reason"]


def test_definitions_that_explode_are_refused() -> None:
    context = Context().declare("x").define("c0", read("x + 1"))
    with pytest.raises(ContextError, match="written out"):
        for i in range(1, 30):
            context = context.define(f"c{i}", read(f"c{i - 1}*c{i - 1}"))


def test_a_stopped_gradient_says_nothing_of_monotonicity() -> None:
    context = Context().declare("a").declare("b")
    inner = context.declare("x")
    flat = unfold(inner, read("diff(-sg(x), x)"))
    claim = read_claim("0 <= diff(-sg(x), x)")
    level = rules.combine(inner, claim, [flat], [Fraction(-1)])
    with pytest.raises(KernelError, match="continuous"):
        monotone(context, level, read("a"), read("b"))


@pytest.mark.parametrize("claim", ["y/10**400 <= 1", "exp(-800)*y < 1", "exp(-800)*y != 1"])
def test_an_end_too_small_for_a_float_does_not_lose_the_other(claim: str) -> None:
    context = Context().declare("y", Domain(Fraction(1)))
    assert decide(read_claim(claim), context).name != "proved"
    small = num(Fraction(1, 10**400))
    assert Bounds(context).of(mul(small, sym("y"))).upper is None
    assert rules.bound(context, read_claim("0 < y/10**400")).claim.relation == "<"


def test_a_part_of_a_matrix_that_cannot_be_written_out_is_not_dropped() -> None:
    context = Context().declare("x")
    claim = read_claim("trace(Matrix([[x]]) + diff(Matrix([[t]]), t; x)) = x")
    assert decide(claim, context.assume("h", read_claim("x**5 - x - 1 = 0"))).name != "proved"
    with pytest.raises(KernelError, match="cannot be written"):
        unfold(context, claim.lhs)


@pytest.mark.parametrize("inner", ["d", "det(Matrix([[d]]))"])
def test_a_bound_name_is_no_definition_inside_a_matrix(inner: str) -> None:
    context = Context().define("d", read("det(Matrix([[5]]))"))
    with pytest.raises(KernelError, match="binds d"):
        unfold(context, read(f"det(Matrix([[Sum({inner}, d, 1, 3)]]))"))


def test_a_context_declares_a_name_once() -> None:
    context = Context().declare("x").assume("h", read_claim("x = 0"))
    with pytest.raises(ContextError, match="twice"):
        Context((*context.symbols, Declaration("x")), context.hypotheses)
    hidden = context.shadowed(("x",))
    assert context.beyond(hidden) is None


def test_a_substitution_is_shown_over_its_own_range() -> None:
    def over(low: int, high: int) -> Context:
        inner = Context().declare("x").assume("low", read_claim(f"{low} < x"))
        return inner.assume("high", read_claim(f"x < {high}"))

    unit, wide, rate = over(0, 1), over(0, 2), read("diff(x, x)")
    ends = num(0), num(1)
    known = antiderivative(Context(), unfold(unit, rate), ends, (None, None))
    slope = rules.trans(rules.bound(wide, read_claim("0 < 1")), rules.symmetry(unfold(wide, rate)))
    low, high = rules.hypothesis(unit, "low"), rules.hypothesis(unit, "high")
    below = rules.trans(high, rules.bound(unit, read_claim("1 < 2")))
    back = [low, high, rules.refl(unit, sym("x")), low, below]
    with pytest.raises(KernelError, match="onto"):
        substitution(known, (num(0), num(2)), [slope], back, sym("x"))


@pytest.mark.parametrize(
    ("claim", "hypothesis", "names"),
    [
        ("v > 0", "KL(Normal(0, v), Normal(0, w)) >= 0", "vw"),
        ("v > 0", "Laplace(w; 0, v) != 7", "vw"),
        ("v > 0", "Gamma(v) != 7", "v"),
        ("v >= 0", "diff(sqrt(v)*0 + t, t; w) != 5", "vw"),
        ("v > 0", "w = log(v)*0 + pi", "vw"),
    ],
)
def test_a_witness_satisfies_the_hypotheses_with_all_that_they_need(
    claim: str, hypothesis: str, names: str
) -> None:
    context = Context()
    for name in names:
        context = context.declare(name)
    context = context.assume("h", read_claim(hypothesis))
    assert decide(read_claim(claim), context).name != "refuted"


def test_an_equation_about_a_number_rewrites_nothing() -> None:
    context = REALS.assume("h", read_claim("3 = -1 - y"))
    known = rules.hypothesis(context, "h")
    with pytest.raises(KernelError, match="different normal forms"):
        rules.ring(context, read("x/3"), read("x/(-1 - y)"), [known])
    assert rules.ring(context, read("y"), read("-4"), (), [known]).claim.rhs == read("-4")
