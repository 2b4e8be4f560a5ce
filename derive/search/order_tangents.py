"""Tangent lines of the logarithm: ``w*log(t) <= w*(t - 1)``, for w and t that the goal suggests.

The goal's coefficients of logarithms are written over common non-negative weights w. What each weight
multiplies is one logarithm ``-log(t)``, which is at least ``1 - t``. A linear program at sample points
chooses multipliers that remove every logarithm and leave something non-negative, which is then a goal
of its own. An exponential ``exp(u)`` takes part as the argument of the logarithm u.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np
from flint import fmpq_mpoly

from derive.kernel import rules
from derive.kernel.facts import fact
from derive.kernel.normal import to_fmpq
from derive.kernel.theorem import Theorem
from derive.search.order_core import Core
from derive.search.order_linear import combination, least_squares
from derive.search.order_lines import Line, Logarithm, is_logarithm, logarithms, tangent_lines
from derive.search.order_samples import Samples, Unsampled, Values
from derive.search.order_space import ZERO, Space, bounded
from derive.search.polynomials import primes, to_fraction
from derive.terms.context import Claim
from derive.terms.term import Term, add, call, mul, neg, num, rational, sym

MAX_CANDIDATES: Final = 70
MAX_TERMS: Final = 400
HUGE: Final = 1e12
ZOOMS: Final = 4
MAX_TIGHT: Final = 60
MAX_TOUCHING: Final = 20


def by_tangents(core: Core) -> Theorem | None:
    """Remove all logarithms by tangent lines, and prove what is left."""
    return _by_lines(core, None)


def by_tight_tangents(core: Core) -> Theorem | None:
    """The same for a goal in one symbol, with lines that touch where the goal is smallest."""
    names = sorted(core.term.free)
    if (
        core.term.size > MAX_TIGHT
        or len(names) != 1
        or names[0] not in core.context
        or core.context[names[0]].kind != "scalar"
    ):
        return None
    samples, name = core.samples, names[0]
    try:
        for _ in range(ZOOMS):
            values = samples.of(core.term)
            best = int(np.nanargmin(np.where(np.isfinite(values), values, np.inf)))
            column = samples.columns[sym(name)]
            others = np.sort(np.abs(column - column[best]))
            width = float(others[min(len(others) - 1, 4)])
            samples = samples.near(name, float(column[best]), max(width, 1e-9))
    except (Unsampled, ValueError, IndexError, KeyError):
        return None
    return _by_lines(core, samples)


def _by_lines(core: Core, lowest: Samples | None) -> Theorem | None:
    space = core.space()
    inside = [a.args[0] for a in space.atoms if a.head == "call" and a.payload in ("log", "exp")]
    space = core.space(*inside)
    top, _ = space.quotient(core.term)
    if len(top) > MAX_TERMS:
        return None
    logs = logarithms(space, top)
    if not logs:
        return None
    lines = list(tangent_lines(core, space, logs))[:MAX_CANDIDATES]
    if lowest is not None:
        space, lines = _touching(core, space, inside, lines, lowest)
        top, _ = space.quotient(core.term)
        logs = logarithms(space, top)
    if not lines or not logs:
        return None
    for strictly_free in (True, False):
        chosen = _chosen(core, space, top, logs, lines, strictly_free)
        if chosen is not None:
            theorem = _proved(core, space, top, chosen)
            if theorem is not None:
                return theorem
        real = [is_logarithm(space, log.poly) for log in logs]
        if all(real) or not any(real):
            break
    return None


def _touching(
    core: Core, space: Space, inside: list[Term], lines: list[Line], lowest: Samples
) -> tuple[Space, list[Line]]:
    """The lines scaled so that t is about 1 where the goal is smallest."""
    middle = lowest.count // 2
    wanted: list[tuple[Line, Fraction]] = []
    for line in lines[:MAX_TOUCHING]:
        try:
            value = float(lowest.of(line.t)[middle])
        except (Unsampled, IndexError):
            continue
        if not np.isfinite(value) or not 1e-3 < value < 1e3:
            continue
        near = (Fraction(1 / value).limit_denominator(largest) for largest in (6, 20, 60))
        wanted += [(line, c) for c in dict.fromkeys(near) if c > 0 and c != 1]
    found = sorted(
        {p for _, c in wanted for n in (c.numerator, c.denominator) for p, _ in primes(n)}
    )
    wide = core.space(*inside, *(call("log", num(p)) for p in found))
    logs = {p: wide.quotient(call("log", num(p)))[0] for p in found}
    out = []
    for line, c in wanted:
        weighted = wide.quotient(space.term(line.weighted))[0]
        weight = wide.quotient(space.term(line.weight))[0]
        for n, sign in ((c.numerator, 1), (c.denominator, -1)):
            for p, e in primes(n):
                weighted = weighted + weight * logs[p] * (sign * e)
        out.append(Line(weight, mul(num(c), line.t), weighted))
    return wide, out[:MAX_CANDIDATES]


def _chosen(
    core: Core,
    space: Space,
    top: fmpq_mpoly,
    logs: list[Logarithm],
    lines: list[Line],
    all_free: bool,
) -> list[tuple[Fraction, Line]] | None:
    """Multipliers for the lines, by a linear program over the logarithms and the sample points."""
    keys = [log for log in logs if all_free or is_logarithm(space, log.poly)]
    goal = _log_part(space, top, keys)
    parts = [_log_part(space, -line.weighted, keys) for line in lines]
    names = {m: i for i, m in enumerate({m: None for p in (goal, *parts) for m in p})}
    try:
        gap = core.samples.of(core.term)
        scale = core.samples.size(core.term)
        values = [_value(core, space, line) for line in lines]
    except Unsampled:
        return None
    good = np.isfinite(gap) & np.isfinite(scale) & (scale > 1e-200)
    scale = np.where(good, scale, 1.0)
    for v in values:
        good &= np.isfinite(v) & (np.abs(v) < HUGE * scale)
    count = int(good.sum())
    if not count:
        return None
    wide = len(lines)
    matrix = np.zeros((len(names) + count, wide + count))
    right = np.zeros(len(names) + count)
    for j, (part, v) in enumerate(zip(parts, values, strict=True)):
        for m, c in part.items():
            matrix[names[m], j] = float(c)
        matrix[len(names) :, j] = (v / scale)[good]
    matrix[len(names) :, wide:] = np.eye(count)
    for m, c in goal.items():
        right[names[m]] = float(c)
    right[len(names) :] = (gap / scale)[good]
    solved = least_squares(matrix, right)
    if solved is None:
        return None
    picked = [(solved[j], j) for j in range(wide) if solved[j] > 1e-7]
    return _rounded(picked, lines, parts, goal)


def _value(core: Core, space: Space, line: Line) -> Values:
    t = core.samples.of(line.t)
    weight = core.samples.of(space.term(line.weight))
    with np.errstate(all="ignore"):
        return np.asarray(weight * (t - 1 - np.log(t)))


def _rounded(
    picked: list[tuple[float, int]],
    lines: list[Line],
    parts: list[dict[object, Fraction]],
    goal: dict[object, Fraction],
) -> list[tuple[Fraction, Line]] | None:
    """The multipliers in rationals, such that the logarithms cancel exactly."""
    guesses = [(Fraction(m).limit_denominator(48), j) for m, j in picked]
    left = dict(goal)
    for m, j in guesses:
        for key, c in parts[j].items():
            left[key] = left.get(key, Fraction(0)) - m * c
    if any(left.values()):
        solved = combination([parts[j] for _, j in picked], goal)
        if solved is None:
            return None
        guesses = [(m, j) for m, (_, j) in zip(solved, picked, strict=True)]
    return [(m, lines[j]) for m, j in guesses if m]


def _log_part(space: Space, poly: fmpq_mpoly, logs: list[Logarithm]) -> dict[object, Fraction]:
    """The monomials in which a logarithm occurs."""
    units = []
    for log in logs:
        (monomial,) = log.poly.monoms()
        units.append(tuple(int(e) for e in monomial))
    out: dict[object, Fraction] = {}
    for monomial, c in space.reduced(poly).to_dict().items():
        exponents = tuple(int(e) for e in monomial)
        for u in units:
            if all(e >= k for e, k in zip(exponents, u, strict=True)):
                out[exponents] = to_fraction(c)
                break
    return out


def _proved(
    core: Core, space: Space, top: fmpq_mpoly, chosen: list[tuple[Fraction, Line]]
) -> Theorem | None:
    """The goal from the chosen lines and a proof of what they leave."""
    left, bottom = top, space.polynomials.constant(1)
    for m, line in chosen:
        above, below = space.quotient(line.t)
        poly = line.weight * (above - below) - line.weighted * below
        left, bottom = left * below - to_fmpq(m) * poly * bottom, bottom * below
        common = left.gcd(bottom)
        left, bottom = divmod(left, common)[0], divmod(bottom, common)[0]
        left = space.reduced(left)
        if len(left) > 4 * MAX_TERMS:
            return None
    premises, multipliers = [], []
    strict = False
    if not left.is_zero():
        rest_term = space.fractional(left, bottom).term()
        rest = core.positive(rest_term, strict=core.strict) if core.strict else None
        strict = rest is not None
        if rest is None:
            rest = core.positive(rest_term, strict=False)
        if rest is None:
            return None
        premises.append(rest)
        multipliers.append(Fraction(1))
    for m, line in chosen:
        theorem = _tangent(core, space, line, core.strict and not strict)
        if theorem is None:
            return None
        strict = strict or theorem.claim.relation == "<"
        premises.append(theorem)
        multipliers.append(m)
    return core.total(premises, multipliers)


def _tangent(core: Core, space: Space, line: Line, strict: bool) -> Theorem | None:
    """``0 <= weight*(t - 1 - log t)``; strict when wanted and t is not 1."""
    weight = space.term(line.weight)
    if strict:
        apart = core.prove(line.t, "!=", num(1), 2)
        if apart is not None:
            known = fact(core.context, "log_tangent_strict", {"t": line.t})
            known = rules.discharge(known, apart) if apart.claim in known.conditions else known
            done = _weighted(core, weight, known, strict=True)
            if done is not None:
                return done
    return _weighted(core, weight, fact(core.context, "log_tangent", {"t": line.t}), strict=False)


def _weighted(core: Core, weight: Term, known: Theorem, *, strict: bool) -> Theorem | None:
    """``0 ⋈ w*(b - a)`` from ``a ⋈ b`` and the sign of w."""
    claim = known.claim
    gap = add(claim.rhs, neg(claim.lhs))
    above = rules.combine(core.context, Claim(ZERO, claim.relation, gap), [known], [Fraction(1)])
    if rational(weight) == 1:
        return above
    sign = core.positive(weight, strict=strict, less=1)
    if sign is None:
        return None
    return bounded(core.tower, Claim(ZERO, claim.relation, mul(weight, gap)), [sign, above])
