"""The part of a program that an integral repeats."""

from __future__ import annotations

from numeric.builder import Builder
from numeric.program import Instruction, Program


def cut(b: Builder, inside: int, name: str) -> tuple[Program, dict[str, int]]:
    """The part of a register's program that depends on a name, and what it reads of the rest."""
    needed = {inside}
    for index in range(inside, -1, -1):
        if index in needed:
            needed.update(b[index].args)
    depends, place = set[int](), dict[int, int]()
    body = Builder()
    for index in sorted(needed):
        step = b[index]
        own = step.op == "input" and step.name == name
        if own or any(a in depends for a in step.args):
            depends.add(index)
    for index in sorted(needed):
        step = b[index]
        if index in depends:
            args = tuple(place[a] for a in step.args)
            place[index] = body.emit(Instruction(step.op, args, step.value))
        elif step.op == "const":
            place[index] = body.const(step.number)
        else:
            place[index] = body.input(f"c{index}")
    program = body.build(place[inside])
    captured = {n: int(n[1:]) for n in program.inputs if n != name}
    return program, captured
