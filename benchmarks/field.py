"""The field corpus decided by derive, SymPy and Math-Verify, side by side.

From the root of the repository:

    python benchmarks/field.py [--derive] [--failures] [--seconds S] [--variants N] [--jobs J]

True equalities and true inequalities first, then false variants of both, each claim in a worker
process with S seconds. ``--derive`` runs derive alone; the other methods see a fixed sample of N
variants. ``--failures`` lists the claims that derive does not decide as expected, with its reason.

SymPy and Math-Verify get the sides as SymPy expressions with the assumptions that the domains allow;
densities, divergences and derivatives are written out, and a hypothesis ``atom = term`` is substituted.
`math_verify.verify` answers true or false, so its false is counted as a refusal. For an order SymPy is
asked to simplify the relation, and for the sign of the difference.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from derive.claims import FIELDS, read_object
from derive.decision import decide
from derive.verdict import Conditional, Refuted, Undecided
from derive.workers import Failure, Pool

FIELD: Final = Path(__file__).resolve().parent.parent / "tests" / "field"
COLUMNS: Final = ("accepted", "refused", "undecided", "timed out")
UNABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the other methods may raise on a claim: then they have not decided it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method said of one claim: a column of the table, seconds, and the reason."""

    said: str
    seconds: float = 0.0
    reason: str = ""


def by_derive(row: Mapping[str, Any]) -> tuple[str, str]:
    """The column and the reason of derive's verdict; a conditional one has not settled the claim."""
    context, claim = read_object({k: v for k, v in row.items() if k in FIELDS})
    verdict = decide(claim, context)
    if isinstance(verdict, Refuted):
        return "refused", f"refuted {verdict.witness}"
    if isinstance(verdict, Conditional):
        return "undecided", "conditional on " + ", ".join(map(str, verdict.conditions))
    return ("undecided", verdict.reason) if isinstance(verdict, Undecided) else ("accepted", "")


def by_simplify(row: Mapping[str, Any]) -> tuple[str, str]:
    """``simplify(lhs - rhs) == 0``, or the relation simplified."""
    import sympy

    lhs, relation, rhs = sides(row)
    if relation == "=":
        return ("accepted" if sympy.simplify(lhs - rhs) == 0 else "undecided"), ""
    return told(sympy.simplify(sympy.Rel(lhs, rhs, relation)) if lhs != rhs else None)


def by_equals(row: Mapping[str, Any]) -> tuple[str, str]:
    """``(lhs - rhs).equals(0)``, or the sign of the difference by SymPy's assumptions."""
    lhs, relation, rhs = sides(row)
    gap = rhs - lhs if relation in ("<", "<=") else lhs - rhs
    if relation == "=":
        return told(gap.equals(0))
    return told(gap.is_positive if relation in ("<", ">") else gap.is_nonnegative)


def by_math_verify(row: Mapping[str, Any]) -> tuple[str, str]:
    """``math_verify.verify(lhs, rhs)``, which compares values only."""
    from math_verify import verify

    logging.disable(logging.WARNING)
    lhs, _, rhs = sides(row)
    return told(verify(lhs, rhs, timeout_seconds=None, raise_on_error=True))


def told(answer: Any) -> tuple[str, str]:
    """An answer of another library as a column."""
    return ("accepted" if answer == True else "refused" if answer == False else "undecided"), ""  # noqa: E712


def sides(row: Mapping[str, Any]) -> tuple[Any, str, Any]:
    """The two sides as SymPy expressions in plain functions, and the relation."""
    from derive.refute.elaborate import elaborate
    from derive.terms.sympy_bridge import to_sympy

    context, claim = read_object({k: v for k, v in row.items() if k in FIELDS})
    claims = [claim, *(h for _, h in context.hypotheses if h.relation == "=")]
    terms = elaborate([s for c in claims for s in (c.lhs, c.rhs)], context).terms
    plain = [to_sympy(plainly(t), context).doit() for t in terms]
    out = plain[:2]
    for hypothesis, value in zip(plain[2::2], plain[3::2], strict=True):
        if hypothesis.is_Symbol or hypothesis.is_Function or hypothesis.is_Indexed:
            out = [side.subs(hypothesis, value) for side in out]
    return out[0], claim.relation, out[1]


def plainly(term: Any) -> Any:
    """The term with logistic functions and softplus written with exp and log."""
    from derive.terms.term import add, call, div, neg, num, rebuild

    args = tuple(plainly(a) for a in term.args)
    if term.head == "call" and term.payload == "sigmoid":
        return div(num(1), add(num(1), call("exp", neg(args[0]))))
    if term.head == "call" and term.payload == "softplus":
        return call("log", add(num(1), call("exp", args[0])))
    return rebuild(term, args)


METHODS: Final[dict[str, Callable[[Mapping[str, Any]], tuple[str, str]]]] = {
    "derive": by_derive,
    "simplify": by_simplify,
    "equals": by_equals,
    "math-verify": by_math_verify,
}


def answer(task: tuple[str, Mapping[str, Any]]) -> Answer:
    """One method on one claim, timed; run in a worker."""
    method, row = task
    start = time.perf_counter()
    try:
        said, reason = METHODS[method](row)
    except UNABLE as error:
        if method == "derive":
            said, reason = "undecided", f"CRASH {type(error).__name__}: {error}"
        else:
            said, reason = "undecided", f"{type(error).__name__}: {error}"
    return Answer(said, time.perf_counter() - start, reason)


def answers(
    method: str, rows: Sequence[Mapping[str, Any]], seconds: float, jobs: int
) -> Iterator[Answer]:
    """The answers in order; the first claim of a worker does not pay for loading the libraries."""
    with Pool(answer, jobs, seconds) as pool:
        for result in pool.ordered((method, row) for row in rows):
            late = isinstance(result, Failure)
            yield Answer("timed out", math.nan, result.reason) if late else result


def table(
    title: str, good: str, methods: Sequence[str], runs: Mapping[str, Sequence[Answer]]
) -> None:
    """Print one line a method: how many answers of each kind, and the times of those that ended."""
    print(f"\n{title}")
    names = {"accepted": "wrongly acc.", "refused": "wrongly ref."} | {good: good}
    print(
        " " * 14
        + "".join(f"{names.get(c, c):>14}" for c in COLUMNS)
        + "   claims  median ms   p95 ms"
    )
    for method in methods:
        if method not in runs:
            installed = importlib.util.find_spec("math_verify")
            print(f"{method:14}  {'compares values only' if installed else 'not installed'}")
            continue
        run = runs[method]
        counts = {c: sum(a.said == c for a in run) for c in COLUMNS}
        cells = "".join(f"{n:6} {n / max(1, len(run)):6.1%} " for n in counts.values())
        times = sorted(1e3 * a.seconds for a in run if a.said != "timed out") or [math.nan]
        last = times[min(len(times) - 1, int(0.95 * len(times)))]
        print(f"{method:14}{cells}{len(run):9}{statistics.median(times):11.1f}{last:9.1f}")


def load(name: str) -> list[dict[str, Any]]:
    """The lines of one file of the corpus."""
    return [json.loads(line) for line in (FIELD / name).read_text("utf-8").splitlines()]


def listed(rows: Sequence[Mapping[str, Any]], run: Sequence[Answer], good: str) -> None:
    """Print the claims whose answer is not the expected one, wrong ones first."""
    pairs = [(a, r) for a, r in zip(run, rows, strict=True) if a.said != good]
    for a, row in sorted(
        pairs, key=lambda p: (p[0].said in ("undecided", "timed out"), p[1]["id"])
    ):
        wrong = a.said not in ("undecided", "timed out") or a.reason.startswith("CRASH")
        print(f"{'WRONG ' if wrong else ''}{row['id']}: {a.said}: {a.reason[:200]}")


def main() -> None:
    """Run the methods and print the tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--derive", action="store_true", help="run derive alone")
    parser.add_argument("--failures", action="store_true", help="list what derive does not decide")
    parser.add_argument("--seconds", type=float, default=10.0, help="the limit for a claim")
    parser.add_argument("--variants", type=int, default=300, help="variants for the other methods")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    options = parser.parse_args()
    methods = ["derive"] if options.derive else list(METHODS)
    ready = [m for m in methods if m != "math-verify" or importlib.util.find_spec("math_verify")]
    statements, variants = load("statements.jsonl"), load("variants.jsonl")
    sample = random.Random(0).sample(variants, min(options.variants, len(variants)))
    parts = [
        ("True equalities", "accepted", [r for r in statements if r["relation"] == "="]),
        ("True inequalities", "accepted", [r for r in statements if r["relation"] != "="]),
        ("False equalities", "refused", [r for r in variants if r["relation"] == "="]),
        ("False inequalities", "refused", [r for r in variants if r["relation"] != "="]),
    ]
    for title, good, rows in parts:
        runs = {}
        for method in ready:
            if method == "math-verify" and "inequal" in title:
                continue
            less = good == "refused" and method != "derive"
            chosen = [r for r in rows if r in sample] if less else rows
            runs[method] = list(answers(method, chosen, options.seconds, options.jobs))
        table(f"{title}: {len(rows)}", good, methods, runs)
        if options.failures:
            listed(rows, runs["derive"], good)


if __name__ == "__main__":
    main()
