"""Definite integrals: the fundamental theorem and the change of variable.

``Int(f, x, a, b)`` for ``a < b`` is the limit of the Riemann integrals of f over [c, d] as c falls to a
and d rises to b, each on its own. It is defined when f is, at every x strictly between a and b, and that
limit exists and is finite. What f does at the ends does not matter, and an end may be infinite. For
``a = b`` it is 0, for ``a > b`` undefined. So every theorem about an integral, being true of a defined
term, says that the integral exists.

A premise shown "between a and b" lives in the context with one more name x, a real scalar without a
domain of its own, and with the hypotheses ``a < x`` and ``x < b``, in this order, infinite ends left out;
none of its conditions may speak of x.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from derive.kernel.definedness import TOTAL, conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context, Declaration
from derive.terms.substitution import substitute
from derive.terms.term import Term, binder, mul, neg, num, oo, power, sub, sym

Terms = Sequence[Term]
Theorems = Sequence[Theorem]
Limit = tuple[Theorem, Term, int, Term]
ENDS: Final = (neg(oo()), oo())
SMOOTH: Final = frozenset(("sym", "add", "mul", "neg", "div", "pow", "dens"))
PARTIAL: Final = ("log", "log2", "log10", "sqrt", "tan", "asin", "acos", "Gamma", "Beta")
CONTINUOUS: Final = TOTAL.union(PARTIAL) - {"sign", "floor", "ceil", "sg"}
"""Functions of numbers that are continuous wherever they are defined."""


def continuous(term: Term, name: str, context: Context) -> bool:
    """Whether the term, by its form, is a continuous function of ``name`` wherever it is defined."""
    if name not in term.free:
        return True
    if term.head == "call" and (definition := context.definition_of(term)) is not None:
        return continuous(definition.apply(term.args), name, context)
    known = term.payload in CONTINUOUS if term.head == "call" else term.head in SMOOTH
    return known and all(continuous(a, name, context) for a in term.args)


def inside(point: Term, ends: Terms) -> list[Claim]:
    """``a < point`` and ``point < b``, infinite ends left out."""
    below = [] if ends[0] == ENDS[0] else [Claim(ends[0], "<", point)]
    return below if ends[1] == ENDS[1] else [*below, Claim(point, "<", ends[1])]


def _require(holds: bool, message: str, *shown: object) -> None:
    if not holds:
        raise KernelError(message.format(*shown))


def over(rule: str, context: Context, shown: Theorem, ends: Terms) -> tuple[Term, list[Claim]]:
    """The variable of a premise shown between the ends, and its hypotheses beyond that."""
    names, more = shown.context.beyond(context) or ([], [])
    plain = len(names) == 1 and shown.context[names[0]] == Declaration(names[0])
    _require(plain, "{}: {!r} does not speak of one more real number", rule, shown)
    around = inside(sym(names[0]), ends)
    fixed = more[: len(around)] == around and not any(names[0] in c.free for c in shown.conditions)
    _require(fixed, "{}: {!r} is not shown between {} and {}", rule, shown, *ends)
    return sym(names[0]), more[len(around) :]


def _ordered(context: Context, ends: Terms, *, strict: bool = False) -> frozenset[Claim]:
    """That finite ends are defined and in order. An infinite end in the wrong place is no number."""
    finite = [end for end, infinite in zip(ends, ENDS, strict=True) if end != infinite]
    order = [Claim(ends[0], "<" if strict else "<=", ends[1])] if len(finite) == 2 else []
    return frozenset(order).union(*(conditions(end, context) for end in finite))


def antiderivative(
    context: Context, equation: Theorem, ends: Terms, limits: Sequence[Limit | None]
) -> Theorem:
    """From ``diff(F, x) = f`` between a and b infer ``Int(f, x, a, b) = F(b) - F(a)``.

    F and f must be `continuous` by their form: then f is integrable on compact parts (Rudin, theorem
    6.21), and F tends to F(b) at a finite end b where it is defined. At any end a limit L may stand for
    F(end). It comes as ``(theorem, L, k, t)``, the theorem being ``(F - L)**k*(x - t)**p <= C`` between
    a and b, with a literal even ``k >= 2`` and C free of x; at an infinite end p is 2 and t is free of
    x, at a finite one p is -2 and t is the end. The theorem may rest on further hypotheses that keep x
    near the end: ``s < x`` or ``s <= x`` (at the lower end ``x < s`` or ``x <= s``), s free of x.
    Needs ``a <= b``, with a limit ``a < b``, each s defined, and within a finite end.

    >>> from derive.kernel.unfolding import unfold
    >>> from derive.terms import Context, read, read_claim
    >>> ctx = Context().declare("n")
    >>> inner = ctx.declare("x").assume("a", read_claim("0 < x")).assume("b", read_claim("x < n"))
    >>> ends, plain = [read("0"), read("n")], [None, None]
    >>> antiderivative(ctx, unfold(inner, read("diff(exp(x), x)")), ends, plain)
    [0 <= n] ⊢ Int(exp(x), x, 0, n) = exp(n) - exp(0)
    >>> antiderivative(ctx, unfold(inner, read("diff(log(x), x)")), ends, plain)
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: antiderivative: [0 < x, x != 0] ⊢ diff(log(x), x) = 1/x is not \
shown between 0 and n
    """
    x, near = over("antiderivative", context, equation, ends)
    node, f = equation.claim.lhs, equation.claim.rhs
    slope = node.head == "diff" and node.args[1] == x and equation.claim.relation == "="
    alone = slope and (node.payload == x.payload or x.payload not in node.args[0].free) and not near
    _require(alone, "antiderivative: {!r} does not give a derivative in {}", equation, x)
    whole = substitute(node.args[0], {node.payload: x})
    plain = all(continuous(g, x.payload, context) for g in (whole, f))
    _require(plain, "antiderivative: {} may not be continuous in {}", equation.claim, x)
    needed = equation.conditions | _ordered(context, ends, strict=any(limits))
    for place, limit in enumerate(limits):
        needed |= _tends(context, whole, x, ends, place, limit) if limit else frozenset()
    found = zip(ends, limits, strict=True)
    first, last = (m[1] if m else substitute(whole, {x.payload: end}) for end, m in found)
    claim = Claim(binder("int", x.payload, f, *ends), "=", sub(last, first))
    premises = [equation, *(limit[0] for limit in limits if limit)]
    needed |= conditions(claim.rhs, context)
    data = (*ends, *(limit and limit[1:] for limit in limits))
    return conclude("antiderivative", context, claim, premises, needed, data=data, restated=True)


def _tends(
    context: Context, whole: Term, x: Term, ends: Terms, place: int, limit: Limit
) -> frozenset[Claim]:
    """The conditions under which a limit of `antiderivative` holds at an end."""
    (theorem, value, k, t), end, finite = limit, ends[place], ends[place] != ENDS[place]
    (found, near), claim = over("antiderivative", context, theorem, ends), theorem.claim
    gap = mul(power(sub(whole, value), num(k)), power(sub(x, t), num(-2 if finite else 2)))
    even = k >= 2 and k % 2 == 0 and (t == end if finite else x.payload not in t.free)
    shape = found == x and claim == Claim(gap, "<=", claim.rhs) and x.payload not in claim.rhs.free
    _require(even and shape, "antiderivative: {} does not show the limit {}", claim, value)
    within = [(h.lhs, h.rhs) if place else (h.rhs, h.lhs) for h in near]
    close = all(m == x and x.payload not in s.free for s, m in within)
    close = close and all(h.relation in ("<", "<=") for h in near)
    _require(close, "antiderivative: {!r} does not hold near {}", theorem, end)
    kept = [Claim(s, "<", end) if place else Claim(end, "<", s) for s, _ in within if finite]
    return theorem.conditions.union(kept, *(conditions(s, context) for s, _ in within))


def substitution(known: Theorem, ends: Terms, forth: Theorems, back: Theorems, v: Term) -> Theorem:
    """From ``Int(g, y, c, d) = w`` infer ``Int(g(U)*diff(U, x), x, a, b) = w``, U increasing and onto.

    ``forth`` shows between a and b, in this order, ``0 < diff(U, x)``, ``c < U``, ``U < d``; ``back``
    shows between c and d ``U(v) = y``, ``a < v``, ``v < b``, where v is the inverse in y; bounds by an
    infinite end are left out. For a decreasing U the first claim, and with it the factor, is
    ``-diff(U, x)``. U must be `continuous` by its form, so that where it has a derivative that is
    continuous too. Nothing is asked of g but that its integral exists (Rudin, theorem 6.19).
    Needs ``a <= b``.

    >>> from derive.kernel.rules import bound, hypothesis, ring
    >>> from derive.terms import Context, read, read_claim
    >>> ctx = Context().declare("g", None, "function", 1)
    >>> known = hypothesis(ctx.assume("h", read_claim("Int(g(y), y, -oo, oo) = 3")), "h")
    >>> back = ring(known.context.declare("y"), read("2*(y/2)"), read("y"))
    >>> forth = bound(known.context.declare("x"), read_claim("0 < 2"))
    >>> substitution(known, ENDS, [forth], [back], read("y/2"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: substitution: 0 < 2 does not give the sign of a derivative
    """
    _require(bool(forth and back), "substitution: {} has no premises about its range", known.claim)
    context, rate = known.context, forth[0].claim.rhs
    node = known.claim.lhs
    given = known.claim.relation == "=" and node.head == "int"
    _require(given, "substitution: {} does not give an integral", known.claim)
    above = [over("substitution", context, t, ends) for t in forth]
    under = [over("substitution", context, t, node.args[1:]) for t in back]
    (x, _), (y, _), slope = above[0], under[0], rate.args[0] if rate.head == "neg" else rate
    same = all(o == (x, []) for o in above) and all(o == (y, []) for o in under)
    same = same and slope.head == "diff" and slope.args[1] == x and slope.payload == x.payload
    _require(same, "substitution: {} does not give the sign of a derivative", forth[0].claim)
    u = slope.args[0]
    onto = [Claim(num(0), "<", rate), *inside(u, node.args[1:])]
    onto += [Claim(substitute(u, {x.payload: v}), "=", y), *inside(v, ends)]
    split = len(forth) == 1 + len(inside(u, node.args[1:])) and continuous(u, x.payload, context)
    shown = split and [t.claim for t in (*forth, *back)] == onto
    _require(shown, "substitution: {} is not shown to map onto the range of {}", u, node)
    body = mul(substitute(node.args[0], {node.payload: u}), rate)
    claim = Claim(binder("int", x.payload, body, *ends), "=", known.claim.rhs)
    premises, data = [known, *forth, *back], (*ends, len(forth), v)
    needed = _ordered(context, ends).union(*(p.conditions for p in premises))
    return conclude("substitution", context, claim, premises, needed, data=data, restated=True)
