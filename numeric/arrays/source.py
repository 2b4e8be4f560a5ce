"""Write a plan as Python source: one line for each step, over block buffers.

Every name in the source is made here or checked here, and every literal is a `repr` of a float,
so that nothing of an input's own name can run.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from numeric.arrays import operations as numpy_ops
from numeric.arrays import scalars as scalar_ops
from numeric.arrays.operations import FUNCTIONS
from numeric.arrays.steps import Plan, Step, to_float
from numeric.program import Program

_OURS = frozenset(
    (
        *("np", "array", "block", "program", "run_block", "select", "matrix", "inf", "nan"),
        *numpy_ops.UFUNCS.values(),
        *("positive", "fmin"),
        *FUNCTIONS,
        *scalar_ops.NAMES,
        *("abs", "max", "min", "float", "type", "scalar", "failures"),
        *("kind", "shape", "size", "quick", "ndarray", "dtype", "empty", "bool", "shaped"),
        *("longest", "run", "RuntimeError"),
    )
)
_RESERVED = re.compile(r"(v|b|m|k|out|input_|repeat)\d+|i|__\w*")


def parameters(names: Iterable[str]) -> dict[str, str]:
    """A safe Python name for each input: its own when that is a plain identifier of no other use."""
    chosen = {}
    for number, name in enumerate(names):
        plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
        if not plain or name in _OURS or _RESERVED.fullmatch(name):
            chosen[name] = f"input_{number}"
        else:
            chosen[name] = name
    return chosen


def literal(value: float) -> str:
    """A float as an operand, in parentheses where its sign asks for them."""
    if math.isfinite(value):
        return repr(value) if value >= 0 and math.copysign(1, value) > 0 else f"({value!r})"
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "(-inf)")


def _call(step: Step, repeats: list[str]) -> str:
    if step.name == "matrix":
        op, sizes = step.extra
        return f"matrix({op!r}, ({', '.join(step.args)},), {sizes}, out={step.out})"
    if step.name == "repeat":
        repeats.append(f"repeat{len(repeats)}")
        return f"{repeats[-1]}({', '.join([*step.args, f'out={step.out}'])})"
    if step.name == "select":
        condition, taken, other, *compared = step.args
        watched = "".join(f"{name}, " for name in compared)
        return f"select({condition}, {taken}, {other}, ({watched.rstrip()}), out={step.out})"
    keyed = step.name in FUNCTIONS or step.name in ("maximum", "minimum", "fmin")
    out = f"out={step.out}" if keyed else step.out
    return f"{step.name}({', '.join(step.args)}, {out})"


def block_source(plan: Plan) -> str:
    """`def block(inputs, outputs, buffers, masks)`, which fills the outputs."""
    arguments = [
        *(name for _, name in plan.inputs),
        *(f"out{number}" for number in range(plan.outputs)),
        *(f"b{number}" for number in range(plan.buffers)),
        *(f"m{number}" for number in range(plan.masks)),
    ]
    repeats: list[str] = []
    body = [f"    {_call(step, repeats)}" for step in plan.steps]
    return "\n".join([f"def block({', '.join(arguments)}):", *body, ""])


def namespace(plan: Plan, dtype: np.dtype[Any], repeats: Iterable[Any]) -> dict[str, Any]:
    """What the source of `block` names: ufuncs, functions, constants as arrays without axes."""
    names: dict[str, Any] = {"__builtins__": {}}
    for step in plan.steps:
        if step.name not in ("repeat",):
            found = getattr(numpy_ops, step.name, None) or getattr(np, step.name)
            names[step.name] = found
    names.update((name, np.array(value, dtype)) for name, value in plan.constants)
    names.update((f"repeat{number}", each) for number, each in enumerate(repeats))
    return names


def module_source(plan: Plan, order: list[str], dtype: str) -> str:
    """A module whose function `program` runs the blocks, as text to read, keep or import."""
    ours = sorted({s.name for s in plan.steps if hasattr(numpy_ops, s.name)})
    theirs = sorted({s.name for s in plan.steps} - set(ours) - {"repeat"})
    safe = parameters(order)
    lines = [f"from numpy import {', '.join(['array', *theirs])}", ""]
    if ours:
        lines.append(f"from numeric.arrays.operations import {', '.join(ours)}")
    lines += ["from numeric.arrays.run import run_block", ""]
    for name, value in plan.constants:
        text = literal(value) if math.isfinite(value) else f'float("{value}")'
        lines.append(f'{name} = array({text}, "{dtype}")')
    lines += ["", "", block_source(plan).rstrip(), "", ""]
    lines.append(f"def program({', '.join(safe.values())}):")
    lines += [f"    # {new} is {old!a}" for old, new in safe.items() if old != new]
    given = "".join(f"{safe[old]}, " for old, _ in plan.inputs).rstrip()
    counts = f"outputs={plan.outputs}, buffers={plan.buffers}, masks={plan.masks}"
    lines.append(f'    return run_block(block, ({given}), {counts}, dtype="{dtype}")')
    return "\n".join([*lines, ""])


def scalar_source(program: Program, order: Iterable[str]) -> str | None:
    """`def scalar(inputs)` over Python floats; None when an operation has no such form.

    Where an operation is not defined the function answers None, and leaves the entry to arrays.
    """
    safe = parameters(order)
    steps = _scalar_steps(program, safe)
    if steps is None or not safe:
        return None
    lines, results = steps
    text = [
        f"def scalar({', '.join(safe.values())}):",
        "    try:",
        *(f"        {line}" for line in lines),
        f"        return {results}",
        "    except failures:",
        "        return None",
        "",
    ]
    return "\n".join(text)


SCALAR_NAMES: dict[str, Any] = {
    **scalar_ops.NAMES,
    "failures": (ValueError, OverflowError, ZeroDivisionError),
    "abs": abs,
    "max": max,
    "min": min,
    "inf": math.inf,
    "nan": math.nan,
    "__builtins__": {},
}
"""What the source of `scalar` names."""


def quick_source(plan: Plan, order: Iterable[str]) -> str:
    """`def quick(inputs)`: the answer for floats, or for arrays alike of one axis; else None."""
    safe = parameters(order)
    names = list(safe.values())
    used = [safe[old] for old, _ in plan.inputs]
    outputs = [f"out{number}" for number in range(plan.outputs)]
    made = [f"{name} = empty(shape, dtype)" for name in outputs]
    made += [f"b{number} = empty(shape, dtype)" for number in range(plan.buffers)]
    made += [f"m{number} = empty(shape, bool)" for number in range(plan.masks)]
    handed = [*used, *(line.split(" ")[0] for line in made)]
    first = names[0]
    return "\n".join(
        [
            f"def quick({', '.join(names)}):",
            f"    kind = type({first})",
            "    if kind is float:",
            *_when([f"type({name})" for name in names[1:]], "is float", 2),
            f"            return scalar({', '.join(names)})",
            "        return None",
            "    if kind is not ndarray:",
            "        return None",
            f"    shape = {first}.shape",
            *_unless([f"type({name})" for name in names[1:]], "is ndarray"),
            *_unless([f"{name}.dtype" for name in names], "is dtype"),
            *_unless([f"{name}.shape" for name in names[1:]], "== shape"),
            f"    size = {first}.size",
            "    if size == 1:",
            f"        return shaped(scalar({', '.join(f'{name}.item()' for name in names)}), shape)",
            "    if size > longest or size == 0 or len(shape) != 1:",
            "        return None",
            *(f"    {line}" for line in made),
            "    try:",
            f"        run(block, {', '.join(handed)})",
            "    except RuntimeError:",
            "        return None",
            f"    return {', '.join(outputs)}",
            "",
        ]
    )


def _when(items: list[str], test: str, depth: int) -> list[str]:
    indent = "    " * depth
    if not items:
        return [f"{indent}if True:"]
    operator = test.split(" ")[0]
    return [f"{indent}if {f' {operator} '.join(items)} {test}:"]


def _unless(items: list[str], test: str) -> list[str]:
    if not items:
        return []
    operator = test.split(" ")[0]
    return [f"    if not ({f' {operator} '.join(items)} {test}):", "        return None"]


def _scalar_steps(program: Program, safe: dict[str, str]) -> tuple[list[str], str] | None:
    """An assignment for each operation, and the expression of the outputs."""
    lines: list[str] = []
    names: list[str] = []
    for number, instruction in enumerate(program.instructions):
        op = instruction.op
        if op == "input":
            names.append(safe[instruction.name])
        elif op == "const":
            names.append(literal(to_float(instruction.number)))
        elif op in scalar_ops.CONSTANTS:
            names.append(literal(scalar_ops.CONSTANTS[op]))
        elif op in scalar_ops.EXPRESSIONS:
            text = scalar_ops.EXPRESSIONS[op].format(*(names[arg] for arg in instruction.args))
            names.append(f"v{number}")
            lines.append(f"v{number} = {text}")
        else:
            return None
    return lines, ", ".join(names[output] for output in program.outputs)
