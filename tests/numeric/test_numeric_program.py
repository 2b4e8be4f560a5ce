"""Programs and builders, and the three back ends against each other."""

import importlib.util
import math
import subprocess
import sys
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.balls import Undefined, Unresolved, run, to_ball
from numeric.domain import REAL
from numeric.numpy_backend import BLOCK
from numeric.program import OPS, Builder, Instruction, Program, ProgramTooLarge
from numeric.strategies import points

JUMPS = {"floor", "ceil", "sign"}
SMOOTH_OPS = sorted(set(OPS) - JUMPS)


def one_op(name, arguments=None):
    builder = Builder()
    names = "xy"[: OPS[name]] if arguments is None else arguments
    return builder.build(builder.op(name, *(builder.input(n) for n in names)))


@st.composite
def programs(draw, ops=SMOOTH_OPS):
    """A random program in x and y of at most eight operations."""
    builder = Builder()
    indices = [builder.input("x"), builder.input("y")]
    indices.append(builder.const(draw(st.fractions(-3, 3, max_denominator=4))))
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from(ops))
        arguments = [draw(st.sampled_from(indices)) for _ in range(OPS[name])]
        indices.append(builder.op(name, *arguments))
    return builder.build(indices[-1])


def with_every_step(program):
    """The same program, with every instruction an output."""
    return Program(program.instructions, program.inputs, tuple(range(len(program.instructions))))


def defined_value(program, values, precision=256):
    try:
        return run(program, values, precision)[0]
    except (Undefined, Unresolved):
        return None


@settings(max_examples=300, deadline=None)
@given(programs(), points({"x": REAL, "y": REAL}))
def test_mpmath_lies_in_the_ball(program, values):
    value = defined_value(program, values)
    if value is None:
        return
    decimal = program.mpmath(values, 80)[0]
    assert mpmath.isfinite(decimal) or abs(to_ball(value)) > 2**200 or is_large(program, values)
    if mpmath.isfinite(decimal):
        ball = to_ball(value)
        with mpmath.workdps(100):
            slack = arb(mpmath.mpf(10) ** -40 * (1 + abs(decimal)))
        gap = abs(arb(decimal) - ball.mid()) - ball.rad()
        assert gap < slack, (program, values, value, decimal)


def is_large(program, values):
    """Whether some intermediate value is past the size that mpmath is asked to handle."""
    steps = run(with_every_step(program), values, 256)
    return any(abs(to_ball(step)) > 2**64 for step in steps)


def nudged(value):
    """The value widened by 1e-13 of itself, unless it is a float as it stands."""
    if isinstance(value, fmpq) and value.q == 1 and abs(value) < 2**53:
        return value
    return value * (1 + arb(0, 1e-13))


def well_conditioned(program, values):
    """Whether nudging the inputs and constants by 1e-13 keeps the output within 1e-10."""
    registers = []
    for instruction in program.instructions:
        single = Builder()
        names = [f"a{k}" for k in range(len(instruction.args))]
        point = {n: registers[arg] for n, arg in zip(names, instruction.args, strict=True)}
        if instruction.op in ("input", "const"):
            exact = values.get(instruction.value, instruction.value)
            registers.append(nudged(fmpq(exact.numerator, exact.denominator)))
            continue
        step = single.build(single.op(instruction.op, *(single.input(n) for n in names)))
        result = defined_value(step, point)
        if result is None or not 1e-100 < abs(to_ball(result)) < 1e100:
            return False
        registers.append(nudged(result))
    final = to_ball(registers[-1])
    return bool(final.rad() < 1e-10 * abs(final).lower())


@settings(max_examples=300, deadline=None)
@given(programs(), points({"x": REAL, "y": REAL}))
def test_numpy_agrees_with_the_ball(program, values):
    value = defined_value(program, values)
    if value is None or not well_conditioned(program, values):
        return
    computed = float(program.numpy(**{name: float(values[name]) for name in program.inputs}))
    exact = float(to_ball(value).mid())
    assert math.isclose(computed, exact, rel_tol=1e-9), (program, values, value)


@pytest.mark.parametrize("name", sorted(OPS))
def test_every_operation_agrees_at_a_plain_point(name):
    program = one_op(name)
    values = {"x": Fraction(5, 7), "y": Fraction(9, 4)}
    ball = to_ball(run(program, values, 256)[0])
    computed = program.numpy(x=5 / 7, y=9 / 4)
    assert float(computed) == pytest.approx(float(ball.mid()), rel=1e-13)
    decimal = program.mpmath(values, 60)[0]
    assert abs(arb(decimal) - ball) < 1e-55


@pytest.mark.parametrize("x", [-9.5, -3.25, -0.5, 1e-6, 0.3, 1.0, 7.9, 8.0, 1e3, 1e12])
def test_numpy_digamma(x):
    computed = one_op("digamma").numpy(x=x)
    exact = run(one_op("digamma"), {"x": Fraction(x)}, 128)[0]
    assert float(computed) == pytest.approx(float(exact), rel=1e-12, abs=1e-14)


class TestOverflowTraps:
    """`lambdify` gives 0.0, nan and inf at these three places; the true values are finite."""

    def test_sigmoid_far_out(self):
        program = one_op("sigmoid")
        assert program.numpy(x=[1000.0, -1000.0, 0.0]).tolist() == [1.0, 0.0, 0.5]
        high, low = (run(program, {"x": x}, 64)[0] for x in (1000, -1000))
        assert high > 1 - fmpq(1, 10**10)
        assert 0 < low < fmpq(1, 10**400)

    def test_softplus_far_out(self):
        program = one_op("softplus")
        assert program.numpy(x=[1000.0, -1000.0]).tolist() == [1000.0, 0.0]
        high, low = (run(program, {"x": x}, 64)[0] for x in (1000, -1000))
        assert abs(high - 1000) < 1e-10
        assert 0 < low < fmpq(1, 10**400)

    def test_cancellation(self):
        builder = Builder()
        x = builder.input("x")
        top = builder.op("sub", builder.const(1), builder.op("cos", x))
        program = builder.build(builder.op("div", top, builder.op("mul", x, x)))
        assert abs(run(program, {"x": Fraction(1, 10**9)}, 256)[0] - fmpq(1, 2)) < 1e-18


def test_the_same_instruction_is_emitted_once():
    builder = Builder()
    first = builder.op("exp", builder.input("x"))
    assert builder.op("exp", builder.input("x")) == first
    assert builder.const(2) == builder.const(Fraction(4, 2))
    assert len(builder.build(builder.op("mul", first, first)).instructions) == 3


def test_inputs_stand_in_order_of_first_use_and_dead_code_is_left_out():
    builder = Builder()
    z = builder.input("z")
    dead = builder.op("log", builder.const(-1))
    a = builder.input("a")
    program = builder.build(builder.op("sub", z, a))
    assert program.inputs == ("z", "a")
    assert program.balls({"z": 3, "a": 1}) == [2]
    with pytest.raises(Undefined):
        builder.build(dead).balls({})


def test_the_limit_is_a_limit():
    builder = Builder(limit=3)
    index = builder.input("x")
    for _ in range(2):
        index = builder.op("exp", index)
    assert builder.op("exp", 1) == 2
    with pytest.raises(ProgramTooLarge, match="more than 3 instructions"):
        builder.op("exp", index)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda b: b.op("eval", 0), "unknown operation 'eval'"),
        (lambda b: b.op("add", 0), "add takes 2 arguments, and 1 were given"),
        (lambda b: b.op("exp", 7), "never emitted"),
        (lambda b: b.build(7), "not all emitted"),
        (lambda b: b.build(), "at least one output"),
        (lambda b: Program((Instruction("exp", (0,)),), (), (0,)), "earlier instructions only"),
        (lambda b: Program((Instruction("const", (), "x"),), (), (0,)), "malformed"),
        (lambda b: Program((Instruction("input", (), "x"),), (), (0,)), "instructions read"),
    ],
)
def test_malformed_programs_are_refused(call, message):
    builder = Builder()
    builder.input("x")
    with pytest.raises(ValueError, match=message):
        call(builder)


class TestNumpy:
    def test_several_outputs_broadcast_to_the_shape_of_the_inputs(self):
        builder = Builder()
        x, y = builder.input("x"), builder.input("y")
        program = builder.build(builder.op("add", x, y), builder.op("neg", x), builder.const(3))
        total, negated, constant = program.numpy(x=np.ones((2, 1)), y=np.arange(3))
        assert total.tolist() == [[1, 2, 3], [1, 2, 3]]
        assert negated.shape == constant.shape == (2, 3)
        assert total.dtype == constant.dtype == np.float64

    @pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
    def test_blocks_change_nothing(self, size):
        builder = Builder()
        x, y = builder.input("x"), builder.input("y")
        program = builder.build(builder.op("mul", builder.op("exp", x), y), builder.const(2))
        xs, ys = np.linspace(-1, 1, size), np.linspace(0, 3, size)
        product, constant = program.numpy(x=xs, y=ys)
        assert np.array_equal(product, np.exp(xs) * ys)
        assert np.array_equal(constant, np.full(size, 2.0))

    def test_inputs_are_not_changed_and_results_may_be(self):
        builder = Builder()
        x = np.zeros(3)
        out = builder.build(builder.input("x")).numpy(x=x)
        out += 1
        assert x.tolist() == [0, 0, 0]

    def test_no_warning_and_nan_where_undefined(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for name in sorted(OPS):
                one_op(name).numpy(x=[-1e308, -2.0, 0.0, 2.0, 1e308, np.inf], y=-1000.0)
            assert np.isnan(one_op("log").numpy(x=-1.0))
            for name in ("gamma", "loggamma", "digamma"):
                assert np.isnan(one_op(name).numpy(x=-2.0)), name
            assert np.isinf(one_op("gamma").numpy(x=500.0))

    def test_a_complex_or_missing_input_is_refused(self):
        program = one_op("exp")
        with pytest.raises(TypeError, match="real numbers are needed"):
            program.numpy(x=1j)
        with pytest.raises(ValueError, match="no array was given for the input 'x'"):
            program.numpy(y=1.0)

    def test_an_input_may_be_called_self(self):
        builder = Builder()
        assert builder.build(builder.input("self")).numpy(self=2.0) == 2.0


@settings(max_examples=60, deadline=None)
@given(
    programs(sorted(OPS)),
    points({"x": REAL, "y": REAL}),
    st.sampled_from([("x", "y"), ("lambda", "v1"), ("np", "\u03b1"), ('"""\nimport os', "x'")]),
)
def test_source_is_a_module_that_computes_the_same(tmp_path_factory, program, values, names):
    renamed = dict(zip(("x", "y"), names, strict=True))
    instructions = tuple(
        Instruction(i.op, i.args, renamed.get(i.value, i.value)) for i in program.instructions
    )
    inputs = tuple(renamed[name] for name in program.inputs)
    program = Program(instructions, inputs, program.outputs)
    arrays = {renamed[name]: np.array([float(value)]) for name, value in values.items()}
    path = tmp_path_factory.mktemp("source") / "generated.py"
    path.write_text(program.source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("generated", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "os" not in vars(module)
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(module.program(*(arrays[n] for n in program.inputs)), (1,))
    actual = np.broadcast_to(program.numpy(**arrays), (1,))
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


class TestMpmath:
    @pytest.mark.parametrize(
        ("name", "x", "y"),
        [("log", 0, 0), ("sqrt", -1, 0), ("div", 1, 0), ("pow", 0, 0), ("asin", 2, 0)],
    )
    def test_undefined_is_nan(self, name, x, y):
        assert mpmath.isnan(one_op(name).mpmath({"x": x, "y": y})[0])

    def test_digits_and_restored_precision(self):
        before = mpmath.mp.prec
        value = one_op("exp").mpmath({"x": 1}, 100)[0]
        with mpmath.workdps(110):
            assert abs(value - mpmath.e) < mpmath.mpf(10) ** -100
        assert mpmath.mp.prec == before

    def test_a_float_is_refused(self):
        with pytest.raises(TypeError, match="must be an int, a Fraction or an mpf"):
            one_op("exp").mpmath({"x": 0.5})

    def test_a_tower_of_powers_returns(self):
        builder = Builder()
        nine = builder.const(9)
        tower = nine
        for _ in range(3):
            tower = builder.op("pow", nine, tower)
        assert mpmath.isnan(builder.build(tower).mpmath({})[0])


def test_importing_is_lazy():
    code = (
        "import sys, numeric, numeric.program, numeric.balls, numeric.domain\n"
        "numeric.Builder, numeric.compare, numeric.Domain\n"
        "heavy = {'numpy', 'sympy', 'mpmath', 'scipy', 'hypothesis', 'derive'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_loads_nothing_of_it():
    code = "import sys, numeric; print([m for m in sys.modules if 'numeric.' in m or 'flint' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_lists_its_exports_and_refuses_others():
    import numeric

    assert set(numeric.__all__) <= set(dir(numeric))
    assert numeric.Builder is Builder
    assert numeric.Undefined is Undefined
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = numeric.nothing
