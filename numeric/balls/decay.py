"""The rules of `numeric.balls.tails` for functions of one or two arguments, and whole programs.

Where f is phi(g) with phi(0) = 0, the rate of f is that of g times g·phi'(g)/phi(g). The comment
at each rule says why that factor is monotone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from flint import arb, fmpq

from numeric.balls.growth import Growth, Scale, flat, number
from numeric.balls.ranges import INFINITY, Range
from numeric.balls.tails import Tail, Tails, refuse
from numeric.program import Instruction, Program

_INF = INFINITY
_ZERO, _ONE, _TWO = arb(0), arb(1), arb(2)
_POSITIVE = Range(_ZERO, _INF)
MAX_POWER = 64


class Decay(Tails):
    """The rules of every operation that may occur in a tail."""

    def reach(self, f: Tail) -> Range:
        """The values of f."""
        return self.scale.reach(f.value)

    def _times(self, f: Tail, factor: Range) -> Growth:
        return flat(factor) * f.slope

    def _chain(self, at: arb, value: Range, factor: Range, f: Tail) -> Tail:
        """phi(f), where `factor` encloses phi'."""
        return self.finish(at, flat(value), self._times(f, factor), None)

    def _odd(self, at: arb, value: Range, factor: Range, f: Tail, elastic: Range) -> Tail:
        """phi(f), where phi(0) = 0 alone, and `elastic` encloses g·phi'(g)/phi(g)."""
        rate = None if f.rate is None else flat(elastic) * f.rate
        slope = self._times(f, factor)
        if rate is not None and not slope.range.bounded:
            slope = self.scaled_slope(at, flat(value), rate)
        return self.finish(at, flat(value), slope, rate)

    def exp(self, f: Tail) -> Tail:
        """(exp f)° / exp f is f°."""
        at = f.at.exp()
        value = flat(self.reach(f).increasing(arb.exp, _ZERO, _INF).meet(_POSITIVE))
        return self.finish(at, value, self.scaled_slope(at, value, f.slope), f.slope)

    def log(self, f: Tail) -> Tail:
        """(log f)° is f°/f, for f > 0."""
        if f.sign != 1 or f.rate is None:
            raise refuse("a logarithm of what may not be positive")
        value = flat(self.reach(f).increasing(_log, -_INF, _INF))
        return self.finish(f.at.log(), value, f.rate, None)

    def power(self, f: Tail, g: Tail) -> Tail:
        """f to a constant exponent directly, to any other as exp(g·log f)."""
        exponent = g.at.fmpq() if g.slope.zero and g.at.is_exact() else None
        if exponent is not None and exponent.q == 1:
            return self._whole_power(f, int(exponent.p))
        if f.sign != 1 or f.rate is None:
            raise refuse("a power of what may not be positive")
        if not g.slope.zero:
            return self.exp(self.mul(g, self.log(f)))
        rate = number(g.at) * f.rate
        at = f.at**g.at
        span = self.reach(f)
        if g.at > 0:
            value = span.increasing(lambda x: x**g.at, _ZERO, _INF)
        elif g.at < 0:
            value = span.decreasing(lambda x: _INF if x.is_zero() else x**g.at, _INF, _ZERO)
        else:
            raise refuse("a power whose exponent may be 0")
        known = Growth(Fraction(0), Fraction(0), value.meet(_POSITIVE))
        if exponent is not None and f.value.range.bounded and f.value.range.lower > 0:
            known = _exact_power(f.value, exponent)
        return self.finish(at, known, self.scaled_slope(at, known, rate), rate)

    def _whole_power(self, f: Tail, n: int) -> Tail:
        if n == 0 and f.rate is not None:
            return self.constant(_ONE)
        if not 0 < abs(n) <= MAX_POWER:
            raise refuse(f"the power {n}")
        result = f
        for _ in range(abs(n) - 1):
            result = self.mul(result, f)
        return self.reciprocal(result) if n < 0 else result

    def sqrt(self, f: Tail) -> Tail:
        """The power 1/2."""
        return self.power(f, self.constant(_ONE / 2))

    def abs(self, f: Tail) -> Tail:
        """|f|."""
        if f.nonnegative or f.sign == 1:
            return f
        if f.value.range.nonpositive or f.sign == -1:
            return self.neg(f)
        span = f.value.range
        value = Growth(f.value.power, f.value.logs, Range(_ZERO, span.magnitude))
        slope = self.scale.join(f.slope, -f.slope)
        return self.with_cover(self.finish(abs(f.at), value, slope, f.rate), f.cover)

    def expm1(self, f: Tail) -> Tail:
        """g/(1 - exp(-g)) increases, for exp(g) >= 1 + g."""
        span = self.reach(f)
        value = span.increasing(arb.expm1, -_ONE, _INF)
        factor = span.increasing(arb.exp, _ZERO, _INF)
        elastic = span.increasing(lambda g: g / -(-g).expm1() if g != 0 else _ONE, _ZERO, _INF)
        return self._odd(f.at.expm1(), value, factor, f, elastic)

    def log1p(self, f: Tail) -> Tail:
        """With s = log(1 + g) the factor is the mean of exp(-v) over v from 0 to s: it falls."""
        span = self.reach(f)
        if not span.lower > -1:
            raise refuse("a logarithm of what may not be positive")
        value = span.increasing(arb.log1p, -_INF, _INF)
        factor = span.decreasing(lambda g: 1 / (1 + g), _INF, _ZERO)
        elastic = span.decreasing(
            lambda g: g / ((1 + g) * g.log1p()) if g != 0 else _ONE, _INF, _ZERO
        )
        return self._odd(f.at.log1p(), value, factor, f, elastic)

    def sigmoid(self, f: Tail) -> Tail:
        """1/(1 + exp(-f))."""
        return self.reciprocal(self.add(self.constant(_ONE), self.exp(self.neg(f))))

    def softplus(self, f: Tail) -> Tail:
        """log(1 + exp f), or f + log(1 + exp(-f)) where f goes up."""
        if self.reach(f).upper < _INF:
            return self.log1p(self.exp(f))
        return self.add(f, self.log1p(self.exp(self.neg(f))))

    def logaddexp(self, f: Tail, g: Tail) -> Tail:
        """g + softplus(f - g)."""
        gap = self.add(f, self.neg(g))
        if self.reach(gap).upper < _INF:
            return self.add(g, self.softplus(gap))
        return self.add(f, self.softplus(self.neg(gap)))

    def erfc(self, f: Tail) -> Tail:
        """The rate is -h(g)·g° with h(g) = 2/(sqrt(pi)·erfcx(g)), which increases as 1/erfcx."""
        value = self.reach(f).decreasing(arb.erfc, _TWO, _ZERO).meet(Range(_ZERO, _TWO))
        rate = -(self._hazard(f) * f.slope)
        at = f.at.erfc()
        return self.finish(at, flat(value), self.scaled_slope(at, flat(value), rate), rate)

    def _hazard(self, f: Tail) -> Growth:
        """h(g) where g >= 1: 2g < h(g) < 2g + 1/g, by DLMF 7.8.2; elsewhere by its ends."""
        if self.reach(f).lower >= 1 and f.rate is not None:
            inverse = f.value.reciprocal() * flat(Range(_ZERO, _ONE))
            return self.scale.add(f.value * flat(Range(_TWO, _TWO)), inverse)
        return flat(self.reach(f).increasing(_hazard_at, _ZERO, _INF))

    def log_erfc(self, f: Tail) -> Tail:
        """The logarithm of erfc."""
        return self.log(self.erfc(f))

    def erf(self, f: Tail) -> Tail:
        """g·erf'(g)/erf(g) is 1 over the mean of exp(g²(1 - v²)), v from 0 to 1: it falls in |g|."""
        span = self.reach(f)
        value = span.increasing(arb.erf, -_ONE, _ONE)
        factor = _even(span, lambda g: 2 * (-g * g).exp() / arb.pi().sqrt())
        elastic = _even(
            span, lambda g: 2 * g * (-g * g).exp() / (arb.pi().sqrt() * g.erf()) if g != 0 else _ONE
        )
        return self._odd(f.at.erf(), value, factor, f, elastic)

    def tanh(self, f: Tail) -> Tail:
        """The factor 2g/sinh(2g) falls in |g|."""
        span = self.reach(f)
        value = span.increasing(arb.tanh, -_ONE, _ONE)
        factor = _even(span, lambda g: 1 / g.cosh() ** 2)
        elastic = _even(span, lambda g: 2 * g / (2 * g).sinh() if g != 0 else _ONE)
        return self._odd(f.at.tanh(), value, factor, f, elastic)

    def atan(self, f: Tail) -> Tail:
        """With t = atan(g) the factor is sin(2t)/(2t), which falls in |t|."""
        span = self.reach(f)
        right = (arb.pi() / 2).upper()
        value = span.increasing(arb.atan, -right, right)
        factor = _even(span, lambda g: 1 / (1 + g * g))
        elastic = _even(span, lambda g: g / ((1 + g * g) * g.atan()) if g != 0 else _ONE)
        return self._odd(f.at.atan(), value, factor, f, elastic)

    def sin(self, f: Tail) -> Tail:
        """Near 0 the factor g·cot(g) falls in |g|; elsewhere only |sin|, |cos| <= 1 is used."""
        span = self.reach(f)
        around = Range(-_ONE, _ONE)
        if not span.magnitude <= 1:
            return self._chain(f.at.sin(), around, around, f)
        elastic = _even(span, lambda g: g * g.cot() if g != 0 else _ONE)
        value = span.increasing(arb.sin, -_ONE, _ONE)
        return self._odd(f.at.sin(), value, _even(span, arb.cos), f, elastic)

    def cos(self, f: Tail) -> Tail:
        """Between -1 and 1, and cos(1) at least near 0."""
        span, around = self.reach(f), Range(-_ONE, _ONE)
        value = _even(span, arb.cos) if span.magnitude <= 1 else around
        return self._chain(f.at.cos(), value, around, f)

    def sinh(self, f: Tail) -> Tail:
        """(exp f)·(1 - exp(-2f))/2, and f·(sinh f/f) is left to expm1."""
        down = self.expm1(self.mul(self.constant(-_TWO), f))
        return self.mul(self.constant(-_ONE / 2), self.mul(self.exp(f), down))

    def cosh(self, f: Tail) -> Tail:
        """(exp f + exp(-f))/2."""
        both = self.add(self.exp(f), self.exp(self.neg(f)))
        return self.mul(self.constant(_ONE / 2), both)

    def loggamma(self, f: Tail) -> Tail:
        """For f >= 2, where digamma is positive and increasing."""
        span = self.reach(f)
        if not span.lower >= 2:
            raise refuse("loggamma below 2")
        factor = span.increasing(arb.digamma, -_INF, _INF)
        return self._chain(f.at.lgamma(), span.increasing(arb.lgamma, _ZERO, _INF), factor, f)

    def gamma(self, f: Tail) -> Tail:
        """The exponential of loggamma."""
        return self.exp(self.loggamma(f))

    def xlogy(self, f: Tail, g: Tail) -> Tail:
        """f·log g, for g > 0."""
        return self.mul(f, self.log(g))

    def max(self, f: Tail, g: Tail) -> Tail:
        """The larger, where it is always the same one."""
        gap = self.reach(self.add(f, self.neg(g)))
        if gap.nonnegative or gap.nonpositive:
            return f if gap.nonnegative else g
        raise refuse("a maximum of two that may cross")

    def min(self, f: Tail, g: Tail) -> Tail:
        """The smaller, where it is always the same one."""
        return self.neg(self.max(self.neg(f), self.neg(g)))


def _log(x: arb) -> arb:
    return -_INF if x <= 0 else x.log()


def _hazard_at(x: arb) -> arb:
    if x > 0:
        scaled = (x * x).hypgeom_u(_ONE / 2, _ONE / 2)
        return 2 / scaled
    return 2 * (-x * x).exp() / (arb.pi().sqrt() * x.erfc())


def _even(span: Range, function: Callable[[arb], arb]) -> Range:
    """The image of an even positive function that falls in |x| towards 0."""
    least = max(span.lower, -span.upper, _ZERO)
    most = span.magnitude
    low = function(most) if most.is_finite() else _ZERO
    return Range(low, function(least))


def _exact_power(growth: Growth, exponent: fmpq) -> Growth:
    """A rational power of a growth whose range is positive and bounded."""
    power = Fraction(int(exponent.p), int(exponent.q))
    raised = [end ** arb(exponent) for end in growth.range.ends]
    low, high = raised if power > 0 else raised[::-1]
    return Growth(growth.power * power, growth.logs * power, Range(low, high))


RULES: dict[str, Callable[..., Tail]] = {
    "add": Decay.add,
    "sub": lambda rules, f, g: rules.add(f, rules.neg(g)),
    "neg": Decay.neg,
    "mul": Decay.mul,
    "div": lambda rules, f, g: rules.mul(f, rules.reciprocal(g)),
    "pow": Decay.power,
    **{
        name: getattr(Decay, name)
        for name in (
            *("exp", "log", "sqrt", "abs", "expm1", "log1p", "sigmoid", "softplus", "logaddexp"),
            *("erfc", "log_erfc", "erf", "tanh", "atan", "sin", "cos", "sinh", "cosh"),
            *("loggamma", "gamma", "xlogy", "max", "min"),
        )
    },
}
"""The rule of each operation that is understood; any other is refused."""


def decay(
    program: Program, constants: Mapping[str, arb], start: arb, power: int
) -> tuple[Decay, Tail]:
    """The tail of a program on u >= start, where its variable is u^power and power is 1 or -1.

    The variable is the input that `constants` does not give. Raises Unresolved where nothing is known.
    """
    rules = Decay(Scale(start))
    registers: list[Tail] = []
    for instruction in program.instructions:
        registers.append(_step(rules, instruction, registers, constants, power))
    return rules, registers[program.outputs[0]]


def _step(
    rules: Decay,
    instruction: Instruction,
    registers: list[Tail],
    constants: Mapping[str, arb],
    power: int,
) -> Tail:
    op = instruction.op
    if op == "input":
        given = constants.get(instruction.name)
        return rules.variable(power) if given is None else rules.constant(given)
    if op == "const":
        exact = instruction.number
        return rules.constant(arb(fmpq(exact.numerator, exact.denominator)))
    rule = RULES.get(op)
    if rule is None:
        raise refuse(f"the operation {op}")
    return rule(rules, *(registers[arg] for arg in instruction.args))
