"""From a program to steps over block buffers: constants folded, recipes written out, slots given.

A step is one ufunc, or one function of `arrays.operations`, with the slot of each operand and of its
result. Steps are ordered depth first from the outputs, the costlier operand first, so that few
results are alive at a time; a result takes the slot of an operand that dies with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from numeric.arrays.operations import COMPLEX_RECIPES, COMPLEX_UFUNCS, FUNCTIONS, RECIPES, UFUNCS
from numeric.operations import BINDERS, COMPARISONS, MATRIX_OPS, TRUTHS
from numeric.program import Instruction, Program

_TRUTH_UFUNCS = frozenset(UFUNCS[op] for op in TRUTHS)
_FOLD_BITS = 160


class UnsupportedOperation(TypeError):
    """An operation has no form in the number system asked for; the message names both."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value: an "input", a "const", or the result of a ufunc or function.

    `extra` is the name of an input, the float of a constant, the sizes of a matrix operation, the
    instruction of a binder; for a select, `args` are condition, branches, then what is compared.
    """

    name: str
    args: tuple[int, ...] = ()
    extra: Any = None


@dataclass(slots=True)
class Graph:
    """Nodes in an order in which each reads earlier ones, and which of them are the outputs."""

    nodes: list[Node] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    _index: dict[Node, int] = field(default_factory=dict)

    def add(self, node: Node) -> int:
        """The index of the node, which is added unless it is there already."""
        index = self._index.get(node)
        if index is None:
            index = self._index[node] = len(self.nodes)
            self.nodes.append(node)
        return index

    def __call__(self, name: str, *args: int) -> int:
        return self.add(Node(name, args))

    def const(self, value: float) -> int:
        """The index of a constant; -0.0 and 0.0 are one."""
        return self.add(Node("const", (), float(value)))

    def is_truth(self, index: int) -> bool:
        """Whether the node is a truth value."""
        return self.nodes[index].name in _TRUTH_UFUNCS


def to_float(value: Fraction) -> float:
    """The nearest float; an infinity beyond the range."""
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def constant_values(program: Program) -> dict[int, float]:
    """The value of each register that depends on no input, rounded once; nan where undefined.

    Sums, products, integrals and what balls cannot resolve are left to be computed in float64.
    """
    exact: dict[int, Any] = {}
    values: dict[int, float] = {}
    for index, instruction in enumerate(program.instructions):
        op = instruction.op
        if op == "const":
            exact[index], values[index] = instruction.number, to_float(instruction.number)
        elif op == "input" or op in BINDERS or op in TRUTHS or op == "select":
            continue
        elif all(arg in values for arg in instruction.args):
            folded = _fold(instruction, [exact[arg] for arg in instruction.args])
            if folded is not None:
                exact[index], values[index] = folded
    return values


def _fold(instruction: Instruction, args: list[Any]) -> tuple[Any, float] | None:
    """An enclosure of one operation on constants and its nearest float; None for undecided."""
    from numeric.balls import Undefined, Unresolved, run, to_ball
    from numeric.builder import Builder

    if any(arg is None for arg in args):
        return None, math.nan
    builder = Builder()
    places = tuple(builder.input(f"a{number}") for number in range(len(args)))
    part = builder.build(builder.emit(replace(instruction, args=places)))
    given = {f"a{number}": arg for number, arg in enumerate(args)}
    try:
        value = run(part, given, _FOLD_BITS)[0]
    except Undefined:
        return None, math.nan
    except Unresolved:
        return None
    return value, float(to_ball(value).mid())


def graph(program: Program, *, complex_numbers: bool = False) -> Graph:
    """The program as ufuncs and functions over arrays. Raises `UnsupportedOperation`."""
    constants = constant_values(program)
    result = Graph()
    place: list[int] = []
    for index, instruction in enumerate(program.instructions):
        if index in constants:
            place.append(result.const(constants[index]))
        elif instruction.op == "input":
            place.append(result.add(Node("input", (), instruction.name)))
        else:
            args = [place[arg] for arg in instruction.args]
            place.append(_lower(result, instruction, args, complex_numbers))
    result.outputs = [_as_number(result, place[output]) for output in program.outputs]
    return result


def _lower(result: Graph, instruction: Instruction, args: list[int], complex_numbers: bool) -> int:
    op = instruction.op
    recipes = COMPLEX_RECIPES if complex_numbers else RECIPES
    if complex_numbers and op not in COMPLEX_UFUNCS and op not in recipes:
        raise UnsupportedOperation(f"{op} is not defined here over the complex numbers")
    if op in UFUNCS:
        return result(UFUNCS[op], *args)
    if op in recipes:
        return recipes[op](result, *args)
    if op == "select":
        return result("select", *args, *_compared(result, args[0]))
    if op in MATRIX_OPS:
        return result.add(Node("matrix", tuple(args), (op, instruction.sizes)))
    if op in BINDERS:
        return result.add(Node("repeat", tuple(args), instruction))
    assert op in FUNCTIONS, op
    return result(op, *args)


def _as_number(result: Graph, index: int) -> int:
    """A truth value as 1 or 0, and any other node as it is."""
    if not result.is_truth(index):
        return index
    one, zero = result.const(1), result.const(0)
    return result("select", index, one, zero, *_compared(result, index))


def _compared(result: Graph, condition: int) -> list[int]:
    """The numbers that a truth value compares, constants aside."""
    comparisons = {UFUNCS[op] for op in COMPARISONS}
    found: dict[int, None] = {}
    stack = [condition]
    seen = set(stack)
    while stack:
        node = result.nodes[stack.pop()]
        if node.name in comparisons:
            found.update((arg, None) for arg in node.args if result.nodes[arg].name != "const")
            continue
        stack.extend(arg for arg in node.args if arg not in seen)
        seen.update(node.args)
    return list(found)


def ordered(steps: Graph) -> list[int]:
    """The nodes that the outputs need, depth first, the operand that needs more slots first."""
    need = _needs(steps)
    order: list[int] = []
    state = [0] * len(steps.nodes)
    stack = list(reversed(steps.outputs))
    while stack:
        index = stack[-1]
        if state[index] == 2:
            stack.pop()
        elif state[index] == 1:
            stack.pop()
            state[index] = 2
            order.append(index)
        else:
            state[index] = 1
            args = [arg for arg in steps.nodes[index].args if state[arg] == 0]
            stack.extend(sorted(args, key=need.__getitem__))
    return order


def _needs(steps: Graph) -> list[int]:
    """How many slots each node takes to compute, were nothing shared (Sethi and Ullman, 1970)."""
    need: list[int] = []
    for node in steps.nodes:
        costs = sorted((need[arg] for arg in set(node.args)), reverse=True)
        need.append(
            max((cost + place for place, cost in enumerate(costs)), default=0)
            or int(bool(node.args))
        )
    return need


@dataclass(frozen=True, slots=True)
class Step:
    """`name` applied to the slots `args`, into the slot `out`; slots are names such as b0."""

    name: str
    args: tuple[str, ...]
    out: str
    extra: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order, and what they need: constants by slot, buffers, masks, outputs."""

    steps: tuple[Step, ...]
    inputs: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, float], ...]
    buffers: int
    masks: int
    outputs: int


class _Slots:
    """Hands out buffers and masks, and takes them back."""

    def __init__(self) -> None:
        self.made = {"b": 0, "m": 0}
        self.free: dict[str, list[str]] = {"b": [], "m": []}

    def take(self, kind: str) -> str:
        if self.free[kind]:
            return self.free[kind].pop()
        self.made[kind] += 1
        return f"{kind}{self.made[kind] - 1}"

    def give(self, slot: str) -> None:
        if slot[0] in self.free and slot[1:].isdigit():
            self.free[slot[0]].append(slot)


def plan(steps: Graph, names: dict[str, str]) -> Plan:
    """Give every node a slot; `names` says what each input is called in the source."""
    order = ordered(steps)
    last = _last_uses(steps, order)
    slot: dict[int, str] = {}
    constants: dict[str, float] = {}
    done: list[Step] = []
    slots = _Slots()
    for place, index in enumerate(order):
        node = steps.nodes[index]
        if node.name == "input":
            slot[index] = names[node.extra]
        elif node.name == "const":
            slot[index] = f"k{len(constants)}"
            constants[slot[index]] = node.extra
        else:
            dying = [arg for arg in dict.fromkeys(node.args) if last[arg] == place]
            done.append(_placed(steps, index, slot, slots, dying))
    final = _final_names(steps, slot, slots.made["b"])
    done = [
        Step(s.name, tuple(final.get(a, a) for a in s.args), final.get(s.out, s.out), s.extra)
        for s in done
    ]
    done += _copies(steps, slot, final)
    used = {steps.nodes[i].extra for i in order if steps.nodes[i].name == "input"}
    inputs = ((old, new) for old, new in names.items() if old in used)
    return Plan(
        tuple(done),
        tuple(inputs),
        tuple(constants.items()),
        sum(name.startswith("b") for name in final.values()),
        slots.made["m"],
        len(steps.outputs),
    )


def _placed(
    steps: Graph, index: int, slot: dict[int, str], slots: _Slots, dying: Sequence[int]
) -> Step:
    """The step of one node: a ufunc may write over an operand that dies, a function may not."""
    node = steps.nodes[index]
    args = tuple(slot[arg] for arg in node.args)
    in_place = node.name not in FUNCTIONS and node.name not in ("select", "matrix", "repeat")
    if in_place:
        for arg in dying:
            slots.give(slot[arg])
    slot[index] = slots.take("m" if steps.is_truth(index) else "b")
    if not in_place:
        for arg in dying:
            slots.give(slot[arg])
    return Step(node.name, args, slot[index], node.extra)


def _final_names(steps: Graph, slot: dict[int, str], made: int) -> dict[str, str]:
    """A buffer that ends as an output is that output's array all along; the others close up."""
    final: dict[str, str] = {}
    for number, output in enumerate(steps.outputs):
        if steps.nodes[output].args and slot[output] not in final:
            final[slot[output]] = f"out{number}"
    rest = [f"b{number}" for number in range(made) if f"b{number}" not in final]
    return final | {name: f"b{number}" for number, name in enumerate(rest)}


def _last_uses(steps: Graph, order: list[int]) -> dict[int, int]:
    """For each node the place in the order of the last step that reads it."""
    last: dict[int, int] = {}
    for place, index in enumerate(order):
        for arg in steps.nodes[index].args:
            last[arg] = place
    for output in steps.outputs:
        last[output] = len(order)
    return last


def _copies(steps: Graph, slot: dict[int, str], final: dict[str, str]) -> list[Step]:
    """An output that is an input, a constant or another output is copied at the end."""
    copies = []
    for number, output in enumerate(steps.outputs):
        source = final.get(slot[output], slot[output])
        if source != f"out{number}":
            copies.append(Step("positive", (source,), f"out{number}"))
    return copies
