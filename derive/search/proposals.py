"""Antiderivatives that SymPy proposes. They count only once the kernel has differentiated them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from derive.terms.context import Context
from derive.terms.term import Term, TermError

SECONDS: Final = 2.0
"""Of processor time."""


def antiderivative(context: Context, body: Term, name: str) -> Term | None:
    """A term whose derivative may be ``body``; None when SymPy has none in the language.

    SymPy is given ``SECONDS``, where a signal can stop it: on the main thread.
    """
    import sympy

    from derive.terms.sympy_bridge import from_sympy, to_sympy

    try:
        expression = to_sympy(body, context)
        x = next((s for s in expression.free_symbols if s.name == name), None)
        if x is None:
            return None
        with _time_limit(SECONDS):
            found = sympy.integrate(expression.doit(), x, conds="none")
        return None if found.has(sympy.Integral) else from_sympy(found, context)
    except (
        ValueError,
        TypeError,
        NotImplementedError,
        ArithmeticError,
        AttributeError,
        _TooLong,
        TermError,
    ):
        return None


class _TooLong(Exception):
    """SymPy took too long."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Stop after so much processor time, which a busy machine does not use up."""
    if threading.current_thread() is not threading.main_thread():
        raise _TooLong

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    left, _ = signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, left)
        signal.signal(signal.SIGPROF, before)
