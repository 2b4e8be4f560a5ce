"""Bounds of the functions of the language."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any

from derive.certifying.equal import same
from derive.certifying.quadratic import matrix
from derive.certifying.signs import ONE, ZERO, End, Signs
from derive.recheck.language import Letter, filled, table
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term, make, num, rational

# fmt: off
RANGES: dict[str, tuple[tuple[str, Any, bool, bool], ...]] = {
    "exp": (("exp_positive", 0, True, True),),
    "sigmoid": (("sigmoid_positive", 0, True, True), ("sigmoid_below_one", 1, True, False)),
    "softplus": (("softplus_positive", 0, True, True),),
    "tanh": (("tanh_above", -1, True, True), ("tanh_below", 1, True, False)),
    "erf": (("erf_above", -1, True, True), ("erf_below", 1, True, False)),
    "erfc": (("erfc_positive", 0, True, True), ("erfc_below_two", 2, True, False)),
    "sin": (("sin_above", -1, False, True), ("sin_below", 1, False, False)),
    "cos": (("cos_above", -1, False, True), ("cos_below", 1, False, False)),
    "sign": (("sign_above", -1, False, True), ("sign_below", 1, False, False)),
    "atan": (("atan_above_two", -2, True, True), ("atan_below_two", 2, True, False)),
    "asin": (("asin_above_two", -2, True, True), ("asin_below_two", 2, True, False)),
    "acos": (("acos_nonnegative", 0, False, True), ("acos_below_four", 4, False, False)),
    "cosh": (("cosh_above", 1, False, True),),
    "sqrt": (("sqrt_nonnegative", 0, False, True),),
    "abs": (("abs_at_least_zero", 0, False, True),),
    "Gamma": (("Gamma_positive", 0, True, True),),
    "Beta": (("Beta_positive", 0, True, True),),
}
"""What is known of a function's values: the fact, the bound, if it is strict, if it is a lower one."""

PI = Fraction(3141592653589793238462643383279502884, 10**36)
INCREASING = {"sinh": "sinh_zero", "tanh": "tanh_zero", "erf": "erf_zero", "atan": "atan_zero",
              "asin": "asin_zero"}
"""Increasing functions that are 0 at 0, and the fact that says so."""
# fmt: on


def call(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Bounds of the value of a function of the language."""
    name, args = t.payload, t.args
    for fact, value, strict, lower in RANGES.get(name, ()):
        if lower == low:
            names = "ab" if name == "Beta" else "a"
            letters = dict(zip(names, args, strict=True))
            yield End(Fraction(value), strict, lambda f=fact, d=letters: s.fact(f, **d))  # type: ignore[misc]
    if name == "pi":
        value = PI if low else PI + Fraction(1, 10**36)
        fact = "pi_above" if low else "pi_below"
        yield End(value, True, lambda: s.combine(s.claim(t, value, True, low), [s.fact(fact)], [1]))
    elif name in ("max", "min"):
        yield from _extreme(s, t, low)
    elif name == "abs":
        yield from _modulus(s, t, low)
    elif name == "sqrt" and low and s.positive(args[0]):
        yield End(Fraction(0), True, lambda: s.fact("sqrt_positive", a=args[0]))
    elif name in ("sin", "cos"):
        yield from _wave(s, t, low)
    elif name in ("det", "trace"):
        yield from matrix(s, t, low)
    elif name in ("floor", "ceil", "sign"):
        yield from _stepped(s, t, low)
    if name in INCREASING and s.sign(args[0]) == (1 if low else -1):
        yield from _about_zero(s, t, low)
    if name in ("exp", "log", "sqrt"):
        from derive.certifying.closed import monotone

        yield from monotone(s, t, low)
    if name in ("log2", "log10", "loggamma", "tanh", "cosh", "sinh", "sigmoid", "softplus"):
        yield from _by_definition(s, t, low)


def _by_definition(s: Signs, t: Term, low: bool) -> Iterator[End]:
    statement = table()[f"fact is_{t.payload}"].statement
    assert statement is not None
    other = filled(statement, {"x": Letter((), t.args[0])}).rhs
    yield from same(s, t, other, lambda: s.fact(f"is_{t.payload}", x=t.args[0]), low)


def _about_zero(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """The sign of an increasing function that is 0 at 0, from that of its argument."""
    x = t.args[0]
    strict = s.positive(x if low else -x)

    def steps() -> list[Step]:
        a, b = (ZERO, x) if low else (x, ZERO)
        main = s.fact(f"{t.payload}_increasing" + "_weak" * (not strict), a=a, b=b)
        return [main, s.fact(INCREASING[t.payload])]

    yield s.combined(t, Fraction(0), strict, low, steps, [1, -1 if low else 1])


def _extreme(s: Signs, t: Term, low: bool) -> Iterator[End]:
    a, b = t.args
    larger = t.payload == "max"
    if larger == low:
        for side, x in zip(("left", "right"), t.args, strict=True):
            end = s.end(x, low)
            if end is not None:
                steps = partial(_beside, s, f"{t.payload}_{side}", a, b, end)
                yield s.combined(t, end.value, end.strict, low, steps, [1, 1])
    else:
        first, second = s.end(a, low), s.end(b, low)
        if first is not None and second is not None:
            value = min(first.value, second.value) if low else max(first.value, second.value)
            fact = "min_greatest" if low else "max_least"
            yield End(value, False, lambda: s.fact(fact, a=a, b=b, c=num(value)))


def _beside(s: Signs, name: str, a: Term, b: Term, end: End) -> list[Step]:
    return [s.fact(name, a=a, b=b), end.proof()]


def _modulus(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[0]
    if low:
        if s.sign(x) > 0:
            yield from same(s, t, x, partial(s.fact, "abs_nonnegative", a=x), low)
        elif s.nonzero(x) is not None:
            yield End(Fraction(0), True, lambda: _positive_modulus(s, t, x))
        return
    most, least = s.high(x), s.low(x)
    if most is not None and least is not None:
        value = max(most.value, -least.value)
        strict = all(e.strict for e in (most, least) if abs(e.value) == value)
        name = "abs_below" if strict else "abs_at_most"
        yield End(value, strict, lambda: s.fact(name, a=x, b=num(value)))


def _positive_modulus(s: Signs, t: Term, x: Term) -> Step:
    known = s.nonzero(x)
    assert known is not None
    known()
    s.fact("abs_nonzero", a=x)
    s.fact("abs_at_least_zero", a=x)
    return s.fact("positive", a=t)


def _stepped(s: Signs, t: Term, low: bool) -> Iterator[End]:
    x = t.args[0]
    if t.payload == "ceil":
        other = -make("call", "floor", -x)
        yield from same(s, t, other, lambda: s.fact("ceil_floor", a=x), low)
        return
    end = s.end(x, low)
    if end is None:
        return
    if t.payload == "sign":
        if low and s.positive(x):
            yield from same(s, t, ONE, lambda: s.fact("sign_positive", a=x), low)
        elif not low and s.positive(-x):
            yield from same(s, t, -ONE, lambda: s.fact("sign_negative", a=x), low)
        elif s.sign(x) == (1 if low else -1):
            name = "sign_nonnegative" if low else "sign_nonpositive"
            yield End(Fraction(0), False, lambda: s.fact(name, a=x))
        return
    nearest = end.value.numerator // end.value.denominator
    name = "floor_at_least" if low else "floor_at_most"
    yield End(Fraction(nearest), False, lambda: s.fact(name, a=x, n=num(nearest)))
    name_of = "floor_above" if low else "floor_below"
    value, strict = (end.value - 1, True) if low else (end.value, end.strict)
    yield s.combined(t, value, strict, low, partial(_after, s, name_of, x, end), [1, 1])


def _after(s: Signs, name: str, x: Term, end: End) -> list[Step]:
    return [s.fact(name, a=x), end.proof()]


def _wave(s: Signs, t: Term, low: bool) -> Iterator[End]:
    """Sine and cosine by the first terms of their series."""
    x = t.args[0]
    if rational(x) == 0:
        value = ZERO if t.payload == "sin" else ONE
        yield from same(s, t, value, lambda: _at_zero(s, t, value), low)
        return
    from derive.certifying.waves import by_angle

    yield from by_angle(s, t, low)
    name = {("cos", True): "cos_parabola", ("cos", False): "cos_quartic",
            ("sin", True): "sin_cubic", ("sin", False): "sin_line"}[t.payload, low]  # fmt: skip
    if t.payload == "sin" and s.sign(x) <= 0:
        return
    statement = table()[f"fact {name}"].statement
    assert statement is not None
    filled_in = filled(statement, {"a": Letter((), x)})
    other = filled_in.lhs if low else filled_in.rhs
    end = s.end(other, low)
    if end is not None and (end.value > -1 if low else end.value < 1):
        steps = partial(_after, s, name, x, end)
        yield s.combined(t, end.value, end.strict, low, steps, [1, 1])


def _at_zero(s: Signs, t: Term, value: Term) -> Step:
    step = s.fact(f"{t.payload}_zero")
    return step if step.claim.lhs is t else s.combine(Claim(t, "=", value), [step], [1])
