"""Draws that break an order hypothesis, moved by small random changes until they satisfy it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from flint import arb

from derive.crosscheck.judging import SIGNS, Found, settled
from derive.crosscheck.sheet import Sheet, Values
from numeric.balls import Undefined, Unresolved, run
from numeric.balls.values import order

STEPS: Final = 150
PRECISION: Final = 64
TURNS: Final = tuple(
    Fraction(p, q) for p, q in ((1, 2), (1, 4), (1, 10), (3, 4), (2, 1), (5, 4), (-1, 1))
)


def mended(made: Sheet, values: Values, found: Found, rng: random.Random) -> tuple[Values, Found]:
    """Values that satisfy the hypotheses, made from ones that do not, if they are found in time."""
    domains = {slot.name: slot.domain for slot in made.slots}
    program = made.hypotheses.program
    names = [n for n in program.inputs if n in domains] if program is not None else []
    best, least = values, _broken(made, values)
    for _ in range(STEPS if names else 0):
        if least is not None and least <= 0:
            break
        changed = {**best, **_change(best, names, rng)}
        if not all(domains[n].contains(changed[n]) for n in names):
            continue
        score = _broken(made, changed)
        if score is not None and (least is None or score <= least):
            best, least = changed, score
    return (values, found) if best is values else (best, settled(made.hypotheses, best))


def _change(values: Values, names: list[str], rng: random.Random) -> Mapping[str, Fraction]:
    """A value turned into another, or two of them exchanged or brought together."""
    name, other = rng.choice(names), rng.choice(names)
    kind = rng.randrange(4)
    if kind == 0:
        return {name: values[other], other: values[name]}
    if kind == 1:
        return {name: (values[name] + values[other]) / 2}
    if kind == 2:
        return {name: values[name] + Fraction(rng.randint(-8, 8), rng.choice((1, 4, 16)))}
    return {name: values[name] * rng.choice(TURNS)}


def _broken(made: Sheet, values: Values) -> float | None:
    """How far the hypotheses are from holding, 0 when they do; None where one has no value."""
    assert made.hypotheses.program is not None
    try:
        out = run(made.hypotheses.program, values, PRECISION)
    except (Undefined, Unresolved):
        return None
    total = 0.0
    for rule, left, right in zip(made.hypotheses.rules, out[::2], out[1::2], strict=True):
        sign = order(left, right)
        if sign is not None and sign not in SIGNS[rule.relation]:
            total += 1e-3 + min(1e6, abs(float(arb(left) - arb(right))))
    return total
