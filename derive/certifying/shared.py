"""A step of the kernel as the translators see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from derive.certifying.existence import fresh, larger
from derive.certifying.writer import Stuck, Writer
from derive.kernel.theorem import Theorem
from derive.recheck.context import Symbol
from derive.recheck.steps import Step
from derive.recheck.terms import ONE, SCOPE, Claim, Rejected, Term, make, num, text, whole
from derive.terms import term as kernel_terms

MAX_POWER: Final = 64
"""Powers in which an atom is replaced by a multiple of the equation."""


class Translated:
    """A theorem of the kernel in the language of certificates, with its premises, written already."""

    def __init__(self, writer: Writer, theorem: Theorem, premises: Sequence[Step]) -> None:
        self.writer, self.theorem, self.premises = writer, theorem, list(premises)
        self.context = writer.translation.context(theorem.context)
        self.claim = writer.translation.claim(theorem.claim)
        self.assumed = writer.translation.claims(theorem.conditions)

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


Change = tuple[Term, dict[Step, Term]]


class Rewriting:
    """Replaces atoms in terms, by equations ``atom = replacement``.

    As in the kernel, what replaces an atom is read with the rewrites before it.
    """

    def __init__(self, s: Translated, rewrites: Sequence[Step]) -> None:
        self.s, self.rewrites = s, rewrites
        self.table = {p.claim.lhs: i for i, p in reversed([*enumerate(rewrites)])}
        self.known: dict[tuple[Term, int], Change] = {}

    def of(self, t: Term, limit: int | None = None) -> Change:
        """The new term, and steps ``a = b`` with cofactors: ``t - new = Σ c*(a - b)``."""
        limit = len(self.rewrites) if limit is None else limit
        found = self.known.get((t, limit))
        if found is None:
            place = self.table.get(t, limit)
            if place < limit:
                step = self.rewrites[place]
                new, below = self.of(step.claim.rhs, place)
                found = new, {**below, step: ONE}
            elif t.head in SCOPE or not t.args:
                found = t, {}
            else:
                found = self._inside(t, [self.of(a, limit) for a in t.args])
            self.known[t, limit] = found
        return found

    def _inside(self, t: Term, args: list[Change]) -> Change:
        if not any(below for _, below in args):
            return t, {}
        new = make(t.head, t.payload, *(a for a, _ in args))
        if t.head in ("add", "neg"):
            sign = ONE if t.head == "add" else -ONE
            return new, added(*((sign, below) for _, below in args))
        if t.head == "mul":
            others = t.args[1] if args[0][1] else ONE, args[0][0] if args[1][1] else ONE
            if all(self.s.context.shape(u) is None for u in others):
                return new, added(*((u, b) for u, (_, b) in zip(others, args, strict=True)))
        if t.head == "div" and not args[1][1]:
            return new, added((make("div", None, ONE, t.args[1]), args[0][1]))
        n = whole(t.args[1]) if t.head == "pow" else None
        if n is not None and 0 < n <= MAX_POWER:
            return new, added((_quotient(t.args[0], args[0][0], n), args[0][1]))
        return self._exchanged(t, args)

    def _exchanged(self, t: Term, args: list[Change]) -> Change:
        """With the arguments exchanged one after the other."""
        s, old, below, chain = self.s, t, dict[Step, Term](), list[Step]()
        hole = fresh(s.context, "z")
        for i, (new, known) in enumerate(args):
            if not known:
                continue
            back = s.writer.combine(s.context, Claim(new, "=", t.args[i]), s.assumed,
                                    [*known], [-c for c in known.values()])  # fmt: skip
            body = make(t.head, t.payload, *(*old.args[:i], hole, *old.args[i + 1 :]))
            letters = {"F": ((hole.payload,), body), "a": new, "b": t.args[i]}
            try:
                step = s.fact("equal", letters, shown=[back, *chain])
            except Rejected:
                step = s.fact("equal", letters, shown=[back, *chain, *s.premises])
            old, chain = step.claim.lhs, [step]
            below[step] = -ONE
        return old, below


def added(*parts: tuple[Term, dict[Step, Term]]) -> dict[Step, Term]:
    """Cofactors, each multiplied by a factor, and added."""
    out: dict[Step, Term] = {}
    for factor, below in parts:
        for step, c in below.items():
            one = c if factor is ONE else factor if c is ONE else factor * c
            out[step] = out[step] + one if step in out else one
    return out


def _quotient(x: Term, y: Term, n: int) -> Term:
    """``(x**n - y**n)/(x - y)``, written without a division."""
    if n == 1:
        return ONE
    if n % 2:
        return make("pow", None, x, num(n - 1)) + y * _quotient(x, y, n - 1)
    half = n // 2
    total = (
        x + y if half == 1 else make("pow", None, x, num(half)) + make("pow", None, y, num(half))
    )
    return total * _quotient(x, y, half) if half > 1 else total
