"""Bounds of a term by those of one that it equals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.certifying.signs import End, Signs
from derive.recheck.steps import Step
from derive.recheck.terms import Claim, Term


def unfolded(s: Signs, t: Term, body: Term) -> Step:
    """A term and what it stands for."""
    return s.writer.step("unfold", s.context, Claim(t, "=", body), s.assumed)


def same(s: Signs, t: Term, other: Term, equation: Callable[[], Step], low: bool) -> Iterator[End]:
    """The bounds of a term that equals this one."""
    end = s.end(other, low)
    if end is None:
        return
    wanted = s.claim(t, end.value, end.strict, low)

    def proof() -> Step:
        known = equation()
        sign = -1 if low else 1
        if known.claim.lhs is not t:
            sign = -sign
        return s.combine(wanted, [end.proof(), known], [1, sign])

    yield End(end.value, end.strict, proof)
