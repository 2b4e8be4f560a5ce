"""Integrands written with their exponentials taken out, for evaluation on wide complex boxes.

1 + exp(v) has zeros at odd multiples of i·pi, and on a wide box to the right of them nothing shows
that it does not vanish. Written as exp(v)·(1 + exp(-v)) it does show. So every symbol is written
as c·exp(E(v))·rest with c > 0 and a polynomial E, which products, quotients and powers keep
apart, sums share, and logarithms take apart. All are identities wherever either side is defined.

The variable v is t itself, or s where t is h·exp(s) or h·exp(-s): then powers of t are
exponentials of v.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq, fmpq_poly

from numeric.balls.general import Run
from numeric.balls.integrands import VARIABLE, Integrand
from numeric.balls.operations import OPERATIONS
from numeric.balls.pieces import Known, Node, Symbol
from numeric.balls.values import ONE, ZERO, Undefined, Unresolved, Value, settle
from numeric.balls.writer import Writer, exp_minus_one, written

_FLAT = fmpq_poly([])
_V = fmpq_poly([0, 1])


@dataclass(frozen=True, slots=True)
class Scaled:
    """`factor`·exp(`exponent`(v))·rest with a positive factor; a rest of None is 1."""

    factor: Value
    exponent: fmpq_poly
    rest: int | None


class ScaledWriter(Writer):
    """Writes symbols in v, where v is t, or t is h·exp(direction·v) when a direction is given."""

    def __init__(self, shifted: bool, h: fmpq = ONE, direction: int = 0) -> None:
        super().__init__(shifted)
        self.h = h
        self.direction = direction
        self._scaled: dict[int, Scaled] = {}
        self._seen: list[Symbol] = []

    def node(self, node: Node) -> int:
        """The index of an operation."""
        return self._joined(self.scaled(node))

    def scaled(self, symbol: Symbol) -> Scaled:
        """A symbol with its exponentials taken out."""
        found = self._scaled.get(id(symbol))
        if found is None:
            try:
                found = self._taken_out(symbol)
            except (Undefined, Unresolved):
                found = None
            if found is None:
                found = Scaled(ONE, _FLAT, self._ordinary(symbol))
            self._scaled[id(symbol)] = found
            self._seen.append(symbol)
        return found

    def _ordinary(self, symbol: Symbol) -> int:
        return self.known(symbol) if isinstance(symbol, Known) else super().node(symbol)

    def _taken_out(self, symbol: Symbol) -> Scaled | None:
        if isinstance(symbol, Known):
            value = symbol.value
            positive = isinstance(value, fmpq | arb) and value > 0
            return Scaled(value, _FLAT, None) if positive else None
        if symbol.poly is not None and symbol.poly.degree() > 0:
            return self._of_polynomial(symbol.poly)
        op, args = symbol.op, symbol.args
        if op == "neg":
            return self._negative(self.scaled(args[0]))
        if op in ("mul", "div"):
            return self._product(op, self.scaled(args[0]), self.scaled(args[1]))
        if op in ("pow", "sqrt"):
            return self._power(self.scaled(args[0]), args[1] if op == "pow" else Known(fmpq(1, 2)))
        if op == "exp" and not self.direction:
            return self._exponential(args[0])
        if not self.direction and exp_minus_one(symbol) is not None:
            return self._exp_minus_one(symbol)
        if op in ("add", "sub") and self._near_zero(symbol) is None:
            second = self.scaled(args[1])
            return self._sum(
                self.scaled(args[0]), second if op == "add" else self._negative(second)
            )
        if op == "log":
            return self._logarithm(self.scaled(args[0]))
        return None

    def _of_polynomial(self, poly: fmpq_poly) -> Scaled | None:
        """The power of t that dominates, taken out, when t is an exponential."""
        if not self.direction:
            return None
        low = next(k for k in range(poly.degree() + 1) if poly[k] != 0)
        power = poly.degree() if self.direction > 0 else low
        if power == 0 and poly.degree() > 1:
            return None
        others = [poly[k] * self.h**k for k in range(poly.degree() + 1)]
        inward = others[::-1] if self.direction > 0 else others[low:]
        factor = inward[0] if inward[0] > 0 else -inward[0]
        falling = self.builder.op("exp", self.builder.op("neg", self.builder.input(VARIABLE)))
        rest = fmpq_poly([c / factor for c in inward])
        place = None if rest == fmpq_poly([1]) else self.horner(rest, falling)
        return Scaled(factor, fmpq(self.direction * power) * _V, place)

    def _exponential(self, symbol: Symbol) -> Scaled | None:
        poly = symbol.poly if isinstance(symbol, Node) else None
        return None if poly is None else Scaled(ONE, poly, None)

    def _exp_minus_one(self, node: Node) -> Scaled | None:
        """exp(g) - 1 as exp(g)·(1 - exp(-g)), where g goes up with v."""
        found = exp_minus_one(node)
        assert found is not None
        taken = self._exponential(found[1])
        if taken is None or not taken.exponent[taken.exponent.degree()] > 0:
            return None
        rest = self.builder.op("expm1", self.builder.op("neg", self._in_v(taken.exponent)))
        rest = self.builder.op("neg", rest) if found[0] > 0 else rest
        return Scaled(ONE, taken.exponent, rest)

    def _negative(self, a: Scaled) -> Scaled:
        rest = self.exact(fmpq(-1)) if a.rest is None else self.builder.op("neg", a.rest)
        return Scaled(a.factor, a.exponent, rest)

    def _product(self, op: str, a: Scaled, b: Scaled) -> Scaled:
        rest = a.rest
        if b.rest is not None:
            first = self.exact(ONE) if rest is None else rest
            rest = b.rest if rest is None and op == "mul" else self.builder.op(op, first, b.rest)
        moved = b.exponent if op == "mul" else -b.exponent
        return Scaled(_plain(op, a.factor, b.factor), a.exponent + moved, rest)

    def _power(self, a: Scaled, exponent: Symbol) -> Scaled | None:
        """Of a rational exponent; any other is taken of c·exp(E) alone, through its logarithm."""
        p = exponent.value if isinstance(exponent, Known) else None
        rest = a.rest
        if not isinstance(p, fmpq):
            log = None if rest is not None else self._logarithm(a)
            if log is None:
                return None
            product = self.builder.op("mul", self.place(exponent), self._joined(log))
            return Scaled(ONE, _FLAT, self.builder.op("exp", product))
        if rest is not None:
            rest = self.builder.op("pow", rest, self.exact(p))
        return Scaled(_plain("pow", a.factor, p), p * a.exponent, rest)

    def _sum(self, a: Scaled, b: Scaled) -> Scaled | None:
        """The exponential that wins for large v, taken out of both."""
        if a.exponent == b.exponent == _FLAT:
            return None
        gap = a.exponent - b.exponent
        top = a if gap.degree() >= 0 and gap[gap.degree()] > 0 else b
        parts = [
            self._joined(Scaled(part.factor, part.exponent - top.exponent, part.rest))
            for part in (a, b)
        ]
        return Scaled(ONE, top.exponent, self.builder.op("add", *parts))

    def _logarithm(self, a: Scaled) -> Scaled | None:
        """log(c·exp(E)·rest) = log(c) + E + log(rest), and rest is positive where either is."""
        if a.rest is not None and a.exponent == _FLAT:
            return None
        total = self.known(Known(_plain("log", a.factor)))
        if a.exponent != _FLAT:
            total = self.builder.op("add", total, self._in_v(a.exponent))
        if a.rest is not None:
            total = self.builder.op("add", total, self._log_of_rest(a.rest))
        return Scaled(ONE, _FLAT, total)

    def _log_of_rest(self, rest: int) -> int:
        instruction = self.builder[rest]
        if instruction.op == "add":
            for one, other in (instruction.args, instruction.args[::-1]):
                if self.builder[one].op == "const" and self.builder[one].number == 1:
                    return self.builder.op("log1p", other)
        return self.builder.op("log", rest)

    def _in_v(self, poly: fmpq_poly) -> int:
        """A polynomial in v; one of degree 2 as a square and a constant, with v written once."""
        v = self.builder.input(VARIABLE)
        if poly.degree() != 2 or poly[1] == 0:
            return self.horner(poly, v)
        middle = poly[1] / (2 * poly[2])
        moved = self.builder.op("add", v, self.exact(middle))
        square = fmpq_poly([poly[0] - poly[2] * middle * middle, 0, poly[2]])
        return self.horner(square, moved)

    def _joined(self, a: Scaled) -> int:
        """The index of the whole."""
        parts = [] if a.rest is None else [a.rest]
        if a.exponent != _FLAT:
            parts.append(self.builder.op("exp", self._in_v(a.exponent)))
        if not (isinstance(a.factor, fmpq) and a.factor == 1) or not parts:
            parts.append(self.known(Known(a.factor)))
        whole = parts[-1]
        for part in parts[-2::-1]:
            whole = self.builder.op("mul", whole, part)
        return whole

    def polynomial(self, poly: fmpq_poly) -> int:
        """A polynomial in t, whose powers are exponentials when a direction is given."""
        if not self.direction:
            return super().polynomial(poly)
        slope = fmpq_poly([ZERO, fmpq(self.direction)])
        return self.horner(poly, self._joined(Scaled(self.h, slope, None)))


def _plain(op: str, *arguments: Value) -> Value:
    return settle(op, OPERATIONS[op](*arguments))


def scaled(symbol: Symbol, run: Run) -> Integrand:
    """A symbol as a function of t."""
    return written(ScaledWriter(False), symbol, run)


def exponential(symbol: Symbol, run: Run, h: fmpq, direction: int) -> Integrand:
    """A symbol times t as a function of s, where t is h·exp(direction·s)."""
    t = Node("input", (), None, _V)
    return written(ScaledWriter(direction < 0, h, direction), Node("mul", (symbol, t)), run)
