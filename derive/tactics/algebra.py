"""Tactics of algebra: rational functions, definitions, logarithms and exponentials, roots."""

from __future__ import annotations

from collections import Counter
from typing import Final

from derive.decision import prove
from derive.kernel.definitions import DEFINITIONS, DENSITIES
from derive.kernel.theorem import Theorem
from derive.tactics.registry import Goal, Refused, tactic
from derive.tactics.within import WRITTEN, equal, first_of
from derive.terms.context import Context
from derive.terms.heads import BINDERS
from derive.terms.substitution import substitute
from derive.terms.term import Term, neg, num, rational, rebuild, sym

NONE: Final[frozenset[str]] = frozenset()
LOGS: Final = WRITTEN | {"exp", "log", "power"}
ROOTS: Final = WRITTEN | {"power", "abs", "sign"}


@tactic("ring", "primitive", "equal as rational functions, modulo the equations of the hypotheses")
def ring(goal: Goal) -> Theorem:
    """Both sides have one normal form as quotients of polynomials in their atoms.

    Equations among the hypotheses and the cited facts count as relations between the atoms; definitions
    of the context are written out where that is needed. No denominator may vanish.

    >>> from derive.tactics import goal
    >>> ring(goal("(s**2 - 1)/(s + 1) = s - 1", s="positive"))
    ⊢ (s**2 - 1)/(s + 1) = s - 1
    >>> ring(goal("a*c = 6", "a = 2*b", "b*c = 3", a="real", b="real", c="real"))
    ⊢ a*c = 6
    >>> ring(goal("log(s**2) = 2*log(s)", s="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: log(s**2) and 2*log(s) have different normal forms
    """
    return first_of(goal, (NONE, frozenset({"definition"})))


@tactic("subst", "primitive", "equals for equals: cited equations and definitions, then algebra")
def subst(goal: Goal) -> Theorem:
    """Cited equations, or equations among the hypotheses, are put in; definitions are written out.

    >>> from derive.tactics import goal
    >>> subst(goal("exp(a)*b = exp(2)*b", "a = 2", a="real", b="real"))
    ⊢ exp(a)*b = exp(2)*b
    >>> subst(goal("exp(a)*exp(b) = exp(a + b)", "a = 2", a="real", b="real"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: exp(a)*exp(b) and exp(a + b) have different normal forms
    >>> subst(goal("a + b = b + a", a="real", b="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: subst: there is no equation to put in; cite one with using=
    """
    equations = [c for _, c in goal.context.hypotheses if c.relation == "="]
    if not equations and not goal.context.definitions:
        raise Refused("subst: there is no equation to put in; cite one with using=")
    return first_of(goal, (NONE, frozenset({"definition"}), WRITTEN | {"range"}))


@tactic("unfold", "primitive", "the same once every definition is written out")
def unfold(goal: Goal) -> Theorem:
    """Both sides are the same when definitions are written out, up to the order of sums and products.

    >>> from derive.tactics import goal
    >>> unfold(goal("2*sigmoid(x) = 2*(1/(1 + exp(-x)))", x="real"))
    ⊢ 2*sigmoid(x) = 2*(1/(1 + exp(-x)))
    >>> unfold(goal("2*sigmoid(x) = 2/(1 + exp(-x))", x="real"))
    Traceback (most recent call last):
    derive.tactics.registry.Refused: unfold: the sides still differ once written out: \
2*(1/(1 + exp(-x))) and 2/(1 + exp(-x))
    """
    claim = goal.claim
    sides = [_written(goal.context, side) for side in (claim.lhs, claim.rhs)]
    if claim.relation != "=" or _shape(sides[0]) != _shape(sides[1]):
        shown = " and ".join(map(str, sides))
        raise Refused(f"unfold: the sides still differ once written out: {shown}")
    theorem, reason = prove(claim, goal.context)
    if theorem is None:
        raise Refused(f"unfold: the sides agree, but no proof was found: {reason}")
    return theorem


def _written(context: Context, term: Term) -> Term:
    """The term with every definition written out, of the context and of the language."""
    args = tuple(_written(context, a) for a in term.args)
    term = rebuild(term, args) if args else term
    if (found := context.definition_of(term)) is not None:
        return _written(context, found.apply(term.args))
    if term.head == "call" and term.payload in DEFINITIONS:
        return _written(context, DEFINITIONS[term.payload](*term.args))
    if term.head == "dens":
        return _written(context, DENSITIES[term.payload](*term.args))
    return term


Shape = tuple[object, ...]


def _shape(term: Term, depth: int = 0) -> Shape:
    """Something equal for terms that differ in the order of sums and products and in bound names."""
    value = rational(term)
    if value is not None:
        return ("num", value)
    if term.head in BINDERS:
        name = f"#{depth}"
        scope = BINDERS[term.head]
        mapping = {term.payload: sym(f"bound_{depth}")}
        args = [substitute(a, mapping) if i in scope else a for i, a in enumerate(term.args)]
        return (term.head, name, *(_shape(a, depth + 1) for a in args))
    if term.head in ("add", "mul", "neg"):
        return _collected(term, depth)
    return (term.head, term.payload, *(_shape(a, depth) for a in term.args))


def _collected(term: Term, depth: int) -> Shape:
    """A sum or product by its parts, each with how often it stands there."""
    if term.head == "neg":
        inner = term.args[0]
        if inner.head == "neg":
            return _shape(inner.args[0], depth)
        if inner.head == "add":
            return _collected(rebuild(inner, tuple(neg(a) for a in inner.args)), depth)
        return ("neg", _shape(inner, depth))
    parts = list(_flat(term, term.head))
    if term.head == "mul":
        parts = [p for p in parts if p != num(1)] or [num(1)]
    if len(parts) == 1:
        return _shape(parts[0], depth)
    return (term.head, frozenset(Counter(_shape(p, depth) for p in parts).items()))


def _flat(term: Term, head: str) -> list[Term]:
    if term.head == head:
        return [p for a in term.args for p in _flat(a, head)]
    if head == "add" and term.head == "neg" and term.args[0].head == "add":
        return [p for a in term.args[0].args for p in _flat(neg(a), head)]
    return [term]


@tactic("log_exp", "primitive", "laws of logarithms, exponentials and powers, then algebra")
def log_exp(goal: Goal) -> Theorem:
    """Logarithms of products taken apart, exponents added up, powers as exponentials.

    What a logarithm is taken of must be positive where it is used.

    >>> from derive.tactics import goal
    >>> log_exp(goal("log(a*b**2) = log(a) + 2*log(b)", a="positive", b="positive"))
    ⊢ log(a*b**2) = log(a) + 2*log(b)
    >>> log_exp(goal("log(a**2) = 2*log(a)", a="nonzero"))
    [0 < a] ⊢ log(a**2) = 2*log(a)
    >>> log_exp(goal("log(a + b) = log(a) + log(b)", a="positive", b="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: log(a + b) and log(a) + log(b) have different normal forms
    """
    return first_of(goal, (LOGS - {"definition"}, LOGS, LOGS | {"abs"}))


@tactic("root", "primitive", "laws of roots and absolute values, then algebra")
def root(goal: Goal) -> Theorem:
    """Roots of products taken apart, a root of a square as an absolute value.

    >>> from derive.tactics import goal
    >>> root(goal("sqrt(a**2*b) = a*sqrt(b)", a="positive", b="nonnegative"))
    ⊢ sqrt(a**2*b) = a*sqrt(b)
    >>> root(goal("sqrt(a + b) = sqrt(a) + sqrt(b)", a="positive", b="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: sqrt(a + b) and sqrt(a) + sqrt(b) have different normal forms
    """
    return first_of(goal, (ROOTS - {"definition"}, ROOTS))


@tactic("trig", "primitive", "sines and cosines of sums, values at multiples of pi, then algebra")
def trig(goal: Goal) -> Theorem:
    """Laws of the circular functions.

    >>> from derive.tactics import goal
    >>> trig(goal("sin(x + pi) = -sin(x)", x="real"))
    ⊢ sin(x + pi) = -sin(x)
    >>> trig(goal("sin(2*x) = 2*sin(x)", x="real"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: sin(2*x) and 2*sin(x) have different normal forms
    """
    return equal(goal, ROOTS | {"angle"})


@tactic("special", "primitive", "Gamma, digamma and the closed form of a divergence of normal laws")
def special(goal: Goal) -> Theorem:
    """Steps of the Gamma function, and KL between two normal laws.

    >>> from derive.tactics import goal
    >>> special(goal("Gamma(x + 1) = x*Gamma(x)", x="positive"))
    ⊢ Gamma(x + 1) = x*Gamma(x)
    >>> special(goal("Gamma(2*x) = 2*Gamma(x)", x="positive"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: ring: Gamma(2*x) and 2*Gamma(x) have different normal forms
    """
    return equal(goal, LOGS | {"abs", "gamma", "law"})
