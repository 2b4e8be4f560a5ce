"""The kernel's rules of sums and products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derive.certifying.existence import fresh, inside
from derive.certifying.shared import Translated
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Rejected, Term, make, opened, sym

Pair = tuple[tuple[str, ...], Term]


def congruence_inside(s: Translated) -> Step:
    """Equal, or ordered, bodies."""
    (premise,), (a, relation, b) = s.premises, s.claim
    i = sym(premise.context.symbols[-1].name)
    low, high = a.args[1:]
    moved = s.moved(premise, i, [Claim(low, "<=", i), Claim(i, "<=", high)], integer=True)
    word = {"=": "equal", "<=": "at_most", "<": "less"}[relation]
    bodies = {k: ((i.payload,), opened(t.args[0], i)) for k, t in (("F", a), ("G", b))}
    return s.fact(f"{a.head}_{word}", {**bodies, "a": low, "b": high}, premises=[moved])


def range_linear(s: Translated) -> Step:
    """A sum of sums, and factors taken out."""
    node = s.claim.lhs
    try:
        return _stated(s, linear(s, node, apart=False))
    except Rejected:
        return _stated(s, linear(s, node, apart=True))


def _stated(s: Translated, step: Step) -> Step:
    return step if step.claim == s.claim else s.combine([step], [1])


def linear(s: Translated, node: Term, *, apart: bool) -> Step:
    """The sum of a sum as the sum of the parts' sums, each with its constant factors taken out.

    A part free of the index that is a sum itself is taken as one, or ``apart``.
    """
    body, low, high = node.args
    plus, times = ("add", "mul") if node.head == "sum" else ("mul", "pow")
    ends = {"a": low, "b": high}
    i = fresh(s.context, "i")
    if not body.loose and not (apart and body.head == plus):
        return s.fact(f"{node.head}_constant", {"c": body, **ends})
    if body.head == plus:
        parts = [make(node.head, None, a, low, high) for a in body.args]
        letters = {k: ((i.payload,), opened(a, i)) for k, a in zip("FG", body.args, strict=True)}
        main = s.fact(f"{node.head}_of_{node.head}", {**letters, **ends})
        inner = [linear(s, p, apart=apart) for p in parts]
        return both(s, main, inner, plus)
    if body.head == times and not body.args[1].loose:
        name = "sum_multiple" if node.head == "sum" else "prod_power"
        f = ((i.payload,), opened(body.args[0], i))
        return s.fact(name, {"F": f, "c": body.args[1], **ends})
    return s.writer.shown(s.context, Claim(node, "=", node), s.assumed)


def both(s: Translated, main: Step, inner: list[Step], plus: str) -> Step:
    """``node = a ∘ b`` with a and b replaced by what they equal."""
    a, b = (p.claim.rhs for p in inner)
    out = make(plus, None, a, b)
    claim = Claim(main.claim.lhs, "=", out)
    by = [1, 1] if plus == "add" else [inner[1].claim.lhs, a]
    return s.writer.combine(s.context, claim, s.assumed, [main, *inner], [1, *by])


def within(t: Term) -> list[Term]:
    """The sums and products in a term, those inside others left out."""
    if t.head in ("sum", "prod"):
        return [t]
    out: dict[Term, None] = {}
    for a in t.args:
        out.update(dict.fromkeys(within(a)))
    return [*out]


def alike(s: Translated, a: Term, b: Term) -> Step:
    """The equation of two sums over one range whose bodies are equal by algebra."""
    inner, i = inside(s.writer, s.context, *a.args[1:], integer=True)
    bodies = [opened(t.args[0], i) for t in (a, b)]
    premise = s.writer.combine(inner, Claim(bodies[0], "=", bodies[1]), s.assumed, [], [])
    letters = {k: ((i.payload,), f) for k, f in zip("FG", bodies, strict=True)}
    ends = {"a": a.args[1], "b": a.args[2]}
    return s.fact(f"{a.head}_equal", {**letters, **ends}, premises=[premise])


def swapped(t: Term, old: Term, new: Term) -> Term:
    """A term with another part in place of one."""
    if t is old:
        return new
    return make(t.head, t.payload, *(swapped(a, old, new) for a in t.args)) if t.args else t


RULES: Final[dict[str, Callable[[Translated], Step]]] = {
    f.__name__: f for f in (congruence_inside, range_linear)
}
