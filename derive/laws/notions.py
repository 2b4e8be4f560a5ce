"""The notions that are defined by integrals: divergences, entropies, bounds.

Each is one definition, whose body is the textbook's integral. ``log 0`` does not occur: a density is
positive on its space, and a notion of two laws is formed only where the second is positive too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from derive.laws.law import Frame, Law
from derive.terms.reader import read
from derive.terms.substitution import substitute
from derive.terms.term import Term, add, call, div, mul, neg, num, sub

GENERATORS: Final = {
    "kl": "u*log(u)",
    "reverse_kl": "-log(u)",
    "pearson": "(u - 1)**2",
    "neyman": "(u - 1)**2/u",
    "hellinger": "(sqrt(u) - 1)**2",
    "tv": "abs(u - 1)/2",
    "js": "u*log(u) - (u + 1)*log((u + 1)/2)",
}
"""The functions f of the divergences ``Df(name, p, q)``, the integral of q*f(p/q)."""


@cache
def generator(name: str) -> Term:
    """The generator of that name, in the letter u."""
    return read(GENERATORS[name])


@dataclass(frozen=True, slots=True)
class Notion:
    """A notion of some laws: how many, whether each must live wherever any other does, and its body."""

    laws: int
    both: bool
    body: Callable[[Sequence[Law], Frame], Term]
    weight: bool = False
    """Whether a number may follow the laws, 1/2 when it is left out."""


def _densities(laws: Sequence[Law], here: Frame) -> list[Term]:
    return [
        law.at(here.points, holes)
        for law, holes in zip(laws, here.holes, strict=False)
    ]  # fmt: skip


def _over_first(laws: Sequence[Law], here: Frame, body: Term) -> Term:
    return laws[0].integral(here.variables, body, here.holes[0])


def _kl(laws: Sequence[Law], here: Frame) -> Term:
    q, p = _densities(laws, here)
    return _over_first(laws, here, mul(q, call("log", div(q, p))))


def _entropy(laws: Sequence[Law], here: Frame) -> Term:
    (q,) = _densities(laws, here)
    return neg(_over_first(laws, here, mul(q, call("log", q))))


def _cross_entropy(laws: Sequence[Law], here: Frame) -> Term:
    q, p = _densities(laws, here)
    return neg(_over_first(laws, here, mul(q, call("log", p))))


def _total_variation(laws: Sequence[Law], here: Frame) -> Term:
    p, q = _densities(laws, here)
    return div(_over_first(laws, here, call("abs", sub(p, q))), num(2))


def _elbo(laws: Sequence[Law], here: Frame) -> Term:
    q, joint = _densities(laws, here)
    gain = sub(call("log", joint), call("log", q))
    return _over_first(laws, here, mul(q, gain))


def _jsd(laws: Sequence[Law], here: Frame) -> Term:
    p, q = _densities(laws, here)
    if len(here.holes) == 2:
        middle = div(add(p, q), num(2))
        return add(
            *(
                div(_over_first(laws, here, mul(d, call("log", div(d, middle)))), num(2))
                for d in (p, q)
            )
        )
    weight = here.holes[2][0]
    others = (weight, sub(num(1), weight))
    middle = add(mul(others[0], p), mul(others[1], q))
    parts = (
        mul(w, _over_first(laws, here, mul(d, call("log", div(d, middle)))))
        for w, d in zip(others, (p, q), strict=True)
    )
    return add(*parts)


def f_divergence(laws: Sequence[Law], here: Frame, of: Callable[[Term], Term]) -> Term:
    """The integral of ``q*f(p/q)``, f given as what it makes of a term."""
    p, q = _densities(laws, here)
    return _over_first(laws, here, mul(q, of(div(p, q))))


def generated(name: str) -> Callable[[Term], Term]:
    """The generator of that name as a function of terms."""
    return lambda u: substitute(generator(name), {"u": u})


NOTIONS: Final = {
    "KL": Notion(2, False, _kl),
    "H": Notion(1, False, _entropy),
    "CE": Notion(2, False, _cross_entropy),
    "TV": Notion(2, True, _total_variation),
    "JSD": Notion(2, True, _jsd, weight=True),
}
ELBO: Final = Notion(2, False, _elbo)
WORDS: Final = (*NOTIONS, "ELBO", "MI", "Df")
"""Every notion that is defined, as it is written in a line."""
MEANS: Final = ("E", "Var", "Cov")
"""Notions that are written out where they stand."""
