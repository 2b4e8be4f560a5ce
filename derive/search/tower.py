"""Search for equalities: rewrite both sides over one set of generators.

Every exponential, logarithm, root, angle and absolute value met on the way is expressed through simple
generators, each by a theorem of the kernel. Those theorems become the rewrites and relations with
which `derive.kernel.rules.ring` then decides the equation. A root or an exponential met later may
need a finer generator than one chosen before; then the tower is built again with the finer one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Final

from derive.kernel import functions, rules, unfolding
from derive.kernel.bounds import Bounds, narrowed
from derive.kernel.definitions import DEFINITIONS
from derive.kernel.normal import Ring, literal_exponent
from derive.kernel.theorem import KernelError, Theorem
from derive.search.polynomials import (
    Fractional,
    normal_form,
    over_common,
    polynomial_term,
    scaled,
    solve_linear,
)
from derive.terms.context import Context
from derive.terms.printer import to_text
from derive.terms.term import Term, add, binder, call, div, mul, neg, num, power, rational, sub

MAX_RESTARTS: Final = 12
MAX_FACTS: Final = 3_000
MAX_MULTIPLE: Final = 8
ZERO, ONE = num(0), num(1)


@dataclass
class Choices:
    """What the generators are, so far: steps for multiples, and the exponents' denominator."""

    units: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    denominator: Term = ONE

    def state(self) -> tuple[object, ...]:
        """Something that differs once a choice was refined."""
        return self.denominator, tuple(sorted(self.units.items()))


class Refine(KernelError):
    """A finer generator is needed; the choices have been updated, and the tower must start again."""

    def __init__(self) -> None:
        super().__init__("tower: a finer generator is needed")


class Tower:
    """Generators for the terms added so far, as kernel theorems.

    With ``split`` a logarithm of a product is taken apart even where the signs of the factors are
    unknown; the signs then become conditions.
    """

    def __init__(self, context: Context, shared: Choices, *, split: bool) -> None:
        self.context = context
        self.shared = shared
        self.units = shared.units
        self.common = shared.denominator
        self.split = split
        self.rewrites: list[Theorem] = []
        self.relations: list[Theorem] = []
        self.lemmas: list[Theorem] = []
        self.bounds = Bounds(context)
        self.done: set[Term] = set()
        self._use_hypotheses()

    def _use_hypotheses(self) -> None:
        """Equations of the context: rewrites where one side is an atom, relations otherwise."""
        for name, claim in self.context.hypotheses:
            theorem = rules.hypothesis(self.context, name)
            if claim.relation != "=":
                self._use_order(theorem)
                continue
            for side in (theorem, rules.symmetry(theorem)):
                atom, other = side.claim.lhs, side.claim.rhs
                if atom.head in ("sym", "index", "call") and not _occurs(atom, other):
                    self.add(other)
                    self.done.add(atom)
                    self.rewrites.append(side)
                    break
            else:
                self._use_equation(theorem)

    def _use_order(self, theorem: Theorem) -> None:
        """Keep ``0 ⋈ b - a`` for an order hypothesis, with the difference in normal form."""
        if theorem.claim.relation == "!=":
            return
        gap = rules.to_difference(theorem)
        self.add(gap.claim.rhs)
        form = self.form(gap.claim.rhs)
        factors = form.factors()
        plain = polynomial_term(form.top, form.atoms)
        if len(form.bottom) == 1 and form.bottom.is_constant() and factors:
            if rational(factors[0][0]) == -1:
                plain = neg(polynomial_term(-form.top, form.atoms))
            self.lemmas.append(rules.trans(gap, self.equation(gap.claim.rhs, plain)))

    def _use_equation(self, theorem: Theorem) -> None:
        """Solve an equation for an atom in which it is linear; else keep it as a relation."""
        claim = theorem.claim
        self.add(claim.lhs)
        self.add(claim.rhs)
        solved = solve_linear(self.form(sub(claim.lhs, claim.rhs)))
        if solved is None:
            self.relations.append(theorem)
            return
        atom, other = solved
        self.rewrites.append(
            rules.ring(self.context, atom, other, self.rewrites, [*self.relations, theorem])
        )

    def add(self, term: Term) -> None:
        """Make the generators for a term and everything in it."""
        if term in self.done:
            return
        self.done.add(term)
        if len(self.rewrites) > MAX_FACTS:
            raise KernelError("tower: the expression needs too many generators")
        step = self._step(term)
        if step is None or term.head not in ("sum", "prod", "diff"):
            for arg in term.args if term.head not in ("sum", "prod", "diff", "int", "mean") else ():
                self.add(arg)
        if step is not None:
            step(term)

    def _step(self, term: Term) -> Callable[[Term], None] | None:
        if term.head == "call":
            known = self.context.definition(term.payload) is not None
            if known or term.payload in DEFINITIONS:
                return self._unfold
            return {
                "exp": self._exp,
                "log": self._log,
                "abs": self._abs,
                "sign": self._sign,
                "sin": self._angle,
                "cos": self._angle,
                "erf": self._odd,
                "atan": self._odd,
                "asin": self._odd,
                "KL": self._divergence,
            }.get(term.payload)
        if term.head == "sym":
            return self._unfold if self.context.definition(term.payload) is not None else None
        if term.head == "pow" and literal_exponent(term) is None:
            return self._power
        if term.head in ("sum", "prod"):
            literal = all(rational(end) is not None for end in term.args[1:])
            return self._unfold if literal else self._range
        return self._unfold if term.head in ("dens", "diff") else None

    def form(self, term: Term) -> Fractional:
        """The normal form of a term over the generators so far."""
        return normal_form(Ring([(t.claim.lhs, t.claim.rhs) for t in self.rewrites]), term)

    def equation(self, lhs: Term, rhs: Term) -> Theorem:
        """The kernel's theorem that two terms have one normal form."""
        return rules.ring(self.context, lhs, rhs, self.rewrites, self.relations)

    def rewrite(self, theorem: Theorem) -> None:
        """Adopt ``atom = term`` after making the generators for the term."""
        self.add(theorem.claim.rhs)
        self.done.add(theorem.claim.lhs)
        self.rewrites.append(theorem)

    def sign(self, term: Term) -> int:
        """1 or -1 when the term is known to be positive or negative, 0 otherwise."""
        interval = self.bounds.of(term)
        return 1 if interval.positive else -1 if interval.negative else 0

    def unit(self, kind: str, term: Term, coefficient: Fraction) -> Fraction:
        """The generator's step for multiples of ``term``, refined to divide ``coefficient``."""
        key = kind, to_text(term)
        old = self.units.get(key)
        if old is None:
            self.units[key] = abs(coefficient)
        elif (coefficient / old).denominator != 1:
            self.units[key] = _common(old, abs(coefficient))
            raise Refine
        return self.units[key]

    def _unfold(self, term: Term) -> None:
        self.rewrite(unfolding.unfold(self.context, term))

    def _divergence(self, term: Term) -> None:
        self.rewrite(unfolding.gaussian_kl(self.context, term))

    def _range(self, term: Term) -> None:
        """A sum or product with symbolic ends: bring its body to normal form."""
        inner, body, name = narrowed(self.context, term)
        below = Tower(inner, self.shared, split=self.split)
        below.add(body)
        plain = below.form(body).term()
        if plain != body:
            inside = below.equation(body, plain)
            closed = settle(inside, below)
            self.done.add(binder(term.head, name, plain, *term.args[1:]))
            self.rewrites.append(rules.congruence_inside(self.context, term, closed))

    def _exp(self, term: Term) -> None:
        parts = []
        for coefficient, unit in self._exponents(term.args[0]):
            if unit.head == "call" and unit.payload == "log":
                parts.append(scaled_log(coefficient, unit))
                continue
            step = self.unit("exp", unit, coefficient)
            generator = scaled(step, unit)
            self.done.add(call("exp", generator))
            parts.append(mul(num(coefficient / step), generator))
        total = add(*parts) if len(parts) > 1 else parts[0] if parts else ZERO
        if len(parts) == 1 and parts[0].head == "mul" and rational(parts[0].args[0]) == 1:
            return
        self.rewrite(functions.exp_sum(self.equation(term.args[0], total)))

    def _exponents(self, term: Term) -> list[tuple[Fraction, Term]]:
        """The summands of an exponent, all exponents being put over one common denominator."""
        form = self.form(term)
        common = self.common
        if len(form.bottom) == 1 and common == ONE:
            return form.summands()
        ring = Ring([(t.claim.lhs, t.claim.rhs) for t in self.rewrites])
        whole, rest, clear = over_common(ring, term, common)
        if not clear:
            bottom = polynomial_term(form.bottom, form.atoms)
            self.shared.denominator = bottom if common == ONE else mul(common, bottom)
            raise Refine
        over = [(c, div(unit, common)) for c, unit in rest.summands()] if rest.summands() else []
        return whole.summands() + over

    def _log(self, term: Term) -> None:
        product = self._positive_product(self.form(term.args[0]).factors())
        if product is None:
            return
        equation = self.equation(term.args[0], product)
        for base, _ in functions.factors(product):
            if not (base.head == "call" and base.payload == "exp"):
                self.done.add(call("log", base))
        theorem = functions.log_product(equation)
        if theorem.claim.rhs != term:
            self.rewrite(theorem)

    def _positive_product(self, factors: list[tuple[Term, int]]) -> Term | None:
        """The factors as a product of things that are, or are to be, positive."""
        sign, known, unknown = 1, [], []
        for base, exponent in factors:
            direction = -1 if rational(base) == -1 else self.sign(base)
            if direction < 0:
                sign *= (-1) ** exponent
                base = neg(base)
            if rational(base) == 1:
                continue
            if direction:
                known.append(_flat(base, exponent))
            elif exponent % 2 == 0 and not self.split:
                known.append(power(call("abs", base), num(exponent)))
            else:
                unknown.append((base, exponent))
        if sign < 0:
            if not unknown:
                return None
            base, exponent = unknown.pop()
            unknown.append((neg(base), exponent))
        if len(unknown) > 1 and not self.split:
            rest = [power(b, num(e)) if e != 1 else b for b, e in unknown]
            known.append(power(self.form(mul(*rest)).term(), ONE))
        else:
            known += [_flat(b, e) for b, e in unknown]
        for part in known:
            self.add(part)
        return mul(*known) if len(known) > 1 else known[0] if known else ONE

    def _power(self, term: Term) -> None:
        base, exponent = term.args
        value = self.form(exponent).constant
        if value is not None and rational(exponent) is None:
            same = self.equation(exponent, num(value))
            self.rewrite(
                rules.congruence(self.context, term, [rules.refl(self.context, base), same])
            )
        elif value is not None:
            self._root(term, value)
        elif not self.context.is_integer(exponent) or self.sign(base) > 0:
            self.rewrite(functions.power_exp(self.context, base, exponent))
        else:
            self._integer_power(term)

    def _integer_power(self, term: Term) -> None:
        """``a**n`` for an integer symbol: over products in the base and sums in the exponent."""
        base, exponent = term.args
        factors = self.form(base).factors()
        parts = [power(b, num(e)) if e != 1 else b for b, e in factors]
        if len(parts) > 1 or (parts and parts[0] != base):
            product = mul(*parts) if len(parts) > 1 else parts[0]
            self.rewrite(functions.power_product(self.equation(base, product), exponent))
            return
        summands = [scaled(c, u) for c, u in self.form(exponent).summands()]
        if len(summands) > 1:
            self.rewrite(functions.power_sum(self.equation(exponent, add(*summands)), base))

    def _root(self, term: Term, value: Fraction) -> None:
        """A rational power: over the factors of the base, each a power of one root generator."""
        base, exponent = term.args
        factors = self.form(base).factors()
        if base.head == "call" and base.payload == "exp":
            self.rewrite(functions.power_exp(self.context, base, exponent))
            return
        product = self._positive_product(factors)
        if product is None:
            return
        parts = list(functions.factors(product))
        if len(parts) == 1 and parts[0] == (base, ONE):
            self._root_generator(term, base, value)
        else:
            self.rewrite(functions.power_product(self.equation(base, product), num(value)))

    def _root_generator(self, term: Term, base: Term, value: Fraction) -> None:
        step = self.unit("root", base, Fraction(1, value.denominator))
        degree = step.denominator
        small, times = num(step), value / step
        generator = power(base, small)
        if generator not in self.done or generator == term:
            self.relations.append(functions.power_power(self.context, base, small, num(degree)))
        self.done.add(generator)
        if generator != term:
            theorem = functions.power_power(self.context, base, small, num(times))
            if theorem.claim.rhs == term:
                self.rewrite(rules.symmetry(theorem))

    def _abs(self, term: Term) -> None:
        (inner,) = term.args
        bounds = self.bounds.of(inner)
        if bounds.nonnegative:
            self.rewrite(functions.abs_nonnegative(self.context, inner))
            return
        factors = self.form(inner).factors()
        if (-bounds).nonnegative or (factors and rational(factors[0][0]) == -1):
            opposite = neg(self.form(neg(inner)).term())
            self.add(opposite)
            self.rewrite(functions.parity("abs", self.equation(inner, opposite)))
            return
        if factors == [(inner, 1)]:
            self.relations.append(functions.abs_square(self.context, inner))
        elif factors:
            parts = [power(b, num(e)) for b, e in factors]
            product = mul(*parts) if len(parts) > 1 else parts[0]
            self.rewrite(functions.abs_product(self.equation(inner, product)))

    def _sign(self, term: Term) -> None:
        (inner,) = term.args
        sign = self.sign(inner)
        if sign > 0:
            self.rewrite(functions.sign_positive(self.context, inner))
        elif sign < 0:
            opposite = neg(self.form(neg(inner)).term())
            self.rewrite(functions.parity("sign", self.equation(inner, opposite)))

    def _odd(self, term: Term) -> None:
        """An odd function at a negative multiple, or at zero."""
        (inner,) = term.args
        summands = self.form(inner).summands()
        if not summands:
            self.rewrite(functions.special_value(term.payload, self.equation(inner, ZERO)))
        elif summands[0][0] < 0:
            opposite = neg(self.form(neg(inner)).term())
            self.rewrite(functions.parity(term.payload, self.equation(inner, opposite)))

    def _angle(self, term: Term) -> None:
        """Sine and cosine: of sums, of multiples, of negatives, and at multiples of π."""
        (inner,) = term.args
        name = term.payload
        parts = [(c, u) for c, u in self.form(inner).summands()]
        if not parts:
            self.rewrite(functions.special_value(name, self.equation(inner, ZERO)))
            return
        (coefficient, unit), rest = parts[0], parts[1:]
        first = scaled(coefficient, unit)
        if rest:
            others = [scaled(c, u) for c, u in rest]
            second = add(*others) if len(others) > 1 else others[0]
            self.rewrite(functions.angle_sum(name, self.equation(inner, add(first, second))))
        elif coefficient < 0:
            opposite = neg(scaled(-coefficient, unit))
            self.rewrite(functions.parity(name, self.equation(inner, opposite)))
        elif (name, to_text(first)) in functions.SPECIAL or to_text(first) == "pi*1/2":
            shown = self.equation(inner, _half_pi() if coefficient != 1 else first)
            self.rewrite(functions.special_value(name, shown))
        else:
            self._multiple(term, coefficient, unit)

    def _multiple(self, term: Term, coefficient: Fraction, unit: Term) -> None:
        step = self.unit("angle", unit, coefficient)
        generator, times = scaled(step, unit), int(coefficient / step)
        if times == 1:
            self.done |= {call("sin", generator), call("cos", generator)}
            self.relations.append(functions.pythagoras(self.context, generator))
        elif times <= MAX_MULTIPLE:
            rest = scaled(coefficient - step, unit)
            equation = self.equation(term.args[0], add(generator, rest))
            self.rewrite(functions.angle_sum(term.payload, equation))


def _half_pi() -> Term:
    return div(call("pi"), num(2))


def _flat(base: Term, exponent: int) -> Term:
    """``base**exponent``, with a root in the base written as one rational power."""
    if base.head == "pow" and (inner := rational(base.args[1])) is not None:
        total = inner * exponent
        return power(base.args[0], num(total)) if total != 1 else base.args[0]
    return power(base, num(exponent)) if exponent != 1 else base


def scaled_log(coefficient: Fraction, log: Term) -> Term:
    """``c*log(f)`` in the form that `exp_sum` reads."""
    return log if coefficient == 1 else mul(num(coefficient), log)


def _occurs(part: Term, whole: Term) -> bool:
    return part == whole or any(_occurs(part, a) for a in whole.args)


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The largest rational of which both are integer multiples."""
    return Fraction(
        gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator
    )


def prove_equal(context: Context, lhs: Term, rhs: Term) -> tuple[Theorem, Tower]:
    """Search for a theorem ``lhs = rhs``; it may carry conditions.

    Returns the theorem and the tower that led to it. Raises KernelError when none is found.
    """
    failure = KernelError("tower: no attempt was made")
    for split in (False, True):
        choices = Choices()
        for _ in range(MAX_RESTARTS):
            try:
                tower = Tower(context, choices, split=split)
                tower.add(lhs)
                tower.add(rhs)
                return tower.equation(lhs, rhs), tower
            except Refine:
                continue
            except KernelError as error:
                failure = error
                break
    raise failure


def settle(theorem: Theorem, tower: Tower) -> Theorem:
    """Discharge the conditions that the sign checker can show."""
    from derive.search.conditions import discharge_all

    return discharge_all(theorem, tower)
