"""Monotonicity: ``f(x) >= f(c)`` from the sign of the derivative between c and x.

The goal, or the goal over one of its coefficients, is a function f of one symbol x. Where f vanishes
or is known to be non-negative at a point c, it is enough that f' has the right sign on the side of c on
which x lies, which is a goal of its own, about a new symbol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from derive.kernel import rules
from derive.kernel.monotone import monotone
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search.choices import Refine
from derive.search.conditions import sweep
from derive.search.order_cases import granted
from derive.search.order_core import Core
from derive.search.order_samples import Samples, Unsampled, in_floats
from derive.search.order_space import ZERO, Space, bounded
from derive.terms.context import Claim, Context, ContextError, Relation
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, TermError, add, binder, div, mul, neg, num, rational, sub, sym

MAX_POINTS: Final = 5
MAX_VARIABLES: Final = 3
SMALL: Final = 1e-9


@dataclass(frozen=True)
class Branch:
    """The side of c on which x lies: up when c <= x."""

    point: Term
    up: bool


def by_derivative(core: Core) -> Theorem | None:
    """Try each symbol, each form of the goal as a function of it, and each point to start from."""
    space = core.space()
    for name in _variables(core, space):
        for body, factor in _functions(core, space, name):
            for point in _points(core, name, body):
                theorem = _tried(core, name, body, point)
                if theorem is None:
                    continue
                if factor is None:
                    return core.link(theorem)
                scaled = _times(core, theorem, factor)
                if scaled is not None:
                    return scaled
    return None


def _variables(core: Core, space: Space) -> list[str]:
    """The symbols to differentiate by, the latest first."""
    out = []
    for declared in reversed(core.context.symbols):
        if (
            declared.name in core.term.free
            and declared.kind == "scalar"
            and not declared.domain.integer
            and core.context.definition(declared.name) is None
            and any(declared.name in a.free and a.head != "sym" for a in space.atoms)
        ):
            out.append(declared.name)
    if not out:
        out = [d.name for d in core.context.symbols if d.name in core.term.free][:1]
        out = [n for n in out if core.context[n].kind == "scalar"]
        out = [n for n in out if not core.context[n].domain.integer]
    return out[:MAX_VARIABLES]


def _functions(core: Core, space: Space, name: str) -> Iterator[tuple[Term, Term | None]]:
    """The goal as a function, and over factors by which it may be divided."""
    yield core.term, None
    top, _ = space.quotient(core.term)
    divisors: list[Term] = []
    for place, atom in enumerate(space.atoms):
        if name not in atom.free or atom.head != "call" or atom.payload not in ("log", "exp"):
            continue
        if int(top.degrees()[place]) != 1:
            continue
        inside = {}
        for m, c in top.to_dict().items():
            if int(m[place]) == 1:
                inside[tuple(0 if i == place else int(e) for i, e in enumerate(m))] = c
        factor = space.term(space.polynomials.from_dict(inside))
        if atom.payload == "exp":
            factor = atom
        if name not in factor.free:
            continue
        seen = core.samples.signs(factor)
        if seen is None or all(seen):
            continue
        if seen[0]:
            factor = neg(factor)
        yield div(core.term, factor), factor
        if factor not in divisors:
            divisors.append(factor)
    if len(divisors) == 2:
        yield div(core.term, mul(*divisors)), mul(*divisors)


def _times(core: Core, theorem: Theorem, factor: Term) -> Theorem | None:
    """The goal from ``0 ⋈ goal/factor``."""
    sign = core.positive(factor, strict=True)
    if sign is None:
        return None
    whole = mul(factor, theorem.claim.rhs)
    target = Claim(ZERO, theorem.claim.relation, whole)
    return core.link(bounded(core.tower, target, [sign, theorem]))


def _points(core: Core, name: str, body: Term) -> list[Term]:
    """Points at which the function is not negative, those where it vanishes first."""
    domain = core.context[name].domain
    fixed = [v for v in (domain.lower, domain.upper) if v is not None]
    fixed += [Fraction(0), Fraction(1), Fraction(1, 2), Fraction(-1)]
    options = [num(v) for v in dict.fromkeys(fixed)]
    others = sorted(core.term.free - {name})
    for other in others:
        if other in core.context and core.context[other].kind == "scalar":
            options += [sym(other), neg(sym(other)), sub(num(1), sym(other))]
    for _, h in core.context.hypotheses:
        for c in (h, h.flipped()):
            if c.lhs == sym(name) and name not in c.rhs.free and c.relation not in ("=", "!="):
                options.append(c.rhs)
    zero, positive = [], []
    for option in dict.fromkeys(options):
        sign = _value_at(core, name, body, option)
        if sign == 0:
            zero.append(option)
        elif sign == 1:
            positive.append(option)
    return [*zero, *positive][:MAX_POINTS]


def _value_at(core: Core, name: str, body: Term, point: Term) -> int | None:
    """0 where the function vanishes at the point, 1 where it is positive, None otherwise."""
    if not _reachable(core, name, point):
        return None
    try:
        at = substitute(body, {name: point})
        values, sizes = core.samples.of(at), core.samples.size(at)
    except (Unsampled, KernelError):
        return None
    if not len(values) or not np.all(np.isfinite(values)):
        return None
    if np.all(np.abs(values) <= SMALL * (sizes + 1e-30)):
        return 0
    return 1 if np.all(values > -SMALL * sizes) else None


def _reachable(core: Core, name: str, point: Term) -> bool:
    """Whether a point lies in the closure of the symbol's domain at every sample."""
    domain = core.context[name].domain
    try:
        values = core.samples.of(point)
    except Unsampled:
        return False
    low = -np.inf if domain.lower is None else in_floats(domain.lower)
    high = np.inf if domain.upper is None else in_floats(domain.upper)
    return bool(np.all((values >= low) & (values <= high)))


def _tried(core: Core, name: str, body: Term, point: Term) -> Theorem | None:
    try:
        return _from_point(core, name, body, point)
    except Refine:
        raise
    except (KernelError, TermError, ContextError):
        return None


def _from_point(core: Core, name: str, body: Term, point: Term) -> Theorem | None:
    """``0 ⋈ f(x)`` from a start at the point, on the sides of it that x can lie on."""
    start = _start(core, name, body, point)
    if start is None:
        return None
    if core.strict and start.claim.relation != "<" and _inside(core, name, point):
        return None
    seen = core.samples.signs(sub(sym(name), point))
    if seen is None:
        return None
    below, above = seen
    proofs: dict[bool, Theorem] = {}
    for up, wanted in ((True, above), (False, below)):
        if not wanted:
            continue
        proof = _one_side(core, name, body, Branch(point, up), start)
        if proof is None:
            return None
        proofs[up] = proof
    if len(proofs) == 1:
        (proof,) = proofs.values()
        sides = {sym(name), point}
        return None if any({c.lhs, c.rhs} == sides for c in proof.conditions) else proof
    if not proofs:
        return None
    return _joined(core, name, point, proofs)


def _start(core: Core, name: str, body: Term, point: Term) -> Theorem | None:
    """``0 ⋈ f(c)``."""
    at = substitute(body, {name: point})
    core.tower.add(at)
    try:
        zero = core.tower.equation(ZERO, at)
    except KernelError:
        return core.prove(ZERO, core.relation, at)
    return rules.trans(rules.bound(core.context, Claim(ZERO, "<=", ZERO)), zero)


def _inside(core: Core, name: str, point: Term) -> bool:
    """Whether the point may be a value of the symbol."""
    value = rational(point)
    domain = core.context[name].domain
    if value is not None:
        return domain.contains(value)
    return not any(
        {c.lhs, c.rhs} == {sym(name), point} and c.relation in ("<", "!=", ">")
        for _, c in core.context.hypotheses
    )


def _joined(core: Core, name: str, point: Term, proofs: dict[bool, Theorem]) -> Theorem | None:
    """Both sides put together: ``x < c`` and ``c <= x``."""
    x = sym(name)
    low, high = Claim(x, "<", point), Claim(point, "<=", x)
    for side, case in ((False, low), (True, high)):
        for condition in list(proofs[side].conditions):
            if condition != case and {condition.lhs, condition.rhs} == {x, point}:
                weaker = rules.bound(core.context, condition, [case])
                proofs[side] = rules.discharge(proofs[side], weaker)
    if proofs[False].claim != proofs[True].claim:
        return None
    return rules.cases(low, proofs[False], proofs[True])


def _one_side(core: Core, name: str, body: Term, branch: Branch, start: Theorem) -> Theorem | None:
    """``0 ⋈ f(x)`` on one side of the point."""
    strict = core.strict and start.claim.relation != "<"
    closed = _growth(core, name, body, branch, closed=True, strict=strict)
    if closed is not None:
        risen = _risen(core, name, closed, branch.point, sym(name), branch.up)
        return rules.trans(start, risen) if risen is not None else None
    if not strict:
        return None
    closed = _growth(core, name, body, branch, closed=True, strict=False)
    if closed is None:
        return None
    opened = _growth(core, name, body, branch, closed=False, strict=True)
    if opened is None:
        return None
    middle = div(add(branch.point, sym(name)), num(2))
    first = _risen(core, name, closed, branch.point, middle, branch.up)
    second = _risen(core, name, opened, middle, sym(name), branch.up)
    if first is None or second is None:
        return None
    return rules.trans(rules.trans(start, first), second)


def _risen(
    core: Core, name: str, growth: Theorem, low: Term, high: Term, up: bool
) -> Theorem | None:
    """``f(low) ⋈ f(high)``, from the growth of f upwards, or of -f downwards."""
    ends = (low, high) if up else (high, low)
    known = monotone(core.context, growth, *ends)
    if not up:
        first, second = known.claim.rhs.args[0], known.claim.lhs.args[0]
        known = rules.combine(
            core.context, Claim(first, known.claim.relation, second), [known], [Fraction(1)]
        )
    known = sweep(known, core.tower)
    return core.prover.without_conditions(known, min(core.depth - 1, 1))


def _growth(
    core: Core, name: str, body: Term, branch: Branch, *, closed: bool, strict: bool
) -> Theorem | None:
    """``0 ⋈ diff(f, s)``, or of -f, for every s beyond the point."""
    inner, s = _beyond(core, name, branch, closed=closed)
    moved = substitute(body, {name: sym(s)})
    node = binder("diff", s, moved if branch.up else neg(moved), sym(s))
    same = unfold(inner, node)
    claim = Claim(ZERO, "<" if strict else "<=", same.claim.rhs)
    if core.prover.samples(inner).refutes(claim):
        return None
    if closed and strict:
        at = _value_at(replace(core, context=inner), s, same.claim.rhs, branch.point)
        if at == 0:
            return None
    shown = core.prover.prove(inner, claim, core.depth - 1)
    if shown is None:
        shown = _again(core, inner, s, same.claim.rhs, branch, strict=strict)
    if shown is None:
        return None
    whole = sweep(rules.trans(shown, rules.symmetry(same)), core.prover.tower(inner))
    for condition in list(whole.conditions):
        if s in condition.free and condition.relation != "=":
            proof = core.prover.prove(inner, condition, min(core.depth - 1, 2))
            if proof is None:
                return None
            whole = granted(whole, proof)
    return whole


def _again(
    core: Core, inner: Context, s: str, slope: Term, branch: Branch, *, strict: bool
) -> Theorem | None:
    """``0 ⋈ f'`` from the same point by the second derivative, f' being taken as it is."""
    depth = core.depth - 2
    if depth < 0 or (not branch.up and strict):
        return None
    tower = core.prover.tower(inner)
    below = Core(core.prover, inner, tower, slope, strict, depth)
    if _value_at(below, s, slope, branch.point) is None:
        return None
    return _tried(below, s, slope, branch.point)


def _beyond(core: Core, name: str, branch: Branch, *, closed: bool) -> tuple[Context, str]:
    """The context with a new symbol that ranges from the point on, in the domain of the old one."""
    context = core.context
    domain, value = context[name].domain, rational(branch.point)
    s = fresh_name("s", {d.name for d in context} | core.term.free)
    low, low_open = domain.lower, domain.lower_open
    high, high_open = domain.upper, domain.upper_open
    if value is not None and branch.up:
        low, low_open = value, not closed
    elif value is not None:
        high, high_open = value, not closed
    spread = replace(
        domain,
        lower=low,
        upper=high,
        lower_open=low is None or low_open,
        upper_open=high is None or high_open,
        integer=False,
        nonzero=False,
    )
    inner = context.declare(s, spread)
    relation: Relation = "<=" if closed else "<"
    if value is None:
        ends = (branch.point, sym(s)) if branch.up else (sym(s), branch.point)
        inner = inner.assume(f"{s} is beyond", Claim(ends[0], relation, ends[1]))
    tied = False
    for label, h in context.hypotheses:
        moved = _moved(core, name, s, h, branch.point)
        if moved is not None:
            inner = inner.assume(f"{label} for {s}", moved)
        tied = tied or (moved is None and name in h.free)
    if tied:
        ends = (sym(s), sym(name)) if branch.up else (sym(name), sym(s))
        inner = inner.assume(f"{s} is between", Claim(ends[0], "<=", ends[1]))
    return inner, s


def _moved(core: Core, name: str, s: str, h: Claim, point: Term) -> Claim | None:
    """A hypothesis that bounds the old symbol, said of the new one, when the point satisfies it."""
    c = h.oriented()
    sides = [side for side in (c.lhs, c.rhs) if name in side.free]
    if sides != [sym(name)] or c.relation not in ("<", "<="):
        return None
    at = c.substitute({name: point})
    if at.lhs == at.rhs or core.samples.refutes(at) or not _holds(core.samples, at):
        return None
    return c.substitute({name: sym(s)})


def _holds(samples: Samples, claim: Claim) -> bool:
    try:
        gap = samples.of(sub(claim.rhs, claim.lhs))
    except Unsampled:
        return False
    return bool(np.all(gap > 0 if claim.relation == "<" else gap >= 0))
