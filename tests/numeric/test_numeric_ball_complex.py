"""Operations on complex boxes: enclosures, cuts and poles."""

import mpmath as mp
import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_formulas import Sheet

from numeric.balls import Undefined, Unresolved, to_ball
from numeric.balls.complex import COMPLEX, run_box
from numeric.balls.operations import OPERATIONS
from numeric.operations import OPS, TRUTHS

NUMBERS = sorted(set(OPS) - TRUTHS - {"select"})


def box(real, imag=0.0, radius=0.0):
    return acb(arb(real, radius), arb(imag, radius))


def piecewise(pick):
    return lambda z, w: pick((z, w), key=lambda v: v.real)


def softplus(z):
    return z + mp.log1p(mp.exp(-z)) if z.real > 0 else mp.log1p(mp.exp(z))


def log_erfc(z):
    if z.real > 1:
        return mp.log(mp.exp(z * z) * mp.erfc(z)) - z * z
    return mp.log(mp.erfc(z))


def rounded(function):
    return lambda z: mp.mpf(int(function(z.real)))


BY_MPMATH = {
    **{
        name: getattr(mp, name)
        for name in (
            *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"),
            *("tanh", "erf", "erfc", "gamma", "loggamma", "digamma", "expm1", "log1p"),
        )
    },
    "pi": lambda: mp.pi + 0,
    "euler_gamma": lambda: mp.euler + 0,
    "add": lambda z, w: z + w,
    "sub": lambda z, w: z - w,
    "mul": lambda z, w: z * w,
    "div": lambda z, w: z / w,
    "neg": lambda z: -z,
    "pow": lambda z, w: mp.exp(w * mp.log(z)),
    "abs": lambda z: z if z.real > 0 else -z,
    "sign": lambda z: mp.sign(z.real),
    "floor": rounded(mp.floor),
    "ceil": rounded(mp.ceil),
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "softplus": softplus,
    "erfcx": lambda z: mp.exp(z * z) * mp.erfc(z),
    "log_erfc": log_erfc,
    "logaddexp": lambda z, w: w + softplus(z - w),
    "xlogy": lambda z, w: z * mp.log(w),
    "polygamma": lambda n, z: mp.psi(int(n.real), z),
    "besseli": lambda n, z: mp.besseli(n.real, z),
    "log_besseli": lambda n, z: mp.log(mp.besseli(n.real, z) * mp.exp(-z)) + z,
    "max": piecewise(max),
    "min": piecewise(min),
}
LOGARITHMS = {"softplus", "logaddexp", "log_erfc"}
"""Off the real axis a box may hold another branch, for it is only tied down by real points."""
ORDERED = {"polygamma", "besseli", "log_besseli"}


def test_every_operation_is_there():
    assert set(COMPLEX) == set(OPS)
    assert set(BY_MPMATH) == set(NUMBERS)


def close(value, expected):
    size = arb(1e-12) * (1 + abs(arb(abs(expected))))
    gap = value - acb(arb(expected.real), arb(expected.imag))
    return (gap + acb(arb(0, size), arb(0, size))).contains(0)


PART = st.floats(-4, 4, allow_nan=False).map(lambda x: round(x * 64) / 64)
RADIUS = st.sampled_from([0.0, 1e-9, 0.01, 0.3, 1.5])
SHARE = st.floats(-0.99, 0.99)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_box_holds_the_values_at_its_points(name):
    by_hand, arity = BY_MPMATH[name], OPS[name]

    @settings(max_examples=30 if arity else 1, deadline=None)
    @given(st.lists(st.tuples(PART, PART, RADIUS, SHARE, SHARE), min_size=2, max_size=2))
    def holds(places):
        boxes, points = [], []
        for k, (x, y, radius, right, up) in enumerate(places[:arity]):
            if k == 0 and name in ORDERED:
                x, y, radius = abs(round(x)), 0.0, 0.0
            boxes.append(box(x, y, radius))
            points.append(mp.mpc(x + radius * right, y + radius * up))
        value = COMPLEX[name](*boxes)
        if value is None or not value.is_finite():
            return
        with mp.workdps(30):
            expected = mp.mpc(by_hand(*points))
            turns = (-1, 0, 1) if name in LOGARITHMS else (0,)
            near = [close(value, expected + 2j * mp.pi * turn) for turn in turns]
        assert any(near), (boxes, points)

    holds()


@pytest.mark.parametrize("name", NUMBERS)
def test_at_real_points_it_is_the_real_operation(name):
    @settings(max_examples=30 if OPS[name] else 1, deadline=None)
    @given(PART, PART)
    def agrees(x, y):
        reals = [arb(v) for v in (x, y)[: OPS[name]]]
        if name in ORDERED:
            reals[0] = arb(abs(round(x)))
        value = COMPLEX[name](*map(acb, reals))
        if value is None or not value.is_finite():
            return
        exact = [v.fmpq() for v in reals]
        assert value.real.overlaps(to_ball(OPERATIONS[name](*exact)))
        assert value.imag.contains(0)

    agrees()


REFUSED = [
    ("log", [box(-1, 0, 0.5)]),
    ("log", [box(0, 0, 1)]),
    ("log", [box(-2)]),
    ("sqrt", [box(-1, 0.1, 0.5)]),
    ("sqrt", [box(0)]),
    ("log1p", [box(-2, 0, 0.5)]),
    ("pow", [box(0, 0, 1), acb(0.5)]),
    ("pow", [box(-1, 0, 0.5), acb(1) / 3]),
    ("pow", [box(0, 0, 1), acb(-1)]),
    ("pow", [box(0, 0, 1), acb(0)]),
    ("div", [acb(1), box(0, 0, 1)]),
    ("abs", [box(0, 0, 1)]),
    ("abs", [box(0, 2, 0.5)]),
    ("sign", [box(0, 1, 0.5)]),
    ("floor", [box(1, 1, 0.5)]),
    ("ceil", [box(1, 0, 0.5)]),
    ("max", [box(1, 0, 0.5), acb(1)]),
    ("min", [box(1, 0, 0.5), acb(1)]),
    ("asin", [box(1, 0, 0.5)]),
    ("acos", [box(-1, 0, 0.5)]),
    ("acos", [box(3)]),
    ("atan", [box(0, 1, 0.5)]),
    ("atan", [box(0, -2, 0.5)]),
    ("tan", [box(1.5, 0, 0.5)]),
    ("tanh", [box(0, 1.5, 0.5)]),
    ("gamma", [box(-1, 0, 0.5)]),
    ("loggamma", [box(-0.5, 0, 0.25)]),
    ("digamma", [box(0, 0, 0.5)]),
    ("polygamma", [acb(2), box(-3, 0, 0.5)]),
    ("polygamma", [acb(0.5), acb(1)]),
    ("besseli", [acb(0.5), box(-1, 0, 0.5)]),
    ("besseli", [acb(-1), acb(1)]),
    ("log_besseli", [acb(0), box(0, 0, 0.5)]),
    ("sigmoid", [box(0, 3, 0.5)]),
    ("softplus", [box(0, 3, 0.5)]),
    ("logaddexp", [box(1, 3, 0.5), acb(1)]),
    ("xlogy", [acb(1), box(0, 0, 0.5)]),
    ("log_erfc", [box(-1.5, 2, 0.5)]),
]


@pytest.mark.parametrize(("name", "boxes"), REFUSED)
def test_a_box_across_a_cut_or_a_pole_has_no_value(name, boxes):
    value = COMPLEX[name](*boxes)
    assert value is None or not value.is_finite()


def test_where_the_real_operation_is_undefined_there_is_no_value():
    for name in NUMBERS:
        if OPS[name] != 1:
            continue
        for x in (-3.0, -2.5, -1.0, -0.5, 0.0, 2.0):
            try:
                OPERATIONS[name](arb(x).fmpq())
            except Undefined:
                value = COMPLEX[name](acb(x))
                assert value is None or not value.is_finite(), (name, x)
            except Unresolved:
                continue


@pytest.mark.parametrize(
    ("name", "z", "w", "expected"),
    [
        ("lt", box(1, 0, 0.2), box(2, 0, 0.2), True),
        ("lt", box(2, 5, 0.2), box(1, 0, 0.2), False),
        ("lt", box(1, 0, 0.2), box(1, 0, 0.2), None),
        ("le", acb(1), acb(1), True),
        ("lt", acb(1), acb(1), False),
        ("eq", acb(1), acb(1), True),
        ("ne", acb(1), acb(1), False),
        ("eq", box(1, 1, 0.2), acb(1), False),
        ("eq", box(1, 0, 0.2), acb(1), None),
    ],
)
def test_truth_is_constant_on_the_boxes(name, z, w, expected):
    assert COMPLEX[name](z, w) is expected


def made(make):
    sheet = Sheet()
    return sheet.builder.build(make(sheet, sheet.input("t")).index)


def test_programs_on_boxes():
    z = box(0.5, 0.25, 0.1)
    chosen = made(lambda s, t: t.lt(2).select(t * t, t.log()))
    assert run_box(chosen, {"t": z}).overlaps(z * z)
    assert run_box(chosen, {"t": box(2, 0, 0.5)}) is None
    assert run_box(made(lambda s, t: (t - t).log().sin()), {"t": z}) is None
    powers = made(lambda s, t: s.bind("sum", 0, 3, lambda x, t: t**x * (x + 1), t=t))
    assert run_box(powers, {"t": z}).overlaps(1 + 2 * z + 3 * z**2 + 4 * z**3)
    inverse = made(lambda s, t: s.matrix("inverse", [[t, s(1)], [s(1), t]], 0, 0))
    assert run_box(inverse, {"t": z}).overlaps(z / (z * z - 1))
    assert run_box(inverse, {"t": box(1, 0, 0.25)}) is None
    determinant = made(lambda s, t: s.matrix("det", [[t, s(1)], [s(1), t]]))
    assert run_box(determinant, {"t": z}).overlaps(z * z - 1)
    root = made(lambda s, t: s.matrix("trace_sqrt", [[t]]))
    assert run_box(root, {"t": z}) is None
