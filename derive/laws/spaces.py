"""Where the values of a random quantity lie, and how one integrates over that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from derive.terms.context import Context
from derive.terms.substitution import substitute
from derive.terms.term import Term, TermError, binder, neg, num, oo, rational, sym
from numeric.domain import Domain


class LawError(TermError):
    """A law, a space or a notion that is not declared, or used as what it is not."""


Kind = Literal["abstract", "interval", "integers"]
HEADS: Final = {"interval": "int", "integers": "sum"}


@dataclass(frozen=True, slots=True)
class Space:
    """A set that a density lives on, and the support of that density.

    An abstract space is a symbol of the context, an interval has ends that may be infinite, and the
    integers from ``low`` to ``high`` are summed over.
    """

    kind: Kind
    name: str = ""
    low: Term | None = None
    high: Term | None = None

    def integral(self, variable: str, body: Term) -> Term:
        """The integral, or the sum, of ``body`` over the space.

        >>> print(integers(num(1), sym("K")).integral("k", sym("k")))
        Sum(k, k, 1, K)
        """
        if self.kind == "abstract":
            return binder("over", variable, body, sym(self.name))
        assert self.low is not None and self.high is not None
        return binder(HEADS[self.kind], variable, body, self.low, self.high)

    def is_range_of(self, term: Term) -> bool:
        """Whether a binder ranges over this space."""
        if self.kind == "abstract":
            return term.head == "over" and term.args[1].payload == self.name
        return term.head == HEADS[self.kind] and term.args[1:] == (self.low, self.high)

    def substitute(self, mapping: Mapping[str, Term]) -> Space:
        """The space with terms in place of the names in its ends."""
        if self.low is None or self.high is None:
            return self
        ends = (substitute(end, mapping) for end in (self.low, self.high))
        return Space(self.kind, self.name, *ends)

    @property
    def free(self) -> frozenset[str]:
        """The names in the ends."""
        ends = (end.free for end in (self.low, self.high) if end is not None)
        return frozenset[str]().union(*ends)

    def covers(self, other: Space) -> bool:
        """Whether every point of ``other`` is one of this space, by literal ends.

        >>> REAL.covers(POSITIVE), POSITIVE.covers(REAL)
        (True, False)
        """
        if self == other:
            return True
        if "abstract" in (self.kind, other.kind) or self.kind != other.kind:
            return False
        return _reaches(self.low, other.low, -1) and _reaches(self.high, other.high, 1)

    def domain(self) -> Domain:
        """The domain of a free point, as far as the literal ends say it; an end is left out."""
        low, high = (None if end is None else rational(end) for end in (self.low, self.high))
        if self.kind == "integers":
            return Domain(low, high, low is None, high is None, True)
        return Domain(low, high)

    def __str__(self) -> str:
        if self.kind == "abstract":
            return self.name
        return f"{'integers from' if self.kind == 'integers' else 'in'} {self.low} to {self.high}"


def _reaches(wide: Term | None, narrow: Term | None, sign: int) -> bool:
    """Whether an end lies at or beyond another, upwards for ``sign`` 1, downwards for -1."""
    assert wide is not None and narrow is not None
    if wide == narrow or wide in (oo(), neg(oo())):
        return True
    first, last = rational(wide), rational(narrow)
    return first is not None and last is not None and sign * (first - last) >= 0


def abstract(name: str) -> Space:
    """The abstract space of that name."""
    return Space("abstract", name)


def interval(low: Term, high: Term) -> Space:
    """The reals between two terms, of which the ends may be infinite."""
    return Space("interval", "", low, high)


def integers(low: Term, high: Term) -> Space:
    """The integers from one term to another, both included."""
    return Space("integers", "", low, high)


REAL: Final = interval(neg(oo()), oo())
POSITIVE: Final = interval(num(0), oo())
UNIT: Final = interval(num(0), num(1))
WORDS: Final = {"real": REAL, "positive": POSITIVE}

INTERVAL: Final = re.compile(r"in\s*\((.*),([^,]*)\)", re.DOTALL)
INTEGERS: Final = re.compile(r"(?:integers?\s+)?(.*?)\s*(?:\.\.|…)\s*(.*)", re.DOTALL)


def read_space(phrase: str, context: Context) -> Space:
    """The space that a phrase describes: ``real``, ``positive``, ``in (a, b)``, ``1..K``, or the name of
    an abstract space of the context.

    >>> read_space("0..1", Context())
    Space(kind='integers', name='', low=Term(0), high=Term(1))

    Raises LawError for another phrase, TextError for an end that cannot be read.
    """
    from derive.terms.reader import read

    words = " ".join(phrase.split())
    if words in WORDS:
        return WORDS[words]
    if words in context and context[words].kind == "space":
        return abstract(words)
    for pattern, build in ((INTERVAL, interval), (INTEGERS, integers)):
        if (match := pattern.fullmatch(words)) is not None:
            low, high = (read(end, context) for end in match.groups())
            return build(low, high)
    raise LawError(
        f"unknown space {words[:40]!r}; expected real, positive, 'in (a, b)', '1..K' or an abstract "
        "space that was declared"
    )
