"""Expectations: integrands brought to a form that the table knows, or to moments that are given.

A product of densities, a root of one, or an exponential times one, is a polynomial times a single
exponential of a quadratic; an integral over positive numbers in which a logarithm stands is one over all
numbers, by the change of variable ``x = exp(y)``. See `derive.search.integrals` for what happens then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.kernel import integrals, rules
from derive.kernel.facts import fact
from derive.kernel.integrals import ENDS
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search.antiderivatives import in_powers, plain
from derive.search.conditions import discharge_all
from derive.search.distribution import factors
from derive.search.limits import between, tower_of
from derive.search.linearity import transferred
from derive.search.polynomials import monomial_term, scaled, to_fraction
from derive.terms.context import Claim
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    div,
    mul,
    num,
    power,
    product,
    rational,
    rebuild,
    sub,
    subterms,
    sym,
    total,
)
from numeric.domain import POSITIVE

if TYPE_CHECKING:
    from derive.search.integrals import Work
    from derive.search.tower import Tower

ZERO, ONE, TWO = num(0), num(1), num(2)


def by_given(work: Work) -> Theorem | None:
    """As a linear combination of integrals that hypotheses give, with factors that are free of x."""
    given = list(work.given())
    if not given:
        return None
    bodies = [substitute(t.claim.lhs.args[0], {t.claim.lhs.payload: work.x}) for t in given]
    tower = tower_of(work.inner, work.body, *bodies)
    factors = _solved(_rows(work, tower, bodies), len(given))
    if factors is None:
        return None
    used = [(t, f) for t, f in zip(given, factors, strict=True) if rational(f) != 0]
    return work.from_parts([t for t, _ in used], [f for _, f in used]) if used else None


def _rows(work: Work, tower: Tower, bodies: list[Term]) -> list[list[Term]]:
    """For each product of what depends on x: its coefficients in the bodies, and in the integrand."""
    taken = {d.name for d in work.inner} | work.node.free
    names = [fresh_name(f"part{n}", taken) for n in range(len(bodies))]
    marked = [mul(sym(name), body) for name, body in zip(names, bodies, strict=True)]
    form = tower.form(add(work.body, ZERO, *marked))
    rows: dict[tuple[int, ...], list[list[Term]]] = {}
    for exponents, c in form.top.to_dict().items():
        place, moving, fixed = len(bodies), [], []
        for atom, e in zip(form.atoms, map(int, exponents), strict=True):
            depends = work.name in atom.free
            moving.append(e if depends else 0)
            if e and atom.head == "sym" and atom.payload in names:
                place = names.index(atom.payload)
            fixed.append(0 if depends or atom.payload in names else e)
        row = rows.setdefault(tuple(moving), [[] for _ in range(len(bodies) + 1)])
        row[place].append(scaled(to_fraction(c), monomial_term(fixed, form.atoms)))
    return [[plain(total(parts)) if parts else ZERO for parts in row] for row in rows.values()]


def _solved(rows: list[list[Term]], count: int) -> list[Term] | None:
    """Factors f with ``Σ f_i*row_i`` equal to the last entry of each row; None when there are none."""
    pivots: dict[int, list[Term]] = {}
    for row in rows:
        for place, pivot in pivots.items():
            row = [plain(sub(a, mul(row[place], b))) for a, b in zip(row, pivot, strict=True)]
        found = [n for n in range(count) if rational(row[n]) != 0]
        if not found:
            if rational(row[count]) != 0:
                return None
            continue
        place = min(found, key=lambda n: (rational(row[n]) is None, row[n].size))
        new = [plain(div(a, row[place])) for a in row]
        for other, pivot in pivots.items():
            factor = pivot[place]
            pivots[other] = [plain(sub(a, mul(factor, b))) for a, b in zip(pivot, new, strict=True)]
        pivots[place] = new
    return [pivots[n][count] if n in pivots else ZERO for n in range(count)]


def by_letters(work: Work) -> Theorem | None:
    """With letters for what stands as a parameter of a density; the theorem is then instantiated."""
    from derive.search.integrals import integral_value

    letters: dict[Term, str] = {}
    context, nodes = work.context, [p for p in subterms(work.body) if p.head == "dens"]
    scales = {node.args[-1] for node in nodes}
    for parameter in (p for node in nodes for p in node.args[1:]):
        plain = parameter.head in ("sym", "num") or work.name in parameter.free
        if not plain and parameter not in letters:
            positive = parameter in scales
            taken = {d.name for d in context} | work.node.free | {work.name}
            letters[parameter] = fresh_name("v" if positive else "m", taken)
            context = context.declare(letters[parameter], POSITIVE if positive else None)
    if not letters:
        return None
    body = _lettered(work.body, letters)
    known = integral_value(context, binder("int", work.name, body, *work.ends), work.depth + 1)
    if known is None:
        return None
    back = {name: parameter for parameter, name in letters.items()}
    found = rules.instantiate(work.context, known, back)
    return found if found.claim.lhs == work.node else work.from_parts([found], [ONE])


def _lettered(term: Term, letters: dict[Term, str]) -> Term:
    """The term with letters for parameters of densities, wherever a density stands."""
    if not term.args:
        return term
    args = tuple(_lettered(a, letters) for a in term.args)
    if term.head == "dens":
        given = zip(term.args, args, strict=True)
        args = tuple(sym(letters[old]) if old in letters else new for old, new in given)
    return rebuild(term, args)


def by_roots(work: Work) -> Theorem | None:
    """The same, first of all where a root is taken of something with x in it."""
    return (
        by_one_exponential(work)
        if any(_is_root(p, work.name) for p in subterms(work.body))
        else None
    )


def _is_root(term: Term, name: str) -> bool:
    if name not in term.free or term.head not in ("call", "pow"):
        return False
    exponent = rational(term.args[1]) if term.head == "pow" else None
    return term.payload == "sqrt" or (exponent is not None and exponent.denominator > 1)


def by_one_exponential(work: Work) -> Theorem | None:
    """With the exponentials of each summand joined into one, the exponent a quadratic in x."""
    from derive.search.integrals import integral_value

    tower = tower_of(work.inner, work.body)
    groups: dict[Term, list[Term]] = {}
    for c, unit in tower.form(work.body).summands():
        rest, bell = _parted(work, tower, unit)
        groups.setdefault(bell, []).append(scaled(c, rest))
    bodies = [mul(total(parts), bell) for bell, parts in groups.items()]
    if not any(work.name in bell.free for bell in groups) or bodies == [work.body]:
        return None
    nodes = [binder("int", work.name, body, *work.ends) for body in bodies]
    known = [integral_value(work.context, node, work.depth + 1) for node in nodes]
    shown = [t for t in known if t is not None]
    return work.from_parts(shown, [ONE] * len(shown)) if len(shown) == len(known) else None


def _parted(work: Work, tower: Tower, unit: Term) -> tuple[Term, Term]:
    """A product as ``rest * exp(A*x**2 + B*x)``. Raises KernelError where there is no such form."""
    kept: list[Term] = []
    inside: list[Term] = [ZERO, ZERO]
    for base, exponent in factors(unit):
        if base.head == "call" and base.payload == "exp" and work.name in base.free:
            inside.append(mul(exponent, base.args[0]))
        else:
            kept.append(base if rational(exponent) == 1 else power(base, exponent))
    q = in_powers(tower.form(add(*inside)).term(), work.x)
    if max(q, default=0) > 2:
        raise KernelError(f"moments: the exponent in {unit} is no quadratic")
    kept += [call("exp", q[0])] if 0 in q and rational(q[0]) != 0 else []
    powers = [mul(q[n], power(work.x, TWO) if n == 2 else work.x) for n in (2, 1) if n in q]
    return product(kept), call("exp", total(powers) if powers else ZERO)


def by_log_normal(work: Work) -> Theorem | None:
    """The same, first of all where a lognormal density stands."""
    nodes = [p for p in subterms(work.body) if p.head == "dens" and work.name in p.free]
    log_normal = any(node.payload == "LogNormal" for node in nodes)
    return by_logarithm(work) if log_normal and rational(work.ends[0]) is not None else None


def by_logarithm(work: Work) -> Theorem | None:
    """``Int f(x) dx`` between positive ends as ``Int f(exp(y))*exp(y) dy`` between their logarithms."""
    from derive.search.integrals import discharged, equal, integral_value, need

    parts = [p for p in subterms(work.body) if work.name in p.free]
    if not any((p.head == "call" and p.payload == "log") or p.head == "dens" for p in parts):
        return None
    ends = _logarithms(work)
    if ends is None:
        return None
    y, grown, log = work.x, call("exp", work.x), call("log", work.x)
    body = mul(substitute(work.body, {work.name: grown}), grown)
    known = integral_value(work.context, binder("int", work.name, body, *ends), work.depth + 1)
    if known is None:
        return None
    slope = unfold(work.inner, binder("diff", work.name, log, work.x))
    slope = discharged(slope, work.inner)
    positive = need(work.inner, Claim(ZERO, "<", slope.claim.rhs))
    forth = [rules.trans(positive, rules.symmetry(slope))]
    forth += [need(work.inner, claim) for claim in integrals.inside(log, ends)]
    forth = [discharged(theorem, work.inner) for theorem in forth]
    outer = between(work.context, work.name, ends)
    back = [equal(outer, call("log", grown), y)]
    back += [need(outer, claim) for claim in integrals.inside(grown, work.ends)]
    out = integrals.substitution(known, work.ends, forth, back, grown)
    same = _unchanged(work, out, log)
    return same if same is not None else work.from_parts([out], [ONE])


def _unchanged(work: Work, known: Theorem, log: Term) -> Theorem | None:
    """The value, when the integrand is the other one as it stands but for ``exp(log(x)) = x``."""
    from derive.search.gaussians import densities

    other = substitute(known.claim.lhs.args[0], {known.claim.lhs.payload: work.x})
    slope = unfold(work.inner, binder("diff", work.name, log, work.x))
    rewrites = [fact(work.inner, "exp_log", {"a": work.x}), slope]
    try:
        same = rules.ring(work.inner, work.body, other, rewrites)
    except KernelError:
        return None
    same = work.within(discharge_all(same, densities(work, work.body)))
    return rules.trans(transferred(work.context, work.node, same, known), known)


def _logarithms(work: Work) -> tuple[Term, Term] | None:
    """The logarithms of the ends; None where an end is not known to be positive."""
    below, above = work.ends
    sign = tower_of(work.context, *(e for e in work.ends if e not in ENDS)).sign
    low = ENDS[0] if rational(below) == 0 else call("log", below) if sign(below) > 0 else None
    high = ENDS[1] if above == ENDS[1] else call("log", above) if sign(above) > 0 else None
    return (low, high) if low is not None and high is not None else None
