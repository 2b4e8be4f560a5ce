"""Run a program over float64 arrays, and write it out as NumPy source.

The run interprets the instructions over whole arrays, in blocks that fit a cache when all the
inputs have one shape; no code is generated for it. Special functions come from `math`, one entry
at a time, so SciPy is not needed.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from numeric.program import Instruction, Program

Array: TypeAlias = np.ndarray[Any, Any]

BLOCK = 1 << 14
"""Entries evaluated together when all inputs share one shape: 128 KiB for each temporary."""

_DIGAMMA_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_DIGAMMA_SHIFT = 8


def _entrywise(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """Apply a scalar function to every entry; `nan` outside its domain, `inf` past its range."""

    def entry(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    vectorised = np.frompyfunc(entry, 1, 1)

    def operation(x: Any) -> Any:
        return np.asarray(vectorised(x), dtype=np.float64)

    operation.__doc__ = f"`math.{function.__name__}` of every entry."
    return operation


erf = _entrywise(math.erf)
erfc = _entrywise(math.erfc)
gamma = _entrywise(math.gamma)
_log_abs_gamma = _entrywise(math.lgamma)


def loggamma(x: Any) -> Any:
    """log Γ(x) for x > 0, and `nan` elsewhere."""
    return np.where(np.asarray(x) > 0, _log_abs_gamma(x), np.nan)


def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x)) without overflow on either side."""
    shrunk = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, shrunk) / (1.0 + shrunk)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) without overflow on either side."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def digamma(x: Any) -> Any:
    """ψ(x) by recurrence to x >= 8 and the asymptotic series, with reflection below 1/2.

    Abramowitz and Stegun, 6.3.5, 6.3.7 and 6.3.18. `nan` at the poles 0, -1, -2, ...
    """
    x = np.asarray(x, dtype=np.float64)
    reflect = x < 0.5
    y = np.where(reflect, 1.0 - x, x)
    total = np.zeros_like(y)
    for _ in range(_DIGAMMA_SHIFT):
        small = y < _DIGAMMA_SHIFT
        total -= np.where(small, 1.0 / y, 0.0)
        y = np.where(small, y + 1.0, y)
    square = 1.0 / (y * y)
    series = np.zeros_like(y)
    for coefficient in reversed(_DIGAMMA_SERIES):
        series = square * (coefficient + series)
    total += np.log(y) - 0.5 / y - series
    offset = x - np.rint(x)
    total -= np.where(reflect, np.pi / np.tan(np.pi * offset), 0.0)
    return np.where(reflect & (offset == 0.0), np.nan, total)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "erf": erf,
    "erfc": erfc,
    "gamma": gamma,
    "loggamma": loggamma,
    "digamma": digamma,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "max": np.maximum,
    "min": np.minimum,
    "pi": lambda: np.float64(np.pi),
}

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
_LOCAL = ("erf", "erfc", "gamma", "loggamma", "digamma", "sigmoid", "softplus")


def _to_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _read(program: Program, arrays: Mapping[str, Any]) -> dict[str, Array]:
    missing = [name for name in program.inputs if name not in arrays]
    if missing:
        raise ValueError(f"no array was given for the input {', '.join(map(repr, missing))}")
    read = {}
    for name in program.inputs:
        array = np.asarray(arrays[name])
        if array.dtype.kind not in "biufO":
            raise TypeError(f"input {name!r} has dtype {array.dtype}; real numbers are needed")
        read[name] = array.astype(np.float64)
    return read


def _last_uses(program: Program) -> list[int]:
    """For each instruction the index of the last one that reads it; outputs are kept."""
    last = list(range(len(program.instructions)))
    for index, instruction in enumerate(program.instructions):
        for arg in instruction.args:
            last[arg] = index
    for output in program.outputs:
        last[output] = len(last)
    return last


def _run(program: Program, inputs: Mapping[str, Array], last: list[int]) -> list[Any]:
    registers: list[Any] = []
    for index, instruction in enumerate(program.instructions):
        if instruction.op == "const":
            value: Any = np.float64(_to_float(instruction.number))
        elif instruction.op == "input":
            value = inputs[instruction.name]
        else:
            value = FUNCTIONS[instruction.op](*(registers[arg] for arg in instruction.args))
            for arg in instruction.args:
                if last[arg] == index:
                    registers[arg] = None
        registers.append(value)
    return [registers[output] for output in program.outputs]


def _run_blocked(
    program: Program, inputs: Mapping[str, Array], shape: tuple[int, ...]
) -> list[Any]:
    last = _last_uses(program)
    size = math.prod(shape)
    if size <= BLOCK or any(array.shape != shape for array in inputs.values()):
        return _run(program, inputs, last)
    flat = {name: array.reshape(-1) for name, array in inputs.items()}
    results = [np.empty(size) for _ in program.outputs]
    for begin in range(0, size, BLOCK):
        part = slice(begin, begin + BLOCK)
        block = {name: array[part] for name, array in flat.items()}
        for result, value in zip(results, _run(program, block, last), strict=True):
            result[part] = value
    return [result.reshape(shape) for result in results]


def evaluate(program: Program, arrays: Mapping[str, Any]) -> Array | tuple[Array, ...]:
    """The outputs as float64 arrays of the shape that the program's inputs broadcast to.

    Raises ValueError when an input is missing or the shapes do not broadcast, TypeError when an
    input is complex or not numeric.
    """
    inputs = _read(program, arrays)
    shape = np.broadcast_shapes(*(array.shape for array in inputs.values()))
    with np.errstate(all="ignore"):
        results = _run_blocked(program, inputs, shape)
    outputs = tuple(np.array(np.broadcast_to(result, shape)) for result in results)
    return outputs[0] if len(outputs) == 1 else outputs


def _parameters(program: Program) -> dict[str, str]:
    """A safe Python parameter for each input: its own name when that is a plain identifier."""
    taken = {"np", "program", *_LOCAL}
    names = {}
    for number, name in enumerate(program.inputs):
        plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
        if not plain or name in taken or re.fullmatch(r"v\d+|input_\d+|__\w*", name):
            names[name] = f"input_{number}"
        else:
            names[name] = name
    return names


def _literal(value: Fraction) -> str:
    """An operand that binds tighter than any infix operation around it."""
    if value.denominator != 1 and max(abs(value.numerator), value.denominator) < 10**6:
        return f"({value.numerator} / {value.denominator})"
    number = _to_float(value)
    text = repr(number) if math.isfinite(number) else f"{math.copysign(1, number):.0f} * np.inf"
    return text if number >= 0 and math.isfinite(number) else f"({text})"


def _right_hand_side(instruction: Instruction, names: list[str]) -> str:
    arguments = [names[arg] for arg in instruction.args]
    op = instruction.op
    if op in _INFIX:
        if not any(argument.isidentifier() for argument in arguments):
            arguments[0] = f"np.float64({arguments[0]})"
        return f" {_INFIX[op]} ".join(arguments)
    if op == "neg":
        return f"-{arguments[0]}"
    if op == "pi":
        return "np.float64(np.pi)"
    prefix = "" if op in _LOCAL else "np."
    function = op if op in _LOCAL else FUNCTIONS[op].__name__
    return f"{prefix}{function}({', '.join(arguments)})"


def source(program: Program) -> str:
    """A Python module, as text, whose function `program` computes the same as `evaluate`.

    An input whose name is not a plain identifier is called `input_0`, `input_1`, ... and its own
    name stands in a comment.

    >>> from sympy.abc import x
    >>> print(source(Program.from_sympy(x**2 / 2)), end="")
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def program(x):
        v0 = x ** 2.0
        v1 = v0 / 2.0
        return v1
    """
    parameters = _parameters(program)
    lines = [f"def program({', '.join(parameters.values())}):"]
    lines += [f"    # {new} is {old!a}" for old, new in parameters.items() if old != new]
    names: list[str] = []
    fresh_names = (f"v{number}" for number in count())
    for instruction in program.instructions:
        if instruction.op == "input":
            names.append(parameters[instruction.name])
            continue
        if instruction.op == "const":
            names.append(_literal(instruction.number))
            continue
        names.append(next(fresh_names))
        lines.append(f"    {names[-1]} = {_right_hand_side(instruction, names)}")
    lines.append(f"    return {', '.join(names[output] for output in program.outputs)}")
    used = sorted({i.op for i in program.instructions} & set(_LOCAL))
    imports = ["import numpy as np"]
    if used:
        imports += ["", f"from numeric.numpy_backend import {', '.join(used)}"]
    return "\n".join([*imports, "", "", *lines, ""])
