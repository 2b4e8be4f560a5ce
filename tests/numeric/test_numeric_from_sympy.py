"""SymPy expressions lowered to programs keep their values and their divisions."""

from fractions import Fraction
from functools import partial

import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy.abc import x, y

from numeric.balls import Undefined, Unresolved, to_ball
from numeric.builder import Builder
from numeric.domain import POSITIVE
from numeric.from_sympy import UnsupportedExpression, lower, shapes
from numeric.from_sympy.sharing import share
from numeric.program import Program
from numeric.strategies import rationals

F = Fraction
i, j, m, n = sp.symbols("i j m n", integer=True)
q = sp.IndexedBase("q")


def value(expr, **values):
    return Program.from_sympy(expr).balls(values, 128)[0]


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (x + y, F(5, 6)),
        (x - y, F(1, 6)),
        (-x - y, F(-5, 6)),
        (-3 * x - y / 2 - x * y, F(-11, 6)),
        (x * y, F(1, 6)),
        (x / y, F(3, 2)),
        (-x / (3 * y), F(-1, 2)),
        (1 / (x * y), 6),
        (x**-2, 4),
        (x ** sp.Integer(3), F(1, 8)),
        (1 / sp.sqrt(x + F(7, 4)), F(2, 3)),
        (sp.Rational(3, 4) * x, F(3, 8)),
        (sp.Abs(y - x), F(1, 6)),
        (sp.sign(y - x), -1),
        (sp.floor(5 * x), 2),
        (sp.ceiling(5 * x), 3),
        (sp.Max(x, y, 7 * x), F(7, 2)),
        (sp.Min(x, y, 7 * x), F(1, 3)),
        (sp.Integer(7), 7),
        (7, 7),
        (F(2, 3), F(2, 3)),
        (sp.exp(x - F(1, 2)), 1),
        (sp.Pow(4, x, evaluate=False), 2),
        (sp.Mul(0, x, evaluate=False), 0),
        (sp.Mul(-1, -1, x, evaluate=False), F(1, 2)),
        (sp.Pow(x, 1, evaluate=False), F(1, 2)),
    ],
)
def test_rational_values_stay_exact(expr, expected):
    result = value(expr, x=F(1, 2), y=F(1, 3))
    assert (result.p, result.q) == (expected.numerator, expected.denominator)


FUNCTIONS = [
    *(sp.exp, sp.log, sp.sqrt, sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan),
    *(sp.sinh, sp.cosh, sp.tanh, sp.Abs, sp.sign, sp.floor, sp.ceiling),
    *(sp.erf, sp.erfc, sp.gamma, sp.loggamma, sp.digamma),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_function_agrees_with_sympy(function):
    expected = function(sp.Rational(5, 7)).evalf(40)
    assert abs(to_ball(value(function(x), x=F(5, 7))) - arb(str(expected))) < 1e-35


def test_constants():
    assert value(sp.pi).contains(arb.pi().mid())
    assert abs(value(sp.E) - arb(1).exp()) < 1e-12
    unevaluated = sp.Pow(sp.E, x, evaluate=False)
    assert abs(value(unevaluated, x=2) - arb(2).exp()) < 1e-12


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([x, y, sp.Integer(2), sp.Rational(-1, 3), sp.pi]))
    kind = draw(st.sampled_from(["add", "mul", "div", "pow", "exp", "log", "tanh"]))
    left = draw(expressions(depth=depth - 1))
    if kind in ("exp", "log", "tanh"):
        return {"exp": sp.exp, "log": sp.log, "tanh": sp.tanh}[kind](left)
    if kind == "pow":
        return left ** draw(st.sampled_from([-2, -1, 2, 3, sp.Rational(1, 2), sp.Rational(-3, 2)]))
    right = draw(expressions(depth=depth - 1))
    return {"add": left + right, "mul": left * right, "div": left / right if right else left}[kind]


@settings(max_examples=100, deadline=None)
@given(expressions(), rationals(POSITIVE), rationals(POSITIVE))
def test_values_agree_with_sympy(expr, at_x, at_y):
    try:
        program = Program.from_sympy(expr)
        every_step = tuple(range(len(program.instructions)))
        steps = Program(program.instructions, program.inputs, every_step).balls(
            {"x": at_x, "y": at_y}, 128
        )
    except (Undefined, Unresolved, UnsupportedExpression):
        return
    if not all(abs(to_ball(step)) < 1e6 for step in steps):
        return
    ball = to_ball(steps[program.outputs[0]])
    point = {x: sp.Rational(at_x), y: sp.Rational(at_y)}
    expected = expr.evalf(30, subs=point)
    if ball.contains(0):
        assert abs(arb(str(expected))) < 1e-15 + ball.rad(), (expr, point)
        return
    if not expected.is_Float or not 1e-200 < abs(expected) < 1e200:
        return
    decimal = arb(str(expected))
    assert abs(ball.mid() - decimal) < ball.rad() + abs(decimal) * 1e-20, (expr, point)


def test_a_product_with_an_inverse_is_one_division():
    ops = [step.op for step in lower(x * y**-1 / sp.sqrt(x)).instructions]
    assert ops.count("div") <= 1
    assert "pow" not in [step.op for step in lower(x / y).instructions]
    assert [step.op for step in lower(x - y).instructions] == ["input", "input", "sub"]


def test_what_expressions_share_is_lowered_once():
    program = lower(sp.exp(x) + 1, sp.exp(x) * y)
    assert [step.op for step in program.instructions].count("exp") == 1
    assert len(program.outputs) == 2


def test_an_unevaluated_quotient_keeps_its_division():
    quotient = sp.Mul(x, sp.Pow(x, -1), evaluate=False)
    assert value(quotient, x=3) == 1
    with pytest.raises(Undefined, match="division by zero"):
        value(quotient, x=0)
    with pytest.raises(Undefined, match="division by zero"):
        value(sp.Add(y, sp.Mul(-1, x, sp.Pow(x, -1), evaluate=False), evaluate=False), x=0, y=1)


def test_a_real_root_of_a_negative_number_is_undefined():
    with pytest.raises(Undefined, match="-8 to the power 1/3"):
        value(sp.Pow(x, sp.Rational(1, 3)), x=-8)


def test_a_deep_expression_does_not_exhaust_the_stack():
    expr = x
    for _ in range(3000):
        expr = sp.sin(expr, evaluate=False)
    assert len(lower(expr).instructions) == 3001


REFUSED = [
    (0.5 * x, "Float", "no float is exact"),
    (sp.Float("0.1"), "Float", "no float is exact"),
    (sp.Function("f")(x), "f", "put a formula in place of the function"),
    (x + sp.I, "ImaginaryUnit", "real and imaginary parts"),
    (sp.oo, "Infinity", "only be a bound"),
    (sp.zoo, "ComplexInfinity", "divided by zero"),
    (sp.nan, "NaN", "no value"),
    (sp.Heaviside(x), "Heaviside", "write Piecewise"),
    (sp.DiracDelta(x), "DiracDelta", "integrate it first"),
    (sp.LambertW(x), "LambertW", "solve the equation"),
    (sp.erfinv(x), "erfinv", "solve the equation"),
    (sp.lowergamma(x, y), "lowergamma", "numeric.operations.OPS"),
    (sp.Derivative(x**2, x), "Derivative", "call .doit()"),
    (sp.true, "BooleanTrue", "a number is wanted"),
    (sp.Eq(x, y), "Equality", "write Piecewise"),
    (sp.sin(x > 0, evaluate=False), "StrictGreaterThan", "a number is wanted"),
    (sp.Piecewise((1, sp.Symbol("b")), (0, True)), "Symbol", "compare it with something"),
    (sp.Sum(1 / n**2, (n, 1, sp.oo)), "Sum", "give it integer bounds"),
    (sp.Sum(n, (n, 1, sp.Rational(5, 2))), "Sum", "give it integer bounds"),
    (sp.Integral(x, x), "Integral", "give both"),
    (sp.Integral(x, (x, y)), "Integral", "give both"),
    (q[n], "Indexed", "not a known integer"),
    (sp.Sum(q[i], (i, 0, n)), "Indexed", "numbers as bounds"),
    (sp.MatrixSymbol("A", n, n), "MatrixSymbol", "no known dimensions"),
    (sp.Trace(sp.MatrixSymbol("A", n, n)), "MatrixSymbol", "no known dimensions"),
    (sp.MatrixSymbol("A", 2, 2) ** y, "MatPow", "exponent must be an integer"),
    ("x + 1", "str", "not a SymPy expression"),
    (0.5, "float", "not a SymPy expression"),
    (True, "bool", "not a SymPy expression"),
    (sp.Symbol("A", commutative=False), "Symbol A", "does not commute"),
    (x + sp.Symbol("x", positive=True), "Symbol x", "two different symbols"),
    (x + sp.Dummy("x"), "Symbol x", "two different symbols"),
    (q[0] + sp.Symbol("q[0]"), "Symbol q[0]", "two different symbols"),
]


@pytest.mark.parametrize(("expr", "node", "reason"), REFUSED, ids=lambda part: str(part)[:40])
def test_other_nodes_are_refused_by_name(expr, node, reason):
    with pytest.raises(UnsupportedExpression, match=reason) as caught:
        lower(expr)
    assert node in str(caught.value)
    assert caught.value.node.startswith(node)


def test_an_input_that_was_not_declared_is_named():
    assert lower(x + y, inputs=[y, "x", "t"]).inputs == ("x", "y")
    with pytest.raises(UnsupportedExpression, match="Symbol y: it is not among the inputs x"):
        lower(x + y, inputs=["x"])


def test_too_large_an_expression_is_refused(monkeypatch):
    with pytest.raises(UnsupportedExpression, match="more than 20000 terms"):
        lower(sp.Sum(q[i], (i, 1, 30_000)))
    monkeypatch.setattr("numeric.from_sympy.walk.Builder", partial(Builder, limit=10))
    with pytest.raises(UnsupportedExpression, match="more than 10 instructions"):
        lower(sp.Sum(q[i], (i, 1, 20)))


FORMULAS = [
    *(sp.sec, sp.csc, sp.cot, sp.asinh, sp.atanh, sp.acot, sp.sech, sp.csch, sp.coth, sp.asech),
    *(sp.acsch, sp.sinc, sp.frac, sp.factorial, sp.harmonic, sp.re, sp.im, sp.arg, sp.trigamma),
    *(sp.conjugate, lambda t: sp.acosh(1 + t), lambda t: sp.acoth(1 + t), lambda t: sp.asec(1 + t)),
    *(lambda t: sp.acsc(1 + t), lambda t: sp.atan2(t, t - 2), lambda t: sp.erf2(-1, t)),
    *(lambda t: sp.atan2(-t, t - 2), lambda t: sp.Mod(-7 * t, 2), lambda t: sp.beta(t, t + 1)),
    *(lambda t: sp.beta(t), lambda t: sp.besseli(2, t), lambda t: sp.besseli(t, 3)),
    *(lambda t: sp.polygamma(3, t), lambda t: sp.binomial(t, 3), lambda t: sp.binomial(5, t)),
    *(lambda t: sp.EulerGamma + t, lambda t: sp.GoldenRatio * t, sp.UnevaluatedExpr),
]


@pytest.mark.parametrize("at", [F(5, 7), F(1, 9)])
@pytest.mark.parametrize("function", FORMULAS, ids=lambda f: getattr(f, "__name__", str(f)))
def test_every_formula_agrees_with_sympy(function, at):
    expected = function(sp.Rational(at)).doit().evalf(40)
    assert abs(to_ball(value(function(x), x=at)) - arb(str(expected))) < 1e-30


@pytest.mark.parametrize(
    ("n_value", "k_value", "expected"),
    [
        (4, 2, 6),
        (4, 5, 0),
        (4, -1, 0),
        (0, 0, 1),
        (4, 4, 1),
        (F(1, 2), -1, 0),
        (F(1, 2), F(3, 2), 0),
    ],
)
def test_binomials_of_integers_and_of_others(n_value, k_value, expected):
    assert sp.binomial(sp.Rational(n_value), sp.Rational(k_value)) == expected
    assert value(sp.binomial(n, y), n=n_value, y=k_value) == expected


def test_binomials_without_a_value():
    with pytest.raises(Undefined, match="gamma"):
        value(sp.binomial(n, y), n=-2, y=1)
    assert value(sp.binomial(n, 1), n=-2) == -2


def test_a_fraction_of_digits_is_not_lost_near_zero():
    tiny = 1e-12
    for function in (sp.asinh, sp.atanh):
        assert abs(float(Program.from_sympy(function(x)).numpy(x=tiny)) / tiny - 1) < 1e-15


PIECES = sp.Piecewise((sp.log(x), x > 1), (1 / (x - y), x < y), (5, sp.Eq(x, y)), (-x, True))


@pytest.mark.parametrize(
    ("at_x", "at_y", "expected"), [(F(1, 2), 1, -2), (1, 1, 5), (F(1, 2), F(1, 4), F(-1, 2))]
)
def test_the_first_piece_whose_condition_holds(at_x, at_y, expected):
    assert value(PIECES, x=at_x, y=at_y) == fmpq(expected.numerator, expected.denominator)
    assert Program.from_sympy(PIECES).mpmath({"x": at_x, "y": at_y})[0] == float(expected)


def test_without_a_piece_there_is_no_value():
    pieces = sp.Piecewise((x, x > 1), (2 * x, x < 0))
    assert value(pieces, x=-3) == -6
    with pytest.raises(Undefined, match="log of -1"):
        value(pieces, x=F(1, 2))


CONDITIONS = [
    *(x < y, x <= y, x > y, x >= y, sp.Eq(x, y), sp.Ne(x, y), x < sp.oo, x > sp.oo, x >= -sp.oo),
    *(sp.And(x > 0, y > 1), sp.Or(x > 0, y > 1), sp.Not(sp.And(x > 0, y > 1)), (x > 0) >> (y > 1)),
    sp.ITE(x > 0, sp.log(x) < 0, x < -1),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
@pytest.mark.parametrize("at_x", [F(-2), F(-1, 2), F(1, 2), F(3, 2)])
@pytest.mark.parametrize("at_y", [F(1, 2), F(4)])
def test_conditions(condition, at_x, at_y):
    point = {x: sp.Rational(at_x), y: sp.Rational(at_y)}
    if isinstance(condition, sp.ITE):
        holds = bool((0 < at_x < 1) or at_x < -1)
    else:
        holds = bool(condition.subs(point))
    number = sp.Piecewise((1, condition), (0, True))
    assert value(number, x=at_x, y=at_y) == int(holds)


@pytest.mark.parametrize("last", [-3, 0, 1, 2, 5, 40])
@pytest.mark.parametrize("first", [1, 2])
def test_sums_and_products_are_those_of_karr(first, last):
    for head in (sp.Sum, sp.Product):
        expected = sp.Rational(head(i + x, (i, first, last)).doit().subs(x, sp.Rational(1, 3)))
        concrete = value(head(i + x, (i, first, last)), x=F(1, 3))
        symbolic = value(head(i + x, (i, m, n)), x=F(1, 3), n=last, m=first)
        assert (concrete.p, concrete.q) == (symbolic.p, symbolic.q) == (expected.p, expected.q)


def test_the_reversed_range_is_left_out_where_it_cannot_occur():
    up = sp.Symbol("up", integer=True, positive=True)
    ops = [k.op for k in lower(sp.Sum(1 / i, (i, 1, up))).instructions]
    assert ops == ["const", "input", "sum"]
    assert [k.op for k in lower(sp.Sum(1 / i, (i, 1, n))).instructions].count("sum") == 2
    assert [k.op for k in lower(sp.Sum(1 / i, (i, 1, 100))).instructions] == ["const"] * 2 + ["sum"]


def test_nested_sums_and_families():
    triangle = sp.Sum(q[i + j] * x, (i, 0, j), (j, 0, 2))
    entries = {f"q[{k}]": k + 1 for k in range(5)}
    assert value(triangle, x=2, **entries) == 36
    assert value(sp.Sum(q[i], (i, 0, 99)), **{f"q[{k}]": 1 for k in range(100)}) == 100
    assert value(sp.Sum(i * j, (i, 1, j), (j, 1, 50)), n=3) == sum(
        a * b for b in range(1, 51) for a in range(1, b + 1)
    )
    assert value(sp.Sum(sp.Product(i + x, (i, 1, j)), (j, 1, n)), x=1, n=3) == 2 + 6 + 24
    grid = sp.IndexedBase("A")
    assert lower(grid[0, 1] + grid[1, 0]).inputs == ("A[0, 1]", "A[1, 0]")


def test_a_bound_name_may_be_that_of_a_symbol():
    inner = sp.Dummy("x")
    assert value(sp.Sum(inner * x, (inner, 1, n)), x=5, n=3) == 30
    shadowed = sp.Sum(sp.Sum(x, (x, 1, n)) * x, (x, 1, n)) + x
    assert value(shadowed, x=F(1, 2), n=3) == fmpq(73, 2)


INTEGRALS = [
    sp.Integral(x**2, (x, 0, 3)),
    sp.Integral(x**2 * y, (x, y, 2 * y)),
    sp.Integral(x, (x, 2, y)),
    sp.Integral(sp.exp(-y * x), (x, 0, sp.oo)),
    sp.Integral(sp.exp(-y * x), (x, sp.oo, 0)),
    sp.Integral(sp.exp(y * x), (x, -sp.oo, 0)),
    sp.Integral(sp.exp(-((x - y) ** 2)), (x, -sp.oo, sp.oo)),
    sp.Sum(sp.Integral(x**i, (x, 0, y)), (i, 0, 2)),
]


@pytest.mark.parametrize("integral", INTEGRALS, ids=str)
def test_integrals(integral):
    expected = integral.doit().subs(y, sp.Rational(4, 3)).evalf(20)
    (found,) = Program.from_sympy(integral).mpmath({"y": F(4, 3)}, 15)
    assert abs(sp.Float(str(found), 20) - expected) < 1e-12


def test_nested_integrals_have_nested_bodies():
    (outer,) = [s for s in lower(sp.Integral(x * m, (x, 0, m), (m, 0, y))).instructions if s.args]
    assert (outer.op, outer.body.variable, outer.body.captured) == ("integral", "m", ())
    (inner,) = [s for s in outer.body.program.instructions if s.op == "integral"]
    assert (inner.body.variable, inner.body.captured) == ("x", ("m",))


A = sp.MatrixSymbol("A", 2, 2)
M = sp.Matrix([[1, x], [y, 3]])
AT = {"A[0, 0]": 2, "A[0, 1]": 1, "A[1, 0]": 5, "A[1, 1]": 4, "x": F(1, 2), "y": 7}
EXPLICIT = A.as_explicit()


@pytest.mark.parametrize(
    ("expr", "same"),
    [
        (sp.Determinant(sp.ImmutableMatrix(M)), M.det()),
        (sp.Determinant(A), EXPLICIT.det()),
        (sp.Trace(A * M), (EXPLICIT * M).trace()),
        (A[0, 1] + A[1, 0], EXPLICIT[0, 1] + EXPLICIT[1, 0]),
        ((A * M)[1, 0], (EXPLICIT * M)[1, 0]),
        (sp.MatMul(2, A, sp.ImmutableMatrix(M), evaluate=False), 2 * EXPLICIT * M),
        (A.T + x * A, EXPLICIT.T + x * EXPLICIT),
        (sp.MatPow(A, 3), EXPLICIT**3),
        (sp.MatPow(A, 0, evaluate=False), sp.eye(2)),
        (sp.HadamardProduct(A, M), EXPLICIT.multiply_elementwise(M)),
        (A - sp.Identity(2) + sp.OneMatrix(2, 2), EXPLICIT - sp.eye(2) + sp.ones(2)),
        (sp.Inverse(A), EXPLICIT.inv()),
        (sp.MatPow(sp.ImmutableMatrix(M), -2, evaluate=False), M.inv() ** 2),
        (sp.Array([x, y]), sp.Matrix([x, y])),
    ],
    ids=str,
)  # fmt: skip
def test_matrices(expr, same):
    found, expected = lower(expr), lower(same)
    assert found.balls(AT) == expected.balls(AT)


def test_the_trace_of_a_square_root_is_one_operation():
    root = sp.Trace(
        sp.MatPow(sp.ImmutableMatrix([[4, 0], [0, 9]]), sp.Rational(1, 2), evaluate=False)
    )
    (found,) = lower(root).mpmath({}, 20)
    assert abs(found - 5) < 1e-18


def test_shapes_say_how_the_outputs_lie():
    assert shapes(M, x, A * M[:, 0]) == ((2, 2), (), (2, 1))
    assert lower(M, x).balls(AT) == [1, fmpq(1, 2), 7, 3, fmpq(1, 2)]


@st.composite
def conditions(draw):
    left, right = draw(st.sampled_from([(x, y), (x, 1), (2 * y, 3), (x * y, 2)]))
    comparison = draw(st.sampled_from([sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne]))(left, right)
    if draw(st.booleans()):
        return comparison
    other = draw(st.sampled_from([x < 2, y >= 1, sp.Ne(x, 1)]))
    return draw(st.sampled_from([sp.And, sp.Or]))(comparison, sp.Not(other))


@settings(max_examples=60, deadline=None)
@given(
    expressions(depth=2),
    expressions(depth=2),
    conditions(),
    rationals(POSITIVE),
    rationals(POSITIVE),
)
def test_a_piecewise_has_the_value_of_its_piece(first, second, condition, at_x, at_y):
    assume(not any(part.has(sp.I, sp.zoo, sp.nan) for part in (first, second)))
    point = {x: sp.Rational(at_x), y: sp.Rational(at_y)}
    pieces = sp.Piecewise((first, condition), (second, True), evaluate=False)
    chosen = first if condition.subs(point) == sp.true else second
    values = {"x": at_x, "y": at_y}
    try:
        expected = to_ball(Program.from_sympy(chosen).balls(values, 128)[0])
    except (Undefined, Unresolved) as error:
        with pytest.raises(type(error)):
            Program.from_sympy(pieces).balls(values, 128)
    else:
        assert to_ball(Program.from_sympy(pieces).balls(values, 128)[0]).overlaps(expected)


@settings(max_examples=40, deadline=None)
@given(expressions(depth=2), st.integers(1, 4), st.integers(-2, 6), rationals(POSITIVE))
def test_a_sum_between_symbols_is_the_sum_between_numbers(body, first, last, at_x):
    assume(not body.has(sp.I, sp.zoo, sp.nan))
    values = {"x": at_x, "m": first, "n": last}
    try:
        written = Program.from_sympy(sp.Sum(body, (y, first, last))).balls(values, 128)[0]
    except (Undefined, Unresolved, UnsupportedExpression):
        return
    bound = Program.from_sympy(sp.Sum(body, (y, m, n))).balls(values, 128)[0]
    assert to_ball(bound).overlaps(to_ball(written))


def counted(program):
    return sum(step.op not in ("input", "const") for step in program.instructions)


def test_common_operands_are_found():
    s, t, u = sp.symbols("s t u", positive=True)
    assert counted(lower(x * y * s, x * y * t, x * s * y * t)) == 4
    assert counted(lower((x + y + s) ** 2, (x + t + y) ** 3, sp.sin(x + y))) == 6
    assert counted(lower(s * u / (t * y), s * x / t)) == 4
    normal = sp.exp(-((x - m) ** 2) / (2 * s**2)) / sp.sqrt(2 * sp.pi * s**2)
    hessian = sp.hessian(normal, (x, m, s))
    replaced, reduced = sp.cse(list(hessian))
    by_sympy = sum(sp.count_ops(part) for part in [*(part for _, part in replaced), *reduced])
    assert counted(lower(hessian)) <= by_sympy


def test_nothing_crosses_the_line_of_a_quotient():
    builder = Builder()
    a, b, c, d = (builder.input(name) for name in "abcd")
    top = builder.op("mul", a, b)
    quotient = builder.op("div", top, builder.op("div", c, d))
    product = builder.op("mul", builder.op("mul", a, d), b)
    shared = share(builder.build(quotient, product))
    values = {"a": 2, "b": 3, "c": 4, "d": 0}
    first, second = shared.outputs
    assert (outcome(shared, first, values), outcome(shared, second, values)) == ("undefined", [0])
    assert outcome(shared, first, {**values, "d": 2}) == [3]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "sub", "mul", "div"]), st.integers(0, 99), st.integers(0, 99)
    ),
    min_size=4,
    max_size=24,
)


def outcome(program, output, values):
    builder = Builder()
    place = builder.include(program, {})
    try:
        return builder.build(place[output]).balls(values, 64)
    except Undefined:
        return "undefined"


@settings(max_examples=80, deadline=None)
@given(STEPS, st.lists(st.integers(-2, 3), min_size=4, max_size=4))
def test_sharing_keeps_values_and_where_there_are_none(steps, at):
    builder = Builder()
    made = [builder.input(name) for name in "abcd"]
    for op, first, second in steps:
        made.append(builder.op(op, made[-1 - first % 6 % len(made)], made[second % len(made)]))
    program = builder.build(*made[-4:])
    shared = share(program)
    assert counted(shared) <= counted(program)
    values = dict(zip("abcd", at, strict=True))
    for before, after in zip(program.outputs, shared.outputs, strict=True):
        assert outcome(shared, after, values) == outcome(program, before, values)


def test_a_divergence_in_32_dimensions_is_lowered_to_few_steps():
    sizes = [sp.symbols(f"{name}:32", positive=True) for name in ("s", "t", "a", "b")]
    terms = [
        sp.log(t / s) + (s**2 + (a - b) ** 2) / (2 * t**2) - sp.Rational(1, 2)
        for s, t, a, b in zip(*sizes, strict=True)
    ]
    divergence = sp.Add(*terms)
    assert len(lower(divergence).instructions) < 500
