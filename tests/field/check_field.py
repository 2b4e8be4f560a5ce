"""Check the labels of the field corpus with an evaluator that knows nothing of the prover.

From the root of the repository:

    python tests/field/check_field.py [--points N] [ID ...]

Reads ``statements.jsonl`` and ``variants.jsonl`` beside this file. Every statement is evaluated at
many points of its domains, moved onto its hypotheses: both sides must be defined at each of them and
the relation must hold. A divisor that takes both signs on a connected domain counts as undefined
somewhere. Every variant must fail clearly, with both sides defined, at some point. Values are exact
fractions and mpmath floats of 120 digits, 500 where a first look says no. Exit status 1 when a label
is not confirmed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from field.points import FAULTS, FieldEvaluator, is_smooth, settled, starts
from fuzz.evaluator import DIGITS, MANY_DIGITS, holds
from fuzz.values import Undefined, to_float
from mpmath import mp, mpf

from derive.claims import FIELDS, read_object
from derive.terms.context import Claim, Context
from derive.terms.term import Term, subterms

HERE: Final = Path(__file__).resolve().parent
STATEMENTS: Final = HERE / "statements.jsonl"
VARIANTS: Final = HERE / "variants.jsonl"
POINTS: Final = 60
LEAST: Final = 25
"""How many points must confirm a statement; one of numbers alone needs a single point."""
GAP: Final = mpf(10) ** -6
"""How far apart, relative to their size, the sides of a false variant must be."""


def read(row: Mapping[str, Any]) -> tuple[Context, Claim]:
    """The context and claim of a line of the corpus, whose other fields describe it."""
    return read_object({k: v for k, v in row.items() if k in FIELDS})


def statement_fault(name: str, context: Context, claim: Claim, points: int) -> str:
    """Why the label of a true statement is not confirmed, or an empty string."""
    smooth, confirmed, signs = is_smooth(context, claim), 0, dict[Term, int]()
    alone = not any(True for _ in context)
    for seed, values in starts(context, name, 40 * points):
        said: bool | None = None
        for digits in (DIGITS, MANY_DIGITS):
            with mp.workdps(digits):
                at = settled(context, values, seed, smooth)
                said = None if at is None else holds(claim, at)
            if said is not False:
                break
        if said is False and at is not None:
            return f"fails or is undefined at {shown(at)}"
        if said is None or at is None:
            continue
        for divisor, sign in at.divisors.items():
            if signs.setdefault(divisor, sign) != sign and _connected(context, divisor):
                return f"the divisor {divisor} takes both signs, also at {shown(at)}"
        confirmed += 1
        if confirmed >= points or alone:
            return ""
    return "" if confirmed >= LEAST else f"only {confirmed} points confirm it"


def _connected(context: Context, term: Term) -> bool:
    """Whether the symbols of a term range over an interval each, not torn by ``!=``."""
    torn = {n for _, h in context.hypotheses if h.relation == "!=" for n in h.free}
    plain = all(not context[n].domain.nonzero and not context[n].domain.integer for n in term.free)
    return plain and not torn & term.free


def falsified(name: str, context: Context, claim: Claim, tries: int = 60) -> FieldEvaluator | None:
    """A point at which a claim is clearly false with both sides defined, or None."""
    smooth = is_smooth(context, claim)
    for seed, values in starts(context, name, tries):
        gaps = []
        for digits in (DIGITS, MANY_DIGITS):
            with mp.workdps(digits):
                at = settled(context, values, seed, smooth)
                gaps.append(None if at is None else clear_gap(claim, at))
            if gaps[-1] is None:
                break
        if at is not None and all(gap is not None for gap in gaps):
            return at
    return None


def clear_gap(claim: Claim, at: FieldEvaluator) -> Any:
    """The relative distance between two defined sides that clearly break the relation, or None."""
    try:
        left, right = (to_float(at.of(side)) for side in (claim.lhs, claim.rhs))
    except (Undefined, *FAULTS):
        return None
    gap = (left - right) / (1 + abs(left) + abs(right))
    broken: dict[str, Callable[[Any], bool]] = {
        "=": lambda g: abs(g) > GAP,
        "<=": lambda g: g > GAP,
        "<": lambda g: g > GAP,
        ">=": lambda g: g < -GAP,
        ">": lambda g: g < -GAP,
    }
    return gap if broken[claim.relation](gap) else None


def shown(at: FieldEvaluator) -> str:
    """The values of a point, for a person."""
    pairs = ((k, v if isinstance(v, Fraction) else mp.nstr(v, 8)) for k, v in at.values.items())
    return ", ".join(f"{k} = {v}" for k, v in pairs) or "no symbols"


# ---------------------------------------------------------------- files


def rows(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line; none when there is no such file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def features(row: Mapping[str, Any]) -> set[str]:
    """What a statement needs, for the counts: sums, derivatives, recurrences, integers."""
    context, claim = read(row)
    heads = {t.head for side in (claim.lhs, claim.rhs) for t in subterms(side)}
    calls = {
        t.payload for side in (claim.lhs, claim.rhs) for t in subterms(side) if t.head == "call"
    }
    stated = any(c in context and context[c].kind == "function" for c in calls)
    found = {"sum or product"} if heads & {"sum", "prod"} else set()
    found |= {"derivative"} if "diff" in heads else set()
    found |= {"hypotheses"} if context.hypotheses else set()
    found |= {"recurrence"} if context.hypotheses and stated else set()
    return found | ({"integers"} if any(d.domain.integer for d in context) else set())


def main() -> int:
    """Check both files and print the counts."""
    parser = argparse.ArgumentParser(description="Check the labels of the field corpus.")
    parser.add_argument("--points", type=int, default=POINTS, help="points for each statement")
    parser.add_argument("ids", nargs="*", help="only the statements that start like this")
    options = parser.parse_args()
    chosen = tuple(options.ids) or ("",)
    faults: list[str] = []
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for row in rows(STATEMENTS):
        key = json.dumps([row[k] for k in ("lhs", "relation", "rhs", "symbols")], sort_keys=True)
        faults += [f"{row['id']}: a repetition"] if {key, row["id"]} & seen else []
        seen |= {key, row["id"]}
        if not row["id"].startswith(chosen):
            continue
        fault = statement_fault(row["id"], *read(row), options.points)
        faults += [f"{row['id']}: {fault}"] if fault else []
        alike = ", unlike sides" if row["kind"] == "equality" and not row["alike"] else ""
        counts.update([row["kind"], f"family {row['family']}", *sorted(features(row))])
        counts.update([f"{row['kind']}{alike}"] if alike else [])
    for row in rows(VARIANTS):
        if not row["statement"].startswith(chosen):
            continue
        counts.update(["variant", f"edit {row['edit']}"])
        if falsified(row["id"], *read(row)) is None:
            faults.append(f"{row['id']}: no point where it is clearly false")
    for name, count in sorted(counts.items()):
        print(f"{count:6}  {name}")
    for fault in faults:
        print(f"NOT CONFIRMED {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
