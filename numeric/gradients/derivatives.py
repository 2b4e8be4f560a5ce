"""The derivative of each plain operation by each of its arguments.

`PARTIALS` is the one table. An entry builds the local derivative out of the arguments and the
result of the instruction. It is never defined where the derivative does not exist: the derivative
of |x| is x/|x|, that of floor(x) is 0/(x - floor(x)). It may be defined outside the domain of the
operation, as 1/x is for log(x); `numeric.gradients.domain` takes care of that.

The formulas are those of Abramowitz and Stegun: 6.4.1 for polygamma functions, 7.1.19 for erf,
9.6.26 for Bessel functions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from numeric.builder import Builder

_MAX_BITS = 256
"""Constants are multiplied out only up to this size."""


class NoDerivative(ValueError):
    """A program cannot be differentiated here; the message says which operation and why."""


class Algebra:
    """Arithmetic on the results of a builder that leaves out what plainly has no effect.

    A product with 1 and a sum with 0 are not emitted. A product with 0 is: it is undefined where
    the other factor is.
    """

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def number(self, index: int) -> Fraction | None:
        """The value of a constant, and None for everything else."""
        instruction = self.builder[index]
        return instruction.number if instruction.op == "const" else None

    def const(self, value: Fraction | int) -> int:
        """A constant."""
        return self.builder.const(value)

    def op(self, name: str, *args: int) -> int:
        """An operation as it stands."""
        return self.builder.op(name, *args)

    def _fold(self, value: Fraction) -> int | None:
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        return self.const(value) if bits <= _MAX_BITS else None

    def _operand(self, index: int, op: str) -> int | None:
        """What `op` was applied to, when `index` is the negative of something."""
        instruction = self.builder[index]
        return instruction.args[0] if instruction.op == op else None

    def neg(self, a: int) -> int:
        """-a."""
        number, inner = self.number(a), self._operand(a, "neg")
        if number is not None:
            return self.const(-number)
        return self.op("neg", a) if inner is None else inner

    def add(self, a: int, b: int) -> int:
        """a + b."""
        left, right = self.number(a), self.number(b)
        if left is not None and right is not None:
            folded = self._fold(left + right)
            return self.op("add", a, b) if folded is None else folded
        if left == 0:
            return b
        if right == 0:
            return a
        if a == b:
            return self.mul(self.const(2), a)
        for one, other in ((a, b), (b, a)):
            inner = self._operand(other, "neg")
            if inner is not None:
                return self.sub(one, inner)
        return self.op("add", *sorted((a, b)))

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        left, right = self.number(a), self.number(b)
        if left is not None and right is not None:
            folded = self._fold(left - right)
            return self.op("sub", a, b) if folded is None else folded
        if left == 0:
            return self.neg(b)
        return a if right == 0 else self.op("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        """a·b; a division where one of them is 1/c."""
        for one, other in ((a, b), (b, a)):
            factor = self.number(one)
            if factor == 1:
                return other
            if factor == -1:
                return self.neg(other)
            if factor is not None:
                return self._scale(factor, other)
        for one, other in ((a, b), (b, a)):
            instruction = self.builder[other]
            if instruction.op == "div" and self.number(instruction.args[0]) == 1:
                return self.div(one, instruction.args[1])
        left, right = self._factor(a), self._factor(b)
        folded = self._fold(left * right) if left is not None and right is not None else None
        if folded is not None:
            cores = self.builder[a].args[1], self.builder[b].args[1]
            product = self.op("mul", *sorted(cores))
            return self._with_factor("mul", folded, product)
        return self.op("mul", *sorted((a, b)))

    def _factor(self, index: int) -> Fraction | None:
        """c, where the result at `index` is a product c·x with a constant."""
        instruction = self.builder[index]
        return self.number(instruction.args[0]) if instruction.op == "mul" else None

    def _scale(self, factor: Fraction, b: int) -> int:
        """factor·b, with the constant factor of b multiplied in."""
        number, instruction = self.number(b), self.builder[b]
        if number is not None:
            folded = self._fold(factor * number)
            return self.op("mul", self.const(factor), b) if folded is None else folded
        if instruction.op in ("mul", "div"):
            inner = self.number(instruction.args[0])
            folded = None if inner is None else self._fold(factor * inner)
            if folded is not None:
                return self._with_factor(instruction.op, folded, instruction.args[1])
        return self.op("mul", self.const(factor), b)

    def _with_factor(self, op: str, factor: int, b: int) -> int:
        value = self.number(factor)
        if op == "div" or value not in (1, -1):
            return self.op(op, factor, b)
        return b if value == 1 else self.neg(b)

    def div(self, a: int, b: int) -> int:
        """a/b."""
        above, below = self.number(a), self.number(b)
        if below == 1:
            return a
        if above is not None and below:
            folded = self._fold(above / below)
            if folded is not None:
                return folded
        return self.op("div", a, b)

    def power(self, a: int, exponent: int) -> int:
        """a to a constant integer power other than 0."""
        return a if exponent == 1 else self.op("pow", a, self.const(exponent))

    def apart(self, result: int, gap: int) -> int:
        """The result, undefined where the gap is 0: in floating point too, where 0/0 is nan."""
        return self.op("add", result, self.op("div", self.const(0), gap))

    def compare(self, op: str, a: int, b: int) -> int:
        """The comparison `op` of a with b, undefined where they are equal.

        A condition that holds or fails here, and is not at its edge, does so nearby too.
        """
        gap = self.sub(a, b)
        if self.number(a) is None:
            return self.op(op, self.apart(a, gap), b)
        return self.op(op, a, self.apart(b, gap))

    def compared(self, index: int) -> tuple[int, int] | None:
        """What `compare` was given, when `index` came from it."""
        instruction = self.builder[index]
        for side, mixed in enumerate(instruction.args):
            if self.builder[mixed].op != "add":
                continue
            pair = list(instruction.args)
            pair[side] = self.builder[mixed].args[0]
            if self.compare(instruction.op, *pair) == index:
                return pair[0], pair[1]
        return None


Partial: TypeAlias = Callable[[Algebra, tuple[int, ...], int], int]
"""(algebra, arguments, result) to the local derivative by one argument."""


def _unary(rule: Callable[[Algebra, int, int], int]) -> tuple[Partial, ...]:
    return (lambda a, args, r: rule(a, args[0], r),)


def _binary(*rules: Callable[[Algebra, int, int, int], int]) -> tuple[Partial, ...]:
    def partial(rule: Callable[[Algebra, int, int, int], int]) -> Partial:
        return lambda a, args, r: rule(a, args[0], args[1], r)

    return tuple(partial(rule) for rule in rules)


def _one_over(a: Algebra, x: int) -> int:
    return a.div(a.const(1), x)


def _two_over_root_pi(a: Algebra) -> int:
    return a.div(a.const(2), a.op("sqrt", a.op("pi")))


def _bell(a: Algebra, x: int) -> int:
    """The derivative of erf, (2/√π)·exp(-x²)."""
    return a.mul(_two_over_root_pi(a), a.op("exp", a.neg(a.mul(x, x))))


def _arc_sine(a: Algebra, x: int) -> int:
    one = a.const(1)
    return _one_over(a, a.op("sqrt", a.mul(a.sub(one, x), a.add(one, x))))


def _erfcx(a: Algebra, x: int, r: int) -> int:
    return a.sub(a.mul(a.const(2), a.mul(x, r)), _two_over_root_pi(a))


def _jump(a: Algebra, distance: int) -> int:
    """0 where the distance to a jump is not 0, and undefined at the jump."""
    return a.op("div", a.const(0), distance)


def _power_base(a: Algebra, x: int, y: int, r: int) -> int:
    """y·x^(y-1). Only an integer constant y has a derivative at x = 0 that is told here."""
    exponent = a.number(y)
    if exponent is not None and exponent.denominator == 1:
        n = int(exponent)
        return a.const(n) if n in (0, 1) else a.mul(y, a.power(x, n - 1))
    return a.mul(y, a.div(r, x))


def _power_exponent(a: Algebra, x: int, _y: int, r: int) -> int:
    return a.mul(r, a.op("log", x))


def _share(larger: bool) -> tuple[Partial, ...]:
    """The partials of max or min: 1 for the argument that is the result, undefined at a tie."""

    def rule(a: Algebra, x: int, y: int, below: int) -> int:
        if x == y:
            return a.const(Fraction(1, 2))
        first_is_less = a.compare("lt", x, y)
        return a.op("select", first_is_less, a.const(below), a.const(1 - below))

    low, high = int(not larger), int(larger)
    return _binary(lambda a, x, y, r: rule(a, x, y, low), lambda a, x, y, r: rule(a, x, y, high))


def _no_order(op: str) -> Callable[[Algebra, int, int, int], int]:
    def rule(a: Algebra, n: int, x: int, r: int) -> int:
        raise NoDerivative(
            f"{op} has no derivative by its order here; "
            "name only inputs that the order does not depend on"
        )

    return rule


def _polygamma(a: Algebra, n: int, x: int, _r: int) -> int:
    return a.op("polygamma", a.add(n, a.const(1)), x)


def _besseli(a: Algebra, n: int, x: int, r: int) -> int:
    """(I_(n-1) + I_(n+1))/2 for a constant integer n, and I_(n+1) + n·I_n/x for any other."""
    order = a.number(n)
    above = a.op("besseli", a.add(n, a.const(1)), x)
    if order == 0:
        return above
    if order is None or order.denominator > 1:
        return a.add(above, a.mul(n, a.div(r, x)))
    below = a.op("besseli", a.const(abs(order - 1)), x)
    return a.mul(a.const(Fraction(1, 2)), a.add(below, above))


def _log_besseli(a: Algebra, n: int, x: int, r: int) -> int:
    """I_(n+1)/I_n + n/x, the ratio by way of logarithms, which do not overflow."""
    above = a.op("log_besseli", a.add(n, a.const(1)), x)
    ratio = a.op("exp", a.sub(above, r))
    return ratio if a.number(n) == 0 else a.add(ratio, a.div(n, x))


PARTIALS: dict[str, tuple[Partial, ...]] = {
    "add": _binary(lambda a, x, y, r: a.const(1), lambda a, x, y, r: a.const(1)),
    "sub": _binary(lambda a, x, y, r: a.const(1), lambda a, x, y, r: a.const(-1)),
    "mul": _binary(lambda a, x, y, r: y, lambda a, x, y, r: x),
    "div": _binary(lambda a, x, y, r: _one_over(a, y), lambda a, x, y, r: a.neg(a.div(r, y))),
    "pow": _binary(_power_base, _power_exponent),
    "max": _share(larger=True),
    "min": _share(larger=False),
    "logaddexp": _binary(
        lambda a, x, y, r: a.op("sigmoid", a.sub(x, y)),
        lambda a, x, y, r: a.op("sigmoid", a.sub(y, x)),
    ),
    "xlogy": _binary(lambda a, x, y, r: a.op("log", y), lambda a, x, y, r: a.div(x, y)),
    "polygamma": _binary(_no_order("polygamma"), _polygamma),
    "besseli": _binary(_no_order("besseli"), _besseli),
    "log_besseli": _binary(_no_order("log_besseli"), _log_besseli),
    "neg": _unary(lambda a, x, r: a.const(-1)),
    "exp": _unary(lambda a, x, r: r),
    "expm1": _unary(lambda a, x, r: a.op("exp", x)),
    "log": _unary(lambda a, x, r: _one_over(a, x)),
    "log1p": _unary(lambda a, x, r: _one_over(a, a.add(a.const(1), x))),
    "sqrt": _unary(lambda a, x, r: _one_over(a, a.mul(a.const(2), r))),
    "abs": _unary(lambda a, x, r: a.div(x, r)),
    "sign": _unary(lambda a, x, r: _jump(a, x)),
    "floor": _unary(lambda a, x, r: _jump(a, a.sub(x, r))),
    "ceil": _unary(lambda a, x, r: _jump(a, a.sub(r, x))),
    "sin": _unary(lambda a, x, r: a.op("cos", x)),
    "cos": _unary(lambda a, x, r: a.neg(a.op("sin", x))),
    "tan": _unary(lambda a, x, r: a.add(a.const(1), a.mul(r, r))),
    "asin": _unary(lambda a, x, r: _arc_sine(a, x)),
    "acos": _unary(lambda a, x, r: a.neg(_arc_sine(a, x))),
    "atan": _unary(lambda a, x, r: _one_over(a, a.add(a.const(1), a.mul(x, x)))),
    "sinh": _unary(lambda a, x, r: a.op("cosh", x)),
    "cosh": _unary(lambda a, x, r: a.op("sinh", x)),
    "tanh": _unary(lambda a, x, r: a.sub(a.const(1), a.mul(r, r))),
    "erf": _unary(lambda a, x, r: _bell(a, x)),
    "erfc": _unary(lambda a, x, r: a.neg(_bell(a, x))),
    "erfcx": _unary(_erfcx),
    "log_erfc": _unary(lambda a, x, r: a.neg(a.div(_two_over_root_pi(a), a.op("erfcx", x)))),
    "gamma": _unary(lambda a, x, r: a.mul(r, a.op("digamma", x))),
    "loggamma": _unary(lambda a, x, r: a.op("digamma", x)),
    "digamma": _unary(lambda a, x, r: a.op("polygamma", a.const(1), x)),
    "sigmoid": _unary(lambda a, x, r: a.mul(r, a.op("sigmoid", a.neg(x)))),
    "softplus": _unary(lambda a, x, r: a.op("sigmoid", x)),
}
"""For each plain operation of arity 1 or 2 on numbers, its partial derivative by each argument.

`select`, the binders and the matrix operations are in `numeric.gradients` and
`numeric.gradients.parts`; comparisons and logic have none.
"""
