"""Matrices of SymPy, entry by entry: determinants, traces, inverses and products.

A matrix here is a list of rows of indices, so a product is never multiplied out by SymPy. The
entries of a `MatrixSymbol` with known dimensions are inputs called like `A[0, 1]`.
"""

from __future__ import annotations

from typing import TypeAlias

import sympy as sp

from numeric.from_sympy.binders import entry, places
from numeric.from_sympy.walk import (
    Node,
    Rule,
    Rules,
    Scope,
    UnsupportedExpression,
    no_needs,
    short,
    unsupported,
)

Grid: TypeAlias = list[list[int]]
_LARGEST_POWER = 64


def dimensions(node: Node) -> tuple[int, int]:
    """The rows and columns of a matrix. Raises `UnsupportedExpression` when they are not known."""
    rows, columns = node.shape
    if not (isinstance(rows, int) or rows.is_Integer) or not (
        isinstance(columns, int) or columns.is_Integer
    ):
        raise UnsupportedExpression(
            type(node).__name__, f"{short(node)} has no known dimensions; give it numbers"
        )
    return int(rows), int(columns)


def grid(scope: Scope, node: Node) -> Grid:
    """The indices of the entries of a matrix, row by row."""
    rows, columns = dimensions(node)
    if isinstance(node, sp.MatrixBase):
        return [[scope.number(node[i, j]) for j in range(columns)] for i in range(rows)]
    if isinstance(node, sp.MatrixSymbol):
        return [[scope.number(node[i, j]) for j in range(columns)] for i in range(rows)]
    if isinstance(node, sp.Identity):
        return _identity(scope, rows)
    if isinstance(node, sp.ZeroMatrix | sp.OneMatrix):
        value = scope.const(int(isinstance(node, sp.OneMatrix)))
        return [[value] * columns for _ in range(rows)]
    if isinstance(node, sp.Transpose):
        return _transpose(grid(scope, node.arg))
    if isinstance(node, sp.MatAdd | sp.HadamardProduct):
        name = "add" if isinstance(node, sp.MatAdd) else "mul"
        parts = [grid(scope, arg) for arg in node.args]
        return [
            [scope.fold(name, e) for e in zip(*r, strict=True)] for r in zip(*parts, strict=True)
        ]
    if isinstance(node, sp.Inverse):
        return _inverse(scope, grid(scope, node.arg))
    if isinstance(node, sp.MatPow):
        return _power(scope, node)
    if isinstance(node, sp.MatMul):
        return _product(scope, node)
    raise unsupported(node)


def _identity(scope: Scope, size: int) -> Grid:
    zero, one = scope.const(0), scope.const(1)
    return [[one if i == j else zero for j in range(size)] for i in range(size)]


def _transpose(rows: Grid) -> Grid:
    return [list(column) for column in zip(*rows, strict=True)]


def _times(scope: Scope, left: Grid, right: Grid) -> Grid:
    columns = _transpose(right)
    return [
        [
            scope.fold("add", [scope.op("mul", a, b) for a, b in zip(row, column, strict=True)])
            for column in columns
        ]
        for row in left
    ]


def _inverse(scope: Scope, rows: Grid) -> Grid:
    size = range(len(rows))
    return [[scope.builder.matrix("inverse", rows, i, j) for j in size] for i in size]


def _power(scope: Scope, node: Node) -> Grid:
    exponent = scope.integer(node.exp)
    if exponent is None or abs(exponent) > _LARGEST_POWER:
        raise UnsupportedExpression(
            "MatPow",
            f"{short(node)}: the exponent must be an integer of size at most {_LARGEST_POWER}",
        )
    base = grid(scope, node.base)
    if exponent < 0:
        base = _inverse(scope, base)
    result = base if exponent else _identity(scope, len(base))
    for _ in range(abs(exponent) - 1):
        result = _times(scope, result, base)
    return result


def _product(scope: Scope, node: Node) -> Grid:
    numbers = [arg for arg in node.args if not arg.is_Matrix]
    first, *rest = [grid(scope, arg) for arg in node.args if arg.is_Matrix]
    for other in rest:
        first = _times(scope, first, other)
    if not numbers:
        return first
    scale = scope.fold("mul", [scope.number(number) for number in numbers])
    return [[scope.op("mul", scale, entry_) for entry_ in row] for row in first]


def _determinant(scope: Scope, node: Node) -> int:
    return scope.builder.matrix("det", grid(scope, node.arg))


def _trace(scope: Scope, node: Node) -> int:
    if isinstance(node.arg, sp.MatPow) and node.arg.exp == sp.S.Half:
        return scope.builder.matrix("trace_sqrt", grid(scope, node.arg.base))
    rows = grid(scope, node.arg)
    return scope.fold("add", [row[i] for i, row in enumerate(rows)])


def _element(scope: Scope, node: Node) -> int:
    matrix, *indices = node.args
    if isinstance(matrix, sp.MatrixSymbol):
        return entry(scope, node, matrix, indices)
    row, column = places(scope, node, indices)
    rows, columns = dimensions(matrix)
    if not (0 <= row < rows and 0 <= column < columns):
        raise UnsupportedExpression("MatrixElement", f"{short(node)} is outside the matrix")
    return grid(scope, matrix)[row][column]


RULES: Rules = {
    sp.Determinant: Rule(no_needs, _determinant),
    sp.Trace: Rule(no_needs, _trace),
    type(sp.MatrixSymbol("A", 1, 1)[0, 0]): Rule(no_needs, _element),
}
