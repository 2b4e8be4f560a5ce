"""The mpmath back end: every operation against another formula, and nan where undefined."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.balls import Undefined, Unresolved, to_ball
from numeric.builder import Builder
from numeric.decimals.operations import OPERATIONS
from numeric.operations import OPS

F = Fraction
DIGITS = 50


def apply(op, *arguments, digits=DIGITS):
    b = Builder()
    return b.build(b.op(op, *(b.const(value) for value in arguments))).mpmath({}, digits)[0]


def matrix(op, rows, *places):
    b = Builder()
    entries = [[b.const(F(entry)) for entry in row] for row in rows]
    return b.build(b.matrix(op, entries, *places)).mpmath({}, DIGITS)[0]


def bind(name, lower, upper, term, digits=DIGITS, **outside):
    inner = Builder()
    body = inner.build(term(inner, inner.input("t"), *(inner.input(n) for n in outside)))
    b = Builder()
    ends = [None if end is None else b.const(F(end)) for end in (lower, upper)]
    captured = {n: b.const(F(value)) for n, value in outside.items()}
    program = b.build(b.bind(name, *ends, body=body, variable="t", captured=captured))
    return program.mpmath({}, digits)[0]


def agree(value, expected, digits=DIGITS):
    with mpmath.workdps(digits + 100):
        expected = expected() if callable(expected) else mpmath.mpf(expected)
        return abs(value - expected) <= abs(expected) * mpmath.mpf(10) ** -digits


def q(numerator, denominator=1):
    return mpmath.mpf(numerator) / denominator


CLOSED_FORMS = [
    ("log1p", (F(1, 10**40),), lambda: mpmath.log(1 + q(1, 10**40))),
    ("log1p", (F(-1, 2),), lambda: -mpmath.log(2)),
    ("expm1", (F(1, 10**60),), lambda: mpmath.exp(q(1, 10**60), prec=800) - 1),
    ("expm1", (3,), lambda: mpmath.exp(3) - 1),
    ("erfcx", (0,), 1),
    ("erfcx", (F(1, 2),), lambda: mpmath.exp(q(1, 4)) * mpmath.erfc(q(1, 2))),
    ("erfcx", (-3,), lambda: mpmath.exp(9) * mpmath.erfc(-3)),
    ("erfcx", (14,), lambda: mpmath.hyperu(0.5, 0.5, 14**2) / mpmath.sqrt(mpmath.pi)),
    ("erfcx", (15,), lambda: mpmath.hyperu(0.5, 0.5, 15**2) / mpmath.sqrt(mpmath.pi)),
    ("erfcx", (10**40,), lambda: 1 / (mpmath.sqrt(mpmath.pi) * 10**40)),
    ("erfc", (20,), lambda: mpmath.erfc(20)),
    ("log_erfc", (F(1, 10**30),), lambda: mpmath.log(mpmath.erfc(q(1, 10**30)))),
    ("log_erfc", (20,), lambda: mpmath.log(mpmath.erfc(20))),
    ("log_erfc", (-20,), lambda: mpmath.log(mpmath.erfc(-20))),
    ("log_erfc", (F(1, 2),), lambda: mpmath.log(mpmath.erfc(q(1, 2)))),
    ("logaddexp", (1000, 999), lambda: 1000 + mpmath.log(1 + mpmath.exp(-1))),
    ("logaddexp", (-(10**6), 0), lambda: mpmath.exp(-(10**6))),
    ("softplus", (-200,), lambda: mpmath.log1p(mpmath.exp(-200))),
    ("sigmoid", (-200,), lambda: mpmath.exp(-200) / (1 + mpmath.exp(-200))),
    ("xlogy", (0, 0), 0),
    ("xlogy", (0, 5), 0),
    ("xlogy", (-2, 3), lambda: -2 * mpmath.log(3)),
    ("polygamma", (0, 1), lambda: -mpmath.euler),
    ("polygamma", (1, 1), lambda: mpmath.pi**2 / 6),
    ("polygamma", (1, F(-1, 2)), lambda: mpmath.pi**2 / 2 + 4),
    ("polygamma", (2, 1), lambda: -2 * mpmath.zeta(3)),
    ("besseli", (0, 0), 1),
    ("besseli", (3, 0), 0),
    ("besseli", (F(1, 2), 2), lambda: mpmath.sinh(2) / mpmath.sqrt(mpmath.pi)),
    ("besseli", (1, -2), lambda: -mpmath.besseli(1, 2)),
    ("besseli", (2, -2), lambda: mpmath.besseli(2, 2)),
    ("log_besseli", (F(1, 2), 10**6), lambda: log_half_order(10**6)),
    ("log_besseli", (0, F(1, 10**40)), lambda: q(1, 4 * 10**80) - q(1, 64 * 10**160)),
    ("log_besseli", (2, F(1, 10**9)), lambda: mpmath.log(mpmath.besseli(2, q(1, 10**9)))),
    ("euler_gamma", (), lambda: -mpmath.digamma(1)),
    ("pi", (), lambda: 4 * mpmath.atan(1)),
]


def log_half_order(x):
    return mpmath.log(mpmath.sqrt(2 / (mpmath.pi * x)) / 2) + x + mpmath.log1p(-mpmath.exp(-2 * x))


@pytest.mark.parametrize(("op", "arguments", "expected"), CLOSED_FORMS)
def test_closed_forms(op, arguments, expected):
    assert agree(apply(op, *arguments), expected)


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        ("log1p", (-1,)),
        ("log1p", (-2,)),
        ("xlogy", (0, -1)),
        ("xlogy", (1, 0)),
        ("polygamma", (1, 0)),
        ("polygamma", (1, -3)),
        ("polygamma", (F(1, 2), 3)),
        ("polygamma", (-1, 3)),
        ("besseli", (-1, 2)),
        ("besseli", (F(1, 2), 0)),
        ("besseli", (F(1, 2), -2)),
        ("log_besseli", (0, 0)),
        ("log_besseli", (1, -1)),
    ],
)
def test_nan_where_undefined(op, arguments):
    assert mpmath.isnan(apply(op, *arguments))


def test_every_operation_has_a_meaning():
    assert set(OPERATIONS) | {"select"} == set(OPS)


@pytest.mark.parametrize("op", sorted(op for op in OPS if OPS[op] == 1 and op != "not"))
@pytest.mark.parametrize("size", [10**30, -(10**30), F(1, 10**30), 10**2000])
def test_more_digits_never_change_a_digit_and_nothing_hangs(op, size):
    coarse, fine = apply(op, size), apply(op, size, digits=2 * DIGITS)
    if mpmath.isnan(coarse) or coarse == 0:
        return
    assert agree(coarse, fine, DIGITS - 1)


@given(st.sampled_from(["besseli", "log_besseli"]), st.integers(0, 4), st.fractions(F(1, 50), 60))
@settings(max_examples=30, deadline=None)
def test_functions_with_an_order_lie_in_their_balls(op, order, x):
    b = Builder()
    program = b.build(b.op(op, b.const(order), b.const(x)))
    ball, decimal = to_ball(program.balls({}, 150)[0]), program.mpmath({}, 60)[0]
    with mpmath.workdps(60):
        gap = abs(mpmath.mpf(ball.mid().str(50, radius=False)) - decimal)
        assert gap <= float(ball.rad()) + abs(decimal) * mpmath.mpf(10) ** -48


class TestTruth:
    @pytest.mark.parametrize(
        ("op", "truth"),
        [("lt", (1, 0, 0)), ("le", (1, 1, 0)), ("eq", (0, 1, 0)), ("ne", (1, 0, 1))],
    )
    def test_comparisons(self, op, truth):
        assert tuple(apply(op, 2, other) for other in (3, 2, 1)) == truth

    def test_logic(self):
        b = Builder()
        yes, no = b.op("lt", b.const(1), b.const(2)), b.op("lt", b.const(2), b.const(1))
        outputs = [b.op("and", yes, no), b.op("or", yes, no), b.op("not", no)]
        assert b.build(*outputs).mpmath({}) == [False, True, True]

    def test_a_choice_ignores_the_branch_not_taken_but_not_its_condition(self):
        b = Builder()
        x = b.input("x")
        log = b.op("log", x)
        choice = b.op("select", b.op("lt", b.const(0), x), log, x)
        tested = b.op("select", b.op("lt", log, b.const(5)), b.const(1), b.const(2))
        program = b.build(choice, tested, b.op("not", b.op("lt", log, x)))
        assert program.mpmath({"x": 1}) == [0, 1, False]
        at_left = program.mpmath({"x": -1})
        assert at_left[0] == -1
        assert mpmath.isnan(at_left[1]) and mpmath.isnan(at_left[2])

    def test_an_undefined_input_stays_undefined(self):
        b = Builder()
        program = b.build(b.op("add", b.input("x"), b.const(1)))
        for value in (mpmath.nan, mpmath.inf):
            assert mpmath.isnan(program.mpmath({"x": value})[0])


class TestSums:
    def test_sums_and_products(self):
        assert bind("sum", 1, 100, lambda b, t: b.op("mul", t, t)) == 338350
        assert bind("prod", 1, 20, lambda b, t: t) == mpmath.factorial(20)
        assert bind("sum", -2, 2, lambda b, t, a: b.op("mul", a, t), a=7) == 0

    def test_an_empty_one_never_looks_at_its_body(self):
        for name, value in (("sum", 0), ("prod", 1)):
            assert bind(name, 1, 0, lambda b, t: b.op("log", b.op("neg", t))) == value

    def test_nan_for_broken_bounds_too_many_terms_and_an_undefined_term(self):
        for lower, upper in ((F(1, 2), 3), (0, F(7, 2)), (0, 10**9)):
            assert mpmath.isnan(bind("sum", lower, upper, lambda b, t: t))
        assert mpmath.isnan(bind("sum", -1, 3, lambda b, t: b.op("div", b.const(1), t)))


def gauss(b, t, mean, width):
    scaled = b.op("div", b.op("sub", t, mean), width)
    return b.op("exp", b.op("neg", b.op("mul", scaled, scaled)))


class TestIntegrals:
    @pytest.mark.parametrize(
        ("op", "lower", "upper", "expected"),
        [
            ("log", 0, 1, -1),
            ("sin", 0, 1, lambda: 1 - mpmath.cos(1)),
            ("sqrt", 0, 4, lambda: q(16, 3)),
            ("sin", 1, 0, lambda: mpmath.cos(1) - 1),
            ("exp", None, 0, 1),
            ("log", 3, 3, 0),
            ("abs", -1, 2, lambda: q(5, 2)),
        ],
    )
    def test_known_integrals(self, op, lower, upper, expected):
        assert agree(bind("integral", lower, upper, lambda b, t: b.op(op, t)), expected, 45) or (
            expected == 0
        )

    def test_an_integrable_singularity(self):
        term = lambda b, t: b.op("div", b.const(1), b.op("sqrt", t))  # noqa: E731
        assert agree(bind("integral", 0, 1, term), 2, 45)

    @pytest.mark.parametrize(("mean", "width"), [(0, 1), (50, F(1, 100)), (-1000, 3)])
    def test_a_peak_anywhere(self, mean, width):
        area = bind("integral", None, None, gauss, mean=mean, width=width)
        assert agree(area, lambda: mpmath.sqrt(mpmath.pi) * width.numerator / width.denominator, 45)

    def test_a_kink_at_what_the_body_reads(self):
        term = lambda b, t, c: b.op("abs", b.op("sub", t, c))  # noqa: E731
        assert agree(bind("integral", 0, 1, term, c=F(1, 3)), lambda: q(5, 18), 45)

    def test_nan_where_there_is_none(self):
        reciprocal = lambda b, t: b.op("div", b.const(1), t)  # noqa: E731
        assert mpmath.isnan(bind("integral", 0, 1, reciprocal, 10))
        assert mpmath.isnan(bind("integral", 0, None, lambda b, t: b.op("exp", t), 10))
        assert mpmath.isnan(bind("integral", -1, 1, lambda b, t: b.op("log", t), 10))


HILBERT = [[F(1, i + j + 1) for j in range(4)] for i in range(4)]


class TestMatrices:
    def test_determinants(self):
        assert agree(matrix("det", HILBERT), lambda: q(1, 6048000))
        assert matrix("det", [[1, 2], [2, 4]]) == 0
        assert matrix("det", [[7]]) == 7

    def test_inverses(self):
        assert agree(matrix("inverse", HILBERT, 0, 1), -120)
        assert agree(matrix("inverse", HILBERT, 3, 3), 2800)
        assert agree(matrix("inverse", [[F(1, 10**30), 0], [0, 1]], 0, 0), 10**30)
        for rows in ([[1, 2], [2, 4]], [[F(1, 3), F(1, 7)], [F(2, 3), F(2, 7)]], [[0, 0], [0, 0]]):
            assert mpmath.isnan(matrix("inverse", rows, 0, 0))

    def test_traces_of_square_roots(self):
        assert agree(matrix("trace_sqrt", [[4, 0], [0, 9]]), 5)
        assert agree(matrix("trace_sqrt", [[2, 1], [1, 2]]), lambda: 1 + mpmath.sqrt(3))
        assert agree(matrix("trace_sqrt", [[1, 2], [2, 4]]), lambda: mpmath.sqrt(5), 45)
        assert agree(matrix("trace_sqrt", [[4, 100], [0, 9]]), 5)
        for rows in ([[-1, 0], [0, 1]], [[0, -1], [1, 0]]):
            assert mpmath.isnan(matrix("trace_sqrt", rows))

    def test_eigenvalues_in_order(self):
        rows = [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]
        root = lambda: mpmath.sqrt(2)  # noqa: E731
        for place, expected in enumerate((lambda: 2 - root(), 2, lambda: 2 + root())):
            assert agree(matrix("eigenvalue", rows, place), expected)
        assert matrix("eigenvalue", [[7]], 0) == 7
        assert mpmath.isnan(matrix("eigenvalue", [[1, 2], [3, 4]], 0))


@given(st.sampled_from(["log1p", "expm1", "erfcx", "log_erfc"]), st.fractions(-20, 20))
@settings(max_examples=60, deadline=None)
def test_new_operations_lie_in_their_balls(op, x):
    b = Builder()
    program = b.build(b.op(op, b.const(x)))
    decimal = program.mpmath({}, 60)[0]
    try:
        ball = to_ball(program.balls({}, 200)[0])
    except (Undefined, Unresolved):
        assert mpmath.isnan(decimal)
        return
    with mpmath.workdps(60):
        gap = abs(mpmath.mpf(ball.mid().str(60, radius=False)) - decimal)
        assert gap <= float(ball.rad()) + abs(decimal) * mpmath.mpf(10) ** -50
