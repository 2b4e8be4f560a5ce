"""The rules. Each looks at one step and returns the claims that its conclusion still needs.

A rule raises Rejected when the step does not follow. What its premises rest on is carried over by
`replay`, except for the rules of `RESTATED`, whose premises may live in another context or lose a
condition; those return everything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from .algebra import Ring
from .bounds import Bounds, narrowed, proves
from .calculus import conditions, continuous, head_conditions, nonzero, parts, unfolded
from .context import Context, Symbol
from .language import table
from .printing import text
from .terms import ONE, SCOPE, ZERO, Claim, Rejected, Term, bind, joined, make, num, opened, put

Needed = frozenset[Claim]
NOTHING: Final[Needed] = frozenset()


class Step(NamedTuple):
    """One theorem of a certificate: in ``context``, under ``conditions``, the ``claim`` holds."""

    rule: str
    context: Context
    premises: list[Any]
    claim: Claim
    conditions: Needed
    axioms: frozenset[str]
    data: list[Any]

    def need(self, *truths: Any) -> None:
        """Raise Rejected unless everything is true."""
        if not all(truths):
            raise Rejected(f"it does not follow that {text(self.claim)}")

    def given(self) -> set[Term]:
        """The terms that are defined wherever the premises hold: all parts of their sides."""
        out, stack = set[Term](), [t for p in self.premises for t in (p.claim.lhs, p.claim.rhs)]
        while stack:
            t = stack.pop()
            stack += parts(t) if t not in out else []
            out.add(t)
        return out

    def defined(self, *terms: Term) -> Needed:
        """What makes terms, or both sides, defined, given that the sides of the premises are."""
        exist = frozenset(t for t in self.given() if t.head in ("int", "diff"))
        return conditions(self.context, *(terms or self.claim[::2]), given=exist)

    def variable(self, premise: Step) -> tuple[Symbol, Term, list[Claim]]:
        """The one more scalar of a premise, of which no condition speaks, and its hypotheses."""
        (symbol,), claims = premise.context.beyond(self.context)
        self.need(
            symbol.kind == "scalar", not any(symbol.name in c.free for c in premise.conditions)
        )
        return symbol, make("sym", symbol.name), claims

    def slope(self, t: Term, x: Term) -> Term:
        """The function f in ``diff(f, x)``, in terms of x."""
        self.need(t.head == "diff", t.args[1] is x, x.payload not in t.args[0].free)
        return opened(t.args[0], x)


def refl(s: Step) -> Needed:
    """``a = a``."""
    s.need(s.claim.lhs is s.claim.rhs, s.claim.relation == "=")
    return s.defined()


def symmetry(s: Step) -> Needed:
    """From ``a = b`` to ``b = a``; likewise for ``!=``."""
    a, relation, b = s.premises[0].claim
    s.need(s.claim == (b, relation, a), relation in ("=", "!="))
    return NOTHING


def trans(s: Step) -> Needed:
    """From ``a ⋈ b`` and ``b ⋈ c`` to ``a ⋈ c``."""
    (a, first, b), (other, second, c) = (p.claim for p in s.premises)
    kinds = {first, second}
    strongest = next(r for r in ("!=", "<", "<=", "=") if r in kinds)
    s.need(b is other, s.claim == (a, strongest, c), "!=" not in kinds or kinds == {"=", "!="})
    return NOTHING


def congruence(s: Step) -> Needed:
    """From ``a_i = b_i`` for each argument to ``f(a…) = f(b…)``."""
    a, relation, b = s.claim
    s.need((a.head, a.payload, relation) == (b.head, b.payload, "="), a.head not in SCOPE)
    equations = [Claim(x, "=", y) for x, y in zip(a.args, b.args, strict=True)]
    s.need([p.claim for p in s.premises] == equations)
    return head_conditions(s.context, a) | head_conditions(s.context, b)


def congruence_inside(s: Step) -> Needed:
    """From ``f(i) ⋈ g(i)`` for every index i of a range to ``Σ f ⋈ Σ g``; ``Π f = Π g`` likewise."""
    (premise,), (a, relation, b) = s.premises, s.claim
    symbol, index, claims = s.variable(premise)
    inner, body = narrowed(s.context, a, symbol.name)
    s.need(relation in {"sum": ("=", "<", "<="), "prod": ("=",)}[a.head])
    s.need((a.head, a.args[1:]) == (b.head, b.args[1:]), {*claims} <= {*inner.beyond(s.context)[1]})
    s.need(premise.claim == (body, relation, opened(b.args[0], index)))
    s.need(*(proves(inner, c) for c in symbol.holds(index)))
    filled = {Claim(a.args[1], "<=", a.args[2])} if relation == "<" else NOTHING
    return conditions(s.context, a, b).union(premise.conditions, filled)


def congruence_diff(s: Step) -> Needed:
    """From ``f(x) = g(x)`` for every x of an open set to equal derivatives at a point of it."""
    (premise,), (a, relation, b) = s.premises, s.claim
    symbol, x, claims = s.variable(premise)
    s.need(not symbol.integer, not claims, symbol.values.low[1], symbol.values.high[1])
    s.need(relation == "=", a.args[1] is b.args[1], a.head == b.head == "diff")
    s.need(premise.claim == (opened(a.args[0], x), "=", opened(b.args[0], x)))
    return conditions(s.context, b).union(premise.conditions, symbol.holds(b.args[1]))


def instantiate(s: Step) -> Needed:
    """Terms in place of scalars, each shown to lie in the scalar's domain."""
    (premise,), replaced = s.premises, dict(s.data)
    symbols, claims = premise.context.beyond(s.context)
    s.need({x.name for x in symbols} <= replaced.keys(), s.claim == premise.claim.put(replaced))
    s.need(not replaced.keys() & (s.context.fixed | premise.context.dimensions))
    needed = {c.put(replaced) for c in [*premise.conditions, *claims]}
    for name, t in replaced.items():
        symbol = premise.context.names[name]
        s.need(symbol.kind == "scalar", s.context.integer(t) or not symbol.integer)
        needed |= {*symbol.holds(t)} | conditions(s.context, t)
    return frozenset(needed)


def hypothesis(s: Step) -> Needed:
    """A hypothesis of the context."""
    s.need((s.data[0], s.claim) in s.context.hypotheses)
    return NOTHING


def discharge(s: Step) -> Needed:
    """From ``Δ, c ⊢ a`` and ``Δ' ⊢ c`` to ``Δ, Δ' ⊢ a``."""
    first, second = s.premises
    s.need(s.claim == first.claim, first.context == second.context == s.context)
    return frozenset((first.conditions - {second.claim}) | second.conditions)


def bound(s: Step) -> Needed:
    """An order claim or ``!=`` that interval bounds show; the stated conditions may be used."""
    s.need(Bounds(s.context, s.conditions).shows(s.claim))
    return s.defined()


def _adds_up(s: Step, ring: Ring, premises: list[Step], multipliers: list[Term]) -> None:
    """Require that ``rhs - lhs`` is a sum of multiples of the premises' differences."""
    pairs = zip(multipliers, premises, strict=True)
    total = joined("add", [m * (p.claim.rhs - p.claim.lhs) for m, p in pairs])
    s.need(ring.same(s.claim.rhs - s.claim.lhs, total))


def ring(s: Step) -> Needed:
    """``a = b`` as rational functions, after rewrites, up to multiples of relations."""
    (count, multipliers), claims = s.data, [p.claim for p in s.premises]
    s.need(*(c.relation == "=" for c in (s.claim, *claims)))
    rewrites = [(c.lhs, c.rhs) for c in claims[: int(count)]]
    _adds_up(s, Ring(rewrites), s.premises[int(count) :], multipliers)
    divisors = {nonzero(t.args[1]) for t in s.given() if t.head == "div"}
    return s.defined() | (conditions(s.context, *multipliers) - divisors)


def combine(s: Step) -> Needed:
    """``a ⋈ b`` from premises ``p_i ⋈ q_i`` and numbers ``m_i`` with ``b - a = Σ m_i*(q_i - p_i)``."""
    (numbers,), relation = s.data, s.claim.relation
    pairs = [(p.claim.relation, m) for p, m in zip(s.premises, numbers, strict=True)]
    orders = [(r, m) for r, m in pairs if r != "="]
    turned = relation == "!=" and all(m < 0 for _, m in orders)
    strongest = next((r for r in ("!=", "<", "<=") if r in dict(orders)), "=")
    if strongest == "!=":
        s.need(len(orders) == 1, orders[0][1] != 0)
    else:
        s.need(*(m < 0 if turned else m > 0 for _, m in orders))
    weaker = {"=": ("=", "<="), "<": ("<", "<=", "!="), "<=": ("<=",), "!=": ("!=",)}
    s.need(relation in weaker[strongest])
    _adds_up(s, Ring(), s.premises, [num(m) for m in numbers])
    return s.defined()


def cases(s: Step) -> Needed:
    """From ``Δ, c ⊢ a`` and ``Δ', not c ⊢ a`` to ``Δ, Δ' ⊢ a``."""
    (first, second), ((a, relation, b),) = s.premises, s.data
    opposite = {"<": "<=", "<=": "<", "=": "!=", "!=": "="}[relation]
    turned = Claim(b, opposite, a) if "<" in relation else Claim(a, opposite, b)
    s.need(s.claim == first.claim == second.claim, first.context == second.context == s.context)
    kept = (first.conditions - {Claim(a, relation, b)}) | (second.conditions - {turned})
    return frozenset(kept | conditions(s.context, a, b))


def fact(s: Step) -> Needed:
    """An instance of a fact of the table."""
    name, replaced = s.data[0], dict(s.data[1])
    known = table()[f"fact {name}"]
    s.need(*(c.free <= replaced.keys() for c in known.claims))
    statement, *hypotheses = (c.put(replaced) for c in known.claims)
    s.need(s.claim == statement, s.axioms >= {n.payload for n in known.parts.get("axiom", [])})
    s.need(*(s.context.integer(replaced[n.payload]) for n in known.parts.get("integers", [])))
    sides = (side for h in hypotheses for side in h[::2])
    return s.defined() | {*hypotheses} | conditions(s.context, *sides)


def unfold(s: Step) -> Needed:
    """An operation is what its definition, or the rules of differentiation, make of it."""
    (lhs, relation, rhs), out = s.claim, unfolded(s.context, s.claim.lhs)
    written = out.head == rhs.head == "matrix"
    pairs = zip(out.args, rhs.args, strict=True) if written else [(out, rhs)]
    s.need(relation == "=", s.context.shape(out) == s.context.shape(rhs))
    s.need(*(Ring().same(a, b) for a, b in pairs))
    return s.defined() | (NOTHING if lhs.head == "diff" else conditions(s.context, out))


def monotone(s: Step) -> Needed:
    """From ``0 ⋈ diff(f, x)`` for every x of an interval to ``f(low) ⋈ f(high)``."""
    (premise,), (low, high), relation = s.premises, s.data, s.claim.relation
    symbol, x, claims = s.variable(premise)
    body = s.slope(premise.claim.rhs, x)
    s.need(premise.claim[:2] == (ZERO, relation), relation in ("<", "<="))
    s.need(not symbol.values.gap, not symbol.integer, continuous(s.context, body, symbol.name))
    for c in claims:
        s.need([t for t in c[::2] if symbol.name in t.free] == [x], c.relation in ("<", "<="))
    f_low, f_high = (put(body, {symbol.name: t}) for t in (low, high))
    s.need(s.claim == (f_low, relation, f_high))
    inside = (c.put({symbol.name: t}) for c in claims for t in (low, high))
    needed = conditions(s.context, low, high) | {Claim(low, relation, high)}
    return needed.union(premise.conditions, symbol.holds(low), symbol.holds(high), inside)


def induction(s: Step) -> Needed:
    """From ``P(n) ⊢ P(n + 1)`` and ``P(m)`` to ``P(n)``, n being an integer from m on."""
    (step, base), (name, claim) = s.premises, s.data
    symbol, n = s.context.names[name], make("sym", name)
    low, side = symbol.values.low
    least = ZERO if isinstance(low, float) else num(low + side)
    s.need(step.context == base.context == s.context, s.claim == claim, symbol.integer)
    s.need(
        low == int(low), symbol.values == symbol.values._replace(high=(float("inf"), -1), gap=False)
    )
    kept = (step.conditions - {claim}) | base.conditions
    s.need(name not in s.context.fixed, not any(name in c.free for c in kept))
    s.need(base.claim == claim.put({name: least}), step.claim == claim.put({name: n + ONE}))
    return frozenset(kept)


def in_range(s: Step) -> Needed:
    """Sums and products over any range: split, empty, moved, linear, exchanged, and exp of a sum."""
    whole = s.claim.lhs
    node = whole.args[0] if s.rule == "range_exp" else whole
    head, (body, low, high), needed = node.head, node.args, set[Claim]()
    s.need(head == "sum" or (head == "prod" and s.rule != "range_exp"))
    join = "add" if head == "sum" else "mul"
    if s.rule == "range_split":
        last, first = s.data
        out = make(
            join, None, make(head, None, body, low, last), make(head, None, body, first, high)
        )
        needed = {Claim(last + ONE, "=", first), Claim(low, "<=", first), Claim(last, "<=", high)}
    elif s.rule == "range_empty":
        out, needed = joined(join, []), {Claim(high, "<", low)}
    elif s.rule == "range_move":
        shift, start, end, back = s.data
        moved = [shift + (-t if back is True else t) for t in (make("sym", "#"), start, end)]
        out = bind(head, "#", opened(body, moved[0]), start, end)
        ends = (high, low) if back is True else (low, high)
        needed = {Claim(m, "=", e) for m, e in zip(moved[1:], ends, strict=True)}
    elif s.rule == "range_linear":
        times, size, terms = (
            "mul" if head == "sum" else "pow",
            make("add", None, high, -low, ONE),
            [],
        )
        for part in body.args if body.head == join else (body,):
            if not part.loose:
                terms.append(make(times, None, part, size))
                needed = {Claim(low, "<=", high + ONE)}
            elif part.head == times and len(part.args) == 2 and not part.args[1].loose:
                inner = make(head, None, part.args[0], low, high)
                terms.append(make(times, None, inner, part.args[1]))
            else:
                terms.append(make(head, None, part, low, high))
        out = joined(join, terms)
    elif s.rule == "range_exchange":
        s.need(body.head == head, not any(end.loose for end in body.args[1:]))
        inner = opened(opened(body, make("sym", "#i")).args[0], make("sym", "#j"))
        out = bind(head, "#j", bind(head, "#i", inner, low, high), *body.args[1:])
    else:
        s.need(whole is make("call", "exp", node))
        out = make("prod", None, make("call", "exp", body), low, high)
    s.need(s.claim == (whole, "=", out))
    return s.defined() | needed


RULES: Final[dict[str, Callable[[Step], Needed]]] = {
    **{f.__name__: f for f in (refl, symmetry, trans, congruence, congruence_inside, instantiate)},
    **{f.__name__: f for f in (hypothesis, discharge, bound, ring, combine, cases, fact, unfold)},
    **{f.__name__: f for f in (congruence_diff, monotone, induction)},
    **{f"range_{k}": in_range for k in ("split", "empty", "move", "linear", "exchange", "exp")},
}
ALONE: Final = {
    *("refl", "hypothesis", "bound", "fact", "unfold"),
    *(name for name, rule in RULES.items() if rule is in_range),
}
"""Rules without premises."""

RESTATED: Final = {
    *("congruence_inside", "congruence_diff", "instantiate", "discharge", "cases", "monotone"),
    *("induction", "antiderivative", "linear", "substitution"),
}
