"""Steps that show sums, products and derivatives to be defined."""

from __future__ import annotations

from typing import Any

from derive.certifying.serialising import order
from derive.certifying.writer import Assumed, Writer
from derive.recheck.context import Context, Symbol
from derive.recheck.language import parts
from derive.recheck.matrices import written
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Rejected, Term, opened, sym


def existence(writer: Writer, context: Context, t: Term, assumed: Assumed) -> Step:
    """A step with the term as a part of its claim. Raises Rejected when none is found."""
    for claim in sorted(assumed, key=order):
        if any(_within(t, side) for side in claim[::2]):
            return writer.step("assume", context, claim, assumed)
    if t.head in ("sum", "prod"):
        try:
            return _range(writer, context, t, assumed)
        except Rejected:
            claim = Claim(t, "=", written(context, t))
            return writer.step("unfold", context, claim, assumed)
    if t.head == "diff":
        from derive.certifying.slopes import slope

        return slope(writer, context, t, assumed)
    raise Rejected(f"nothing shows that {t.head} is defined")


def _within(t: Term, side: Term) -> bool:
    return t is side or any(_within(t, p) for p in parts(side))


def _range(writer: Writer, context: Context, t: Term, assumed: Assumed) -> Step:
    inner, i = inside(writer, context, t.args[1], t.args[2], integer=True)
    body = opened(t.args[0], i)
    premise = writer.shown(inner, Claim(body, "=", body), assumed)
    letters = {"F": ((i.payload,), body), "G": ((i.payload,), body), "a": t.args[1], "b": t.args[2]}
    return writer.fact(f"{t.head}_equal", context, assumed, letters, premises=[premise])


def inside(
    writer: Writer, context: Context, low: Any, high: Any, *, integer: bool
) -> tuple[Context, Term]:
    """The context with one more number between two ends, and that number."""
    x = fresh(context, "i" if integer else "x")
    relation = "<=" if integer else "<"
    claims = [Claim(low, relation, x), Claim(x, relation, high)]
    return larger(writer, context, Symbol(x.payload, integer=integer), *claims), x


def fresh(context: Context, letter: str) -> Term:
    """A symbol that a context does not have."""
    n = len(context.symbols)
    while f"{letter}_{n}" in context.names:
        n += 1
    return sym(f"{letter}_{n}")


def larger(writer: Writer, context: Context, symbol: Symbol, *claims: Claim) -> Context:
    """The context with one more symbol and more hypotheses; claims with infinite ends are left out."""
    kept = tuple(c for c in claims if all(not _infinite(t) for t in c[::2]))
    symbols = (*context.symbols, symbol)
    return writer.translation.one(Context(symbols, context.hypotheses + kept))


def _infinite(t: Term) -> bool:
    return t.head == "oo" or (t.head == "neg" and t.args[0].head == "oo")
