"""The engine against independent evaluation: whatever it proves must hold at random points."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.decision import DISAGREEMENT
from derive.decision import decide as decided
from derive.refute import Refuter
from derive.terms import Claim, Context, Term, add, call, div, mul, neg, num, power, sub, sym
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict
from numeric.domain import Domain

CONTEXT = (
    Context()
    .declare("x")
    .declare("s", Domain(Fraction(0)))
    .declare("b", Domain(Fraction(0), Fraction(1)))
    .declare("c", Domain(Fraction(0), Fraction(1), False, False))
    .declare("n", Domain(Fraction(1), lower_open=False, integer=True))
)


def decide(claim: Claim, context: Context) -> Verdict:
    """The verdict; a proof that a sample point contradicts is a failure of its own."""
    verdict = decided(claim, context)
    assert not (isinstance(verdict, Undecided) and DISAGREEMENT in verdict.reason), verdict
    return verdict


LEAVES = st.sampled_from([sym("x"), sym("s"), sym("b"), sym("c"), sym("n")]) | st.sampled_from(
    [num(0), num(1), num(2), num(3), num(Fraction(1, 2)), num(-1)]
)


def grow(children: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pair = st.tuples(children, children)
    return st.one_of(
        pair.map(lambda p: add(*p)),
        pair.map(lambda p: sub(*p)),
        pair.map(lambda p: mul(*p)),
        pair.map(lambda p: div(*p)),
        st.tuples(
            children, st.sampled_from([num(2), num(-1), num(Fraction(1, 2)), num(3), num(0)])
        ).map(lambda p: power(*p)),
        st.tuples(
            st.sampled_from(["exp", "log", "sqrt", "abs", "sigmoid", "tanh", "sign"]), children
        ).map(lambda p: call(*p)),
        children.map(neg),
    )


TERMS = st.recursive(LEAVES, grow, max_leaves=6)

REWRITINGS = [
    lambda a, b: (add(a, b), add(b, a)),
    lambda a, b: (mul(a, b), mul(b, a)),
    lambda a, b: (div(mul(a, b), b), a),
    lambda a, b: (call("log", mul(a, b)), add(call("log", a), call("log", b))),
    lambda a, b: (call("exp", add(a, b)), mul(call("exp", a), call("exp", b))),
    lambda a, b: (call("sqrt", power(a, num(2))), a),
    lambda a, b: (call("exp", call("log", a)), a),
    lambda a, b: (power(mul(a, b), num(Fraction(1, 2))), mul(call("sqrt", a), call("sqrt", b))),
    lambda a, b: (mul(call("abs", a), call("sign", a)), a),
    lambda a, b: (power(power(a, num(2)), num(Fraction(1, 2))), call("abs", a)),
    lambda a, b: (div(a, b), mul(a, power(b, num(-1)))),
    lambda a, b: (call("log", power(a, num(2))), mul(num(2), call("log", a))),
]


def fails_somewhere(claim: Claim, extra: list[Claim]) -> bool:
    """Whether a sample point that satisfies ``extra`` violates the claim or leaves a side undefined."""
    context = CONTEXT
    for number, condition in enumerate(extra):
        context = context.assume(f"condition {number}", condition)
    false, undefined = Refuter(context, points=200).search(claim)
    return false is not None or undefined is not None


@settings(max_examples=250, deadline=None)
@given(TERMS, TERMS, st.sampled_from(REWRITINGS))
def test_rewritings_are_proved_only_where_they_hold(a: Term, b: Term, rewriting) -> None:  # type: ignore[no-untyped-def]
    lhs, rhs = rewriting(a, b)
    claim = Claim(lhs, "=", rhs)
    verdict = decide(claim, CONTEXT)
    if isinstance(verdict, Proved):
        assert not fails_somewhere(claim, [])
    elif isinstance(verdict, Conditional):
        assert not fails_somewhere(claim, list(verdict.conditions))


@settings(max_examples=250, deadline=None)
@given(TERMS, TERMS, st.sampled_from(["=", "<=", "<", "!="]))
def test_random_claims_are_proved_only_where_they_hold(a: Term, b: Term, relation) -> None:  # type: ignore[no-untyped-def]
    claim = Claim(a, relation, b)
    verdict = decide(claim, CONTEXT)
    if isinstance(verdict, Proved):
        assert not fails_somewhere(claim, [])
    elif isinstance(verdict, Refuted):
        inside = dict(verdict.witness.values)
        for name, value in inside.items():
            assert CONTEXT[name].domain.contains(value)


@settings(max_examples=100, deadline=None)
@given(TERMS, st.sampled_from([num(1), num(Fraction(1, 2)), num(-1)]))
def test_a_shifted_side_is_never_proved(a: Term, shift: Term) -> None:
    verdict = decide(Claim(a, "=", add(a, shift)), CONTEXT)
    assert verdict.name in ("refuted", "undecided")


@settings(max_examples=100, deadline=None)
@given(TERMS)
def test_a_term_equals_itself_where_it_is_defined(a: Term) -> None:
    claim = Claim(a, "=", a)
    verdict = decide(claim, CONTEXT)
    if isinstance(verdict, Proved):
        assert not fails_somewhere(claim, [])
    elif isinstance(verdict, Refuted):
        assert verdict.witness.undefined
