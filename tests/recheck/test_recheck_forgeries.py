"""False statements with certificates that once looked right, each beside a true one that must pass."""

from __future__ import annotations

import pytest

from derive.recheck import Rejected
from recheck.forge import POSITIVE_INTEGERS, Forger, at


def test_a_true_step_passes() -> None:
    f = Forger()
    x = f.sym("x")
    f.step(
        "ring",
        f.context("x"),
        [],
        [f.term("add", None, x, x), "=", f.term("add", None, x, x)],
        0,
        [],
    )
    assert f.submit().steps == 1


def test_nested_sums_keep_their_indices_apart() -> None:
    f = Forger()
    one, n, i, j = f.num(1), f.sym("n"), f.sym("i"), f.sym("j")
    context = f.context(("n", "scalar", POSITIVE_INTEGERS, 0))
    total = f.term("sum", "j", j, one, n)
    inner = f.term("sum", "j", i, one, n)
    sides = [
        f.term("add", None, total, f.term("sum", "i", f.term("mul", None, i, s), one, n))
        for s in (inner, total)
    ]
    f.step("ring", context, [], [sides[0], "=", sides[1]], 0, [])
    with pytest.raises(Rejected):
        f.submit()


@pytest.mark.parametrize("name", ["neg", "add", "mul", "pow"])
def test_a_function_named_like_an_operation_is_no_integer(name: str) -> None:
    f = Forger()
    context = f.context(
        (name, "function", {**POSITIVE_INTEGERS, "lower": None, "integer": False}, 1)
    )
    value = f.term("call", name, f.num(1))
    claim = [f.term("call", "floor", value), "=", value]
    f.step("fact", context, [], claim, "floor_integer", [["n", at(value)]])
    with pytest.raises(Rejected):
        f.submit()


def test_an_integral_over_a_reversed_range_is_not_zero_for_want_of_parts() -> None:
    f = Forger()
    zero, one, x = f.num(0), f.num(1), f.sym("x")
    inside = f.context("x", hypotheses=[[one, "<", x], [x, "<", zero]])
    node = f.term("int", "x", zero, one, zero)
    same = f.step("ring", inside, [], [zero, "=", zero], 0, [])
    f.step("linear", f.context(), [same], [node, "=", zero], at(node), [])
    with pytest.raises(Rejected):
        f.submit()


@pytest.mark.parametrize(("forth", "fits"), [(1, False), (3, True)])
def test_a_substitution_is_shown_over_its_own_range(forth: int, fits: bool) -> None:
    f = Forger()
    zero, one, two, x = f.num(0), f.num(1), f.num(2), f.sym("x")
    plain, end = f.context(), one if fits else two
    unit = f.context("x", hypotheses=[[zero, "<", x], [x, "<", one]])
    wide = f.context("x", hypotheses=[[zero, "<", x], [x, "<", end]])
    rate, known = f.term("diff", "x", x, x), f.term("int", "x", one, zero, one)
    value = f.minus(one, zero)
    equation = f.step("unfold", unit, [], [rate, "=", one])
    first = f.step("antiderivative", plain, [equation], [known, "=", value],
                   at(zero), at(one), None, None, given=[[zero, "<=", one]])  # fmt: skip
    first = f.step("discharge", plain, [first, f.step("bound", plain, [], [zero, "<=", one])],
                   [known, "=", value])  # fmt: skip
    slope = f.step("unfold", wide, [], [rate, "=", one])
    slope = f.step("symmetry", wide, [slope], [one, "=", rate])
    slope = f.step("trans", wide, [f.step("bound", wide, [], [zero, "<", one]), slope],
                   [zero, "<", rate])  # fmt: skip
    low, high = (f.step("hypothesis", unit, [], c, "") for c in ([zero, "<", x], [x, "<", one]))
    same = f.step("refl", unit, [], [x, "=", x])
    top = high
    if not fits:
        top = f.step(
            "trans", unit, [high, f.step("bound", unit, [], [one, "<", two])], [x, "<", two]
        )
    node = f.term("int", "x", f.term("mul", None, one, rate), zero, end)
    last = f.step("substitution", plain, [first, slope, low, high, same, low, top],
                  [node, "=", value], at(zero), at(end), {"q": str(forth)}, at(x),
                  given=[[zero, "<=", end]])  # fmt: skip
    f.step("discharge", plain, [last, f.step("bound", plain, [], [zero, "<=", end])],
           [node, "=", value])  # fmt: skip
    if fits:
        assert f.submit().conditions == []
    else:
        with pytest.raises(Rejected):
            f.submit()


def test_a_derivative_is_not_granted_by_a_premise_that_mentions_it() -> None:
    f = Forger()
    zero, one, x, y = f.num(0), f.num(1), f.sym("x"), f.sym("y")

    def size(t: int) -> int:
        return f.term("call", "abs", t)

    def sign(t: int) -> int:
        return f.term("call", "sign", t)

    body = f.minus(size(f.term("add", None, size(x), x)), size(x))
    node = f.term("diff", "x", body, zero)
    context = f.context("y", hypotheses=[[node, "=", y]])
    known = f.step("hypothesis", context, [], [node, "=", y], "")
    inner = f.term("add", None, size(zero), zero)
    step = f.term("add", None, f.term("mul", None, sign(zero), one), one)
    out = f.minus(f.term("mul", None, sign(inner), step), f.term("mul", None, sign(zero), one))
    f.step("unfold", context, [known], [node, "=", out])
    with pytest.raises(Rejected):
        f.submit()


def test_sums_of_other_heights_keep_their_indices_apart() -> None:
    f = Forger()
    zero, one, n, i, j, k = f.num(0), f.num(1), f.sym("n"), f.sym("i"), f.sym("j"), f.sym("k")
    context = f.context(("n", "scalar", POSITIVE_INTEGERS, 0))
    flat = f.term("sum", "j", i, one, n)
    inner = f.term("sum", "k", k, one, n)
    deep = f.term("sum", "j", f.term("add", None, j, f.term("mul", None, zero, inner)), one, n)
    sides = [f.term("sum", "i", s, one, n) for s in (flat, deep)]
    f.step("ring", context, [], [f.term("add", None, sides[0], deep), "=",
                                 f.term("add", None, sides[1], deep)], 0, [])  # fmt: skip
    with pytest.raises(Rejected):
        f.submit()
