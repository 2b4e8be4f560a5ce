"""A step of the kernel as the translators see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derive.certifying.existence import fresh, larger
from derive.certifying.writer import Stuck, Writer
from derive.kernel.theorem import Theorem
from derive.recheck.context import Symbol
from derive.recheck.steps import Step
from derive.recheck.terms import SCOPE, Claim, Rejected, Term, make, put, text
from derive.terms import term as kernel_terms


class Translated:
    """A theorem of the kernel in the language of certificates, with its premises, written already."""

    def __init__(self, writer: Writer, theorem: Theorem, premises: Sequence[Step]) -> None:
        self.writer, self.theorem, self.premises = writer, theorem, list(premises)
        self.context = writer.translation.context(theorem.context)
        self.claim = writer.translation.claim(theorem.claim)
        self.assumed = frozenset(map(writer.translation.claim, theorem.conditions))

    def term(self, t: kernel_terms.Term) -> Term:
        """A term of the kernel's step."""
        return self.writer.translation.term(t)

    def checked(self, step: Step) -> Step:
        """The step itself, when it says what the theorem says."""
        if step.claim != self.claim or not step.conditions <= self.assumed:
            more = ", ".join(map(text, step.conditions - self.assumed))
            raise Stuck(f"certificate: {self.theorem.rule}: {text(step.claim)} if {more}")
        return step

    def step(self, rule: str, **parts: Any) -> Step:
        """A step that shows the claim."""
        return self.writer.step(rule, self.context, self.claim, self.assumed, **parts)

    def combine(self, shown: Sequence[Step], by: Sequence[Any]) -> Step:
        """The claim as a linear combination."""
        return self.writer.combine(self.context, self.claim, self.assumed, shown, by)

    def fact(self, name: str, letters: dict[str, Any], **parts: Any) -> Step:
        """An instance of a fact."""
        return self.writer.fact(name, self.context, self.assumed, letters, **parts)

    def moved(
        self, premise: Step, x: Term, claims: Sequence[Claim], *, integer: bool = False
    ) -> Step:
        """A premise about one more number in the context where it lies where the claims say."""
        inner = larger(self.writer, self.context, Symbol(x.payload, integer=integer), *claims)
        if premise.context == inner:
            return premise
        return self.writer.step(
            "instantiate", inner, premise.claim, self.assumed, premises=[premise],
            data=[[x.payload, x]],
        )  # fmt: skip


def stepwise(
    s: Translated,
    t: Term,
    rewrites: Sequence[Step],
    table: dict[Term, int],
    *,
    limit: int | None = None,
) -> Iterator[tuple[Step, Term]]:
    """Replace atoms of a term, one kind after the other; each step shows ``new = old``.

    As in the kernel, what replaces an atom is read with the rewrites before it.
    """
    limit = len(rewrites) if limit is None else limit
    found: dict[int, None] = {}
    marked = _marked(t, table, limit, found)
    current = {i: rewrites[i].claim.lhs for i in found}
    pending: list[Step] = []
    for i in sorted(found, reverse=True):
        new = rewrites[i].claim.rhs
        current[i] = new
        step = _exchange(s, marked, current, i, rewrites[i], pending)
        pending = [step]
        yield step, _filled(marked, current)
        for inner, after in stepwise(s, new, rewrites, table, limit=i):
            current[i] = after
            step = _exchange(s, marked, current, i, inner, pending, turned=True)
            pending = [step]
            yield step, _filled(marked, current)


def _exchange(
    s: Translated, marked: Term, current: dict[int, Term], i: int, known: Step,
    pending: list[Step], *, turned: bool = False,
) -> Step:  # fmt: skip
    """``new = old`` for the term with one atom replaced, from ``atom = replacement``."""
    hole = fresh(s.context, "z")
    body = _filled(marked, {**current, i: hole})
    a, b = current[i], known.claim.rhs if turned else known.claim.lhs
    back = known
    if not turned:
        claim = Claim(a, "=", b)
        back = s.writer.combine(s.context, claim, s.assumed, [known], [-1]) if a is not b else known
    letters = {"F": ((hole.payload,), body), "a": a, "b": b}
    if pending:
        try:
            return s.fact("equal", letters, shown=[back, *pending])
        except Rejected:
            pass
    return s.fact("equal", letters, shown=[back, *pending, *s.premises])


def _marked(t: Term, table: dict[Term, int], limit: int, found: dict[int, None]) -> Term:
    place = table.get(t, limit)
    if place < limit:
        found[place] = None
        return make("sym", f"#{place}")
    if t.head in SCOPE or not t.args:
        return t
    return make(t.head, t.payload, *(_marked(a, table, limit, found) for a in t.args))


def _filled(t: Term, current: dict[int, Term]) -> Term:
    return put(t, {f"#{i}": u for i, u in current.items()})
