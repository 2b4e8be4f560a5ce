"""Where a derivative must be undefined because the function is.

The derivative of log(x) is 1/x for x > 0 only. A requirement is a set of conditions, one for each
operation of the function that is not defined everywhere; a derivative that already meets them all
by what it reads is left as it is, and any other becomes `select(f < f + 1, d, d)`, which is d
where f is defined and undefined elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from numeric.gradients.derivatives import Algebra
from numeric.gradients.tape import Tape
from numeric.operations import BINDERS, TRUTHS
from numeric.program import Instruction

Condition: TypeAlias = tuple[object, ...]
"""What an operation demands, such as ("nonzero", index)."""

_MAX_CONDITIONS = 2000
"""Past this many conditions nothing is compared: a derivative is made to read the function."""

_TOTAL = frozenset(
    (
        *("const", "input", "add", "sub", "mul", "neg", "exp", "expm1", "sin", "cos", "atan"),
        *("sinh", "cosh", "tanh", "abs", "sign", "floor", "ceil", "erf", "erfc", "erfcx"),
        *("log_erfc", "sigmoid", "softplus", "max", "min", "logaddexp", "pi", "euler_gamma"),
        *("select", "det", *TRUTHS),
    )
)
_IMPLIED = {
    "positive": ("nonnegative", "nonzero", "no pole", "above -1"),
    "nonnegative": ("above -1",),
}
_POSITIVE = frozenset(("exp", "cosh", "sigmoid", "softplus", "erfc", "erfcx", "pi", "euler_gamma"))


def _number(algebra: Algebra, index: int) -> int | None:
    value = algebra.number(index)
    return int(value) if value is not None and value.denominator == 1 else None


def condition(algebra: Algebra, index: int) -> Condition | None:
    """What the operation at `index` demands of its arguments, and None when it is always defined.

    The same condition means the same; different ones may mean the same as well.
    """
    instruction = algebra.builder[index]
    op, args = instruction.op, instruction.args
    if op in _TOTAL:
        return None
    if op == "div":
        return None if algebra.number(args[1]) else ("nonzero", args[1])
    if op == "pow":
        return _power_condition(algebra, args)
    if op in ("polygamma", "besseli", "log_besseli"):
        return _order_condition(algebra, index, instruction)
    if op in ("sqrt", "log", "loggamma"):
        return ("nonnegative" if op == "sqrt" else "positive", args[0])
    if op in ("gamma", "digamma"):
        return ("no pole", args[0])
    if op == "log1p":
        return ("above -1", args[0])
    if op == "inverse":
        return ("inverse", args)
    if op in BINDERS and _is_total(algebra, instruction):
        return None
    return ("this", index)


def _power_condition(algebra: Algebra, args: tuple[int, ...]) -> Condition | None:
    base, exponent = args
    value = algebra.number(exponent)
    if value is None:
        return ("power", base, exponent)
    if value.denominator == 1:
        return None if value > 0 else ("nonzero", base)
    return ("nonnegative" if value > 0 else "positive", base)


def _order_condition(algebra: Algebra, index: int, instruction: Instruction) -> Condition | None:
    order, x = instruction.args
    number = _number(algebra, order)
    if number is None or number < 0:
        return ("this", index)
    if instruction.op == "besseli":
        return None
    return ("no pole" if instruction.op == "polygamma" else "positive", x)


def _is_total(algebra: Algebra, instruction: Instruction) -> bool:
    """Whether a binder has an always defined body, and bounds that surely do.

    Those are constant integers for a sum or a product, and finite ones for an integral.
    """
    whole = instruction.op != "integral"
    for bound in instruction.bounds():
        if bound is None or (whole and _number(algebra, bound) is None):
            return False
    inner = Tape(instruction.body.program, ())
    return all(condition(inner.algebra, index) is None for index in inner.place)


def _sign(algebra: Algebra, index: int, signs: dict[int, int]) -> int:
    """2 where a result is surely positive, 1 where surely not negative, 0 where it is not told."""
    instruction = algebra.builder[index]
    op, args = instruction.op, instruction.args
    if op == "const":
        return 2 if instruction.number > 0 else int(instruction.number == 0)
    if op in _POSITIVE:
        return 2
    if op in ("add", "max"):
        known = signs[args[0]], signs[args[1]]
        return max(known) if op == "max" or min(known) else 0
    if op in ("mul", "div", "min"):
        least = min(signs[arg] for arg in args)
        return 1 if op == "mul" and args[0] == args[1] and not least else least
    if op == "pow":
        even = _number(algebra, args[1])
        return 1 if even is not None and even % 2 == 0 and signs[args[0]] < 2 else signs[args[0]]
    if op in ("sqrt", "abs"):
        return max(1, signs[args[0]])
    return 0


class Domain:
    """The conditions of the results on a tape, as bits."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._bits: dict[Condition, int] = {}
        self._own: dict[int, int] = {}
        self._met: dict[int, int] = {}
        signs: dict[int, int] = {}
        for index in tape.steps:
            signs[index] = _sign(tape.algebra, index, signs)
            needed = condition(tape.algebra, index)
            if needed is not None and not self._surely(needed, signs):
                self._own[index] = self._bits.setdefault(needed, 1 << len(self._bits))

    @staticmethod
    def _surely(needed: Condition, signs: dict[int, int]) -> bool:
        """Whether a condition holds because of the sign of what it is on."""
        kind, subject = needed[0], needed[1]
        if not isinstance(subject, int) or kind == "this":
            return False
        return signs[subject] >= (1 if kind in ("nonnegative", "above -1") else 2)

    def restrict(self, output: int, derivatives: Iterable[int]) -> list[int]:
        """The derivatives of an output, each made undefined where the output is."""
        algebra = self._tape.algebra
        needed = self._needed(output)
        if not needed:
            return list(derivatives)
        restricted = []
        for derivative in derivatives:
            if len(self._bits) <= _MAX_CONDITIONS and not needed & ~self._meets(derivative):
                restricted.append(derivative)
                continue
            defined = algebra.op("lt", output, algebra.add(output, algebra.const(1)))
            restricted.append(algebra.op("select", defined, derivative, derivative))
        return restricted

    def _needed(self, output: int) -> int:
        needed, seen, stack = 0, {output}, [output]
        while stack:
            index = stack.pop()
            needed |= self._own.get(index, 0)
            fresh = set(self._tape.builder[index].args) - seen
            seen |= fresh
            stack += fresh
        return needed

    def _meets(self, index: int) -> int:
        """The conditions that hold wherever the result at `index` is defined."""
        below, stack = {index}, [index]
        while stack:
            fresh = {
                arg for arg in self._tape.builder[stack.pop()].args if arg not in self._met
            } - below
            below |= fresh
            stack += fresh
        for step in sorted(below - self._met.keys()):
            self._met[step] = self._met_by(step)
        return self._met[index]

    def _met_by(self, index: int) -> int:
        instruction = self._tape.builder[index]
        met = self._own.get(self._tape.cover.get(index, index), 0)
        if index not in self._own:
            met |= self._among(condition(self._tape.algebra, index))
        if instruction.op == "select":
            test, holds, fails = (self._met[arg] for arg in instruction.args)
            return met | test | (holds & fails)
        for arg in instruction.args:
            met |= self._met[arg]
        return met

    def _among(self, known: Condition | None) -> int:
        if known is None:
            return 0
        kinds = (known[0], *_IMPLIED.get(str(known[0]), ()))
        bits = 0
        for kind in kinds:
            bits |= self._bits.get((kind, *known[1:]), 0)
        return bits
