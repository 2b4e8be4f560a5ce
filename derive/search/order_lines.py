"""Candidate tangent lines of the logarithm for a goal: how its logarithms are weighted and merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as cartesian
from math import gcd, lcm
from typing import Final

import numpy as np
from flint import fmpq, fmpq_mpoly

from derive.kernel.normal import to_fmpq
from derive.search.order_core import Core
from derive.search.order_linear import combination
from derive.search.order_samples import Unsampled
from derive.search.order_space import Space
from derive.search.polynomials import to_fraction
from derive.terms.term import Term, div, num, power, product, rational

MAX_LOGS: Final = 16
MAX_WEIGHTS: Final = 16
MAX_POWER: Final = 8


@dataclass(frozen=True)
class Logarithm:
    """``poly/below``, a quotient of monomials, that is the logarithm of ``argument``.

    ``coefficient`` is what it is multiplied by in the goal.
    """

    poly: fmpq_mpoly
    argument: Term
    coefficient: fmpq_mpoly
    below: fmpq_mpoly


@dataclass(frozen=True)
class Line:
    """The non-negative ``weight*(t - 1 - log t)``; ``weighted`` is ``weight*log t`` in generators."""

    weight: fmpq_mpoly
    t: Term
    weighted: fmpq_mpoly


@dataclass(frozen=True)
class Constant:
    """A positive number as factors above and below the line, and its logarithm."""

    above: tuple[Term, ...]
    below: tuple[Term, ...]
    log: fmpq_mpoly


def logarithms(space: Space, top: fmpq_mpoly) -> list[Logarithm] | None:
    """The logarithms of the goal, each with its coefficient; None when it is not linear in them."""
    places = [i for i, a in enumerate(space.atoms) if a.head == "call" and a.payload == "log"]
    terms = [(tuple(int(e) for e in m), c) for m, c in top.to_dict().items()]
    variable = [i for i in places if space.atoms[i].free]
    if any(sum(m[i] for i in variable) > 1 for m, _ in terms):
        return None
    out = []
    one = space.polynomials.constant(1)
    for i in places:
        inside = {
            tuple(e - (j == i) for j, e in enumerate(m)): c
            for m, c in terms
            if m[i] == 1 and (i in variable or not any(m[j] for j in places if j != i))
        }
        if inside:
            coefficient = space.polynomials.from_dict(inside)
            out.append(Logarithm(space.gens[i], space.atoms[i].args[0], coefficient, one))
    out += _exponents(space, terms, variable)
    return out if len(out) <= MAX_LOGS else None


def _exponents(
    space: Space, terms: list[tuple[tuple[int, ...], fmpq]], variable: list[int]
) -> Iterator[Logarithm]:
    """The exponents of exponential generators, where the goal is linear in them."""
    for atom in space.atoms:
        if atom.head != "call" or atom.payload != "exp" or not space.holds(atom.args[0]):
            continue
        poly, below = space.quotient(atom.args[0])
        if len(poly) != 1 or len(below) != 1:
            continue
        (unit,) = (tuple(int(e) for e in m) for m in poly.monoms())
        scale = poly.leading_coefficient()
        inside: dict[tuple[int, ...], fmpq] = {}
        for m, c in terms:
            rest = tuple(e - u for e, u in zip(m, unit, strict=True))
            if min(rest) < 0 or any(m[i] for i in variable if not unit[i]):
                continue
            if any(rest[i] for i, u in enumerate(unit) if u):
                inside = {}
                break
            inside[rest] = c / scale
        if inside and any(unit):
            yield Logarithm(poly, atom, space.polynomials.from_dict(inside) * below, below)


def is_logarithm(space: Space, poly: fmpq_mpoly) -> bool:
    place = _place(poly)
    if place is None:
        return False
    atom = space.atoms[place]
    return atom.head == "call" and atom.payload == "log"


def _place(poly: fmpq_mpoly) -> int | None:
    """The generator that a polynomial is, if it is one."""
    if len(poly) != 1:
        return None
    (monomial,) = poly.monoms()
    places = [i for i, e in enumerate(monomial) if e]
    return places[0] if len(places) == 1 and int(monomial[places[0]]) == 1 else None


def tangent_lines(core: Core, space: Space, logs: list[Logarithm]) -> Iterator[Line]:
    """Candidate tangent lines, the likeliest first."""
    constants = _constants(space, logs)
    seen: set[tuple[str, Term]] = set()
    plain = [log.coefficient for log in logs]
    yield from _fresh(seen, _over(space, logs, _weights(core, space, plain), constants))
    products = _bernstein(core, space, logs)
    if products:
        weights = _weights(core, space, [*plain, *products])
        yield from _fresh(seen, _over(space, logs, weights, constants))


def _over(
    space: Space, logs: list[Logarithm], weights: list[fmpq_mpoly], constants: list[Constant]
) -> Iterator[Line]:
    """Lines for what each of the weights multiplies: all of it, pairs, and single logarithms."""
    expanded = [_expansion(log.coefficient, weights) for log in logs]
    groups = []
    for k, weight in enumerate(weights):
        parts = {
            i: e[k] for i, e in enumerate(expanded) if e is not None and e[k] and _varies(logs[i])
        }
        if parts:
            groups.append((weight, parts))
    for weight, parts in groups:
        yield from _made(space, logs, weight, parts, constants)
    for weight, parts in groups:
        for i, c in parts.items():
            for j, d in parts.items():
                if c > 0 > d:
                    pair = {i: Fraction(1), j: Fraction(-1)}
                    yield from _made(space, logs, weight, pair, constants)
        for i, c in parts.items():
            alone = {i: Fraction(1 if c > 0 else -1)}
            yield from _made(space, logs, weight, alone, constants)
    for i, log in enumerate(logs):
        if expanded[i] is None and _varies(log):
            for sign in (1, -1):
                for weight in weights:
                    alone = {i: Fraction(sign)}
                    yield from _made(space, logs, weight, alone, constants)


def _varies(log: Logarithm) -> bool:
    return bool(log.argument.free)


def _fresh(seen: set[tuple[str, Term]], lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        key = (str(line.weight), line.t)
        if key not in seen:
            seen.add(key)
            yield line


def _made(
    space: Space,
    logs: list[Logarithm],
    weight: fmpq_mpoly,
    parts: dict[int, Fraction],
    constants: list[Constant],
) -> Iterator[Line]:
    """Lines for ``-log(t) = Σ parts*logs + log(c)``, with t a quotient of the arguments."""
    common = lcm(*(c.denominator for c in parts.values()))
    whole = {i: int(c * common) for i, c in parts.items()}
    shared = gcd(*whole.values())
    whole = {i: c // shared for i, c in whole.items()}
    if any(abs(c) > MAX_POWER for c in whole.values()):
        return
    weighted = space.polynomials.constant(0)
    for i, c in whole.items():
        quotient, rest = divmod(weight * logs[i].poly * c, logs[i].below)
        if not rest.is_zero():
            return
        weighted = weighted - quotient
    above = [_raised(logs[i].argument, -c) for i, c in whole.items() if c < 0]
    below = [_raised(logs[i].argument, c) for i, c in whole.items() if c > 0]
    for constant in constants:
        top, bottom = [*constant.above, *above], [*constant.below, *below]
        t = product(top) if not bottom else div(product(top), product(bottom))
        yield Line(weight, t, weighted + weight * constant.log)


def _raised(base: Term, exponent: int) -> Term:
    return base if exponent == 1 else power(base, num(exponent))


def _constants(space: Space, logs: list[Logarithm]) -> list[Constant]:
    """Numbers c with the goal's own logarithms of them: 1, and what its constants are made of."""
    known = []
    for log in logs:
        value = rational(log.argument)
        if value is not None and value.denominator == 1:
            known.append((log.argument, log.poly))
    for atom in space.atoms:
        if atom.head == "call" and atom.payload == "exp" and rational(atom.args[0]) is not None:
            known.append((atom, space.quotient(atom.args[0])[0]))
    zero = space.polynomials.constant(0)
    out = [Constant((), (), zero)]
    for exponents in cartesian((0, 1, -1, 2, -2), repeat=len(known[:3])):
        if not any(exponents) or sum(map(abs, exponents)) > 2:
            continue
        above: list[Term] = []
        below: list[Term] = []
        made = zero
        for e, (number, poly) in zip(exponents, known, strict=False):
            made = made + poly * e
            (above if e > 0 else below).extend([_raised(number, abs(e))] * (e != 0))
        out.append(Constant(tuple(above), tuple(below), made))
    return out[:9]


def _weights(core: Core, space: Space, options: list[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Polynomials without a negative value at the samples, none a sum of the others."""
    found: dict[str, fmpq_mpoly] = {}
    for poly in options:
        for side in (poly, -poly):
            seen = core.samples.signs(space.term(side))
            if seen is not None and not seen[0]:
                lead = side.leading_coefficient()
                scaled = side * (1 / abs(lead))
                found.setdefault(str(scaled), scaled)
    polys = sorted(found.values(), key=lambda p: (int(p.total_degree()), len(p), str(p)))
    polys = polys[: 2 * MAX_WEIGHTS]
    kept = list(polys)
    for poly in sorted(polys, key=lambda p: -_mean(core, space, p)):
        others = [p for p in kept if p is not poly]
        vectors = [_vector(p) for p in others]
        if others and combination(vectors, _vector(poly)) is not None:
            kept = others
    return kept[:MAX_WEIGHTS]


def _mean(core: Core, space: Space, poly: fmpq_mpoly) -> float:
    try:
        values = core.samples.of(space.term(poly))
    except Unsampled:
        return 0.0
    finite = values[np.isfinite(values)]
    return float(np.mean(finite)) if len(finite) else 0.0


def _bernstein(core: Core, space: Space, logs: list[Logarithm]) -> list[fmpq_mpoly]:
    """Products of ``x`` and ``1 - x`` over the symbols of the coefficients that lie between bounds."""
    degrees = {int(log.coefficient.total_degree()) for log in logs}
    if all(len(log.coefficient) == 1 for log in logs) and len(degrees) == 1:
        return []
    places = sorted({i for log in logs for i, d in enumerate(log.coefficient.degrees()) if int(d)})
    choices = []
    for i in places:
        r = core.tower.bounds.of(space.atoms[i])
        gen, one = space.gens[i], space.polynomials.constant(1)
        if r.lower is not None and r.upper is not None:
            low, high = gen - to_fmpq(r.lower), to_fmpq(r.upper) - gen
            choices.append([low, high])
        elif r.nonnegative:
            choices.append([one, gen])
        else:
            return []
    if len(choices) > 3:
        return []
    out = []
    for parts in cartesian(*choices):
        poly = space.polynomials.constant(1)
        for part in parts:
            poly = poly * part
        out.append(poly)
    return out


def _vector(poly: fmpq_mpoly) -> dict[object, Fraction]:
    return {tuple(int(e) for e in m): to_fraction(c) for m, c in poly.to_dict().items()}


def _expansion(poly: fmpq_mpoly, weights: list[fmpq_mpoly]) -> list[Fraction] | None:
    """A polynomial as a combination of the weights, of one sign if it can be."""
    for sign in (1, -1):
        out = combination([_vector(w) for w in weights], _vector(poly * sign))
        if out is not None:
            return [c * sign for c in out]
    both = [*weights, *(-w for w in weights)]
    out = combination([_vector(w) for w in both], _vector(poly))
    if out is None:
        return None
    return [a - b for a, b in zip(out[: len(weights)], out[len(weights) :], strict=True)]
