"""Declarations in words: ``x``, ``q[i]`` or ``f(x)`` with a domain such as ``integer >= 1``."""

from __future__ import annotations

import re
from typing import Any, Final

from derive.terms.context import Context, Kind
from derive.terms.domains import declared

NAME: Final = re.compile(r"\s*(\w+)\s*(?:\(([\w\s,]*)\)|\[([\w\s,]*)\])?\s*")


class ClaimError(ValueError):
    """Not a claim or a declaration; the message says what is wrong and what was expected."""


def declare(context: Context, name: str, domain: Any) -> Context:
    """Declare ``x``, a function ``f(x)`` or a family ``q[i]`` by a domain in words. Raises ClaimError.

    >>> declare(Context(), "q[i, j]", "in (0, 1)")["q"].arity
    2
    """
    match = NAME.fullmatch(name)
    if match is None or not isinstance(domain, str):
        raise ClaimError(f'symbols: {name[:60]!r} needs a domain in words, such as "positive"')
    plain, arguments, indices = match.groups()
    kind: Kind = (
        "function" if arguments is not None else "family" if indices is not None else "scalar"
    )
    arity = 0 if kind == "scalar" else (arguments or indices or "").count(",") + 1
    try:
        return declared(context, plain, domain, kind, arity)
    except ValueError as error:
        raise ClaimError(f"symbols: {name}: {error}") from None
