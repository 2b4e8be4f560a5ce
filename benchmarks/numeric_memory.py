"""How much memory one call of a contender needs beyond its inputs and outputs.

Each measurement is a fresh process: it compiles, calls once on two points so that all code is loaded
(jax is compiled ahead for the size itself, as its code belongs to a shape), lays out the inputs, gives
free memory back to the system, then makes one call and reads two figures:

* resident: how far the peak of the resident set (VmHWM, reset before the call) rises above the set
  before the call. It sees the memory of every library, by pages, and buffers kept for later calls too.
  Linux only.
* NumPy: the peak of `tracemalloc` during another call, to the byte, but only for arrays of NumPy and
  objects of Python.

From both the outputs are subtracted when the call allocates them; output buffers and laid-out inputs
are in memory before. The resident figure is the fair one for large sizes; for small ones look at NumPy's.

    python -m benchmarks.numeric_memory CONTENDER EXPRESSION SIZE...

prints a JSON list with one object for each size.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.numeric_contenders import Call, contenders
from benchmarks.numeric_expressions import EXPRESSIONS
from benchmarks.numeric_timing import FLOATS, UNABLE

ROOT: Final = Path(__file__).resolve().parent.parent
TIMEOUT: Final = 600
_RESET_PEAK: Final = "5"


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes beyond inputs and outputs; None where the system cannot tell, or there is an error."""

    expression: str
    contender: str
    size: str
    resident: int | None = None
    numpy: int | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object with the fields of this class."""
        return asdict(self)


def _status(field: str) -> int:
    """A field of /proc/self/status, in bytes."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return 1024 * int(line.split()[1])
    raise OSError(f"/proc/self/status has no {field}")


def _release() -> None:
    """Give free memory back to the system, where the C library has a call for it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _allocated(call: Call, outputs: list[Any]) -> int:
    """The bytes of the outputs that the call has made itself."""
    return sum(int(output.nbytes) for output in outputs) if call.new_outputs else 0


def resident_bytes(call: Call) -> int | None:
    """The rise of the resident set during one call, without new outputs. None except on Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return None
    _release()
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK, "ascii")
    before = _status("VmRSS")
    outputs = call.once()
    return max(0, _status("VmHWM") - before - _allocated(call, outputs))


def numpy_bytes(call: Call) -> int:
    """The peak that `tracemalloc` sees during one call, without new outputs."""
    gc.collect()
    tracemalloc.start()
    try:
        outputs = call.once()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return max(0, peak - _allocated(call, outputs))


def measure_here(contender_name: str, expression_name: str, sizes: Sequence[str]) -> list[Memory]:
    """The figures of one contender on one expression, in this process."""
    contender, expression = contenders()[contender_name], EXPRESSIONS[expression_name]()
    places = expression_name, contender_name
    try:
        contender.enter()
        compiled = contender.build(expression)
    except UNABLE as error:
        return [Memory(*places, size, error=f"{type(error).__name__}: {error}") for size in sizes]
    measured = []
    for size in sizes:
        arrays = expression.arrays(int(size))
        call = contender.bind_warm(compiled, expression, arrays)
        measured.append(Memory(*places, size, resident_bytes(call), numpy_bytes(call)))
    return measured


def measure(contender: str, expression: str, sizes: Sequence[str]) -> list[Memory]:
    """The figures of one contender on one expression, from a fresh process."""
    sizes = [size for size in sizes if size != FLOATS]
    command = [sys.executable, "-m", "benchmarks.numeric_memory", contender, expression, *sizes]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        why = f"took longer than {TIMEOUT} s"
        return [Memory(expression, contender, size, error=why) for size in sizes]
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return [Memory(expression, contender, size, error=last[:200]) for size in sizes]
    return [Memory(**row) for row in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    print(json.dumps([row.as_json() for row in measure_here(*sys.argv[1:3], sys.argv[3:])]))
