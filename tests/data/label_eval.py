"""Reader and evaluator behind check_labels.py; shares nothing with the engine.

Numbers are exact fractions where they can be and 80-digit intervals (mpmath ``iv``) elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

from mpmath import iv, mp

iv.dps = 80
mp.dps = 80
Node = tuple[Any, ...]
Env = dict[str, Any]
ALIASES = {"Abs": "abs", "Max": "max", "Min": "min", "Product": "Prod"}
TOKEN = re.compile(r"\s*(\d+\.\d+|\d+|[A-Za-z_]\w*|\*\*|[-+*/^(),;])")


class Undefined(Exception):
    """A side has no real value at the point."""


class Unclear(Exception):
    """The intervals are too wide to tell at this point."""


# ---------------------------------------------------------------- reading


class Reader:
    """Recursive-descent reader of the text notation; raises ValueError on anything else."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s+", "", text):
            raise ValueError(f"cannot read {text!r}")

    def whole(self) -> Node:
        """Return the tree of the whole text."""
        node = self.sum()
        if self.at != len(self.tokens):
            raise ValueError(f"left over at {self.tokens[self.at]!r} in {self.text!r}")
        return node

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ValueError(f"expected {expected!r}, found {token!r} in {self.text!r}")
        self.at += 1
        return token

    def sum(self) -> Node:
        node = self.product()
        while self.peek() in ("+", "-"):
            node = (self.take(), node, self.product())
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.peek() in ("*", "/"):
            node = (self.take(), node, self.unary())
        return node

    def unary(self) -> Node:
        if self.peek() == "-":
            self.take()
            return ("-", num(0), self.unary())
        node = self.atom()
        if self.peek() in ("**", "^"):
            self.take()
            node = ("**", node, self.unary())
        return node

    def atom(self) -> Node:
        token = self.take()
        if token == "(":
            node = self.sum()
            self.take(")")
            return node
        if token[0].isdigit():
            return num(Fraction(token))
        if not (token[0].isalpha() or token[0] == "_"):
            raise ValueError(f"unexpected {token!r} in {self.text!r}")
        return self.call(ALIASES.get(token, token)) if self.peek() == "(" else ("name", token)

    def call(self, name: str) -> Node:
        self.take("(")
        parts: list[Any] = [self.sum()]
        grouped = False
        while self.peek() in (",", ";"):
            if self.take() == "," and name in ("Sum", "Prod") and self.peek() == "(":
                self.take()
                grouped = True
            parts.append(self.sum())
        if grouped:
            self.take(")")
        self.take(")")
        return build_call(name, parts, self.text)


def num(value: Fraction | int) -> Node:
    """Return the literal node of an exact number."""
    return ("num", Fraction(value))


def build_call(name: str, parts: list[Node], text: str) -> Node:
    """Return the node of a call; Normal becomes the formula of its density."""
    if name in ("Sum", "Prod") and len(parts) == 4 and parts[1][0] == "name":
        return (name, parts[0], parts[1][1], parts[2], parts[3])
    if name == "diff" and len(parts) == 2 and parts[1][0] == "name":
        return ("diff", parts[0], parts[1][1])
    if name == "Rational" and len(parts) == 2:
        return ("/", *parts)
    if name == "Normal" and len(parts) == 3:
        x, m, v = parts
        square = ("**", ("-", x, m), num(2))
        power = ("exp", ("-", num(0), ("/", square, ("*", num(2), v))))
        return ("/", power, ("sqrt", ("*", ("*", num(2), ("name", "pi")), v)))
    if name not in FUNCTIONS or len(parts) != 1 + (name in ("max", "min")):
        raise ValueError(f"unknown call {name}/{len(parts)} in {text!r}")
    return (name, *parts)


# ---------------------------------------------------------------- evaluating


def ball(value: Any) -> Any:
    """Return ``value`` as an interval."""
    return iv.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def sign(value: Any) -> int:
    """Return the sign of a number; raises Unclear when its interval holds zero."""
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    if value.a > 0 or value.b < 0:
        return 1 if value.a > 0 else -1
    raise Unclear


def exact_root(value: Fraction) -> Fraction | None:
    top, low = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, low) if Fraction(top, low) ** 2 == value else None


def log(x: Any) -> Any:
    if sign(x) <= 0:
        raise Undefined("log of a number <= 0")
    return Fraction(0) if x == 1 and isinstance(x, Fraction) else iv.log(ball(x))


def sqrt(x: Any) -> Any:
    if sign(x) < 0:
        raise Undefined("root of a negative number")
    root = exact_root(x) if isinstance(x, Fraction) else None
    return iv.sqrt(ball(x)) if root is None else root


def divide(x: Any, y: Any) -> Any:
    if sign(y) == 0:
        raise Undefined("division by zero")
    return x / y if isinstance(x, Fraction) and isinstance(y, Fraction) else ball(x) / ball(y)


def erf(x: Any) -> Any:
    ends = [mp.erf(mp.mpf(end)) for end in (ball(x).a, ball(x).b)]
    pad = mp.mpf(10) ** -70
    return iv.mpf([ends[0] - pad, ends[1] + pad])


def floor(x: Any) -> Any:
    if isinstance(x, Fraction):
        return Fraction(x.numerator // x.denominator)
    low, high = mp.floor(mp.mpf(x.a)), mp.floor(mp.mpf(x.b))
    if low != high:
        raise Unclear
    return Fraction(int(low))


def pick(x: Any, y: Any, want: int) -> Any:
    """Return the larger (want = 1) or the smaller (want = -1) of two numbers."""
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return max(x, y) if want > 0 else min(x, y)
    gap = ball(x) - ball(y)
    if 0 in gap and gap.delta < mp.mpf(10) ** -60:
        return ball(x)
    return x if sign(gap) == want else y


def tanh(x: Any) -> Any:
    up = iv.exp(2 * ball(x))
    return (up - 1) / (up + 1)


def at_zero(value: int, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Wrap an interval function so that its value at exact zero is exact too."""
    half = Fraction(value, 2)
    return lambda x: half if isinstance(x, Fraction) and x == 0 else function(ball(x))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": at_zero(2, iv.exp),
    "sin": at_zero(0, iv.sin),
    "cos": at_zero(2, iv.cos),
    "tan": at_zero(0, lambda x: divide(iv.sin(x), iv.cos(x))),
    "sinh": at_zero(0, lambda x: (iv.exp(x) - iv.exp(-x)) / 2),
    "cosh": at_zero(2, lambda x: (iv.exp(x) + iv.exp(-x)) / 2),
    "tanh": at_zero(0, tanh),
    "erf": at_zero(0, erf),
    "sigmoid": at_zero(1, lambda x: 1 / (1 + iv.exp(-x))),
    "softplus": lambda x: iv.log(1 + iv.exp(ball(x))),
    "log": log,
    "sqrt": sqrt,
    "floor": floor,
    "log2": lambda x: divide(log(x), iv.log(2)),
    "log10": lambda x: divide(log(x), iv.log(10)),
    "abs": lambda x: abs(x),
    "max": lambda x, y: pick(x, y, 1),
    "min": lambda x, y: pick(x, y, -1),
}


class Evaluator:
    """Evaluates trees; remembers divisor signs and whether 0**0 was met.

    ``zero_power`` is the value of 0**0, or None for undefined.
    """

    def __init__(self, zero_power: Fraction | None) -> None:
        self.zero_power = zero_power
        self.met_zero_power = False
        self.divisors: dict[Any, int] = {}

    def value(self, node: Node, env: Env) -> Any:
        """Return a Fraction or an interval; raises Undefined or Unclear."""
        kind = node[0]
        if kind == "num":
            return node[1]
        if kind == "name":
            return iv.pi if node[1] == "pi" else env[node[1]]
        if kind in ("Sum", "Prod"):
            parts = [self.value(part, env) for part in expand(node, self, env)]
            total = Fraction(int(kind == "Prod"))
            for part in parts:
                total = combine("+" if kind == "Sum" else "*", total, part)
            return total
        if kind == "diff":
            self.value(node[1], env)
            return self.value(derivative(node[1], node[2], self, env), env)
        args = [self.value(arg, env) for arg in node[1:]]
        if kind == "/":
            self.divisors[node[2]] = sign(args[1])
            return divide(*args)
        if kind == "**":
            return self.power(*args)
        return combine(kind, *args) if kind in "+-*" else FUNCTIONS[kind](*args)

    def power(self, x: Any, y: Any) -> Any:
        if isinstance(y, Fraction) and y.denominator == 1:
            if isinstance(x, Fraction) and x == 0 and y <= 0:
                return self.power_of_zero(y)
            n = int(y)
            return x**n if n >= 0 else divide(Fraction(1), x**-n)
        if sign(x) < 0:
            raise Undefined("negative base, exponent not an integer")
        if sign(x) == 0:
            return self.power_of_zero(y)
        return sqrt(x) if y == Fraction(1, 2) else iv.exp(ball(y) * ball(log(x)))

    def power_of_zero(self, y: Any) -> Any:
        if sign(y) > 0:
            return Fraction(0)
        if sign(y) == 0:
            self.met_zero_power = True
            if self.zero_power is not None:
                return self.zero_power
        raise Undefined("zero to a power that is not positive")


def combine(op: str, x: Any, y: Any) -> Any:
    """Return x op y for op in + - *, exactly when both are fractions."""
    if not (isinstance(x, Fraction) and isinstance(y, Fraction)):
        x, y = ball(x), ball(y)
    return x + y if op == "+" else x - y if op == "-" else x * y


def replace(node: Any, name: str, value: Node) -> Any:
    """Put a literal for the free occurrences of a name."""
    if not isinstance(node, tuple):
        return node
    if node == ("name", name):
        return value
    if node[0] in ("Sum", "Prod") and node[2] == name:
        ends = (replace(node[3], name, value), replace(node[4], name, value))
        return (node[0], node[1], node[2], *ends)
    return tuple(replace(part, name, value) for part in node)


def expand(node: Node, evaluator: Evaluator, env: Env) -> list[Node]:
    """Return the terms of a sum or product; none when the upper bound is below the lower."""
    low, high = (evaluator.value(end, env) for end in node[3:5])
    if not all(isinstance(end, Fraction) and end.denominator == 1 for end in (low, high)):
        raise ValueError(f"bounds are not integers: {node}")
    return [replace(node[1], node[2], num(k)) for k in range(int(low), int(high) + 1)]


def mentions(node: Any, name: str) -> bool:
    return isinstance(node, tuple) and (
        node == ("name", name) or any(mentions(part, name) for part in node[1:])
    )


def derivative(node: Node, x: str, evaluator: Evaluator, env: Env) -> Node:
    """Return the derivative of a tree with respect to ``x``; ValueError for max, min, floor."""
    kind, args = node[0], node[1:]
    if not mentions(node, x):
        return num(0)
    if kind == "name":
        return num(1)
    if kind in ("Sum", "Prod"):
        terms = expand(node, evaluator, env)
        whole = num(int(kind == "Prod"))
        for term in terms:
            whole = ("+" if kind == "Sum" else "*", whole, term)
        return derivative(whole, x, evaluator, env)
    if kind == "diff":
        return derivative(derivative(args[0], args[1], evaluator, env), x, evaluator, env)
    inner = [derivative(arg, x, evaluator, env) for arg in args]
    if kind in "+-":
        return (kind, *inner)
    if kind == "*":
        return ("+", ("*", inner[0], args[1]), ("*", args[0], inner[1]))
    if kind == "/":
        top = ("-", ("*", inner[0], args[1]), ("*", args[0], inner[1]))
        return ("/", top, ("**", args[1], num(2)))
    if kind == "**":
        return power_rule(args, inner, x)
    return ("*", SLOPES[kind](args[0]), inner[0])


def power_rule(args: tuple[Node, ...], inner: list[Node], x: str) -> Node:
    base, top = args
    if top == num(1):
        return inner[0]
    if not mentions(top, x):
        lower = num(top[1] - 1) if top[0] == "num" else ("-", top, num(1))
        return ("*", ("*", top, ("**", base, lower)), inner[0])
    growth: Node = ("*", inner[1], ("log", base))
    if mentions(base, x):
        growth = ("+", growth, ("/", ("*", top, inner[0]), base))
    return ("*", ("**", base, top), growth)


def over(node: Node, scale: Node) -> Node:
    return ("/", num(1), ("*", node, scale))


def one_minus(node: Node) -> Node:
    return ("-", num(1), node)


SLOPES: dict[str, Callable[[Node], Node]] = {
    "exp": lambda f: ("exp", f),
    "log": lambda f: over(f, num(1)),
    "log2": lambda f: over(f, ("log", num(2))),
    "log10": lambda f: over(f, ("log", num(10))),
    "sqrt": lambda f: over(("sqrt", f), num(2)),
    "sin": lambda f: ("cos", f),
    "cos": lambda f: ("-", num(0), ("sin", f)),
    "tanh": lambda f: one_minus(("**", ("tanh", f), num(2))),
    "sigmoid": lambda f: ("*", ("sigmoid", f), one_minus(("sigmoid", f))),
    "softplus": lambda f: ("sigmoid", f),
    "abs": lambda f: ("/", f, ("abs", f)),
}
