"""Means and divergences under named laws: the integrals that define them, and their values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.schemas import Letters, schema
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import POSITIVE, Context
from derive.terms.gaussian import gaussian_kl
from derive.terms.heads import DIVERGENCES
from derive.terms.term import Term, sym

if TYPE_CHECKING:
    from derive.search.tower import Tower

LETTERS: Final = {"Normal": ("mv", "nw"), "LogNormal": ("mv", "nw"), "Laplace": ("mb", "nc")}
"""The letters of the parameters in the facts, those of the first law and those of the second."""


def names_law(term: Term) -> bool:
    """Whether a term is a mean or a divergence under named laws of one family."""
    divergence = term.head == "call" and term.payload in DIVERGENCES
    named = term.args if divergence else term.args[:1] if term.head == "mean" else ()
    families = {law.payload for law in named if law.head == "dist"}
    return len(families) == 1 and all(law.head == "dist" for law in named) and _known(term)


def _known(term: Term) -> bool:
    return term.head == "mean" or term.payload in ("KL", "CE", "H")


def under_law(tower: Tower, term: Term) -> None:
    """The step of the tower for a mean or a divergence under a named law."""
    tower.rewrite(value(tower.context, term))


def value(context: Context, term: Term) -> Theorem:
    """``term = value``, by the integral that defines the term. Raises KernelError."""
    if term.payload == "KL" and term.args[0].payload == "Normal":
        return _instance(context, term)
    return _by_integral(context, term)


def _by_integral(context: Context, term: Term) -> Theorem:
    from derive.search.integrals import evaluated

    node = integral_of(term)
    known = evaluated(context, node)
    if known is None:
        raise KernelError(f"no value was found for {node}")
    return rules.trans(defined(context, term, known), known)


def defined(context: Context, term: Term, known: Theorem) -> Theorem:
    """``term = integral`` by definition, given a theorem that speaks of the integral."""
    name, letters = _fact(term)
    return schema(context, name, letters, (), [known])


def _fact(term: Term) -> tuple[str, Letters]:
    family = term.args[0].payload
    laws = term.args[:1] if term.head == "mean" else term.args
    pairs = [
        (letter, parameter)
        for letters, law in zip(LETTERS[family], laws, strict=False)
        for letter, parameter in zip(letters, law.args, strict=True)
    ]
    own = {"f": ((term.payload,), term.args[1])} if term.head == "mean" else {}
    word = "mean" if term.head == "mean" else term.payload
    return f"{word}_{family}", {**{k: ((), t) for k, t in pairs}, **own}


def integral_of(term: Term) -> Term:
    """The integral that defines a mean or a divergence under named laws."""
    from derive.kernel.schemas import filled, schemas

    name, letters = _fact(term)
    return filled(schemas()[name][0].rhs, letters)


@lru_cache(maxsize=1)
def normal_divergence() -> Theorem:
    """`GAUSSIAN_KL` with names of its own in place of the letters, derived from the definition."""
    from derive.search.conditions import discharge_all
    from derive.search.limits import tower_of

    context, letters = Context(), dict[str, Term]()
    for letter, domain in (("m", None), ("v", POSITIVE), ("n", None), ("w", POSITIVE)):
        name = f"{letter}_of_law"
        context = context.declare(name, domain)
        letters[letter] = sym(name)
    claim = gaussian_kl().substitute(letters)
    known = _by_integral(context, claim.lhs)
    tower = tower_of(context, known.claim.rhs, claim.rhs)
    return discharge_all(rules.trans(known, tower.equation(known.claim.rhs, claim.rhs)), tower)


def _instance(context: Context, term: Term) -> Theorem:
    parameters = [p for law in term.args for p in law.args]
    names = [f"{letter}_of_law" for letter in "mvnw"]
    return rules.instantiate(
        context, normal_divergence(), dict(zip(names, parameters, strict=True))
    )
