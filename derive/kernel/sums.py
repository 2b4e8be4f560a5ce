"""Sums and products over a range of integers with symbolic ends, and induction.

A range with ``high < low`` is empty: its sum is 0, its product 1. Ends are integers, which the check of
every conclusion sees to; definedness of both sides is a condition of every rule, and a sum is defined
where its body is at each index of the range.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, add, binder, call, mul, neg, num, power, product, sym, total

ZERO, ONE = num(0), num(1)


def _equal(
    context: Context, lhs: Term, rhs: Term, needed: Iterable[Claim]
) -> tuple[Claim, tuple[()], list[Claim]]:
    """What a rule concludes: an equation, from no premises, where both sides are defined."""
    defined = conditions(lhs, context) | conditions(rhs, context)
    return Claim(lhs, "=", rhs), (), [*defined, *needed]


def _parts(rule: str, node: Term, *heads: str) -> tuple[Term, ...]:
    if node.head not in heads:
        raise KernelError(f"{rule}: {node} is not a {' or '.join(heads)}")
    return node.args


def range_split(context: Context, node: Term, last: Term, first: Term) -> Theorem:
    """``Σ_a^b f = Σ_a^last f + Σ_first^b f`` under ``last + 1 = first``, ``a <= first``, ``last <= b``.

    A product splits into a product. Either part may be empty.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("n", Domain(Fraction(0), lower_open=False, integer=True))
    >>> print(range_split(ctx, read("Prod(i, i, 1, n)"), read("2"), read("3")).claim)
    Prod(i, i, 1, n) = Prod(i, i, 1, 2)*Prod(i, i, 3, n)
    >>> range_split(ctx, read("n + 1"), read("2"), read("3"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_split: n + 1 is not a sum or prod
    """
    body, low, high = _parts("range_split", node, "sum", "prod")
    ends = ((low, last), (first, high))
    pieces = [binder(node.head, node.payload, body, *pair) for pair in ends]
    out = add(*pieces) if node.head == "sum" else mul(*pieces)
    needed = [Claim(add(last, ONE), "=", first), Claim(low, "<=", first), Claim(last, "<=", high)]
    return conclude("range_split", context, *_equal(context, node, out, needed), data=(last, first))


def range_empty(context: Context, node: Term) -> Theorem:
    """``Σ_a^b f = 0`` and ``Π_a^b f = 1`` under ``b < a``.

    >>> from derive.terms import Context, read
    >>> range_empty(Context().declare("n", Domain(integer=True)), read("Sum(i, i, n, 3)"))
    [3 < n] ⊢ Sum(i, i, n, 3) = 0
    >>> range_empty(Context().declare("x"), read("Sum(i, i, x, 3)"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_empty: the bound x of a sum is not an integer
    """
    _, low, high = _parts("range_empty", node, "sum", "prod")
    out = ZERO if node.head == "sum" else ONE
    return conclude("range_empty", context, *_equal(context, node, out, [Claim(high, "<", low)]))


def range_move(
    context: Context, node: Term, shift: Term, low: Term, high: Term, backwards: bool = False
) -> Theorem:
    """``Σ_(i=a)^b f(i) = Σ_(j=low)^high f(shift + j)`` under ``shift + low = a``, ``shift + high = b``.

    With ``backwards`` it is ``f(shift - j)``, under ``shift - low = b`` and ``shift - high = a``. The
    new index is a name that is neither declared nor free in the body or the shift.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("q", kind="family", arity=1)
    >>> range_move(ctx, read("Sum(q[i], i, 3, 500)"), read("2"), read("1"), read("498"))
    [2 + 1 = 3, 2 + 498 = 500] ⊢ Sum(q[i], i, 3, 500) = Sum(q[2 + i_1], i_1, 1, 498)
    >>> range_move(ctx, read("q[3]"), read("2"), read("1"), read("498"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_move: q[3] is not a sum or prod
    """
    body, start, end = _parts("range_move", node, "sum", "prod")
    name = fresh_name(node.payload, {d.name for d in context} | body.free | shift.free)
    at, first, final = (add(shift, neg(j) if backwards else j) for j in (sym(name), low, high))
    out = binder(node.head, name, substitute(body, {node.payload: at}), low, high)
    ends = (end, start) if backwards else (start, end)
    needed = [Claim(first, "=", ends[0]), Claim(final, "=", ends[1])]
    data = (shift, low, high, backwards)
    return conclude("range_move", context, *_equal(context, node, out, needed), data=data)


def range_linear(context: Context, node: Term) -> Theorem:
    """``Σ (f*c + …) = (Σ f)*c + …`` and ``Π (f**c * …) = (Π f)**c * …``, each c free of the index.

    A summand, or factor, that is wholly free of the index is taken as often as there are indices:
    ``c*(b - a + 1)``, or ``c**(b - a + 1)``, under ``a <= b + 1``. The body is taken as it is written.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("n", Domain(Fraction(1), integer=True))
    >>> range_linear(ctx, read("Sum(i*x + x, i, 1, n)"))
    [1 <= n + 1] ⊢ Sum(i*x + x, i, 1, n) = Sum(i, i, 1, n)*x + x*(n - 1 + 1)
    >>> print(range_linear(ctx, read("Prod(i**2*3, i, 1, n)")).claim)
    Prod(i**2*3, i, 1, n) = Prod(i, i, 1, n)**2*3**(n - 1 + 1)
    >>> range_linear(ctx, read("i*x"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_linear: i*x is not a sum or prod
    """
    body, low, high = _parts("range_linear", node, "sum", "prod")
    plus, times, join = ("add", mul, total) if node.head == "sum" else ("mul", power, product)
    scaled = "mul" if node.head == "sum" else "pow"
    name, size, parts, needed = node.payload, add(high, neg(low), ONE), [], []
    for part in body.args if body.head == plus else (body,):
        if name not in part.free:
            parts.append(times(part, size))
            needed.append(Claim(low, "<=", add(high, ONE)))
        elif part.head == scaled and len(part.args) == 2 and name not in part.args[1].free:
            parts.append(times(binder(node.head, name, part.args[0], low, high), part.args[1]))
        else:
            parts.append(binder(node.head, name, part, low, high))
    return conclude("range_linear", context, *_equal(context, node, join(parts), needed))


def range_exchange(context: Context, node: Term) -> Theorem:
    """``Σ_i Σ_j f = Σ_j Σ_i f`` for two different indices, neither of them free in an end.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("q", kind="family", arity=2).declare("n", Domain(integer=True))
    >>> range_exchange(ctx, read("Sum(Sum(q[i, j], j, 1, 2), i, 0, n)"))
    ⊢ Sum(Sum(q[i, j], j, 1, 2), i, 0, n) = Sum(Sum(q[i, j], i, 0, n), j, 1, 2)
    >>> range_exchange(ctx, read("Sum(Sum(q[i, j], j, 1, i), i, 0, n)"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_exchange: the ranges of Sum(Sum(q[i, j], j, 1, i), i, 0, n) \
depend on each other
    """
    inner, *ends = _parts("range_exchange", node, "sum", "prod")
    body, *inner_ends = _parts("range_exchange", inner, node.head)
    names = {node.payload, inner.payload}
    if len(names) < 2 or any(names & end.free for end in (*ends, *inner_ends)):
        raise KernelError(f"range_exchange: the ranges of {node} depend on each other")
    turned = binder(node.head, node.payload, body, *ends)
    out = binder(node.head, inner.payload, turned, *inner_ends)
    return conclude("range_exchange", context, *_equal(context, node, out, ()))


def range_exp(context: Context, node: Term) -> Theorem:
    """``exp(Σ f) = Π exp(f)``.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("n", Domain(integer=True))
    >>> range_exp(ctx, read("Sum(i, i, 1, n)"))
    ⊢ exp(Sum(i, i, 1, n)) = Prod(exp(i), i, 1, n)
    >>> range_exp(ctx, read("Prod(i, i, 1, n)"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: range_exp: Prod(i, i, 1, n) is not a sum
    """
    body, low, high = _parts("range_exp", node, "sum")
    out = binder("prod", node.payload, call("exp", body), low, high)
    return conclude("range_exp", context, *_equal(context, call("exp", node), out, ()))


def induction(name: str, claim: Claim, step: Theorem, base: Theorem) -> Theorem:
    """From ``P(m)`` and ``Δ, P(n) ⊢ P(n + 1)`` infer ``Δ ⊢ P(n)``, m being the least value of n.

    P is ``claim``, and the domain of n is every integer from m on. Neither a hypothesis, a definition or
    the shape of a matrix in the context, nor a condition other than P(n), may mention n.

    >>> from derive.kernel.rules import bound
    >>> from derive.terms import Context, read_claim
    >>> ctx = Context().declare("n", Domain(Fraction(1), lower_open=False, integer=True))
    >>> step, base, low = (bound(ctx, read_claim(c)) for c in ("0 <= n + 1", "0 <= 1", "0 <= 0"))
    >>> induction("n", read_claim("0 <= n"), step, base)
    ⊢ 0 <= n
    >>> induction("n", read_claim("0 <= n"), step, low)
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: induction: 0 <= 0 is not 0 <= 1
    """
    context = step.context
    if name not in context or context[name].kind != "scalar":
        raise KernelError(f"induction: {name} is not declared as a number")
    domain = context[name].domain
    least, most = domain.integer_range()
    fixed = [c.free for _, c in context.hypotheses]
    fixed += [d.body.free - set(d.parameters) for d in context.definitions]
    fixed += [c.free for c in (step.conditions - {claim}) | base.conditions]
    if any(name in f for f in [*fixed, context.dimensions()]):
        raise KernelError(f"induction: a hypothesis, definition, shape or condition ties {name}")
    if not domain.integer or domain.nonzero or least is None or most is not None:
        raise KernelError(f"induction: {name} does not range over all integers from some one on")
    for theorem, at in ((base, num(least)), (step, add(sym(name), ONE))):
        if theorem.claim != (wanted := claim.substitute({name: at})):
            raise KernelError(f"induction: {theorem.claim} is not {wanted}")
    data = (name, claim)
    return conclude("induction", context, claim, [step, base], data=data, discharged=claim)
