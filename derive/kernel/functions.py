"""The rules of the elementary functions: logarithm, exponential, powers, absolute value, angles.

Most of them take an equation that says how the argument is built, such as ``u = a**2*b``, and carry
the function over it: ``log(u) = 2*log(a) + log(b)``. The equation itself is proved by `ring`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from derive.kernel.bounds import proves
from derive.kernel.definedness import conditions
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term, add, call, mul, neg, num, power, product, rational, total

ZERO, ONE, TWO = num(0), num(1), num(2)

ODD: Final = frozenset({"sin", "tan", "sinh", "tanh", "erf", "asin", "atan", "sign"})
EVEN: Final = frozenset({"cos", "cosh", "abs"})

SPECIAL: Final = {
    ("sin", "0"): "0",
    ("cos", "0"): "1",
    ("erf", "0"): "0",
    ("atan", "0"): "0",
    ("sin", "pi"): "0",
    ("cos", "pi"): "-1",
    ("sin", "pi/2"): "1",
    ("cos", "pi/2"): "0",
}
"""Values of functions at the few arguments where the language can name them."""


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


def power_exp(context: Context, base: Term, exponent: Term) -> Theorem:
    """``a**b = exp(b*log(a))`` for ``a > 0``.

    >>> from derive.terms import Context, read
    >>> power_exp(Context().declare("x"), read("x"), read("1/3"))
    [0 < x, 0 <= x] ⊢ x**(1/3) = exp(1/3*log(x))
    """
    claim = Claim(power(base, exponent), "=", call("exp", mul(exponent, call("log", base))))
    needed = conditions(claim.lhs, context) | conditions(claim.rhs, context)
    return conclude("power_exp", context, claim, (), needed)


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


def abs_nonnegative(context: Context, term: Term) -> Theorem:
    """``abs(a) = a`` for ``a >= 0``.

    >>> from derive.terms import Context, read
    >>> abs_nonnegative(Context().declare("x"), read("x"))
    [0 <= x] ⊢ abs(x) = x
    """
    needed = conditions(term, context) | {Claim(ZERO, "<=", term)}
    return conclude("abs_nonnegative", context, Claim(call("abs", term), "=", term), (), needed)


def abs_square(context: Context, term: Term) -> Theorem:
    """``abs(a)**2 = a**2``.

    >>> from derive.terms import Context, read
    >>> abs_square(Context().declare("x"), read("x"))
    ⊢ abs(x)**2 = x**2
    """
    claim = Claim(power(call("abs", term), TWO), "=", power(term, TWO))
    return conclude("abs_square", context, claim, (), conditions(term, context))


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


def sign_positive(context: Context, term: Term) -> Theorem:
    """``sign(a) = 1`` for ``a > 0``; not for ``a >= 0``, since ``sign(0) = 0``.

    >>> from derive.terms import Context, read
    >>> sign_positive(Context().declare("x"), read("abs(x)"))
    [0 < abs(x)] ⊢ sign(abs(x)) = 1
    """
    needed = conditions(term, context) | {Claim(ZERO, "<", term)}
    return conclude("sign_positive", context, Claim(call("sign", term), "=", ONE), (), needed)


def parity(function: str, equation: Theorem) -> Theorem:
    """From ``a = -b`` infer ``f(a) = -f(b)`` for an odd ``f``, ``f(a) = f(b)`` for an even one.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> minus = refl(Context().declare("x"), read("-x"))
    >>> parity("erf", minus), parity("cos", minus)
    (⊢ erf(-x) = -erf(x), ⊢ cos(-x) = cos(x))
    >>> parity("exp", minus)
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: parity: exp is neither odd nor even
    """
    context, a, b = _argument("parity", equation)
    if function not in ODD | EVEN:
        raise KernelError(f"parity: {function} is neither odd nor even")
    if b.head != "neg":
        raise KernelError(f"parity: {b} is not a negative")
    value = call(function, b.args[0])
    claim = Claim(call(function, a), "=", neg(value) if function in ODD else value)
    needed = conditions(claim.lhs, context) | conditions(claim.rhs, context)
    return conclude("parity", context, claim, [equation], needed, data=(function,))


def pythagoras(context: Context, angle: Term) -> Theorem:
    """``sin(a)**2 + cos(a)**2 = 1``.

    >>> from derive.terms import Context, read
    >>> pythagoras(Context().declare("x"), read("x"))
    ⊢ sin(x)**2 + cos(x)**2 = 1
    """
    squares = [power(call(f, angle), TWO) for f in ("sin", "cos")]
    return conclude(
        "pythagoras", context, Claim(add(*squares), "=", ONE), (), conditions(angle, context)
    )


def angle_sum(function: str, equation: Theorem) -> Theorem:
    """From ``e = a + b`` infer the addition formula of ``sin`` or ``cos`` at ``e``.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> angle_sum("cos", refl(Context().declare("x").declare("y"), read("x + y")))
    ⊢ cos(x + y) = cos(x)*cos(y) - sin(x)*sin(y)
    """
    context, e, built = _argument("angle_sum", equation)
    if built.head != "add" or len(built.args) != 2 or function not in ("sin", "cos"):
        raise KernelError(f"angle_sum: no addition formula for {function} at {built}")
    (a, b) = built.args
    sin_a, sin_b, cos_a, cos_b = (call(f, t) for f in ("sin", "cos") for t in (a, b))
    if function == "sin":
        out = add(mul(sin_a, cos_b), mul(cos_a, sin_b))
    else:
        out = add(mul(cos_a, cos_b), neg(mul(sin_a, sin_b)))
    claim = Claim(call(function, e), "=", out)
    return conclude(
        "angle_sum", context, claim, [equation], conditions(e, context), data=(function,)
    )


def special_value(function: str, equation: Theorem) -> Theorem:
    """From ``e = c`` infer ``f(e)`` for the arguments ``c`` in `SPECIAL`.

    >>> from derive.kernel.rules import refl
    >>> from derive.terms import Context, read
    >>> special_value("cos", refl(Context(), read("pi")))
    ⊢ cos(pi) = -1
    >>> special_value("exp", refl(Context(), read("pi")))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: special_value: nothing is known of exp at pi
    """
    from derive.terms.reader import read

    context, e, c = _argument("special_value", equation)
    value = SPECIAL.get((function, str(c)))
    if value is None:
        raise KernelError(f"special_value: nothing is known of {function} at {c}")
    claim = Claim(call(function, e), "=", read(value))
    return conclude("special_value", context, claim, [equation], data=(function,))


def log_tangent(context: Context, term: Term) -> Theorem:
    """``log(t) <= t - 1`` for ``t > 0``.

    >>> from derive.terms import Context, read
    >>> log_tangent(Context().declare("t"), read("t"))
    [0 < t] ⊢ log(t) <= t - 1
    """
    claim = Claim(call("log", term), "<=", add(term, neg(ONE)))
    return conclude("log_tangent", context, claim, (), conditions(claim.lhs, context))
