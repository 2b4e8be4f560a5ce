"""The derivatives of sums, products, integrals and matrix operations by what they read.

Differentiation under an integral is done without asking whether it is allowed: that the integral
exists and that the derivative of its body is dominated by an integrable function is the caller's
burden. A jump of the body at a place that moves is refused, for there it is certainly wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from numeric.builder import Builder
from numeric.gradients.derivatives import PARTIALS, NoDerivative
from numeric.gradients.tape import Tape
from numeric.gradients.twin import smooth_twin
from numeric.operations import BINDERS, MATRIX_OPS
from numeric.program import Body, Instruction, Program

Part: TypeAlias = tuple[int, int]
"""An argument, and the derivative by it."""

Gradient: TypeAlias = Callable[..., Program]
"""`numeric.gradients.gradient`, for the bodies of sums, products and integrals."""


def parts(tape: Tape, index: int, gradient: Gradient) -> Iterator[Part]:
    """Each active argument of an instruction other than `select`, and the derivative by it.

    An argument that is read twice comes twice. Raises `NoDerivative`.
    """
    instruction = tape.builder[index]
    if instruction.op in BINDERS:
        yield from _binder(tape, instruction, index, gradient)
    elif instruction.op in MATRIX_OPS:
        yield from _matrix(tape, instruction, index)
    else:
        for arg, partial in zip(instruction.args, PARTIALS[instruction.op], strict=True):
            if tape.active(arg):
                yield arg, partial(tape.algebra, instruction.args, index)


def _binder(tape: Tape, instruction: Instruction, index: int, gradient: Gradient) -> Iterator[Part]:
    captured = tape.captured(instruction)
    _refuse(tape, instruction, captured)
    if instruction.op == "integral":
        yield from _ends(tape, instruction, captured)
    program = instruction.body.program
    if not captured:
        return
    partials = gradient(program, *captured)
    make = _product_part if instruction.op == "prod" else _plain_part
    for k, supplied in enumerate(captured.values()):
        derivative = make(tape, instruction, _only(partials, k))
        tape.cover[derivative] = index
        yield supplied, derivative


def _refuse(tape: Tape, instruction: Instruction, captured: Mapping[str, int]) -> None:
    op, body = instruction.op, instruction.body
    if op != "integral":
        if any(index is not None and tape.active(index) for index in instruction.bounds()):
            raise NoDerivative(
                f"a bound of a {op} is an integer, and a {op} has no derivative by it; "
                "name only inputs that the bounds do not depend on"
            )
        return
    jump = Tape(body.program, (body.variable, *captured)).moving_jump(body.variable)
    if jump is not None:
        raise NoDerivative(
            f"the body of an integral over {body.variable} has a jump ({jump}) whose place moves "
            "with what is differentiated by; write one integral for each side of the jump"
        )


def _only(program: Program, output: int) -> Program:
    """The program with one of its outputs."""
    builder = Builder(limit=len(program.instructions))
    place = builder.include(program, {})
    return builder.build(place[program.outputs[output]])


def _plain_part(tape: Tape, instruction: Instruction, part: Program) -> int:
    """The sum or the integral of the derivative of the body."""
    body = instruction.body
    kept = Body(part, body.variable, body.captured, body.bounds)
    return tape.builder.emit(Instruction(instruction.op, instruction.args, kept))


def _fresh(wanted: str, taken: tuple[str, ...]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def _product_part(tape: Tape, instruction: Instruction, part: Program) -> int:
    """The sum over k of the derivative of factor k times all of the other factors.

    It takes a number of steps quadratic in the number of factors, and is right where some are 0.
    """
    body = instruction.body
    names = (body.variable, *body.captured)
    low = _fresh("lower", names)
    high = _fresh("upper", (*names, low))
    inner = Builder()
    k, one = inner.input(body.variable), inner.const(1)
    outside = {name: inner.input(name) for name in body.captured}

    def factors(lower: int, upper: int) -> int:
        return inner.bind(
            "prod", lower, upper, body=body.program, variable=body.variable, captured=outside
        )

    before = factors(inner.input(low), inner.op("sub", k, one))
    after = factors(inner.op("add", k, one), inner.input(high))
    slope = inner.include(part, {})[part.outputs[0]]
    term = inner.build(inner.op("mul", slope, inner.op("mul", before, after)))
    lower, upper = instruction.args[:2]
    return tape.builder.bind(
        "sum",
        lower,
        upper,
        body=term,
        variable=body.variable,
        captured={**instruction.captured(), low: lower, high: upper},
    )


def _ends(tape: Tape, instruction: Instruction, captured: Mapping[str, int]) -> Iterator[Part]:
    """The value of the body at an end that moves, where it must be continuous."""
    lower, upper = instruction.bounds()
    body = instruction.body
    for end in (lower, upper):
        if end is None or not tape.active(end):
            continue
        program = smooth_twin(body.program, (body.variable, *captured))
        inputs = {**instruction.captured(), body.variable: end}
        value = tape.builder.include(program, inputs)[program.outputs[0]]
        yield end, (value if end == upper else tape.algebra.neg(value))


def _matrix(tape: Tape, instruction: Instruction, index: int) -> Iterator[Part]:
    if instruction.op == "det":
        derivative = _cofactor
    elif instruction.op == "inverse":
        derivative = _inverse_part
    else:
        raise NoDerivative(
            f"{instruction.op} has no derivative here: it would need the eigenvectors; "
            "name only inputs that the matrix does not depend on"
        )
    size = instruction.sizes[0]
    for k, entry in enumerate(instruction.args):
        if tape.active(entry):
            yield entry, derivative(tape, instruction, k // size, k % size)


def _cofactor(tape: Tape, instruction: Instruction, row: int, column: int) -> int:
    """The derivative of a determinant by an entry, by the minor: it holds for singular matrices."""
    size = instruction.sizes[0]
    if size == 1:
        return tape.algebra.const(1)
    minor = tuple(
        entry for k, entry in enumerate(instruction.args) if k // size != row and k % size != column
    )
    value = minor[0] if size == 2 else tape.builder.emit(Instruction("det", minor, (size - 1,)))
    return tape.algebra.neg(value) if (row + column) % 2 else value


def _inverse_part(tape: Tape, instruction: Instruction, row: int, column: int) -> int:
    """The derivative of the entry (i, j) of the inverse Y by that of X: -Y[i, row]·Y[column, j]."""
    size, i, j = instruction.sizes

    def entry(*places: int) -> int:
        return tape.builder.emit(Instruction("inverse", instruction.args, (size, *places)))

    return tape.algebra.neg(tape.algebra.mul(entry(i, row), entry(column, j)))
