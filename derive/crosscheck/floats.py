"""Programs in float64 for many instances at once, with integrals by quadrature.

A quadrature rule looks at places where a density underflows and its factor overflows, and finds no value
there. For the moderate numbers of an instance such a density is 0 long before. So an integral to infinity
is cut off far out, and what has not died out by then is found to differ, and looked at with more care.
Before that an integral is a sum at fixed places, close to each other in a variable in which smooth
functions die out fast (Takahasi and Mori 1974); two such sums have to agree. One integral inside another
is nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from derive.crosscheck.sheet import Values, has_integral, is_nested
from numeric.builder import Builder
from numeric.program import Body, Instruction, Program

REACH: Final = Fraction(57, 10)
"""How far out an integral goes: to sinh(5.7), which is 149.4."""

FLOOR: Final = Fraction(1, 1000)
"""Added to every integrand, since `numeric` finds no error estimate for the integral of 0."""

NODES: Final = (300, 200)
CLOSE: Final = 1e-7


def in_floats(program: Program, many: Sequence[Values]) -> list[Any]:
    """The outputs of a program at many instances at once, in float64; ``nan`` where there is none.

    Quadrature is left for where the sums do not agree, and has no part in nested integrals.
    """
    import numpy as np

    if not has_integral(program):
        return _run(program, many)
    fine, rough = (_run(_summed_once(program, nodes), many) for nodes in NODES)
    with np.errstate(all="ignore"):
        found = [
            np.where(np.abs(a - b) <= CLOSE * (1 + np.abs(a)), a, np.nan)
            for a, b in zip(fine, rough, strict=True)
        ]
    if is_nested(program) or all(np.isfinite(column).all() for column in found):
        return found
    slow = _run(_shortened_once(program), many)
    return [np.where(np.isfinite(a), a, b) for a, b in zip(found, slow, strict=True)]


def _run(program: Program, many: Sequence[Values]) -> list[Any]:
    import numpy as np

    columns = {n: np.array([float(v[n]) for v in many], dtype=np.float64) for n in program.inputs}
    out = program.numpy(**columns)
    rows = out if isinstance(out, tuple) else (out,)
    return [np.broadcast_to(np.asarray(row), (len(many),)) for row in rows]


@lru_cache(maxsize=64)
def _summed_once(program: Program, nodes: int) -> Program:
    return summed(program, nodes)


@lru_cache(maxsize=64)
def _shortened_once(program: Program) -> Program:
    return shortened(program)


def shortened(program: Program) -> Program:
    """The program with its integrals between finite ends.

    >>> b = Builder()
    >>> x, a = b.input("x"), b.input("a")
    >>> square = b.op("mul", x, x)
    >>> body = b.build(b.op("mul", b.op("mul", a, square), b.op("exp", b.op("neg", square))))
    >>> outer = Builder()
    >>> given = {"a": outer.input("a")}
    >>> moment = outer.bind("integral", None, None, body=body, variable="x", captured=given)
    >>> plain = outer.build(moment)
    >>> [str(float(p.numpy(a=1.0)))[:6] for p in (plain, shortened(plain), summed(plain, 200))]
    ['0.8862', '0.8862', '0.8862']
    """
    builder, place = Builder(), list[int]()
    for step in program.instructions:
        args = tuple(place[a] for a in step.args)
        if step.op == "integral":
            place.append(_shortened(builder, step.body, args))
        else:
            place.append(builder.emit(Instruction(step.op, args, step.value)))
    return builder.build(*(place[o] for o in program.outputs))


def _parts(body: Body, args: tuple[int, ...]) -> tuple[int | None, int | None, dict[str, int]]:
    """The ends of an integral, and what its body captures."""
    given = iter(args)
    low, high = (next(given) if known else None for known in body.bounds)
    return low, high, dict(zip(body.captured, given, strict=True))


def _shortened(b: Builder, body: Body, args: tuple[int, ...]) -> int:
    low, high, captured = _parts(body, args)
    inner = body.program
    if low is None or high is None:
        low = b.const(-REACH) if low is None else _stretched(b, low)
        high = b.const(REACH) if high is None else _stretched(b, high)
        inner = _within(inner, body.variable)
    raised = Builder()
    value = raised.include(inner, {})[inner.outputs[0]]
    inner = raised.build(raised.op("add", value, raised.const(FLOOR)))
    out = b.bind("integral", low, high, body=inner, variable=body.variable, captured=captured)
    return b.op("sub", out, b.op("mul", b.const(FLOOR), b.op("sub", high, low)))


def _within(program: Program, variable: str) -> Program:
    """The integrand in terms of u where the variable is sinh u."""
    b = Builder()
    u = b.input(variable)
    value = b.include(program, {variable: b.op("sinh", u)})[program.outputs[0]]
    return b.build(b.op("mul", value, b.op("cosh", u)))


def _stretched(b: Builder, end: int) -> int:
    """The u of an end: its inverse hyperbolic sine."""
    size = b.op("abs", end)
    root = b.op("sqrt", b.op("add", b.op("mul", end, end), b.const(1)))
    return b.op("mul", b.op("sign", end), b.op("log", b.op("add", size, root)))


def summed(program: Program, nodes: int) -> Program:
    """The program with a sum at ``nodes`` places in place of every integral."""
    builder, place = Builder(), list[int]()
    for step in program.instructions:
        args = tuple(place[a] for a in step.args)
        if step.op == "integral":
            place.append(_summed(builder, step.body, args, nodes))
        else:
            place.append(builder.emit(Instruction(step.op, args, step.value)))
    return builder.build(*(place[o] for o in program.outputs))


RANGES: Final = {
    (False, False): (-REACH, REACH),
    (True, True): (Fraction(-16, 5), Fraction(16, 5)),
    (True, False): (Fraction(-4), Fraction(9, 5)),
    (False, True): (Fraction(-4), Fraction(9, 5)),
}
"""Where the new variable runs, by which ends are finite."""


def _summed(b: Builder, body: Body, args: tuple[int, ...], nodes: int) -> int:
    low, high, captured = _parts(body, args)
    first, last = RANGES[body.bounds]
    width = (last - first) / nodes
    inner, c = summed(body.program, nodes), Builder()
    t = c.op("add", c.const(first), c.op("mul", c.const(width), c.input("k")))
    ends = [c.input(name) for name, end in (("low", low), ("high", high)) if end is not None]
    point, slope = _mapped(c, t, ends, body.bounds)
    names = {name: f"c {name}" for name in body.captured}
    given = {name: c.input(new) for name, new in names.items()}
    value = c.include(inner, {**given, body.variable: point})[inner.outputs[0]]
    term = c.build(c.op("mul", value, c.op("mul", slope, c.const(width))))
    outside = {names[n]: register for n, register in captured.items()}
    outside |= {n: end for n, end in (("low", low), ("high", high)) if end is not None}
    return b.bind("sum", b.const(0), b.const(nodes), body=term, variable="k", captured=outside)


def _mapped(c: Builder, t: int, ends: list[int], finite: tuple[bool, bool]) -> tuple[int, int]:
    """The variable of an integral as a function of t, and its slope."""
    if finite == (False, False):
        return c.op("sinh", t), c.op("cosh", t)
    half = c.op("div", c.op("pi"), c.const(2))
    inside, rate = c.op("mul", half, c.op("sinh", t)), c.op("mul", half, c.op("cosh", t))
    if finite != (True, True):
        far = c.op("exp", inside)
        sign = "add" if finite[0] else "sub"
        return c.op(sign, ends[0], far), c.op("mul", far, rate)
    radius = c.op("div", c.op("sub", ends[1], ends[0]), c.const(2))
    middle = c.op("div", c.op("add", ends[1], ends[0]), c.const(2))
    near = c.op("cosh", inside)
    slope = c.op("mul", radius, c.op("div", rate, c.op("mul", near, near)))
    return c.op("add", middle, c.op("mul", radius, c.op("tanh", inside))), slope
