"""The two hundred claims of the test data, decided by derive and by SymPy, side by side.

Run ``python benchmarks/claims.py [--seconds S]``. Equations only; SymPy gets S seconds a claim in a
process of its own. A false claim that a method calls equal is counted as wrongly accepted, a true or
conditional one that it calls unequal as wrongly refused.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

CLAIMS = Path(__file__).resolve().parent.parent / "tests" / "data" / "claims.jsonl"
METHODS = ("derive", "simplify", "equals")


def by_derive(data: dict[str, Any]) -> str:
    """``accepted``, ``refused`` or ``undecided``."""
    from derive.claims import read_object
    from derive.decision import decide

    context, claim = read_object(data)
    verdict = decide(claim, context).name
    return {"proved": "accepted", "conditional": "conditional", "refuted": "refused"}.get(
        verdict, "undecided"
    )


def by_sympy(method: str, data: dict[str, Any]) -> str:
    """What ``simplify(lhs - rhs) == 0`` or ``(lhs - rhs).equals(0)`` says."""
    import sympy

    from derive.claims import read_object
    from derive.refute.elaborate import elaborate
    from derive.terms.sympy_bridge import to_sympy

    context, claim = read_object(data)
    plain = elaborate([claim.lhs, claim.rhs], context).terms
    lhs, rhs = (to_sympy(side, context).doit() for side in plain)
    for name, spelled in (
        ("sigmoid", lambda x: 1 / (1 + sympy.exp(-x))),
        ("softplus", lambda x: sympy.log(1 + sympy.exp(x))),
    ):
        lhs, rhs = (
            s.replace(
                lambda e, n=name: getattr(e.func, "__name__", "") == n,
                lambda e, f=spelled: f(*e.args),
            )
            for s in (lhs, rhs)
        )
    if method == "simplify":
        return "accepted" if sympy.simplify(lhs - rhs) == 0 else "undecided"
    answer = (lhs - rhs).equals(0)
    return "accepted" if answer is True else "refused" if answer is False else "undecided"


def _serve(pipe: Any, method: str) -> None:
    while True:
        data = pipe.recv()
        start = time.perf_counter()
        try:
            said = by_derive(data) if method == "derive" else by_sympy(method, data)
        except (
            ValueError,
            TypeError,
            NotImplementedError,
            AttributeError,
            ZeroDivisionError,
        ) as error:
            said = f"error {type(error).__name__}"
        pipe.send((said, time.perf_counter() - start))


def run(
    method: str, claims: list[dict[str, Any]], seconds: float
) -> tuple[Counter[str], list[float]]:
    """Counts of ``truth: answer`` and the times of the claims that ended."""
    counts: Counter[str] = Counter()
    times: list[float] = []
    worker: Any = None
    for claim in claims:
        if worker is None:
            mine, theirs = mp.Pipe()
            worker = mp.Process(target=_serve, args=(theirs, method), daemon=True)
            worker.start()
        mine.send({k: v for k, v in claim.items() if k != "truth"})
        if mine.poll(seconds):
            said, took = mine.recv()
            times.append(took)
        else:
            worker.kill()
            worker, said = None, "timed out"
        counts[f"{claim['truth']}: {said.split()[0]}"] += 1
    if worker is not None:
        worker.kill()
    return counts, times


def main() -> None:
    """Print one line a method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args().seconds
    claims = [json.loads(line) for line in CLAIMS.read_text("utf-8").splitlines()]
    claims = [c for c in claims if c["relation"] == "="]
    total = Counter(c["truth"] for c in claims)
    print(f"{len(claims)} equations: {dict(total)}")
    print(f"{'':10}{'true':>8}{'wrongly':>10}{'wrongly':>10}{'median':>10}{'p95':>10}{'timed':>8}")
    print(f"{'':10}{'proved':>8}{'accepted':>10}{'refused':>10}{'ms':>10}{'ms':>10}{'out':>8}")
    for method in METHODS:
        counts, times = run(method, claims, seconds)
        times.sort()
        wrong = counts["false: accepted"] + counts["conditional: accepted"]
        refused = counts["true: refused"]
        out = sum(n for name, n in counts.items() if name.endswith("timed"))
        print(
            f"{method:10}{counts['true: accepted'] / total['true']:8.1%}{wrong:10}{refused:10}"
            f"{1e3 * statistics.median(times):10.1f}{1e3 * times[int(0.95 * len(times))]:10.1f}{out:8}"
        )


if __name__ == "__main__":
    main()
