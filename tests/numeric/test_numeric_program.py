"""Programs and builders, and the three back ends against each other."""

import math
import subprocess
import sys
from fractions import Fraction

import mpmath
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from program_samples import one_op, programs

from numeric.balls import Undefined, Unresolved, run, to_ball
from numeric.builder import Builder, ProgramTooLarge
from numeric.domain import REAL
from numeric.operations import OPS
from numeric.program import Instruction, Program
from numeric.strategies import points


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


@pytest.mark.parametrize("name", [*sorted(OPS)])
def test_every_operation_agrees_at_a_plain_point(name):
    program = one_op(name)
    x = 2 if name == "polygamma" else Fraction(5, 7)
    values = {"x": x, "y": Fraction(9, 4)}
    ball = to_ball(run(program, values, 256)[0])
    computed = program.numpy(x=float(x), y=9 / 4)
    assert float(computed) == pytest.approx(float(ball.mid()), rel=1e-13)
    decimal = program.mpmath(values, 60)[0]
    assert abs(arb(decimal) - ball) < 1e-55


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
