"""Fuzz the verdicts: random claims are decided, and each verdict is checked by another evaluator.

A claim that is ``proved`` is evaluated at many points, with the ends of domains and coincidences
between symbols among them; one that is ``conditional``, at the points that satisfy its conditions; the
witness of a refutation is evaluated once. From the root of the repository:

    python tests/fuzz/fuzz_kernel.py --seconds 60 --seed 1

The same seed draws the same claims. Each disagreement is printed with the claim and its context, and
the counts follow. The exit status is 1 when there was a disagreement, a crash, or a claim over its
time. The time limits use an alarm signal, so the command needs a Unix system.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fuzz.checks import described, fault
from fuzz.generator import Maker

from derive.decision import decide, prove
from derive.terms.context import Claim, Context, ContextError
from derive.terms.term import TermError
from derive.verdict import Conditional, Proved, Refuted

CLAIMS_PER_CONTEXT: Final = 4
DECIDE_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 20.0
CRASHES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What `decide` must never raise on a claim that fits its context."""


class Slow(BaseException):
    """The work took longer than its limit. No handler of the engine's own may stop it."""


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raise Slow within when the time is used; None sets no limit."""
    if seconds is None:
        yield
        return
    signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _alarm(*_: object) -> None:
    raise Slow


class Fuzzer:
    """Decides random claims and counts what the evaluator says of the verdicts.

    ``counts`` holds how many verdicts of each kind there were and how many were tested; ``faults``
    what was wrong, a line each; ``decided`` the number of claims. Without ``limits`` no claim is cut
    short.
    """

    def __init__(self, seed: int, *, limits: bool = True) -> None:
        self.seed = seed
        self.limits = limits
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.decided = 0
        self.slowest = 0.0

    def run(self, *, seconds: float | None = None, claims: int | None = None) -> Iterator[str]:
        """Work until the CPU seconds or the claims are used, yielding each fault when it is found."""
        end = None if seconds is None else time.process_time() + seconds
        for place, claim, context in self._cases():
            self.decided += 1
            said = self.one(claim, context, random.Random(place))
            if said:
                self.faults.append(f"[{place}] {said}: {described(claim, context)}")
                yield self.faults[-1]
            if self.decided == claims or (end is not None and time.process_time() > end):
                return

    def _cases(self) -> Iterator[tuple[str, Claim, Context]]:
        """Claims that fit their contexts, each with the place that identifies it."""
        for number in count(1):
            maker = Maker(random.Random(f"{self.seed}/{number}"))
            try:
                maker.build()
            except (ContextError, TermError):
                self.counts["no context"] += 1
                continue
            for k in range(CLAIMS_PER_CONTEXT):
                try:
                    claim = maker.claim()
                    maker.context.check_claim(claim)
                except (ContextError, TermError, RecursionError):
                    self.counts["no claim"] += 1
                    continue
                yield f"{self.seed}/{number}.{k}", claim, maker.context

    def one(self, claim: Claim, context: Context, rng: random.Random) -> str:
        """Decide one claim and check the verdict: what is wrong, or nothing.

        A refuted claim is given to the prover all the same, so that no witness hides a false proof.
        """
        began = time.perf_counter()
        try:
            with limited(DECIDE_SECONDS if self.limits else None):
                verdict = decide(claim, context)
                theorem, _ = prove(claim, context) if isinstance(verdict, Refuted) else (None, "")
        except Slow:
            self.counts["over time"] += 1
            return f"OVER {DECIDE_SECONDS:.0f} s"
        except CRASHES as error:
            self.counts["crashed"] += 1
            return f"CRASH {type(error).__name__}: {error}"
        self.slowest = max(self.slowest, time.perf_counter() - began)
        self.counts[verdict.name] += 1
        try:
            with limited(CHECK_SECONDS if self.limits else None):
                found = fault(verdict, claim, context, rng, self.counts)
                if theorem is not None and not found:
                    proved = Conditional(theorem) if theorem.conditions else Proved(theorem)
                    found = fault(proved, claim, context, rng, self.counts)
                return found
        except Slow:
            self.counts["not checked: slow"] += 1
            return ""


def main() -> int:
    """Run from the command line; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds to use")
    parser.add_argument("--seed", type=int, default=1, help="which claims to draw")
    arguments = parser.parse_args()
    fuzzer = Fuzzer(arguments.seed)
    for line in fuzzer.run(seconds=arguments.seconds):
        print(line, flush=True)
    for name, number in sorted(fuzzer.counts.items()):
        print(f"{number:8d}  {name}")
    late = fuzzer.counts["over time"]
    print(
        f"{fuzzer.decided} claims, slowest verdict {fuzzer.slowest:.2f} s; "
        f"{len(fuzzer.faults) - late} disagreements or crashes, {late} over time"
    )
    return 1 if fuzzer.faults else 0


if __name__ == "__main__":
    sys.exit(main())
