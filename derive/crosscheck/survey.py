"""What a statement is about: the functions it applies, to what kinds of arguments, and its spaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from derive.terms.context import Claim, Context, Definition
from derive.terms.heads import BINDERS, FUNCTIONS
from derive.terms.shapes import is_infinite
from derive.terms.term import Term

Place = Literal["whole", "label", "real"]
"""What a function is applied to at one argument: integers, points of a space, or real numbers."""

Tag = str
"""What a bound variable is: ``whole``, ``real``, ``any`` for one that a claim holds for all of, ``wide``
for one that an integral takes to infinity, else the name of its space."""

PLAIN: Final = ("whole", "real", "any", "wide")


class Cannot(ValueError):
    """A statement that no instance is made of; the message says which part stands in the way."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The places of each function without a definition, those that must die out, and the spaces.

    ``homes`` has the space of each name that a claim holds for all of, where it stands for points.
    """

    places: Mapping[str, tuple[Place, ...]]
    wide: frozenset[str]
    spaces: tuple[str, ...]
    integrals: bool
    homes: Mapping[str, str]

    def kinds(self, name: str) -> tuple[Place, ...]:
        """What a function or family is applied to, argument by argument."""
        return self.places[name]


@dataclass(slots=True)
class _Walk:
    context: Context
    seen: dict[str, list[set[str]]] = field(default_factory=dict)
    wide: set[str] = field(default_factory=set)
    spaces: dict[str, None] = field(default_factory=dict)
    integrals: bool = False
    at: dict[tuple[str, int], str] = field(default_factory=dict)
    links: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def visit(self, term: Term, bound: Mapping[str, Tag]) -> None:
        definition = None if term.payload in bound else self.context.definition_of(term)
        if definition is not None:
            self.visit(definition.apply(term.args), bound)
            return
        if term.head == "index" or (term.head == "call" and term.payload not in FUNCTIONS):
            self._applied(term, bound)
        if term.head == "over":
            self.spaces.setdefault(term.args[1].payload)
        if term.head in ("int", "mean") or (
            term.head == "call" and term.payload in ("KL", "JSD", "H", "CE")
        ):
            self.integrals = True
        scope = BINDERS.get(term.head, ())
        inner = {**bound, term.payload: _tag(term)} if scope else bound
        for place, arg in enumerate(term.args):
            if not (term.head == "over" and place == 1):
                self.visit(arg, inner if place in scope else bound)

    def _applied(self, term: Term, bound: Mapping[str, Tag]) -> None:
        kinds = self.seen.setdefault(term.payload, [set() for _ in term.args])
        for place, (found, arg) in enumerate(zip(kinds, term.args, strict=True)):
            found.add(self._kind(arg, bound))
            if arg.head == "sym" and arg.payload in bound:
                tag = bound[arg.payload]
                if tag == "any":
                    self.links.setdefault(arg.payload, []).append((term.payload, place))
                elif tag not in PLAIN:
                    self.at.setdefault((term.payload, place), tag)
            if any(bound.get(n) == "wide" for n in arg.free):
                self.wide.add(term.payload)

    def _kind(self, arg: Term, bound: Mapping[str, Tag]) -> str:
        if self.context.is_integer(arg, {n: tag == "whole" for n, tag in bound.items()}):
            return "whole"
        if arg.head != "sym":
            return "real"
        if arg.payload in bound:
            tag = bound[arg.payload]
            return "name" if tag == "any" else "real" if tag in PLAIN else "point"
        return "name" if self.context.definition_of(arg) is None else "real"


def _tag(term: Term) -> Tag:
    if term.head in ("sum", "prod"):
        return "whole"
    if term.head == "over":
        return str(term.args[1].payload)
    if term.head == "fun":
        return "any"
    infinite = term.head == "mean" or any(is_infinite(a) for a in term.args[1:])
    return "wide" if infinite else "real"


def survey(context: Context, claims: Iterable[Claim]) -> Survey:
    """The survey of some claims of a context, their definitions written out."""
    walk = _Walk(context)
    for claim in claims:
        walk.visit(claim.lhs, {})
        walk.visit(claim.rhs, {})
    places = {n: tuple(map(_place, kinds)) for n, kinds in walk.seen.items()}
    homes = {
        name: walk.at[link]
        for name, links in walk.links.items()
        for link in links
        if link in walk.at
    }
    return Survey(places, frozenset(walk.wide), tuple(walk.spaces), walk.integrals, homes)


def joint(one: Survey, other: Survey) -> Survey | None:
    """What two surveys say together; None where they contradict each other."""
    both = one.places.keys() & other.places.keys()
    homes = one.homes.keys() & other.homes.keys()
    agree = all(one.places[n] == other.places[n] for n in both)
    agree = agree and all((n in one.wide) == (n in other.wide) for n in both)
    if not agree or any(one.homes[n] != other.homes[n] for n in homes):
        return None
    return Survey(
        {**one.places, **other.places},
        one.wide | other.wide,
        tuple(dict.fromkeys((*one.spaces, *other.spaces))),
        one.integrals or other.integrals,
        {**one.homes, **other.homes},
    )


def peeled(claim: Claim) -> tuple[tuple[str, ...], Claim]:
    """The names that a claim holds for all of, and the claim about them.

    >>> from derive.terms import read_claim
    >>> names, claim = peeled(read_claim("for all x, y: f(x, y) = f(y, x)"))
    >>> names, str(claim)
    (('x', 'y'), 'f(x, y) = f(y, x)')
    """
    found = []
    while claim.lhs.head == claim.rhs.head == "fun" and claim.lhs.payload == claim.rhs.payload:
        found.append(claim.lhs.payload)
        claim = Claim(claim.lhs.args[0], claim.relation, claim.rhs.args[0])
    return tuple(found), claim


def with_definitions(context: Context) -> Context:
    """The context with ``for all x: f(x) = term`` and ``u = term`` as definitions, not as hypotheses."""
    for name, stated in context.hypotheses:
        bound, claim = peeled(stated)
        for side, other in ((claim.lhs, claim.rhs), (claim.rhs, claim.lhs)):
            if claim.relation != "=" or not _is_value(context, side, bound):
                continue
            if side.payload in names(context, Claim(other, "=", other)):
                continue
            parameters = tuple(a.payload for a in side.args)
            made = Definition(side.payload, parameters, other)
            rest = tuple(h for h in context.hypotheses if h[0] != name)
            context = replace(context, hypotheses=rest, definitions=(*context.definitions, made))
            break
    return context


def _is_value(context: Context, side: Term, bound: tuple[str, ...]) -> bool:
    """Whether a side is a function without a definition at all of the bound names, and no others.

    Without bound names, whether it is the symbol of a real number.
    """
    if side.payload not in context or context.definition_of(side) is not None:
        return False
    declared = context[side.payload]
    if not bound:
        return side.head == "sym" and declared.kind == "scalar" and not declared.domain.integer
    given = [a.payload for a in side.args if a.head == "sym"]
    return side.head == "call" and declared.shape is None and sorted(given) == sorted(bound)


def _place(kinds: set[str]) -> Place:
    if kinds == {"whole"}:
        return "whole"
    return "label" if "point" in kinds and "real" not in kinds else "real"


def names(context: Context, claim: Claim) -> frozenset[str]:
    """The names that a claim depends on, through definitions too."""
    return claim.free.union(*(context.depends(n) for n in claim.free))


def parameters(context: Context, claim: Claim, name: str) -> tuple[str | None, ...]:
    """For each argument of a function the free symbol that always stands there in a claim, else None."""
    found = [a for side in (claim.lhs, claim.rhs) for a in _arguments(context, side, name, ())]
    return tuple(None if len(set(column)) > 1 else column[0] for column in zip(*found, strict=True))


def _arguments(
    context: Context, term: Term, name: str, bound: tuple[str, ...]
) -> Iterator[list[str | None]]:
    definition = None if term.payload in bound else context.definition_of(term)
    if definition is not None:
        yield from _arguments(context, definition.apply(term.args), name, bound)
        return
    if term.head in ("index", "call") and term.payload == name:
        yield [a.payload if a.head == "sym" and a.payload not in bound else None for a in term.args]
    inner = (*bound, term.payload) if term.head in BINDERS else bound
    for arg in term.args:
        yield from _arguments(context, arg, name, inner)
