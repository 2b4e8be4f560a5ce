"""Logarithms of products, powers, quotients and sums.

`LOGARITHMS` is the table to extend. Each line must be an identity wherever the factor is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from numeric.stable.exponentials import Weighted, minus, shifted, weights
from numeric.stable.facts import NN, NP, NZ, POS
from numeric.stable.graph import Factors, Graph, Term
from numeric.stable.steps import HALF, Number, quotient, size, tidy

_MOST_IN_CHAIN = 3
_LONG_POWER = 16
_MOST_MULTIPLES = 3


def _log_cosh(g: Graph, base: int) -> int:
    """log cosh u = |u| - log1p(tanh |u|), and near 0, where that cancels, -log1p(-tanh² u)/2."""
    u = g.apply("abs", g.args[base][0])
    tanh = g.raw("tanh", u)
    far = g.sub(u, g.raw("log1p", tanh))
    near = g.scale(-HALF, g.raw("log1p", g.neg(g.power(tanh, 2))))
    return g.raw("select", g.raw("lt", u, g.const(1)), near, far)


def _log_half_erfc(g: Graph, base: int) -> int:
    """log(erfc(v)/2) = log1p(-erfc(-v)/2) for negative v, where log(erfc v) is almost log 2."""
    (v,) = g.args[base]
    far = g.sub(g.apply("log_erfc", v), g.raw("log", g.const(2)))
    if g.has(v, NN):
        return far
    near = g.raw("log1p", g.scale(-HALF, g.apply("erfc", g.neg(v))))
    return near if g.has(v, NP) else g.raw("select", g.raw("lt", v, g.const(0)), near, far)


def _log_gamma(g: Graph, base: int) -> int | None:
    (a,) = g.args[base]
    return g.apply("loggamma", a) if g.has(a, POS) else None


def log_besseli(g: Graph, base: int) -> int | None:
    """log Iₙ(x) where Iₙ(x) is known not to be negative: x > 0, or n is 0, 2, 4, ...

    I₀(0) is 1, and `log_besseli` has no value there.
    """
    n, x = g.args[base]
    if g.has(n, NN) and g.has(x, POS):
        return g.apply("log_besseli", n, x)
    order = g.number(n)
    if order is None or order < 0 or order % 2:
        return None
    away = g.apply("abs", x)
    found = g.raw("log_besseli", n, away)
    if order or g.has(x, NZ):
        return found
    return g.raw("select", g.raw("lt", g.const(0), away), found, g.const(0))


def _log_prod(g: Graph, base: int) -> int | None:
    """The logarithm of a product over an index, as a sum, when every factor is positive."""
    if ("positive factors", base) not in g.cache or g.log_of_body is None:
        return None
    return g.raw("sum", *g.args[base], value=g.log_of_body(base))


def _log_pow(g: Graph, base: int) -> int | None:
    a, b = g.args[base]
    return g.mul(b, g.apply("log", a)) if g.positive(a) and g.number(b) is None else None


LOGARITHMS: dict[str, Callable[[Graph, int], int | None]] = {
    "exp": lambda g, base: g.args[base][0],
    "erfc": lambda g, base: g.apply("log_erfc", g.args[base][0]),
    "sigmoid": lambda g, base: g.neg(g.apply("softplus", g.neg(g.args[base][0]))),
    "cosh": _log_cosh,
    "gamma": _log_gamma,
    "besseli": log_besseli,
    "pow": _log_pow,
    "prod": _log_prod,
}
"""The logarithm of a factor that is positive, so that it may be taken out of log(product)."""


def log(g: Graph, x: int) -> int | None:
    """What to write for log(x), or None."""
    if g.number(x) == 1:
        return g.const(0)
    c, factors = g.view(x)
    taken: list[Term] = []
    left: list[tuple[int, Number]] = []
    for base, e in factors:
        rule = LOGARITHMS.get(g.ops[base])
        if g.ops[base] == "erfc" and _is_halved(c, e):
            rule, c = _log_half_erfc, tidy(c * Fraction(2) ** int(e))
        found = rule(g, base) if rule else None
        if found is None and (len(factors) > 1 or c != 1) and _splits_off(g, factors, base, e):
            found = _log_size(g, base, e)
        if found is None:
            left.append((base, e))
        else:
            taken.append((e, found))
    if c <= 0 and not left:
        return None
    if taken:
        if left or c != 1:
            taken.append((1, g.apply("log", g.product(c, left))))
        return g.total(taken)
    if c == 1 and len(left) == 1 and left[0][1] != 1:
        base, e = left[0]
        return g.scale(e, _log_size(g, base, e))
    if len(left) == 1 and left[0][1] == 1 and g.ops[left[0][0]] == "expm1" and abs(c) == 1:
        u = g.args[left[0][0]][0]
        return log_one_minus_exp(g, u) if c < 0 else g.add(u, _log_of_small(g, u))
    if any(e < 0 for _, e in left):
        if not any(g.ops[base] in ("add", "sub") for base, _ in left):
            return None
        return _log_quotient(g, c, left)
    return _log_sum(g, x)


def _is_halved(c: Number, e: Number) -> bool:
    """Whether a power e of something else in a product with c may take 2⁻ᵉ from c."""
    if e.denominator != 1 or not c or size(e) > _LONG_POWER:
        return False
    side = c.denominator if e > 0 else c.numerator
    return side % (1 << abs(int(e))) == 0


def _splits_off(g: Graph, factors: Factors, base: int, e: Number) -> bool:
    """Whether a power is so high that it should leave a product under a logarithm."""
    if sum(node == base for node, _ in factors) > 1:
        return False
    return size(e) >= _LONG_POWER and (e.numerator % (2 * e.denominator) == 0 or g.positive(base))


def _log_size(g: Graph, base: int, e: Number) -> int:
    """log|b| for an even power of b, log(b) for any other."""
    even = e.denominator == 1 and e.numerator % 2 == 0
    return g.apply("log", g.apply("abs", base) if even else base)


def _log_of_small(g: Graph, u: int) -> int:
    """log(1 - e⁻ᵘ), good while it is not far below log 2 in size."""
    return g.raw("log", g.neg(g.raw("expm1", g.neg(u))))


def log_one_minus_exp(g: Graph, u: int) -> int:
    """log(1 - eᵘ): each of two forms on its own side of -1."""
    near = g.raw("log", g.neg(g.raw("expm1", u)))
    far = g.raw("log1p", g.neg(g.apply("exp", u)))
    return g.raw("select", g.raw("lt", u, g.const(-1)), far, near)


def _log_quotient(g: Graph, c: Number, factors: list[tuple[int, Number]]) -> int | None:
    """log((q + h)/q) = log1p(h/q) and log(q/(q + h)) = -log1p(h/q), for positive h and q."""
    above = g.product(c, [(base, e) for base, e in factors if e > 0])
    below = g.product(1, [(base, -e) for base, e in factors if e < 0])
    for one, two, sign in ((above, below, 1), (below, above, -1)):
        if g.ops[one] not in ("add", "sub") or not g.positive(two):
            continue
        gap = g.collect(((1, one), (-1, two)), forget=True)
        if gap.cancelled and g.has(gap.build(), NN):
            return g.scale(sign, g.apply("log1p", g.div(gap.build(), two)))
    return _log_near_one(g, c, factors)


def _log_near_one(g: Graph, c: Number, factors: list[tuple[int, Number]]) -> int | None:
    """log((1 + u)/(1 + v)) = log1p(u) - log1p(v), where not both parts can be negative."""
    if len(factors) != 2 or {e for _, e in factors} != {1, -1}:
        return None
    p, q = (base for base, _ in sorted(factors, key=lambda factor: -factor[1]))
    if any(g.ops[base] not in ("add", "sub") for base in (p, q)):
        return None
    above, below = g.collect(g.terms(p)), g.collect(g.terms(q))
    one, other = above.items.get(()), below.items.get(())
    if one is None or other is None or c * one.coefficient != other.coefficient:
        return None
    parts = []
    for base, own in ((p, one), (q, other)):
        inverse = quotient(1, own.coefficient)
        parts.append([(inverse * k, leaf) for k, leaf in g.terms(base)])
    if not _not_both_negative(g, *parts):
        return None
    u, v = (g.total([*terms, (-1, g.const(1))]) for terms in parts)
    return g.total(((1, g.apply("log1p", u)), (-1, g.apply("log1p", v))))


def _not_both_negative(g: Graph, above: list[Term], below: list[Term]) -> bool:
    """Whether one of two sums is positive wherever both are defined.

    It is when a sum of positive multiples of them is, such as one in which a term cancels.
    """
    if any(g.positive(g.collect(terms).build()) for terms in (above, below)):
        return True
    first, second = g.collect(above), g.collect(below)
    ratios = {
        quotient(-item.coefficient, other.coefficient): None
        for key, item in first.items.items()
        if (other := second.items.get(key)) and item.coefficient * other.coefficient < 0
    }
    for k in list(ratios)[:_MOST_MULTIPLES]:
        mixed = g.collect([*above, *((k * c, leaf) for c, leaf in below)], forget=True)
        if g.positive(mixed.build()):
            return True
    return False


def _log_sum(g: Graph, x: int) -> int | None:
    if ("scaled", x) in g.cache:
        return None
    if g.ops[x] == "abs":
        return _log_of_size(g, g.args[x][0])
    if g.ops[x] not in ("add", "sub") and x not in g.difference_of:
        return None
    found = weights(g, x)
    if found is not None and len(found) > 1:
        better = _log_sum_exp(g, x, found)
        if better is not None:
            return better
    table = g.collect(g.terms(x))
    one = table.items.get(())
    if one is None or one.coefficient != 1:
        return None
    del table.items[()]
    return g.apply("log1p", table.build())


def _log_of_size(g: Graph, x: int) -> int | None:
    """log|1 + u| = log1p(max(u, -2 - u)), where x is 1 + u or its negative."""
    if g.ops[x] not in ("add", "sub") and x not in g.difference_of:
        return None
    terms = g.terms(x)
    one = g.collect(terms).items.get(())
    if one is None or size(one.coefficient) != 1:
        return None
    sign = one.coefficient
    u = g.total([*((sign * k, leaf) for k, leaf in terms), (-1, g.const(1))])
    if g.ops[u] == "neg":
        u = g.product(*g.view(u))
    return g.apply("log1p", g.apply("max", u, g.sub(g.const(-2), u)))


def _log_sum_exp(g: Graph, x: int, terms: list[Weighted]) -> int | None:
    """log of weighted exponentials, with at most one term that is a plain rational."""
    plain = [c for c, rest, u in terms if u is None and not rest]
    grown = [term for term in terms if term[2] is not None]
    if len(plain) + len(grown) < len(terms) or len(plain) > 1:
        return None
    weighted = any(rest for _, rest, _ in grown)
    positive = all(c > 0 for c, _, _ in terms)
    if positive and not weighted:
        return (
            _chain(g, grown, plain) if len(grown) <= _MOST_IN_CHAIN else _shifted_log(g, x, terms)
        )
    if not plain:
        opposite = len(terms) == 2 and not weighted and terms[0][0] == -terms[1][0]
        return _log_difference(g, terms) if opposite else _shifted_log(g, x, terms)
    known = all(g.positive(base) for _, rest, _ in grown for base, _ in rest)
    return _chain(g, grown, plain) if positive and known and len(grown) == 1 else None


def _shifted_log(g: Graph, x: int, terms: list[Weighted]) -> int | None:
    small = shifted(g, x, terms)
    return None if small.by is None else g.add(small.by, g.raw("log", small.whole(g)))


def _log_difference(g: Graph, terms: list[Weighted]) -> int:
    """log(c·eᵃ - c·eᵇ) = a + log c + log(1 - eᵇ⁻ᵃ)."""
    (p, _, a), (_, _, b) = terms if terms[0][0] > 0 else terms[::-1]
    parts: list[Term] = [(1, log_one_minus_exp(g, minus(g, b, a)))]
    if a is not None:
        parts.insert(0, (1, a))
    if p != 1:
        parts.append((1, g.raw("log", g.const(p))))
    return g.total(parts)


def _chain(g: Graph, grown: list[Weighted], plain: list[Number]) -> int:
    """log(c + Σ wᵢ·exp(aᵢ)) for a positive rational c and positive wᵢ."""
    common = plain[0] if plain else grown[0][0]
    result: int | None = None
    for weight, rest, u in grown:
        factor = g.product(quotient(weight, common), rest)
        terms: list[Term] = [] if u is None else [(1, u)]
        part = g.total([*terms, (1, g.apply("log", factor))])
        result = part if result is None else g.raw("logaddexp", result, part)
    assert result is not None
    if plain:
        result = g.apply("softplus", result)
    return result if common == 1 else g.add(result, g.raw("log", g.const(common)))
