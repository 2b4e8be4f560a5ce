"""What is said of a function on [R, inf) holds at points there; rewritten integrands agree."""

from fractions import Fraction

import mpmath as mp
import pytest
from flint import acb, arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numeric_formulas import Sheet

from numeric.balls.decay import RULES, decay
from numeric.balls.general import Failure, execute, new_run, results
from numeric.balls.growth import Growth, Scale
from numeric.balls.integrands import Integrand
from numeric.balls.pieces import Known, Piece, specialise
from numeric.balls.ranges import INFINITY, Range
from numeric.balls.scales import exponential, scaled
from numeric.balls.tails import tail_bound
from numeric.balls.values import Undefined, Unresolved
from numeric.balls.writer import plain
from numeric.operations import OPS
from numeric.program import Body

F = Fraction
CONSTANT = st.fractions(-4, 4, max_denominator=3)
SMOOTH = sorted(set(RULES) - {"max", "min", "loggamma", "gamma"})
JUMPS = sorted(set(OPS) & {"sign", "floor", "max", "min", "asin", "digamma"} | set(SMOOTH))


@st.composite
def programs(draw, ops, name):
    """A random program of at most eight operations in one variable."""
    sheet = Sheet()
    items = [sheet.input(name), sheet.input(name), sheet(draw(CONSTANT))]
    for _ in range(draw(st.integers(1, 8))):
        op = draw(st.sampled_from([*ops, "add", "sub", "mul", "div", "pow", "exp"]))
        chosen = [draw(st.sampled_from(items[-5:])) for _ in range(OPS[op])]
        items.append(getattr(chosen[0], op)(*chosen[1:]))
        if draw(st.booleans()):
            items.append(sheet(draw(CONSTANT)))
    program = sheet.builder.build(items[-1].index)
    assume(name in program.inputs)
    return program


def value(program, name, point):
    """The value at a point, or None where it is not settled."""
    try:
        return arb(results(execute(program, {name: point}, new_run()), program.outputs)[0])
    except (Undefined, Unresolved):
        return None


def holds(growth, u, found):
    scale = Scale(arb(u))
    place = found / scale.at_start(growth.power, growth.logs)
    return not (place < growth.range.lower or place > growth.range.upper)


@settings(max_examples=80, deadline=None)
@given(
    programs(SMOOTH, "t"),
    st.sampled_from([3, 4, 20, 100]),
    st.sampled_from([1, -1]),
    st.sampled_from([F(1), F(101, 100), F(3), F(10**5)]),
)
def test_a_tail_says_nothing_false(program, start, power, factor):
    with ctx.workprec(400):
        try:
            rules, tail = decay(program, {}, arb(start), power)
        except Unresolved:
            return
        u = fmpq(start * factor.numerator, factor.denominator)
        step = fmpq(1, 10**40)
        near = [u, u * (1 + step), u * (1 - step)]
        found = [value(program, "t", p if power > 0 else 1 / p) for p in near]
        if any(v is None or v.rel_accuracy_bits() < 300 for v in found):
            return
        at = found[0]
        assert holds(tail.value, u, at)
        slope = (found[1] - found[2]) / (2 * step) + arb(0, 1e-20) * (1 + abs(at))
        assert holds(tail.slope, u, slope)
        if tail.rate is not None:
            assert not at.is_zero()
            assert holds(tail.rate, u, slope / at)
        if tail.cover is not None:
            size, growth = tail.cover
            most = size * (arb(u) / start) ** rules.scale.reach(growth).upper
            assert not abs(at) > most


@pytest.mark.parametrize(
    ("make", "integral"),
    [
        (lambda t: 1 / (t * t), lambda r: 1 / r),
        (lambda t: (-t).exp(), lambda r: mp.exp(-r)),
        (lambda t: (-t * t).exp() * t, lambda r: mp.exp(-r * r) / 2),
        (lambda t: t.log() / t**2, lambda r: (mp.log(r) + 1) / r),
        (lambda t: t.erfc(), lambda r: mp.exp(-r * r) / mp.sqrt(mp.pi) - r * mp.erfc(r)),
    ],
)
@pytest.mark.parametrize("start", [10, 50])
def test_a_bound_is_above_the_integral_and_not_far(make, integral, start):
    sheet = Sheet()
    program = sheet.builder.build(make(sheet.input("t")).index)
    rules, tail = decay(program, {}, arb(start), 1)
    bound = tail_bound(rules, tail)
    with mp.workdps(60):
        exact = arb(integral(mp.mpf(start)))
    assert exact < bound * (1 + arb(1e-30)) and bound < 4 * exact


@given(
    st.floats(-9, 9),
    st.floats(0, 9),
    st.floats(-9, 9),
    st.floats(0, 9),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_ranges_hold_sums_and_products(a, width, b, other, s, t):
    first, second = Range(arb(a), arb(a + width)), Range(arb(b), arb(b + other))
    x, y = arb(a) + arb(a + width - a) * arb(s), arb(b) + arb(b + other - b) * arb(t)
    x, y = x.min(first.upper), y.min(second.upper)
    for found, point in ((first + second, x + y), (first - second, x - y), (first * second, x * y)):
        assert not (point < found.lower or point > found.upper)


def test_unbounded_ranges():
    up = Range(arb(2), INFINITY)
    assert (up * up).lower == 4 and not (up * up).bounded
    assert (up - up).lower == -INFINITY
    assert up.reciprocal().ends == (arb(0), arb(1) / 2)
    assert (up * Range(arb(0), arb(0))).ends == (0, 0)
    assert Range(arb(-1), arb(1)).reciprocal().magnitude == INFINITY


def test_growth_keeps_leading_terms():
    scale = Scale(arb(10))
    u = Growth(F(1), F(0), Range(arb(1), arb(1)))
    three = Growth(F(0), F(0), Range(arb(3), arb(3)))
    moved = scale.add(u, -three)
    assert moved.power == 1 and moved.range.lower > 0.6 and moved.range.upper <= 1
    assert scale.reach(moved * moved.reciprocal()).lower > 0.6
    with pytest.raises(ValueError, match="starts at 3"):
        Scale(arb(2))


PIECES = [
    Piece(fmpq(0), 1, fmpq(1, 3), fmpq(2)),
    Piece(fmpq(0), -1, fmpq(1), None),
    Piece(fmpq(1), -1, fmpq(0), fmpq(1)),
    Piece(fmpq(-2), 1, fmpq(0), fmpq(3, 2)),
]


@settings(max_examples=80, deadline=None)
@given(
    programs(JUMPS, "x"),
    st.sampled_from(PIECES),
    st.fractions(Fraction(1, 1000), Fraction(999, 1000)),
    st.sampled_from([1e-6, 0.2, 1]),
)
def test_a_rewritten_integrand_is_the_same_function(program, piece, share, radius):
    with ctx.workprec(150):
        length = fmpq(5) if piece.upper is None else piece.upper - piece.lower
        t = piece.lower + length * fmpq(share.numerator, share.denominator)
        expected = value(program, "x", piece.offset + piece.sign * t)
        symbol, roots = specialise(Body(program, "x"), {}, piece, new_run())
        if roots or expected is None:
            return
        if isinstance(symbol, Known):
            assert not isinstance(symbol.value, Failure) or isinstance(
                symbol.value.error, Unresolved
            )
            return
        h = fmpq(1) if piece.upper is None else piece.upper
        direction = 1 if piece.upper is None else -1
        s = (arb(t) / arb(h)).log() * direction
        forms = [(plain(symbol, new_run()), arb(t), arb(1))]
        forms.append((plain(symbol, new_run(), shifted=True), arb(t), arb(1)))
        forms.append((scaled(symbol, new_run()), arb(t), arb(1)))
        forms.append((exponential(symbol, new_run(), h, direction), s, arb(t)))
        for function, place, weight in forms:
            _agrees(function, place, weight * expected, radius)


def _agrees(function: Integrand, place, expected, radius):
    try:
        found = arb(function.real(place))
    except Unresolved:
        found = expected
    assert found.overlaps(expected)
    box = function.box(acb(place) + acb(arb(0, radius), arb(0, radius)))
    assert box is None or box.overlaps(acb(expected))
