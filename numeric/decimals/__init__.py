"""Run a program in mpmath: a second opinion, written without Arb, on the decimals of the balls.

Rounding is not tracked, so nothing here decides anything. An output with no real value at the
point is `nan`; so is one too large to compute. See `decimals.operations`, `decimals.binders` and
`decimals.matrices` for the operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath

from numeric.decimals import binders as mpmath_binders
from numeric.decimals import matrices as mpmath_matrix
from numeric.decimals.operations import OPERATIONS, NoValue, Real, need
from numeric.operations import BINDERS, MATRIX_OPS
from numeric.program import Instruction, Program

_GUARD_DIGITS = 15

_NO_VALUE = (NoValue, ZeroDivisionError, mpmath.libmp.ComplexResult, mpmath.libmp.NoConvergence)


def _convert(name: str, value: Any) -> Real:
    if isinstance(value, Fraction | int):
        return mpmath.mpf(value.numerator) / value.denominator
    if isinstance(value, mpmath.mpf):
        return value if mpmath.isfinite(value) else mpmath.nan
    raise TypeError(f"input {name!r} must be an int, a Fraction or an mpf, not {value!r}")


def _undefined(value: Real) -> bool:
    return not isinstance(value, bool) and bool(mpmath.isnan(value))


def _bind(instruction: Instruction, registers: Sequence[Real]) -> Real:
    """A sum, a product or an integral. Raises `NoValue` where its body has no value."""
    body = instruction.body
    lower, upper = (
        infinite if index is None else registers[index]
        for index, infinite in zip(instruction.bounds(), (mpmath.ninf, mpmath.inf), strict=True)
    )
    captured = {name: registers[index] for name, index in instruction.captured().items()}

    def function(x: Real) -> Real:
        value = _run(body.program, {**captured, body.variable: x})[0]
        need(not _undefined(value))
        return value

    if instruction.op == "sum":
        return mpmath_binders.total(function, lower, upper)
    if instruction.op == "prod":
        return mpmath_binders.product(function, lower, upper)
    constants = [_convert("const", i.number) for i in body.program.instructions if i.op == "const"]
    return mpmath_binders.integral(function, lower, upper, [*captured.values(), *constants])


def _step(instruction: Instruction, registers: Sequence[Real]) -> Real:
    """One instruction other than a constant or an input. Raises `NoValue` when undefined."""
    op = instruction.op
    arguments = [registers[arg] for arg in instruction.args]
    if op == "select":
        test, holds, fails = arguments
        need(not _undefined(test))
        return holds if test else fails
    need(not any(_undefined(argument) for argument in arguments))
    if op in BINDERS:
        return _bind(instruction, registers)
    if op in MATRIX_OPS:
        return mpmath_matrix.apply(op, instruction.sizes, arguments)
    return OPERATIONS[op](*arguments)


def _run(program: Program, values: Mapping[str, Real]) -> list[Real]:
    """The outputs at the working precision of `mpmath.mp`."""
    registers: list[Real] = []
    for instruction in program.instructions:
        if instruction.op == "const":
            registers.append(_convert("const", instruction.number))
        elif instruction.op == "input":
            registers.append(values[instruction.name])
        else:
            try:
                registers.append(_step(instruction, registers))
            except _NO_VALUE:
                registers.append(mpmath.nan)
    return [registers[output] for output in program.outputs]


def evaluate(program: Program, values: Mapping[str, Any], digits: int = 50) -> list[Any]:
    """The outputs as mpf (as bool, for a truth value), computed with guard digits beyond `digits`.

    Values are ints, Fractions or mpf. Raises ValueError when an input has no value.

    >>> from sympy.abc import x
    >>> print(mpmath.nstr(Program.from_sympy(1 / x).mpmath({"x": 3}, 30)[0], 30))
    0.333333333333333333333333333333
    """
    missing = [name for name in program.inputs if name not in values]
    if missing:
        raise ValueError(f"no value was given for the input {', '.join(map(repr, missing))}")
    with mpmath.workdps(digits + _GUARD_DIGITS):
        return _run(program, {name: _convert(name, values[name]) for name in program.inputs})
