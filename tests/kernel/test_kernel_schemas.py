"""Every fact about functions on random finite spaces and ranges, and what the rule refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.kernel import rules
from derive.kernel.schemas import schema, schemas
from derive.kernel.theorem import KernelError
from derive.terms import Claim, Context, Term, read, read_claim

SPACES = sorted(n for n in schemas() if n.startswith("space_"))
RANGES = sorted(n for n in schemas() if n.partition("_")[0] in ("sum", "prod", "exp"))
NUMBERS = st.integers(-8, 8).map(lambda n: n / 4)
MATRIX_LETTERS = {
    "space_product_left": ("A", "f"), "space_product_right": ("f", "A"), "space_matrix": ("A",),
    "space_transpose": ("f",), "space_trace": ("f",),
}  # fmt: skip


@dataclass
class Instance:
    """What letters stand for: numbers, matrices, functions of points, and a measure on a few points."""

    letters: dict[str, Any]
    weights: dict[float, float]

    def of(self, term: Term, at: dict[str, Any]) -> Any:
        """The value of a term."""
        args = term.args
        match term.head:
            case "num":
                return float(term.payload[0])
            case "sym":
                return at[term.payload] if term.payload in at else self.letters[term.payload]
            case "over":
                points = self.weights.items()
                return sum(w * self.of(args[0], {**at, term.payload: x}) for x, w in points)
            case "sum" | "prod":
                low, high = (int(self.of(a, at)) for a in args[1:])
                values = [self.of(args[0], {**at, term.payload: i}) for i in range(low, high + 1)]
                return sum(values) if term.head == "sum" else math.prod(values)
            case "call" if term.payload in self.letters:
                return self.letters[term.payload](*(self.of(a, at) for a in args))
        return _operation(term, [self.of(a, at) for a in args])

    def holds(self, claim: Claim) -> bool:
        """Whether a claim is true, up to rounding."""
        left, right = self.of(claim.lhs, {}), self.of(claim.rhs, {})
        if claim.relation == "=":
            return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9))
        return bool(left < right if claim.relation == "<" else left <= right + 1e-9)


def _operation(term: Term, values: list[Any]) -> Any:
    simple: dict[str, Callable[..., Any]] = {
        "add": lambda *v: sum(v[1:], v[0]), "neg": lambda v: -v, "matmul": lambda a, b: a @ b,
        "mul": lambda *v: math.prod(v[1:], start=v[0]) if len(v) > 2 else v[0] * v[1],
    }  # fmt: skip
    named: dict[str, Callable[..., Any]] = {
        "exp": math.exp,
        "transpose": np.transpose,
        "trace": np.trace,
    }
    return (simple.get(term.head) or named[term.payload])(*values)


@st.composite
def instances(draw: st.DrawFn, name: str) -> Instance:
    """Random functions on a few points, with a random measure that may have points of mass 0."""
    size = 2
    points = draw(st.lists(st.integers(-5, 5).map(float), min_size=0, max_size=4, unique=True))
    weights = {x: draw(st.integers(0, 6)) / 2 for x in points}
    matrices = MATRIX_LETTERS.get(name, ())

    def value(letter: str) -> Any:
        if letter not in matrices:
            return draw(NUMBERS)
        return np.array([[draw(NUMBERS) for _ in range(size)] for _ in range(size)])

    tables: dict[str, dict[tuple[float, ...], Any]] = {"f": {}, "g": {}, "F": {}}

    def function(letter: str) -> Callable[..., Any]:
        def at(*where: float) -> Any:
            return tables[letter].setdefault(where, value(letter))

        return at

    letters: dict[str, Any] = {k: value(k) for k in "cA"}
    letters |= {
        k: draw(st.integers(-3, 4)) for k in ("a", "b", "c", "d", "s") if "space" not in name
    }
    letters |= (
        {"a": draw(st.integers(-2, 2)), "b": draw(st.integers(-2, 3))} if "range" in name else {}
    )
    return Instance({**letters, **{k: function(k) for k in tables}}, weights)


@pytest.mark.parametrize("name", [n for n in SPACES if not schemas()[n][1]])
@settings(max_examples=40)
@given(data=st.data())
def test_facts_about_spaces_hold_on_finite_ones(name: str, data: st.DataObject) -> None:
    instance = data.draw(instances(name))
    assume(instance.weights or name not in MATRIX_LETTERS)
    assert instance.holds(schemas()[name][0])


@settings(max_examples=40)
@given(data=st.data())
def test_the_integral_keeps_the_order(data: st.DataObject) -> None:
    instance = data.draw(instances("space_at_most"))
    f, more = instance.letters["f"], instance.letters["F"]
    instance.letters["g"] = lambda x: f(x) + abs(more(x))
    assert instance.holds(schemas()["space_at_most"][0])


@pytest.mark.parametrize("name", RANGES)
@settings(max_examples=40)
@given(data=st.data())
def test_facts_about_ranges_hold(name: str, data: st.DataObject) -> None:
    instance = data.draw(instances(name))
    statement, _, plain, _ = schemas()[name]
    letters = instance.letters
    letters |= _fitting(name, letters)
    assume(all(instance.holds(h) for h in plain))
    assert instance.holds(statement)


def _fitting(name: str, at: dict[str, Any]) -> dict[str, int]:
    """Values for the letters that the hypotheses tie to others."""
    if name.endswith("_split"):
        return {"d": at["c"] + 1}
    if name.endswith("_move"):
        return {"c": at["a"] - at["s"], "d": at["b"] - at["s"]}
    if name.endswith("_turn"):
        return {"c": at["s"] - at["b"], "d": at["s"] - at["a"]}
    return {}


CONTEXT = (
    Context()
    .declare("X", None, "space")
    .declare("Z", None, "space")
    .declare("q", None, "function", 1)
    .declare("t")
)
KNOWN = CONTEXT.assume("h", read_claim("Int(q(x), x, X) = 1", CONTEXT))
Q = (("x",), read("q(x)"))


def _space(name: str) -> tuple[tuple[()], Term]:
    return (), Context().declare(name) and read(name)


def test_an_integral_over_another_space_is_not_known() -> None:
    given_ = [rules.hypothesis(KNOWN, "h")]
    good = schema(
        KNOWN, "space_multiple", {"c": ((), read("t")), "f": Q, "X": _space("X")}, (), given_
    )
    assert not good.conditions
    letters = {"c": ((), read("t")), "f": Q, "X": _space("Z")}
    (open_,) = schema(KNOWN, "space_multiple", letters, (), given_).conditions
    assert str(open_) == "Int(q(x), x, Z) = Int(q(x), x, Z)"


def test_a_number_is_no_space_and_a_space_no_number() -> None:
    given_ = [rules.hypothesis(KNOWN, "h")]
    for letters in (
        {"c": ((), read("t")), "f": Q, "X": ((), read("t"))},
        {"c": ((), read("X")), "f": Q, "X": _space("X")},
    ):
        with pytest.raises(KernelError):
            schema(KNOWN, "space_multiple", letters, (), given_)


def test_an_equation_at_one_point_is_none_at_all_points() -> None:
    context = KNOWN.assume("here", read_claim("q(t) = 2"))
    letters = {"f": Q, "g": (("x",), read("2")), "X": _space("X")}
    here = rules.hypothesis(context, "here")
    with pytest.raises(KernelError):
        schema(context, "space_equal", letters, [here], [rules.hypothesis(context, "h")])


def test_a_premise_may_not_rest_on_a_condition_about_the_point() -> None:
    inner = KNOWN.declare("y")
    shown = rules.ring(inner, read("q(y)*y/y"), read("q(y)"))
    letters = {"f": (("x",), read("q(x)*x/x")), "g": Q, "X": _space("X")}
    assert shown.conditions
    with pytest.raises(KernelError, match="not shown"):
        schema(KNOWN, "space_equal", letters, [shown], [rules.hypothesis(KNOWN, "h")])


def test_a_fact_for_all_points_is_used_at_one() -> None:
    context = CONTEXT.assume("all", read_claim("for all x: q(x) = 2"))
    letters = {"f": Q, "g": (("x",), read("2")), "t": ((), read("1/t"))}
    theorem = schema(context, "at_point", letters)
    assert sorted(map(str, theorem.conditions)) == ["for all x: q(x) = 2", "t != 0"]
    assert str(rules.discharge(theorem, rules.hypothesis(context, "all")).claim) == "q(1/t) = 2"
