"""Concrete instances of declared functions, so that a claim about all of them can be refuted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from derive.terms.context import Context, Declaration, Definition
from derive.terms.term import Term, add, div, mul, num, power, sub, sym
from numeric.domain import Domain


def instantiated(context: Context, names: Iterable[str], variant: int) -> Context:
    """The context with each named function given a formula whose values lie in its domain.

    The formulas are small rational functions, different for each name and variant.
    """
    chosen = {name: place for place, name in enumerate(sorted(names), 1)}
    symbols = tuple(
        Declaration(d.name, "function", Domain(), d.arity) if d.name in chosen else d
        for d in context.symbols
    )
    formulas = tuple(
        Definition(d.name, parameters, _formula(d, parameters, chosen[d.name] + 3 * variant))
        for d in context.symbols
        if d.name in chosen and (parameters := _parameters(d))
    )
    return replace(context, symbols=symbols, definitions=(*formulas, *context.definitions))


def _parameters(declaration: Declaration) -> tuple[str, ...]:
    return tuple(f"{declaration.name}_at_{i}" for i in range(declaration.arity))


def _formula(declaration: Declaration, parameters: tuple[str, ...], seed: int) -> Term:
    """``low + share*(high - low)`` for a share in (0, 1) that moves with the arguments."""
    squares = [
        power(sub(sym(p), num(Fraction(seed + 2 * i, 3))), num(2)) for i, p in enumerate(parameters)
    ]
    total = add(num(seed + 1), *squares)
    share = div(num(seed), total)
    domain = declaration.domain
    if domain.integer or domain.nonzero:
        members = domain.points(4, seed=seed)
        return num(members[seed % len(members)])
    if domain.lower is not None and domain.upper is not None:
        width = num(domain.upper - domain.lower)
        return add(num(domain.lower), mul(width, share))
    if domain.lower is not None:
        return add(num(domain.lower), share)
    if domain.upper is not None:
        return sub(num(domain.upper), share)
    return sub(mul(num(seed), sym(parameters[0])), mul(num(2), share))
