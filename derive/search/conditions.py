"""Search for proofs of side conditions: bounds of the term itself, or of its factors."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.kernel import rules
from derive.kernel.normal import Ring, remainder
from derive.kernel.theorem import KernelError, Theorem
from derive.search.choices import Refine
from derive.search.polynomials import Fractional, normal_form, number
from derive.search.positivity import positive_polynomial
from derive.search.scopes import left_aside
from derive.search.stated import by_hypothesis
from derive.terms.context import Claim, Context
from derive.terms.term import Term, TermError, neg, num, power, product, rational, sub

if TYPE_CHECKING:
    from derive.search.tower import Tower

ZERO = num(0)


def discharge_all(theorem: Theorem, tower: Tower) -> Theorem:
    """Discharge every condition that can be shown, then say the rest as simply as possible."""
    theorem = sweep(theorem, tower)
    for _ in range(2):
        theorem = sweep(_simplified(theorem, tower), tower)
    return theorem


def _simplified(theorem: Theorem, tower: Tower) -> Theorem:
    """The theorem with each condition replaced by simpler ones from which it follows."""
    kept: list[Claim] = []
    for claim in sorted(theorem.conditions, key=_simplicity):
        proof = _from_assumed(claim, kept, tower)
        if proof is None:
            kept.append(claim)
        elif claim in theorem.conditions:
            theorem = rules.discharge(theorem, proof)
            kept += [c for c in proof.conditions if c not in kept]
    return theorem


def _simplicity(claim: Claim) -> tuple[int, int, str]:
    return claim.lhs.size + claim.rhs.size, claim.relation != "<", str(claim)


def sweep(theorem: Theorem, tower: Tower) -> Theorem:
    """Discharge every condition that bounds of one of its forms show."""
    tried: set[Claim] = set()
    while todo := sorted(theorem.conditions - tried, key=_simplicity):
        for claim in todo:
            tried.add(claim)
            proof = show(claim, tower)
            if proof is not None and claim not in proof.conditions and claim in theorem.conditions:
                theorem = rules.discharge(theorem, proof)
    return theorem


def show(claim: Claim, tower: Tower, assumed: tuple[Claim, ...] = ()) -> Theorem | None:
    """A theorem for an order claim or ``≠``, by bounds or by a hypothesis; None when not found."""
    if claim.relation == "=":
        return _existing(claim, tower.context)
    claim = claim.oriented()
    for known in tower.nonzero:
        if known.claim == claim:
            return known
    if tower.unshown.get((claim, assumed)) == _state(tower):
        return None
    steady = True
    for attempt in (_directly, _as_stated, _by_factors):
        try:
            return attempt(claim, tower, assumed)
        except (KernelError, TermError) as error:
            steady = steady and not isinstance(error, Refine)
    if steady:
        tower.unshown[claim, assumed] = _state(tower)
    return None


def _existing(claim: Claim, context: Context) -> Theorem | None:
    """``t = t``, from what is known of an integral."""
    from derive.search.spaces import existence

    if claim.lhs != claim.rhs:
        return None
    try:
        for known in existence(context, claim.lhs):
            if known.claim.relation == "=" and claim.lhs in (known.claim.lhs, known.claim.rhs):
                back = rules.symmetry(known)
                there = known if known.claim.lhs == claim.lhs else back
                return rules.trans(there, back if there is known else known)
    except KernelError:
        return None
    return None


def _state(tower: Tower) -> tuple[object, ...]:
    """Something that differs once the tower knows more."""
    return len(tower.rewrites), len(tower.relations), len(tower.lemmas), left_aside()


def _directly(claim: Claim, tower: Tower, assumed: tuple[Claim, ...]) -> Theorem:
    return rules.bound(tower.context, claim, assumed)


def _as_stated(claim: Claim, tower: Tower, _assumed: tuple[Claim, ...]) -> Theorem:
    return by_hypothesis(tower.context, claim)


def _by_factors(claim: Claim, tower: Tower, assumed: tuple[Claim, ...]) -> Theorem:
    """Show the sign of ``rhs - lhs`` (or of ``lhs - rhs`` for ``≠``) from a factored form."""
    context = tower.context
    apart = claim.relation == "!="
    first, second = (claim.lhs, claim.rhs) if apart else (claim.rhs, claim.lhs)
    gap = first if second == ZERO else sub(first, second)
    for form, lemmas in _forms(gap, tower):
        target = Claim(form, "!=", ZERO) if apart else Claim(ZERO, claim.relation, form)
        try:
            known = rules.bound(context, target, (*assumed, *(t.claim for t in lemmas)))
            same = rules.ring(context, form, gap, tower.rewrites, tower.relations)
        except KernelError:
            continue
        for lemma in lemmas:
            if lemma.claim in known.conditions and lemma.claim not in assumed:
                known = rules.discharge(known, lemma)
        shown = rules.trans(rules.symmetry(same), known) if apart else rules.trans(known, same)
        if gap is first:
            return shown
        return rules.combine(context, claim, [shown], [Fraction(1)])
    raise KernelError(f"conditions: no form of {gap} shows {claim}")


def _forms(gap: Term, tower: Tower) -> Iterator[tuple[Term, list[Theorem]]]:
    """Ways to write a term that may show its sign, with facts about its factors."""
    yield _with_lemmas(normal_form(_ring(tower, with_rewrites=False), gap), tower)
    tower.add(gap)
    plain = normal_form(_ring(tower, with_rewrites=True), gap)
    yield _with_lemmas(plain, tower)
    if tower.relations:
        yield _with_lemmas(_reduced(gap, tower), tower)


def _ring(tower: Tower, *, with_rewrites: bool) -> Ring:
    return Ring([(t.claim.lhs, t.claim.rhs) for t in tower.rewrites] if with_rewrites else [])


def _reduced(gap: Term, tower: Tower) -> Fractional:
    """The normal form with the tower's relations divided out of the numerator."""
    ring = _ring(tower, with_rewrites=True)
    gaps = [sub(t.claim.lhs, t.claim.rhs) for t in tower.relations]
    numbers = sorted(frozenset[int]().union(*(ring.generators(t) for t in (gap, *gaps))))
    top, bottom = ring.form(gap, numbers)
    left = remainder(top, [ring.form(g, numbers)[0] for g in gaps])
    return Fractional(left, bottom, tuple(ring.atoms[n] for n in reversed(numbers)))


def _with_lemmas(form: Fractional, tower: Tower) -> tuple[Term, list[Theorem]]:
    """The form as a product of factors, and theorems about the factors of unknown sign."""
    if form.constant is not None:
        return number(form.constant), []
    factors = form.factors()
    negative = bool(factors) and rational(factors[0][0]) == -1
    parts = [power(b, num(e)) if e != 1 else b for b, e in factors[negative:]]
    whole = product(parts)
    lemmas = list(tower.lemmas)
    for base, _ in factors:
        if rational(base) is None and not tower.sign(base):
            lemmas += _polynomial_sign(base, tower)
    return neg(whole) if negative else whole, lemmas


def _polynomial_sign(base: Term, tower: Tower) -> list[Theorem]:
    for side in (base, neg(base)):
        theorem = positive_polynomial(side, tower)
        if theorem is not None:
            return [theorem]
    for claim in (Claim(ZERO, "<", base), Claim(base, "<", ZERO), Claim(base, "!=", ZERO)):
        try:
            return [by_hypothesis(tower.context, claim)]
        except KernelError:
            continue
    return []


def _from_assumed(claim: Claim, kept: list[Claim], tower: Tower) -> Theorem | None:
    """A proof of a condition from simpler conditions, those kept or the signs of its factors."""
    proof = show(claim, tower, tuple(kept))
    if proof is not None:
        return _only_needed(claim, tower, kept)
    for assumed in _simpler(claim, tower):
        proof = show(claim, tower, (*kept, *assumed))
        if proof is not None and claim not in proof.conditions:
            return _only_needed(claim, tower, [*assumed, *kept])
    return None


def _only_needed(claim: Claim, tower: Tower, assumed: list[Claim]) -> Theorem | None:
    """The same proof from as few of the assumed claims as a greedy pass finds."""
    needed = list(assumed)
    for extra in list(assumed):
        fewer = [c for c in needed if c != extra]
        if show(claim, tower, tuple(fewer)) is not None:
            needed = fewer
    return show(claim, tower, tuple(needed))


def _simpler(claim: Claim, tower: Tower) -> Iterator[list[Claim]]:
    """Conditions on the factors of a term that give its sign."""
    zero, term = (claim.rhs, claim.lhs) if claim.relation == "!=" else (claim.lhs, claim.rhs)
    if rational(zero) != 0:
        return
    form = normal_form(_ring(tower, with_rewrites=False), term)
    if form.constant is not None:
        return
    factors = form.factors()
    unknown = [(b, e) for b, e in factors if rational(b) is None and not tower.sign(b)]
    sign = 1
    for base, exponent in factors:
        negative = rational(base) == -1 or tower.sign(base) < 0
        sign *= (-1) ** exponent if negative else 1
    odd = [b for b, e in unknown if e % 2]
    nonzero = [Claim(b, "!=", ZERO) for b, _ in unknown]
    if claim.relation == "!=" or (not odd and sign > 0):
        yield nonzero
    elif len(odd) == 1:
        (base,) = odd
        strict = (
            Claim(ZERO, claim.relation, base) if sign > 0 else Claim(base, claim.relation, ZERO)
        )
        yield [strict.oriented(), *(c for c in nonzero if c.lhs != base)]
