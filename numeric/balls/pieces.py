"""The body of an integral on one piece of its range: parameters filled in, branches settled.

Where |.|, sign, max, min or a comparison depends on a difference that is a polynomial in the
variable with rational coefficients and rational roots, the range is cut at the roots, and on each
piece the operation is replaced by the branch that holds inside the piece. The floor of a linear
function is treated likewise. Single points do not change an integral.

What does not depend on the variable is computed once. The result is a symbol, which
`numeric.balls.writer` writes out as a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import fmpq, fmpq_poly

from numeric.balls.general import Failure, Register, Run, step
from numeric.balls.values import Undefined, Unresolved
from numeric.operations import BINDERS, COMPARISONS
from numeric.program import Body, Instruction, Program

MAX_DEGREE = 16
MAX_STEPS = 50
"""A floor with more steps than this is not cut into them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The variable is `offset` + `sign`·t, and t runs from `lower` to `upper`; None is infinite."""

    offset: fmpq
    sign: int
    lower: fmpq
    upper: fmpq | None

    def inside(self) -> fmpq:
        """A value of t inside the piece."""
        return self.lower + 1 if self.upper is None else (self.lower + self.upper) / 2


@dataclass(frozen=True, slots=True)
class Known:
    """A register that does not depend on the variable."""

    value: Register


@dataclass(frozen=True, slots=True)
class Node:
    """A register that does: the instruction for it, and its polynomial in t if it is one."""

    op: str
    args: tuple[Symbol, ...]
    value: Any = None
    poly: fmpq_poly | None = None


Symbol: TypeAlias = Known | Node


class Specialiser:
    """Follows a body once, on one piece. `roots` are where a branch could change inside it."""

    def __init__(self, piece: Piece, run: Run) -> None:
        self.piece = piece
        self.run = run
        self.roots: set[fmpq] = set()

    def symbol(self, program: Program, inputs: Mapping[str, Symbol]) -> Symbol:
        """The output of a program as a symbol."""
        symbols: list[Symbol] = []
        for instruction in program.instructions:
            if instruction.op == "input":
                symbols.append(inputs[instruction.name])
                continue
            arguments = [symbols[arg] for arg in instruction.args]
            symbols.append(self._next(instruction, arguments))
        return symbols[program.outputs[0]]

    def _next(self, instruction: Instruction, arguments: list[Symbol]) -> Symbol:
        op = instruction.op
        if all(isinstance(argument, Known) for argument in arguments):
            return Known(self._value(instruction, arguments))
        if op == "select":
            return self._select(arguments)
        if op not in BINDERS:
            for argument in arguments:
                if isinstance(argument, Known) and isinstance(argument.value, Failure):
                    return argument
        settled = self._settled(op, arguments)
        if settled is not None:
            return settled
        poly = self._poly(op, arguments)
        if poly is not None and poly.degree() < 1:
            return Known(poly[0])
        return Node(op, tuple(arguments), instruction.value, poly)

    def _value(self, instruction: Instruction, arguments: list[Symbol]) -> Register:
        registers = [argument.value for argument in arguments]
        places = tuple(range(len(registers)))
        moved = Instruction(instruction.op, places, instruction.value)
        try:
            found = step(moved, {}, registers, self.run)
        except (Undefined, Unresolved) as error:
            return Failure(0, error)
        return (
            Failure(0, Unresolved("a comparison of balls that overlap")) if found is None else found
        )

    def _select(self, arguments: list[Symbol]) -> Symbol:
        truth, then, other = arguments
        if isinstance(truth, Known):
            return truth if isinstance(truth.value, Failure) else then if truth.value else other
        return Node("select", tuple(arguments))

    def _settled(self, op: str, arguments: list[Symbol]) -> Symbol | None:
        """What an operation with branches comes to inside the piece, if that is settled."""
        if op in ("floor", "ceil"):
            return self._floor(op, arguments[0])
        if op in ("abs", "sign"):
            sign = self._sign(arguments[0], Known(fmpq(0)))
            if sign is None:
                return None
            return self._signed(op, sign, arguments[0])
        if op == "pow":
            return self._power_zero(*arguments)
        if op not in COMPARISONS and op not in ("max", "min"):
            return None
        sign = self._sign(*arguments)
        if sign is None:
            return None
        if op in ("max", "min"):
            return arguments[0] if (sign >= 0) == (op == "max") else arguments[1]
        return Known({"lt": sign < 0, "le": sign <= 0, "eq": sign == 0, "ne": sign != 0}[op])

    def _power_zero(self, base: Symbol, exponent: Symbol) -> Symbol | None:
        """The power 0 of what has no root inside the piece: 1."""
        if not (isinstance(exponent, Known) and exponent.value == 0):
            return None
        return Known(fmpq(1)) if self._sign(base, exponent) in (1, -1) else None

    def _signed(self, op: str, sign: int, argument: Symbol) -> Symbol:
        if op == "sign":
            return Known(fmpq(sign))
        if sign >= 0:
            return argument
        return Node("neg", (argument,), None, self._poly("neg", [argument]))

    def _sign(self, a: Symbol, b: Symbol) -> int | None:
        """The sign of a - b inside the piece, if it keeps it; roots of a polynomial are noted."""
        left, right = polynomial(a), polynomial(b)
        if left is None or right is None:
            return None
        gap = left - right
        if gap.degree() > MAX_DEGREE:
            return None
        inside = self._roots_inside(gap) if gap.degree() > 0 else set()
        if inside:
            self.roots.update(inside)
        if inside is None or inside:
            return None
        at = gap(self.piece.inside())
        return 1 if at > 0 else -1 if at < 0 else 0

    def _roots_inside(self, poly: fmpq_poly) -> set[fmpq] | None:
        """The roots inside the piece, all rational, or None when one may not be."""
        piece, found = self.piece, set()
        for factor, _ in poly.numer().factor()[1]:
            if factor.degree() == 1:
                root = fmpq(-factor[0], factor[1])
                if root > piece.lower and (piece.upper is None or root < piece.upper):
                    found.add(root)
                continue
            places: list[Any] = factor.complex_roots()
            for place, _ in places:
                outside = place.real < piece.lower or (
                    piece.upper is not None and place.real > piece.upper
                )
                if place.imag.is_zero() and not outside:
                    return None
        return found

    def _floor(self, op: str, argument: Symbol) -> Symbol | None:
        """The floor or ceil of a linear function, constant between the places of integers."""
        poly, upper = polynomial(argument), self.piece.upper
        if poly is None or poly.degree() != 1 or upper is None:
            return None
        low, high = sorted((poly(self.piece.lower), poly(upper)))
        if high - low > MAX_STEPS:
            return None
        whole = range(int(low.floor()) + 1, int(high.ceil()))
        self.roots.update((n - poly[0]) / poly[1] for n in whole)
        if whole:
            return None
        at = poly(self.piece.inside())
        return Known(fmpq(at.floor() if op == "floor" else at.ceil()))

    def _poly(self, op: str, arguments: list[Symbol]) -> fmpq_poly | None:
        parts = [polynomial(argument) for argument in arguments]
        first, second = parts[0], parts[-1]
        if first is None or second is None:
            return None
        if op == "neg":
            return -first
        if op == "add":
            return first + second
        if op == "sub":
            return first - second
        if op == "mul" and first.degree() + second.degree() <= MAX_DEGREE:
            return first * second
        if op == "div" and second.degree() == 0:
            return first / second[0]
        if op == "pow" and second.degree() == 0 and second[0].q == 1:
            exponent = int(second[0].p)
            if 1 <= exponent <= MAX_DEGREE and first.degree() * exponent <= MAX_DEGREE:
                return first**exponent
        return None


def polynomial(symbol: Symbol) -> fmpq_poly | None:
    """The polynomial in t that a symbol is, exactly."""
    if isinstance(symbol, Node):
        return symbol.poly
    return fmpq_poly([symbol.value]) if isinstance(symbol.value, fmpq) else None


def specialise(
    body: Body, captured: Mapping[str, Register], piece: Piece, run: Run
) -> tuple[Symbol, set[fmpq]]:
    """The body on a piece, and the values of t inside it at which a branch may change."""
    follower = Specialiser(piece, run)
    inputs: dict[str, Symbol] = {name: Known(value) for name, value in captured.items()}
    inputs[body.variable] = Node("input", (), None, fmpq_poly([piece.offset, piece.sign]))
    return follower.symbol(body.program, inputs), follower.roots
