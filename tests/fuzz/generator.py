"""Random contexts, terms and claims: many true, many nearly true."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from fuzz.rewrites import Rewriter

from derive.kernel.normal import Ring
from derive.kernel.theorem import KernelError
from derive.search.polynomials import normal_form
from derive.terms.context import Claim, Context
from derive.terms.substitution import substitute
from derive.terms.term import (
    Term,
    TermError,
    add,
    binder,
    call,
    density,
    div,
    index,
    mul,
    neg,
    num,
    power,
    sub,
    sym,
)
from numeric.domain import Domain

DOMAINS = (
    Domain(),
    Domain(),
    Domain(Fraction(0)),
    Domain(Fraction(0)),
    Domain(Fraction(0), lower_open=False),
    Domain(upper=Fraction(0)),
    Domain(nonzero=True),
    Domain(Fraction(0), Fraction(1)),
    Domain(Fraction(0), Fraction(1), False, False),
    Domain(Fraction(0), Fraction(1), False, True),
    Domain(Fraction(-1), Fraction(1), False, False),
    Domain(Fraction(1), lower_open=False),
    Domain(Fraction(-1), Fraction(2), True, False),
    Domain(Fraction(0), lower_open=False, nonzero=True),
    Domain(Fraction(-1), Fraction(1), False, True, nonzero=True),
    Domain(upper=Fraction(-1), upper_open=False),
)
INTEGERS = (
    Domain(integer=True),
    Domain(Fraction(1), lower_open=False, integer=True),
    Domain(Fraction(0), lower_open=False, integer=True),
    Domain(Fraction(0), Fraction(4), integer=True),
    Domain(Fraction(-5), Fraction(0), False, False, integer=True),
    Domain(integer=True, nonzero=True),
)
UNARY = (
    "exp log sqrt abs sign floor ceil sin cos tanh sigmoid softplus erf exp log sqrt abs log2 tan "
    "atan asin sinh cosh erfc sg Gamma loggamma"
).split()
EXPONENTS = tuple(map(Fraction, "2 2 2 3 -1 -1 -2 4 0 1 1/2 1/2 -1/2 1/3 2/3 3/2".split()))
NUMBERS = tuple(map(Fraction, "0 1 1 2 2 3 1/2 -1 -1/3".split()))

Bound = Mapping[str, bool]
"""The bound variables, and whether each stands for integers."""


@dataclass
class Maker:
    """Makes one random context, by `build`, and claims in it, by `claim`."""

    rng: random.Random
    context: Context = field(default_factory=Context)
    scalars: list[str] = field(default_factory=list)
    integers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._steps = Rewriter(self.rng, lambda: self.leaf({}))

    def build(self) -> None:
        """Declare a few symbols, perhaps a function, a family, definitions and a hypothesis.

        Raises ContextError or TermError when the parts drawn do not make a context.
        """
        r = self.rng
        for name in ("x", "y", "z")[: r.randint(1, 3)]:
            self.context = self.context.declare(name, r.choice(DOMAINS))
            self.scalars.append(name)
        if r.random() < 0.45:
            self.context = self.context.declare("n", r.choice(INTEGERS))
            self.integers.append("n")
        if r.random() < 0.2:
            self.context = self.context.declare("q", r.choice(DOMAINS), "family", 1)
        if r.random() < 0.15:
            self.context = self.context.declare("g", r.choice(DOMAINS + INTEGERS), "function", 1)
        if r.random() < 0.2:
            self.context = self.context.define("c", self.term(2, {}))
            self.scalars.append("c")
        if r.random() < 0.2:
            scope = Maker(r, self.context.declare("t"), [*self.scalars, "t"], self.integers)
            self.context = self.context.define("f", scope.term(2, {}), ("t",))
        if r.random() < 0.25:
            self._assume()

    def _assume(self) -> None:
        r = self.rng
        relation = r.choice(["=", "<", "<=", "!=", ">"])
        lhs = sym(r.choice([s for s in self.scalars if s != "c"]))
        rhs = r.choice([num(r.randint(-1, 2)), self.leaf({}), self.term(1, {})])
        if lhs.payload not in rhs.free and "c" not in rhs.free:
            self.context = self.context.assume("h", Claim(lhs, relation, rhs))

    # Terms

    def leaf(self, bound: Bound) -> Term:
        """A symbol or a small number."""
        r = self.rng
        names = [*self.scalars, *self.scalars, *self.integers, *bound, *bound]
        if r.random() < 0.7 and names:
            return sym(r.choice(names))
        return num(r.choice(NUMBERS))

    def whole(self, bound: Bound) -> Term:
        """An integer-valued term."""
        r = self.rng
        names = [*self.integers, *(b for b, is_integer in bound.items() if is_integer)]
        out = sym(r.choice(names)) if names and r.random() < 0.7 else num(r.randint(-1, 4))
        return add(out, num(r.randint(-1, 2))) if r.random() < 0.3 else out

    def term(self, depth: int, bound: Bound) -> Term:
        """A random term of at most the given depth."""
        r = self.rng
        if depth <= 0 or r.random() < 0.12:
            return self.leaf(bound)

        def deeper() -> Term:
            return self.term(depth - 1, bound)

        roll = r.random()
        if roll < 0.2:
            return add(*(deeper() for _ in range(r.randint(2, 3))))
        if roll < 0.28:
            return sub(deeper(), deeper())
        if roll < 0.42:
            return mul(*(deeper() for _ in range(r.randint(2, 3))))
        if roll < 0.47:
            return neg(deeper())
        if roll < 0.56:
            return div(deeper(), deeper())
        if roll < 0.68:
            return self._power(deeper(), depth, bound)
        if roll < 0.86:
            return call(r.choice(UNARY), deeper())
        if roll < 0.89:
            return call(r.choice(["max", "min"]), deeper(), deeper())
        return self._special(depth, bound)

    def _power(self, base: Term, depth: int, bound: Bound) -> Term:
        roll = self.rng.random()
        if roll < 0.75:
            return power(base, num(self.rng.choice(EXPONENTS)))
        return power(base, self.whole(bound) if roll < 0.9 else self.term(depth - 1, bound))

    def _special(self, depth: int, bound: Bound) -> Term:
        """A binder, an entry, a density, pi, or a function of the context."""
        declared = [n for n in "qgf" if n in self.context] * 3
        kinds = ["sum", "sum", "prod", "diff", "diff", "pi", *declared, "dens"]
        match self.rng.choice(kinds):
            case "sum" | "prod" as head:
                return self._range(head, depth, bound)
            case "diff":
                return self._derivative(depth, bound)
            case "q":
                return index("q", self.whole(bound))
            case "dens":
                return self._density(bound)
            case "pi":
                return call("pi")
            case name:
                return call(name, self.term(depth - 1, bound))

    def _range(self, head: str, depth: int, bound: Bound) -> Term:
        r = self.rng
        name = r.choice(["i", "k", *self.scalars, *self.integers])
        low = num(r.choice([0, 1, 1, 1, 2, -1]))
        high = self.whole(bound) if r.random() < 0.5 else num(r.randint(0, 3))
        return binder(head, name, self.term(depth - 1, {**bound, name: True}), low, high)

    def _derivative(self, depth: int, bound: Bound) -> Term:
        r = self.rng
        name = r.choice([*self.scalars, "u"])
        point = sym(name) if name != "u" and r.random() < 0.8 else self.leaf(bound)
        return binder("diff", name, self.term(depth - 1, {**bound, name: False}), point)

    def _density(self, bound: Bound) -> Term:
        r = self.rng
        spread = call("exp", self.leaf(bound)) if r.random() < 0.5 else self.leaf(bound)
        name = r.choice(["Normal", "Laplace", "LogNormal"])
        return density(name, self.leaf(bound), self.leaf(bound), spread)

    # Claims

    def claim(self) -> Claim:
        """A claim that may well be true. It may not fit the context: see `Context.check_claim`.

        Raises TermError when the parts drawn do not make a term.
        """
        t = self.term(self.rng.randint(1, 4), {})
        roll = self.rng.random()
        return self._equation(roll, t) if roll < 0.6 else self._order(roll, t)

    def _equation(self, roll: float, t: Term) -> Claim:
        r, step = self.rng, self._steps.step
        if roll < 0.35:
            out = t
            for _ in range(r.randint(1, 4)):
                out = step(out)
            return Claim(t, "=", out)
        if roll < 0.45:
            return Claim(t, "=", _normal(t))
        if roll < 0.52:
            return Claim(t, "=", self._steps.somewhere(t, lambda _: self.term(1, {})))
        if roll < 0.55:
            return Claim(step(t), "=", self._swapped(t))
        if roll < 0.57:
            name = r.choice([*UNARY, *(n for n in ("f", "g") if n in self.context)])
            kept, gone = self.leaf({}), self.leaf({})
            padded = self._padded(kept, gone)
            return Claim(call(name, padded), "=", call(name, r.choice([kept, gone])))
        return Claim(self.term(2, {}), r.choice(["=", "<=", "<"]), self.term(2, {}))

    def _order(self, roll: float, t: Term) -> Claim:
        r, step = self.rng, self._steps.step
        if roll < 0.64:
            return Claim(sub(t, step(t)), r.choice(["=", "<=", ">="]), num(0))
        if roll < 0.8:
            return Claim(t, r.choice(["<", "<=", ">", ">=", "!="]), num(r.choice([0, 0, 0, 1, -1])))
        if roll < 0.9:
            square, size, growth = (self.term(1, {}) for _ in range(3))
            extra = r.choice([power(square, num(2)), call("abs", size), call("exp", growth)])
            return Claim(t, r.choice(["<", "<=", "!="]), add(step(t), extra))
        product = mul(t, self.term(1, {}))
        return Claim(product, r.choice(["<", "<=", ">", ">=", "!=", "="]), self.term(1, {}))

    def _padded(self, kept: Term, gone: Term) -> Term:
        """A term equal to ``kept``, where it is defined, in which ``gone`` occurs and cancels."""
        zero = mul(num(0), gone)
        quotient = div(mul(kept, gone), gone)
        return self.rng.choice(
            [add(kept, gone, neg(gone)), add(kept, zero), quotient, sub(kept, zero)]
        )

    def _swapped(self, t: Term) -> Term:
        """The term with two names exchanged: true by symmetry alone, so mostly false."""
        names = [*self.scalars, *self.integers]
        a, b = self.rng.choice(names), self.rng.choice(names)
        return substitute(t, {a: sym(b), b: sym(a)})


def _normal(t: Term) -> Term:
    """The kernel's own normal form, so that the claim is likely to be proved."""
    try:
        return normal_form(Ring(), t).term()
    except (KernelError, TermError):
        return t
