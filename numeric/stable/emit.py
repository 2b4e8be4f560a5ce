"""From the working graph back to a program: powers written out, and only what is needed kept."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from numeric.program import Immediate, Instruction, Program
from numeric.stable.graph import Graph
from numeric.stable.steps import HALF, Number, size

MOST_MULTIPLIED = 64
"""The highest power that is written as a chain of multiplications."""

_parents: dict[int, int] = {}


def power_chain(n: int) -> list[int]:
    """Powers from 1 to n, each the one before it plus an earlier one: Knuth's power tree.

    Knuth, "The Art of Computer Programming", volume 2, section 4.6.3. Raises ValueError when n is
    not between 1 and `MOST_MULTIPLIED`.

    >>> power_chain(15)
    [1, 2, 3, 5, 10, 15]
    """
    if not 1 <= n <= MOST_MULTIPLIED:
        raise ValueError(f"a chain is for powers from 1 to {MOST_MULTIPLIED}, not {n}")
    if not _parents:
        _grow_tree()
    chain = [n]
    while chain[-1] != 1:
        chain.append(_parents[chain[-1]])
    return chain[::-1]


def _grow_tree() -> None:
    level = [[1]]
    _parents[1] = 1
    while len(_parents) < MOST_MULTIPLIED:
        deeper = []
        for path in level:
            for part in path:
                k = path[-1] + part
                if k not in _parents:
                    # A number past the limit is kept: it may lead to none, but does no harm.
                    _parents[k] = path[-1]
                    deeper.append([*path, k])
        level = deeper


class _Emitter:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.out: list[Instruction] = []
        self.index: dict[object, int] = {}
        self.place: dict[int, int] = {}
        self.powers: dict[int, dict[int, int]] = {}

    def put(self, op: str, args: tuple[int, ...], value: Immediate = None) -> int:
        key: object = (op, args) if value is None else (op, args, value)
        if isinstance(value, Fraction):
            key = (value.numerator, value.denominator)
        found = self.index.get(key)
        if found is None:
            found = self.index[key] = len(self.out)
            self.out.append(Instruction(op, args, value))
        return found

    def step(self, node: int) -> int:
        g = self.graph
        op, args = g.ops[node], g.args[node]
        if op == "pow":
            r = g.number(args[1])
            if r is not None:
                return self.power(self.place[args[0]], r)
        elif op == "div":
            y = g.number(args[1])
            if y is not None and _is_power_of_two(y):
                return self.put(
                    "mul", (self.put("const", (), Fraction(1) / y), self.place[args[0]])
                )
        return self.put(op, tuple([self.place[arg] for arg in args]), g.values[node])

    def power(self, base: int, r: Number) -> int:
        """`base` to a rational power, by multiplications and at most one root and one division."""
        positive = size(r)
        whole = int(positive)
        if whole > MOST_MULTIPLIED or positive - whole not in (0, HALF):
            return self.put("pow", (base, self.put("const", (), Fraction(r))))
        result = self.multiplied(base, whole) if whole else None
        if whole != positive:
            root = self.put("sqrt", (base,))
            result = root if result is None else self.put("mul", (result, root))
        if result is None:
            return self.put("pow", (base, self.put("const", (), Fraction(r))))
        return result if r > 0 else self.put("div", (self.put("const", (), Fraction(1)), result))

    def multiplied(self, base: int, n: int) -> int:
        """`base` to the power n >= 1, with the help of its powers that are there already."""
        have = self.powers.setdefault(base, {1: base})
        chain = power_chain(n)
        if n not in have:
            chain = next(([k, n] for k in have if n - k in have), chain)
        for before, k in pairwise(chain):
            if k not in have:
                have[k] = self.put("mul", (have[before], have[k - before]))
        return have[n]


def _is_power_of_two(value: Number) -> bool:
    p, q = abs(value.numerator), value.denominator
    return p & (p - 1) == 0 and q & (q - 1) == 0 and 0 < p < 1 << 64 and q < 1 << 64


def _needed(g: Graph, outputs: Sequence[int]) -> list[int]:
    """The steps to be emitted, every input among them.

    The exponent of a power, and a power of two that divides, are not.
    """
    wanted = bytearray(op == "input" for op in g.ops)
    for output in outputs:
        wanted[output] = 1
    for node in range(len(g.ops) - 1, -1, -1):
        if not wanted[node]:
            continue
        args = g.args[node]
        if len(args) == 2 and g.ops[node] in ("pow", "div"):
            value = g.number(args[1])
            if value is not None and (g.ops[node] == "pow" or _is_power_of_two(value)):
                wanted[args[0]] = 1
                continue
        for arg in args:
            wanted[arg] = 1
    return [node for node, keep in enumerate(wanted) if keep]


def emit(g: Graph, outputs: Sequence[int]) -> Program:
    """The program with these outputs, which keeps every input, needed or not."""
    emitter = _Emitter(g)
    for node in _needed(g, outputs):
        emitter.place[node] = emitter.step(node)
    names = tuple(i.name for i in emitter.out if i.op == "input")
    return Program(tuple(emitter.out), names, tuple(emitter.place[output] for output in outputs))
