"""Well-formed terms: every name declared and rightly used, and the shapes of matrices fitting.

The shape of a term is None for a number and ``(rows, columns)`` for a matrix; a vector is a matrix with
one column. Two dimensions agree when they are the same literal or the same declared name, so an
equation between dimensions is never used. A matrix may stand only where its value enters linearly: in
sums, differences, multiples by a number, products ``@`` and the functions of matrices. It is this check,
made for every claim the kernel concludes, that lets its commutative algebra read matrices as atoms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from derive.terms.context import Context, ContextError, Declaration, Shape
from derive.terms.heads import BINDERS, FUNCTIONS
from derive.terms.term import Term, laws, num, oo
from numeric.domain import Domain

POINTS: Final = (oo(), num(1))
"""The shape of a function's values at any points, one below the other."""

MATRIX_FUNCTIONS: Final = frozenset({"transpose", "inv", "det", "trace", "eye", "zeros"})

ENCLOSED: Final = frozenset({"trace_root"})
"""Functions of matrices whose values are enclosed, and of which nothing is proved: no rule says where
they are defined. ``trace_root(M)`` is the trace of the square root of M, the sum of the square roots of
its eigenvalues, where these are real and not negative."""


def is_dimension(context: Context, term: Term) -> bool:
    """Whether a term may be a number of rows: a literal, or an undefined symbol, integer and >= 1."""
    if term.head == "num":
        value, places = term.payload
        return bool(places is None and value.denominator == 1 and value >= 1)
    if term.head != "sym" or term.payload not in context:
        return False
    declared, low = context[term.payload], context[term.payload].domain.lower
    positive = low is not None and (low > 0 or (low == 0 and declared.domain.lower_open))
    free = declared.kind == "scalar" and context.definition(term.payload) is None
    return free and declared.domain.integer and positive


def check_matrix(context: Context, declared: Declaration) -> None:
    """Raise ContextError unless a declaration with a shape or form is that of a matrix, or of a function
    whose values are matrices, and that of a space has neither."""
    name, shape = declared.name, declared.shape
    shaped = declared.kind in ("matrix", "function") and shape is not None
    if declared.domain != Domain() or shaped != (declared.kind != "space"):
        raise ContextError(f"{name}: a matrix is declared with a shape, and only a matrix")
    for size in shape or ():
        if not is_dimension(context, size):
            raise ContextError(
                f"{name}: {size} is not a dimension; use a whole number, or declare {size} as "
                "integer >= 1 first"
            )
    if declared.form not in ("", "symmetric", "spd"):
        raise ContextError(f"{name}: {declared.form!r} is not a form of matrices")
    if declared.form and declared.arity:
        raise ContextError(f"{name}: the values of a function cannot be declared {declared.form}")
    if declared.form and (shape is None or shape[0] != shape[1]):
        raise ContextError(f"{name}: {in_words(shape)} is not square, so it cannot be symmetric")


def shape_of(context: Context, term: Term, bound: dict[str, bool]) -> Shape:
    """The shape of a term. Raises ContextError for a name or an operation wrongly used.

    ``bound`` says of each name bound around the term whether it stands for an integer; such a name
    is a number, and no dimension.

    >>> from derive.terms import read
    >>> two = (num(2), num(1))
    >>> ctx = Context().declare("x", kind="matrix", shape=two)
    >>> shape_of(ctx, read("x @ transpose(x)"), {})
    (Term(2), Term(2))
    >>> shape_of(ctx, read("x @ x"), {})
    Traceback (most recent call last):
    derive.terms.context.ContextError: x @ x: a 2 x 1 matrix cannot be followed by a 2 x 1 matrix
    """
    shape = _name_shape(context, term, bound)
    scope, inner = BINDERS.get(term.head, ()), bound
    if scope:
        _check_binder(context, term, bound)
        inner = {**bound, term.payload: term.head in ("sum", "prod")}
    shapes: list[Shape] = []
    named = laws(term)
    for i, arg in enumerate(term.args):
        law = i in named and arg.head == "sym" and arg.payload in context
        if law and context[arg.payload].kind == ("space" if term.head == "over" else "function"):
            shapes.append(None)
        elif term.head == "over" and i:
            raise ContextError(f"{arg} is not a space: {term} ranges over a declared one")
        elif is_infinite(arg):
            if term.head not in ("int", "sum", "prod") or i == 0:
                raise ContextError("oo may only be a bound of a sum, product or integral")
            shapes.append(None)
        else:
            shapes.append(context._check(arg, inner if i in scope else bound))
    if not term.args or (term.head == "call" and term.payload in ("eye", "zeros")):
        return _constant_shape(context, term, bound, shape)
    return _node_shape(term, shapes, shape)


def _name_shape(context: Context, term: Term, bound: dict[str, bool]) -> Shape:
    """Check the name at the root of a term; the shape of a symbol."""
    shape: Shape = None
    if term.head == "sym" and term.payload not in bound:
        shape = context[term.payload].shape
        context._expect(term.payload, "scalar" if shape is None else "matrix", 0)
    elif term.head == "index":
        context._expect(term.payload, "family", len(term.args))
        for place in term.args:
            if not context.is_integer(place, bound):
                raise ContextError(f"the index {place} of {term.payload} is not an integer")
    elif term.head == "call" and term.payload not in FUNCTIONS:
        context._expect(term.payload, "function", len(term.args))
        shape, definition = context[term.payload].shape, context.definition_of(term)
        if definition is not None and definition.integers:
            for argument in term.args:
                if not context.is_integer(argument, bound):
                    raise ContextError(f"{term.payload} takes integers, and {argument} is none")
    unfolds = context.definition_of(term) is not None
    if unfolds and (hidden := context.depends(term.payload) & bound.keys()):
        raise ContextError(
            f"{term.payload} is defined through {min(hidden)}, which is bound here: "
            f"give it as a parameter, {term.payload}({min(hidden)})"
        )
    return shape


def is_infinite(term: Term) -> bool:
    """Whether the term is ``oo`` or ``-oo``, an end of a range."""
    return term.head == "oo" or (term.head == "neg" and term.args[0].head == "oo")


def _check_binder(context: Context, term: Term, bound: dict[str, bool]) -> None:
    if term.payload in context and context[term.payload].kind != "scalar":
        raise ContextError(f"{term.payload} is a {context[term.payload].kind}: it cannot be bound")
    if term.head in ("sum", "prod"):
        for end in term.args[1:]:
            if not is_infinite(end) and not context.is_integer(end, bound):
                raise ContextError(f"the bound {end} of a {term.head} is not an integer")


def _constant_shape(context: Context, term: Term, bound: dict[str, bool], shape: Shape) -> Shape:
    """The shape of a leaf, of ``eye(n)`` or of ``zeros(n, m)``."""
    for size in term.args:
        if size.free & bound.keys() or not is_dimension(context, size):
            raise ContextError(
                f"{size} in {term} is not a dimension: use a whole number, or a symbol declared as "
                "integer >= 1"
            )
    if term.head == "call" and term.args:
        return (term.args[0], term.args[-1])
    return shape


def _node_shape(term: Term, shapes: Sequence[Shape], own: Shape) -> Shape:
    """The shape of an operation on arguments of the given shapes; ``own`` is that of its name."""
    if term.head == "add":
        for part, shape in zip(term.args, shapes, strict=True):
            if shape != shapes[0]:
                raise ContextError(
                    f"{term}: {term.args[0]} is {in_words(shapes[0])}, {part} is {in_words(shape)}"
                )
        return shapes[0]
    if term.head == "matmul":
        left, right = shapes
        if left is None or right is None or left[1] != right[0]:
            raise ContextError(f"{term}: {in_words(left)} cannot be followed by {in_words(right)}")
        return (left[0], right[1])
    if term.head == "call" and term.payload in MATRIX_FUNCTIONS | ENCLOSED:
        return _function_shape(term, shapes[0])
    if term.head == "fun" and shapes[0] in (None, POINTS):
        return POINTS
    linear = {"neg": 1, "diff": 1, "div": 1, "over": 1, "mul": len(shapes)}.get(term.head, 0)
    matrices = [s for s in shapes[:linear] if s is not None]
    for part, shape in zip(term.args[linear:], shapes[linear:], strict=True):
        if shape is not None:
            raise ContextError(f"{term}: {part} is {in_words(shape)}, where a number is expected")
    if len(matrices) > 1:
        raise ContextError(f"{term} multiplies matrices: write A @ B for their product")
    if term.head == "matrix":
        rows, columns = term.payload
        return (num(rows), num(columns))
    if term.head == "call":
        return own
    return matrices[0] if matrices else None


def _function_shape(term: Term, shape: Shape) -> Shape:
    if shape is None:
        raise ContextError(f"{term}: {term.args[0]} is a number, where a matrix is expected")
    if term.payload == "transpose":
        return (shape[1], shape[0])
    if shape[0] != shape[1]:
        raise ContextError(f"{term}: {term.args[0]} is {in_words(shape)}, which is not square")
    return shape if term.payload == "inv" else None


def is_matrix(context: Context, term: Term) -> bool:
    """Whether a well-formed term is a matrix; nothing is checked."""
    match term.head:
        case "matmul" | "matrix" | "fun":
            return True
        case "call" if term.payload not in FUNCTIONS:
            return term.payload in context and context[term.payload].shape is not None
        case "call":
            return term.payload in MATRIX_FUNCTIONS and term.payload not in ("det", "trace")
        case "sym":
            return term.payload in context and context[term.payload].shape is not None
        case "add" | "neg" | "div" | "diff" | "over":
            return is_matrix(context, term.args[0])
        case "mul":
            return any(is_matrix(context, a) for a in term.args)
    return False


def in_words(shape: Shape) -> str:
    """A shape as a phrase.

    >>> in_words(None), in_words((num(2), num(3)))
    ('a number', 'a 2 x 3 matrix')
    """
    if shape == POINTS:
        return "a function"
    return "a number" if shape is None else f"a {shape[0]} x {shape[1]} matrix"
