"""Checking a derivation: each link on its own, then the links of a chain as one theorem.

A link that cites earlier chains is shown in the context with their statements as further hypotheses.
These then become conditions of the theorem, and are discharged by the theorems of the cited chains.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from derive.decision import counterexample, prove
from derive.derivation import Chain, Derivation, Link, Wrong
from derive.derivation.advice import advice, disagreement
from derive.derivation.citing import Fact, cited_facts, extended, granted, stated
from derive.kernel import rules
from derive.kernel.theorem import Theorem
from derive.tactics import Goal, Refused, run
from derive.tactics.registry import CannotCite
from derive.terms.context import Claim, Context
from derive.verdict import Conditional, Proved, Refuted, Undecided, Verdict


@dataclass(frozen=True, slots=True)
class LinkResult:
    """How one link came out.

    ``line`` counts the lines of the chain from 1, the first line included. ``waits_for`` names the cited
    chains that are not proved, where nothing else stands between the link and its proof.
    """

    name: str
    label: str
    line: int
    link: Link
    verdict: Verdict
    message: str = ""
    waits_for: tuple[str, ...] = ()
    seconds: float = 0.0
    text: str = ""

    @property
    def where(self) -> str:
        """Derivation, chain and line."""
        return f"{self.name}, chain {self.label}, line {self.line}"

    @property
    def holds(self) -> bool:
        """Whether the link is proved, perhaps from chains that are not."""
        return isinstance(self.verdict, Proved) or bool(self.waits_for)

    def __str__(self) -> str:
        return "\n    ".join([f"{self.where}: {self.text}", *self.message.splitlines()])


@dataclass(frozen=True, slots=True)
class WrongResult:
    """How a wrong variant came out: ``refuted``, ``refused``, or ``proved``, which is a fault.

    ``instance`` is a random instance in words at which it is false, where the refuter had no witness.
    """

    wrong: Wrong
    verdict: Verdict
    seconds: float = 0.0
    instance: str = ""

    @property
    def outcome(self) -> str:
        """One word for the report."""
        if self.instance:
            return "refuted"
        return self.verdict.name if self.verdict.name in ("refuted", "proved") else "refused"


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found: a verdict for each link, a theorem for each chain that is proved."""

    name: str
    links: tuple[LinkResult, ...]
    theorems: Mapping[str, Theorem]
    wrongs: tuple[WrongResult, ...] = ()
    open: Mapping[str, str] = field(default_factory=dict)
    """Chains without a theorem although each of their links holds, and why."""

    @property
    def proved(self) -> bool:
        """Whether every chain is a theorem without conditions and no wrong variant is one."""
        complete = bool(self.theorems) and not self.open and not self.failures
        return complete and all(w.outcome != "proved" for w in self.wrongs)

    @property
    def failures(self) -> list[LinkResult]:
        """The links that are not proved, in order."""
        return [r for r in self.links if not r.holds]

    @property
    def first_failure(self) -> LinkResult | None:
        """The first link that is not proved."""
        return next(iter(self.failures), None)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.name}: {'proved' if self.proved else 'not proved'}", *self.faults()]
        )

    __repr__ = __str__

    def faults(self) -> Iterator[str]:
        """What stands in the way, the first bad link first."""
        yield from map(str, self.failures)
        yield from (f"{self.name}, chain {label}: {why}" for label, why in self.open.items())
        if not self.links and not self.open:
            yield f"{self.name}: there is nothing to prove; begin with start() or claim()"
        for w in self.wrongs:
            if w.outcome == "proved":
                yield f"{self.name}: the wrong variant {w.wrong.claim} is PROVED"


def check(derivation: Derivation, *, wrongs: bool = True) -> Report:
    """Check every link of every chain and, unless told otherwise, every wrong variant."""
    results: list[LinkResult] = []
    theorems: dict[str, Theorem] = {}
    left: dict[str, str] = {}
    for chain in derivation.chains:
        own = [_check_link(derivation, chain, n, theorems) for n in range(len(chain.links))]
        results += own
        waiting = sorted({label for r in own for label in r.waits_for})
        links = [r.verdict.theorem for r in own if isinstance(r.verdict, Proved)]
        if not own:
            left[chain.label] = "it has one line, and so states nothing"
        elif len(links) == len(own):
            theorems[chain.label] = joined(chain, links)
        elif waiting and all(r.holds for r in own):
            left[chain.label] = f"it rests on {', '.join(waiting)}, which is not proved"
    for _, claim in _owed(derivation):
        left[f"({claim})"] = "a map was declared with this property, which is not proved"
    return Report(
        derivation.name, tuple(results), theorems, tried(derivation) if wrongs else (), left
    )


def tried(derivation: Derivation) -> tuple[WrongResult, ...]:
    """How the wrong variants of a derivation come out."""
    return tuple(_try_wrong(derivation.context, wrong) for wrong in derivation.wrongs)


def _owed(derivation: Derivation) -> Iterator[tuple[Context, Claim]]:
    """What pushforwards were said to satisfy, as far as the search does not show it."""
    for context, claim in derivation.model.duties:
        theorem, _ = prove(claim, context)
        if theorem is None or theorem.conditions:
            yield context, claim


def joined(chain: Chain, links: Sequence[Theorem]) -> Theorem:
    """The theorem that a chain states, from those of its links, by transitivity."""
    if chain.relation in (">", ">="):
        links = [rules.symmetry(t) if t.claim.relation == "=" else t for t in reversed(links)]
    return reduce(rules.trans, links)


def _try_wrong(context: Context, wrong: Wrong) -> WrongResult:
    """Look for a counterexample, then for a proof, then for a random instance that disagrees."""
    start = time.perf_counter()
    witness, instance = counterexample(wrong.claim, context), None
    if witness is not None:
        verdict: Verdict = Refuted(witness)
    else:
        theorem, reason = prove(wrong.claim, context)
        verdict = Undecided(reason) if theorem is None else verdict_of(theorem)
        if not isinstance(verdict, Proved):
            instance = disagreement(context, wrong.claim)
    return WrongResult(wrong, verdict, time.perf_counter() - start, instance or "")


def verdict_of(theorem: Theorem) -> Verdict:
    """What a theorem says of its claim."""
    return Conditional(theorem) if theorem.conditions else Proved(theorem)


def _check_link(
    derivation: Derivation, chain: Chain, number: int, theorems: Mapping[str, Theorem]
) -> LinkResult:
    start = time.perf_counter()
    link = chain.links[number]
    context = derivation.context
    waits: tuple[str, ...] = ()
    message = ""

    def hints(verdict: Verdict) -> Iterator[str]:
        earlier = [(c.label, c.statement) for c in derivation.chains if c.label in theorems]
        return advice(context, link, earlier, verdict)

    try:
        facts = cited_facts(derivation, link, theorems)
        theorem = prove_link(context, link, facts)
        verdict = verdict_of(theorem)
        pending = {fact.claim: fact.label for fact in facts if fact.theorem is None}
        if theorem.conditions <= set(pending):
            waits = tuple(sorted({pending[c] for c in theorem.conditions}))
        if theorem.conditions and not waits:
            verdict, message = _conditional(derivation, link, Conditional(theorem))
            message = "\n".join([message, *hints(verdict)])
    except CannotCite as error:
        verdict, message = _failed(context, link, f"not shown: {error}")
    except Refused as error:
        verdict, message = _failed(context, link, f"not shown: {error}")
        message = "\n".join([message, *hints(verdict)])
    took = time.perf_counter() - start
    text = _printer(derivation)(link.claim)
    place = (derivation.name, chain.label, number + 2)
    return LinkResult(*place, link, verdict, message, waits, took, text)


def prove_link(context: Context, link: Link, facts: Sequence[Fact]) -> Theorem:
    """A theorem for a link, from the facts it cites; it may carry conditions. Raises Refused."""
    inner, names = extended(context, facts)
    same = next((n for n, f in zip(names, facts, strict=True) if f.says(link.claim)), None)
    if same is not None and link.by in (None, "cite", "subst"):
        theorem = stated(inner, same, link.claim)
    else:
        theorem = run(link.by, Goal(inner, link.claim, tuple(names)))
    if not facts:
        return theorem
    return granted(rules.instantiate(context, theorem, {}), facts)


def _printer(derivation: Derivation) -> Callable[[Claim], str]:
    """How the claims of a derivation are written in messages."""
    return derivation.model.display.claim if derivation.model.forms else str


def _conditional(derivation: Derivation, link: Link, verdict: Conditional) -> tuple[Verdict, str]:
    """The verdict on a link that holds under conditions, and these in words."""
    listed = ", ".join(map(_printer(derivation), verdict.conditions))
    witness = counterexample(link.claim, derivation.context, defined=True)
    if witness is None:
        return verdict, f"it holds only where {listed}, which is not shown"
    return Refuted(witness), f"it fails {witness}\nit holds only where {listed}"


def _failed(context: Context, link: Link, reason: str) -> tuple[Verdict, str]:
    """The verdict on a link that its tactic does not prove, and what is known of it."""
    witness = counterexample(link.claim, context)
    if witness is None:
        return Undecided(reason), reason
    cited = f"\n{reason}" if link.using else ""
    return Refuted(witness), f"it fails {witness}{cited}"
