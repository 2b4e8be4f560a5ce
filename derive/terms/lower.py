"""Terms to straight-line programs for `numeric`.

Definitions are unfolded, and sums and products with known bounds are written out. A term that is not
arithmetic over numbers, such as an abstract density, cannot be lowered. An integral, or a sum whose
bounds are not known, is lowered when ``integrals`` are asked for, since it may be slow to compute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from derive.terms.context import Context
from derive.terms.heads import FUNCTIONS
from derive.terms.printer import to_text
from derive.terms.shapes import is_infinite
from derive.terms.term import Term, rational
from numeric.builder import Builder, ProgramTooLarge
from numeric.program import Program

MAX_RANGE: Final = 20_000

# fmt: off
DIRECT: Final = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "abs": "abs", "sign": "sign", "floor": "floor",
    "ceil": "ceil", "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos",
    "atan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sigmoid": "sigmoid",
    "softplus": "softplus", "erf": "erf", "erfc": "erfc", "Gamma": "gamma",
    "loggamma": "loggamma", "digamma": "digamma", "max": "max", "min": "min", "pi": "pi",
}
# fmt: on
"""Functions of the language that are single operations of `numeric`."""


class LoweringError(ValueError):
    """A term that has no straight-line program; the message says which part stands in the way."""


def lower(
    context: Context,
    terms: Sequence[Term],
    values: Mapping[str, Fraction] | None = None,
    *,
    stop_gradient: bool = False,
    integrals: bool = False,
) -> Program:
    """A program with one output for each term.

    ``values`` fixes the integers in the bounds of sums and in indices; every other symbol becomes
    an input called by its name, an entry of a family one called like ``q[0]``. With ``stop_gradient``
    the value of ``sg(u)`` is that of ``u``; without, it has none. With ``integrals`` an integral, and
    a sum or product between computed bounds, is one instruction. Raises LoweringError.

    >>> from derive.terms import read
    >>> halves = lower(Context().declare("t"), [read("Int(x*t, x, 0, 1)")], integrals=True)
    >>> [i.op for i in halves.instructions]
    ['const', 'const', 'input', 'integral']
    """
    lowering = _Lowering(context, values or {}, stop_gradient, integrals)
    try:
        return lowering.builder.build(*(lowering.emit(term, {}) for term in terms))
    except ProgramTooLarge as error:
        raise LoweringError(str(error)) from None


Bound = Mapping[str, Fraction | None]
"""The bound variables: the integers that some stand for, None for those of the bodies around."""


class _Lowering:
    def __init__(
        self, context: Context, values: Mapping[str, Fraction], stop: bool, integrals: bool
    ) -> None:
        self.context = context
        self.values = values
        self.stop_gradient = stop
        self.integrals = integrals
        self.builder = Builder()
        self.ranges: dict[str, tuple[Term, Term]] = {}

    def emit(self, term: Term, bound: Bound) -> int:
        """The register that holds the value of ``term``, with the bound variables as given."""
        b = self.builder
        match term.head:
            case "num":
                return b.const(term.payload[0])
            case "sym":
                return self._symbol(term, bound)
            case "add" | "mul":
                out = self.emit(term.args[0], bound)
                for arg in term.args[1:]:
                    out = b.op(term.head, out, self.emit(arg, bound))
                return out
            case "neg" | "div" | "pow":
                return b.op(term.head, *(self.emit(a, bound) for a in term.args))
            case "index":
                places = ", ".join(str(self.integer(a, bound)) for a in term.args)
                return b.input(f"{term.payload}[{places}]")
            case "sum" | "prod":
                return self._range(term, bound)
            case "int" if self.integrals:
                return self._integral(term, bound)
            case "call":
                return self._call(term, bound)
        raise LoweringError(f"{to_text(term)} has no value that can be computed directly")

    def _symbol(self, term: Term, bound: Bound) -> int:
        if term.payload in bound:
            value = bound[term.payload]
            return self.builder.input(_local(term)) if value is None else self.builder.const(value)
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.emit(definition.body, {})
        if term.payload in self.context and self.context[term.payload].kind == "matrix":
            raise LoweringError(f"{term.payload} is a matrix, and has no single value")
        return self.builder.input(term.payload)

    def _call(self, term: Term, bound: Bound) -> int:
        name, b = term.payload, self.builder
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.emit(definition.apply(term.args), bound)
        if name == "sg" and self.stop_gradient:
            return self.emit(term.args[0], bound)
        if name == "trace_root" and term.args[0].head == "matrix":
            return self._trace_root(term.args[0], bound)
        if name not in FUNCTIONS or name not in DIRECT | {"log2": "", "log10": "", "Beta": ""}:
            raise LoweringError(f"{to_text(term)} has no value that can be computed directly")
        args = [self.emit(a, bound) for a in term.args]
        if name in ("log2", "log10"):
            return b.op(
                "div", b.op("log", *args), b.op("log", b.const(2 if name == "log2" else 10))
            )
        if name == "Beta":
            top = b.op("mul", b.op("gamma", args[0]), b.op("gamma", args[1]))
            return b.op("div", top, b.op("gamma", b.op("add", *args)))
        return b.op(DIRECT[name], *args)

    def _trace_root(self, term: Term, bound: Bound) -> int:
        columns = term.payload[1]
        entries = [self.emit(a, bound) for a in term.args]
        rows = [entries[i : i + columns] for i in range(0, len(entries), columns)]
        return self.builder.matrix("trace_sqrt", rows)

    def _range(self, term: Term, bound: Bound) -> int:
        body, *ends = term.args
        known = [_evaluate(end, {**self.values, **bound}) for end in ends]
        if self.integrals and None in known:
            low, high = (self.emit(end, bound) for end in ends)
            return self._bind(term, bound, low, high)
        low, high = (self.integer(end, bound) for end in ends)
        if high - low >= MAX_RANGE:
            raise LoweringError(f"{to_text(term)[:80]} has more than {MAX_RANGE} terms")
        b = self.builder
        out = b.const(0 if term.head == "sum" else 1)
        for i in range(low, high + 1):
            each = self.emit(body, {**bound, term.payload: Fraction(i)})
            out = each if i == low else b.op("add" if term.head == "sum" else "mul", out, each)
        return out

    def _integral(self, term: Term, bound: Bound) -> int:
        """An integral; from a larger end to a smaller it has no value, and log(-1) stands for it."""
        b = self.builder
        _, *ends = term.args
        low, high = (None if is_infinite(end) else self.emit(end, bound) for end in ends)
        reversed_ = ends[0].head == "oo" or (high is None and ends[1].head == "neg")
        if reversed_:
            return b.op("log", b.const(-1))
        value = self._bind(term, bound, low, high)
        if low is None or high is None or self._ordered(ends[0], ends[1], bound):
            return value
        other = b.op("select", b.op("eq", low, high), b.const(0), b.op("log", b.const(-1)))
        return b.op("select", b.op("lt", low, high), value, other)

    def _ordered(self, low: Term, high: Term, bound: Bound) -> bool:
        """Whether ``low < high`` by their form: numbers, or a variable inside its own range."""
        first, last = rational(low), rational(high)
        if first is not None and last is not None:
            return first < last
        below, above = self._range_of(high, bound), self._range_of(low, bound)
        return (below is not None and _at_most(low, below[0], bound)) or (
            above is not None and _at_most(above[1], high, bound)
        )

    def _range_of(self, term: Term, bound: Bound) -> tuple[Term, Term] | None:
        """The ends that the variable of an integral around lies strictly between."""
        inside = term.head == "sym" and term.payload in bound and bound[term.payload] is None
        return self.ranges.get(term.payload) if inside else None

    def _bind(self, term: Term, bound: Bound, low: int | None, high: int | None) -> int:
        """A sum, product or integral as one instruction, with its body as a program of its own."""
        outer, self.builder = self.builder, Builder()
        ranges = self.ranges
        self.ranges = {k: v for k, v in ranges.items() if k != term.payload}
        if term.head == "int":
            self.ranges[term.payload] = (term.args[1], term.args[2])
        try:
            body = self.builder.build(self.emit(term.args[0], {**bound, term.payload: None}))
        finally:
            self.builder, self.ranges = outer, ranges
        name, variable = ("integral" if term.head == "int" else term.head), _local(term)
        captured = {name: outer.input(name) for name in body.inputs if name != variable}
        return outer.bind(name, low, high, body=body, variable=variable, captured=captured)

    def integer(self, term: Term, bound: Bound) -> int:
        """The value of a bound or an index. Raises LoweringError when it is not a known integer."""
        value = _evaluate(term, {**self.values, **bound})
        if value is None or value.denominator != 1:
            raise LoweringError(f"{to_text(term)} is not a known integer")
        return int(value)


def _at_most(a: Term, b: Term, bound: Bound) -> bool:
    """Whether ``a <= b`` by their form."""
    first, last = rational(a), rational(b)
    if first is not None and last is not None:
        return first <= last
    return a is b and a.free.isdisjoint(bound)


def _local(term: Term) -> str:
    """The input of a body that a bound variable becomes: no symbol has such a name."""
    return f"{term.payload}'"


def _evaluate(term: Term, values: Bound) -> Fraction | None:
    """Exact arithmetic over the given values; None when something else is involved."""
    if term.head == "sym":
        return values.get(term.payload)
    literal = rational(term)
    if literal is not None:
        return literal
    args = [_evaluate(a, values) for a in term.args]
    known = [a for a in args if a is not None]
    if len(known) < len(args) or term.head not in ("add", "mul", "neg"):
        return None
    if term.head == "neg":
        return -known[0]
    total = known[0]
    for value in known[1:]:
        total = total + value if term.head == "add" else total * value
    return total
