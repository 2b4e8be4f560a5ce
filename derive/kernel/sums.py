"""Sums and products of many parts, and induction. Other facts of ranges are `derive.kernel.schemas`.

A range with ``high < low`` is empty: its sum is 0, its product 1. Ends are integers, which the check of
every conclusion sees to; a sum is defined where its body is at each index of the range.
"""

from __future__ import annotations

from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term, add, binder, mul, neg, num, power, product, sym, total

ONE = num(1)


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
    derive.kernel.theorem.KernelError: range_linear: i*x is not a sum or product
    """
    if node.head not in ("sum", "prod"):
        raise KernelError(f"range_linear: {node} is not a sum or product")
    body, low, high = node.args
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
    claim = Claim(node, "=", join(parts))
    defined = conditions(node, context) | conditions(claim.rhs, context)
    return conclude("range_linear", context, claim, (), [*defined, *needed])


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
