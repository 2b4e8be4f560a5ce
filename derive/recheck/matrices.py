"""Sums and products over literal ranges, and operations on matrices, carried out.

Where the result is defined so is what it was made of.
"""

from .context import Context
from .language import arities
from .terms import ONE, ZERO, Rejected, Term, joined, make, num, opened, text, whole

MAX_WRITTEN, MAX_SIDE = 400, 12


def written(context: Context, t: Term) -> Term:
    """What a term stands for, written out. Raises Rejected when it cannot be."""
    if t.head in ("sum", "prod"):
        low, high = map(whole, t.args[1:])
        if low is None or high is None or high - low >= MAX_WRITTEN:
            raise Rejected(f"the range of {text(t)} is not a short literal one")
        terms = [opened(t.args[0], num(i)) for i in range(low, high + 1)]
        return joined("add" if t.head == "sum" else "mul", terms)
    if t.head == "call" and t.payload == "trace":
        places = range(_sides(context, t.args[0])[0])
        return joined("add", [item(context, t.args[0], i, i) for i in places])
    rows, columns = _sides(context, t)
    items = (item(context, t, i, j) for i in range(rows) for j in range(columns))
    return make("matrix", (rows, columns), *items)


def _sides(context: Context, m: Term) -> tuple[int, int]:
    rows, columns = (whole(side) or 0 for side in context.shape(m) or (ZERO, ZERO))
    if not (0 < rows <= MAX_SIDE and 0 < columns <= MAX_SIDE):
        raise Rejected(f"the entries of {text(m)} cannot be written out")
    return rows, columns


def item(context: Context, m: Term, i: int, j: int) -> Term:
    """One entry of a matrix, counted from 0."""
    known = m.head == "call" and m.payload in arities()
    body, name = context.unfolded(m), m.payload if known else m.head
    if body is not None:
        return item(context, body, i, j)
    if name in ("eye", "zeros"):
        return ONE if name == "eye" and i == j else ZERO
    if name == "matrix":
        return m.args[i * int(m.payload[1]) + j]
    if name in ("add", "neg", "mul", "div"):
        args = (item(context, a, i, j) if context.shape(a) else a for a in m.args)
        return make(m.head, None, *args)
    if name == "matmul":
        left, right = m.args
        inner = range(_sides(context, right)[0])
        parts = [item(context, left, i, k) * item(context, right, k, j) for k in inner]
        return joined("add", parts)
    if name == "transpose":
        return item(context, m.args[0], j, i)
    raise Rejected(f"the entries of {text(m)} cannot be written out")
