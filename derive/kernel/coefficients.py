"""The sign of a polynomial from the signs of its coefficients, after moving each atom to t > 0."""

from __future__ import annotations

from typing import Final

from flint import Ordering, fmpq_mpoly, fmpq_mpoly_ctx

from derive.kernel.bounds import Bounds
from derive.kernel.definedness import conditions
from derive.kernel.interval import Interval
from derive.kernel.normal import Ring, to_fmpq
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term, num

MAX_DEGREE: Final = 12
MAX_ATOMS: Final = 8
MAX_TERMS: Final = 2_000


def positive_coefficients(context: Context, term: Term) -> Theorem:
    """``0 < p`` or ``0 <= p`` for a polynomial all of whose coefficients become non-negative.

    An atom in (l, u) is written (l + u*t)/(1 + t), one in (l, ∞) as l + t, one in (-∞, u) as u - t,
    with t > 0 (t >= 0 at a closed end). After clearing 1 + t, no coefficient may be negative; the sign
    is strict when some term has a positive coefficient and only atoms t > 0. An atom with a closed
    upper end is allowed for ``<=`` alone, where continuity covers that end; an atom without bounds
    must occur in even powers.

    >>> from derive.terms import Context, read
    >>> unit = Domain(Fraction(0), Fraction(1))
    >>> ctx = Context().declare("a", unit).declare("b", unit)
    >>> positive_coefficients(ctx, read("a + b - a*b"))
    ⊢ 0 < a + b - a*b
    >>> positive_coefficients(ctx, read("a - b"))
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: positive_coefficients: no sign for a - b
    """
    ring = Ring()
    numbers = sorted(ring.generators(term))
    top, bottom = ring.form(term, numbers)
    if not bottom.is_constant() or len(numbers) > MAX_ATOMS or top.is_zero():
        raise KernelError(f"positive_coefficients: {term} is not a small polynomial")
    checker = Bounds(context)
    ranges = [checker.of(ring.atoms[n]) for n in reversed(numbers)]
    moved = _moved(top, ranges)
    if moved is None:
        raise KernelError(f"positive_coefficients: no sign for {term}")
    reached = not any(
        r.upper is not None and not r.upper_open and r.lower is not None for r in ranges
    )
    strict = reached and any(
        all(not e or _never_zero(r) for e, r in zip(m, ranges, strict=True)) for m in moved.monoms()
    )
    claim = Claim(num(0), "<" if strict else "<=", term)
    return conclude("positive_coefficients", context, claim, (), conditions(term, context))


def _never_zero(r: Interval) -> bool:
    """Whether the variable t that an atom with these bounds moves to is never 0."""
    if r.lower is not None:
        return r.lower_open
    return r.upper is not None and r.upper_open


def _moved(poly: fmpq_mpoly, ranges: list[Interval]) -> fmpq_mpoly | None:
    """The polynomial in the variables t, cleared of 1 + t; None when a coefficient is negative."""
    ring = fmpq_mpoly_ctx.get(tuple(f"t{i}" for i in range(len(ranges))), Ordering.lex)
    gens = ring.gens()
    tops, bottoms = [], []
    for t, r in zip(gens, ranges, strict=True):
        top, bottom = _placed(t, r)
        tops.append(top)
        bottoms.append(bottom)
    degrees = [int(d) for d in poly.degrees()]
    if max(degrees, default=0) > MAX_DEGREE:
        return None
    total = ring.constant(0)
    for exponents, c in poly.to_dict().items():
        part = ring.constant(c)
        for e, d, top, bottom in zip(exponents, degrees, tops, bottoms, strict=True):
            part = part * top ** int(e) * bottom ** (d - int(e))
            if len(part) > MAX_TERMS:
                return None
        total = total + part
    unbounded = [i for i, r in enumerate(ranges) if r.lower is None and r.upper is None]
    for exponents, c in total.to_dict().items():
        if c < 0 or any(int(exponents[i]) % 2 for i in unbounded):
            return None
    return None if total.is_zero() else total


def _placed(t: fmpq_mpoly, r: Interval) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """An atom with the bounds ``r`` as a quotient in t > 0; t itself when it has no bounds."""
    one = t.context().constant(1)
    if r.lower is not None and r.upper is not None:
        return to_fmpq(r.lower) + to_fmpq(r.upper) * t, one + t
    if r.lower is not None:
        return to_fmpq(r.lower) + t, one
    return (to_fmpq(r.upper) - t if r.upper is not None else t), one
