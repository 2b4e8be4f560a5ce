"""Spaces: members are exact, distinct, the same on every call; helpers are exact; names fit."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.balls import ends
from numeric.builder import Builder
from numeric.domain import INTEGER, NEGATIVE, NONZERO, POSITIVE, REAL, UNIT, Domain
from numeric.spaces import (
    FAMILIES,
    SPD,
    Correlation,
    Diagonal,
    Increasing,
    Joint,
    Ordered,
    Orthogonal,
    Permutations,
    PiecewiseLinear,
    Schedule,
    Simplex,
    Smooth,
    SmoothIncreasing,
    Vectors,
    alpha_bars,
    alphas,
    assignments,
    columns,
    conditional,
    correlation,
    flat,
    is_independent,
    marginal,
    named,
    product_of,
    stacked,
)
from numeric.spaces.simplest import descended, simplest
from numeric.strategies import joints, members, monotone_functions, rationals

F = Fraction
BITS = Domain(F(0), F(1), lower_open=False, upper_open=False, integer=True)

LARGE = [
    Simplex(2), Simplex(5), Simplex(3, zeros=True), Joint((2, 2)), Joint((2, 3, 2), zeros=True),
    SPD(1), SPD(2), SPD(4), SPD(3, F(1, 2), F(3)), SPD(2, F(1)), Diagonal(3), Correlation(2),
    Correlation(4), Orthogonal(2), Orthogonal(3), Schedule(1), Schedule(5), Schedule(4, True),
    Vectors(3), Vectors(1, POSITIVE), Ordered(2, POSITIVE), Ordered(3), Increasing(1),
    Increasing(3), *map(SmoothIncreasing, FAMILIES),
]  # fmt: skip
SMALL = {
    Simplex(1): 1,
    Joint((1, 1), zeros=True): 1,
    Correlation(1): 1,
    Orthogonal(1): 2,
    Permutations(1): 1,
    Permutations(4): 24,
    Vectors(3, BITS): 8,
    Ordered(2, BITS): 1,
    Ordered(2, Domain(F(0), F(6), integer=True)): 10,
    Vectors(1, Domain(F(0), F(101), integer=True)): 100,
}
SCALARS = [
    REAL, POSITIVE, NONZERO, NEGATIVE, INTEGER, UNIT, Domain(F(1, 3), F(1)), Domain(F(-2), F(1, 7)),
    Domain(F(1, 100), F(3, 2), lower_open=False), Domain(F(10), integer=True), Domain(upper=F(-7, 2)),
    Domain(F(1, 10**9), F(2, 10**9)), Domain(F(-1), F(2), nonzero=True),
]  # fmt: skip
spaces = st.sampled_from([*LARGE, *SMALL, *SCALARS])


@pytest.mark.parametrize("space", LARGE, ids=str)
def test_points_are_distinct_members_in_a_fixed_order(space):
    found = space.points(80, seed=1)
    assert len(set(found)) == len(found) == 80
    assert all(map(space.contains, found))
    assert space.points(80, seed=1) == found
    assert space.points(30, seed=1) == found[:30]
    other = space.points(80, seed=2)
    assert other[:3] == found[:3] and other != found
    assert space.points(0) == []


@pytest.mark.parametrize(("space", "count"), SMALL.items(), ids=str)
def test_a_small_space_gives_all_it_has(space, count):
    found = space.points(150)
    assert len(set(found)) == len(found) == count
    assert all(map(space.contains, found))


@settings(max_examples=150)
@given(st.data(), spaces)
def test_strategies_draw_members(data, space):
    assert space.contains(data.draw(members(space)))


def test_a_space_without_a_strategy_is_refused():
    with pytest.raises(TypeError, match="there is no strategy for 3"):
        members(3)


ONES = ((F(1), F(1)), (F(1), F(1)))


@pytest.mark.parametrize(
    ("space", "outside"),
    [
        (Simplex(2), (F(1), F(0))),
        (Simplex(2), (F(1, 3), F(1, 3))),
        (Simplex(2), (0.5, 0.5)),
        (Simplex(2, zeros=True), (F(3, 2), F(-1, 2))),
        (Simplex(2), (F(1, 3), F(1, 3), F(1, 3))),
        (Joint((2, 2)), (F(1, 2), F(1, 2))),
        (Joint((2, 2)), ((F(1, 2), F(1, 2)), (F(0), F(0)))),
        (SPD(2), ONES),
        (SPD(2), ((F(1), F(1, 2)), (F(0), F(1)))),
        (SPD(2, F(1)), ((F(1), F(0)), (F(0), F(2)))),
        (SPD(2, upper=F(2)), ((F(1), F(0)), (F(0), F(2)))),
        (Diagonal(2), ONES),
        (Correlation(2), ((F(2), F(0)), (F(0), F(1)))),
        (Orthogonal(2), ONES),
        (Schedule(2), (F(1, 2), F(1))),
        (Schedule(2, increasing=True), (F(1, 2), F(1, 2))),
        (Vectors(2, POSITIVE), (F(1), F(0))),
        (Ordered(2), (F(1), F(1))),
        (Permutations(3), (0, 1, 1)),
        (Increasing(2), PiecewiseLinear(((0, 0),), 1, 1)),
        (SmoothIncreasing("tanh"), Smooth("sinh", 1, 1)),
    ],
)
def test_others_are_not_members(space, outside):
    assert not space.contains(outside)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Simplex(0), "must be at least 1"),
        (lambda: Joint(()), "must be at least 1"),
        (lambda: SPD(2, F(2), F(1)), "no spd matrix"),
        (lambda: Ordered(3, BITS), "has 2 members, and 3 are to increase"),
        (lambda: SmoothIncreasing("sine"), "none of the families"),
        (lambda: Smooth("tanh", 0, 0), "no positive derivative"),
        (lambda: PiecewiseLinear(((0, 0), (1, 0)), 1, 1), "not one or more that increase"),
        (lambda: PiecewiseLinear(((0, 0),), 1, 0), "not both positive"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_floats_are_refused():
    with pytest.raises(TypeError, match=r"lower must be an int or a Fraction, not the float 0\.5"):
        SPD(2, 0.5)
    with pytest.raises(TypeError, match=r"must be an int, not 2\.0"):
        Simplex(2.0)


def test_points_hold_the_special_members():
    third = F(1, 3)
    assert Simplex(3).points(1) == [(third, third, third)]
    assert {(F(1), F(0)), (F(0), F(1))} <= set(Simplex(2, zeros=True).points(6))
    assert min(map(min, Simplex(3).points(20))) < F(1, 1000)
    assert SPD(2).points(1) == [((F(1), F(0)), (F(0), F(1)))]
    conditions = [np.linalg.cond(np.array(m, float)) for m in SPD(3).points(40)]
    assert min(conditions) == 1 and max(conditions) > 500
    assert (F(1, 2),) * 4 in Schedule(4).points(1)
    assert any(not is_independent(t) for t in Joint((2, 2)).points(4))
    assert sum(map(is_independent, Joint((2, 2)).points(4))) == 2


def test_tables():
    table = ((F(1, 2), F(1, 4)), (F(0), F(1, 4)))
    assert marginal(table, 1) == (F(1, 2), F(1, 2))
    assert marginal(table, 1, 0) == ((F(1, 2), F(0)), (F(1, 4), F(1, 4)))
    assert conditional(table, 1, given=0) == ((F(2, 3), F(1, 3)), (F(0), F(1)))
    with pytest.raises(ZeroDivisionError, match="value 1 of axis 0 has probability 0"):
        conditional(((F(1), F(0)), (F(0), F(0))), 1, given=0)
    with pytest.raises(ValueError, match="no axes"):
        marginal(table, 2)


@settings(max_examples=30)
@given(joints((range(1, 4), 2, range(1, 3)), zeros=True))
def test_tables_add_up(table):
    first, last = marginal(table, 0), marginal(table, 2)
    pair = marginal(table, 0, 2)
    assert marginal(pair, 0) == first and marginal(pair, 1) == last
    assert is_independent(product_of([first, last]))
    if all(first):
        rows = conditional(table, 2, given=0)
        back = tuple(tuple(p * x for x in row) for p, row in zip(first, rows, strict=True))
        assert back == pair


def test_schedules_are_multiplied_exactly():
    beta = (F(1, 10), F(1, 5), F(1, 2))
    assert alphas(beta) == (F(9, 10), F(4, 5), F(1, 2))
    assert alpha_bars(beta) == (F(9, 10), F(18, 25), F(9, 25))


def test_a_correlation_matrix_is_reached_by_its_own_entries():
    rows = [(F(1, 2),), (F(1, 3), F(-1, 2))]
    assert correlation(rows)[2] == (F(1, 3), F(-1, 2), F(1))
    assert Correlation(3).contains(correlation([(F(1),), (F(7), F(-9))]))


@settings(max_examples=40)
@given(monotone_functions(), rationals(REAL), rationals(REAL))
def test_piecewise_linear_functions_increase_and_are_undone(f, x, y):
    assert (f(x) < f(y)) == (x < y)
    assert f.inverse()(f(x)) == x
    builder = Builder()
    program = builder.build(f.emit(builder, builder.input("x")))
    assert [ends(value) for value in program.balls({"x": x})] == [(f(x), f(x))]
    if all(x != knot for knot, _ in f.knots):
        assert f.derivative(x) * f.inverse().derivative(f(x)) == 1
        step = min(abs(x - knot) for knot, _ in f.knots)
        assert f(x + step) == f(x) + step * f.derivative(x)


def test_a_kink_has_no_derivative():
    f = PiecewiseLinear(((0, 0), (1, 1)), 1, 2)
    assert f.derivative(F(0)) == 1
    with pytest.raises(ValueError, match="the slope changes at 1 from 1 to 2"):
        f.derivative(F(1))


@pytest.mark.parametrize("family", FAMILIES)
def test_smooth_functions_have_their_derivative(family):
    f = Smooth(family, F(1, 2), F(3))
    builder = Builder()
    x = builder.input("x")
    program = builder.build(f.emit(builder, x), f.emit_derivative(builder, x))
    h = F(1, 10**6)
    for at in (F(-2), F(0), F(1, 3), F(2)):
        (_, slope), (up, _), (down, _) = (
            [float(v) for v in program.balls({"x": at + k * h}, 200)] for k in (0, 1, -1)
        )
        assert slope > 0
        assert (up - down) / float(2 * h) == pytest.approx(slope, rel=1e-6)


class TestNames:
    def test_names_are_those_of_terms(self):
        matrix = ((F(1), F(2)), (F(2), F(5)))
        assert named("x", F(1, 2)) == {"x": F(1, 2)}
        assert list(named("q", (F(1), F(0)))) == ["q[0]", "q[1]"]
        assert list(named("S", matrix, first=1)) == ["S[1, 1]", "S[1, 2]", "S[2, 1]", "S[2, 2]"]
        assert named("f", Smooth("tanh", 1, 2)) == {"f.a": 1, "f.b": 2}
        assert flat({("a", "b"): (F(1), F(2)), "p": (1, 0)}) == {
            "a": 1,
            "b": 2,
            "p[0]": 1,
            "p[1]": 0,
        }

    def test_what_cannot_be_named_is_refused(self):
        with pytest.raises(TypeError, match=r"q must hold Fractions, .* not the float 0\.5"):
            named("q", (0.5,))
        with pytest.raises(ValueError, match="3 entries do not go by the 2 names"):
            flat({("a", "b"): (1, 2, 3)})
        with pytest.raises(ValueError, match="two parts of the point are called a"):
            flat({("a", "b"): (1, 2), "a": 1})

    def test_arrays_have_a_leading_axis(self):
        points = assignments(
            {"q": Simplex(3), "S": SPD(2), "x": REAL, ("a", "b"): Ordered(2)}, 20, seed=3
        )
        arrays = stacked(points)
        assert {name: a.shape for name, a in arrays.items()} == {
            "q": (20, 3), "S": (20, 2, 2), "x": (20,), "a": (20,), "b": (20,)
        }  # fmt: skip
        assert all(a.dtype == np.float64 for a in arrays.values())
        assert (np.linalg.eigvalsh(arrays["S"]) > 0).all() and (arrays["a"] < arrays["b"]).all()
        flats = columns(points, first=1)
        np.testing.assert_array_equal(flats["S[2, 1]"], arrays["S"][:, 1, 0])
        assert columns([]) == stacked([]) == {}

    def test_a_program_reads_them(self):
        builder = Builder()
        q = [builder.input(f"q[{k}]") for k in range(3)]
        program = builder.build(builder.op("add", builder.op("add", *q[:2]), q[2]))
        points = assignments({"q": Simplex(3)}, 30)
        assert all(program.balls(flat(point)) == [1] for point in points)
        np.testing.assert_allclose(program.numpy(**columns(points)), 1, rtol=1e-15)


def test_assignments_meet_coincidences_and_their_absence():
    domains = {"p": Simplex(2), "q": Simplex(2)}
    found = assignments(domains, 40)
    assert found == assignments(domains, 40)
    pairs = [(point["p"], point["q"]) for point in found]
    assert len(set(pairs)) == 40
    assert {p == q for p, q in pairs[:6]} == {True, False}
    assert len(assignments({"s": Permutations(2), "o": Orthogonal(1)}, 50)) == 4
    assert assignments({}, 5) == [{}]


@given(st.fractions(max_denominator=500), st.integers(1, 99), st.integers(1, 60))
def test_the_simplest_rational_of_an_interval_has_the_least_denominator(low, top, bottom):
    domain = Domain(low, low + F(top, bottom * 50))
    found = simplest(domain)
    assert domain.contains(found)
    for denominator in range(1, min(found.denominator, 200)):
        assert F(math.floor(low * denominator) + 1, denominator) >= domain.upper


RUNS = st.lists(st.integers(-9, 9).filter(bool), max_size=6)


@given(st.sampled_from([domain for domain in SCALARS if not domain.integer]), RUNS)
def test_the_way_down_takes_one_step_at_a_time(domain, runs):
    """A run is as many steps to one side, each to the simplest of what is left there."""
    low, high = domain.lower, domain.upper
    low_open, high_open = domain.lower_open, domain.upper_open
    node = simplest(domain)
    for sign in (1 if run > 0 else -1 for run in runs for _ in range(abs(run))):
        if node == (high if sign > 0 else low):
            continue
        if sign > 0:
            low, low_open = node, True
        else:
            high, high_open = node, True
        node = simplest(Domain(low, high, low_open, high_open))
    assert descended(domain, runs) == node


def test_long_runs_are_taken_at_once():
    assert descended(REAL, [10**30]) == 10**30
    assert descended(UNIT, [-(10**30)]) == F(1, 10**30 + 2)
    assert descended(Domain(F(1, 100), F(3, 2), lower_open=False), [-(10**30)]) == F(1, 100)
