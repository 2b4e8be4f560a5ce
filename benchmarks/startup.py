"""How long the commands take from a cold start, beside what any such program must import.

Run ``python benchmarks/startup.py``. Each line is the median of several runs in fresh processes.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7


def median(arguments: list[str]) -> float:
    """Median wall-clock seconds of a Python process with these arguments."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the medians, their ratios and the bounds that the project holds itself to."""
    imports = median(["-c", "import sympy, numpy"])
    argparse = median(["-c", "import argparse"])
    check = median(["-m", "derive.cli", "check", "examples/keys/quiz2.toml"])
    helped = median(["-m", "derive.cli", "--help"])
    print(f"import sympy, numpy      {imports * 1e3:7.0f} ms")
    print(
        f"derive check quiz2.toml  {check * 1e3:7.0f} ms   {check / imports:4.2f} times that (at most 6)"
    )
    print(f"import argparse          {argparse * 1e3:7.0f} ms")
    bound = 1.5 * argparse + 0.05
    print(f"derive --help            {helped * 1e3:7.0f} ms   (at most {bound * 1e3:.0f} ms)")


if __name__ == "__main__":
    main()
