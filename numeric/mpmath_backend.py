"""Run a program in mpmath: a second opinion, written without Arb, on the decimals of the balls.

Rounding is not tracked, so nothing here decides anything. An output with no real value at the
point is `nan`; so is one too large to compute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath

from numeric.program import Program

Real: TypeAlias = Any  # mpmath has no types; every value here is an mpmath.mpf

_GUARD_DIGITS = 15
_MAX_MAGNITUDE = 256
"""Past 2**256 in size the argument of a transcendental function is not attempted."""


class _NoValue(ArithmeticError):
    """There is no real value, or it is too large to compute."""


def _need(condition: bool) -> None:
    if not condition:
        raise _NoValue


def _modest(x: Real) -> Real:
    _need(x == 0 or mpmath.mag(x) <= _MAX_MAGNITUDE)
    return x


def _div(a: Real, b: Real) -> Real:
    _need(b != 0)
    return a / b


def _pow(a: Real, b: Real) -> Real:
    if a == 0:
        _need(b > 0)
        return mpmath.mpf(0)
    _need(a > 0 or mpmath.isint(b))
    _modest(b * mpmath.log(abs(a)))
    if mpmath.isint(b) and abs(b) < 2**20:
        return a ** int(b)
    size = mpmath.exp(b * mpmath.log(abs(a)))
    return -size if a < 0 and mpmath.fmod(b, 2) == 1 else size


def _log(a: Real) -> Real:
    _need(a > 0)
    return mpmath.log(a)


def _sqrt(a: Real) -> Real:
    _need(a >= 0)
    return mpmath.sqrt(a)


def _arc(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    def operation(a: Real) -> Real:
        _need(abs(a) <= 1)
        return function(a)

    return operation


def _smooth(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    return lambda a: function(_modest(a))


def _gamma_like(function: Callable[[Real], Real]) -> Callable[[Real], Real]:
    def operation(a: Real) -> Real:
        _need(a > 0 or not mpmath.isint(a))
        return function(_modest(a))

    return operation


def _loggamma(a: Real) -> Real:
    _need(a > 0)
    return mpmath.loggamma(_modest(a))


def _sigmoid(a: Real) -> Real:
    return 1 / (1 + mpmath.exp(-_modest(a)))


def _softplus(a: Real) -> Real:
    return max(a, mpmath.mpf(0)) + mpmath.log1p(mpmath.exp(-abs(_modest(a))))


_OPERATIONS: dict[str, Callable[..., Real]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _div,
    "neg": lambda a: -a,
    "pow": _pow,
    "exp": _smooth(mpmath.exp),
    "log": _log,
    "sqrt": _sqrt,
    "sin": _smooth(mpmath.sin),
    "cos": _smooth(mpmath.cos),
    "tan": _smooth(mpmath.tan),
    "asin": _arc(mpmath.asin),
    "acos": _arc(mpmath.acos),
    "atan": _smooth(mpmath.atan),
    "sinh": _smooth(mpmath.sinh),
    "cosh": _smooth(mpmath.cosh),
    "tanh": _smooth(mpmath.tanh),
    "abs": abs,
    "sign": mpmath.sign,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "erf": _smooth(mpmath.erf),
    "erfc": _smooth(mpmath.erfc),
    "gamma": _gamma_like(mpmath.gamma),
    "loggamma": _loggamma,
    "digamma": _gamma_like(mpmath.digamma),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "max": max,
    "min": min,
    "pi": lambda: +mpmath.pi,
}


def _convert(name: str, value: Any) -> Real:
    if isinstance(value, Fraction | int):
        return mpmath.mpf(value.numerator) / value.denominator
    if isinstance(value, mpmath.mpf):
        return value
    raise TypeError(f"input {name!r} must be an int, a Fraction or an mpf, not {value!r}")


def _step(op: str, arguments: list[Real]) -> Real:
    if any(mpmath.isnan(argument) for argument in arguments):
        return mpmath.nan
    try:
        return _OPERATIONS[op](*arguments)
    except _NoValue:
        return mpmath.nan


def evaluate(program: Program, values: Mapping[str, Any], digits: int = 50) -> list[Any]:
    """The outputs as mpf, computed with a few guard digits beyond `digits`.

    Values are ints, Fractions or mpf. Raises ValueError when an input has no value.

    >>> from sympy.abc import x
    >>> print(mpmath.nstr(Program.from_sympy(1 / x).mpmath({"x": 3}, 30)[0], 30))
    0.333333333333333333333333333333
    """
    missing = [name for name in program.inputs if name not in values]
    if missing:
        raise ValueError(f"no value was given for the input {', '.join(map(repr, missing))}")
    registers: list[Real] = []
    with mpmath.workdps(digits + _GUARD_DIGITS):
        for instruction in program.instructions:
            if instruction.op == "const":
                registers.append(_convert("const", instruction.number))
            elif instruction.op == "input":
                registers.append(_convert(instruction.name, values[instruction.name]))
            else:
                arguments = [registers[arg] for arg in instruction.args]
                registers.append(_step(instruction.op, arguments))
    return [registers[output] for output in program.outputs]
