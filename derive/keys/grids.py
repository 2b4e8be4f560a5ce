"""Two numbers, or two matrices entry by entry, as the links of displayed lines compare them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flint import arb

from derive.decision import decide
from derive.keys.results import Check, Status
from derive.keys.rounding import (
    Balls,
    NoValue,
    Value,
    decimals_shown,
    entries_of,
    half_unit,
    loosened,
)
from derive.terms import Context, Term, TermError, rational, sub
from derive.terms.context import Claim
from derive.terms.entries import Grid
from derive.terms.shapes import is_matrix
from derive.verdict import Proved

Place = tuple[int, int]

WORST_FIRST: Final[tuple[Status, ...]] = ("refuted", "undecided", "rounded", "enclosed", "proved")


@dataclass(frozen=True, slots=True)
class Cell:
    """Two numbers that a link compares, and where they stand; both are 1 for plain numbers.

    ``gap`` is their difference with a name for each decimal displayed, for which ``balls`` has the
    interval; ``places`` are the decimals at which the right side is read, None when it is no literal.
    """

    place: Place
    lhs: Term
    rhs: Term
    gap: Term
    balls: Balls
    places: int | None

    @property
    def rounds(self) -> bool:
        """Whether a decimal that is not a given is displayed on either side."""
        return not self.gap.free.isdisjoint(self.balls)


def grid_of(term: Term, context: Context) -> Grid | None:
    """The entries of a matrix, row by row; None for a number. Raises NoValue."""
    return entries_of(term, context) if is_matrix(context, term) else None


def cells(lhs: Term, rhs: Term, context: Context, exact: frozenset[Fraction]) -> list[Cell]:
    """What a link compares. Raises NoValue when a matrix cannot be written out."""
    balls: dict[str, arb] = {}
    loose = [loosened(side, exact, balls) for side in (lhs, rhs)]
    left, right = grid_of(lhs, context), grid_of(rhs, context)
    if left is None or right is None:
        return [Cell((1, 1), lhs, rhs, sub(*loose), balls, decimals_shown(rhs))]
    most = most_decimals(right)
    one, other = (entries_of(side, context) for side in loose)
    return [
        Cell(
            (i, j),
            left[i - 1][j - 1],
            b,
            sub(one[i - 1][j - 1], other[i - 1][j - 1]),
            balls,
            _places(b, most),
        )
        for (i, j), b in numbered(right)
    ]


def _places(entry: Term, most: int) -> int | None:
    """The decimals at which an entry is read; None for a fraction, which is exact, and for a formula."""
    shown = decimals_shown(entry)
    return most if shown == 0 else shown


def paired(lhs: Term, rhs: Term, context: Context) -> list[tuple[Term, Term]]:
    """The entries of two matrices beside each other; none when the shapes differ. Raises NoValue."""
    left, right = (entries_of(side, context) for side in (lhs, rhs))
    if (len(left), len(left[0])) != (len(right), len(right[0])):
        return []
    return [(a, b) for x, y in zip(left, right, strict=True) for a, b in zip(x, y, strict=True)]


def numbered(grid: Grid) -> Iterator[tuple[Place, Term]]:
    """The entries with their places, which count from 1."""
    return (((i, j), e) for i, row in enumerate(grid, 1) for j, e in enumerate(row, 1))


def most_decimals(grid: Grid) -> int:
    """The most decimals that an entry shows: with so many a whole number among them is read."""
    return max(decimals_shown(entry) or 0 for row in grid for entry in row)


def compared(cell: Cell, relation: str, context: Context) -> tuple[Status, str]:
    """How two closed numbers on paper compare under ``=`` or ``≈``, and why. Raises NoValue."""
    left = Value(cell.lhs, context)
    printed, places = rational(cell.rhs), cell.places
    judged = printed is not None and places is not None and (relation == "≈" or bool(places))
    if judged and left.place(printed or 0, half_unit(places or 0)) == "inside":
        return "enclosed", f"the left side is {left.shown()}"
    if Value(cell.gap, context, cell.balls).meets(0, 0):
        if cell.rounds:
            return "rounded", "equal up to rounding of the decimals displayed"
        if relation == "≈" or Value(sub(cell.lhs, cell.rhs), context).is_zero():
            return "enclosed", "the two sides agree as far as they were computed"
        return "undecided", "the two sides agree as far as they were computed"
    if judged and places:
        return "refuted", f"the left side is {left.rounded(places)} to {places} decimals"
    right = Value(cell.rhs, context).shown()
    return "refuted", f"the left side is {left.shown()}, the right side {right}"


def compare_grids(
    where: str, text: str, relation: str, found: Sequence[Cell], context: Context
) -> tuple[Check, dict[Place, Status]]:
    """A link between two matrices, and how each entry came out; the reason names those that differ."""
    status: dict[Place, Status] = {}
    wrong: list[str] = []
    for cell in found:
        status[cell.place] = _settled(cell, relation, context)
        if status[cell.place] == "refuted":
            wrong.append(f"{named(cell.place, found)} is {_right(cell, context)}, not {cell.rhs}")
    kinds = [s for s in WORST_FIRST if s in status.values()]
    worst = kinds[0]
    rounded = [named(p, found) for p, s in status.items() if s == "rounded"]
    others = len(found) - len(wrong)
    parts = [*wrong]
    if wrong and others:
        parts.append(f"the other {others} agree" if others > 1 else "the other one agrees")
    if len(rounded) == len(found):
        parts.append("each entry agrees up to rounding of the decimals displayed")
    elif rounded:
        parts.append(f"up to rounding of the decimals displayed: {', '.join(rounded)}")
    if not parts:
        parts = ["not every entry is decided" if worst == "undecided" else "each entry agrees"]
    return Check(where, text, worst, "; ".join(parts)), status


def _settled(cell: Cell, relation: str, context: Context) -> Status:
    """How one entry compares; where enclosures leave an equation open, a proof is looked for."""
    status, _ = compared(cell, relation, context)
    if status == "undecided" and relation == "=":
        proof = decide(Claim(cell.lhs, "=", cell.rhs), context)
        return "proved" if isinstance(proof, Proved) else status
    return status


def _right(cell: Cell, context: Context) -> str:
    value = Value(cell.lhs, context)
    return value.rounded(cell.places) if cell.places else value.shown()


def named(place: Place, among: Sequence[Cell]) -> str:
    """An entry in words; that of a row or a column by one number."""
    rows, columns = (max(cell.place[k] for cell in among) for k in (0, 1))
    if rows == 1 or columns == 1:
        return f"entry {max(place)}"
    return f"entry ({place[0]}, {place[1]})"


def seen(lhs: Term, relation: str, rhs: Term, context: Context) -> str:
    """Why a relation is seen from enclosures of both sides; empty when it isn't."""
    try:
        if relation == "=" and is_matrix(context, lhs):
            found = cells(lhs, rhs, context, frozenset())
            status = compare_grids("", "", relation, found, context)[1]
            exact = all(
                s == "proved" or Value(sub(c.lhs, c.rhs), context).is_zero()
                for c, s in zip(found, status.values(), strict=True)
            )
            return "each entry agrees exactly" if exact else ""
        if relation == "=":
            both = Value(sub(rhs, lhs), context).is_zero()
            return f"both sides are {Value(lhs, context).shown()}" if both else ""
        low, high = Value(sub(rhs, lhs), context).ends(256)
        holds = {
            "<": low > 0,
            "<=": low >= 0,
            ">": high < 0,
            ">=": high <= 0,
            "!=": low > 0 or high < 0,
        }.get(relation, False)
        if not holds:
            return ""
        left, right = (Value(side, context).shown() for side in (lhs, rhs))
    except (NoValue, TermError):
        return ""
    return f"the left side is {left}, the right side {right}"
