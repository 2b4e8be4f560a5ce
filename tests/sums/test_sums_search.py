"""What the search proves about sums and products with symbolic ends, and what it must not prove."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sums.exact import Undefined, value

from derive.claims import read_object
from derive.decision import DISAGREEMENT, decide
from derive.terms import (
    Claim,
    Context,
    Term,
    add,
    binder,
    index,
    mul,
    neg,
    num,
    power,
    read_claim,
    sub,
    substitute,
    sym,
)
from derive.verdict import Conditional, Proved, Verdict
from numeric.domain import Domain

NAMES = {
    "n": "integer >= 1", "m": "integer >= 1", "c": "real", "r": "nonzero", "s": "positive",
    "x[i]": "real", "y[i]": "real", "p[i]": "positive", "q[i]": "positive", "a[i, j]": "real",
    "f(i)": "real",
}  # fmt: skip
TOTALS = ("Sum(p[i], i, 1, n) = 1", "Sum(q[i], i, 1, n) = 1")


def judged(text: str, assume: Sequence[str] = (), **domains: str) -> Verdict:
    """The verdict on a claim about the names above."""
    left, relation, right = _parts(text)
    data = {"lhs": left, "rhs": right, "relation": relation, "symbols": {**NAMES, **domains}}
    context, claim = read_object({**data, "assume": list(assume)})
    return decide(claim, context)


def _parts(text: str) -> tuple[str, str, str]:
    relation = next(r for r in ("<=", ">=", "=", "<", ">") if f" {r} " in text)
    left, _, right = text.partition(f" {relation} ")
    return left, relation, right


IDENTITIES = [
    "Sum(i**3, i, 0, n) = Sum(i, i, 0, n)**2",
    "Sum(i**2, i, 1, n) = n*(n + 1)*(2*n + 1)/6",
    "Sum(c + i*s, i, 0, n - 1) = n*c + s*n*(n - 1)/2",
    "Sum(r**i, i, 0, n)*(1 - r) = 1 - r**(n + 1)",
    "Sum(i*r**i, i, 1, n)*(1 - r)**2 = r - (n + 1)*r**(n + 1) + n*r**(n + 2)",
    "Sum(1/(i*(i + 1)), i, 1, n) = 1 - 1/(n + 1)",
    "Sum(1/(4*i**2 - 1), i, 1, n) = n/(2*n + 1)",
    "Sum(log(i + 1) - log(i), i, 1, n) = log(n + 1)",
    "Sum(x[n - i], i, 0, n) = Sum(x[i], i, 0, n)",
    "Sum(x[i]*y[n - i], i, 0, n) = Sum(x[n - i]*y[i], i, 0, n)",
    "Sum(x[i], i, 1, 2*n) = Sum(x[i], i, 1, n) + Sum(x[n + i], i, 1, n)",
    "Sum(x[i]*Sum(a[i, j]*y[j], j, 1, n), i, 1, n) = Sum(y[j]*Sum(a[i, j]*x[i], i, 1, n), j, 1, n)",
    "Sum(Sum(1/j, j, i, n), i, 1, n) = n",
    "Sum(Sum((x[i] - x[j])**2, j, 1, n), i, 1, n) = 2*n*Sum(x[i]**2, i, 1, n) - 2*Sum(x[i], i, 1, n)**2",
    "log(Sum(exp(x[i] + c), i, 1, n)) = c + log(Sum(exp(x[i]), i, 1, n))",
    "Prod(1 + 1/i, i, 1, n) = n + 1",
    "Prod(i, i, 1, n) = Gamma(n + 1)",
    "Prod(s**i, i, 1, n) = s**(n*(n + 1)/2)",
    "Prod(1/r, i, 1, n) = 1/r**n",
    "Prod(x[i]*y[i], i, 1, n) = Prod(x[i], i, 1, n)*Prod(y[i], i, 1, n)",
    "sqrt(Prod(p[i], i, 1, n)) = Prod(sqrt(p[i]), i, 1, n)",
    "diff(diff(Sum(log(s + i), i, 1, n), s), s) = -Sum(1/(s + i)**2, i, 1, n)",
    "diff(log(Sum(exp(c*x[i]), i, 1, n)), c) = Sum(x[i]*exp(c*x[i])/Sum(exp(c*x[j]), j, 1, n), i, 1, n)",
]


@pytest.mark.parametrize("text", IDENTITIES)
def test_identities(text: str) -> None:
    assert judged(text).name == "proved"


@pytest.mark.parametrize(
    ("text", "assume"),
    [
        ("Sum(i, i, n, m) = (m - n + 1)*(n + m)/2", ["n <= m"]),
        ("Sum(p[i], i, 1, n - 1) = 1 - p[n]", TOTALS[:1]),
        ("Sum(p[i]*(log(p[i]) - c), i, 1, n) = Sum(p[i]*log(p[i]), i, 1, n) - c", TOTALS[:1]),
        ("Sum(x[i] - c, i, 1, n) = 0", ["c = Sum(x[i], i, 1, n)/n"]),
        (
            "Sum((x[i] - c)**2, i, 1, n) = Sum(x[i]**2, i, 1, n) - n*c**2",
            ["n*c = Sum(x[i], i, 1, n)"],
        ),
        (
            "Sum(p[i]*(x[i] - c)**2, i, 1, n) = Sum(p[i]*x[i]**2, i, 1, n) - c**2",
            [TOTALS[0], "c = Sum(p[i]*x[i], i, 1, n)"],
        ),
    ],
)
def test_identities_under_hypotheses(text: str, assume: Sequence[str]) -> None:
    assert judged(text, assume).name == "proved"


@pytest.mark.parametrize(
    ("text", "assume"),
    [
        ("-Sum(p[i]*log(p[i]), i, 1, n) <= log(n)", TOTALS[:1]),
        ("Sum(p[i]*x[i], i, 1, n)**2 <= Sum(p[i]*x[i]**2, i, 1, n)", TOTALS[:1]),
        ("exp(Sum(p[i]*x[i], i, 1, n)) <= Sum(p[i]*exp(x[i]), i, 1, n)", TOTALS[:1]),
        ("Sum(x[i], i, 1, n)**2 <= n*Sum(x[i]**2, i, 1, n)", ()),
        ("Sum(x[i], i, 1, n) < Sum(exp(x[i]), i, 1, n)", ()),
        ("Sum(x[i], i, 1, n) <= Sum(exp(x[i]) - 1, i, 1, n)", ()),
        ("Sum(p[i], i, 1, m) <= Sum(p[i], i, 1, n)", ["m <= n"]),
        ("p[1] <= Sum(p[i], i, 1, n)", ()),
        ("Sum(1/i**2, i, 1, n) <= 2 - 1/n", ()),
        ("log(n + 1) <= Sum(1/i, i, 1, n)", ()),
        ("Sum(1/i, i, 1, n) <= 1 + log(n)", ()),
    ],
)
def test_inequalities(text: str, assume: Sequence[str]) -> None:
    assert judged(text, assume).name == "proved"


def test_conditions_are_stated() -> None:
    verdict = judged("Sum(r**i, i, 0, n) = (1 - r**(n + 1))/(1 - r)")
    assert [str(c) for c in verdict.conditions] == ["r - 1 != 0"]  # type: ignore[union-attr]
    assert judged("Prod(c, i, 1, n) = c**n", n="natural").name == "conditional"


def test_a_parameter_does_not_tie_the_symbol_of_its_name() -> None:
    context = Context().declare("t", Domain(Fraction(1), None, False, True, True))
    total = binder("sum", "i", sym("i"), num(1), sym("t"))
    context = context.define("S", total, ("t",))
    claim = read_claim("S(t) - S(t - 1) + Sum(1/(i*(i + 1)), i, 1, t) = t + 1 - 1/(t + 1)", context)
    assert decide(claim, context).name == "proved"


def test_a_recurrence_by_definition() -> None:
    context = Context().declare("n", Domain(Fraction(1), None, False, True, True))
    context = context.declare("alpha", Domain(Fraction(0)), "family", 1)
    body = binder("prod", "i", index("alpha", sym("i")), num(1), sym("t"))
    context = context.define("abar", body, ("t",))
    for text in (
        "abar(n) = abar(n - 1)*alpha[n]",
        "abar(0) = 1",
        "log(abar(n)) = Sum(log(alpha[i]), i, 1, n)",
        "sqrt(abar(n + 1)/abar(n)) = sqrt(alpha[n + 1])",
    ):
        assert decide(read_claim(text, context), context).name == "proved", text
    wrong = read_claim("abar(n) = abar(n - 1)*alpha[n - 1]", context)
    assert decide(wrong, context).name == "refuted"


CONTEXT = (
    Context()
    .declare("n", Domain(Fraction(0), None, False, True, True))
    .declare("m", Domain(Fraction(-2), None, False, True, True))
    .declare("c")
    .declare("x", kind="family", arity=1)
    .declare("p", Domain(Fraction(0)), "family", 1)
)
POINTS = [
    {"n": Fraction(n), "m": Fraction(m), "c": c}
    for n in range(4)
    for m in (-2, -1, 0, 2)
    for c in (Fraction(2), Fraction(-1, 3))
]
J, N, M, C = (sym(name) for name in "inmc")
BODIES = st.sampled_from(
    [
        J, num(1), C, power(J, num(2)), index("x", J), index("x", add(J, num(1))),
        index("p", add(N, neg(J))), mul(C, index("p", J)), mul(J, index("x", J)),
        sub(index("x", J), index("x", sub(J, num(1)))), sub(power(J, num(2)), J),
        binder("sum", "j", index("x", sym("j")), J, N), binder("sum", "j", index("x", J), num(1), J),
    ]
)  # fmt: skip
ENDS = st.builds(
    lambda base, k: add(base, num(k)) if base is not None else num(k),
    st.sampled_from([None, N, M, mul(num(2), N)]),
    st.integers(-1, 2),
)
RANGES = st.builds(
    lambda head, body, low, high: binder(head, "i", body, low, high),
    st.sampled_from(["sum", "sum", "prod"]),
    BODIES,
    st.one_of(st.integers(-1, 2).map(num), ENDS),
    ENDS,
)
POLYNOMIALS = st.sampled_from(
    [num(0), N, mul(N, add(N, num(1))), index("x", N), mul(C, N), index("x", num(1)), power(C, N)]
)


def _confirm(claim: Claim) -> None:
    verdict = decide(claim, CONTEXT)
    assert DISAGREEMENT not in getattr(verdict, "reason", ""), verdict
    if not isinstance(verdict, Proved | Conditional):
        return
    for at in POINTS:
        if isinstance(verdict, Conditional) and not all(_holds(c, at) for c in verdict.conditions):
            continue
        try:
            assert _true(claim, at), (claim, at)
        except Undefined:
            pytest.fail(f"{claim} is {verdict.name}, but not defined at {at}")


def _true(claim: Claim, at: dict[str, Fraction]) -> bool:
    left, right = (value(side, at) for side in (claim.lhs, claim.rhs))
    return {
        "=": left == right, "<=": left <= right, "<": left < right, "!=": left != right
    }[claim.relation]  # fmt: skip


def _holds(claim: Claim, at: dict[str, Fraction]) -> bool:
    try:
        return _true(claim, at)
    except Undefined:
        return False


@settings(max_examples=12, deadline=None)
@given(RANGES, RANGES, POLYNOMIALS)
def test_random_claims_are_proved_only_where_they_hold(
    first: Term, second: Term, rest: Term
) -> None:
    _confirm(Claim(first, "=", add(second, rest)))


@settings(max_examples=12, deadline=None)
@given(RANGES, st.integers(-1, 1), st.integers(-1, 1), st.integers(-1, 1), st.booleans())
def test_a_moved_range_is_proved_only_where_it_holds(
    node: Term, low: int, high: int, inside: int, last: bool
) -> None:
    body, start, end = node.args
    moved = substitute(body, {"i": add(J, num(inside))})
    other = binder(node.head, "i", moved, add(start, num(low)), add(end, num(high)))
    if last:
        taken = substitute(body, {"i": end})
        other = add(other, taken) if node.head == "sum" else mul(other, taken)
    _confirm(Claim(node, "=", other))
