"""Sums of weighted exponentials, divided by one of them so that none overflows.

All this holds for any real weights, because an exponential is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from numeric.stable.graph import Factors, Graph
from numeric.stable.steps import HALF, Number, size

Weighted: TypeAlias = tuple[Number, Factors, int | None]
"""A rational, further factors, and the exponent (None for 0) of a term."""


class Product:
    """A product being rewritten: a rational, plain factors, and the terms of one exponent."""

    def __init__(self, graph: Graph, coefficient: Number, factors: Factors) -> None:
        self.graph = graph
        self.coefficient = coefficient
        self.factors: dict[tuple[int, bool], Number] = {}
        self.exponents: list[tuple[Number, int]] = []
        self.changed = False
        for base, e in factors:
            if graph.ops[base] == "exp":
                self.exponents.append((e, graph.args[base][0]))
            else:
                self.put(base, e)

    def put(self, base: int, e: Number) -> None:
        """Multiply by a power of a step."""
        key = (base, e > 0)
        self.factors[key] = self.factors.get(key, 0) + e

    def cancel(self, base: int, e: Number) -> None:
        """Divide by a power of a step, against the same power where it stands already."""
        key = (base, e > 0)
        there = self.factors.get(key)
        if there is None or size(there) < size(e):
            self.put(base, -e)
        elif there == e:
            del self.factors[key]
        else:
            self.factors[key] = there - e

    def exponent(self) -> int | None:
        """What the exponential in this product is of; None when there is none."""
        if len(self.exponents) == 1 and self.exponents[0][0] == 1:
            return self.exponents[0][1]
        return self.graph.total(self.exponents) if self.exponents else None

    def build(self) -> int:
        """The product as steps."""
        g = self.graph
        factors = [(base, e) for (base, _), e in self.factors.items()]
        u = self.exponent()
        if u is not None and g.number(u) != 0:
            factors.append((g.apply("exp", u), 1))
        return g.product(self.coefficient, factors)


def weights(g: Graph, step: int) -> list[Weighted] | None:
    """A sum as weighted exponentials, or None when there is none among its terms."""
    key = ("weights", step)
    if key not in g.cache:
        g.cache[key] = _weights(g, step)
    found = g.cache[key]
    return found if isinstance(found, list) else None


def _weights(g: Graph, step: int) -> list[Weighted] | None:
    op = g.ops[step]
    if op in ("expm1", "sinh", "cosh"):
        u = g.args[step][0]
        if op == "expm1":
            return [(1, (), u), (-1, (), None)]
        return [(HALF, (), u), (-HALF if op == "sinh" else HALF, (), g.neg(u))]
    out: list[Weighted] = []
    for sign, leaf in g.terms(step):
        c, factors = g.view(leaf)
        parts = Product(g, sign * c, factors)
        if any(g.ops[base] in ("expm1", "sinh", "cosh") for base, _ in parts.factors):
            return None
        rest = tuple(sorted((base, e) for (base, _), e in parts.factors.items()))
        out.append((parts.coefficient, rest, parts.exponent()))
    return out if any(u is not None for _, _, u in out) else None


def minus(g: Graph, a: int | None, b: int | None) -> int:
    """a - b, where None is 0; what cancels is forgotten."""
    terms: list[tuple[Number, int]] = [] if a is None else [(1, a)]
    if b is not None:
        terms.append((-1, b))
    return g.total(terms, forget=True)


@dataclass(frozen=True, slots=True)
class Divided:
    """A sum of weighted exponentials as c·R·exp(by)·`step`, where c·R is what all terms share.

    `terms` says for the factors and the exponent of a term (without R) what became of it.
    """

    step: int
    by: int | None
    coefficient: Number
    shared: Factors
    terms: dict[tuple[Factors, int | None], int]

    def whole(self, g: Graph) -> int:
        """The sum divided by the exponential alone."""
        return g.product(self.coefficient, (*self.shared, (self.step, 1)))


def divided(g: Graph, terms: list[Weighted], by: int | None) -> Divided:
    """The sum of weighted exponentials divided by the exponential of `by`."""
    first, rest, _ = terms[0]
    same = all(size(c) == size(first) for c, _, _ in terms)
    coefficient = size(first) if same else 1
    shared = tuple(f for f in rest if all(f in other for _, other, _ in terms))
    made: dict[tuple[Factors, int | None], int] = {}
    parts: list[tuple[Number, int]] = []
    for c, rest, u in terms:
        if same:
            c = 1 if c > 0 else -1
        own = tuple(f for f in rest if f not in shared)
        gap = minus(g, u, by)
        factors = own if g.number(gap) == 0 else (*own, (g.apply("exp", gap), 1))
        made[own, u] = g.product(1, factors)
        parts.append((c, made[own, u]))
    return Divided(g.total(parts), by, coefficient, shared, made)


def largest(g: Graph, terms: list[Weighted]) -> int:
    """The largest exponent."""
    nodes = list(dict.fromkeys(g.const(0) if u is None else u for _, _, u in terms))
    if all(g.ops[node] == "neg" for node in nodes):
        return g.neg(_fold(g, "min", [g.args[node][0] for node in nodes]))
    return _fold(g, "max", nodes)


def _fold(g: Graph, op: str, nodes: list[int]) -> int:
    result = nodes[0]
    for node in nodes[1:]:
        result = g.apply(op, result, node)
    return result


def shifted(g: Graph, step: int, terms: list[Weighted]) -> Divided:
    """A sum of exponentials divided by the largest."""
    key = ("shifted", step)
    found = g.cache.get(key)
    if not isinstance(found, Divided):
        found = divided(g, terms, largest(g, terms))
        g.cache[key] = found
        g.cache["scaled", found.step] = True
        g.cache["scaled", found.whole(g)] = True
    return found
