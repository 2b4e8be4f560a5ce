"""The command line, the tables and the JSON of `benchmarks/numeric.py`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import benchmarks.numeric_memory as memory
from benchmarks.numeric_contenders import CORES, Contender, contenders
from benchmarks.numeric_expressions import EXPRESSIONS
from benchmarks.numeric_memory import Memory
from benchmarks.numeric_timing import FLOATS, QUICK, Result, Settings, measure, warm_up

BASELINE: Final = "lambdify-cse"
RIVALS: Final = {
    "one thread": ("vectorize", "numexpr-1", "heyoka-1"),
    "any": ("vectorize", "vectorize-parallel", "numexpr-1", "numexpr", "heyoka-1", "heyoka"),
}
"""The compilers to numeric code that `numeric` is held against, the best one an expression."""

SIZES: Final = (FLOATS, "1", "1000", "1000000")
QUICK_SIZES: Final = (FLOATS, "1", "1000")
PACKAGES: Final = ("numpy", "sympy", "scipy", "llvmlite", "jaxlib", "matplotlib")


def machine() -> dict[str, Any]:
    """What the figures depend on: processor, cores, load, system and versions."""
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "cores_for_this_process": CORES,
        "load_average_at_start": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def geometric_mean(ratios: Sequence[float]) -> float | None:
    """The geometric mean, None of nothing."""
    return statistics.geometric_mean(ratios) if ratios else None


def summarise(results: Iterable[Result]) -> dict[str, Any]:
    """For each size and contender, geometric means of best times over the expressions.

    `to_baseline` is against `lambdify(cse=True)`, `to_rivals` against the best of `RIVALS` for each
    expression; each comes with the number of expressions for which both times exist.
    """
    times: dict[str, dict[str, dict[str, float]]] = {}
    for result in results:
        if result.best is not None:
            of_size = times.setdefault(result.size, {})
            of_size.setdefault(result.contender, {})[result.expression] = result.best
    summary: dict[str, Any] = {}
    for size, by_contender in times.items():
        against = {"to_baseline": by_contender.get(BASELINE, {})}
        for kind, names in RIVALS.items():
            against[f"to_rivals, {kind}"] = _best_of(by_contender, names)
        summary[size] = {
            name: {what: _mean_ratio(own, base) for what, base in against.items()}
            for name, own in by_contender.items()
        }
    return summary


def _best_of(
    by_contender: Mapping[str, Mapping[str, float]], names: Iterable[str]
) -> dict[str, float]:
    best: dict[str, float] = {}
    for name in names:
        for expression, seconds in by_contender.get(name, {}).items():
            best[expression] = min(seconds, best.get(expression, seconds))
    return best


def _mean_ratio(own: Mapping[str, float], base: Mapping[str, float]) -> dict[str, Any]:
    ratios = [seconds / base[name] for name, seconds in own.items() if name in base]
    return {"ratio": geometric_mean(ratios), "expressions": len(ratios)}


def spell(seconds: float | None) -> str:
    """Seconds in a unit that suits them.

    >>> spell(0.0123), spell(4.5e-8), spell(None)
    ('12.3 ms', '45.0 ns', '-')
    """
    if seconds is None:
        return "-"
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            return _three_digits(seconds * factor, unit)
    return _three_digits(seconds * 1e9, "ns")


def _three_digits(value: float, unit: str) -> str:
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"


def print_times(results: Sequence[Result], everyone: Mapping[str, Contender]) -> None:
    """One block for each expression and size."""
    width = max(map(len, everyone)) + 2
    head = (
        f"{'':{width}}{'compile':>10}{'first call':>12}{'best call':>12}{'median':>10}{'CPU/s':>7}"
    )
    for key in dict.fromkeys((r.expression, r.size) for r in results):
        print(f"\n{key[0]}, n = {key[1]}\n{head}")
        for result in (r for r in results if (r.expression, r.size) == key):
            line = f"{result.contender:{width}}{spell(result.compile):>10}"
            if result.error is not None:
                print(f"{line}   {result.error[:80]}")
                continue
            print(
                f"{line}{spell(result.first_call):>12}{spell(result.best):>12}"
                f"{spell(result.median):>10}{result.cpu_per_second or 0:>7.2f}"
            )


def print_memory(rows: Sequence[Memory], everyone: Mapping[str, Contender]) -> None:
    """Extra memory at each size: resident and, after the stroke, seen by tracemalloc; in kB."""
    names = list(dict.fromkeys(row.expression for row in rows))
    width = max(map(len, everyone)) + 2
    for size in dict.fromkeys(row.size for row in rows):
        print(f"\nmemory of one call beyond inputs and outputs, kB, n = {size}: resident / NumPy")
        print(f"{'':{width}}" + "".join(f"{name:>18}" for name in names))
        for contender in dict.fromkeys(row.contender for row in rows):
            of = {r.expression: r for r in rows if (r.size, r.contender) == (size, contender)}
            print(f"{contender:{width}}" + "".join(f"{_kilobytes(of[n]):>18}" for n in names))


def _kilobytes(row: Memory) -> str:
    if row.error is not None:
        return "not possible"
    both = ("-" if count is None else f"{count / 1000:.0f}" for count in (row.resident, row.numpy))
    return " / ".join(both)


def print_summary(summary: Mapping[str, Any], everyone: Mapping[str, Contender]) -> None:
    """The geometric means; a star where some expression is missing."""
    width = max(map(len, everyone)) + 2
    most = max(e["expressions"] for s in summary.values() for c in s.values() for e in c.values())
    titles = {
        "to_baseline": f"time / time of {BASELINE}",
        **{
            f"to_rivals, {kind}": f"time / best of {', '.join(names)}"
            for kind, names in RIVALS.items()
        },
    }
    for what, title in titles.items():
        print(f"\n{title}: geometric mean over the expressions, below 1 is faster")
        print(f"{'':{width}}{'threads':>8}" + "".join(f"{'n = ' + size:>14}" for size in summary))
        for name, contender in everyone.items():
            if what != "to_baseline" and not name.startswith("numeric"):
                continue
            cells = (summary[size].get(name, {}).get(what) for size in summary)
            shown = "".join(f"{_ratio(cell, most):>14}" for cell in cells)
            print(f"{name:{width}}{contender.threads:>8}{shown}")
    print(
        f"\n* over fewer than {most} expressions; the others are beyond a contender that is compared"
    )


def _ratio(cell: Mapping[str, Any] | None, most: int) -> str:
    if cell is None or cell["ratio"] is None:
        return "-"
    return f"{cell['ratio']:.3f}" + ("*" if cell["expressions"] < most else " ")


def _names(text: str, known: Iterable[str], kind: str) -> list[str]:
    chosen = [name.strip() for name in text.split(",")]
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise SystemExit(
            f"no {kind} is called {', '.join(unknown)}; choose from {', '.join(known)}"
        )
    return chosen


def _size(text: str) -> str:
    plain = text.strip().replace("_", "")
    if plain in ("float", "floats", FLOATS):
        return FLOATS
    if not plain.isdecimal() or int(plain) < 1:
        raise SystemExit(
            f"a size is a positive integer, or 'float' for Python floats, not {text!r}"
        )
    return str(int(plain))


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/numeric.py", description="Time numeric against other compilers."
    )
    parser.add_argument("--quick", action="store_true", help="few rounds, small sizes, no memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the ratios (matplotlib)")
    parser.add_argument("--sizes", help="such as float,1,1000,1000000")
    parser.add_argument("--contenders", help="names, comma between; --list shows them")
    parser.add_argument("--expressions", help="names, comma between; --list shows them")
    parser.add_argument("--no-memory", action="store_true", help="leave out the memory pass")
    parser.add_argument("--seconds", type=float, help="for all rounds of an expression and size")
    parser.add_argument("--list", action="store_true", help="show the names and end")
    return parser.parse_args(argv)


def _choose(options: argparse.Namespace) -> tuple[dict[str, Contender], list[str], list[str]]:
    everyone = contenders()
    if options.contenders:
        known = list(everyone)
        everyone = {n: everyone[n] for n in _names(options.contenders, known, "contender")}
    expressions = list(EXPRESSIONS)
    if options.expressions:
        expressions = _names(options.expressions, expressions, "expression")
    sizes = list(QUICK_SIZES if options.quick else SIZES)
    if options.sizes:
        sizes = [_size(text) for text in options.sizes.split(",")]
    return everyone, expressions, sizes


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when outputs disagreed."""
    options = arguments(argv)
    everyone, expressions, sizes = _choose(options)
    if options.list:
        print("contenders: ", ", ".join(everyone), "\nexpressions:", ", ".join(expressions))
        return 0
    if options.plot:
        from benchmarks.numeric_plot import require

        require()
    settings = QUICK if options.quick else Settings()
    if options.seconds is not None:
        settings = Settings(settings.turn, settings.rounds, options.seconds)
    facts = machine()
    ready, described = _prepare(everyone)
    results: list[Result] = []
    for name in expressions:
        for size in sizes:
            print(f"timing {name}, n = {size} ...", file=sys.stderr)
            results += measure(EXPRESSIONS[name](), size, ready.values(), settings)
    rows = [] if options.no_memory or options.quick else _memory_pass(ready, expressions, sizes)
    report = {
        "machine": facts,
        "settings": {"turn": settings.turn, "rounds": settings.rounds, "total": settings.total},
        "contenders": described,
        "results": [result.as_json() for result in results],
        "memory": [row.as_json() for row in rows],
        "summary": summarise(results),
    }
    _show(report, results, rows, ready)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if options.plot:
        from benchmarks.numeric_plot import draw

        draw(report, options.plot)
    return 1 if any((r.error or "").startswith("differs") for r in results) else 0


def _prepare(everyone: Mapping[str, Contender]) -> tuple[dict[str, Contender], dict[str, Any]]:
    """The contenders that can run, and a description of all."""
    installed = {name: c for name, c in everyone.items() if c.installed()}
    failed = warm_up(installed.values())
    described = {
        name: {
            "installed": name in installed,
            "version": contender.version() if name in installed else None,
            "threads": contender.threads,
            "error": failed.get(name),
        }
        for name, contender in everyone.items()
    }
    return {n: c for n, c in installed.items() if n not in failed}, described


def _memory_pass(
    ready: Mapping[str, Contender], expressions: Sequence[str], sizes: Sequence[str]
) -> list[Memory]:
    rows: list[Memory] = []
    for expression in expressions:
        for name in ready:
            print(f"memory of {name} on {expression} ...", file=sys.stderr)
            rows += memory.measure(name, expression, sizes)
    return rows


def _show(
    report: Mapping[str, Any],
    results: Sequence[Result],
    rows: Sequence[Memory],
    ready: Mapping[str, Contender],
) -> None:
    facts = report["machine"]
    print(
        f"{facts['processor']}, {CORES} cores for this process, load {facts['load_average_at_start']}"
    )
    for name, about in report["contenders"].items():
        state = f"version {about['version']}, {about['threads']} threads"
        if about["error"]:
            state = f"cannot run: {about['error']}"
        print(f"  {name:24}{state if about['installed'] else 'not installed'}")
    if not results:
        return
    print_times(results, ready)
    if rows:
        print_memory(rows, ready)
    if report["summary"]:
        print_summary(report["summary"], ready)
