"""The rules of the kernel in those of certificates, one step of the kernel after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from derive.certifying import integrals, ranges, schemas
from derive.certifying.cofactors import multipliers
from derive.certifying.existence import fresh
from derive.certifying.numbers import by_values
from derive.certifying.shared import Rewriting, Translated, added
from derive.certifying.writer import Stuck, Unwritten, Writer, weaker
from derive.kernel.theorem import Theorem
from derive.recheck.algebra import Ring
from derive.recheck.matrices import written
from derive.recheck.replay import FAULTS
from derive.recheck.steps import Step
from derive.recheck.terms import ONE, SCOPE, Claim, Rejected, Term, Work, make, num, sym, text

BUDGET: Final = 10**8
MANY: Final = 12
"""Rewrites in a step of ring beyond which its sides are evaluated, where they are closed."""

KEPT: Final = 200
"""How many theorems of contexts of their own are remembered with their steps."""

_kept: dict[int, tuple[Theorem, Step]] = {}


def rewritten(theorems: Mapping[str, Theorem]) -> list[Step]:
    """The steps of a certificate that show theorems, in their order.

    Raises Unwritten, which names the theorem, when a step is not understood.
    """
    Work.left, Ring.shared = BUDGET, Ring()
    writer, done, out = Writer(), dict[int, Step](), list[Step]()
    try:
        for name, theorem in theorems.items():
            try:
                last = _written(writer, theorem, done)
            except Stuck as error:
                raise Unwritten(name, str(error)) from None
            out.append(weaker(last, writer.translation.claims(theorem.conditions)))
    finally:
        writer.forget()
    return out


def _written(writer: Writer, theorem: Theorem, done: dict[int, Step]) -> Step:
    """The step for a theorem, after those for what it rests on; what is done is not done again."""
    for t in _missing(theorem, done):
        here = Translated(writer, t, [done[id(p)] for p in t.premises])
        try:
            done[id(t)] = here.checked(RULES[t.rule](here))
        except FAULTS as error:
            raise Stuck(f"certificate: {t.rule}: {text(here.claim)}: {error}") from None
    return done[id(theorem)]


def _missing(theorem: Theorem, done: dict[int, Step]) -> Iterator[Theorem]:
    """What a theorem rests on and is not done, premises first, itself last, each once.

    What discharges a condition stands before what rests on it, which can use it then. Premises that are
    in a context of their own are done apart.
    """
    stack = [(theorem, False)]
    while stack:
        t, opened = stack.pop()
        if id(t) in done:
            continue
        if opened:
            yield t
            continue
        stack.append((t, True))
        for p in t.premises if t.rule == "discharge" else t.premises[::-1]:
            if t.rule == "instantiate" and _general(p, t):
                done[id(p)] = _apart(p)
            else:
                stack.append((p, False))


def _general(premise: Theorem, theorem: Theorem) -> bool:
    """Whether a premise is in another context than a theorem, and in no larger one."""
    here, there = theorem.context.symbols, premise.context.symbols
    return there[: len(here)] != here


def _apart(theorem: Theorem) -> Step:
    """The step for a theorem that others may use too, remembered in the process."""
    known = _kept.get(id(theorem))
    if known is None:
        writer = Writer()
        known = theorem, _written(writer, theorem, {})
        writer.forget()
        while len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        _kept[id(theorem)] = known
    return known[1]


def assumed(s: Translated) -> Step:
    """What is known already, or follows from its form."""
    return s.writer.shown(s.context, s.claim, s.assumed)


def bound(s: Translated) -> Step:
    """Bounds, if need be by the sign of a factor."""
    try:
        return assumed(s)
    except Rejected:
        return split(s, s.claim, s.assumed, 2)


def split(s: Translated, claim: Claim, known: frozenset[Claim], depth: int) -> Step:
    """A claim by cases, the sign of a factor of a product being either."""
    if depth < 1:
        raise Rejected("too many cases")
    gap = claim.rhs - claim.lhs
    signs = s.writer.signs(s.context, known)
    for f in factors_within(gap)[:6]:
        if signs.sign(f):
            continue
        comparison = Claim(num(0), "<=", f)
        try:
            both = []
            for side in (comparison, Claim(f, "<", num(0))):
                found = s.writer.prove(s.context, claim, known | {side})
                both.append(found or split(s, claim, known | {side}, depth - 1))
            return s.writer.step("cases", s.context, claim, known, premises=both, data=[comparison])
        except Rejected:
            continue
    raise Rejected("not shown by cases")


def factors_within(t: Term) -> list[Term]:
    """The factors of the products in a term."""
    out: dict[Term, None] = {}
    if t.head == "mul":
        out.update(dict.fromkeys(a for a in t.args if a.head in ("sym", "call", "index")))
    for a in t.args if t.head not in SCOPE else ():
        out.update(dict.fromkeys(factors_within(a)))
    return [*out]


def symmetry(s: Translated) -> Step:
    """An equation the other way round."""
    return s.combine(s.premises, [-1])


def trans(s: Translated) -> Step:
    """Two relations composed."""
    return s.combine(s.premises, [1, 1])


def congruence(s: Translated) -> Step:
    """Equal arguments, exchanged one after the other, the last one first."""
    left, right = s.claim.lhs, s.claim.rhs
    if left is right:
        return assumed(s)
    chain: list[Step] = []
    args, known = list(right.args), list[Step]()
    for i in reversed(range(len(args))):
        if left.args[i] is right.args[i]:
            continue
        hole = fresh(s.context, "z")
        body = make(left.head, left.payload, *args[:i], hole, *args[i + 1 :])
        letters = {"F": ((hole.payload,), body), "a": left.args[i], "b": right.args[i]}
        step = s.fact("equal", letters, shown=[s.premises[i], *known])
        args[i] = left.args[i]
        known = [step]
        chain.append(step)
    return s.combine(chain, [1 for _ in chain])


def congruence_diff(s: Translated) -> Step:
    """Equal functions have equal derivatives."""
    (premise,), (a, _, b) = s.premises, s.claim
    inner = premise.context.symbols[-1]
    x = sym(inner.name)
    moved = s.moved(premise, x, [c.put({}) for c in inner.domain])
    from derive.recheck.terms import bind, opened

    letters = {"p": a.args[1]}
    letters |= {k: ((x.payload,), opened(t.args[0], x)) for k, t in (("F", a), ("G", b))}  # type: ignore[misc]
    here = [s.writer.existing(s.context, bind("diff", x.payload, x, a.args[1]), s.assumed)]
    return s.fact("diff_equal", letters, premises=[moved], shown=[h for h in here if h])


def instantiate(s: Translated) -> Step:
    """Terms in place of scalars."""
    replaced = [[name, s.term(t)] for name, t in s.theorem.data]
    return s.step("instantiate", premises=s.premises, data=replaced)


def discharge(s: Translated) -> Step:
    """A condition that is shown."""
    first, second = s.premises
    if first.conditions <= s.assumed:
        return first
    return s.step("instantiate", premises=[first], shown=[second])


def ring(s: Translated) -> Step:
    """Algebra with rewrites, which are carried out one after the other, and relations."""
    count = s.theorem.data[0]
    rewrites, relations = s.premises[:count], s.premises[count:]
    factors = [s.term(m) for m in multipliers(s.theorem)] if relations else []
    if not rewrites:
        return s.combine(relations, factors)
    if len(rewrites) > MANY and not relations:
        try:
            return by_values(s)
        except Rejected:
            pass
    rewriting = Rewriting(s, rewrites)
    parts = [(num(-1), rewriting.of(s.claim.rhs)[1]), (ONE, rewriting.of(s.claim.lhs)[1])]
    weights, more = [], []
    for p, m in zip(relations, factors, strict=True):
        weight, known = rewriting.of(m)
        weights.append(weight)
        more += [*known]
        parts += [(weight, rewriting.of(p.claim.rhs)[1]), (-weight, rewriting.of(p.claim.lhs)[1])]
    total = added(*parts)
    shown = [*relations, *total, *(step for step in more if step not in total)]
    try:
        return s.combine(shown, [*weights, *total.values()])
    except Rejected:
        return s.combine([*shown, *s.premises], [*weights, *total.values()])


def combine(s: Translated) -> Step:
    """A linear combination."""
    return s.combine(s.premises, list(s.theorem.data[0]))


def cases(s: Translated) -> Step:
    """Both ways a comparison can go."""
    split = s.writer.translation.claim(s.theorem.data[0])
    return s.step("cases", premises=s.premises, data=[split])


def fact(s: Translated) -> Step:
    """An instance of a fact."""
    name, table = s.theorem.data
    return s.fact(name, {letter: s.term(t) for letter, t in table})


def unfold(s: Translated) -> Step:
    """A definition, a derivative, or something written out."""
    t, out = s.claim.lhs, s.claim.rhs
    if t.head == "diff":
        from derive.certifying.slopes import slope

        step = slope(s.writer, s.context, t, s.assumed)
        return step if step.claim == s.claim else matched(s, step)
    if t.head == "dens" or (t.head == "call" and re.match("is_", f"is_{t.payload}")):
        from derive.recheck.language import table

        known = table().get(f"fact is_{t.payload}")
        if known is not None and known.statement is not None and s.context.unfolded(t) is None:
            letters = {x.payload: a for x, a in zip(known.statement.lhs.args, t.args, strict=True)}
            return s.fact(f"is_{t.payload}", letters)
    if t.head == "call" and t.payload == "transpose" and out is t.args[0]:
        return assumed(s)
    if t.head == "call" and t.payload in ("det", "inv"):
        return written_out(s, t, out)
    body = s.context.unfolded(t)
    claim = Claim(t, "=", written(s.context, t) if body is None else body)
    step = s.writer.step("unfold", s.context, claim, s.assumed, shown=s.premises)
    return step if claim == s.claim else s.combine([step], [1])


def written_out(s: Translated, t: Term, out: Term) -> Step:
    """The determinant or the inverse of a matrix that can be written out."""
    m = t.args[0]
    plain = written(s.context, m)
    shown = [] if plain is m else [unfolded(s, m, plain)]
    if t.payload == "det":
        step = determinant(s, plain)
    else:
        product = make("matmul", None, plain, out)
        unit = make("call", "eye", s.context.shape(m)[0])  # type: ignore[index]
        one, other = unfolded(s, product), unfolded(s, unit)
        equation = s.writer.combine(
            s.context, Claim(product, "=", unit), s.assumed, [one, other], [1, -1]
        )
        step = s.fact("inverse_unique", {"A": plain, "B": out, "n": unit.args[0]}, shown=[equation])
    if shown:
        hole = fresh(s.context, "z")
        body = make("call", t.payload, hole)
        letters = {"F": ((hole.payload,), body), "a": m, "b": plain}
        return s.combine([s.fact("equal", letters, shown=[*shown, step]), step], [1, 1])
    return step if step.claim == s.claim else s.combine([step], [1])


def unfolded(s: Translated, t: Term, out: Term | None = None) -> Step:
    """A term and what it stands for."""
    claim = Claim(t, "=", out or written(s.context, t))
    return s.writer.step("unfold", s.context, claim, s.assumed)


def determinant(s: Translated, m: Term) -> Step:
    """The determinant of a matrix of numbers, with no determinants in it."""
    letters = dict(zip("abcdefghijklmnop", m.args, strict=False))
    main = s.fact(f"det_{m.payload[0]}", letters)
    if m.payload[0] < 3:
        return main
    inner = [determinant(s, d.args[0]) for d in minors(main.claim.rhs)]
    right, by = main.claim.rhs, []
    for j, step in enumerate(inner):
        by.append(num((-1) ** j) * m.args[j])
        right = ranges.swapped(right, step.claim.lhs, step.claim.rhs)
    claim = Claim(main.claim.lhs, "=", right)
    return s.writer.combine(s.context, claim, s.assumed, [main, *inner], [1, *by])


def minors(t: Term) -> list[Term]:
    """The determinants in a term, in the order in which they stand."""
    if t.head == "call" and t.payload == "det":
        return [t]
    return [d for a in t.args for d in minors(a)]


def matched(s: Translated, step: Step) -> Step:
    """The claim from an equation whose right side is equal up to algebra, in sums too."""
    try:
        return s.combine([step], [1])
    except Rejected:
        pass
    theirs, chain = ranges.within(s.claim.rhs), [step]
    for mine in ranges.within(step.claim.rhs):
        for other in theirs:
            if mine is other or (mine.head, mine.args[1:]) != (other.head, other.args[1:]):
                continue
            try:
                same = ranges.alike(s, mine, other)
            except Rejected:
                continue
            old = chain[-1].claim.lhs if len(chain) > 1 else step.claim.rhs
            hole = fresh(s.context, "z")
            body = ranges.swapped(old, mine, hole)
            letters = {"F": ((hole.payload,), body), "a": other, "b": mine}
            back = s.writer.combine(s.context, Claim(other, "=", mine), s.assumed, [same], [-1])
            chain.append(s.fact("equal", letters, shown=[chain[-1], back]))
            break
    return s.combine(chain, [1, *(-1 for _ in chain[1:])])


def monotone(s: Translated) -> Step:
    """The sign of a derivative between two points gives an order."""
    from derive.recheck.terms import opened

    (premise,), (low, high) = s.premises, map(s.term, s.theorem.data)
    inner = premise.context.symbols[-1]
    x = sym(inner.name)
    claims = [Claim(low, "<", x), Claim(x, "<", high)]
    moved = s.moved(premise, x, claims)
    body = opened(premise.claim.rhs.args[0], x)
    name = "increasing" + "_strict" * (s.claim.relation == "<")
    letters = {"F": ((x.payload,), body), "a": low, "b": high}
    try:
        return s.fact(name, letters, premises=[moved])
    except Rejected:
        at = [
            s.writer.step("instantiate", s.context, premise.claim.put({x.payload: t}), s.assumed,
                          premises=[premise], data=[[x.payload, t]])
            for t in (low, high)
        ]  # fmt: skip
        return s.fact(name, letters, premises=[moved], shown=at)


def induction(s: Translated) -> Step:
    """Induction over a symbol."""
    return s.step("induction", premises=s.premises, data=[s.theorem.data[0]])


RULES: Final[dict[str, Callable[[Translated], Step]]] = {
    **dict.fromkeys(("refl", "hypothesis"), assumed),
    "bound": bound,
    **{f.__name__: f for f in (symmetry, trans, congruence, congruence_diff, instantiate)},
    **{f.__name__: f for f in (discharge, ring, combine, cases, fact, unfold)},
    **{f.__name__: f for f in (monotone, induction)},
    **ranges.RULES,
    **integrals.RULES,
    **schemas.RULES,
}
