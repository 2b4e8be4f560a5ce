"""Run a program in balls when it has more in it than operations on numbers.

The plain loop of `execute` stops at the first value that does not exist. That is too soon where a
`select` may ignore the value, so from there on a register may hold a `Failure`, and only what
reads it fails too. A truth value is a bool, or None while the balls overlap: then the true point
still has one, so `select` may answer with the hull of both branches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from numeric.balls.operations import OPERATIONS
from numeric.balls.values import ONE, ZERO, Undefined, Unresolved, Value, order, settle
from numeric.operations import BINDERS, COMPARISONS, LOGIC, MATRIX_OPS
from numeric.program import Instruction, Program

FEWEST_STEPS = 200_000
STEPS_PER_BIT = 3_000
"""How many instructions the bodies of sums, products and integrals may take in one run: so many,
and so many more for each bit of precision, as integrals need them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A register without a value: which instruction of its program failed first, and how."""

    index: int
    error: Undefined | Unresolved

    @property
    def rank(self) -> tuple[bool, int]:
        """What is certainly undefined comes first, then what came first."""
        return isinstance(self.error, Unresolved), self.index


Register: TypeAlias = Any
"""A Value, a Failure, or a truth value: True, False, or None where it is not known yet."""


@dataclass(slots=True)
class Run:
    """What one call of `run` keeps: the work left, and matrix results asked for more than once."""

    steps: int
    matrices: dict[tuple[object, ...], object]

    def spend(self, steps: int) -> None:
        """Take from the budget. Raises Unresolved when nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            raise Unresolved("the sums, products and integrals take too many steps")


def new_run() -> Run:
    """A run that has spent nothing."""
    return Run(FEWEST_STEPS + STEPS_PER_BIT * int(ctx.prec), {})


class _NotPlain(Exception):
    """An instruction is not an operation on numbers."""


class _Plain(dict[str, Callable[..., Value]]):
    def __missing__(self, op: str) -> Callable[..., Value]:
        raise _NotPlain


_PLAIN = _Plain(OPERATIONS)


def execute(program: Program, inputs: Mapping[str, Register], run: Run | None) -> list[Register]:
    """Every register of a program, at the working precision.

    Raises the refusal of the first failing instruction, unless one after it may ignore it.
    """
    registers: list[Register] = []
    try:
        for instruction in program.instructions:
            op = instruction.op
            if op == "const":
                number = instruction.number
                registers.append(settle(op, fmpq(number.numerator, number.denominator)))
            elif op == "input":
                registers.append(inputs[instruction.name])
            else:
                arguments = [registers[arg] for arg in instruction.args]
                registers.append(settle(op, _PLAIN[op](*arguments)))
    except (Undefined, Unresolved) as error:
        index = len(registers)
        if not any(_may_ignore(later.op) for later in program.instructions[index + 1 :]):
            raise
        registers.append(Failure(index, error))
    except _NotPlain:
        pass
    else:
        return registers
    return _finish(program, inputs, registers, run or new_run())


def _may_ignore(op: str) -> bool:
    return op == "select" or op in BINDERS


def _finish(
    program: Program, inputs: Mapping[str, Register], registers: list[Register], run: Run
) -> list[Register]:
    for index in range(len(registers), len(program.instructions)):
        try:
            registers.append(step(program.instructions[index], inputs, registers, run))
        except (Undefined, Unresolved) as error:
            registers.append(Failure(index, error))
    return registers


def step(
    instruction: Instruction, inputs: Mapping[str, Register], registers: list[Register], run: Run
) -> Register:
    """The register of one instruction of any kind. Raises Undefined or Unresolved."""
    op = instruction.op
    if op == "input":
        return inputs[instruction.name]
    if op == "const":
        return settle(op, fmpq(instruction.number.numerator, instruction.number.denominator))
    arguments = [registers[arg] for arg in instruction.args]
    if op == "select":
        return _select(*arguments)
    if op in BINDERS:
        return _bind(instruction, registers, run)
    failed = [argument for argument in arguments if isinstance(argument, Failure)]
    if failed:
        return min(failed, key=lambda failure: failure.rank)
    if op in COMPARISONS:
        return compared(op, *arguments)
    if op in LOGIC:
        return _logic(op, arguments)
    if op in MATRIX_OPS:
        from numeric.balls.matrices import matrix_op

        return settle(op, matrix_op(op, instruction.sizes, arguments, run.matrices))
    return settle(op, OPERATIONS[op](*arguments))


def compared(op: str, a: Value, b: Value) -> bool | None:
    """The truth of a comparison, or None where the balls overlap."""
    found = order(a, b)
    if found is None:
        return None
    return {"lt": found < 0, "le": found <= 0, "eq": found == 0, "ne": found != 0}[op]


def _logic(op: str, arguments: list[bool | None]) -> bool | None:
    """Kleene's three-valued logic: None is a truth value that is not known yet."""
    if op == "not":
        return None if arguments[0] is None else not arguments[0]
    decisive = op == "or"
    if decisive in arguments:
        return decisive
    return None if None in arguments else not decisive


def _select(truth: Register, then: Register, other: Register) -> Register:
    if isinstance(truth, Failure):
        return truth
    if truth is not None:
        return then if truth else other
    failed = [branch for branch in (then, other) if isinstance(branch, Failure)]
    if not failed:
        return hull(then, other)
    worst = max(failed, key=lambda failure: failure.rank)
    if len(failed) == 2 and isinstance(worst.error, Undefined):
        return min(failed, key=lambda failure: failure.rank)
    raise Unresolved("a select whose condition is not decided, and one branch has no value")


def hull(a: Value, b: Value) -> Value:
    """An enclosure of both values, exact when they are equal rationals."""
    if isinstance(a, fmpq) and isinstance(b, fmpq) and a == b:
        return a
    return arb(a).union(arb(b))


def _bind(instruction: Instruction, registers: list[Register], run: Run) -> Register:
    ends = [None if at is None else registers[at] for at in instruction.bounds()]
    lower: Register = ends[0]
    upper: Register = ends[1]
    failed = [limit for limit in (lower, upper) if isinstance(limit, Failure)]
    if failed:
        return min(failed, key=lambda failure: failure.rank)
    captured = {name: registers[at] for name, at in instruction.captured().items()}
    if instruction.op == "integral":
        from numeric.balls.integrals import integral

        return settle("integral", integral(instruction.body, lower, upper, captured, run))
    from numeric.balls.sums import repeat

    return repeat(instruction.op, instruction.body, lower, upper, captured, run)


def results(registers: list[Register], outputs: tuple[int, ...]) -> list[Value]:
    """The values of the outputs; a truth value is 1 or 0. Raises the refusal of one that failed."""
    values = [registers[output] for output in outputs]
    failed = [value for value in values if isinstance(value, Failure)]
    if failed:
        raise min(failed, key=lambda failure: failure.rank).error
    if any(value is None for value in values):
        raise Unresolved("a comparison of balls that overlap")
    return [ONE if v is True else ZERO if v is False else v for v in values]
