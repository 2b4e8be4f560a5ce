"""Proofs of inequalities from bounds of terms, each bound with the steps that show it.

The form a term has is the form it is bounded in. A lower bound of a term is minus an upper bound of its
negative; a sum is bounded part by part, a product by the products of the distances of its factors from
their bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from derive.certifying.linear import linear, ratio
from derive.certifying.serialising import order
from derive.certifying.writer import Assumed, Writer
from derive.recheck.context import Context
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Rejected, Term, joined, num, rational

ZERO, ONE, TWO = num(0), num(1), num(2)

Known = tuple[Claim, dict[Term, Fraction], Fraction]
"""A claim, and the difference of its sides as a linear form."""


class End(NamedTuple):
    """A bound of a term: ``value <= term``, or ``term <= value``, strict or not, and its proof."""

    value: Fraction
    strict: bool
    proof: Callable[[], Step]


def sharper(ends: Iterator[End], *, low: bool) -> End | None:
    """The best of some bounds on one side."""
    best: End | None = None
    for e in ends:
        sign = 1 if low else -1
        if best is None or (e.value * sign, e.strict) > (best.value * sign, best.strict):
            best = e
    return best


class Signs:
    """Bounds of terms in one context under assumed claims."""

    def __init__(
        self, writer: Writer, context: Context, assumed: Assumed, *, fine: bool = False
    ) -> None:
        self.writer, self.context, self.assumed, self.fine = writer, context, assumed, fine
        self.lows: dict[Term, End | None] = {}
        self.highs: dict[Term, End | None] = {}
        self.zeros: dict[Term, Callable[[], Step] | None] = {}
        self.active: set[Any] = set()
        domains = [c for s in context.symbols if s.arity == 0 for c in s.domain]
        claims = [*context.hypotheses, *domains, *sorted(assumed, key=order)]
        self.known = [(c, *linear(c.rhs - c.lhs)) for c in claims if self._scalar(c)]
        self.alike: dict[frozenset[Term], list[Known]] = {}
        self.about: dict[Term, list[Known]] = {}
        for known in self.known:
            self.alike.setdefault(frozenset(known[1]), []).append(known)
            for u in known[1]:
                self.about.setdefault(u, []).append(known)

    def forget(self) -> None:
        """Let go of the bounds, whose proofs refer to this."""
        for known in (self.lows, self.highs, self.zeros):
            known.clear()

    def _scalar(self, c: Claim) -> bool:
        return self.context.shape(c.lhs) is None

    def prove(self, claim: Claim) -> Step:
        """A proof of an order claim or ``!=``. Raises Rejected when there is none."""
        gap = claim.rhs - claim.lhs
        if claim.relation == "!=":
            found = self.nonzero(claim.lhs if rational(claim.rhs) == 0 else gap)
            if found is None:
                raise Rejected("not shown to be other than zero")
            step = found()
            if step.claim == claim:
                return step
            turn = -1 if step.claim.lhs is not claim.lhs else 1
            return self.combine(claim, [step], [turn])
        end = self.low(gap)
        if end is None or end.value < 0:
            end = self._chained(gap, 2) or end
        if (
            end is None
            or end.value < 0
            or (end.value == 0 and claim.relation == "<" and not end.strict)
        ):
            raise Rejected("not shown by bounds")
        step = end.proof()
        return step if step.claim == claim else self.combine(claim, [step], [1], end.value)

    def combine(self, claim: Claim, shown: list[Step], by: list[Any], slack: Any = 0) -> Step:
        """A linear combination here."""
        return self.writer.combine(self.context, claim, self.assumed, shown, by, slack)

    def fact(self, name: str, **letters: Any) -> Step:
        """An instance of a fact here."""
        return self.writer.fact(name, self.context, self.assumed, letters)

    def low(self, t: Term) -> End | None:
        """The best lower bound that is found."""
        return self._bound(t, self.lows, True)

    def high(self, t: Term) -> End | None:
        """The best upper bound that is found."""
        return self._bound(t, self.highs, False)

    def end(self, t: Term, low: bool) -> End | None:
        """The bound on one side."""
        return self.low(t) if low else self.high(t)

    def _bound(self, t: Term, memo: dict[Term, End | None], low: bool) -> End | None:
        if t not in memo:
            if ("bound", t, low) in self.active:
                return None
            self.active.add(("bound", t, low))
            try:
                end = self._strict(t, sharper(self._ends(t, low), low=low), low)
                memo[t] = end and end._replace(proof=cache(end.proof))
            finally:
                self.active.discard(("bound", t, low))
        return memo[t]

    def _strict(self, t: Term, end: End | None, low: bool) -> End | None:
        """The bound 0 without equality, where the term is known not to be 0."""
        if end is None or end.value != 0 or end.strict:
            return end
        apart = self._apart(t)
        if apart is None:
            return end
        signed = t if low else -t

        def proof() -> Step:
            shown = [end.proof(), apart()]
            if not low:
                shown[0] = self.combine(Claim(ZERO, "<=", signed), [shown[0]], [1])
                shown[1] = self.combine(Claim(signed, "!=", ZERO), [shown[1]], [-1])
            main = self.writer.fact(
                "positive", self.context, self.assumed, {"a": signed}, shown=shown
            )
            return main if low else self.combine(Claim(t, "<", ZERO), [main], [1])

        return End(end.value, True, proof)

    def _ends(self, t: Term, low: bool) -> Iterator[End]:
        parts, constant = linear(t)
        yield from self._remembered(t, parts, constant, low)
        if t not in parts or len(parts) > 1 or constant:
            found = self._sum(t, parts, constant, low)
            if found is not None:
                yield found
            yield from self._by_parts(t, low)
            return
        from derive.certifying.bounds import ends

        try:
            yield from ends(self, t, low)
        except Rejected:
            return

    def claim(self, t: Term, value: Fraction, strict: bool, low: bool) -> Claim:
        """``value <= t`` or the other way round."""
        sides = (num(value), t) if low else (t, num(value))
        return Claim(sides[0], "<" if strict else "<=", sides[1])

    def combined(
        self,
        t: Term,
        value: Fraction,
        strict: bool,
        low: bool,
        steps: Callable[[], list[Step]],
        by: list[Any],
    ) -> End:
        """A bound that is a linear combination of steps."""
        wanted = self.claim(t, value, strict, low)
        return End(value, strict, lambda: self.combine(wanted, steps(), by))

    def _remembered(
        self, t: Term, parts: dict[Term, Fraction], constant: Fraction, low: bool
    ) -> Iterator[End]:
        for claim, form, offset in self.alike.get(frozenset(parts), ()):
            k = ratio(parts, form)
            if k is None or claim.relation == "!=" or (claim.relation != "=" and (k > 0) != low):
                continue
            value, strict = constant - k * offset, claim.relation == "<"
            yield self._known(t, claim, value, strict, low, abs(k) if claim.relation != "=" else k)
        if len(parts) == 1 and not constant and t in parts:
            yield from self._solved(t, low)

    def _known(
        self, t: Term, claim: Claim, value: Fraction, strict: bool, low: bool, k: Fraction
    ) -> End:
        def proof() -> Step:
            step = self.writer.shown(self.context, claim, self.assumed)
            wanted = self.claim(t, value, strict, low)
            sign = k if claim.relation != "=" or low else -k
            return step if step.claim == wanted else self.combine(wanted, [step], [sign])

        return End(value, strict, proof)

    def _solved(self, t: Term, low: bool) -> Iterator[End]:
        """Bounds out of known claims in which other parts occur besides."""
        for claim, form, offset in self.about.get(t, ()):
            c = form[t]
            if len(form) < 2 or claim.relation == "!=":
                continue
            if claim.relation != "=" and (c > 0) != low:
                continue
            total, strict, used = -offset / c, claim.relation == "<", []
            for u, d in form.items():
                if u is t:
                    continue
                other = self.end(u, (d / c < 0) == low)
                if other is None:
                    break
                used.append((other, abs(d / c)))
                total -= d / c * other.value
                strict = strict or other.strict
            else:
                yield self._weighed(t, claim, total, strict, low, c, used)

    def _weighed(
        self,
        t: Term,
        claim: Claim,
        value: Fraction,
        strict: bool,
        low: bool,
        c: Fraction,
        used: list[tuple[End, Fraction]],
    ) -> End:
        def proof() -> Step:
            step = self.writer.shown(self.context, claim, self.assumed)
            first = abs(1 / c) if claim.relation != "=" else 1 / c if low else -1 / c
            shown = [step, *(e.proof() for e, _ in used)]
            wanted = self.claim(t, value, strict, low)
            return self.combine(wanted, shown, [first, *(m for _, m in used)])

        return End(value, strict, proof)

    def _sum(
        self, t: Term, parts: dict[Term, Fraction], constant: Fraction, low: bool
    ) -> End | None:
        total, strict, used = constant, False, []
        for u, c in parts.items():
            end = self.end(u, (c > 0) == low)
            if end is None:
                return None
            used.append((end, abs(c)))
            total, strict = total + c * end.value, strict or end.strict

        def proof() -> Step:
            wanted = self.claim(t, total, strict, low)
            return self.combine(wanted, [e.proof() for e, _ in used], [m for _, m in used])

        return End(total, strict, proof)

    def _by_parts(self, t: Term, low: bool) -> Iterator[End]:
        """The bound of a sum, or a multiple, as it is written."""
        parts: dict[Term, Fraction] = {}
        literal = [rational(a) for a in t.args]
        if t.head == "add":
            for a in t.args:
                parts[a] = parts.get(a, Fraction(0)) + 1
        elif t.head == "neg":
            parts[t.args[0]] = Fraction(-1)
        elif t.head == "mul" and literal[0] is not None:
            parts[t.args[1]] = literal[0]
        elif t.head == "mul" and literal[1] is not None:
            parts[t.args[0]] = literal[1]
        elif t.head == "div" and literal[1]:
            parts[t.args[0]] = 1 / literal[1]
        constant = sum((c * (rational(u) or 0) for u, c in parts.items()), Fraction(0))
        parts = {u: c for u, c in parts.items() if c and rational(u) is None}
        found = self._sum(t, parts, constant, low) if parts else None
        if found is not None:
            yield found

    def _chained(self, t: Term, depth: int) -> End | None:
        """A lower bound of a sum after multiples of known claims are taken away."""
        parts, constant = linear(t)
        for claim, form, offset in self.known if depth and len(parts) > 1 else ():
            for k in dict.fromkeys(parts[u] / form[u] for u in parts if u in form):
                if claim.relation == "!=" or (claim.relation != "=" and k <= 0):
                    continue
                rest = {u: parts.get(u, Fraction(0)) - k * form.get(u, Fraction(0))
                        for u in {**parts, **form}}  # fmt: skip
                kept = [num(c) * u for u, c in rest.items() if c]
                other = joined("add", [*kept, num(constant - k * offset)])
                end = self.low(other) if len(kept) <= len(parts) else None
                if end is None or end.value < 0:
                    end = self._chained(other, depth - 1) if len(kept) <= len(parts) else None
                if end is not None and end.value >= 0:
                    return self._with(t, claim, k, end)
        return None

    def _with(self, t: Term, claim: Claim, k: Fraction, end: End) -> End:
        strict = end.strict or claim.relation == "<"

        def proof() -> Step:
            shown = [self.writer.shown(self.context, claim, self.assumed), end.proof()]
            return self.combine(self.claim(t, end.value, strict, True), shown, [k, 1])

        return End(end.value, strict, proof)

    def sign(self, t: Term) -> int:
        """1 when a term is shown to be at least 0, -1 when at most 0, else 0."""
        low, high = self.low(t), self.high(t)
        return 1 if low and low.value >= 0 else -1 if high and high.value <= 0 else 0

    def positive(self, t: Term) -> bool:
        """Whether a term is shown to be greater than 0."""
        low = self.low(t)
        return low is not None and (low.value > 0 or (low.value == 0 and low.strict))

    def step(self, relation: str, t: Term, than: Term = ZERO) -> Step:
        """A proof of ``than relation t``."""
        return self.writer.shown(self.context, Claim(than, relation, t), self.assumed)

    def nonzero(self, t: Term) -> Callable[[], Step] | None:
        """A proof that a term is not 0, or none."""
        if t not in self.zeros:
            if ("zero", t) in self.active:
                return None
            self.active.add(("zero", t))
            try:
                self.zeros[t] = self._nonzero(t)
            finally:
                self.active.discard(("zero", t))
        return self.zeros[t]

    def _nonzero(self, t: Term) -> Callable[[], Step] | None:
        claim = Claim(t, "!=", ZERO)
        low, high = self.low(t), self.high(t)
        if low and (low.value > 0 or (low.value == 0 and low.strict)):
            return lambda: self.combine(claim, [low.proof()], [-1], -low.value)
        if high and (high.value < 0 or (high.value == 0 and high.strict)):
            return lambda: self.combine(claim, [high.proof()], [1], -high.value)
        return self._apart(t)

    def _apart(self, t: Term) -> Callable[[], Step] | None:
        """A proof that a term is not 0 by what is known, or by its parts."""
        claim = Claim(t, "!=", ZERO)
        parts, constant = linear(t)
        for known, form, offset in self.alike.get(frozenset(parts), ()):
            k = ratio(parts, form)
            if known.relation == "!=" and k is not None and constant == k * offset:
                return lambda: self._scaled(claim, known, -k)
        if len(parts) == 1 and not constant and t not in parts:
            ((u, c),) = parts.items()
            inner = self.nonzero(u)
            return inner and (lambda: self.combine(claim, [inner()], [c]))
        from derive.certifying.bounds import nonzero

        return nonzero(self, t)

    def _scaled(self, claim: Claim, known: Claim, k: Fraction) -> Step:
        step = self.writer.shown(self.context, known, self.assumed)
        return step if step.claim == claim else self.combine(claim, [step], [k])
