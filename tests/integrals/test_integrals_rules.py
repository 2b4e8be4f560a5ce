"""The rules for integrals against premises that do not fit: each refusal beside a use that works."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from derive.kernel import integrals, rules
from derive.kernel.definedness import conditions
from derive.kernel.integrals import ENDS, antiderivative, substitution
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search.antiderivatives import Piece
from derive.search.conditions import discharge_all
from derive.search.limits import between, limit, tower_of
from derive.search.linearity import joined, linear
from derive.terms import Claim, Context, Term, neg, num, oo, read, read_claim, sym
from derive.terms.domains import read_domain

X = sym("x")
NONE = (None, None)
PLAIN = Context().declare("a").declare("b")


def ends(low: str, high: str) -> tuple[Term, Term]:
    found = [neg(oo()) if e == "-oo" else oo() if e == "oo" else read(e) for e in (low, high)]
    return found[0], found[1]


def slope(context: Context, text: str, around: Sequence[Term], *near: str) -> Theorem:
    """``diff(F, x) = …`` between two points, without the conditions that hold there."""
    inner = between(context, "x", around, [read_claim(c) for c in near])
    theorem = unfold(inner, read(f"diff({text}, x)"))
    return discharge_all(theorem, tower_of(inner, theorem.claim.lhs, theorem.claim.rhs))


def given(context: Context, *claims: str) -> tuple[Context, list[Theorem]]:
    for number, claim in enumerate(claims):
        context = context.assume(f"h{number}", read_claim(claim, context))
    return context, [rules.hypothesis(context, f"h{i}") for i in range(len(claims))]


def test_the_fundamental_theorem_between_symbolic_ends() -> None:
    around = ends("a", "b")
    theorem = antiderivative(PLAIN, slope(PLAIN, "x**2", around), around, NONE)
    assert str(theorem.claim).endswith("= b**2 - a**2")
    assert theorem.conditions == {read_claim("a <= b")}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sg(x)", "may not be continuous"),
        ("sg(x)*x", "may not be continuous"),
        ("floor(a) + sg(exp(x))", "may not be continuous"),
        ("log(x)", "is not shown between"),
        ("1/x", "is not shown between"),
        ("abs(x)", "is not shown between"),
        ("tan(x)", "is not shown between"),
    ],
)
def test_what_is_no_antiderivative_everywhere_is_refused(text: str, why: str) -> None:
    around = ends("-1", "7")
    with pytest.raises(KernelError, match=why):
        antiderivative(PLAIN, slope(PLAIN, text, around), around, NONE)


def test_a_declared_function_need_not_be_continuous() -> None:
    context = Context().declare("g", None, "function", 1)
    inner = between(context, "x", ends("0", "1"))
    plain = unfold(inner, read("diff(x, x)"))
    constant = rules.ring(inner, num(1), read("1 + 0*g(2)"))
    fine = rules.trans(plain, constant)
    assert antiderivative(context, fine, ends("0", "1"), NONE).conditions == {read_claim("0 <= 1")}
    moving = rules.ring(inner, num(1), read("1 + 0*g(x)"))
    with pytest.raises(KernelError, match="may not be continuous"):
        antiderivative(context, rules.trans(plain, moving), ends("0", "1"), NONE)


def test_a_premise_about_a_smaller_range_is_refused() -> None:
    around = ends("0", "2")
    with pytest.raises(KernelError, match="does not give a derivative"):
        antiderivative(PLAIN, slope(PLAIN, "x**2", around, "x < 1"), around, NONE)
    with pytest.raises(KernelError, match="is not shown between"):
        antiderivative(PLAIN, slope(PLAIN, "x**2", ends("0", "1")), around, NONE)
    positive = PLAIN.declare("x", read_domain("positive"))
    with pytest.raises(KernelError, match="does not speak of one more real number"):
        antiderivative(PLAIN, unfold(positive, read("diff(x**2, x)")), ends("-oo", "oo"), NONE)


@pytest.mark.parametrize("around", [("oo", "-oo"), ("oo", "1"), ("0", "-oo"), ("2*oo", "1")])
def test_an_infinite_end_on_the_wrong_side_is_no_number(around: tuple[str, str]) -> None:
    places = [read(e) if "*" in e else ends(e, e)[0] for e in around]
    with pytest.raises(ValueError, match=r"oo|not a number"):
        antiderivative(PLAIN, slope(PLAIN, "0*x", places), places, NONE)


def test_the_ends_must_be_defined() -> None:
    around = ends("0", "1/a")
    theorem = antiderivative(PLAIN, slope(PLAIN, "0*x", around), around, NONE)
    assert {read_claim("a != 0"), read_claim("0 <= 1/a")} <= theorem.conditions


DECAY = Piece("exp", read("exp(-(2*x))"), rate=num(2))


def decay() -> tuple[Theorem, Term, int, Term]:
    found = limit(PLAIN, DECAY, "x", ends("a", "oo"), 1)
    assert found is not None
    return found


def test_a_limit_at_infinity() -> None:
    around = ends("a", "oo")
    theorem = antiderivative(PLAIN, slope(PLAIN, "exp(-(2*x))", around), around, (None, decay()))
    assert str(theorem.claim.rhs) == "0 - exp(-2*a)"
    assert not theorem.conditions


@pytest.mark.parametrize(
    "change",
    [
        lambda t, value, k, p: (t, num(1), k, p),
        lambda t, value, k, p: (t, value, k + 2, p),
        lambda t, value, k, p: (t, value, 1, p),
        lambda t, value, k, p: (t, value, 0, p),
        lambda t, value, k, p: (t, value, k, X),
        lambda t, value, k, p: (rules.refl(t.context, X), value, k, p),
    ],
)
def test_a_limit_that_is_not_shown_is_refused(change: object) -> None:
    around = ends("a", "oo")
    found = change(*decay())  # type: ignore[operator]
    with pytest.raises(KernelError, match="does not show the limit"):
        antiderivative(PLAIN, slope(PLAIN, "exp(-(2*x))", around), around, (None, found))


def squeezed(context: Context, lhs: str, high: str, around: Sequence[Term], *near: str) -> Theorem:
    """``lhs <= high`` for terms that are equal as they stand."""
    inner = between(context, "x", around, [read_claim(c) for c in near])
    same = rules.ring(inner, read(lhs), read(high))
    return rules.combine(inner, Claim(read(lhs), "<=", read(high)), [same], [1])


def test_the_weight_and_the_ceiling_are_free_of_the_variable() -> None:
    around = ends("1", "oo")
    equation = slope(PLAIN, "x", around)
    for lhs, high, t in [
        ("(x - 0)**2*(x - (x - 1))**2", "x**2", "x - 1"),
        ("(x - 0)**2*(x - 0)**2", "x**4", "0"),
    ]:
        found = (squeezed(PLAIN, lhs, high, around), num(0), 2, read(t))
        with pytest.raises(KernelError, match="does not show the limit"):
            antiderivative(PLAIN, equation, around, (None, found))


def test_hypotheses_near_an_end_must_be_near_it_and_defined() -> None:
    context, around = PLAIN.declare("z"), ends("a", "oo")
    equation = slope(context, "0*x", around)

    def tried(*near: str) -> Theorem:
        shown = squeezed(context, "(0*x - 0)**2*(x - 0)**2", "0", around, *near)
        return antiderivative(context, equation, around, (None, (shown, num(0), 2, num(0))))

    assert not tried("b < x").conditions
    assert tried("1/z < x").conditions == {read_claim("z != 0")}
    for far in ("x < b", "x <= b", "x != b", "b = x", "x < x + 1", "a < b"):
        with pytest.raises(KernelError, match="does not hold near"):
            tried(far)


def test_a_limit_at_a_finite_end_asks_for_room() -> None:
    around = ends("a", "b")
    shown = squeezed(PLAIN, "(0*x - 0)**2*(x - b)**(-2)", "0*(x - b)**(-2)", around)
    with pytest.raises(KernelError, match="is not shown between"):
        antiderivative(
            PLAIN, slope(PLAIN, "0*x", around), around, (None, (shown, num(0), 2, read("b")))
        )
    root = Piece("power", read("x**(1/2)"), exponent=read("1/2"))
    positive = ends("0", "b")
    found = limit(PLAIN, root, "x", positive, 0)
    equation = slope(PLAIN, "x**(1/2)", positive)
    theorem = antiderivative(PLAIN, equation, positive, (found, None))
    assert read_claim("0 < b") in theorem.conditions


def test_linear_checks_its_parts() -> None:
    context = PLAIN.declare("g", None, "function", 1).declare("c")
    context, (first, other, wide) = given(
        context, "Int(g(x), x, a, b) = c", "Int(g(x)**2, x, a, b) = 2*c", "Int(g(x), x, a, oo) = c"
    )
    inner = between(context, "x", ends("a", "b"))
    node = read("Int(3*g(x), x, a, b)")
    same = rules.ring(inner, read("3*g(x)"), read("3*g(x)"))
    assert str(linear(node, same, [first], [num(3)]).claim.rhs) == "3*c"
    bad = [(other, num(3)), (wide, num(3)), (first, num(2)), (rules.symmetry(first), num(3))]
    for part, factor in bad:
        with pytest.raises(KernelError):
            linear(node, same, [part], [factor])
    moving = rules.ring(inner, read("x*g(x)"), read("x*g(x)"))
    with pytest.raises(KernelError, match="x is not declared"):
        linear(read("Int(x*g(x), x, a, b)"), moving, [first], [X])
    for parts, factors in [([], []), ([first], []), ([first], [num(3), num(1)])]:
        with pytest.raises(KernelError, match="the parts do not fit"):
            linear(node, same, parts, factors)
    elsewhere = rules.hypothesis(context.declare("d"), "h0")
    with pytest.raises(KernelError, match="the premises do not fit"):
        linear(node, rules.ring(inner, X, X), [first, elsewhere], [num(3), num(1)])


def test_linear_carries_what_makes_the_factors_defined() -> None:
    """On an empty range anything holds of x, and a factor need not be defined."""
    context, (zero,) = given(PLAIN, "Int(x, x, a, b) = 0")
    inner = between(context, "x", ends("a", "b"))
    lhs, rhs = read("x/(b - a)"), read("(1/(b - a))*x")
    same = discharge_all(rules.ring(inner, lhs, rhs), tower_of(inner, lhs))
    theorem = linear(read("Int(x/(b - a), x, a, b)"), same, [zero], [read("1/(b - a)")])
    assert read_claim("b - a != 0") in theorem.conditions


def test_joining_asks_for_a_continuous_integrand_that_is_defined_between() -> None:
    _, (left, right) = given(
        Context(), "Int(x/abs(x)**(1/2), x, -1, 0) = -2/3", "Int(x/abs(x)**(1/2), x, 0, 1) = 2/3"
    )
    assert any(not rules_hold(c) for c in joined(left, right).conditions)
    _, (left, right) = given(Context(), "Int(sign(x), x, -1, 0) = -1", "Int(sign(x), x, 0, 1) = 1")
    with pytest.raises(KernelError, match="schema"):
        joined(left, right)
    _, (left, right) = given(Context(), "Int(x, x, 0, 1) = 1/2", "Int(x, x, 2, 3) = 5/2")
    with pytest.raises(KernelError, match="different normal forms"):
        joined(left, right)
    _, (left, right) = given(Context(), "Int(x, x, 0, 1) = 1/2", "Int(x**2, x, 1, 2) = 7/3")
    with pytest.raises(KernelError, match="different normal forms"):
        joined(left, right)


def rules_hold(claim: Claim) -> bool:
    """Whether bounds show a claim."""
    try:
        return rules.bound(Context(), claim) is not None
    except KernelError:
        return False


class Change:
    """The substitution y = 2*x + 1 and its premises."""

    def __init__(
        self, low: str = "0", high: str = "1", known: str = "Int(g(y), y, 1, 3) = 5"
    ) -> None:
        context = PLAIN.declare("g", None, "function", 1)
        self.context, (self.known,) = given(context, known)
        self.ends = ends(low, high)
        self.inner = between(self.context, "x", self.ends)
        self.outer = between(self.context, "y", self.known.claim.lhs.args[1:])

    def forth(self, u: str, *claims: str) -> list[Theorem]:
        node = read(f"diff({u}, x)")
        theorem = unfold(self.inner, node)
        theorem = discharge_all(theorem, tower_of(self.inner, theorem.claim.rhs))
        positive = rules.bound(self.inner, Claim(num(0), "<", theorem.claim.rhs))
        first = rules.trans(positive, rules.symmetry(theorem))
        return [first, *(rules.bound(self.inner, read_claim(c)) for c in claims)]

    def back(self, onto: str, *claims: str) -> list[Theorem]:
        same = rules.ring(self.outer, read(onto), sym("y"))
        return [same, *(rules.bound(self.outer, read_claim(c)) for c in claims)]


def test_substitution_by_an_increasing_function_that_is_onto() -> None:
    change = Change()
    forth = change.forth("2*x + 1", "1 < 2*x + 1", "2*x + 1 < 3")
    back = change.back("2*((y - 1)/2) + 1", "0 < (y - 1)/2", "(y - 1)/2 < 1")
    theorem = substitution(change.known, change.ends, forth, back, read("(y - 1)/2"))
    assert str(theorem.claim) == "Int(g(2*x + 1)*diff(2*x + 1, x), x, 0, 1) = 5"
    for fewer in (forth[:1], forth[:2], [forth[0], forth[2], forth[1]]):
        with pytest.raises(KernelError, match="is not shown to map onto"):
            substitution(change.known, change.ends, fewer, back, read("(y - 1)/2"))
    for fewer in (back[:1], back[:2]):
        with pytest.raises(KernelError, match="is not shown to map onto"):
            substitution(change.known, change.ends, forth, fewer, read("(y - 1)/2"))
    with pytest.raises(KernelError):
        substitution(change.known, ends("0", "2"), forth, back, read("(y - 1)/2"))


def test_substitution_by_a_stop_gradient_is_refused() -> None:
    change = Change("0", "1", "Int(g(y), y, 0, 1) = 5")
    forth = change.forth("x + (sg(x) - x)*0 + 0*sg(x)", "0 < x", "x < 1")
    with pytest.raises(KernelError, match="is not shown to map onto"):
        substitution(change.known, change.ends, forth, change.back("y", "0 < y", "y < 1"), sym("y"))


def test_substitution_through_a_pole_has_no_premises() -> None:
    change = Change("-1", "1", "Int(1/(1 + y**2), y, -1, 1) = 1")
    theorem = unfold(change.inner, read("diff(-1/x, x)"))
    theorem = discharge_all(theorem, tower_of(change.inner, theorem.claim.rhs))
    assert any("x" in c.free for c in theorem.conditions)


def test_an_integral_is_defined_only_by_a_theorem_that_is_used() -> None:
    context, (known,) = given(PLAIN, "Int(1/x, x, a, b) = 1")
    node = known.claim.lhs
    assert conditions(node, context, [known]) == frozenset()
    other = read("Int(1/x, x, 1, b)")
    for given_ in ([], [rules.refl(context, X_AS_NUMBER)]):
        assert conditions(other, context, given_) == {Claim(other, "=", other)}
    assert rules.ring(context, other, other, [known]).conditions == {Claim(other, "=", other)}
    twice = rules.ring(context, read("2*Int(1/x, x, a, b)"), num(2), [known])
    assert twice.premises == (known,)


X_AS_NUMBER = num(7)


def test_what_stands_under_a_binder_is_not_defined_outside() -> None:
    context, (known,) = given(PLAIN, "Sum(Int(1/(x + a), x, 1, 2), a, 1, 3) = 1")
    inside = read("Int(1/(x + a), x, 1, 2)")
    assert conditions(inside, context, [known]) == {Claim(inside, "=", inside)}
    context, (known,) = given(PLAIN, "E[a ~ Normal(0, 1)](Int(1/(x + a), x, 1, 2)) = 1")
    assert conditions(inside, context, [known]) == {Claim(inside, "=", inside)}


def test_continuity_is_read_through_definitions() -> None:
    context = Context().define("h", read("floor(t)"), ("t",)).define("k", read("t**2"), ("t",))
    assert not integrals.continuous(read("h(x)"), "x", context)
    assert integrals.continuous(read("k(x) + h(2)"), "x", context)
    for text in ("sign(x)", "ceil(x)", "Int(x*y, y, 0, 1)", "Sum(x, i, 1, 3)", "diff(x**2, x)"):
        assert not integrals.continuous(read(text), "x", context)


def test_the_ends_of_the_line() -> None:
    assert [str(e) for e in ENDS] == ["-oo", "oo"]
    assert integrals.inside(X, ENDS) == []
