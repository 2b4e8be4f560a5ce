"""Attempts to make the kernel prove a falsehood with matrices, and terms it must refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_values import holds, value

from derive.claims import ClaimError, read_object
from derive.kernel import rules, unfolding
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices
from derive.search.tower import Tower, prove_equal
from derive.terms import (
    Claim,
    Context,
    ContextError,
    Term,
    add,
    call,
    mul,
    neg,
    num,
    read,
    read_claim,
    sym,
)
from derive.terms.domains import declared
from derive.terms.term import div, matmul

SYMBOLS = {
    "d": "integer >= 1",
    "n": "integer >= 1",
    "i": "integer",
    "c": "real",
    "s": "positive",
    "A": "matrix d x d",
    "B": "matrix d x d",
    "W": "matrix d x n",
    "x": "vector d",
    "S": "spd d x d",
    "Q": "symmetric d x d",
    "K": "matrix 2 x 3",
    "M": "matrix 2 x 2",
}


def context_of(symbols: Mapping[str, str] = SYMBOLS) -> Context:
    """A context declared in words."""
    context = Context()
    for name, words in symbols.items():
        context = declared(context, name, words)
    return context


CONTEXT = context_of()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("W @ transpose(W)", "(d, d)"),
        ("W.T @ W", "(n, n)"),
        ("c*W/s", "(d, n)"),
        ("x @ x.T + s*eye(d)", "(d, d)"),
        ("quad(inv(S), x)", "None"),
        ("K @ K.T", "(2, 2)"),
        ("diff(c*W, c)", "(d, n)"),
        ("Matrix([[1, c], [s, 2]]) @ K", "(2, 3)"),
        ("Matrix([1, c, s])", "(3, 1)"),
    ],
)
def test_the_shape_of_a_term(text: str, shape: str) -> None:
    found = CONTEXT.shape(read(text, CONTEXT))
    assert shape == ("None" if found is None else f"({found[0]}, {found[1]})")


@pytest.mark.parametrize(
    "claim",
    [
        "A*B = A",
        "A + 1 = A",
        "A + W = W",
        "exp(A) = A",
        "max(A, B) = A",
        "A**2 = A @ A",
        "2**A = A",
        "c/A = A",
        "A <= B",
        "A != B",
        "0*A = 0",
        "A - A = 0",
        "A/A = 1",
        "W.T @ x.T = x",
        "A @ W.T = W",
        "inv(W) = W",
        "det(W) = 1",
        "trace(W) = 1",
        "trace(c) = c",
        "c @ A = A",
        "eye(i) = eye(i)",
        "eye(c) = A",
        "eye(0) = eye(0)",
        "eye(2.0) = eye(2)",
        "zeros(d, 1/2) = A",
        "Sum(A, i, 1, 3) = 3*A",
        "Sum(trace(eye(d)), d, 1, 3) = 6",
        "diff(A, A) = A",
        "A[1, 1] = c",
        "Matrix([[A, 1]]) = K",
        "KL(Normal(x, 1), Normal(0, 1)) = 0",
        "Normal(x; 0, 1) = 1",
        "E[c ~ Normal(0, 1)](A) = A",
        "Int(A, c, 0, 1) = A",
        "K @ K.T = eye(d)",
    ],
)
def test_an_ill_shaped_claim_is_refused(claim: str) -> None:
    with pytest.raises(ContextError):
        CONTEXT.check_claim(read_claim(claim, None))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("matrix m x m", "is not a dimension"),
        ("matrix c x c", "is not a dimension"),
        ("matrix 0 x 2", "unknown matrix"),
        ("spd 2 x 3", "is not square"),
        ("symmetric d x n", "is not square"),
        ("matrix", "unknown matrix"),
        ("vector i", "is not a dimension"),
    ],
)
def test_a_shape_that_is_none_is_refused(words: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        declared(CONTEXT, "Z", words)


def test_a_family_is_no_matrix_and_a_function_has_no_form() -> None:
    with pytest.raises(ClaimError, match="for a plain name"):
        read_object({"lhs": "1", "rhs": "1", "symbols": {"A[i]": "matrix 2 x 2"}})
    with pytest.raises(ContextError, match="only a matrix"):
        Context().declare("f", None, "family", 1, (num(1), num(1)))
    with pytest.raises(ClaimError, match="cannot be declared spd"):
        read_object({"lhs": "1", "rhs": "1", "symbols": {"A(x)": "spd 2 x 2"}})


def test_a_function_with_matrices_for_values() -> None:
    symbols = {"A(x)": "matrix 2 x 2", "x": "real"}
    context, claim = read_object({"lhs": "trace(A(x) + A(1))", "rhs": "0", "symbols": symbols})
    theorem, _ = prove_equal(context, claim.lhs, read("trace(A(x)) + trace(A(1))"))
    assert not theorem.conditions
    with pytest.raises(ContextError, match="multiplies matrices"):
        context.check(read("A(x)*A(1)"))


def test_a_matrix_declared_before_its_dimension_is_read() -> None:
    symbols = {"A": "matrix d x d", "d": "integer >= 1"}
    context, _ = read_object({"lhs": "A", "rhs": "A", "symbols": symbols})
    assert context["A"].shape == (sym("d"), sym("d"))


ATTEMPTS: list[Callable[[Context], Theorem]] = [
    # The dimension of a declared matrix is put in place of another.
    lambda ctx: rules.instantiate(ctx, _trace_of_one(ctx), {"d": num(3)}),
    lambda ctx: rules.instantiate(ctx, _trace_of_one(ctx), {"d": read("n")}),
    # A matrix takes the place of a number, and a number that of a matrix.
    lambda ctx: rules.instantiate(ctx, rules.refl(ctx, read("c**2")), {"c": sym("A")}),
    lambda ctx: rules.instantiate(ctx, rules.refl(ctx, sym("A")), {"A": num(1)}),
    # Algebra that would make matrices commute, vanish, divide or change their shape.
    lambda ctx: rules.ring(ctx, read("A @ B"), read("B @ A")),
    lambda ctx: rules.ring(ctx, read("A*B"), read("B*A")),
    lambda ctx: rules.ring(ctx, read("A - A"), num(0)),
    lambda ctx: rules.ring(ctx, read("A/A"), num(1)),
    lambda ctx: rules.ring(ctx, read("det(A)*A/A"), read("det(A)")),
    lambda ctx: rules.ring(ctx, read("0*W"), read("0*A")),
    lambda ctx: rules.ring(ctx, read("0*eye(d)"), read("0*eye(n)")),
    lambda ctx: rules.ring(ctx, read("transpose(A)"), read("A")),
    lambda ctx: rules.ring(ctx, read("(A + B) @ (A - B)"), read("A @ A - B @ B")),
    lambda ctx: rules.ring(ctx, read("trace(A @ B)"), read("trace(B @ A)")),
    lambda ctx: rules.ring(ctx, read("inv(c*A)"), read("inv(A)/c")),
    lambda ctx: rules.congruence(ctx, read("eye(d)"), [_equal(ctx, "d", "n")]),
    lambda ctx: rules.congruence(ctx, read("A + W"), [_same(ctx, "A"), _same(ctx, "W")]),
    lambda ctx: rules.refl(ctx, read("A @ A.T @ W.T")),
    lambda ctx: rules.refl(ctx, read("inv(W)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(A)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(Q)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(-S)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(c*S)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < quad(S, x)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < trace(x @ x.T)")),
    lambda ctx: rules.bound(ctx, read_claim("0 <= trace(A @ B)")),
    lambda ctx: rules.bound(ctx, read_claim("0 <= trace(A @ A)")),
    lambda ctx: rules.bound(ctx, read_claim("0 <= trace(A @ S @ A)")),
    lambda ctx: rules.bound(ctx, read_claim("0 <= trace(A @ Q @ A.T)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(S - eye(d))")),
    lambda ctx: rules.bound(ctx, read_claim("0 < det(S + Q)")),
    lambda ctx: rules.bound(ctx, read_claim("0 < trace(S @ Q)")),
    lambda ctx: rules.bound(ctx, read_claim("det(A) != 0")),
    lambda ctx: rules.bound(ctx, read_claim("A != B")),
    lambda ctx: unfolding.unfold(ctx, read("transpose(A)")),
    lambda ctx: unfolding.unfold(ctx, read("transpose(K)")),
    lambda ctx: unfolding.unfold(ctx, read("det(M)")),
    lambda ctx: fact(ctx, "det_product", {"A": read("W"), "B": read("W.T")}),
    lambda ctx: fact(ctx, "inverse_left", {"A": read("A"), "n": read("n")}),
    lambda ctx: fact(ctx, "det_multiple", {"c": num(2), "A": read("A"), "n": read("n")}),
    lambda ctx: fact(ctx, "trace_multiple", {"c": read("A"), "A": read("c")}),
    lambda ctx: fact(ctx, "single_entry", {"A": read("x")}),
    lambda ctx: fact(ctx, "abs_above", {"a": read("A")}),
    lambda ctx: fact(ctx, "power_one", {"b": read("A")}),
]


def _trace_of_one(ctx: Context) -> Theorem:
    """``[det(A) != 0] ⊢ trace(inv(A) @ A) = d``."""
    one = fact(ctx, "inverse_left", {"A": sym("A"), "n": sym("d")})
    inside = rules.congruence(ctx, call("trace", one.claim.lhs), [one])
    return rules.trans(inside, fact(ctx, "trace_identity", {"n": sym("d")}))


def _same(ctx: Context, name: str) -> Theorem:
    return rules.refl(ctx, sym(name))


def _equal(ctx: Context, left: str, right: str) -> Theorem:
    """A theorem with a condition, ``[left = right] ⊢ left = right``."""
    claim = Claim(sym(left), "=", sym(right))
    return rules.instantiate(ctx, rules.hypothesis(ctx.assume("h", claim), "h"), {})


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_kernel_refuses(attempt: Callable[[Context], Theorem]) -> None:
    with pytest.raises(KernelError):
        attempt(CONTEXT)


def test_the_theorem_that_the_dimension_is_kept_from() -> None:
    assert str(_trace_of_one(CONTEXT).claim) == "trace(inv(A) @ A) = d"


def test_equal_dimensions_do_not_make_shapes_equal() -> None:
    context = CONTEXT.assume("h", read_claim("d = n", CONTEXT))
    with pytest.raises(ContextError):
        context.check_claim(read_claim("eye(d) = eye(n)"))
    theorem, _ = prove_equal(context, read("trace(eye(d))"), read("n"))
    assert not theorem.conditions


def test_a_definition_may_be_a_matrix() -> None:
    context = CONTEXT.define("Sigma", read("W @ W.T + s*eye(d)"))
    assert context["Sigma"].shape == (sym("d"), sym("d"))
    assert not rules.bound(context, read_claim("0 < det(Sigma)")).conditions
    theorem, _ = prove_equal(context, read("Sigma.T"), sym("Sigma"))
    assert not theorem.conditions
    doubled = CONTEXT.define("F", read("c*A"), ("c",))
    theorem, _ = prove_equal(doubled, read("F(1) + F(2)"), read("F(3)"))
    assert not theorem.conditions


# Random terms, whose dimensions get values only when they are compared in floating point.

LEAVES: dict[str, tuple[Term, ...]] = {
    "dd": (sym("A"), sym("B"), sym("S"), sym("Q"), call("eye", sym("d")), read("zeros(d, d)")),
    "dn": (sym("W"), read("zeros(d, n)")),
    "nd": (read("W.T"),),
    "nn": (call("eye", sym("n")), read("W.T @ W")),
}
SCALARS = (num(2), num(0), sym("c"), sym("s"), read("trace(A)"), read("det(B)"))


@st.composite
def matrices(draw: st.DrawFn, shape: str, depth: int = 3) -> Term:
    """A well-shaped matrix term."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(LEAVES[shape]))
    below = depth - 1
    kind = draw(
        st.sampled_from(["add", "matmul", "matmul", "mul", "transpose", "neg", "inv", "div"])
    )
    if kind == "add":
        return add(draw(matrices(shape, below)), draw(matrices(shape, below)))
    if kind == "mul":
        return mul(draw(st.sampled_from(SCALARS)), draw(matrices(shape, below)))
    if kind == "div":
        return div(draw(matrices(shape, below)), draw(st.sampled_from((num(3), sym("s")))))
    if kind == "neg":
        return neg(draw(matrices(shape, below)))
    if kind == "transpose":
        return call("transpose", draw(matrices(shape[::-1], below)))
    if kind == "inv" and shape[0] == shape[1]:
        return call("inv", draw(matrices(shape, below)))
    inner = draw(st.sampled_from("dn"))
    return matmul(draw(matrices(shape[0] + inner, below)), draw(matrices(inner + shape[1], below)))


def numbers() -> st.SearchStrategy[Term]:
    """A number made of matrices."""
    square = st.sampled_from(["dd", "nn"]).flatmap(matrices)
    return st.builds(call, st.sampled_from(["trace", "det"]), square)


def drawn(seed: int) -> dict[str, object]:
    """Values of the symbols, dimensions from 1 to 3."""
    rng = np.random.default_rng(seed)
    d, n = (int(k) for k in rng.integers(1, 4, size=2))
    half, root = rng.normal(size=(2, d, d))
    return {
        "d": d,
        "n": n,
        "c": rng.normal(),
        "s": rng.uniform(0.5, 2),
        "A": rng.normal(size=(d, d)),
        "B": rng.normal(size=(d, d)),
        "W": rng.normal(size=(d, n)),
        "S": root @ root.T + np.eye(d),
        "Q": half + half.T,
    }


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["dd", "dn", "nn"]).flatmap(matrices) | numbers(), st.booleans())
def test_every_step_of_the_search_is_true_in_numbers(term: Term, split: bool) -> None:
    tower = Tower(CONTEXT, Choices(), split=split)
    try:
        tower.add(term)
        plain = tower.form(term).term()
        theorems = [tower.equation(term, plain)] if CONTEXT.shape(plain) else []
    except (KernelError, ContextError):
        theorems = []
    with np.errstate(all="ignore"):
        for theorem in [*theorems, *tower.rewrites]:
            for seed in range(3):
                at = drawn(seed)
                try:
                    if all(holds(c, at) for c in theorem.conditions) and _tame(theorem.claim, at):
                        assert holds(theorem.claim, at), f"{theorem} at {at}"
                except np.linalg.LinAlgError:
                    continue


def _tame(claim: Claim, at: dict[str, object]) -> bool:
    """Whether rounding cannot spoil the comparison: no inverse of a nearly singular matrix."""
    for side in (claim.lhs, claim.rhs):
        for part in _parts(side):
            inverse = part.head == "call" and part.payload == "inv"
            if inverse and not np.linalg.cond(value(part.args[0], at)) < 1e5:
                return False
    return True


def _parts(term: Term) -> list[Term]:
    return [term, *(p for a in term.args for p in _parts(a))]
