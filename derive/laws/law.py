"""A law inside a line: its density as a term with holes, and how it is written.

The density of ``p(z | x)`` is a term in the variable ``z`` and the hole ``x``; that of ``Normal(m, v)``
is one in ``x`` and the holes ``mean`` and ``variance``. What stands in the holes is kept apart, so that a
notion such as a divergence becomes one definition with the holes as its parameters, whatever fills them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from derive.laws.spaces import LawError, Space
from derive.terms.context import Context
from derive.terms.heads import CONSTANTS
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, sym


@dataclass(frozen=True, slots=True)
class Place:
    """One argument of a law as written: a slot, and which argument of the term stands in it.

    Without an argument the slot is a variable of the law, as the ``z`` of ``p(z | x)`` in a divergence.
    """

    slot: str
    argument: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """How a law or a density is written; the arguments are those of the term that stands for it.

    ``family`` puts ``right`` in brackets after the name, a formula is a term whose ``symbols`` stand for
    arguments.
    """

    kind: Literal["plain", "applied", "family", "formula"]
    name: str
    left: tuple[Place, ...] = ()
    right: tuple[Place, ...] = ()
    extra: tuple[Place, ...] = ()
    rest: bool = False
    """Whether the variables are all the slots that are left, so that a dot may stand for them."""
    formula: Term | None = None
    symbols: tuple[Place, ...] = ()

    def moved(self, places: Sequence[int]) -> Shown:
        """The same with the argument i at the place ``places[i]``."""

        def move(group: tuple[Place, ...]) -> tuple[Place, ...]:
            return tuple(
                p if p.argument is None else Place(p.slot, places[p.argument]) for p in group
            )

        return replace(
            self,
            left=move(self.left),
            right=move(self.right),
            extra=move(self.extra),
            symbols=move(self.symbols),
        )


@dataclass(frozen=True, slots=True)
class Form:
    """What a defined name stands for, as it is written: ``KL(q, p(. | x))``, or ``p(z | x)`` itself.

    ``rest`` are arguments that follow the laws, such as the point of a bound, and ``extra`` parameters.
    """

    notion: str
    laws: tuple[Shown, ...]
    rest: tuple[Place, ...] = ()
    extra: tuple[Place, ...] = ()
    word: str = ""
    """A word before the laws, such as the name of a divergence."""


@dataclass(frozen=True, slots=True)
class Law:
    """A density in some variables and holes, what fills the holes, and how the law is written."""

    variables: tuple[str, ...]
    spaces: tuple[Space, ...]
    density: Term
    holes: tuple[str, ...]
    args: tuple[Term, ...]
    shown: Shown
    label: str
    conditions: int = 0
    """How many of the holes, the first ones, are conditions: points that several laws may share."""

    @property
    def outside(self) -> frozenset[str]:
        """The free names of the density that are neither variables nor holes."""
        inner = {*self.variables, *self.holes}
        return self.density.free.union(*(s.free for s in self.spaces)) - inner

    @property
    def filled_spaces(self) -> list[Space]:
        """The spaces with what fills the holes in their ends."""
        filling = dict(zip(self.holes, self.args, strict=True))
        return [space.substitute(filling) for space in self.spaces]

    def at(self, points: Sequence[Term], holes: Sequence[Term] | None = None) -> Term:
        """The density at some points, with the holes filled by ``holes``, or else by ``args``."""
        filling = self.args if holes is None else holes
        return substitute(self.density, self._mapping(points, filling))

    def integral(
        self, names: Sequence[str], body: Term, holes: Sequence[Term] | None = None
    ) -> Term:
        """``body`` integrated over the space; the first name is that of the outermost integral."""
        filling = self.args if holes is None else holes
        mapping = self._mapping([sym(n) for n in names], filling)
        for name, space in reversed(list(zip(names, self.spaces, strict=True))):
            body = space.substitute(mapping).integral(name, body)
        return body

    def _mapping(self, points: Sequence[Term], holes: Sequence[Term]) -> dict[str, Term]:
        if len(points) != len(self.variables):
            raise LawError(
                f"the law {self.label} has {len(self.variables)} variables "
                f"({', '.join(self.variables)}), and {len(points)} are given"
            )
        return {
            **dict(zip(self.variables, points, strict=True)),
            **dict(zip(self.holes, holes, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class Frame:
    """Several laws made ready for one definition: variables, and distinct names for all the holes."""

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    args: tuple[Term, ...]
    holes: tuple[tuple[Term, ...], ...]
    shown: tuple[Shown, ...]

    @property
    def points(self) -> list[Term]:
        return [sym(v) for v in self.variables]


def taken_names(context: Context, free: Iterable[str]) -> set[str]:
    """Names that a bound variable around these may not have: itself, what it is defined through, and
    all that is no number."""
    out = set(CONSTANTS) | {d.name for d in context if d.kind != "scalar"}
    for name in free:
        out |= {name} | context.depends(name)
    return out


def fresh(name: str, taken: set[str]) -> str:
    """``name`` itself, or one like it that is not taken; it is then taken."""
    out = fresh_name(name, taken) if name in taken else name
    taken.add(out)
    return out


def frame(context: Context, laws: Sequence[Law], points: Mapping[str, Term]) -> Frame:
    """The frame for a definition that speaks of these laws, and of points by their slots.

    Equal symbols that stand as conditions of several laws share one parameter.
    """
    taken = taken_names(context, (n for law in laws for n in law.outside))
    variables = tuple(fresh(v, taken) for v in laws[0].variables)
    parameters: list[str] = []
    args: list[Term] = []
    holes: list[tuple[Term, ...]] = []
    places: list[list[int]] = []

    def place(hole: str, arg: Term, shared: bool) -> int:
        if shared and arg.head == "sym" and arg in args:
            return args.index(arg)
        parameters.append(fresh(hole, taken))
        args.append(arg)
        return len(args) - 1

    for law in laws:
        filled = enumerate(zip(law.holes, law.args, strict=True))
        places.append([place(h, a, i < law.conditions) for i, (h, a) in filled])
    for slot, point in points.items():
        places.append([place(slot, point, True)])
    for numbers in places:
        holes.append(tuple(sym(parameters[i]) for i in numbers))
    shown = tuple(law.shown.moved(n) for law, n in zip(laws, places, strict=False))
    return Frame(variables, tuple(parameters), tuple(args), tuple(holes), shown)


def drawn_names(law: Law, names: Sequence[str]) -> list[str]:
    """The names of a draw in the order of the law's variables: by name, the rest by position.

    Raises LawError when their number differs.
    """
    if len(names) != len(law.variables):
        raise LawError(
            f"{law.label} is a law of {len(law.variables)} quantities "
            f"({', '.join(law.variables)}), and {len(names)} names stand for them"
        )
    others = iter([n for n in names if n not in law.variables])
    return [v if v in names else next(others) for v in law.variables]


def matched(law: Law, other: Law) -> Law:
    """``other`` with its variables in the order of those of ``law``, by name or else by position.

    Raises LawError when the numbers differ, or a space of ``other`` does not cover that of ``law``.
    """
    if len(law.variables) != len(other.variables):
        raise LawError(
            f"{law.label} has {len(law.variables)} variables and {other.label} has "
            f"{len(other.variables)}; both must be laws of the same quantities"
        )
    order = list(range(len(law.variables)))
    if set(law.variables) == set(other.variables):
        order = [other.variables.index(v) for v in law.variables]
    spaces = tuple(other.spaces[i] for i in order)
    for mine, theirs in zip(
        law.filled_spaces, (other.filled_spaces[i] for i in order), strict=True
    ):
        if not theirs.covers(mine):
            raise LawError(
                f"{law.label} lives on {mine} and {other.label} on {theirs}: the second is not "
                "positive wherever the first is"
            )
    return replace(other, variables=tuple(other.variables[i] for i in order), spaces=spaces)
