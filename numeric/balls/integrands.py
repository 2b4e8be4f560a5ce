"""The integrand of one integral, made ready to be evaluated many times at one precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import acb, arb, fmpq

from numeric.balls.complex import COMPLEX, run_box
from numeric.balls.general import Register, Run, execute, results
from numeric.balls.operations import OPERATIONS
from numeric.balls.values import Unresolved, Value
from numeric.program import Program

VARIABLE = "t"
_EXACT = frozenset(("pow", "polygamma", "besseli", "log_besseli", "xlogy"))
"""Operations for which a rational argument is more than the ball around it."""


class Integrand:
    """A function of t that can be run over the reals and on complex boxes.

    `constants` are the other inputs of the program. A program of operations on numbers alone is
    made into a list of steps with its constants in place as balls; any other is run as it is.
    """

    def __init__(self, program: Program, constants: Mapping[str, Register], run: Run) -> None:
        self.program = program
        self.constants = constants
        self._run = run
        self._boxes = {name: _box(value) for name, value in constants.items()}
        self._plain = all(
            instruction.op in OPERATIONS or instruction.op in ("const", "input")
            for instruction in program.instructions
        ) and all(isinstance(value, fmpq | arb) for value in constants.values())
        if self._plain:
            self._prepare()

    @property
    def cost(self) -> int:
        """About how many operations one evaluation takes."""
        return len(self.program.instructions) + 3

    def _prepare(self) -> None:
        exact: list[Any] = []
        steps: list[tuple[str, tuple[int, ...]]] = []
        slots: dict[int, int] = {}
        instructions = self.program.instructions
        order = [k for k, i in enumerate(instructions) if i.op in ("const", "input")]
        for k in order:
            instruction = instructions[k]
            slots[k] = len(exact)
            if instruction.op == "const":
                exact.append(fmpq(instruction.number.numerator, instruction.number.denominator))
            else:
                exact.append(self.constants.get(instruction.name))
        self._place = next((j for j, value in enumerate(exact) if value is None), None)
        for k, instruction in enumerate(instructions):
            if k not in slots:
                slots[k] = len(exact) + len(steps)
                steps.append((instruction.op, tuple(slots[arg] for arg in instruction.args)))
        self._output = slots[self.program.outputs[0]]
        given = [None if value is None else arb(value) for value in exact]
        self._real_start = [*given, *exact]
        size, shift = len(exact), len(exact)
        self._real_steps = [
            (OPERATIONS[op], _moved(op, args, size, shift, exact)) for op, args in steps
        ]
        self._real_output = self._output if self._output < size else self._output + shift
        self._box_start = [None if value is None else acb(value) for value in given]
        self._box_steps = [(COMPLEX[op], args) for op, args in steps]

    def real(self, t: Value) -> Value:
        """The value at t. Raises Undefined or Unresolved."""
        if not self._plain:
            registers = execute(self.program, {**self.constants, VARIABLE: t}, self._run)
            return results(registers, self.program.outputs)[0]
        values = self._real_start.copy()
        if self._place is not None:
            values[self._place] = t
        for function, args in self._real_steps:
            value = function(*[values[arg] for arg in args])
            if isinstance(value, arb) and not value.is_finite():
                raise Unresolved("a ball that is not finite at this precision")
            values.append(value)
        found: Value = values[self._real_output]
        return found

    def box(self, t: acb) -> acb | None:
        """The value on a box on which the function is holomorphic, or None."""
        if not self._plain:
            return run_box(self.program, {**self._boxes, VARIABLE: t})
        values = self._box_start.copy()
        if self._place is not None:
            values[self._place] = t
        for function, args in self._box_steps:
            value = function(*[values[arg] for arg in args])
            if value is None or not value.is_finite():
                return None
            values.append(value)
        return values[self._output]


def _box(value: Register) -> acb | None:
    return acb(value) if isinstance(value, fmpq | arb) else None


def _moved(
    op: str, args: tuple[int, ...], size: int, shift: int, exact: list[Any]
) -> tuple[int, ...]:
    """Arguments in the list of balls, then rationals, then results."""

    def place(arg: int) -> int:
        if arg >= size:
            return arg + shift
        return arg + size if op in _EXACT and exact[arg] is not None else arg

    return tuple(place(arg) for arg in args)
