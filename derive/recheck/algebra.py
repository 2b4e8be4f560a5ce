"""Identities of rational functions, decided in a large prime field.

A term is read as a quotient of polynomials with rational coefficients in its *atoms*, the subterms that
are not sums, products, quotients or literal integer powers. Each atom gets a random value in the field of
integers modulo a random prime of 256 bits; two atoms are one when their outermost operations agree and
their arguments have equal values. Where two values are equal so are the rational functions, hence the
terms wherever both are defined.

That inference fails with a probability that is next to nothing and cannot be steered, since the prime and
the values are drawn when the program runs. A polynomial that is not 0, of degree at most d, vanishes at
a random point with probability at most d/2**255 (Schwartz and Zippel); an integer that is not 0, below
2**d, is a multiple of fewer than d/255 of the more than 2**246 primes. `MAX_WEIGHT` bounds d.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache

from .printing import text
from .terms import SCOPE, Rejected, Term, Work, make, opened, whole

BITS = 256
MAX_WEIGHT = 2**80
Value = tuple[int, int]
"""A residue, and a bound on the degree and on the binary length of the coefficients behind it."""


@cache
def prime() -> int:
    """A random prime of 256 bits, by the test of Miller and Rabin to sixty random bases."""
    while True:
        n: int = secrets.randbits(BITS - 1) | 1 | 2 ** (BITS - 1)
        odd = (n - 1) // ((n - 1) & -(n - 1))
        if all(_passes(n, odd, secrets.randbelow(n - 3) + 2) for _ in range(60)):
            return n


def _passes(n: int, odd: int, base: int) -> bool:
    power = pow(base, odd, n)
    while power not in (1, n - 1) and odd < n // 2:
        power, odd = power * power % n, odd * 2
        if power == 1:
            return False
    return power in (1, n - 1)


class Ring:
    """Values of terms over one set of atoms.

    ``rewrites`` are pairs of an atom and what is put in its place; number i is read with those below i
    only.
    """

    def __init__(self, rewrites: Sequence[tuple[Term, Term]] = ()) -> None:
        self.rewrites = rewrites
        self.places = {atom: i for i, (atom, _) in reversed([*enumerate(rewrites)])}
        self.atoms: dict[object, int] = {}
        self.heights: dict[Term, int] = {}
        self.memo: dict[tuple[Term, int], Value] = {}

    def of(self, t: Term, limit: int | None = None) -> Value:
        """The value of a term, using the rewrites below a limit."""
        limit = len(self.rewrites) if limit is None else limit
        if (t, limit) not in self.memo:
            Work.spend(5)
            self.memo[t, limit] = found = self._of(t, limit)
            if found[1] > MAX_WEIGHT:
                raise Rejected("the powers in an identity are too large")
        return self.memo[t, limit]

    def _of(self, t: Term, limit: int) -> Value:
        place, p = self.places.get(t, limit), prime()
        if place < limit:
            return self.of(self.rewrites[place][1], place)
        if t.head == "num":
            top, bottom = t.payload[0].as_integer_ratio()
            return top * pow(bottom, -1, p) % p, max(top.bit_length(), bottom.bit_length())
        n = whole(t.args[1]) if t.head == "pow" else None
        if t.head not in ("add", "mul", "neg", "div") and n is None:
            return self._atom(t, limit), 1
        values = [self.of(a, limit) for a in t.args[: 1 if n is not None else None]]
        out, weight = values[0][0], sum(w for _, w in values) + len(values)
        if (t.head == "div" and values[1][0] == 0) or (n is not None and n < 1 and out == 0):
            raise Rejected(f"a division by {text(t.args[-1])}, which is identically zero")
        if n is not None:
            return pow(out, n, p), weight * abs(n)
        for value, _ in values[1:]:
            step = pow(value, -1, p) if t.head == "div" else value
            out = (out + value if t.head == "add" else out * step) % p
        return -out % p if t.head == "neg" else out, weight

    def _atom(self, t: Term, limit: int) -> int:
        args, height = t.args, self.height(t)
        if t.head in ("sum", "prod"):
            args = opened(t.args[0], make("sym", f"#{height}")), *t.args[1:]
        opaque = not args or t.head in ("int", "mean", "diff")
        own = height if t.head in SCOPE else t.payload
        key = t if opaque else (t.head, own, *(self.of(a, limit)[0] for a in args))
        return self.atoms.setdefault(key, secrets.randbelow(prime()))

    def height(self, t: Term) -> int:
        """How deep sums and products are nested in a term.

        The index of a sum goes by its height, which no index around it has: theirs is greater.
        """
        if t not in self.heights:
            inside = max(map(self.height, t.args), default=0)
            self.heights[t] = inside + (t.head in ("sum", "prod"))
        return self.heights[t]

    def same(self, a: Term, b: Term) -> bool:
        """Whether two terms agree wherever both are defined."""
        return a is b or self.of(a)[0] == self.of(b)[0]
