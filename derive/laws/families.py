"""Named laws: their parameters, where they live, and their densities by formula.

``Normal`` takes the variance, ``Exponential`` and ``Gamma`` take rates. The densities are positive on the
whole space, which is the support; so the parameters have to lie inside their ranges, a probability
strictly between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from derive.laws.spaces import POSITIVE, REAL, UNIT, LawError, Space, integers, interval
from derive.terms.reader import read
from derive.terms.term import Term, call, density, div, index, mul, num, oo, power, sub, sym, total

POINT: Final = "x"


@dataclass(frozen=True, slots=True)
class Family:
    """A named law with letters for its parameters: its density at the variables, and their spaces."""

    name: str
    parameters: tuple[str, ...]
    variables: tuple[str, ...]
    spaces: tuple[Space, ...]
    density: Term
    literal: bool = False
    """Whether the language itself has this law, with a density of its own."""


OWN: Final[dict[str, tuple[tuple[str, ...], Space]]] = {
    "Normal": (("mean", "variance"), REAL),
    "LogNormal": (("mean", "variance"), POSITIVE),
    "Laplace": (("location", "scale"), REAL),
}
FORMULAS: Final[dict[str, tuple[tuple[str, ...], str, Space]]] = {
    "Bernoulli": (("chance",), "chance**x*(1 - chance)**(1 - x)", integers(num(0), num(1))),
    "Uniform": (("low", "high"), "1/(high - low)", interval(sym("low"), sym("high"))),
    "Exponential": (("rate",), "rate*exp(-rate*x)", POSITIVE),
    "Gamma": (
        ("shape", "rate"), "rate**shape*x**(shape - 1)*exp(-rate*x)/Gamma(shape)", POSITIVE,
    ),
    "Beta": (("a", "b"), "x**(a - 1)*(1 - x)**(b - 1)/Beta(a, b)", UNIT),
    "Poisson": (("rate",), "exp(-rate)*rate**x/Gamma(x + 1)", integers(num(0), oo())),
}  # fmt: skip
NAMES: Final = (*OWN, *FORMULAS, "Categorical", "Dirichlet")
"""Every named law. ``Categorical(w, K)`` has the chances ``w[1]`` to ``w[K]`` of a family; the
``K - 1`` coordinates of ``Dirichlet(a_1, ..., a_K)`` are its variables, and the last follows."""


@cache
def family(name: str, count: int) -> Family:
    """The named law with that many parameters. Raises LawError for another name or number.

    >>> print(family("Exponential", 1).density)
    rate*exp(-rate*x)
    """
    if name == "Dirichlet":
        return _dirichlet(count)
    if name in OWN:
        letters, space = OWN[name]
        formula = density(name, sym(POINT), *map(sym, letters))
    elif name in FORMULAS:
        letters, text, space = FORMULAS[name]
        formula = read(text)
    else:
        raise LawError(f"unknown law {name!r}; known: {', '.join(NAMES)}")
    if len(letters) != count:
        raise LawError(f"{name} takes {len(letters)} parameters ({', '.join(letters)})")
    return Family(name, letters, (POINT,), (space,), formula, name in OWN)


def categorical(weights: str, size: Term) -> Family:
    """The law on 1, …, ``size`` whose chances are the entries of a declared family."""
    space = integers(num(1), size)
    return Family("Categorical", (), (POINT,), (space,), index(weights, sym(POINT)))


def _dirichlet(count: int) -> Family:
    """The law of ``count - 1`` coordinates; the last is 1 less their sum."""
    if not 2 <= count <= 10:
        raise LawError(f"Dirichlet takes from 2 to 10 parameters, got {count}")
    letters = tuple(f"a_{i}" for i in range(1, count + 1))
    names = tuple(f"x_{i}" for i in range(1, count))
    points: list[Term] = [*map(sym, names)]
    points.append(_rest(points))
    factors = [
        power(x, sub(sym(a), num(1))) for x, a in zip(points, letters, strict=True)
    ]  # fmt: skip
    weights: list[Term] = [*map(sym, letters)]
    gammas = [call("Gamma", a) for a in weights]
    formula = div(mul(call("Gamma", total(weights)), *factors), mul(*gammas))
    spaces = tuple(interval(num(0), _rest(points[:i])) for i in range(count - 1))
    return Family("Dirichlet", letters, names, spaces, formula)


def _rest(points: Sequence[Term]) -> Term:
    return sub(num(1), total(points)) if points else num(1)
