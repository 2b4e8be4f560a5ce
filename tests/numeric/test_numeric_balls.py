"""Definedness, exactness, guards and comparison in ball arithmetic."""

import pickle
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from numeric.balls import Undefined, Unresolved, compare, format_ball, interval, run, to_ball
from numeric.balls.operations import OPERATIONS
from numeric.builder import Builder
from numeric.domain import POSITIVE, REAL
from numeric.operations import OPS
from numeric.strategies import rationals

F = Fraction
AROUND_0 = arb(0, 1e-20)
BELOW_0 = arb(-1, 1e-3)
ABOVE_0 = arb(1, 1e-3)
AROUND_1 = arb(1, 1e-20)
ROOT_2 = arb(2).sqrt()


def apply(name, *arguments, precision=64):
    builder = Builder()
    names = ["x", "y"][: OPS[name]]
    program = builder.build(builder.op(name, *(builder.input(n) for n in names)))
    return run(program, dict(zip(names, arguments, strict=True)), precision)[0]


EXACT = [
    ("add", (F(1, 2), F(1, 3)), F(5, 6)),
    ("sub", (F(1, 2), F(1, 3)), F(1, 6)),
    ("mul", (F(2, 3), F(3, 4)), F(1, 2)),
    ("div", (F(1, 2), F(1, 3)), F(3, 2)),
    ("neg", (F(1, 2),), F(-1, 2)),
    ("abs", (F(-1, 2),), F(1, 2)),
    ("sign", (F(-1, 2),), -1),
    ("sign", (0,), 0),
    ("floor", (F(-7, 2),), -4),
    ("ceil", (F(-7, 2),), -3),
    ("floor", (arb(2.5, 0.25),), 2),
    ("ceil", (arb(2.5, 0.25),), 3),
    ("max", (F(1, 2), F(1, 3)), F(1, 2)),
    ("min", (F(1, 2), F(1, 3)), F(1, 3)),
    ("max", (3, ROOT_2), 3),
    ("min", (1, ROOT_2), 1),
    ("sqrt", (F(4, 9),), F(2, 3)),
    ("sqrt", (0,), 0),
    ("pow", (F(2, 3), 3), F(8, 27)),
    ("pow", (F(2, 3), -3), F(27, 8)),
    ("pow", (F(-2, 3), 3), F(-8, 27)),
    ("pow", (F(8, 27), F(2, 3)), F(4, 9)),
    ("pow", (F(8, 27), F(-2, 3)), F(9, 4)),
    ("pow", (0, F(1, 3)), 0),
    ("pow", (0, ROOT_2), 0),
    ("pow", (5, 0), 1),
    ("pow", (1, ROOT_2), 1),
    ("pow", (1, 10**30), 1),
    ("pow", (-1, 10**30 + 1), -1),
    ("mul", (0, ROOT_2), 0),
    ("div", (0, ROOT_2), 0),
    ("exp", (0,), 1),
    ("log", (1,), 0),
    ("sin", (0,), 0),
    ("cos", (0,), 1),
    ("tan", (0,), 0),
    ("asin", (0,), 0),
    ("acos", (1,), 0),
    ("atan", (0,), 0),
    ("sinh", (0,), 0),
    ("cosh", (0,), 1),
    ("tanh", (0,), 0),
    ("erf", (0,), 0),
    ("erfc", (0,), 1),
    ("gamma", (5,), 24),
    ("loggamma", (1,), 0),
    ("loggamma", (2,), 0),
    ("sigmoid", (0,), F(1, 2)),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EXACT)
def test_exact_values_stay_rational(name, arguments, expected):
    value = apply(name, *arguments)
    assert isinstance(value, fmpq)
    assert (value.p, value.q) == (expected.numerator, expected.denominator)


UNDEFINED = [
    ("div", (1, 0), "division by zero"),
    ("div", (0, 0), "division by zero"),
    ("div", (ROOT_2, 0), "division by zero"),
    ("log", (0,), "log of 0"),
    ("log", (-3,), "log of -3"),
    ("log", (BELOW_0,), "log of -1.00"),
    ("sqrt", (F(-1, 4),), "sqrt of -1/4"),
    ("sqrt", (BELOW_0,), "sqrt of -1.00"),
    ("pow", (0, -2), "0 to the power -2"),
    ("pow", (0, F(-1, 2)), "0 to the power -1/2"),
    ("pow", (0, BELOW_0), "0 to the power -1.00"),
    ("pow", (-8, F(1, 3)), "-8 to the power 1/3"),
    ("pow", (BELOW_0, F(1, 2)), "-1.00 to the power 1/2"),
    ("asin", (2,), "asin of 2"),
    ("acos", (F(-3, 2),), "acos of -3/2"),
    ("asin", (arb(2, 0.5),), "asin of "),
    ("gamma", (0,), "gamma of 0"),
    ("gamma", (-3,), "gamma of -3"),
    ("loggamma", (0,), "loggamma of 0"),
    ("loggamma", (F(-1, 2),), "loggamma of -1/2"),
    ("digamma", (-1,), "digamma of -1"),
]


@pytest.mark.parametrize(("name", "arguments", "detail"), UNDEFINED)
def test_certainly_undefined(name, arguments, detail):
    with pytest.raises(Undefined) as caught:
        apply(name, *arguments)
    assert caught.value.op == name
    assert caught.value.detail.startswith(detail)
    assert str(caught.value).endswith("is not defined over the reals")


UNRESOLVED = [
    ("div", (1, AROUND_0)),
    ("div", (0, AROUND_0)),
    ("log", (AROUND_0,)),
    ("sqrt", (AROUND_0,)),
    ("pow", (0, 0)),
    ("pow", (0, AROUND_0)),
    ("pow", (AROUND_0, 0)),
    ("pow", (AROUND_0, -1)),
    ("pow", (AROUND_0, F(1, 2))),
    ("pow", (BELOW_0, ROOT_2)),
    ("pow", (AROUND_0, ROOT_2)),
    ("asin", (AROUND_1,)),
    ("acos", (-AROUND_1,)),
    ("gamma", (AROUND_0,)),
    ("loggamma", (AROUND_0,)),
    ("digamma", (AROUND_0 - 2,)),
    ("tan", (arb.pi() / 2,)),
    ("floor", (arb(2, 1e-20),)),
    ("ceil", (arb(2, 1e-20),)),
    ("sign", (AROUND_0,)),
    ("exp", (arb(2) ** 5000,)),
    ("add", (arb.nan(), 1)),
    ("abs", (arb.pos_inf(),)),
]


@pytest.mark.parametrize(("name", "arguments"), UNRESOLVED)
def test_neither_yes_nor_no(name, arguments):
    with pytest.raises(Unresolved):
        apply(name, *arguments)


FINE = [
    ("div", (AROUND_0, 1), 0),
    ("pow", (AROUND_0, 3), 0),
    ("pow", (AROUND_0, 2), 0),
    ("pow", (AROUND_0, 1), 0),
    ("pow", (BELOW_0, 3), -1),
    ("pow", (BELOW_0, -2), 1),
    ("pow", (BELOW_0, 0), 1),
    ("max", (AROUND_0, AROUND_0), 0),
    ("min", (AROUND_1, AROUND_1), 1),
    ("abs", (AROUND_0,), 0),
    ("gamma", (F(-1, 2),), None),
    ("digamma", (F(-1, 2),), None),
    ("asin", (1,), None),
    ("acos", (-1,), None),
    ("log", (ABOVE_0,), 0),
    ("sin", (arb(2) ** 5000,), None),
]


@pytest.mark.parametrize(("name", "arguments", "inside"), FINE)
def test_defined_next_to_a_boundary(name, arguments, inside):
    value = to_ball(apply(name, *arguments))
    assert value.is_finite()
    if inside is not None:
        assert value.contains(inside)


@given(rationals(REAL), st.integers(-6, 6), st.floats(1e-12, 1))
def test_integer_powers_enclose_the_powers_of_members(base, exponent, radius):
    ball = to_ball(base) + arb(0, radius)
    try:
        power = to_ball(apply("pow", ball, exponent))
    except Unresolved:
        assert ball.contains(0) and exponent <= 0
        return
    for member in (to_ball(base), ball.lower(), ball.upper()):
        if exponent >= 0 or not member.contains(0):
            assert power.overlaps(member**exponent)


@given(rationals(POSITIVE), st.integers(1, 5), st.integers(-4, 4))
def test_rational_powers_of_perfect_powers_are_exact(base, degree, power):
    value = apply("pow", base**degree, F(power, degree))
    expected = base**power
    assert value == fmpq(expected.numerator, expected.denominator)


@given(rationals(REAL))
def test_more_precision_gives_a_ball_that_overlaps(x):
    for name in ("exp", "sin", "atan", "erf", "sigmoid", "softplus", "tanh"):
        coarse, fine = (to_ball(apply(name, x, precision=p)) for p in (32, 400))
        assert coarse.overlaps(fine)
        assert fine.rad() <= coarse.rad() + 1e-100


def tower(*numbers):
    """n0**(n1**(n2**...)) with every power left to the evaluation."""
    builder = Builder()
    index = builder.const(numbers[-1])
    for number in reversed(numbers[:-1]):
        index = builder.op("pow", builder.const(number), index)
    return builder.build(index)


class TestGuards:
    @pytest.mark.parametrize(
        "program",
        [
            tower(9, 9, 9, 9),
            tower(F(1, 9), 9, 9, 9, 9),
            tower(-9, 9, 9),
            tower(2, 2, 100),
            tower(3, 10**30),
        ],
    )
    def test_huge_powers_return_at_once(self, program):
        with pytest.raises(Unresolved):
            run(program, {}, 64)
        assert compare_with_itself(program) is None

    def test_a_large_power_becomes_a_ball(self):
        value = apply("pow", 3, 10**6)
        assert isinstance(value, arb)
        assert value.contains(fmpq(3) ** 10**6)
        small = to_ball(apply("pow", 3, -(10**6)))
        assert small > 0

    def test_a_long_rational_becomes_a_ball(self):
        assert isinstance(apply("mul", 2**15_000, 3), fmpq)
        assert isinstance(apply("mul", 2**15_000, 3**5_000), arb)
        assert isinstance(apply("neg", F(1, 3**20_000)), arb)

    @pytest.mark.parametrize("name", sorted(name for name in OPERATIONS if OPS[name] == 1))
    @pytest.mark.parametrize(
        "huge", [arb(2) ** 2**62 + 0.1, -(arb(2) ** 2**62), 3 / arb(2) ** 2**62, F(10**5000, 7)]
    )
    def test_extreme_arguments_never_hang(self, name, huge):
        try:
            assert len(format_ball(apply(name, huge))) < 200
        except (Undefined, Unresolved) as refusal:
            assert len(str(refusal)) < 300

    def test_repeated_exponentials_and_squares_return(self):
        for name in ("exp", "cosh", "gamma"):
            builder = Builder()
            index = builder.const(7)
            for _ in range(50):
                index = builder.op(name, index)
            with pytest.raises(Unresolved):
                run(builder.build(index), {}, 64)
        builder = Builder()
        index = builder.const(3)
        for _ in range(5000):
            index = builder.op("mul", index, index)
        square = run(builder.build(index), {}, 64)[0]
        assert to_ball(square).abs_upper() > arb(2) ** 2**62
        assert len(format_ball(square)) < 100


def compare_with_itself(program):
    builder = Builder()
    places = []
    for instruction in program.instructions:
        arguments = [places[arg] for arg in instruction.args]
        places.append(
            builder.const(instruction.number)
            if instruction.op == "const"
            else builder.op(instruction.op, *arguments)
        )
    output = places[program.outputs[0]]
    return compare(builder.build(output, output), {})


def pair(make):
    builder = Builder()
    return builder.build(*make(builder, builder.input("x")))


class TestCompare:
    def test_orders(self):
        program = pair(lambda b, x: (b.op("exp", x), b.op("add", x, b.const(1))))
        assert compare(program, {"x": 1}) == 1
        assert compare(program, {"x": 0}) == 0
        swapped = pair(lambda b, x: (b.op("add", x, b.const(1)), b.op("exp", x)))
        assert compare(swapped, {"x": F(1, 10**6)}) == -1

    def test_close_values_need_more_precision_than_the_start(self):
        program = pair(lambda b, x: (b.op("exp", x), b.op("add", x, b.const(1))))
        tiny = F(1, 10**60)
        assert compare(program, {"x": tiny}) == 1
        assert compare(program, {"x": tiny}, limit=128) is None

    def test_equal_irrationals_are_never_called_equal(self):
        program = pair(lambda b, x: (b.op("mul", b.op("sqrt", x), b.op("sqrt", x)), b.op("abs", x)))
        assert compare(program, {"x": 2}) is None
        assert compare(program, {"x": 4}) == 0

    def test_undefined_propagates_and_unresolved_does_not(self):
        logs = pair(lambda b, x: (b.op("log", x), x))
        with pytest.raises(Undefined, match="log of -1 "):
            compare(logs, {"x": -1})
        powers = pair(lambda b, x: (b.op("pow", x, x), b.const(1)))
        assert compare(powers, {"x": 0}) is None

    def test_two_outputs_are_needed(self):
        builder = Builder()
        with pytest.raises(ValueError, match="needs two outputs, and the program has 1"):
            compare(builder.build(builder.const(1)), {})

    @given(rationals(REAL), rationals(REAL))
    def test_rationals_compare_as_rationals(self, x, y):
        builder = Builder()
        program = builder.build(builder.input("x"), builder.input("y"))
        assert compare(program, {"x": x, "y": y}) == (x > y) - (x < y)


class TestDoors:
    def test_the_precision_is_restored_even_after_a_refusal(self):
        before = ctx.prec
        apply("exp", 1, precision=300)
        with pytest.raises(Undefined):
            apply("log", -1, precision=300)
        interval(F(0), F(1))
        assert ctx.prec == before

    def test_a_refusal_can_be_pickled(self):
        error = pickle.loads(pickle.dumps(Undefined("log", "log of -3")))
        assert (error.op, error.detail) == ("log", "log of -3")

    def test_a_float_a_missing_value_and_a_bad_precision_are_refused(self):
        with pytest.raises(TypeError, match=r"not the float 0\.5"):
            apply("exp", 0.5)
        builder = Builder()
        program = builder.build(builder.input("mu"))
        with pytest.raises(ValueError, match="no value was given for the input 'mu'"):
            run(program, {}, 64)
        with pytest.raises(ValueError, match="at least 2 bits"):
            run(program, {"mu": 1}, 0)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (F(3, 4), "3/4"),
            (-2, "-2"),
            ((arb(-1) / 2).exp(), "0.606530659713"),
            (arb(0.5), "0.5"),
            (arb(1, 1e-5), "1.0000"),
            (arb(0, 1), "[+/- 1.01]"),
            (F(10**40, 3), "3.33333333333e+39"),
        ],
    )
    def test_format(self, value, text):
        assert format_ball(value) == text

    def test_format_shows_the_digits_asked_for(self):
        assert format_ball((arb(-1) / 2).exp(), 13) == "0.6065306597126"

    @given(rationals(REAL), rationals(REAL), st.fractions(0, 1))
    def test_an_interval_holds_every_point_between(self, x, y, share):
        low, high = min(x, y), max(x, y)
        between = low + (high - low) * share
        assert interval(low, high).contains(fmpq(between.numerator, between.denominator))

    def test_an_empty_interval_is_refused(self):
        with pytest.raises(ValueError, match=r"\[1, 0\] is empty"):
            interval(F(1), F(0))
