"""What each operation is over Python floats: a piece of source, and the functions it names.

Every function raises (ValueError, OverflowError, ZeroDivisionError) rather than warn; whoever
runs the source falls back to arrays then, where the entry becomes `nan` or an infinity.
"""

from __future__ import annotations

import math

CONSTANTS: dict[str, float] = {"pi": math.pi, "euler_gamma": 0.57721566490153286}
"""The operations without arguments."""

EXPRESSIONS: dict[str, str] = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "neg": "-{0}",
    "abs": "abs({0})",
    "lt": "number({0}) < number({1})",
    "le": "number({0}) <= number({1})",
    "eq": "number({0}) == number({1})",
    "ne": "number({0}) != number({1})",
    "and": "{0} and {1}",
    "or": "{0} or {1}",
    "not": "not {0}",
    "select": "{1} if {0} else {2}",
    "max": "max(number({0}), number({1}))",
    "min": "min(number({0}), number({1}))",
    "floor": "floor({0})",
    "ceil": "ceil({0})",
    **{
        name: f"{name}({{0}})"
        for name in (
            *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
            *("sinh", "cosh", "tanh", "erf", "erfc", "gamma", "log1p", "expm1"),
            *("loggamma", "sign", "sigmoid", "softplus"),
        )
    },
    "pow": "power({0}, {1})",
    "logaddexp": "logaddexp({0}, {1})",
}
"""Python source of an operation, its arguments to be filled in; every value is a float."""


def loggamma(x: float) -> float:
    """log Γ(x) for x > 0. Raises ValueError elsewhere."""
    if x <= 0:
        raise ValueError("loggamma is for positive arguments")
    return math.lgamma(x)


def number(x: float) -> float:
    """x itself. Raises ValueError when x is nan, which no comparison may read."""
    if x != x:
        raise ValueError("nan is not compared")
    return x


def sign(x: float) -> float:
    """-1.0, 0.0 or 1.0."""
    return math.copysign(1.0, number(x)) if x else 0.0


def sigmoid(x: float) -> float:
    """1/(1 + exp(-x)); an argument below -709 raises OverflowError."""
    return 1.0 / (1.0 + math.exp(-x))


def softplus(x: float) -> float:
    """log(1 + exp(x)) without overflow on either side."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)) without overflow on either side."""
    if x == y:
        return x + math.log(2.0)
    return max(x, y) + math.log1p(math.exp(-abs(x - y)))


def floor(x: float) -> float:
    """The greatest integer up to x, as a float."""
    return float(math.floor(x))


def ceil(x: float) -> float:
    """The least integer from x on, as a float."""
    return float(math.ceil(x))


NAMES: dict[str, object] = {
    **{
        name: getattr(math, name)
        for name in (
            *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan"),
            *("sinh", "cosh", "tanh", "erf", "erfc", "gamma", "log1p", "expm1"),
        )
    },
    "power": math.pow,
    "number": number,
    "loggamma": loggamma,
    "sign": sign,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "floor": floor,
    "ceil": ceil,
}
"""The functions that `EXPRESSIONS` names."""
