"""Verifying theorems of the library: proved, written as certificates, checked again, cross-checked.

The work is done in stages, each over all theorems and in several processes, so that each has a time of
its own: proofs are found and written as certificates; the second program reads these from their files;
every statement is evaluated on random instances; and, when it is asked for, wrong variants are tried.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Literal

from derive.library import Entry, LibraryError, remembering, theorem
from derive.workers import Failure, Pool

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.derivation.proving import Report
    from derive.kernel.theorem import Theorem

TIMEOUT: Final = 120.0
"""Seconds for one theorem in one stage."""

TIMES: Final = "seconds"
LETTERS: Final = 1000.0
"""What each theorem took is remembered, so that long ones are begun first; for a new one it is guessed
from the length of what its builder says, at so many letters a second."""

INSTANCES: Final = 12
SECONDS: Final = 0.3
"""For each statement: the instances on which it is evaluated, and the time that this may take."""

Stage = Literal["prove", "recheck", "evaluate", "wrong"]
DOING: Final[Mapping[Stage, str]] = {
    "prove": "proving",
    "recheck": "re-checking",
    "evaluate": "cross-checking",
    "wrong": "trying wrong variants",
}

Watch = Callable[[str], AbstractContextManager[tuple[Callable[[int], None], Callable[[str], None]]]]
"""Shows progress, as `derive.commands.progress` does."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How a theorem came out.

    ``steps`` counts those of the kernel, ``instances`` those of the cross-check, ``unevaluated`` the
    statements of which it found no instance. The last four are CPU seconds.
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
    remembered: bool = False
    proving: float = 0.0
    writing: float = 0.0
    rechecking: float = 0.0
    evaluating: float = 0.0

    @property
    def good(self) -> bool:
        """Whether everything holds: proved, re-checked, and no wrong variant proved."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Run:
    """The results in the order of the names, and the wall-clock seconds of each stage that was run."""

    results: tuple[Verified, ...]
    seconds: Mapping[Stage, float]


@dataclass(frozen=True, slots=True)
class Task:
    """One theorem in one stage. ``path`` is the file of its certificates, ``labels`` are its chains.

    ``again`` is whether certificates are wanted of a theorem whose result is remembered.
    """

    stage: Stage
    name: str
    path: str
    remember: bool
    again: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a stage found out about a theorem: faults, and fields of `Verified`.

    ``key`` is the name under which the whole is remembered, ``labels`` the chains to be evaluated.
    """

    faults: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    labels: tuple[str, ...] = ()


@contextmanager
def unwatched(doing: str) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """No progress to be seen."""
    yield (lambda total: None), (lambda name: None)


def verify(
    names: Sequence[str],
    *,
    jobs: int = 1,
    remember: bool = True,
    certificates: Path | None = None,
    wrong: bool = False,
    timeout: float = TIMEOUT,
    watch: Watch = unwatched,
) -> Run:
    """Verify theorems by their full names, in worker processes.

    Wrong variants are tried with ``wrong``. With ``certificates`` each theorem's are written to a file of
    its name in that folder, one certificate on each line. Raises OSError where this is not possible.
    """
    if certificates is not None:
        certificates.mkdir(parents=True, exist_ok=True)
    remembering.engine()
    with TemporaryDirectory(prefix="derive-") as folder, Pool(perform, jobs, timeout) as pool:
        run = _Running(pool, Path(folder), remember, certificates is not None, watch)
        run.all(names, wrong)
        if certificates is not None:
            for name in (n for n in names if run.found[n].good):
                shutil.copyfile(run.path(name), certificates / f"{name}.jsonl")
    return Run(tuple(run.found[name] for name in names), run.seconds)


@dataclass
class _Running:
    """The stages of one run, and what they have found so far."""

    pool: Pool
    folder: Path
    remember: bool
    again: bool
    watch: Watch
    found: dict[str, Verified] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    seconds: dict[Stage, float] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """The file of a theorem's certificates."""
        return self.folder / f"{name}.jsonl"

    def all(self, names: Sequence[str], wrong: bool) -> None:
        """All stages, the longest tasks of each first, as far as it is known."""
        kept = remembering.recall(TIMES) or {}
        took = {name: value for name, value in kept.items() if isinstance(value, float)}
        self.found = {name: Verified(name) for name in names}
        self.stage("prove", sorted(names, key=lambda n: -took.get(n, _guess(theorem(n)))))
        new = [n for n, r in self.found.items() if r.good and not r.remembered]
        self.stage("recheck", sorted(new, key=lambda n: -self.path(n).stat().st_size))
        new = [n for n in new if self.found[n].good]
        self.stage("evaluate", sorted(new, key=lambda n: -len(self.parts[n].labels)))
        if self.remember:
            self._remember([n for n in new if self.found[n].good], took)
        if wrong:
            self.stage("wrong", [n for n in names if self.found[n].good])

    def stage(self, stage: Stage, names: Sequence[str]) -> None:
        """One stage over some theorems."""
        if not names:
            return
        start = time.perf_counter()
        with self.watch(DOING[stage]) as (started, done):
            started(len(names))
            for number, part in self.pool.run(self._task(stage, name) for name in names):
                name = names[number]
                if isinstance(part, Failure):
                    part = Part((f"{name}: {DOING[stage]} was given up: {part.reason}",))
                self.parts.setdefault(name, part)
                self.found[name] = replace(
                    self.found[name], faults=self.found[name].faults + part.faults, **part.fields
                )
                done(name)
        self.seconds[stage] = time.perf_counter() - start

    def _task(self, stage: Stage, name: str) -> Task:
        labels = self.parts[name].labels if name in self.parts else ()
        return Task(stage, name, str(self.path(name)), self.remember, self.again, labels)

    def _remember(self, names: Sequence[str], took: Mapping[str, float]) -> None:
        new = {n: self.found[n].proving + self.found[n].writing for n in names}
        for name in names:
            remembering.remember(self.parts[name].key, {"result": asdict(self.found[name])})
        if new:
            remembering.remember(TIMES, {**took, **new})


def _guess(entry: Entry) -> float:
    """About how long a proof takes, from the length of what its builder says."""
    code = entry.builder.__code__ if hasattr(entry.builder, "__code__") else None
    return _letters(code.co_consts if code is not None else ()) / LETTERS


def _letters(constants: Sequence[object]) -> int:
    """How many letters there are in constants of a function, and of the functions inside it."""
    total = 0
    for constant in constants:
        if isinstance(constant, str):
            total += len(constant)
        elif isinstance(constant, tuple):
            total += _letters(constant)
        elif hasattr(constant, "co_consts"):
            total += _letters(constant.co_consts)
    return total


def perform(task: Task) -> Part:
    """One theorem in one stage."""
    return {"prove": _prove, "recheck": _recheck, "evaluate": _evaluate, "wrong": _wrong}[
        task.stage
    ](task)


def _prove(task: Task) -> Part:
    """Prove a theorem and write its certificates to the file, unless all of that is remembered."""
    from derive.derivation import DerivationError
    from derive.derivation.proving import check

    try:
        derivation = theorem(task.name).derivation()
    except (DerivationError, LibraryError) as error:
        return Part((str(error),))
    key = remembering.key(derivation, INSTANCES, SECONDS)
    known = _recalled(task, key) if task.remember else None
    if known is not None:
        return known
    start = time.process_time()
    report = check(derivation, wrongs=False)
    proved = time.process_time()
    fields = {**_facts(derivation, report), "proving": proved - start}
    if not report.proved:
        return Part(tuple(report.faults()), fields)
    heads = dict(headlines(report.theorems))
    strays = tuple(_strays(derivation, heads))
    texts, fault = _certified(task.name, heads)
    if fault or strays:
        return Part((*strays, *([fault] if fault else [])), fields)
    Path(task.path).write_text("".join(f"{text}\n" for text in texts), "utf-8")
    if task.remember:
        remembering.remember(f"{key}-certificates", {"certificates": texts})
    fields["writing"] = time.process_time() - proved
    return Part((), fields, key, tuple(heads))


def _strays(derivation: Derivation, proved: Mapping[str, Theorem]) -> Iterator[str]:
    """The chains whose theorem says something else than they do."""
    for chain in derivation.chains:
        made, wanted = proved.get(chain.label), chain.statement.oriented()
        if made is None:
            continue
        if made.context != derivation.context or made.claim not in (wanted, wanted.flipped()):
            yield (
                f"{derivation.name}, chain {chain.label}: it states {wanted}, and {made.claim} was "
                "proved; please report this fault of derive"
            )


def _facts(derivation: Derivation, report: Report) -> dict[str, Any]:
    """What there is to say of a proof: the fields of `Verified` for it."""
    from derive.proof import steps

    theorems = report.theorems.values()
    return {
        "statements": len(report.theorems),
        "steps": len({id(step) for proved in theorems for step in steps(proved)}),
        "hypotheses": len(derivation.context.hypotheses),
        "axioms": tuple(sorted(frozenset[str]().union(*(proved.axioms for proved in theorems)))),
    }


def _recalled(task: Task, key: str) -> Part | None:
    """What is remembered of a theorem; None when there is nothing of the form that it should have."""
    known = remembering.recall(key)
    try:
        given = dict(known["result"]) if known is not None else {}
        for name in ("faults", "axioms", "wrongs"):
            given[name] = tuple(given[name])
        fields = asdict(Verified(**{**given, "remembered": True}))
        if task.again:
            texts = (remembering.recall(f"{key}-certificates") or {})["certificates"]
            Path(task.path).write_text("".join(f"{text}\n" for text in texts), "utf-8")
    except (KeyError, TypeError, ValueError):
        return None
    return Part((), {n: v for n, v in fields.items() if n not in ("name", "faults")}, key)


def headlines(theorems: Mapping[str, Theorem]) -> Iterator[tuple[str, Theorem]]:
    """The theorems that are no step of another one, the last first."""
    from derive.proof import steps

    seen: set[int] = set()
    for label in reversed(list(theorems)):
        if id(theorems[label]) not in seen:
            yield label, theorems[label]
            seen.update(id(step) for step in steps(theorems[label]))


def _certified(name: str, proved: Mapping[str, Theorem]) -> tuple[list[str], str]:
    """The certificates of theorems as texts, or why one of them cannot be written."""
    from derive.certificates import certificates
    from derive.certifying.writer import Unwritten

    try:
        made = certificates(proved)
    except Unwritten as error:
        where = f"{name}, chain {error.name}"
        return [], f"{where}: the proof cannot be written as a certificate: {error}"
    return [json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in made], ""


def _recheck(task: Task) -> Part:
    """Have the second program check the certificates in a file."""
    from derive.recheck import Rejected, recheck

    start = time.process_time()
    with Path(task.path).open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                recheck(json.loads(line))
            except Rejected as error:
                why = f"certificate {number} is rejected: {error}"
                return Part((f"{task.name}: {why}; please report this fault of derive",))
    return Part((), {"rechecking": time.process_time() - start})


def _evaluate(task: Task) -> Part:
    """Evaluate the statements of some chains on random instances, from the statements alone."""
    from derive.crosscheck import cross_check_all

    start = time.process_time()
    derivation = theorem(task.name).derivation()
    claims = {c.label: c.statement for c in derivation.chains if c.label in task.labels}
    found = cross_check_all(
        derivation.context, list(claims.values()), instances=INSTANCES, seconds=SECONDS
    )
    faults = [
        f"{task.name}, chain {label}: it is proved, and yet false {each.disagreement}; "
        "please report this fault of derive"
        for label, each in zip(claims, found, strict=True)
        if each.disagreement is not None
    ]
    counts = [each.instances for each in found]
    fields = {"instances": sum(counts), "unevaluated": counts.count(0)}
    return Part(tuple(faults), {**fields, "evaluating": time.process_time() - start})


def _wrong(task: Task) -> Part:
    """Try the wrong variants of a theorem."""
    from derive.derivation.proving import tried

    derivation = theorem(task.name).derivation()
    key = f"{remembering.key(derivation)}-wrong"
    known = remembering.recall(key) if task.remember else None
    outcomes = known.get("outcomes") if known is not None else None
    if isinstance(outcomes, list):
        return Part((), {"wrongs": tuple(outcomes)})
    results = tried(derivation)
    outcomes = [r.outcome for r in results]
    faults = tuple(
        f"{task.name}: the wrong variant {r.wrong.claim} is PROVED"
        for r in results
        if r.outcome == "proved"
    )
    if task.remember and not faults:
        remembering.remember(key, {"outcomes": outcomes})
    return Part(faults, {"wrongs": tuple(outcomes)})
