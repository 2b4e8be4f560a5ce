"""Derivatives of programs, as programs: reverse mode, one sweep for each output.

>>> from numeric.builder import Builder
>>> b = Builder()
>>> x, y = b.input("x"), b.input("y")
>>> program = b.build(b.op("mul", b.op("exp", x), y))
>>> derivative = gradient(program, "x", "y")
>>> [(i.op, i.args) for i in derivative.instructions], derivative.outputs
([('input', ()), ('input', ()), ('exp', (0,)), ('mul', (1, 2))], (3, 2))

A derivative is a partial function like any other, and is never defined where the function has no
derivative. So it is undefined

* where the function is undefined, and at the ends of its domain, such as 0 for sqrt(x);
* at a kink (|x| at 0, a tie of max or min) and at a jump (sign, floor, ceil): no subgradient is
  chosen;
* at the edge of the condition of a `select` (x = 0 for x < 0, x <= 0 and x = 0), even where the
  branches meet smoothly, and then by all of the names.

It can be undefined at more points than these: x^n with an exponent n that is not a constant has
no derivative at x = 0 here, and |x·y| none by x where y = 0.

What an integral asks of its caller is told in `numeric.gradients.parts`. The instructions are a
few times as many as those of the program, for each output.
"""

from __future__ import annotations

import heapq
from difflib import get_close_matches

from numeric.gradients.derivatives import NoDerivative
from numeric.gradients.domain import Domain
from numeric.gradients.parts import parts
from numeric.gradients.tape import Tape, has_equal_branches
from numeric.gradients.twin import Twins
from numeric.operations import TRUTHS
from numeric.program import Instruction, Program

__all__ = ["NoDerivative", "UnknownInput", "gradient", "hessian", "value_and_gradient"]


class UnknownInput(ValueError):
    """A derivative was asked for by a name that the program does not read."""


def gradient(program: Program, *names: str) -> Program:
    """The partial derivatives by the named inputs, or by all inputs in order when none is named.

    One output for each output of the program and each name: the Jacobian by rows. Raises
    `UnknownInput`, and `NoDerivative` where an operation has none or an output is a truth value.
    """
    return _jacobian(program, _names(program, names))


def hessian(program: Program, *names: str) -> Program:
    """The second derivatives by the named inputs, or by all inputs in order.

    One output for each output of the program, each name and each name again: the gradient of the
    gradient, in which a name that the gradient no longer reads counts as well. Raises what
    `gradients` raises.

    >>> from sympy.abc import x, y
    >>> hessian(Program.from_sympy(x**2 * y), "x", "y").balls({"x": 2, "y": 3})
    [6, 4, 4, 0]
    """
    names = _names(program, names)
    return _jacobian(_jacobian(program, names), names)


def _jacobian(program: Program, names: tuple[str, ...]) -> Program:
    tape = Tape(program, names)
    return tape.builder.build(*_entries(tape))


def value_and_gradient(program: Program, *names: str) -> Program:
    """The outputs of the program, and then those of `gradients`; raises what that raises.

    >>> from sympy.abc import x
    >>> value_and_gradient(Program.from_sympy(x**3)).balls({"x": 2})
    [8, 12]
    """
    names = _names(program, names)
    tape = Tape(program, names)
    return tape.builder.build(*tape.outputs, *_entries(tape))


def _names(program: Program, names: tuple[str, ...]) -> tuple[str, ...]:
    if not names and not program.inputs:
        raise UnknownInput("the program reads no input, so that there is nothing to derive by")
    for name in names:
        if name not in program.inputs:
            close = get_close_matches(name, program.inputs, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            known = ", ".join(map(repr, program.inputs)) or "none"
            raise UnknownInput(f"the program has no input {name!r}{hint}; its inputs are {known}")
    return names or program.inputs


def _entries(tape: Tape) -> list[int]:
    domain, twins = Domain(tape), Twins(tape)
    entries = []
    for number, output in enumerate(tape.outputs):
        op = tape.builder[output].op
        if op in TRUTHS:
            raise NoDerivative(f"output {number} is a truth value ({op}), which has no derivative")
        found = _Sweep(tape, twins, output).run()
        zero = tape.algebra.const(0)
        row = [found.get(tape.inputs.get(name, -1), zero) for name in tape.names]
        entries += domain.restrict(output, row)
    return entries


class _Sweep:
    """The adjoints of all that one output depends on, from the output back to the inputs.

    A branch of a `select` may be undefined where it is not taken, and so may its adjoints be.
    Each branch is a scope; scopes make a tree with scope 0 as its root. The home of a result is
    the smallest scope that holds everything that reads it. Inside its home an adjoint is a plain
    sum, and what leaves a scope is put under a `select` on the same condition.
    """

    def __init__(self, tape: Tape, twins: Twins, output: int) -> None:
        self._tape = tape
        self._twins = twins
        self._output = output
        self._inputs = set(tape.inputs.values())
        self._parent = [0]
        self._depth = [0]
        self._branch = [(output, 0)]
        self._scope: dict[tuple[int, int], int] = {}
        self._home = dict.fromkeys(self._inputs, 0)
        self._pending: dict[int, dict[int, int]] = {}

    def run(self) -> dict[int, int]:
        """For each input that the output depends on, the derivative by it."""
        found = {}
        self._home[self._output] = 0
        self._pending[self._output] = {0: self._tape.algebra.const(1)}
        for index in self._order():
            adjoint = self._collect(index)
            if index in self._inputs:
                found[index] = adjoint
            elif self._tape.builder[index].op == "select":
                self._select(index, adjoint)
            else:
                for arg, local in parts(self._tape, index, gradient):
                    self._give(arg, self._home[index], self._tape.algebra.mul(adjoint, local))
        return found

    def _order(self) -> list[int]:
        """The results that adjoints reach, last first."""
        if not self._tape.active(self._output):
            return []
        seen, stack = {self._output}, [self._output]
        while stack:
            index = stack.pop()
            instruction = self._tape.builder[index]
            fresh = {*self._tape.flows(instruction), *self._only_tested(instruction)} - seen
            seen |= fresh
            stack += fresh
        return sorted(seen, reverse=True)

    def _is_moot(self, instruction: Instruction) -> bool:
        """Whether the branches of a select are equal, and its condition hides no edge."""
        if not has_equal_branches(instruction):
            return False
        return self._twins.condition(instruction) == instruction.args[0]

    def _only_tested(self, instruction: Instruction) -> list[int]:
        if instruction.op != "select" or self._is_moot(instruction):
            return []
        return self._tape.only_tested(instruction)

    def _select(self, index: int, adjoint: int) -> None:
        instruction = self._tape.builder[index]
        home = self._home[index]
        if self._is_moot(instruction):
            if self._tape.active(instruction.args[1]):
                self._give(instruction.args[1], home, adjoint)
            return
        for side in (1, 2):
            if self._tape.active(instruction.args[side]):
                self._give(instruction.args[side], self._enter(index, side, home), adjoint)
        zero = self._tape.algebra.const(0)
        for tested in self._only_tested(instruction):
            self._give(tested, home, self._choose(index, zero, zero))

    def _enter(self, select: int, side: int, outer: int) -> int:
        """The scope of one branch of a select."""
        scope = self._scope.setdefault((select, side), len(self._parent))
        if scope == len(self._parent):
            self._parent.append(outer)
            self._depth.append(self._depth[outer] + 1)
            self._branch.append((select, side))
        return scope

    def _choose(self, select: int, holds: int, fails: int) -> int:
        test = self._twins.condition(self._tape.builder[select])
        return self._tape.algebra.op("select", test, holds, fails)

    def _give(self, index: int, scope: int, adjoint: int) -> None:
        """Add to the adjoint of `index` something that holds inside `scope`."""
        home = self._home.get(index)
        self._home[index] = scope if home is None else self._meet(home, scope)
        self._add(self._pending.setdefault(index, {}), scope, adjoint)

    def _add(self, waiting: dict[int, int], scope: int, adjoint: int) -> None:
        before = waiting.get(scope)
        waiting[scope] = adjoint if before is None else self._tape.algebra.add(before, adjoint)

    def _meet(self, a: int, b: int) -> int:
        """The smallest scope that holds both."""
        while a != b:
            if self._depth[a] < self._depth[b]:
                a, b = b, a
            a = self._parent[a]
        return a

    def _collect(self, index: int) -> int:
        """The adjoint of a result in its home, from all the scopes inside that gave to it."""
        home = self._home[index]
        waiting = self._pending.pop(index)
        queue = [(-self._depth[scope], scope) for scope in waiting]
        heapq.heapify(queue)
        zero = self._tape.algebra.const(0)
        while queue:
            _, scope = heapq.heappop(queue)
            if scope == home or scope not in waiting:
                continue
            select, side = self._branch[scope]
            sides = {side: waiting.pop(scope)}
            other = self._scope.get((select, 3 - side))
            if other in waiting:
                sides[3 - side] = waiting.pop(other)
            outer = self._parent[scope]
            if outer not in waiting:
                heapq.heappush(queue, (-self._depth[outer], outer))
            self._add(waiting, outer, self._choose(select, sides.get(1, zero), sides.get(2, zero)))
        return waiting[home]
