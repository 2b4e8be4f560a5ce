"""Determinants, inverses and eigenvalues of matrices of exact rationals and Arb balls.

A matrix is a sequence of rows. A matrix of rationals is done exactly as far as it can be: its
eigenvalues are the isolated roots of its characteristic polynomial, with their multiplicities.

A symmetric matrix of balls is turned by an approximate basis Q of eigenvectors. Whatever Q is:

* Ostrowski: the k-th eigenvalue of QᵀAQ is that of A times a factor between the least and the
  greatest eigenvalue of QᵀQ, so within 1 ± |QᵀQ - I| (R. A. Horn, C. R. Johnson, Matrix Analysis,
  2nd edition, theorem 4.5.9);
* Weyl: it is within |E| of the k-th entry of the sorted diagonal, where E is the rest of QᵀAQ
  (the same, theorem 4.3.1).

Both count multiplicities, so repeated eigenvalues are no exception.

>>> one, two = fmpq(1), fmpq(2)
>>> [str(entry) for row in inverse([[two, one], [one, one]]) for entry in row]
['1', '-1', '-1', '2']
>>> eigenvalues([[two, one], [one, two]]), trace_sqrt([[fmpq(4), one], [fmpq(0), fmpq(9)]])
([1, 3], 5)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from flint import acb, acb_mat, arb, arb_mat, fmpq, fmpq_mat

from numeric.balls.operations import OPERATIONS
from numeric.balls.values import ZERO, Undefined, Unresolved, Value, certain_sign, settle

Rows: TypeAlias = Sequence[Sequence[Value]]

MAX_SWEEPS = 60


def _exact(rows: Rows) -> fmpq_mat | None:
    exact = [[entry for entry in row if isinstance(entry, fmpq)] for row in rows]
    return fmpq_mat(exact) if all(len(row) == len(rows) for row in exact) else None


def _ball(rows: Rows) -> arb_mat:
    return arb_mat([[arb(entry) for entry in row] for row in rows])


def determinant(rows: Rows) -> Value:
    """The determinant, exact when every entry is."""
    exact = _exact(rows)
    found: Value = _ball(rows).det() if exact is None else exact.det()
    return found


def inverse(rows: Rows) -> list[list[Value]]:
    """The rows of the inverse.

    Raises Undefined when the matrix is certainly singular, Unresolved when it may be.
    """
    exact = _exact(rows)
    if exact is not None and exact.det() == 0:
        raise Undefined("inverse", "the inverse of a singular matrix")
    try:
        found = (_ball(rows) if exact is None else exact).inv()
    except ZeroDivisionError:
        raise Unresolved("the inverse of a matrix that may be singular") from None
    return [list(row) for row in found.tolist()]


def _roots(matrix: fmpq_mat) -> list[tuple[Any, int]]:
    """The eigenvalues of a matrix of rationals: an fmpq, arb or acb each, with multiplicity."""
    found: list[tuple[Any, int]] = []
    for factor, multiplicity in matrix.charpoly().numer().factor()[1]:
        if factor.degree() == 1:
            found.append((fmpq(-factor[0], factor[1]), multiplicity))
            continue
        roots: list[Any] = factor.complex_roots()
        for root, _ in roots:
            found.append((root.real if root.imag.is_zero() else root, multiplicity))
    return found


def _check_symmetric(op: str, rows: Rows) -> None:
    for i, row in enumerate(rows):
        for j in range(i):
            a, b = row[j], rows[j][i]
            if a is b or (isinstance(a, fmpq) and isinstance(b, fmpq) and a == b):
                continue
            if a < b or a > b:
                raise Undefined(op, f"{op} of a matrix that is not symmetric")
            raise Unresolved(f"{op}: the entries ({i}, {j}) and ({j}, {i}) may differ")


def eigenvalues(rows: Rows) -> list[Value]:
    """The eigenvalues of a symmetric matrix, each as often as it occurs, in increasing order.

    Entries mirrored in the diagonal must be equal rationals, or one and the same ball object.
    Raises Undefined when two certainly differ, Unresolved when they may.
    """
    _check_symmetric("eigenvalue", rows)
    exact = _exact(rows)
    if exact is None:
        return list(_symmetric_balls(_ball(rows)))
    roots = [root for root, multiplicity in _roots(exact) for _ in range(multiplicity)]
    if any(isinstance(root, acb) for root in roots):
        raise Unresolved("eigenvalue: a root is not separated from the complex ones")
    return _sorted(roots)


def _sorted(values: Sequence[Any]) -> list[Value]:
    """The order statistics of some values.

    The k-th smallest member lies between the k-th smallest of the lower and of the upper ends,
    which only matters where two overlap.
    """
    order = sorted(values, key=lambda value: arb(value).mid())
    if all(a < b or a is b for a, b in pairwise(order)):
        return order
    lows = sorted(arb(value).lower() for value in values)
    highs = sorted(arb(value).upper() for value in values)
    return [low.union(high) for low, high in zip(lows, highs, strict=True)]


def _norm(matrix: arb_mat) -> arb:
    """At least the spectral norm of a symmetric matrix: its greatest absolute row sum."""
    return max(sum((abs(entry) for entry in row), arb(0)).upper() for row in matrix.tolist())


def _symmetric_balls(matrix: arb_mat) -> list[arb]:
    size = matrix.nrows()
    basis = _approximate_basis(matrix.mid())
    turned = basis.transpose() * matrix * basis
    identity = arb_mat([[int(i == j) for j in range(size)] for i in range(size)])
    spread = _norm(basis.transpose() * basis - identity)
    if not spread < 1:
        raise Unresolved("eigenvalue: no basis of eigenvectors at this precision")
    diagonal = [turned[i, i] for i in range(size)]
    rest = arb_mat([[0 if i == j else turned[i, j] for j in range(size)] for i in range(size)])
    shift = arb(0, _norm(rest))
    factor = 1 + arb(0, spread)
    lows = sorted(entry.lower() for entry in diagonal)
    highs = sorted(entry.upper() for entry in diagonal)
    return [(low.union(high) + shift) / factor for low, high in zip(lows, highs, strict=True)]


def _approximate_basis(matrix: arb_mat) -> arb_mat:
    """Jacobi's rotations on the midpoints, until no entry off the diagonal shrinks further."""
    size = matrix.nrows()
    a = [[arb(entry).mid() for entry in row] for row in matrix.tolist()]
    q = [[arb(int(i == j)) for j in range(size)] for i in range(size)]
    best = None
    for _ in range(MAX_SWEEPS):
        off = sum((abs(a[i][j]) for i in range(size) for j in range(i)), arb(0)).mid()
        if off == 0 or (best is not None and not off < best):
            break
        best = off
        for i in range(size):
            for j in range(i + 1, size):
                _rotate(a, q, i, j)
    return arb_mat(q)


def _rotate(a: list[list[arb]], q: list[list[arb]], i: int, j: int) -> None:
    """One rotation that makes a[i][j] vanish, up to rounding; no claim is made of the result."""
    if a[i][j] == 0:
        return
    theta = ((a[j][j] - a[i][i]) / (2 * a[i][j])).mid()
    tangent = 1 / (abs(theta) + (theta * theta + 1).sqrt())
    cosine = (1 / (tangent * tangent + 1).sqrt()).mid()
    sine = ((tangent if theta >= 0 else -tangent) * cosine).mid()
    for k in range(len(a)):
        a[k][i], a[k][j] = _turn(a[k][i], a[k][j], cosine, sine)
        q[k][i], q[k][j] = _turn(q[k][i], q[k][j], cosine, sine)
    for k in range(len(a)):
        a[i][k], a[j][k] = _turn(a[i][k], a[j][k], cosine, sine)
    a[i][j] = a[j][i] = arb(0)


def _turn(x: arb, y: arb, cosine: arb, sine: arb) -> tuple[arb, arb]:
    return (cosine * x - sine * y).mid(), (sine * x + cosine * y).mid()


def trace_sqrt(rows: Rows) -> Value:
    """The sum of the square roots of the eigenvalues, where these are real and not negative.

    Raises Undefined when one certainly is not, Unresolved when it cannot be told: among others
    when 0 is an eigenvalue with too few eigenvectors, or the eigenvalues of a matrix of balls
    that is not symmetric are not separated.
    """
    exact = _exact(rows)
    try:
        _check_symmetric("trace_sqrt", rows)
    except (Undefined, Unresolved):
        symmetric = False
    else:
        symmetric = True
    if exact is None:
        found: list[Value] = list(_symmetric_balls(_ball(rows)) if symmetric else _separated(rows))
        return _sum_of_roots(found)
    roots = _roots(exact)
    if any(isinstance(root, acb) for root, _ in roots):
        raise Undefined("trace_sqrt", "trace_sqrt of a matrix with complex eigenvalues")
    zeros = sum(multiplicity for root, multiplicity in roots if certain_sign(root) == 0)
    if zeros and exact.rank() != len(rows) - zeros:
        raise Unresolved("trace_sqrt of a matrix whose eigenvalue 0 has too few eigenvectors")
    return _sum_of_roots([root for root, multiplicity in roots for _ in range(multiplicity)])


def _sum_of_roots(values: Sequence[Any]) -> Value:
    total: Value = ZERO
    for value in values:
        if certain_sign(value) == -1:
            raise Undefined("trace_sqrt", "trace_sqrt of a matrix with a negative eigenvalue")
    for value in values:
        total = settle("trace_sqrt", total + OPERATIONS["sqrt"](settle("trace_sqrt", value)))
    return total


def _separated(rows: Rows) -> list[arb]:
    """The eigenvalues of a real matrix when each is alone in its ball and so is real.

    The conjugate of an eigenvalue is one too. A ball and its mirror image that meet no other
    ball hold one eigenvalue between them, which is then its own conjugate.
    """
    try:
        found = acb_mat(_ball(rows)).eig()
    except ValueError:
        raise Unresolved("trace_sqrt: the eigenvalues are not separated") from None
    for i, value in enumerate(found):
        if not value.imag.contains(0):
            raise Undefined("trace_sqrt", "trace_sqrt of a matrix with complex eigenvalues")
        both = value.union(value.conjugate())
        if any(both.overlaps(other) for j, other in enumerate(found) if j != i):
            raise Unresolved("trace_sqrt: the eigenvalues are not separated")
    return [value.real for value in found]


_WHOLE = {"inverse": inverse, "eigenvalue": eigenvalues, "det": determinant}


def matrix_op(op: str, sizes: tuple[int, ...], entries: list[Value], done: dict[Any, Any]) -> Value:
    """A matrix operation of `numeric.operations`; `done` keeps what it worked out, and reuses it."""
    size, *places = sizes
    key = (op, size, *map(id, entries))
    if key not in done:
        rows = [entries[size * i : size * (i + 1)] for i in range(size)]
        result = trace_sqrt(rows) if op == "trace_sqrt" else _WHOLE[op](rows)
        done[key] = (entries, result)  # The entries are kept, so that no id is used again.
    found = done[key][1]
    for place in places:
        found = found[place]
    value: Value = found
    return value
