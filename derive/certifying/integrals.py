"""The kernel's rules of integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from derive.certifying.existence import fresh
from derive.certifying.shared import Translated
from derive.recheck.steps import Step
from derive.recheck.terms import ENDS, ONE, ZERO, Claim, Rejected, Term, num, opened, sym


def ordered(x: Term, low: Term, high: Term) -> list[Claim]:
    """``low < x`` and ``x < high``."""
    return [Claim(low, "<", x), Claim(x, "<", high)]


def antiderivative(s: Translated) -> Step:
    """The fundamental theorem, with limits at the ends where they are given."""
    equation, *shown = s.premises
    low, high = map(s.term, s.theorem.data[:2])
    x = sym(equation.context.symbols[-1].name)
    whole = opened(equation.claim.lhs.args[0], x)
    letters: dict[str, Any] = {"F": ((x.payload,), whole), "f": ((x.payload,), equation.claim.rhs)}
    letters |= {"a": low, "b": high}
    premises, names, more = [s.moved(equation, x, ordered(x, low, high))], [], []
    for place, limit in enumerate(s.theorem.data[2:]):
        if limit is None:
            names.append("at")
            continue
        end = (low, high)[place]
        finite = end not in ENDS
        names.append("near" if finite else "far")
        value, k, t = s.term(limit[0]), int(limit[1]), s.term(limit[2])
        premises.append(_limit(s, letters, shown.pop(0), x, place, finite))
        keys = ("K", "k", "h", "u") if place == 0 else ("L", "l", "g", "t")
        letters |= dict(zip(keys[:3], (value, num(k), num(k // 2)), strict=True))
        if not finite:
            letters[keys[3]] = t
        more.append(s.writer.shown(s.context, Claim(num(k), "=", num(2) * num(k // 2)), s.assumed))
    numbers = {name: value for name, value in letters.items() if value not in ENDS}
    return s.fact(f"integral_{names[0]}_{names[1]}", numbers, premises=premises, shown=more)


def _limit(
    s: Translated, letters: dict[str, Any], premise: Step, x: Term, place: int, finite: bool
) -> Step:
    """The premise of a limit, over a range near the end."""
    low, high = letters["a"], letters["b"]
    beyond = premise.context.hypotheses[len(s.context.hypotheses) :]
    around = ordered(x, low, high)
    extra = [c for c in beyond if c not in around]
    ends = [c.lhs if place else c.rhs for c in extra]
    letters["C" if place else "B"] = premise.claim.rhs
    for near in ends or [(high - ONE if place else low + ONE) if finite else ZERO]:
        claims = [
            *around,
            *(Claim(near, r, x) if place else Claim(x, r, near) for r in ("<", "<=")),
        ]
        letters["s" if place else "r"] = near
        try:
            return s.moved(premise, x, claims)
        except Rejected as error:
            reason = error
    raise reason


def linear(s: Translated) -> Step:
    """An integral as a combination of integrals."""
    equation, *known = s.premises
    node, factors = s.claim.lhs, [s.term(c) for c in s.theorem.data[1]]
    low, high = node.args[1:]
    x = sym(equation.context.symbols[-1].name)
    ends = {"a": low, "b": high}
    premise = s.moved(equation, x, ordered(x, low, high))
    bodies = [opened(p.claim.lhs.args[0], x) for p in known]
    parts = []
    for c, f, p in zip(factors, bodies, known, strict=True):
        step = s.fact("integral_multiple", {"c": c, "f": ((x.payload,), f), **ends}, shown=[p])
        claim = Claim(step.claim.lhs, "=", c * p.claim.rhs)
        parts.append((c * f, s.writer.combine(s.context, claim, s.assumed, [step, p], [1, c])))
    body, total = _added(s, parts, x, ends)
    both = {"f": ((x.payload,), opened(node.args[0], x)), "g": ((x.payload,), body), **ends}
    main = s.fact("integral_equal", both, premises=[premise], shown=[total])
    return s.combine([main, total], [1, 1])


def _added(
    s: Translated, parts: list[tuple[Term, Step]], x: Term, ends: dict[str, Term]
) -> tuple[Term, Step]:
    """The integral of a sum, bracketed as sums of many parts are."""
    if len(parts) == 1:
        return parts[0]
    half = (len(parts) + 1) // 2
    (f, left), (g, right) = _added(s, parts[:half], x, ends), _added(s, parts[half:], x, ends)
    letters = {"f": ((x.payload,), f), "g": ((x.payload,), g), **ends}
    main = s.fact("integral_sum", letters, shown=[left, right])
    claim = Claim(main.claim.lhs, "=", left.claim.rhs + right.claim.rhs)
    return f + g, s.writer.combine(s.context, claim, s.assumed, [main, left, right], [1, 1, 1])


def join(s: Translated) -> Step:
    """Two ranges put together."""
    first, second = (p.claim.lhs for p in s.premises)
    x = fresh(s.context, "x")
    letters = {"f": ((x.payload,), opened(first.args[0], x)), "a": first.args[1]}
    main = s.fact(
        "integral_join", {**letters, "b": first.args[2], "c": second.args[2]}, shown=s.premises
    )
    return s.combine([main, *s.premises], [1, 1, 1])


def substitution(s: Translated) -> Step:
    """A change of the variable."""
    known, *shown = s.premises
    low, high, count, inverse = s.theorem.data
    low, high, node = s.term(low), s.term(high), known.claim.lhs
    forth, back = shown[: int(count)], shown[int(count) :]
    x = sym(forth[0].context.symbols[-1].name)
    y = sym(back[0].context.symbols[-1].name)
    rate = forth[0].claim.rhs
    turned = rate.head == "neg"
    u = opened((rate.args[0] if turned else rate).args[0], x)
    letters = {"g": ((y.payload,), opened(node.args[0], y)), "U": ((x.payload,), u),
               "V": ((y.payload,), s.term(inverse)), "a": low, "b": high,
               "c": node.args[1], "d": node.args[2]}  # fmt: skip
    premises = [s.moved(p, x, ordered(x, low, high)) for p in forth]
    premises += [s.moved(p, y, ordered(y, *node.args[1:])) for p in back]
    name = "integral_substitution" + "_turned" * turned
    main = s.fact(name, letters, premises=premises, shown=[known])
    return s.combine([main, known], [1, 1])


RULES: Final[dict[str, Callable[[Translated], Step]]] = {
    f.__name__: f for f in (antiderivative, linear, join, substitution)
}
