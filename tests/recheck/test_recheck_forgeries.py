"""False statements with certificates that once looked right, each beside a true one that must pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derive.auditing import recheck_files
from derive.recheck import Rejected, recheck
from derive.recheck.language import table
from derive.recheck.replay import seal
from recheck.forge import Forger, at


def accepted(f: Forger) -> bool:
    """Whether the certificate that ends with the last step is accepted."""
    try:
        f.submit()
    except Rejected:
        return False
    return True


def test_a_true_step_passes() -> None:
    f = Forger()
    x = f.sym("x")
    double = f.term("mul", None, f.num(2), x)
    f.combine(f.context("x"), [f.term("add", None, x, x), "=", double])
    assert f.submit().steps == 1


@pytest.mark.parametrize("deep", [False, True])
def test_nested_sums_keep_their_indices_apart(deep: bool) -> None:
    f = Forger()
    zero, one, n, i, j, k = f.num(0), f.num(1), f.sym("n"), f.sym("i"), f.sym("j"), f.sym("k")
    context = f.context(f.count("n"))
    flat = f.term("sum", "j", i, one, n)
    body = j if not deep else f.term(
        "add", None, j, f.term("mul", None, zero, f.term("sum", "k", k, one, n)))  # fmt: skip
    other = f.term("sum", "j", body, one, n)
    sides = [f.term("sum", "i", s, one, n) for s in (flat, other)]
    same = [f.step("assume", context, [s, "=", s], given=[[s, "=", s]]) for s in sides]
    row = f.steps[same[-1]]
    row["shown"], row["claim"] = [same[0]], [sides[0], "=", sides[1]]
    row["rule"], row["data"] = "combine", [[], at(zero)]
    assert not accepted(f)


@pytest.mark.parametrize("name", ["neg", "add", "mul", "pow"])
def test_a_function_named_like_an_operation_is_no_integer(name: str) -> None:
    f = Forger()
    context = f.context([name, "function", [], False, 1, None, None])
    value = f.term("call", name, f.num(1))
    f.fact(
        context, [f.term("call", "floor", value), "=", value], "floor_integer", [["n", "", value]]
    )
    assert not accepted(f)


def test_an_integer_is_one_by_its_declaration() -> None:
    f = Forger()
    n = f.sym("n")
    f.fact(
        f.context(f.count("n")),
        [f.term("call", "floor", n), "=", n],
        "floor_integer",
        [["n", "", n]],
    )
    assert accepted(f)


@pytest.mark.parametrize("fits", [True, False])
def test_the_value_of_a_function_lies_somewhere_only_where_it_is_defined(fits: bool) -> None:
    f = Forger()
    zero, one, g = f.num(0), f.num(1), f.sym("g")
    context = f.context(["g", "function", [[zero, "<", g]], False, 1, None, None])
    value = f.term("call", "g", one if fits else f.term("div", None, one, zero))
    f.step("assume", context, [zero, "<", value])
    assert accepted(f) == fits


@pytest.mark.parametrize("fits", [True, False])
def test_a_condition_about_an_undefined_value_is_not_dropped(fits: bool) -> None:
    f = Forger()
    zero, one, g = f.num(0), f.num(1), f.sym("g")
    context = f.context(["g", "function", [[zero, "<", g]], False, 1, None, None], "z")
    value = f.term("call", "g", f.term("div", None, one, f.sym("z")))
    condition = [zero, "<", value]
    known = f.step("assume", context, [value, "=", value], given=[condition])
    given = [condition] if fits else []
    f.combine(context, [value, "=", value], known, by=[1])
    f.steps[-1]["conditions"] = given
    assert accepted(f) == fits


def test_two_steps_do_not_discharge_each_other() -> None:
    f = Forger()
    x, zero, one = f.sym("x"), f.num(0), f.num(1)
    context = f.context("x")
    up, down = [zero, "<", x], [one, "<", f.term("add", None, x, one)]
    first = f.combine(context, up, f.step("assume", context, down, given=[down]), by=[1])
    f.steps[first]["conditions"] = [down]
    second = f.combine(context, down, f.step("assume", context, up, given=[up]), by=[1])
    f.steps[second]["conditions"] = [up]
    f.combine(context, up, first, second, by=[1])
    assert not accepted(f)
    f.steps[-1]["conditions"] = [down, up]
    assert accepted(f)


@pytest.mark.parametrize(("relation", "by", "slack", "fits"), [
    ("<=", [1], 0, True), ("<", [1], 0, False), ("<", [1], 1, True), ("<=", [-1], 0, False),
    ("<=", [0], 0, False), ("=", [1], 0, False), ("!=", [1], 0, False), ("!=", [1], 1, True),
])  # fmt: skip
def test_a_combination_is_as_strong_as_its_premises(
    relation: str, by: list[int], slack: int, fits: bool
) -> None:
    f = Forger()
    x, zero = f.sym("x"), f.num(0)
    context = f.context("x")
    known = f.step("assume", context, [zero, "<=", x], given=[[zero, "<=", x]])
    bound = f.term("add", None, x, f.num(slack)) if by == [1] else f.term("neg", None, x)
    f.combine(context, [zero, relation, bound], known, by=by, slack=slack)
    f.steps[-1]["conditions"] = [[zero, "<=", x]]
    assert accepted(f) == fits


@pytest.mark.parametrize("fits", [True, False])
def test_a_letter_does_not_speak_of_the_variable_of_a_premise(fits: bool) -> None:
    """``Sum(c, i, 1, n) = Sum(i, i, 1, n)`` for a constant c that is no constant."""
    f = Forger()
    one, n, i = f.num(1), f.sym("n"), f.sym("i")
    plain, inner = f.context(f.count("n")), f.context(f.count("n"), hypotheses=[])
    f.contexts[inner]["symbols"].append(["i", "scalar", [], True, 0, None, None])
    f.contexts[inner]["hypotheses"] = [[one, "<=", i], [i, "<=", n]]
    same = f.step("assume", inner, [i, "=", i])
    body = f.sym("k") if fits else i
    left, right = f.term("sum", "k", body, one, n), f.term("sum", "k", f.sym("k"), one, n)
    letters = [["F", "k" if fits else "m", body], ["G", "k", f.sym("k")]]
    f.fact(
        plain,
        [left, "=", right],
        "sum_equal",
        [*letters, ["a", "", one], ["b", "", n]],
        premises=[same],
    )
    assert accepted(f) == fits


@pytest.mark.parametrize("closed", [True, False])
def test_equal_functions_have_equal_derivatives_on_open_sets_only(closed: bool) -> None:
    """``abs(x) = x`` for ``0 <= x`` says nothing of the derivative at 0."""
    f = Forger()
    zero, one, x = f.num(0), f.num(1), f.sym("x")
    size = f.term("call", "abs", x)
    point = zero if closed else one
    order = [zero, "<=" if closed else "<", x]
    plain, inner = f.context(), f.context("x", hypotheses=[order])
    shown: list[int] = []
    if not closed:
        shown = [f.combine(inner, [zero, "<=", x], f.step("assume", inner, order), by=[1])]
    same = f.fact(inner, [size, "=", x], "abs_nonnegative", [["a", "", x]], shown=shown)
    slope = f.fact(
        plain, [f.term("diff", "x", x, point), "=", one], "diff_variable", [["p", "", point]]
    )
    claim = [f.term("diff", "x", size, point), "=", f.term("diff", "x", x, point)]
    letters: list[Any] = [["F", "x", size], ["G", "x", x], ["p", "", point]]
    f.fact(plain, claim, "diff_equal", letters, premises=[same], shown=[slope])
    assert accepted(f) != closed


def test_a_derivative_is_not_granted_by_a_hypothesis_that_mentions_another() -> None:
    f = Forger()
    zero, x, y = f.num(0), f.sym("x"), f.sym("y")
    size = f.term("call", "abs", x)
    nested, minus = f.term("call", "abs", f.term("add", None, size, x)), f.term("neg", None, size)
    node = f.term("diff", "x", f.term("add", None, nested, minus), zero)
    context = f.context("y", hypotheses=[[node, "=", y]])
    out = f.term("add", None, f.term("diff", "x", nested, zero), f.term("diff", "x", minus, zero))
    letters = [["F", "x", nested], ["G", "x", minus], ["p", "", zero]]
    f.fact(context, [node, "=", out], "diff_sum", letters)
    assert not accepted(f)


@pytest.mark.parametrize("fits", [True, False])
def test_a_range_is_not_larger_than_that_of_the_premise(fits: bool) -> None:
    """``Int(1, x, 0, 1) = 1 - 0`` by a derivative shown on (0, 1), and not on (0, 2)."""
    f = Forger()
    zero, one, two, x = f.num(0), f.num(1), f.num(2), f.sym("x")
    end = one if fits else two
    plain, inner = f.context(), f.context("x", hypotheses=[[zero, "<", x], [x, "<", one]])
    slope = f.fact(inner, [f.term("diff", "x", x, x), "=", one], "diff_variable", [["p", "", x]])
    claim = [f.term("int", "x", one, zero, end), "=", f.minus(end, zero)]
    letters = [["F", "x", x], ["f", "x", one], ["a", "", zero], ["b", "", end]]
    f.fact(plain, claim, "integral_at_at", letters, premises=[slope])
    assert accepted(f) == fits


def test_an_integral_over_a_reversed_range_is_not_there() -> None:
    f = Forger()
    zero, one, x = f.num(0), f.num(1), f.sym("x")
    inner = f.context("x", hypotheses=[[one, "<", x], [x, "<", zero]])
    same = f.step("assume", inner, [zero, "=", zero])
    node = f.term("int", "x", zero, one, zero)
    letters = [["f", "x", zero], ["g", "x", zero], ["a", "", one], ["b", "", zero]]
    f.fact(f.context(), [node, "=", node], "integral_equal", letters, premises=[same])
    assert not accepted(f)


@pytest.mark.parametrize("fits", [True, False])
def test_what_is_put_in_place_of_a_name_lies_in_its_domain(fits: bool) -> None:
    f = Forger()
    zero, x = f.num(0), f.sym("x")
    inside = f.context(["x", "scalar", [[zero, "<", x]], False, 0, None, None])
    known = f.step("assume", inside, [zero, "<", x])
    value = f.num(1) if fits else f.term("neg", None, f.num(1))
    f.step("instantiate", f.context(), [zero, "<", value], ["x", at(value)], premises=[known])
    assert accepted(f) == fits


@pytest.mark.parametrize("fits", [True, False])
def test_a_hypothesis_does_not_stay_behind(fits: bool) -> None:
    f = Forger()
    zero, x = f.num(0), f.sym("x")
    claim = [zero, "<", x]
    known = f.step("assume", f.context("x", hypotheses=[claim]), claim)
    f.step("instantiate", f.context("x"), claim, premises=[known], given=[claim] if fits else [])
    assert accepted(f) == fits


@pytest.mark.parametrize("fits", [True, False])
def test_cases_are_opposites(fits: bool) -> None:
    f = Forger()
    x, zero = f.sym("x"), f.num(0)
    context = f.context("x")
    size = f.term("call", "abs", x)
    goal = [zero, "<=", size]
    main = f.fact(context, goal, "abs_at_least_zero", [["a", "", x]])
    first, second = [x, "<", zero], [zero, "<=" if fits else "<", x]
    both = [f.combine(context, goal, main, by=[1]) for _ in range(2)]
    for step, condition in zip(both, (first, second), strict=True):
        f.steps[step]["conditions"] = [condition]
    f.step("cases", context, goal, {"c": first}, premises=both)
    assert accepted(f) == fits


@pytest.mark.parametrize("least", [1, 2])
def test_induction_starts_where_the_domain_does(least: int) -> None:
    """``1 <= n`` for every n from 1 on, shown from 2 on."""
    f = Forger()
    one, n = f.num(1), f.sym("n")
    context = f.context(f.count("n"))
    goal = [one, "<=", n]
    base = f.combine(context, [one, "<=", f.num(least)], slack=least - 1)
    step = f.combine(context, [one, "<=", f.term("add", None, n, one)],
                     f.step("assume", context, goal, given=[goal]), by=[1], slack=1)  # fmt: skip
    f.steps[step]["conditions"] = [goal]
    f.step("induction", context, goal, "n", premises=[step, base])
    assert accepted(f) == (least == 1)


def test_a_division_by_zero_in_a_multiplier_is_seen() -> None:
    """``x = y`` from ``0*x = 0*y``, multiplied by 1/0."""
    f = Forger()
    x, y, zero, one = f.sym("x"), f.sym("y"), f.num(0), f.num(1)
    context = f.context("x", "y", "z", hypotheses=[[f.sym("z"), "=", zero]])
    z = f.sym("z")
    left, right = (f.term("mul", None, z, t) for t in (x, y))
    known = f.step("assume", context, [z, "=", zero])
    letters = [["F", "w", f.term("mul", None, f.sym("w"), x)], ["a", "", z], ["b", "", zero]]
    up = f.fact(context, [left, "=", f.term("mul", None, zero, x)], "equal", letters, shown=[known])
    letters = [["F", "w", f.term("mul", None, f.sym("w"), y)], ["a", "", z], ["b", "", zero]]
    down = f.fact(
        context, [right, "=", f.term("mul", None, zero, y)], "equal", letters, shown=[known]
    )
    same = f.combine(context, [left, "=", right], up, down, by=[1, -1])
    over = f.term("div", None, one, z)
    f.step("combine", context, [x, "=", y], [at(over)], at(zero), shown=[same])
    assert not accepted(f)


def two_claims(f: Forger, given: Any = ()) -> tuple[int, int]:
    """``0 <= 1`` and ``0 <= 2``, the second under conditions."""
    context = f.context("x")
    first = f.combine(context, [f.num(0), "<=", f.num(1)], slack=1)
    second = f.combine(context, [f.num(0), "<=", f.num(2)], slack=2)
    f.steps[second]["conditions"] = [list(c) for c in given]
    return first, second


def test_a_certificate_shows_several_claims_in_their_order(tmp_path: Path, capsys: Any) -> None:
    f = Forger()
    first, second = two_claims(f)
    report = f.submit_claims([second, first])
    assert report.claims == ["0 <= 2", "0 <= 1"]
    assert report.steps == 2
    path = tmp_path / "two.json"
    path.write_text(json.dumps(f.certificate([first, second])), "utf-8")
    assert recheck_files([str(path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [f"{path}: accepted: 0 <= 1", "    and 0 <= 2", "    where x: real"]


@pytest.mark.parametrize(
    "claims", [[], None, {}, "0", 0, [-1], [2], [0, 2], [0, -2], [True], [0, True], [0.0], [[0]]]
)
def test_a_claim_is_the_number_of_a_step(claims: Any) -> None:
    f = Forger()
    two_claims(f)
    with pytest.raises(Rejected):
        f.submit_claims(claims)


def test_claims_have_the_same_conditions() -> None:
    f = Forger()
    both = two_claims(f, given=[[f.num(0), "<", f.sym("x")]])
    assert f.submit_claims([both[1]]).conditions == ["0 < x"]
    for claims in (both, both[::-1]):
        with pytest.raises(Rejected, match="the same conditions"):
            f.submit_claims(list(claims))


def test_claims_have_the_same_context() -> None:
    f = Forger()
    both = two_claims(f)
    f.steps[both[1]]["context"] = f.context("x", hypotheses=[[f.num(0), "<", f.sym("x")]])
    for claims in (both, both[::-1]):
        with pytest.raises(Rejected, match="the same context"):
            f.submit_claims(list(claims))


def test_claims_have_the_same_axioms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(table()["fact abs_at_least_zero"].marks, "axiom", ["size"])
    f = Forger()
    context, x, zero = f.context("x"), f.sym("x"), f.num(0)
    plain = f.combine(context, [zero, "<=", f.num(1)], slack=1)
    claim = [zero, "<=", f.term("call", "abs", x)]
    taken = f.fact(context, claim, "abs_at_least_zero", [["a", "", x]])
    f.steps[taken]["axioms"] = ["size"]
    assert f.submit_claims([taken]).axioms == ["size"]
    for claims in ([plain, taken], [taken, plain]):
        with pytest.raises(Rejected, match="the same axioms"):
            f.submit_claims(claims)


def test_a_step_on_which_no_claim_rests_is_checked_too() -> None:
    f = Forger()
    first, second = two_claims(f)
    f.steps[second]["claim"] = [f.num(2), "<=", f.num(0)]
    with pytest.raises(Rejected, match="does not follow"):
        f.submit_claims([first])


FORGED = sorted(Path(__file__).with_name("forged").glob("*.json"))


@pytest.mark.parametrize("path", FORGED, ids=lambda path: path.stem)
def test_a_forged_certificate_stays_rejected(path: Path) -> None:
    """Certificates of false statements, or under false names, with a good seal."""
    data = json.loads(path.read_text("utf-8"))
    with pytest.raises(Rejected, match=r"does not follow|not rightly defined"):
        recheck(data)


def test_what_a_forger_writes_cannot_look_like_an_answer(tmp_path: Path, capsys: Any) -> None:
    data = json.loads(FORGED[0].read_text("utf-8"))
    data["steps"][0]["rule"] = "x)\nother.json: accepted: 0 = 1"
    data["seal"] = seal(data)
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(data), "utf-8")
    assert recheck_files([str(path)]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1
