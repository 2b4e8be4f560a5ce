"""Matrices written out in entries, once their dimensions are known.

`Entries.grid` gives the rows of a matrix term, `Entries.number` a number in which no matrix is left.
A declared matrix ``A`` stands for the family of its entries ``A[1, 1]``, ``A[1, 2]`` and so on, a vector
``x`` for ``x[1]``, ``x[2]``. A symmetric one has one entry for each pair. What positive definiteness asks
of the entries is for `Entries.needs` to say. Products and sums are expanded; a determinant by its first
row, an inverse by cofactors. Literal zeros and ones are left out of products and sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from derive.terms.context import Claim, Context, Declaration
from derive.terms.heads import BINDERS
from derive.terms.lower import LoweringError
from derive.terms.shapes import ENCLOSED, MATRIX_FUNCTIONS
from derive.terms.term import (
    Term,
    div,
    index,
    matrix,
    neg,
    num,
    product,
    rational,
    rebuild,
    subterms,
    total,
)

MAX_SIDE: Final = 12
MAX_DETERMINANT: Final = 4
ZERO, ONE = num(0), num(1)

Grid = tuple[tuple[Term, ...], ...]


class Entries:
    """Writes terms of one context in entries, with the given values of dimensions.

    Where there is nothing to write out, as for a dimension without a value, a matrix that is too
    large, or a matrix under a sum, LoweringError is raised. Terms must be well-formed in the context.
    """

    def __init__(self, context: Context, values: Mapping[str, Fraction] | None = None) -> None:
        self.context = context
        self.values = values or {}
        self.known: dict[Term, Grid | None] = {}

    def claims(self, claim: Claim) -> list[Claim]:
        """The claims about numbers that together say what a claim says."""
        left, right = (self.grid(side) for side in (claim.lhs, claim.rhs))
        if left is None or right is None:
            return [Claim(self.number(claim.lhs), claim.relation, self.number(claim.rhs))]
        return [
            Claim(a, claim.relation, b)
            for one, other in zip(left, right, strict=True)
            for a, b in zip(one, other, strict=True)
        ]

    def needs(self, names: Iterable[str]) -> list[Claim]:
        """What the entries of those names must satisfy: the leading minors of an spd one are > 0."""
        out = []
        for name in names:
            if name in self.context and self.context[name].form == "spd":
                rows = self._symbol(self.context[name])
                for size in range(1, len(rows) + 1):
                    out.append(Claim(ZERO, "<", determinant([r[:size] for r in rows[:size]])))
        return out

    def number(self, term: Term) -> Term:
        """A number with its determinants and traces written out."""
        if term.head == "call" and term.payload in ("det", "trace"):
            rows = self._rows(term.args[0])
            diagonal = (rows[i][i] for i in range(len(rows)))
            return determinant(rows) if term.payload == "det" else plus(diagonal)
        if term.head == "call" and term.payload in ENCLOSED:
            return rebuild(term, (matrix(self._rows(term.args[0])),))
        if term.head in BINDERS and self.context.definition(term.payload) is not None:
            raise LoweringError(f"{term} binds {term.payload}, which is defined outside")
        definition = self.context.definition_of(term)
        if definition is not None and has_matrices(self.context, definition.body):
            return self.number(definition.apply(term.args))
        return rebuild(term, tuple(self.number(a) for a in term.args))

    def grid(self, term: Term) -> Grid | None:
        """The rows of a matrix; None for a number."""
        if term not in self.known:
            self.known[term] = self._grid(term)
        return self.known[term]

    def _rows(self, term: Term) -> Grid:
        rows = self.grid(term)
        if rows is None:
            raise LoweringError(f"{term} is not a matrix")
        return rows

    def _grid(self, term: Term) -> Grid | None:
        match term.head:
            case "matrix":
                columns = term.payload[1]
                entries = tuple(self.number(a) for a in term.args)
                return tuple(entries[i : i + columns] for i in range(0, len(entries), columns))
            case "matmul":
                return multiplied(*map(self._rows, term.args))
            case "neg" if (rows := self.grid(term.args[0])) is not None:
                return tuple(tuple(minus(entry) for entry in row) for row in rows)
            case "add":
                grids = [self.grid(a) for a in term.args]
                rows_of = [rows for rows in grids if rows is not None]
                if 0 < len(rows_of) < len(grids):
                    raise LoweringError(f"a part of {term} cannot be written in entries")
                return tuple(map(_sum_of_rows, zip(*rows_of, strict=True))) if rows_of else None
            case "mul" | "div":
                return self._multiple(term)
            case "call" if term.payload in MATRIX_FUNCTIONS:
                return self._function(term)
            case "sym" if term.payload in self.context:
                definition = self.context.definition_of(term)
                if definition is not None:
                    return self.grid(definition.body)
                declared = self.context[term.payload]
                return self._symbol(declared) if declared.kind == "matrix" else None
        return None

    def _multiple(self, term: Term) -> Grid | None:
        for i, arg in enumerate(term.args):
            rows = self.grid(arg)
            if rows is None:
                continue
            others = [self.number(a) for j, a in enumerate(term.args) if j != i]
            if term.head == "div":
                return tuple(tuple(div(entry, others[0]) for entry in row) for row in rows)
            return tuple(tuple(times([*others, entry]) for entry in row) for row in rows)
        return None

    def _function(self, term: Term) -> Grid | None:
        match term.payload:
            case "transpose":
                return tuple(zip(*self._rows(term.args[0]), strict=True))
            case "inv":
                return inverse(self._rows(term.args[0]))
            case "eye" | "zeros":
                height, width = self._size(term.args[0]), self._size(term.args[-1])
                one = ONE if term.payload == "eye" else ZERO
                return tuple(
                    tuple(one if i == j else ZERO for j in range(width)) for i in range(height)
                )
        return None

    def _symbol(self, declared: Declaration) -> Grid:
        assert declared.shape is not None
        height, width = map(self._size, declared.shape)
        column = declared.shape[1] == ONE

        def entry(i: int, j: int) -> Term:
            if column:
                return index(declared.name, num(i))
            if declared.form:
                i, j = min(i, j), max(i, j)
            return index(declared.name, num(i), num(j))

        return tuple(tuple(entry(i, j) for j in range(1, width + 1)) for i in range(1, height + 1))

    def _size(self, term: Term) -> int:
        value = self.values.get(term.payload) if term.head == "sym" else rational(term)
        if value is None or value.denominator != 1 or not 1 <= value <= MAX_SIDE:
            raise LoweringError(f"{term} rows or columns cannot be written out")
        return int(value)


def has_matrices(context: Context, term: Term) -> bool:
    """Whether a matrix occurs in a term, or in the definition of a name in it."""
    for part in subterms(term):
        if part.head in ("matmul", "matrix"):
            return True
        if part.head == "call" and part.payload in MATRIX_FUNCTIONS:
            return True
        known = part.head == "sym" and part.payload in context
        if known and context[part.payload].kind == "matrix":
            return True
        definition = context.definition_of(part)
        if definition is not None and has_matrices(context, definition.body):
            return True
    return False


def dimensions_in(context: Context, terms: Iterable[Term]) -> frozenset[str]:
    """The names that need values before the matrices in some terms can be written out."""
    found: set[str] = set()
    for term in terms:
        for part in subterms(term):
            if part.head == "call" and part.payload in ("eye", "zeros"):
                found |= {n for a in part.args for n in a.free}
            if part.head == "sym" and part.payload in context:
                found |= {n for side in context[part.payload].shape or () for n in side.free}
            definition = context.definition_of(part)
            if definition is not None:
                found |= dimensions_in(context, [definition.body])
    return frozenset(found)


def _sum_of_rows(rows: Sequence[Sequence[Term]]) -> tuple[Term, ...]:
    return tuple(map(plus, zip(*rows, strict=True)))


def plus(parts: Iterable[Term]) -> Term:
    """A sum without its literal zeros."""
    return total([p for p in parts if p != ZERO])


def times(parts: Sequence[Term]) -> Term:
    """A product without its literal ones; 0 when a factor is a literal 0."""
    return ZERO if ZERO in parts else product([p for p in parts if p != ONE])


def minus(term: Term) -> Term:
    """The negative; 0 for a literal 0."""
    return ZERO if term == ZERO else neg(term)


def multiplied(left: Grid, right: Grid) -> Grid:
    """The product of two matrices whose shapes fit."""
    columns = tuple(zip(*right, strict=True))
    return tuple(
        tuple(plus(times(pair) for pair in zip(row, column, strict=True)) for column in columns)
        for row in left
    )


def determinant(rows: Sequence[Sequence[Term]]) -> Term:
    """By the first row. Raises LoweringError for more than 4 rows."""
    if len(rows) > MAX_DETERMINANT:
        raise LoweringError(f"a determinant of {len(rows)} rows is too large to write out")
    if len(rows) == 1:
        return rows[0][0]
    parts = [times([entry, minor(rows, 0, j)]) for j, entry in enumerate(rows[0])]
    return plus(part if j % 2 == 0 else minus(part) for j, part in enumerate(parts))


def minor(rows: Sequence[Sequence[Term]], i: int, j: int) -> Term:
    """The determinant without row i and column j; 1 when nothing is left."""
    rest = [[*row[:j], *row[j + 1 :]] for k, row in enumerate(rows) if k != i]
    return determinant(rest) if rest else ONE


def inverse(rows: Grid) -> Grid:
    """The cofactors over the determinant. Raises LoweringError for more than 4 rows."""
    below = determinant(rows)
    places = range(len(rows))

    def entry(i: int, j: int) -> Term:
        cofactor = minor(rows, j, i)
        return div(cofactor if (i + j) % 2 == 0 else minus(cofactor), below)

    return tuple(tuple(entry(i, j) for j in places) for i in places)
