"""The facts of the elementary functions: statements taken as true, each for all values of its letters.

They are schemas. `fact` puts terms in place of the letters; the hypotheses of the fact and whatever
makes both sides defined become conditions. A new fact is one line of `FACTS`, a trap with its control in
``tests/traps`` and its words in `derive.sheets.wording`; prefer deriving it from those that are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from derive.kernel.definedness import conditions
from derive.kernel.matrix_facts import MATRIX_FACTS
from derive.kernel.theorem import KernelError, Theorem, conclude
from derive.terms.context import Claim, Context
from derive.terms.term import Term

ODD: Final = ("sin", "tan", "sinh", "tanh", "erf", "asin", "atan", "sign")
EVEN: Final = ("cos", "cosh", "abs")


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


# fmt: off
FACTS: Final[dict[str, Fact]] = {
    "power_exp": Fact("a**b = exp(b*log(a))", ("0 < a",)),
    "power_one": Fact("1**b = 1"),
    "power_power_integer": Fact("(a**m)**n = a**(m*n)", ("a != 0",), integers="mn"),
    "exp_log": Fact("exp(log(a)) = a"),
    "log_exp": Fact("log(exp(a)) = a"),
    "log_tangent": Fact("log(t) <= t - 1"),
    "log_tangent_strict": Fact("log(t) < t - 1", ("t != 1",)),
    "log_increasing": Fact("log(a) < log(b)", ("0 < a", "a < b")),
    "exp_increasing": Fact("exp(a) < exp(b)", ("a < b",)),
    "abs_nonnegative": Fact("abs(a) = a", ("0 <= a",)),
    "abs_square": Fact("abs(a)**2 = a**2"),
    "abs_above": Fact("a <= abs(a)"),
    "abs_triangle": Fact("abs(a + b) <= abs(a) + abs(b)"),
    "sign_positive": Fact("sign(a) = 1", ("0 < a",)),
    "sign_zero": Fact("sign(0) = 0"),
    "sign_abs": Fact("sign(a)*abs(a) = a"),
    "floor_below": Fact("floor(a) <= a"),
    "floor_above": Fact("a < floor(a) + 1"),
    "floor_integer": Fact("floor(n) = n", integers="n"),
    "floor_unique": Fact("floor(a) = n", ("n <= a", "a < n + 1"), integers="n"),
    "ceil_floor": Fact("ceil(a) = -floor(-a)"),
    "pythagoras": Fact("sin(a)**2 + cos(a)**2 = 1"),
    "sin_sum": Fact("sin(a + b) = sin(a)*cos(b) + cos(a)*sin(b)"),
    "cos_sum": Fact("cos(a + b) = cos(a)*cos(b) - sin(a)*sin(b)"),
    "sin_zero": Fact("sin(0) = 0"),
    "cos_zero": Fact("cos(0) = 1"),
    "sin_pi": Fact("sin(pi) = 0"),
    "cos_pi": Fact("cos(pi) = -1"),
    "sin_half_pi": Fact("sin(pi/2) = 1"),
    "cos_half_pi": Fact("cos(pi/2) = 0"),
    "sin_quarter_pi": Fact("sin(pi/4) = 1/sqrt(2)"),
    "cos_quarter_pi": Fact("cos(pi/4) = 1/sqrt(2)"),
    "sin_sixth_pi": Fact("sin(pi/6) = 1/2"),
    "cos_sixth_pi": Fact("cos(pi/6) = sqrt(3)/2"),
    "sin_third_pi": Fact("sin(pi/3) = sqrt(3)/2"),
    "cos_third_pi": Fact("cos(pi/3) = 1/2"),
    "atan_one": Fact("atan(1) = pi/4"),
    "sin_asin": Fact("sin(asin(a)) = a"),
    "cos_asin": Fact("cos(asin(a)) = sqrt(1 - a**2)"),
    "acos_asin": Fact("acos(a) = pi/2 - asin(a)"),
    "sin_atan": Fact("sin(atan(a)) = a/sqrt(1 + a**2)"),
    "cos_atan": Fact("cos(atan(a)) = 1/sqrt(1 + a**2)"),
    "erf_zero": Fact("erf(0) = 0"),
    "atan_zero": Fact("atan(0) = 0"),
    "gamma_step": Fact("Gamma(a + 1) = a*Gamma(a)"),
    "gamma_one": Fact("Gamma(1) = 1"),
    "gamma_half": Fact("Gamma(1/2) = sqrt(pi)"),
    "digamma_step": Fact("digamma(a + 1) = digamma(a) + 1/a"),
    "gaussian_kl": Fact("KL(Normal(m, v), Normal(n, w)) = (log(w/v) + (v + (m - n)**2)/w - 1)/2",
                        axiom="gauss.kl_1d"),
    **{f"{f}_odd": Fact(f"{f}(-a) = -{f}(a)") for f in ODD},
    **{f"{f}_even": Fact(f"{f}(-a) = {f}(a)") for f in EVEN},
    **{name: Fact(statement, tuple(needs)) for name, statement, *needs in MATRIX_FACTS},
}
# fmt: on
"""Every fact by its name. The source of most is any book of analysis; ``gaussian_kl`` is PRML, exercise
2.13, ``log_tangent`` the concavity of the logarithm at 1."""


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
