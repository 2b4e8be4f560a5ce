"""Terms as straight-line programs, with the integers of a layout and finite spaces in place.

This reads the meaning of every operation from the notation alone and shares no code with the kernel: a
derivative is that of `numeric.gradients`, an integral is one instruction, a sum over a known range and an
integral over a space are written out, and matrices are grids of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from derive.crosscheck import laws, matrices
from derive.crosscheck.cutting import cut
from derive.crosscheck.declared import Bound, Declared, Value
from derive.crosscheck.layout import Point
from derive.crosscheck.matrices import Grid
from derive.crosscheck.slots import REAL
from derive.crosscheck.survey import Cannot
from derive.terms.heads import DIVERGENCES, FUNCTIONS
from derive.terms.lower import DIRECT
from derive.terms.shapes import is_infinite
from derive.terms.term import Term
from numeric.builder import ProgramTooLarge
from numeric.gradients import NoDerivative

LONGEST: Final = 400


class Writer(Declared):
    """Writes the terms of a context into one builder."""

    def number(self, term: Term, bound: Bound) -> int:
        """The register of a number. Raises Cannot for a term without one."""
        value = self.value(term, bound)
        if not isinstance(value, int):
            raise Cannot(f"{term} is a matrix, where a number is expected")
        return value

    def grid(self, term: Term, bound: Bound) -> Grid:
        """The registers of a matrix, row by row."""
        value = self.value(term, bound)
        if isinstance(value, int):
            raise Cannot(f"{term} is a number, where a matrix is expected")
        return value

    def value(self, term: Term, bound: Bound) -> Value:
        """The registers of a number or a matrix. Raises Cannot, NeedsInteger."""
        try:
            return self._value(term, bound)
        except ProgramTooLarge:
            raise Cannot(f"{term} is too large when it is written out") from None
        except NoDerivative as error:
            raise Cannot(f"{term}: {error}") from None

    def _value(self, term: Term, bound: Bound) -> Value:
        match term.head:
            case "num":
                return self.builder.const(term.payload[0])
            case "sym":
                return self._symbol(term, bound)
            case "add" | "mul" | "neg" | "div" | "pow":
                return self._arithmetic(term, [self.value(a, bound) for a in term.args])
            case "matmul":
                left, right = (self.grid(a, bound) for a in term.args)
                return matrices.product(self.builder, left, right)
            case "matrix":
                entries = [self.number(a, bound) for a in term.args]
                columns = term.payload[1]
                rows = range(0, len(entries), columns)
                return tuple(tuple(entries[i : i + columns]) for i in rows)
            case "index":
                return self._application(term, bound)
            case "call":
                return self._call(term, bound)
            case "dens":
                point, *parameters = term.args
                return self.value(laws.density_of(term.payload, point, tuple(parameters)), bound)
            case "mean":
                return self.value(laws.mean(term), bound)
            case "sum" | "prod":
                return self._range(term, bound)
            case "over":
                return self._over(term, bound)
            case "int":
                return self._integral(term, bound)
            case "diff":
                return self._derivative(term, bound)
        raise Cannot(f"{term} has no value")

    def _arithmetic(self, term: Term, args: Sequence[Value]) -> Value:
        b = self.builder
        if all(isinstance(a, int) for a in args):
            out: Value = args[0]
            if len(args) == 1:
                return b.op(term.head, out)  # type: ignore[arg-type]
            for a in args[1:]:
                out = b.op(term.head, out, a)  # type: ignore[arg-type]
            return out
        return matrices.arithmetic(b, term, args)

    def _symbol(self, term: Term, bound: Bound) -> Value:
        name = term.payload
        if name in bound:
            value = bound[name]
            if isinstance(value, Fraction):
                return self.builder.const(value)
            if isinstance(value, Point):
                return self._show(str(value), self.slots.input(str(value), REAL, "value"))
            assert isinstance(value, int)
            return value
        definition = self.context.definition_of(term)
        if definition is not None:
            value = self.value(definition.body, {})
            if isinstance(value, int):
                self.member(value, self.context[name])
            return value
        if ("symbol", name) in self.changed:
            return self._shown(name, self.changed["symbol", name])
        declared = self.context[name]
        if declared.kind == "matrix":
            return self._matrix(declared)
        if name in self.layout.integers:
            return self.builder.const(self.layout.integers[name])
        return self._show(name, self.slots.input(name, declared.domain, "value"))

    def _call(self, term: Term, bound: Bound) -> Value:
        name, b = term.payload, self.builder
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.value(definition.apply(term.args), bound)
        if name not in FUNCTIONS:
            return self._application(term, bound)
        if name in DIVERGENCES:
            return self.value(laws.divergence(term), bound)
        if name in ("eye", "zeros"):
            sizes = [self.size(a) for a in term.args]
            return matrices.constant(b, name, sizes[0], sizes[-1])
        if name in ("transpose", "inv", "det", "trace"):
            return matrices.function(b, name, self.grid(term.args[0], bound))
        if name == "sg":
            return self._stopped(self.value(term.args[0], bound))
        return self._function(name, [self.number(a, bound) for a in term.args])

    def _function(self, name: str, args: list[int]) -> int:
        b = self.builder
        if name in ("log2", "log10"):
            base = b.const(2 if name == "log2" else 10)
            return b.op("div", b.op("log", *args), b.op("log", base))
        if name == "Beta":
            args = [self._positive(a) for a in args]
            top = b.op("mul", b.op("gamma", args[0]), b.op("gamma", args[1]))
            return b.op("div", top, b.op("gamma", b.op("add", *args)))
        if name in ("Gamma", "loggamma", "digamma"):
            args = [self._positive(a) for a in args]
        return b.op(DIRECT[name], *args)

    def _positive(self, register: int) -> int:
        """The register, undefined unless it is positive."""
        b = self.builder
        return b.op("add", register, b.op("mul", b.const(0), b.op("log", register)))

    def _stopped(self, value: Value) -> Value:
        """A value that no derivative looks into: that at the point of each derivative around it."""
        if not isinstance(value, int):
            return matrices.each(value, lambda entry: self._stopped(entry))  # type: ignore[arg-type, return-value]
        while self.points:
            program = self.builder.build(value)
            inside = {n: self.points[n] for n in program.inputs if n in self.points}
            if not inside:
                break
            value = self.builder.include(program, inside)[program.outputs[0]]
        return value

    def _range(self, term: Term, bound: Bound) -> Value:
        body, *ends = term.args
        if any(is_infinite(end) for end in ends):
            raise Cannot(f"the range of {term} is infinite")
        low, high = (self.whole.value(end, bound) for end in ends)
        if low is None or high is None:
            raise Cannot(f"the ends of {term} are not known integers")
        if high - low > LONGEST:
            raise Cannot(f"{term} has more than {LONGEST} terms")
        b, head = self.builder, "add" if term.head == "sum" else "mul"
        empty = b.const(0 if head == "add" else 1)
        parts = [
            self.value(body, {**bound, term.payload: Fraction(i)})
            for i in range(int(low), int(high) + 1)
        ]
        return matrices.total(b, parts, head) if parts else empty

    def _over(self, term: Term, bound: Bound) -> Value:
        body, space = term.args
        b, parts = self.builder, []
        for point in self.layout.points(space.payload):
            weight = self.weight(point)
            value = self.value(body, {**bound, term.payload: point})
            parts.append(matrices.scaled(b, weight, value))
        return matrices.total(b, parts, "add")

    def _integral(self, term: Term, bound: Bound) -> Value:
        b = self.builder
        body, *ends = term.args
        low, high = (None if is_infinite(e) else self.number(e, bound) for e in ends)
        if ends[0].head == "oo" or (high is None and ends[1].head == "neg"):
            return b.op("log", b.const(-1))
        name = self.local()
        inside = self.value(body, {**bound, term.payload: b.input(name)})
        if not isinstance(inside, int):
            return matrices.each(inside, lambda r: self._bind(r, name, low, high))
        return self._bind(inside, name, low, high)

    def _bind(self, inside: int, name: str, low: int | None, high: int | None) -> int:
        """The integral of a register over a local name; from a larger end to a smaller undefined."""
        b = self.builder
        program, captured = cut(b, inside, name)
        value = b.bind("integral", low, high, body=program, variable=name, captured=captured)
        if low is None or high is None:
            return value
        if b[low].op == b[high].op == "const" and b[low].number < b[high].number:
            return value
        other = b.op("select", b.op("eq", low, high), b.const(0), b.op("log", b.const(-1)))
        return b.op("select", b.op("lt", low, high), value, other)

    def local(self) -> str:
        """A name for a bound variable that nothing else has."""
        self.locals += 1
        return f"'{self.locals}"

    def _derivative(self, term: Term, bound: Bound) -> Value:
        body, at = term.args
        point, name = self.number(at, bound), self.local()
        self.points[name] = point
        inside = self.value(body, {**bound, term.payload: self.builder.input(name)})
        if not isinstance(inside, int):
            return matrices.each(inside, lambda r: self._slope(r, name, point))
        return self._slope(inside, name, point)

    def _slope(self, inside: int, name: str, point: int) -> int:
        b = self.builder
        program = b.build(inside)
        if name not in program.inputs:
            return b.op("mul", b.const(0), inside)
        slope = program.gradient(name)
        return b.include(slope, {name: point})[slope.outputs[0]]
