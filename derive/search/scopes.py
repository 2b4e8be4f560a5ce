"""What a search works under: contexts under binders, and hypotheses that are left aside for a while.

A context under a binder is made once, so that what was worked out about it is found again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from derive.kernel import bounds
from derive.terms.context import Context
from derive.terms.term import Term


def narrowed(context: Context, node: Term) -> tuple[Context, Term, str]:
    """`derive.kernel.bounds.narrowed`, the same context for the same node every time."""
    key = (narrowed, node)
    found: tuple[Context, Term, str] | None = context._memo.get(key)
    if found is None:
        inner, body, name = bounds.narrowed(context, node)
        same = context._memo.setdefault((narrowed, inner.symbols, inner.hypotheses), inner)
        found = context._memo[key] = same, body, name
    return found


_ASIDE: Final[ContextVar[frozenset[str] | None]] = ContextVar("aside", default=None)


def left_aside() -> frozenset[str]:
    """The names of the hypotheses that the search makes no use of at present."""
    return _ASIDE.get() or frozenset()


def is_searching() -> bool:
    """Whether a search has begun that will itself try with fewer hypotheses."""
    return _ASIDE.get() is not None


@contextmanager
def leaving_aside(names: frozenset[str]) -> Iterator[None]:
    """Make no use of some hypotheses meanwhile; the kernel still knows them."""
    token = _ASIDE.set(names)
    try:
        yield
    finally:
        _ASIDE.reset(token)
