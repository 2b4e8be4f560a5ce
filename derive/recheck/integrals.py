"""The rules of integrals.

``Int(f, x, a, b)`` for a < b is the limit of the Riemann integrals within (a, b). It is defined when f is
at every x strictly between a and b and that limit is finite; for a = b it is 0, for a > b undefined. A
premise shown between a and b has one more real name x without a domain, and the hypotheses ``a < x`` and
``x < b`` first, infinite ends left out; no condition of it speaks of x.
"""

from __future__ import annotations

from typing import Any

from .calculus import conditions, continuous
from .context import Symbol
from .rules import Needed, Step
from .terms import ENDS, TWO, ZERO, Claim, Term, bind, joined, make, num, opened, put


def inside(t: Term, low: Term, high: Term) -> list[Claim]:
    """``low < t`` and ``t < high``, infinite ends left out."""
    below = [Claim(low, "<", t)] if low is not ENDS[0] else []
    return below + ([Claim(t, "<", high)] if high is not ENDS[1] else [])


def over(s: Step, premise: Step, low: Term, high: Term) -> tuple[Term, list[Claim]]:
    """The variable of a premise shown between two ends, and its hypotheses beyond that."""
    symbol, x, claims = s.variable(premise)
    around = inside(x, low, high)
    s.need(symbol == Symbol(symbol.name), claims[: len(around)] == around)
    return x, claims[len(around) :]


def ordered(s: Step, low: Term, high: Term, relation: str) -> Needed:
    """That finite ends are defined and in order."""
    finite = [end for end, far in zip((low, high), ENDS, strict=True) if end is not far]
    return conditions(s.context, *finite) | {Claim(low, relation, high) for _ in finite[1:]}


def integral(s: Step, premise: Step) -> Term:
    """The integral that a premise gives the value of."""
    node, relation, _ = premise.claim
    s.need(premise.context == s.context and relation == "=" and node.head == "int")
    return node


def antiderivative(s: Step) -> Needed:
    """From ``diff(F, x) = f`` between a and b to ``Int(f, x, a, b) = F(b) - F(a)``, or limits of F."""
    (equation, *rest), (low, high, *limits) = s.premises, s.data
    x, near = over(s, equation, low, high)
    whole, f = s.slope(equation.claim.lhs, x), equation.claim.rhs
    s.need(not near, equation.claim.relation == "=")
    s.need(all(continuous(s.context, t, x.payload) for t in (whole, f)))
    needed, values = ordered(s, low, high, "<" if any(limits) else "<="), []
    for place, (end, limit) in enumerate(zip((low, high), limits, strict=True)):
        values.append(put(whole, {x.payload: end}) if limit is None else limit[0])
        if limit is not None:
            needed |= tends(s, rest.pop(0), whole, x, (low, high), place, *limit)
    s.need(s.claim == (bind("int", x.payload, f, low, high), "=", values[1] - values[0]))
    return needed.union(equation.conditions, conditions(s.context, s.claim.rhs))


def tends(
    s: Step, premise: Step, whole: Term, x: Term, ends: tuple[Term, Term], place: int, *limit: Any
) -> Needed:
    """From ``(F - L)**k*(x - t)**p <= C`` near an end to F having the limit L there."""
    (value, k, t), end = limit, ends[place]
    (other, near), finite = over(s, premise, *ends), end is not ENDS[place]
    gap = (whole - value) ** num(k) * (x - t) ** (num(-2) if finite else TWO)
    s.need(other is x and premise.claim[:2] == (gap, "<="))
    s.need(k >= 2 and k % 2 == 0 and (t is end if finite else x.payload not in t.free))
    bounds = [(c.lhs, c.rhs) if place else (c.rhs, c.lhs) for c in near]
    s.need(x.payload not in premise.claim.rhs.free and {c.relation for c in near} <= {"<", "<="})
    s.need(*(moving is x and x.payload not in still.free for still, moving in bounds))
    kept = {Claim(b, "<", end) if place else Claim(end, "<", b) for b, _ in bounds if finite}
    near_the_end = conditions(s.context, *(still for still, _ in bounds))
    return near_the_end.union(kept, premise.conditions)


def linear(s: Step) -> Needed:
    """From ``f = c1*f1 + …`` between a and b and ``Int fi = vi`` to ``Int f = c1*v1 + …``."""
    (equation, *known), (node, factors) = s.premises, s.data
    (x, near), nodes = over(s, equation, *node.args[1:]), [integral(s, p) for p in known]
    s.need(
        known, not near and node.head == "int" and all(n.args[1:] == node.args[1:] for n in nodes)
    )
    s.need(not any(x.payload in c.free for c in factors))
    whole = joined("add", [c * opened(n.args[0], x) for c, n in zip(factors, nodes, strict=True)])
    s.need(equation.claim == (opened(node.args[0], x), "=", whole))
    out = joined("add", [c * p.claim.rhs for c, p in zip(factors, known, strict=True)])
    s.need(s.claim == (node, "=", out))
    shown = s._replace(premises=known)
    return shown.defined(out).union(*(p.conditions for p in s.premises))


def join(s: Step) -> Needed:
    """From the integrals over (a, b) and (b, c) to the one over (a, c), f being continuous at b."""
    (first, second), left, right = s.premises, *(integral(s, p) for p in s.premises)
    body, low, middle = left.args
    s.need(right.args[:2] == (body, middle))
    s.need(continuous(s.context, opened(body, make("sym", "#")), "#"))
    whole = make("int", None, body, low, right.args[2])
    s.need(s.claim == (whole, "=", first.claim.rhs + second.claim.rhs))
    return conditions(s.context, opened(body, middle))


def substitution(s: Step) -> Needed:
    """From ``Int(g, y, c, d) = w`` to ``Int(g(U)*U', x, a, b) = w`` for a monotone U onto (c, d)."""
    (known, *shown), (low, high, count, v) = s.premises, s.data
    node, ends = integral(s, known), (low, high)
    forth, back = shown[: int(count)], shown[int(count) :]
    x, y = over(s, forth[0], *ends)[0], over(s, back[0], *node.args[1:])[0]
    s.need(all(over(s, p, *ends) == (x, []) for p in forth))
    s.need(all(over(s, p, *node.args[1:]) == (y, []) for p in back))
    rate = forth[0].claim.rhs
    u = s.slope(rate.args[0] if rate.head == "neg" else rate, x)
    onto = [Claim(ZERO, "<", rate), *inside(u, *node.args[1:])]
    onto += [Claim(put(u, {x.payload: v}), "=", y), *inside(v, *ends)]
    s.need(len(forth) == 1 + len(inside(u, *node.args[1:])), continuous(s.context, u, x.payload))
    s.need([p.claim for p in shown] == onto)
    body = opened(node.args[0], u) * rate
    s.need(s.claim == (bind("int", x.payload, body, *ends), "=", known.claim.rhs))
    return ordered(s, *ends, "<=").union(*(p.conditions for p in s.premises))


RULES = {f.__name__: f for f in (antiderivative, linear, join, substitution)}
