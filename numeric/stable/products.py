"""Products and quotients: exponentials that meet, and gammas that meet.

A quotient whose denominator is a sum of exponentials is divided through by one of them, or by the
largest, so that neither part overflows or vanishes.
"""

from __future__ import annotations

from numeric.stable.exponentials import Divided, Product, Weighted, divided, minus, shifted, weights
from numeric.stable.facts import NN, POS
from numeric.stable.graph import Factors, Graph
from numeric.stable.logarithms import log_besseli
from numeric.stable.steps import HALF, quotient, size

_HOT = frozenset("exp erfc gamma besseli".split())
_SUM_LIKE = frozenset("add sub expm1 sinh cosh".split())
_MOST_GAMMA_STEPS = 8


def improve_product(g: Graph, step: int) -> int:
    """The step of a product or a quotient after every rule for them."""
    coefficient, factors = g.view(step)
    ops = g.ops
    below = [base for base, e in factors if e < 0 and ops[base] in _SUM_LIKE]
    if not below and not any(ops[base] in _HOT for base, _ in factors):
        return step
    product = Product(g, coefficient, factors)
    count = len(product.exponents)
    if any(ops[base] == "gamma" for base, _ in factors):
        _gammas(product)
    if any(ops[base] == "erfc" for base, _ in factors):
        _erfcs(product)
    if any(ops[base] == "besseli" for base, _ in factors):
        _bessels(product)
    for base in below:
        _quotient(product, base)
    if not product.changed:
        product.changed = count > 1 and _worth_joining(g, factors)
    if not product.changed and len(factors) == count == 1 and size(coefficient) == 1:
        product.changed = not g.shared(factors[0][0])
    return product.build() if product.changed else step


def _worth_joining(g: Graph, factors: Factors) -> bool:
    """Whether joined exponentials save one, or keep inf/inf away."""
    exps = [(base, e) for base, e in factors if g.ops[base] == "exp"]
    return any(e < 0 or not g.shared(base) for base, e in exps)


def _quotient(product: Product, base: int) -> None:
    """Divide by a power of a sum of exponentials."""
    g = product.graph
    exponent = product.factors.get((base, False))
    terms = None if ("scaled", base) in g.cache else weights(g, base)
    if terms is None or exponent is None or exponent.denominator != 1:
        return
    n = -int(exponent)
    above = [
        (node, found)
        for (node, up), e in product.factors.items()
        if up and e == 1 and g.ops[node] in _SUM_LIKE and (found := weights(g, node)) is not None
    ]
    if len(terms) == 2 and not above and _two_terms(product, base, n, terms):
        return
    if n == 1 and len(above) == 1 and _tanh(product, base, terms, *above[0]):
        return
    if not above and not product.exponents:
        return
    u = product.exponent()
    if n == 1 and not above and base not in g.repeated and any(u == v for _, _, v in terms):
        product.exponents = []
        _divide(product, base, 1, divided(g, terms, u))
        return
    plain = g.ops[base] in ("add", "sub") and all(g.ops[a] in ("add", "sub") for a, _ in above)
    if plain and len(above) <= n:
        _shift(product, base, n, terms, above)


def _swap(product: Product, base: int, n: int, new: int) -> None:
    """In n of the divisions by `base` divide by `new` instead."""
    key = (base, False)
    product.factors[key] += n
    if not product.factors[key]:
        del product.factors[key]
    c, factors = product.graph.view(new)
    if c:
        product.coefficient = quotient(product.coefficient, c**n)
    for node, e in factors if c else ((new, 1),):
        product.put(node, -e * n)
    product.changed = True


def _divide(product: Product, base: int, n: int, by: Divided) -> None:
    """In n of the divisions by `base` divide by the sum that it became instead."""
    _swap(product, base, n, by.step)
    product.coefficient = quotient(product.coefficient, by.coefficient**n)
    for node, e in by.shared:
        product.cancel(node, e * n)


def _copies(g: Graph, u: int | None, n: int, first: int | None, second: int | None) -> int | None:
    """The k for which u = k·first + (n - k)·second."""
    if second is None and u is None:
        return 0
    if second is not None and (u is None or n > 3):
        return None
    for k in range(1 if second is None else 0, n + 1):
        if n == 1 and u in (first, second):
            return 1 if u == first else 0
        gap = [] if u is None else [(1, u)]
        gap += [(-times, v) for times, v in ((k, first), (n - k, second)) if v is not None]
        if g.number(g.total(gap, forget=True)) == 0:
            return k
    return None


def _two_terms(product: Product, base: int, n: int, terms: list[Weighted]) -> bool:
    """Divide each factor of the denominator by that one of its exponentials that stands above."""
    g = product.graph
    (p, rest, first), (q, other, second) = terms
    if first is None:
        (p, rest, first), (q, other, second) = (q, other, second), (p, rest, first)
    u = product.exponent()
    k = _copies(g, u, n, first, second)
    logistic = p == q and rest == other
    if k is None or (u is None and not logistic):
        return False
    if u is None and first is not None and g.shared(g.raw("exp", first)):
        return True
    several = base in g.repeated and first is not None and second is not None
    if n == 1 and several and not logistic:
        return False
    product.exponents = []
    for times, v, against in ((k, first, second), (n - k, second, first)):
        if times and logistic:
            sigmoid = g.apply("sigmoid", minus(g, v, against))
            _swap(product, base, times, g.product(p, (*rest, (sigmoid, -1))))
        elif times and v is not None:
            _divide(product, base, times, divided(g, terms, v))
    return True


def _tanh(
    product: Product, base: int, below: list[Weighted], node: int, above: list[Weighted]
) -> bool:
    """(eᵃ - eᵇ)/(eᵃ + eᵇ) = tanh((a - b)/2), and multiples of it."""
    g = product.graph
    if len(below) != 2 or len(above) != 2:
        return False
    if above[0][2] == below[1][2]:
        above = [above[1], above[0]]
    (p, rest, a), (q, other, b) = above
    (r, under, first), (s, beside, second) = below
    if p != -q or r != s or rest != other or under != beside or (a, b) != (first, second):
        return False
    tanh = g.apply("tanh", g.scale(HALF, minus(g, a, b)))
    del product.factors[node, True]
    _swap(product, base, 1, g.product(r, under))
    product.coefficient *= p
    for factor, e in (*rest, (tanh, 1)):
        product.put(factor, e)
    return True


def _shift(
    product: Product,
    base: int,
    n: int,
    terms: list[Weighted],
    above: list[tuple[int, list[Weighted]]],
) -> None:
    """Divide above and below by the n-th power of the largest exponential below."""
    g = product.graph
    small = shifted(g, base, terms)
    u = product.exponent()
    for node, found in above:
        del product.factors[node, True]
        product.put(divided(g, found, small.by).whole(g), 1)
    _divide(product, base, n, small)
    if n == 1 and not above and _is_a_term(product, small, u):
        return
    if n > len(above) and small.by is not None:
        product.exponents.append((len(above) - n, small.by))


def _is_a_term(product: Product, small: Divided, u: int | None) -> bool:
    """Take a term of the denominator out of the numerator as it stands in the sum."""
    for (own, v), step in small.terms.items():
        kept = all(
            (base, e > 0) in product.factors and size(product.factors[base, e > 0]) >= size(e)
            for base, e in own
        )
        if v == u and kept:
            for base, e in own:
                product.cancel(base, e)
            product.put(step, 1)
            product.exponents = []
            return True
    return False


def _bessels(product: Product) -> None:
    """Bessel functions beside an exponential go into its exponent as their logarithms."""
    g = product.graph
    for (base, up), e in list(product.factors.items()):
        if g.ops[base] != "besseli" or not product.exponents or not g.positive(base):
            continue
        found = log_besseli(g, base)
        if found is not None:
            del product.factors[base, up]
            product.exponents.append((e, found))
            product.changed = True


def _erfcs(product: Product) -> None:
    """exp(v²)·erfc(v) = erfcx(v), and exp(-v²)/erfc(v) = 1/erfcx(v).

    With more in the exponent exp(v² + w)·erfc(v) is erfcx(v)·exp(w) only where v is not negative,
    because erfcx overflows elsewhere; then erfc goes into the exponent as its logarithm.
    """
    g = product.graph
    for (base, up), e in list(product.factors.items()):
        if g.ops[base] != "erfc" or not product.exponents:
            continue
        v = g.args[base][0]
        square = g.power(v, 2)
        key = tuple(sorted(g.view(square)[1]))
        before = g.collect(product.exponents, forget=True)
        after = g.collect([*product.exponents, (-e, square)], forget=True)
        if key not in before.items or key in after.items:
            continue
        del product.factors[base, up]
        product.changed = True
        if after.items and not g.has(v, NN):
            product.exponents.append((e, g.apply("log_erfc", v)))
            continue
        product.put(g.apply("erfcx", v), e)
        product.exponents = [(1, after.build())] if after.items else []


def _gammas(product: Product) -> None:
    """Γ(q + n)/Γ(q) = q(q + 1)..., and a quotient of large gammas of positive numbers."""
    g = product.graph
    while _gamma_pair(product):
        product.changed = True
    gammas = [(base, e) for (base, _), e in product.factors.items() if g.ops[base] == "gamma"]
    if not all(g.has(g.args[base][0], POS) for base, _ in gammas):
        return
    if {e > 0 for _, e in gammas} == {True, False}:
        for base, e in gammas:
            del product.factors[base, e > 0]
            product.exponents.append((e, g.apply("loggamma", g.args[base][0])))
        product.changed = True


def _gamma_pair(product: Product) -> bool:
    g = product.graph
    gammas = [(base, e) for (base, _), e in product.factors.items() if g.ops[base] == "gamma"]
    above = [base for base, e in gammas if e == 1]
    below = [base for base, e in gammas if e == -1]
    for one in above:
        for two in below:
            p, q = g.args[one][0], g.args[two][0]
            gap = g.number(minus(g, p, q))
            if gap is None or gap.denominator != 1 or size(gap) > _MOST_GAMMA_STEPS:
                continue
            start, sign = (q, 1) if gap > 0 else (p, -1)
            del product.factors[one, True], product.factors[two, False]
            for i in range(abs(int(gap))):
                step = g.total([(1, start), (1, g.const(i))])
                product.put(step, sign)
            return True
    return False
