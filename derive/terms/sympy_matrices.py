"""Matrices between terms and SymPy's matrix expressions, node by node.

``A @ B`` is ``MatMul(A, B)``, a sum ``MatAdd``, a multiple ``MatMul(c, A)``, ``A/c`` the product
``MatMul(A, 1/c)``, ``-A`` the product ``MatMul(-1, A)``; a declared matrix is a ``MatrixSymbol`` whose
dimensions are those of its declaration. That a matrix is symmetric is not said on SymPy's side. Only a
context tells matrices from numbers, so both directions need one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sympy

from derive.terms.shapes import is_matrix
from derive.terms.sympy_domains import BridgeError
from derive.terms.term import Term, add, call, div, matmul, matrix, mul, neg, num, sym

if TYPE_CHECKING:
    from derive.terms.sympy_bridge import Reader
    from derive.terms.sympy_writer import Scope, Writer

CLASSES: Final[dict[str, Any]] = {
    "transpose": sympy.Transpose,
    "inv": sympy.Inverse,
    "det": sympy.Determinant,
    "trace": sympy.Trace,
    "eye": sympy.Identity,
    "zeros": sympy.ZeroMatrix,
}
NAMES: Final = {cls: name for name, cls in CLASSES.items()}


def concerns(writer: Writer, term: Term) -> bool:
    """Whether a term is a matrix, or a number that is made of one."""
    made = term.head == "call" and term.payload in CLASSES
    return made or (writer.context is not None and is_matrix(writer.context, term))


def write_matrix(writer: Writer, term: Term, scope: Scope) -> Any:
    """The matrix expression for a term. Raises BridgeError for a derivative of a matrix."""
    if term.head == "sym":
        assert writer.context is not None
        shape = writer.context[term.payload].shape
        assert shape is not None
        return sympy.MatrixSymbol(term.payload, *(writer.write(side, scope) for side in shape))
    args = [writer.write(arg, scope) for arg in term.args]
    if term.head == "call":
        return CLASSES[term.payload](*args)
    if term.head == "matrix":
        return sympy.ImmutableDenseMatrix(*term.payload, args)
    if term.head == "add":
        return sympy.MatAdd(*args, evaluate=False)
    if term.head == "neg":
        return sympy.MatMul(sympy.Integer(-1), *args, evaluate=False)
    if term.head == "div":
        below = sympy.Pow(args[1], -1, evaluate=False)
        return sympy.MatMul(args[0], below, evaluate=False)
    if term.head in ("mul", "matmul"):
        return sympy.MatMul(*args, evaluate=False)
    raise BridgeError(f"SymPy has no matrix expression for {term}")


def read_matrix(reader: Reader, expr: Any, scope: Scope, depth: int) -> Term | None:
    """The term for a matrix expression, determinant or trace; None for any other expression."""
    if isinstance(expr, sympy.MatrixSymbol):
        return _symbol(reader, expr, scope, depth)
    if isinstance(expr, sympy.ImmutableDenseMatrix):
        rows = [[reader.read(e, scope, depth + 1) for e in row] for row in expr.tolist()]
        return matrix(rows)
    name = NAMES.get(type(expr))
    if name is not None:
        args = expr.args[:1] if name == "inv" else expr.args
        return call(name, *reader.each(args, scope, depth))
    if isinstance(expr, sympy.MatAdd):
        return add(*reader.each(expr.args, scope, depth))
    if isinstance(expr, sympy.MatMul):
        return _product(reader, expr.args, scope, depth)
    if isinstance(expr, sympy.MatPow) and expr.args[1] == -1:
        return call("inv", reader.read(expr.args[0], scope, depth + 1))
    return None


def _symbol(reader: Reader, expr: Any, scope: Scope, depth: int) -> Term:
    context = reader.context
    if context is None or expr.name not in context:
        raise BridgeError(f"{expr.name} is not declared; declare it in the context as a matrix")
    shape = tuple(reader.each(expr.shape, scope, depth))
    if context[expr.name].shape != shape:
        raise BridgeError(f"{expr.name} is declared with another shape than {expr.shape}")
    return sym(expr.name)


def _product(reader: Reader, args: tuple[Any, ...], scope: Scope, depth: int) -> Term:
    """A multiple of a matrix as it stands, or numbers times a product of matrices."""
    count = sum(isinstance(a, sympy.MatrixExpr) for a in args)
    if count == 1 and len(args) == 2:
        first, last = args
        if first == -1:
            return neg(reader.read(last, scope, depth + 1))
        if type(last) is sympy.Pow and last.args[1] == -1:
            return div(*reader.each((first, last.args[0]), scope, depth))
    if count == 1:
        return mul(*reader.each(args, scope, depth))
    parts = reader.each(args, scope, depth)
    matrices = [p for p, a in zip(parts, args, strict=True) if isinstance(a, sympy.MatrixExpr)]
    numbers = [p for p, a in zip(parts, args, strict=True) if not isinstance(a, sympy.MatrixExpr)]
    out = matrices[0]
    for other in matrices[1:]:
        out = matmul(out, other)
    if numbers == [neg(num(1))]:
        return neg(out)
    return mul(*numbers, out) if numbers else out
