"""Verifying theorems of the library: proved, written as certificates, checked again, cross-checked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from derive import remembering
from derive.library import LibraryError, theorem
from derive.workers import Failure, Pool

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.kernel.theorem import Theorem

TIMEOUT: Final = 120.0
"""Seconds for one theorem."""

TIMES: Final = "seconds"
UNKNOWN: Final = 1.0
"""What each theorem took is remembered, so that long ones are begun first; and a guess for new ones."""

INSTANCES: Final = 12
SECONDS: Final = 0.3
"""For each statement: the instances on which it is evaluated, and the time that this may take."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How a theorem came out.

    ``steps`` counts those of the kernel, ``instances`` those of the cross-check, ``unevaluated`` the
    statements of which it found no instance.
    """

    name: str
    faults: tuple[str, ...] = ()
    statements: int = 0
    steps: int = 0
    hypotheses: int = 0
    axioms: tuple[str, ...] = ()
    instances: int = 0
    unevaluated: int = 0
    wrongs: tuple[str, ...] = ()
    seconds: float = 0.0
    remembered: bool = False

    @property
    def good(self) -> bool:
        """Whether everything holds: proved, re-checked, and no wrong variant proved."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Task:
    """One theorem to verify: whether remembered results count, and where certificates go."""

    name: str
    remember: bool = True
    certificates: str | None = None


def verify(
    names: Sequence[str],
    *,
    jobs: int = 1,
    remember: bool = True,
    certificates: Path | None = None,
    timeout: float = TIMEOUT,
    done: Callable[[Verified], None] = lambda result: None,
) -> list[Verified]:
    """Verify theorems by their full names, in worker processes; the results in the order of the names.

    The longest are begun first, as far as an earlier run tells. ``done`` is called with each result as it
    comes in. With ``certificates`` each theorem's are written to a file of its name in that folder, one
    certificate on each line.
    """
    if certificates is not None:
        certificates.mkdir(parents=True, exist_ok=True)
    folder = None if certificates is None else str(certificates)
    remembering.engine()
    kept = remembering.recall(TIMES) or {}
    took = {name: value for name, value in kept.items() if isinstance(value, float)}
    order = sorted(names, key=lambda name: -took.get(name, UNKNOWN))
    out: dict[str, Verified] = {}
    with Pool(verify_one, jobs, timeout) as pool:
        for number, result in pool.run(Task(name, remember, folder) for name in order):
            if isinstance(result, Failure):
                name = order[number]
                result = Verified(name, (f"{name}: the check was given up: {result.reason}",))
            out[result.name] = result
            done(result)
    new = {name: r.seconds for name, r in out.items() if r.good and not r.remembered}
    if new:
        remembering.remember(TIMES, {**took, **new})
    return [out[name] for name in names]


def verify_one(task: Task) -> Verified:
    """Verify one theorem."""
    from derive.derivation import DerivationError

    start = time.perf_counter()
    try:
        derivation = theorem(task.name).derivation()
    except (DerivationError, LibraryError) as error:
        return Verified(task.name, (str(error),))
    key = remembering.key(derivation, INSTANCES, SECONDS)
    known = remembering.recall(key) if task.remember else None
    result, texts = (None, []) if known is None else _recalled(known)
    if result is None:
        result, texts = _worked_out(derivation, start)
        if result.good and task.remember:
            remembering.remember(key, {"result": asdict(result), "certificates": texts})
    if task.certificates is not None and result.good:
        path = Path(task.certificates) / f"{task.name}.jsonl"
        path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return result


def _recalled(known: Mapping[str, Any]) -> tuple[Verified | None, list[str]]:
    """A remembered result, and its certificates; None when it is not of the form it should be."""
    try:
        fields = dict(known["result"])
        for name in ("faults", "axioms", "wrongs"):
            fields[name] = tuple(fields[name])
        return Verified(**{**fields, "remembered": True}), list(known["certificates"])
    except (KeyError, TypeError, ValueError):
        return None, []


def _worked_out(derivation: Derivation, start: float) -> tuple[Verified, list[str]]:
    """Prove, write down, check again and cross-check a derivation."""
    from derive.proof import steps

    report = derivation.check()
    faults = list(report.faults())
    texts: list[str] = []
    counts: list[int] = []
    heads = dict(headlines(report.theorems))
    if report.proved:
        for label, proved in heads.items():
            where = f"{derivation.name}, chain {label}"
            text, fault = _certified(proved)
            texts.append(text)
            faults += [f"{where}: {fault}"] if fault else []
        for label, proved in heads.items():
            count, fault = _evaluated(proved)
            counts.append(count)
            faults += [f"{derivation.name}, chain {label}: {fault}"] if fault else []
    used = {id(step) for proved in heads.values() for step in steps(proved)}
    axioms = frozenset[str]().union(*(proved.axioms for proved in heads.values()))
    result = Verified(
        derivation.name,
        tuple(faults),
        len(report.theorems),
        len(used),
        len(derivation.context.hypotheses),
        tuple(sorted(axioms)),
        sum(counts),
        counts.count(0),
        tuple(w.outcome for w in report.wrongs),
        time.perf_counter() - start,
    )
    return result, texts


def headlines(theorems: Mapping[str, Theorem]) -> Iterator[tuple[str, Theorem]]:
    """The theorems that are no step of another one, the last first."""
    from derive.proof import steps

    seen: set[int] = set()
    for label in reversed(list(theorems)):
        if id(theorems[label]) not in seen:
            yield label, theorems[label]
            seen.update(id(step) for step in steps(theorems[label]))


def _certified(proved: Theorem) -> tuple[str, str]:
    """The certificate of a theorem as text, and what the second program has against it."""
    from derive.certificates import certificate
    from derive.kernel.theorem import KernelError
    from derive.recheck import Rejected, recheck

    try:
        text = json.dumps(certificate(proved), ensure_ascii=False, separators=(",", ":"))
    except KernelError as error:
        return "", f"the proof cannot be written as a certificate: {error}"
    try:
        recheck(json.loads(text))
    except Rejected as error:
        return "", f"the certificate is rejected: {error}; please report this fault of derive"
    return text, ""


def _evaluated(proved: Theorem) -> tuple[int, str]:
    """On how many random instances a theorem was evaluated, and one at which it is false."""
    from derive.crosscheck import cross_check

    found = cross_check(proved.context, proved.claim, instances=INSTANCES, seconds=SECONDS)
    if found.disagreement is None:
        return found.instances, ""
    return found.instances, (
        f"it is proved, and yet false {found.disagreement}; please report this fault of derive"
    )
