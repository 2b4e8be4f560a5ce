"""Parts that sums, or products, have in common although no subexpression is the common part.

SymPy flattens x*y*z and x*y*t, so that x*y is no node of either. Here the pair of operands that
most sums (or products) have in common is emitted once, and so on with what is left: the greedy
elimination of pairs, as in M. A. Breuer, "Generation of optimal code for expressions via
factorization", Communications of the ACM 12(6), 1969. A difference is a sum with operands taken
away, a quotient a product with operands below the line; nothing ever crosses that line, so the
new form is defined where the old one is.

>>> from numeric.builder import Builder
>>> builder = Builder()
>>> x, y, z, t = (builder.input(name) for name in "xyzt")
>>> first, second = (builder.op("mul", builder.op("mul", x, other), y) for other in (z, t))
>>> program = builder.build(first, second)
>>> len(program.instructions) - 4, len(share(program).instructions) - 4
(4, 3)
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, product

from numeric.builder import Builder
from numeric.program import Program

_LONGEST = 40
"""Of how many operands of one sum or product the pairs are looked at."""

_MOST_PAIRS = 200_000
"""Past this many pairs a program is left as it is."""

_INVERSE = {"add": "sub", "mul": "div"}
_FAMILY = {"add": "add", "sub": "add", "mul": "mul", "div": "mul"}

_Pair = tuple[bool, int, int]
"""Two operands, in order; True when the first stands above the line and the second below."""


@dataclass(slots=True)
class _Chain:
    """A sum or product: its operands, those taken away or below the line, and its inner steps.

    `alone` holds the operands above and those below that no other chain has.
    """

    op: str
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    alone: list[list[int]] = field(default_factory=list)
    changed: bool = False

    def set_apart(self, common: Callable[[int], bool]) -> None:
        """Move the operands that are not common to `alone`, and those past `_LONGEST`."""
        for side in (self.above, self.below):
            kept = set(list(filter(common, side))[:_LONGEST])
            self.alone.append([operand for operand in side if operand not in kept])
            side[:] = [operand for operand in side if operand in kept]

    def side_with(self, pair: _Pair) -> list[int] | None:
        """The side that the pair would be replaced on, or None where this chain lacks it."""
        mixed, a, b = pair
        if mixed:
            return self.above if a in self.above and b in self.below else None
        for side in (self.above, self.below):
            if a in side and b in side:
                return side
        return None

    def replace(self, pair: _Pair, new: int, side: list[int]) -> None:
        """Put `new` in the place of the pair."""
        mixed, a, b = pair
        side.remove(a)
        (self.below if mixed else side).remove(b)
        side.insert(0, new)
        self.changed = True

    def pairs_with(self, new: int, side: list[int]) -> list[_Pair]:
        """The pairs of an operand, the largest of all, with the others."""
        other = self.below if side is self.above else self.above
        alike = [(False, operand, new) for operand in dict.fromkeys(side) if operand != new]
        if side is self.above:
            return alike + [(True, new, operand) for operand in dict.fromkeys(other)]
        return alike + [(True, operand, new) for operand in dict.fromkeys(other)]


_Chains = dict[int, _Chain]


def share(program: Program) -> Program:
    """The same functions with common parts of sums and of products computed once."""
    chains = _chains(program)
    made: dict[int, _Pair] = {}
    for family in _INVERSE:
        same = {root: chain for root, chain in chains.items() if chain.op == family}
        if len(same) > 1:
            _take_pairs(same, made, len(program.instructions))
    return _rebuilt(program, chains, made) if made else program


def _chains(program: Program) -> _Chains:
    """Each sum and product by its last step, parts that nothing else reads written out."""
    steps = program.instructions
    uses = Counter(arg for step in steps for arg in step.args)
    uses.update(program.outputs)
    taken: set[int] = set()
    out: _Chains = {}
    for index in range(len(steps) - 1, -1, -1):
        family = _FAMILY.get(steps[index].op)
        if family is None or index in taken:
            continue
        chain = out[index] = _Chain(family)
        stack = [(index, True)]
        while stack:
            at, positive = stack.pop()
            op, args = steps[at].op, steps[at].args
            alone = at == index or (uses[at] == 1 and _FAMILY.get(op) == family)
            if not alone or (op == "div" and not positive):
                (chain.above if positive else chain.below).append(at)
                continue
            chain.inside.append(at)
            stack.append((args[1], positive == (op == family)))
            stack.append((args[0], positive))
        taken.update(chain.inside)
    return out


def _take_pairs(chains: _Chains, made: dict[int, _Pair], first: int) -> None:
    """Replace pairs by new operands, numbered from `first`, for as long as two chains share one."""
    where = _shared_pairs(chains)
    heap = [(-len(roots), pair) for pair, roots in where.items() if len(roots) > 1]
    heapq.heapify(heap)
    while heap:
        count, pair = heapq.heappop(heap)
        roots = [root for root in where[pair] if chains[root].side_with(pair) is not None]
        if len(roots) < -count:
            where[pair] = dict.fromkeys(roots)
            if len(roots) > 1:
                heapq.heappush(heap, (-len(roots), pair))
            continue
        new = first + len(made)
        made[new] = pair
        grown: dict[_Pair, None] = {}
        for root in roots:
            chain = chains[root]
            side = chain.side_with(pair)
            if side is not None:
                chain.replace(pair, new, side)
                for other in chain.pairs_with(new, side):
                    where.setdefault(other, {})[root] = None
                    grown[other] = None
        for other in grown:
            if len(where[other]) > 1:
                heapq.heappush(heap, (-len(where[other]), other))


def _shared_pairs(chains: _Chains) -> dict[_Pair, dict[int, None]]:
    """The chains that contain each pair of different operands."""
    seen = Counter(operand for chain in chains.values() for operand in {*chain.above, *chain.below})
    where: dict[_Pair, dict[int, None]] = {}
    total = 0
    for root, chain in chains.items():
        chain.set_apart(lambda operand: seen[operand] > 1)
        total += (len(chain.above) + len(chain.below)) ** 2
        if total > 2 * _MOST_PAIRS:
            return {}
        for side in (chain.above, chain.below):
            for a, b in combinations(sorted(set(side)), 2):
                where.setdefault((False, a, b), {})[root] = None
        for a, b in product(set(chain.above), set(chain.below)):
            where.setdefault((True, a, b), {})[root] = None
    return where


def _rebuilt(program: Program, chains: _Chains, made: dict[int, _Pair]) -> Program:
    """The program with the changed chains emitted anew, and the rest as it was."""
    builder = Builder(limit=2 * len(program.instructions))
    place: dict[int, int] = {}
    changed = {root: chain for root, chain in chains.items() if chain.changed}
    gone = {step for root, chain in changed.items() for step in chain.inside if step != root}

    def at(index: int, op: str) -> int:
        if index not in place:
            mixed, a, b = made[index]
            place[index] = builder.op(_INVERSE[op] if mixed else op, at(a, op), at(b, op))
        return place[index]

    def joined(operands: list[int], op: str) -> int:
        first, *rest = (at(operand, op) for operand in operands)
        for operand in rest:
            first = builder.op(op, first, operand)
        return first

    for index, step in enumerate(program.instructions):
        if index in changed:
            chain = changed[index]
            above, below = [*chain.above, *chain.alone[0]], [*chain.below, *chain.alone[1]]
            place[index] = joined(above, chain.op)
            if below:
                below_line = joined(below, chain.op)
                place[index] = builder.op(_INVERSE[chain.op], place[index], below_line)
        elif index not in gone:
            args = tuple(place[arg] for arg in step.args)
            place[index] = builder.emit(type(step)(step.op, args, step.value))
    return builder.build(*(place[output] for output in program.outputs))
