"""Sums and products with symbolic ends in normal form: one step of the tower.

A sum becomes a combination of sums of single products, what is free of the index standing outside; a
product of positive factors becomes the exponential of a sum. Each of these is moved so that its indices
start plainly, split where other sums of the same terms end, written out where only a known number of
terms is left, and summed when its terms are powers of the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Final

from derive.kernel import rules, sums
from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search import distribution, indices
from derive.search.choices import Refine
from derive.search.conditions import discharge_all
from derive.search.polynomials import normal_form, scaled
from derive.search.ranges import anchors, closed, holds, peeled, plain_end, tidy
from derive.search.scopes import narrowed
from derive.terms.context import Claim, Context
from derive.terms.printer import to_text
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    add,
    binder,
    call,
    div,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    sym,
    total,
)
from numeric.domain import Domain

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE = num(0), num(1)
INDEX: Final = "i"
MAX_WRITTEN: Final = 40
MAX_DEGREE: Final = 12

Step = Callable[["Tower", Term], Theorem | None]


def symbolic_range(tower: Tower, term: Term) -> None:
    """Rewrite a sum or product with symbolic ends by the first step that applies to it."""
    node = _renamed(tower.context, term)
    for step in (_plain_ends, _known_length, _by_body, _moved, _closed_form, _exchanged, _at_cuts):
        try:
            theorem = step(tower, node)
        except Refine:
            raise
        except KernelError:
            continue
        if theorem is not None:
            tower.rewrite(theorem)
            return
    _keep_sign(tower, node)


def _renamed(context: Context, term: Term) -> Term:
    """The same term with the usual name for its index, so that equal bodies are written alike."""
    body, low, high = term.args
    taken = body.free - {term.payload}
    if INDEX in taken or (INDEX in context and context[INDEX].kind != "scalar"):
        return term
    return binder(term.head, INDEX, substitute(body, {term.payload: sym(INDEX)}), low, high)


def _plain_ends(tower: Tower, node: Term) -> Theorem | None:
    """Both ends in normal form."""
    _, low, high = node.args
    tower.add(low)
    tower.add(high)
    ends = plain_end(tower, low), plain_end(tower, high)
    if ends == (low, high):
        return None
    return closed(tower, indices.range_move(tower.context, node, ZERO, *ends))


def _known_length(tower: Tower, node: Term) -> Theorem | None:
    """A range of a known number of terms, or an empty one: counted from 1."""
    _, low, high = node.args
    length = tower.form(add(sub(high, low), ONE)).constant
    if length is not None and length <= MAX_WRITTEN and rational(low) is None:
        shift = plain_end(tower, sub(low, ONE))
        return closed(tower, indices.range_move(tower.context, node, shift, ONE, num(length)))
    below = Claim(high, "<", low)
    if length is None and _may_be_empty(tower, below) and holds(tower, below) is not None:
        return closed(tower, indices.range_empty(tower.context, node))
    return None


def _may_be_empty(tower: Tower, below: Claim) -> bool:
    """False for a range that bounds show not to be empty: that it is empty need not be tried."""
    known = tower.bounds.of(sub(below.rhs, below.lhs))
    return not (known.upper is not None and known.upper <= 0)


def _by_body(tower: Tower, node: Term) -> Theorem | None:
    """The body in normal form, then what is free of the index taken out."""
    context = tower.context
    inner, body, name = narrowed(context, node)
    below = tower.inside(inner)
    below.add(body)
    plain = _sum_body(below, body, name) if node.head == "sum" else _product_body(below, body, name)
    plain = tidy(plain)
    below.add(plain)
    same = discharge_all(below.equation(body, plain), below)
    theorem = rules.congruence_inside(context, node, same)
    out = theorem.claim.rhs
    if node.head == "prod" and plain.head == "call" and plain.payload == "exp":
        inside = binder("sum", out.payload, plain.args[0], *out.args[1:])
        return rules.trans(theorem, rules.symmetry(indices.range_exp(context, inside)))
    theorem = rules.trans(theorem, sums.range_linear(context, out))
    return closed(tower, theorem) if theorem.claim.rhs != node else None


def _sum_body(below: Tower, body: Term, name: str) -> Term:
    """The body as a sum of products ``f*c``, c free of the index; equal f are collected."""
    groups: dict[Term, list[Term]] = {}
    for coefficient, unit in below.form(body).summands():
        dependent, free = separated(unit, name)
        groups.setdefault(dependent, []).append(scaled(coefficient, free))
    if not groups:
        return mul(sym(name), ZERO)
    parts = []
    for dependent in sorted(groups, key=to_text):
        factor = normal_form(Ring(), total(groups[dependent])).term()
        if dependent == ONE:
            parts.append(factor)
        else:
            parts.append(dependent if factor == ONE else mul(dependent, factor))
    return total(parts)


def separated(unit: Term, name: str) -> tuple[Term, Term]:
    """A product as the product of the factors that hold ``name`` and that of the others."""
    sides: tuple[list[tuple[Term, Term]], list[tuple[Term, Term]]] = ([], [])
    for base, exponent in _prime_factors(unit, name):
        sides[name not in base.free | exponent.free].append((base, exponent))
    return quotient(sides[0]), quotient(sides[1])


def _prime_factors(unit: Term, name: str) -> Iterator[tuple[Term, Term]]:
    for base, exponent in distribution.factors(unit):
        value = rational(exponent)
        if base.head != "add" or name not in base.free or value is None or value.denominator != 1:
            yield base, exponent
            continue
        for factor, times in normal_form(Ring(), base).factors():
            yield factor, num(times * value)


def quotient(factors: list[tuple[Term, Term]]) -> Term:
    """A product of powers, ordered by their texts, negative literal exponents below the line."""
    top: list[Term] = []
    bottom: list[Term] = []
    for base, exponent in sorted(factors, key=lambda f: (to_text(f[0]), to_text(f[1]))):
        value = rational(exponent)
        under = value is not None and value < 0
        shown = num(-value) if value is not None and under else exponent
        (bottom if under else top).append(base if rational(shown) == 1 else power(base, shown))
    return div(product(top), product(bottom)) if bottom else product(top)


def _product_body(below: Tower, body: Term, name: str) -> Term:
    """The body as a product: the exponential of what is positive, other powers, and constants."""
    exponents, parts, free, turned = [], [], [], False
    for base, times in below.form(body).factors():
        exponent = num(times)
        if base.head == "pow" and rational(base.args[1]) is not None:
            exponent = num(times * (rational(base.args[1]) or 0))
            base = base.args[0]
        if rational(base) == -1:
            turned = turned != (times % 2 == 1)
        elif name not in base.free:
            free.append(base if exponent == ONE else power(base, exponent))
        elif base.head == "call" and base.payload == "exp":
            exponents.append(scaled(Fraction(times), base.args[0]))
        elif sign := below.sign(base):
            turned = turned != (sign < 0 and times % 2 == 1)
            positive = base if sign > 0 else neg(base)
            exponents.append(scaled(rational(exponent) or Fraction(0), call("log", positive)))
        else:
            parts.append(base if exponent == ONE else power(base, exponent))
    if turned:
        free.append(num(-1))
    if exponents:
        parts.insert(0, call("exp", total(exponents)))
    return product([*parts, product(free)] if free else parts)


def _moved(tower: Tower, node: Term) -> Theorem | None:
    """Shifted, or turned round, so that the first place where the index stands holds it alone."""
    body, low, high = node.args
    found = anchors(body, node.payload)
    forward = [rest for sign, rest in found if sign > 0]
    backward = [rest for sign, rest in found if sign < 0]
    turned = bool(backward) and (not forward or _plainer_turned(node, _first(backward)))
    if turned:
        shift, ends = _first(backward), (high, low)
    elif forward:
        shift, ends = plain_end(tower, neg(_first(forward))), (low, high)
    if not turned and (not forward or rational(shift) == 0):
        return None
    gaps = [sub(shift, end) if turned else sub(end, shift) for end in ends]
    first, last = (plain_end(tower, gap) for gap in gaps)
    return closed(tower, indices.range_move(tower.context, node, shift, first, last, turned))


def _plainer_turned(node: Term, shift: Term) -> bool:
    """Whether the body read from the other end comes first by its text."""
    body, name = node.args[0], node.payload
    turned = tidy(substitute(body, {name: sub(shift, sym(name))}))
    keys = [to_text(quotient(list(distribution.factors(b)))) for b in (turned, body)]
    return keys[0] < keys[1]


def _first(offsets: list[Term]) -> Term:
    """The least literal offset, or the one whose text comes first."""
    values = [value for value in map(rational, offsets) if value is not None]
    return num(min(values)) if values else min(offsets, key=to_text)


def _exchanged(tower: Tower, node: Term) -> Theorem | None:
    """A double sum in the order whose text comes first, all factors being under both sums."""
    if node.head != "sum":
        return None
    inner, body, name = narrowed(tower.context, node)
    factors = list(distribution.factors(body))
    nested = [f for f, e in factors if f.head == "sum" and e == ONE]
    if len(nested) != 1:
        return None
    others = [(f, e) for f, e in factors if f is not nested[0]]
    pushed = _pushed(inner, nested[0], quotient(others))
    ends = {n for end in pushed.args[1:] for n in end.free}
    if name in ends or pushed.payload in node.args[1].free | node.args[2].free:
        return None
    first = binder("sum", name, pushed, *node.args[1:])
    turned = indices.range_exchange(tower.context, first)
    if _order_key(turned.claim.rhs) >= _order_key(first):
        return None
    taken = sums.range_linear(inner, pushed) if others else rules.refl(inner, pushed)
    same = rules.trans(rules.ring(inner, body, taken.claim.rhs), rules.symmetry(taken))
    return rules.trans(rules.congruence_inside(tower.context, node, same), turned)


def _pushed(context: Context, node: Term, factor: Term) -> Term:
    """``Σ_j g*factor`` for a sum ``Σ_j g``."""
    body, low, high = node.args
    taken = {d.name for d in context} | body.free | factor.free | low.free | high.free
    name = fresh_name(node.payload, taken)
    inside = substitute(body, {node.payload: sym(name)})
    return binder("sum", name, inside if factor == ONE else mul(inside, factor), low, high)


def _order_key(node: Term) -> tuple[str, ...]:
    """A text of a double sum that does not depend on the names of its indices."""
    inner = node.args[0]
    names = {node.payload: sym("first"), inner.payload: sym("second")}
    body = substitute(inner.args[0], names)
    parts = quotient(list(distribution.factors(body)))
    return (to_text(parts), *(to_text(e) for e in (*node.args[1:], *inner.args[1:])))


def _at_cuts(tower: Tower, node: Term) -> Theorem | None:
    """Split where another sum of the same terms begins or ends."""
    body, low, high = node.args
    key = binder(node.head, node.payload, body, ZERO, ZERO)
    cuts = tower.choices.cuts.setdefault(key, [])
    mine = [plain_end(tower, sub(low, ONE)), high]
    new = [cut for cut in mine if cut not in cuts]
    cuts += new
    before = tower.choices.ranges.setdefault(key, [])
    if any(_splits(tower, cut, *pair) for cut in new for pair in before if cut not in pair):
        raise Refine
    if (mine[0], high) not in before:
        before.append((mine[0], high))
    for cut in cuts:
        if cut not in mine and _splits(tower, cut, *mine):
            after = plain_end(tower, add(cut, ONE))
            return closed(tower, indices.range_split(tower.context, node, cut, after))
    return None


def _splits(tower: Tower, cut: Term, start: Term, end: Term) -> bool:
    """Whether the cut is known to lie in a range that begins after ``start``."""
    inside = (Claim(start, "<=", cut), Claim(cut, "<=", end))
    lengths = [tower.form(sub(b, a)).constant for a, b in ((start, cut), (cut, end))]
    if any(length is not None and not 0 < length <= MAX_WRITTEN for length in lengths):
        return False
    return all(holds(tower, claim) is not None for claim in inside)


def _closed_form(tower: Tower, node: Term) -> Theorem | None:
    """``Σ i**k`` as a polynomial in its ends."""
    body, low, high = node.args
    base, exponent = (body.args[0], rational(body.args[1])) if body.head == "pow" else (body, ONE)
    degree = 1 if exponent == ONE else exponent
    if node.head != "sum" or base != sym(node.payload) or not isinstance(degree, Fraction | int):
        return None
    if degree.denominator != 1 or not 1 <= degree <= MAX_DEGREE:
        return None
    if holds(tower, Claim(low, "<=", add(high, ONE))) is None:
        return None
    if rational(low) != 0:
        length = plain_end(tower, sub(high, low))
        return closed(tower, indices.range_move(tower.context, node, low, ZERO, length))
    lemma, name = power_sum(tower.context, node, int(degree))
    found = rules.instantiate(tower.context, lemma, {name: high})
    return closed(tower, found)


def power_sum(context: Context, node: Term, degree: int) -> tuple[Theorem, str]:
    """``Σ_(i=0)^m i**k`` as a polynomial in m >= -1, by induction; the theorem and the name of m."""
    name = fresh_name("m", {d.name for d in context})
    inner = context.declare(name, Domain(Fraction(-1), None, False, True, True))
    lhs = binder("sum", node.payload, node.args[0], ZERO, sym(name))
    claim = Claim(lhs, "=", _faulhaber(degree, add(sym(name), ONE)))
    first = claim.substitute({name: num(-1)})
    base = rules.ring(inner, first.lhs, first.rhs, [unfold(inner, first.lhs)])
    known = inner.assume("induction", claim)
    wanted = claim.substitute({name: add(sym(name), ONE)})
    steps = [rules.hypothesis(known, "induction"), *peeled(known, wanted.lhs, sym(name))]
    step = rules.ring(known, wanted.lhs, wanted.rhs, steps)
    return sums.induction(name, claim, rules.instantiate(inner, step, {}), base), name


def _faulhaber(degree: int, count: Term) -> Term:
    """``0**k + … + (count - 1)**k`` as a polynomial in ``count``."""
    known: list[list[Fraction]] = []
    for k in range(degree + 1):
        row = [Fraction(0)] * (k + 1) + [Fraction(1)]
        for lower, coefficients in enumerate(known):
            for place, c in enumerate(coefficients):
                row[place] -= comb(k + 1, lower) * c
        known.append([c / (k + 1) for c in row])
    powers = [(c, power(count, num(e))) for e, c in enumerate(known[degree]) if c and e]
    return total([mul(num(c), p) for c, p in powers])


def _keep_sign(tower: Tower, node: Term) -> None:
    """What makes a sum of positive terms positive: its first term, where there is one."""
    body, low, high = node.args
    inner, inside, _ = narrowed(tower.context, node)
    first = rational(low)
    if node.head != "sum" or first is None or tower.inside(inner).sign(inside) <= 0:
        return
    if holds(tower, Claim(low, "<=", high)) is None:
        return
    context = tower.context
    try:
        split = closed(tower, indices.range_split(context, node, low, num(first + 1)))
        one, rest = split.claim.rhs.args
        written = add(substitute(body, {node.payload: low}), rest)
        same = rules.ring(context, node, written, [unfold(context, one), split])
        positive = rules.bound(context, Claim(ZERO, "<", written))
        tower.lemmas.append(closed(tower, rules.trans(positive, rules.symmetry(same))))
    except KernelError:
        return
