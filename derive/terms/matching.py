"""First-order matching: which terms the letters of a pattern stand for."""

from __future__ import annotations

from derive.terms.heads import BINDERS
from derive.terms.term import Term, rational


def match(pattern: Term, term: Term) -> dict[str, Term] | None:
    """The terms that make ``pattern`` into ``term`` when put in place of its free symbols, or None.

    Patterns bind no variables. A symbol that occurs twice must stand for equal terms.

    >>> from derive.terms import read
    >>> match(read("sin(a + b)"), read("sin(x**2 + 1)"))
    {'a': Term(x**2), 'b': Term(1)}
    >>> match(read("a + a"), read("x + y")) is None
    True
    """
    found: dict[str, Term] = {}
    return found if _extend(pattern, term, found) else None


def _extend(pattern: Term, term: Term, found: dict[str, Term]) -> bool:
    if pattern.head == "sym":
        return found.setdefault(pattern.payload, term) == term
    if pattern.head in BINDERS or term.head in BINDERS:
        return pattern == term
    value = rational(pattern)
    if value is not None:
        return rational(term) == value
    same = pattern.head == term.head and pattern.payload == term.payload
    return (
        same
        and len(pattern.args) == len(term.args)
        and all(_extend(p, t, found) for p, t in zip(pattern.args, term.args, strict=True))
    )
