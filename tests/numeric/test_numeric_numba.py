"""The Numba engine gives what the NumPy engine gives, and says what it lacks."""

import math
import re
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx
from program_samples import one_op

from numeric.arrays import scalars as scalar_ops
from numeric.arrays.numba_engine import compiled_loop
from numeric.arrays.numba_loops import loops_of
from numeric.arrays.run import LONGEST_BLOCK
from numeric.arrays.steps import UnsupportedOperation
from numeric.builder import Builder
from numeric.operations import COMPARISONS, LOGIC
from numeric.program import Program

POINTS = np.array([-1e308, -2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0, 30.0, 1e308, np.inf, np.nan])


def every_operation():
    """One program with an output for each operation that the engine has."""
    builder = Builder()
    x, y = builder.input("x"), builder.input("y")
    outputs = [builder.op("pi")]
    for name in sorted(scalar_ops.EXPRESSIONS):
        if name in LOGIC or name == "select":
            continue
        if name in COMPARISONS:
            truth = builder.op(name, x, y)
            unlike = builder.op("ne", x, builder.const(1))
            for condition in (
                truth,
                builder.op("not", truth),
                builder.op("and", truth, unlike),
                builder.op("or", truth, unlike),
            ):
                outputs.append(builder.op("select", condition, x, builder.op("log", y)))
        else:
            binary = "{1}" in scalar_ops.EXPRESSIONS[name]
            outputs.append(builder.op(name, *((x, y) if binary else (x,))))
    return builder.build(*outputs)


def agree(one, other):
    for left, right in zip(one, other, strict=True):
        defined = np.isfinite(right)
        np.testing.assert_array_equal(np.isfinite(left), defined)
        np.testing.assert_array_equal(np.isnan(left), np.isnan(right))
        np.testing.assert_allclose(left[defined], right[defined], rtol=1e-12, atol=1e-15)


def test_both_engines_agree_in_every_operation():
    program = every_operation()
    fast = program.compile(["x", "y"], engine="numba", stable=False)
    plain = program.compile(["x", "y"], stable=False)
    x, y = (array.ravel() for array in np.meshgrid(POINTS, POINTS))
    agree(fast(x, y), plain(x, y))
    assert fast(0.5, 2.0) == plain(0.5, 2.0)


def test_both_engines_agree_on_blocks_and_parameters():
    program = Program.from_sympy(sp.log(sp.Symbol("x") ** 2) * sp.exp(sp.Symbol("y")))
    fast, plain = (program.compile(["x", "y"], engine=engine) for engine in ("numba", "numpy"))
    x = np.linspace(-3, 3, 2 * LONGEST_BLOCK + 7)
    for y in (x, 2.0):
        agree([fast(x, y, threads=2)], [plain(x, y, threads=1)])


def test_what_the_engine_lacks_is_named():
    with pytest.raises(UnsupportedOperation, match="the numba engine has no digamma"):
        one_op("digamma").compile(engine="numba")
    with pytest.raises(UnsupportedOperation, match="no complex numbers"):
        one_op("add").compile(engine="numba", dtype="complex128")


def test_without_numba_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError, match=r"pip install 'derive-proofs\[jit\]'"):
        one_op("add").compile(engine="numba")


UNITS = {
    "exp": 1.05,
    "expm1": 1.2,
    "log": 0.9,
    "log1p": 0.95,
    "cosh": 1.4,
    "sinh": 1.4,
    "tanh": 2.5,
    "sin": 0.8,
    "cos": 0.8,
    "tan": 2.3,
}
"""How far each function may be from the exact value, in units in the last place."""


@pytest.fixture(scope="module")
def functions():
    """One program with an output for each function of `UNITS`."""
    builder = Builder()
    x = builder.input("x")
    program = builder.build(*(builder.op(name, x) for name in UNITS))
    return program.compile(engine="numba", stable=False)


def points_everywhere():
    rng = np.random.default_rng(1)
    exponents = rng.uniform(-1074, 10, 500)
    near = 2.0 ** rng.uniform(-60, 0, 500)
    return np.concatenate(
        [
            rng.uniform(-746, 711, 1000),
            rng.uniform(-3, 3, 1000),
            rng.choice([-1, 1], 500) * 2.0**exponents,
            *(1 + near, 1 - near, near - 1),
            rng.uniform(0, 1e300, 200),
            np.round(rng.uniform(-6e5, 6e5, 500)) * (np.pi / 2),
        ]
    )


def test_functions_are_as_accurate_as_they_say(functions):
    points = points_everywhere()
    with ctx.workprec(200):
        for name, values in zip(UNITS, functions(points), strict=True):
            checked = 0
            for x, value in zip(points.tolist(), values.tolist(), strict=True):
                exact = getattr(arb(x), name)() if name[:3] != "log" or x > -1 else arb("nan")
                nearest = float(exact.mid())
                if math.isfinite(nearest) and math.isfinite(value):
                    error = abs(float((exact - arb(value)).mid())) / math.ulp(nearest)
                    assert error <= UNITS[name], (name, x)
                    checked += 1
            assert checked > 2000, name


def test_functions_are_numpys_at_the_ends_of_their_domains(functions):
    ends = [0.0, 5e-324, 2.2250738585072014e-308, 1e-17, 0.5, 1.0, 1.5, 40.0, 709.78, 709.79, 710.0]
    ends += [710.4758600739439, 710.4758600739440, 711.0, 745.1, 745.14, 746.0, 1e16, 1e308]
    ends += [np.nextafter(1.0, 0), np.nextafter(1.0, 2), 1e6 + 1, math.inf, math.nan]
    points = np.array([sign * end for end in ends for sign in (1.0, -1.0)])
    with np.errstate(all="ignore"):
        for name, values in zip(UNITS, functions(points), strict=True):
            expected = getattr(np, name)(points)
            np.testing.assert_array_equal(np.isnan(values), np.isnan(expected), name)
            known = ~np.isnan(expected)
            ours, theirs = values[known], expected[known]
            np.testing.assert_array_equal(np.signbit(ours), np.signbit(theirs), name)
            exactly = ~np.isfinite(theirs) | (theirs == 0)
            np.testing.assert_array_equal(ours[exactly], theirs[exactly], name)
            np.testing.assert_array_max_ulp(ours[~exactly], theirs[~exactly], 4)


def vector_widths(program, names):
    """For each loop of the program whether LLVM made vectors of its float64."""
    widths = []
    for loop in loops_of(program, names, frozenset()):
        function = compiled_loop(loop.text, tuple(loop.kinds), np.dtype("float64"))
        (code,) = function.inspect_llvm().values()
        widths.append(max(map(int, re.findall(r"<(\d+) x double>", code)), default=1))
    return widths


def test_loops_run_on_vectors():
    x, y, z, s = sp.symbols("x y z s", positive=True)
    density = sp.exp(-((sp.log(x) - y) ** 2) / (2 * s**2)) / (x * s) + sp.Abs(sp.tanh(x * z))
    chosen = sp.Piecewise((sp.Max(x, y), x < z), (sp.floor(x) + sp.cos(y), True))
    for expression in (density, chosen):
        program = Program.from_sympy(expression)
        widths = vector_widths(program, program.inputs)
        assert len(widths) == 1
        assert widths[0] > 1


def test_a_call_of_the_c_library_is_kept_apart():
    x, y = sp.symbols("x y", positive=True)
    program = Program.from_sympy(sp.exp(-x) * sp.erf(sp.log(y)) + sp.log(x + y))
    widths = vector_widths(program, program.inputs)
    assert len(widths) == 3
    assert widths[0] > 1
    assert widths[2] > 1
    rng = np.random.default_rng(2)
    arrays = rng.uniform(0.1, 2, (2, 20_000))
    agree([program.compile(engine="numba")(*arrays)], [program.compile()(*arrays)])


def test_more_arrays_than_one_loop_may_read():
    xs = sp.symbols("x:24", positive=True)
    terms = [sp.log(a / b) + (a - b) ** 2 for a, b in zip(xs[::2], xs[1::2], strict=True)]
    chosen = [sp.Piecewise((term, a < 1), (a, True)) for term, a in zip(terms, xs, strict=False)]
    program = Program.from_sympy(sp.Add(*terms), sp.Add(*chosen), xs[3])
    names = [x.name for x in xs]
    assert len(loops_of(program, program.inputs, frozenset())) > 2
    fast, plain = (program.compile(names, engine=engine) for engine in ("numba", "numpy"))
    arrays = np.random.default_rng(3).uniform(0.1, 2, (24, 30_001))
    agree(fast(*arrays), plain(*arrays))
    agree(fast(*arrays[:, :7]), plain(*arrays[:, :7]))


def test_arrays_of_any_layout_and_of_float32():
    program = Program.from_sympy(sp.exp(sp.Symbol("x")) / sp.Symbol("y"))
    fast, plain = (program.compile(["x", "y"], engine=engine) for engine in ("numba", "numpy"))
    table = np.random.default_rng(4).uniform(0.1, 2, (300, 200))
    row, column, flat = table[0], table[:, :1], table.reshape(-1)
    pairs = [(table.T, table.T), (row, column), (flat[::3], flat[1::3]), (flat[::-1], flat)]
    pairs += [(np.broadcast_to(row, table.shape), table), (flat[:100:2], flat[:50])]
    for x, y in pairs:
        agree([fast(x, y)], [plain(x, y)])
    target = np.zeros((200, 300)).T
    fast(table, table, out=target)
    agree([target], [plain(table, table)])
    narrow = program.compile(["x", "y"], engine="numba", dtype="float32")(flat, flat)
    assert narrow.dtype == np.float32
    np.testing.assert_allclose(narrow, plain(flat, flat), rtol=3e-7)


def test_powers_with_small_exponents_are_products():
    builder = Builder()
    x = builder.input("x")
    halves = (4, 6, 8, 14, 16, 3, 5, 7, -4, 1)
    outputs = [builder.op("pow", x, builder.const(Fraction(half, 2))) for half in halves]
    program = builder.build(*outputs)
    texts = "".join(loop.text for loop in loops_of(program, ["x"], frozenset()))
    assert texts.count("pow(") == len(halves) - 8
    points = np.array([0.0, 0.3, 1.0, 1e30, 1e200, np.inf, np.nan])
    fast, plain = (program.compile(engine=e, stable=False) for e in ("numba", "numpy"))
    agree(fast(points), plain(points))


def test_angles_too_large_for_the_vectors_go_to_the_c_library():
    points = np.linspace(-3, 3, 10_001)
    points[77] = 1e22
    program = one_op("sin")
    fast = program.compile(engine="numba")
    np.testing.assert_allclose(fast(points), np.sin(points), rtol=1e-13, atol=1e-300)
    assert fast(points)[77] == np.sin(1e22)


def test_equal_infinities_add_up_to_themselves():
    program = one_op("logaddexp")
    fast, plain = (program.compile(["x", "y"], engine=engine) for engine in ("numba", "numpy"))
    ends = np.array([-np.inf, -1.0, 0.0, np.inf, np.nan])
    x, y = (array.ravel() for array in np.meshgrid(ends, ends))
    np.testing.assert_allclose(fast(x, y), plain(x, y), rtol=1e-15)
