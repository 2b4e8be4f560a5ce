"""Twins: results that are undefined where they may jump or come to the end of their domain.

A twin is equal to the result wherever it is defined, and where a twin is defined, so is the result
all around, and it is continuous in the names that are differentiated by. The condition of a
`select` is replaced by its twin, so that a derivative is not defined at the edge where branches
meet; what jumps or ends inside an integral is taken to be smoothed out by it.
"""

from __future__ import annotations

from collections.abc import Iterable

from numeric.gradients.derivatives import NoDerivative
from numeric.gradients.tape import STEPS, Tape, has_equal_branches
from numeric.operations import COMPARISONS
from numeric.program import Body, Instruction, Program

_ORDERS = ("polygamma", "besseli", "log_besseli")
_EIGENVALUES = ("trace_sqrt", "eigenvalue")
_CLOSED = ("sqrt", "asin", "acos", "pow", "xlogy", *_EIGENVALUES)
"""Operations that may be defined at a point and undefined beside it."""


class Twins:
    """The twins of the results of a tape, made as they are asked for."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._rough: set[int] = set()
        self._twin: dict[int, int] = {}
        for index in tape.steps:
            if tape.active(index) and self._is_rough(tape.builder[index]):
                self._rough.add(index)

    def _is_rough(self, instruction: Instruction) -> bool:
        op, args = instruction.op, instruction.args
        if has_equal_branches(instruction):
            return any(arg in self._rough for arg in (args[1], *self._tested(instruction)))
        if op in (*STEPS, *COMPARISONS, *_CLOSED):
            return True
        if op in _ORDERS and self._tape.active(args[0]):
            return True
        if op in ("sum", "prod") and self._rough_body(instruction):
            return True
        return any(arg in self._rough for arg in args)

    def _tested(self, instruction: Instruction) -> tuple[int, ...]:
        """What the condition of a select compares, or the condition when it is no comparison."""
        test = instruction.args[0]
        inner = self._tape.builder[test]
        return inner.args if inner.op in COMPARISONS else (test,)

    def _rough_body(self, instruction: Instruction) -> bool:
        lower, upper, *_ = instruction.args
        if self._tape.active(lower) or self._tape.active(upper):
            return True
        inner = Tape(instruction.body.program, tuple(self._tape.captured(instruction)))
        return inner.outputs[0] in Twins(inner)._rough

    def of(self, index: int) -> int:
        """The twin of a result of the program. Raises `NoDerivative` where none can be made."""
        if index not in self._rough:
            return index
        for step in self._rough_below(index):
            self._twin[step] = self._make(self._tape.builder[step], step)
        return self._twin[index]

    def _rough_below(self, index: int) -> list[int]:
        """The rough results without a twin that `index` is worked out from, earliest first."""
        if index in self._twin:
            return []
        found, stack = {index}, [index]
        while stack:
            for arg in self._tape.builder[stack.pop()].args:
                if arg in self._rough and arg not in found and arg not in self._twin:
                    found.add(arg)
                    stack.append(arg)
        return sorted(found)

    def condition(self, instruction: Instruction) -> int:
        """The twin of the condition of a select.

        Where the branches are equal it does not matter on which side a comparison falls.
        """
        test = instruction.args[0]
        if not has_equal_branches(instruction):
            return self.of(test)
        inner = self._tape.builder[test]
        if inner.op not in COMPARISONS:
            return self.of(test)
        return self._tape.builder.op(inner.op, *(self.of(arg) for arg in inner.args))

    def _make(self, instruction: Instruction, index: int) -> int:
        op = instruction.op
        args = tuple(self._twin.get(arg, arg) for arg in instruction.args)
        if op in COMPARISONS:
            return self._compare(instruction, index, args)
        if op in STEPS:
            return self._step(op, args[0])
        if op in ("sum", "prod"):
            return self._repeat(instruction, args)
        if op == "select":
            args = (self.condition(instruction), *args[1:])
        result = self._tape.builder.emit(Instruction(op, args, instruction.value))
        if op in (*_CLOSED, *_ORDERS):
            return self._inside(instruction, args, result)
        return result

    def _compare(self, instruction: Instruction, index: int, args: tuple[int, ...]) -> int:
        algebra = self._tape.algebra
        compared = algebra.compared(index)
        if compared is not None and not self._rough.intersection(compared):
            return index
        if all(self._tape.flat(arg) for arg in instruction.args):
            return algebra.op(instruction.op, *args)
        return algebra.compare(instruction.op, *args)

    def _step(self, op: str, x: int) -> int:
        algebra = self._tape.algebra
        result = algebra.op(op, x)
        return algebra.apart(result, x if op == "sign" else algebra.sub(x, result))

    def _inside(self, instruction: Instruction, args: tuple[int, ...], result: int) -> int:
        """The result of an operation, undefined at the ends of its domain."""
        algebra, op = self._tape.algebra, instruction.op
        if op in _EIGENVALUES or (op in _ORDERS and self._tape.active(instruction.args[0])):
            what = "the order of " if op in _ORDERS else ""
            raise NoDerivative(
                f"a condition depends on {what}{op}, and it is not known where that is continuous; "
                "name only inputs that it does not depend on"
            )
        if op == "sqrt":
            return algebra.apart(result, args[0])
        if op in ("asin", "acos"):
            one = algebra.const(1)
            return algebra.apart(result, algebra.sub(one, algebra.mul(args[0], args[0])))
        if op == "xlogy":
            return algebra.apart(result, args[1])
        if op == "pow":
            exponent = algebra.number(instruction.args[1])
            if self._tape.active(instruction.args[1]):
                positive = algebra.mul(algebra.const(0), algebra.op("log", args[0]))
                return algebra.op("add", result, positive)
            if exponent is None or exponent.denominator > 1:
                return algebra.apart(result, args[0])
        return result

    def _repeat(self, instruction: Instruction, args: tuple[int, ...]) -> int:
        if not all(self._tape.flat(bound) for bound in instruction.args[:2]):
            raise NoDerivative(
                f"a condition depends on a {instruction.op}, and its bounds on what is "
                "differentiated by; name only inputs that the bounds do not depend on"
            )
        body = instruction.body
        program = smooth_twin(body.program, self._tape.captured(instruction))
        kept = Body(program, body.variable, body.captured, body.bounds)
        return self._tape.builder.emit(Instruction(instruction.op, args, kept))


def smooth_twin(program: Program, names: Iterable[str]) -> Program:
    """The twin of the first output of a program, as the named inputs move."""
    tape = Tape(program, tuple(names))
    return tape.builder.build(Twins(tape).of(tape.outputs[0]))
