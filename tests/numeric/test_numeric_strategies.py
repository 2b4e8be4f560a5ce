"""Strategies shrink to small rationals, and so do the counterexamples that are found with them."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from numeric.builder import Builder
from numeric.domain import INTEGER, NONZERO, POSITIVE, REAL, UNIT, Domain
from numeric.falsify import weight
from numeric.program import Program
from numeric.spaces import (
    SPD,
    Increasing,
    Joint,
    Ordered,
    Schedule,
    Simplex,
    alpha_bars,
    is_independent,
)
from numeric.strategies import (
    correlations,
    falsify,
    joints,
    monotone_functions,
    orthogonals,
    permutations,
    points,
    rationals,
    schedules,
    simplexes,
    smooth_functions,
    spd_matrices,
)

F = Fraction
HALF = F(1, 2)


def shrunk(strategy, predicate, seed=0):
    phases = (Phase.generate, Phase.shrink)
    chosen = settings(max_examples=2000, phases=phases, database=None, deadline=None)
    return find(strategy, predicate, settings=chosen, random=Random(seed))


def difference(left, right):
    """A program whose outputs are made by two functions of a builder."""
    builder = Builder()
    return builder.build(left(builder), right(builder))


def entropy(b, name, size):
    q = [b.input(f"{name}[{k}]") for k in range(size)]
    terms = [b.op("mul", x, b.op("log", x)) for x in q]
    return b.op("neg", total(b, terms))


def divergence(b, left, right, size):
    terms = []
    for k in range(size):
        x, y = b.input(f"{left}[{k}]"), b.input(f"{right}[{k}]")
        terms.append(b.op("mul", x, b.op("log", b.op("div", x, y))))
    return total(b, terms)


def total(b, terms):
    out = terms[0]
    for term in terms[1:]:
        out = b.op("add", out, term)
    return out


def log(value):
    return lambda b: b.op("log", b.const(value))


def determinant(b):
    entry = {(i, j): b.input(f"S[{i}, {j}]") for i in range(2) for j in range(2)}
    one, other = ((0, 0), (1, 1)), ((0, 1), (1, 0))
    return b.op("sub", *(b.op("mul", *(entry[place] for place in pair)) for pair in (one, other)))


class TestSimplestMembers:
    @pytest.mark.parametrize(
        ("strategy", "simplest"),
        [
            (simplexes(3), (F(1, 3),) * 3),
            (simplexes(range(2, 6), zeros=True), (HALF, HALF)),
            (joints((2, range(2, 4))), ((F(1, 4),) * 2,) * 2),
            (schedules(range(1, 5)), (HALF,)),
            (schedules(3, increasing=True), (F(1, 4), HALF, F(3, 4))),
            (spd_matrices(range(2, 4)), ((1, 0), (0, 1))),
            (correlations(2), ((1, 0), (0, 1))),
            (orthogonals(2), ((1, 0), (0, 1))),
            (permutations(3), (0, 1, 2)),
        ],
    )
    def test_shrink_to_the_plainest(self, strategy, simplest):
        assert shrunk(strategy, lambda value: True) == simplest

    def test_functions_shrink_to_the_identity(self):
        f = shrunk(monotone_functions(), lambda f: True)
        assert [f(F(x)) for x in (-2, 0, 5)] == [-2, 0, 5]
        smooth = shrunk(smooth_functions(), lambda f: True)
        assert (smooth.a, smooth.b) == (1, 0)


@pytest.mark.parametrize(
    ("domain", "low", "high", "simplest"),
    [
        (REAL, F(5, 2), F(7, 2), F(3)),
        (REAL, F(3), F(16, 5), F(19, 6)),
        (POSITIVE, F(22, 100), F(24, 100), F(2, 9)),
        (UNIT, F(56, 100), F(58, 100), F(4, 7)),
        (NONZERO, F(-3, 10), F(-26, 100), F(-2, 7)),
        (Domain(F(100)), F(1012, 10), F(1014, 10), F(304, 3)),
        (INTEGER, F(200), F(400), F(201)),
    ],
    ids=str,
)
def test_rationals_shrink_nearly_to_the_simplest_of_an_interval(domain, low, high, simplest):
    found = shrunk(rationals(domain), lambda x: low < x < high)
    assert weight({"x": found}) <= 4 * weight({"x": simplest})


def test_members_other_than_the_plainest_are_small():
    q = shrunk(simplexes(range(2, 5)), lambda q: len(set(q)) > 1)
    assert sorted(q) == [F(1, 3), F(2, 3)]
    q = shrunk(simplexes(3, zeros=True), lambda q: 0 in q)
    assert sorted(q) == [0, HALF, HALF]
    table = shrunk(joints((range(2, 4), range(2, 4))), lambda t: not is_independent(t))
    assert sorted(x for row in table for x in row) == [F(1, 5)] * 3 + [F(2, 5)]
    beta = shrunk(schedules(range(1, 9)), lambda beta: alpha_bars(beta)[-1] < HALF)
    assert beta in [(F(2, 3),), (HALF, HALF)]
    matrix = shrunk(spd_matrices(2), lambda m: m[0][1] != 0)
    assert matrix == ((1, 1), (1, 2))


class TestFalsify:
    def test_entropy_is_not_constant(self):
        found = falsify(difference(lambda b: entropy(b, "q", 2), log(2)), {"q": Simplex(2)})
        assert sorted(found.values.values()) == [F(1, 3), F(2, 3)]
        assert found.order == -1
        assert str(found).endswith(": 0.636514168295 < 0.693147180560")

    def test_what_is_true_is_not_refuted(self):
        program = difference(lambda b: entropy(b, "q", 2), log(2))
        assert falsify(program, {"q": Simplex(2)}, relation="<=", budget=100) is None

    def test_divergence_is_not_symmetric(self):
        program = difference(
            lambda b: divergence(b, "p", "q", 2), lambda b: divergence(b, "q", "p", 2)
        )
        found = falsify(program, {"p": Simplex(2), "q": Simplex(2)})
        assert max(value.denominator for value in found.values.values()) <= 3

    def test_a_determinant_below_one(self):
        program = difference(determinant, lambda b: b.const(1))
        found = falsify(program, {"S": SPD(2)}, relation=">=", budget=100)
        assert all(abs(v.numerator) + v.denominator <= 4 for v in found.values.values())
        assert SPD(2).contains(found.point["S"])

    def test_a_product_of_a_schedule_of_any_length(self):
        def claim(point):
            b = Builder()
            kept = b.const(1)
            for t in range(len(point["beta"])):
                kept = b.op("mul", kept, b.op("sub", b.const(1), b.input(f"beta[{t}]")))
            return b.build(kept, b.const(HALF))

        found = falsify(claim, {"beta": schedules(range(1, 9))}, relation=">=")
        assert found.values == {"beta[0]": F(2, 3)}

    def test_dependence_of_any_size(self):
        def claim(point):
            b = Builder()
            rows = point["p"]
            across = [b.input(f"p[0, {j}]") for j in range(len(rows[0]))]
            down = [b.input(f"p[{i}, 0]") for i in range(len(rows))]
            product = b.op("mul", total(b, across), total(b, down))
            return b.build(b.input("p[0, 0]"), product)

        found = falsify(claim, {"p": joints((range(2, 4), range(2, 4)))})
        assert len(found.values) == 4
        assert max(value.denominator for value in found.values.values()) <= 5

    def test_names_that_depend_on_each_other(self):
        """Gaps of increasing numbers may differ by any factor."""
        b = Builder()
        low, middle, high = map(b.input, "abc")
        gap, other = b.op("sub", middle, low), b.op("sub", high, middle)
        program = b.build(gap, b.op("mul", b.const(20), other))
        domains = {("a", "b", "c"): Ordered(3, POSITIVE)}
        found = falsify(program, domains, relation="<=", budget=120)
        a, b, c = found.point["a", "b", "c"]
        assert 0 < a < b < c and b - a > 20 * (c - b)

    def test_a_function_is_a_part_of_the_point(self):
        """Increasing does not mean convex."""

        def claim(point):
            b = Builder()
            f, x, y = point["f"], b.input("x"), b.input("y")
            middle = b.op("div", b.op("add", x, y), b.const(2))
            mean = b.op("div", b.op("add", f.emit(b, x), f.emit(b, y)), b.const(2))
            return b.build(f.emit(b, middle), mean)

        found = falsify(
            claim, {"f": Increasing(1), "x": REAL, "y": REAL}, relation="<=", budget=150
        )
        f, x, y = (found.point[name] for name in "fxy")
        assert f((x + y) / 2) > (f(x) + f(y)) / 2
        assert max(value.denominator for value in found.values.values()) <= 2

    def test_two_programs_and_undefined_points(self):
        log_of_square = Program.from_sympy(*expressions("log(x**2)"))
        twice_log = Program.from_sympy(*expressions("2*log(x)"))
        assert falsify((log_of_square, twice_log), {"x": REAL}, budget=40) is None
        root = Program.from_sympy(*expressions("sqrt(x**2)"))
        same = Program.from_sympy(*expressions("x"))
        assert falsify((root, same), {"x": REAL}, budget=100).values == {"x": -1}

    def test_the_same_arguments_give_the_same_answer(self):
        program = difference(lambda b: b.input("p[1]"), lambda b: b.const(F(1, 7)))
        domains = {"p": Simplex(3), "beta": Schedule(2), "t": Joint((2, 2))}
        first = falsify(program, domains, relation=">", budget=40, seed=5, first=1)
        assert first == falsify(program, domains, relation=">", budget=40, seed=5, first=1)
        assert first.values["p[1]"] <= F(1, 7)

    def test_the_budget_bounds_the_points(self):
        seen = []

        def claim(point):
            seen.append(point["x"])
            return difference(lambda b: b.input("x"), lambda b: b.const(F(355, 113)))

        falsify(claim, {"x": REAL}, relation=">", budget=30)
        assert 1 <= len(seen) <= 60 and len(set(seen)) == len(seen)

    def test_mistakes_are_told(self):
        program = difference(lambda b: b.input("x"), lambda b: b.input("y"))
        with pytest.raises(ValueError, match="the program reads y, and the domains give x"):
            falsify(program, {"x": REAL})
        with pytest.raises(ValueError, match="'~' is none of the relations"):
            falsify(program, {"x": REAL, "y": REAL}, relation="~")
        with pytest.raises(ValueError, match="must have two outputs, and has 1"):
            falsify(Program.from_sympy(*expressions("x")), {"x": REAL})
        with pytest.raises(ValueError, match="each of two programs has one output, not 2"):
            falsify((program, program), {"x": REAL, "y": REAL})


def expressions(text):
    import sympy as sp

    x = sp.Symbol("x")
    known = {
        "log(x**2)": sp.log(x**2),
        "2*log(x)": 2 * sp.log(x),
        "sqrt(x**2)": sp.sqrt(x**2),
        "x": x,
    }
    return (known[text],)


def test_points_take_strategies_beside_spaces():
    chosen = points({"q": simplexes(2), "k": st.just(F(3)), ("a", "b"): Ordered(2), "x": UNIT})
    assert shrunk(chosen, lambda point: True) == {
        "q": (HALF, HALF), "k": 3, ("a", "b"): (1, 2), "x": HALF
    }  # fmt: skip
