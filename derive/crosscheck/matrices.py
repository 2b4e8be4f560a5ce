"""Grids of registers: matrices whose entries are numbers of a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from derive.crosscheck.survey import Cannot
from derive.terms.term import Term
from numeric.builder import Builder

Grid = tuple[tuple[int, ...], ...]
Value = int | Grid


def filled(rows: int, columns: int, entry: Callable[[int, int], int]) -> Grid:
    """A grid from its entries, which are counted from 1."""
    return tuple(tuple(entry(i, j) for j in range(1, columns + 1)) for i in range(1, rows + 1))


def each(grid: Grid, change: Callable[[int], int]) -> Grid:
    """The grid with every entry changed."""
    return tuple(tuple(change(entry) for entry in row) for row in grid)


def scaled(b: Builder, factor: int, value: Value) -> Value:
    """A number or a matrix times a number."""
    if isinstance(value, int):
        return b.op("mul", factor, value)
    return each(value, lambda entry: b.op("mul", factor, entry))


def total(b: Builder, parts: Sequence[Value], head: str) -> Value:
    """The sum or product of numbers, or the sum of matrices; of at least one part."""
    out = parts[0]
    for part in parts[1:]:
        if isinstance(out, int) and isinstance(part, int):
            out = b.op(head, out, part)
        elif isinstance(out, int) or isinstance(part, int) or head != "add":
            raise Cannot("a matrix is added to a number, or matrices are multiplied one by one")
        else:
            out = _added(b, out, part)
    return out


def _added(b: Builder, left: Grid, right: Grid) -> Grid:
    if [len(row) for row in left] != [len(row) for row in right]:
        raise Cannot("matrices of different sizes are added")
    pairs = zip(left, right, strict=True)
    return tuple(
        tuple(b.op("add", a, c) for a, c in zip(one, other, strict=True)) for one, other in pairs
    )


def arithmetic(b: Builder, term: Term, args: Sequence[Value]) -> Value:
    """A sum, difference, multiple or quotient in which a matrix takes part."""
    match term.head:
        case "add":
            return total(b, args, "add")
        case "neg" if not isinstance(args[0], int):
            return each(args[0], lambda entry: b.op("neg", entry))
        case "div" if not isinstance(args[0], int) and isinstance(args[1], int):
            below = args[1]
            return each(args[0], lambda entry: b.op("div", entry, below))
        case "mul":
            out = args[0]
            for a in args[1:]:
                if not isinstance(out, int) and not isinstance(a, int):
                    raise Cannot(f"{term} multiplies matrices entry by entry")
                out = scaled(b, out, a) if isinstance(out, int) else scaled(b, a, out)  # type: ignore[arg-type]
            return out
    raise Cannot(f"{term} has no value as a matrix")


def product(b: Builder, left: Grid, right: Grid) -> Grid:
    """The matrix product."""
    columns = list(zip(*right, strict=True))
    return tuple(tuple(_dot(b, row, column) for column in columns) for row in left)


def _dot(b: Builder, left: Sequence[int], right: Sequence[int]) -> int:
    out: int | None = None
    for a, c in zip(left, right, strict=True):
        part = b.op("mul", a, c)
        out = part if out is None else b.op("add", out, part)
    assert out is not None
    return out


def transposed(grid: Grid) -> Grid:
    """The transpose."""
    return tuple(zip(*grid, strict=True))


def function(b: Builder, name: str, grid: Grid) -> Value:
    """The transpose, inverse, determinant or trace."""
    size = len(grid)
    match name:
        case "transpose":
            return transposed(grid)
        case "inv":
            return filled(size, size, lambda i, j: b.matrix("inverse", grid, i - 1, j - 1))
        case "det":
            return b.matrix("det", grid)
    return total(b, [grid[i][i] for i in range(size)], "add")


def constant(b: Builder, name: str, rows: int, columns: int) -> Grid:
    """``eye`` or ``zeros``."""
    one = b.const(1 if name == "eye" else 0)
    return filled(rows, columns, lambda i, j: one if i == j else b.const(0))


def gram(b: Builder, size: int, factor: Callable[[int, int], int]) -> Grid:
    """L Lᵀ for a lower triangular L: positive definite when its diagonal is positive."""
    zero = b.const(0)
    lower = filled(size, size, lambda i, j: factor(i, j) if j <= i else zero)
    return filled(size, size, lambda i, j: _gram_entry(b, lower, min(i, j), max(i, j)))


def _gram_entry(b: Builder, lower: Grid, i: int, j: int) -> int:
    return _dot(b, lower[i - 1][:i], lower[j - 1][:i])


def cholesky(b: Builder, grid: Grid) -> Grid:
    """The lower triangular root of a positive definite matrix; undefined for another."""
    size = len(grid)
    root: list[list[int]] = [[b.const(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = grid[i][j]
            if j:
                rest = b.op("sub", rest, _dot(b, root[i][:j], root[j][:j]))
            root[i][j] = b.op("sqrt", rest) if i == j else b.op("div", rest, root[j][j])
    return tuple(map(tuple, root))


def inverse(b: Builder, grid: Grid) -> Grid:
    """The inverse."""
    out: Any = function(b, "inv", grid)
    return out  # type: ignore[no-any-return]


def mapped(b: Builder, factor: Value, value: Value, centre: Value) -> Value:
    """``centre + factor (value - centre)``."""
    if isinstance(value, int):
        assert isinstance(factor, int) and isinstance(centre, int)
        return b.op("add", centre, b.op("mul", factor, b.op("sub", value, centre)))
    assert not isinstance(factor, int) and not isinstance(centre, int)
    apart = _added(b, value, each(centre, lambda entry: b.op("neg", entry)))
    return _added(b, centre, product(b, factor, apart))


def minors(b: Builder, grid: Grid) -> list[int]:
    """The leading principal minors."""
    sizes = range(1, len(grid) + 1)
    return [b.matrix("det", [row[:k] for row in grid[:k]]) for k in sizes]
