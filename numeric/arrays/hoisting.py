"""Split a program into what depends on its parameters alone, and the rest.

>>> from sympy.abc import x, y
>>> before, main, names = hoist(Program.from_sympy(x * (1 + y)), frozenset(["y"]))
>>> before.balls({"y": 2}), main.inputs, names
([3], ('x', '#0'), ['#0'])
"""

from __future__ import annotations

from numeric.builder import Builder
from numeric.operations import TRUTHS
from numeric.program import Instruction, Program

Parts = tuple[Program | None, Program, list[str]]


def hoist(program: Program, fixed: frozenset[str]) -> Parts:
    """What depends on the inputs `fixed` alone, the program without it, and the names between.

    The second program reads the outputs of the first as inputs of those names. The first is None
    when there is nothing to compute before.
    """
    between = _between(program, _alone(program, fixed)) if fixed else []
    if not between:
        return None, program, []
    before, main = Builder(), Builder()
    place = before.include(program, {})
    names = {index: f"#{number}" for number, index in enumerate(between)}
    new: list[int] = []
    for index, instruction in enumerate(program.instructions):
        if index in names:
            new.append(main.input(names[index]))
        else:
            args = tuple(new[arg] for arg in instruction.args)
            new.append(main.emit(Instruction(instruction.op, args, instruction.value)))
    first = before.build(*(place[index] for index in between))
    second = main.build(*(new[output] for output in program.outputs))
    return first, second, list(names.values())


def _alone(program: Program, fixed: frozenset[str]) -> list[bool]:
    """For each instruction whether it depends on no other input than the fixed ones."""
    alone: list[bool] = []
    for instruction in program.instructions:
        if instruction.op == "input":
            alone.append(instruction.name in fixed)
        else:
            alone.append(all(alone[arg] for arg in instruction.args))
    return alone


def _between(program: Program, alone: list[bool]) -> list[int]:
    """The numbers, neither inputs nor constants, that the rest of the program reads or returns."""
    wanted: dict[int, None] = {}
    for index, instruction in enumerate(program.instructions):
        if not alone[index]:
            wanted.update((arg, None) for arg in instruction.args if alone[arg])
    wanted.update((output, None) for output in program.outputs if alone[output])
    steps = program.instructions
    return [i for i in wanted if steps[i].args and steps[i].op not in TRUTHS]
