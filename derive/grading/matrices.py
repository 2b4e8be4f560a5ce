"""Answers that are matrices: read from lists or LaTeX, and compared entry by entry."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from derive.decision import decide
from derive.grading.model import Marking, review, right, wrong
from derive.grading.numbers import decimal_of
from derive.grading.reading import Reading, undone
from derive.grading.target import Prepared
from derive.keys.rounding import NoValue, Value, decimals_shown, entries_of, half_unit
from derive.terms import Term, subterms
from derive.terms.context import Claim
from derive.verdict import Proved

LATEX: Final = re.compile(r"\\begin\{[pbvB]?matrix\}(.*?)\\end\{[pbvB]?matrix\}", re.DOTALL)
LISTS: Final = re.compile(r"(?<!\()\[\s*\[[^\[\]]*\](?:\s*,?\s*\[[^\[\]]*\])*\s*\]")
MOST_NAMED: Final = 4
ROUGH_SHARE: Final = 0.5


def written(text: str) -> str:
    r"""The text with its matrices as ``Matrix([[a, b], [c, d]])``.

    >>> written(r"O = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"), written("[[1, 2], [3, 4]]")
    ('O = Matrix([[1, 2], [3, 4]])', 'Matrix([[1, 2], [3, 4]])')
    """
    text = LATEX.sub(lambda m: _matrix(re.split(r"\\\\", m[1]), "&"), text)
    return LISTS.sub(lambda m: _matrix(re.findall(r"\[([^\[\]]*)\]", m[0][1:-1]), ","), text)


def _matrix(rows: list[str], between: str) -> str:
    out = []
    for row in rows:
        cells = row.split(between) if between in row or between == "&" else row.split()
        if row.strip():
            out.append(f"[{', '.join(cell.strip() for cell in cells)}]")
    return f"Matrix([{', '.join(out)}])"


def another(reading: Reading, ready: Prepared) -> str:
    """An earlier matrix of numbers that is not the last one rounded otherwise; empty when none is."""
    last = entries_of(reading.term, ready.context)
    for term in reading.earlier:
        if term.head != "matrix" or term.free:
            continue
        grid = entries_of(term, ready.context)
        alike = (len(grid), len(grid[0])) == (len(last), len(last[0]))
        pairs = zip(
            (e for row in grid for e in row), (e for row in last for e in row), strict=False
        )
        if not alike or any(_apart(a, b) for a, b in pairs):
            return str(term)
    return ""


def _apart(one: Term, other: Term) -> bool:
    a, b = decimal_of(one), decimal_of(other)
    return a is not None and b is not None and abs(a.value - b.value) > 2 * (a.half + b.half)


def mark_matrix(term: Term, ready: Prepared) -> Marking:
    """The marking of a matrix beside the model, entry by entry. Raises NoValue."""
    assert ready.model is not None
    if left := undone(term, ready.printed):
        return review(f"{left} is left to be worked out")
    mine, theirs = entries_of(term, ready.context), entries_of(ready.model, ready.context)
    shapes = [f"{len(g)} x {len(g[0])}" for g in (mine, theirs)]
    if shapes[0] != shapes[1]:
        return wrong(f"the answer is {shapes[0]}, and {shapes[1]} is asked for")
    most = _places(ready)
    found = {
        (i, j): _entry(a, b, most, ready)
        for i, (row, other) in enumerate(zip(mine, theirs, strict=True), 1)
        for j, (a, b) in enumerate(zip(row, other, strict=True), 1)
    }
    bad = [f"({i}, {j})" for (i, j), state in found.items() if state == "wrong"]
    if bad:
        more = ", …" if len(bad) > MOST_NAMED else ""
        return wrong(
            f"not right at {', '.join(bad[:MOST_NAMED])}{more}; {len(found) - len(bad)} agree"
        )
    if "open" in found.values():
        return review("not every entry is decided")
    if "rough" in found.values():
        said = f"right as far as it goes, with fewer than {most} decimals"
        return Marking("partial", said, ROUGH_SHARE)
    return right("every entry agrees")


def _places(ready: Prepared) -> int:
    """The decimals asked for, or the most that the printed matrix shows."""
    if ready.accept.decimals is not None:
        return ready.accept.decimals
    parts = [part for printed in ready.printed for part in subterms(printed)]
    return max((decimals_shown(part) or 0 for part in parts), default=0)


def _entry(answer: Term, model: Term, most: int, ready: Prepared) -> str:
    """How an entry compares: ``right``, ``rough``, ``wrong`` or ``open``."""
    number = decimal_of(answer)
    try:
        value = Value(model, ready.context)
        if number is not None and number.half:
            slack = Fraction(ready.accept.slack_last_digit, 10 ** (number.places or 0))
            place = value.place(number.value, number.half + slack)
            if place != "inside":
                return "wrong" if place == "outside" else "open"
            exact = value.place(number.value, Fraction(0)) != "outside"
            return "right" if exact or (number.places or 0) >= most else "rough"
        if number is not None and value.place(number.value, Fraction(0)) == "inside":
            return "right"
        if number is not None and most:
            inside = value.place(number.value, half_unit(most)) == "inside"
            return "right" if inside else "wrong"
    except NoValue:
        pass
    verdict = decide(Claim(answer, "=", model), ready.context)
    if isinstance(verdict, Proved):
        return "right"
    return "wrong" if verdict.name == "refuted" else "open"
