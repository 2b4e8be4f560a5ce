"""Carrying a function over a sum or product of any length: the log of a product, the exp of a sum.

Each function here takes an equation that says how the argument is built, such as ``u = a**2*b``, and
returns the theorem for the value, ``log(u) = 2*log(a) + log(b)``. It is put together from the kernel's
facts about two parts at a time; conditions that follow from those on the single parts are discharged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from derive.kernel import rules
from derive.kernel.bounds import proves
from derive.kernel.facts import fact
from derive.kernel.theorem import KernelError, Theorem
from derive.terms.context import Claim, Context
from derive.terms.term import (
    Term,
    add,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    total,
)

ZERO, ONE = num(0), num(1)

Join = Callable[[Term, Term], Theorem]


def factors(term: Term, exponent: Term = ONE) -> Iterator[tuple[Term, Term]]:
    """The factors of a product as pairs ``(base, exponent)``, read off its outermost form."""
    match term.head:
        case "mul":
            for arg in term.args:
                yield from factors(arg, exponent)
        case "div":
            yield from factors(term.args[0], exponent)
            yield from factors(term.args[1], _negated(exponent))
        case "pow":
            yield term.args[0], _times(exponent, term.args[1])
        case _:
            if rational(term) != 1:
                yield term, exponent


def log_product(equation: Theorem) -> Theorem:
    """From ``u = Π f_i**k_i`` infer ``log(u) = Σ k_i*log(f_i)``, all ``f_i > 0``.

    A factor ``exp(v)`` gives ``k*v`` and needs no condition.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> print(log_product(refl(Context().declare("x"), read("x**2*exp(x)"))).claim)
    log(x**2*exp(x)) = 2*log(x) + x
    """
    context, leaves, values, assumed = equation.context, [], [], []
    parts = list(factors(equation.claim.rhs))
    for base, k in parts:
        exponential = base.head == "call" and base.payload == "exp"
        if rational(k) != 1:
            leaves.append(fact(context, "log_power", {"a": base, "k": k}))
        if exponential:
            leaves.insert(0, fact(context, "log_exp", {"a": base.args[0]}))
        else:
            assumed.append(Claim(ZERO, "<", base))
        values.append(_times(k, base.args[0] if exponential else call("log", base)))
    if not parts:
        leaves.append(fact(context, "log_one", {}))

    def join(a: Term, b: Term) -> Theorem:
        return fact(context, "log_product", {"a": a, "b": b})

    image = call("log", equation.claim.lhs)
    raised = [_raised(base, k) for base, k in parts]
    return _spread(equation, image, raised, mul, leaves, join, total(values), assumed)


def exp_sum(equation: Theorem) -> Theorem:
    """From ``e = Σ k_i*u_i`` infer ``exp(e) = Π exp(u_i)**k_i`` for literal integers ``k_i``.

    A summand ``k*log(f)`` gives ``f**k``, with any ``k``, and needs ``f > 0``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> exp_sum(refl(Context().declare("x").declare("y"), read("2*x - log(y)")))
    [0 < y] ⊢ exp(2*x - log(y)) = exp(x)**2*y**(-1)
    """
    context, leaves, values, assumed, parts = equation.context, [], [], [], []
    built = equation.claim.rhs
    for summand in built.args if built.head == "add" else (built,):
        if rational(summand) == 0:
            continue
        k, body = _coefficient(summand)
        value, part = rational(k), body if rational(k) == 1 else mul(k, body)
        parts.append(part)
        if body.head == "call" and body.payload == "log":
            name, letters = ("exp_log", {"a": body.args[0]})
            if part != body:
                name, letters = "exp_log_power", {"a": body.args[0], "k": k}
            leaves.append(fact(context, name, letters))
            assumed.append(Claim(ZERO, "<", body.args[0]))
            values.append(_raised(body.args[0], k))
        elif value is not None and value.denominator == 1 and value != 1:
            leaves.append(fact(context, "exp_multiple", {"n": k, "a": body}))
            values.append(power(call("exp", body), k))
        else:
            values.append(call("exp", part))
    if not parts:
        leaves.append(fact(context, "exp_zero", {}))

    def join(a: Term, b: Term) -> Theorem:
        return fact(context, "exp_sum", {"a": a, "b": b})

    image = call("exp", equation.claim.lhs)
    return _spread(equation, image, parts, add, leaves, join, product(values), assumed)


def power_product(equation: Theorem, exponent: Term) -> Theorem:
    """From ``u = Π f_i**k_i`` infer ``u**r = Π f_i**(k_i*r)``.

    Needs ``f_i > 0``; ``f_i >= 0`` is enough when ``r`` and ``k_i`` are positive literals; and for an
    integer-valued ``r`` with integer ``k_i``, ``f_i ≠ 0``, or nothing when ``r >= 1`` and ``k_i >= 1``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("y")
    >>> power_product(refl(ctx, read("x*y")), read("1/2"))
    [0 <= x, 0 <= y] ⊢ (x*y)**(1/2) = x**(1/2)*y**(1/2)
    """
    context, leaves, values, assumed = equation.context, [], [], []
    parts, r = list(factors(equation.claim.rhs)), exponent
    whole = context.is_integer(r) and all(context.is_integer(k) for _, k in parts)
    outer = rational(r)
    rooted = not whole and outer is not None and outer > 0
    natural = whole and proves(context, Claim(ONE, "<=", r))
    name = "power_product"
    if whole:
        name = "power_product_natural" if natural else "power_product_integer"
    elif rooted:
        name = "power_product_root"
    for base, k in parts:
        inner = rational(k)
        if whole:
            assumed += [] if natural and inner and inner >= 1 else [Claim(base, "!=", ZERO)]
        else:
            weak = rooted and inner is not None and inner > 0
            assumed.append(Claim(ZERO, "<=" if weak else "<", base))
        if inner != 1:
            theorem = power_power(context, base, k, r)
            leaves.append(theorem)
        values.append(_raised(base, _times(k, r)))
    if not parts:
        leaves.append(fact(context, "power_one", {"b": r}))

    def join(a: Term, b: Term) -> Theorem:
        letter = "n" if whole else "r"
        return fact(context, name, {"a": a, "b": b, letter: r})

    image = power(equation.claim.lhs, r)
    raised = [_raised(base, k) for base, k in parts]
    return _spread(equation, image, raised, mul, leaves, join, product(values), assumed)


def power_power(context: Context, base: Term, inner: Term, outer: Term) -> Theorem:
    """``(a**p)**q = a**(p*q)``: for literals ``p, q > 0`` and ``a >= 0``; for integers; for ``a > 0``.

    >>> from derive.terms import Context, read
    >>> power_power(Context().declare("x"), read("x"), read("1/2"), read("2"))
    [0 <= x] ⊢ (x**(1/2))**2 = x
    """
    p, q, whole = rational(inner), rational(outer), _times(inner, outer)
    letters = {"a": base, "p": inner, "q": outer, "r": whole}
    if all(map(context.is_integer, (inner, outer, whole))):
        natural = all(proves(context, Claim(ONE, "<=", e)) for e in (inner, outer))
        name = "power_power_natural" if natural else "power_power_integer"
        letters = {"a": base, "m": inner, "n": outer, "r": whole}
    else:
        rooted = p is not None and q is not None and p > 0 and q > 0
        name = "power_power_root" if rooted else "power_power"
    theorem = fact(context, name, letters)
    theorem = rules.discharge(theorem, rules.ring(context, mul(inner, outer), whole))
    if rational(whole) == 1:
        theorem = rules.trans(theorem, rules.ring(context, theorem.claim.rhs, base))
    return settled(theorem, [Claim(ZERO, "<=" if name.endswith("root") else "<", base)])


def power_of_zero(context: Context, exponent: Term) -> Theorem:
    """``0**r = 0`` for a literal ``r > 0``, from ``0**r = (0*2)**r = 0**r*2**r`` and ``2**r ≠ 1``.

    >>> from derive.terms import read
    >>> power_of_zero(Context(), read("1/2"))
    ⊢ 0**(1/2) = 0
    """
    known = fact(context, "power_product_root", {"a": ZERO, "b": num(2), "r": exponent})
    x, c = known.claim.rhs.args
    sides = [rules.ring(context, ZERO, known.claim.lhs.args[0]), rules.refl(context, exponent)]
    same = rules.trans(rules.congruence(context, x, sides), known)
    gap, rest = sub(x, mul(x, c)), sub(ONE, c)
    none = rules.ring(context, gap, ZERO, relations=[same])
    over = rules.congruence(context, div(gap, rest), [none, rules.refl(context, rest)])
    out = rules.trans(rules.ring(context, x, over.claim.lhs), over)
    out = rules.trans(out, rules.ring(context, out.claim.rhs, ZERO))
    return settled(settled(out, []), [])


def power_sum(equation: Theorem, base: Term) -> Theorem:
    """From ``e = Σ k_i`` infer ``a**e = Π a**k_i``: for ``a > 0``, or integer-valued exponents.

    With integers ``a ≠ 0`` is needed, unless every ``k_i`` is at least 1.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> print(power_sum(refl(Context().declare("x"), read("x + 1")), read("x")).claim)
    x**(x + 1) = x**x*x
    """
    context, e, built = equation.context, equation.claim.lhs, equation.claim.rhs
    parts = list(built.args) if built.head == "add" else [built]
    name, letters, assumed = "power_sum", ("b", "c"), [Claim(ZERO, "<", base)]
    if all(map(context.is_integer, (e, *parts))):
        natural = all(proves(context, Claim(ONE, "<=", part)) for part in parts)
        name = "power_sum_natural" if natural else "power_sum_integer"
        letters = ("m", "n")
        assumed = [] if natural else [Claim(base, "!=", ZERO)]

    def join(a: Term, b: Term) -> Theorem:
        return fact(context, name, {"a": base, letters[0]: a, letters[1]: b})

    value = product([_raised(base, part) for part in parts])
    image = power(base, e)
    return _spread(equation, image, parts, add, [], join, value, assumed, place=1)


def abs_product(equation: Theorem) -> Theorem:
    """From ``u = Π f_i**k_i`` with literal integers ``k_i`` infer ``abs(u) = Π abs(f_i)**k_i``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> print(abs_product(refl(Context().declare("x").declare("y"), read("x/y"))).claim)
    abs(x/y) = abs(x)*abs(y)**(-1)
    """
    context, leaves, values = equation.context, [], []
    parts = list(factors(equation.claim.rhs))
    for base, k in parts:
        if rational(k) != 1:
            leaves.append(fact(context, "abs_power", {"a": base, "n": k}))
        values.append(_raised(call("abs", base), k))
    assumed = [Claim(base, "!=", ZERO) for base, k in parts if (rational(k) or 0) < 1]

    def join(a: Term, b: Term) -> Theorem:
        return fact(context, "abs_product", {"a": a, "b": b})

    image = call("abs", equation.claim.lhs)
    raised = [_raised(base, k) for base, k in parts]
    return _spread(equation, image, raised, mul, leaves, join, product(values), assumed)


def _spread(
    equation: Theorem,
    image: Term,
    parts: Sequence[Term],
    operation: Callable[..., Term],
    leaves: list[Theorem],
    join: Join,
    value: Term,
    assumed: Iterable[Claim],
    place: int = 0,
) -> Theorem:
    """``image = value``, the argument at ``place`` of the image being built from ``parts``.

    ``leaves`` say what the function is at single parts, ``join`` what it is at two joined ones.
    """
    context, built = equation.context, equation.claim.rhs
    nested = parts[-1] if parts else built
    joined: list[Theorem] = []
    for part in reversed(parts[:-1]):
        joined.append(join(part, nested))
        nested = operation(part, nested)
    if nested != built:
        equation = rules.trans(equation, rules.ring(context, built, nested))
    args = [equation if i == place else rules.refl(context, a) for i, a in enumerate(image.args)]
    lead = rules.congruence(context, image, args)
    out = lead.claim.rhs
    if out != value:
        lead = rules.trans(lead, rules.ring(context, out, value, [*leaves, *joined]))
    return settled(lead, assumed)


def settled(theorem: Theorem, assumed: Iterable[Claim]) -> Theorem:
    """The theorem with every condition discharged that follows from the assumed ones by bounds."""
    kept = list(assumed)
    for claim in sorted(theorem.conditions.difference(kept), key=lambda c: (c.lhs.size, str(c))):
        try:
            theorem = rules.discharge(theorem, rules.bound(theorem.context, claim, kept))
        except KernelError:
            continue
    return theorem


def _negated(term: Term) -> Term:
    value = rational(term)
    return num(-value) if value is not None else neg(term)


def _times(a: Term, b: Term) -> Term:
    x, y = rational(a), rational(b)
    if x is not None and y is not None:
        return num(x * y)
    return b if x == 1 else mul(a, b)


def _raised(base: Term, exponent: Term) -> Term:
    return base if rational(exponent) == 1 else power(base, exponent)


def _coefficient(summand: Term) -> tuple[Term, Term]:
    """``k*u`` as the pair ``(k, u)``; a leading minus goes into ``k``."""
    if summand.head == "neg":
        factor, body = _coefficient(summand.args[0])
        return _negated(factor), body
    if summand.head == "mul" and len(summand.args) == 2:
        return summand.args[0], summand.args[1]
    return ONE, summand
