"""Rules for functions of sums and products of any length: logarithm, exponential, powers, absolute value.

They take an equation that says how the argument is built, such as ``u = a**2*b``, and carry
the function over it: ``log(u) = 2*log(a) + log(b)``. The equation itself is proved by `ring`.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.kernel.bounds import proves
from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term, call, mul, neg, num, power, product, rational, total

ZERO, ONE = num(0), num(1)


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


def _argument(rule: str, equation: Theorem) -> tuple[Context, Term, Term]:
    claim = equation.claim
    if claim.relation != "=":
        raise KernelError(f"{rule}: {claim} is not an equation")
    return equation.context, claim.lhs, claim.rhs


def log_product(equation: Theorem) -> Theorem:
    """From ``u = Π f_i**k_i`` infer ``log(u) = Σ k_i*log(f_i)``, all ``f_i > 0``.

    A factor ``exp(v)`` gives ``k*v`` and needs no condition.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("y")
    >>> log_product(refl(ctx, read("x*y")))
    [0 < x, 0 < x*y, 0 < y] ⊢ log(x*y) = log(x) + log(y)
    >>> log_product(refl(ctx, read("x + y")))
    [0 < x + y] ⊢ log(x + y) = log(x + y)
    """
    context, u, built = _argument("log_product", equation)
    parts, needed = [], []
    for base, exponent in factors(built):
        if base.head == "call" and base.payload == "exp":
            parts.append(_times(exponent, base.args[0]))
        else:
            needed.append(Claim(ZERO, "<", base))
            parts.append(_times(exponent, call("log", base)))
    claim = Claim(call("log", u), "=", total(parts))
    needed += [*conditions(claim.lhs, context), *conditions(claim.rhs, context)]
    return conclude("log_product", context, claim, [equation], needed)


def exp_sum(equation: Theorem) -> Theorem:
    """From ``e = Σ k_i*u_i`` infer ``exp(e) = Π exp(u_i)**k_i`` for literal integers ``k_i``.

    A summand ``k*log(f)`` gives ``f**k``, with any ``k``, and needs ``f > 0``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("y")
    >>> exp_sum(refl(ctx, read("2*x - log(y)")))
    [0 < y, y != 0] ⊢ exp(2*x - log(y)) = exp(x)**2*y**(-1)
    """
    context, e, built = _argument("exp_sum", equation)
    parts: list[Term] = []
    needed: list[Claim] = []
    for summand in built.args if built.head == "add" else (built,):
        if rational(summand) == 0:
            continue
        factor, body = _coefficient(summand)
        value = rational(factor)
        if body.head == "call" and body.payload == "log":
            needed.append(Claim(ZERO, "<", body.args[0]))
            parts.append(_raised(body.args[0], factor))
        elif value is not None and value.denominator == 1:
            parts.append(_raised(call("exp", body), factor))
        else:
            parts.append(call("exp", summand))
    claim = Claim(call("exp", e), "=", product(parts))
    needed += [*conditions(e, context), *conditions(claim.rhs, context)]
    return conclude("exp_sum", context, claim, [equation], needed)


def _coefficient(summand: Term) -> tuple[Term, Term]:
    """``k*u`` as the pair ``(k, u)``; a leading minus goes into ``k``."""
    if summand.head == "neg":
        factor, body = _coefficient(summand.args[0])
        return _negated(factor), body
    if summand.head == "mul" and len(summand.args) == 2:
        return summand.args[0], summand.args[1]
    return ONE, summand


def power_product(equation: Theorem, exponent: Term) -> Theorem:
    """From ``u = Π f_i**k_i`` infer ``u**r = Π f_i**(k_i*r)``.

    Needs ``f_i > 0``; ``f_i >= 0`` is enough when ``r`` and ``k_i`` are positive literals; and for an
    integer-valued ``r`` with integer ``k_i``, ``f_i ≠ 0``, or nothing when ``r >= 1`` and ``k_i >= 1``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("y")
    >>> power_product(refl(ctx, read("x*y")), read("1/2"))
    [0 <= x, 0 <= x*y, 0 <= y] ⊢ (x*y)**(1/2) = x**(1/2)*y**(1/2)
    >>> power_product(refl(ctx, read("x*y")), read("2"))
    ⊢ (x*y)**2 = x**2*y**2
    """
    context, u, built = _argument("power_product", equation)
    parts, needed = [], []
    for base, k in factors(built):
        needed += _base_conditions(context, base, k, exponent)
        parts.append(_raised(base, _times(k, exponent)))
    claim = Claim(power(u, exponent), "=", product(parts))
    needed += [*conditions(claim.lhs, context), *conditions(claim.rhs, context)]
    return conclude("power_product", context, claim, [equation], needed, data=(exponent,))


def _base_conditions(context: Context, base: Term, k: Term, r: Term) -> list[Claim]:
    inner, outer = rational(k), rational(r)
    whole = inner is not None and inner.denominator == 1
    if whole and context.is_integer(r):
        at_least_one = proves(context, Claim(ONE, "<=", r))
        return (
            [] if inner is not None and inner >= 1 and at_least_one else [Claim(base, "!=", ZERO)]
        )
    if inner is not None and outer is not None and inner > 0 and outer > 0:
        return [Claim(ZERO, "<=", base)]
    return [Claim(ZERO, "<", base)]


def power_power(context: Context, base: Term, inner: Term, outer: Term) -> Theorem:
    """``(a**p)**q = a**(p*q)`` for literals ``p, q > 0`` and ``a >= 0``; else for ``a > 0``.

    >>> from derive.terms import Context, read
    >>> power_power(Context().declare("x"), read("x"), read("1/2"), read("2"))
    [0 <= x] ⊢ (x**(1/2))**2 = x
    >>> power_power(Context().declare("x"), read("x"), read("2"), read("1/2"))
    [0 <= x, 0 <= x**2] ⊢ (x**2)**(1/2) = x
    """
    p, q = rational(inner), rational(outer)
    small = p is not None and q is not None and p > 0 and q > 0
    claim = Claim(power(power(base, inner), outer), "=", _raised(base, _times(inner, outer)))
    needed = {Claim(ZERO, "<=" if small else "<", base)}
    needed |= conditions(claim.lhs, context) | conditions(claim.rhs, context)
    return conclude("power_power", context, claim, (), needed)


def power_sum(equation: Theorem, base: Term) -> Theorem:
    """From ``e = Σ k_i`` infer ``a**e = Π a**k_i``: for ``a > 0``, or integer-valued exponents.

    With integers ``a ≠ 0`` is needed, unless every ``k_i`` is at least 1.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x").declare("n", Domain(Fraction(1), lower_open=False, integer=True))
    >>> power_sum(refl(ctx, read("n + 1")), read("x"))
    ⊢ x**(n + 1) = x**n*x
    >>> power_sum(refl(ctx, read("x + 1")), read("x"))
    [0 < x] ⊢ x**(x + 1) = x**x*x
    """
    context, e, built = _argument("power_sum", equation)
    summands = built.args if built.head == "add" else (built,)
    needed = [Claim(ZERO, "<", base)]
    if context.is_integer(e) and all(context.is_integer(s) for s in summands):
        grow = all(proves(context, Claim(ONE, "<=", s)) for s in summands)
        needed = [] if grow else [Claim(base, "!=", ZERO)]
    claim = Claim(power(base, e), "=", product([_raised(base, s) for s in summands]))
    needed += [*conditions(claim.lhs, context), *conditions(claim.rhs, context)]
    return conclude("power_sum", context, claim, [equation], needed, data=(base,))


def abs_product(equation: Theorem) -> Theorem:
    """From ``u = Π f_i**k_i`` with literal integers ``k_i`` infer ``abs(u) = Π abs(f_i)**k_i``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> abs_product(refl(Context().declare("x").declare("y"), read("x/y")))
    [abs(y) != 0, y != 0] ⊢ abs(x/y) = abs(x)*abs(y)**(-1)
    """
    context, u, built = _argument("abs_product", equation)
    parts = []
    for base, k in factors(built):
        value = rational(k)
        if value is None or value.denominator != 1:
            raise KernelError(f"abs_product: {k} is not a literal integer")
        parts.append(_raised(call("abs", base), k))
    claim = Claim(call("abs", u), "=", product(parts))
    needed = conditions(u, context) | conditions(claim.rhs, context)
    return conclude("abs_product", context, claim, [equation], needed)
