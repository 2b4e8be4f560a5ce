"""The value of a term in floating point, straight from its meaning: for tests alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from scipy import integrate, special

from derive.terms import Context, Term
from derive.terms.term import rational

FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "abs": abs, "Gamma": special.gamma,
    "Beta": special.beta, "pi": lambda: math.pi,
}  # fmt: skip


def value(
    term: Term,
    context: Context,
    names: Mapping[str, float],
    functions: Mapping[str, Callable[..., float]],
    spaces: Mapping[str, list[float]],
) -> float:
    """The value where free names are numbers, functions are callables and spaces are finite lists.

    A sum over an abstract space stands for the integral; a real integral is a quadrature.
    """

    known: dict[tuple[int, tuple[float, ...]], float] = {}

    def of(part: Term, local: Mapping[str, float]) -> float:
        number = rational(part)
        if number is not None:
            return float(Fraction(number))
        definition = None if part.payload in local else context.definition_of(part)
        if definition is not None:
            inner = {p: of(a, local) for p, a in zip(definition.parameters, part.args, strict=True)}
            return of(definition.body, {**names, **inner})
        if part.head in ("int", "sum", "over"):
            key = id(part), tuple(local[n] for n in sorted(part.free) if n in local)
            if key not in known:
                known[key] = ranged(part, local)
            return known[key]
        if part.head == "sym":
            return local[part.payload]
        args = [of(a, local) for a in part.args]
        return applied(part, args)

    def ranged(part: Term, local: Mapping[str, float]) -> float:
        def at(x: float) -> float:
            return of(part.args[0], {**local, part.payload: x})

        def far(x: float) -> float:
            """The integrand, 0 where a density is too small for a float."""
            try:
                return at(x)
            except (ZeroDivisionError, ValueError):
                return 0.0

        if part.head == "over":
            return math.fsum(at(x) for x in spaces[part.args[1].payload])
        low, high = (end_of(e, local) for e in part.args[1:])
        if part.head == "sum":
            return math.fsum(at(i) for i in range(int(low), int(min(high, 200)) + 1))
        return float(integrate.quad(far, low, high, epsabs=1e-11, epsrel=1e-10, limit=200)[0])

    def end_of(end: Term, local: Mapping[str, float]) -> float:
        if end.head == "oo":
            return math.inf
        if end.head == "neg" and end.args[0].head == "oo":
            return -math.inf
        return of(end, local)

    def applied(part: Term, args: list[float]) -> float:
        match part.head:
            case "add":
                return math.fsum(args)
            case "mul":
                return math.prod(args)
            case "neg":
                return -args[0]
            case "div":
                return args[0] / args[1]
            case "pow":
                return float(args[0] ** args[1])
            case "dens":
                return density(part.payload, args)
            case "call" | "index":
                table: Any = FUNCTIONS | dict(functions)
                return float(table[part.payload](*args))
        raise AssertionError(f"no value for {part}")

    return of(term, names)


def density(name: str, args: list[float]) -> float:
    """The densities that the language names itself."""
    x, m, s = args
    if name == "Laplace":
        return math.exp(-abs(x - m) / s) / (2 * s)
    y = math.log(x) if name == "LogNormal" else x
    bell = math.exp(-((y - m) ** 2) / (2 * s)) / math.sqrt(2 * math.pi * s)
    return bell / x if name == "LogNormal" else bell
