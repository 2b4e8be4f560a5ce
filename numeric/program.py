"""The straight-line program: what every back end runs.

A program is a tuple of instructions. Each instruction names an operation of
`numeric.operations` and the indices of the earlier instructions that it reads, so one pass from
first to last evaluates everything once. `numeric.builder.Builder` makes programs.

>>> from numeric.builder import Builder
>>> builder = Builder()
>>> x = builder.input("x")
>>> y = builder.op("exp", builder.op("neg", x))
>>> program = builder.build(builder.op("mul", y, y))
>>> len(program.instructions)
4
>>> program.balls({"x": 0})
[1]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from numeric.operations import BINDERS, LOGIC, TRUTHS, arity_error

if TYPE_CHECKING:
    import numpy as np
    from flint import arb, fmpq

    from numeric.arrays.compiled import Compiled
    from numeric.domain import Domain


@dataclass(frozen=True, slots=True)
class Body:
    """What a sum, product or integral repeats: a program with one output, a number.

    `variable` is the bound name, and `captured` the names under which the body reads what lies
    outside it; all names are local to the body. An instruction that carries a body reads first
    the lower bound, then the upper bound, then one result for each captured name. `bounds` says
    which bounds are read: an integral leaves one out where it is infinite. A sum or a product
    runs over the integers from lower to upper, both included, and is 0 or 1 when there are none.

    Raises ValueError when the program reads another name, or has not one numeric output.
    """

    program: Program
    variable: str
    captured: tuple[str, ...] = ()
    bounds: tuple[bool, bool] = (True, True)

    def __post_init__(self) -> None:
        names = (self.variable, *self.captured)
        if len(set(names)) < len(names):
            raise ValueError(f"the names {names} of a body are not distinct")
        unknown = set(self.program.inputs) - set(names)
        if unknown:
            raise ValueError(f"a body reads {sorted(unknown)}, which it neither binds nor captures")
        output = self.program.outputs[0]
        if len(self.program.outputs) != 1 or self.program.instructions[output].op in TRUTHS:
            raise ValueError("a body has one output, a number")


Immediate: TypeAlias = Fraction | str | tuple[int, ...] | Body | None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step: `op` applied to the results of the earlier instructions `args`.

    `value` is the Fraction of a "const", the name of an "input", the sizes of a matrix operation,
    the `Body` of a sum, product or integral, and None for everything else.
    """

    op: str
    args: tuple[int, ...]
    value: Immediate = None

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

    @property
    def sizes(self) -> tuple[int, ...]:
        """The size and the places of a matrix operation. Raises TypeError on any other."""
        if not isinstance(self.value, tuple):
            raise TypeError(f"{self} is not a matrix operation")
        return self.value

    @property
    def body(self) -> Body:
        """The body of a sum, product or integral. Raises TypeError on any other instruction."""
        if not isinstance(self.value, Body):
            raise TypeError(f"{self} has no body")
        return self.value

    def bounds(self) -> tuple[int | None, int | None]:
        """The indices of the bounds of a sum, product or integral; None for an infinite one."""
        lower, upper = self.body.bounds
        return (self.args[0] if lower else None), (self.args[int(lower)] if upper else None)

    def captured(self) -> dict[str, int]:
        """For each name that the body captures, the index of the instruction that supplies it."""
        return dict(zip(self.body.captured, self.args[sum(self.body.bounds) :], strict=True))


def shape_error(instruction: Instruction) -> str | None:
    """What is wrong with an instruction taken by itself, or None."""
    op, args, value = instruction.op, instruction.args, instruction.value
    if op == "const":
        return None if not args and isinstance(value, Fraction) else "a const has a Fraction"
    if op == "input":
        return None if not args and isinstance(value, str) else "an input has a name"
    if op not in BINDERS:
        return arity_error(op, args, value)
    if not isinstance(value, Body):
        return f"{op} carries a Body"
    if op != "integral" and not all(value.bounds):
        return f"a {op} needs both bounds"
    needed = sum(value.bounds) + len(value.captured)
    return None if len(args) == needed else f"{op} reads {needed} results here, not {len(args)}"


def _check(instruction: Instruction, index: int, truth: list[bool]) -> None:
    problem = shape_error(instruction)
    if problem is not None:
        raise ValueError(f"instruction {index} is malformed: {instruction}: {problem}")
    if not all(0 <= arg < index for arg in instruction.args):
        raise ValueError(f"instruction {index} must read earlier instructions only: {instruction}")
    for place, arg in enumerate(instruction.args):
        wants = instruction.op in LOGIC or (instruction.op == "select" and place == 0)
        if truth[arg] != wants:
            kind = "a truth value" if wants else "a number"
            raise ValueError(f"instruction {index} needs {kind} as argument {place}: {instruction}")


@dataclass(frozen=True)
class Program:
    """Instructions in order, the input names by first use, and the indices of the outputs.

    Raises ValueError when the parts do not fit together. `Builder` is the easy way to make one.
    """

    instructions: tuple[Instruction, ...]
    inputs: tuple[str, ...]
    outputs: tuple[int, ...]

    def __post_init__(self) -> None:
        truth = [instruction.op in TRUTHS for instruction in self.instructions]
        for index, instruction in enumerate(self.instructions):
            _check(instruction, index, truth)
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

    def stable(self, domains: Mapping[str, Domain] | None = None) -> Program:
        """The same functions in a form that loses fewer digits in floating point.

        See `numeric.stable`: every rewrite is an identity wherever this program is defined.

        >>> from sympy import log
        >>> from sympy.abc import x
        >>> [i.op for i in Program.from_sympy(log(1 + x)).stable().instructions]
        ['input', 'log1p']
        """
        from numeric.stable import stable

        return stable(self, domains)

    def gradient(self, *names: str) -> Program:
        """The partial derivatives by these inputs (all of them, in order, when none is named).

        One output for each output of this program and each name, in that order: the Jacobian by
        rows. Reverse mode; see `numeric.gradients`.

        >>> from sympy.abc import x, y
        >>> Program.from_sympy(x**2 * y).gradient("x", "y").balls({"x": 3, "y": 5})
        [30, 9]
        """
        from numeric.gradients import gradient

        return gradient(self, *names)

    def compile(
        self,
        inputs: Sequence[str] | None = None,
        *,
        dtype: str = "float64",
        engine: str = "numpy",
        stable: bool = True,
        domains: Mapping[str, Domain] | None = None,
    ) -> Compiled:
        """A function of arrays, in the order of `inputs` or of first use; see `numeric.arrays.compiled`.

        >>> from sympy.abc import x, y
        >>> f = Program.from_sympy(x / y).compile(["x", "y"])
        >>> f(1.0, 4.0), f([1.0, 2.0], 4.0)
        (0.25, array([0.25, 0.5 ]))
        """
        from numeric.arrays.compiled import Compiled

        return Compiled(self, inputs, dtype=dtype, engine=engine, stable=stable, domains=domains)

    def numpy(self, /, **arrays: Any) -> np.ndarray[Any, Any] | tuple[np.ndarray[Any, Any], ...]:
        """Run once in float64 over arrays that broadcast together: one array, or a tuple of them.

        An undefined entry is `nan`, an overflow `inf`; no warning is given. Arrays that the
        program does not read are ignored. To run often, use `compile`.

        >>> from sympy.abc import x
        >>> Program.from_sympy(x**2).numpy(x=[1, 2, 3])
        array([1., 4., 9.])
        """
        from numeric.arrays.compiled import evaluate

        return evaluate(self, arrays)

    def balls(
        self, values: Mapping[str, Fraction | int | fmpq | arb], precision: int = 64
    ) -> list[fmpq | arb]:
        """Run in exact rationals and balls at `precision` bits; see `numeric.balls.run`."""
        from numeric.balls import run

        return run(self, values, precision)

    def mpmath(self, values: Mapping[str, Any], digits: int = 50) -> list[Any]:
        """Run in mpmath at `digits` decimal digits; an undefined output is `nan`."""
        from numeric.decimals import evaluate

        return evaluate(self, values, digits)

    @property
    def source(self) -> str:
        """Readable Python source of a module whose function `program` is the NumPy form."""
        from numeric.arrays.compiled import source

        return source(self)
