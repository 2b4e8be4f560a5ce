"""The facts of the elementary functions: statements taken as true, each for all values of its letters.

They are schemas. `fact` puts terms in place of the letters; the hypotheses of the fact and whatever
makes both sides defined become conditions. A line of the table is ``name: statement; hypothesis; …``.
After ``integers`` stand the letters that must be integers, after ``axiom`` the name under which a fact
of probability that waits for its derivation is printed. A new fact is one line of the table, a trap with
its control in ``tests/traps`` and its words in `derive.sheets.wording`; prefer deriving it from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from derive.kernel.definedness import conditions
from derive.kernel.matrix_facts import MATRICES
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term

TABLE: Final = """
power_exp: a**b = exp(b*log(a)); 0 < a
power_one: 1**b = 1
power_power: (a**p)**q = a**r; 0 < a; p*q = r
power_power_root: (a**p)**q = a**r; 0 <= a; 0 < p; 0 < q; p*q = r
power_power_integer: (a**m)**n = a**r; a != 0; m*n = r; integers mnr
power_power_natural: (a**m)**n = a**r; 1 <= m; 1 <= n; m*n = r; integers mnr
power_product: (a*b)**r = a**r*b**r; 0 < a; 0 < b
power_product_root: (a*b)**r = a**r*b**r; 0 <= a; 0 <= b; 0 < r
power_product_integer: (a*b)**n = a**n*b**n; a != 0; b != 0; integers n
power_product_natural: (a*b)**n = a**n*b**n; 1 <= n; integers n
power_sum: a**(b + c) = a**b*a**c; 0 < a
power_sum_integer: a**(m + n) = a**m*a**n; a != 0; integers mn
power_sum_natural: a**(m + n) = a**m*a**n; 1 <= m; 1 <= n; integers mn
log_one: log(1) = 0
log_product: log(a*b) = log(a) + log(b); 0 < a; 0 < b
log_power: log(a**k) = k*log(a); 0 < a
exp_zero: exp(0) = 1
exp_sum: exp(a + b) = exp(a)*exp(b)
exp_multiple: exp(n*a) = exp(a)**n; integers n
exp_log_power: exp(k*log(a)) = a**k
exp_log: exp(log(a)) = a
log_exp: log(exp(a)) = a
log_tangent: log(t) <= t - 1
log_tangent_strict: log(t) < t - 1; t != 1
log_increasing: log(a) < log(b); 0 < a; a < b
exp_increasing: exp(a) < exp(b); a < b
abs_nonnegative: abs(a) = a; 0 <= a
abs_square: abs(a)**2 = a**2
abs_product: abs(a*b) = abs(a)*abs(b)
abs_power: abs(a**n) = abs(a)**n; integers n
abs_above: a <= abs(a)
abs_triangle: abs(a + b) <= abs(a) + abs(b)
sign_positive: sign(a) = 1; 0 < a
sign_zero: sign(0) = 0
sign_abs: sign(a)*abs(a) = a
floor_below: floor(a) <= a
floor_above: a < floor(a) + 1
floor_integer: floor(n) = n; integers n
floor_unique: floor(a) = n; n <= a; a < n + 1; integers n
ceil_floor: ceil(a) = -floor(-a)
pythagoras: sin(a)**2 + cos(a)**2 = 1
sin_positive: 0 < sin(a); 0 < a; a < pi
cos_positive: 0 < cos(a); -pi/2 < a; a < pi/2
sin_sum: sin(a + b) = sin(a)*cos(b) + cos(a)*sin(b)
cos_sum: cos(a + b) = cos(a)*cos(b) - sin(a)*sin(b)
sin_zero: sin(0) = 0
cos_zero: cos(0) = 1
sin_pi: sin(pi) = 0
cos_pi: cos(pi) = -1
sin_half_pi: sin(pi/2) = 1
cos_half_pi: cos(pi/2) = 0
sin_quarter_pi: sin(pi/4) = 1/sqrt(2)
cos_quarter_pi: cos(pi/4) = 1/sqrt(2)
sin_sixth_pi: sin(pi/6) = 1/2
cos_sixth_pi: cos(pi/6) = sqrt(3)/2
sin_third_pi: sin(pi/3) = sqrt(3)/2
cos_third_pi: cos(pi/3) = 1/2
atan_one: atan(1) = pi/4
sin_asin: sin(asin(a)) = a
cos_asin: cos(asin(a)) = sqrt(1 - a**2)
acos_asin: acos(a) = pi/2 - asin(a)
sin_atan: sin(atan(a)) = a/sqrt(1 + a**2)
cos_atan: cos(atan(a)) = 1/sqrt(1 + a**2)
erf_zero: erf(0) = 0
erf_tail: 1 - exp(-u**2) <= erf(u); 0 <= u
exp_decay: u**k*exp(-u) <= k**k; 0 <= u; 0 < k
atan_below: atan(u) <= pi/2
atan_tail: pi/2 - 1/u <= atan(u); 0 < u
atan_zero: atan(0) = 0
gamma_step: Gamma(a + 1) = a*Gamma(a)
gamma_one: Gamma(1) = 1
gamma_half: Gamma(1/2) = sqrt(pi)
digamma_step: digamma(a + 1) = digamma(a) + 1/a
sin_odd: sin(-a) = -sin(a)
tan_odd: tan(-a) = -tan(a)
sinh_odd: sinh(-a) = -sinh(a)
tanh_odd: tanh(-a) = -tanh(a)
erf_odd: erf(-a) = -erf(a)
asin_odd: asin(-a) = -asin(a)
atan_odd: atan(-a) = -atan(a)
sign_odd: sign(-a) = -sign(a)
cos_even: cos(-a) = cos(a)
cosh_even: cosh(-a) = cosh(a)
abs_even: abs(-a) = abs(a)
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement, the hypotheses under which it holds, and the letters that stand for integers.

    ``axiom`` names a fact of probability that waits for its derivation; it is printed with every
    theorem that uses it.
    """

    statement: str
    hypotheses: tuple[str, ...] = ()
    integers: str = ""
    axiom: str = ""


def _read(line: str) -> tuple[str, Fact]:
    name, _, rest = line.partition(": ")
    statement, *needs = rest.split("; ")
    marks = {
        key: n[len(key) :] for key in ("integers ", "axiom ") for n in needs if n.startswith(key)
    }
    hypotheses = tuple(n for n in needs if not n.startswith(tuple(marks) or "\n"))
    return name, Fact(statement, hypotheses, marks.get("integers ", ""), marks.get("axiom ", ""))


FACTS: Final[dict[str, Fact]] = dict(map(_read, (TABLE + MATRICES).split("\n")[1:-1]))
"""Every fact by its name. The source of most is any book of analysis; ``log_tangent`` is the concavity of
the logarithm at 1."""


@cache
def schema(name: str) -> tuple[Claim, tuple[Claim, ...]]:
    """A fact and its hypotheses as claims. Raises KernelError when there is none of that name."""
    from derive.terms.reader import read_claim

    found = FACTS.get(name)
    if found is None:
        raise KernelError(f"fact: there is no fact called {name}")
    return read_claim(found.statement), tuple(map(read_claim, found.hypotheses))


def fact(context: Context, name: str, mapping: Mapping[str, Term]) -> Theorem:
    """The fact called ``name`` for the terms that ``mapping`` gives to its letters.

    >>> from derive.terms import Context, read
    >>> ctx = Context().declare("x")
    >>> fact(ctx, "log_tangent", {"t": read("x**2")})
    [0 < x**2] ⊢ log(x**2) <= x**2 - 1
    >>> fact(ctx, "abs_nonnegative", {"a": read("x")})
    [0 <= x] ⊢ abs(x) = x
    >>> fact(ctx, "floor_integer", {"n": read("x")})
    Traceback (most recent call last):
    derive.kernel.theorem.KernelError: fact: floor_integer needs an integer for n, not x
    """
    claim, hypotheses = schema(name)
    table, entry = dict(mapping), FACTS[name]
    if table.keys() != frozenset[str]().union(claim.free, *(h.free for h in hypotheses)):
        raise KernelError(f"fact: {name} has other letters than {', '.join(table)}")
    for letter in entry.integers:
        if not context.is_integer(table[letter]):
            raise KernelError(f"fact: {name} needs an integer for {letter}, not {table[letter]}")
    claim = claim.substitute(table)
    needed = {h.substitute(table) for h in hypotheses}
    needed |= conditions(claim.lhs, context) | conditions(claim.rhs, context)
    axioms = [entry.axiom] if entry.axiom else []
    data = (name, tuple(table.items()))
    return conclude("fact", context, claim, (), needed, data=data, axioms=axioms)
