"""Theorems about integrals of polynomials times normal densities, each proved once.

They live in contexts of their own, with letters for the parameters and the coefficients, and are put to
use by `derive.kernel.rules.instantiate`; see `derive.search.gaussians`. All rest on ``exp(-x**2)``: the
integral of ``2/sqrt(pi)*exp(-x**2)`` is known from the error function, that of the derivative of
``x**n*exp(-x**2)`` is 0, and a polynomial times ``exp(-x**2)`` is a combination of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

from derive.kernel import integrals, rules
from derive.kernel.facts import fact
from derive.kernel.integrals import ENDS, Limit
from derive.kernel.theorem import Theorem
from derive.kernel.unfolding import unfold
from derive.search.conditions import discharge_all
from derive.search.distribution import power_power
from derive.search.limits import Place, above_zero, between, tower_of
from derive.search.linearity import linear, transferred, weighted
from derive.terms.context import Claim, Context
from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    density,
    div,
    mul,
    neg,
    num,
    power,
    sub,
    sym,
    total,
)
from numeric.domain import POSITIVE

ZERO, ONE, TWO, HALF = num(0), num(1), num(2), num(Fraction(1, 2))
X: Final = sym("x")
POINT: Final = sym("x_of")
PI: Final = call("pi")
BELL: Final = call("exp", neg(power(X, TWO)))
ROOT_PI: Final = call("sqrt", PI)

Powers = tuple[int, ...]
Coefficients = Mapping[int, Term]
Pair = tuple[Term, ...]


def raised(base: Term, k: int) -> Term:
    """``base**k``, written as plainly as can be."""
    return power(base, num(k)) if k > 1 else base if k else ONE


def polynomial(coefficients: Coefficients, base: Term) -> Term:
    """``c0 + c1*y + c2*y**2 + ...`` for the powers that have a coefficient."""
    return total([mul(c, raised(base, k)) if k else c for k, c in coefficients.items()])


def mean(coefficients: Coefficients, variance: Term) -> Term:
    """The mean of such a polynomial under the normal law with mean 0: odd powers have none."""
    parts = []
    for k, c in coefficients.items():
        if k % 2 == 0:
            times = num(_odd_factorial(k))
            parts.append(mul(times, c, raised(variance, k // 2)) if k > 2 else
                         mul(c, variance) if k else c)  # fmt: skip
    return total(parts) if parts else ZERO


def _odd_factorial(k: int) -> int:
    """``(k - 1)*(k - 3)*...*1`` for an even k."""
    return 1 if k < 2 else (k - 1) * _odd_factorial(k - 2)


def powers_up_to(found: set[int]) -> Powers:
    """All powers of the same parity up to the highest: theorems are about a few forms only."""
    even = max((k for k in found if k % 2 == 0), default=-2)
    odd = max((k for k in found if k % 2), default=-1)
    return tuple(sorted([*range(0, even + 1, 2), *range(1, odd + 1, 2)]))


def letters(powers: Powers) -> dict[int, Term]:
    """The letter for each coefficient."""
    return {k: sym(f"c{k}_of") for k in powers}


def _declared(context: Context, powers: Powers) -> Context:
    for letter in letters(powers).values():
        context = context.declare(letter.payload)
    return context


@lru_cache
def _error_function() -> Theorem:
    """``Int 2/sqrt(pi)*exp(-x**2) = 1 - (-1)``: erf(x) tends to its limits faster than 1/x."""
    limits: list[Limit | None] = []
    for place, value in enumerate((num(-1), ONE)):
        here = Place(Context(), "x", ENDS, place)
        near, z = here.near([here.beyond(ZERO)]), X if place else neg(X)
        tail = rules.instantiate(near, _tail(), {"z_of": z})
        tail = rules.discharge(tail, rules.bound(near, Claim(ZERO, "<", z)))
        gap = mul(power(sub(call("erf", X), value), TWO), power(sub(X, ZERO), TWO))
        odd = [] if place else [fact(near, "erf_odd", {"a": X})]
        same = rules.ring(near, gap, tail.claim.lhs, odd)
        limits.append((rules.trans(same, tail), value, 2, ZERO))
    return _integrated(call("erf", X), limits)


@lru_cache
def _tail() -> Theorem:
    """``z**2*(1 - erf(z))**2 <= 1/2`` for z > 0."""
    context, z = Context().declare("z_of", POSITIVE), sym("z_of")
    below, decay = above_zero(fact(context, "erf_tail", {"u": z})), _decay(context, z, 1)
    tail, small = sub(ONE, call("erf", z)), above_zero(decay[0])
    bell = call("exp", neg(power(z, TWO)))
    rest = add(mul(power(z, TWO), below.claim.rhs, add(bell, tail)), mul(HALF, small.claim.rhs))
    known = rules.bound(context, Claim(ZERO, "<=", rest), [below.claim, small.claim])
    known = rules.discharge(rules.discharge(known, below), small)
    goal = Claim(mul(power(z, TWO), power(tail, TWO)), "<=", HALF)
    same = rules.ring(context, rest, sub(HALF, goal.lhs), decay[1])
    return _unconditional(rules.combine(context, goal, [rules.trans(known, same)], [Fraction(1)]))


def _decay(context: Context, z: Term, k: int) -> tuple[Theorem, list[Theorem]]:
    """``(2*z**2)**k*exp(-(2*z**2)) <= k**k``, and rewrites to ``exp(-z**2)`` for its exponential."""
    square, double = neg(power(z, TWO)), mul(TWO, power(z, TWO))
    known = fact(context, "exp_decay", {"u": double, "k": num(k)})
    twice = fact(context, "exp_multiple", {"n": TWO, "a": square})
    same = rules.ring(context, call("exp", neg(double)), twice.claim.lhs)
    return known, [twice, same]


@lru_cache
def _derivative(k: int) -> Theorem:
    """``Int diff(x**(k - 1)*exp(-x**2), x) = 0 - 0``, the derivative being written out."""
    term = mul(raised(X, k - 1), BELL) if k > 1 else BELL
    near, scale = between(Context(), "x", ENDS), Fraction(1, 2**k)
    known, rewrites = _decay(near, X, k)
    gap = mul(power(sub(term, ZERO), TWO), power(sub(X, ZERO), TWO))
    same = rules.ring(near, gap, mul(num(scale), known.claim.lhs), rewrites)
    goal = Claim(gap, "<=", num(scale * k**k))
    shown = rules.combine(near, goal, [known, same], [scale, Fraction(1)])
    limit: Limit = (_unconditional(shown), ZERO, 2, ZERO)
    return _integrated(term, [limit, limit])


def _integrated(term: Term, limits: list[Limit | None]) -> Theorem:
    inner = between(Context(), "x", ENDS)
    slope = unfold(inner, binder("diff", "x", term, X))
    return integrals.antiderivative(Context(), slope, ENDS, limits)


@lru_cache
def _standard(powers: Powers) -> Theorem:
    """``Int (c0 + c1*x + ...)*exp(-x**2)``, by parts."""
    context, left = _declared(Context(), powers), letters(powers)
    known: list[Theorem] = []
    factors: list[Term] = []
    for k in sorted(powers, reverse=True):
        c = left[k]
        if k == 0:
            known.append(_error_function())
            factors.append(mul(c, div(ROOT_PI, TWO)))
            continue
        known.append(_derivative(k))
        factors.append(mul(num(Fraction(-1, 2)), c))
        if k > 1:
            left[k - 2] = add(left[k - 2], mul(num(Fraction(k - 1, 2)), c))
    known = [rules.instantiate(context, theorem, {}) for theorem in known]
    body = mul(polynomial(letters(powers), X), BELL)
    inner = between(context, "x", ENDS)
    same = rules.ring(inner, body, weighted(known, factors, X))
    return linear(binder("int", "x", body, *ENDS), same, known, factors)


def _scale() -> tuple[Term, Term, Term]:
    """The letters for mean and variance, and ``sqrt(2*v)``."""
    v = sym("v_of")
    return sym("m_of"), v, call("sqrt", mul(TWO, v))


def _normal(context: Context) -> Context:
    return context.declare("m_of").declare("v_of", POSITIVE)


@lru_cache
def moments(powers: Powers) -> Theorem:
    """``Int (c0 + c1*(x - m) + ...)*Normal(x; m, v) = c0 + c2*v + 3*c4*v**2 + ...``."""
    context = _declared(_normal(Context()), powers)
    m, v, scale = _scale()
    own = letters(powers)
    table = {c.payload: div(mul(c, raised(scale, k)) if k else c, ROOT_PI) for k, c in own.items()}
    moved = _moved(rules.instantiate(context, _standard(powers), table))
    body = mul(polynomial(own, sub(X, m)), density("Normal", X, m, v))
    inner = between(context, "x", ENDS)
    other = substitute(moved.claim.lhs.args[0], {moved.claim.lhs.payload: X})
    same = rules.ring(inner, body, other, _written_out(inner))
    node = binder("int", "x", body, *ENDS)
    square = _square(context)
    value = mean(own, v)
    plain = rules.ring(context, moved.claim.rhs, value, [unfold(context, scale)], [square])
    theorem = rules.trans(rules.trans(transferred(context, node, same, moved), moved), plain)
    return _unconditional(theorem)


def _moved(known: Theorem) -> Theorem:
    """The same integral after ``y = (x - m)/sqrt(2*v)``."""
    context = known.context
    inner = between(context, "x", ENDS)
    m, _, scale = _scale()
    u, inverse = div(sub(X, m), scale), add(m, mul(scale, X))
    slope = unfold(inner, binder("diff", "x", u, X))
    rises = rules.bound(inner, Claim(ZERO, "<", slope.claim.rhs))
    forth = [rules.trans(rises, rules.symmetry(slope))]
    back = [rules.ring(inner, div(sub(inverse, m), scale), X)]
    return integrals.substitution(known, ENDS, forth, back, inverse)


def _written_out(inner: Context) -> list[Theorem]:
    """Rewrites that turn both the normal density and what `_moved` has made of it into one form."""
    m, v, scale = _scale()
    double, own = mul(TWO, v), mul(TWO, PI, v)
    same = rules.ring(inner, own, mul(double, PI))
    turned = rules.congruence(inner, power(own, HALF), [same, rules.refl(inner, HALF)])
    apart = fact(inner, "power_product_root", {"a": double, "b": PI, "r": HALF})
    u = div(sub(X, m), scale)
    root = unfold(inner, scale)
    formula = unfold(inner, density("Normal", X, m, v))
    exponent = formula.claim.rhs.args[0].args[0]
    square = neg(power(u, TWO))
    equal = rules.ring(inner, square, exponent, [root], [_square(inner)])
    bell = rules.congruence(inner, call("exp", square), [equal])
    slope = unfold(inner, binder("diff", "x", u, X))
    roots = [root, unfold(inner, ROOT_PI), apart, turned, unfold(inner, call("sqrt", own))]
    return [*roots, formula, bell, slope]


def _square(context: Context) -> Theorem:
    return power_power(context, mul(TWO, sym("v_of")), HALF, TWO)


@lru_cache
def log_density() -> Theorem:
    """``log(Normal(x; m, v)) = -(log(2) + log(pi) + log(v))/2 - (x - m)**2/(2*v)``."""
    context = _normal(Context().declare("x_of"))
    (m, v, _), minus = _scale(), num(-1)
    twice, own = mul(TWO, PI), mul(TWO, PI, v)
    logs = add(call("log", TWO), call("log", PI), call("log", v))
    value = sub(neg(div(logs, TWO)), div(power(sub(POINT, m), TWO), mul(TWO, v)))
    normal, root, below = density("Normal", POINT, m, v), call("sqrt", own), power(own, HALF)
    bell = unfold(context, normal).claim.rhs.args[0]
    written = mul(bell, power(root, minus))
    same = rules.ring(context, normal, written, [unfold(context, normal)])
    rewrites = [
        fact(context, "log_product", {"a": TWO, "b": PI}),
        fact(context, "log_product", {"a": twice, "b": v}),
        rules.ring(context, call("log", own), call("log", mul(twice, v))),
        fact(context, "log_power", {"a": own, "k": HALF}),
        rules.congruence(context, call("log", root), [unfold(context, root)]),
        fact(context, "log_power", {"a": root, "k": minus}),
        fact(context, "log_exp", {"a": bell.args[0]}),
        fact(context, "log_product", {"a": bell, "b": power(root, minus)}),
        rules.congruence(context, call("log", normal), [same]),
    ]
    assert rewrites[3].claim.lhs == call("log", below)
    return _unconditional(rules.ring(context, call("log", normal), value, rewrites))


def _unconditional(theorem: Theorem) -> Theorem:
    return discharge_all(theorem, tower_of(theorem.context))


@lru_cache
def of_exponential() -> Theorem:
    """``LogNormal(exp(x); m, v) = Normal(x; m, v)/exp(x)``."""
    context = _normal(Context().declare("x_of"))
    point = call("exp", POINT)
    log, before = fact(context, "log_exp", {"a": POINT}), _square_of(call("log", point))
    equal = rules.ring(context, before, _square_of(POINT), [log])
    same = rules.congruence(context, call("exp", before), [equal])
    return _log_normal(context, point, POINT, [same])


@lru_cache
def of_positive() -> Theorem:
    """``LogNormal(x; m, v) = Normal(log(x); m, v)/x`` for x > 0."""
    context = _normal(Context().declare("x_of", POSITIVE))
    return _log_normal(context, POINT, call("log", POINT), [])


def _square_of(point: Term) -> Term:
    """The exponent of the normal density at a point."""
    m, v, _ = _scale()
    return neg(div(power(sub(point, m), TWO), mul(TWO, v)))


def _log_normal(context: Context, point: Term, log: Term, known: list[Theorem]) -> Theorem:
    m, v, _ = _scale()
    lhs, rhs = density("LogNormal", point, m, v), density("Normal", log, m, v)
    rewrites = [*known, unfold(context, lhs), unfold(context, rhs)]
    return _unconditional(rules.ring(context, lhs, div(rhs, point), rewrites))


def parameters(tilt: bool) -> tuple[Term, Term, Term]:
    """The weight, mean and variance of the density that `tilted`, or `products`, leads to."""
    (m, v, _), t = _scale(), sym("t_of")
    if tilt:
        return call("exp", add(mul(t, m), div(mul(power(t, TWO), v), TWO))), add(m, mul(t, v)), v
    r, b, w = sym("r_of"), sym("b_of"), sym("w_of")
    whole = add(w, mul(power(b, TWO), v))
    return (
        density("Normal", r, ZERO, whole),
        add(m, div(mul(b, v, r), whole)),
        div(mul(v, w), whole),
    )


@lru_cache
def tilted(powers: Powers) -> Theorem:
    """The same with the factor ``exp(t*x)``, about the mean ``m + t*v``.

    ``exp(t*x)*Normal(x; m, v)`` is ``exp(t*m + t**2*v/2)*Normal(x; m + t*v, v)``.
    """
    context = _declared(_normal(Context().declare("t_of")), powers)
    m, v, _ = _scale()
    old = mul(call("exp", mul(sym("t_of"), X)), density("Normal", X, m, v))
    return _by_lemma(context, powers, old, *parameters(True))


@lru_cache
def products(powers: Powers) -> Theorem:
    """The same with a second density, ``Normal(r - b*(x - m); 0, w)``, as in the theorem of Bayes.

    The product is ``Normal(r; 0, w + b**2*v)`` times a normal density of x.
    """
    context = _declared(_normal(Context()), powers)
    context = context.declare("r_of").declare("b_of").declare("w_of", POSITIVE)
    m, v, _ = _scale()
    point = sub(sym("r_of"), mul(sym("b_of"), sub(X, m)))
    old = mul(density("Normal", point, ZERO, sym("w_of")), density("Normal", X, m, v))
    return _by_lemma(context, powers, old, *parameters(False))


def _by_lemma(
    context: Context, powers: Powers, old: Term, weight: Term, m: Term, v: Term
) -> Theorem:
    """``Int P(x - m)*old``, where ``old`` is the weight times ``Normal(x; m, v)``."""
    inner, own = between(context, "x", ENDS), letters(powers)
    lemma = _same_product(inner, old.args, (weight, density("Normal", X, m, v)))
    table = {c.payload: mul(weight, c) for c in own.values()}
    known = rules.instantiate(context, moments(powers), {**table, "m_of": m, "v_of": v})
    body = mul(polynomial(own, sub(X, m)), old)
    other = substitute(known.claim.lhs.args[0], {known.claim.lhs.payload: X})
    same = rules.ring(inner, body, other, (), [lemma])
    node = binder("int", "x", body, *ENDS)
    theorem = rules.trans(transferred(context, node, same, known), known)
    plain = rules.ring(context, known.claim.rhs, mul(weight, mean(own, v)))
    return _unconditional(rules.trans(theorem, plain))


def _same_product(context: Context, first: Pair, second: Pair) -> Theorem:
    """That two products of two things are equal, normal densities or exponentials.

    They are when the exponents have one sum, and the variances one product.
    """
    sides = [[_parts(context, factor) for factor in pair] for pair in (first, second)]
    exponents = [add(*(bell.args[0] for bell, *_ in side)) for side in sides]
    sums = [fact(context, "exp_sum", dict(zip("ab", e.args, strict=True))) for e in exponents]
    relations = [_joined(context, sums, [call("exp", e) for e in exponents])]
    rewrites = [r for side in sides for _, _, known in side for r in known]
    under = [[root.args[0] for _, root, _ in side if root is not None] for side in sides]
    if len(under[0]) > 1:
        wholes = [power(mul(*pair), HALF) for pair in under]
        roots = [fact(context, "power_product_root", {"a": a, "b": b, "r": HALF}) for a, b in under]
        relations.append(_joined(context, roots, wholes))
    return rules.ring(context, mul(*first), mul(*second), rewrites, relations)


def _parts(context: Context, factor: Term) -> tuple[Term, Term | None, list[Theorem]]:
    """An exponential, the root below it if there is one, and what writes the factor so."""
    if factor.head != "dens":
        return factor, None, []
    formula = unfold(context, factor)
    bell, root = formula.claim.rhs.args
    return bell, root, [unfold(context, root), formula]


def _joined(context: Context, known: list[Theorem], sides: list[Term]) -> Theorem:
    """``r = s`` from ``f(p) = r``, ``f(q) = s`` and p = q."""
    same = rules.ring(context, sides[0], sides[1])
    return rules.trans(rules.symmetry(known[0]), rules.trans(same, known[1]))
