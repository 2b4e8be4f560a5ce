"""Seven densities and divergences compiled by `numeric` and by seven other ways, side by side.

From the root of the repository:

    python benchmarks/numeric.py [--quick] [--json FILE] [--plot FILE] [--sizes N,N] [--no-memory]
                                 [--contenders NAME,NAME] [--expressions NAME,NAME] [--list]

For each expression and each size: seconds to compile from SymPy, the first call, and one call
afterwards (the best and the median of rounds in which the contenders take turns), then the memory
needed beyond inputs and outputs, and geometric means of the ratios to `lambdify(cse=True)` and to the
best of numba, numexpr and heyoka. The outputs are compared with each other before anything is timed.
`benchmarks/numeric_timing.py`, `numeric_memory.py` and `numeric_contenders.py` say how; a contender
that is not installed is named as such. All of it at n = 1 000 000 takes a quarter of an hour and 10 GB.

This directory is on the path of every script in it, where the name of this file would hide the package
`numeric`; the lines below put the root of the repository first, whichever script runs.
"""

import sys
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).resolve().parent

if __name__ in ("__main__", "numeric"):
    sys.path[:] = [str(_HERE.parent), *(p for p in sys.path if Path(p).resolve() != _HERE)]

if __name__ == "numeric":
    del sys.modules["numeric"]
    import_module("numeric")

if __name__ == "__main__":
    from benchmarks.numeric_report import main

    sys.exit(main())
