"""Search for the values of definite integrals.

The integrand is written as a combination of derivatives of pieces; the kernel integrates each piece by
the fundamental theorem, with limits where an end is infinite, and adds them up. Before that, integrals
that hypotheses give are used; after that an interval is split where the integrand has a kink, an integral
over the positive numbers is turned into one over all of them, and SymPy is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from derive.kernel import integrals, rules
from derive.kernel.integrals import ENDS
from derive.kernel.theorem import KernelError, Theorem
from derive.kernel.unfolding import unfold
from derive.search.antiderivatives import Combination, Piece, combination, in_powers, plain
from derive.search.conditions import discharge_all
from derive.search.limits import between, equation, limit, tower_of
from derive.search.linearity import joined, linear, weighted
from derive.search.moments import (
    by_given,
    by_letters,
    by_log_normal,
    by_logarithm,
    by_one_exponential,
    by_roots,
)
from derive.search.polynomials import scaled
from derive.search.scopes import left_aside
from derive.terms.context import Claim, Context
from derive.terms.substitution import fresh_name, substitute
from derive.terms.term import (
    Term,
    TermError,
    binder,
    div,
    mul,
    neg,
    num,
    rebuild,
    sub,
    subterms,
    sym,
    total,
)

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO, ONE = num(0), num(1)
MAX_DEPTH: Final = 6
MAX_REMEMBERED: Final = 256

_open: list[Term] = []
"""The integrals that are being worked on: a hypothesis about one must not call for it again."""


def integral(tower: Tower, term: Term) -> None:
    """The step of the tower for an integral: its value, when one is found."""
    if any(term in (c.lhs, c.rhs) for _, c in tower.context.hypotheses):
        return
    if term in _open:
        return
    known = evaluated(tower.context, term)
    if known is not None:
        tower.rewrite(known)


def evaluated(context: Context, term: Term) -> Theorem | None:
    """A theorem ``term = value`` for an integral, or None; what was found before is remembered."""
    return _remembered(context, term, tuple(_open), left_aside())


@lru_cache(maxsize=MAX_REMEMBERED)
def _remembered(context: Context, term: Term, _around: object, _aside: object) -> Theorem | None:
    """A claim is tried in several ways, each of which meets the same integrals."""
    _open.append(term)
    try:
        return integral_value(context, term)
    finally:
        _open.pop()


def integral_value(context: Context, node: Term, depth: int = 0) -> Theorem | None:
    """A theorem ``node = value`` with an integral on the left, or None. It may carry conditions."""
    if depth > MAX_DEPTH or any(_misplaced(end, place) for place, end in enumerate(node.args[1:])):
        return None
    taken = {d.name for d in context}.union(*(a.free for a in node.args))
    name = fresh_name(node.payload, taken)
    ends = node.args[1:]
    body = substitute(node.args[0], {node.payload: sym(name)})
    work = Work(context, node, name, ends, body, depth)
    from derive.search.gaussians import by_normals

    for attempt in (
        work.by_hypotheses,
        partial(by_given, work),
        partial(by_roots, work),
        partial(by_letters, work),
        partial(by_normals, work),
        partial(by_log_normal, work),
        work.by_table,
        partial(by_one_exponential, work),
        work.by_splitting,
        partial(by_logarithm, work),
        work.by_sympy,
    ):
        try:
            found = attempt()
        except (KernelError, TermError):
            continue
        if found is not None:
            return found
    return None


def _misplaced(end: Term, place: int) -> bool:
    """Whether an infinite end stands on the wrong side."""
    return any(part.head == "oo" for part in subterms(end)) and end != ENDS[place]


class Work:
    """One integral: its variable under a name of its own, its ends, its integrand."""

    def __init__(
        self,
        context: Context,
        node: Term,
        name: str,
        ends: tuple[Term, ...],
        body: Term,
        depth: int,
    ) -> None:
        self.context, self.node, self.name = context, node, name
        self.ends, self.body, self.depth = ends, body, depth
        self.inner = between(context, name, ends)
        self.x = sym(name)

    def by_hypotheses(self) -> Theorem | None:
        """As multiples of integrals that hypotheses give, and what is left over by another way."""
        given = list(self.given())
        if not given:
            return None
        known: list[Theorem] = []
        factors: list[Term] = []
        left = []
        for c, unit in tower_of(self.inner, self.body).form(self.body).summands():
            summand = scaled(c, unit)
            for theorem in given:
                factor = self._multiple(summand, theorem)
                if factor is not None:
                    known.append(theorem)
                    factors.append(factor)
                    break
            else:
                left.append(summand)
        if not known:
            return None
        if left:
            node = binder("int", self.name, total(left), *self.ends)
            rest = integral_value(self.context, node, self.depth + 1)
            if rest is None:
                return None
            known.append(rest)
            factors.append(ONE)
        return self.from_parts(known, factors)

    def given(self) -> Iterator[Theorem]:
        """The integrals over this range that hypotheses give, as they are and after a substitution by
        the argument of a function."""
        for name, claim in self.context.hypotheses:
            theorem = rules.hypothesis(self.context, name)
            for side in (claim, claim.flipped()):
                if claim.relation != "=" or side.lhs.head != "int":
                    continue
                if not self._may_use(side.lhs.args[0]):
                    continue
                known = theorem if side is claim else rules.symmetry(theorem)
                if side.lhs.args[1:] == self.ends:
                    yield known
                for u in self._arguments():
                    try:
                        yield self._moved(known, u)
                    except KernelError:
                        continue

    def _may_use(self, body: Term) -> bool:
        """Whether the integrand may be about what another one is about: the same functions.

        A function that a hypothesis gives at every point may stand there without being named.
        """
        if any(c.lhs.head == "fun" for _, c in self.context.hypotheses):
            return True
        return self._functions(body) <= self._functions(self.body)

    def _functions(self, body: Term) -> set[str]:
        """The functions without a definition that a term speaks of, if only through definitions."""
        context = self.context
        names = body.free.union(*(context.depends(n) for n in body.free))
        own = (n for n in names if n in context and context[n].kind == "function")
        return {n for n in own if context.definition(n) is None}

    def _arguments(self) -> Iterator[Term]:
        """Arguments of declared functions in the integrand."""
        for part in subterms(self.body):
            if part.head == "call" and part.payload in self.context:
                yield from (a for a in part.args if a != self.x and self.name in a.free)

    def _moved(self, known: Theorem, u: Term) -> Theorem:
        """A known integral after the substitution ``y = u`` with u affine in x."""
        line = in_powers(u, self.x)
        if max(line) != 1:
            raise KernelError("integrals: only affine substitutions are tried")
        ends, slope = known.claim.lhs.args[1:], binder("diff", self.name, u, self.x)
        outer = between(self.context, self.name, ends)
        inverse = div(sub(self.x, line.get(0, ZERO)), line[1])
        onto = equal(outer, substitute(u, {self.name: inverse}), self.x)
        back = [onto, *(need(outer, c) for c in integrals.inside(inverse, self.ends))]
        falls = _shown(self.inner, Claim(line[1], "<", ZERO)) is not None
        goal = Claim(ZERO, "<", neg(slope) if falls else slope)
        forth = [goal, *integrals.inside(u, ends)]
        shown = [need(self.inner, c) for c in forth]
        return integrals.substitution(known, self.ends, shown, back, inverse)

    def _multiple(self, summand: Term, known: Theorem) -> Term | None:
        """How many times the integrand of a known integral the summand is."""
        node = known.claim.lhs
        other = substitute(node.args[0], {node.payload: self.x})
        ratio = div(summand, other)
        factor = tower_of(self.inner, summand, other).form(ratio).term()
        return None if self.name in factor.free else factor

    def by_table(self) -> Theorem | None:
        """As a combination of pieces with derivatives in the table."""
        return self._combined(_read(self.inner, self.body, self.name))

    def _combined(self, parts: Combination | None) -> Theorem | None:
        if parts is None:
            return None
        parts = parts or [(ONE, Piece("closed", ZERO))]
        closed = [(c, p) for c, p in parts if self._closed(p)]
        if closed:
            whole = total([mul(c, p.term) for c, p in closed])
            parts = [cp for cp in parts if cp not in closed] + [(ONE, Piece("closed", whole))]
        known = [self._piece(piece) for _, piece in parts]
        return self.from_parts(known, [c for c, _ in parts])

    def _closed(self, piece: Piece) -> bool:
        """Whether a piece is defined at both ends."""
        if piece.kind == "closed":
            return True
        return all(
            end != infinite and limit(self.context, piece, self.name, self.ends, place) is None
            for place, (end, infinite) in enumerate(zip(self.ends, ENDS, strict=True))
        )

    def _piece(self, piece: Piece) -> Theorem:
        """The integral of the derivative of a piece."""
        limits = [limit(self.context, piece, self.name, self.ends, place) for place in (0, 1)]
        slope = unfold(self.inner, binder("diff", self.name, piece.term, self.x))
        shown = discharged(slope, self.inner)
        return integrals.antiderivative(self.context, shown, self.ends, limits)

    def from_parts(self, known: list[Theorem], factors: list[Term]) -> Theorem:
        """The value, when the integrand is a combination of others over the same range."""
        same, tower = equation(self.inner, self.body, weighted(known, factors, self.x))
        same = _within(discharge_all(same, tower), self.name)
        return linear(self.node, same, known, factors)

    def within(self, theorem: Theorem) -> Theorem:
        """The theorem without those conditions on the variable that its range implies."""
        return _within(theorem, self.name)

    def by_splitting(self) -> Theorem | None:
        """Where the argument of an absolute value changes its sign."""
        for point in self._kinks():
            halves = [(self.ends[0], point), (point, self.ends[1])]
            if any(end == point for end in self.ends):
                continue
            parts = [
                integral_value(
                    self.context, rebuild(self.node, (self.node.args[0], *half)), self.depth + 1
                )
                for half in halves
            ]
            if parts[0] is not None and parts[1] is not None:
                return joined(parts[0], parts[1])
        return None

    def _kinks(self) -> Iterator[Term]:
        tower = tower_of(self.inner, self.body)
        form = tower.form(self.body)
        for atom in form.atoms:
            for part in subterms(atom):
                if part.head == "call" and part.payload == "abs" and self.name in part.free:
                    line = in_powers(part.args[0], self.x)
                    if max(line) == 1:
                        yield plain(neg(div(line.get(0, ZERO), line[1])))

    def by_sympy(self) -> Theorem | None:
        """With an antiderivative that SymPy proposes, defined at both ends."""
        from derive.search.proposals import antiderivative

        if any(end == infinite for end, infinite in zip(self.ends, ENDS, strict=True)):
            return None
        for form in (self.body, tower_of(self.inner, self.body).form(self.body).term()):
            proposed = antiderivative(self.inner, form, self.name)
            if proposed is not None:
                return self._combined([(ONE, Piece("closed", proposed))])
        return None


def equal(context: Context, lhs: Term, rhs: Term) -> Theorem:
    """A proof of an equation in a context with a bound variable. Raises KernelError."""
    theorem, tower = equation(context, lhs, rhs)
    return _within(discharge_all(theorem, tower), context.symbols[-1].name)


def _read(context: Context, body: Term, name: str) -> Combination | None:
    return combination(tower_of(context, body), body, name)


def discharged(theorem: Theorem, context: Context) -> Theorem:
    """The theorem without the conditions that hold in its context."""
    if not theorem.conditions:
        return theorem
    tower = tower_of(context, theorem.claim.lhs, theorem.claim.rhs)
    return _within(discharge_all(theorem, tower), theorem.context.symbols[-1].name)


def _within(theorem: Theorem, name: str) -> Theorem:
    """The theorem without those conditions on a variable that its range implies."""
    for claim in sorted((c for c in theorem.conditions if name in c.free), key=str):
        proof = _shown(theorem.context, claim)
        if proof is not None and claim not in proof.conditions:
            theorem = rules.discharge(theorem, proof)
    return theorem


def need(context: Context, claim: Claim) -> Theorem:
    """A proof of a claim. Raises KernelError when none is found."""
    found = _shown(context, claim)
    if found is None:
        raise KernelError(f"integrals: {claim} is not known")
    return found


def _shown(context: Context, claim: Claim) -> Theorem | None:
    """A proof of an order claim, or of a ``≠`` from one of the two orders."""
    from derive.search.order import prove_order

    turned = [Claim(claim.lhs, "<", claim.rhs), Claim(claim.rhs, "<", claim.lhs)]
    for goal in turned if claim.relation == "!=" else [claim]:
        try:
            theorem, tower = prove_order(context, goal)
            theorem = discharge_all(theorem, tower)
            if goal == claim:
                return theorem
            times = 1 if goal is turned[0] else -1
            return rules.combine(context, claim, [theorem], [Fraction(times)])
        except KernelError:
            continue
    return None
