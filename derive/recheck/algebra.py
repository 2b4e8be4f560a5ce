"""Identities of rational functions, decided in a large prime field.

A term is read as a quotient of polynomials with rational coefficients in its *atoms*, the subterms that
are not sums, products, quotients or literal integer powers. Each atom gets a random value in the field of
integers modulo a random prime of 256 bits; two atoms are one when their outermost operations agree and
their arguments have equal values. Where the value is 0 so is the rational function, hence the term
wherever it is defined.

That inference fails with a probability that is next to nothing and cannot be steered, since the prime and
the values are drawn when the program runs. A polynomial that is not 0, of degree at most d, vanishes at
a random point with probability at most d/2**255 (Schwartz and Zippel); an integer that is not 0, below
2**d, is a multiple of fewer than d/255 of the more than 2**245 primes. `MAX_WEIGHT` bounds d. The prime
is 3 modulo 4, so that one power is the whole test of Miller and Rabin; that a random number of 256 bits
passes it to sixty random bases and is composite has a probability below 2**-160 (Damgård, Landrock and
Pomerance 1993).
"""

import secrets
from functools import cache
from typing import ClassVar

from .terms import SCOPE, Claim, Rejected, Term, Work, text, whole

BITS, MAX_WEIGHT = 256, 2**80
# A residue, and a bound on the degree and on the binary length of the coefficients behind it.
Value = tuple[int, int]


@cache
def prime() -> int:
    """A random prime of 256 bits, 3 modulo 4, by the test of Miller and Rabin to sixty random bases."""
    while True:
        n: int = secrets.randbits(BITS - 1) | 3 | 2 ** (BITS - 1)
        if all(pow(secrets.randbelow(n - 3) + 2, n // 2, n) in (1, n - 1) for _ in range(60)):
            return n


class Ring:
    """Values of terms over one set of atoms; ``shared`` is the one for a whole certificate."""

    shared: ClassVar["Ring"]

    def __init__(self) -> None:
        self.prime = p = prime()
        self.atoms: dict[object, int] = {}
        self.memo: dict[Term, Value] = {}
        self.inverse = cache(lambda residue: pow(residue, -1, p))

    def of(self, t: Term) -> Value:
        """The value of a term."""
        found = self.memo.get(t)
        if found is None:
            Work.spend(5)
            found = self.memo[t] = self._of(t)
            if found[1] > MAX_WEIGHT:
                raise Rejected("the powers in an identity are too large")
        return found

    def balanced(self, claim: Claim, slack: Term, parts: list[tuple[Term, Claim]]) -> bool:
        """Whether ``b - a``, for the sides of a claim, is the slack and that of others, times terms."""
        value, weight = self.of(slack)
        for (factor, heavy), known in [((-1, 1), claim), *((self.of(m), c) for m, c in parts)]:
            (a, v), (b, w) = self.of(known.lhs), self.of(known.rhs)
            value, weight = value + factor * (b - a), weight + heavy + v + w + 6
        return value % self.prime == 0 and weight <= MAX_WEIGHT

    def _of(self, t: Term) -> Value:
        p, head, n = self.prime, t.head, whole(t.args[1]) if t.head == "pow" else None
        if head == "num":
            top, bottom = t.payload.as_integer_ratio()
            return top * self.inverse(bottom) % p, max(top.bit_length(), bottom.bit_length())
        if head not in ("add", "mul", "neg", "div") and n is None:
            opaque = not t.args or head in SCOPE
            key = t if opaque else (head, t.payload, *(self.of(a)[0] for a in t.args))
            if key not in self.atoms:
                self.atoms[key] = secrets.randbelow(p)
            return self.atoms[key], 1
        (a, v), (b, w) = self.of(t.args[0]), self.of(t.args[-1]) if n is None else (0, 0)
        if (head == "div" and b == 0) or (n is not None and n < 1 and a == 0):
            raise Rejected(f"{text(t)} divides by what is identically zero")
        if head in ("neg", "pow"):
            return (-a % p, v + 1) if n is None else (pow(a, n, p), (v + 1) * abs(n))
        value = a + b if head == "add" else a * (self.inverse(b) if head == "div" else b)
        return value % p, v + w + 2
