"""Heads of laws, the names of densities inside, and what is said of the points of a space."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from derive.laws.declared import DeclaredLaw
from derive.laws.law import Form, Place, Shown
from derive.laws.spaces import LawError, Space
from derive.terms.context import RELATIONS, Claim, Context
from derive.terms.term import Term, binder, rational, sym

HEAD: Final = re.compile(r"\s*(\w+)\s*\(([\w\s,]*)(?:[|∣]([\w\s,]*))?(?:;([\w\s,]*))?\)\s*")


def integrals(context: Context, term: Term) -> list[Term]:
    """The outermost integrals and sums of a term, definitions written out."""
    if term.head in ("int", "over", "sum"):
        return [term]
    if term.head == "fun":
        return [binder("fun", term.payload, part) for part in integrals(context, term.args[0])]
    definition = context.definition_of(term)
    if definition is not None:
        return integrals(context, definition.apply(term.args))
    found = [part for arg in term.args for part in integrals(context, arg)]
    return list(dict.fromkeys(found))


def read_head(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The name, variables, conditions and parameters of a head such as ``p(x | z; theta)``."""
    match = HEAD.fullmatch(text)
    groups = [] if match is None else [(g or "").split(",") for g in match.groups()[1:]]
    parts = [tuple(w.strip() for w in g if w.strip()) for g in groups]
    if match is None or not parts[0]:
        raise LawError(
            f"{text[:60]!r} is not the head of a law, such as p(x, z) or p(x | z; theta)"
        )
    seen = [name for part in parts for name in part]
    if len(set(seen)) < len(seen):
        raise LawError(f"{text.strip()[:60]}: a name occurs twice")
    return match[1], parts[0], parts[1], parts[2]


def function_name(law: str, left: Iterable[str], right: Iterable[str]) -> str:
    """The name inside of a density: ``p_z_given_x``.

    >>> function_name("p", ("x",), ("z", "c"))
    'p_x_given_z_c'
    """
    given = ["given", *right] if right else []
    return "_".join([law, *left, *given])[:80]


def value_form(law: DeclaredLaw, left: tuple[str, ...], right: tuple[str, ...]) -> Form:
    """How the density itself is written at its points."""
    names = (*left, *right, *law.parameters)
    places = dict(zip(names, map(Place, names, range(len(names))), strict=True))

    def group(part: Iterable[str]) -> tuple[Place, ...]:
        return tuple(places[n] for n in part)

    shown = Shown("applied", law.name, group(left), group(right), group(law.parameters))
    return Form("", (shown,))


def ends_of(name: str, space: Space) -> list[tuple[str, Claim]]:
    """The hypotheses that a free point lies between the ends that are no literal numbers."""
    out = []
    for end, key in ((space.low, "low"), (space.high, "high")):
        if end is not None and rational(end) is None and not _infinite(end):
            sides = (end, sym(name)) if key == "low" else (sym(name), end)
            relation = RELATIONS["<=" if space.kind == "integers" else "<"]
            out.append((f"h_{name}_{key}", Claim(sides[0], relation, sides[1])))
    return out


def within(term: Term, space: Space) -> list[Claim]:
    """The claims that a number lies strictly between the ends of an interval."""
    out = []
    if space.low is not None and not _infinite(space.low):
        out.append(Claim(space.low, "<", term))
    if space.high is not None and not _infinite(space.high):
        out.append(Claim(term, "<", space.high))
    return out


def _infinite(end: Term) -> bool:
    return end.head == "oo" or (end.head == "neg" and end.args[0].head == "oo")
