"""Run a program in exact rationals and Arb balls, and compare two expressions at a point.

Every result encloses the true real value, so two balls that do not touch settle an order. This
refutes and never proves: one point says nothing of the others. The working precision lives in
`flint.ctx`, which is shared by the whole process; it is restored after each call.

>>> from numeric.builder import Builder
>>> b = Builder()
>>> half = b.const(Fraction(1, 2))
>>> program = b.build(b.op("sqrt", b.op("mul", half, half)), b.op("exp", b.op("neg", half)))
>>> [format_ball(value) for value in run(program, {}, 64)]
['1/2', '0.606530659713']
>>> compare(program, {})
-1
>>> run(b.build(b.op("log", b.const(-3))), {}, 64)
Traceback (most recent call last):
numeric.balls.values.Undefined: log of -3 is not defined over the reals
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flint import arb, ctx, fmpq, fmpz

from numeric.balls.general import execute, results
from numeric.balls.values import Undefined, Unresolved, Value, describe, order, settle
from numeric.program import Program

__all__ = [
    "Undefined",
    "Unresolved",
    "compare",
    "ends",
    "format_ball",
    "interval",
    "run",
    "to_ball",
]

_MIN_INTERVAL_BITS = 128
MAX_EXPONENT = 20_000


def _exact(value: Fraction | int | fmpq | arb) -> Value:
    """The value as an fmpq, or as the ball it is. Raises TypeError on anything else."""
    if isinstance(value, fmpq | arb):
        return value
    if isinstance(value, fmpz):
        return fmpq(value)
    if isinstance(value, int | Fraction):
        return fmpq(value.numerator, value.denominator)
    kind = type(value).__name__
    raise TypeError(f"a value must be an int, Fraction, fmpq or arb, not the {kind} {value!r}")


def _read_inputs(
    program: Program, values: Mapping[str, Fraction | int | fmpq | arb]
) -> list[Value]:
    missing = [name for name in program.inputs if name not in values]
    if missing:
        raise ValueError(f"no value was given for the input {', '.join(map(repr, missing))}")
    return [settle(f"input {name}", _exact(values[name])) for name in program.inputs]


def run(
    program: Program, values: Mapping[str, Fraction | int | fmpq | arb], precision: int
) -> list[Value]:
    """The outputs at a point, each an exact `fmpq` or an enclosing `arb`; a truth is 1 or 0.

    `precision` is in bits. Raises `Undefined` or `Unresolved` at the first operation that is not
    defined or not decided, ValueError when an input has no value, TypeError on a float.
    """
    if precision < 2:
        raise ValueError(f"the precision must be at least 2 bits, not {precision}")
    with ctx.workprec(precision):
        inputs = dict(zip(program.inputs, _read_inputs(program, values), strict=True))
        return results(execute(program, inputs, None), program.outputs)


def compare(
    program: Program,
    values: Mapping[str, Fraction | int | fmpq | arb],
    *,
    start: int = 64,
    limit: int = 4096,
) -> int | None:
    """Order the two outputs a, b of a program: -1 when a < b, 1 when a > b, both certain.

    0 is returned only when both are exact rationals and equal. While the balls overlap or are
    unresolved the precision doubles, from `start` bits up to `limit`; then the answer is None.
    Raises `Undefined` when either side certainly has no value here.
    """
    if len(program.outputs) != 2:
        raise ValueError(f"compare needs two outputs, and the program has {len(program.outputs)}")
    precision = start
    while precision <= limit:
        try:
            left, right = run(program, values, precision)
        except Unresolved:
            pass
        else:
            with ctx.workprec(precision):
                verdict = order(left, right)
            if verdict is not None:
                return verdict
        precision *= 2
    return None


def to_ball(x: Fraction | int | fmpq | arb) -> arb:
    """The value as a ball, at the working precision of `flint.ctx`."""
    return arb(_exact(x))


def format_ball(x: Fraction | int | fmpq | arb, digits: int = 12) -> str:
    """A decimal of at most `digits` significant digits, or an exact rational such as `3/4`.

    Only digits that the ball settles are shown; a ball with none keeps its radius. A rational
    longer than about 38 digits is shown as a decimal.

    >>> format_ball(Fraction(3, 4)), format_ball(arb(2).sqrt(), 5), format_ball(arb(0, 1))
    ('3/4', '1.4142', '[+/- 1.01]')
    """
    return describe(_exact(x), digits)


def ends(x: fmpq | arb) -> tuple[Fraction, Fraction]:
    """The exact ends of an enclosure; both are the number itself when it is rational.

    Raises Unresolved for a number beyond 2**20000 or closer to 0 than 2**-20000.

    >>> ends(fmpq(3, 4)), ends(arb(1) / 2)
    ((Fraction(3, 4), Fraction(3, 4)), (Fraction(1, 2), Fraction(1, 2)))
    """
    if isinstance(x, fmpq):
        exact = Fraction(int(x.p), int(x.q))
        return exact, exact
    if not x.is_finite():
        raise Unresolved("an enclosure is not finite")
    middle, radius = (_dyadic(*part.man_exp()) for part in (x.mid(), x.rad()))
    return middle - radius, middle + radius


def _dyadic(mantissa: fmpz, exponent: fmpz) -> Fraction:
    """``mantissa * 2**exponent``. Raises Unresolved when it is too large or too small to write."""
    if abs(int(exponent)) > MAX_EXPONENT:
        raise Unresolved("an enclosure is too large or too small to be written out")
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def interval(low: Fraction, high: Fraction) -> arb:
    """A ball that contains every point of [low, high]. Raises ValueError when low > high.

    >>> ball = interval(Fraction(1, 3), Fraction(2, 3))
    >>> ball.contains(fmpq(1, 3)), ball.contains(fmpq(2, 3)), ball.contains(fmpq(7, 10))
    (True, True, False)
    """
    if low > high:
        raise ValueError(f"the interval [{low}, {high}] is empty")
    with ctx.workprec(max(int(ctx.prec), _MIN_INTERVAL_BITS)):
        return to_ball(low).union(to_ball(high))
