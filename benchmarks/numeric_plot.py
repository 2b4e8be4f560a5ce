"""The plot of `benchmarks/numeric.py --plot`: ratios to the baseline, one panel for each size."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MISSING = (
    "--plot needs matplotlib, which is not installed; run pip install matplotlib, or leave it out"
)


def require() -> None:
    """End with a message when matplotlib is not there. Raises SystemExit."""
    if importlib.util.find_spec("matplotlib") is None:
        raise SystemExit(MISSING)


def ratios(report: Mapping[str, Any], baseline: str) -> dict[str, dict[str, list[float]]]:
    """For each size and contender, the best times over those of the baseline, by expression."""
    best = {
        (row["size"], row["expression"], row["contender"]): row["best"]
        for row in report["results"]
        if row["best"] is not None
    }
    found: dict[str, dict[str, list[float]]] = {}
    for (size, expression, contender), seconds in best.items():
        base = best.get((size, expression, baseline))
        if base is not None:
            found.setdefault(size, {}).setdefault(contender, []).append(seconds / base)
    return found


def draw(report: Mapping[str, Any], file: Path, baseline: str = "lambdify-cse") -> None:
    """Write the plot; its format is that of the name of the file."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter

    panels = ratios(report, baseline)
    if not panels:
        raise SystemExit(f"nothing to plot: {baseline} was not timed; add it to --contenders")
    names = [name for name in report["contenders"] if any(name in of for of in panels.values())]
    figure, axes = pyplot.subplots(
        1, len(panels), figsize=(3.2 * len(panels) + 1.5, 0.33 * len(names) + 1.6), sharey=True
    )
    for axis, (size, of_size) in zip(
        [axes] if len(panels) == 1 else axes, panels.items(), strict=True
    ):
        for place, name in enumerate(names):
            values = of_size.get(name, [])
            colour = "C3" if name.startswith("numeric") else "C0"
            axis.plot(values, [place] * len(values), "o", color=colour, alpha=0.35, markersize=4)
            mean = report["summary"][size].get(name, {}).get("to_baseline", {}).get("ratio")
            if mean is not None:
                axis.plot([mean], [place], "|", color=colour, markersize=14, markeredgewidth=2.5)
        axis.axvline(1.0, color="0.6", linewidth=0.8)
        axis.set_xscale("log")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_title(f"n = {size}", fontsize=10)
        axis.grid(axis="x", alpha=0.3)
        axis.set_yticks(range(len(names)), names)
    figure.axes[0].invert_yaxis()
    figure.supxlabel(
        f"time of a call / {baseline}   (dots: expressions, bar: geometric mean)", fontsize=9
    )
    figure.tight_layout()
    figure.savefig(file, dpi=150)
    pyplot.close(figure)
