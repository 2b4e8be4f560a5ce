"""The steps of a certificate as they are found, and what proves them.

A step is tried with what it is given. What it asks for beyond that is looked up among the assumed claims,
or proved on the spot. So a step rests on as few conditions as it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from derive.certifying.translation import Translation
from derive.kernel.theorem import KernelError
from derive.recheck.context import Context
from derive.recheck.language import entry, parts
from derive.recheck.steps import RULES, Step
from derive.recheck.terms import SCOPE, ZERO, Claim, Rejected, Term, num, rational, text

Assumed = frozenset[Claim]
Pairs = list[tuple[Step, Term]]
MAX_NESTED = 200
FEW, MANY = 3, 6
"""How many steps may be in a combination that is taken apart, and in what comes out."""
NONE: frozenset[Term] = frozenset()


class Stuck(KernelError):
    """No way was found to write something down."""


class Unwritten(Stuck):
    """A theorem that cannot be written down; ``name`` is the one it was given by."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Probe(Step):
    """A step that proves what it needs. ``more`` collects the steps, ``used`` the assumed claims."""

    writer: Writer
    assumed: Assumed

    @cached_property
    def more(self) -> dict[int, Step]:
        """The steps found on the way."""
        return {}

    @cached_property
    def used(self) -> set[Claim]:
        """The assumed claims that were needed."""
        return set()

    @cached_property
    def sure(self) -> set[Term]:
        """The terms that were found to be defined."""
        return set()

    def _grown(self) -> None:
        self.__dict__.pop("known", None)
        self.__dict__.pop("given", None)

    @cached_property
    def known(self) -> frozenset[Claim]:
        """What the step knows so far."""
        shown = (p.claim for p in (*self.shown, *self.more.values()))
        return frozenset(self.used).union(self.context.hypotheses, shown)

    def take(self, found: Step | None) -> bool:
        """Add a step to what is shown."""
        if found is None:
            return False
        self.more[id(found)] = found
        self._grown()
        return True

    def knows(self, claim: Claim) -> bool:
        """Whether a claim is known, assumed or can be proved."""
        if super().knows(claim):
            return True
        if claim in self.assumed:
            if self.take(self.writer.ready(self.context, claim, self.assumed - {claim})):
                return True
            self.used.add(claim)
            self._grown()
            return True
        return self.take(self.writer.prove(self.context, claim, self.assumed))

    def defined(self, t: Term) -> bool:
        """Whether a term is defined, or can be shown to be."""
        if t in self.sure:
            return True
        found = super().defined(t)
        if not found and (t.head in SCOPE or "laws" in entry(t).marks):
            found = self.take(self.writer.existing(self.context, t, self.assumed))
        if found:
            self.sure.add(t)
        return found


class Writer:
    """Collects steps. ``prove`` finds proofs of claims, ``existing`` steps that speak of a term."""

    def __init__(self) -> None:
        self.translation = Translation()
        self.found: dict[tuple[int, Claim], list[Step]] = {}
        self.speaking: dict[tuple[int, Term], list[Step]] = {}
        self.failed: set[tuple[int, Any, Assumed]] = set()
        self.provers: dict[tuple[int, Assumed, bool], Any] = {}
        self.binders: dict[Term, frozenset[Term]] = {}
        self.values: dict[tuple[int, Assumed], Any] = {}
        self.busy: list[Any] = []

    def forget(self) -> None:
        """Let go of all but the steps, which refer to nothing here."""
        for prover in self.provers.values():
            prover.forget()
        for known in (self.provers, self.values, self.found, self.speaking):
            known.clear()
        self.translation.forget()

    def step(
        self,
        rule: str,
        context: Context,
        claim: Claim,
        assumed: Assumed,
        *,
        premises: Sequence[Step] = (),
        shown: Sequence[Step] = (),
        data: Sequence[Any] = (),
        axioms: Iterable[str] = (),
    ) -> Step:
        """The step, with whatever it needs. Raises Rejected when that cannot be found."""
        taken = frozenset(axioms).union(*(p.axioms for p in (*premises, *shown)))
        for other in self.found.get((id(context), claim), ()):
            if other.conditions <= assumed and other.axioms <= taken:
                return other
        probe = Probe(rule, context, [*premises], [*shown], claim, frozenset(), taken, [*data])
        object.__setattr__(probe, "writer", self)
        object.__setattr__(probe, "assumed", assumed)
        context.check(claim)
        RULES[rule](probe)
        everything = [*shown, *probe.more.values()]
        stated = probe.used.union(*(p.conditions for p in everything))
        stated = {c for c in stated if not context.grants(c)}
        taken = taken.union(*(p.axioms for p in everything))
        done = Step(
            rule, context, [*premises], everything, claim, frozenset(stated), taken, [*data]
        )
        return self.keep(done)

    def keep(self, step: Step) -> Step:
        """Remember a step for later use."""
        known = self.found.setdefault((id(step.context), step.claim), [])
        for other in known:
            if other.conditions <= step.conditions and other.axioms <= step.axioms:
                return other
        known.append(step)
        for t in self._binders(step.claim.lhs) | self._binders(step.claim.rhs):
            self.speaking.setdefault((id(step.context), t), []).append(step)
        return step

    def _binders(self, t: Term) -> frozenset[Term]:
        """The parts of a term that are defined only where a step says so."""
        known = self.binders.get(t)
        if known is None:
            known = NONE.union(*map(self._binders, parts(t)))
            if t.head in SCOPE or "laws" in entry(t).marks:
                known = known | {t}
            self.binders[t] = known
        return known

    def ready(self, context: Context, claim: Claim, assumed: Assumed) -> Step | None:
        """A step that is there already."""
        for step in self.found.get((id(context), claim), ()):
            if step.conditions <= assumed:
                return step
        return None

    def prove(self, context: Context, claim: Claim, assumed: Assumed) -> Step | None:
        """A proof of a claim, if one is found."""
        known = self.ready(context, claim, assumed - {claim}) or self.ready(context, claim, assumed)
        key = (id(context), claim, assumed)
        if (
            known is not None
            or key in self.failed
            or key in self.busy
            or len(self.busy) > MAX_NESTED
        ):
            return known
        self.busy.append(key)
        try:
            return self._prove(context, claim, assumed)
        except Rejected:
            self.failed.add(key)
            return None
        finally:
            self.busy.pop()

    def _prove(self, context: Context, claim: Claim, assumed: Assumed) -> Step:
        own = any(claim in context.values(t) for t in claim[::2])
        if own or context.grants(claim) or claim in assumed:
            return self.step("assume", context, claim, assumed)
        if claim.relation == "=":
            if claim.lhs is claim.rhs:
                return self.step("assume", context, claim, assumed)
            return self.combine(context, claim, assumed, [], [])
        try:
            found: Step = self.signs(context, assumed).prove(claim)
        except Rejected:
            found = self.signs(context, assumed, fine=True).prove(claim)
        return found

    def signs(self, context: Context, assumed: Assumed, *, fine: bool = False) -> Any:
        """What proves inequalities under assumed claims; fine ones use values of exp and log."""
        from derive.certifying.signs import Signs

        key = (id(context), assumed, fine)
        if key not in self.provers:
            self.provers[key] = Signs(self, context, assumed, fine=fine)
        return self.provers[key]

    def shown(self, context: Context, claim: Claim, assumed: Assumed) -> Step:
        """A proof of a claim. Raises Rejected when there is none."""
        found = self.prove(context, claim, assumed)
        if found is None:
            raise Rejected(f"no proof of {text(claim)}")
        return found

    def combine(
        self,
        context: Context,
        claim: Claim,
        assumed: Assumed,
        shown: Sequence[Step],
        multipliers: Sequence[Any],
        slack: Any = 0,
    ) -> Step:
        """A linear combination; combinations of a few steps among what is shown are taken apart."""
        terms = [m if isinstance(m, Term) else num(m) for m in multipliers]
        pairs, rest = [*zip(shown, terms, strict=False)], shown[len(terms) :]
        flat = flattened(pairs, slack)
        if flat is not None:
            inner, total = flat
            try:
                steps = [*(p for p, _ in inner), *rest]
                data = [[m for _, m in inner], num(total)]
                return self.step("combine", context, claim, assumed, shown=steps, data=data)
            except Rejected:
                pass
        data = [terms, num(slack)]
        return self.step("combine", context, claim, assumed, shown=shown, data=data)

    def fact(
        self,
        name: str,
        context: Context,
        assumed: Assumed,
        letters: dict[str, Any],
        *,
        premises: Sequence[Step] = (),
        shown: Sequence[Step] = (),
    ) -> Step:
        """An instance of a fact; a letter with arguments is given as ``(names, body)``."""
        from derive.recheck.language import Letter, filled, table

        rows, table_of = [], {}
        for letter, value in letters.items():
            names, body = value if isinstance(value, tuple) else ((), value)
            rows.append([letter, [*names], body])
            table_of[letter + "()" * bool(names)] = Letter(tuple(names), body)
        entry = table()[f"fact {name}"]
        assert entry.statement is not None
        claim = filled(entry.statement, table_of)
        known = self.ready(context, claim, assumed) if not premises else None
        axioms = entry.marks.get("axiom", ())
        return known or self.step("fact", context, claim, assumed, premises=premises, shown=shown,
                                  data=[name, rows], axioms=axioms)  # fmt: skip

    def existing(self, context: Context, t: Term, assumed: Assumed) -> Step | None:
        """A step that says that a term under a binder is defined, if one is found."""
        for step in self.speaking.get((id(context), t), ()):
            if step.conditions <= assumed:
                return step
        key = (id(context), t, assumed)
        if key in self.failed or key in self.busy or len(self.busy) > MAX_NESTED:
            return None
        self.busy.append(key)
        try:
            from derive.certifying.existence import existence

            return existence(self, context, t, assumed)
        except Rejected:
            self.failed.add(key)
            return None
        finally:
            self.busy.pop()


def flattened(pairs: Pairs, slack: Any) -> tuple[Pairs, Any] | None:
    """A combination of combinations of at most a few steps as one, or None when there are none."""
    out: dict[int, tuple[Step, Term]] = {}
    changed = False
    for step, m in pairs:
        by: list[Term] = step.data[0] if step.rule == "combine" else []
        factor = rational(m)
        flat = step.rule == "combine" and len(by) <= FEW and step.claim.relation != "!="
        if not flat or (factor is None and step.claim.relation != "="):
            inner = [(step, m)]
        else:
            changed = True
            inner = [(p, times(m, c)) for p, c in zip(step.shown, by, strict=False)]
            slack += (factor or 0) * (rational(step.data[1]) or 0)
        for p, c in inner:
            out[id(p)] = p, plus(out[id(p)][1], c) if id(p) in out else c
    if not changed or len(out) > max(MANY, len(pairs)):
        return None
    return [(p, c) for p, c in out.values() if c is not ZERO], slack


def times(a: Term, b: Term) -> Term:
    """A product, carried out where it is one of literal numbers."""
    x, y = rational(a), rational(b)
    if x is not None and y is not None:
        return num(x * y)
    if x is not None and abs(x) == 1:
        return b if x == 1 else -b
    if y is not None and abs(y) == 1:
        return a if y == 1 else -a
    return a * b


def plus(a: Term, b: Term) -> Term:
    """A sum, carried out where it is one of literal numbers."""
    x, y = rational(a), rational(b)
    return a + b if x is None or y is None else num(x + y)


def weaker(step: Step, conditions: frozenset[Claim]) -> Step:
    """The same step under more conditions."""
    return (
        step
        if conditions <= step.conditions
        else replace(step, conditions=step.conditions | conditions)
    )
