"""Integrals over declared spaces: combinations of those of which the hypotheses speak.

Nothing is known of a space but that its integral is linear and keeps the order. So an integral exists,
and has a value, when its integrand is a combination of integrands that hypotheses speak of, with factors
that are free of the variable. A hypothesis ``for all x`` is used at the terms that occur.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import product as choices
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.definedness import parts
from derive.kernel.schemas import schema
from derive.kernel.theorem import KernelError, Theorem
from derive.search.combinations import combination
from derive.search.linearity import linear, ranges, weighted
from derive.search.spaces_matrices import matrix_value
from derive.terms.context import Claim, Context
from derive.terms.heads import DIVERGENCES
from derive.terms.shapes import is_matrix
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import Term, mul, num, subterms, sym

if TYPE_CHECKING:
    from derive.search.tower import Tower

MAX_POINTS: Final = 12
MAX_REMEMBERED: Final = 512
_OPEN: Final[ContextVar[bool]] = ContextVar("open", default=False)
"""Whether an integral is being written by others: those inside stay as they are."""

ONE: Final = num(1)


def over_space(tower: Tower, term: Term) -> None:
    """The step of the tower for an integral over a space."""
    known = value(tower.context, term)
    if known is not None:
        tower.rewrite(known)


def value(context: Context, node: Term) -> Theorem | None:
    """``node = c1*Int f1 + ...`` with integrals that exist by hypothesis, or None.

    It may say no more than ``node = 1*node``: then it shows that the integral exists.
    """
    return _value(context, node, _OPEN.get())


@lru_cache(maxsize=MAX_REMEMBERED)
def _value(context: Context, node: Term, inside: bool) -> Theorem | None:
    known = list(integrals_known(context, node))
    own = next((k for k in known if k.node == node), None)
    if own is not None and (own.valued is not None or inside):
        return own.theorem()
    token = _OPEN.set(True)
    try:
        found = _by_others(context, node, [k for k in known if k is not own])
    finally:
        _OPEN.reset(token)
    return found if found is not None or own is None else own.theorem()


def _by_others(context: Context, node: Term, known: list[Known]) -> Theorem | None:
    """As a combination of other integrals of which hypotheses speak."""
    if _has_matrices(context, node.args[0]):
        try:
            return matrix_value(context, node, known)
        except KernelError:
            return None
    name = fresh_name(node.payload, {d.name for d in context}.union(*(a.free for a in node.args)))
    inner, x = context.declare(name), sym(name)
    body = substitute(node.args[0], {node.payload: x})
    bodies = [substitute(k.node.args[0], {k.node.payload: x}) for k in known]
    try:
        found = combination(inner, body, bodies, name)
        if found is None:
            return None
        chosen = [known[i].theorem() for i in found]
        factors = list(found.values())
        same = everywhere(inner, body, weighted(chosen, factors, x))
        return linear(node, same, chosen, factors)
    except KernelError:
        return None


def _has_matrices(context: Context, term: Term) -> bool:
    """Whether a term, its definitions written out, has a matrix in it."""
    for part in subterms(term):
        if part.head == "matmul" or (part.head in ("call", "sym") and is_matrix(context, part)):
            return True
        definition = context.definition_of(part)
        if definition is not None and _has_matrices(context, definition.body):
            return True
    return False


def everywhere(inner: Context, lhs: Term, rhs: Term) -> Theorem:
    """``lhs = rhs`` for every value of the last name of a context. Raises KernelError."""
    from derive.search.integrals import equal

    theorem, name = equal(inner, lhs, rhs), inner.symbols[-1].name
    if open_ := [c for c in theorem.conditions if name in c.free]:
        raise KernelError(f"{theorem.claim} needs {open_[0]} at every point")
    return theorem


def existence(context: Context, term: Term) -> list[Theorem]:
    """Theorems that speak of each integral in a term, where they are found."""
    from derive.search.integrals import evaluated
    from derive.search.laws import names_law
    from derive.search.laws import value as law_value

    out = []
    for node in dict.fromkeys(parts(term)):
        found: Theorem | None = None
        if node.head == "over":
            found = value(context, node)
        elif node.head == "int":
            found = evaluated(context, node)
        elif node.head == "mean" or (node.head == "call" and node.payload in DIVERGENCES):
            found = law_value(context, node) if names_law(node) else None
        elif context.definition_of(node) is not None:
            definition = context.definition_of(node)
            assert definition is not None
            out += existence(context, definition.apply(node.args))
        if found is not None:
            out.append(found)
    return out


@dataclass(frozen=True)
class Known:
    """An integral of which a theorem speaks; with the theorem that gives its value, where one does."""

    context: Context
    node: Term
    speaking: Theorem
    valued: Theorem | None

    def theorem(self) -> Theorem:
        """``node = v``, or no more than ``node = 1*node``. Raises KernelError."""
        if self.valued is not None:
            return self.valued
        return _exists(self.context, self.node, self.speaking)


def integrals_known(context: Context, node: Term) -> Iterator[Known]:
    """The integrals over the space of a node of which the hypotheses speak, each once."""
    seen: set[Term] = set()
    for theorem in _statements(context, node):
        for other, known in _sides(theorem):
            if other.head == "over" and other.args[1] == node.args[1] and other not in seen:
                seen.add(other)
                yield Known(context, other, theorem, known)


def _sides(theorem: Theorem) -> Iterator[tuple[Term, Theorem | None]]:
    """The integrals of a theorem; with the theorem itself where it gives the value of one."""
    claim = theorem.claim
    whole = {claim.lhs: theorem}
    if claim.relation == "=":
        whole.setdefault(claim.rhs, rules.symmetry(theorem))
        if claim.lhs.head == claim.rhs.head == "over" or claim.lhs == claim.rhs:
            whole = {}
    else:
        whole = {}
    for side in (claim.lhs, claim.rhs):
        for part in parts(side):
            yield part, whole.get(part)


def _exists(context: Context, node: Term, theorem: Theorem) -> Theorem:
    """``node = 1*node``, from a theorem that speaks of the node."""
    name = fresh_name(node.payload, {d.name for d in context} | node.free)
    body = substitute(node.args[0], {node.payload: sym(name)})
    letters = {**ranges(node), "c": ((), ONE), "f": ((name,), body)}
    scaled = schema(context, "space_multiple", letters, (), [theorem])
    inner = context.declare(name)
    same = rules.ring(inner, body, mul(ONE, body), existence(inner, body))
    if any(name in c.free for c in same.conditions):
        same = everywhere(inner, body, mul(ONE, body))
    both = {**ranges(node), "f": ((name,), body), "g": ((name,), mul(ONE, body))}
    equal = schema(context, "space_equal", both, [same], [scaled])
    return rules.trans(equal, scaled)


def _statements(context: Context, node: Term) -> Iterator[Theorem]:
    """The hypotheses, those ``for all x`` at the points that occur in the node."""
    for name, claim in context.hypotheses:
        if claim.lhs.head != "fun":
            yield rules.hypothesis(context, name)
        else:
            yield from instances(context, name, claim, node)


def instances(context: Context, name: str, claim: Claim, node: Term) -> Iterator[Theorem]:
    """A hypothesis ``for all x`` at the points of a term, a few of them."""
    count = 0
    left = claim.lhs
    while left.head == "fun":
        count, left = count + 1, left.args[0]
    points = _points(node)
    if len(points) ** count > MAX_POINTS**2:
        return
    for chosen in choices(points, repeat=count):
        theorem = rules.hypothesis(context, name)
        try:
            for point in chosen:
                theorem = at_point(theorem, point)
        except KernelError:
            continue
        yield theorem


def at_point(theorem: Theorem, point: Term) -> Theorem:
    """``f(t) = g(t)`` from ``for all x: f(x) = g(x)``. Raises KernelError."""
    left, right = theorem.claim.lhs, theorem.claim.rhs
    if left.head != "fun" or right.head != "fun":
        raise KernelError(f"{theorem.claim} is not about functions")
    letters = {"f": ((left.payload,), left.args[0]), "g": ((right.payload,), right.args[0])}
    shown = schema(theorem.context, "at_point", {**letters, "t": ((), point)})
    return rules.discharge(shown, theorem)


def _points(node: Term) -> Sequence[Term]:
    """Numbers to which functions are applied in a term, free of what it binds."""
    bound = {t.payload for t in subterms(node) if t.head in ("over", "int", "sum", "prod", "fun")}
    found = [
        argument
        for t in subterms(node)
        if t.head in ("call", "dens")
        for argument in t.args
        if argument.head != "dist" and argument.free and not argument.free & bound
    ]
    return list(dict.fromkeys(found))[:MAX_POINTS]
