"""Matrices of rationals and of balls."""

from fractions import Fraction

import mpmath as mp
import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numeric_formulas import program

from numeric.balls import Undefined, Unresolved, run, to_ball
from numeric.balls.matrices import determinant, eigenvalues, inverse, matrix_op, trace_sqrt

F = Fraction
SMALL = st.fractions(-4, 4, max_denominator=6)


def exact(rows):
    return [[fmpq(F(x).numerator, F(x).denominator) for x in row] for row in rows]


@st.composite
def squares(draw, low=1, high=4):
    size = draw(st.integers(low, high))
    return [[draw(SMALL) for _ in range(size)] for _ in range(size)]


def symmetric(rows):
    return [[rows[max(i, j)][min(i, j)] for j in range(len(rows))] for i in range(len(rows))]


def blurred(rows, radius=1e-15):
    """Balls around the entries; mirrored entries are one object."""
    size = len(rows)
    low = [[to_ball(x) + arb(0, radius) for x in row] for row in rows]
    return [[low[max(i, j)][min(i, j)] for j in range(size)] for i in range(size)]


@settings(max_examples=25, deadline=None)
@given(squares())
def test_an_inverse_times_the_matrix_is_the_identity(rows):
    matrix = fmpq_mat(exact(rows))
    if matrix.det() == 0:
        with pytest.raises(Undefined, match="singular"):
            inverse(exact(rows))
        return
    found = inverse(exact(rows))
    size = len(rows)
    assert matrix * fmpq_mat(found) == fmpq_mat(
        size, size, [int(i == j) for i in range(size) for j in range(size)]
    )
    assert determinant(exact(rows)) == matrix.det()
    balls = [[to_ball(x) for x in row] for row in rows]
    assert all(
        to_ball(b).overlaps(to_ball(e))
        for br, er in zip(inverse(balls), found, strict=True)
        for b, e in zip(br, er, strict=True)
    )


def test_a_matrix_of_balls_that_may_be_singular():
    with pytest.raises(Unresolved):
        inverse([[arb(1, 1e-9), arb(1)], [arb(1), arb(1)]])


@settings(max_examples=25, deadline=None)
@given(squares())
def test_eigenvalues_of_balls_hold_those_of_the_rationals(rows):
    rows = symmetric(rows)
    found = eigenvalues(exact(rows))
    blurry = eigenvalues(blurred(rows))
    assert len(found) == len(blurry) == len(rows)
    assert all(to_ball(a).overlaps(to_ball(b)) for a, b in zip(found, blurry, strict=True))
    assert all(to_ball(b).rad() < 1e-10 for b in blurry)
    total = sum((to_ball(x) for x in found), arb(0))
    assert total.overlaps(sum((to_ball(rows[k][k]) for k in range(len(rows))), arb(0)))
    with mp.workdps(40):
        by_hand = sorted(
            mp.eigsy(
                mp.matrix([[mp.mpf(x.numerator) / x.denominator for x in row] for row in rows]),
                eigvals_only=True,
            )
        )
    assert all(
        to_ball(a).overlaps(arb(b) + arb(0, 1e-30)) for a, b in zip(found, by_hand, strict=True)
    )


@pytest.mark.parametrize("size", [1, 2, 5])
def test_repeated_eigenvalues(size):
    identity = [[F(int(i == j)) for j in range(size)] for i in range(size)]
    assert eigenvalues(exact(identity)) == [1] * size
    assert all(x.contains(1) and x.rad() < 1e-12 for x in eigenvalues(blurred(identity)))
    ones = [[F(1)] * size for _ in range(size)]
    assert eigenvalues(exact(ones)) == [0] * (size - 1) + [size]
    found = eigenvalues(blurred(ones))
    assert found[-1].contains(size) and all(x.contains(0) for x in found[:-1])


def test_a_wide_ball_gives_wide_eigenvalues():
    a = arb(1, 0.1)
    low, high = eigenvalues([[arb(2), a], [a, arb(2)]])
    for member in (0.91, 1.0, 1.09):
        assert low.contains(2 - member) and high.contains(2 + member)


def test_what_is_not_symmetric():
    with pytest.raises(Undefined, match="not symmetric"):
        eigenvalues(exact([[1, 2], [3, 1]]))
    with pytest.raises(Unresolved, match="may differ"):
        eigenvalues([[arb(1), arb(2, 0.1)], [arb(2, 0.1), arb(1)]])


@settings(max_examples=15, deadline=None)
@given(squares(2, 3), squares(2, 3))
def test_trace_sqrt_of_products(a, b):
    """A = PᵀP and B = QᵀQ have AB with real eigenvalues that are not negative."""
    size = min(len(a), len(b))
    a, b = ([row[:size] for row in rows[:size]] for rows in (a, b))
    p, q = fmpq_mat(exact(a)), fmpq_mat(exact(b))
    first, second = p.transpose() * p, q.transpose() * q
    assume(first.det() != 0 and second.det() != 0)
    product = first * second
    value = to_ball(trace_sqrt(product.tolist()))
    with mp.workdps(40):
        entries = [[mp.mpf(int(x.p)) / int(x.q) for x in row] for row in product.tolist()]
        by_hand = mp.mpc(sum(mp.sqrt(x) for x in mp.eig(mp.matrix(entries), right=False)))
    assert value.overlaps(arb(by_hand.real) + arb(0, 1e-12) * (1 + value.mid()))
    try:
        balls = to_ball(trace_sqrt([[arb(x) for x in row] for row in product.tolist()]))
    except Unresolved:
        return
    assert balls.overlaps(value)


def test_trace_sqrt_at_the_edges():
    assert trace_sqrt(exact([[4, 0], [0, 0]])) == 2
    assert trace_sqrt(exact([[4, 1], [0, 9]])) == 5
    with pytest.raises(Undefined, match="negative eigenvalue"):
        trace_sqrt(exact([[1, 0], [0, -1]]))
    with pytest.raises(Undefined, match="complex eigenvalues"):
        trace_sqrt(exact([[0, 1], [-1, 0]]))
    with pytest.raises(Undefined, match="complex eigenvalues"):
        trace_sqrt([[arb(0), arb(1, 1e-9)], [arb(-1, 1e-9), arb(0)]])
    with pytest.raises(Unresolved, match="too few eigenvectors"):
        trace_sqrt(exact([[0, 1], [0, 0]]))
    with pytest.raises(Unresolved):
        trace_sqrt(blurred(exact([[1, 1], [1, 1]])))


def test_one_inverse_serves_all_its_entries():
    done = {}
    entries = [fmpq(2), fmpq(1), fmpq(1), fmpq(1)]
    found = [matrix_op("inverse", (2, i, j), entries, done) for i in (0, 1) for j in (0, 1)]
    assert found == [1, -1, -1, 2]
    assert len(done) == 1
    others = [fmpq(1), fmpq(0), fmpq(0), fmpq(1)]
    assert matrix_op("inverse", (2, 0, 0), others, done) == 1


def test_programs():
    rows = [[F(2), F(1)], [F(1), F(2)]]
    outputs = [
        lambda s: s.matrix("det", rows),
        lambda s: s.matrix("inverse", rows, 0, 1),
        lambda s: s.matrix("trace_sqrt", [[4, 0], [0, 25]]),
        lambda s: s.matrix("eigenvalue", rows, 1),
    ]
    assert run(program(*outputs), {}, 64) == [3, fmpq(-1, 3), 7, 3]
    with ctx.workprec(64), pytest.raises(Undefined, match="log of -1 "):
        run(program(lambda s: s.matrix("det", [[s(-1).log()]])), {}, 64)
