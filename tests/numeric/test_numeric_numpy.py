"""Compiled programs over arrays: the same values whatever the shapes, blocks, threads and engine."""

import importlib.util
import multiprocessing
import threading
import time
import tracemalloc
import warnings
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from program_samples import PLAIN_OPS, one_op, programs

from numeric.arrays.compiled import Compiled
from numeric.arrays.run import LONGEST_BLOCK
from numeric.arrays.steps import UnsupportedOperation
from numeric.balls import run, to_ball
from numeric.builder import Builder
from numeric.domain import REAL, Domain
from numeric.operations import OPS
from numeric.program import Instruction, Program
from numeric.strategies import points

SMALL = Domain(Fraction(-4), Fraction(4))
X, Y, S = sp.symbols("x y s", positive=True)
DENSITY = sp.exp(-((X - Y) ** 2) / (2 * S**2)) / (S * sp.sqrt(2 * sp.pi))


def density():
    return Program.from_sympy(DENSITY, sp.log(X) * Y).compile(["x", "y", "s"])


def reference(x, y, s):
    with np.errstate(all="ignore"):
        return np.exp(-((x - y) ** 2) / (2 * s**2)) / (s * np.sqrt(2 * np.pi)), np.log(x) * y


def same(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        other = np.broadcast_to(other, one.shape)
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-300)


SHAPES = [
    ((), (), ()),
    ((1,), (1,), (1,)),
    ((7,), (), (1,)),
    ((7,), (7,), (7,)),
    ((3, 1), (1, 4), (3, 4)),
    ((2, 3, 1), (4,), (1, 1)),
    ((0,), (), ()),
    ((2, 0), (1,), (2, 1)),
    ((LONGEST_BLOCK + 3,), (), (LONGEST_BLOCK + 3,)),
    ((2, LONGEST_BLOCK), (2, 1), (1, LONGEST_BLOCK)),
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_shapes_broadcast_as_in_numpy(shapes):
    rng = np.random.default_rng(5)
    arrays = [rng.uniform(0.5, 2, shape) for shape in shapes]
    results = density()(*arrays)
    assert all(result.shape == np.broadcast_shapes(*shapes) for result in results)
    same(results, reference(*arrays))


@pytest.mark.parametrize("size", [2, 1000, LONGEST_BLOCK, LONGEST_BLOCK + 1, 3 * LONGEST_BLOCK + 5])
@pytest.mark.parametrize("threads", [None, 1, 2])
def test_blocks_and_threads_change_nothing(size, threads):
    rng = np.random.default_rng(size)
    arrays = [rng.uniform(0.5, 2, size) for _ in range(3)]
    f = density()
    results = f(*arrays, threads=threads)
    same(results, reference(*arrays))
    each = f(*(array[:1] for array in arrays))
    same(each, [result[:1] for result in results])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_layout_gives_the_same(data):
    """Transposed, reversed, strided, read-only, byte-swapped and integer arrays."""
    base = np.linspace(0.5, 3, 24).reshape(4, 6)
    layouts = {
        "plain": base,
        "transposed": np.ascontiguousarray(base.T).T,
        "reversed": base[::-1, ::-1][::-1, ::-1],
        "swapped": base.astype(">f8"),
        "float32": base.astype(np.float32),
        "integers": np.arange(1, 25).reshape(4, 6),
        "row": np.arange(1.0, 7.0),
        "strided": np.repeat(base, 2, axis=1)[:, ::2],
        "list": base.tolist(),
        "fractions": np.array([Fraction(3, 2)], dtype=object),
        "number": 2,
    }
    chosen = [layouts[data.draw(st.sampled_from(sorted(layouts)))] for _ in range(3)]
    results = density()(*chosen)
    expected = reference(*(np.asarray(array).astype(np.float64) for array in chosen))
    same([np.asarray(result) for result in results], expected)


def test_python_numbers_give_python_floats():
    f = density()
    results = f(1.5, 2, 1.0)
    assert [type(result) for result in results] == [float, float]
    same([np.asarray(result) for result in results], reference(1.5, 2.0, 1.0))
    assert type(one_op("log").compile(["x", "y"])(2.0, 1.0)) is float


@settings(max_examples=300, deadline=None)
@given(programs(PLAIN_OPS, choices=True), points({"x": REAL, "y": REAL}))
def test_numbers_and_arrays_agree(program, values):
    """The form over floats, the one over an entry and the one over a block, undefined ones too."""
    f = Compiled(program, ["x", "y"], stable=False)
    x, y = float(values["x"]), float(values["y"])
    single = f(x, y)
    block = f(np.full(3, x), np.full(3, y))
    fixed = f(np.full(3, x), y)
    for other in (block[0], fixed[0], f(np.array([x]), np.array([y]))[0], f(np.float64(x), y)):
        if np.isfinite(single) or np.isfinite(other):
            assert other == pytest.approx(single, rel=1e-9, abs=1e-300) or not stable_here(
                program, values
            )


def stable_here(program, values):
    """Whether the program is well conditioned here, each step rounded to 53 bits taken as a ball."""
    registers = []
    for instruction in program.instructions:
        if instruction.op in ("input", "const"):
            value = values.get(instruction.value, instruction.value)
            registers.append(to_ball(value) * (1 + arb(0, 1e-15)))
            continue
        single = Builder()
        names = [f"a{k}" for k in range(len(instruction.args))]
        if instruction.op in ("select", "lt", "le", "eq", "ne"):
            return False
        step = single.build(single.op(instruction.op, *(single.input(n) for n in names)))
        point = {n: registers[arg] for n, arg in zip(names, instruction.args, strict=True)}
        try:
            result = to_ball(run(step, point, 256)[0])
        except ArithmeticError:
            return False
        registers.append(result * (1 + arb(0, 1e-15)))
    final = registers[-1]
    return bool(final.rad() < 1e-10 * abs(final).lower())


@settings(max_examples=300, deadline=None)
@given(programs(["add", "sub", "mul", "div", "neg"], most=12), points({"x": SMALL, "y": SMALL}))
def test_moving_constants_and_signs_changes_no_value(program, values):
    """Sums, products and quotients with constants, where rounding is bounded by a ball."""
    widened = {name: to_ball(value) * (1 + arb(0, 1e-13)) for name, value in values.items()}
    try:
        ball = to_ball(run(program, widened, 200)[0])
    except ArithmeticError:
        return
    f = Compiled(program, ["x", "y"], stable=False)
    computed = f(*(np.full(2, float(values[name])) for name in ("x", "y")))[0]
    slack = arb(0, 1e-12) * sizes(program, values)
    assert ball.overlaps(arb(float(computed)) + slack), (program, values, ball, computed)


def sizes(program, values):
    """A bound for every result on the way, at least 1."""
    every = Program(program.instructions, program.inputs, tuple(range(len(program.instructions))))
    return sum((abs(to_ball(value)) for value in run(every, values, 200)), arb(1))


def steps(expr, *names):
    return [step.name for step in Program.from_sympy(expr).compile(names)._plan.steps]


def test_constants_and_signs_cost_little():
    assert steps(-(X**2) / (2 * Y**2), "x", "y").count("multiply") == 3
    assert "negative" not in steps(sp.exp(-(X**2) / (2 * Y**2)), "x", "y")
    assert steps(X / 2 + Y / 2, "x", "y") == ["add", "multiply"]
    assert steps(X / S + Y / S, "x", "y", "s") == ["add", "divide"]
    assert steps(X / 3, "x") == ["divide"]
    assert "power" not in steps(X**3 + X**-4 + X ** sp.Rational(3, 2), "x")


def test_out_is_filled_and_returned():
    f = Program.from_sympy(X * Y).compile(["x", "y"])
    x, y = np.arange(1.0, 5.0), np.arange(2.0, 6.0)
    out = np.empty(4)
    assert f(x, y, out=out) is out
    assert out.tolist() == [2, 6, 12, 20]
    assert f(x, y, out=x) is x
    assert x.tolist() == [2, 6, 12, 20]
    strided = np.zeros((4, 2))
    f(y, y, out=strided[:, 0])
    assert strided[:, 0].tolist() == [4, 9, 16, 25] and not strided[:, 1].any()


def test_out_may_be_an_input_of_several_outputs():
    x, y = np.array([1.0, 2.0]), np.array([5.0, 7.0])
    f = Program.from_sympy(X + Y, X - Y).compile(["x", "y"])
    f(x, y, out=(x, y))
    assert (x.tolist(), y.tolist()) == ([6, 9], [-4, -5])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f(1.0), ValueError, "3 arguments are needed, x, y, s; 1 were given"),
        (lambda f: f(np.ones(2), np.ones(3), 1.0), ValueError, "broadcast"),
        (lambda f: f("a", 1.0, 1.0), TypeError, "input 'x' has dtype"),
        (lambda f: f(1j, 1.0, 1.0), TypeError, "real numbers are needed"),
        (lambda f: f(*[np.ones(2)] * 3, out=np.ones(2)), ValueError, "out has 1 arrays"),
        (
            lambda f: f(*[np.ones(2)] * 3, out=(np.ones(2), np.ones(3))),
            ValueError,
            r"out must be arrays of shape \(2,\)",
        ),
    ],
)
def test_a_wrong_call_says_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call(density())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": "int8"}, "dtype must be one of"),
        ({"engine": "fortran"}, "engine must be one of"),
        ({"inputs": ["x"]}, "reads 'y', which the inputs x leave out"),
        ({"inputs": ["x", "y", "x"]}, "named twice"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(options, message):
    with pytest.raises(ValueError, match=message):
        one_op("add").compile(**options)


def test_an_input_that_is_not_read_is_allowed():
    f = one_op("add").compile(["unused", "x", "y"])
    assert f(7.0, 1.0, 2.0) == 3.0
    assert f(np.zeros(2), 1.0, 2.0).tolist() == [3, 3]


def test_no_warning_and_nan_where_undefined():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in sorted(OPS):
            f = one_op(name).compile(["x", "y"])
            x = np.array([-1e308, -2.0, 0.0, 2.0, 1e308, np.inf, np.nan])
            f(x, np.full(7, -1000.0))
            f(x, -1000.0)
            f(-2.0, -1000.0)
        for size in (1, 5):
            assert np.isnan(
                one_op("log").compile(["x", "y"])(np.full(size, -1.0), np.ones(size))
            ).all()
            for name in ("gamma", "loggamma", "digamma"):
                assert np.isnan(
                    one_op(name).compile(["x", "y"])(np.full(size, -2.0), np.ones(size))
                ).all()


def test_no_warning_in_threads_and_none_of_the_callers_settings_lost():
    f = one_op("log").compile(["x", "y"])
    x = np.full(4 * LONGEST_BLOCK, -1.0)
    with warnings.catch_warnings(), np.errstate(invalid="warn"):
        warnings.simplefilter("error")
        assert np.isnan(f(x, 1.0, threads=2)).all()
        with pytest.raises(RuntimeWarning):
            np.log(np.float64(-1))


@pytest.mark.parametrize("stable", [True, False])
def test_a_choice_does_not_need_the_other_branch(stable):
    """log x where x > 0, x elsewhere; a compared nan gives nan, not a branch."""
    builder = Builder()
    x = builder.input("x")
    positive = builder.op("lt", builder.const(0), x)
    program = builder.build(builder.op("select", positive, builder.op("log", x), x))
    f = program.compile(stable=stable)
    result = f(np.array([-3.0, 0.0, 1.0, np.e, np.nan]))
    np.testing.assert_array_equal(result, [-3, 0, 0, 1, np.nan])
    assert (f(-3.0), f(1.0)) == (-3.0, 0.0)
    assert np.isnan(f(np.nan))


@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_polygamma_on_both_sides_of_zero(order):
    builder = Builder()
    program = builder.build(builder.op("polygamma", builder.const(order), builder.input("x")))
    x = [-40.5, -2.25, -0.75, 0.5, 3.0, 50.0]
    exact = [float(to_ball(run(program, {"x": Fraction(v)}, 200)[0])) for v in x]
    np.testing.assert_allclose(program.numpy(x=x), exact, rtol=1e-12, atol=1e-13)
    assert np.isnan(program.numpy(x=[0.0, -3.0])).all()


@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_log_of_bessel_functions_small_and_large(order):
    builder = Builder()
    program = builder.build(builder.op("log_besseli", builder.const(order), builder.input("x")))
    x = [1e-8, 1e-3, 0.3, 0.99, 1.01, 5.0, 700.0, 9e5, 1.1e6, 1e10, 1e100]
    exact = [float(to_ball(run(program, {"x": Fraction(v)}, 2000)[0])) for v in x]
    np.testing.assert_allclose(program.numpy(x=x), exact, rtol=1e-12 if order else 1e-14)


def test_log_of_a_sum_of_infinities():
    f = one_op("logaddexp").compile(["x", "y"])
    x = np.array([-np.inf, -np.inf, np.inf, np.inf, np.nan, 1.0])
    y = np.array([-np.inf, 2.0, 2.0, np.inf, -np.inf, 1.0])
    with np.errstate(invalid="ignore"):
        expected = np.logaddexp(x, y)
    np.testing.assert_allclose(f(x, y), expected)
    np.testing.assert_allclose([f(*pair) for pair in zip(x, y, strict=True)], expected)


def test_a_nan_is_never_a_largest_or_a_smallest_number():
    for name in ("max", "min", "sign"):
        f = one_op(name).compile(["x", "y"])
        assert np.isnan(f(np.nan, 1.0)) and np.isnan(f(np.full(3, np.nan), 1.0)).all()


def test_what_depends_on_parameters_alone_is_computed_once():
    f = Program.from_sympy(X * sp.exp(sp.sin(Y))).compile(["x", "y"])
    f(np.ones(5), 1.0)
    kernel = f._kernel(frozenset(["y"]))
    assert [step.name for step in kernel.plan.steps] == ["multiply"]
    assert f(np.full(5, 2.0), 1.0)[0] == pytest.approx(2 * np.exp(np.sin(1.0)), rel=1e-15)
    alone = Program.from_sympy(sp.exp(Y), X).compile(["x", "y"])(np.arange(3.0), 0.0)
    assert alone[0].tolist() == [1, 1, 1]


def test_float32():
    f = Program.from_sympy(sp.exp(X) / Y).compile(["x", "y"], dtype="float32")
    result = f(np.ones(4, np.float32), 3.0)
    assert result.dtype == np.float32
    assert result[0] == pytest.approx(np.e / 3, rel=1e-6)
    assert f(1.0, 3.0) == pytest.approx(np.e / 3, rel=1e-6)


def test_complex_numbers_on_the_branches_of_numpy():
    z, w = sp.symbols("z w")
    program = Program.from_sympy(sp.log(z * w) + sp.sqrt(z), sp.exp(z) / (1 + sp.exp(z)))
    f = program.compile(["z", "w"], dtype="complex128")
    x, y = np.array([1j, -1 + 0.5j]), np.array([-2.0, 1j])
    first, second = f(x, y)
    np.testing.assert_allclose(first, np.log(x * y) + np.sqrt(x), rtol=1e-14)
    np.testing.assert_allclose(second, np.exp(x) / (1 + np.exp(x)), rtol=1e-14)
    assert f(1j, 1.0)[0] == pytest.approx(np.log(1j) + np.sqrt(1j))
    with pytest.raises(UnsupportedOperation, match="floor is not defined here over the complex"):
        one_op("floor").compile(dtype="complex128")


def sum_of_powers(name="sum"):
    """The sum (or product) of k**x for k from 1 to n."""
    body = Builder()
    term = body.build(body.op("pow", body.input("k"), body.input("p")))
    builder = Builder()
    bounds = builder.const(1), builder.input("n")
    outside = {"p": builder.input("x")}
    return builder.build(builder.bind(name, *bounds, body=term, variable="k", captured=outside))


@pytest.mark.parametrize("name", ["sum", "prod"])
def test_sums_and_products_of_symbolic_length(name):
    f = sum_of_powers(name).compile(["n", "x"])
    reduce = np.sum if name == "sum" else np.prod
    n, x = np.array([0.0, 1.0, 5.0, 12.0]), np.array([2.0, 3.0, -1.0, 0.5])
    expected = [reduce(np.arange(1, k + 1) ** p) for k, p in zip(n, x, strict=True)]
    np.testing.assert_allclose(f(n, x), expected, rtol=1e-14)
    np.testing.assert_allclose(f(5, x), [reduce(np.arange(1, 6) ** p) for p in x], rtol=1e-14)
    assert np.isnan(f(np.array([2.5, np.nan, np.inf]), 1.0)).all()


def test_a_long_sum_and_a_large_block_do_not_meet_in_one_table():
    f = sum_of_powers().compile(["n", "x"])
    tracemalloc.start()
    result = f(2000.0, np.full(40_000, 1.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.all(result == 2000 * 2001 / 2)
    assert peak < 40_000 * 8 * 2 + 12e6


def test_an_integral_over_the_line_and_over_an_interval():
    body = Builder()
    t, a = body.input("t"), body.input("a")
    term = body.build(body.op("exp", body.op("neg", body.op("mul", a, body.op("mul", t, t)))))
    builder = Builder()
    captured = {"a": builder.input("a")}
    both = [
        builder.bind("integral", low, high, body=term, variable="t", captured=captured)
        for low, high in ((None, None), (builder.const(0), builder.input("u")))
    ]
    f = builder.build(*both).compile(["a", "u"])
    a = np.array([0.5, 1.0, 4.0])
    line, part = f(a, 1.0)
    np.testing.assert_allclose(line, np.sqrt(np.pi / a), rtol=1e-11)
    erf = np.array([0.6826894921370859, 0.8427007929497149, 0.9953222650189527])
    np.testing.assert_allclose(part, np.sqrt(np.pi / a) / 2 * erf, rtol=1e-11)
    assert np.isnan(f(-1.0, 1.0)[0])
    backwards = f(1.0, np.array([-1.0, 0.0]))[1]
    np.testing.assert_allclose(backwards, [-np.sqrt(np.pi) / 2 * erf[1], 0.0], rtol=1e-11)


def test_nested_integrals_and_captured_names():
    inner = sp.Integral(sp.exp(X * Y), (Y, 0, X))
    f = Program.from_sympy(sp.Integral(sp.exp(-X * Y), (Y, 0, 1))).compile(["x"])
    np.testing.assert_allclose(f([0.5, 2.0]), (1 - np.exp([-0.5, -2.0])) / [0.5, 2.0], rtol=1e-12)
    double = Program.from_sympy(sp.Integral(inner, (X, 0, 1))).compile()
    assert double() == pytest.approx(0.6589510757, rel=1e-9)


def test_an_integral_of_which_nothing_is_captured():
    square = sp.Integral(sp.exp(-(X**2)), (X, -sp.oo, sp.oo))
    assert Program.from_sympy(square).compile()() == pytest.approx(np.sqrt(np.pi), rel=1e-11)
    scaled = Program.from_sympy(Y * square).compile(["y"])
    np.testing.assert_allclose(scaled([1.0, 2.0]), np.sqrt(np.pi) * np.array([1, 2]), rtol=1e-11)


def test_integrals_over_the_line_inside_each_other_end():
    def both(body):
        line = (-sp.oo, sp.oo)
        return Program.from_sympy(
            sp.Integral(sp.Integral(body, (Y, *line)), (X, *line))
        ).compile()()

    assert both(sp.exp(-(X**2) - X * Y - Y**2)) == pytest.approx(2 * np.pi / np.sqrt(3), rel=1e-9)
    start = time.process_time()
    assert np.isnan(both(1 / (1 + X**2 * Y**2)))
    assert time.process_time() - start < 20


def matrix_program(op, *places, size=2):
    builder = Builder()
    rows = [[builder.input(f"m{i}{j}") for j in range(size)] for i in range(size)]
    return builder.build(builder.matrix(op, rows, *places))


@pytest.mark.parametrize(
    ("op", "places", "expected"),
    [
        ("det", (), lambda m: np.linalg.det(m)),
        ("inverse", (0, 1), lambda m: np.linalg.inv(m)[..., 0, 1]),
        ("eigenvalue", (1,), lambda m: np.linalg.eigvalsh(m)[..., 1]),
        ("trace_sqrt", (), lambda m: np.sqrt(np.linalg.eigvalsh(m)).sum(-1)),
    ],
)
def test_matrices_at_every_entry(op, places, expected):
    rng = np.random.default_rng(2)
    root = rng.normal(size=(6, 2, 2))
    m = root @ root.transpose(0, 2, 1)
    f = matrix_program(op, *places).compile(["m00", "m01", "m10", "m11"])
    entries = [m[:, 0, 0], m[:, 0, 1], m[:, 1, 0], m[:, 1, 1]]
    np.testing.assert_allclose(f(*entries), expected(m), rtol=1e-9)
    assert np.isnan(f(np.nan, 0.0, 0.0, 1.0))


def test_a_singular_matrix_has_no_inverse_and_spares_the_others():
    f = matrix_program("inverse", 0, 0).compile(["m00", "m01", "m10", "m11"])
    result = f(np.array([1.0, 2.0]), 0.0, 0.0, np.array([0.0, 1.0]))
    np.testing.assert_array_equal(result, [np.nan, 0.5])


def test_two_megabytes_are_enough_for_a_million_entries():
    rng = np.random.default_rng(1)
    arrays = [rng.uniform(0.5, 2, 1_000_000) for _ in range(3)]
    out = (np.empty(1_000_000), np.empty(1_000_000))
    f = density()
    tracemalloc.start()
    f(*arrays, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 2e6


def test_calls_from_several_threads_do_not_disturb_each_other():
    f = density()
    rng = np.random.default_rng(9)
    cases = [[rng.uniform(0.5, 2, size) for _ in range(3)] for size in (3, 1000, 50_000, 90_000)]
    failures = []

    def work(arrays):
        try:
            for _ in range(20):
                same(f(*arrays), reference(*arrays))
        except AssertionError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def in_a_child(queue):
    x = np.full(4 * LONGEST_BLOCK, 4.0)
    queue.put(float(one_op("sqrt").compile(["x", "y"])(x, x, threads=2).sum()))


def test_threads_work_in_a_forked_process():
    f = one_op("sqrt").compile(["x", "y"])
    x = np.full(4 * LONGEST_BLOCK, 4.0)
    f(x, x, threads=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        child = context.Process(target=in_a_child, args=(queue,))
        child.start()
        assert queue.get(timeout=60) == 8 * LONGEST_BLOCK
        child.join()


@settings(max_examples=60, deadline=None)
@given(
    programs(PLAIN_OPS, choices=True),
    points({"x": REAL, "y": REAL}),
    st.sampled_from([("x", "y"), ("lambda", "v1"), ("np", "\u03b1"), ('"""\nimport os', "x'")]),
)
def test_source_is_a_module_that_computes_the_same(tmp_path_factory, program, values, names):
    renamed = dict(zip(("x", "y"), names, strict=True))
    instructions = tuple(
        Instruction(i.op, i.args, renamed[i.name] if i.op == "input" else i.value)
        for i in program.instructions
    )
    inputs = tuple(renamed[name] for name in program.inputs)
    program = Program(instructions, inputs, program.outputs)
    arrays = {renamed[name]: np.array([float(value)] * 2) for name, value in values.items()}
    path = tmp_path_factory.mktemp("source") / "generated.py"
    path.write_text(program.source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("generated", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "os" not in vars(module)
    expected = np.broadcast_to(module.program(*(arrays[n] for n in program.inputs)), (2,))
    actual = np.broadcast_to(program.numpy(**arrays), (2,))
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    "name", ["out0", "b0", "k0", "block", "log", "kind", "shape", "class", "1", "RuntimeError"]
)
def test_no_name_of_an_input_can_collide_with_the_source(name):
    program = one_op("log", (name, "y"))
    f = program.compile([name, "y"])
    assert f(1.0, 1.0) == 0.0
    assert f(np.ones(3), 1.0).tolist() == [0, 0, 0]


class TestOneRun:
    def test_several_outputs_broadcast_to_the_shape_of_the_inputs(self):
        builder = Builder()
        x, y = builder.input("x"), builder.input("y")
        program = builder.build(builder.op("add", x, y), builder.op("neg", x), builder.const(3))
        total, negated, constant = program.numpy(x=np.ones((2, 1)), y=np.arange(3))
        assert total.tolist() == [[1, 2, 3], [1, 2, 3]]
        assert negated.shape == constant.shape == (2, 3)
        assert total.dtype == constant.dtype == np.float64

    def test_inputs_are_not_changed_and_results_may_be(self):
        builder = Builder()
        x = np.zeros(3)
        out = builder.build(builder.input("x")).numpy(x=x)
        out += 1
        assert x.tolist() == [0, 0, 0]

    def test_a_complex_or_missing_input_is_refused(self):
        program = one_op("exp")
        with pytest.raises(TypeError, match="real numbers are needed"):
            program.numpy(x=1j)
        with pytest.raises(ValueError, match="no array was given for the input 'x'"):
            program.numpy(y=1.0)

    def test_an_input_may_be_called_self(self):
        builder = Builder()
        assert builder.build(builder.input("self")).numpy(self=2.0) == 2.0

    def test_a_program_without_inputs(self):
        builder = Builder()
        program = builder.build(builder.op("sqrt", builder.const(2)), builder.op("pi"))
        root, pi = program.numpy()
        assert (float(root), float(pi)) == (np.sqrt(2.0), np.pi)
        assert program.compile()()[1] == np.pi


@pytest.mark.parametrize(
    "name",
    ["digamma", "loggamma", "gamma", "erf", "erfc", "erfcx", "log_erfc", "sigmoid", "softplus"],
)
@pytest.mark.parametrize(
    "x", [-9.5, -3.25, -0.5, 1e-6, 0.3, 1.0, 1.4616321449683623, 7.9, 30.5, 1e3]
)
def test_special_functions_keep_their_digits(name, x):
    try:
        exact = float(to_ball(run(one_op(name), {"x": Fraction(x), "y": 0}, 300)[0]))
    except (ArithmeticError, OverflowError):
        return
    if not 1e-290 < abs(exact) < 1e290:
        return
    conditioned = 1e-15 if abs(exact) > 1e-3 else 1e-15 / abs(exact)
    for computed in (
        one_op(name).compile(["x", "y"])(x, 0.0),
        float(one_op(name).compile(["x", "y"])(np.full(3, x), 0.0)[0]),
    ):
        assert computed == pytest.approx(exact, rel=2e3 * conditioned)
