"""Sums: like terms taken together, and the rules for terms that cancel.

The rules that concern one pair of functions are the tables of `numeric.stable.cancelling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from numeric.stable.cancelling import COMPLEMENTS, DIFFERENCES
from numeric.stable.facts import TOTAL
from numeric.stable.graph import SUMS, Factors, Graph, Term
from numeric.stable.steps import HALF, Number, quotient, short, size

_MOST_PAIRS = 8
_COMPLEMENTED = frozenset((op, exponent) for op, exponent, _ in COMPLEMENTS)
_COMPLEMENTED_OPS = frozenset(op for op, _, _ in COMPLEMENTS)


@dataclass(slots=True)
class Item:
    """A multiple of a product of factors; `leaf` is the step it was, if it still is that one."""

    coefficient: Number
    leaf: int | None
    sign: Number = 1


class Sum:
    """Terms taken together by their factors.

    A term that cancels leaves 0 times itself behind unless it is always defined, or `forget`.
    """

    def __init__(self, graph: Graph, forget: bool = False) -> None:
        self.graph = graph
        self.items: dict[Factors, Item] = {}
        self.forget = forget
        self.changed = False
        self.cancelled = False
        self._built: int | None = None

    def add(self, coefficient: Number, step: int) -> None:
        """Add a multiple of a step, term by term if it is a sum."""
        g = self.graph
        if g.ops[step] in SUMS and step not in g.opaque:
            for sign, leaf in g.terms(step):
                self.add_leaf(coefficient * sign, leaf)
        else:
            self.add_leaf(coefficient, step)

    def add_leaf(self, coefficient: Number, leaf: int) -> None:
        """Add a multiple of a step that is no sum."""
        g = self.graph
        c, factors = g.view(leaf)
        if len(factors) > 1:
            factors = tuple(sorted(factors))
        found = self.items.get(factors)
        if found is None:
            if c or factors:
                self.items[factors] = Item(coefficient * c, leaf, coefficient)
            return
        found.coefficient += coefficient * c
        found.leaf = None
        self.changed = True
        if found.coefficient == 0:
            self.cancelled = True
            if not factors or self.forget or g.has(leaf, TOTAL):
                del self.items[factors]

    def replace(self, gone: tuple[Factors, ...], coefficient: Number, step: int) -> None:
        """Put a multiple of a step in the place of these items."""
        for key in gone:
            self.items.pop(key, None)
        self.changed = True
        self.add(coefficient, step)

    def improve(self) -> None:
        """Try every rule for sums."""
        ops = self.graph.ops
        heads = {"sqrt" if e == HALF else ops[base] for key in self.items for base, e in key}
        if not heads.isdisjoint(_COMPLEMENTED_OPS):
            self._complements()
            if "exp" in heads:
                _exponentials(self)
        if not heads.isdisjoint(DIFFERENCES) or "log1p" in heads:
            self._differences()
        if "softplus" in heads or "logaddexp" in heads:
            _absorb(self)
        if len(self.items) == 2:
            _squares(self)

    def build(self) -> int:
        """The sum as steps, added terms before subtracted ones."""
        if self._built is None:
            self._built = self._build()
        return self._built

    def _build(self) -> int:
        g = self.graph
        added: list[int] = []
        taken: list[int] = []
        for factors, item in self.items.items():
            c = item.coefficient
            if item.leaf is None:
                step = g.product(size(c), factors)
                (added if c >= 0 else taken).append(step)
            elif item.sign == 1 or item.sign == -1:
                (added if item.sign == 1 else taken).append(item.leaf)
            else:
                (added if item.sign >= 0 else taken).append(g.scale(size(item.sign), item.leaf))
        return _fold(g, added, taken)

    def _complements(self) -> None:
        """c·R + k·R·f(u)ⁿ for a line of `COMPLEMENTS`; R may be any product."""
        g = self.graph
        ops = g.ops
        for key in list(self.items):
            for place, (base, exponent) in enumerate(key):
                if (ops[base], exponent) not in _COMPLEMENTED:
                    continue
                rest = key[:place] + key[place + 1 :]
                item, other = self.items.get(key), self.items.get(rest)
                if item is None or other is None or not other.coefficient:
                    continue
                ratio = quotient(item.coefficient, other.coefficient)
                rule = COMPLEMENTS.get((ops[base], exponent, ratio))
                found = rule(g, *g.args[base]) if rule else None
                if found is not None:
                    c, factors = found
                    c *= other.coefficient
                    self.replace((key, rest), 1, g.product(c, (*rest, *factors)))
                    break

    def _differences(self) -> None:
        """k·R·f(p) - k·R·f(q) for a line of `DIFFERENCES`."""
        groups: dict[tuple[str, Factors], list[tuple[Factors, int]]] = {}
        g = self.graph
        for key in self.items:
            for place, (base, exponent) in enumerate(key):
                op = g.ops[base]
                if exponent == 1 and (op in DIFFERENCES or op == "log1p"):
                    head, argument = op, g.args[base][0]
                    if op == "log1p":
                        head, argument = "log", g.total(((1, g.const(1)), (1, argument)))
                elif exponent == HALF:
                    head, argument = "sqrt", base
                else:
                    continue
                rest = key[:place] + key[place + 1 :]
                groups.setdefault((head, rest), []).append((key, argument))
        for (head, rest), members in groups.items():
            if head == "sqrt":
                members += _squared(self, rest, members)
            if 2 <= len(members) <= _MOST_PAIRS:
                self._pair_up(head, rest, members)

    def _pair_up(self, head: str, rest: Factors, members: list[tuple[Factors, int]]) -> None:
        g = self.graph
        for place, (key, p) in enumerate(members):
            for other, q in members[place + 1 :]:
                first, second = self.items.get(key), self.items.get(other)
                if first is None or second is None:
                    continue
                # A rational beside a square root stands for its own size.
                c = first.coefficient
                if other and second.coefficient != -c:
                    continue
                for one, two, k in ((p, q, c), (q, p, -c)):
                    gap = _gap(g, one, two)
                    found = DIFFERENCES[head](g, one, two, gap)
                    if found is not None:
                        whole = g.product(k, (*rest, (found, 1)))
                        self.replace((key, other), 1, whole)
                        break


def _gap(g: Graph, p: int, q: int) -> Sum:
    """p - q, and what cancels in it is forgotten."""
    less = [(-c, step) for c, step in g.terms(q)]
    return g.collect([*g.terms(p), *less], forget=True)


def _fold(g: Graph, added: list[int], taken: list[int]) -> int:
    if not added:
        if not taken:
            return g.const(0)
        return _fold(g, [g.neg(taken[0])], taken[1:])
    result = added[0]
    for step in added[1:]:
        result = g.add(result, step)
    for step in taken:
        result = g.sub(result, step)
    return result


def _squared(
    table: Sum, rest: Factors, roots: list[tuple[Factors, int]]
) -> list[tuple[Factors, int]]:
    """What may pair with a square root: a rational, or a step that is not negative, squared."""
    g = table.graph
    found: list[tuple[Factors, int]] = []
    if rest or len(roots) != 1:
        return found
    root = table.items[roots[0][0]].coefficient
    for key, item in table.items.items():
        if not key and item.coefficient * root < 0:
            size = quotient(item.coefficient, root)
            found.append((key, g.const(size * size)))
        elif len(key) == 1 and key[0][1] == 1 and g.positive(key[0][0]):
            found.append((key, g.power(key[0][0], 2)))
    return found


def _exponentials(table: Sum) -> None:
    """eᵘ - e⁻ᵘ = 2 sinh u."""
    g = table.graph
    exps = [key for key in table.items if len(key) == 1 and g.ops[key[0][0]] == "exp"]
    for place, key in enumerate(exps[:_MOST_PAIRS]):
        u = g.args[key[0][0]][0]
        for other in exps[place + 1 : _MOST_PAIRS]:
            first, second = table.items.get(key), table.items.get(other)
            if first is None or second is None or first.coefficient != -second.coefficient:
                continue
            if key[0][1] == other[0][1] == 1 and g.args[other[0][0]][0] == g.neg(u):
                sinh = g.apply("sinh", u)
                table.replace((key, other), 1, g.product(2 * first.coefficient, ((sinh, 1),)))


def _absorb(table: Sum) -> None:
    """softplus(u) - u = softplus(-u), and logaddexp(a, b) - a = softplus(b - a)."""
    g = table.graph
    for key in list(table.items):
        item = table.items.get(key)
        if item is None or len(key) != 1 or key[0][1] != 1:
            continue
        op, args = g.ops[key[0][0]], g.args[key[0][0]]
        if op not in ("softplus", "logaddexp"):
            continue
        for place, arg in enumerate(args):
            parts = g.collect(((-item.coefficient, arg),))
            matched = all(
                part in table.items and table.items[part].coefficient == wanted.coefficient
                for part, wanted in parts.items.items()
            )
            if matched and parts.items:
                other: list[Term] = [(1, args[1 - place])] if op == "logaddexp" else []
                opposite = g.apply("softplus", g.total([*other, (-1, arg)]))
                c = item.coefficient
                table.replace((key, *parts.items), 1, g.scale(c, opposite))
                break


def _root(value: Number) -> Number | None:
    """The rational square root, if there is one."""
    p, q = value.numerator, value.denominator
    if p <= 0 or isqrt(p) ** 2 != p or isqrt(q) ** 2 != q:
        return None
    return quotient(isqrt(p), isqrt(q))


def _bases(g: Graph, key: Factors) -> list[tuple[int | None, Factors]]:
    """The ways to write a product as a square times the rest; None stands for 1."""
    if not key:
        return [(None, ())]
    return [
        (g.power(base, exponent // 2), key[:place] + key[place + 1 :])
        for place, (base, exponent) in enumerate(key)
        if isinstance(exponent, int) and exponent > 0 and exponent % 2 == 0
        if g.ops[base] in _EXACT
    ]


def _squares(table: Sum) -> None:
    """k·R·(a² - r²b²) = k·R·(a - r·b)(a + r·b), when that is the whole sum.

    Only where a and b are inputs or sums: the square of anything else is already rounded.
    """
    g = table.graph
    (key, item), (other, second) = table.items.items()
    if item.coefficient * second.coefficient >= 0:
        return
    ratio = _root(quotient(-second.coefficient, item.coefficient))
    if ratio is None:
        return
    for a, rest in _bases(g, key):
        for b, remaining in _bases(g, other):
            if rest != remaining or (a is None and b is None):
                continue
            one = g.const(1)
            left, right = (one if a is None else a), (one if b is None else b)
            terms: list[Term] = [(i.coefficient, g.product(1, k)) for k, i in table.items.items()]
            less = g.total(((1, left), (-ratio, right)))
            more = g.total(((1, left), (ratio, right)))
            whole = g.product(item.coefficient, (*rest, (less, 1), (more, 1)))
            g.difference_of.setdefault(whole, terms)
            table.replace((key, other), 1, whole)
            return


_EXACT = frozenset(("input", "add", "sub"))


def improve_sum(graph: Graph, step: int) -> int:
    """The step of a sum after every rule for sums."""
    terms = graph.terms(step)
    if len(terms) < 2:
        return step
    table = Sum(graph)
    for sign, leaf in terms:
        table.add_leaf(sign, leaf)
    table.improve()
    small = all(short(item.coefficient) for item in table.items.values())
    return table.build() if table.changed and small else step
