"""Whether relations hold at an instance: in balls, or by quadrature and then at higher precision.

Without integrals every value is an exact rational or a ball around the true one, so that the radius of
the ball is the tolerance, as conditioning asks. With integrals the sides are computed in float64 for many
instances at once, and a difference counts only when balls, or decimals at two precisions, confirm it; for
one integral inside another, sums in balls at two sets of places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from flint import arb, fmpq

from derive.crosscheck.floats import in_floats, summed
from derive.crosscheck.sheet import Rule, Sheet, Stated, Values, is_nested
from numeric.balls import Undefined, Unresolved, format_ball, run
from numeric.balls.values import order

PRECISIONS: Final = (64, 256, 1024)
CLOSE: Final = 2.0**-30
NEGLIGIBLE: Final = 2.0**-150
RELATIVE: Final = 1e-6
ABSOLUTE: Final = 1e-9
CONFIRMED: Final = (64, 128)
PLACES: Final = (200, 150)
MANY_BITS: Final = 512
"""The precision of such sums: it also sets how many steps `numeric.balls` takes."""

DECIMALS: Final = (20, 30)

SIGNS: Final = {"=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
"""The signs of left minus right at which a relation is true."""

Outcome = Literal["yes", "no", "unclear"]


@dataclass(frozen=True, slots=True)
class Found:
    """How some relations came out; ``rule`` is one that failed, with its sides or why it has none."""

    outcome: Outcome
    rule: Rule | None = None
    sides: tuple[str, str] | None = None
    undefined: str = ""


YES: Final = Found("yes")
UNCLEAR: Final = Found("unclear")


def settled(stated: Stated, values: Values) -> Found:
    """Whether all relations hold, computed in balls."""
    if stated.program is None:
        return YES
    worst = UNCLEAR
    for precision in PRECISIONS:
        try:
            out = run(stated.program, values, precision)
        except Undefined as error:
            return Found("no", undefined=str(error))
        except Unresolved:
            continue
        worst = _compared(stated.rules, out, precision == PRECISIONS[-1])
        if worst.outcome != "unclear":
            return worst
    return worst


def _compared(rules: Sequence[Rule], out: Sequence[Any], last: bool) -> Found:
    unclear = None
    for rule, left, right in zip(rules, out[::2], out[1::2], strict=True):
        sign = order(left, right)
        if sign is None:
            if not _touch(left, right, last) or rule.relation in ("<", ">", "!="):
                unclear = Found("unclear", rule)
        elif sign not in SIGNS[rule.relation]:
            return Found("no", rule, (format_ball(left), format_ball(right)))
    return unclear or YES


def _touch(left: fmpq | arb, right: fmpq | arb, last: bool) -> bool:
    """Whether two balls that overlap are small enough to call their centres equal."""
    radius = sum(float(v.rad()) for v in (left, right) if isinstance(v, arb))
    size = max(abs(float(arb(v).mid())) for v in (left, right))
    return radius <= CLOSE * size or (last and radius <= NEGLIGIBLE)


def screened(stated: Stated, many: Sequence[Values]) -> list[Outcome]:
    """For each instance whether all relations hold in float64; "no" is only a suspicion."""
    import numpy as np

    if stated.program is None:
        return ["yes"] * len(many)
    out = in_floats(stated.program, many)
    good, known = np.ones(len(many), bool), np.ones(len(many), bool)
    for rule, left, right in zip(stated.rules, out[::2], out[1::2], strict=True):
        known &= np.isfinite(left) & np.isfinite(right)
        with np.errstate(all="ignore"):
            near = np.abs(left - right) <= ABSOLUTE + RELATIVE * np.maximum(
                np.abs(left), np.abs(right)
            )
            held = {
                "=": near,
                "!=": ~near,
                "<": ~near & (left < right),
                ">": ~near & (left > right),
            }
            loose = {"<=": near | (left < right), ">=": near | (left > right)}
        good &= {**held, **loose}[rule.relation]
    return [_word(g, k) for g, k in zip(good.tolist(), known.tolist(), strict=True)]


def _word(good: bool, known: bool) -> Outcome:
    if not known:
        return "unclear"
    return "yes" if good else "no"


def confirmed(stated: Stated, values: Values) -> Found:
    """Whether a suspected disagreement is one: in balls, else in decimals at two precisions."""
    assert stated.program is not None
    if is_nested(stated.program):
        return _in_sums(stated, values)
    for precision in CONFIRMED:
        try:
            out = run(stated.program, values, precision)
        except (Undefined, Unresolved):
            break
        found = _compared(stated.rules, out, False)
        if found.outcome != "unclear":
            return found
    return _in_decimals(stated, values)


def _in_sums(stated: Stated, values: Values) -> Found:
    """Where one integral stands inside another: sums at two sets of places, in balls."""
    assert stated.program is not None
    try:
        fine, rough = (run(summed(stated.program, n), values, MANY_BITS) for n in PLACES)
    except (Undefined, Unresolved):
        return UNCLEAR
    for at, rule in enumerate(stated.rules):
        (left, right), (other_left, other_right) = (
            out[2 * at : 2 * at + 2] for out in (fine, rough)
        )
        doubt = abs(float(arb(left - other_left))) + abs(float(arb(right - other_right)))
        gap = float(arb(left - right))
        apart = abs(gap) > 1000 * doubt + RELATIVE * max(
            abs(float(arb(left))), abs(float(arb(right)))
        )
        sign = 0 if not apart else -1 if gap < 0 else 1
        if apart and sign not in SIGNS[rule.relation]:
            return Found("no", rule, (format_ball(left), format_ball(right)))
    return UNCLEAR


def _in_decimals(stated: Stated, values: Values) -> Found:
    """Decimals at two precisions, which must agree with each other far better than the sides do.

    The second is looked at only where the sides differ in the first, since both are slow.
    """
    assert stated.program is not None
    rough = stated.program.mpmath(values, DECIMALS[0])
    if not any(_apart(rule, rough, at, 0) for at, rule in enumerate(stated.rules)):
        return UNCLEAR
    fine = stated.program.mpmath(values, DECIMALS[1])
    for at, rule in enumerate(stated.rules):
        doubt = sum(abs(rough[k] - fine[k]) for k in (2 * at, 2 * at + 1))
        if not doubt < float("inf"):
            return UNCLEAR
        if _apart(rule, rough, at, doubt):
            left, right = rough[2 * at : 2 * at + 2]
            return Found("no", rule, (str(left)[:14], str(right)[:14]))
    return UNCLEAR


def _apart(rule: Rule, out: Sequence[Any], at: int, doubt: Any) -> bool:
    """Whether the sides of the relation at a place differ by more than doubt as they should not."""
    from mpmath import workdps

    left, right = out[2 * at : 2 * at + 2]
    with workdps(DECIMALS[1]):
        gap = left - right
        allowed = 1000 * doubt + RELATIVE * max(abs(left), abs(right))
        sign = 0 if not abs(gap) > allowed else -1 if gap < 0 else 1
    return sign != 0 and sign not in SIGNS[rule.relation]


def words(sheet: Sheet, values: Values, found: Found) -> str:
    """A disagreement for a reader: what the instance is, and the two sides there."""
    where = found.rule.name.partition(", ")[2] if found.rule is not None else ""
    at = described(sheet, values) + (f", {where}" if where else "")
    if found.sides is None:
        return f"{at}: a side is not defined: {found.undefined}"
    return f"{at}: left {found.sides[0]}, right {found.sides[1]}"


def described(sheet: Sheet, values: Values) -> str:
    """What an instance is, in words."""
    parts = [f"{n} = {v}" for n, v in sheet.layout.integers.items()]
    parts += [f"{s} has {k} points" for s, k in sheet.layout.sizes.items()]
    parts += _shown(sheet, values)
    if sheet.formulas:
        listed = ", ".join(f"{s.name} = {values[s.name]}" for s in sheet.slots if "#" in s.name)
        parts.append(f"smooth functions with coefficients {listed}")
    return f"at {', '.join(parts)}" if parts else "as it stands"


def _shown(sheet: Sheet, values: Values) -> list[str]:
    if sheet.show is None:
        return []
    try:
        out: Sequence[Any] = run(sheet.show, values, PRECISIONS[0])
    except (Undefined, Unresolved):
        return [f"{s.name} = {values[s.name]}" for s in sheet.slots if s.style != "coefficient"]
    return [f"{n} = {format_ball(v)}" for n, v in zip(sheet.shown, out, strict=True)]
