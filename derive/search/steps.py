"""How each operation is expressed through generators: one step of the tower for each.

A step proves equations with rules of the kernel and hands them to the tower. To teach the search a
new operation, write its step and name it in `STEPS`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from derive.kernel import functions, rules, unfolding
from derive.kernel.bounds import narrowed
from derive.kernel.definitions import DEFINITIONS, is_short_range
from derive.kernel.facts import FACTS, fact
from derive.kernel.normal import Ring, literal_exponent
from derive.search.applying import carried, fact_for
from derive.search.conditions import discharge_all
from derive.search.polynomials import over_common, polynomial_term, scaled
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
    total,
)

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_MULTIPLE: Final = 8
ZERO, ONE, PI = num(0), num(1), call("pi")
HALF: Final = Fraction(1, 2)
NAMED_ANGLES: Final = {
    Fraction(1): "pi",
    HALF: "half_pi",
    Fraction(1, 3): "third_pi",
    Fraction(1, 4): "quarter_pi",
    Fraction(1, 6): "sixth_pi",
}
"""Multiples of π at which the kernel knows the values of sine and cosine."""

Step = Callable[["Tower", Term], None]


def by_definition(tower: Tower, term: Term) -> None:
    """An operation that is defined by others."""
    tower.rewrite(unfolding.unfold(tower.context, term))


def gaussian_divergence(tower: Tower, term: Term) -> None:
    """A divergence between two normal laws."""
    tower.rewrite(fact_for(tower.context, "gaussian_kl", term))


def symbolic_range(tower: Tower, term: Term) -> None:
    """A sum or product with symbolic ends: bring its body to normal form."""
    inner, body, name = narrowed(tower.context, term)
    below = tower.inside(inner)
    below.add(body)
    plain = below.form(body).term()
    if plain != body:
        inside = below.equation(body, plain)
        closed = discharge_all(inside, below)
        tower.done.add(binder(term.head, name, plain, *term.args[1:]))
        tower.rewrites.append(rules.congruence_inside(tower.context, term, closed))


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
        return
    tower.rewrite(functions.exp_sum(tower.equation(term.args[0], total(parts))))


def _exponents(tower: Tower, term: Term) -> list[tuple[Fraction, Term]]:
    """The summands of an exponent, all exponents being put over one common denominator."""
    form = tower.form(term)
    common = tower.choices.denominator
    if len(form.bottom) == 1 and common == ONE:
        return form.summands()
    ring = Ring([(t.claim.lhs, t.claim.rhs) for t in tower.rewrites])
    whole, rest, clear = over_common(ring, term, common)
    if not clear:
        tower.choices.clear(polynomial_term(form.bottom, form.atoms))
    over = [(c, div(unit, common)) for c, unit in rest.summands()] if rest.summands() else []
    return whole.summands() + over


def logarithm(tower: Tower, term: Term) -> None:
    """Over the factors of the argument, as far as their signs are known."""
    positive = _positive_product(tower, tower.form(term.args[0]).factors())
    if positive is None:
        return
    equation = tower.equation(term.args[0], positive)
    for base, _ in functions.factors(positive):
        if not (base.head == "call" and base.payload == "exp"):
            tower.done.add(call("log", base))
    theorem = functions.log_product(equation)
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
        tower.rewrite(functions.power_product(tower.equation(base, product(parts)), exponent))
        return
    summands = [scaled(c, u) for c, u in tower.form(exponent).summands()]
    if len(summands) > 1:
        tower.rewrite(functions.power_sum(tower.equation(exponent, add(*summands)), base))


def _root(tower: Tower, term: Term, value: Fraction) -> None:
    """A rational power: over the factors of the base, each a power of one root generator."""
    base = term.args[0]
    factors = tower.form(base).factors()
    if base.head == "call" and base.payload == "exp":
        tower.rewrite(fact_for(tower.context, "power_exp", term))
        return
    positive = _positive_product(tower, factors)
    if positive is None:
        return
    parts = list(functions.factors(positive))
    if len(parts) == 1 and parts[0] == (base, ONE):
        _root_generator(tower, term, base, value)
    else:
        tower.rewrite(functions.power_product(tower.equation(base, positive), num(value)))


def _root_generator(tower: Tower, term: Term, base: Term, value: Fraction) -> None:
    step = tower.choices.unit("root", base, Fraction(1, value.denominator))
    degree = step.denominator
    small, times = num(step), value / step
    generator = power(base, small)
    if generator not in tower.done or generator == term:
        tower.relations.append(functions.power_power(tower.context, base, small, num(degree)))
    tower.done.add(generator)
    if generator != term:
        theorem = functions.power_power(tower.context, base, small, num(times))
        if theorem.claim.rhs == term:
            tower.rewrite(rules.symmetry(theorem))


def absolute_value(tower: Tower, term: Term) -> None:
    """By the sign of the argument, or over its factors."""
    (inner,) = term.args
    bounds = tower.bounds.of(inner)
    if bounds.nonnegative:
        tower.rewrite(fact_for(tower.context, "abs_nonnegative", term))
        return
    factors = tower.form(inner).factors()
    if (-bounds).nonnegative or (factors and rational(factors[0][0]) == -1):
        opposite = neg(tower.form(neg(inner)).term())
        tower.add(opposite)
        tower.rewrite(carried(term, tower.equation(inner, opposite), "abs_even"))
        return
    if factors == [(inner, 1)]:
        tower.relations.append(fact(tower.context, "abs_square", {"a": inner}))
    elif factors:
        parts = [power(b, num(e)) for b, e in factors]
        tower.rewrite(functions.abs_product(tower.equation(inner, product(parts))))


def sign_of(tower: Tower, term: Term) -> None:
    """Where the sign of the argument is known."""
    (inner,) = term.args
    sign = tower.sign(inner)
    if sign > 0:
        tower.rewrite(fact_for(tower.context, "sign_positive", term))
    elif sign < 0:
        opposite = neg(tower.form(neg(inner)).term())
        tower.rewrite(carried(term, tower.equation(inner, opposite), "sign_odd"))


def odd_function(tower: Tower, term: Term) -> None:
    """An odd function at a negative multiple, or at zero."""
    (inner,) = term.args
    summands = tower.form(inner).summands()
    if not summands:
        if f"{term.payload}_zero" in FACTS:
            tower.rewrite(carried(term, tower.equation(inner, ZERO), f"{term.payload}_zero"))
    elif summands[0][0] < 0:
        opposite = neg(tower.form(neg(inner)).term())
        tower.rewrite(carried(term, tower.equation(inner, opposite), f"{term.payload}_odd"))


def angle(tower: Tower, term: Term) -> None:
    """Sine and cosine: of sums, of multiples, of negatives, and at multiples of π."""
    (inner,) = term.args
    name = term.payload
    parts = [(c, u) for c, u in tower.form(inner).summands()]
    if not parts:
        tower.rewrite(carried(term, tower.equation(inner, ZERO), f"{name}_zero"))
        return
    (coefficient, unit), rest = parts[0], parts[1:]
    if rest:
        others = total([scaled(c, u) for c, u in rest])
        _angle_sum(tower, term, scaled(coefficient, unit), others)
    elif coefficient < 0:
        opposite = neg(scaled(-coefficient, unit))
        parity = "odd" if name == "sin" else "even"
        tower.rewrite(carried(term, tower.equation(inner, opposite), f"{name}_{parity}"))
    elif unit == PI and (coefficient in NAMED_ANGLES or HALF < coefficient <= MAX_MULTIPLE):
        _multiple_of_pi(tower, term, coefficient)
    else:
        _multiple(tower, term, coefficient, unit)


def _angle_sum(tower: Tower, term: Term, first: Term, second: Term) -> None:
    equation = tower.equation(term.args[0], add(first, second))
    tower.rewrite(carried(term, equation, f"{term.payload}_sum"))


def _multiple_of_pi(tower: Tower, term: Term, coefficient: Fraction) -> None:
    """At a named angle, or a right or straight angle taken off a larger one."""
    if coefficient in NAMED_ANGLES:
        at = PI if coefficient == 1 else div(PI, num(coefficient.denominator))
        name = f"{term.payload}_{NAMED_ANGLES[coefficient]}"
        tower.rewrite(carried(term, tower.equation(term.args[0], at), name))
        return
    step = Fraction(1) if coefficient > 1 else HALF
    _angle_sum(tower, term, scaled(step, PI), scaled(coefficient - step, PI))


def _multiple(tower: Tower, term: Term, coefficient: Fraction, unit: Term) -> None:
    step = tower.choices.unit("angle", unit, coefficient)
    generator, times = scaled(step, unit), int(coefficient / step)
    if times == 1:
        tower.done |= {call("sin", generator), call("cos", generator)}
        tower.relations.append(fact(tower.context, "pythagoras", {"a": generator}))
    elif times <= MAX_MULTIPLE:
        _angle_sum(tower, term, generator, scaled(coefficient - step, unit))


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
    "KL": gaussian_divergence,
}
"""The step for each function that is not defined by others."""


def step_for(tower: Tower, term: Term) -> Step | None:
    """The step for a term, None when the term is opaque or plain arithmetic."""
    if term.head == "call":
        defined = tower.context.definition_of(term) is not None or term.payload in DEFINITIONS
        return by_definition if defined else STEPS.get(term.payload)
    if term.head == "sym":
        return by_definition if tower.context.definition_of(term) is not None else None
    if term.head == "pow" and literal_exponent(term) is None:
        return general_power
    if term.head in ("sum", "prod"):
        return by_definition if is_short_range(term) else symbolic_range
    return by_definition if term.head in ("dens", "diff") else None
