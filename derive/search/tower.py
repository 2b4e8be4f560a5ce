"""Search for equalities: rewrite both sides over one set of generators.

Every exponential, logarithm, root, angle and absolute value met on the way is expressed through simple
generators, each by a theorem of the kernel. Those theorems become the rewrites and relations with
which `derive.kernel.rules.ring` then decides the equation. A root or an exponential met later may
need a finer generator than one chosen before; then the tower is built again with the finer one.
"""

from __future__ import annotations

from typing import Any, Final

from derive.kernel import rules
from derive.kernel.bounds import Bounds, checker
from derive.kernel.normal import Ring, literal_exponent
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Choices, Refine
from derive.search.hypotheses import plain_hypotheses, use_hypotheses
from derive.search.inverses import by_multiplying
from derive.search.polynomials import Fractional, Roots, lowered, normal_form, polynomial_term
from derive.search.scopes import left_aside
from derive.search.steps import step_for
from derive.search.words import Cancellation
from derive.terms.context import Context
from derive.terms.heads import BINDERS
from derive.terms.shapes import is_matrix
from derive.terms.term import Term, neg, num, power, sub, subterms

MAX_RESTARTS: Final = 12
MAX_FACTS: Final = 3_000
MAX_ANGLES: Final = 2
MAX_MULTIPLIED: Final = 2


class Tower:
    """Generators for the terms added so far, as kernel theorems.

    With ``split`` a logarithm of a product is taken apart even where the signs of the factors are
    unknown; the signs then become conditions. A ``nested`` tower stands for terms under a binder; it
    leaves aside the hypotheses that have binders themselves.
    """

    def __init__(
        self, context: Context, choices: Choices, *, split: bool, nested: bool = False
    ) -> None:
        self.context = context
        self.choices = choices
        self.split = split
        self.nested = nested
        self.rewrites: list[Theorem] = []
        self.relations: list[Theorem] = []
        self._ring: Ring | None = None
        self.lemmas: list[Theorem] = []
        self.cancellations: dict[tuple[Term, Term, bool], list[Cancellation]] = {}
        self.given: list[Cancellation] = []
        self.nonzero: list[Theorem] = []
        self.bounds = checker(context)
        self._learnt = 0
        self._signs: dict[tuple[Term, int], int] = {}
        self.unshown: dict[object, object] = {}
        self.done: set[Term] = set()
        self._use_hypotheses()

    def manner(self) -> object:
        """What else than context and choices the generators depend on."""
        return self.split, self.nested, left_aside()

    def _use_hypotheses(self) -> None:
        """`use_hypotheses`, remembered for the context, since towers over one context are many."""
        context = self.context
        if not context.hypotheses or not plain_hypotheses(context):
            use_hypotheses(self)
            return
        key = use_hypotheses, self.manner(), self.choices.whole()
        known = context._memo.get(key)
        if known is not None:
            self.restore(known)
            return
        use_hypotheses(self)
        context._memo[key] = self.kept()

    def kept(self) -> tuple[Any, ...]:
        """Everything that the tower knows, for `restore`."""
        lists = self.rewrites, self.relations, self.lemmas, self.given, self.nonzero
        found = {key: list(parts) for key, parts in self.cancellations.items()}
        return (
            tuple(list(x) for x in lists),
            found,
            set(self.done),
            (self.bounds, self._learnt),
            self.choices.copy(),
        )

    def restore(self, kept: tuple[Any, ...]) -> None:
        """Know what was known, and nothing else."""
        lists, found, done, (self.bounds, self._learnt), choices = kept
        self.rewrites, self.relations, self.lemmas, self.given, self.nonzero = map(list, lists)
        self.cancellations = {key: list(parts) for key, parts in found.items()}
        self.done = set(done)
        self.choices.become(choices)
        self._ring = None
        self._signs, self.unshown = {}, {}

    def add(self, term: Term) -> None:
        """Make the generators for a term and everything in it."""
        if term in self.done:
            return
        self.done.add(term)
        if len(self.rewrites) > MAX_FACTS:
            raise KernelError("tower: the expression needs too many generators")
        if term.head not in BINDERS:
            for arg in term.args:
                self.add(arg)
        step = step_for(self, term)
        if step is not None:
            step(self, term)

    def inside(self, context: Context, choices: Choices | None = None) -> Tower:
        """A tower with the same choices, or with others, for terms under a binder."""
        return Tower(context, choices or self.choices, split=self.split, nested=True)

    def ring(self) -> Ring:
        """Normal forms modulo the rewrites so far."""
        if self._ring is None or len(self._ring.rewrites) != len(self.rewrites):
            self._ring = Ring([(t.claim.lhs, t.claim.rhs) for t in self.rewrites])
        return self._ring

    def form(self, term: Term) -> Fractional:
        """The normal form of a term over the generators so far, powers of roots written out."""
        ring = self.ring()
        return lowered(ring, term, self.roots())

    def factors(self, term: Term) -> list[tuple[Term, int]]:
        """The factors of a term's normal form, sine or cosine being eliminated where that is plainer."""
        ring = self.ring()
        choices = self._eliminations()
        form = lowered(ring, term, choices[0])
        if len(choices) == 1:
            return form.factors()
        out: dict[Term, int] = {}
        for part, direction in ((form.top, 1), (form.bottom, -1)):
            plain = polynomial_term(part, form.atoms)
            found = [lowered(ring, plain, roots).factors() for roots in choices]
            for base, exponent in min(found, key=lambda fs: sum(base.size for base, _ in fs)):
                out[base] = out.get(base, 0) + direction * exponent
        return [(base, exponent) for base, exponent in out.items() if exponent]

    def _eliminations(self) -> list[Roots]:
        """Ways to lower powers: the roots alone, and with the square of a sine or a cosine gone."""
        choices: list[Roots] = [self.roots()]
        for relation in self.relations[-MAX_ANGLES:]:
            if relation.rule == "fact" and relation.data[0] == "pythagoras":
                sine, cosine = (square.args[0] for square in relation.claim.lhs.args)
                pairs = ((sine, cosine), (cosine, sine))
                choices += [
                    {**old, gone: (2, sub(num(1), power(kept, num(2))))}
                    for old in choices
                    for gone, kept in pairs
                ]
        return choices

    def learn(self, theorem: Theorem) -> None:
        """Keep the fact that something is positive or not negative."""
        self.lemmas.append(theorem)
        wider = Bounds(self.context)
        wider.known = dict(self.bounds.known)
        for lemma in self.lemmas[self._learnt :]:
            wider.learn(lemma.claim)
        self.bounds, self._signs, self._learnt = wider, {}, len(self.lemmas)

    def roots(self) -> Roots:
        """What a power of an atom equals, by the relations ``atom**n = term``."""
        found = {}
        for relation in self.relations:
            lhs = relation.claim.lhs
            degree = literal_exponent(lhs) if lhs.head == "pow" else None
            if degree is not None and degree > 1:
                found[lhs.args[0]] = degree, relation.claim.rhs
        return found

    def equation(self, lhs: Term, rhs: Term) -> Theorem:
        """The kernel's theorem that two terms have one normal form."""
        return rules.ring(self.context, lhs, rhs, self.rewrites, self.relations)

    def rewrite(self, theorem: Theorem) -> None:
        """Adopt ``atom = term`` after making the generators for the term."""
        self.add(theorem.claim.rhs)
        self.done.add(theorem.claim.lhs)
        self.rewrites.append(theorem)

    def adopt(self, theorem: Theorem) -> None:
        """Adopt ``atom = term``, generators both, before the rewrites that were made with the atom.

        A rewrite sees only those before it.
        """
        atom, inside = theorem.claim.lhs, set(subterms(theorem.claim.rhs))
        last = max((i for i, t in enumerate(self.rewrites) if t.claim.lhs in inside), default=-1)
        place = len(self.rewrites)
        for i, earlier in enumerate(self.rewrites):
            if i > last and any(part == atom for part in subterms(earlier.claim.rhs)):
                place = i
                break
        self.done.add(atom)
        self.rewrites.insert(place, theorem)
        self._ring = None

    def sign(self, term: Term) -> int:
        """1 or -1 when the term is known to be positive or negative, 0 otherwise."""
        interval = self.bounds.of(term)
        if interval.positive or interval.negative:
            return 1 if interval.positive else -1
        if not self.lemmas or not term.free:
            return 0
        key = term, len(self.lemmas)
        known = self._signs.get(key)
        if known is None:
            known = next((s for s in (1, -1) if self._above_a_lemma(term, s)), 0)
            self._signs[key] = known
        return known

    def _above_a_lemma(self, term: Term, sign: int) -> bool:
        """Whether ``sign*term`` is at least something that a hypothesis says to be positive."""
        for lemma in self.lemmas:
            rest = sub(term if sign > 0 else neg(term), lemma.claim.rhs)
            interval = self.bounds.of(normal_form(Ring(), rest).term())
            if interval.positive or (interval.nonnegative and lemma.claim.relation == "<"):
                return True
        return False


def prove_equal(
    context: Context, lhs: Term, rhs: Term, deep: int = MAX_MULTIPLIED
) -> tuple[Theorem, Tower]:
    """Search for a theorem ``lhs = rhs``; it may carry conditions.

    Returns the theorem and the tower that led to it. Raises KernelError when none is found. An equation
    of matrices may be multiplied ``deep`` times by the inside of an inverse.
    """
    failure = KernelError("tower: no attempt was made")
    for split in (False, True):
        choices = Choices()
        for _ in range(MAX_RESTARTS):
            try:
                tower = Tower(context, choices, split=split)
                tower.add(lhs)
                tower.add(rhs)
                if deep and is_matrix(context, lhs):
                    return _equal_matrices(tower, lhs, rhs, deep)
                return tower.equation(lhs, rhs), tower
            except Refine:
                continue
            except KernelError as error:
                failure = error
                break
    raise failure


def _equal_matrices(tower: Tower, lhs: Term, rhs: Term, deep: int) -> tuple[Theorem, Tower]:
    def prove(a: Term, b: Term) -> tuple[Theorem, Tower]:
        return prove_equal(tower.context, a, b, deep - 1)

    try:
        return tower.equation(lhs, rhs), tower
    except KernelError:
        return by_multiplying(tower, lhs, rhs, prove)
