"""A printed number beside its value: right, off by rounding, or wrong; matrices entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

from derive.decision import decide
from derive.keys.grids import Place, most_decimals, numbered
from derive.keys.links import Line, from_verdict
from derive.keys.model import Accept
from derive.keys.results import Check, Status, Verdict
from derive.keys.rounding import (
    NoValue,
    Value,
    decimals_shown,
    entries_of,
    half_unit,
    rounded_twice,
)
from derive.terms import Context, Term, rational
from derive.terms.context import Claim
from derive.terms.entries import Grid
from derive.terms.shapes import is_matrix
from derive.verdict import Proved


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a question or a part of one, with its message and checks."""

    verdict: Verdict
    message: str = ""
    right: str = ""
    checks: tuple[Check, ...] = ()


SEVERITY: tuple[Verdict, ...] = (
    "undecided",
    "inconsistent",
    "premise",
    "wrong",
    "rounded",
    "correct",
)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that counts for all of them."""
    return min(outcomes, key=lambda o: SEVERITY.index(o.verdict))


STATUS_OF: Final[dict[Verdict, Status]] = {
    "undecided": "undecided",
    "wrong": "refuted",
    "rounded": "rounded",
    "correct": "enclosed",
}
"""How the check of a matrix came out, by the verdict on its worst entry."""

EXACT: Final[dict[int | None, str]] = {
    0: "a whole number is taken as exact; accept = { decimals = 0 } rounds",
    None: "a fraction is taken as exact",
}
"""Why an answer without decimals is not compared up to rounding."""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number: its literal, the decimals at which it is read, and its place in a matrix."""

    term: Term
    shown: int | None
    place: Place = (1, 1)

    @property
    def value(self) -> Fraction:
        """The number itself."""
        return rational(self.term) or Fraction(0)


def printed_grid(term: Term, context: Context) -> Grid | None:
    """A printed matrix of literals; None for anything else."""
    if not is_matrix(context, term):
        return None
    try:
        rows = entries_of(term, context)
    except NoValue:
        return None
    return rows if all(rational(e) is not None for row in rows for e in row) else None


def judge_number(
    number: Number, model: Term, text: str, accept: Accept, context: Context, lines: Sequence[Line]
) -> Outcome:
    """A printed number beside its model, which ``text`` names. Raises NoValue."""
    answer = number.term
    value = Value(model, context)
    exact = value.place(number.value, 0)
    if exact == "unknown":
        proof = decide(Claim(answer, "=", model), context)
        if isinstance(proof, Proved):
            check = from_verdict("answer", f"{answer} = {text}", proof)
            return Outcome("correct", "", str(answer), (check,))
    if exact == "inside":
        check = Check("answer", f"{answer} = {text}", "enclosed", "exactly")
        return Outcome("correct", "", value.shown(), (check,))
    return _judge_decimal(number, value, f"{answer} ≈ {text}", accept, context, lines)


def _judge_decimal(
    number: Number, value: Value, text: str, accept: Accept, context: Context, lines: Sequence[Line]
) -> Outcome:
    """A printed decimal beside a value that it does not equal exactly."""
    answer, shown, asked = number.term, number.shown, accept.decimals
    places = shown or asked or 0
    rounds = shown is not None and (bool(places) or asked == 0)
    right = value.rounded(places) if rounds and not value.ends_by(places + 6) else value.shown()
    half = half_unit(places) if rounds else Fraction(0)
    place = value.place(number.value, half + Fraction(accept.slack_last_digit, 10**places))
    few = asked is not None and shown is not None and shown < asked
    more = f"{asked} decimals are asked for, {shown} are shown" if few else ""
    if place == "inside":
        check = Check("answer", text, "enclosed", _joined(f"the value is {value.shown()}", more))
        return Outcome("correct", more, right, (check,))
    if place == "unknown":
        reason = "the value lies on the edge of a rounding cell"
        return Outcome("undecided", reason, right, (Check("answer", text, "undecided", reason),))
    twice = rounded_twice(value, number.value, places) if half else ""
    off_by_one = half and value.place(number.value, 3 * half) == "inside"
    explained = _explained(number, lines, context)
    if off_by_one and explained:
        reason = f"the value is {right}; rounding the displayed intermediates gives {answer}"
        check = Check("answer", text, "rounded", reason)
        return Outcome("rounded", _joined(reason, twice), right, (check,))
    reason = f"the value is {right}, not {answer}"
    earlier = "a displayed line gives it, so a number in that line is off" if explained else ""
    reason = _joined(reason, earlier, twice, "" if rounds else EXACT[shown], more)
    return Outcome("wrong", reason, right, (Check("answer", text, "refuted", reason),))


def _explained(number: Number, lines: Sequence[Line], context: Context) -> bool:
    """Whether a displayed line ends in the printed number, holds, and rounds on its way there."""
    for line in lines:
        grid = printed_grid(line.last, context) or ((line.last,),)
        i, j = number.place
        ends = i <= len(grid) and j <= len(grid[0]) and rational(grid[i - 1][j - 1]) == number.value
        found = [cells.get(number.place, "undecided") for cells in line.cells]
        if ends and "rounded" in found and {*found} <= {"proved", "enclosed", "rounded"}:
            return True
    return False


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def judge_grid(
    printed: Grid, model: Grid, text: str, accept: Accept, context: Context, lines: Sequence[Line]
) -> Outcome:
    """A printed matrix beside its model; the message names the entries that differ. Raises NoValue."""
    sizes = [f"{len(g)} x {len(g[0])}" for g in (printed, model)]
    if sizes[0] != sizes[1]:
        reason = f"the answer is a {sizes[0]} matrix, and it must be {sizes[1]}"
        return Outcome("wrong", reason, "", (Check("answer", text, "refuted", reason),))
    outcomes = {}
    most = most_decimals(printed)
    for (i, j), entry in numbered(printed):
        shown = decimals_shown(entry)
        number = Number(entry, most if shown == 0 and most else shown, (i, j))
        name = f"{text}, {_named((i, j), printed)}"
        outcomes[i, j] = judge_number(number, model[i - 1][j - 1], name, accept, context, lines)
    bad = {p: o for p, o in outcomes.items() if o.verdict != "correct"}
    off = [p for p, o in bad.items() if o.verdict == "rounded"]
    rest = len(outcomes) - len(bad)
    parts = [f"{_named(p, printed)}: {o.message}" for p, o in bad.items() if p not in off]
    if off:
        entries = [
            f"{_named((i, j), printed)} is {outcomes[i, j].right}, not {printed[i - 1][j - 1]}"
            for i, j in off
        ]
        parts.append(f"off by rounding of the displayed intermediates: {', '.join(entries)}")
    if bad and rest:
        parts.append(f"the other {rest} are right" if rest > 1 else "the other one is right")
    verdict, message = worst(outcomes.values()).verdict, "; ".join(parts)
    reason = message or "each entry agrees to the decimals shown"
    check = Check("answer", f"the printed matrix ≈ {text}", STATUS_OF[verdict], reason)
    width = len(printed[0])
    rights = [o.right for o in outcomes.values()]
    rows = [", ".join(rights[i : i + width]) for i in range(0, len(rights), width)]
    right = f"Matrix([{', '.join(f'[{row}]' for row in rows)}])"
    return Outcome(verdict, message, right, (check,))


def _named(place: Place, grid: Grid) -> str:
    if len(grid) == 1 or len(grid[0]) == 1:
        return f"entry {max(place)}"
    return f"entry ({place[0]}, {place[1]})"


@dataclass(frozen=True, slots=True)
class Printed:
    """Numbers as printed, one or a matrix of them: the terms, and half a unit of each last place."""

    term: Term
    cells: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def of(cls, term: Term, context: Context, relation: str = "") -> Printed:
        """The cells of a literal; one without decimals is exact unless it follows ``≈``."""
        cells = []
        grid = printed_grid(term, context) or ((term,),)
        for entry in (e for row in grid for e in row):
            value, places = rational(entry), decimals_shown(entry)
            rounded = bool(places) or (places == 0 and relation == "≈")
            half = half_unit(places or most_decimals(grid)) if rounded else Fraction(0)
            if value is not None:
                cells.append((value, half))
        return cls(term, tuple(cells))


def contradiction(shown: Sequence[Printed]) -> tuple[Printed, Printed] | None:
    """Two printed answers that are not roundings of one value."""
    for a, b in combinations(shown, 2):
        pairs = zip(a.cells, b.cells, strict=False) if len(a.cells) == len(b.cells) else ()
        if any(x != y and abs(x - y) >= one + two for (x, one), (y, two) in pairs):
            return a, b
    return None
