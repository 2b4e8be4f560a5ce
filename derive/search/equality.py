"""Search for equalities: the tower of generators first, then what it cannot do by itself.

A strategy takes the context and both sides and returns a theorem with the tower that led to it, or
raises KernelError. To teach the search a new one, write it and name it in `STRATEGIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, Final

from derive.kernel import rules
from derive.kernel.theorem import KernelError, Theorem
from derive.search import distribution
from derive.search.choices import Choices, Refine
from derive.search.conditions import discharge_all
from derive.search.fewer import persistent
from derive.search.induction import by_induction
from derive.search.tower import MAX_RESTARTS, Tower, prove_equal
from derive.terms.context import Claim, Context
from derive.terms.heads import BINDERS
from derive.terms.term import Term, num, power, rational, sub, subterms

if TYPE_CHECKING:
    from derive.search.order_samples import Samples

MAX_LOGS: Final = 12
MAX_SPLITS: Final = 3
POWERS: Final = tuple(map(Fraction, ("1", "-1", "2", "-2", "1/2", "-1/2")))
ZERO: Final = num(0)

Found = tuple[Theorem, Tower]
Strategy = Callable[[Context, Term, Term], Found]


def prove_equality(context: Context, lhs: Term, rhs: Term) -> Found:
    """A theorem ``lhs = rhs``, which may carry conditions, and a tower to discharge them with.

    Raises KernelError when no strategy finds one.
    """
    claim = Claim(lhs, "=", rhs)
    return persistent(context, claim, _prove, _prove, lambda: _differ(context, lhs, rhs))


def _prove(context: Context, claim: Claim) -> Found:
    lhs, rhs = claim.lhs, claim.rhs
    try:
        return prove_equal(context, lhs, rhs)
    except KernelError as error:
        failure = error
    if _differ(context, lhs, rhs):
        raise failure
    for strategy in STRATEGIES:
        try:
            return strategy(context, lhs, rhs)
        except KernelError:
            continue
    raise failure


def _differ(context: Context, lhs: Term, rhs: Term) -> bool:
    """Whether the sides clearly differ at a sample point, so that a proof is not worth a search."""
    import numpy as np

    from derive.search.order_samples import Unsampled, sampled

    samples = sampled(context)
    try:
        a, b = samples.of(lhs), samples.of(rhs)
        wide = 1e-7 * (1 + samples.size(lhs) + samples.size(rhs))
    except Unsampled:
        return False
    with np.errstate(all="ignore"):
        return bool(np.any(np.abs(a - b) > wide))


def by_related_logarithms(context: Context, lhs: Term, rhs: Term) -> Found:
    """Logarithms whose arguments are powers of one another, such as ``log(A**2)`` written out."""
    from derive.search.order_samples import Samples

    choices, samples = Choices(), Samples(context)
    for _ in range(MAX_RESTARTS):
        try:
            tower = Tower(context, choices, split=False)
            tower.add(lhs)
            tower.add(rhs)
            logs = [a for a in _atoms(tower, lhs, rhs) if a.head == "call" and a.payload == "log"]
            for equation in _powers_among(tower, logs[:MAX_LOGS], samples):
                tower.relations.append(distribution.log_product(equation))
            return tower.equation(lhs, rhs), tower
        except Refine:
            continue
    raise KernelError("tower: the generators keep being refined")


def _atoms(tower: Tower, *terms: Term) -> list[Term]:
    return list(dict.fromkeys(a for t in terms for a in tower.form(t).atoms))


def _powers_among(tower: Tower, logs: list[Term], samples: Samples) -> Iterator[Theorem]:
    """``A = B**k`` for arguments A, B of the logarithms, each A once."""
    import numpy as np

    from derive.search.order_samples import Unsampled

    gone: set[Term] = set()
    for a, b in permutations(logs, 2):
        if a in gone or b in gone or a.size < b.size:
            continue
        for k in POWERS:
            inner = b.args[0] if k == 1 else power(b.args[0], num(k))
            try:
                if np.allclose(samples.of(a), float(k) * samples.of(b), equal_nan=True):
                    tower.add(inner)
                    yield tower.equation(a.args[0], inner)
                    gone.add(a)
                    break
            except (KernelError, Unsampled):
                continue


def by_cases(context: Context, lhs: Term, rhs: Term, splits: int = MAX_SPLITS) -> Found:
    """Case by case: negative, zero or positive, for what stands inside abs, sign, max or min."""
    tower = Tower(context, Choices(), split=False)
    inner = min(_undecided_signs(tower, lhs, rhs), key=lambda t: t.size, default=None)
    if inner is None or splits == 0:
        raise KernelError("cases: there is nothing to split")
    negative = Claim(inner, "<", ZERO)
    below = _under(context, negative, lhs, rhs, splits)
    above = _under(context, Claim(ZERO, "<", inner), lhs, rhs, splits)
    rest = _positive(above, inner)
    if not tower.bounds.of(inner).excludes_zero:
        zero = _under(context, Claim(inner, "=", ZERO), lhs, rhs, splits)
        rest = rules.cases(Claim(inner, "=", ZERO), zero, rest)
    return rules.cases(negative, below, rest), tower


def _undecided_signs(tower: Tower, *terms: Term) -> Iterator[Term]:
    """Arguments of abs, sign, max and min whose sign is not known; none that a binder hides."""
    for term in terms:
        for part in subterms(term):
            if part.head != "call" or part.payload not in ("abs", "sign", "max", "min"):
                continue
            inner = part.args[0] if len(part.args) == 1 else sub(*part.args)
            hidden = any(t.head in BINDERS and part in subterms(t) for t in subterms(term))
            if hidden or tower.form(inner).constant is not None or tower.sign(inner):
                continue
            for base, exponent in tower.form(inner).factors():
                if exponent % 2 and rational(base) is None and not tower.sign(base):
                    yield base


def _under(context: Context, case: Claim, lhs: Term, rhs: Term, splits: int) -> Theorem:
    """``[case] ⊢ lhs = rhs``, proved with the case as a hypothesis."""
    inside = context.assume(f"case {len(context.hypotheses)}", case)
    try:
        theorem, tower = prove_equal(inside, lhs, rhs)
    except KernelError:
        theorem, tower = by_cases(inside, lhs, rhs, splits - 1)
    return rules.instantiate(context, discharge_all(theorem, tower), {})


def _positive(theorem: Theorem, inner: Term) -> Theorem:
    """``[0 <= u, u != 0] ⊢ …`` from ``[0 < u] ⊢ …``."""
    context, positive = theorem.context, Claim(ZERO, "<", inner)
    if positive not in theorem.conditions:
        return theorem
    assumed = [Claim(ZERO, "<=", inner), Claim(inner, "!=", ZERO)]
    return rules.discharge(theorem, rules.bound(context, positive, assumed))


STRATEGIES: Final[tuple[Strategy, ...]] = (by_induction, by_related_logarithms, by_cases)
"""What is tried, in this order, when the tower alone does not prove an equation."""
