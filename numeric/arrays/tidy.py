"""Fewer passes over memory: constants and signs move to where they cost least.

Each node is held as a constant times a core, and the constant is applied only where the value
itself is asked for: a product collects the constants of its factors, a sum takes a sign as a
subtraction, a quotient by the same thing on both sides of a sum is taken once. The factors that
vary keep their order and their side of the fraction.
A constant leaves a node only when one other node reads it, so that no work is done twice.
"""

from __future__ import annotations

import math
from dataclasses import replace

from numeric.arrays.steps import Graph

_LEAST, _MOST = 1e-9, 1e9
"""A constant beyond these stays where it is, so that nothing overflows by as much more."""

Scaled = tuple[float, int]
"""A constant, and a node of the new graph: their product is the value."""


def tidied(old: Graph) -> Graph:
    """The same values in fewer steps."""
    return _Tidy(old).run()


def _readers(old: Graph) -> list[list[int]]:
    """The nodes that read each node; an output is read by -1 as well."""
    readers: list[list[int]] = [[] for _ in old.nodes]
    needed = [False] * len(old.nodes)
    for output in old.outputs:
        needed[output] = True
        readers[output].append(-1)
    for index in range(len(old.nodes) - 1, -1, -1):
        if needed[index]:
            for arg in set(old.nodes[index].args):
                needed[arg] = True
                readers[arg].append(index)
    return readers


class _Tidy:
    """One pass over a graph, from the inputs to the outputs."""

    def __init__(self, old: Graph) -> None:
        self.old = old
        self.new = Graph()
        self.readers = _readers(old)
        self.held: list[Scaled] = []

    def run(self) -> Graph:
        for index, node in enumerate(self.old.nodes):
            if not self.readers[index]:
                self.held.append((1.0, -1))
            elif node.name == "multiply":
                self.held.append(self._multiply(*node.args))
            elif node.name == "divide":
                self.held.append(self._divide(*node.args))
            elif node.name == "negative":
                scale, core = self.held[node.args[0]]
                self.held.append((-scale, core))
            elif node.name in ("add", "subtract"):
                inner = self._is_inner(index)
                self.held.append((1.0, -1) if inner else self._sum(index))
            else:
                args = tuple(self.value(arg) for arg in node.args)
                self.held.append((1.0, self.new.add(replace(node, args=args))))
        self.new.outputs = [self.value(output) for output in self.old.outputs]
        return self.new

    def value(self, index: int) -> int:
        """The new node whose value is that of the old one."""
        return self._applied(*self.held[index])

    def _applied(self, scale: float, core: int) -> int:
        if scale == 1:
            return core
        if scale == -1:
            return self.new("negative", core)
        inverse = 1 / scale
        if inverse == round(inverse) and math.frexp(inverse)[0] != math.copysign(0.5, inverse):
            return self.new("divide", core, self.new.const(inverse))
        return self.new("multiply", core, self.new.const(scale))

    def _taken(self, index: int) -> Scaled:
        """The constant apart from the core where nobody else reads the node; signs always."""
        scale, core = self.held[index]
        if self._is_single(index) or abs(scale) == 1:
            return scale, core
        return 1.0, self.value(index)

    def _factor(self, index: int) -> tuple[float, int | None]:
        """As `_taken`, with the core None for a constant."""
        node = self.old.nodes[index]
        if node.name == "const" and _LEAST < abs(node.extra) < _MOST:
            return node.extra, None
        return self._taken(index)

    def _multiply(self, left: int, right: int) -> Scaled:
        (one, a), (other, b) = self._factor(left), self._factor(right)
        scale = one * other
        if not _LEAST < abs(scale) < _MOST or (a is None and b is None):
            return 1.0, self.new("multiply", self.value(left), self.value(right))
        if a is None or b is None:
            return scale, a if b is None else b  # type: ignore[return-value]
        return scale, self.new("multiply", a, b)

    def _divide(self, left: int, right: int) -> Scaled:
        (one, a), (other, b) = self._factor(left), self._factor(right)
        scale = one / other if other else 0.0
        if not _LEAST < abs(scale) < _MOST or (a is None and b is None):
            return 1.0, self.new("divide", self.value(left), self.value(right))
        if a is None:
            return 1.0, self.new("divide", self.new.const(scale), b)  # type: ignore[arg-type]
        return scale, a if b is None else self.new("divide", a, b)

    def _sum(self, index: int) -> Scaled:
        """The terms of a chain of sums, those with one constant taken together."""
        terms = self._terms(index)
        groups: dict[float, list[tuple[float, int, bool]]] = {}
        for scale, core, single in terms:
            groups.setdefault(abs(scale), []).append((math.copysign(1, scale), core, single))
        if len(groups) == 1:
            (scale, members), *_ = groups.items()
            sign, core, _ = self._added(members)
            return sign * scale, core
        parts = []
        for scale, members in groups.items():
            sign, core, _ = self._added(members)
            parts.append((sign * scale, core))
        if self._is_only_negated(index):
            return -1.0, self._mixed([(-scale, core) for scale, core in parts])
        return 1.0, self._mixed(parts)

    def _terms(self, index: int) -> list[tuple[float, int, bool]]:
        """Constant, core, and whether nobody else reads it, for each term in order."""
        terms: list[tuple[float, int, bool]] = []
        stack = [(index, 1.0)]
        while stack:
            place, sign = stack.pop()
            node = self.old.nodes[place]
            inner = place == index or self._is_inner(place)
            if inner:
                left, right = node.args
                stack.append((right, sign if node.name == "add" else -sign))
                stack.append((left, sign))
            else:
                scale, core = self._taken(place)
                terms.append((sign * scale, core, self._is_single(place)))
        return terms

    def _is_inner(self, index: int) -> bool:
        """Whether this is a sum that only another sum reads, as its first operand."""
        if self.old.nodes[index].name not in ("add", "subtract") or not self._is_single(index):
            return False
        reader = self.readers[index][0]
        return reader >= 0 and (
            self.old.nodes[reader].name in ("add", "subtract")
            and self.old.nodes[reader].args[0] == index
            and self.old.nodes[reader].args[1] != index
        )

    def _added(self, members: list[tuple[float, int, bool]]) -> tuple[float, int, bool]:
        """The sum of terms ±core: its sign and its core."""
        total = members[0]
        for sign, core, single in members[1:]:
            name = "add" if sign == total[0] else "subtract"
            joined = self._joined(name, total[1], core, total[2] and single)
            total = (total[0], joined, True)
        return total

    def _mixed(self, parts: list[Scaled]) -> int:
        """A sum of different multiples; a factor -1 becomes a subtraction."""
        first = next((k for k, (scale, _) in enumerate(parts) if scale != -1), 0)
        total = self._applied(*parts[first])
        for place, (scale, core) in enumerate(parts):
            if place == first:
                continue
            if scale == -1:
                total = self.new("subtract", total, core)
            else:
                total = self.new("add", total, self._applied(scale, core))
        return total

    def _is_single(self, index: int) -> bool:
        return len(self.readers[index]) == 1

    def _is_only_negated(self, index: int) -> bool:
        """Whether the one reader takes the value with the other sign."""
        readers = self.readers[index]
        return readers == [readers[0]] and self.old.nodes[readers[0]].name == "negative"

    def _joined(self, name: str, a: int, b: int, single: bool) -> int:
        """a ± b; what both are divided by is divided by once."""
        one, other = self.new.nodes[a], self.new.nodes[b]
        if single and one.name == other.name == "divide" and one.args[1] == other.args[1]:
            total = self.new(name, one.args[0], other.args[0])
            return self.new("divide", total, one.args[1])
        return self.new(name, a, b)
