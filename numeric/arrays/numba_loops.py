"""A program as the text of loops over entries, for `numeric.arrays.numba_engine`.

There is one loop, or a few: a processor follows only so many arrays at once, and a step that calls
the C library keeps its loop from running on vectors, so that it gets one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate

from numeric.arrays.source import literal
from numeric.arrays.steps import Graph, Node, UnsupportedOperation, graph, ordered
from numeric.arrays.tidy import tidied
from numeric.program import Program

_MOST_STREAMS = 14
"""How many arrays a loop may read and write."""

_MOST_WORK = 300
"""How much a loop may do: 1 for a step, `_FUNCTION` for one of `_VECTOR`, which is many."""

_FUNCTION = 10
_VECTOR = ("exp", "log", "log1p", "expm1", "sinh", "cosh", "tanh", "sin", "cos", "tan")
"""Functions of one number that `numeric.arrays.numba_math` has."""

_ANGLE = re.compile(r"= (sin|cos|tan)\((.*)\)")
"""An assignment from a function that `numeric.arrays.numba_math` has up to `LARGEST_ANGLE` alone."""

_LIBRARY: dict[str, str] = {
    **{name: f"{name}({{0}})" for name in ("erf", "erfc", "gamma")},
    "loggamma": "loggamma({0})",
    "arcsin": "asin({0})",
    "arccos": "acos({0})",
    "arctan": "atan({0})",
    "power": "pow({0}, {1})",
}
"""What calls the C library."""

_TEXTS: dict[str, str] = {
    **_LIBRARY,
    **{name: f"{name}({{0}})" for name in (*_VECTOR, "sign", "sqrt", "floor", "ceil")},
    "absolute": "abs({0})",
    "maximum": "maximum({0}, {1})",
    "minimum": "minimum({0}, {1})",
    "fmax": "{0} if ({0} > {1}) | ({1} != {1}) else {1}",
    "fmin": "{0} if ({0} < {1}) | ({1} != {1}) else {1}",
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    "logical_and": "{0} & {1}",
    "logical_or": "{0} | {1}",
    "logical_not": "not {0}",
    "xlogy": "0.0 if ({0} == 0.0) & ({1} == 0.0) else {0} * log({1})",
}
"""The source of each step."""


def _text(node: Node, names: Sequence[str]) -> str:
    if node.name != "select":
        return _TEXTS[node.name].format(*names)
    condition, taken, other, *compared = names
    chosen = f"{taken} if {condition} else {other}"
    if not compared:
        return chosen
    unknown = " | ".join(f"({name} != {name})" for name in compared)
    return f"nan if {unknown} else ({chosen})"


def _product(base: str, exponent: float) -> str:
    """A power as a product, with a root for a half."""
    factors = [base] * int(exponent) + [f"sqrt({base})"] * (exponent % 1 > 0)
    square = f"({base} * {base})"
    return " * ".join([square] * (int(exponent) // 2) + factors[int(exponent) // 2 * 2 :])


def _operation(node: Node) -> str:
    """The name of the operation that the node came from."""
    if node.name == "matrix":
        return str(node.extra[0])
    return str(node.extra.op) if node.name == "repeat" else node.name


@dataclass(slots=True)
class Loop:
    """A loop: its text, and for each array it takes the place, and what is done with it.

    Places count the inputs, the outputs, then what passes from loop to loop. The kinds are "fixed"
    for an array without axes, "read", "passed" for one that was written before, "write", "pass".
    """

    text: str
    places: list[int]
    kinds: list[str]


def loops_of(program: Program, order: Sequence[str], fixed: Set[str]) -> list[Loop]:
    """The loops of a program, in order. Raises `UnsupportedOperation`."""
    return _Splitter(tidied(graph(program)), order, fixed).loops()


class _Splitter:
    """The steps of a program in loops."""

    def __init__(self, steps: Graph, order: Sequence[str], fixed: Set[str]) -> None:
        self.steps, self.fixed = steps, fixed
        self.work = [index for index in ordered(steps) if steps.nodes[index].args]
        self.apart = self._apart()
        self.work.sort(key=lambda index: self.apart.get(index, 0))
        self.place = {name: number for number, name in enumerate(order)}
        self.first = len(order) + len(steps.outputs)
        self.last: dict[int, int] = {}
        """For each step the position in `work` of the last one to read it."""
        for position, index in enumerate(self.work):
            for arg in steps.nodes[index].args:
                self.last[arg] = position
        self.passed: dict[int, int] = {}
        self.free: list[int] = []
        self.slots = 0

    def loops(self) -> list[Loop]:
        """The loops in order. Raises `UnsupportedOperation`."""
        for index in self.work:
            node = self.steps.nodes[index]
            if node.name != "select" and node.name not in _TEXTS:
                raise UnsupportedOperation(
                    f"the numba engine has no {_operation(node)}; use engine='numpy'"
                )
        ends = self._ends()
        return [self._loop(a, b, len(ends) == 1) for a, b in zip([0, *ends], ends, strict=False)]

    def _ends(self) -> list[int]:
        """Where in `work` each loop ends."""
        apart = [self.apart.get(index, 0) for index in self.work]
        crossing = self._crossing()
        ends: list[int] = []
        begin = 0
        while begin < len(self.work):
            end = self._reach(begin)
            if end < len(self.work):
                end = min(range(end, begin + (end - begin) // 2, -1), key=crossing.__getitem__)
            begin = next((k for k in range(begin, end) if apart[k] != apart[begin]), end)
            ends.append(begin)
        return ends or [0]

    def _apart(self) -> dict[int, int]:
        """Steps of different numbers are in different loops: odd ones call the C library.

        Empty where it makes no difference, for want of functions that run on vectors.
        """
        nodes = self.steps.nodes
        if not any(nodes[index].name in _VECTOR for index in self.work):
            return {}
        apart: dict[int, int] = {}
        for index in self.work:
            calls = nodes[index].name in _LIBRARY and self.exponent(nodes[index]) is None
            least = max((apart.get(arg, 0) for arg in nodes[index].args), default=0)
            apart[index] = least + ((least & 1) != calls)
        return apart

    def exponent(self, node: Node) -> float | None:
        """The exponent of a power that is worth a product: 2, 3, ..., 8, 3/2, 5/2 or 7/2."""
        if node.name != "power" or self.steps.nodes[node.args[1]].name != "const":
            return None
        exponent = float(self.steps.nodes[node.args[1]].extra)
        return exponent if exponent in (1.5, 2.0, 2.5, 3.0, 3.5, *range(4, 9)) else None

    def _reach(self, begin: int) -> int:
        """The end of the longest loop from `begin` that keeps to the limits."""
        outputs = set(self.steps.outputs)
        made: set[int] = set()
        read: set[int] = set()
        leaving = spent = 0
        reach = begin + 1
        for position in range(begin, len(self.work)):
            index = self.work[position]
            spent += _FUNCTION if self.steps.nodes[index].name in _VECTOR else 1
            args = set(self.steps.nodes[index].args)
            read |= {arg for arg in args - made if self.steps.nodes[arg].name != "const"}
            if len(read) > _MOST_STREAMS or spent > _MOST_WORK:
                break
            done = {arg for arg in args & made if self.last[arg] == position}
            leaving += 1 - len(done - outputs)
            made.add(index)
            if len(read) + leaving <= _MOST_STREAMS:
                reach = position + 1
        return reach

    def _crossing(self) -> list[int]:
        """For each place between steps how many values are made before it and read after it."""
        change = [0] * (len(self.work) + 2)
        for position, index in enumerate(self.work):
            if index in self.last:
                change[position + 1] += 1
                change[self.last[index] + 1] -= 1
        return list(accumulate(change))

    def _loop(self, begin: int, end: int, only: bool) -> Loop:
        writer = _Writer(self, range(self.first) if only else ())
        for index in self.work[begin:end]:
            writer.step(index)
        for index in self.work[begin:end]:
            if self.last.get(index, -1) >= end:
                writer.store(index, self._slot(index), "pass")
        final = end == len(self.work)
        here = set(self.work[begin:end])
        for number, index in enumerate(self.steps.outputs):
            if index in here or (final and not self.steps.nodes[index].args):
                place = self.first - len(self.steps.outputs) + number
                writer.store(index, place, "write")
        self._release(end)
        return writer.loop()

    def _slot(self, index: int) -> int:
        if not self.free:
            self.free.append(self.first + self.slots)
            self.slots += 1
        self.passed[index] = self.free.pop()
        return self.passed[index]

    def _release(self, end: int) -> None:
        for index in [index for index in self.passed if self.last[index] < end]:
            self.free.append(self.passed.pop(index))


class _Writer:
    """The text of one loop."""

    def __init__(self, splitter: _Splitter, places: Iterable[int]) -> None:
        self.splitter, self.steps = splitter, splitter.steps
        self.kinds: dict[int, str] = {}
        outputs = splitter.first - len(self.steps.outputs)
        for place in places:
            self._array(place, "read" if place < outputs else "write")
        self.names: dict[int, str] = {}
        self.before: list[str] = []
        self.lines: list[str] = []

    def _array(self, place: int, kind: str) -> str:
        self.kinds.setdefault(place, kind)
        return f"a{list(self.kinds).index(place)}"

    def step(self, index: int) -> None:
        """Write one step."""
        node = self.steps.nodes[index]
        names = [self._value(arg) for arg in node.args]
        exponent = self.splitter.exponent(node)
        text = _text(node, names) if exponent is None else _product(names[0], exponent)
        self.names[index] = self._assigned(self.lines, text)

    def store(self, index: int, place: int, kind: str) -> None:
        """Write a value to the array at a place."""
        value = self._value(index)
        if self.steps.is_truth(index):
            value = f"1.0 if {value} else 0.0"
        self.lines.append(f"store({self._array(place, kind)}, i, {value})")

    def _assigned(self, lines: list[str], text: str) -> str:
        name = f"v{len(self.before) + len(self.lines)}"
        lines.append(f"{name} = {text}")
        return name

    def _value(self, index: int) -> str:
        if index not in self.names:
            self.names[index] = self._read(index)
        return self.names[index]

    def _read(self, index: int) -> str:
        node = self.steps.nodes[index]
        if node.name == "const":
            return literal(node.extra)
        if node.name != "input":
            text = f"load({self._array(self.splitter.passed[index], 'passed')}, i)"
            return self._assigned(
                self.lines, f"{text} != 0.0" if self.steps.is_truth(index) else text
            )
        place = self.splitter.place[node.extra]
        if node.extra in self.splitter.fixed:
            name = self._array(place, "fixed")
            self.kinds[place] = "fixed"
            return self._assigned(self.before, f"float({name}[()])")
        return self._assigned(self.lines, f"load({self._array(place, 'read')}, i)")

    def loop(self) -> Loop:
        """What was written."""
        arrays = [f"a{number}" for number in range(len(self.kinds))]
        kinds = list(self.kinds.values())
        written = next(k for k, kind in enumerate(kinds) if kind in ("write", "pass"))
        text = [
            f"def loop({', '.join(arrays)}):",
            *(f"    {line}" for line in [*self.before, *_repeated(self.lines, f"a{written}")]),
            "",
        ]
        return Loop("\n".join(text), list(self.kinds), kinds)


def _repeated(lines: list[str], over: str) -> list[str]:
    """The loop itself; where an angle turns out too large, once more with the C library."""
    head = f"for i in range({over}.size):"
    loop = [head, *(f"    {line}" for line in lines)]
    angles = [found[2] for found in map(_ANGLE.search, lines) if found]
    if not angles:
        return loop
    beyond = (f"    beyond |= abs({angle}) > largest_angle" for angle in dict.fromkeys(angles))
    again = (_ANGLE.sub(r"= library_\1(\2)", line) for line in loop)
    return ["beyond = False", *loop, *beyond, "if beyond:", *(f"    {line}" for line in again)]
