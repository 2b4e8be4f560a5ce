"""The steps of a certificate and the seven rules by which they follow.

A step says: under the hypotheses of ``context`` and the ``conditions``, both sides of ``claim`` are
defined and it holds. A claim is *known* in a step when it is one of those, or is ``shown`` by an earlier
step of the same context, whose conditions must be among them. A rule looks at one step and raises
Rejected when it does not follow; everything it needs must be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .algebra import Ring
from .context import Context, Symbol
from .language import Letter, Letters, Need, entry, fill, filled, table, within
from .matrices import written
from .terms import ENDS, ONE, SCOPE, Claim, Rejected, Term, Work, bind, rational, sym, text


@dataclass(eq=False)
class Step:
    """One theorem of a certificate."""

    rule: str
    context: Context
    premises: list[Step]
    shown: list[Step]
    claim: Claim
    conditions: frozenset[Claim]
    axioms: frozenset[str]
    data: list[Any]

    def need(self, *truths: Any) -> None:
        """Raise Rejected unless everything is true."""
        if not all(truths):
            raise Rejected(f"it does not follow that {text(self.claim)}")

    def check(self) -> None:
        """Raise Rejected unless the step follows."""
        for p in self.shown:
            if p.context is not self.context or not p.conditions <= self.conditions:
                self.need(p.context == self.context)
                self.need(*map(self.context.grants, p.conditions - self.conditions))
        own = table()[f"fact {self.data[0]}"].marks.get("axiom", []) if self.rule == "fact" else []
        used = [p.axioms for p in self.premises + self.shown]
        self.need(self.axioms == frozenset(own).union(*used))
        RULES[self.rule](self)

    def __post_init__(self) -> None:
        self.ground: Ground = ground(self.context, self.conditions)

    @cached_property
    def known(self) -> frozenset[Claim]:
        """The conditions, the hypotheses and what is shown."""
        return self.conditions.union(self.context.hypotheses, [p.claim for p in self.shown])

    @cached_property
    def given(self) -> frozenset[Term]:
        """The terms that are defined since the sides of the known claims are."""
        return frozenset[Term]().union(*map(within, self.known))

    def defined(self, t: Term) -> bool:
        """Whether a term is defined, by its form or because it is part of what is known."""
        Work.spend()
        if self.ground.defined(t) or t in self.given:
            return True
        known, body = entry(t), self.context.unfolded(t)
        if t.head in SCOPE or t.head in ("oo", "dist") or "laws" in known.marks:
            return False
        holds = not known.needs
        if known.needs:
            letters = {x: Letter((), a) for x, a in zip(known.letters, t.args, strict=False)}
            holds = any(all(self.met(n, letters) for n in needed) for needed in known.needs)
        return holds and all(map(self.defined, t.args)) and (body is None or self.defined(body))

    def knows(self, claim: Claim) -> bool:
        """Whether a claim is known, granted, or says that a term is defined or lies in its domain."""
        if claim in self.known or self.context.grants(claim):
            return True
        if claim.lhs is claim.rhs and claim.relation == "=":
            return self.defined(claim.lhs)
        return any(claim in self.context.values(t) and self.defined(t) for t in claim[::2])

    def require(self, *claims: Claim) -> None:
        """Raise Rejected unless the claims are known."""
        for claim in claims:
            if not self.knows(claim):
                raise Rejected(f"{text(claim)} is not known")

    def define(self, *terms: Term) -> None:
        """Raise Rejected unless the terms are defined."""
        self.require(*[Claim(t, "=", t) for t in terms if not self.ground.defined(t)])

    def met(self, need: Need, letters: Letters) -> bool:
        """Whether a hypothesis that speaks of no other step is met."""
        if need.kind == "integer":
            return self.context.integer(fill(need.claim.lhs, letters))
        if need.kind == "continuous":
            body = fill(need.claim.lhs, {**letters, need.variable: Letter((), sym("#"))})
            return continuous(self.context, body, "#")
        claim = filled(need.claim, letters)
        beyond = claim.relation in ("<", "<=") and len(claim.finite) < 2
        return all(map(self.defined, claim.finite)) if beyond else self.knows(claim)

    def met_by(self, need: Need, letters: Letters, premises: Iterator[Step]) -> bool:
        """Whether a hypothesis about every value of a variable is met: the next premise shows it.

        A claim that something lies within an infinite end needs no premise.
        """
        claim = filled(need.claim, {**letters, need.variable: Letter((), sym("#"))})
        if len(claim.finite) < 2 and claim.relation == "<":
            return True
        premise = next(premises)
        symbol, hypotheses = premise.context.beyond(self.context)
        name, x = symbol.name, sym(symbol.name)
        inner = {**letters, need.variable: Letter((), x)}
        claim, *around = (filled(c, inner) for c in (need.claim, *need.around))
        self.need(symbol == Symbol(name, integer=need.kind == "each"), premise.claim == claim)
        self.need(not any(name in body.free.difference(own) for own, body in letters.values()))
        if need.kind == "near":
            point = around[0].rhs
            sides = [t for h in hypotheses for t in h[::2] if name in t.free]
            self.define(*(bind("diff", name, t, point) for t in sides))
            self.need(all(h.relation in ("<", "!=") for h in hypotheses))
            self.require(*(h.put({name: point}) for h in hypotheses))
        else:
            self.need({*hypotheses} <= {*around})
        self.need(not any(name in c.free for c in premise.conditions))
        self.require(*premise.conditions)
        return True


class Ground(Step):
    """What conditions alone show in a context. It serves many steps, and remembers its answers."""

    def __post_init__(self) -> None:
        self.answers: dict[Term, bool] = {}
        self.ground = ground(self.context, frozenset()) if self.conditions else self

    def defined(self, t: Term) -> bool:
        """Whether a term is defined, by its form or because it is part of what is known."""
        if t not in self.answers:
            self.answers[t] = False
            self.answers[t] = super().defined(t)
        return self.answers[t]


def ground(context: Context, conditions: frozenset[Claim]) -> Any:
    """What conditions show in a context. Raises Rejected when one makes no sense there."""
    if conditions not in context.grounds:
        *_, one = (*map(context.check, conditions), Claim(ONE, "=", ONE))
        context.grounds[conditions] = Ground("", context, [], [], one, conditions, frozenset(), [])
    return context.grounds[conditions]


def continuous(context: Context, t: Term, name: str) -> bool:
    """Whether a term, by its form, is continuous in a name wherever it is defined."""
    body = context.unfolded(t)
    smooth = body is not None or t.head == "sym" or "smooth" in entry(t).marks
    parts = [*t.args] if body is None else [body]
    return name not in t.free or (smooth and all(continuous(context, a, name) for a in parts))


def assume(s: Step) -> None:
    """What is known."""
    s.require(s.claim)


def combine(s: Step) -> None:
    """``a ⋈ b`` from what is shown, ``p_i ⋈ q_i``: ``b - a = Σ m_i*(q_i - p_i) + c``.

    The multiplier of an equation is any number that is defined, that of an inequality a positive literal;
    c is a literal, at least 0. A strict premise, or c > 0, makes the conclusion strict, and a strict
    conclusion gives ``!=`` in either direction. A single ``!=`` may have any multiplier but 0.
    """
    multipliers, slack = s.data
    pairs = [*zip(multipliers, s.shown, strict=False)]
    orders = [(p.claim.relation, rational(m)) for m, p in pairs if p.claim.relation != "="]
    relations, extra = {relation for relation, _ in orders}, rational(slack)
    s.need(len(multipliers) <= len(s.shown), extra is not None)
    strict = "<" in relations or extra != 0
    if "!=" in relations:
        s.need(len(orders) == 1, orders[0][1], extra == 0, s.claim.relation == "!=")
    else:
        sign = -1 if s.claim.relation == "!=" and (extra or orders[0][1] or 0) < 0 else 1
        s.need(*(m is not None and m * sign > 0 for _, m in orders), (extra or 0) * sign >= 0)
        s.need({"=": not orders and not strict, "<=": True}.get(s.claim.relation, strict))
    s.need(Ring.shared.balanced(s.claim, slack, [(m, p.claim) for m, p in pairs]))
    s.need(all(s.context.shape(m) is None for m in multipliers))
    s.define(*s.claim[::2], *multipliers)


def fact(s: Step) -> None:
    """An instance of a fact of the table."""
    name, rows = s.data
    known, premises = table()[f"fact {name}"], iter(s.premises)
    letters = {n + "()" * bool(given): Letter(tuple(given), body) for n, given, body in rows}
    ends = known.marks.get("ends", [])
    s.need(all(body not in ENDS or name in ends for name, (_, body) in letters.items()))
    assert known.statement is not None
    s.need(s.claim == filled(known.statement, letters))
    for need in known.needs[0]:
        s.need(s.met_by(need, letters, premises) if need.around else s.met(need, letters))
    sides = zip(("left", "right"), s.claim[::2], strict=True)
    s.define(*(t for side, t in sides if side not in known.marks.get("defined", [])))
    s.need(next(premises, None) is None)


def instantiate(s: Step) -> None:
    """A theorem of another context, with terms in place of its scalars, each in the scalar's domain.

    What is not replaced must be declared alike here, and the hypotheses there known here.
    """
    (premise,), replaced = s.premises, dict(s.data)
    there, here = premise.context, s.context
    s.need(s.claim == premise.claim.put(replaced), not replaced.keys() & there.fixed)
    for symbol in there.symbols:
        t = replaced.get(symbol.name)
        if t is None:
            s.need(symbol == here.names[symbol.name])
        else:
            s.need(symbol.kind == "scalar", here.shape(t) is None)
            s.need(here.integer(t) or not symbol.integer)
            s.require(*(c.put(replaced) for c in symbol.domain))
            s.define(t)
    s.require(*(c.put(replaced) for c in (*there.hypotheses, *premise.conditions)))


def cases(s: Step) -> None:
    """From ``Δ, c ⊢ a`` and ``Δ', not c ⊢ a`` to ``Δ, Δ' ⊢ a``."""
    (first, second), ((a, relation, b),) = s.premises, s.data
    opposite = {"<": "<=", "<=": "<", "=": "!=", "!=": "="}[relation]
    turned = Claim(b, opposite, a) if "<" in relation else Claim(a, opposite, b)
    s.need(s.claim == first.claim == second.claim, s.context.check(turned))
    s.need(first.context == second.context == s.context)
    s.require(*(first.conditions - {Claim(a, relation, b)}), *(second.conditions - {turned}))
    s.define(a, b)


def induction(s: Step) -> None:
    """From ``P(n) ⊢ P(n + 1)`` and ``P(m)`` to ``P(n)``, n being an integer from m on."""
    (step, base), (name,) = s.premises, s.data
    symbol, n = s.context.names[name], sym(name)
    ((least, relation, lowest),) = symbol.domain
    kept = [*(step.conditions - {s.claim}), *base.conditions]
    s.need(step.context == base.context == s.context, symbol.kind == "scalar", symbol.integer)
    s.need((relation, lowest) == ("<=", n), s.context.integer(least), rational(least) is not None)
    s.need(not any(name in c.free for c in (*kept, *s.context.hypotheses)))
    s.need(name not in s.context.fixed, base.claim == s.claim.put({name: least}))
    s.need(step.claim == s.claim.put({name: n + ONE}))
    s.require(*kept)


def unfold(s: Step) -> None:
    """A definition of the context, a sum or product over a literal range, an operation on matrices."""
    body = s.context.unfolded(s.claim.lhs)
    s.need(s.claim[1:] == ("=", written(s.context, s.claim.lhs) if body is None else body))
    s.define(s.claim.rhs, *(s.claim.lhs.args if s.claim.lhs.head not in SCOPE else ()))


RULES = {f.__name__: f for f in (assume, combine, fact, instantiate, cases, induction, unfold)}
