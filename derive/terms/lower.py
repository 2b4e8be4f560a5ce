"""Terms to straight-line programs for `numeric`.

Definitions are unfolded, and sums and products with known bounds are written out. A term that is not
arithmetic over numbers, such as an integral or an abstract density, cannot be lowered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from derive.terms.context import Context
from derive.terms.printer import to_text
from derive.terms.term import FUNCTIONS, Term, rational
from numeric.program import Builder, Program, ProgramTooLarge

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
) -> Program:
    """A program with one output for each term.

    ``values`` fixes the integers in the bounds of sums and in indices; every other symbol becomes
    an input called by its name, an entry of a family one called like ``q[0]``. With ``stop_gradient``
    the value of ``sg(u)`` is that of ``u``; without, it has none. Raises LoweringError.
    """
    lowering = _Lowering(context, values or {}, stop_gradient)
    try:
        return lowering.builder.build(*(lowering.emit(term, {}) for term in terms))
    except ProgramTooLarge as error:
        raise LoweringError(str(error)) from None


class _Lowering:
    def __init__(self, context: Context, values: Mapping[str, Fraction], stop: bool) -> None:
        self.context = context
        self.values = values
        self.stop_gradient = stop
        self.builder = Builder()

    def emit(self, term: Term, bound: Mapping[str, Fraction]) -> int:
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
            case "call":
                return self._call(term, bound)
        raise LoweringError(f"{to_text(term)} has no value that can be computed directly")

    def _symbol(self, term: Term, bound: Mapping[str, Fraction]) -> int:
        if term.payload in bound:
            return self.builder.const(bound[term.payload])
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.emit(definition.body, {})
        if term.payload in self.context and self.context[term.payload].kind == "matrix":
            raise LoweringError(f"{term.payload} is a matrix, and has no single value")
        return self.builder.input(term.payload)

    def _call(self, term: Term, bound: Mapping[str, Fraction]) -> int:
        name, b = term.payload, self.builder
        definition = self.context.definition_of(term)
        if definition is not None:
            return self.emit(definition.apply(term.args), bound)
        if name == "sg" and self.stop_gradient:
            return self.emit(term.args[0], bound)
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

    def _range(self, term: Term, bound: Mapping[str, Fraction]) -> int:
        body, *ends = term.args
        low, high = (self.integer(end, bound) for end in ends)
        if high - low >= MAX_RANGE:
            raise LoweringError(f"{to_text(term)[:80]} has more than {MAX_RANGE} terms")
        b = self.builder
        out = b.const(0 if term.head == "sum" else 1)
        for i in range(low, high + 1):
            each = self.emit(body, {**bound, term.payload: Fraction(i)})
            out = each if i == low else b.op("add" if term.head == "sum" else "mul", out, each)
        return out

    def integer(self, term: Term, bound: Mapping[str, Fraction]) -> int:
        """The value of a bound or an index. Raises LoweringError when it is not a known integer."""
        value = _evaluate(term, {**self.values, **bound})
        if value is None or value.denominator != 1:
            raise LoweringError(f"{to_text(term)} is not a known integer")
        return int(value)


def _evaluate(term: Term, values: Mapping[str, Fraction]) -> Fraction | None:
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
