"""How the contenders of `benchmarks/numeric.py` are timed.

For one expression at one size, all in this process:

1. Each contender compiles the expression, with SymPy's cache empty. Its libraries are imported and
   warm: every contender has compiled a small expression before. The clock covers the way from SymPy
   expressions to something callable; what is put off until the first call shows in the first call.
2. The first call is timed, and its outputs compared with those of the first contender. Outputs that
   differ by more than `AGREEMENT` of the largest one are an error, and nothing more is timed.
3. The contenders take turns, in another order each round. A turn sets the threads, calls once outside
   the clock, then times a loop of as many calls as take about `Settings.turn` seconds. Noise on the
   machine meets all alike; the best and the median over the rounds are kept, and the CPU seconds used
   for each second of the clock, which show how many threads were at work.

At n = 1 there are two cases: Python floats, and arrays of one entry.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import sympy as sp
from sympy.core.cache import clear_cache

from benchmarks.numeric_contenders import Call, Contender
from benchmarks.numeric_expressions import SEED, Expression

AGREEMENT: Final = 1e-9
FLOATS: Final = "1 float"
UNABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a contender may raise on an expression that is beyond it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Seconds for one turn, the least and the most rounds, and seconds for all rounds of a case."""

    turn: float = 0.02
    rounds: tuple[int, int] = (5, 25)
    total: float = 20.0


QUICK: Final = Settings(turn=0.001, rounds=(2, 3), total=0.5)


@dataclass(slots=True)
class Result:
    """One contender on one expression at one size; seconds, or the reason why there are none."""

    expression: str
    contender: str
    size: str
    compile: float | None = None
    first_call: float | None = None
    best: float | None = None
    median: float | None = None
    cpu_per_second: float | None = None
    rounds: int = 0
    calls: int = 0
    disagreement: float | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object with the fields of this class."""
        return asdict(self)


@dataclass(slots=True)
class _Runner:
    contender: Contender
    call: Call
    result: Result
    loops: int = 1
    times: list[float] = field(default_factory=list)
    cpu: float = 0.0
    wall: float = 0.0

    def turn(self, seconds: float) -> None:
        """One turn: settings, a call outside the clock, and a loop that is timed."""
        self.contender.enter()
        self.call.function(*self.call.inputs)
        if not self.times:
            self.loops = max(1, round(seconds / max(self._time(1)[0], 1e-9)))
        wall, cpu = self._time(self.loops)
        self.times.append(wall / self.loops)
        self.wall += wall
        self.cpu += cpu

    def _time(self, loops: int) -> tuple[float, float]:
        function, inputs = self.call.function, self.call.inputs
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(loops):
            function(*inputs)
        return time.perf_counter() - start, time.process_time() - cpu

    def finish(self) -> None:
        """Write the figures of all turns into the result."""
        self.result.best, self.result.median = min(self.times), statistics.median(self.times)
        self.result.rounds, self.result.calls = len(self.times), self.loops
        self.result.cpu_per_second = self.cpu / self.wall


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def inputs_of(expression: Expression, size: str) -> list[Any]:
    """Python floats for the size `FLOATS`, arrays for any other."""
    if size == FLOATS:
        return [array.item() for array in expression.arrays(1)]
    return list(expression.arrays(int(size)))


def disagreement(ours: Sequence[Any], theirs: Sequence[Any]) -> float:
    """The largest difference, against the largest entry of each output; inf where one is nan."""
    worst = 0.0
    if len(ours) != len(theirs):
        return float("inf")
    for left, right in zip(ours, theirs, strict=True):
        a, b = (np.ravel(np.asarray(side, dtype=np.float64)) for side in (left, right))
        gap = np.max(np.abs(a - b)) / np.max(np.abs(b)) if a.shape == b.shape else np.inf
        worst = max(worst, np.inf if np.isnan(gap) else float(gap))
    return worst


def warm_up(contenders: Iterable[Contender]) -> dict[str, str]:
    """Import and start each contender on a small expression; the errors of those that cannot."""
    x, y = sp.symbols("x y", positive=True)
    small = Expression("warm-up", (sp.log(x + y) / 3,), {x: (1.0, 2.0), y: (1.0, 2.0)})
    failed = {}
    for contender in contenders:
        try:
            contender.enter()
            contender.bind(contender.build(small), small, small.arrays(10)).once()
        except UNABLE as error:
            failed[contender.name] = f"{type(error).__name__}: {error}"
    return failed


def _start(
    contender: Contender,
    expression: Expression,
    size: str,
    inputs: Sequence[Any],
    reference: list[list[Any]],
) -> tuple[Result, _Runner | None]:
    """Compile, call once and compare; the runner is None when that did not go well."""
    result = Result(expression.name, contender.name, size)
    clear_cache()
    try:
        contender.enter()
        start = time.perf_counter()
        compiled = contender.build(expression)
        result.compile = time.perf_counter() - start
        call = contender.bind(compiled, expression, inputs)
        start = time.perf_counter()
        returned = call.function(*call.inputs)
        result.first_call = time.perf_counter() - start
        outputs = call.results(returned)
    except UNABLE as error:
        result.error = f"{type(error).__name__}: {error}"[:200]
        return result, None
    if not reference:
        reference.append([np.array(output) for output in outputs])
    result.disagreement = disagreement(outputs, reference[0])
    if result.disagreement > AGREEMENT:
        result.error = f"differs from the first contender by {result.disagreement:.1e}"
        return result, None
    return result, _Runner(contender, call, result)


def measure(
    expression: Expression, size: str, contenders: Iterable[Contender], settings: Settings
) -> list[Result]:
    """Time the contenders against each other on one expression at one size."""
    inputs, reference = inputs_of(expression, size), list[list[Any]]()
    results, runners = [], []
    with warnings.catch_warnings(), _no_collection():
        warnings.simplefilter("ignore")
        for contender in contenders:
            result, runner = _start(contender, expression, size, inputs, reference)
            results.append(result)
            if runner is not None:
                runners.append(runner)
        _take_turns(runners, settings)
    return results


def _take_turns(runners: list[_Runner], settings: Settings) -> None:
    least, most = settings.rounds
    shuffled, order = list(runners), random.Random(SEED)
    end = time.perf_counter() + settings.total
    for done in range(most):
        if done >= least and time.perf_counter() > end:
            break
        order.shuffle(shuffled)
        for runner in shuffled:
            runner.turn(settings.turn)
    for runner in runners:
        runner.finish()
