"""Each kernel rule for ranges against exact evaluation, empty ranges included."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as grid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sums.exact import Undefined, value

from derive.kernel import rules, sums
from derive.kernel.theorem import KernelError, Theorem
from derive.refute import Refuter
from derive.search import indices
from derive.terms import (
    Claim,
    Context,
    Term,
    add,
    binder,
    div,
    index,
    mul,
    neg,
    num,
    power,
    read,
    read_claim,
    sym,
)
from numeric.domain import Domain

CONTEXT = (
    Context()
    .declare("c")
    .declare("n", Domain(integer=True))
    .declare("m", Domain(integer=True))
    .declare("i", Domain(integer=True))
    .declare("x", kind="family", arity=1)
    .declare("a", kind="family", arity=2)
)
POINTS = [
    {"n": Fraction(n), "m": Fraction(m), "i": Fraction(i), "c": c}
    for n, m, i in grid((-2, 0, 1, 3), (-1, 1, 2), (-1, 2))
    for c in (Fraction(-2), Fraction(1, 3))
]
HOLDS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def _true(claim: Claim, at: dict[str, Fraction]) -> bool:
    return bool(HOLDS[claim.relation](value(claim.lhs, at), value(claim.rhs, at)))


def _confirm(theorem: Theorem) -> int:
    """Check a theorem at every point where its conditions hold; how many there are."""
    tried = 0
    for at in POINTS:
        try:
            if not all(_true(c, at) for c in theorem.conditions):
                continue
        except Undefined:
            continue
        tried += 1
        assert _true(theorem.claim, at), (theorem, at)
    return tried


ENDS = st.builds(
    lambda base, offset: add(base, num(offset)) if base is not None else num(offset),
    st.sampled_from([None, sym("n"), sym("m"), sym("i"), neg(sym("m"))]),
    st.integers(-2, 3),
)
INDICES = st.sampled_from([sym("i"), add(sym("i"), num(1)), add(sym("n"), neg(sym("i")))])
LEAVES = st.one_of(
    st.sampled_from([sym("i"), sym("c"), sym("n"), num(2), num(Fraction(-1, 2))]),
    INDICES.map(lambda at: index("x", at)),
)


def _grow(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pairs = st.tuples(inner, inner)
    inside = st.tuples(st.sampled_from(["sum", "prod"]), st.sampled_from("ij"), inner, ENDS, ENDS)
    return st.one_of(
        pairs.map(lambda p: add(*p)),
        pairs.map(lambda p: mul(*p)),
        inner.map(lambda t: power(t, num(2))),
        inner.map(lambda t: div(t, add(power(sym("i"), num(2)), num(1)))),
        inside.map(lambda t: binder(*t)),
    )


BODIES = st.recursive(LEAVES, _grow, max_leaves=4)
HEADS = st.sampled_from(["sum", "prod"])
NODES = st.builds(binder, HEADS, st.just("i"), BODIES, ENDS, ENDS)


@settings(max_examples=25, deadline=None)
@given(NODES, ENDS, ENDS)
def test_split(node: Term, last: Term, first: Term) -> None:
    _confirm(indices.range_split(CONTEXT, node, last, first))
    _confirm(indices.range_split(CONTEXT, node, last, add(last, num(1))))


@settings(max_examples=20, deadline=None)
@given(NODES)
def test_empty(node: Term) -> None:
    _confirm(indices.range_empty(CONTEXT, node))


@settings(max_examples=25, deadline=None)
@given(NODES, ENDS, ENDS, ENDS, st.booleans())
def test_move(node: Term, shift: Term, low: Term, high: Term, backwards: bool) -> None:
    _confirm(indices.range_move(CONTEXT, node, shift, low, high, backwards))
    start, end = node.args[1:]
    if backwards:
        ends = add(shift, neg(end)), add(shift, neg(start))
    else:
        ends = add(start, neg(shift)), add(end, neg(shift))
    assert _confirm(indices.range_move(CONTEXT, node, shift, *ends, backwards))


@settings(max_examples=25, deadline=None)
@given(HEADS, st.lists(BODIES, min_size=1, max_size=3), st.sampled_from("cnm"), ENDS, ENDS)
def test_linear(head: str, bodies: list[Term], name: str, low: Term, high: Term) -> None:
    if head == "sum":
        parts = [mul(bodies[0], sym(name)), *bodies[1:]]
        body = add(*parts) if len(parts) > 1 else parts[0]
    else:
        parts = [power(bodies[0], num(2)), *bodies[1:]]
        body = mul(*parts) if len(parts) > 1 else parts[0]
    _confirm(sums.range_linear(CONTEXT, binder(head, "i", body, low, high)))


@settings(max_examples=25, deadline=None)
@given(HEADS, BODIES, st.tuples(ENDS, ENDS, ENDS, ENDS), st.sampled_from("ij"))
def test_exchange(head: str, body: Term, ends: tuple[Term, ...], name: str) -> None:
    inner = binder(head, name, add(body, index("a", sym("i"), sym(name))), *ends[:2])
    try:
        theorem = indices.range_exchange(CONTEXT, binder(head, "i", inner, *ends[2:]))
    except KernelError:
        return
    _confirm(theorem)


def test_exponential() -> None:
    for text in ("Sum(i*x[i], i, m, n)", "Sum(1, i, n, 1)", "Sum(Sum(i*j, j, 1, i), i, 0, n)"):
        theorem = indices.range_exp(CONTEXT, read(text, CONTEXT))
        assert theorem.claim.rhs.head == "prod" and not theorem.conditions
        assert Refuter(CONTEXT, points=40).search(theorem.claim) == (None, None)


def _prove(context: Context, text: str) -> Theorem:
    return rules.bound(context, read_claim(text, context))


def _natural(least: int = 0) -> Context:
    return Context().declare("n", Domain(Fraction(least), None, False, True, True))


def test_induction_from_the_least_value() -> None:
    context = _natural(2)
    claim = read_claim("2 <= n", context)
    base, step = _prove(context, "2 <= 2"), _prove(context, "2 <= n + 1")
    assert not sums.induction("n", claim, step, base).conditions
    with pytest.raises(KernelError, match="is not 2 <= 2"):
        sums.induction("n", claim, step, _prove(context, "2 <= 3"))


@pytest.mark.parametrize(
    "domain",
    [
        Domain(Fraction(0), None, False, True, False),
        Domain(None, None, True, True, True),
        Domain(Fraction(0), Fraction(9), False, False, True),
        Domain(Fraction(0), None, False, True, True, True),
    ],
    ids=["real", "all integers", "bounded", "without 0"],
)
def test_induction_needs_all_integers_from_one_on(domain: Domain) -> None:
    context = Context().declare("n", domain)
    claim = read_claim("0 <= n**2", context)
    step, base = _prove(context, "0 <= (n + 1)**2"), _prove(context, "0 <= 0**2")
    with pytest.raises(KernelError, match="induction"):
        sums.induction("n", claim, step, base)


def test_induction_refuses_a_tied_symbol() -> None:
    for context in (
        _natural().assume("h", read_claim("n = 0", _natural())),
        _natural().define("d", read("n + 1", _natural())),
        _natural(1).declare("v", None, "matrix", 0, (sym("n"), num(1))),
    ):
        least = context["n"].domain.lower
        assert least is not None
        claim = read_claim("0 <= n**2", context)
        step = _prove(context, "0 <= (n + 1)**2")
        base = _prove(context, f"0 <= {least}**2")
        with pytest.raises(KernelError, match="ties n"):
            sums.induction("n", claim, step, base)


def test_induction_refuses_a_condition_about_the_symbol() -> None:
    context = _natural().declare("c")
    claim = read_claim("0 <= n", context)
    step = rules.bound(context, read_claim("0 <= n + 1"), [read_claim("n <= c")])
    with pytest.raises(KernelError, match="ties n"):
        sums.induction("n", claim, step, _prove(context, "0 <= 0"))


def test_the_claim_itself_is_the_condition_that_goes() -> None:
    context = _natural().declare("c")
    claim = read_claim("0 <= n*c**2", context)
    step = rules.bound(context, read_claim("0 <= (n + 1)*c**2"), [claim, read_claim("c <= 5")])
    out = sums.induction("n", claim, step, _prove(context, "0 <= 0*c**2"))
    assert {str(c) for c in out.conditions} == {"c <= 5"}


def test_terms_are_compared_one_by_one() -> None:
    context = _natural()
    node = read("Sum(1, i, 1, n)", context)
    inner, body, name = rules.narrowed(context, node)
    less = rules.bound(inner, Claim(body, "<", add(sym(name), num(1))))
    assert {str(c) for c in rules.congruence_inside(context, node, less).conditions} == {"1 <= n"}
    product = binder("prod", "i", *node.args)
    with pytest.raises(KernelError, match="not about the body"):
        rules.congruence_inside(context, product, less)
