"""Rewrite a program so that floating point loses fewer digits, without changing its meaning.

Every rewrite is an identity wherever the program is defined; it may define more, never less.
Rules that need a sign use `domains`, and are left alone without them.

* `numeric.stable.sums`: terms that cancel, such as exp(u) - 1 and √(1 + u) - 1;
* `numeric.stable.products`: exponentials that overflow together, such as exp(u)/(1 + exp(u));
* `numeric.stable.logarithms`: log(exp(a) + exp(b)), log(1 + u), and logarithms of products;
* `numeric.stable.functions`: functions of functions, and powers;
* `numeric.stable.facts`: what is known of signs.

>>> from numeric.builder import Builder
>>> b = Builder()
>>> x = b.input("x")
>>> grown = b.op("exp", x)
>>> program = b.build(b.op("div", grown, b.op("add", b.const(1), grown)))
>>> [i.op for i in stable(program).instructions]
['input', 'sigmoid']

Some choices that are not obvious:

* log(a) - log(b) stays, because a/b may overflow; it becomes log1p((a - b)/b) only where a is b
  with something added that cannot be negative.
* logaddexp is used for two and three terms, a shift by the largest exponent for more, or where a
  weight is not a known positive number; then no sign needs to be known.
* log((1 + u)/(1 + v)) is taken apart only where not both parts can be negative. The other way,
  log1p((u - v)/(1 + v)), holds everywhere, and loses everything where the quotient is tiny.
* pᵃ - 1 with a variable exponent is written with expm1 only near 0, unless p is known to be
  positive: a power of a negative p has a value for integers a, and floats hold many of them.
* A quotient by a sum of exponentials is divided through by one of those that stand above, or by
  the largest where several quotients share the sum, so that they go on sharing it.
* a² - b² is factored only when it is a whole sum and a and b are inputs or sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from numeric.operations import BINDERS
from numeric.program import Body, Instruction, Program
from numeric.stable.emit import emit
from numeric.stable.facts import NZ, POS, TOTAL, Interval, facts_of_domain
from numeric.stable.functions import RULES
from numeric.stable.graph import COMPOSITE, PRODUCTS, SUMS, Graph
from numeric.stable.products import improve_product
from numeric.stable.sums import Sum, improve_sum

if TYPE_CHECKING:
    from numeric.domain import Domain

Known: TypeAlias = Mapping[str, tuple[int, Interval | None]]


def stable(program: Program, domains: Mapping[str, Domain] | None = None) -> Program:
    """The same functions, with the same inputs in the same order, fit for floating point.

    `domains` says where inputs lie, for rewrites that need it; others may be anything. The program
    itself is returned when there is nothing to rewrite.
    """
    known = {name: facts_of_domain(domain) for name, domain in (domains or {}).items()}
    graph, outputs = _rewrite(program, known)
    result = emit(graph, outputs)
    return program if result == program else result


def _uses(program: Program) -> tuple[list[int], list[bool]]:
    """How often each instruction is read, by a square once; 0 for what no output needs.

    And whether it is a factor of several things, or of one that is read several times.
    """
    uses = [0] * len(program.instructions)
    repeated = [False] * len(program.instructions)
    for output in program.outputs:
        uses[output] += 1
    for index in range(len(uses) - 1, -1, -1):
        if uses[index]:
            instruction = program.instructions[index]
            repeated[index] |= uses[index] > 1
            factors = instruction.op in COMPOSITE and repeated[index]
            square = instruction.op == "mul" and instruction.args[0] == instruction.args[1]
            for arg in instruction.args[square:]:
                uses[arg] += 1
                repeated[arg] |= factors
    return uses, repeated


def _inner(program: Program, uses: list[int]) -> set[int]:
    """Parts of one sum or product that nothing else reads: looked at with the whole only."""
    inner = set()
    for instruction in program.instructions:
        family = SUMS if instruction.op in SUMS else PRODUCTS
        if instruction.op in family:
            for arg in instruction.args:
                if uses[arg] == 1 and program.instructions[arg].op in family:
                    inner.add(arg)
    return inner.difference(program.outputs)


def _rewrite(program: Program, known: Known) -> tuple[Graph, list[int]]:
    graph = Graph(RULES, Sum)
    graph.log_of_body = lambda step: _log_of_body(graph, step)
    arithmetic: dict[str, Callable[..., int]] = {
        "add": graph.add, "sub": graph.sub, "neg": graph.neg, "mul": graph.mul, "div": graph.div,
    }  # fmt: skip
    uses, repeated = _uses(program)
    inner = _inner(program, uses)
    place: list[int] = []
    for index, instruction in enumerate(program.instructions):
        op = instruction.op
        if not uses[index] and op != "input":
            place.append(-1)
            continue
        args = [place[arg] for arg in instruction.args]
        if op in arithmetic:
            step = arithmetic[op](*args)
            if index not in inner:
                step = improve_sum(graph, step) if op in SUMS else improve_product(graph, step)
        elif op == "const":
            step = graph.const(instruction.number)
        elif op == "input":
            step = graph.input(instruction.name, *known.get(instruction.name, (TOTAL, None)))
        elif op in BINDERS:
            step = _bind(graph, instruction, args)
        elif instruction.value is None:
            step = graph.apply(op, *args)
        else:
            step = graph.raw(op, *args, value=instruction.value)
        graph.uses[step] += uses[index]
        if repeated[index]:
            graph.repeated.add(step)
        place.append(step)
    return graph, [place[output] for output in program.outputs]


def _bind(graph: Graph, instruction: Instruction, args: Sequence[int]) -> int:
    """A sum, product or integral, its body rewritten."""
    body = instruction.body
    known = _inside(graph, instruction.op, body, args)
    inner, (output,) = _rewrite(body.program, known)
    program = emit(inner, [output])
    new = Body(program, body.variable, body.captured, body.bounds)
    step = graph.raw(instruction.op, *args, value=body if program == body.program else new)
    if instruction.op == "prod" and inner.has(output, POS):
        graph.cache["positive factors", step] = True
    return step


def _inside(graph: Graph, op: str, body: Body, args: Sequence[int]) -> Known:
    """What is known of the names that a body reads."""
    count = sum(body.bounds)
    known = {
        name: (graph.facts[arg], graph.bounds.get(arg))
        for name, arg in zip(body.captured, args[count:], strict=True)
    }
    ends = [graph.number(arg) for arg in args[:count]]
    known[body.variable] = (TOTAL, None)
    if op != "integral" or (all(body.bounds) and None not in ends):
        low, high = ends
        if low is not None and high is not None and op == "integral":
            low, high = min(low, high), max(low, high)
        bits = TOTAL
        if low is not None and low >= 0:
            bits |= POS if low > 0 else POS & ~NZ
        known[body.variable] = (bits, (low, high, False, False))
    return known


def _log_of_body(graph: Graph, step: int) -> Body:
    """The body of the sum that is the logarithm of a product, rewritten."""
    body = graph.body(step)
    old = body.program
    log = Instruction("log", (old.outputs[0],))
    program = Program((*old.instructions, log), old.inputs, (len(old.instructions),))
    known = _inside(graph, "prod", body, graph.args[step])
    inner, outputs = _rewrite(program, known)
    return Body(emit(inner, outputs), body.variable, body.captured, body.bounds)
