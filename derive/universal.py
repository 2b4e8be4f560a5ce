"""Hypotheses ``for all x``: what a reader would misunderstand is refused where they are read."""

from __future__ import annotations

from derive.terms.context import Claim, Context, ContextError
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, subterms, sym
from numeric.domain import Domain


def assumed(context: Context, name: str, claim: Claim) -> Context:
    """The context with one more hypothesis, looked at by `check_universal` first. Raises ContextError."""
    check_universal(context, claim)
    return context.assume(name, claim)


def check_universal(context: Context, claim: Claim) -> None:
    """Raise ContextError for a claim ``for all x`` that can hold of no functions.

    x is every real number, so a declared name with a domain of its own may not be used; both sides must
    have a value everywhere, integrals aside; and a stopped gradient, which is constant to derivatives,
    is not to be compared with what it is applied to.

    >>> from derive.terms import read_claim
    >>> ctx = Context().declare("f", None, "function", 1)
    >>> check_universal(ctx, read_claim("for all x: f(x) = x**2", ctx))
    >>> check_universal(ctx, read_claim("for all x: f(x) = 1/x", ctx))
    Traceback (most recent call last):
    derive.terms.context.ContextError: for all x: f(x) = 1/x: 1/x has no value at every real x; it \
needs x != 0
    """
    inner, sides = context, [claim.lhs, claim.rhs]
    while all(side.head == "fun" for side in sides):
        _check_name(context, claim, sides[0].payload)
        name = fresh_name(sides[0].payload, {d.name for d in inner})
        inner = inner.declare(name)
        sides = [substitute(side.args[0], {side.payload: sym(name)}) for side in sides]
    if inner is not context:
        for side in sides:
            _check_side(context, inner, claim, side)


def _check_name(context: Context, claim: Claim, name: str) -> None:
    if name in context and context[name].kind == "scalar" and context[name].domain != Domain():
        raise ContextError(
            f"{claim}: {name} is declared as {context[name].domain}, and here it is every real number; "
            "use a name that is not declared"
        )


def _check_side(context: Context, inner: Context, claim: Claim, side: Term) -> None:
    from derive.kernel.bounds import proves
    from derive.kernel.definedness import conditions
    from derive.kernel.theorem import KernelError

    if _stops(context, side):
        raise ContextError(f"{claim}: sg is constant to derivatives, and equals no function of x")
    try:
        needed = conditions(side, inner)
    except KernelError:
        return
    own = {d.name: sym(d.name.rpartition("_")[0]) for d in inner if d.name not in context}
    for need in sorted(needed, key=str):
        if need.lhs != need.rhs and need.free & own.keys() and not proves(inner, need):
            shown = substitute(side, own)
            raise ContextError(
                f"{claim}: {shown} has no value at every real {claim.lhs.payload}; "
                f"it needs {need.substitute(own)}"
            )


def _stops(context: Context, term: Term) -> bool:
    """Whether a term, its definitions written out, has a stopped gradient in it."""
    for part in subterms(term):
        definition = context.definition_of(part)
        if part.head == "call" and part.payload == "sg":
            return True
        if definition is not None and _stops(context, definition.body):
            return True
    return False
