"""How each operation is expressed through generators: one step of the tower for each.

A step proves equations with rules of the kernel and hands them to the tower. To teach the search a
new operation, write its step and name it in `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Final

from derive.kernel import rules, unfolding
from derive.kernel.definitions import DEFINITIONS, is_short_range
from derive.kernel.monotone import congruence_diff
from derive.kernel.normal import Ring, literal_exponent
from derive.kernel.theorem import KernelError, Theorem
from derive.search import distribution
from derive.search.angles import angle, odd_function
from derive.search.applying import fact_for
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.search.gammas import gamma
from derive.search.integrals import integral
from derive.search.laws import names_law, under_law
from derive.search.matrices import matrix_step
from derive.search.moduli import absolute_value, sign_of
from derive.search.polynomials import over_common, polynomial_term, scaled
from derive.search.ranges import tidy
from derive.search.spaces import existence, instances, over_space
from derive.search.sums import symbolic_range
from derive.terms.context import Context
from derive.terms.substitution import fresh_name, substitute
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
    subterms,
    sym,
    total,
)
from numeric.domain import Domain

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE = num(0), num(1)
MAX_BODIES: Final = 6

Step = Callable[["Tower", Term], None]


def by_definition(tower: Tower, term: Term) -> None:
    """An operation that is defined by others."""
    tower.rewrite(_unfolded(tower, term))


def _unfolded(tower: Tower, term: Term) -> Theorem:
    try:
        return unfolding.unfold(tower.context, term)
    except KernelError:
        definition = tower.context.definition_of(term)
        given = existence(tower.context, definition.apply(term.args)) if definition else []
        if not given:
            raise
        return unfolding.unfold(tower.context, term, given)


def by_every_point(tower: Tower, term: Term) -> Step | None:
    """By a hypothesis ``for all x: f(x) = ...`` at the arguments of f.

    Not one that speaks of f again, nor an integral over a space: that is written by f, not f by it.
    """
    for name, claim in tower.context.hypotheses:
        if claim.lhs.head != "fun" or term.payload not in claim.free:
            continue
        for instance in instances(tower.context, name, claim, term):
            for known in (instance, rules.symmetry(instance)):
                other = known.claim.rhs
                if any(part.head == "over" for part in subterms(other)):
                    continue
                if known.claim.lhs == term and term.payload not in other.free:
                    return partial(_adopted, known)
    return None


def _adopted(known: Theorem, tower: Tower, _term: Term) -> None:
    tower.rewrite(known)


def differentiation(tower: Tower, term: Term) -> None:
    """By the rules of differentiation; where they do not reach the body, after its normal form."""
    before = tower.kept()
    try:
        by_definition(tower, term)
    except Refine:
        raise
    except KernelError:
        tower.restore(before)
        differentiation_of_the_body(tower, term)


def differentiation_of_the_body(tower: Tower, term: Term) -> None:
    body, point = term.args
    declared = tower.context[point.payload] if point.head == "sym" else None
    domain = declared.domain if declared is not None and not declared.domain.integer else Domain()
    name = fresh_name(term.payload, {d.name for d in tower.context} | term.free)
    inner = tower.context.declare(name, domain)
    same = _written_out(tower, inner, substitute(body, {term.payload: sym(name)}))
    tower.rewrite(congruence_diff(tower.context, term, same))


def _written_out(tower: Tower, inner: Context, body: Term) -> Theorem:
    """A body and its normal form. The choices made for it speak of its variable, and stay with it."""
    choices = Choices()
    for _ in range(MAX_BODIES):
        try:
            below = tower.inside(inner, choices)
            below.add(body)
            plain = below.form(body).term()
            return discharge_all(below.equation(body, plain), below)
        except Refine:
            continue
    raise KernelError("tower: the generators of a body keep being refined")


def exponential(tower: Tower, term: Term) -> None:
    """Over the summands of the exponent, each a multiple of one generator."""
    parts = []
    for coefficient, unit in _exponents(tower, term.args[0]):
        if unit.head == "call" and unit.payload == "log":
            parts.append(_scaled_log(coefficient, unit))
            continue
        step = tower.choices.unit("exp", unit, coefficient)
        generator = scaled(step, unit)
        tower.done.add(call("exp", generator))
        parts.append(mul(num(coefficient / step), generator))
    if len(parts) == 1 and parts[0].head == "mul" and rational(parts[0].args[0]) == 1:
        if tower.nested and generator != term.args[0]:
            same = tower.equation(term.args[0], generator)
            tower.rewrite(rules.congruence(tower.context, term, [same]))
        return
    tower.rewrite(distribution.exp_sum(tower.equation(term.args[0], total(parts))))


def _exponents(tower: Tower, term: Term) -> list[tuple[Fraction, Term]]:
    """The summands of an exponent, all exponents being put over one common denominator."""
    form = tower.form(term)
    common = tower.choices.denominator
    if len(form.bottom) == 1 and common == ONE:
        return form.summands()
    ring = Ring([(t.claim.lhs, t.claim.rhs) for t in tower.rewrites])
    whole, rest, clear = over_common(ring, term, common, tower.roots())
    if not clear:
        tower.choices.clear(polynomial_term(form.bottom, form.atoms))
    over = [(c, div(unit, common)) for c, unit in rest.summands()] if rest.summands() else []
    return whole.summands() + over


def logarithm(tower: Tower, term: Term) -> None:
    """Over the factors of the argument, as far as their signs are known."""
    positive = _positive_product(tower, tower.factors(term.args[0]))
    if positive is None:
        return
    equation = tower.equation(term.args[0], positive)
    for base, _ in distribution.factors(positive):
        if not (base.head == "call" and base.payload == "exp"):
            tower.done.add(call("log", base))
    theorem = distribution.log_product(equation)
    if theorem.claim.rhs != term:
        tower.rewrite(theorem)


def _positive_product(tower: Tower, factors: list[tuple[Term, int]]) -> Term | None:
    """The factors as a product of things that are, or are to be, positive."""
    sign, known, unknown = 1, [], []
    for base, exponent in factors:
        direction = -1 if rational(base) == -1 else tower.sign(base)
        if direction < 0:
            sign *= (-1) ** exponent
            base = neg(base)
        if rational(base) == 1:
            continue
        if direction:
            known.append(_flat(base, exponent))
        elif exponent % 2 == 0 and not tower.split:
            known.append(power(call("abs", base), num(exponent)))
        else:
            unknown.append((base, exponent))
    if sign < 0:
        if not unknown:
            return None
        base, exponent = unknown.pop()
        unknown.append((neg(base), exponent))
    if len(unknown) > 1 and not tower.split:
        rest = [power(b, num(e)) if e != 1 else b for b, e in unknown]
        known.append(power(tower.form(mul(*rest)).term(), ONE))
    else:
        known += [_flat(b, e) for b, e in unknown]
    for part in known:
        tower.add(part)
    return product(known)


def general_power(tower: Tower, term: Term) -> None:
    """A power whose exponent is not a literal integer."""
    base, exponent = term.args
    value = tower.form(exponent).constant
    if value is not None and rational(exponent) is None:
        same = tower.equation(exponent, num(value))
        tower.rewrite(
            rules.congruence(tower.context, term, [rules.refl(tower.context, base), same])
        )
    elif value is not None:
        _root(tower, term, value)
    elif not tower.context.is_integer(exponent) or tower.sign(base) > 0:
        tower.rewrite(fact_for(tower.context, "power_exp", term))
    else:
        _integer_power(tower, term)


def _integer_power(tower: Tower, term: Term) -> None:
    """``a**n`` for an integer symbol: over products in the base and sums in the exponent."""
    base, exponent = term.args
    factors = tower.form(base).factors()
    parts = [power(b, num(e)) if e != 1 else b for b, e in factors]
    if len(parts) > 1 or (parts and parts[0] != base):
        tower.rewrite(distribution.power_product(tower.equation(base, product(parts)), exponent))
        return
    summands = [scaled(c, u) for c, u in tower.form(exponent).summands()]
    if len(summands) > 1:
        tower.rewrite(distribution.power_sum(tower.equation(exponent, add(*summands)), base))
        return
    ((coefficient, unit),) = tower.form(exponent).summands() or [(Fraction(1), ONE)]
    if coefficient < 0 and coefficient.denominator == 1:
        whole = num(coefficient)
        apart = distribution.power_power(tower.context, base, unit, whole)
        same = tower.equation(exponent, apart.claim.rhs.args[1])
        turned = rules.congruence(tower.context, term, [rules.refl(tower.context, base), same])
        tower.rewrite(rules.trans(turned, rules.symmetry(apart)))


def _root(tower: Tower, term: Term, value: Fraction) -> None:
    """A rational power: over the factors of the base, each a power of one root generator."""
    base = term.args[0]
    if value > 0 and tower.form(base).constant == 0:
        _zero_root(tower, term)
        return
    factors = tower.factors(base)
    if base.head == "call" and base.payload == "exp":
        tower.rewrite(fact_for(tower.context, "power_exp", term))
        return
    positive = _positive_product(tower, factors)
    if positive is None:
        return
    parts = list(distribution.factors(positive))
    if len(parts) == 1 and parts[0] == (base, ONE):
        _root_generator(tower, term, base, value)
    else:
        tower.rewrite(distribution.power_product(tower.equation(base, positive), num(value)))


def _zero_root(tower: Tower, term: Term) -> None:
    """``u**r = 0`` for a positive literal r, where u is 0."""
    base, exponent = term.args
    known = distribution.power_of_zero(tower.context, exponent)
    if base != ZERO:
        sides = [tower.equation(base, ZERO), rules.refl(tower.context, exponent)]
        known = rules.trans(rules.congruence(tower.context, term, sides), known)
    tower.rewrite(discharge_all(known, tower))


def _root_generator(tower: Tower, term: Term, base: Term, value: Fraction) -> None:
    step = tower.choices.unit("root", base, Fraction(1, value.denominator))
    degree = step.denominator
    small, times = num(step), value / step
    generator = power(base, small)
    if generator not in tower.done or generator == term:
        tower.relations.append(distribution.power_power(tower.context, base, small, num(degree)))
    tower.done.add(generator)
    if generator != term:
        theorem = distribution.power_power(tower.context, base, small, num(times))
        if theorem.claim.rhs == term:
            tower.rewrite(rules.symmetry(theorem))


def _flat(base: Term, exponent: int) -> Term:
    """``base**exponent``, with a root in the base written as one rational power."""
    if base.head == "pow" and (inner := rational(base.args[1])) is not None:
        total = inner * exponent
        return power(base.args[0], num(total)) if total != 1 else base.args[0]
    return power(base, num(exponent)) if exponent != 1 else base


def _scaled_log(coefficient: Fraction, log: Term) -> Term:
    """``c*log(f)`` in the form that `exp_sum` reads."""
    return log if coefficient == 1 else mul(num(coefficient), log)


STEPS: Final[dict[str, Step]] = {
    "exp": exponential,
    "log": logarithm,
    "abs": absolute_value,
    "sign": sign_of,
    "sin": angle,
    "cos": angle,
    "erf": odd_function,
    "atan": odd_function,
    "asin": odd_function,
    "Gamma": gamma,
    "digamma": gamma,
}
"""The step for each function that is not defined by others."""


def written_plainly(tower: Tower, term: Term) -> Step | None:
    """By the same term with plain arguments, where a rewrite speaks of that: ``a[(m - 1) + 1]``."""
    if not any(part.head in ARITHMETIC for part in term.args):
        return None
    plain = tidy(term)
    if plain == term or all(known.claim.lhs != plain for known in tower.rewrites):
        return None
    return partial(_adopted, rules.ring(tower.context, term, plain))


ARITHMETIC: Final = frozenset({"add", "mul", "neg", "div"})


def step_for(tower: Tower, term: Term) -> Step | None:
    """The step for a term, None when the term is opaque or plain arithmetic."""
    of_matrices = matrix_step(tower.context, term)
    if of_matrices is not None:
        return of_matrices
    if names_law(term):
        return under_law
    if term.head == "index":
        return written_plainly(tower, term)
    if term.head == "call":
        if any(c.lhs.head == "fun" for _, c in tower.context.hypotheses):
            known = by_every_point(tower, term)
            if known is not None:
                return known
        if tower.context.definition_of(term) is not None or term.payload in DEFINITIONS:
            return by_definition
        return STEPS[term.payload] if term.payload in STEPS else written_plainly(tower, term)
    if term.head == "sym":
        return by_definition if tower.context.definition_of(term) is not None else None
    if term.head == "pow" and literal_exponent(term) is None:
        return general_power
    if term.head in ("sum", "prod"):
        return by_definition if is_short_range(term) else symbolic_range
    if term.head == "int":
        return integral
    if term.head == "over":
        return over_space
    if term.head == "diff":
        return differentiation
    return by_definition if term.head == "dens" else None
