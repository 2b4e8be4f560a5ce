"""Earlier chains as facts for a link: their statements, at particular terms, and their theorems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.decision import prove
from derive.derivation import Citation, Derivation, Link
from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.tactics.registry import CannotCite, finished
from derive.terms.context import Claim, Context
from derive.verdict import Conditional


@dataclass(frozen=True, slots=True)
class Fact:
    """A cited statement as it stands for a link, with its theorem when there is one."""

    label: str
    claim: Claim
    theorem: Theorem | None

    @property
    def settled(self) -> bool:
        """Whether nothing stands between the fact and its use."""
        return self.theorem is None or not self.theorem.conditions

    def says(self, claim: Claim) -> bool:
        """Whether the fact is a claim word for word, read in either direction."""
        wanted = claim.oriented()
        turned = self.claim.relation in ("=", "!=") and self.claim.flipped() == wanted
        return self.claim == wanted or turned


def cited_facts(derivation: Derivation, link: Link, theorems: Mapping[str, Theorem]) -> list[Fact]:
    """The facts of a link, terms put in place of symbols. Raises CannotCite where the terms do not fit.

    What an instance asks of its terms may be shown by the search, and by the other facts.
    """
    context = derivation.context
    facts = [_instance(derivation, cited, theorems) for cited in link.using]
    for _ in facts:
        known = [f for f in facts if f.settled]
        if len(known) == len(facts):
            break
        facts = [f if f.settled else _settled(context, f, known) for f in facts]
    for fact in facts:
        if fact.theorem is not None and fact.theorem.conditions:
            missing = ", ".join(map(str, Conditional(fact.theorem).conditions))
            raise CannotCite(
                f"chain {fact.label} cannot be used so: it is not shown that {missing}"
            )
    return facts


def _instance(derivation: Derivation, cited: Citation, theorems: Mapping[str, Theorem]) -> Fact:
    label, mapping = cited.label, dict(cited.mapping)
    theorem = theorems.get(label)
    statement = next(c.statement for c in derivation.chains if c.label == label)
    claim = statement.oriented().substitute(mapping)
    if theorem is None or not mapping:
        return Fact(label, claim, theorem)
    try:
        instance = rules.instantiate(derivation.context, theorem, mapping)
    except KernelError as error:
        raise CannotCite(f"chain {label} cannot be used so: {error}") from None
    return Fact(label, claim, lessened(instance))


def _settled(context: Context, fact: Fact, known: Sequence[Fact]) -> Fact:
    """The fact with those conditions gone that the known facts and the search show."""
    assert fact.theorem is not None
    theorem = granted(fact.theorem, known)
    inner, names = extended(context, known)
    for condition in sorted(theorem.conditions, key=str):
        shown, _ = prove(condition, inner)
        if shown is None or shown.claim != condition:
            continue
        shown = granted(rules.instantiate(context, shown, {}) if names else shown, known)
        if not shown.conditions and condition in theorem.conditions:
            theorem = rules.discharge(theorem, shown)
    return replace(fact, theorem=theorem)


def extended(context: Context, facts: Sequence[Fact]) -> tuple[Context, list[str]]:
    """The context with the facts as further hypotheses, and the names of these."""
    names = []
    for number, fact in enumerate(facts, 1):
        names.append(f"cited {number}: {fact.label}")
        context = context.assume(names[-1], fact.claim)
    return context, names


def granted(theorem: Theorem, facts: Sequence[Fact]) -> Theorem:
    """The theorem with the facts discharged among its conditions, and what the search shows then."""
    for fact in facts:
        if fact.theorem is not None and fact.claim in theorem.conditions:
            theorem = rules.discharge(theorem, fact.theorem)
    return lessened(theorem)


def lessened(theorem: Theorem) -> Theorem:
    """The theorem without those conditions that the search shows, none being put in their place."""
    done = finished(theorem)
    return done if done.conditions <= theorem.conditions else theorem


def stated(context: Context, name: str, claim: Claim) -> Theorem:
    """A claim that a hypothesis states word for word."""
    theorem = rules.hypothesis(context, name)
    return theorem if theorem.claim == claim.oriented() else rules.symmetry(theorem)
