"""What the facts about functions, and theorems given as proofs of existence, once proved too much."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from recheck.forge import Forger

from derive.kernel.facts import fact
from derive.kernel.monotone import congruence_diff
from derive.kernel.rules import combine, discharge, hypothesis, ring, trans
from derive.kernel.schemas import schema
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.recheck import Rejected
from derive.terms import Context, Term, read, read_claim, sym

SPACE = (
    Context()
    .declare("X", None, "space")
    .declare("q", None, "function", 1)
    .declare("p", None, "function", 1)
)
Q = SPACE.assume("h", read_claim("Int(q(x), x, X) = 1", SPACE))


def letters(**rows: str) -> dict[str, Any]:
    """Letters by their texts; ``u: text`` is a letter with the argument u."""
    split = {name: text.rpartition(": ") for name, text in rows.items()}
    out = {n: (tuple(own.split()), read(body)) for n, (own, _, body) in split.items()}
    return {n: (own, sym("X") if n == "X" else body) for n, (own, body) in out.items()}


def test_a_letter_is_not_a_function_of_the_language() -> None:
    """With 0 in place of exp the fact about exp of an empty sum says that 0 = 1."""
    rows = letters(F="i: 1", a="1", b="0")
    assert not schema(Context(), "exp_range", rows).conditions
    with pytest.raises(KernelError, match="letters"):
        schema(Context(), "exp_range", {**rows, **letters(exp="u: 0")})


def test_a_trace_is_not_a_square() -> None:
    """With a square in place of trace an integral would be multiplicative."""
    rows = letters(trace="m: m**2", f="x: q(x)", X="X")
    with pytest.raises(KernelError, match="letters"):
        schema(Q, "space_trace", rows, (), [hypothesis(Q, "h")])


@pytest.mark.parametrize("gone", ["c", "f", "X"])
def test_no_letter_may_be_left_out(gone: str) -> None:
    rows = letters(c="2", f="x: q(x)", X="X")
    schema(Q, "space_multiple", rows, (), [hypothesis(Q, "h")])
    del rows[gone]
    with pytest.raises(KernelError, match="letters"):
        schema(Q, "space_multiple", rows, (), [hypothesis(Q, "h")])


def identity_with_corners() -> tuple[Term, Theorem]:
    """``abs(x + abs(x)) - abs(x)`` is x, so it has the derivative 1 at 0."""
    inner = Context().declare("y")
    above = trans(
        fact(inner, "abs_above", {"a": read("-y")}), fact(inner, "abs_even", {"a": read("y")})
    )
    least = combine(inner, read_claim("0 <= y + abs(y)"), [above], [Fraction(1)])
    plain = discharge(fact(inner, "abs_nonnegative", {"a": read("y + abs(y)")}), least)
    same = ring(inner, read("abs(y + abs(y)) - abs(y)"), read("y"), [], [plain])
    node = read("diff(abs(x + abs(x)) - abs(x), x; 0)")
    known = congruence_diff(Context(), node, same)
    return node, trans(known, unfold(Context(), known.claim.rhs))


def test_a_derivative_that_exists_is_not_given_by_a_formula_for_elsewhere() -> None:
    """The formula ``sign(x)*…`` is wrong at a corner of a part; together with the above, 1 = 0."""
    node, known = identity_with_corners()
    assert (str(known.claim.rhs), known.conditions) == ("1", frozenset())
    try:
        formula = unfold(Context(), node, [known])
    except KernelError:
        return
    assert read_claim("0 != 0") in formula.conditions


@pytest.mark.parametrize("name", ["zeros", "eye"])
def test_a_matrix_called_like_a_function_is_any_matrix(name: str) -> None:
    """The second program once took a matrix of this name for the zero matrix, or the identity."""
    f = Forger()
    one, m = f.num(1), f.sym(name)
    context = f.context([name, "matrix", [], False, 0, [one, one], None])
    f.step("unfold", context, [f.term("call", "trace", m), "=", f.num(int(name == "eye"))])
    with pytest.raises(Rejected, match="cannot be written out"):
        f.submit()


def test_exchanged_sums_are_finite() -> None:
    """The sums of ``f(i, j) = [i = j] - [i + 1 = j]`` over rows and over columns differ."""
    both = "Sum(Sum(f(i, j), j, 1, oo), i, 1, oo) = 0", "Sum(Sum(f(i, j), i, 1, oo), j, 1, oo) = 1"
    context = Context().declare("f", None, "function", 2)
    for n, text in enumerate(both):
        context = context.assume(f"h{n}", read_claim(text, context))
    end = read("Sum(i, i, 1, oo)").args[2]
    rows = {**letters(F="i j: f(i, j)", a="1", c="1"), "b": ((), end), "d": ((), end)}
    known = [hypothesis(context, "h0"), hypothesis(context, "h1")]
    with pytest.raises(KernelError, match="oo is not a number"):
        schema(context, "sum_exchange", rows, (), known)


def test_an_infinite_sum_of_integrals_is_not_drawn_inside() -> None:
    context = Context().declare("X", None, "space").declare("f", None, "function", 2)
    stated = read_claim("Sum(Int(f(i, x), x, X), i, 1, oo) = 1", context)
    context = context.assume("h", stated)
    end = read("Sum(i, i, 1, oo)").args[2]
    rows = {**letters(F="i x: f(i, x)", a="1", X="X"), "b": ((), end)}
    with pytest.raises(KernelError, match="oo is not a number"):
        schema(context, "space_range", rows, (), [hypothesis(context, "h")])
