"""The kernel's rules of integrals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

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
    f.__name__: f for f in (antiderivative, substitution)
}
