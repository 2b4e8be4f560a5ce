"""How far compiled functions are from the truth, over formulas of the field with classic losses.

From the root of the repository:

    python benchmarks/numeric_accuracy.py [--points N] [--cases NAME,NAME] [--methods NAME,NAME]
                                          [--jobs J] [--json FILE] [--list]

N random points (10 000) for each expression of `benchmarks/numeric_accuracy_cases.py`. A method is
"numpy" or "numba" (`Program.compile` with that engine, called on arrays), "floats" (called on Python
floats) or "lambdify" (`sympy.lambdify(..., "scipy")`, for comparison). The reference is Arb balls at
every point and mpmath at a sample of `--mpmath` points, as `numeric_accuracy_measure.py` says.

For each method: the error in ulps (median, 99 %, worst), the largest relative error, the largest one
where the condition number is below 1000, and the median condition number over a sample. The promise
is a median of at most 4 ulp, unless the median condition number is above 100, where one rounding in the
middle costs more than that; and no relative error above 1e-12 where the condition number is below 1000.
The command ends with 1 when `Program.compile` breaks it. It takes some five minutes on one processor.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.numeric_accuracy_cases import Case, cases  # noqa: E402
from benchmarks.numeric_accuracy_measure import Errors, compute, examine, summarise  # noqa: E402

METHODS: Final = ("numpy", "floats", "lambdify", "numba")
CHUNK: Final = 250


def _examine_part(task: tuple[str, int, int, int, dict[str, Any], int, int]) -> Any:
    """Some of the points of a case, in a worker."""
    name, count, start, stop, computed, with_mpmath, with_condition = task
    case = cases()[name]
    part = [values[start:stop] for values in case.points(count)]
    return examine(case, part, computed, with_mpmath=with_mpmath, with_condition=with_condition)


def measure(
    case: Case,
    count: int,
    methods: Sequence[str],
    pool: Executor | None = None,
    *,
    with_mpmath: int = 100,
    with_condition: int = 300,
) -> list[Errors]:
    """The errors of each method over `count` points, the work shared out to a pool if one is given."""
    points = case.points(count)
    computed = {method: compute(case, points, method) for method in methods}
    tasks = [
        (
            case.name,
            count,
            start,
            start + CHUNK,
            {m: [o[start : start + CHUNK] for o in outputs] for m, outputs in computed.items()},
            max(0, with_mpmath - start),
            max(0, with_condition - start),
        )
        for start in range(0, count, CHUNK)
    ]
    found: dict[str, list[Any]] = {method: [] for method in methods}
    conditions: list[float] = []
    for part, sampled in (pool.map if pool else map)(_examine_part, tasks):
        conditions += sampled
        for method, rows in part.items():
            found[method] += rows
    return [summarise(case, method, points, found[method], conditions) for method in methods]


def print_row(errors: Errors) -> None:
    """One line of the table, with the broken promises below it."""
    numbers = (errors.median, errors.percentile_99, errors.worst)
    relative = (errors.worst_relative, errors.worst_well_conditioned, errors.condition_median)
    print(
        f"{errors.case:32}{errors.method:9}"
        + "".join(f"{'-' if n is None else format(n, '.3g'):>10}" for n in (*numbers, *relative))
    )
    if errors.method != "lambdify":
        for line in errors.broken:
            print(f"    broken: {line}")
    sys.stdout.flush()


def _chosen(text: str | None, known: Iterable[str], kind: str) -> list[str]:
    names = list(known)
    if text is None:
        return names
    chosen = [name.strip() for name in text.split(",")]
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise SystemExit(
            f"no {kind} is called {', '.join(unknown)}; choose from {', '.join(names)}"
        )
    return chosen


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/numeric_accuracy.py", description="Errors of compiled functions in ulps."
    )
    parser.add_argument("--points", type=int, default=10_000, help="for each case")
    parser.add_argument("--cases", help="names, comma between; --list shows them")
    parser.add_argument(
        "--methods", default="numpy,floats,lambdify", help="of " + ", ".join(METHODS)
    )
    parser.add_argument("--mpmath", type=int, default=100, help="points checked with mpmath")
    parser.add_argument(
        "--conditions", type=int, default=300, help="points to find the condition at"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--list", action="store_true", help="show the names and end")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print and write; 1 when a promise is broken."""
    options = arguments(argv)
    everything = cases()
    if options.list:
        print(", ".join(everything))
        return 0
    methods = _chosen(options.methods, METHODS, "method")
    names = _chosen(options.cases, everything, "case")
    columns = ("median", "99 %", "worst", "relative", "cond<1000", "condition")
    print(f"{'':32}{'':9}" + "".join(f"{column:>10}" for column in columns))
    start, rows = time.perf_counter(), list[Errors]()
    workers = max(1, options.jobs)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for name in names:
            measured = measure(
                everything[name],
                options.points,
                methods,
                pool if workers > 1 else None,
                with_mpmath=options.mpmath,
                with_condition=options.conditions,
            )
            rows += measured
            for errors in measured:
                print_row(errors)
    broken = [errors for errors in rows if errors.method != "lambdify" and errors.broken]
    print(
        f"{len(names)} cases, {options.points} points each, {math.ceil(time.perf_counter() - start)} s; "
        f"the promise is broken in {len({errors.case for errors in broken})} cases"
    )
    if options.json:
        report = {"points": options.points, "rows": [errors.as_json() for errors in rows]}
        options.json.write_text(json.dumps(report, indent=1, allow_nan=False) + "\n", "utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
