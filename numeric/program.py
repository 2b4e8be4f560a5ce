"""The straight-line program: what every back end runs.

A program is a tuple of instructions. Each instruction names an operation and the indices of the
earlier instructions that it reads, so one pass from first to last evaluates everything once.
Building never evaluates: `x/x` stays a division, and so can still be found undefined at 0.

>>> builder = Builder()
>>> x = builder.input("x")
>>> y = builder.op("exp", builder.op("neg", x))
>>> builder.op("neg", x) == builder.op("neg", x)
True
>>> program = builder.build(builder.op("mul", y, y))
>>> len(program.instructions)
4
>>> program.balls({"x": 0})
[1]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from flint import arb, fmpq

_BINARY = ("add", "sub", "mul", "div", "pow", "max", "min")
_UNARY = (
    *("neg", "exp", "log", "sqrt", "abs", "sign", "floor", "ceil"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("erf", "erfc", "gamma", "loggamma", "digamma", "sigmoid", "softplus"),
)

OPS: dict[str, int] = {**dict.fromkeys(_BINARY, 2), **dict.fromkeys(_UNARY, 1), "pi": 0}
"""Every operation and its arity. `log` is natural; `loggamma` is real, for positive arguments."""


class ProgramTooLarge(ValueError):
    """A builder was asked for more instructions than its limit."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: `op` applied to the results of the earlier instructions `args`.

    `value` is the Fraction of a "const", the name of an "input", and None for everything else.
    """

    op: str
    args: tuple[int, ...]
    value: Fraction | str | None = None

    @property
    def number(self) -> Fraction:
        """The value of a "const". Raises TypeError on any other instruction."""
        if not isinstance(self.value, Fraction):
            raise TypeError(f"{self} is not a constant")
        return self.value

    @property
    def name(self) -> str:
        """The name of an "input". Raises TypeError on any other instruction."""
        if not isinstance(self.value, str):
            raise TypeError(f"{self} is not an input")
        return self.value


def _check(instruction: Instruction, index: int) -> None:
    op, args, value = instruction.op, instruction.args, instruction.value
    if op == "const":
        good = not args and isinstance(value, Fraction)
    elif op == "input":
        good = not args and isinstance(value, str)
    else:
        good = value is None and OPS.get(op) == len(args)
    if not good:
        raise ValueError(f"instruction {index} is malformed: {instruction}")
    if not all(0 <= arg < index for arg in args):
        raise ValueError(f"instruction {index} must read earlier instructions only: {instruction}")


@dataclass(frozen=True)
class Program:
    """Instructions in order, the input names by first use, and the indices of the outputs.

    Raises ValueError when the parts do not fit together. `Builder` is the easy way to make one.
    """

    instructions: tuple[Instruction, ...]
    inputs: tuple[str, ...]
    outputs: tuple[int, ...]

    def __post_init__(self) -> None:
        for index, instruction in enumerate(self.instructions):
            _check(instruction, index)
        names = tuple(dict.fromkeys(i.name for i in self.instructions if i.op == "input"))
        if names != self.inputs:
            raise ValueError(f"inputs are {self.inputs}, but the instructions read {names}")
        if not self.outputs:
            raise ValueError("a program needs at least one output")
        if not all(0 <= output < len(self.instructions) for output in self.outputs):
            raise ValueError(f"outputs {self.outputs} are not all instructions of this program")

    @classmethod
    def from_sympy(cls, *exprs: Any) -> Program:
        """Lower SymPy expressions, one output each, sharing what they have in common.

        Raises `numeric.from_sympy.UnsupportedExpression` at a node that has no numeric form.

        >>> from sympy.abc import x
        >>> Program.from_sympy(x / (1 + x)).balls({"x": 3})
        [3/4]
        """
        from numeric.from_sympy import lower

        return lower(*exprs)

    def numpy(self, /, **arrays: Any) -> np.ndarray[Any, Any] | tuple[np.ndarray[Any, Any], ...]:
        """Run in float64 over arrays that broadcast together: one array, or a tuple of them.

        An undefined entry is `nan`, an overflow `inf`; no warning is given. Arrays that the
        program does not read are ignored.

        >>> from sympy.abc import x
        >>> Program.from_sympy(x**2).numpy(x=[1, 2, 3])
        array([1., 4., 9.])
        """
        from numeric.numpy_backend import evaluate

        return evaluate(self, arrays)

    def balls(
        self, values: Mapping[str, Fraction | int | fmpq | arb], precision: int = 64
    ) -> list[fmpq | arb]:
        """Run in exact rationals and balls at `precision` bits; see `numeric.balls.run`."""
        from numeric.balls import run

        return run(self, values, precision)

    def mpmath(self, values: Mapping[str, Any], digits: int = 50) -> list[Any]:
        """Run in mpmath at `digits` decimal digits; an undefined output is `nan`."""
        from numeric.mpmath_backend import evaluate

        return evaluate(self, values, digits)

    @property
    def source(self) -> str:
        """Readable Python source of a module whose function `program` is the NumPy form."""
        from numeric.numpy_backend import source

        return source(self)


class Builder:
    """Collects instructions; the same instruction is never emitted twice.

    Every method that adds one returns its index, to be used as an argument later. Raises
    `ProgramTooLarge` past `limit` instructions.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self.limit = limit
        self._instructions: list[Instruction] = []
        self._index: dict[Instruction, int] = {}

    def _emit(self, instruction: Instruction) -> int:
        index = self._index.get(instruction)
        if index is not None:
            return index
        index = len(self._instructions)
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
        return self._emit(Instruction("const", (), Fraction(value)))

    def input(self, name: str) -> int:
        """The input called `name`; any string will do."""
        if not isinstance(name, str):
            raise TypeError(f"an input is named by a str, not by {name!r}")
        return self._emit(Instruction("input", (), name))

    def op(self, name: str, *args: int) -> int:
        """The operation `name` of `OPS` applied to earlier results.

        Raises ValueError on an unknown operation, a wrong count or an unknown index.
        """
        if name not in OPS:
            raise ValueError(f"unknown operation {name!r}; the operations are {', '.join(OPS)}")
        if len(args) != OPS[name]:
            raise ValueError(f"{name} takes {OPS[name]} arguments, and {len(args)} were given")
        if not all(0 <= arg < len(self._instructions) for arg in args):
            raise ValueError(f"{name}{args} reads an instruction that was never emitted")
        return self._emit(Instruction(name, args))

    def build(self, *outputs: int) -> Program:
        """The program with these outputs. Instructions that no output needs are left out."""
        if not all(0 <= output < len(self._instructions) for output in outputs):
            raise ValueError(f"outputs {outputs} were not all emitted by this builder")
        needed = set(outputs)
        for index in range(len(self._instructions) - 1, -1, -1):
            if index in needed:
                needed.update(self._instructions[index].args)
        place = {old: new for new, old in enumerate(sorted(needed))}
        kept = tuple(
            Instruction(i.op, tuple(place[arg] for arg in i.args), i.value)
            for i in (self._instructions[old] for old in place)
        )
        names = tuple(i.name for i in kept if i.op == "input")
        return Program(kept, names, tuple(place[output] for output in outputs))
