"""The frame of the search for inequalities: goals, their reduction to factors, and the registry.

A claim ``a ⋈ b`` becomes the sign of ``b - a``, which is brought to normal form over the generators of
a tower and factored. A factor whose sign the bounds do not show is a *core goal* ``0 ⋈ N`` for the
strategies. A strategy is a function from a `Core` to a theorem about a term equal to N, or None; it
may ask the prover for other claims. To teach the search a new argument, write its strategy and name
it in `derive.search.order_strategies.STRATEGIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.conditions import show, sweep
from derive.search.order_samples import Samples, sampled
from derive.search.order_space import ZERO, Space, bounded
from derive.search.positivity import positive_polynomial
from derive.search.tower import MAX_RESTARTS, Tower
from derive.terms.context import Claim, Context, ContextError, Relation
from derive.terms.term import (
    Term,
    TermError,
    add,
    mul,
    neg,
    num,
    power,
    product,
    rational,
    sub,
    subterms,
)

MAX_CORE_SIZE: Final = 900


@dataclass
class Core:
    """A goal ``0 ⋈ term`` for a polynomial in generators, ⋈ being < when ``strict``, else ≤."""

    prover: Prover
    context: Context
    tower: Tower
    term: Term
    strict: bool
    depth: int

    @property
    def relation(self) -> Relation:
        """The relation of the goal."""
        return "<" if self.strict else "<="

    @property
    def samples(self) -> Samples:
        """Sample points of the context."""
        return self.prover.samples(self.context)

    def space(self, *others: Term) -> Space:
        """The polynomial ring in which the goal is written, with room for other terms."""
        for other in others:
            self.tower.add(other)
        return Space(self.tower, (self.term, *others))

    def prove(self, lhs: Term, relation: Relation, rhs: Term, less: int = 1) -> Theorem | None:
        """Ask for another claim in the same context, with less depth."""
        claim = Claim(lhs, relation, rhs)
        return self.prover.prove(self.context, claim, self.depth - less)

    def positive(self, term: Term, *, strict: bool, less: int = 1) -> Theorem | None:
        """``0 ⋈ term``, by bounds or as a goal of its own."""
        return self.prove(ZERO, "<" if strict else "<=", term, less)

    def total(self, premises: Sequence[Theorem], multipliers: Sequence[Fraction]) -> Theorem | None:
        """``0 ⋈ Σ m*p`` from premises ``0 ⋈ p``, as a theorem about the goal's own term."""
        parts = [mul(num(m), p.claim.rhs) for m, p in zip(multipliers, premises, strict=True)]
        strict = any(p.claim.relation == "<" for p in premises)
        whole = add(*parts) if len(parts) > 1 else parts[0] if parts else ZERO
        claim = Claim(ZERO, "<" if strict else "<=", whole)
        if self.strict and not strict:
            return None
        if not parts:
            known = bounded(self.tower, claim)
        else:
            known = rules.combine(self.context, claim, premises, multipliers)
        return self.link(known)

    def link(self, known: Theorem) -> Theorem:
        """From ``0 ⋈ t`` infer ``0 ⋈ term`` when the two have one normal form."""
        if known.claim.rhs == self.term:
            return known
        self.tower.add(known.claim.rhs)
        return rules.trans(known, self.tower.equation(known.claim.rhs, self.term))


Stage = Literal["form", "stated", "split"]
SPLIT: Final = frozenset({"abs", "max", "min"})
SQUASHING: Final = frozenset({"tanh", "sigmoid", "softplus", "sinh", "cosh"})


def _is_fraction(term: Term) -> bool:
    """Whether a normal form would multiply out a denominator."""
    return term.head == "div" and bool(term.args[1].free)


Strategy = Callable[[Core], "Theorem | None"]


@dataclass(frozen=True)
class Entry:
    """A strategy in the registry: its name, the fuel it takes, and the least depth it is tried at.

    The stages say on what: a polynomial that is a factor of the normal ``form``, the difference as it was
    ``stated``, or such a difference with absolute values, which are to be ``split``.
    """

    name: str
    run: Strategy
    cost: int = 1
    depth: int = 0
    stages: tuple[Stage, ...] = ("form",)


@dataclass
class Prover:
    """Searches for proofs of order claims; ``fuel`` bounds the core goals that one search may open."""

    strategies: Sequence[Entry]
    fuel: int

    def __post_init__(self) -> None:
        self._numbers: dict[Context, int] = {}
        self._seen: dict[int, tuple[int, Context]] = {}
        self._samples: dict[int, Samples] = {}
        self._towers: dict[int, Tower] = {}
        self._choices: dict[int, Choices] = {}
        self._memo: dict[tuple[int, Claim], tuple[int, Theorem | None]] = {}
        self._open: set[tuple[int, Claim]] = set()
        self._cores: set[tuple[int, Claim]] = set()

    def _number(self, context: Context) -> int:
        """The same number for equal contexts; hashing one takes long, so it is done once for each."""
        known = self._seen.get(id(context))
        if known is None:
            number = self._numbers.setdefault(context, len(self._numbers))
            known = self._seen[id(context)] = number, context
        return known[0]

    def samples(self, context: Context) -> Samples:
        """Sample points of a context."""
        number = self._number(context)
        found = self._samples.get(number)
        if found is None:
            found = self._samples[number] = sampled(context)
        return found

    def tower(self, context: Context) -> Tower:
        """The tower of a context. Raises Refine."""
        number = self._number(context)
        found = self._towers.get(number)
        if found is None:
            choices = self._choices.setdefault(number, Choices())
            found = self._towers[number] = Tower(context, choices, split=False)
        return found

    def prove(self, context: Context, claim: Claim, depth: int) -> Theorem | None:
        """A theorem for ``<``, ``<=`` or ``!=``, perhaps with conditions; None when none is found."""
        claim = claim.oriented()
        key = (self._number(context), claim)
        known = self._memo.get(key)
        if known is not None and (known[1] is not None or known[0] >= depth):
            return known[1]
        if key in self._open or depth < 0 or self.samples(context).refutes(claim):
            return None
        self._open.add(key)
        try:
            theorem = self._restarting(context, claim, depth)
        finally:
            self._open.discard(key)
        self._memo[key] = (depth, theorem)
        return theorem

    def without_conditions(self, theorem: Theorem, depth: int) -> Theorem:
        """The theorem with the conditions discharged that the prover can show."""
        for condition in sorted(
            theorem.conditions, key=lambda c: (c.lhs.size + c.rhs.size, str(c))
        ):
            if condition.relation == "=" or condition not in theorem.conditions:
                continue
            proof = self.prove(theorem.context, condition, depth)
            if proof is not None and condition not in proof.conditions:
                theorem = rules.discharge(theorem, proof)
        return theorem

    def _restarting(self, context: Context, claim: Claim, depth: int) -> Theorem | None:
        for _ in range(MAX_RESTARTS):
            try:
                return self._attempt(context, claim, depth)
            except Refine:
                self._towers.clear()
            except (KernelError, TermError, ContextError):
                return None
        return None

    def _attempt(self, context: Context, claim: Claim, depth: int) -> Theorem | None:
        try:
            return sweep(bounded(self.tower(context), claim), self.tower(context))
        except Refine:
            raise
        except KernelError:
            pass
        if claim.relation == "!=":
            return self._apart(context, claim, depth)
        gap = claim.rhs if rational(claim.lhs) == 0 else sub(claim.rhs, claim.lhs)
        tower = self.tower(context)
        tower.add(gap)
        shown = self._by_form(tower, gap, claim.relation == "<", depth)
        if shown is None:
            return None
        if gap is not claim.rhs:
            shown = rules.combine(context, claim, [shown], [Fraction(1)])
        return sweep(shown, tower)

    def _by_form(self, tower: Tower, gap: Term, strict: bool, depth: int) -> Theorem | None:
        """``0 ⋈ gap`` from the gap as it was stated where that is plainer, and from its normal form."""
        calls = {p.payload for p in subterms(gap) if p.head == "call"}
        core = Core(self, tower.context, tower, gap, strict, depth)
        if calls & SPLIT:
            shown = self._search(core, stage="split")
            if shown is not None:
                return shown
        if depth > 0 and calls & SQUASHING and not any(p.head == "diff" for p in subterms(gap)):
            shown = self._search(replace(core, depth=1), stage="stated")
            if shown is not None:
                return shown
        shown = self._by_factors(tower, gap, strict, depth)
        if shown is None and depth > 0 and any(map(_is_fraction, subterms(gap))):
            shown = self._search(core, stage="stated")
        return shown

    def _apart(self, context: Context, claim: Claim, depth: int) -> Theorem | None:
        known = show(claim, self.tower(context))
        if known is not None and not sweep(known, self.tower(context)).conditions:
            return sweep(known, self.tower(context))
        seen = self.samples(context).signs(sub(claim.lhs, claim.rhs))
        if seen is not None and all(seen):
            return None
        for low, high, m in ((claim.lhs, claim.rhs, 1), (claim.rhs, claim.lhs, -1)):
            shown = self.prove(context, Claim(low, "<", high), depth)
            if shown is not None:
                return rules.combine(context, claim, [shown], [Fraction(m)])
        return None

    def _by_factors(self, tower: Tower, gap: Term, strict: bool, depth: int) -> Theorem | None:
        """``0 ⋈ gap`` from the signs of the factors of its normal form."""
        space = Space(tower, [gap])
        form = space.fractional(*map(space.in_roots, space.quotient(gap)))
        if form.top.is_zero() and not strict:
            zero = rules.bound(tower.context, Claim(ZERO, "<=", ZERO))
            return rules.trans(zero, tower.equation(ZERO, gap))
        if (value := form.constant) is not None:
            claim = Claim(ZERO, "<" if strict else "<=", num(value))
            return rules.trans(rules.bound(tower.context, claim), tower.equation(num(value), gap))
        parts, lemmas = self._signed(tower, form.factors(), strict, depth)
        if parts is None:
            return None
        whole = product(parts)
        known = bounded(tower, Claim(ZERO, "<" if strict else "<=", whole), lemmas)
        return rules.trans(known, tower.equation(whole, gap))

    def _signed(
        self, tower: Tower, factors: list[tuple[Term, int]], strict: bool, depth: int
    ) -> tuple[list[Term] | None, list[Theorem]]:
        """The factors with their signs turned positive where they are negative, and the proofs."""
        parts: list[Term] = []
        lemmas: list[Theorem] = []
        unknown: list[tuple[Term, int]] = []
        negative = False
        for base, exponent in factors:
            if rational(base) == -1:
                negative = not negative
                continue
            sign, lemma = self._sign(tower, base, strict or exponent < 0)
            if sign == 0 and exponent % 2:
                unknown.append((base, exponent))
                continue
            if lemma is not None:
                lemmas.append(lemma)
            if sign < 0:
                negative = negative != bool(exponent % 2)
                base = neg(base)
            parts.append(power(base, num(exponent)) if exponent != 1 else base)
        mixed = []
        for base, exponent in unknown:
            seen = self.samples(tower.context).signs(base)
            if len(unknown) == 1 or seen is None or all(seen):
                mixed.append((base, exponent))
                continue
            if seen[0]:
                base, negative = neg(base), not negative
            lemma = self._core(tower, base, strict or exponent < 0, depth)
            if lemma is None:
                return None, []
            lemmas.append(lemma)
            parts.append(power(base, num(exponent)) if exponent != 1 else base)
        if mixed:
            base = product([b for b, _ in mixed])
            rest = [power(b, num(e - 1)) for b, e in mixed if e != 1]
            signed = neg(base) if negative else base
            lemma = self._core(tower, signed, strict or any(e < 0 for _, e in mixed), depth)
            if lemma is None:
                return None, []
            return [signed, *parts, *rest], [*lemmas, lemma]
        if negative:
            return None, []
        return parts or [num(1)], lemmas

    def _sign(self, tower: Tower, base: Term, strict: bool) -> tuple[int, Theorem | None]:
        """1 or -1 for a factor that is never of the other sign, with a proof if bounds need one.

        With ``strict`` the factor may not be 0 either.
        """
        interval = tower.bounds.of(base)
        if interval.positive or (interval.nonnegative and not strict):
            return 1, None
        if interval.negative or ((-interval).nonnegative and not strict):
            return -1, None
        for sign, side in ((1, base), (-1, neg(base))):
            lemma = positive_polynomial(side, tower)
            if lemma is not None and (lemma.claim.relation == "<" or not strict):
                return sign, lemma
        return 0, None

    def _core(self, tower: Tower, term: Term, strict: bool, depth: int) -> Theorem | None:
        """``0 ⋈ term`` by the first strategy that has a proof."""
        context = tower.context
        plain = Space(tower, [term])
        top, bottom = plain.quotient(term)
        expanded = plain.term(top * (1 / bottom.leading_coefficient()))
        claim = Claim(ZERO, "<" if strict else "<=", expanded)
        key = (self._number(context), claim)
        known = self._memo.get(key)
        if known is None or (known[1] is None and known[0] < depth):
            if expanded.size > MAX_CORE_SIZE or self.samples(context).refutes(claim):
                return None
            if key in self._cores:
                return None
            core = Core(self, context, tower, expanded, strict, depth)
            self._cores.add(key)
            try:
                self._memo[key] = known = (depth, self._search(core))
            finally:
                self._cores.discard(key)
        theorem = known[1]
        if theorem is None or expanded == term:
            return theorem
        return rules.trans(theorem, tower.equation(expanded, term))

    def _search(self, core: Core, stage: Stage = "form") -> Theorem | None:
        for entry in self.strategies:
            if core.depth < entry.depth or stage not in entry.stages:
                continue
            if self.fuel <= 0:
                return None
            self.fuel -= entry.cost * (1 + core.term.size // 150)
            try:
                theorem = entry.run(core)
            except Refine:
                raise
            except (KernelError, TermError, ContextError):
                continue
            if theorem is not None and self.samples(core.context).allow(theorem.conditions):
                return theorem
        return None
