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

from .terms import SCOPE, Rejected, Term, Work, text, whole

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
        self.atoms: dict[object, int] = {}
        self.memo: dict[Term, Value] = {}

    def of(self, t: Term) -> Value:
        """The value of a term."""
        if t not in self.memo:
            Work.spend(5)
            self.memo[t] = found = self._of(t)
            if found[1] > MAX_WEIGHT:
                raise Rejected("the powers in an identity are too large")
        return self.memo[t]

    def _of(self, t: Term) -> Value:
        p, n = prime(), whole(t.args[1]) if t.head == "pow" else None
        if t.head == "num":
            top, bottom = t.payload.as_integer_ratio()
            return top * pow(bottom, -1, p) % p, max(top.bit_length(), bottom.bit_length())
        if t.head not in ("add", "mul", "neg", "div") and n is None:
            opaque = not t.args or t.head in SCOPE
            key = t if opaque else (t.head, t.payload, *(self.of(a)[0] for a in t.args))
            return self.atoms.setdefault(key, secrets.randbelow(p)), 1
        values = [self.of(a) for a in t.args[: 1 if n is not None else None]]
        (a, _), (b, _), weight = values[0], values[-1], sum(w for _, w in values) + len(values)
        if (t.head == "div" and b == 0) or (n is not None and n < 1 and a == 0):
            raise Rejected(f"a division by {text(t.args[-1])}, which is identically zero")
        if n is not None:
            return pow(a, n, p), weight * abs(n)
        if t.head == "neg":
            return -a % p, weight
        value = a + b if t.head == "add" else a * (pow(b, -1, p) if t.head == "div" else b)
        return value % p, weight
