"""Symbols written out as programs in t."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeGuard

from flint import fmpq, fmpq_poly

from numeric.balls.general import Register, Run
from numeric.balls.integrands import VARIABLE, Integrand
from numeric.balls.pieces import Known, Node, Symbol
from numeric.balls.values import ONE
from numeric.builder import Builder
from numeric.program import Instruction


class Writer:
    """Writes symbols out as a program in t.

    With `shifted`, polynomials that vanish at 0 and linear ones are written in powers of t: so
    log(1 - x) keeps its digits next to x = 1, where t is 1 - x.
    """

    def __init__(self, shifted: bool) -> None:
        self.shifted = shifted
        self.builder = Builder()
        self.constants: dict[str, Register] = {}
        self._places: dict[int, int] = {}
        self._kept: list[Symbol] = []

    def place(self, symbol: Symbol) -> int:
        """The index of a symbol in the program."""
        found = self._places.get(id(symbol))
        if found is None:
            found = self.known(symbol) if isinstance(symbol, Known) else self.node(symbol)
            self._places[id(symbol)] = found
            self._kept.append(symbol)
        return found

    def known(self, symbol: Known) -> int:
        """The index of a number, a truth value or a failure."""
        value = symbol.value
        if isinstance(value, fmpq):
            return self.exact(value)
        if isinstance(value, bool):
            both = (self.exact(ONE), self.exact(fmpq(int(not value))))
            return self.builder.op("eq", *both)
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return self.builder.input(name)

    def exact(self, value: fmpq) -> int:
        """The index of a rational."""
        return self.builder.const(Fraction(int(value.p), int(value.q)))

    def node(self, node: Node) -> int:
        """The index of an operation."""
        poly = node.poly
        if poly is not None and poly.degree() > 0:
            exact = self.shifted and (poly.degree() == 1 or poly[0] == 0)
            if exact or node.op == "input":
                return self.polynomial(poly)
        near = self._near_zero(node)
        if near is not None:
            return near
        places = tuple(self.place(argument) for argument in node.args)
        return self.builder.emit(Instruction(node.op, places, node.value))

    def polynomial(self, poly: fmpq_poly) -> int:
        """A polynomial in t."""
        return self.horner(poly, self.builder.input(VARIABLE))

    def horner(self, poly: fmpq_poly, t: int) -> int:
        """t to a power times what is left, by Horner's rule; a constant term is added last."""
        first = next(k for k in range(poly.degree() + 1) if poly[k] != 0)
        total = self.exact(poly[poly.degree()])
        for k in range(poly.degree() - 1, first - 1, -1):
            total = self.builder.op("mul", total, t)
            if poly[k] != 0:
                total = self.builder.op("add", total, self.exact(poly[k]))
        for _ in range(first):
            total = self.builder.op("mul", total, t)
        return total

    def _near_zero(self, node: Node) -> int | None:
        """exp(g) - 1, log(1 + g) and 1 - cos(g) in forms that keep their digits where g is 0."""
        op, args = node.op, node.args
        if op == "log" and isinstance(args[0], Node):
            grown = self._one_more(args[0])
            return None if grown is None else self.builder.op("log1p", grown)
        found = exp_minus_one(node)
        if found is not None:
            grown = self.builder.op("expm1", self.place(found[1]))
            return grown if found[0] > 0 else self.builder.op("neg", grown)
        if op == "sub" and _is_one(args[0]) and _is_op(args[1], "cos"):
            half = self.builder.op("mul", self.exact(fmpq(1, 2)), self.place(args[1].args[0]))
            sine = self.builder.op("sin", half)
            square = self.builder.op("mul", sine, sine)
            return self.builder.op("mul", self.exact(fmpq(2)), square)
        return None

    def _one_more(self, node: Node) -> int | None:
        """The place of g where the node is 1 + g."""
        if self.shifted and node.poly is not None and node.poly[0] == 1 and node.poly.degree() > 0:
            return self.polynomial(node.poly - 1)
        if node.op != "add" or node.poly is not None:
            return None
        for one, other in (node.args, node.args[::-1]):
            if _is_one(one):
                return self.place(other)
        return None


def exp_minus_one(node: Node) -> tuple[int, Symbol] | None:
    """1 and g where a node is exp(g) - 1, and -1 and g where it is 1 - exp(g)."""
    if node.op not in ("add", "sub"):
        return None
    first, second = node.args
    if node.op == "sub" and _is_one(second) and _is_op(first, "exp"):
        return 1, first.args[0]
    if node.op == "sub" and _is_one(first) and _is_op(second, "exp"):
        return -1, second.args[0]
    if node.op == "sub":
        return None
    for one, other in ((first, second), (second, first)):
        if _is_minus_one(one) and _is_op(other, "exp"):
            return 1, other.args[0]
        if _is_one(one) and _is_op(other, "neg") and _is_op(other.args[0], "exp"):
            return -1, other.args[0].args[0]
    return None


def _is_one(symbol: Symbol) -> bool:
    return isinstance(symbol, Known) and isinstance(symbol.value, fmpq) and symbol.value == 1


def _is_minus_one(symbol: Symbol) -> bool:
    return isinstance(symbol, Known) and isinstance(symbol.value, fmpq) and symbol.value == -1


def _is_op(symbol: Symbol, op: str) -> TypeGuard[Node]:
    return isinstance(symbol, Node) and symbol.op == op


def plain(symbol: Symbol, run: Run, *, shifted: bool = False) -> Integrand:
    """A symbol as a function of t, in the form in which it was given."""
    return written(Writer(shifted), symbol, run)


def written(writer: Writer, symbol: Symbol, run: Run) -> Integrand:
    """A symbol as a program."""
    place = writer.place(symbol)
    return Integrand(writer.builder.build(place), writer.constants, run)
