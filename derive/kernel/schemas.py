"""Facts about integrals, sums and products, in which letters stand for functions.

``Int(f, x, X)`` is the integral of f over a declared space X. A space is a set of points, a linear space
of real functions on it, and a positive linear functional on these: the integrable functions and their
integrals. The integral is defined when f is at every point and is one of these functions; a matrix of
functions is integrated entry by entry. So a finite or infinite measure on any set is a space, and so are
a finite sum, the limit of Riemann integrals over an interval, and an expectation. A name bound over a
space stands for any point; points are named by real numbers, since no rule asks for more.

A line of the table is ``name: statement | hypothesis | …``. A letter with arguments is a term with
places for them. ``all x: claim`` asks for a premise about every real x, ``between a b x: claim`` about
every x strictly between a and b; a claim about numbers becomes a condition; ``continuous f`` asks for a
term that is `continuous` by its form. Both sides of the statement must be defined; after ``defined left``
the left one is because the right one is, and the hypotheses hold; after ``defined both`` both are.

``for all x: f(x) = g(x)``, an equation of ``Fun(f(x), x)`` and ``Fun(g(x), x)``, says that f and g are
defined and equal at every real x. ``Fun(f(x), x)`` is the column of the values of f at any finite number
of points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final

from derive.kernel.definedness import conditions
from derive.kernel.integrals import ENDS, continuous, over
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, binder, rebuild, sym

Letter = tuple[tuple[str, ...], Term]
Letters = Mapping[str, Letter]
Hypothesis = tuple[list[str], Claim]

TABLE: Final = """
at_point: f(t) = g(t) | t = t | Fun(f(x), x) = Fun(g(x), x) | defined both
space_equal: Int(f(x), x, X) = Int(g(x), x, X) | all x: f(x) = g(x) | defined left
space_at_most: Int(f(x), x, X) <= Int(g(x), x, X) | all x: f(x) <= g(x)
space_sum: Int(f(x) + g(x), x, X) = Int(f(x), x, X) + Int(g(x), x, X) | defined left
space_multiple: Int(c*f(x), x, X) = c*Int(f(x), x, X) | defined left
space_range: Int(Sum(F(i, x), i, a, b), x, X) = Sum(Int(F(i, x), x, X), i, a, b) | defined left
space_matrix: Int(f(x)*A, x, X) = Int(f(x), x, X)*A | defined left
space_product_left: Int(A @ f(x), x, X) = A @ Int(f(x), x, X) | defined left
space_product_right: Int(f(x) @ A, x, X) = Int(f(x), x, X) @ A | defined left
space_transpose: Int(transpose(f(x)), x, X) = transpose(Int(f(x), x, X)) | defined left
space_trace: Int(trace(f(x)), x, X) = trace(Int(f(x), x, X)) | defined left
integral_equal: Int(f(x), x, a, b) = Int(g(x), x, a, b) | between a b x: f(x) = g(x) | defined left
integral_at_most: Int(f(x), x, a, b) <= Int(g(x), x, a, b) | between a b x: f(x) <= g(x)
integral_sum: Int(f(x) + g(x), x, a, b) = Int(f(x), x, a, b) + Int(g(x), x, a, b) | defined left
integral_multiple: Int(c*f(x), x, a, b) = c*Int(f(x), x, a, b) | defined left
integral_join: Int(f(x), x, a, c) = Int(f(x), x, a, b) + Int(f(x), x, b, c) | f(b) = f(b) | continuous f | defined left
sum_split: Sum(F(i), i, a, b) = Sum(F(i), i, a, c) + Sum(F(i), i, d, b) | c + 1 = d | a <= d | c <= b
prod_split: Prod(F(i), i, a, b) = Prod(F(i), i, a, c)*Prod(F(i), i, d, b) | c + 1 = d | a <= d | c <= b
sum_empty: Sum(F(i), i, a, b) = 0 | b < a
prod_empty: Prod(F(i), i, a, b) = 1 | b < a
sum_move: Sum(F(i), i, a, b) = Sum(F(s + j), j, c, d) | s + c = a | s + d = b
prod_move: Prod(F(i), i, a, b) = Prod(F(s + j), j, c, d) | s + c = a | s + d = b
sum_turn: Sum(F(i), i, a, b) = Sum(F(s - j), j, c, d) | s - c = b | s - d = a
prod_turn: Prod(F(i), i, a, b) = Prod(F(s - j), j, c, d) | s - c = b | s - d = a
sum_exchange: Sum(Sum(F(i, j), j, c, d), i, a, b) = Sum(Sum(F(i, j), i, a, b), j, c, d)
prod_exchange: Prod(Prod(F(i, j), j, c, d), i, a, b) = Prod(Prod(F(i, j), i, a, b), j, c, d)
mean_Normal: E[x ~ Normal(m, v)](f(x)) = Int(Normal(x; m, v)*f(x), x, -oo, oo) | defined left
KL_Normal: KL(Normal(m, v), Normal(n, w)) = Int(Normal(x; m, v)*log(Normal(x; m, v)/Normal(x; n, w)), x, -oo, oo) | defined left
CE_Normal: CE(Normal(m, v), Normal(n, w)) = Int(-(Normal(x; m, v)*log(Normal(x; n, w))), x, -oo, oo) | defined left
H_Normal: H(Normal(m, v)) = Int(-(Normal(x; m, v)*log(Normal(x; m, v))), x, -oo, oo) | defined left
mean_LogNormal: E[x ~ LogNormal(m, v)](f(x)) = Int(LogNormal(x; m, v)*f(x), x, 0, oo) | defined left
KL_LogNormal: KL(LogNormal(m, v), LogNormal(n, w)) = Int(LogNormal(x; m, v)*log(LogNormal(x; m, v)/LogNormal(x; n, w)), x, 0, oo) | defined left
CE_LogNormal: CE(LogNormal(m, v), LogNormal(n, w)) = Int(-(LogNormal(x; m, v)*log(LogNormal(x; n, w))), x, 0, oo) | defined left
H_LogNormal: H(LogNormal(m, v)) = Int(-(LogNormal(x; m, v)*log(LogNormal(x; m, v))), x, 0, oo) | defined left
mean_Laplace: E[x ~ Laplace(m, b)](f(x)) = Int(Laplace(x; m, b)*f(x), x, -oo, oo) | defined left
KL_Laplace: KL(Laplace(m, b), Laplace(n, c)) = Int(Laplace(x; m, b)*log(Laplace(x; m, b)/Laplace(x; n, c)), x, -oo, oo) | defined left
CE_Laplace: CE(Laplace(m, b), Laplace(n, c)) = Int(-(Laplace(x; m, b)*log(Laplace(x; n, c))), x, -oo, oo) | defined left
H_Laplace: H(Laplace(m, b)) = Int(-(Laplace(x; m, b)*log(Laplace(x; m, b))), x, -oo, oo) | defined left
exp_range: exp(Sum(F(i), i, a, b)) = Prod(exp(F(i)), i, a, b)
"""  # noqa: E501


MARKS: Final = ("defined left", "defined both", "continuous f")


@cache
def schemas() -> dict[str, tuple[Claim, list[Hypothesis], list[Claim], list[str]]]:
    """By name: a statement, its hypotheses about functions, those about numbers, and its marks."""
    from derive.terms.reader import read_claim

    out = {}
    for line in TABLE.split("\n")[1:-1]:
        name, _, rest = line.partition(": ")
        statement, *parts = rest.split(" | ")
        pairs = [p.rpartition(": ")[::2] for p in parts if ":" in p]
        about = [(words.split()[1:], read_claim(text)) for words, text in pairs]
        plain = [read_claim(p) for p in parts if ":" not in p and p not in MARKS]
        out[name] = read_claim(statement), about, plain, parts
    return out


def filled(term: Term, letters: Letters, taken: AbstractSet[str] = frozenset()) -> Term:
    """A term with others in place of its letters; no binder captures their names or has a ``taken`` one.

    >>> from derive.terms import Context, read
    >>> print(filled(read("Int(F(x), x, a, b)"), {"F": (("t",), read("t*x")), "a": ((), read("x"))}))
    Int(x_1*x, x_1, x, b)
    """
    if term.head in BINDERS:
        used = term.free.union(
            taken, *(body.free.difference(own) for own, body in letters.values())
        )
        name = fresh_name(term.payload, used) if term.payload in used else term.payload
        inner, scope = {**letters, term.payload: ((), sym(name))}, BINDERS[term.head]
        args = [filled(a, inner if i in scope else letters, taken) for i, a in enumerate(term.args)]
        return binder(term.head, name, *args)
    args = [filled(a, letters, taken) for a in term.args]
    if term.head in ("sym", "call") and term.payload in letters:
        names, body = letters[term.payload]
        return substitute(body, dict(zip(names, args, strict=True)))
    return rebuild(term, tuple(args))


def schema(
    context: Context,
    name: str,
    letters: Letters,
    premises: Sequence[Theorem] = (),
    given: Sequence[Theorem] = (),
) -> Theorem:
    """An instance of a fact of the table. A letter is given as ``(names of its arguments, term)``.

    ``premises`` show the hypotheses in their order: each lives in the context with one more real number
    and, between two ends, with the hypotheses that say so. The ``given`` theorems, of the same context,
    show by speaking of them that integrals exist.

    >>> from derive.kernel.rules import bound, hypothesis
    >>> from derive.terms import Context, read, read_claim
    >>> n = Context().declare("n", Domain(Fraction(0), lower_open=False, integer=True))
    >>> letters = {"F": (("i",), read("i")), **{k: ((), read(v)) for k, v in zip("abcd", "1n23")}}
    >>> print(schema(n, "prod_split", letters).claim)
    Prod(i, i, 1, n) = Prod(i, i, 1, 2)*Prod(i, i, 3, n)
    >>> ctx = Context().declare("X", None, "space").declare("q", None, "function", 1)
    >>> ctx = ctx.assume("h_norm", read_claim("Int(q(x), x, X) = 1", ctx))
    >>> letters = {"f": (("x",), read("q(x)")), "c": ((), read("2")), "X": ((), read("X"))}
    >>> schema(ctx, "space_multiple", letters, (), [hypothesis(ctx, "h_norm")])
    ⊢ Int(2*q(x), x, X) = 2*Int(q(x), x, X)
    >>> print(*schema(ctx, "space_multiple", letters).conditions)
    Int(q(x), x, X) = Int(q(x), x, X)
    >>> letters = {"f": letters["f"], "g": (("x",), read("q(x) - 1")), "X": letters["X"]}
    >>> schema(ctx, "space_at_most", letters, [bound(ctx.declare("x"), read_claim("0 < 1"))])
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: schema: 0 < 1 is not q(x) <= q(x) - 1
    """
    if name not in schemas():
        raise KernelError(f"schema: there is no fact called {name}")
    statement, about, plain, marks = schemas()[name]
    letters, premises, given = dict(letters), tuple(premises), tuple(given)
    inside = (stated.free.difference(words[-1:]) for words, stated in about)
    if letters.keys() != statement.free.union(*inside, *(h.free for h in plain)):
        raise KernelError(f"schema: {name} has other letters than {', '.join(letters)}")
    if len(premises) != len(about) or any(g.context != context for g in given):
        raise KernelError(f"schema: the premises do not fit {name}")
    needed = frozenset[Claim]().union(*(t.conditions for t in (*premises, *given)))
    for (words, stated), theorem in zip(about, premises, strict=True):
        ends = [filled(sym(e), letters) for e in words[:-1]] or ENDS
        x, more = over("schema", context, theorem, ends)
        wanted = _claim(stated, {**letters, words[-1]: ((), x)}, context)
        if more or theorem.claim != wanted:
            raise KernelError(f"schema: {theorem.claim} is not {wanted}")
    if "continuous f" in marks and not continuous(letters["f"][1], letters["f"][0][0], context):
        raise KernelError(f"schema: {letters['f'][1]} may not be continuous")
    for stated in plain:
        claim = _claim(stated, letters, context)
        needed |= conditions(claim.lhs, context) if stated.lhs == stated.rhs else {claim}
    claim = _claim(statement, letters, context)
    unsure = (claim.lhs, claim.rhs)["defined left" in marks :]
    for side in () if "defined both" in marks else unsure:
        needed |= conditions(side, context, given)
    data = (name, tuple(letters.items()), len(premises))
    return conclude("schema", context, claim, [*premises, *given], needed, data=data, restated=True)


def _claim(claim: Claim, letters: Letters, context: Context) -> Claim:
    taken = {d.name for d in context if d.kind != "scalar"}
    lhs, rhs = (filled(side, letters, taken) for side in (claim.lhs, claim.rhs))
    return Claim(lhs, claim.relation, rhs)
