"""Make programs, one instruction at a time; the same instruction is never emitted twice.

Building never evaluates: `x/x` stays a division, and so can still be found undefined at 0.

>>> builder = Builder()
>>> x = builder.input("x")
>>> builder.op("neg", x) == builder.op("neg", x)
True
>>> square = Builder()
>>> k = square.input("k")
>>> body = square.build(square.op("mul", k, k))
>>> total = builder.bind("sum", builder.const(1), x, body=body, variable="k")
>>> builder.build(total).balls({"x": 3})
[14]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from numeric.program import Body, Instruction, Program, shape_error


class ProgramTooLarge(ValueError):
    """A builder was asked for more instructions than its limit."""


class Builder:
    """Collects instructions. Every method that adds one returns its index, to be read later.

    Raises `ProgramTooLarge` past `limit` instructions.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self.limit = limit
        self._instructions: list[Instruction] = []
        self._index: dict[Instruction, int] = {}

    def __getitem__(self, index: int) -> Instruction:
        """The instruction emitted at `index`."""
        return self._instructions[index]

    def emit(self, instruction: Instruction) -> int:
        """Add an instruction that reads earlier ones. Raises ValueError when it is malformed."""
        index = self._index.get(instruction)
        if index is not None:
            return index
        problem = shape_error(instruction)
        if problem is not None:
            raise ValueError(problem)
        index = len(self._instructions)
        if not all(0 <= arg < index for arg in instruction.args):
            raise ValueError(
                f"{instruction.op}{instruction.args} reads an instruction that was never emitted"
            )
        if index >= self.limit:
            raise ProgramTooLarge(
                f"the program needs more than {self.limit} instructions; "
                "split the expression, or give Builder a larger limit"
            )
        self._instructions.append(instruction)
        self._index[instruction] = index
        return index

    def const(self, value: Fraction | int) -> int:
        """An exact rational constant. Raises TypeError on a float, which is not exact.

        >>> Builder().const(0.5)
        Traceback (most recent call last):
        TypeError: a constant must be an int or a Fraction, not the float 0.5
        """
        if not isinstance(value, int | Fraction):
            kind = type(value).__name__
            raise TypeError(f"a constant must be an int or a Fraction, not the {kind} {value!r}")
        return self.emit(Instruction("const", (), Fraction(value)))

    def input(self, name: str) -> int:
        """The input called `name`; any string will do."""
        if not isinstance(name, str):
            raise TypeError(f"an input is named by a str, not by {name!r}")
        return self.emit(Instruction("input", (), name))

    def op(self, name: str, *args: int) -> int:
        """The operation `name` of `numeric.operations.OPS` applied to earlier results.

        Raises ValueError on an unknown operation, a wrong count or an unknown index.
        """
        return self.emit(Instruction(name, args))

    def matrix(self, name: str, rows: Sequence[Sequence[int]], *places: int) -> int:
        """The operation `name` of `numeric.operations.MATRIX_OPS` on a square matrix of results.

        >>> b = Builder()
        >>> one, two, x = b.const(1), b.const(2), b.input("x")
        >>> b.build(b.matrix("det", [[one, two], [x, one]])).balls({"x": 3})
        [-5]
        """
        entries = tuple(entry for row in rows for entry in row)
        if any(len(row) != len(rows) for row in rows):
            raise ValueError(f"{name} needs a square matrix, not rows of {[len(r) for r in rows]}")
        return self.emit(Instruction(name, entries, (len(rows), *places)))

    def bind(
        self,
        name: str,
        lower: int | None,
        upper: int | None,
        *,
        body: Program,
        variable: str,
        captured: Mapping[str, int] | None = None,
    ) -> int:
        """A "sum", "prod" or "integral" of `body` over `variable`; None is an infinite bound.

        `captured` supplies every other input of the body. Raises ValueError when one is missing.
        """
        outside = {k: v for k, v in (captured or {}).items() if k in body.inputs and k != variable}
        bounds = (lower is not None, upper is not None)
        given = tuple(bound for bound in (lower, upper) if bound is not None)
        value = Body(body, variable, tuple(outside), bounds)
        return self.emit(Instruction(name, (*given, *outside.values()), value))

    def include(self, program: Program, inputs: Mapping[str, int]) -> list[int]:
        """Emit all of another program, its inputs replaced; the index of each instruction.

        An input that `inputs` leaves out stays an input of that name.
        """
        place: list[int] = []
        for instruction in program.instructions:
            if instruction.op == "input" and instruction.name in inputs:
                place.append(inputs[instruction.name])
                continue
            args = tuple(place[arg] for arg in instruction.args)
            place.append(self.emit(Instruction(instruction.op, args, instruction.value)))
        return place

    def build(self, *outputs: int) -> Program:
        """The program with these outputs. Instructions that no output needs are left out."""
        if not all(0 <= output < len(self._instructions) for output in outputs):
            raise ValueError(f"outputs {outputs} were not all emitted by this builder")
        needed, left = set[int](), list(outputs)
        while left:
            index = left.pop()
            if index not in needed:
                needed.add(index)
                left += self._instructions[index].args
        place = {old: new for new, old in enumerate(sorted(needed))}
        steps = (self._instructions[old] for old in place)
        kept = tuple(
            Instruction(i.op, tuple([place[arg] for arg in i.args]), i.value) if i.args else i
            for i in steps
        )
        names = tuple(i.name for i in kept if i.op == "input")
        return Program(kept, names, tuple(place[output] for output in outputs))
