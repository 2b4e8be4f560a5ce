"""What a sweep must know of a program: what depends on which name, and what has jumps.

Of the inputs that are differentiated by, the *active* results depend on some; a result is *flat*
when it moves in jumps only, as floor(x) does.
"""

from __future__ import annotations

from collections.abc import Sequence

from numeric.builder import Builder
from numeric.gradients.derivatives import Algebra
from numeric.operations import BINDERS, COMPARISONS, LOGIC, TRUTHS
from numeric.program import Instruction, Program

STEPS = ("sign", "floor", "ceil")
"""The operations from a number to a number that move in jumps only."""

_JUMPING = frozenset((*STEPS, *COMPARISONS, "select"))


def has_equal_branches(instruction: Instruction) -> bool:
    """Whether this is `select(t, a, a)`, whose value does not depend on t."""
    return instruction.op == "select" and instruction.args[1] == instruction.args[2]


class Tape:
    """A program in a builder of its own, ready to be differentiated by `names`.

    `place` holds the index in the builder of each instruction of the program; `depends`, for each
    of those indices, a bit for each name that the result depends on; `reads`, those of the bits
    that it reads whichever branches are taken, conditions apart; `cover` the older results that
    are defined wherever a newer one is, beyond what it reads.
    """

    def __init__(self, program: Program, names: Sequence[str]) -> None:
        self.builder = Builder(limit=200_000 + 50 * len(program.instructions))
        self.algebra = Algebra(self.builder)
        self.place = self.builder.include(program, {})
        self.outputs = tuple(self.place[output] for output in program.outputs)
        self.inputs = {name: self.builder.input(name) for name in names if name in program.inputs}
        self.bits = {name: 1 << k for k, name in enumerate(names)}
        self.names = tuple(names)
        self.depends: dict[int, int] = {}
        self.reads: dict[int, int] = {}
        self.cover: dict[int, int] = {}
        self._flat: set[int] = set()
        self.steps = sorted(set(self.place))
        for index in self.steps:
            self._read(index)

    def _read(self, index: int) -> None:
        instruction = self.builder[index]
        depends = reads = 0
        for arg in instruction.args:
            depends |= self.depends[arg]
            reads |= self.reads[arg]
        if instruction.op == "input":
            depends = reads = self.bits.get(instruction.name, 0)
        elif instruction.op == "select":
            reads = self.reads[instruction.args[1]] & self.reads[instruction.args[2]]
        self.depends[index], self.reads[index] = depends, reads
        moves = instruction.op == "input" or any(arg not in self._flat for arg in instruction.args)
        if not depends or not moves or instruction.op in (*STEPS, *TRUTHS):
            self._flat.add(index)

    def active(self, index: int) -> bool:
        """Whether the result depends on a name that is differentiated by."""
        return self.depends[index] != 0

    def flat(self, index: int) -> bool:
        """Whether the result moves in jumps only, or not at all."""
        return index in self._flat

    def flows(self, instruction: Instruction) -> list[int]:
        """The arguments by which the result has a derivative: all but the condition of a select."""
        args = instruction.args[1:] if instruction.op == "select" else instruction.args
        return [arg for arg in args if self.active(arg)]

    def only_tested(self, instruction: Instruction) -> list[int]:
        """The inputs that the condition of a select depends on, and perhaps no branch reads."""
        test, holds, fails = instruction.args
        bits = self.depends[test] & ~(self.reads[holds] | self.reads[fails])
        return [index for name, index in self.inputs.items() if bits & self.bits[name]]

    def captured(self, instruction: Instruction) -> dict[str, int]:
        """Of a binder, the names of the body that stand for an active result."""
        used = instruction.body.program.inputs
        supplied = instruction.captured().items()
        return {name: index for name, index in supplied if name in used and self.active(index)}

    def moving_jump(self, variable: str) -> str | None:
        """An operation that jumps at a place of `variable` that moves with another name, or None.

        The comparison in `select(t, a, a)` does not count, and neither does logic on others.
        """
        moot = self._moot()
        bit = self.bits[variable]
        for index in self.steps:
            if index in moot:
                continue
            instruction = self.builder[index]
            op, depends = instruction.op, self.depends[index]
            jumps = op in (*STEPS, *COMPARISONS)
            if op in BINDERS:
                jumps = _jumps_inside(instruction.body.program)
            if jumps and depends & bit and depends & ~bit:
                return op
        return None

    def _moot(self) -> set[int]:
        """The comparisons that are only read as the condition of a select of equal branches."""
        moot: set[int] = set()
        used: set[int] = set()
        for index in self.steps:
            instruction = self.builder[index]
            equal = has_equal_branches(instruction)
            if equal:
                moot.add(instruction.args[0])
            used.update(instruction.args[1:] if equal else instruction.args)
        return {index for index in moot - used if self.builder[index].op not in LOGIC}


def _jumps_inside(program: Program) -> bool:
    stack = [program]
    while stack:
        for instruction in stack.pop().instructions:
            if instruction.op in _JUMPING:
                return True
            if instruction.op in BINDERS:
                stack.append(instruction.body.program)
    return False
