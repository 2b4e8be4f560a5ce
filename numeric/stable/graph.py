"""The working copy of a program that `numeric.stable` rewrites.

A `Graph` makes steps in their simplest form, and sums and products out of lists of terms and
factors. Powers with a rational exponent stay whole here (x·x is x²); `numeric.stable.emit` writes
them out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from numeric.program import Body
from numeric.stable.facts import NZ, TOTAL
from numeric.stable.steps import (
    HALF,
    Number,
    Steps,
    exact_power,
    is_dyadic,
    quotient,
    short,
    size,
    tidy,
)

if TYPE_CHECKING:
    from numeric.stable.sums import Sum

Term: TypeAlias = tuple[Number, int]
"""A multiple of a step."""
Factors: TypeAlias = tuple[tuple[int, Number], ...]
"""Steps, each with its exponent; an integer, or any rational where the step is not negative."""

SUMS = frozenset(("add", "sub", "neg"))
PRODUCTS = frozenset(("mul", "div"))
COMPOSITE = frozenset(("mul", "div", "neg", "pow", "sqrt"))
"""The operations whose results are taken apart into factors."""

_MOST_FACTORS = 2000
_MOST_SHARED = 12
_MOST_TERMS = 64
_MOST_EXPONENT = 1024
_DEPTH = 12


class Graph(Steps):
    """Steps, simplified as they are made.

    `rules` names for an operation what to try before it is added as it is; `sums` is the class
    that takes terms together.
    """

    def __init__(
        self, rules: Mapping[str, Callable[..., int | None]], sums: Callable[[Graph, bool], Sum]
    ) -> None:
        super().__init__()
        self.rules = rules
        self.difference_of: dict[int, list[Term]] = {}
        """For a product that was made of a difference of squares, the terms it was made of."""
        self.cache: dict[tuple[str, int], object] = {}
        """What rules remember about a step."""
        self.opaque: set[int] = set()
        """Long sums that rules have made, which count as one term of other sums."""
        self.repeated: set[int] = set()
        """Factors of several things that the original program reads."""
        self.log_of_body: Callable[[int], Body] | None = None
        """Makes of a product over an index the body whose sum is its logarithm."""
        self._sum = sums
        self._applied: dict[tuple[str, tuple[int, ...]], int] = {}
        self._views: dict[int, tuple[Number, Factors]] = {}
        self._terms: dict[int, list[Term]] = {}
        self._depth = 0

    def apply(self, op: str, *args: int) -> int:
        """The step `op` of `args` after the rules for `op`, in its simplest known form."""
        rule = self.rules.get(op)
        if rule is None or self._depth >= _DEPTH:
            return self.raw(op, *args)
        known = self._applied.get((op, args))
        if known is None:
            self._depth += 1
            found = rule(self, *args)
            self._depth -= 1
            known = self._applied[op, args] = self.raw(op, *args) if found is None else found
        return known

    # Arithmetic

    def neg(self, a: int) -> int:
        """-a."""
        op = self.ops[a]
        if op == "neg":
            return self.args[a][0]
        if op == "const":
            return self.const(-self.numbers[a])
        if op == "sub":
            return self.raw("sub", self.args[a][1], self.args[a][0])
        if op == "add":
            for c, x in (self.args[a], self.args[a][::-1]):
                if c in self.numbers:
                    return self.raw("sub", self.const(-self.numbers[c]), x)
        if op in PRODUCTS:
            first, second = self.args[a]
            if first in self.numbers:
                return self.raw(op, self.const(-self.numbers[first]), second)
        return self.raw("neg", a)

    def add(self, a: int, b: int) -> int:
        """a + b."""
        ops = self.ops
        if ops[b] == "neg":
            return self.sub(a, self.args[b][0])
        if ops[a] == "neg":
            return self.sub(b, self.args[a][0])
        if ops[a] == "const" or ops[b] == "const":
            x, y = self.numbers.get(a), self.numbers.get(b)
            if x is not None and y is not None:
                if short(x + y):
                    return self.const(x + y)
            elif not (x or y):
                return b if x is not None else a
        return self.raw("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        ops = self.ops
        if ops[b] == "neg":
            return self.add(a, self.args[b][0])
        if ops[a] == "const" or ops[b] == "const":
            x, y = self.numbers.get(a), self.numbers.get(b)
            if x is not None and y is not None:
                if short(x - y):
                    return self.const(x - y)
            elif not (x or y):
                return self.neg(b) if x is not None else a
        if a == b and self.has(a, TOTAL):
            return self.const(0)
        return self.raw("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        """a·b."""
        ops = self.ops
        if a == b:
            return self.power(a, 2)
        if ops[a] == "const":
            return self._multiple(self.numbers[a], b)
        if ops[b] == "const":
            return self._multiple(self.numbers[b], a)
        if ops[a] == "neg" and ops[b] == "neg":
            return self.mul(self.args[a][0], self.args[b][0])
        for inverse, other in ((a, b), (b, a)):
            if ops[inverse] == "div" and not self.shared(inverse):
                top, bottom = self.args[inverse]
                if self.numbers.get(top) == 1:
                    return self.div(other, bottom)
        return self.raw("mul", a, b)

    def _multiple(self, c: Number, x: int) -> int:
        if c == 1:
            return x
        if c == -1:
            return self.neg(x)
        if c == 0 and self.has(x, TOTAL):
            return self.const(0)
        op = self.ops[x]
        if op == "const" and short(c * self.numbers[x]):
            return self.const(c * self.numbers[x])
        if op == "neg":
            return self._multiple(-c, self.args[x][0])
        if op in PRODUCTS and c:
            first, second = self.args[x]
            joined = c * self.numbers.get(first, 0)
            if joined and short(joined):
                if op == "mul":
                    return self._multiple(tidy(joined), second)
                return self.div(self.const(joined), second)
        return self.raw("mul", self.const(c), x)

    def div(self, a: int, b: int) -> int:
        """a/b."""
        ops = self.ops
        x, y = self.numbers.get(a), self.numbers.get(b)
        if y:
            inverse = quotient(1, y)
            if x is not None and short(x * inverse):
                return self.const(x * inverse)
            if abs(y) == 1:
                return a if y == 1 else self.neg(a)
            if ops[a] == "mul" and is_dyadic(inverse) and self.args[a][0] in self.numbers:
                return self._multiple(inverse, a)
        elif ops[a] == "neg" and ops[b] == "neg":
            return self.div(self.args[a][0], self.args[b][0])
        elif (a == b or x == 0) and self.has(b, TOTAL | NZ):
            return self.const(1 if a == b else 0)
        return self.raw("div", a, b)

    def power(self, a: int, exponent: Number) -> int:
        """a to a rational power."""
        return a if exponent == 1 else self.apply("pow", a, self.const(exponent))

    # Products

    def view(self, step: int) -> tuple[Number, Factors]:
        """A rational and the factors of a step; not every one when there are very many."""
        found = self._views.get(step)
        if found is None:
            op = self.ops[step]
            if op in COMPOSITE:
                found = self._factorise(step)
            elif op == "const" and short(self.numbers[step]):
                found = (self.numbers[step], ())
            else:
                found = (1, ((step, 1),))
            self._views[step] = found
        return found

    def _factorise(self, step: int) -> tuple[Number, Factors]:
        coefficient: Number = 1
        factors: dict[tuple[int, bool], Number] = {}
        stack: list[tuple[int, Number]] = [(step, 1)]
        budget, shared = _MOST_FACTORS, _MOST_SHARED
        ops, uses = self.ops, self.uses
        while stack:
            node, e = stack.pop()
            op = ops[node]
            if op in COMPOSITE:
                budget -= 1
                shared -= uses[node] > 1
                if e.denominator == 1 and budget > 0 and shared >= 0:
                    if op == "neg":
                        coefficient = coefficient if e % 2 == 0 else -coefficient
                    parts = self._parts(node, e.numerator)
                    if parts:
                        stack += parts
                        continue
            elif op == "const" and e.denominator == 1:
                power = exact_power(self.numbers[node], e.numerator)
                if not power or not short(coefficient * power):
                    return 1, ((step, 1),)
                coefficient = coefficient * power
                continue
            key = (node, e > 0)
            factors[key] = factors.get(key, 0) + e
        return tidy(coefficient), tuple([(node, e) for (node, _), e in factors.items()])

    def _parts(self, node: int, e: int) -> tuple[tuple[int, Number], ...]:
        """The powers whose product, signs aside, is the power e of a step; the last comes first."""
        op, args = self.ops[node], self.args[node]
        if op == "mul":
            return ((args[1], e), (args[0], e))
        if op == "div":
            return ((args[1], -e), (args[0], e))
        if op == "neg":
            return ((args[0], e),)
        if op == "sqrt":
            return ((args[0], e * HALF),)
        r = self.numbers.get(args[1])
        return ((args[0], tidy(e * r)),) if r and size(r * e) <= _MOST_EXPONENT else ()

    def product(self, coefficient: Number, factors: Iterable[tuple[int, Number]]) -> int:
        """The product as one quotient, the coefficient first; a power stands where its sign says."""
        above: list[int] = []
        below: list[int] = []
        for node, e in factors:
            if e:
                (above if e > 0 else below).append(self.power(node, size(e)))
        top = size(coefficient)
        if not is_dyadic(top):
            below.insert(0, self.const(top.denominator))
            top = top.numerator
        if top != 1 or not above:
            above.insert(0, self.const(top))
        result = self._fold(above)
        if below:
            result = self.div(result, self._fold(below))
        return self.neg(result) if coefficient < 0 else result

    def _fold(self, nodes: list[int]) -> int:
        result = nodes[0]
        for node in nodes[1:]:
            result = self.mul(result, node)
        return result

    def scale(self, coefficient: Number, step: int) -> int:
        """A rational multiple of a step."""
        if coefficient == 1:
            return step
        if is_dyadic(coefficient) or step in self.numbers:
            return self.mul(self.const(coefficient), step)
        c, factors = self.view(step)
        return self.product(coefficient * c, factors)

    # Sums

    def terms(self, step: int) -> list[Term]:
        """The signed terms of a sum; a partial sum that is read elsewhere too is one term."""
        found = self._terms.get(step)
        if found is None:
            found = self._terms[step] = self._split(step)
        return found

    def _split(self, step: int) -> list[Term]:
        if step in self.difference_of:
            return self.difference_of[step]
        out: list[Term] = []
        stack: list[tuple[int, int]] = [(1, step)]
        ops, args, uses, opaque = self.ops, self.args, self.uses, self.opaque
        while stack:
            sign, node = stack.pop()
            op = ops[node]
            if op in SUMS and (node == step or (uses[node] <= 1 and node not in opaque)):
                if op == "neg":
                    stack.append((-sign, args[node][0]))
                else:
                    first, second = args[node]
                    stack += ((sign if op == "add" else -sign, second), (sign, first))
            else:
                out.append((sign, node))
        return out

    def collect(self, terms: Iterable[Term], forget: bool = False) -> Sum:
        """These multiples, like terms taken together; see `Sum`."""
        table = self._sum(self, forget)
        for coefficient, step in terms:
            table.add(coefficient, step)
        return table

    def total(self, terms: Iterable[Term], forget: bool = False) -> int:
        """The sum of these multiples, like terms taken together and rules tried."""
        terms = list(terms)
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        table = self.collect(terms, forget)
        if self._depth < _DEPTH:
            self._depth += 1
            table.improve()
            self._depth -= 1
        result = table.build()
        if len(table.items) > _MOST_TERMS:
            self.opaque.add(result)
        return result
