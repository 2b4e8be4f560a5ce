"""Where a term is defined, as a list of claims: the side conditions every rule must carry.

Division needs a non-zero denominator, a logarithm a positive argument, a square root a non-negative
one. A power ``a**b`` is defined for a > 0; for a = 0 when b > 0; for a < 0 when b is an integer.
``0**0`` counts as undefined. An inverse needs a non-zero determinant. Declared functions and families
are total.

An integral from a to b needs ``a <= b``, an integrand defined between its ends, and a finite limit of the
Riemann integrals within them, as `derive.kernel.integrals` says. No form shows that: the condition is
that the integral equals itself, since a relation holds only between what is defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from derive.kernel.bounds import narrowed, proves
from derive.kernel.calculus import derivative
from derive.kernel.definitions import is_short_range, written_out
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS, DIVERGENCES, FUNCTIONS
from derive.terms.substitution import substitute
from derive.terms.term import Term, call, num, rational

ZERO, ONE = num(0), num(1)

# fmt: off
TOTAL: Final = frozenset({
    "exp", "abs", "sign", "floor", "ceil", "sin", "cos", "atan", "sinh", "cosh", "tanh", "sigmoid",
    "softplus", "erf", "erfc", "max", "min", "sg", "pi", "transpose", "det", "trace", "eye", "zeros",
})
# fmt: on
"""Functions defined for every real argument, or for every matrix of the right shape."""


def conditions(term: Term, context: Context, given: Iterable[Theorem] = ()) -> frozenset[Claim]:
    """Claims that together make ``term`` defined. Raises KernelError when no rule gives them.

    Whether an integral is finite, and whether a function has a derivative, cannot always be told from
    the form. Nothing under a binder, and no defined name, needs a claim when it is one of the `parts` of
    a side of a ``given`` theorem, which holds of defined terms only: the caller must carry the conditions
    of that theorem.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x")
    >>> sorted(map(str, conditions(read("log(x)/x"), ctx)))
    ['0 < x', 'x != 0']
    >>> print(*conditions(read("2*Int(1/y, y, 1, x)"), ctx))
    Int(1/y, y, 1, x) = Int(1/y, y, 1, x)
    >>> nat = ctx.declare("n", Domain(integer=True))
    >>> conditions(read("Sum(1/i, i, 0, n)"), nat)
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: definedness: cannot show i_1 != 0 for every i
    """
    given = tuple(given)
    if not given or (not term.opaque and term.free.isdisjoint(context._defined)):
        return _conditions(term, context)
    sides = [side for t in given for side in (t.claim.lhs, t.claim.rhs)]
    out: set[Claim] = set()
    for node in parts(term):
        opaque = node.head in BINDERS or (node.head == "call" and node.payload in DIVERGENCES)
        opaque = opaque or context.definition_of(node) is not None
        if not opaque or not any(node in parts(side) for side in sides):
            out.update(head_conditions(node, context, given))
    return frozenset(out)


def _conditions(term: Term, context: Context) -> frozenset[Claim]:
    known = context._memo.get((conditions, id(term)))
    if known is None:
        inner = (_conditions(a, context) for a in reversed(_inside(term)))
        found = frozenset(head_conditions(term, context)).union(*inner)
        known = context._memo[conditions, id(term)] = term, found
    return frozenset(known[1])


def parts(term: Term) -> Iterator[Term]:
    """The subterms that are defined wherever ``term`` is: those not under a binder, itself first."""
    seen: set[Term] = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        stack.extend(_inside(node))


def _inside(node: Term) -> Sequence[Term]:
    """The arguments that are defined wherever ``node`` is."""
    if node.head in ("sum", "prod", "diff"):
        return node.args[1:]
    under = node.head == "call" and node.payload in DIVERGENCES
    return () if under or node.head in ("int", "mean", "over", "fun") else node.args


def head_conditions(node: Term, context: Context, given: Iterable[Theorem] = ()) -> Iterator[Claim]:
    """The conditions of the outermost operation alone, its arguments being defined."""
    match node.head:
        case "div":
            if not rational(node.args[1]):
                yield Claim(node.args[1], "!=", ZERO)
        case "pow":
            yield from _power_conditions(node.args[0], node.args[1], context)
        case "call" if node.payload in FUNCTIONS:
            yield from _function_conditions(node)
        case "call" | "sym" if (definition := context.definition_of(node)) is not None:
            yield from conditions(definition.apply(node.args), context, given)
        case "dens":
            yield Claim(ZERO, "<", node.args[-1])
        case "diff":
            yield from derivative(node, context)[1]
            yield from conditions(substitute(node.args[0], {node.payload: node.args[1]}), context)
        case "sum" | "prod":
            yield from _body_conditions(node, context)
        case "dist" | "oo" | "fun":
            raise KernelError(f"definedness: {node} is not a number")
        case "int" | "mean" | "over":
            yield Claim(node, "=", node)


def _power_conditions(base: Term, exponent: Term, context: Context) -> Iterator[Claim]:
    if context.is_integer(exponent):
        if not proves(context, Claim(ONE, "<=", exponent)):
            yield Claim(base, "!=", ZERO)
    else:
        yield Claim(ZERO, "<=" if (rational(exponent) or 0) > 0 else "<", base)


def _function_conditions(node: Term) -> Iterator[Claim]:
    name, args = node.payload, node.args
    if name in TOTAL:
        return
    if name in ("log", "log2", "log10", "Gamma", "loggamma", "digamma", "Beta"):
        yield from (Claim(ZERO, "<", a) for a in args)
    elif name == "sqrt":
        yield Claim(ZERO, "<=", args[0])
    elif name == "inv":
        yield Claim(call("det", args[0]), "!=", ZERO)
    elif name == "tan":
        yield Claim(call("cos", args[0]), "!=", ZERO)
    elif name in ("asin", "acos"):
        yield Claim(num(-1), "<=", args[0])
        yield Claim(args[0], "<=", ONE)
    else:
        raise KernelError(f"definedness: no rule says where {name} is finite")


def _body_conditions(node: Term, context: Context) -> Iterator[Claim]:
    """What the body of a sum or product needs: for a symbolic range it must hold at every index."""
    if any(part.head == "oo" for end in node.args[1:] for part in (end, *end.args)):
        raise KernelError("definedness: no rule establishes that an infinite sum converges")
    if is_short_range(node):
        yield from conditions(written_out(node), context)
        return
    inner, body, name = narrowed(context, node)
    for claim in conditions(body, inner):
        if name not in claim.free:
            yield claim
        elif not proves(inner, claim):
            raise KernelError(f"definedness: cannot show {claim} for every {node.payload}")
