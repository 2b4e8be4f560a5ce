"""What the tests of gradients share: quotients at many digits, and random programs."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import strategies as st

from numeric.balls import Undefined, to_ball
from numeric.builder import Builder
from numeric.gradients.derivatives import PARTIALS
from numeric.operations import COMPARISONS, OPS
from numeric.program import Program

F = Fraction
STEP = F(1, 10**20)
DIGITS = 70


def balls(program, point, precision=192):
    return [to_ball(value) for value in program.balls(point, precision)]


def exact(program, **point):
    """The first output, which is a rational number."""
    value = program.balls(point)[0]
    return F(int(value.p), int(value.q))


def midpoint(ball):
    return mpmath.mpf(ball.mid().str(60, radius=False))


def at(program, point):
    return program.mpmath(point, DIGITS)


def one_sided(program, point, name, direction):
    """The difference quotients of every output towards one side."""
    here, there = at(program, point), at(program, {**point, name: point[name] + direction * STEP})
    with mpmath.workdps(DIGITS):
        step = mpmath.mpf(1) / 10**20 * direction
        return [(b - a) / step for a, b in zip(here, there, strict=True)]


def central(program, point, name):
    before = at(program, {**point, name: point[name] - STEP})
    after = at(program, {**point, name: point[name] + STEP})
    with mpmath.workdps(DIGITS):
        return [(b - a) * 10**20 / 2 for a, b in zip(before, after, strict=True)]


def close(ball, decimal, tolerance=1e-12):
    with mpmath.workdps(DIGITS):
        value = midpoint(ball)
        return abs(value - decimal) <= tolerance * (1 + abs(decimal)) + float(ball.rad())


def assert_gradient(program, point, *names):
    """The gradient is defined at the point, and is what central differences say."""
    names = names or program.inputs
    values = balls(program.gradient(*names), point)
    expected = [central(program, point, name) for name in names]
    rows = zip(*expected, strict=True)
    for value, decimal in zip(values, (d for row in rows for d in row), strict=True):
        assert close(value, decimal), (value, decimal)


def undefined(program, point, *names):
    with pytest.raises(Undefined):
        program.gradient(*names).balls(point, 128)
    return True


def build(make, *names):
    builder = Builder()
    return builder.build(*make(builder, *(builder.input(name) for name in names or ("x", "y"))))


ORDERS = ("polygamma", "besseli", "log_besseli")
UNARY = sorted(op for op in PARTIALS if OPS[op] == 1)
BINARY = sorted(op for op in PARTIALS if OPS[op] == 2 and op not in ORDERS)


@st.composite
def programs(draw):
    """A program in x and y that uses any operation with a derivative, jumps and choices too."""
    b = Builder()
    values = [b.input("x"), b.input("y"), b.const(draw(st.sampled_from([F(0), F(1), F(-1, 2)])))]

    def pick():
        return draw(st.sampled_from(values))

    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["unary", "binary", "binary", "order", "power", "select"]))
        if kind == "unary":
            made = b.op(draw(st.sampled_from(UNARY)), pick())
        elif kind == "binary":
            made = b.op(draw(st.sampled_from(BINARY)), pick(), pick())
        elif kind == "order":
            made = b.op(draw(st.sampled_from(ORDERS)), b.const(draw(st.integers(0, 2))), pick())
        elif kind == "power":
            exponents = [-2, -1, 0, 1, 2, 3, F(1, 2), F(3, 2)]
            made = b.op("pow", pick(), b.const(draw(st.sampled_from(exponents))))
        else:
            test = b.op(draw(st.sampled_from(COMPARISONS)), pick(), pick())
            if draw(st.booleans()):
                test = b.op("not", test)
            made = b.op("select", test, pick(), pick())
        values.append(made)
    return b.build(b.op("add", values[-1], b.op("mul", values[-2], b.const(2))))


COORDINATES = st.one_of(
    st.sampled_from([F(0), F(1), F(-1), F(1, 2), F(-1, 2), F(2)]),
    st.fractions(-4, 4, max_denominator=7),
)


def tame(program, point):
    """Every step near the point is of a modest size, so that differences tell."""
    steps = Program(program.instructions, program.inputs, tuple(range(len(program.instructions))))
    values = [v for v in at(steps, point) if not isinstance(v, bool) and not mpmath.isnan(v)]
    return all(v == 0 or 1e-4 < abs(v) < 1e4 for v in values)
